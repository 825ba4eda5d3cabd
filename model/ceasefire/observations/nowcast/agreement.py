"""Which worlds look like what was seen: figures, an index of danger learnt from the worlds, and weights.

The index is what the figures foretell (a logistic regression on the worlds that hold, of whether they end within
INDEX_DAYS): a semi-automatic summary after Fearnhead and Prangle (2012). The nearest worlds by that one number are
weighted by a kernel, and the weights are tilted until their mean is what was seen, which takes the place of the usual
regression adjustment and keeps weights positive: Hall and Presnell (1999), Hainmueller (2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray

INDEX_DAYS = 90
"""The index foretells an end within so many days."""

NEAREST = 0.1
"""Share of the worlds that hold which gets a weight. With 5 % the skill is the same, and half as many worlds count."""

FEWEST = 400
"""Worlds that get a weight at least, where so many hold."""

RIDGE = 3.0
"""Penalty on the squares of the coefficients, of figures in units of their standard deviation."""

LEAST_EFFECTIVE = 200.0
"""Worlds; the tilt stops where it would leave fewer, and with fewer there is no answer."""


def logistic(
    figures: FloatArray, ends: NDArray[np.bool_], ridge: float = RIDGE, weight: FloatArray | None = None
) -> FloatArray:
    """Coefficients of a logistic regression with a ridge, the intercept first; `figures`: shape (n, k).

    `weight`: how many observations each counts for, one when not given.
    """
    design = np.column_stack([np.ones(len(figures)), figures])
    each = np.ones(len(figures)) if weight is None else weight
    penalty = np.diag([0.0, *[ridge] * figures.shape[1]])
    found = np.zeros(design.shape[1])
    for _ in range(40):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ found, -30.0, 30.0)))
        slope = design.T @ (each * (ends - chance)) - penalty @ found
        curvature = (
            (design * (each * chance * (1.0 - chance))[:, None]).T @ design + penalty + 1e-9 * np.eye(len(found))
        )
        step = np.linalg.solve(curvature, slope)
        found += step
        if np.abs(step).max() < 1e-10:
            break
    return found


@dataclass(frozen=True, eq=False)
class Index:
    """A danger index: centre, scale and coefficient of each figure, shape (k,)."""

    centre: FloatArray
    scale: FloatArray
    coefficients: FloatArray

    def at(self, figures: FloatArray) -> FloatArray:
        """The index of figures of shape (…, k)."""
        return np.asarray(((figures - self.centre) / self.scale) @ self.coefficients)


def learnt_index(figures: FloatArray, ends: NDArray[np.bool_]) -> Index:
    """The index by which ends are best foretold. Where no world or every world ends, the mean of the figures."""
    centre, scale = figures.mean(axis=0), figures.std(axis=0) + 1e-9
    if ends.all() or not ends.any():
        coefficients = np.full(figures.shape[1], 1.0)
    else:
        coefficients = logistic((figures - centre) / scale, ends)[1:]
    spread = float(np.std(((figures - centre) / scale) @ coefficients))
    return Index(centre, scale, coefficients / (spread + 1e-9))


def weights(index: FloatArray, seen: float) -> FloatArray:
    """Weights of worlds, shape (n,), which add up to 1: near what was seen, and of its index in the mean.

    Outside of nearly all worlds the mean stays behind: the tilt never leaves fewer than LEAST_EFFECTIVE worlds.
    """
    away = index - seen
    count = min(len(index), max(FEWEST, round(NEAREST * len(index))))
    reach = float(np.partition(np.abs(away), count - 1)[count - 1]) * 1.0001 + 1e-9
    near = np.flatnonzero(np.abs(away) < reach)
    scaled = away[near] / reach
    kernel = 1.0 - scaled**2
    low, high = 0.0, _balancing_tilt(kernel, scaled)
    found = _tilted(kernel, scaled, high)
    if effective(found) < LEAST_EFFECTIVE:
        for _ in range(30):
            middle = 0.5 * (low + high)
            enough = effective(_tilted(kernel, scaled, middle)) > LEAST_EFFECTIVE
            low, high = (middle, high) if enough else (low, middle)
        found = _tilted(kernel, scaled, low)
    all_weights = np.zeros(len(index))
    all_weights[near] = found
    return all_weights


def _tilted(kernel: FloatArray, scaled: FloatArray, tilt: float) -> FloatArray:
    weight = kernel * np.exp(np.clip(tilt * scaled, -50.0, 50.0))
    return np.asarray(weight / weight.sum())


def _balancing_tilt(kernel: FloatArray, scaled: FloatArray) -> float:
    """The tilt at which the weighted mean of `scaled` is 0, found by bisection; the mean rises with the tilt."""
    low, high = -20.0, 20.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if float(_tilted(kernel, scaled, middle) @ scaled) < 0.0 else (low, middle)
    return 0.5 * (low + high)


def effective(weight: FloatArray, family: NDArray[np.int64] | None = None) -> float:
    """How many worlds of equal weight tell as much; copies of one world (of one family) count as one."""
    together = weight if family is None else np.bincount(family, weights=weight)
    return float(together.sum() ** 2 / (together**2).sum())
