"""The hazard of ending by age of the deal (kernel-smoothed and by interval), and the shape of a Weibull fit."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.survival import Durations, Event, at_risk_by_day, durations, ends_by_day, event_mask
from ceasefire.array_types import BoolArray, FloatArray, IntArray

ENDS_PER_WINDOW = 40
"""Ends in a window of the smoothed hazard, on average: few enough to show change, many enough to estimate it."""

CHI_SQUARE_95 = 3.841458820694124
"""95 % point of chi-square with one degree of freedom."""


@dataclass(frozen=True, eq=False)
class HazardCurve:
    """Hazard: probability that a deal which still holds ends on a day [per day], smoothed over `window_days` each way.

    low and high are pointwise 95 % limits for the sampling error of a finite number of worlds. One entry a day.
    """

    days: IntArray
    rate: FloatArray
    low: FloatArray
    high: FloatArray
    window_days: int
    worlds: int
    ends: int


def hazard(worlds: pd.DataFrame, event: Event = "any", window_days: int | None = None, since: int = 0) -> HazardCurve:
    """Kernel-smoothed hazard: ends divided by worlds at risk, both with Epanechnikov weights around the day.

    Equal weights in numerator and denominator avoid a bias at the edges. The interval is the gamma interval of a
    weighted sum of Poisson counts (Fay and Feuer 1997), for a hazard that is constant within the window, so it has a
    width even where nothing ended. Worlds were followed from day `since` on. ValueError when no world is left or was
    followed for a day, or the window is below 1.
    """
    known = durations(worlds)
    at_risk, ends = (each[since:] for each in _risk_set_and_ends(known, event, since))
    window = _default_window(len(at_risk), int(ends.sum())) if window_days is None else window_days
    if window < 1:
        raise ValueError(f"window_days: {window} is not a number of days from 1")
    weight = 1 - (np.arange(-window, window + 1) / (window + 1)) ** 2
    exposure, squared = _weighted_sums(weight, at_risk), _weighted_sums(weight**2, at_risk)
    rate = _weighted_sums(weight, ends) / exposure
    low, high = _gamma_limits(_weighted_sums(weight, ends) * exposure / squared, exposure**2 / squared)
    days = np.arange(since, since + len(at_risk), dtype=np.int64)
    return HazardCurve(days, rate, low, np.minimum(1.0, high), window, len(known.days), int(ends.sum()))


def hazard_table(worlds: pd.DataFrame, edges: tuple[int, ...], event: Event = "any", since: int = 0) -> pd.DataFrame:
    """One row per interval of age between edges [days]: ends, years at risk, and ends per year at risk with limits.

    Intervals in which no world was followed are left out; all were from day `since` on. The limits are the exact
    Poisson ones.
    """
    at_risk, ends = _risk_set_and_ends(durations(worlds), event, since)
    rows = []
    for first, last in pairwise(edges):
        exposure, count = float(at_risk[first:last].sum()) / 365.25, float(ends[first:last].sum())
        if exposure > 0:
            low, high = _gamma_limits(np.array([count]), np.array([exposure]))
            rate = (count / exposure, float(low[0]), float(high[0]))
            rows.append((max(first, since), min(last, len(at_risk)), int(count), exposure, *rate))
    columns = ["from_day", "to_day", "ends", "years_at_risk", "ends_per_year", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def weibull_shape(worlds: pd.DataFrame, event: Event = "any", since: int = 0) -> Interval:
    """Maximum-likelihood Weibull shape with its 95 % interval; below 1, the hazard falls with age.

    A world that ended on day d is interval-censored between d and d + 1, one that still held is right-censored; given
    that all held until day `since`, when they begin. The
    limits are where the profile log likelihood is lower by half the chi-square point; 0 or infinity when it never is.
    ValueError when ends fall on fewer than two days, which do not identify a shape.
    """
    known = durations(worlds)
    ended = event_mask(known, event)
    if len(np.unique(known.days[ended])) < 2:
        raise ValueError("a Weibull shape needs ends on at least two days")
    profile = _ProfileLikelihood(known, ended, since)
    best, top = profile.best()

    def above_limit(log_shape: float) -> float:
        return top - CHI_SQUARE_95 / 2 - profile.at(log_shape)

    limits = []
    for step in (-0.2, 0.2):
        edge = best + step
        while above_limit(edge) < 0 and abs(edge) < MOST_LOG_SHAPE:
            edge += step
        beyond = above_limit(edge) < 0
        limits.append(edge * np.inf if beyond else _root(above_limit, edge - step, edge))
    return Interval(float(np.exp(best)), float(np.exp(limits[0])), float(np.exp(limits[1])))


MOST_LOG_SHAPE = 6.0
"""Largest absolute logarithm of the shape in the search."""


class _ProfileLikelihood:
    """Profile likelihood of the Weibull shape (maximised over the scale) for durations in whole days."""

    def __init__(self, known: Durations, ended: BoolArray, since: int) -> None:
        self.end_days, self.end_counts = np.unique(known.days[ended], return_counts=True)
        self.held_days, self.held_counts = np.unique(known.days[~ended], return_counts=True)
        self.longest = float(known.days.max() + 1)
        self.since, self.worlds = since, len(known.days)

    def best(self) -> tuple[float, float]:
        """The log shape of greatest likelihood, and its log likelihood."""
        shape = _least_at(lambda k: -self.at(k), -MOST_LOG_SHAPE, MOST_LOG_SHAPE)
        return shape, self.at(shape)

    def at(self, log_shape: float) -> float:
        """Log likelihood of a shape at its best scale."""
        shape = float(np.exp(log_shape))
        start, end, censored = (
            (np.asarray(days, dtype=float) / self.longest) ** shape
            for days in (self.end_days, self.end_days + 1, self.held_days)
        )
        before = self.worlds * (self.since / self.longest) ** shape

        def loss(log_rate: float) -> float:
            rate = np.exp(log_rate)
            ends = -rate * start + np.log(-np.expm1(-rate * (end - start)) + 1e-300)
            return -float(self.end_counts @ ends - rate * (self.held_counts @ censored - before))

        centre = np.log(self.end_counts.sum() / (self.end_counts @ end + self.held_counts @ censored - before))
        return -loss(_least_at(loss, centre - 8, centre + 8))


GOLDEN = (math.sqrt(5) - 1) / 2
NEAR = 1e-6
"""Width of the interval at which a search ends. SciPy's optimiser, which does no better here, takes 23 MB of memory."""


