"""What each part of the difference between two scenarios does: exchanged alone, and exchanged as the last of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.selection import simultaneous_intervals
from ceasefire.array_types import FloatArray
from ceasefire.ensemble.compare import Side, SidePair, days_at_draws, simulate_side
from ceasefire.ensemble.run import ProgressCallback
from ceasefire.ensemble.run_plan import Plan
from ceasefire.errors import FolderError, ScenarioError
from ceasefire.experiments.contrasts import Steps, Swap, differences
from ceasefire.scenario.load import Loaded
from ceasefire.scenario.parameter_paths import group
from ceasefire.scenario.schema import Scenario

MOST_EXCHANGED = 12
"""Differences that are exchanged one by one, at most; more are taken together by actor and by section of the file."""


@dataclass(frozen=True)
class ExchangedPart:
    """A part of a difference: its paths, and the days that it adds; intervals (95 %) hold for all parts at once.

    `alone`: put into the first scenario by itself. `last`: put in when all else is exchanged. None where the scenario
    with that exchange is not valid.
    """

    paths: tuple[str, ...]
    alone: Interval | None
    last: Interval | None

    @property
    def matters(self) -> bool:
        """Whether it changes days held beyond chance, alone or as the last."""
        return any(one is not None and (one.low > 0 or one.high < 0) for one in (self.alone, self.last))

    @property
    def section(self) -> str:
        """The part of the file in which it lies: `actors.turkey`, `agreement`."""
        steps = self.paths[0].split(".")
        return ".".join(steps[: 2 if steps[0] == "actors" and len({p.split(".")[1] for p in self.paths}) == 1 else 1])

    def holds(self, path: str) -> bool:
        """Whether an entry of a scenario is at one of its paths, or within or around it."""
        return any(f"{path}.".startswith(f"{own}.") or f"{own}.".startswith(f"{path}.") for own in self.paths)


def parts_between(here: Loaded, there: Loaded) -> dict[str, tuple[Steps, ...]]:
    """What is exchanged together: each difference, or where these are many, those of an actor or a section."""
    found = list(differences(here.resolved, there.resolved, group(Scenario), ()))
    for depth in (None, 2, 1):
        parts: dict[str, list[Steps]] = {}
        for steps in found:
            deep = depth if depth is None or steps[0] == "actors" else 1
            parts.setdefault(".".join(steps[:deep]), []).append(steps)
        if len(parts) <= MOST_EXCHANGED:
            break
    return {name: tuple(paths) for name, paths in parts.items()}


def exchanged_parts(pair: SidePair, workers: int | None, progress: ProgressCallback) -> list[ExchangedPart]:
    """The parts between two sides, those that matter first, the largest first; over draws where the pair is.

    Empty when the two differ in one part, which then is the whole, or in none.
    """
    here, there = pair.first.plan, pair.other.plan
    parts = parts_between(here.loaded, there.loaded)
    if len(parts) < 2:
        return []
    swap = Swap(here.loaded, there.loaded, parts)
    ends = [_days(side, pair.drawn is not None, workers, progress, side) for side in (pair.first, pair.other)]
    rows: list[FloatArray | None] = []
    for name in parts:
        alone = _exchanged(swap, [name], pair, workers, progress)
        last = _exchanged(swap, [each for each in parts if each != name], pair, workers, progress)
        rows += [None if alone is None else alone - ends[0], None if last is None else ends[1] - last]
    intervals = list(_intervals(rows))
    found = [
        ExchangedPart(tuple(".".join(steps) for steps in paths), *intervals[2 * k : 2 * k + 2])
        for k, paths in enumerate(parts.values())
    ]
    return sorted(found, key=lambda part: (not part.matters, -_size(part)))


def _size(part: ExchangedPart) -> float:
    return max((abs(one.value) for one in (part.alone, part.last) if one is not None), default=0.0)


def _intervals(rows: Sequence[FloatArray | None]) -> Iterator[Interval | None]:
    """Means with intervals that hold for all rows at once; None for a row that is None."""
    known = [row for row in rows if row is not None]
    values = np.array(known)
    values = values[:, np.isfinite(values).all(axis=0)] if known else values
    found = iter(simultaneous_intervals(values) if known and values.shape[1] > 2 else [])
    for row in rows:
        yield None if row is None else next(found, None)


def _exchanged(
    swap: Swap, names: Sequence[str], pair: SidePair, workers: int | None, progress: ProgressCallback
) -> FloatArray | None:
    """Days held with some parts exchanged, by draw or by world; None when that is no valid scenario."""
    first = pair.first.plan
    try:
        loaded = Loaded(swap.with_parts(names), first.loaded.name)
    except ScenarioError:
        return None
    plan = Plan(loaded, len(pair.first.worlds), first.seed, first.engine, first.horizon)
    return _days(Side(plan, pd.DataFrame()), pair.drawn is not None, workers, progress, None)


def _days(side: Side, drawn: bool, workers: int | None, progress: ProgressCallback, known: Side | None) -> FloatArray:
    """Mean days held at each draw, or days held by each world; simulated unless `known` has them."""
    if drawn:
        at_draws = known.at_draws if known is not None else None
        return np.asarray(np.nanmean(days_at_draws(side, workers, progress) if at_draws is None else at_draws, axis=1))
    whole = known or simulate_side(side.plan, workers, progress)
    return np.asarray(whole.days())


def as_content(parts: Sequence[ExchangedPart]) -> list[dict[str, Any]]:
    """The parts as plain content, for asked.json; `from_content` reads it back."""
    return [
        {"paths": list(part.paths), **{name: _plain(getattr(part, name)) for name in ("alone", "last")}}
        for part in parts
    ]


def _plain(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.value, interval.low, interval.high]


def from_content(about: Mapping[str, Any], label: str) -> list[ExchangedPart] | None:
    """The parts of the pair with this side; None when they were not exchanged. FolderError: edited."""
    try:
        content = about["parts"][label] if "parts" in about else None
        if content is None:
            return None
        return [
            ExchangedPart(tuple(map(str, part["paths"])), *(_interval(part[name]) for name in ("alone", "last")))
            for part in content
        ]
    except (KeyError, TypeError, ValueError) as problem:
        raise FolderError(f"asked.json was edited: {problem}") from problem


def _interval(content: Any) -> Interval | None:
    return None if content is None else Interval(*map(float, content))
