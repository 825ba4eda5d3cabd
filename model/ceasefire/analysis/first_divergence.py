"""Where two histories of the same world diverge: the first actor whose posture differs, the day, and both rungs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceasefire.scenario.schema import Scenario, ladder_of, rungs_of
from ceasefire.simulation.initial_state import InitialState
from ceasefire.simulation.trajectory import DayLog, step_through


@dataclass(frozen=True)
class Divergence:
    """The first posture that differs between two histories: day, actor, and its rung in the first and the second."""

    day: int
    actor: str
    here: str
    there: str


@dataclass(frozen=True)
class FirstToDiffer:
    """An actor that is first to decide differently: in how many worlds, and its commonest pair of rungs."""

    actor: str
    worlds: int
    median_day: int
    here: str
    there: str


def first_divergence(
    here: tuple[Scenario, InitialState], there: tuple[Scenario, InitialState], seed: int, world: int
) -> Divergence | None:
    """The first posture that differs between two histories of a world; None if none does while both last."""
    one, other = (_postures(scenario, opening, seed, world) for scenario, opening in (here, there))
    shared = [name for name in here[1].actors if name in there[1].actors]
    ones = one[:, [here[1].actors.index(name) for name in shared]]
    others = other[:, [there[1].actors.index(name) for name in shared]]
    common_days = min(len(ones), len(others))
    days, actors = np.nonzero(ones[:common_days] != others[:common_days])
    if not len(days):
        return None
    day, actor = int(days[0]), shared[int(actors[0])]
    rungs = rungs_of(ladder_of(here[0].actors[actor].role))
    return Divergence(day, actor, rungs[ones[day, actors[0]]], rungs[others[day, actors[0]]])


def first_to_differ(partings: Sequence[Divergence]) -> list[FirstToDiffer]:
    """The actors that were first to decide differently, the most frequent first."""
    rows = []
    for actor in dict.fromkeys(parting.actor for parting in partings):
        own = [parting for parting in partings if parting.actor == actor]
        ways = [(parting.here, parting.there) for parting in own]
        here, there = max(dict.fromkeys(ways), key=ways.count)
        rows.append(FirstToDiffer(actor, len(own), int(np.median([parting.day for parting in own])), here, there))
    return sorted(rows, key=lambda row: -row.worlds)


def _postures(scenario: Scenario, opening: InitialState, seed: int, world: int) -> NDArray[np.int64]:
    """The rung of every actor on every day, shape (days, actors)."""
    log = DayLog(opening, ("rung",))
    step_through(opening, seed, world, log.note)
    return log.column("rung")[: scenario.horizon_days].astype(np.int64)
