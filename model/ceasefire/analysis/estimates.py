"""Point estimates with their intervals: shares, means, and means freed from sampling noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Z_95 = 1.959963984540054
"""Half-width of a 95 % interval [standard deviations]."""


@dataclass(frozen=True)
class Interval:
    """An estimate and its lower and upper limit, all in one unit; infinity means 'beyond the horizon'."""

    value: float
    low: float
    high: float


def wilson(
    share: npt.ArrayLike, number: npt.ArrayLike, z: float = Z_95
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Limits of a share observed in `number` independent trials: within [0, 1], of positive width. Wilson (1927)."""
    p = np.asarray(share, dtype=float)
    n = np.asarray(number, dtype=float)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return np.maximum(0.0, np.minimum(p, centre - half)), np.minimum(1.0, np.maximum(p, centre + half))


def mean_interval(values: npt.ArrayLike, level: float = 0.95) -> Interval:
    """Mean of independent values with Student's interval; infinite limits for a single value.

    ValueError when there is no value or one is not finite.
    """
    sample = np.asarray(values, dtype=float).ravel()
    if not len(sample):
        raise ValueError("no values: a mean needs at least one")
    if not np.isfinite(sample).all():
        raise ValueError("a value is not finite: leave failed worlds out before taking a mean")
    mean = float(sample.mean())
    if len(sample) == 1:
        return Interval(mean, -np.inf, np.inf)
    half = float(student(np.array(float(len(sample))), level)) * float(sample.std(ddof=1)) / np.sqrt(len(sample))
    return Interval(mean, mean - half, mean + half)


def student(number: npt.NDArray[np.float64], level: float = 0.95) -> npt.NDArray[np.float64]:
    """Half-width of Student's interval of the mean of `number` values [standard errors]."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.maximum(number - 1, 1e-9), (1 + level) / 2))


def shrink_by_noise(observed: npt.NDArray[np.float64], noise: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Estimates by draw, shrunk to their mean until their variance excludes the sampling noise. Louis (1984).

    `noise` is the sampling variance of each estimate. The mean and the shape of the distribution stay.
    """
    if len(observed) < 2 or np.ptp(observed) == 0:
        return observed
    mean, variance = float(observed.mean()), float(observed.var(ddof=1))
    true_variance = max(0.0, variance - float(np.nanmean(noise)))
    return np.asarray(mean + (observed - mean) * np.sqrt(true_variance / variance))
