"""Cox regression by Breslow's partial likelihood (Cox 1972, Breslow 1974), over scipy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray

MOST_LOG_RISK = 30.0
"""Largest absolute logarithm of a hazard ratio."""


def breslow_slopes(x: FloatArray, days: FloatArray, ended: NDArray[np.bool_], ridge: float = 0.0) -> FloatArray:
    """Log hazard ratios that are most likely by Breslow's partial likelihood, with a ridge penalty.

    x has shape (n, columns), without a constant; `days` and `ended` have shape (n,): censored where not ended.
    """
    from scipy.optimize import minimize

    order = np.argsort(-days, kind="stable")
    x, day, event = x[order], days[order], ended[order]
    last = np.searchsorted(-day, -day, side="right") - 1  # last position of those still at risk on that day

    def loss(beta: FloatArray) -> tuple[float, FloatArray]:
        risk = _risk(x, beta)
        at_risk, weighted = np.cumsum(risk)[last], np.cumsum(risk[:, None] * x, axis=0)[last]
        value = ((x @ beta - np.log(at_risk))[event]).sum() - ridge * beta @ beta
        slope = (x - weighted / at_risk[:, None])[event].sum(axis=0) - 2 * ridge * beta
        return -float(value), -slope

    start = np.zeros(x.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"ftol": 1e-13, "gtol": 1e-8}).x)


def breslow_survival(
    x: FloatArray, days: FloatArray, ended: NDArray[np.bool_], beta: FloatArray, wanted: FloatArray, edges: FloatArray
) -> FloatArray:
    """P(T >= edge) of deals with covariates `wanted`, shape (wanted, edges), from Breslow's baseline hazard."""
    risk = _risk(x, beta)
    times = np.unique(days[ended])
    steps = np.array([(ended & (days == t)).sum() / risk[days >= t].sum() for t in times])
    hazard = np.concatenate([[0.0], np.cumsum(steps)])[np.searchsorted(times, edges)]
    return np.asarray(np.exp(-hazard[None, :] * _risk(wanted, beta)[:, None]))


def middle_days(low: FloatArray, high: FloatArray) -> FloatArray:
    """Days of each deal, an undated end in the middle of its interval; the last day seen where it had not ended."""
    ended = ~np.isinf(high)
    return np.asarray(np.where(ended, np.floor((low + np.where(ended, high, 0.0) - 1.0) / 2) + 0.5, low))


def _risk(x: FloatArray, beta: FloatArray) -> FloatArray:
    return np.asarray(np.exp(np.clip(x @ beta, -MOST_LOG_RISK, MOST_LOG_RISK)))
