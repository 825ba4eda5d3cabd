"""A mean over worlds, or over draws, with the interval that its spread allows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ceasefire.analysis.interval import Interval


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


def without_noise(seen: npt.NDArray[np.float64], noise: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Figures of draws, drawn in so far that their variance is that of the truth: of what was seen less its noise.

    `noise` is the variance of each figure's own error. Mean and shape stay those of what was seen. Louis (1984).
    """
    if len(seen) < 2 or np.ptp(seen) == 0:
        return seen
    mean, variance = float(seen.mean()), float(seen.var(ddof=1))
    truth = max(0.0, variance - float(np.nanmean(noise)))
    return np.asarray(mean + (seen - mean) * np.sqrt(truth / variance))
