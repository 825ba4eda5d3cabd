"""How outcomes go along with factors that were drawn at random; and what chance alone does to a screening."""

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
    """How far an outcome rises with each factor, from -1 to 1: Spearman's correlation, with 95 % limits (Fisher's z).

    `codes` has shape (points, factors). Points where either is not a number are left out; a factor that never
    varies has no correlation. The strongest comes first.
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
    """The mean size of Morris effects of a factor without any, when a step's difference has this standard error.

    Half-normal: sqrt(2 / pi) standard errors, over the length of a step, levels / (2 (levels - 1)).
    """
    return standard_error * float(np.sqrt(2 / np.pi)) * 2 * (levels - 1) / levels


RESAMPLES = 400
LEAST_SETS = 4
"""Fewer trajectories or blocks than this say nothing about their own error."""


@dataclass(frozen=True)
class Effect:
    """Morris: what moving one factor over its whole range does to the outcome, in the unit of the outcome.

    `size` is the mean of the absolute effects (mu*) with its 95 % interval; `mean` keeps the sign (mu); `spread`
    (sigma) is large beside it when the effect depends on where the other factors stand.
    """

    name: str
    size: Interval
    mean: float
    spread: float


@dataclass(frozen=True)
class Influence:
    """Sobol: share of the outcome's variance due to a factor by itself (first), and with all its interplay (total)."""

    name: str
    first: Interval
    total: Interval


@dataclass(frozen=True)
class Screening:
    """Effects, the largest first; trajectories used, and left out because a point failed."""

    effects: tuple[Effect, ...]
    trajectories: int
    left_out: int


@dataclass(frozen=True)
class Influences:
    """Influences, the largest total first; blocks used and left out; share of the variance that is chance.

    `noise` is the mean variance of the points' means over that of the outcome: with the same worlds at every point,
    much of it is shared and disturbs less than if it were each point's own. None when it was not given.
    """

    factors: tuple[Influence, ...]
    blocks: int
    left_out: int
    noise: float | None


def morris(names: Sequence[str], positions: npt.ArrayLike, outcomes: npt.ArrayLike, levels: int = 4) -> Screening:
    """Effects from trajectories of SALib's Morris design.

    `positions` (points, factors) are the factors' places in their ranges, 0 to 1, in the order of the design;
    `outcomes` (points,) is not a number where a point failed. ValueError when these do not fit a design, or fewer
    than four trajectories are left.
    """
    from SALib.analyze import morris as salib

    placed, values = np.asarray(positions, dtype=float), np.asarray(outcomes, dtype=float)
    length = len(names) + 1
    if placed.shape != (len(values), len(names)) or len(values) % length:
        raise ValueError(f"{len(values)} points are no whole trajectories of {length}")
    kept, left_out = _whole_sets(values, length, "trajectories")
    effects = salib.analyze(
        _problem(names), placed[kept], values[kept], num_resamples=RESAMPLES, num_levels=levels, seed=1
    )
    found = [
        Effect(name, Interval(size, max(0.0, size - half), size + half), float(mean), float(spread))
        for name, size, half, mean, spread in zip(
            names, _floats(effects["mu_star"]), _floats(effects["mu_star_conf"]), effects["mu"], effects["sigma"],
            strict=True,
        )
    ]  # fmt: skip
    ranked = sorted(found, key=lambda each: (-each.size.value, each.name))
    return Screening(tuple(ranked), int(kept.sum()) // length, left_out)


def sobol(
    names: Sequence[str],
    outcomes: npt.ArrayLike,
    second_order: bool = False,
    point_variance: npt.ArrayLike | None = None,
) -> Influences:
    """First-order and total indices from blocks of SALib's Sobol design, with bootstrap 95 % intervals.

    `outcomes` (points,) in the order of the design, not a number where a point failed; `point_variance` is the
    variance of each point's mean over its worlds. ValueError when the points are no whole blocks, fewer than four
    blocks are left, or the outcome never varies.
    """
    from SALib.analyze import sobol as salib

    values = np.asarray(outcomes, dtype=float)
    length = (2 if second_order else 1) * len(names) + 2
    if len(values) % length:
        raise ValueError(f"{len(values)} points are no whole blocks of {length}")
    kept, left_out = _whole_sets(values, length, "blocks")
    if np.ptp(values[kept]) == 0:
        raise ValueError("the outcome is the same at every point: there is no variance to share out")
    shares = salib.analyze(
        _problem(names), values[kept], calc_second_order=second_order, num_resamples=RESAMPLES, seed=1
    )
    first, total = (_intervals(shares[key], shares[f"{key}_conf"]) for key in ("S1", "ST"))
    found = [Influence(name, *both) for name, *both in zip(names, first, total, strict=True)]
    ranked = sorted(found, key=lambda each: (-each.total.value, each.name))
    noise = None
    if point_variance is not None:
        noise = float(np.asarray(point_variance, dtype=float)[kept].mean() / values[kept].var())
    return Influences(tuple(ranked), int(kept.sum()) // length, left_out, noise)


def _whole_sets(values: FloatArray, length: int, what: str) -> tuple[npt.NDArray[np.bool_], int]:
    """Which points belong to sets without a failed point, and how many sets are left out."""
    sound = np.asarray(np.isfinite(values).reshape(-1, length).all(axis=1), dtype=bool)
    if sound.sum() < LEAST_SETS:
        raise ValueError(f"{int(sound.sum())} whole {what} are left of {len(sound)}: at least {LEAST_SETS} are needed")
    return np.repeat(sound, length), int((~sound).sum())


def _problem(names: Sequence[str]) -> dict[str, object]:
    """What SALib wants to know of the factors."""
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _floats(values: npt.ArrayLike) -> list[float]:
    return [float(value) for value in np.ma.filled(np.ma.asarray(values), np.nan)]


def _intervals(values: npt.ArrayLike, halves: npt.ArrayLike) -> list[Interval]:
    """Estimates with their half-widths, as intervals."""
    return [Interval(v, v - h, v + h) for v, h in zip(_floats(values), _floats(halves), strict=True)]
