"""A normal variable of which only an interval is known: its log chance and the slopes of that."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from ceasefire.array_types import FloatArray

LOG_ROOT_TWO_PI = 0.5 * math.log(2.0 * math.pi)
LEAST_LOG_GAP = -1e-13
"""Two tails nearer to each other than this [log] are taken for this far apart: no interval has chance 0."""


@dataclass(frozen=True)
class IntervalLikelihood:
    """log P(low <= y < high) for y ~ N(mean, sd^2), and its derivatives; arrays of one shape."""

    log_chance: FloatArray
    slope_mean: FloatArray
    curvature_mean: FloatArray
    slope_sd: FloatArray
    slope_low: FloatArray
    slope_high: FloatArray


def interval_likelihood(low: FloatArray, high: FloatArray, mean: FloatArray, sd: FloatArray) -> IntervalLikelihood:
    """The log chance of [low, high) under N(mean, sd^2) with first and second slopes. `low` may be -inf, `high` inf."""
    left, right = (low - mean) / sd, (high - mean) / sd
    upper_tail = left > 0.0  # of two values in the upper tail the mirrored lower tails are accurate
    below = log_ndtr(np.where(upper_tail, -right, left))
    above = log_ndtr(np.where(upper_tail, -left, right))
    log_chance = above + np.log(-np.expm1(np.minimum(below - above, LEAST_LOG_GAP)))
    density_left, moment_left = _density(left, log_chance)
    density_right, moment_right = _density(right, log_chance)
    slope = (density_left - density_right) / sd
    moments = moment_left - moment_right
    return IntervalLikelihood(
        log_chance,
        slope,
        np.minimum(moments / sd**2 - slope**2, -1e-12),
        moments / sd,
        -density_left / sd,
        density_right / sd,
    )


def _density(at: FloatArray, log_chance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Standard normal density at an edge over the chance of the interval, and that times the edge; 0 at infinity."""
    finite = np.isfinite(at)
    where = np.where(finite, at, 0.0)
    density = np.where(finite, np.exp(np.minimum(-0.5 * where**2 - LOG_ROOT_TWO_PI - log_chance, 600.0)), 0.0)
    return density, where * density
