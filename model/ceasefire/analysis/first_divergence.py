"""Where two lives of the same world part: who first decided otherwise, when, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceasefire.scenario.schema import Scenario, ladder_of, rungs_of
from ceasefire.simulation.initial_state import InitialState, WorldArray
from ceasefire.simulation.trajectory import step_through


@dataclass(frozen=True)
class Parting:
    """The first posture that differs: day, actor, and its rung under the one and the other."""

    day: int
    actor: str
    here: str
    there: str


@dataclass(frozen=True)
class Led:
    """One who is first to decide otherwise: in how many of the worlds looked at, and how it most often does."""

    actor: str
    worlds: int
    median_day: int
    here: str
    there: str


def parting(
    here: tuple[Scenario, InitialState], there: tuple[Scenario, InitialState], seed: int, world: int
) -> Parting | None:
    """The first posture that differs between two lives of a world; None when none does while both last."""
    one, other = (_postures(scenario, opening, seed, world) for scenario, opening in (here, there))
    shared = [name for name in here[1].actors if name in there[1].actors]
    ones = one[:, [here[1].actors.index(name) for name in shared]]
    others = other[:, [there[1].actors.index(name) for name in shared]]
    both = min(len(ones), len(others))
    days, actors = np.nonzero(ones[:both] != others[:both])
    if not len(days):
        return None
    day, actor = int(days[0]), shared[int(actors[0])]
    rungs = rungs_of(ladder_of(here[0].actors[actor].role))
    return Parting(day, actor, rungs[ones[day, actors[0]]], rungs[others[day, actors[0]]])


def who_led(partings: Sequence[Parting]) -> list[Led]:
    """Who first decided otherwise, the most frequent first."""
    found = []
    for actor in dict.fromkeys(parting.actor for parting in partings):
        own = [parting for parting in partings if parting.actor == actor]
        ways = [(parting.here, parting.there) for parting in own]
        here, there = max(dict.fromkeys(ways), key=ways.count)
        found.append(Led(actor, len(own), int(np.median([parting.day for parting in own])), here, there))
    return sorted(found, key=lambda led: -led.worlds)


def _postures(scenario: Scenario, opening: InitialState, seed: int, world: int) -> NDArray[np.int64]:
    """The rung of every actor on every day, shape (days, actors)."""
    days: list[WorldArray] = []
    step_through(scenario, opening, seed, world, lambda record: days.append(record["rung"][0].copy()))
    return np.array(days[: scenario.horizon_days], np.int64)
