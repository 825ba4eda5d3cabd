"""Survival when some ends are only known to lie between two days."""

from __future__ import annotations

import numpy as np

from ceasefire.analysis.binned import BINS, Floats, chance


def turnbull(low: Floats, high: Floats, steps: int = 2000, tolerance: float = 1e-7) -> Floats:
    """Masses of ends in the bins of analysis.binned, most likely under ends in [low, high); shape (BINS,).

    An infinite `high` is a duration censored at `low`. With dated ends only this is Kaplan-Meier in these bins.
    Within a bin ends are spread evenly. Turnbull (1976), by expectation and maximisation.
    """
    if len(low) == 0:
        raise ValueError("no durations: nothing to estimate")
    each = np.eye(BINS)
    within = np.array([chance(each[b], low, high) for b in range(BINS)]).T
    mass = np.full(BINS, 1.0 / BINS)
    for _ in range(steps):
        part = within * mass
        total = part.sum(axis=1, keepdims=True)
        new = (part / np.maximum(total, 1e-300)).mean(axis=0)
        new /= new.sum()
        if np.abs(new - mass).max() < tolerance:
            return np.asarray(new)
        mass = new
    return np.asarray(mass)
