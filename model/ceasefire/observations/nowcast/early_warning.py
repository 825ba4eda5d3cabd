"""How early recent counts foretell an end on made histories, and what such an alarm costs in false ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray
from ceasefire.observations.nowcast.agreement import INDEX_DAYS, learnt_index
from ceasefire.observations.nowcast.figures import figures_on
from ceasefire.observations.nowcast.made_histories import Histories
from ceasefire.observations.nowcast.seen import RECENT

WEEK = 7
FALSE_ALARMS = (0.05, 0.1, 0.2)
"""Shares of the weeks without an end in the next INDEX_DAYS days in which the alarm is on."""

DAYS_BEFORE = tuple(range(0, 13 * WEEK, WEEK))
"""Days before an end on which the alarm is looked at."""

FEWEST_ENDS = 50
"""Ends that a curve needs."""


@dataclass(frozen=True, eq=False)
class EarlyWarning:
    """Shares of ends that an alarm precedes, shape (rates, days before), at each rate of false alarms.

    `ends`: how many ends of made histories there are on each day before, shape (days before).
    """

    false_alarms: tuple[float, ...]
    days_before: tuple[int, ...]
    shares: FloatArray
    ends: NDArray[np.int64]

    def rows(self) -> list[dict[str, float]]:
        """A row for each rate and day."""
        return [
            {"false_alarms": rate, "days_before_the_end": day, "share_of_ends": float(self.shares[r, d]),
             "ends": int(self.ends[d])}
            for r, rate in enumerate(self.false_alarms)
            for d, day in enumerate(self.days_before)
        ]  # fmt: skip


def early_warning(made: Histories, names: tuple[str, ...], seed: int) -> EarlyWarning | None:
    """The curve, from weekly looks at the recorded days; None with fewer than FEWEST_ENDS ends to foretell.

    One half of the histories teaches the index of danger, the other half tries it. A look sees counts of the days
    before it. The index and the rate of false alarms belong to the model: the real rate is not known.
    """
    looks = np.arange(RECENT, made.incidents.shape[1] + 1, WEEK)
    if not len(looks):
        return None
    half = np.random.default_rng([seed, 2]).permutation(len(made)) % 2 == 0
    held = made.rows["days_held"]
    lives = held[:, None] - looks[None, :]
    known = lives > 0
    figures = np.stack([figures_on(made, names, int(day)) for day in looks], axis=1)
    teaching = known & half[:, None]
    if not (lives[teaching] < INDEX_DAYS).any():
        return None
    index = learnt_index(figures[teaching], lives[teaching] < INDEX_DAYS).at(figures)
    quiet = np.sort(index[known & ~half[:, None] & (lives >= INDEX_DAYS)])
    tried = ~half & (made.rows["ended"] == 1)
    shares = np.full((len(FALSE_ALARMS), len(DAYS_BEFORE)), np.nan)
    ends = np.zeros(len(DAYS_BEFORE), np.int64)
    for d, day in enumerate(DAYS_BEFORE):
        world, look = np.nonzero(tried[:, None] & (lives > day) & (lives <= day + WEEK))
        ends[d] = len(world)
        for r, rate in enumerate(FALSE_ALARMS):
            if len(world) and len(quiet):
                shares[r, d] = (index[world, look] > np.quantile(quiet, 1.0 - rate)).mean()
    return EarlyWarning(FALSE_ALARMS, DAYS_BEFORE, shares, ends) if ends.min() >= FEWEST_ENDS else None
