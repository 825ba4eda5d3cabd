"""Global sensitivity: Sobol indices. Morris effects and rank correlations are in `screening`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ceasefire.analysis.estimates import Interval
from ceasefire.array_types import FloatArray

RESAMPLES = 400
LEAST_SETS = 4
"""Fewest blocks from which an interval is estimated."""


@dataclass(frozen=True)
class Influence:
    """Sobol indices: share of variance due to a factor alone (first), and including its interactions (total)."""

    name: str
    first: Interval
    total: Interval


@dataclass(frozen=True)
class Influences:
    """Indices, the largest total first; blocks used and left out; share of the variance that is sampling noise.

    `noise` is the mean sampling variance of the points' means divided by the variance of the outcome. With the same
    worlds at every point much of this noise is shared, and disturbs less than independent noise. None if not given.
    """

    factors: tuple[Influence, ...]
    blocks: int
    left_out: int
    noise: float | None


def sobol(
    names: Sequence[str],
    outcomes: npt.ArrayLike,
    second_order: bool = False,
    point_variance: npt.ArrayLike | None = None,
) -> Influences:
    """First-order and total indices from blocks of SALib's Sobol design, with bootstrap 95 % intervals.

    `outcomes` (points,) are in the order of the design, not a number where a point failed; `point_variance` is the
    sampling variance of each point's mean over its worlds. ValueError when the points are not whole blocks, fewer
    than four blocks are left, or the outcome does not vary.
    """
    from SALib.analyze import sobol as salib

    values = np.asarray(outcomes, dtype=float)
    length = (2 if second_order else 1) * len(names) + 2
    if len(values) % length:
        raise ValueError(f"{len(values)} points are not a whole number of blocks of {length}")
    complete, left_out = _complete_blocks(values, length)
    if np.ptp(values[complete]) == 0:
        raise ValueError("the outcome is the same at every point: there is no variance to explain")
    indices = salib.analyze(
        _problem(names), values[complete], calc_second_order=second_order, num_resamples=RESAMPLES, seed=1
    )
    first, total = (_intervals(indices[key], indices[f"{key}_conf"]) for key in ("S1", "ST"))
    influences = [Influence(name, *both) for name, *both in zip(names, first, total, strict=True)]
    ranked = sorted(influences, key=lambda each: (-each.total.value, each.name))
    noise = None
    if point_variance is not None:
        noise = float(np.asarray(point_variance, dtype=float)[complete].mean() / values[complete].var())
    return Influences(tuple(ranked), int(complete.sum()) // length, left_out, noise)


def _complete_blocks(values: FloatArray, length: int) -> tuple[npt.NDArray[np.bool_], int]:
    """Mask of the points in blocks without a failed point, and the number of blocks left out."""
    complete = np.asarray(np.isfinite(values).reshape(-1, length).all(axis=1), dtype=bool)
    if complete.sum() < LEAST_SETS:
        raise ValueError(
            f"{int(complete.sum())} whole blocks are left of {len(complete)}: at least {LEAST_SETS} are needed"
        )
    return np.repeat(complete, length), int((~complete).sum())


def _problem(names: Sequence[str]) -> dict[str, object]:
    """The factors in SALib's form."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _floats(values: npt.ArrayLike) -> list[float]:
    return [float(value) for value in np.ma.filled(np.ma.asarray(values), np.nan)]


def _intervals(values: npt.ArrayLike, halves: npt.ArrayLike) -> list[Interval]:
    """Estimates with their half-widths, as intervals."""
    return [Interval(v, v - h, v + h) for v, h in zip(_floats(values), _floats(halves), strict=True)]
