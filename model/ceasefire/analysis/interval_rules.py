"""One rule of an interval for each kind of figure: shares, means over few draws.

Their coverage is measured on made samples of known truth; the table is docs/coverage.md.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from ceasefire.analysis.estimates import Interval, mean_interval
from ceasefire.array_types import FloatArray

LEVEL = 0.95


def share_interval(successes: float, number: float, level: float = LEVEL) -> Interval:
    """A share of `number` independent trials with its mid-P limits: Clopper and Pearson's, half of the tie counted.

    Clopper and Pearson (1934), Lancaster (1961). Unlike Wilson's, it covers as it says where the true share lies
    near 0 or 1. ValueError without trials or with more successes than trials.
    """
    if number <= 0 or not 0 <= successes <= number:
        raise ValueError(f"{successes:g} of {number:g} is no share")
    low = 0.0 if successes == 0 else _mid_p_limit(successes, number, (1 - level) / 2)
    high = 1.0 if successes == number else 1.0 - _mid_p_limit(number - successes, number, (1 - level) / 2)
    return Interval(successes / number, low, high)


def share_limits(
    successes: npt.ArrayLike, number: npt.ArrayLike, level: float = LEVEL
) -> tuple[FloatArray, FloatArray]:
    """The same limits for many shares; `number` may be a fraction, as the effective number of worlds is."""
    k, n = np.broadcast_arrays(np.asarray(successes, dtype=float), np.asarray(number, dtype=float))
    tail = (1 - level) / 2
    return _mid_p_limits(k, n, tail), 1.0 - _mid_p_limits(n - k, n, tail)


def share_in_words(successes: int, number: int) -> str:
    """A share as text: '300 of 300' where all or none did, else a percentage that is never rounded to 0 or 100."""
    if successes in (0, number):
        return f"{successes:,} of {number:,}"
    percent = 100 * successes / number
    if 1 <= percent <= 99:
        return f"{percent:.0f} %"
    return f"{percent:.1f} %" if 0.1 <= percent <= 99.9 else f"{successes:,} of {number:,}"


def bounded_mean_interval(
    values: npt.ArrayLike, lowest: float = -np.inf, highest: float = np.inf, level: float = LEVEL
) -> Interval:
    """The mean of independent values with Student's interval, kept within the bounds of the figure.

    Where every value is the same bound, nothing varies and Student's interval has no width: the limit is then that of
    a share of 0 or 1 in as many trials, of the whole range. Values that are all the same elsewhere say nothing of
    their error, and the interval is the whole range. ValueError as of mean_interval.
    """
    given = np.asarray(values, dtype=float).ravel()
    found = mean_interval(given, level)
    if len(given) > 1 and np.ptp(given) == 0:
        mean, width = float(given[0]), highest - lowest
        if np.isfinite(width) and mean in (lowest, highest):
            reach = width * (share_interval(0, len(given), level).high)
            return Interval(mean, max(lowest, mean - reach), min(highest, mean + reach))
        return Interval(mean, lowest, highest) if np.isfinite(width) else found
    return Interval(found.value, max(lowest, found.low), min(highest, found.high))


def replicated_mean_interval(
    values: npt.ArrayLike, replicates: Sequence[Hashable] | npt.NDArray[np.generic], level: float = LEVEL
) -> Interval:
    """The mean over draws of a design made of replicates, such as several Latin hypercubes, each drawn anew.

    Draws within a Latin hypercube are spread evenly and not independent: their spread overstates the error of their
    mean. The means of replicates are independent, and Student's interval is that of theirs. McKay, Beckman and Conover
    (1979). ValueError unless every replicate has the same number of draws and there are two.
    """
    given = np.asarray(values, dtype=float).ravel()
    _, of, counts = np.unique(np.asarray(replicates), return_inverse=True, return_counts=True)
    if len(of) != len(given) or len(counts) < 2 or np.ptp(counts) > 0:
        raise ValueError("replicates: at least two, each with the same number of draws")
    return mean_interval(np.bincount(np.ravel(of), given) / counts, level)


def _mid_p_limit(successes: float, number: float, tail: float) -> float:
    return float(_mid_p_limits(np.array([successes], dtype=float), np.array([number], dtype=float), tail)[0])


def _mid_p_limits(successes: FloatArray, number: FloatArray, tail: float) -> FloatArray:
    """Lower limits: the share p with P(more than k) + P(k) / 2 = tail in `number` trials; by halving, 50 times.

    Each pair of numbers is worked out once: a survival curve has as many as it has steps, and not as it has days.
    """
    pairs, of = np.unique(successes + 1j * number, return_inverse=True)
    return _mid_p_limits_of(pairs.real, pairs.imag, tail)[of].reshape(successes.shape)


def _mid_p_limits_of(successes: FloatArray, number: FloatArray, tail: float) -> FloatArray:
    from scipy.special import betainc

    k, n = np.maximum(successes, 0.0), number
    low, high = np.zeros(k.shape), np.divide(k, n, out=np.ones(k.shape), where=n > 0)
    for _ in range(50):
        p = (low + high) / 2
        at_least = np.where(k > 0, betainc(np.maximum(k, 1e-12), n - k + 1, p), 1.0)
        more = np.where(k < n, betainc(k + 1, np.maximum(n - k, 1e-12), p), 0.0)
        above = (at_least + more) / 2 > tail
        low, high = np.where(above, low, p), np.where(above, p, high)
    return np.where(successes <= 0, 0.0, low)
