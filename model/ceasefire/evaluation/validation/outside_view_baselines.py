"""Simple forecasters of the same deals from all coded features, stated in the same bins as the outside view.

Each learns from some deals and what was seen of them, and forecasts others: masses of shape (n, BINS).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_ndtr, ndtr

from ceasefire.analysis.cox_regression import breslow_slopes, breslow_survival, middle_days
from ceasefire.analysis.interval_censored import BINS, EDGES, masses_alive, turnbull
from ceasefire.array_types import FloatArray
from ceasefire.reference_class.features import Features
from ceasefire.reference_class.outside_view.coded_deals import (
    REFERENCE_TERM,
    Durations,
    Ending,
    Reading,
    durations_known_on,
    log_window,
)
from ceasefire.reference_class.outside_view.expectation_propagation import Propagated, Sites, propagate

COVARIATES = (
    "constant", "preliminary", "definitive", "unilateral", "local", "written", "fixed_term", "log_planned",
    "mechanism", "enforcement", "mediated", "log_prior",
)  # fmt: skip
PRELIMINARY, DEFINITIVE = COVARIATES.index("preliminary"), COVARIATES.index("definitive")
RIDGE = 0.01
POOLED_DEALS = 5.0
"""So many deals that lived as all do are added to a curve of few deals, so that nothing is impossible."""


@dataclass(frozen=True, eq=False)
class Coded:
    """n deals: covariates (n, len(COVARIATES)), first day, country and conflict."""

    x: FloatArray
    start: FloatArray
    country: NDArray[np.str_]
    conflict: NDArray[np.str_]

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> Coded:
        """Some of the deals."""
        return Coded(self.x[index], self.start[index], self.country[index], self.conflict[index])


def coded(features: Sequence[Features]) -> Coded:
    """Deals of which only the features are known."""
    rows = [
        [
            1.0, f.ceasefire_class == "preliminary", f.ceasefire_class == "definitive", f.sides == "unilateral",
            f.local, f.written, f.fixed_term, np.log((f.term_days or REFERENCE_TERM) / REFERENCE_TERM), f.mechanism,
            f.enforcement != "none", f.mediated, np.log1p(f.prior_ceasefires),
        ]
        for f in features
    ]  # fmt: skip
    unknown = np.full(len(rows), "")
    x = np.array(rows, np.float64).reshape(len(rows), len(COVARIATES))
    return Coded(x, np.zeros(len(rows)), unknown, unknown)


Baseline = Callable[[Coded, Durations, Coded], FloatArray]


def pooled_curve(durations: Durations) -> FloatArray:
    """Nonparametric masses of all deals, a little spread out."""
    return np.asarray(0.98 * turnbull(durations.low, durations.high) + 0.02 / BINS)


def smoothed(mass: FloatArray, deals: int, pooled: FloatArray) -> FloatArray:
    """Masses learnt from some deals, with POOLED_DEALS that lived as all do."""
    return np.asarray((deals * mass + POOLED_DEALS * pooled) / (deals + POOLED_DEALS))


def one_curve(learnt: Coded, durations: Durations, wanted: Coded) -> FloatArray:
    """The same survival curve for every deal."""
    return np.tile(pooled_curve(durations), (len(wanted.x), 1))


def by_class(learnt: Coded, durations: Durations, wanted: Coded) -> FloatArray:
    """Kaplan-Meier (Turnbull where ends are not dated) of the deal's class and nothing else."""
    pooled = pooled_curve(durations)
    classes, theirs = _class(learnt), _class(wanted)
    curves = {}
    for each in np.unique(theirs):
        members = classes == each
        n = int(members.sum())
        own = turnbull(durations.low[members], durations.high[members]) if n else pooled
        curves[int(each)] = smoothed(own, n, pooled)
    return np.array([curves[int(each)] for each in theirs])


def _class(deals: Coded) -> NDArray[np.int64]:
    return (deals.x[:, PRELIMINARY] + 2 * deals.x[:, DEFINITIVE]).astype(np.int64)


def _accelerated(log_survival: Callable[[FloatArray], FloatArray]) -> Baseline:
    """Log days linear in the covariates, with errors of one distribution; maximum likelihood with a small ridge."""

    def forecast(learnt: Coded, durations: Durations, wanted: Coded) -> FloatArray:
        low, _ = log_window(durations, np.full(len(durations.low), np.nan), 1.0)
        first, censored = np.isneginf(low), np.isinf(durations.high) | (durations.low >= EDGES[-1])
        high = np.log(durations.high)  # uncut: that an undated end may lie beyond the horizon is no end before it
        low, high = np.where(first, 0.0, low), np.where(censored, 0.0, high)

        def loss(theta: FloatArray) -> float:
            mean, scale = learnt.x @ theta[:-1], np.exp(theta[-1])
            still = np.where(first, 0.0, log_survival((low - mean) / scale))
            after = log_survival((high - mean) / scale)
            within = still + np.log(-np.expm1(np.minimum(after - still, -1e-13)))
            fitted = np.where(censored, still, within)
            return -float(np.maximum(fitted, -700.0).sum()) + RIDGE * float(theta[1:-1] @ theta[1:-1])

        start = np.concatenate([[3.0], np.zeros(learnt.x.shape[1] - 1), [0.7]])
        theta = minimize(loss, start, method="L-BFGS-B", bounds=[(-20, 20)] * len(start[:-1]) + [(-2, 3)]).x
        with np.errstate(divide="ignore"):
            edges = np.log(EDGES)
        away = (edges[None, :] - (wanted.x @ theta[:-1])[:, None]) / np.exp(theta[-1])
        alive = np.where(np.isneginf(away), 1.0, np.exp(log_survival(np.where(np.isneginf(away), 0.0, away))))
        return masses_alive(alive)

    return forecast


