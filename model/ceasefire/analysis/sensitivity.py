"""Global sensitivity: rank correlations, Morris screening and its noise level, Sobol indices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ceasefire.analysis.estimates import Z_95, Interval
from ceasefire.array_types import FloatArray

LEAST_POINTS = 4


def rank_correlations(codes: FloatArray, means: FloatArray, names: list[str]) -> pd.DataFrame:
    """Spearman's rank correlation of the outcome with each factor, with 95 % limits by Fisher's z.

    `codes` has shape (points, factors). Points where either is not a number are left out; a factor that does not vary
    has no correlation. The strongest comes first.
    """
    from scipy.stats import spearmanr

    rows = []
    for name, column in zip(names, codes.T, strict=True):
        known = np.isfinite(column) & np.isfinite(means)
        count = int(known.sum())
        varies = count >= LEAST_POINTS and np.ptp(column[known]) > 0 and np.ptp(means[known]) > 0
        rho = float(spearmanr(column[known], means[known]).statistic) if varies else float("nan")
        half = Z_95 * np.sqrt((1 + rho**2 / 2) / max(count - 3, 1))
        z = np.arctanh(np.clip(rho, -0.9999, 0.9999))
        rows.append({"factor": name, "correlation": rho, "low": np.tanh(z - half), "high": np.tanh(z + half)})
    table = pd.DataFrame(rows)
    order = table["correlation"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def effect_by_chance(standard_error: float, levels: int) -> float:
    """Expected mu* of a factor without effect, when the difference over one step has this standard error.

    The mean of a half-normal, sqrt(2 / pi) standard errors, divided by the step, levels / (2 (levels - 1)).
    """
    return standard_error * float(np.sqrt(2 / np.pi)) * 2 * (levels - 1) / levels


RESAMPLES = 400
LEAST_SETS = 4
"""Fewest trajectories or blocks from which an interval is estimated."""


@dataclass(frozen=True)
class Effect:
    """Morris effect of moving one factor over its whole range, in the unit of the outcome.

    `size` is the mean of the absolute effects (mu*) with its 95 % interval; `mean` is the mean with sign (mu);
    `spread` (sigma) is large relative to it when the effect depends on the values of the other factors.
    """

    name: str
    size: Interval
    mean: float
    spread: float


@dataclass(frozen=True)
class Influence:
    """Sobol indices: share of variance due to a factor alone (first), and including its interactions (total)."""

    name: str
    first: Interval
    total: Interval


@dataclass(frozen=True)
class Screening:
    """Effects, the largest first; trajectories used, and trajectories left out because a point failed."""

    effects: tuple[Effect, ...]
    trajectories: int
    left_out: int


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


def morris(names: Sequence[str], positions: npt.ArrayLike, outcomes: npt.ArrayLike, levels: int = 4) -> Screening:
    """Effects from trajectories of SALib's Morris design.

    `positions` (points, factors) are the factors' positions in their ranges, 0 to 1, in the order of the design;
    `outcomes` (points,) are not a number where a point failed. ValueError when the arrays do not fit a design, or
    fewer than four trajectories are left.
    """
    from SALib.analyze import morris as salib

    points, values = np.asarray(positions, dtype=float), np.asarray(outcomes, dtype=float)
    length = len(names) + 1
    if points.shape != (len(values), len(names)) or len(values) % length:
        raise ValueError(f"{len(values)} points are not a whole number of trajectories of {length}")
    complete, left_out = _complete_sets(values, length, "trajectories")
    effects = salib.analyze(
        _problem(names), points[complete], values[complete], num_resamples=RESAMPLES, num_levels=levels, seed=1
    )
    rows = [
        Effect(name, Interval(size, max(0.0, size - half), size + half), float(mean), float(spread))
        for name, size, half, mean, spread in zip(
            names, _floats(effects["mu_star"]), _floats(effects["mu_star_conf"]), effects["mu"], effects["sigma"],
            strict=True,
        )
    ]  # fmt: skip
    ranked = sorted(rows, key=lambda each: (-each.size.value, each.name))
    return Screening(tuple(ranked), int(complete.sum()) // length, left_out)


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
    complete, left_out = _complete_sets(values, length, "blocks")
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


def _complete_sets(values: FloatArray, length: int, what: str) -> tuple[npt.NDArray[np.bool_], int]:
    """Mask of the points in sets without a failed point, and the number of sets left out."""
    complete = np.asarray(np.isfinite(values).reshape(-1, length).all(axis=1), dtype=bool)
    if complete.sum() < LEAST_SETS:
        raise ValueError(
            f"{int(complete.sum())} whole {what} are left of {len(complete)}: at least {LEAST_SETS} are needed"
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
