"""One world day by day: what a reader of its chart or its story needs."""

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
from ceasefire.simulation.compiled.day_loop import blank_world
from ceasefire.simulation.initial_state import InitialState, WorldArray
from ceasefire.world_state import C_CIVILIAN, C_COMBATANT, CAUSES, VIOLATION_KINDS

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Trajectory:
    """The life of one world: arrays have one entry per day lived, `days` of shape (n,)."""

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


@dataclass
class DayLog:
    """Notes taken at the end of each day of a world."""

    opening: InitialState
    days: list[dict[str, Any]] = field(default_factory=list)

    def note(self, record: WorldArray) -> None:
        """Write down a day that has just been lived."""
        w = record[0]
        self.days.append(
            {
                "rung": w["rung"].copy(), "counter": w["counter"].copy(), "trust": w["trust"].copy(),
                "ties": float(w["ties"]), "attention": float(w["attention"]), "violence": float(w["violence"]),
                "talks": int(w["last_talks"]), "events": w["event_on"].copy(), "deaths": int(w["deaths_today"]),
            }
        )  # fmt: skip

    def column(self, name: str) -> NDArray[Any]:
        """One note of every day, as an array with a row per day."""
        return np.array([day[name] for day in self.days])


def step_through(
    scenario: Scenario, opening: InitialState, seed: int, world: int, see: Callable[[WorldArray], None]
) -> WorldArray:
    """Live one world in the compiled engine, showing its record after each day; returns the last record."""
    record = blank_world(opening.record.dtype)
    numbers = np.asarray(record).view(np.float64)
    rows = opening.record.view(np.float64)
    with np.errstate(over="ignore"):
        engine.start_world_record(record, numbers, rows, engine.parameter_draws(opening), np.uint64(seed), world)
        while not record["over"][0]:
            engine.step_day(record, numbers)
            see(record)
    return record


def trajectory(scenario: Scenario, opening: InitialState, label: str, seed: int, world: int) -> Trajectory:
    """Live one world and keep its days."""
    diary = DayLog(opening)
    last = step_through(scenario, opening, seed, world, diary.note)
    return from_day_log(scenario, diary, last, label, seed, world)


def from_day_log(scenario: Scenario, diary: DayLog, last: WorldArray, label: str, seed: int, world: int) -> Trajectory:
    """Put a world's notes in order. Counts that the end took back (an offensive's first days) stay as lived; of a deal
    that holds days from the horizon on are not told."""
    opening, w = diary.opening, last[0]
    if not w["ended"]:
        del diary.days[int(w["horizon"]) :]
    n = len(diary.days)
    counter = diary.column("counter")
    if w["ended"] and n > 1 and (counter[-1] < counter[-2]).any():
        counter[-1] = counter[-2]
    steps = np.diff(counter, axis=0, prepend=np.zeros((1, counter.shape[1])))
    rungs, trust = diary.column("rung"), diary.column("trust")
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
        ties=diary.column("ties"),
        attention=diary.column("attention"),
        violence=diary.column("violence"),
        talks_days=sorted({int(day) for day in diary.column("talks") if day >= 0}),
        events=_events_that_happened(scenario, diary),
        ended=bool(w["ended"]),
        days_held=int(w["days_held"]),
        cause=CAUSES[int(w["cause"])],
        cause_actor=opening.actors[cause_actor] if cause_actor >= 0 else "",
    )


def _events_that_happened(scenario: Scenario, diary: DayLog) -> list[tuple[int, str]]:
    marks = diary.column("events")
    return sorted(
        {
            (int(day), event.title)
            for e, event in enumerate(scenario.events)
            for day in np.unique(marks[:, e])
            if day >= 0
        }
    )
