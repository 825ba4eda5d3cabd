"""How long one deal holds: the chance to hold so many days, from its mean log days, its effects and its spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from ceasefire.array_types import FloatArray
from ceasefire.reference_class.outside_view.coded_deals import DealTable, own_clock
from ceasefire.reference_class.outside_view.effect_states import Effect
from ceasefire.reference_class.outside_view.parameters import Parameters

ORDER = 20200306
"""Seed of the order in which effects meet draws of the numbers."""

LONGEST = 36525.0
"""A median is looked for up to so many days."""


@dataclass(frozen=True)
class DurationCurve:
    """Log days are normal around `mean` + effects, with spread `noise`.

    With chance `break_weight` a deal has nothing to do with the earlier ones of its conflict and country: its effects
    are then drawn as if nothing were known (mean 0, `fresh_variance`), otherwise as the history says (`effect`).
    `held` days have passed already.
    """

    mean: float
    noise: float
    effect: Effect
    fresh_variance: float
    break_weight: float = 0.0
    planned: float = float("nan")
    lapse_speed: float = 1.0
    held: float = 0.0

    def holds(self, days: FloatArray | float) -> FloatArray:
        """P(the deal holds at least `days`), given that it held `held`; 1 up to there."""
        when = np.maximum(np.asarray(days, np.float64), self.held)
        return np.asarray(self._alive(when) / max(float(self._alive(np.asarray(self.held))), 1e-300))

    def _alive(self, days: FloatArray) -> FloatArray:
        known = self._normal(days, self.effect.mean, self.effect.variance)
        if self.break_weight == 0.0:
            return known
        return (1.0 - self.break_weight) * known + self.break_weight * self._normal(days, 0.0, self.fresh_variance)

    def _normal(self, days: FloatArray, effect: float, variance: float) -> FloatArray:
        with np.errstate(divide="ignore"):
            log_days = np.log(own_clock(days, np.full(np.shape(days), self.planned), self.lapse_speed))
        return np.asarray(ndtr((self.mean + effect - log_days) / np.sqrt(variance + self.noise**2)))

    def quantile(self, share: float) -> float:
        """Days by which a share of such deals has ended; inf beyond LONGEST."""
        low, high = self.held, LONGEST
        if float(self.holds(high)) > 1.0 - share:
            return float("inf")
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if float(self.holds(middle)) > 1.0 - share else (low, middle)
        return (low + high) / 2

    @property
    def median(self) -> float:
        """Days by which half have ended; inf beyond LONGEST."""
        return self.quantile(0.5)


def holds_over_draws(
    one: DurationCurve, days: FloatArray, shares: FloatArray, mean: FloatArray, noise: FloatArray, speed: FloatArray
) -> FloatArray:
    """Quantiles of P(holds `days`) over what effects and numbers may be, shape (len(shares), len(days)).

    `mean`, `noise` and `speed` are draws of the deal's mean log days, spread and lapse speed. Effects run through
    evenly spaced quantiles in a fixed order that has nothing to do with the draws.
    """
    n = len(mean)
    fresh = np.arange(n) < round(one.break_weight * n)
    grid = ndtri((np.random.default_rng(ORDER).permutation(n) + 0.5) / n)
    known = one.effect.mean + np.sqrt(one.effect.variance) * grid
    effects = np.where(fresh, np.sqrt(one.fresh_variance) * grid, known)
    when = np.append(np.maximum(days, one.held), one.held)
    clock = own_clock(when[None, :], np.full((1, 1), one.planned), speed[:, None])
    with np.errstate(divide="ignore"):
        alive = ndtr((mean[:, None] + effects[:, None] - np.log(clock)) / noise[:, None])
    weights = alive[:, -1]
    now = alive[:, :-1] / np.maximum(alive[:, -1:], 1e-300)
    return np.array([_weighted_quantiles(column, weights, shares) for column in now.T]).T.reshape(len(shares), -1)


def _weighted_quantiles(values: FloatArray, weights: FloatArray, shares: FloatArray) -> FloatArray:
    order = np.argsort(values, kind="stable")
    below = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
    return np.asarray(np.interp(shares, below, values[order]))


def curve(
    model: Parameters, deal: DealTable, effect: Effect, break_weight: float = 0.0, held: float = 0.0
) -> DurationCurve:
    """The curve of one deal (a table of length 1)."""
    return DurationCurve(
        float(model.mean(deal)[0]),
        float(model.noise(deal)[0]),
        effect,
        model.sd_conflict**2 + model.sd_kind**2 + model.sd_country**2,
        break_weight,
        float(deal.planned[0]),
        model.lapse_speed,
        held,
    )
