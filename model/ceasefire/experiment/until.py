"""Running until sure: which points need more worlds before an interval is narrow enough."""

from __future__ import annotations

import math

from ceasefire.experiment.chunks import Need
from ceasefire.experiment.design import Points
from ceasefire.experiment.gather import Gathered
from ceasefire.experiment.schema import Until

SLACK = 1.05
"""Worlds that are added beyond what the interval's width alone would ask for."""

LEAST = 100
"""Worlds that are added to a point at least."""


def next_round(until: Until, seen: Gathered, points: Points) -> list[Need]:
    """The worlds to add to each point that is not sure enough; none when all are, or have got the most.

    A difference needs the same worlds of its baseline. A point never more than doubles in one round: its spread is
    itself an estimate.
    """
    have = [len(seen.of(point)) for point in range(len(points))]
    wanted = list(have)
    for point in range(len(points)):
        baseline = int(points.baseline[point])
        half = _half_width(until, seen, point, baseline)
        if half is None or half <= until.half_width:
            continue
        both = have[point] if until.per == "point" else min(have[point], have[baseline])
        more = min(math.ceil(both * SLACK * (half / until.half_width) ** 2), 2 * both)
        target = min(max(more, both + LEAST), until.most)
        wanted[point] = max(wanted[point], target)
        if until.per == "difference":
            wanted[baseline] = max(wanted[baseline], target)
    return [Need(point, have[point], wanted[point]) for point in range(len(points)) if wanted[point] > have[point]]


def _half_width(until: Until, seen: Gathered, point: int, baseline: int) -> float | None:
    """How unsure a point is [unit of the outcome]; None when it is not asked, or no world of it is known."""
    if until.per == "point":
        mean = seen.mean(point)
        return None if math.isnan(mean.value) else (mean.high - mean.low) / 2
    difference = seen.difference(point, baseline) if point != baseline else None
    return None if difference is None else difference.half_width
