"""Scenario discovery: the corner of the assumed numbers in which a deal fails most often. Bryant and Lempert (2010)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from ceasefire.analysis.estimates import Interval
from ceasefire.array_types import FloatArray

LEAST_DRAWS, LEAST_WORLDS = 40, 2
LEAST_PART = 0.1
"""Smallest corner that is looked for, as a share of the draws."""

MOST_SPLITS = 3
"""Numbers that a corner is described by, at most; cross-validation chooses how many."""

RESAMPLES = 2000


def can_discover() -> bool:
    """Whether scikit-learn is installed, which finds the corner."""
    return find_spec("sklearn") is not None


@dataclass(frozen=True)
class Condition:
    """A number's part of the corner: above `low` and at most `high`; infinite without such a limit."""

    name: str
    low: float
    high: float


@dataclass(frozen=True)
class Corner:
    """Where failures are most frequent, and how much of them lies there: judged on draws and worlds held out.

    `density`: share of worlds that fail there; `everywhere`: in all draws; `more`: the difference of the two;
    `coverage`: share of all failures that lie there; each with 95 %. `draws` held out, and those `inside` the corner.
    """

    conditions: tuple[Condition, ...]
    density: Interval
    everywhere: Interval
    more: Interval
    coverage: Interval
    draws: int
    inside: int


def corner_of_failure(names: Sequence[str], numbers: npt.ArrayLike, failed: npt.ArrayLike, seed: int = 1) -> Corner:
    """The leaf of a regression tree with the largest share of failures.

    `numbers` (draws, names) are independent draws, `failed` (draws, worlds) is 1 where a world failed, 0 where not, all
    draws with the same worlds. The tree is fitted to one half of the draws and every other world; all figures are of
    the other half and the other worlds, with intervals from resampling draws and worlds together (Owen 2007).
    ValueError when there are too few draws or worlds; ImportError without scikit-learn.
    """
    given, lost = np.asarray(numbers, dtype=float), np.asarray(failed, dtype=float)
    sound = np.isfinite(lost).all(axis=1) & np.isfinite(given).all(axis=1)
    given, lost = given[sound], lost[sound]
    if len(given) < LEAST_DRAWS or lost.shape[1] < LEAST_WORLDS:
        raise ValueError(f"{len(given)} draws of {lost.shape[1]} worlds: {LEAST_DRAWS} of {LEAST_WORLDS} are needed")
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(given))
    learnt, held_out = order[: len(order) // 2], order[len(order) // 2 :]
    conditions = _leaf(names, given[learnt], lost[learnt, ::2].mean(axis=1))
    inside = np.ones(len(held_out), dtype=bool)
    for each in conditions:
        column = given[held_out, list(names).index(each.name)]
        inside &= (column > each.low) & (column <= each.high)
    density, everywhere, more, coverage = _figures(inside, lost[held_out, 1::2], rng)
    return Corner(conditions, density, everywhere, more, coverage, len(held_out), int(inside.sum()))


def _leaf(names: Sequence[str], numbers: FloatArray, failing: FloatArray) -> tuple[Condition, ...]:
    """The conditions of the leaf with the largest mean; none where cross-validation finds no split that predicts."""
    from sklearn.model_selection import GridSearchCV
    from sklearn.tree import DecisionTreeRegressor

    least = max(5, int(np.ceil(LEAST_PART * len(numbers))))
    search = GridSearchCV(
        DecisionTreeRegressor(min_samples_leaf=least, random_state=0), {"max_depth": range(1, MOST_SPLITS + 1)}, cv=5
    ).fit(numbers, failing)
    tree: Any = search.best_estimator_.tree_
    if search.best_score_ <= 0 or tree.node_count == 1:
        return ()
    parent = {
        int(child): node
        for node in range(tree.node_count)
        for child in (tree.children_left[node], tree.children_right[node])
    }
    leaves = np.flatnonzero(tree.children_left == -1)
    node = int(leaves[np.argmax(tree.value[leaves, 0, 0])])
    limits: dict[str, tuple[float, float]] = {}
    while node:
        above = parent[node]
        name, cut = names[tree.feature[above]], float(tree.threshold[above])
        low, high = limits.get(name, (-np.inf, np.inf))
        limits[name] = (low, min(high, cut)) if tree.children_left[above] == node else (max(low, cut), high)
        node = above
    return tuple(Condition(name, *limits[name]) for name in reversed(limits))


def _figures(inside: npt.NDArray[np.bool_], lost: FloatArray, rng: np.random.Generator) -> tuple[Interval, ...]:
    """Density, the share everywhere, their difference, and coverage: draws and worlds are resampled together."""
    draws, worlds = lost.shape
    by_draw = rng.multinomial(draws, np.full(draws, 1 / draws), RESAMPLES)
    by_world = rng.multinomial(worlds, np.full(worlds, 1 / worlds), RESAMPLES) / worlds
    shares = np.vstack([lost.mean(axis=1), by_world @ lost.T])  # the estimate itself, then the resamples
    weights = np.vstack([np.ones(draws), by_draw])
    failures, there = (weights * shares).sum(axis=1), (weights * shares)[:, inside].sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        density, everywhere = there / weights[:, inside].sum(axis=1), failures / draws
        every = (density, everywhere, density - everywhere, there / failures)
    return tuple(Interval(float(each[0]), *_limits(each[1:])) for each in every)


def _limits(resampled: FloatArray) -> tuple[float, float]:
    """The middle 95 %; not a number where no resample has a figure."""
    known = resampled[np.isfinite(resampled)]
    low, high = np.percentile(known, (2.5, 97.5)) if len(known) else (np.nan, np.nan)
    return float(low), float(high)
