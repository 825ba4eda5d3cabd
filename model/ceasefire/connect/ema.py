"""A scenario as a model of EMA Workbench: assumed numbers are its uncertainties, changes its levers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import nan
from pathlib import Path
from typing import Any

import pandas as pd

from ceasefire.arguments import names, shown
from ceasefire.connect.salib import salib_problem
from ceasefire.ensemble.run_points import OUTCOMES, run_points
from ceasefire.scenario.load import Loaded, as_loaded
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.variants import BaseScenario


def ema_model(
    scenario: Loaded | Scenario | str | Path,
    paths: Any = None,
    levers: Any = None,
    outcomes: Any = None,
    **options: Any,
) -> Any:
    """An `ema_workbench.Model`: an uncertainty per assumed number, a lever per change (on or off), mean outcomes.

    `paths` and `levers` take some of the assumed numbers (`*` for any one step) and of the changes that fit; all by
    default. `outcomes` are some of those of `run_points`, all by default; `options` are its worlds, seed, workers and
    days. All experiments have the same worlds. ValueError for names that are none; ModuleNotFoundError without EMA
    Workbench, which is not installed with ceasefire, for it needs a package under the GPL.
    """
    try:
        from ema_workbench import BooleanParameter, Model, RealParameter, ScalarOutcome
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError("ema_model needs EMA Workbench: pip install ema_workbench") from missing
    loaded = as_loaded(scenario)
    problem, fitting = salib_problem(loaded, paths), loaded.levers()
    chosen = tuple(fitting) if levers is None else names("levers", levers)
    wanted = names("outcomes", outcomes) or OUTCOMES
    for argument, given, known in (("levers", chosen, fitting), ("outcomes", wanted, OUTCOMES)):
        for name in given:
            if name not in known:
                raise ValueError(f"{argument}: {shown(name)} is none of {', '.join(known)}")
    base = BaseScenario(loaded.file or Path(), loaded)
    model = Model("ceasefire", function=partial(_outcomes, base, chosen, options))
    spans = zip(problem["names"], problem["bounds"], strict=True)
    model.uncertainties = [RealParameter(name, low, high) for name, (low, high) in spans]
    model.levers = [BooleanParameter(name) for name in chosen]
    model.outcomes = [ScalarOutcome(name) for name in wanted]
    return model


def _outcomes(
    base: BaseScenario, levers: tuple[str, ...], options: Mapping[str, Any], **experiment: Any
) -> dict[str, float]:
    """The mean outcomes of one experiment: numbers by path, and each lever on or off.

    Where a lever moves the range of a number, the number keeps its place in the range; where it sets the number for
    certain, or takes it away, that holds. Otherwise the number would undo the lever.
    """
    on = tuple(name for name in levers if experiment.pop(name, False))
    scenario = base.under(on)
    before, ranges = (each.uncertainties() for each in (base.loaded, scenario))
    point = {next(iter(ranges)): nan}
    for path in experiment.keys() & ranges.keys():
        (low, high), (least, most), value = before[path], ranges[path], experiment[path]
        point[path] = value if (low, high) == (least, most) else least + (value - low) / (high - low) * (most - least)
    row = run_points(scenario, pd.DataFrame([point]), **options).iloc[0]
    return {name: float(row[name]) for name in OUTCOMES}
