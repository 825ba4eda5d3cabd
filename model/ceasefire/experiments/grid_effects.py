"""Main effects, steps and interactions of a grid, from the same worlds at all of its points."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.analysis.estimates import Interval, mean_interval
from ceasefire.analysis.selection import simultaneous_intervals
from ceasefire.array_types import FloatArray
from ceasefire.experiments.factors import Factor
from ceasefire.experiments.measured_outcomes import OutcomeValues
from ceasefire.experiments.prepare import PreparedExperiment

COLUMNS = ("kind", "factor", "from", "to", "difference", "low", "high", "worlds", "needed")


def grid_effects(prepared: PreparedExperiment, outcome_values: OutcomeValues) -> pd.DataFrame:
    """A row for each effect in a grid, with its 95 % interval over worlds.

    main: from a factor's first setting to its last (numbers in rising order), the mean over all settings of the
    others. step: from each setting of a number to the next; the intervals of a factor's steps hold together. both: how
    much two factors add together beyond what each adds alone, between their first and last settings. needed: worlds
    at each point with which an effect of this size would be told from chance; not a number where it is told already.
    """
    factors = prepared.experiment.factors
    values = _by_setting(prepared, outcome_values)
    rows: list[dict[str, Any]] = []
    if values.shape[-1] < 3:
        return pd.DataFrame(rows, columns=COLUMNS)
    for axis, factor in enumerate(factors):
        others = tuple(k for k in range(len(factors)) if k != axis)
        along = values.mean(axis=others)
        rows.append(_row("main", factor.name, _ends(factor), mean_interval(along[-1] - along[0]), values.shape[-1]))
        rows += _steps(factor, along)
    for one, other in combinations(range(len(factors)), 2):
        rest = tuple(k for k in range(len(factors)) if k not in (one, other))
        plane = values.mean(axis=rest)
        more = plane[-1, -1] - plane[0, -1] - plane[-1, 0] + plane[0, 0]
        name = f"{factors[one].name} and {factors[other].name}"
        rows.append(_row("both", name, ("", ""), mean_interval(more), values.shape[-1]))
    return pd.DataFrame(rows, columns=COLUMNS)


def _by_setting(prepared: PreparedExperiment, outcome_values: OutcomeValues) -> FloatArray:
    """The worlds that are known at every point: an axis for each factor, its settings in order, and one for worlds."""
    factors = prepared.experiment.factors
    points = range(prepared.points.before, len(prepared.points))
    shared = min(len(outcome_values.of(point)) for point in points)
    table = np.array([outcome_values.of(point)[:shared] for point in points])
    table = table[:, np.isfinite(table).all(axis=0)].reshape(*(len(factor.levels()) for factor in factors), -1)
    for axis, factor in enumerate(factors):
        table = np.take(table, _order(factor), axis=axis)
    return np.asarray(table)


def _order(factor: Factor) -> list[int]:
    """Positions of a factor's settings: numbers rise, others stay as they were given."""
    levels = factor.levels()
    return sorted(range(len(levels)), key=levels.__getitem__) if factor.kind == "number" else list(range(len(levels)))


def _words(factor: Factor) -> list[str]:
    """A factor's settings in words, in order."""
    if factor.kind in ("change", "part"):
        return ["off", "on"]
    levels = factor.levels()
    settings = [factor.value(levels[place]) for place in _order(factor)]
    return [f"{float(f'{value:.4g}'):,g}" if isinstance(value, float | int) else str(value) for value in settings]


def _ends(factor: Factor) -> tuple[str, str]:
    words = _words(factor)
    return words[0], words[-1]


def _steps(factor: Factor, along: FloatArray) -> Iterator[dict[str, Any]]:
    """The steps of a number with more than two settings, with intervals that hold together."""
    if factor.kind != "number" or len(along) < 3:
        return
    words, gains = _words(factor), np.diff(along, axis=0)
    for k, interval in enumerate(simultaneous_intervals(gains)):
        yield _row("step", factor.name, (words[k], words[k + 1]), interval, along.shape[1])


def _row(kind: str, factor: str, ends: tuple[str, str], found: Interval, worlds: int) -> dict[str, Any]:
    span = (*ends, found.value, found.low, found.high, worlds, worlds_needed(found, worlds))
    return dict(zip(COLUMNS, (kind, factor, *span), strict=True))


def worlds_needed(found: Interval, worlds: int) -> float:
    """Worlds with which an effect of this size would be told from 0; not-a-number where it is, or where it is 0.

    An effect below a billionth of its interval is what rounding leaves of 0.

    The width of an interval falls with the root of the number of worlds; rounded up to two figures.
    """
    half = (found.high - found.low) / 2
    if abs(found.value) > half or abs(found.value) <= 1e-9 * half:
        return float("nan")
    exact = worlds * (half / found.value) ** 2
    unit = 10 ** max(0, int(np.floor(np.log10(exact))) - 1)
    return float(np.ceil(exact / unit) * unit)
