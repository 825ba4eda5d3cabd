"""Which of many factors matter: Morris effects with the steps really taken, rank correlations, false discoveries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ceasefire.analysis.estimates import Interval, mean_interval
from ceasefire.array_types import BoolArray, FloatArray

LEAST_TRAJECTORIES = 4
LEAST_POINTS = 4
FALSE_DISCOVERIES = 0.10
"""Share of the factors above the line that may be there by chance."""


@dataclass(frozen=True)
class MorrisEffect:
    """What moving one factor over its whole range does, in the unit of the outcome.

    `size`: mean of the absolute effects (mu*) with its interval; `mean` keeps the sign (mu), and is not a number where
    values have no order; `spread` (sigma); `by_chance`: mean size that noise alone would show; `steps` that moved the
    factor, and `unmoved` steps that set the value it had; `inert`: no step changed the outcome in the least.
    """

    name: str
    size: Interval
    mean: float
    spread: float
    by_chance: float
    steps: int
    unmoved: int
    inert: bool


def places_in_range(codes: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike) -> FloatArray:
    """Where values that were set lie in the range of their factor, 0 to 1; shapes (points, factors) and (factors,).

    A switch is 0 or 1, and so is a list of two values: a step of such a factor goes over its whole range. ValueError
    where a range has no width.
    """
    given, least, most = (np.asarray(each, dtype=float) for each in (codes, low, high))
    if (most <= least).any():
        raise ValueError("a factor's range has no width: it cannot be moved")
    return np.asarray((given - least) / (most - least))


def morris_effects(
    names: Sequence[str],
    places: npt.ArrayLike,
    outcomes: npt.ArrayLike,
    step_error: float = 0.0,
    unordered: Collection[str] = (),
    worlds: npt.ArrayLike | None = None,
) -> list[MorrisEffect]:
    """Effects, the largest first, from trajectories in which each step moves one factor.

    `places` (points, factors) are where the values that were really set lie in their ranges, 0 to 1, not the quantiles
    that the sampler asked for: a step is divided by its own length. A step of an `unordered` factor, a list of names,
    is from one value to another and has no length. `step_error` is the standard error of the difference of
    neighbouring points. `worlds` (points, worlds) are the outcomes of the worlds that all points share: the error of
    having so few of them is then in the intervals, beside that of so few trajectories. Trajectories with a failed point
    (not a number) are left out whole. ValueError when points are no trajectories, a step moves more than one factor, or
    fewer than four are left.
    """
    placed, values = np.asarray(places, dtype=float), np.asarray(outcomes, dtype=float)
    length = len(names) + 1
    if placed.shape != (len(values), len(names)) or len(values) % length:
        raise ValueError(f"{len(values)} points are no whole trajectories of {length}")
    paths, results = placed.reshape(-1, length, len(names)), values.reshape(-1, length)
    sound = np.isfinite(results).all(axis=1)
    if sound.sum() < LEAST_TRAJECTORIES:
        raise ValueError(f"{int(sound.sum())} whole trajectories are left: at least {LEAST_TRAJECTORIES} are needed")
    moves, gains = np.diff(paths[sound], axis=1), np.diff(results[sound], axis=1)
    moved = moves != 0
    if (moved.sum(axis=2) > 1).any():
        raise ValueError("a step moves more than one factor: not a one-at-a-time trajectory")
    each = None
    if worlds is not None:
        each = np.diff(np.asarray(worlds, dtype=float).reshape(*results.shape, -1)[sound], axis=1)
    found = [
        _effect(name, moves[:, :, k], gains, moved[:, :, k], name in unordered, step_error, each)
        for k, name in enumerate(names)
    ]
    return sorted(found, key=lambda each: (-np.nan_to_num(each.size.value, nan=-1.0), each.name))


def _effect(
    name: str, moves: FloatArray, gains: FloatArray, moved: BoolArray, unordered: bool, step_error: float,
    worlds: FloatArray | None,
) -> MorrisEffect:  # fmt: skip
    trajectories = len(moves)
    if not moved.any():
        nothing = Interval(np.nan, np.nan, np.nan)
        return MorrisEffect(name, nothing, np.nan, np.nan, np.nan, 0, trajectories, False)
    step = np.sign(moves[moved]) if unordered else moves[moved]
    effects = gains[moved] / step
    size = mean_interval(np.abs(effects))
    if worlds is not None and worlds.shape[-1] > 1:
        signed = worlds[moved] / step[:, None] * np.where(effects < 0, -1.0, 1.0)[:, None]
        size = _with_error_of_worlds(size, mean_interval(signed.mean(axis=0)))
    spread = float(effects.std(ddof=1)) if len(effects) > 1 else float("nan")
    return MorrisEffect(
        name,
        Interval(size.value, max(0.0, size.low), size.high),
        float("nan") if unordered else float(effects.mean()),
        spread,
        size_by_chance(step_error, step),
        len(effects),
        trajectories - len(effects),
        bool((gains[moved] == 0).all()),
    )


def _with_error_of_worlds(size: Interval, by_world: Interval) -> Interval:
    """An interval over trajectories, widened by that over the worlds that they share; the errors are independent."""
    half = float(np.hypot(size.high - size.value, by_world.high - by_world.value))
    return Interval(size.value, size.value - half, size.value + half)


def size_by_chance(step_error: float, steps: npt.ArrayLike) -> float:
    """Mean size of effects of a factor without any: half-normal, over the length of each step that was taken."""
    lengths = np.abs(np.asarray(steps, dtype=float))
    return float(step_error * np.sqrt(2 / np.pi) * (1 / lengths).mean())


def false_discovery(p_values: npt.ArrayLike) -> FloatArray:
    """q-values: the least false-discovery rate at which each test stands out. Benjamini and Hochberg (1995).

    Not a number where the p-value is none; such tests do not count.
    """
    p = np.asarray(p_values, dtype=float).ravel()
    found = np.full(len(p), np.nan)
    known = np.flatnonzero(np.isfinite(p))
    order = known[np.argsort(p[known], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    found[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return found


@dataclass(frozen=True, eq=False)
class RankScreening:
    """Rank correlations, the strongest first, and the `line`: correlations from it on stand out.

    Table: factor, correlation, low, high (95 %, each by itself), p, q, stands_out. `line` is infinite when none does.
    `left_out`: factors that cannot act, or never varied.
    """

    table: pd.DataFrame
    line: float
    rate: float
    left_out: tuple[str, ...]


def rank_screening(
    codes: npt.ArrayLike,
    outcomes: npt.ArrayLike,
    names: Sequence[str],
    inert: Collection[str] = (),
    rate: float = FALSE_DISCOVERIES,
) -> RankScreening:
    """Spearman's correlation of an outcome (points,) with each factor of codes (points, factors).

    Factors known to be `inert` are left out before anything is counted: each of them would raise the line for all
    others. Points where either is not a number are left out. p-values are Student's. ValueError when no factor varies.
    """
    given, values = np.asarray(codes, dtype=float), np.asarray(outcomes, dtype=float)
    rows, left_out = [], []
    for name, column in zip(names, given.T, strict=True):
        known = np.isfinite(column) & np.isfinite(values)
        few = known.sum() < LEAST_POINTS
        if name in inert or few or np.ptp(column[known]) == 0 or np.ptp(values[known]) == 0:
            left_out.append(name)
        else:
            rows.append({"factor": name, **_rank_correlation(column[known], values[known])})
    if not rows:
        raise ValueError("no factor varies together with the outcome: nothing can be ranked")
    table = pd.DataFrame(rows)
    table["q"] = false_discovery(table["p"])
    table["stands_out"] = table["q"] <= rate
    order = table["correlation"].abs().sort_values(ascending=False, kind="stable").index
    table = table.loc[order].reset_index(drop=True)
    above = table.loc[table["stands_out"], "correlation"].abs()
    return RankScreening(table, float(above.min()) if len(above) else float("inf"), rate, tuple(left_out))


def inert_factors(names: Sequence[str], outcomes: npt.ArrayLike, changed: npt.ArrayLike) -> tuple[str, ...]:
    """Factors that changed no world at all.

    `changed` (factors, worlds) is what each does alone to `outcomes` (worlds,), or to those of its
    own (factors, worlds). On the same worlds a factor that cannot act leaves every outcome the same to the last bit.
    """
    here, there = np.asarray(changed, dtype=float), np.asarray(outcomes, dtype=float)
    alike = (here == there) | (np.isnan(here) & np.isnan(there))
    return tuple(name for name, still in zip(names, alike.all(axis=1), strict=True) if still)


def _rank_correlation(column: FloatArray, values: FloatArray) -> dict[str, float]:
    """Spearman's correlation with limits by Fisher's z (Bonett and Wright 2000) and Student's p-value."""
    from scipy.special import stdtr

    count = len(column)
    rho = float(np.corrcoef(pd.Series(column).rank(), pd.Series(values).rank())[0, 1])
    half = 1.959963984540054 * np.sqrt((1 + rho**2 / 2) / max(count - 3, 1))
    z = np.arctanh(np.clip(rho, -0.9999, 0.9999))
    t = abs(rho) * np.sqrt((count - 2) / max(1e-12, 1 - rho**2))
    p = 2 * float(stdtr(count - 2, -t))
    return {"correlation": rho, "low": float(np.tanh(z - half)), "high": float(np.tanh(z + half)), "p": p}
