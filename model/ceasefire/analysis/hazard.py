"""Whether a ceasefire grows safer with age: the danger of ending by day, and the shape of a Weibull life."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.survival import (
    BoolArray,
    Durations,
    Event,
    IntArray,
    at_risk_by_day,
    durations,
    ends_by_day,
    event_mask,
)
from ceasefire.array_types import FloatArray

ENDS_PER_WINDOW = 40
"""Ends that a window of the smoothed hazard should hold on average: few enough to see change, enough to trust it."""

CHI_SQUARE_95 = 3.841458820694124
"""95 % point of chi-square with one degree of freedom."""


@dataclass(frozen=True, eq=False)
class HazardCurve:
    """Danger that a deal which still holds ends on a day [probability per day], smoothed over `window_days` either way.

    low and high are pointwise 95 % limits: the error of having run this many worlds and no more. One entry a day.
    """

    days: IntArray
    rate: FloatArray
    low: FloatArray
    high: FloatArray
    window_days: int
    worlds: int
    ends: int


def hazard(worlds: pd.DataFrame, event: Event = "any", window_days: int | None = None) -> HazardCurve:
    """Kernel-smoothed hazard: ends over worlds at risk, both weighted by nearness to the day (Epanechnikov).

    Weighting the worlds at risk alike keeps the edges right. The interval is the gamma one for a weighted sum of
    Poisson counts (Fay and Feuer 1997), with weights of a hazard that is level within the window: it has a width
    even where nothing ended. ValueError when no world is left or was followed for a day, or the window is below 1.
    """
    known = durations(worlds)
    at_risk, ends = _exposed(known, event)
    window = _window(len(at_risk), int(ends.sum())) if window_days is None else window_days
    if window < 1:
        raise ValueError(f"window_days: {window} is not a number of days from 1")
    weight = 1 - (np.arange(-window, window + 1) / (window + 1)) ** 2
    seen, spread = _near(weight, at_risk), _near(weight**2, at_risk)
    rate = _near(weight, ends) / seen
    low, high = _gamma_limits(_near(weight, ends) * seen / spread, seen**2 / spread)
    days = np.arange(len(at_risk), dtype=np.int64)
    return HazardCurve(days, rate, low, np.minimum(1.0, high), window, len(known.days), int(ends.sum()))


def hazard_table(worlds: pd.DataFrame, edges: tuple[int, ...], event: Event = "any") -> pd.DataFrame:
    """A row per age from one edge [day] to the next: ends, years at risk, and ends per year at risk with its limits.

    Ages that no world reached are left out. The interval is the exact Poisson one.
    """
    at_risk, ends = _exposed(durations(worlds), event)
    rows = []
    for first, last in pairwise(edges):
        exposure, count = float(at_risk[first:last].sum()) / 365.25, float(ends[first:last].sum())
        if exposure > 0:
            low, high = _gamma_limits(np.array([count]), np.array([exposure]))
            found = (count / exposure, float(low[0]), float(high[0]))
            rows.append((first, min(last, len(at_risk)), int(count), exposure, *found))
    columns = ["from_day", "to_day", "ends", "years_at_risk", "ends_per_year", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def weibull_shape(worlds: pd.DataFrame, event: Event = "any") -> Interval:
    """Shape of the Weibull life that fits best, with its 95 % interval: below 1 the danger falls with age.

    Maximum likelihood; a world that ended on day d ended between d and d + 1, one that still held is censored. The
    limits are where the profile likelihood has fallen by half the chi-square point; 0 or infinity when it never
    does. ValueError when ends fall on fewer than two days: no shape can be told.
    """
    from scipy.optimize import brentq

    known = durations(worlds)
    ended = event_mask(known, event)
    if len(np.unique(known.days[ended])) < 2:
        raise ValueError("a Weibull shape needs ends on at least two days")
    profile = _Profile(known, ended)
    best, top = profile.best()

    def fallen(log_shape: float) -> float:
        return top - CHI_SQUARE_95 / 2 - profile.at(log_shape)

    limits = []
    for step in (-0.2, 0.2):
        edge = best + step
        while fallen(edge) < 0 and abs(edge) < MOST_LOG_SHAPE:
            edge += step
        beyond = fallen(edge) < 0
        limits.append(edge * np.inf if beyond else float(brentq(fallen, edge - step, edge)))
    return Interval(float(np.exp(best)), float(np.exp(limits[0])), float(np.exp(limits[1])))


MOST_LOG_SHAPE = 6.0
"""Logarithm of a shape beyond which none is sought."""


class _Profile:
    """The likelihood of a shape, every scale considered, for lives counted by day."""

    def __init__(self, known: Durations, ended: BoolArray) -> None:
        self.end_days, self.end_counts = np.unique(known.days[ended], return_counts=True)
        self.held_days, self.held_counts = np.unique(known.days[~ended], return_counts=True)
        self.longest = float(known.days.max() + 1)

    def best(self) -> tuple[float, float]:
        """The likeliest log shape, and its log likelihood."""
        from scipy.optimize import minimize_scalar

        found = minimize_scalar(lambda k: -self.at(k), bounds=(-MOST_LOG_SHAPE, MOST_LOG_SHAPE), method="bounded")
        return float(found.x), -float(found.fun)

    def at(self, log_shape: float) -> float:
        """Log likelihood of a shape with the scale that suits it best."""
        from scipy.optimize import minimize_scalar

        shape = float(np.exp(log_shape))
        begun, over, held = (
            (np.asarray(days, dtype=float) / self.longest) ** shape
            for days in (self.end_days, self.end_days + 1, self.held_days)
        )

        def loss(log_rate: float) -> float:
            rate = np.exp(log_rate)
            ends = -rate * begun + np.log(-np.expm1(-rate * (over - begun)) + 1e-300)
            return -float(self.end_counts @ ends - rate * (self.held_counts @ held))

        centre = np.log(self.end_counts.sum() / (self.end_counts @ over + self.held_counts @ held))
        return -float(minimize_scalar(loss, bounds=(centre - 8, centre + 8), method="bounded").fun)


def _exposed(known: Durations, event: Event) -> tuple[IntArray, IntArray]:
    """Worlds that were in danger on each day, and those that ended on it; a censored world's last day is not lived."""
    ended = event_mask(known, event)
    at_risk = at_risk_by_day(known.days)
    ends = ends_by_day(known.days[ended], len(at_risk) - 1)
    in_danger = at_risk - ends_by_day(known.days[~ended], len(at_risk) - 1)
    lived = int(np.count_nonzero(in_danger))
    if lived == 0:
        raise ValueError("no world was followed for a day")
    return in_danger[:lived], ends[:lived]


def _window(days: int, ends: int) -> int:
    """Days either way that hold about ENDS_PER_WINDOW ends, between a week and a quarter of the time followed."""
    wide = days * ENDS_PER_WINDOW / max(ends, 1) / 2
    return int(max(1, min(days / 4, max(7, wide))))


def _near(weight: FloatArray, counts: IntArray) -> FloatArray:
    """Weighted sum of the counts around each day; `weight` has its middle on the day."""
    window = len(weight) // 2
    return np.convolve(counts.astype(np.float64), weight)[window : window + len(counts)]


def _gamma_limits(count: FloatArray, exposure: FloatArray) -> tuple[FloatArray, FloatArray]:
    """95 % limits of a rate from a (perhaps fractional) Poisson count over an exposure."""
    from scipy.special import gammaincinv

    low = np.where(count > 1e-9, gammaincinv(np.maximum(count, 1e-9), 0.025), 0.0) / exposure
    high = gammaincinv(count + 1, 0.975) / exposure
    return low, high