weibull = _accelerated(lambda y: -np.exp(np.clip(y, -50.0, 50.0)))
"""Weibull regression."""

lognormal = _accelerated(lambda y: np.asarray(log_ndtr(-y)))
"""Lognormal regression."""

loglogistic = _accelerated(lambda y: -np.logaddexp(0.0, y))
"""Log-logistic regression."""


def cox(learnt: Coded, durations: Durations, wanted: Coded) -> FloatArray:
    """Cox regression by Breslow's partial likelihood; an undated end is put in the middle of its interval."""
    days = np.clip(middle_days(durations.low, durations.high), 0.25, EDGES[-1])
    ended = ~np.isinf(durations.high) & (days < EDGES[-1])
    x = learnt.x[:, 1:]
    beta = breslow_slopes(x, days, ended, RIDGE)
    alive = breslow_survival(x, days, ended, beta, wanted.x[:, 1:], EDGES)
    return smoothed(masses_alive(alive), len(learnt.x), pooled_curve(durations))


BASELINES: dict[str, Baseline] = {
    "one curve": one_curve,
    "Kaplan-Meier by class": by_class,
    "Weibull": weibull,
    "lognormal": lognormal,
    "log-logistic": loglogistic,
    "Cox": cox,
}
"""Baselines that treat deals of one conflict as strangers."""


@dataclass(frozen=True)
class ConflictEffect:
    """Lognormal regression with a normal effect of the conflict, which does not fade; fitted by its evidence."""

    slopes: FloatArray
    noise: float
    spread: float

    def forecast(self, deal: Coded, everyone: Coded, endings: Sequence[Ending], reading: Reading) -> FloatArray:
        """Masses of one deal, from the deals of its conflict as they were known on its first day."""
        own = np.flatnonzero((everyone.conflict == deal.conflict[0]) & (everyone.country == deal.country[0]))
        index, durations = durations_known_on(
            float(deal.start[0]), everyone.start[own], [endings[int(k)] for k in own], reading
        )
        mean, variance = float(deal.x[0] @ self.slopes), self.spread**2
        if len(index):
            posterior = self._posterior(everyone.x[own[index]], durations, None)
            mean += self.spread**2 * float(posterior.weights.sum())
            variance -= self.spread**4 * float(posterior.reduction.sum())
        with np.errstate(divide="ignore"):
            alive = ndtr((mean - np.log(EDGES)) / np.sqrt(variance + self.noise**2))
        return np.asarray(masses_alive(alive[None, :])[0])

    def _posterior(self, x: FloatArray, durations: Durations, start: Sites | None) -> Propagated:
        n = len(x)
        low, high = log_window(durations, np.full(n, np.nan), 1.0)
        prior = np.full((n, n), self.spread**2)
        return propagate(prior, x @ self.slopes, np.full(n, self.noise), low, high, start)


def fit_conflict_effect(learnt: Coded, durations: Durations) -> ConflictEffect:
    """The regression that is most likely, with a small ridge."""
    keys = np.char.add(np.char.add(learnt.country, "|"), learnt.conflict)
    blocks = [np.flatnonzero(keys == key) for key in np.unique(keys)]
    sites: list[Sites | None] = [None] * len(blocks)

    def loss(theta: FloatArray) -> tuple[float, FloatArray]:
        model = ConflictEffect(theta[:-2], float(np.exp(theta[-2])), float(np.exp(theta[-1])))
        value, slope = -RIDGE * float(theta[1:-2] @ theta[1:-2]), np.zeros(len(theta))
        slope[1:-2] = -2 * RIDGE * theta[1:-2]
        for number, rows in enumerate(blocks):
            posterior = model._posterior(learnt.x[rows], durations.take(rows), sites[number])
            sites[number] = posterior.sites
            value += posterior.log_evidence
            slope[:-2] += learnt.x[rows].T @ posterior.likelihood.slope_mean
            slope[-2] += float((posterior.likelihood.slope_sd * model.noise**2 / posterior.predictive_sd).sum())
            slope[-1] += model.spread**2 * float(posterior.weights.sum() ** 2 - posterior.reduction.sum())
        return -value, -slope

    start = np.concatenate([[3.0], np.zeros(learnt.x.shape[1] - 1), [0.7, 0.0]])
    bounds = [(-20, 20)] * (len(start) - 2) + [(-2, 3), (-4, 2)]
    theta = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-9}).x
    return ConflictEffect(theta[:-2], float(np.exp(theta[-2])), float(np.exp(theta[-1])))
