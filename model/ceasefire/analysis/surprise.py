"""How surprised a forecast is by what happened: log scores of durations, and whether scenarios fit their own deals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray

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
