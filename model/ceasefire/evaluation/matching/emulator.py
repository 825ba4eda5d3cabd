"""An emulator: the mean of a figure at any draw of the numbers, by ridge regression on what was simulated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ceasefire.array_types import FloatArray

CURVED = 25
"""Numbers that get a square as well: those on which the figure hangs most."""

PENALTIES = 10.0 ** np.arange(-1.0, 6.5, 0.5)


@dataclass(frozen=True, eq=False)
class Emulated:
    """Emulated means of all draws (draws,); error variance and share of variance explained, both left one out."""

    mean: FloatArray
    error: float
    explained: float


def standardised(columns: FloatArray) -> FloatArray:
    """Columns (draws, numbers) with mean 0 and spread 1; those that do not vary are left out."""
    spread = columns.std(axis=0)
    kept = columns[:, spread > 0]
    return np.asarray((kept - kept.mean(axis=0)) / spread[spread > 0])


def emulate(numbers: FloatArray, values: FloatArray) -> Emulated:
    """Emulate `values` (draws,), not-a-number where nothing was simulated, from `numbers` (draws, k), standardised.

    Linear terms, and squares of the CURVED numbers with the greatest correlation; the penalty is chosen by leaving one
    draw out, in closed form (Golub, Heath and Wahba 1979). ValueError for fewer than ten values.
    """
    known = np.isfinite(values)
    if known.sum() < 10:
        raise ValueError("too few draws have a value")
    target = values[known] - values[known].mean()
    correlation = np.abs(numbers[known].T @ target)
    curved = numbers[:, np.argsort(-correlation, kind="stable")[:CURVED]]
    design = np.column_stack([numbers, standardised(curved**2)])
    centre = design[known].mean(axis=0)
    left, scales, right = np.linalg.svd(design[known] - centre, full_matrices=False)
    along = left.T @ target
    best: tuple[float, FloatArray] | None = None
    for penalty in PENALTIES:
        shrunk = scales**2 / (scales**2 + penalty)
        hat = 1.0 / known.sum() + (left**2) @ shrunk
        error = float((((target - left @ (shrunk * along)) / np.maximum(1.0 - hat, 1e-3)) ** 2).mean())
        if best is None or error < best[0]:
            best = error, right.T @ (shrunk / np.maximum(scales, 1e-12) * along)
    assert best is not None
    error, coefficients = best
    variance = float(target.var())
    explained = max(0.0, 1.0 - error / variance) if variance > 0 else 0.0
    return Emulated(values[known].mean() + (design - centre) @ coefficients, error, explained)
