"""Intractability fitted: z ~ N(b . x, s) per deal, by maximum likelihood of what was seen of the deals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ceasefire.population.deals import Deal, Seen, seen
from ceasefire.population.features import COVARIATES, Features, cell_of, covariates
from ceasefire.population.generate import Z_LEVELS
from ceasefire.analysis.binned import Floats, chance
from ceasefire.population.table import Table

LEVELS = np.array(Z_LEVELS)
STEP = float(LEVELS[1] - LEVELS[0])
LEAST_SIGMA = 0.05
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(31)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, eq=False)
class Intractability:
    """z ~ N(beta . x, sigma) with x the covariates of a deal; `errors` are standard errors, clustered by country."""

    beta: Floats
    sigma: float
    errors: Floats
    log_likelihood: float
    deals: int

    def means(self, x: Floats) -> Floats:
        """Mean intractability of deals with covariates x of shape (n, len(COVARIATES))."""
        return x @ self.beta


def design(features: Sequence[Features]) -> Floats:
    """Covariates of several deals, shape (n, len(COVARIATES))."""
    return np.array([covariates(each) for each in features]).reshape(len(features), len(COVARIATES))


def forecast(
    table: Table,
    fitted: Intractability,
    features: Sequence[Features],
    lever: Sequence[Features] | None = None,
) -> Floats:
    """Masses of shape (n, bins): how long each deal holds. Raises KeyError for a cell that is not in the table.

    With `lever`, the terms are those of `lever` and the cases stay as intractable as `features` makes them.
    """
    shares = level_shares(fitted.means(design(features)), fitted.sigma)
    rows = [table.row(cell_of(each)) for each in (lever or features)]
    found: Floats = np.einsum("nk,nkb->nb", shares, table.mass[rows])
    return found


def level_shares(means: Floats, sigma: float) -> Floats:
    """Weight of each level of the table for z ~ N(mean, sigma), shape (n, levels); beyond the ends it is the end's."""
    place = np.clip((means[:, None] + sigma * _NODES - LEVELS[0]) / STEP, 0, len(LEVELS) - 1)
    left = np.minimum(place.astype(np.int64), len(LEVELS) - 2)
    part = place - left
    shares = np.zeros((len(means), len(LEVELS)))
    rows = np.arange(len(means))[:, None]
    np.add.at(shares, (rows, left), _WEIGHTS * (1.0 - part))
    np.add.at(shares, (rows, left + 1), _WEIGHTS * part)
    return shares


def chances(table: Table, features: Sequence[Features], what: Seen) -> Floats:
    """Chance of what was seen of each deal at each level, shape (n, levels)."""
    rows = [table.row(cell_of(each)) for each in features]
    return chance(table.mass[rows], what.low[:, None], what.high[:, None])


def _likelihood(theta: Floats, x: Floats, at_level: Floats) -> tuple[Floats, Floats]:
    """Log likelihood of each deal, and its slope in (beta, log sigma): shapes (n,), (n, covariates + 1)."""
    sigma = np.exp(theta[-1])
    z = (x @ theta[:-1])[:, None] + sigma * _NODES
    raw = (z - LEVELS[0]) / STEP
    place = np.clip(raw, 0, len(LEVELS) - 1)
    left = np.minimum(place.astype(np.int64), len(LEVELS) - 2)
    low, high = np.take_along_axis(at_level, left, 1), np.take_along_axis(at_level, left + 1, 1)
    there = low + (place - left) * (high - low)
    slope = np.where((raw > 0) & (raw < len(LEVELS) - 1), (high - low) / STEP, 0.0)
    total = np.maximum(there @ _WEIGHTS, 1e-300)
    by_mean = (slope @ _WEIGHTS) / total
    by_log_sigma = sigma * ((slope * _NODES) @ _WEIGHTS) / total
    return np.log(total), np.column_stack([by_mean[:, None] * x, by_log_sigma])


def fitted_to(
    table: Table,
    features: Sequence[Features],
    what: Seen,
    groups: Sequence[str],
    start: Floats | None = None,
) -> Intractability:
    """The most likely intractability; `groups` are the countries by which its errors are clustered."""
    x = design(features)
    at_level = chances(table, features, what)
    informed = ~((what.low <= 0) & np.isinf(what.high))

    def loss(theta: Floats) -> tuple[float, Floats]:
        each, slopes = _likelihood(theta, x, at_level)
        return -float(each.sum()), -slopes.sum(axis=0)

    first = np.zeros(x.shape[1] + 1) if start is None else start
    bounds = [(-8.0, 8.0)] * x.shape[1] + [(np.log(LEAST_SIGMA), np.log(4.0))]
    best = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    theta = np.asarray(best.x, np.float64)
    errors = _clustered_errors(theta, x, at_level, np.asarray(groups))
    return Intractability(theta[:-1], float(np.exp(theta[-1])), errors, -float(best.fun), int(informed.sum()))


def _clustered_errors(theta: Floats, x: Floats, at_level: Floats, groups: NDArray[np.str_]) -> Floats:
    """Standard errors of (beta, log sigma) when deals of one country are not independent (sandwich)."""
    h = 0.02
    slope = lambda t: _likelihood(t, x, at_level)[1].sum(axis=0)  # noqa: E731
    curve = np.array([(slope(theta + h * e) - slope(theta - h * e)) / (2 * h) for e in np.eye(len(theta))])
    bread = np.linalg.pinv(-(curve + curve.T) / 2)
    scores = _likelihood(theta, x, at_level)[1]
    sums = np.array([scores[groups == group].sum(axis=0) for group in np.unique(groups)])
    middle = sums.T @ sums * (len(sums) / max(1, len(sums) - 1))
    return np.sqrt(np.maximum(0.0, np.diag(bread @ middle @ bread)))
