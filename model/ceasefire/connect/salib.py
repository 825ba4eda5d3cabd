"""A scenario as a problem of SALib: its assumed numbers with their ranges, and the function that simulates a sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ceasefire.arguments import names, shown
from ceasefire.array_types import FloatArray
from ceasefire.ensemble.run_points import OUTCOMES, run_points
from ceasefire.scenario.load import Loaded, as_loaded
from ceasefire.scenario.parameter_paths import fits
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.initial_state import initial_state

AnyScenario = Loaded | Scenario | str | Path


def salib_problem(scenario: AnyScenario, paths: Any = None) -> dict[str, Any]:
    """The problem definition of SALib: names and bounds of the assumed numbers, all or those that fit some `paths`.

    A path may have `*` for any one step. ValueError when none fits.
    """
    loaded = as_loaded(scenario)
    slots, wanted = initial_state(loaded.scenario).slots, names("paths", paths)
    ranges = {
        path: span
        for path, span in loaded.uncertainties().items()
        if path in slots and span[0] < span[1] and (not wanted or any(fits(path, pattern) for pattern in wanted))
    }
    if not ranges:
        raise ValueError(f"paths: no assumed number of {loaded.label} fits {shown(list(wanted))}")
    return {"num_vars": len(ranges), "names": list(ranges), "bounds": [list(span) for span in ranges.values()]}


def salib_function(
    scenario: AnyScenario, problem: Mapping[str, Any], outcome: str = "days_held", **options: Any
) -> Callable[[FloatArray], FloatArray]:
    """The function that SALib evaluates: a sample, shape (points, numbers), to the mean outcome of each point.

    `options` are those of `run_points`: worlds, seed, workers, days. ValueError for an unknown outcome.
    """
    if outcome not in OUTCOMES:
        raise ValueError(f"outcome: {shown(outcome)} is none of {', '.join(OUTCOMES)}")
    loaded = as_loaded(scenario)

    def evaluate(sample: FloatArray) -> FloatArray:
        table = run_points(loaded, pd.DataFrame(sample, columns=list(problem["names"])), **options)
        return table[outcome].to_numpy(float)

    return evaluate
