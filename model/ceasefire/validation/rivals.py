"""What the model must beat: simple forecasts of the same deals from the same features, stated in the same bins."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.linalg import qr
from scipy.optimize import minimize
from scipy.special import log_ndtr

from ceasefire.analysis.binned import BINS, EDGES, Floats
from ceasefire.analysis.turnbull import turnbull
from ceasefire.population.deals import Seen
from ceasefire.population.features import Features
from ceasefire.population.fit import design

Rival = Callable[[Sequence[Features], Seen, Sequence[Features]], Floats]
"""Learns from some deals and what was seen of them; forecasts others: masses of shape (n, BINS)."""


def by_class(learnt: Sequence[Features], what: Seen, wanted: Sequence[Features]) -> Floats:
    """The survival curve of the deal's class and of nothing else: Kaplan-Meier, as Turnbull has it for hidden ends.

    Five deals more, that lived as all classes together do, keep every bin above 0.
    """
    pooled = 0.98 * turnbull(what.low, what.high) + 0.02 / BINS
    curves = {}
    for each in {f.ceasefire_class for f in (*learnt, *wanted)}:
        its = np.array([f.ceasefire_class == each for f in learnt])
        n = int(its.sum())
        own = turnbull(what.low[its], what.high[its]) if n else pooled
        curves[each] = (n * own + 5 * pooled) / (n + 5)
    return np.array([curves[f.ceasefire_class] for f in wanted])


def weibull(learnt: Sequence[Features], what: Seen, wanted: Sequence[Features]) -> Floats:
    """Weibull regression: the logarithm of the time is linear in the covariates, with extreme-value errors."""
    return _accelerated(learnt, what, wanted, lambda y: -np.exp(np.clip(y, -50, 50)))


def lognormal(learnt: Sequence[Features], what: Seen, wanted: Sequence[Features]) -> Floats:
    """The same with normal errors, which fit these durations better."""
    return _accelerated(learnt, what, wanted, lambda y: log_ndtr(-y))


def _accelerated(
    learnt: Sequence[Features], what: Seen, wanted: Sequence[Features], log_survival: Callable[[Floats], Floats]
) -> Floats:
    """Maximum likelihood on what was seen: days beyond the horizon are censored there.

    An undated end in [low, high) keeps its own upper limit, however late: cut to the horizon it would say that the
    deal had ended by then.
    """
    x = design(learnt)
    low, high = _log_days(what.low), np.log(np.maximum(np.where(np.isinf(what.high), 0.0, what.high), 1e-3))
    censored = np.isinf(what.high) | (what.low >= EDGES[-1])

    def loss(theta: Floats) -> float:
        mean, scale = x @ theta[:-1], np.exp(theta[-1])
        still = np.where(what.low <= 0, 0.0, log_survival((low - mean) / scale))
        after = log_survival((high - mean) / scale)
        within = still + np.log(np.maximum(-np.expm1(np.minimum(after - still, -1e-12)), 1e-300))
        return -float(np.where(censored, still, within).sum()) + 0.01 * float(theta[1:-1] @ theta[1:-1])

    start = np.concatenate([[3.0], np.zeros(x.shape[1] - 1), [1.0]])
    theta = minimize(loss, start, method="L-BFGS-B").x
    edges = _log_days(EDGES)
    mean = design(wanted) @ theta[:-1]
    alive = np.exp(log_survival((edges[None, :] - mean[:, None]) / np.exp(theta[-1])))
    alive[:, 0] = 1.0
    found: Floats = np.maximum(alive - np.concatenate([alive[:, 1:], np.zeros((len(alive), 1))], 1), 1e-9)
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def _log_days(days: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(np.minimum(days, EDGES[-1]), 1e-3)))


def cox(learnt: Sequence[Features], what: Seen, wanted: Sequence[Features]) -> Floats:
    """Cox regression with Breslow's baseline hazard. Undated ends are put in the middle of the time they may lie in."""
    from statsmodels.duration.hazard_regression import PHReg

    ended = ~np.isinf(what.high)
    days = np.where(ended, np.floor((what.low + np.where(ended, what.high, 0.0) - 1.0) / 2) + 0.5, what.low)
    x = design(learnt)[:, 1:]
    told_apart = _independent(x)
    x = x[:, told_apart]
    beta = np.asarray(PHReg(np.maximum(days, 0.25), x, status=ended.astype(int), ties="breslow").fit().params)
    risk = np.exp(x @ beta)
    times = np.unique(days[ended])
    steps = np.array([(ended & (days == t)).sum() / risk[days >= t].sum() for t in times])
    baseline = np.concatenate([[0.0], np.cumsum(steps)])[np.searchsorted(times, EDGES)]
    alive = np.exp(-baseline[None, :] * np.exp(design(wanted)[:, 1:][:, told_apart] @ beta)[:, None])
    mass = alive - np.concatenate([alive[:, 1:], np.zeros((len(alive), 1))], axis=1)
    pooled = 0.98 * turnbull(what.low, what.high) + 0.02 / BINS
    n = len(learnt)
    found: Floats = (n * mass + 5 * pooled) / (n + 5)
    return found


def _independent(x: Floats) -> list[int]:
    """Columns that vary and are no sum of others, as a regression without a constant needs; shape of x (n, columns)."""
    _, r, order = qr(x - x.mean(axis=0), mode="economic", pivoting=True)
    size = np.abs(np.diag(r))
    return sorted(int(k) for k, much in zip(order, size, strict=False) if much > 1e-8 * max(1.0, size[0]))


RIVALS: dict[str, Rival] = {
    "Kaplan-Meier by class": by_class,
    "Weibull regression": weibull,
    "lognormal regression": lognormal,
    "Cox regression": cox,
}
