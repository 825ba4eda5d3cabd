"""How good forecasts of durations are, when some ends were not seen and others not dated.

A forecast is a row of masses over the bins of analysis.binned. What was seen of a duration is that it lies in
[low, high) days; high is infinite when it still held at low. All functions take masses of shape (n, BINS) and
arrays low and high of shape (n,).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.interval_censored import EDGES, HORIZON, chance, surviving, turnbull_again
from ceasefire.array_types import FloatArray

HORIZONS = (30, 90, 365)
"""Days for which Brier scores and calibration are stated."""

LEAST_CHANCE = 1e-6
"""No forecaster is charged more than for this chance, however wrong."""


def log_scores(mass: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Logarithm of the chance that the forecast gave to what was seen, shape (n,); higher is better, 0 is perfect."""
    return np.log(np.maximum(chance(mass, low, high), LEAST_CHANCE))


def crps(mass: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Continuous ranked probability score on log(1 + days), shape (n,); lower is better, 0 is perfect.

    The squared error of the forecast chance of having ended, added up over log(1 + days) to the horizon, as far as it
    was seen whether the deal had ended: up to low, and from high on. Survival-CRPS, Avati et al. (2019).
    """
    ended = 1.0 - surviving(mass[:, None, :], EDGES[None, :])
    middle = (EDGES[:-1] + EDGES[1:]) / 2
    width = np.diff(np.log1p(EDGES))
    guess = (ended[:, :-1] + ended[:, 1:]) / 2
    holding = middle[None, :] < low[:, None]
    over = middle[None, :] >= high[:, None]
    return np.asarray(np.where(holding, guess**2, np.where(over, (1.0 - guess) ** 2, 0.0)) @ width)


def brier(mass: FloatArray, low: FloatArray, high: FloatArray, day: float) -> FloatArray:
    """Squared error of the chance to hold until `day`, weighted by the inverse chance of being seen so far; shape (n,).

    Graf et al. (1999): a deal lost from sight before `day` has weight 0, and those like it that were seen longer stand
    for it. The mean over deals is the Brier score. Ends must be dated: high is low + 1 or infinite. ValueError if not.
    """
    censored = np.isinf(high)
    if np.any(~censored & (high - low > 1.0)):
        raise ValueError("ends that nobody dated: the Brier score needs a day for each end")
    hold = surviving(mass, day)
    seen_until = _in_sight(low, censored)
    late = low >= day
    weight = np.where(late, 1.0 / seen_until(np.full_like(low, day)), np.where(censored, 0.0, 1.0 / seen_until(low)))
    return np.asarray(weight * (late - hold) ** 2)


def _in_sight(low: FloatArray, censored: NDArray[np.bool_]) -> Callable[[FloatArray], FloatArray]:
    """Kaplan-Meier chance that a deal has not been lost from sight before a day; ends on a day come before losses."""
    days = np.unique(low[censored])
    at_risk = np.array([(low > day).sum() + (censored & (low == day)).sum() for day in days], np.float64)
    lost = np.array([(censored & (low == day)).sum() for day in days], np.float64)
    left = np.concatenate([[1.0], np.cumprod(1.0 - lost / np.maximum(at_risk, 1.0))])

    def until(when: FloatArray) -> FloatArray:
        return np.asarray(np.maximum(left[np.searchsorted(days, when, side="left")], 0.05))

    return until


def concordance(life: FloatArray, low: FloatArray, high: FloatArray) -> float:
    """Share of pairs of which it is known who ended first in which the forecast put that one first; 0.5 is chance.

    `life` orders the forecasts, longer lives higher; ties count half. After Harrell. Not a number without such a pair.
    """
    right, pairs = _pairs(life, low, high)
    return float(right.sum() / pairs.sum()) if pairs.any() else float("nan")


def _pairs(life: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """For each pair, how far the forecast was right, and 1 when it is known that the first ended before the second."""
    first = (high[:, None] <= low[None, :]).astype(np.float64)
    right = (life[:, None] < life[None, :]) + 0.5 * (life[:, None] == life[None, :])
    return right * first, first


def concordance_gain(
    life: FloatArray,
    rival: FloatArray,
    low: FloatArray,
    high: FloatArray,
    groups: Sequence[str],
    draws: int = 1000,
    seed: int = 1,
) -> Interval:
    """By how much the concordance of `life` is above that of `rival`, with an interval by drawing groups again."""
    names, of = np.unique(np.asarray(groups), return_inverse=True)
    member = np.eye(len(names))[of]
    right, pairs = _pairs(life, low, high)
    theirs, _ = _pairs(rival, low, high)
    gain, known = member.T @ (right - theirs) @ member, member.T @ pairs @ member
    again = np.random.default_rng(seed).integers(0, len(names), (draws, len(names)))
    times = np.array([np.bincount(drawn, minlength=len(names)) for drawn in again], np.float64)
    drawn = np.einsum("da,ab,db->d", times, gain, times) / np.maximum(
        np.einsum("da,ab,db->d", times, known, times), 1.0
    )
    edges = np.quantile(drawn, (0.025, 0.975))
    return Interval(float(gain.sum() / known.sum()), float(edges[0]), float(edges[1]))


def restricted_mean(mass: FloatArray) -> FloatArray:
    """Mean of log(1 + days held), days beyond the horizon cut to it; shape (n,). Orders forecasts by length of life."""
    alive = surviving(mass[:, None, :], EDGES[None, :])
    return np.asarray((alive[:, :-1] + alive[:, 1:]) / 2 @ np.diff(np.log1p(EDGES)))


@dataclass(frozen=True)
class Group:
    """Deals with alike forecasts: mean forecast chance to hold until a day, the share that did, and its interval."""

    day: float
    deals: int
    forecast: float
    seen: float
    low: float
    high: float

    @property
    def covered(self) -> bool:
        """The mean forecast lies in the interval of what was seen."""
        return self.low <= self.forecast <= self.high


def calibration(
    mass: FloatArray, low: FloatArray, high: FloatArray, day: float, groups: int = 5, draws: int = 300, seed: int = 1
) -> list[Group]:
    """Deals in `groups` of like size by their forecast, with a 95 % interval by drawing deals again `draws` times."""
    hold = surviving(mass, day)
    dice = np.random.default_rng(seed)
    found = []
    for part in np.array_split(np.argsort(hold, kind="stable"), groups):
        if len(part) == 0:
            continue
        again = dice.multinomial(len(part), np.full(len(part), 1 / len(part)), draws)
        times = np.concatenate([np.ones((1, len(part))), again])
        shares = surviving(turnbull_again(low[part], high[part], times), min(day, HORIZON))
        found.append(
            Group(
                day, len(part), float(hold[part].mean()), float(shares[0]),
                *(float(edge) for edge in np.quantile(shares[1:], (0.025, 0.975))),
            )
        )  # fmt: skip
    return found


def mean_by_group(values: FloatArray, groups: Sequence[str], draws: int = 1000, seed: int = 1) -> Interval:
    """The mean of values of shape (n,), and its interval when deals of one group go together."""
    _, of = np.unique(np.asarray(groups), return_inverse=True)
    sums, counts = np.bincount(of, values), np.bincount(of).astype(np.float64)
    again = np.random.default_rng(seed).integers(0, len(sums), (draws, len(sums)))
    means = sums[again].sum(axis=1) / counts[again].sum(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Interval(float(values.mean()), float(low), float(high))


LEAST_DENSITY = 1e-6
"""No forecast is charged more than for this density a day, however wrong: its worlds are too few to tell. [per day]"""

MOST_CASES = 8
"""Pairings multiply fast: 8 cases have 40,320."""


@dataclass(frozen=True)
class Forecast:
    """Days held by the worlds of one forecast, of shape (n,), and which of them had ended; the others held as long."""

    days: FloatArray
    ended: NDArray[np.bool_]

    @property
    def kernel(self) -> float:
        """Width of the kernel on log(1 + days): Silverman's rule, on the spread of the worlds that ended."""
        logs = np.log1p(self.days[self.ended])
        if len(logs) < 2:
            return 0.5
        low, high = np.quantile(logs, [0.25, 0.75])
        spread = min(float(logs.std()), float(high - low) / 1.349) or float(logs.std())
        return float(max(0.9 * spread / len(logs) ** 0.2, 0.05))

    def density(self, day: float) -> float:
        """Smoothed density of ending on a day, at least LEAST_DENSITY [per day]; reflected at the first day."""
        logs = np.log1p(self.days[self.ended])
        at, width = np.log1p(day), self.kernel
        both = np.exp(-0.5 * ((at - logs) / width) ** 2) + np.exp(-0.5 * ((at + logs) / width) ** 2)
        density = both.sum() / (len(self.days) * width * np.sqrt(2 * np.pi) * (1 + day))
        return max(float(density), LEAST_DENSITY)

    def log_score(self, low: float, high: float) -> float:
        """Logarithm of the mean density over the days from low to high on which the deal may have ended."""
        return float(np.log(np.mean([self.density(day) for day in np.linspace(low, high, 5)])))

    def shorter(self, day: float) -> float:
        """Share of worlds that ended before a day."""
        return float((self.ended & (self.days < day)).mean())

    def quantile(self, share: float) -> float:
        """Day by which a share of worlds had ended; infinite when they had not."""
        lives = np.sort(np.where(self.ended, self.days, np.inf))
        return float(lives[min(int(np.ceil(share * len(lives))), len(lives)) - 1])


@dataclass(frozen=True)
class Weibull:
    """A reference curve: shape, and scale [days]."""

    shape: float
    scale: float

    def log_score(self, low: float, high: float) -> float:
        """As a forecast's."""
        days = np.linspace(low, high, 5)
        z = (days / self.scale) ** self.shape
        return float(np.log(np.mean(self.shape / days * z * np.exp(-z))))

    def holding(self, day: float) -> float:
        """Chance to hold until a day."""
        return float(np.exp(-((day / self.scale) ** self.shape)))


@dataclass(frozen=True)
class Pairing:
    """Of all ways to pair scenarios with durations, how many score as well as the true one or better; itself counts."""

    as_good: int
    ways: int

    @property
    def share(self) -> float:
        """Small when each scenario fits its own deal and no other: 1 / ways at best."""
        return self.as_good / self.ways


def pairing(scores: FloatArray) -> Pairing:
    """`scores[i, j]`: log score of scenario i for duration j, shape (n, n), n at most MOST_CASES. ValueError beyond."""
    n = len(scores)
    if scores.shape != (n, n) or not 2 <= n <= MOST_CASES:
        raise ValueError(f"scores of shape {scores.shape}: a square of 2 to {MOST_CASES} is needed")
    sums = [sum(scores[i, j] for i, j in enumerate(order)) for order in permutations(range(n))]
    true = float(np.trace(scores))
    return Pairing(sum(total >= true - 1e-9 for total in sums), len(sums))


def score_table(forecasts: Sequence[Forecast], spans: Sequence[tuple[float, float]]) -> FloatArray:
    """Log scores of every forecast for every duration, shape (forecasts, durations)."""
    return np.array([[forecast.log_score(*span) for span in spans] for forecast in forecasts])
