"""What choosing a lever may cost when nobody knows which of the possible situations is the real one.

The regret of a lever in a situation is what the best lever there would have gained over it. Seen through a few worlds
the best looks better than it is (it is partly the luckiest), so which lever is best is told from one half of the
worlds and what it gains from the other half, then the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ceasefire.analysis.interval import Interval
from ceasefire.analysis.lives import FloatArray
from ceasefire.analysis.means import mean_interval

Outcomes = Mapping[str, FloatArray]
"""For each lever, the outcome of every world at every draw of the uncertainties: (draws, worlds), the same for all."""


@dataclass(frozen=True)
class Regret:
    """What a lever leaves ungained, in the unit of the outcome.

    `mean` over the draws with its 95 % interval (chance of worlds and of draws together); `worst` is the largest seen
    at any draw (with few worlds, too large); `best_in` is the share of draws in which no lever did better.
    """

    lever: str
    mean: Interval
    worst: float
    best_in: float


@dataclass(frozen=True)
class Regrets:
    """The levers, the least mean regret first; draws and worlds used, and draws left out because one failed."""

    levers: tuple[Regret, ...]
    draws: int
    worlds: int
    failed: int

    @property
    def safest(self) -> Regret:
        """The lever whose largest regret is least."""
        return min(self.levers, key=lambda each: (each.worst, each.mean.value))


def regret(outcomes: Outcomes, more_is_better: bool = True) -> Regrets:
    """Regret of every lever across the draws.

    A draw in which any lever has no outcome (not a number) is left out and counted. ValueError for fewer than two
    levers or two worlds, unlike shapes, or no draw left.
    """
    levers = list(outcomes)
    if len(levers) < 2:
        raise ValueError("regret compares levers: at least two are needed (doing nothing is one)")
    if len({np.shape(values) for values in outcomes.values()}) > 1:
        raise ValueError("every lever needs the same draws and worlds")
    values = np.array([outcomes[lever] for lever in levers], dtype=float) * (1 if more_is_better else -1)
    sound = np.isfinite(values).all(axis=(0, 2))
    values = values[:, sound]
    if not sound.any():
        raise ValueError("no draws left: some lever failed in every one")
    if values.shape[2] < 2:
        raise ValueError("regret needs at least two worlds at every draw")
    honest, means = _honest(values), values.mean(axis=2)
    seen = means.max(axis=0) - means
    found = [
        Regret(lever, mean_interval(honest[k]), float(seen[k].max()), float((seen[k] <= 0).mean()))
        for k, lever in enumerate(levers)
    ]
    found.sort(key=lambda each: (each.mean.value, each.lever))
    return Regrets(tuple(found), int(sound.sum()), values.shape[2], int((~sound).sum()))


def _honest(values: FloatArray) -> FloatArray:
    """Regret by lever and draw, with the best lever told from other worlds than those that say what it gains."""
    halves = values[:, :, 0::2].mean(axis=2), values[:, :, 1::2].mean(axis=2)
    draws = np.arange(values.shape[1])
    both = [judge[told.argmax(axis=0), draws] - judge for told, judge in (halves, halves[::-1])]
    return np.asarray((both[0] + both[1]) / 2)
