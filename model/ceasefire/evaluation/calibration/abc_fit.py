"""Approximate Bayesian computation: keep the draws whose worlds look like what was counted, then adjust by regression.

Rejection on summaries learnt by regression (Fearnhead and Prangle 2012), then local-linear adjustment of what is kept
(Beaumont, Zhang and Balding 2002). A general library would call the model once for each draw from Python; the engine
lives a hundred thousand draws in the time that such calls take for some hundred, so the reference table is simulated
in one go and these sixty lines do the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

ACCEPTED_SHARE = 0.01
"""Share of the reference table that is kept."""

EDGE = 1e-3
"""Positions are kept this far inside their range before their logit is taken."""


@dataclass(frozen=True)
class ReferenceTable:
    """The reference table: positions of the free numbers (draws, numbers), and their figures (draws, figures)."""

    positions: Matrix
    figures: Matrix

    def without(self, row: int) -> ReferenceTable:
        """The table but for one draw."""
        return ReferenceTable(np.delete(self.positions, row, 0), np.delete(self.figures, row, 0))


@dataclass(frozen=True)
class Fit:
    """What is left: adjusted positions of the kept draws (kept, numbers), their weights, and which draws they were."""

    positions: Matrix
    weights: NDArray[np.float64]
    accepted: NDArray[np.int64]

    def quantiles(self, shares: list[float]) -> Matrix:
        """Weighted quantiles of every number's position, shape (shares, numbers)."""
        return np.stack(
            [_quantile(self.positions[:, k], self.weights, shares) for k in range(self.positions.shape[1])], 1
        )

    def rows(self, count: int, seed: int) -> Matrix:
        """`count` draws of equal weight, shape (count, numbers)."""
        return self.positions[np.random.default_rng(seed).choice(len(self.weights), count, p=self.weights)]


def fit(table: ReferenceTable, counted: NDArray[np.float64], kept: float = ACCEPTED_SHARE) -> Fit:
    """The draws whose figures come nearest to `counted` (figures,), adjusted; rows that lack a figure are left out."""
    whole = np.isfinite(table.figures).all(axis=1)
    positions, found = table.positions[whole], table.figures[whole]
    centre, spread = np.median(found, axis=0), _robust_spread(found)
    scaled, target = (found - centre) / spread, (counted - centre) / spread
    learnt, aim = _regression_summaries(scaled, target, positions)
    distance = np.sqrt(((learnt - aim) ** 2).sum(axis=1))
    count = max(int(kept * len(distance)), 4 * found.shape[1])
    near = np.argsort(distance, kind="stable")[:count]
    width = distance[near[-1]] or 1.0
    weights = 1.0 - (distance[near] / width) ** 2 + 1e-9
    adjusted = _regression_adjustment(positions[near], learnt[near] - aim, weights)
    return Fit(adjusted, weights / weights.sum(), np.flatnonzero(whole)[near])


def _robust_spread(found: Matrix) -> NDArray[np.float64]:
    low, high = np.quantile(found, [0.25, 0.75], axis=0)
    return np.where(high > low, (high - low) / 1.349, 1.0)


def _features(scaled: Matrix) -> Matrix:
    cut = np.clip(scaled, -4.0, 4.0)
    return np.concatenate([np.ones((len(cut), 1)), cut, cut**2], axis=1)


def _regression_summaries(
    scaled: Matrix, target: NDArray[np.float64], positions: Matrix
) -> tuple[Matrix, NDArray[np.float64]]:
    """Each number as the figures foretell it, in units of what is foretold: one summary for each number."""
    features = _features(scaled)
    coefficients, *_ = np.linalg.lstsq(features, positions, rcond=None)
    foretold = features @ coefficients
    aim = _features(target[None, :]) @ coefficients
    error = (positions - foretold).std(axis=0)
    return foretold / error, aim[0] / error


def _regression_adjustment(positions: Matrix, off: Matrix, weights: NDArray[np.float64]) -> Matrix:
    """Positions moved to where they would be had their figures been the counted ones, within their ranges."""
    inside = np.clip(positions, EDGE, 1.0 - EDGE)
    logit = np.log(inside / (1.0 - inside))
    design = np.concatenate([np.ones((len(off), 1)), off], axis=1)
    root = np.sqrt(weights)[:, None]
    ridge = 1e-3 * len(off) * np.diag([0.0] + [1.0] * off.shape[1])
    slopes = np.linalg.solve(
        (root * design).T @ (root * design) + ridge * weights.mean(), (root * design).T @ (root * logit)
    )
    return np.asarray(1.0 / (1.0 + np.exp(-(logit - off @ slopes[1:]))))


def _quantile(values: NDArray[np.float64], weights: NDArray[np.float64], shares: list[float]) -> NDArray[np.float64]:
    order = np.argsort(values)
    along = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.interp(shares, along / weights.sum(), values[order])


@dataclass(frozen=True)
class Recovery:
    """Known numbers fitted again from the figures of one of their own worlds.

    By number: correlation of the fitted median with the truth, and the share of 90 % intervals that hold the truth.
    """

    correlation: NDArray[np.float64]
    coverage: NDArray[np.float64]
    trials: int


def recover(table: ReferenceTable, trials: int, seed: int, kept: float = ACCEPTED_SHARE) -> Recovery:
    """Take draws of the table for what was counted, one by one, and fit them from all the others."""
    whole = np.flatnonzero(np.isfinite(table.figures).all(axis=1))
    chosen = np.random.default_rng(seed).choice(whole, trials, replace=False)
    medians, inside = [], []
    for row in chosen:
        low, middle, high = fit(table.without(row), table.figures[row], kept).quantiles([0.05, 0.5, 0.95])
        truth = table.positions[row]
        medians.append(middle)
        inside.append((low <= truth) & (truth <= high))
    truths, found = table.positions[chosen], np.array(medians)
    correlation = np.array([np.corrcoef(truths[:, k], found[:, k])[0, 1] for k in range(truths.shape[1])])
    return Recovery(correlation, np.mean(inside, axis=0), trials)
