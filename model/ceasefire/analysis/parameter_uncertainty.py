"""Parameter uncertainty of the survival curve, separated from the sampling noise of single worlds.

Each draw of the assumed parameters has its own true survival curve, estimated from a few worlds. The variance of the
estimates over draws is the variance of the true values plus sampling noise. The noise is known from the variance within
draws and is subtracted: one-way random effects by the method of moments. A Beta distribution with the mean and the
remaining variance gives the band, so that its width does not depend on the number of worlds per draw.

Every draw needs worlds of its own. Draws that share worlds share random numbers, so the noise does not average out over
draws and the subtraction is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.survival import Durations, IntArray, durations, median_day
from ceasefire.array_types import FloatArray

LEVEL = 0.90
Statistic = Literal["mean_days", "median_days", "share_holding"]


@dataclass(frozen=True, eq=False)
class UncertaintyBand:
    """Pointwise range of the survival curve when the assumed parameters are drawn over their ranges.

    For every whole day, over draws: `low` and `high` are the limits of the middle 90 % of the curves, `middle` is their
    median [probability]. worlds_per_draw is the mean number of worlds in a draw.
    """

    days: IntArray
    low: FloatArray
    high: FloatArray
    middle: FloatArray
    draws: int
    worlds_per_draw: float


def uncertainty_band(doubt: pd.DataFrame, level: float = LEVEL) -> UncertaintyBand:
    """Band of the survival curves over draws (column `point`), without the sampling noise of few worlds per draw.

    Quantiles of decreasing curves decrease, so each edge is sorted (Chernozhukov et al. 2009). ValueError when fewer
    than two draws have two worlds, draws share worlds, or a world was followed for fewer days than others.
    """
    known = _followed_to_the_horizon(doubt)
    last = int(known.days.max())
    draw, worlds = _draws(known)
    cells = draw[known.ended] * (last + 1) + known.days[known.ended]
    ends = np.bincount(cells, minlength=len(worlds) * (last + 1)).reshape(len(worlds), last + 1)
    share = 1 - np.cumsum(ends, axis=1) / worlds[:, None]
    mean, between = between_draw_variance(share, share * (1 - share) / (worlds[:, None] - 1))
    edges = [np.sort(beta_quantile(at, mean, between))[::-1] for at in _quantile_levels(level)]
    days = np.arange(last + 1, dtype=np.int64)
    return UncertaintyBand(days, edges[0], edges[2], edges[1], len(worlds), float(worlds.mean()))


def uncertainty_interval(
    doubt: pd.DataFrame, statistic: Statistic = "mean_days", day: int | None = None, level: float = LEVEL
) -> Interval:
    """Median over draws of a statistic, with the middle 90 % of draws.

    'mean_days': mean days held, restricted to `day` (by default the horizon). 'median_days': where the edges of the
    band cross one half; infinite beyond the horizon. 'share_holding': P(days held > day); `day` is required.
    """
    if statistic == "median_days":
        band = uncertainty_band(doubt, level)
        return Interval(*(median_day(edge) for edge in (band.middle, band.low, band.high)))
    if statistic not in ("mean_days", "share_holding"):
        raise ValueError(f"statistic: '{statistic}' is none of mean_days, median_days, share_holding")
    if statistic == "share_holding" and day is None:
        raise ValueError("share_holding needs a day")
    known = _followed_to_the_horizon(doubt)
    horizon = int(known.days.max())
    limit = horizon if day is None else day
    if limit > horizon and not known.ended.all():
        raise ValueError(f"day: worlds were followed for {horizon:,} days, not {limit:,}")
    if statistic == "share_holding":
        return _interval_of_means(known, (~(known.ended & (known.days <= limit))).astype(float), 1.0, level)
    return _interval_of_means(known, np.minimum(known.days, limit).astype(float), float(max(limit, 1)), level)


def _interval_of_means(known: Durations, values: FloatArray, top: float, level: float) -> Interval:
    """Quantiles over draws of the true mean of values between 0 and `top`."""
    draw, worlds = _draws(known)
    means = np.bincount(draw, values / top, minlength=len(worlds)) / worlds
    squares = np.bincount(draw, (values / top) ** 2, minlength=len(worlds)) / worlds
    mean, between = between_draw_variance(means, np.maximum(0.0, squares - means**2) / (worlds - 1))
    low, middle, high = (float(beta_quantile(at, mean, between)) * top for at in _quantile_levels(level))
    return Interval(middle, low, high)


def between_draw_variance(means: FloatArray, noise: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean over draws (first axis) and variance of the true means, given the sampling variance of each mean (noise).

    E[variance of the estimates] = variance of the true means + mean noise. The result is never below 0.
    """
    observed = means.var(axis=0, ddof=1)
    return means.mean(axis=0), np.maximum(0.0, observed - noise.mean(axis=0))


def beta_quantile(at: float, mean: npt.ArrayLike, variance: npt.ArrayLike) -> FloatArray:
    """Quantile of the Beta distribution with this mean and variance; the mean itself where the variance is zero."""
    from scipy.special import betaincinv

    mean = np.asarray(mean, dtype=float)
    room = mean * (1 - mean)
    spread = np.divide(variance, room, out=np.zeros_like(mean), where=room > 0)
    known = spread < 1e-6
    weight = 1 / np.clip(spread, 1e-6, 0.9999) - 1
    quantile = betaincinv(np.where(known, 1.0, mean * weight), np.where(known, 1.0, (1 - mean) * weight), at)
    return np.where(known, mean, quantile)


def _followed_to_the_horizon(doubt: pd.DataFrame) -> Durations:
    """Worlds of the draws with two or more worlds; censored at the horizon only."""
    if "point" not in doubt.columns:
        raise ValueError("the table of worlds has no column 'point', which numbers the draws")
    known = durations(doubt)
    if "world" in doubt.columns and doubt.groupby("world")["point"].nunique().gt(1).any():
        raise ValueError("draws share worlds: every draw needs its own worlds, numbered on from draw to draw")
    _, draw, worlds = np.unique(known.point, return_inverse=True, return_counts=True)
    if np.count_nonzero(worlds > 1) < 2:
        raise ValueError("parameter uncertainty needs at least two draws with at least two worlds each")
    enough = worlds[draw] > 1
    ended, days = known.ended[enough], known.days[enough]
    if (days[~ended] < days.max()).any():
        raise ValueError(f"a world was followed for {days[~ended].min():,} days only, others for {days.max():,}")
    return Durations(days, ended, known.cause[enough], known.actor[enough], known.point[enough], known.failed)


def _draws(known: Durations) -> tuple[IntArray, IntArray]:
    """The number of each world's draw, from 0, and the number of worlds of each draw."""
    _, draw, worlds = np.unique(known.point, return_inverse=True, return_counts=True)
    return draw.astype(np.int64), worlds.astype(np.int64)


def _quantile_levels(level: float) -> tuple[float, float, float]:
    """Lower, middle and upper quantile of a central interval."""
    if not 0 < level < 1:
        raise ValueError(f"level: {level:g} does not lie between 0 and 1")
    return (1 - level) / 2, 0.5, (1 + level) / 2
