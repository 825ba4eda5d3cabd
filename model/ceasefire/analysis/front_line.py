"""Who holds how much of each sector, day by day: in one world, or on average over the worlds that still hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ceasefire.analysis.survival import IntArray
from ceasefire.array_types import FloatArray
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.initial_state import InitialState, WorldArray
from ceasefire.simulation.trajectory import step_through


@dataclass(frozen=True, eq=False)
class FrontLife:
    """Share of each sector held by the first side, at the end of each day: held (days, sectors), in [0, 1].

    worlds[d] is how many worlds the row is the mean of. `opened` is the line at signing, `sides` the titles of the
    first and the second side. `ended` is the day on which the deal of a single world ended, if it did.
    """

    sectors: tuple[str, ...]
    sides: tuple[str, str]
    opened: FloatArray
    held: FloatArray
    worlds: IntArray
    ended: int | None = None

    @property
    def moved(self) -> FloatArray:
        """What the first side has gained of each sector since signing: (days, sectors), negative for a loss."""
        return self.held - self.opened


def front_of(scenario: Scenario, opening: InitialState, seed: int, worlds: Sequence[int]) -> FrontLife:
    """The front of one world to its last day, or the mean of several over those whose deal still holds.

    ValueError for no world.
    """
    if not worlds:
        raise ValueError("no worlds: a front needs at least one")
    total = np.zeros((1, len(opening.sectors)))
    count = np.zeros(1, dtype=np.int64)
    ended = None
    for world in worlds:
        days, over = _line(scenario, opening, seed, world)
        lived = days if len(worlds) == 1 or over is None else days[: max(1, over)]
        total, count = _grown(total, len(lived)), _grown(count, len(lived))
        total[: len(lived)] += lived
        count[: len(lived)] += 1
        ended = over if len(worlds) == 1 else None
    first, second = (side.title for side in scenario.sides.values())
    opened = np.array([float(scenario.front.sectors[name].held.centre) for name in opening.sectors])
    titles = tuple(scenario.front.sectors[name].title for name in opening.sectors)
    return FrontLife(titles, (first, second), opened, total / count[:, None], count, ended)


def _grown(table: Any, rows: int) -> Any:
    """An array with at least so many rows, nothing in the new ones."""
    missing = max(0, rows - len(table))
    return np.concatenate([table, np.zeros((missing, *table.shape[1:]), dtype=table.dtype)])


def _line(scenario: Scenario, opening: InitialState, seed: int, world: int) -> tuple[FloatArray, int | None]:
    """The line of one world, (days, sectors), and the day on which its deal ended, if it did."""
    days: list[FloatArray] = []
    number = len(opening.sectors)

    def see(record: WorldArray) -> None:
        days.append(np.array(record["held"][0][:number], dtype=np.float64))

    last = step_through(scenario, opening, seed, world, see)[0]
    if not last["ended"]:
        return np.array(days[: int(last["horizon"])]), None
    return np.array(days), int(last["days_held"])
