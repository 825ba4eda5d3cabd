"""The same worlds at every point of a table of numbers, without a file for a point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from ceasefire.arguments import seed_number, shown, whole_number, worker_number
from ceasefire.array_types import FloatArray
from ceasefire.ensemble.run_plan import MOST_DAYS, MOST_WORLDS
from ceasefire.scenario.load import Loaded, as_loaded
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.engine import all_rows, many_points
from ceasefire.simulation.initial_state import initial_state
from ceasefire.suggestions import nearest
from ceasefire.world_state import C_CIVILIAN, C_COMBATANT, C_DISPLACED, VIOLATION_KINDS

OUTCOMES = ("days_held", "holds_to_the_end", "deaths_combatant", "deaths_civilian", "displaced", "violations", "failed")
"""Columns that `run_points` adds: means over the worlds of a point; `failed` is the number of those that failed."""


def run_points(
    scenario: Loaded | Scenario | str | Path,
    points: pd.DataFrame | Mapping[str, Sequence[float]],
    worlds: int = 100,
    seed: int = 1,
    workers: int | None = None,
    days: int | None = None,
) -> pd.DataFrame:
    """Simulate the same worlds at every point of a table; returns the table with the mean outcomes of each point.

    A column is the path of a number, as `agreement.monitoring`, and a row a point; an empty cell keeps the scenario's
    own number. Nothing is loaded anew for a point. ValueError, with the column, for a path that is no number of the
    scenario and for a number outside its limits.
    """
    loaded = as_loaded(scenario)
    own = {} if days is None else {"horizon_days": whole_number("days", days, 1, MOST_DAYS)}
    state = initial_state(loaded.scenario.model_copy(update=own))
    table = pd.DataFrame(points)
    values = _checked(table, loaded, set(state.slots))
    number, key = whole_number("worlds", worlds, 1, MOST_WORLDS), seed_number(seed)
    given = {state.slots[path] for path, column in values.items() if not np.isnan(column).all()}
    state = replace(state, draws=tuple(draw for draw in state.draws if draw.slot not in given))
    rows = all_rows(many_points(state, values, number, key), worker_number(workers))
    lost = (rows["failed"] == 1).reshape(-1, number)
    counter = rows["counter"]
    each = {
        "days_held": rows["days_held"], "holds_to_the_end": rows["ended"] == 0,
        "deaths_combatant": counter[:, C_COMBATANT], "deaths_civilian": counter[:, C_CIVILIAN],
        "displaced": counter[:, C_DISPLACED], "violations": counter[:, : len(VIOLATION_KINDS)].sum(axis=1),
    }  # fmt: skip
    means = {
        name: np.ma.masked_array(column.reshape(-1, number), lost).mean(axis=1).filled(np.nan)
        for name, column in each.items()
    }
    return table.assign(**means, failed=lost.sum(axis=1))


def _checked(table: pd.DataFrame, loaded: Loaded, known: set[str]) -> dict[str, FloatArray]:
    """The columns as numbers, each within the limits of its path. ValueError in one sentence."""
    limits = loaded.limits()
    if not len(table) or not len(table.columns):
        raise ValueError("points: the table has no row, or no column; a row is a point, a column the path of a number")
    values = {}
    for path in table.columns:
        if path not in known:
            close = nearest(str(path), sorted(known))
            hint = f"; did you mean '{close}'?" if close else ""
            raise ValueError(f"points: {shown(path)} is no number of {loaded.label}{hint}")
        try:
            column = table[path].to_numpy(np.float64)
        except (TypeError, ValueError) as problem:
            raise ValueError(f"points: the column {path} is not of numbers ({problem})") from None
        low, high = limits.get(path, (-np.inf, np.inf))
        wrong = np.flatnonzero(np.isinf(column) | (column < low) | (column > high))
        if len(wrong):
            raise ValueError(f"points: {path} is {column[wrong[0]]:g} in row {wrong[0]}, outside {low:g} to {high:g}")
        values[str(path)] = column
    return values
