"""Fits intractability, z ~ N(b . x, s) for each deal, by maximum likelihood of interval-censored durations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from ceasefire.analysis.interval_censored import probability_between
from ceasefire.array_types import FloatArray
from ceasefire.reference_class.features import COVARIATES, Features, cell_of, covariates
from ceasefire.reference_class.generate import Z_LEVELS
from ceasefire.reference_class.outside_view.coded_deals import Durations
from ceasefire.reference_class.reference_table import Table

LEVELS = np.array(Z_LEVELS)
STEP = float(LEVELS[1] - LEVELS[0])
LEAST_SIGMA = 0.05


@dataclass(frozen=True, eq=False)
class Intractability:
    """z ~ N(beta . x, sigma) with x the covariates of a deal; `errors` are standard errors, clustered by country."""

    beta: FloatArray
    sigma: float
    errors: FloatArray
    log_likelihood: float
    deals: int

    def means(self, x: FloatArray) -> FloatArray:
        """Mean intractability of deals with covariates x of shape (n, len(COVARIATES))."""
        return x @ self.beta


def design(features: Sequence[Features]) -> FloatArray:
    """Covariates of several deals, shape (n, len(COVARIATES))."""
    return np.array([covariates(each) for each in features]).reshape(len(features), len(COVARIATES))


def forecast(
    table: Table,
    fitted: Intractability,
    features: Sequence[Features],
    lever: Sequence[Features] | None = None,
) -> FloatArray:
    """Probability of an end in each bin of days, shape (n, bins). KeyError for a cell that is not in the table.

    With `lever`, the terms are those of `lever`, and intractability is still that of `features`.
    """
    shares = level_shares(fitted.means(design(features)), fitted.sigma)
    rows = [table.row(cell_of(each)) for each in (lever or features)]
    mass: FloatArray = np.einsum("nk,nkb->nb", shares, table.mass[rows])
    return mass


def level_shares(means: FloatArray, sigma: float) -> FloatArray:
    """Weight of each level of the table for z ~ N(mean, sigma), shape (n, levels); z beyond an end counts there."""
    progress, _, _ = _expected_progress(means, sigma)
    one = np.ones((len(means), 1))
    return np.asarray(np.concatenate([one, progress], axis=1) - np.concatenate([progress, 0 * one], axis=1))


def _expected_progress(means: FloatArray, sigma: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Expected share of each step between levels that z ~ N(mean, sigma) has covered, and its derivatives in both.

    Exact when probabilities are linear between levels: E max(0, z - a) = sigma (u F(u) + f(u)), u = (mean - a) / sigma,
    with F and f the normal distribution function and density. Three arrays of shape (n, levels - 1).
    """
    u = (means[:, None] - LEVELS) / sigma
    area, height = ndtr(u), np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)
    beyond = sigma * (u * area + height)
    return (
        (beyond[:, :-1] - beyond[:, 1:]) / STEP,
        (area[:, :-1] - area[:, 1:]) / STEP,
        (height[:, :-1] - height[:, 1:]) / STEP,
    )


def likelihood_by_level(table: Table, features: Sequence[Features], durations: Durations) -> FloatArray:
    """Likelihood of each deal's duration at each level, shape (n, levels)."""
    rows = [table.row(cell_of(each)) for each in features]
    return probability_between(table.mass[rows], durations.low[:, None], durations.high[:, None])


def _likelihood(theta: FloatArray, x: FloatArray, at_level: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log likelihood of each deal, and its gradient in (beta, log sigma): shapes (n,), (n, covariates + 1)."""
    sigma = float(np.exp(theta[-1]))
    progress, by_mean, by_sigma = _expected_progress(x @ theta[:-1], sigma)
    rise = np.diff(at_level, axis=1)
    total = np.maximum(at_level[:, 0] + (progress * rise).sum(axis=1), 1e-300)
    of_mean = (by_mean * rise).sum(axis=1) / total
    of_log_sigma = sigma * (by_sigma * rise).sum(axis=1) / total
    return np.log(total), np.column_stack([of_mean[:, None] * x, of_log_sigma])


def fit_intractability(
    table: Table,
    features: Sequence[Features],
    durations: Durations,
    groups: Sequence[str],
) -> Intractability:
    """Maximum-likelihood estimate; `groups` are the countries by which standard errors are clustered."""
    from scipy.optimize import minimize

    x = design(features)
    at_level = likelihood_by_level(table, features, durations)
    informed = ~((durations.low <= 0) & np.isinf(durations.high))

    def loss(theta: FloatArray) -> tuple[float, FloatArray]:
        each, gradient = _likelihood(theta, x, at_level)
        return -float(each.sum()), -gradient.sum(axis=0)

    first = np.zeros(x.shape[1] + 1)
    bounds = [(-8.0, 8.0)] * x.shape[1] + [(np.log(LEAST_SIGMA), np.log(4.0))]
    best = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    theta = np.asarray(best.x, np.float64)
    errors = _clustered_errors(theta, x, at_level, np.asarray(groups))
    return Intractability(theta[:-1], float(np.exp(theta[-1])), errors, -float(best.fun), int(informed.sum()))


def _clustered_errors(theta: FloatArray, x: FloatArray, at_level: FloatArray, groups: NDArray[np.str_]) -> FloatArray:
    """Standard errors of (beta, log sigma), clustered by group (sandwich estimator)."""
    h = 1e-4

    def gradient(at: FloatArray) -> FloatArray:
        return np.asarray(_likelihood(at, x, at_level)[1].sum(axis=0))

    hessian = np.array([(gradient(theta + h * e) - gradient(theta - h * e)) / (2 * h) for e in np.eye(len(theta))])
    bread = np.linalg.pinv(-(hessian + hessian.T) / 2)
    scores = _likelihood(theta, x, at_level)[1]
    sums = np.array([scores[groups == group].sum(axis=0) for group in np.unique(groups)])
    middle = sums.T @ sums * (len(sums) / max(1, len(sums) - 1))
    return np.asarray(np.sqrt(np.maximum(0.0, np.diag(bread @ middle @ bread))))
