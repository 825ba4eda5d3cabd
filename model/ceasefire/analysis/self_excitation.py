"""How many incidents answer earlier ones: a discrete-time Hawkes process with a trend, fitted to daily counts."""

from __future__ import annotations

import numpy as np

from ceasefire.array_types import FloatArray

MEMORY_DAYS = 14.0
"""Mean memory of the exponential kernel. [days] Lewis et al. (2012): two to six weeks; held fixed: months of daily
counts do not tell it."""

LONGEST_MEMORY_DAYS = 56
"""The kernel is cut here. [days]"""

LEAST_RATE = 1e-9


def answered_share(incidents: FloatArray) -> float:
    """Share of incidents that answer earlier ones, by maximum likelihood [0-1].

    `incidents` has shape (days,) [incidents a day]. The model: Poisson counts with the rate exp(a + b day) + n x the
    weighted mean of the incidents of the days before (weights fall as exp(-lag / MEMORY_DAYS)); n is the branching
    ratio, and so the share. Not a number when there is no incident. Hawkes (1971).
    """
    from scipy.optimize import minimize

    incidents = np.asarray(incidents, dtype=np.float64)
    if not incidents.any():
        return float("nan")
    centred = np.arange(len(incidents)) / len(incidents) - 0.5
    before = weighted_past(incidents)

    def loss(at: FloatArray) -> tuple[float, FloatArray]:
        background = np.exp(np.clip(at[0] + at[1] * centred, -20.0, 20.0))
        rate = np.maximum(background + at[2] * before, LEAST_RATE)
        pull = 1.0 - incidents / rate
        slope = np.array([(pull * background).sum(), (pull * background * centred).sum(), (pull * before).sum()])
        return float((rate - incidents * np.log(rate)).sum()), slope

    first = float(np.log(incidents.mean()))
    starts = [np.array([first + np.log(1.0 - share), 0.0, share]) for share in (0.05, 0.4, 0.8)]
    bounds = [(-20.0, 10.0), (-20.0, 20.0), (0.0, 0.999)]
    found = [minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds) for start in starts]
    return float(min(found, key=lambda fit: fit.fun).x[2])


def weighted_past(incidents: FloatArray) -> FloatArray:
    """Weighted mean of the incidents of the days before, by day, shape (days,); nothing happened before the first."""
    weights = np.exp(-np.arange(1, LONGEST_MEMORY_DAYS + 1) / MEMORY_DAYS)
    weights /= weights.sum()
    return np.convolve(incidents, np.concatenate([[0.0], weights]))[: len(incidents)]