def _least_at(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function with one valley is least, by golden-section search."""
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    while high - low > NEAR:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = function(right)
    return (low + high) / 2


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that changes its sign between two places is zero, by bisection."""
    below = function(low) < 0
    while abs(high - low) > NEAR:
        middle = (low + high) / 2
        if (function(middle) < 0) == below:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _risk_set_and_ends(known: Durations, event: Event, since: int) -> tuple[IntArray, IntArray]:
    """Risk set and ends by day; empty before day `since`. A censored world is not in it on its last day."""
    ended = event_mask(known, event)
    at_risk = at_risk_by_day(known.days)
    ends = ends_by_day(known.days[ended], len(at_risk) - 1)
    followed = at_risk - ends_by_day(known.days[~ended], len(at_risk) - 1)
    days = int(np.count_nonzero(followed))
    followed[:since] = 0
    if not followed.any():
        raise ValueError("no world was followed for a day")
    return followed[:days], ends[:days]


def _default_window(days: int, ends: int) -> int:
    """Days each way that contain about ENDS_PER_WINDOW ends; between a week and a quarter of the days followed."""
    window = days * ENDS_PER_WINDOW / max(ends, 1) / 2
    return int(max(1, min(days / 4, max(7, window))))


def _weighted_sums(weight: FloatArray, counts: IntArray) -> FloatArray:
    """Weighted sum of the counts around each day; the middle of `weight` is the weight of the day itself."""
    window = len(weight) // 2
    return np.convolve(counts.astype(np.float64), weight)[window : window + len(counts)]


def _gamma_limits(count: FloatArray, exposure: FloatArray) -> tuple[FloatArray, FloatArray]:
    """95 % limits of a rate from a Poisson count, which may be fractional, and its exposure."""
    from scipy.special import gammaincinv

    low = np.where(count > 1e-9, gammaincinv(np.maximum(count, 1e-9), 0.025), 0.0) / exposure
    high = gammaincinv(count + 1, 0.975) / exposure
    return low, high
