"""What choosing a lever may cost when nobody knows which of the possible situations is the real one.

The regret of a lever in a situation is what the best lever there would have gained over it. Seen through a few worlds
the best looks better than it is: it is partly the luckiest. So what a lever does at one draw is first drawn in towards
what it does over all draws, by the share of what was seen that is noise (empirical Bayes, James and Stein 1961); with
many worlds nothing is drawn in, and with few the regret is that against the lever that is best over all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ceasefire.analysis.estimates import Interval, mean_interval
from ceasefire.array_types import FloatArray

Outcomes = Mapping[str, FloatArray]
"""For each lever, the outcome of every world at every draw of the uncertainties: (draws, worlds), the same for all."""


@dataclass(frozen=True)
class Regret:
    """What a lever leaves ungained, in the unit of the outcome.

    `mean` over the draws with its 95 % interval (chance of worlds and of draws together); `worst` is the largest at
    any draw; `best_in` is the share of draws in which no lever does better.
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
    told, seen = _drawn_in(values)
    best, draws = told.argmax(axis=0), np.arange(told.shape[1])
    left = told.max(axis=0) - told
    found = [
        Regret(lever, _around(left[k], seen[best, draws] - seen[k]), float(left[k].max()), float((left[k] <= 0).mean()))
        for k, lever in enumerate(levers)
    ]
    found.sort(key=lambda each: (each.mean.value, each.lever))
    return Regrets(tuple(found), int(sound.sum()), values.shape[2], int((~sound).sum()))


def _drawn_in(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What each lever does at each draw beside the mean lever, with noise drawn in and as seen: (levers, draws)."""
    beside = values - values.mean(axis=0)
    seen, noise = beside.mean(axis=2), beside.var(axis=2, ddof=1).mean(axis=1) / values.shape[2]
    if seen.shape[1] < 2:
        return seen, seen
    spread = seen.var(axis=1, ddof=1)
    kept = np.divide(np.maximum(0.0, spread - noise), spread, out=np.zeros(len(spread)), where=spread > 0)
    middle = seen.mean(axis=1, keepdims=True)
    return middle + kept[:, None] * (seen - middle), seen


def _around(left: FloatArray, seen: FloatArray) -> Interval:
    """Mean of what is left ungained, with the error of the same as seen; never below nothing."""
    mean, error = float(left.mean()), mean_interval(seen)
    return Interval(mean, max(0.0, mean - (error.value - error.low)), mean + (error.high - error.value))
