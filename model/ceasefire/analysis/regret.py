"""Expected and maximum regret of levers under parameter uncertainty.

The regret of a lever at a parameter draw is the outcome of the best lever at that draw minus its own. With few worlds
per draw the best lever looks better than it is, because it is partly the luckiest. So the effects of a lever at the
draws are first shrunk towards their mean over draws, until their variance is that of the true effects: without the
sampling noise of few worlds (constrained empirical Bayes, Louis 1984; shrunk as far as is best for each draw by itself,
they would differ too little, and regret would be too small). With many worlds nothing is shrunk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ceasefire.analysis.estimates import Z_95, Interval, mean_interval
from ceasefire.array_types import FloatArray

Outcomes = Mapping[str, FloatArray]
"""For each lever, the outcome of every world at every parameter draw: (draws, worlds), the same shape for all."""


@dataclass(frozen=True)
class Regret:
    """Regret of one lever, in the unit of the outcome.

    `mean` over the draws with its 95 % interval (sampling error of worlds and of draws together); `worst` is the
    largest at any draw; `best_in` is the share of draws at which no lever is better.
    """

    lever: str
    mean: Interval
    worst: float
    best_in: float


@dataclass(frozen=True)
class Regrets:
    """The levers, the smallest mean regret first; draws and worlds used, and draws left out because of a failure."""

    levers: tuple[Regret, ...]
    draws: int
    worlds: int
    failed: int


def regret(outcomes: Outcomes, more_is_better: bool = True) -> Regrets:
    """Regret of every lever over the draws.

    A draw in which any lever has no outcome (not a number) is left out and counted. ValueError for fewer than two
    levers or two worlds, unlike shapes, or no draw left.
    """
    levers = list(outcomes)
    if len(levers) < 2:
        raise ValueError("regret compares levers: at least two are needed (no change counts as one)")
    if len({np.shape(values) for values in outcomes.values()}) > 1:
        raise ValueError("every lever needs the same draws and worlds")
    values = np.array([outcomes[lever] for lever in levers], dtype=float) * (1 if more_is_better else -1)
    complete = np.isfinite(values).all(axis=(0, 2))
    values = values[:, complete]
    if not complete.any():
        raise ValueError("no draws left: some lever failed in every one")
    if values.shape[2] < 2:
        raise ValueError("regret needs at least two worlds at every draw")
    effects, least, observed = _shrunk_effects(values)
    best, draws = effects.argmax(axis=0), np.arange(effects.shape[1])
    regrets, least_regrets = effects.max(axis=0) - effects, least.max(axis=0) - least
    ranked = [
        Regret(
            lever,
            _with_sampling_error(regrets[k], least_regrets[k], observed[best, draws] - observed[k]),
            float(regrets[k].max()),
            float((regrets[k] <= 0).mean()),
        )
        for k, lever in enumerate(levers)
    ]
    ranked.sort(key=lambda each: (each.mean.value, each.lever))
    return Regrets(tuple(ranked), int(complete.sum()), values.shape[2], int((~complete).sum()))


def _shrunk_effects(values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Effect of each lever at each draw relative to the mean lever, (levers, draws): shrunk, at most, and observed.

    At most: as if as much of what varies over draws were noise as may be, by the error of a variance of so many draws.
    """
    relative = values - values.mean(axis=0)
    observed, noise = relative.mean(axis=2), relative.var(axis=2, ddof=1).mean(axis=1) / values.shape[2]
    if observed.shape[1] < 2:
        return observed, observed, observed
    variance, mean = observed.var(axis=1, ddof=1), observed.mean(axis=1, keepdims=True)
    share = np.divide(noise, variance, out=np.ones(len(variance)), where=variance > 0)
    most = share * (1 + Z_95 * np.sqrt(2 / (observed.shape[1] - 1)))
    shrunk, least = (mean + np.sqrt(np.maximum(0.0, 1 - each))[:, None] * (observed - mean) for each in (share, most))
    return shrunk, least, observed


def _with_sampling_error(regrets: FloatArray, least: FloatArray, observed: FloatArray) -> Interval:
    """Mean regret with the width of the interval of the observed regret, below that of effects shrunk at most."""
    mean, error = float(regrets.mean()), mean_interval(observed)
    low = min(mean, float(least.mean())) - (error.value - error.low)
    return Interval(mean, max(0.0, low), mean + (error.high - error.value))
