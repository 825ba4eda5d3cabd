"""Intervals for figures that were chosen because they are large: the best of many levers is partly the luckiest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from ceasefire.analysis.estimates import Interval
from ceasefire.array_types import FloatArray

REPEATS = 20_000
"""Draws from the joint distribution of errors; a critical value is known to about 0.01 of itself."""

SEED = 20
LEVEL = 0.95


@dataclass(frozen=True)
class Selected:
    """The figure that was chosen, and an interval that allows for the choice; `alone` does not.

    `ties`: the others that are not told apart from it, by simultaneous intervals of their differences.
    """

    name: str
    chosen: Interval
    alone: Interval
    ties: tuple[str, ...] = ()


def simultaneous_intervals(values: npt.ArrayLike) -> list[Interval]:
    """Means of several figures over the same draws, (figures, draws): all hold together in 95 %.

    Student's intervals widened by the largest of correlated errors (single-step max-T, Hothorn et al. 2008): right for
    any choice among the figures, at the price of width. Figures that are the same in all draws have no error, and no
    part in that. ValueError for fewer than three draws or values not finite.
    """
    seen, error, correlation, freedom = _means(values)
    varies = np.flatnonzero(error > 0)
    largest = np.abs(_joint_errors(correlation[np.ix_(varies, varies)], freedom)).max(axis=1, initial=0.0)
    reach = float(np.quantile(largest, LEVEL))
    return [Interval(float(m), float(m - reach * e), float(m + reach * e)) for m, e in zip(seen, error, strict=True)]


def best_of(values: npt.ArrayLike, names: list[str] | None = None, most: bool = True) -> Selected:
    """The figure with the largest mean (or the smallest), with an interval that allows for its having been chosen.

    The best can only have been overrated for being chosen. Towards less, the interval reaches as far as the error of
    whichever is chosen does, when the choice is repeated with errors as large as these around figures as far apart as
    these are once their errors are taken out; towards more, as far as for a figure that nobody chose. It covers in 95
    to 97.5 %, depending on how near the others come (docs/coverage.md). ValueError as of simultaneous_intervals.
    """
    from scipy.special import stdtrit

    sign = 1.0 if most else -1.0
    seen, error, correlation, freedom = _means(sign * np.asarray(values, dtype=float))
    best = int(np.argmax(seen))
    tail = (1 + LEVEL) / 2
    errors = _joint_errors(correlation, freedom) * error
    again = (_without_errors(seen, error, correlation) + errors).argmax(axis=1)
    further = float(np.quantile(errors[np.arange(len(again)), again], tail))
    mean, usual = float(seen[best]), float(stdtrit(freedom, tail)) * float(error[best])
    further = max(further, usual)
    ends = [(mean - further, mean + usual), (mean - usual, mean + usual)]
    chosen, alone = (Interval(sign * mean, *sorted((sign * low, sign * high))) for low, high in ends)
    called = names or [str(place) for place in range(len(seen))]
    return Selected(called[best], chosen, alone, _ties(np.asarray(values, dtype=float), called, best))


def _without_errors(seen: FloatArray, error: FloatArray, correlation: FloatArray) -> FloatArray:
    """Figures drawn together until they vary as much as they would without their errors; all alike at the least."""
    if len(seen) < 2:
        return seen
    covariance = correlation * np.outer(error, error)
    by_error = float((np.trace(covariance) - covariance.mean() * len(seen)) / (len(seen) - 1))
    apart = seen - seen.mean()
    variance = float(apart @ apart) / (len(seen) - 1)
    kept = np.sqrt(max(0.0, 1.0 - by_error / variance)) if variance > 0 else 0.0
    return np.asarray(seen.mean() + kept * apart)


def _ties(values: FloatArray, names: list[str], best: int) -> tuple[str, ...]:
    """The figures whose difference from one of them may be nought, all differences held together."""
    others = [place for place in range(len(values)) if place != best]
    if not others:
        return ()
    apart = simultaneous_intervals(values[others] - values[best])
    return tuple(names[place] for place, one in zip(others, apart, strict=True) if one.low <= 0.0 <= one.high)


def _means(values: npt.ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray, int]:
    """Means, their standard errors, the correlation of their errors, and the degrees of freedom."""
    given = np.asarray(values, dtype=float)
    if given.ndim != 2 or given.shape[1] < 3:
        raise ValueError("several figures over the same draws are needed: (figures, draws), three draws at least")
    if not np.isfinite(given).all():
        raise ValueError("a value is not finite: leave failed draws out first")
    draws = given.shape[1]
    apart = given - given.mean(axis=1, keepdims=True)
    spread = np.sqrt((apart**2).sum(axis=1) / (draws - 1))
    unit = np.divide(apart, spread[:, None], out=np.zeros_like(apart), where=spread[:, None] > 0)
    correlation = unit @ unit.T / (draws - 1)
    np.fill_diagonal(correlation, 1.0)
    return given.mean(axis=1), spread / np.sqrt(draws), correlation, draws - 1


def _joint_errors(correlation: FloatArray, freedom: int) -> FloatArray:
    """Draws (REPEATS, figures) of errors in standard errors: a multivariate t with this correlation."""
    normal, scale = _standard_errors(len(correlation), freedom)
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(normal @ root.T * scale[:, None])


@cache
def _standard_errors(figures: int, freedom: int) -> tuple[FloatArray, FloatArray]:
    """Independent normal draws (REPEATS, figures), and what makes Student's of them (REPEATS,); always the same."""
    dice = np.random.default_rng(SEED)
    normal = dice.standard_normal((REPEATS, figures))
    return normal, 1 / np.sqrt(dice.chisquare(freedom, REPEATS) / freedom)
