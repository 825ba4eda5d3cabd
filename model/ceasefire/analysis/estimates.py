"""A number with the range in which it lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Z_95 = 1.959963984540054
"""Half-width of a 95 % interval [standard deviations]."""


@dataclass(frozen=True)
class Interval:
    """An estimate between its limits, all in one unit; infinity says 'beyond the horizon'."""

    value: float
    low: float
    high: float


def wilson(
    share: npt.ArrayLike, number: npt.ArrayLike, z: float = Z_95
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Limits of a share seen in `number` independent trials; never outside [0, 1], never of no width. Wilson (1927)."""
    p = np.asarray(share, dtype=float)
    n = np.asarray(number, dtype=float)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return np.maximum(0.0, np.minimum(p, centre - half)), np.minimum(1.0, np.maximum(p, centre + half))


def mean_interval(values: npt.ArrayLike, level: float = 0.95) -> Interval:
    """Mean of independent values with Student's interval; a single value knows nothing of its error.

    ValueError when there is none or one of them is not finite.
    """
    given = np.asarray(values, dtype=float).ravel()
    if not len(given):
        raise ValueError("no values: a mean needs at least one")
    if not np.isfinite(given).all():
        raise ValueError("a value is not finite: leave failed worlds out before taking a mean")
    mean = float(given.mean())
    if len(given) == 1:
        return Interval(mean, -np.inf, np.inf)
    half = float(student(np.array(float(len(given))), level)) * float(given.std(ddof=1)) / np.sqrt(len(given))
    return Interval(mean, mean - half, mean + half)


def student(number: npt.NDArray[np.float64], level: float = 0.95) -> npt.NDArray[np.float64]:
    """Half-width of Student's interval around the mean of so many values [standard errors]."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(np.maximum(number - 1, 1e-9), (1 + level) / 2))


def shrink_by_noise(seen: npt.NDArray[np.float64], noise: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Figures of draws, drawn in so far that their variance is that of the truth: of what was seen less its noise.

    `noise` is the variance of each figure's own error. Mean and shape stay those of what was seen. Louis (1984).
    """
    if len(seen) < 2 or np.ptp(seen) == 0:
        return seen
    mean, variance = float(seen.mean()), float(seen.var(ddof=1))
    truth = max(0.0, variance - float(np.nanmean(noise)))
    return np.asarray(mean + (seen - mean) * np.sqrt(truth / variance))
