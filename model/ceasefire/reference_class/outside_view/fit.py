"""The most likely numbers of the model, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray
from ceasefire.reference_class.outside_view.coded_deals import DealTable, Durations, log_window
from ceasefire.reference_class.outside_view.expectation_propagation import Sites, propagate
from ceasefire.reference_class.outside_view.parameters import (
    BOUNDS,
    MEANS,
    NUMBERS,
    PRIOR_MEAN,
    PRIOR_SD,
    SCALES,
    START,
    Parameters,
    parameters,
)

WIDTH = 2e-3
"""Step by which slopes of the log posterior are differenced for its curvature."""


@dataclass(frozen=True)
class Fit:
    """Estimates in the order of NUMBERS, their covariance (Laplace), the log evidence, and the deals used."""

    theta: FloatArray
    covariance: FloatArray
    log_evidence: float
    deals: int

    @property
    def parameters(self) -> Parameters:
        """The estimates by name."""
        return parameters(self.theta)

    @property
    def errors(self) -> FloatArray:
        """Standard errors."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))


@dataclass(frozen=True)
class EffectCovariance:
    """Covariance of the effects of deals of one country, part by part, and the days between them; each (n, n)."""

    conflict: FloatArray
    kind: FloatArray
    country: FloatArray
    days: FloatArray

    @property
    def total(self) -> FloatArray:
        """Of the sum of the effects."""
        return self.conflict + self.kind + self.country


def effect_covariance(deals: DealTable, model: Parameters) -> EffectCovariance:
    """Prior covariance of the effects of deals that all lie in one country."""
    days = np.abs(deals.start[:, None] - deals.start[None, :])
    same_conflict = deals.conflict[:, None] == deals.conflict[None, :]
    same_kind = deals.fixed[:, None] == deals.fixed[None, :]
    return EffectCovariance(
        model.sd_conflict**2 * np.exp(-days / model.memory_days) * same_conflict,
        model.sd_kind**2 * same_kind,
        np.full(days.shape, model.sd_country**2),
        days,
    )


class _Posterior:
    """Minus the log posterior and its slope, country by country; sites are kept as the start of the next call."""

    def __init__(self, deals: DealTable, durations: Durations, free: NDArray[np.bool_]) -> None:
        countries = [np.flatnonzero(deals.country == country) for country in np.unique(deals.country)]
        self.blocks = [(deals.take(index), durations.take(index)) for index in countries]
        self.sites: list[Sites | None] = [None] * len(self.blocks)
        self.free = free
        self.log_evidence = 0.0

    def __call__(self, theta: FloatArray) -> tuple[float, FloatArray]:
        model = parameters(theta)
        self.log_evidence, slope = 0.0, np.zeros(len(theta))
        for number, (deals, durations) in enumerate(self.blocks):
            value, block_slope = self._block(number, deals, durations, model)
            self.log_evidence += value
            slope += block_slope
        away = (theta - PRIOR_MEAN) / PRIOR_SD
        return 0.5 * float(away @ away) - self.log_evidence, np.where(self.free, away / PRIOR_SD - slope, 0.0)

    def _block(
        self, number: int, deals: DealTable, durations: Durations, model: Parameters
    ) -> tuple[float, FloatArray]:
        prior, noise = effect_covariance(deals, model), model.noise(deals)
        low, high = log_window(durations, deals.planned, model.lapse_speed)
        posterior = propagate(prior.total, model.mean(deals), noise, low, high, self.sites[number])
        self.sites[number] = posterior.sites
        likelihood, pull = posterior.likelihood, np.outer(posterior.weights, posterior.weights) - posterior.reduction
        slope = np.empty(len(NUMBERS))
        slope[:MEANS] = deals.x.T @ likelihood.slope_mean
        slope[MEANS : MEANS + SCALES] = deals.z.T @ (likelihood.slope_sd * noise**2 / posterior.predictive_sd)
        faded = pull * prior.conflict
        slope[MEANS + SCALES :] = (
            faded.sum(),
            0.5 * (faded * prior.days).sum() / model.memory_days,
            (pull * prior.kind).sum(),
            (pull * prior.country).sum(),
            _slope_lapse(likelihood.slope_low, low, deals.planned)
            + _slope_lapse(likelihood.slope_high, high, deals.planned),
        )
        return posterior.log_evidence, slope


def _slope_lapse(slope: FloatArray, log_days: FloatArray, planned: FloatArray) -> float:
    """Slope of the log chance in log_lapse through one edge of the interval: d log(own clock) / d log(speed)."""
    moves = np.isfinite(log_days) & ~np.isnan(planned)
    own = np.exp(np.where(moves, log_days, 0.0))
    late = np.maximum(own - np.where(moves, planned, np.inf), 0.0)
    return float((slope * late / own)[moves].sum())


def fit(
    deals: DealTable, durations: Durations, start: FloatArray | None = None, *, lapse: bool = True, errors: bool = True
) -> Fit:
    """The numbers most likely a posteriori. Without `lapse` the hazard does not rise at the end of a term."""
    from scipy.optimize import minimize

    free = np.array([number.name != "log_lapse" or lapse for number in NUMBERS])
    loss = _Posterior(deals, durations, free)
    bounds = [bound if may else (0.0, 0.0) for bound, may in zip(BOUNDS, free, strict=True)]
    theta = np.where(free, START if start is None else start, 0.0)
    optimum = minimize(loss, theta, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-9, "gtol": 1e-4})
    best = np.asarray(optimum.x, np.float64)
    loss(best)
    evidence = loss.log_evidence
    covariance = _covariance(loss, best, free) if errors else np.zeros((len(best), len(best)))
    return Fit(best, covariance, evidence, len(deals))


def _covariance(loss: _Posterior, theta: FloatArray, free: NDArray[np.bool_]) -> FloatArray:
    """Inverse of the curvature of the log posterior at its top, from central differences of its slope."""
    n = len(theta)
    curvature = np.zeros((n, n))
    for k in np.flatnonzero(free):
        step = np.zeros(n)
        step[k] = WIDTH
        curvature[k] = (loss(theta + step)[1] - loss(theta - step)[1]) / (2 * WIDTH)
    loss(theta)
    curvature = (curvature + curvature.T) / 2
    values, vectors = np.linalg.eigh(curvature[np.ix_(free, free)])
    covariance = np.zeros((n, n))
    covariance[np.ix_(free, free)] = (vectors / np.maximum(values, 1e-2)) @ vectors.T
    return covariance
