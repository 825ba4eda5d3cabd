"""Approximate Bayesian computation: accept the draws whose worlds resemble the observed counts, then adjust them.

Rejection on regression summaries (Fearnhead and Prangle 2012), then local-linear adjustment of the accepted draws
(Beaumont, Zhang and Balding 2002). The reference table is simulated in one call of the engine. A general library would
call the model once for each draw from Python, which takes about a thousand times as long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

ACCEPTED_SHARE = 0.01
"""Share of the reference table that is accepted."""

EDGE = 1e-3
"""Distance from the ends of the range to which positions are limited before their logit is taken."""


@dataclass(frozen=True)
class ReferenceTable:
    """The reference table: positions of the parameters (draws, parameters) and summary figures (draws, figures)."""

    positions: Matrix
    figures: Matrix

    def without(self, row: int) -> ReferenceTable:
        """The table without one draw."""
        return ReferenceTable(np.delete(self.positions, row, 0), np.delete(self.figures, row, 0))


@dataclass(frozen=True)
class Fit:
    """Posterior sample: adjusted positions (accepted, parameters), their weights, and their rows in the table."""

    positions: Matrix
    weights: NDArray[np.float64]
    accepted: NDArray[np.int64]

    def quantiles(self, shares: list[float]) -> Matrix:
        """Weighted quantiles of every parameter's position, shape (shares, parameters)."""
        return np.stack(
            [_quantile(self.positions[:, k], self.weights, shares) for k in range(self.positions.shape[1])], 1
        )

    def rows(self, count: int, seed: int) -> Matrix:
        """`count` draws of equal weight, shape (count, parameters)."""
        return self.positions[np.random.default_rng(seed).choice(len(self.weights), count, p=self.weights)]


def fit(table: ReferenceTable, observed: NDArray[np.float64], accepted_share: float = ACCEPTED_SHARE) -> Fit:
    """Accept the draws nearest to the `observed` figures (figures,) and adjust them; incomplete rows are left out."""
    complete = np.isfinite(table.figures).all(axis=1)
    positions, figures = table.positions[complete], table.figures[complete]
    centre, spread = np.median(figures, axis=0), _robust_spread(figures)
    scaled, target = (figures - centre) / spread, (observed - centre) / spread
    summaries, aim = _regression_summaries(scaled, target, positions)
    distance = np.sqrt(((summaries - aim) ** 2).sum(axis=1))
    count = max(int(accepted_share * len(distance)), 4 * figures.shape[1])
    near = np.argsort(distance, kind="stable")[:count]
    width = distance[near[-1]] or 1.0
    weights = 1.0 - (distance[near] / width) ** 2 + 1e-9
    adjusted = _regression_adjustment(positions[near], summaries[near] - aim, weights)
    return Fit(adjusted, weights / weights.sum(), np.flatnonzero(complete)[near])


def _robust_spread(figures: Matrix) -> NDArray[np.float64]:
    low, high = np.quantile(figures, [0.25, 0.75], axis=0)
    return np.where(high > low, (high - low) / 1.349, 1.0)


def _features(scaled: Matrix) -> Matrix:
    clipped = np.clip(scaled, -4.0, 4.0)
    return np.concatenate([np.ones((len(clipped), 1)), clipped, clipped**2], axis=1)


def _regression_summaries(
    scaled: Matrix, target: NDArray[np.float64], positions: Matrix
) -> tuple[Matrix, NDArray[np.float64]]:
    """One summary for each parameter: its regression on the figures, in units of the residual standard deviation."""
    features = _features(scaled)
    coefficients, *_ = np.linalg.lstsq(features, positions, rcond=None)
    predicted = features @ coefficients
    aim = _features(target[None, :]) @ coefficients
    error = (positions - predicted).std(axis=0)
    return predicted / error, aim[0] / error


def _regression_adjustment(positions: Matrix, deviation: Matrix, weights: NDArray[np.float64]) -> Matrix:
    """Positions adjusted by local-linear regression to the observed figures, within their ranges."""
    inside = np.clip(positions, EDGE, 1.0 - EDGE)
    logit = np.log(inside / (1.0 - inside))
    design = np.concatenate([np.ones((len(deviation), 1)), deviation], axis=1)
    root = np.sqrt(weights)[:, None]
    ridge = 1e-3 * len(deviation) * np.diag([0.0] + [1.0] * deviation.shape[1])
    slopes = np.linalg.solve(
        (root * design).T @ (root * design) + ridge * weights.mean(), (root * design).T @ (root * logit)
    )
    return np.asarray(1.0 / (1.0 + np.exp(-(logit - deviation @ slopes[1:]))))


def _quantile(values: NDArray[np.float64], weights: NDArray[np.float64], shares: list[float]) -> NDArray[np.float64]:
    order = np.argsort(values)
    along = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.interp(shares, along / weights.sum(), values[order])


@dataclass(frozen=True)
class Recovery:
    """Parameter recovery: known parameters fitted from the figures of one of their own worlds.

    By parameter: correlation of the fitted median with the truth, and the share of 90 % intervals that cover the truth.
    """

    correlation: NDArray[np.float64]
    coverage: NDArray[np.float64]
    trials: int


def recover(table: ReferenceTable, trials: int, seed: int) -> Recovery:
    """Take draws of the table as the observation, one at a time, and fit each from all the others."""
    complete = np.flatnonzero(np.isfinite(table.figures).all(axis=1))
    chosen = np.random.default_rng(seed).choice(complete, trials, replace=False)
    medians, inside = [], []
    for row in chosen:
        low, middle, high = fit(table.without(row), table.figures[row]).quantiles([0.05, 0.5, 0.95])
        truth = table.positions[row]
        medians.append(middle)
        inside.append((low <= truth) & (truth <= high))
    truths, fitted = table.positions[chosen], np.array(medians)
    correlation = np.array([np.corrcoef(truths[:, k], fitted[:, k])[0, 1] for k in range(truths.shape[1])])
    return Recovery(correlation, np.mean(inside, axis=0), trials)
