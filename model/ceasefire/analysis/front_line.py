"""Who holds what share of each sector, day by day: in one world, or the mean over the worlds that still hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ceasefire.analysis.estimates import Interval, mean_interval
from ceasefire.array_types import FloatArray, IntArray
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.initial_state import InitialState, WorldArray
from ceasefire.simulation.trajectory import DayLog, step_through

FEWEST_WORLDS = 10
"""Worlds that must still hold for their mean to be told; a matter of what is shown, no number of the model."""


@dataclass(frozen=True, eq=False)
class FrontHistory:
    """Share of each sector held by the first side, at the end of each day: held (days, sectors), in [0, 1].

    worlds[d] is the number of worlds averaged on day d. `opened` is the share held at signing, `sides` are the titles
    of the first and the second side. `ended` is the day on which the deal of a single world ended, if it did. `last`
    has, for several worlds, the share of each sector on the last day with the 95 % interval of its mean.
    """

    sectors: tuple[str, ...]
    sides: tuple[str, str]
    opened: FloatArray
    held: FloatArray
    worlds: IntArray
    ended: int | None = None
    last: tuple[Interval, ...] = ()

    @property
    def moved(self) -> FloatArray:
        """Share of each sector gained by the first side since signing: (days, sectors), negative for a loss."""
        return self.held - self.opened


def front_history(scenario: Scenario, opening: InitialState, seed: int, worlds: Sequence[int]) -> FrontHistory:
    """The front of one world to its last day, or the mean of several worlds over those whose deal still holds.

    The mean ends with the last day on which enough worlds hold: a sixth of them, from 2 to 10. ValueError for no world.
    """
    if not worlds:
        raise ValueError("no worlds: a front needs at least one")
    if len(worlds) == 1:
        return front_of_log(scenario, *_record(scenario, opening, seed, worlds[0]))
    total = np.zeros((1, len(opening.sectors)))
    count = np.zeros(1, dtype=np.int64)
    lines: list[FloatArray] = []
    for world in worlds:
        held, ended = _line(*_record(scenario, opening, seed, world))
        held = held if ended is None else held[: max(1, ended)]
        total, count = _extended(total, len(held)), _extended(count, len(held))
        total[: len(held)] += held
        count[: len(held)] += 1
        lines.append(held)
    enough = min(FEWEST_WORLDS, max(2, len(worlds) // 6), int(count.max()))
    days = int((count >= enough).sum())
    longest = np.array([line[days - 1] for line in lines if len(line) >= days])
    last = tuple(mean_interval(shares) for shares in longest.T) if len(longest) > 1 else ()
    return replace(_front(scenario, opening, (total / count[:, None])[:days], count[:days], None), last=last)


def front_of_log(scenario: Scenario, log: DayLog, last: WorldArray) -> FrontHistory:
    """The front of one world to its last day, from a log with the field `held` and its record of the last day."""
    held, ended = _line(log, last)
    return _front(scenario, log.opening, held, np.ones(len(held), dtype=np.int64), ended)


def _record(scenario: Scenario, opening: InitialState, seed: int, world: int) -> tuple[DayLog, WorldArray]:
    """Simulate one world; the log of its front, and its record of the last day."""
    log = DayLog(opening, ("held",))
    last = step_through(opening, seed, world, log.note)
    log.cut_at_horizon(last)
    return log, last


def _line(log: DayLog, last: WorldArray) -> tuple[FloatArray, int | None]:
    """The line of one world, (days, sectors), and the day on which its deal ended, if it did."""
    held: FloatArray = log.column("held")[:, : len(log.opening.sectors)].astype(np.float64)
    return held, int(last["days_held"][0]) if last["ended"][0] else None


def _front(
    scenario: Scenario, opening: InitialState, held: FloatArray, worlds: IntArray, ended: int | None
) -> FrontHistory:
    """The front with the titles of sectors and sides, and the line at signing."""
    first, second = (side.title for side in scenario.sides.values())
    opened = np.array([float(scenario.front.sectors[name].held.centre) for name in opening.sectors])
    titles = tuple(scenario.front.sectors[name].title for name in opening.sectors)
    return FrontHistory(titles, (first, second), opened, held, worlds, ended)


def _extended(table: Any, rows: int) -> Any:
    """The array with at least `rows` rows; new rows are zero."""
    missing = max(0, rows - len(table))
    return np.concatenate([table, np.zeros((missing, *table.shape[1:]), dtype=table.dtype)])
