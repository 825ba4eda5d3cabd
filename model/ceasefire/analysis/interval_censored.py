"""Distributions of interval-censored durations on fixed bins: probabilities, and Turnbull's estimator."""

from __future__ import annotations

import numpy as np

from ceasefire.array_types import FloatArray

EDGES: FloatArray = np.array(
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 21, 25, 30, 37, 45, 60, 75, 90, 120, 150, 180, 240, 300, 365, 450,
     545, 730, 912, 1095, 1460, 1825], np.float64,
)  # fmt: skip
"""Edges of the bins [days]. Within a bin the probability is spread evenly; all beyond the last edge is one bin."""

HORIZON = float(EDGES[-1])
BINS = len(EDGES)
"""One bin for each edge: [edge, next edge), the last of them [HORIZON, infinity)."""


def masses(days: FloatArray) -> FloatArray:
    """Share of durations [days] in each bin, shape (BINS,); HORIZON or more counts as still holding."""
    counts = np.bincount(np.searchsorted(EDGES, days, side="right") - 1, minlength=BINS)
    return counts / len(days)


def masses_alive(alive: FloatArray) -> FloatArray:
    """Masses of the bins from P(T >= edge), both of shape (..., BINS)."""
    after = np.concatenate([alive[..., 1:], np.zeros((*alive.shape[:-1], 1))], axis=-1)
    return np.asarray(np.maximum(alive - after, 0.0))


def surviving(mass: FloatArray, day: FloatArray | float) -> FloatArray:
    """P(T >= day) for masses of shape (..., BINS) and days that broadcast against the leading shape.

    Days beyond the horizon count as the horizon, because all beyond it is one bin.
    """
    at_edges = np.maximum(
        0.0, 1.0 - np.concatenate([np.zeros((*mass.shape[:-1], 1)), np.cumsum(mass, -1)[..., :-1]], -1)
    )
    when = np.minimum(np.asarray(day, np.float64), HORIZON)
    left = np.clip(np.searchsorted(EDGES, when, side="right") - 1, 0, BINS - 2)
    part = (when - EDGES[left]) / (EDGES[left + 1] - EDGES[left])
    shape = np.broadcast_shapes(left.shape, mass.shape[:-1])
    left, part = np.broadcast_to(left, shape), np.broadcast_to(part, shape)
    at = np.broadcast_to(at_edges, (*shape, BINS))
    before = np.take_along_axis(at, left[..., None], -1)[..., 0]
    after = np.take_along_axis(at, left[..., None] + 1, -1)[..., 0]
    return np.asarray((1.0 - part) * before + part * after)


def probability_between(mass: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """P(low <= T < high), the likelihood of an observation; `high` is infinite for a right-censored duration.

    An end beyond the horizon counts as censored at the horizon.
    """
    limit = np.where(np.isinf(high) | (low >= HORIZON) | (high > HORIZON), np.inf, high)
    upper = np.where(np.isinf(limit), 0.0, surviving(mass, np.where(np.isinf(limit), 0.0, limit)))
    return surviving(mass, low) - upper


def turnbull(low: FloatArray, high: FloatArray, steps: int = 2000, tolerance: float = 1e-7) -> FloatArray:
    """Maximum-likelihood masses of the bins for ends in [low, high), shape (BINS,). Turnbull (1976), by EM.

    An infinite `high` is a duration censored at `low`. If all ends are dated, this is Kaplan-Meier on these bins.
    ValueError without durations.
    """
    return np.asarray(turnbull_bootstrap(low, high, np.ones((1, len(low))), steps, tolerance)[0])


def turnbull_bootstrap(
    low: FloatArray, high: FloatArray, times: FloatArray, steps: int = 200, tolerance: float = 1e-5
) -> FloatArray:
    """As `turnbull`, for bootstrap samples: `times` (samples, n) are the multiplicities; masses (samples, BINS)."""
    if len(low) == 0:
        raise ValueError("no durations: nothing to estimate")
    unit = np.eye(BINS)
    within = np.array([probability_between(unit[b], low, high) for b in range(BINS)]).T
    mass = np.full((len(times), BINS), 1.0 / BINS)
    for _ in range(steps):
        total = np.maximum(mass @ within.T, 1e-300)
        new = mass * ((times / total) @ within)
        new /= new.sum(axis=1, keepdims=True)
        changing = float(np.abs(new - mass).max()) >= tolerance
        mass = new
        if not changing:
            break
    return np.asarray(mass)
