"""Somebody who lives through one world, and notes every choice on its morning and every day in the evening."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire import wording
from ceasefire.analysis.decisions import Pulls, pulls_of
from ceasefire.scenario.load import Loaded
from ceasefire.scenario.schema import Scenario, ladder_of
from ceasefire.simulation.initial_state import WorldArray
from ceasefire.simulation.mesa_model import CeasefireModel
from ceasefire.wording import lower
from ceasefire.world_state import FIRED_LOCALISED, FIRED_ORDERED, FIRED_RETALIATORY, VIOLATION_KINDS

CALLS = ("its dead", "an event", "a new threat", "its patron's move", "routine")
"""What makes an actor review its posture."""


@dataclass(frozen=True)
class Decision:
    """A change of posture: who, when, from which rung to which, at what chance, and the pulls of that morning."""

    day: int
    actor: str
    old: int
    new: int
    pulls: Pulls
    called_by: str

    @property
    def chance(self) -> float:
        """Of this choice at this review."""
        return self.pulls.chances[self.new]


@dataclass
class DayNotes:
    """Everything noted of a world: `days` has one mapping per day lived, each of plain numbers and arrays.

    A day's `rung` is the posture in the evening, `stood` that of the day, before any talks. `stepped_down` are
    (day, actor, old, new) where talks, not a choice, changed a posture.
    """

    decisions: list[Decision] = field(default_factory=list)
    stepped_down: list[tuple[int, str, int, int]] = field(default_factory=list)
    days: list[dict[str, Any]] = field(default_factory=list)

    def column(self, name: str) -> NDArray[Any]:
        """One note of every day: an array with a row per day."""
        return np.array([day[name] for day in self.days])

    def stop_before(self, horizon: int) -> None:
        """Forget days from the horizon on: a world may be lived beyond it until what began before is judged."""
        del self.days[horizon:]
        self.decisions[:] = [each for each in self.decisions if each.day < horizon]
        self.stepped_down[:] = [each for each in self.stepped_down if each[0] < horizon]


KEPT = (
    "rung", "trust", "resolve", "losses_today", "inflicted_today", "ordered_today", "seen_today",
    "felt_today", "misblamed", "guarantor_dead", "civilians_killed", "held", "deadline_met", "event_on",
)  # fmt: skip
"""Fields of the record that are noted as arrays."""
KEPT_NUMBERS = (
    "ties", "deaths_today", "deaths_14d", "last_talks", "expires",
)  # fmt: skip
"""Fields of the record that are noted as numbers."""


class RecordedWorld(CeasefireModel):
    """A world that is watched while it lives; watching changes nothing in it."""

    def __init__(self, loaded: Loaded, seed: int, world: int) -> None:
        super().__init__(loaded, seed=seed, world=world, collect=False)
        self.notes = DayNotes()
        self.opened: WorldArray = self.record.copy()
        self._alarm: dict[str, NDArray[np.int64]] = {}

    def happen(self, name: str) -> None:
        """A step of the world: choices are noted before they take effect."""
        if name in ("events", "survey"):
            self._alarm[f"before {name}"] = self.record["alarmed"][0].copy()
        if name == "settle":
            self._note_choices()
        super().happen(name)
        if name == "survey":
            self._alarm["after survey"] = self.record["alarmed"][0].copy()
        if name == "settle":
            self._settled = self.record["rung"][0].copy()
        if name == "bind":
            self._note_talks()

    def step(self) -> None:
        """Live a day, then note it."""
        if self.running:
            super().step()
            self._note_day()

    def _note_choices(self) -> None:
        w = self.record[0]
        for a, actor in enumerate(self.opening.actors):
            old, new = int(w["rung"][a]), int(w["next_rung"][a])
            if old != new:
                pulls = pulls_of(self.record, a, self.opening)
                self.notes.decisions.append(Decision(int(w["day"]), actor, old, new, pulls, self._called_by(a)))

    def _called_by(self, a: int) -> str:
        w = self.record[0]
        for mark, call in zip(("before events", "before survey", "after survey"), CALLS, strict=False):
            if self._alarm[mark][a]:
                return call
        patron = int(w["patron"][a])
        if patron >= 0 and w["day"] > 0 and w["moved_on"][patron] == w["day"] - 1:
            return CALLS[3]
        return CALLS[4]

    def _note_talks(self) -> None:
        w = self.record[0]
        for a, actor in enumerate(self.opening.actors):
            old, new = int(self._settled[a]), int(w["rung"][a])
            if old != new:
                self.notes.stepped_down.append((int(w["day"]), actor, old, new))

    def _note_day(self) -> None:
        w = self.record[0]
        noted: dict[str, Any] = {name: w[name].copy() for name in KEPT}
        noted |= {name: w[name].item() for name in KEPT_NUMBERS}
        noted["violations"] = self._violations()
        noted["ordered"] = self._ordered()
        noted["stood"] = self._settled
        noted["killed_in"] = self._killed_in()
        self.notes.days.append(noted)

    def _violations(self) -> NDArray[np.int64]:
        """Today's violations by kind, in the order of VIOLATION_KINDS, from the fire itself.

        The counters would do but for the last day of an offensive, when they go back to its first morning;
        a formation that holds its fire keeps in the record what it last fired.
        """
        w = self.record[0]
        n = len(self.opening.formations)
        fired = self._fired()
        spoils = w["excluded"][w["formation_actor"][:n]] == 1
        ordered = fired[:, FIRED_ORDERED]
        found = {
            "strategic": ordered[~spoils].sum(), "spoiling": ordered[spoils].sum(),
            "retaliatory": fired[:, FIRED_RETALIATORY].sum(), "localised": fired[:, FIRED_LOCALISED].sum(),
        }  # fmt: skip
        return np.array([found[kind] for kind in VIOLATION_KINDS], np.int64)

    def _fired(self) -> NDArray[np.int64]:
        """Today's violations by formation and kind of fire: shape (formations, 3)."""
        w, n = self.record[0], len(self.opening.formations)
        fired: NDArray[np.int64] = w["fired"][:n] * (w["fires"][:n, None] > 0)
        return fired

    def _ordered(self) -> NDArray[np.int64]:
        """Today's ordered violations by actor."""
        w, n = self.record[0], len(self.opening.formations)
        ordered = np.zeros(len(self.opening.actors), np.int64)
        np.add.at(ordered, w["formation_actor"][:n], self._fired()[:, FIRED_ORDERED])
        return ordered

    def _killed_in(self) -> NDArray[np.int64]:
        """Today's deaths by sector."""
        w = self.record[0]
        n = len(self.opening.formations)
        deaths = np.zeros(len(self.opening.sectors), np.int64)
        np.add.at(deaths, w["formation_sector"][:n], w["killed"][:n].sum(axis=1) * (w["fires"][:n] > 0))
        return deaths


