"""Scoring rules for forecasts of durations, some of them right-censored and others interval-censored.

For many deals, a forecast is a row of masses on the bins of interval_censored, shape (n, BINS), and an observation is
that the duration lies in [low, high) days, both of shape (n,); high is infinite when the deal still held at low. For a
single deal, a forecast is the sample of days held by its worlds (`Forecast`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.interval_censored import (
    EDGES,
    HORIZON,
    masses,
    probability_between,
    surviving,
    turnbull_bootstrap,
)
from ceasefire.array_types import FloatArray

HORIZONS = (30, 90, 365)
"""Days at which Brier scores and calibration are computed."""

LEAST_PROBABILITY = 1e-6
"""Smallest probability used in a log score, so that one wrong forecast cannot decide the mean."""


def log_scores(mass: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Logarithm of the forecast probability of the observation, shape (n,); higher is better, 0 is perfect."""
    return np.log(np.maximum(probability_between(mass, low, high), LEAST_PROBABILITY))


def crps(mass: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Continuous ranked probability score on log(1 + days), shape (n,); lower is better, 0 is perfect.

    The squared error of the forecast probability of having ended, integrated over log(1 + days) to the horizon where
    it is known whether the deal had ended: up to low, and from high on. Survival-CRPS, Avati et al. (2019).
    """
    ended = 1.0 - surviving(mass[:, None, :], EDGES[None, :])
    middle = (EDGES[:-1] + EDGES[1:]) / 2
    width = np.diff(np.log1p(EDGES))
    forecast = (ended[:, :-1] + ended[:, 1:]) / 2
    holding = middle[None, :] < low[:, None]
    over = middle[None, :] >= high[:, None]
    return np.asarray(np.where(holding, forecast**2, np.where(over, (1.0 - forecast) ** 2, 0.0)) @ width)


def brier(mass: FloatArray, low: FloatArray, high: FloatArray, day: float) -> FloatArray:
    """Brier score of P(hold until `day`) with inverse probability of censoring weights, by deal, shape (n,).

    Graf et al. (1999): a deal censored before `day` has weight 0; deals observed for longer have more weight instead.
    The mean over deals is the Brier score. ValueError unless all ends are dated: high is low + 1 or infinite.
    """
    censored = np.isinf(high)
    if np.any(~censored & (high - low > 1.0)):
        raise ValueError("an end is not dated: the Brier score needs the day of each end")
    hold = surviving(mass, day)
    uncensored = _uncensored_probability(low, censored)
    late = low >= day
    weight = np.where(late, 1.0 / uncensored(np.full_like(low, day)), np.where(censored, 0.0, 1.0 / uncensored(low)))
    return np.asarray(weight * (late - hold) ** 2)


def _uncensored_probability(low: FloatArray, censored: NDArray[np.bool_]) -> Callable[[FloatArray], FloatArray]:
    """Kaplan-Meier estimate of P(not censored before a day); on a day with both, ends precede censoring."""
    days = np.unique(low[censored])
    at_risk = np.array([(low > day).sum() + (censored & (low == day)).sum() for day in days], np.float64)
    losses = np.array([(censored & (low == day)).sum() for day in days], np.float64)
    left = np.concatenate([[1.0], np.cumprod(1.0 - losses / np.maximum(at_risk, 1.0))])

    def at(day: FloatArray) -> FloatArray:
        return np.asarray(np.maximum(left[np.searchsorted(days, day, side="left")], 0.05))

    return at


def concordance(predicted: FloatArray, low: FloatArray, high: FloatArray) -> float:
    """Harrell's concordance: share of the comparable pairs that the forecast orders correctly; 0.5 is no skill.

    A pair is comparable when it is known which deal ended first. `predicted` is the predicted duration on any
    increasing scale; ties count half. Not a number if no pair is comparable.
    """
    right, pairs = _pairs(predicted, low, high)
    return float(right.sum() / pairs.sum()) if pairs.any() else float("nan")


def _pairs(predicted: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """For each pair (i, j): the score of its order, and 1 if i is known to have ended first, else 0.

    The score is 1 for the right order, 0.5 for a tie, 0 for the wrong order and for pairs that are not comparable.
    """
    first = (high[:, None] <= low[None, :]).astype(np.float64)
    right = (predicted[:, None] < predicted[None, :]) + 0.5 * (predicted[:, None] == predicted[None, :])
    return right * first, first


def concordance_gain(
    predicted: FloatArray,
    rival: FloatArray,
    low: FloatArray,
    high: FloatArray,
    groups: Sequence[str],
    draws: int = 1000,
    seed: int = 1,
) -> Interval:
    """Concordance of `predicted` minus that of `rival`, with a 95 % interval from a bootstrap of groups (countries)."""
    names, of = np.unique(np.asarray(groups), return_inverse=True)
    member = np.eye(len(names))[of]
    right, pairs = _pairs(predicted, low, high)
    rival_right, _ = _pairs(rival, low, high)
    gain, known = member.T @ (right - rival_right) @ member, member.T @ pairs @ member
    samples = np.random.default_rng(seed).integers(0, len(names), (draws, len(names)))
    times = np.array([np.bincount(sample, minlength=len(names)) for sample in samples], np.float64)
    gains = np.einsum("da,ab,db->d", times, gain, times) / np.maximum(
        np.einsum("da,ab,db->d", times, known, times), 1.0
    )
    limits = np.quantile(gains, (0.025, 0.975))
    return Interval(float(gain.sum() / known.sum()), float(limits[0]), float(limits[1]))


def restricted_mean(mass: FloatArray) -> FloatArray:
    """Restricted mean of log(1 + days held) up to the horizon, shape (n,); orders forecasts by predicted duration."""
    alive = surviving(mass[:, None, :], EDGES[None, :])
    return np.asarray((alive[:, :-1] + alive[:, 1:]) / 2 @ np.diff(np.log1p(EDGES)))


@dataclass(frozen=True)
class CalibrationGroup:
    """Deals with similar forecasts: mean forecast P(hold until a day), the observed share, and its 95 % interval."""

    day: float
    deals: int
    forecast: float
    observed: float
    low: float
    high: float

    @property
    def covered(self) -> bool:
        """The mean forecast lies in the interval of the observed share."""
        return self.low <= self.forecast <= self.high


def calibration(
    mass: FloatArray, low: FloatArray, high: FloatArray, day: float, groups: int = 5, draws: int = 300, seed: int = 1
) -> list[CalibrationGroup]:
    """Calibration in `groups` of equal size by forecast, with 95 % intervals from a bootstrap of deals."""
    hold = surviving(mass, day)
    rng = np.random.default_rng(seed)
    rows = []
    for part in np.array_split(np.argsort(hold, kind="stable"), groups):
        if len(part) == 0:
            continue
        samples = rng.multinomial(len(part), np.full(len(part), 1 / len(part)), draws)
        times = np.concatenate([np.ones((1, len(part))), samples])
        shares = surviving(turnbull_bootstrap(low[part], high[part], times), min(day, HORIZON))
        rows.append(
            CalibrationGroup(
                day, len(part), float(hold[part].mean()), float(shares[0]),
                *(float(edge) for edge in np.quantile(shares[1:], (0.025, 0.975))),
            )
        )  # fmt: skip
    return rows


def mean_by_group(values: FloatArray, groups: Sequence[str], draws: int = 1000, seed: int = 1) -> Interval:
    """The mean of values of shape (n,), with a 95 % interval from a bootstrap of whole groups."""
    _, of = np.unique(np.asarray(groups), return_inverse=True)
    sums, counts = np.bincount(of, values), np.bincount(of).astype(np.float64)
    samples = np.random.default_rng(seed).integers(0, len(sums), (draws, len(sums)))
    means = sums[samples].sum(axis=1) / counts[samples].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Interval(float(values.mean()), float(low), float(high))


LEAST_DENSITY = 1e-6
"""Smallest density used in a log score: a sample of worlds cannot estimate a smaller one. [per day]"""

MOST_CASES = 8
"""8 cases have 40,320 permutations."""


@dataclass(frozen=True)
class Forecast:
    """Days held by the worlds of one forecast, shape (n,), and which of them ended; the others are censored there."""

    days: FloatArray
    ended: NDArray[np.bool_]

    @property
    def kernel(self) -> float:
        """Kernel bandwidth on log(1 + days) by Silverman's rule, from the worlds that ended."""
        logs = np.log1p(self.days[self.ended])
        if len(logs) < 2:
            return 0.5
        low, high = np.quantile(logs, [0.25, 0.75])
        spread = min(float(logs.std()), float(high - low) / 1.349) or float(logs.std())
        return float(max(0.9 * spread / len(logs) ** 0.2, 0.05))

    def density(self, day: float) -> float:
        """Kernel density of the day of the end, reflected at day 0; at least LEAST_DENSITY. [per day]"""
        logs = np.log1p(self.days[self.ended])
        at, width = np.log1p(day), self.kernel
        kernels = np.exp(-0.5 * ((at - logs) / width) ** 2) + np.exp(-0.5 * ((at + logs) / width) ** 2)
        density = kernels.sum() / (len(self.days) * width * np.sqrt(2 * np.pi) * (1 + day))
        return max(float(density), LEAST_DENSITY)

    def log_score(self, low: float, high: float, holding: bool = False) -> float:
        """Logarithm of the mean density over the days on which the deal may have ended, low to high.

        With `holding`, or beyond the days that worlds were followed, of the share that still holds after `low` days.
        """
        followed = float(self.days[~self.ended].max()) if not self.ended.all() else np.inf
        if holding or low >= followed:
            return float(np.log(max(1.0 - self.cdf(min(low, followed)), LEAST_DENSITY)))
        return float(np.log(np.mean([self.density(day) for day in np.linspace(low, high, 5)])))

    def masses(self) -> FloatArray:
        """Share of worlds in each bin of interval_censored, shape (BINS,); of those that hold, all in the last."""
        return masses(np.where(self.ended, self.days, HORIZON))

    def cdf(self, day: float) -> float:
        """Share of worlds that ended before a day."""
        return float((self.ended & (self.days < day)).mean())

    def quantile(self, share: float) -> float:
        """Day by which a share of worlds had ended; infinite when fewer did."""
        ends = np.sort(np.where(self.ended, self.days, np.inf))
        return float(ends[min(int(np.ceil(share * len(ends))), len(ends)) - 1])


@dataclass(frozen=True)
class Weibull:
    """A Weibull distribution as a reference forecast: shape, and scale [days]."""

    shape: float
    scale: float

    def log_score(self, low: float, high: float, holding: bool = False) -> float:
        """Log score, as of `Forecast`; day 0 counts as its middle, where the density is finite."""
        if holding:
            return float(np.log(max(self.holding(low), LEAST_DENSITY)))
        days = np.maximum(np.linspace(low, high, 5), 0.5)
        z = (days / self.scale) ** self.shape
        return float(np.log(np.mean(self.shape / days * z * np.exp(-z))))

    def holding(self, day: float) -> float:
        """P(hold until a day)."""
        return float(np.exp(-((day / self.scale) ** self.shape)))


@dataclass(frozen=True)
class Pairing:
    """Permutation test: how many pairings of scenarios and durations score at least as well as the true one."""

    as_good: int
    ways: int

    @property
    def share(self) -> float:
        """Share of such pairings; 1 / ways at best, when each scenario fits its own deal only."""
        return self.as_good / self.ways


def pairing(scores: FloatArray) -> Pairing:
    """The test for `scores[i, j]`, the log score of scenario i for duration j, shape (n, n).

    ValueError unless n is from 2 to MOST_CASES.
    """
    n = len(scores)
    if scores.shape != (n, n) or not 2 <= n <= MOST_CASES:
        raise ValueError(f"scores have shape {scores.shape}; they must be square, with 2 to {MOST_CASES} rows")
    sums = [sum(scores[i, j] for i, j in enumerate(order)) for order in permutations(range(n))]
    true = float(np.trace(scores))
    return Pairing(sum(total >= true - 1e-9 for total in sums), len(sums))


def score_table(
    forecasts: Sequence[Forecast], spans: Sequence[tuple[float, float]], holding: Sequence[bool] | None = None
) -> FloatArray:
    """Log scores of every forecast for every duration, shape (forecasts, durations)."""
    still = holding or [False] * len(spans)
    seen = list(zip(spans, still, strict=True))
    return np.array([[forecast.log_score(*span, holds) for span, holds in seen] for forecast in forecasts])


def mean_scores(forecasts: pd.DataFrame, measures: Sequence[str]) -> pd.DataFrame:
    """Mean scores by forecaster over the deals that all of them forecast: a row a forecaster, `deals` their number.

    `forecasts` has a row for each `case` and `forecaster`. A measure that no deal has is not-a-number.
    """
    counts = forecasts.groupby("case")["forecaster"].count()
    common = forecasts[forecasts["case"].isin(counts[counts == counts.max()].index)]
    grouped = common.groupby("forecaster", sort=False)
    means = grouped[list(measures)].mean()
    means.insert(0, "deals", grouped.size())
    return means
