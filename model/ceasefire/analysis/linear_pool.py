"""Pooling two forecasts of the same chance: the pooled curve, its interval, and the weight that past cases speak for.

A linear pool says: with chance `weight` the one forecast is right, otherwise the other (Stone 1961). Its value is the
weighted mean of both. Its interval holds the middle of what the chance may then be: quantiles of the mixture of what
either side holds possible, not of the mean of two draws, which would be too narrow wherever the two disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ceasefire.array_types import FloatArray

PRIOR_CASES = 2.0
"""The weight is Beta(2, 2) before any case is seen, as if two cases had spoken for either side.

ASSUMED, from 1 to 5: half and half is the start, and few cases do not move it far.
"""

GRID = (np.arange(400) + 0.5) / 400


def mixture_quantiles(one: FloatArray, other: FloatArray, weight: float, shares: tuple[float, ...]) -> FloatArray:
    """Quantiles (len(shares), figures) of a mixture of two samples of equally likely values.

    `one` (n, figures) counts with `weight`, `other` (m, figures) with the rest.
    """
    values = np.concatenate([one, other])
    mass = np.concatenate([np.full(len(one), weight / len(one)), np.full(len(other), (1.0 - weight) / len(other))])
    order = np.argsort(values, axis=0, kind="stable")
    ranked, grown = np.take_along_axis(values, order, axis=0), np.cumsum(mass[order], axis=0)
    below = grown - mass[order] / 2
    return np.array([np.interp(shares, below[:, k], ranked[:, k]) for k in range(values.shape[1])]).T


@dataclass(frozen=True)
class Weight:
    """The weight of the first of two forecasts: posterior mean, and the middle 90 % of what it may be."""

    value: float
    low: float
    high: float


def weight_from(one: FloatArray, other: FloatArray, prior: float = PRIOR_CASES) -> Weight:
    """The weight of the first forecast, from the log probabilities (n,) that both gave to what happened.

    The posterior under a Beta prior with both parameters `prior`; no case gives one half.
    """
    log_pool = np.logaddexp(
        np.log(GRID)[:, None] + np.asarray(one)[None, :], np.log1p(-GRID)[:, None] + np.asarray(other)[None, :]
    ).sum(axis=1)
    log_mass = log_pool + (prior - 1.0) * (np.log(GRID) + np.log1p(-GRID))
    mass = np.exp(log_mass - log_mass.max())
    mass /= mass.sum()
    low, high = np.interp((0.05, 0.95), np.cumsum(mass) - mass / 2, GRID)
    return Weight(float(mass @ GRID), float(low), float(high))


def pooled_log(one: FloatArray, other: FloatArray, weight: FloatArray | float) -> FloatArray:
    """Log probabilities of the pool, from those of both forecasts."""
    with np.errstate(divide="ignore"):
        return np.asarray(np.logaddexp(np.log(weight) + one, np.log1p(-np.asarray(weight)) + other))


def weights_left_out(one: FloatArray, other: FloatArray) -> FloatArray:
    """For each case the weight that the other cases speak for, (n,)."""
    every = np.arange(len(one))
    return np.array([weight_from(one[every != k], other[every != k]).value for k in every])
