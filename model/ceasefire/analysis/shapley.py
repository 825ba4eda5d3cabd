"""Shapley decomposition of the difference between two scenarios into the parts in which they differ.

The effect of exchanging one part depends on which parts were exchanged before: monitors matter little where nobody
reacts to their reports. The Shapley value of a part is its mean effect over all orders in which the parts can be
exchanged one by one. The values sum to the whole difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

from ceasefire.analysis.estimates import Interval, mean_interval
from ceasefire.array_types import FloatArray

Subset = frozenset[str]
Outcomes = Mapping[Subset, FloatArray]
"""For each subset of exchanged parts, the outcome of every world, shape (n,); the same worlds in the same order."""


@dataclass(frozen=True)
class Part:
    """Effect of one part, in the unit of the outcome, with 95 % intervals over the same worlds.

    `mean` is over all orders (the Shapley value); `first` is the effect when the part is exchanged before all others,
    `last` after all others. `least` and `most` are the smallest and the largest mean effect after any set of others.
    """

    name: str
    mean: Interval
    first: Interval
    last: Interval
    least: float
    most: float


@dataclass(frozen=True)
class Attribution:
    """The parts, the largest first; the whole difference; and the mean outcome before and after."""

    parts: tuple[Part, ...]
    total: Interval
    before: Interval
    after: Interval
    worlds: int
    failed: int


def attribution(outcomes: Outcomes) -> Attribution:
    """Shapley values from the outcomes of every subset of exchanged parts.

    A world in which any outcome is missing (not a number) is left out and counted as failed. ValueError when a subset
    is missing or no world is left.
    """
    names = sorted(frozenset().union(*outcomes))
    _check_complete(outcomes, names)
    complete = np.isfinite(np.array([outcomes[subset] for subset in outcomes])).all(axis=0)
    if not complete.any():
        raise ValueError("no worlds left: some outcome failed in every one")
    known = {subset: values[complete] for subset, values in outcomes.items()}
    parts = [_part(name, names, known) for name in names]
    empty, full = Subset(), Subset(names)
    return Attribution(
        parts=tuple(sorted(parts, key=lambda part: (-abs(part.mean.value), part.name))),
        total=mean_interval(known[full] - known[empty]),
        before=mean_interval(known[empty]),
        after=mean_interval(known[full]),
        worlds=int(complete.sum()),
        failed=int((~complete).sum()),
    )


def parts_over_draws(outcomes: Mapping[Subset, npt.ArrayLike]) -> Attribution:
    """The same over draws of the assumed numbers, from outcomes (draws, worlds): a figure for each draw.

    Worlds of one draw have its numbers in common, so that intervals are over draws; with one draw, over its worlds. A
    world in which any outcome is missing is left out of its draw, and a draw without worlds is left out.
    """
    values = {subset: np.atleast_2d(np.asarray(each, dtype=float)) for subset, each in outcomes.items()}
    if len({each.shape for each in values.values()}) > 1:
        raise ValueError("every subset needs the same draws and worlds")
    known = np.isfinite(np.array(list(values.values()))).all(axis=0)
    if len(known) == 1:
        return attribution({subset: values[subset][0] for subset in sorted(values, key=lambda s: (len(s), sorted(s)))})
    draws, weight = known.any(axis=1), np.maximum(known.sum(axis=1), 1)
    means = {subset: (np.where(known, each, 0.0).sum(axis=1) / weight)[draws] for subset, each in values.items()}
    return replace(attribution(means), worlds=int(known.sum()), failed=int((~known).sum()))


def subsets(names: Iterable[str]) -> list[Subset]:
    """All subsets of the names, the smallest first."""
    every = sorted(names)
    return [Subset(chosen) for size in range(len(every) + 1) for chosen in combinations(every, size)]


def _part(name: str, names: Sequence[str], outcomes: Outcomes) -> Part:
    """One part: its Shapley value in every world, the sum of its steps weighted by the share of orders through each."""
    share, means = np.zeros_like(outcomes[Subset()]), []
    for subset in (each for each in outcomes if name not in each):
        step = outcomes[subset | {name}] - outcomes[subset]
        share = share + step / (len(names) * comb(len(names) - 1, len(subset)))
        means.append(float(step.mean()))
    full, alone = Subset(names), Subset([name])
    first, last = outcomes[alone] - outcomes[Subset()], outcomes[full] - outcomes[full - alone]
    return Part(name, mean_interval(share), mean_interval(first), mean_interval(last), min(means), max(means))


def _check_complete(outcomes: Outcomes, names: Sequence[str]) -> None:
    if not names:
        raise ValueError("no differences: there is nothing to attribute")
    for subset in subsets(names):
        if subset not in outcomes:
            raise ValueError(f"the outcomes with {', '.join(sorted(subset)) or 'nothing'} exchanged are missing")
    if len({np.shape(values) for values in outcomes.values()}) > 1:
        raise ValueError("every subset needs the same worlds")
