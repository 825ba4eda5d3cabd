"""What doubt about the assumed numbers does to the answer, apart from the chance in any one world.

Each draw of the assumed numbers has its own true survival curve, seen through a few worlds only. The spread of what
was seen is the spread of the truth plus the noise of the few worlds; the noise is known (it is the variance within
draws) and is taken off: one-way random effects by the method of moments. A Beta with the remaining mean and variance
gives the band, so more worlds in a draw do not narrow it and few do not widen it.

Every draw needs worlds of its own. Draws that share worlds share their luck: it no longer averages out over draws,
and what is taken off as noise is not what is there.
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
class DoubtBand:
    """Where the survival curve may lie when the assumed numbers are drawn over their ranges.

    For every whole day, over draws: low and high hold the middle 90 % of the curves, `middle` is their median
    [probability]. worlds_per_draw is the mean number of worlds in a draw.
    """

    days: IntArray
    low: FloatArray
    high: FloatArray
    middle: FloatArray
    draws: int
    worlds_per_draw: float


def uncertainty_band(doubt: pd.DataFrame, level: float = LEVEL) -> DoubtBand:
    """The band of survival curves over draws (column `point`), with the noise of few worlds per draw taken off.

    Quantiles of falling curves fall: each edge is put in falling order (Chernozhukov et al. 2009). ValueError when
    fewer than two draws have two worlds, draws share worlds, or a world was followed for fewer days than others.
    """
    known = _followed_to_the_horizon(doubt)
    last = int(known.days.max())
    draw, worlds = _draws(known)
    cells = draw[known.ended] * (last + 1) + known.days[known.ended]
    ends = np.bincount(cells, minlength=len(worlds) * (last + 1)).reshape(len(worlds), last + 1)
    share = 1 - np.cumsum(ends, axis=1) / worlds[:, None]
    mean, between = between_draw_variance(share, share * (1 - share) / (worlds[:, None] - 1))
    edges = [np.sort(beta_quantile(at, mean, between))[::-1] for at in _levels(level)]
    days = np.arange(last + 1, dtype=np.int64)
    return DoubtBand(days, edges[0], edges[2], edges[1], len(worlds), float(worlds.mean()))


def doubt_interval(
    doubt: pd.DataFrame, statistic: Statistic = "mean_days", day: int | None = None, level: float = LEVEL
) -> Interval:
    """Median over draws of one figure of a draw, with the middle 90 % of draws.

    'mean_days': days held, counting none past `day` (the horizon when not said). 'median_days': where the edges of
    the band cross one half; infinity when beyond the horizon. 'share_holding': P(days held > day), day needed.
    """
    if statistic == "median_days":
        band = uncertainty_band(doubt, level)
        return Interval(*(median_day(edge) for edge in (band.middle, band.low, band.high)))
    if statistic not in ("mean_days", "share_holding"):
        raise ValueError(f"statistic: '{statistic}' is none of mean_days, median_days, share_holding")
    if statistic == "share_holding" and day is None:
        raise ValueError("share_holding: say on which day")
    known = _followed_to_the_horizon(doubt)
    horizon = int(known.days.max())
    limit = horizon if day is None else day
    if limit > horizon and not known.ended.all():
        raise ValueError(f"day: worlds were followed for {horizon:,} days, not {limit:,}")
    if statistic == "share_holding":
        return _interval_of_means(known, (~(known.ended & (known.days <= limit))).astype(float), 1.0, level)
    return _interval_of_means(known, np.minimum(known.days, limit).astype(float), float(max(limit, 1)), level)


def _interval_of_means(known: Durations, values: FloatArray, top: float, level: float) -> Interval:
    """Quantiles over draws of a draw's true mean of values that lie between 0 and top."""
    draw, worlds = _draws(known)
    means = np.bincount(draw, values / top, minlength=len(worlds)) / worlds
    squares = np.bincount(draw, (values / top) ** 2, minlength=len(worlds)) / worlds
    mean, between = between_draw_variance(means, np.maximum(0.0, squares - means**2) / (worlds - 1))
    low, middle, high = (float(beta_quantile(at, mean, between)) * top for at in _levels(level))
    return Interval(middle, low, high)


def between_draw_variance(means: FloatArray, noise: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean, and variance of the true means, over draws (first axis), given each mean's own variance (noise).

    Unbiased: E[variance of the means seen] = variance of the true means + mean noise. Never below 0.
    """
    seen = means.var(axis=0, ddof=1)
    return means.mean(axis=0), np.maximum(0.0, seen - noise.mean(axis=0))


def beta_quantile(at: float, mean: npt.ArrayLike, variance: npt.ArrayLike) -> FloatArray:
    """Quantile of the Beta with this mean and variance; the mean itself where the variance is nil."""
    from scipy.special import betaincinv

    mean = np.asarray(mean, dtype=float)
    room = mean * (1 - mean)
    spread = np.divide(variance, room, out=np.zeros_like(mean), where=room > 0)
    known = spread < 1e-6
    weight = 1 / np.clip(spread, 1e-6, 0.9999) - 1
    quantile = betaincinv(np.where(known, 1.0, mean * weight), np.where(known, 1.0, (1 - mean) * weight), at)
    return np.where(known, mean, quantile)


def _followed_to_the_horizon(doubt: pd.DataFrame) -> Durations:
    """The worlds of the draws that have two or more; censored nowhere but at the horizon."""
    if "point" not in doubt.columns:
        raise ValueError("the table of worlds has no column 'point' to tell draws apart")
    known = durations(doubt)
    if "world" in doubt.columns and doubt.groupby("world")["point"].nunique().gt(1).any():
        raise ValueError("draws share worlds: give every draw worlds of its own, numbered on from draw to draw")
    _, draw, worlds = np.unique(known.point, return_inverse=True, return_counts=True)
    if np.count_nonzero(worlds > 1) < 2:
        raise ValueError("doubt needs at least two draws with at least two worlds each")
    kept = worlds[draw] > 1
    ended, days = known.ended[kept], known.days[kept]
    if (days[~ended] < days.max()).any():
        raise ValueError(f"a world was followed for {days[~ended].min():,} days only, others for {days.max():,}")
    return Durations(days, ended, known.cause[kept], known.actor[kept], known.point[kept], known.failed)


def _draws(known: Durations) -> tuple[IntArray, IntArray]:
    """For each world the number of its draw from 0, and for each draw its number of worlds."""
    _, draw, worlds = np.unique(known.point, return_inverse=True, return_counts=True)
    return draw.astype(np.int64), worlds.astype(np.int64)


def _levels(level: float) -> tuple[float, float, float]:
    """Lower, middle and upper quantile of a central interval."""
    if not 0 < level < 1:
        raise ValueError(f"level: {level:g} does not lie between 0 and 1")
    return (1 - level) / 2, 0.5, (1 + level) / 2
