"""Prepare step functions of the day for drawing: end of the axis, thinning, corners, and bands by cell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ceasefire.analysis.survival import SurvivalCurve
from ceasefire.array_types import FloatArray, IntArray
from ceasefire.charts.layout import ACROSS
from ceasefire.charts.time_axis import TimeAxis

POINTS = 400
"""Largest number of steps drawn; more would not be visible."""

NOTHING = 0.005
"""A smaller share is not visible [probability]."""


def axis_end(edges: Sequence[FloatArray], horizon: int | None) -> int:
    """Last day of the axis for shares by day from 0.

    The last day followed or the horizon; if all shares are invisible long before, the axis ends a little after that.
    """
    followed = max([len(edge) - 1 for edge in edges] + [horizon or 0])
    visible = max(int(np.flatnonzero(edge > NOTHING)[-1]) + 1 if (edge > NOTHING).any() else 0 for edge in edges)
    if visible > followed / 2:
        over = all(edge[-1] <= 0 for edge in edges) and followed == max(len(edge) for edge in edges) - 1
        return max(1, int(1.05 * followed) + 1 if over else followed)
    return max(7, int(1.2 * visible))


def at_end(curve: SurvivalCurve, last: int) -> float:
    """The share that holds on the last day drawn, or on the last day followed if that is earlier."""
    return curve.at(last) if curve.surviving[-1] == 0 else curve.at(min(last, int(curve.days[-1])))


def drawn_days(time: TimeAxis, *values: FloatArray) -> IntArray:
    """The days to draw: every day on which a value changes, or days evenly across the axis when there are too many."""
    end = min(time.last, len(values[0]) - 1)
    changes = [np.flatnonzero(np.diff(value[: end + 1])) + 1 for value in values]
    days = np.unique(np.concatenate([[0, end], *changes]))
    if len(days) > POINTS:
        days = np.unique(np.append(time.days_at(np.linspace(0, time.place(end), POINTS)).astype(int), [0, end]))
    return days.astype(np.int64)


def corners(days: IntArray, values: FloatArray, last: int, over: bool) -> tuple[FloatArray, FloatArray]:
    """x and y of a step function on the given days, from 1 before day 0.

    It ends on the last of the days; if every world is over, so that it cannot change, it is extended to `last`.
    """
    x, y = np.concatenate(([0.0], days)), np.concatenate(([1.0], values[days]))
    return (np.append(x, float(last)), np.append(y, y[-1])) if over else (x, y)


def band_by_cell(
    low: FloatArray, high: FloatArray, time: TimeAxis, count: int = ACROSS
) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest value of a decreasing band within each of `count` equal parts of the axis."""
    edges = time.days_at(np.arange(count + 1) / count)
    left = np.clip(np.ceil(edges[:-1]).astype(int) - 1, -1, len(high) - 1)
    right = np.minimum(np.floor(edges[1:]).astype(int), len(low) - 1)
    return low[right], np.where(left < 0, 1.0, high[left])
