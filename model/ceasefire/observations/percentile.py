"""Where weekly counts that were observed lie among those of simulated worlds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

OUTSIDE = (0.02, 0.98)
"""Below or above these shares of the worlds, what was observed is unlike the worlds: conditioning would extrapolate."""


def percentile_words(share_below: float) -> str:
    """A percentile for tables and sentences: whole within OUTSIDE, to a tenth beyond it, and never 0 or 100."""
    percent = min(max(100.0 * share_below, 0.1), 99.9)
    return f"{percent:.0f}" if OUTSIDE[0] <= share_below <= OUTSIDE[1] else f"{percent:.1f}"


@dataclass(frozen=True, eq=False)
class WeeklyPercentiles:
    """`share`: of the worlds below each week's count, those equal to it counted half, shape (weeks,).

    NaN where the count is not known or no world has the week. `worlds`: how many have it, shape (weeks,).
    """

    share: NDArray[np.float64]
    worlds: NDArray[np.int64]

    @property
    def outside(self) -> NDArray[np.bool_]:
        """Weeks that lie outside of nearly all worlds, shape (weeks,)."""
        return np.asarray((self.share < OUTSIDE[0]) | (self.share > OUTSIDE[1]))


def percentiles_among_worlds(observed: ArrayLike, simulated: ArrayLike) -> WeeklyPercentiles:
    """Place counts of shape (weeks,) among those of shape (worlds, weeks); NaN is not known, or over by then.

    Counts tie often, so ties count half: over worlds like the observed one the share is uniform on average. Raises
    ValueError when shapes do not fit, or for negative or infinite counts.
    """
    counts, worlds = np.asarray(observed, np.float64), np.asarray(simulated, np.float64)
    if counts.ndim != 1 or worlds.ndim != 2 or worlds.shape[1] != len(counts):
        raise ValueError(
            f"observed counts of shape (weeks,) need worlds of shape (worlds, weeks): {counts.shape}, {worlds.shape}"
        )
    if np.isinf(counts).any() or np.isinf(worlds).any() or (counts < 0).any() or (worlds < 0).any():
        raise ValueError("counts are 0 or more, and finite; NaN stands for a count that is not known")
    there = (~np.isnan(worlds)).sum(axis=0)
    below = (worlds < counts).sum(axis=0) + 0.5 * (worlds == counts).sum(axis=0)
    known = (there > 0) & ~np.isnan(counts)
    share = np.full(len(counts), np.nan)
    share[known] = below[known] / there[known]
    return WeeklyPercentiles(share, there)


def percentiles_in_fan(observed: ArrayLike, levels: ArrayLike, quantiles: ArrayLike) -> WeeklyPercentiles:
    """The same from quantiles of the worlds: levels of shape (levels,) within 0 to 1, quantiles (levels, weeks).

    Linear between levels; below the lowest and above the highest, the middle of what lies there. Where several levels
    have the same count, as with many quiet worlds, the middle of them. `worlds` is 0: a fan does not give it. Raises
    ValueError when shapes do not fit, levels do not rise, or quantiles fall.
    """
    counts, at, fan = (np.asarray(values, np.float64) for values in (observed, levels, quantiles))
    if counts.ndim != 1 or at.ndim != 1 or fan.shape != (len(at), len(counts)):
        raise ValueError(f"quantiles have the shape (levels, weeks): {fan.shape} for {at.shape} and {counts.shape}")
    if not len(at) or not (np.diff(at) > 0).all() or at[0] < 0 or at[-1] > 1:
        raise ValueError("levels rise from 0 to 1")
    if (np.diff(fan, axis=0) < 0).any():
        raise ValueError("quantiles of a week do not fall from one level to the next")
    share = np.full(len(counts), np.nan)
    for week in np.flatnonzero(~np.isnan(counts) & ~np.isnan(fan).any(axis=0)):
        equal = np.flatnonzero(fan[:, week] == counts[week])
        below, above = at[0] / 2, (at[-1] + 1) / 2
        share[week] = (
            (at[equal[0]] + at[equal[-1]]) / 2
            if len(equal)
            else np.interp(counts[week], fan[:, week], at, left=below, right=above)
        )
    return WeeklyPercentiles(share, np.zeros(len(counts), np.int64))
