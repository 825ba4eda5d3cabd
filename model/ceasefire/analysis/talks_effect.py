"""Event study of talks: violations by day before and after rounds of talks, averaged over rounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ceasefire.array_types import FloatArray, IntArray

if TYPE_CHECKING:
    from ceasefire.simulation.trajectory import Trajectory

BEFORE, AFTER = 28, 84
"""Days before and after talks in the study."""

RESAMPLES = 200


@dataclass(frozen=True, eq=False)
class TalksEffect:
    """Violations per day around talks, by day relative to the talks (0), over all rounds.

    For each day: the mean with its 95 % interval (clustered by world), and the quartiles of the rounds, where the days
    of each round are averaged over the surrounding week but never across the talks. rounds[d] counts the rounds
    followed on that day.
    """

    days: IntArray
    mean: FloatArray
    mean_low: FloatArray
    mean_high: FloatArray
    quarter: FloatArray
    three_quarters: FloatArray
    rounds: IntArray
    worlds: int
    drop_limits: tuple[float, float] = (float("nan"), float("nan"))
    """The 95 % interval of `drop`."""

    def drop(self, week: int = 7) -> float:
        """Relative drop of the mean from the week before talks to the week after."""
        return float(_drops(self.mean[None, :], self.days, week)[0])

    def days_to_half(self, week: int = 7) -> int | None:
        """First day after talks by which the weekly mean has recovered half of the drop; None if it does not."""
        before = float(self.mean[(self.days >= -week) & (self.days < 0)].mean())
        after = float(self.mean[(self.days > 0) & (self.days <= week)].mean())
        later = self.days[self.days >= week]
        for day in later.tolist():
            recent = self.mean[(self.days > day - week) & (self.days <= day)].mean()
            if recent >= (before + after) / 2:
                return int(day)
        return None


def around_talks(
    series: Iterable[tuple[FloatArray, Sequence[int]]], before: int = BEFORE, after: int = AFTER
) -> TalksEffect:
    """The event study; `series` has, for each world, violations by day and the days of talks.

    Days past the end of a world are left out. ValueError when there are no talks after day 0.
    """
    offsets = np.arange(-before, after + 1)
    rounds: list[FloatArray] = []
    owner: list[int] = []
    worlds = 0
    for world, (daily, talks) in enumerate(series):
        worlds += 1
        for day in talks:
            if day > 0:
                at = day + offsets
                inside = (at >= 0) & (at < len(daily))
                row = np.full(len(offsets), np.nan)
                row[inside] = np.asarray(daily, dtype=float)[at[inside]]
                rounds.append(row)
                owner.append(world)
    if not rounds:
        raise ValueError("no talks: there are no days around them to compare")
    table = np.array(rounds)
    followed = np.isfinite(table).sum(axis=0)
    table, offsets, followed = table[:, followed > 0], offsets[followed > 0], followed[followed > 0]
    means = _resampled_means(table, np.array(owner))
    low, high = np.nanquantile(means, [0.025, 0.975], axis=0) if len(means) else np.full((2, len(offsets)), np.nan)
    drops = _drops(means, offsets)
    drops = drops[np.isfinite(drops)]
    limits = (float(np.quantile(drops, 0.025)), float(np.quantile(drops, 0.975))) if len(drops) else (np.nan, np.nan)
    quarter, three = np.nanquantile(_weekly_means(table, offsets), [0.25, 0.75], axis=0)
    return TalksEffect(offsets, np.nanmean(table, axis=0), low, high, quarter, three, followed, worlds, limits)


def violations_and_talks(history: Trajectory) -> tuple[FloatArray, list[int]]:
    """The input of `around_talks` from one world: all violations by day while the deal held, and the days of talks."""
    daily = np.sum([counts for counts in history.violations.values()], axis=0).astype(float)
    last = max(1, history.days_held) if history.ended else len(daily)
    return daily[:last], [day for day in history.talks_days if day < last]


def _weekly_means(table: FloatArray, offsets: IntArray) -> FloatArray:
    """Mean of each round over the three days before and after each day, on the same side of the talks."""
    smooth = np.empty_like(table)
    for place, day in enumerate(offsets):
        near = (np.abs(offsets - day) <= 3) & ((offsets > 0) == (day > 0))
        known = np.isfinite(table[:, near])
        total, count = np.where(known, table[:, near], 0.0).sum(axis=1), known.sum(axis=1)
        smooth[:, place] = np.divide(total, count, out=np.full(len(table), np.nan), where=count > 0)
    return np.where(np.isfinite(table), smooth, np.nan)


def _drops(means: FloatArray, days: IntArray, week: int = 7) -> FloatArray:
    """Relative drop from the week before talks to the week after, of each row; not a number with none before."""
    before = means[:, (days >= -week) & (days < 0)].mean(axis=1)
    after = means[:, (days > 0) & (days <= week)].mean(axis=1)
    ratio: FloatArray = np.divide(after, before, out=np.full(len(means), np.nan), where=before > 0)
    return 1 - ratio


def _resampled_means(table: FloatArray, owner: IntArray) -> FloatArray:
    """The mean of each day in a bootstrap of whole worlds, (resamples, days); no row for a single world."""
    names, position = np.unique(owner, return_inverse=True)
    known = np.isfinite(table)
    total = np.zeros((len(names), table.shape[1]))
    count = np.zeros_like(total)
    np.add.at(total, position, np.where(known, table, 0.0))
    np.add.at(count, position, known.astype(float))
    if len(names) == 1:
        return np.empty((0, table.shape[1]))
    chosen = np.random.default_rng(1).integers(len(names), size=(RESAMPLES, len(names)))
    counts = count[chosen].sum(axis=1)
    unknown = np.full_like(counts, np.nan)
    means: FloatArray = np.divide(total[chosen].sum(axis=1), counts, out=unknown, where=counts > 0)
    return means