def record_world(loaded: Loaded, seed: int, world: int) -> RecordedWorld:
    """Live one world from its first morning to its end."""
    witness = RecordedWorld(loaded, seed, world)
    witness.live()
    if not witness.record["ended"][0]:
        witness.notes.stop_before(int(witness.record["horizon"][0]))
    return witness


STRIKE, OFFENSIVE = 2, 3


@dataclass
class Episode:
    """An actor above calm for a while: from its decision until `end`, the first day on which it fires so no more.

    `ended_by` is talks, choice, or nothing when the world ended first; `decisions` are those on the way.
    """

    decision: Decision
    end: int
    ended_by: str
    decisions: list[Decision] = field(default_factory=list)

    @property
    def peak(self) -> int:
        """The highest rung it reached."""
        return max([self.decision.new, *(d.new for d in self.decisions)])


class WorldNotes:
    """A world's notes, at hand for those who look for turning points."""

    def __init__(self, witness: RecordedWorld) -> None:
        self.witness = witness
        self.scenario: Scenario = witness.spec
        self.notes: DayNotes = witness.notes
        self.opening = witness.opening
        self.n = len(self.notes.days)
        self.rungs = self.notes.column("rung")
        self.toll = float(witness.opened["toll"][0])

    def title(self, actor: str) -> str:
        """What the story calls an actor."""
        return wording.short_name(self.scenario, actor)

    def rung(self, actor: str, rung: int) -> str:
        """The name of a rung on the actor's ladder."""
        return wording.rung_word(self.scenario, actor, rung)

    def date(self, day: int) -> str:
        """A day as a date."""
        return wording.date_of(self.scenario, day)

    def sector(self, position: int) -> str:
        """What readers call the sector at a position of the record."""
        return self.scenario.front.sectors[self.opening.sectors[position]].title

    def sides(self) -> list[str]:
        """Both sides as they are called in the middle of a sentence."""
        return [lower(side.title) for side in self.scenario.sides.values()]

    def position(self, actor: str) -> int:
        """Where it stands in the record."""
        return self.opening.actors.index(actor)

    def fighter(self, actor: str) -> bool:
        """Is it on the force ladder?"""
        return ladder_of(self.scenario.actors[actor].role) == "force"

    def spells(self, actor: str, rung: int) -> Iterator[Episode]:
        """Its spells at a rung or above that began with a choice of its own."""
        series = self.rungs[:, self.position(actor)] >= rung
        own = [d for d in self.notes.decisions if d.actor == actor]
        stopped = {(day, who) for day, who, _, _ in self.notes.stepped_down}
        for first in own:
            if first.new >= rung > first.old:
                below = np.flatnonzero(~series[first.day :])
                evening = first.day + int(below[0]) if len(below) else self.n
                by = "" if evening == self.n else ("talks" if (evening, actor) in stopped else "choice")
                inner = [d for d in own if first.day < d.day < evening]
                yield Episode(first, evening + (by == "talks"), by, inner)


def upper(text: str) -> str:
    """A text at the head of a sentence."""
    return text[:1].upper() + text[1:]


def choices_behind(teller: WorldNotes) -> dict[str, Decision | None]:
    """By actor, the choice that led to the end; None for a posture that it did not choose.

    Empty for a world that still holds, and for a deal that lapsed: to refuse renewal is no change of posture.
    """
    cause = teller.witness.cause
    if cause in ("", "expiry", "abrogation"):
        return {}
    actors = striking_guarantors(teller) if cause == "guarantor_clash" else [deciding_actor(teller)]
    return {actor: last_choice(teller, actor) for actor in actors}


def deciding_actor(teller: WorldNotes) -> str:
    """Whom the end is put down to."""
    return teller.opening.actors[int(teller.witness.record["deciding_actor"][0])]


def striking_guarantors(teller: WorldNotes) -> list[str]:
    """Guarantors at strike or above on the last day, before any talks."""
    guarantors = [a for a in teller.opening.actors if teller.scenario.actors[a].role == "guarantor"]
    return [a for a in guarantors if teller.notes.days[-1]["stood"][teller.position(a)] >= STRIKE]


def last_choice(teller: WorldNotes, actor: str) -> Decision | None:
    """Its last change of posture, if that was a choice of its own and took it above the lowest rung."""
    own = [d for d in teller.notes.decisions if d.actor == actor]
    if not own or own[-1].new == 0 or last_stopped(teller, actor) >= own[-1].day:
        return None
    return own[-1]


def last_stopped(teller: WorldNotes, actor: str) -> int:
    """Day on which talks last changed its posture; -1 never."""
    return max((day for day, who, _, _ in teller.notes.stepped_down if who == actor), default=-1)
