"""How much of the difference between two scenarios is due to each thing in which they differ.

Taken one at a time, differences depend on what was exchanged before: monitors matter little where nobody listens to
them. Shapley's answer is the mean, over all orders in which the differences can be exchanged one by one, of what each
adds in its turn. The shares sum to the whole difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd

from ceasefire.analysis.estimates import Interval, mean_interval
from ceasefire.array_types import FloatArray

Subset = frozenset[str]
Outcomes = Mapping[Subset, FloatArray]
"""The outcome of every world (n,) with these differences exchanged; the same worlds, in one order, throughout."""


@dataclass(frozen=True)
class Part:
    """What one difference adds, in the unit of the outcome, each with its 95 % interval over the same worlds.

    `mean` is over all orders; `first` when it is exchanged before, `last` when after, all the others. `least` and
    `most` are the smallest and the largest mean that it adds after any set of others.
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
    """Shapley's shares from the outcomes with every subset of the differences exchanged.

    A world in which any outcome is missing (not a number) is left out and counted as failed. ValueError when a
    subset is missing or no world is left.
    """
    names = sorted(frozenset().union(*outcomes))
    _check_whole(outcomes, names)
    sound = np.isfinite(np.array([outcomes[subset] for subset in outcomes])).all(axis=0)
    if not sound.any():
        raise ValueError("no worlds left: some outcome failed in every one")
    known = {subset: values[sound] for subset, values in outcomes.items()}
    parts = [_part(name, names, known) for name in names]
    empty, full = Subset(), Subset(names)
    return Attribution(
        parts=tuple(sorted(parts, key=lambda part: (-abs(part.mean.value), part.name))),
        total=mean_interval(known[full] - known[empty]),
        before=mean_interval(known[empty]),
        after=mean_interval(known[full]),
        worlds=int(sound.sum()),
        failed=int((~sound).sum()),
    )


def attribution_in_orders(outcomes: Outcomes, orders: Sequence[Sequence[str]]) -> dict[str, Interval]:
    """Each part's mean over some orders of exchange, for when there are too many subsets to run them all.

    The interval adds the chance of which orders were drawn to that of the worlds. ValueError when the orders are not
    of the same names, or a subset that an order passes through is missing.
    """
    names = sorted(orders[0]) if orders else []
    if not names or any(sorted(order) != names for order in orders):
        raise ValueError("orders: each must be an order of the same names, at least one")
    added: dict[str, list[FloatArray]] = {name: [] for name in names}
    for order in orders:
        for place, name in enumerate(order):
            before, after = Subset(order[:place]), Subset(order[: place + 1])
            _check_there(outcomes, (before, after))
            added[name].append(outcomes[after] - outcomes[before])
    return {name: _over_orders(np.array(steps)) for name, steps in added.items()}


def shapley(values: Outcomes, parts: Sequence[str]) -> pd.DataFrame:
    """The same as a table: a row per part, the largest contribution first.

    contribution: the mean over all orders, with its 95 % interval (low, high); alone and last: what the part adds
    before and after all others; least, most: the smallest and the largest mean that it adds after any set of others.
    """
    found = attribution({subset: values[subset] for subset in subsets(parts)})
    rows = [
        {
            "part": part.name, "contribution": part.mean.value, "low": part.mean.low, "high": part.mean.high,
            "alone": part.first.value, "last": part.last.value, "least": part.least, "most": part.most,
        }
        for part in found.parts
    ]  # fmt: skip
    return pd.DataFrame(rows)


def subsets(names: Iterable[str]) -> list[Subset]:
    """All subsets of some names, the smallest first."""
    every = sorted(names)
    return [Subset(chosen) for size in range(len(every) + 1) for chosen in combinations(every, size)]


def _part(name: str, names: Sequence[str], outcomes: Outcomes) -> Part:
    """One part's share in every world: its steps, each weighted by how many orders pass through it."""
    others = [other for other in names if other != name]
    share, means = np.zeros_like(outcomes[Subset()]), []
    for subset in subsets(others):
        step = outcomes[subset | {name}] - outcomes[subset]
        share = share + step / (len(names) * comb(len(others), len(subset)))
        means.append(float(step.mean()))
    full, alone = Subset(names), Subset([name])
    first, last = outcomes[alone] - outcomes[Subset()], outcomes[full] - outcomes[full - alone]
    return Part(name, mean_interval(share), mean_interval(first), mean_interval(last), min(means), max(means))


def _over_orders(steps: FloatArray) -> Interval:
    """Mean of steps (orders, worlds) with the error of both: what other orders or other worlds would have said."""
    mean = float(steps.mean())
    errors = [mean_interval(steps.mean(axis=axis)) for axis in (0, 1) if steps.shape[1 - axis] > 1]
    half = float(np.sqrt(sum((e.high - e.value) ** 2 for e in errors))) if len(errors) == 2 else np.inf
    return Interval(mean, mean - half, mean + half)


def _check_whole(outcomes: Outcomes, names: Sequence[str]) -> None:
    if not names:
        raise ValueError("no differences: nothing can be attributed")
    _check_there(outcomes, subsets(names))
    if len({np.shape(values) for values in outcomes.values()}) > 1:
        raise ValueError("every subset needs the same worlds")


def _check_there(outcomes: Outcomes, wanted: Iterable[Subset]) -> None:
    for subset in wanted:
        if subset not in outcomes:
            raise ValueError(f"the outcomes with {', '.join(sorted(subset)) or 'nothing'} exchanged are missing")
