"""What to watch: which counts of the next month would raise the alarm, and how early."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceasefire.analysis.estimates import Interval
from ceasefire.array_types import FloatArray
from ceasefire.observations.nowcast.agreement import INDEX_DAYS, effective, logistic
from ceasefire.observations.nowcast.made_histories import Histories
from ceasefire.observations.nowcast.seen import RECENT
from ceasefire.observations.nowcast.shares import share

RAISED = 1.5
"""The alarm is a count at which the odds of an end are so many times those of all worlds."""

FEWEST_ALARMED = 30.0
"""Effective worlds beyond a count that an alarm needs."""


@dataclass(frozen=True)
class Alarm:
    """A count of the next RECENT days at which the odds of an end within the INDEX_DAYS days after are RAISED.

    `chance`: of an end then, in worlds that reach it; `otherwise`: in those that do not. `reached`: share of worlds
    that reach it; `preceded`: share of these ends that it precedes; `days`: from the alarm to the end, the median.
    """

    figure: str
    count: int
    chance: Interval
    otherwise: Interval
    reached: Interval
    preceded: float
    days: float


def alarm(made: Histories, weight: FloatArray, name: str, day: int, family: NDArray[np.int64]) -> Alarm | None:
    """The alarm of one figure for worlds that hold on `day`; None when no count raises the odds as much."""
    then = day + RECENT
    held = made.rows["days_held"]
    known = (held >= then) & (weight > 0.0)
    still, of = weight[known] / max(weight[known].sum(), 1e-12), family[known]
    if not known.any() or effective(still, of) < 2 * FEWEST_ALARMED:
        return None
    left = held[known] - then
    ends = left < INDEX_DAYS
    count = getattr(made, name)[known, day:then].sum(axis=1).astype(np.float64)
    chance = float(still @ ends)
    level, slope = logistic(np.log1p(count)[:, None], ends, 1.0, still * effective(still, of))
    if not 0.0 < chance < 1.0 or slope <= 0.0:
        return None
    wanted = (np.log(RAISED * chance / (1.0 - chance)) - level) / slope
    least = int(np.ceil(np.expm1(min(wanted, 20.0))))
    beyond = count >= least
    if not beyond.any() or beyond.all() or effective(still[beyond], of[beyond]) < FEWEST_ALARMED:
        return None
    both = beyond & ends
    order = np.argsort(left[both], kind="stable")
    passed = np.cumsum(still[both][order])
    return Alarm(
        name, least,
        share(still[beyond], ends[beyond], of[beyond]), share(still[~beyond], ends[~beyond], of[~beyond]),
        share(still, beyond, of), float(still[both].sum() / chance),
        float(left[both][order][np.searchsorted(passed, passed[-1] / 2)]) if both.any() else float("nan"),
    )  # fmt: skip
