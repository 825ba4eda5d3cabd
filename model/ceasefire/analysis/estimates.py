"""Point estimates with their intervals: means, and what other rules are made of."""

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
