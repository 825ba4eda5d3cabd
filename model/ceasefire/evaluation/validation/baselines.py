"""Baseline forecasts of the same deals from the same features, stated in the same bins of days as the model's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.linalg import qr
from scipy.optimize import minimize
from scipy.special import log_ndtr

from ceasefire.analysis.cox_regression import breslow_slopes, breslow_survival, middle_days
from ceasefire.analysis.interval_censored import BINS, EDGES, turnbull
from ceasefire.array_types import FloatArray
from ceasefire.reference_class.coded_deals import CensoredDurations
from ceasefire.reference_class.features import Features
from ceasefire.reference_class.fit import design

Baseline = Callable[[Sequence[Features], CensoredDurations, Sequence[Features]], FloatArray]
"""Fits to the features and durations of training deals and forecasts test deals: probabilities of shape (n, BINS)."""


def by_class(training: Sequence[Features], durations: CensoredDurations, test: Sequence[Features]) -> FloatArray:
    """The survival curve of the deal's class alone: Kaplan-Meier, in Turnbull's form for interval-censored ends.

    Five pseudo-deals, distributed like all classes together, keep every bin above 0.
    """
    pooled = 0.98 * turnbull(durations.low, durations.high) + 0.02 / BINS
    curves = {}
    for each in {f.ceasefire_class for f in (*training, *test)}:
        members = np.array([f.ceasefire_class == each for f in training])
        n = int(members.sum())
        own = turnbull(durations.low[members], durations.high[members]) if n else pooled
        curves[each] = (n * own + 5 * pooled) / (n + 5)
    return np.array([curves[f.ceasefire_class] for f in test])


def weibull(training: Sequence[Features], durations: CensoredDurations, test: Sequence[Features]) -> FloatArray:
    """Weibull regression: log duration is linear in the covariates, with extreme-value errors."""
    return _accelerated_failure_time(training, durations, test, lambda y: -np.exp(np.clip(y, -50, 50)))


def lognormal(training: Sequence[Features], durations: CensoredDurations, test: Sequence[Features]) -> FloatArray:
    """Lognormal regression: the same with normal errors, which fit these durations better."""
    return _accelerated_failure_time(training, durations, test, lambda y: log_ndtr(-y))


def _accelerated_failure_time(
    training: Sequence[Features],
    durations: CensoredDurations,
    test: Sequence[Features],
    log_survival: Callable[[FloatArray], FloatArray],
) -> FloatArray:
    """Maximum likelihood: durations beyond the horizon are censored there.

    An undated end in [low, high) keeps its own upper limit, however late: cut to the horizon it would say that the
    deal had ended by then.
    """
    x = design(training)
    low = _log_days(durations.low)
    high = np.log(np.maximum(np.where(np.isinf(durations.high), 0.0, durations.high), 1e-3))
    censored = np.isinf(durations.high) | (durations.low >= EDGES[-1])

    def loss(theta: FloatArray) -> float:
        mean, scale = x @ theta[:-1], np.exp(theta[-1])
        at_low = np.where(durations.low <= 0, 0.0, log_survival((low - mean) / scale))
        at_high = log_survival((high - mean) / scale)
        within = at_low + np.log(np.maximum(-np.expm1(np.minimum(at_high - at_low, -1e-12)), 1e-300))
        return -float(np.where(censored, at_low, within).sum()) + 0.01 * float(theta[1:-1] @ theta[1:-1])

    start = np.concatenate([[3.0], np.zeros(x.shape[1] - 1), [1.0]])
    theta = minimize(loss, start, method="L-BFGS-B").x
    edges = _log_days(EDGES)
    mean = design(test) @ theta[:-1]
    surviving = np.exp(log_survival((edges[None, :] - mean[:, None]) / np.exp(theta[-1])))
    surviving[:, 0] = 1.0
    mass: FloatArray = np.maximum(
        surviving - np.concatenate([surviving[:, 1:], np.zeros((len(surviving), 1))], 1), 1e-9
    )
    return np.asarray(mass / mass.sum(axis=1, keepdims=True))


def _log_days(days: FloatArray) -> FloatArray:
    return np.asarray(np.log(np.maximum(np.minimum(days, EDGES[-1]), 1e-3)))


def cox(training: Sequence[Features], durations: CensoredDurations, test: Sequence[Features]) -> FloatArray:
    """Cox regression by Breslow's partial likelihood; an undated end is put in the middle of its interval."""
    ended = ~np.isinf(durations.high)
    days = middle_days(durations.low, durations.high)
    x = design(training)[:, 1:]
    independent = _independent(x)
    x = x[:, independent]
    beta = breslow_slopes(x, np.maximum(days, 0.25), ended)
    surviving = breslow_survival(x, days, ended, beta, design(test)[:, 1:][:, independent], EDGES)
    mass = surviving - np.concatenate([surviving[:, 1:], np.zeros((len(surviving), 1))], axis=1)
    pooled = 0.98 * turnbull(durations.low, durations.high) + 0.02 / BINS
    n = len(training)
    smoothed: FloatArray = (n * mass + 5 * pooled) / (n + 5)
    return smoothed


def _independent(x: FloatArray) -> list[int]:
    """Columns of x (n, columns) that vary and are linearly independent, as a regression without a constant needs."""
    _, r, order = qr(x - x.mean(axis=0), mode="economic", pivoting=True)
    size = np.abs(np.diag(r))
    return sorted(int(k) for k, magnitude in zip(order, size, strict=False) if magnitude > 1e-8 * max(1.0, size[0]))


BASELINES: dict[str, Baseline] = {
    "Kaplan-Meier by class": by_class,
    "Weibull regression": weibull,
    "lognormal regression": lognormal,
    "Cox regression": cox,
}
