"""Survival when some ends are only known to lie between two days."""

from __future__ import annotations

import numpy as np

from ceasefire.analysis.binned import BINS, chance
from ceasefire.array_types import FloatArray


def turnbull(low: FloatArray, high: FloatArray, steps: int = 2000, tolerance: float = 1e-7) -> FloatArray:
    """Masses of ends in the bins of analysis.binned, most likely under ends in [low, high); shape (BINS,).

    An infinite `high` is a duration censored at `low`. With dated ends only this is Kaplan-Meier in these bins.
    Within a bin ends are spread evenly. Turnbull (1976), by expectation and maximisation. ValueError without durations.
    """
    return np.asarray(turnbull_again(low, high, np.ones((1, len(low))), steps, tolerance)[0])


def turnbull_again(
    low: FloatArray, high: FloatArray, times: FloatArray, steps: int = 200, tolerance: float = 1e-5
) -> FloatArray:
    """The same for samples drawn again, each duration `times` over, shape (samples, n); masses (samples, BINS)."""
    if len(low) == 0:
        raise ValueError("no durations: nothing to estimate")
    each = np.eye(BINS)
    within = np.array([chance(each[b], low, high) for b in range(BINS)]).T
    mass = np.full((len(times), BINS), 1.0 / BINS)
    for _ in range(steps):
        total = np.maximum(mass @ within.T, 1e-300)
        new = mass * ((times / total) @ within)
        new /= new.sum(axis=1, keepdims=True)
        still = float(np.abs(new - mass).max()) >= tolerance
        mass = new
        if not still:
            break
    return np.asarray(mass)
