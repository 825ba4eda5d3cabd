"""One world day by day: the log of its days, and the trajectory that charts are drawn from."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray
from ceasefire.scenario.schema import Scenario, ladder_of
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import InitialState, WorldArray
from ceasefire.world_state import C_CIVILIAN, C_COMBATANT, CAUSES, VIOLATION_KINDS

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Trajectory:
    """One simulated world: each array has one entry per simulated day, as `days` of shape (n,) has.

    Trust, ties, attention and violence lie in [0, 1]; deaths and violations are counts per day; postures are
    positions on the ladder of the actor, 0 the lowest.
    """

    scenario_title: str
    label: str
    world: int
    seed: int
    start: datetime.date
    days: Ints
    actors: list[str]
    actor_titles: dict[str, str]
    ladders: dict[str, str]
    postures: dict[str, Ints]
    violations: dict[str, Ints]
    deaths_combatant: Ints
    deaths_civilian: Ints
    trust: dict[str, FloatArray]
    ties: FloatArray
    attention: FloatArray
    violence: FloatArray
    talks_days: list[int]
    events: list[tuple[int, str]]
    ended: bool
    days_held: int
    cause: str
    cause_actor: str
    sides: dict[str, str] = field(default_factory=dict)
    """The side of each actor that has one; their order is that of `trust`."""

    @property
    def counted_days(self) -> int:
        """Days in the totals of the world: attacks that end a deal are not a part of what it cost."""
        return self.days_held if self.cause in NOT_COUNTED else len(self.days)


NOT_COUNTED = ("offensive", "spoiler_offensive", "guarantor_clash")
"""Causes whose last days are left out of a world's totals."""

TRAJECTORY_FIELDS = (
    "rung", "counter", "trust", "ties", "attention", "violence", "last_talks", "event_on",
)  # fmt: skip
"""Fields of a world's record that a trajectory is made from."""


@dataclass
class DayLog:
    """The log of one world: copies of `fields` of its record, taken at the end of each simulated day.

    Every recording of a world is a log, whichever engine steps it. `opening` is the scenario's initial state.
    """

    opening: InitialState
    fields: tuple[str, ...] = TRAJECTORY_FIELDS
    days: list[dict[str, Any]] = field(default_factory=list)

    def note(self, record: WorldArray) -> None:
        """Add the day that has just ended, from the record of one world, of shape (1,).

        Where worlds begin on a later day than that of signing, the days before it are as that day began.
        """
        if not self.days:
            self.days = [self._values(self.opening.record)] * (int(record["day"][0]) - 1)
        self.days.append(self._values(record))

    def _values(self, record: WorldArray) -> dict[str, Any]:
        values = {name: record[name][0] for name in self.fields}
        return {name: value.copy() if value.ndim else value.item() for name, value in values.items()}

    def column(self, name: str) -> NDArray[Any]:
        """One field on every day: an array with one row per day."""
        return np.array([day[name] for day in self.days])

    def cut_at_horizon(self, last: WorldArray) -> None:
        """Drop the days from the horizon on, unless the deal ended before it. `last` is the record of the last day.

        A world is simulated beyond its horizon until what began before the horizon is judged.
        """
        if not last["ended"][0]:
            del self.days[int(last["horizon"][0]) :]


def step_through(opening: InitialState, seed: int, world: int, see: Callable[[WorldArray], None]) -> WorldArray:
    """Simulate one world in the compiled engine and call `see` with its record after each day.

    Returns the record of the last day. `see` must copy what it keeps: the record is overwritten.
    """
    record = engine.initial_world(opening, seed, world)
    while not record["over"][0]:
        engine.step_day(record)
        see(record)
    return record


def trajectory(scenario: Scenario, opening: InitialState, label: str, seed: int, world: int) -> Trajectory:
    """Simulate one world in the compiled engine; its trajectory."""
    log = DayLog(opening)
    last = step_through(opening, seed, world, log.note)
    return from_day_log(scenario, log, last, label, seed, world)


def from_day_log(scenario: Scenario, log: DayLog, last: WorldArray, label: str, seed: int, world: int) -> Trajectory:
    """The trajectory of a world from its log, which needs TRAJECTORY_FIELDS, and its record of the last day.

    When an offensive ends the deal, the counters go back to the morning of its first day; the daily counts of the
    trajectory do not: they are what happened. Of a deal that holds, days from the horizon on are left out.
    """
    opening, w = log.opening, last[0]
    log.cut_at_horizon(last)
    n = len(log.days)
    counter = log.column("counter")
    if w["ended"] and n > 1 and (counter[-1] < counter[-2]).any():
        counter[-1] = counter[-2]
    steps = np.diff(counter, axis=0, prepend=np.zeros((1, counter.shape[1])))
    rungs, trust = log.column("rung"), log.column("trust")
    cause_actor = int(w["cause_actor"])
    return Trajectory(
        scenario_title=scenario.title,
        label=label,
        world=world,
        seed=seed,
        start=scenario.start,
        days=np.arange(n, dtype=np.int64),
        actors=list(opening.actors),
        actor_titles={name: scenario.actors[name].title for name in opening.actors},
        ladders={name: ladder_of(scenario.actors[name].role) for name in opening.actors},
        postures={name: rungs[:, a] for a, name in enumerate(opening.actors)},
        violations={kind: steps[:, k].astype(np.int64) for k, kind in enumerate(VIOLATION_KINDS)},
        deaths_combatant=steps[:, C_COMBATANT].astype(np.int64),
        deaths_civilian=steps[:, C_CIVILIAN].astype(np.int64),
        trust={side: trust[:, i] for i, side in enumerate(opening.sides)},
        ties=log.column("ties"),
        attention=log.column("attention"),
        violence=log.column("violence"),
        talks_days=sorted({int(day) for day in log.column("last_talks") if day >= 0}),
        events=_events_that_happened(scenario, log),
        ended=bool(w["ended"]),
        days_held=int(w["days_held"]),
        cause=CAUSES[int(w["cause"])],
        cause_actor=opening.actors[cause_actor] if cause_actor >= 0 else "",
        sides={a: s for a in opening.actors if (s := scenario.actors[a].side) is not None},
    )


def _events_that_happened(scenario: Scenario, log: DayLog) -> list[tuple[int, str]]:
    """Day and title of every event that struck, by day."""
    marks = log.column("event_on")
    return sorted(
        {
            (int(day), event.title)
            for e, event in enumerate(scenario.events)
            for day in np.unique(marks[:, e])
            if day >= 0
        }
    )
