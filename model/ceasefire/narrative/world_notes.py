"""Records one world for its story: its days, the choices of its actors, and which of them led to the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ceasefire import wording
from ceasefire.analysis.decisions import Pulls, pulls_of
from ceasefire.rules import THE_DAY
from ceasefire.scenario.load import Loaded
from ceasefire.scenario.schema import Scenario, ladder_of
from ceasefire.simulation.initial_state import WorldArray
from ceasefire.simulation.mesa_model import CeasefireModel
from ceasefire.simulation.trajectory import TRAJECTORY_FIELDS, DayLog
from ceasefire.world_state import FIRED_LOCALISED, FIRED_ORDERED, FIRED_RETALIATORY, VIOLATION_KINDS

STRIKE, OFFENSIVE = 2, 3
"""Positions of the two upper rungs of the force ladder."""

REVIEW_REASONS = ("its dead", "an event", "a new threat", "its patron's move", "routine")
"""Why an actor reviews its posture."""


assert {"events", "survey", "settle", "commit"} <= {step.name for step in THE_DAY}, "RecordedWorld observes these steps"


@dataclass(frozen=True)
class Decision:
    """A change of posture by choice: day, actor, old and new rung, the pulls of that morning, why it was reviewed.

    `review` counts the reviews at which the actor stood on the old rung, this one included: so often had such a choice
    come up.
    """

    day: int
    actor: str
    old: int
    new: int
    pulls: Pulls
    review_reason: str
    review: int = 1

    @property
    def chance(self) -> float:
        """Probability of the new rung at this review."""
        return self.pulls.chances[self.new]

    @property
    def by_luck(self) -> bool:
        """The pulls made another choice likelier than this one: chance had the larger part in it."""
        return self.chance < 0.5


STORY_FIELDS = (
    *TRAJECTORY_FIELDS, "resolve", "losses_today", "inflicted_today", "ordered_today", "seen_today", "felt_today",
    "misblamed", "guarantor_dead", "civilians_killed", "held", "deadline_met", "deaths_today", "deaths_14d", "expires",
)  # fmt: skip
"""Fields of a world's record that a story is made from; a trajectory can be made from them as well."""


@dataclass
class StoryLog(DayLog):
    """The log of a world's days, and every change of posture.

    Each day also holds `violations` by kind, `ordered` violations by actor, deaths by sector (`killed_in`), and
    `stood`, the postures of the day before any talks; `rung` is the posture at the end of the day. `stepped_down`
    are (day, actor, old, new) where talks, not a choice, changed a posture.
    """

    fields: tuple[str, ...] = STORY_FIELDS
    decisions: list[Decision] = field(default_factory=list)
    stepped_down: list[tuple[int, str, int, int]] = field(default_factory=list)

    def cut_at_horizon(self, last: WorldArray) -> None:
        """Drop the days from the horizon on, and the changes of posture on them, unless the deal ended before it."""
        super().cut_at_horizon(last)
        if not last["ended"][0]:
            horizon = int(last["horizon"][0])
            self.decisions[:] = [each for each in self.decisions if each.day < horizon]
            self.stepped_down[:] = [each for each in self.stepped_down if each[0] < horizon]


class RecordedWorld(CeasefireModel):
    """A world that fills a StoryLog while it is simulated; the recording changes nothing in it.

    `initial_record` is its record on the morning of day 0.
    """

    def __init__(self, loaded: Loaded, seed: int, world: int) -> None:
        super().__init__(loaded, seed=seed, world=world, collect=False)
        self.log = StoryLog(self.opening)
        self.initial_record: WorldArray = self.record.copy()
        self._alarmed: dict[str, NDArray[np.int64]] = {}
        self._reviews: Counter[tuple[int, int]] = Counter()

    def happen(self, name: str) -> None:
        """Take a step of the world; choices are noted before they take effect."""
        if name in ("events", "survey"):
            self._alarmed[f"before {name}"] = self.record["alarmed"][0].copy()
        if name == "settle":
            self._note_choices()
        super().happen(name)
        if name == "survey":
            self._alarmed["after survey"] = self.record["alarmed"][0].copy()
        if name == "settle":
            self._stood = self.record["rung"][0].copy()
        if name == "commit":
            self._note_talks()

    def step(self) -> None:
        """Simulate one day, then note it."""
        if self.running:
            super().step()
            self._note_day()

    def _note_choices(self) -> None:
        w = self.record[0]
        for a, actor in enumerate(self.opening.actors):
            old, new = int(w["rung"][a]), int(w["next_rung"][a])
            self._reviews[a, old] += int(w["due"][a])
            if old != new:
                pulls, why = pulls_of(self.record, a, self.opening), self._review_reason(a)
                self.log.decisions.append(Decision(int(w["day"]), actor, old, new, pulls, why, self._reviews[a, old]))

    def _review_reason(self, a: int) -> str:
        """The first step of the day after which the actor was to review its posture, as its reason."""
        w = self.record[0]
        steps = ("before events", "before survey", "after survey")
        for step, reason in zip(steps, REVIEW_REASONS, strict=False):
            if self._alarmed[step][a]:
                return reason
        patron = int(w["patron"][a])
        if patron >= 0 and w["day"] > 0 and w["moved_on"][patron] == w["day"] - 1:
            return REVIEW_REASONS[3]
        return REVIEW_REASONS[4]

    def _note_talks(self) -> None:
        w = self.record[0]
        for a, actor in enumerate(self.opening.actors):
            old, new = int(self._stood[a]), int(w["rung"][a])
            if old != new:
                self.log.stepped_down.append((int(w["day"]), actor, old, new))

    def _note_day(self) -> None:
        self.log.note(self.record)
        self.log.days[-1] |= {
            "violations": self._violations(), "ordered": self._ordered(), "stood": self._stood,
            "killed_in": self._killed_in(),
        }  # fmt: skip

    def _violations(self) -> NDArray[np.int64]:
        """Today's violations by kind, in the order of VIOLATION_KINDS, counted from the fire itself.

        The differences of the counters would give the same, except on the last day of an offensive, when the
        counters go back to its first morning. A formation that holds its fire still has its last fire in the record.
        """
        w = self.record[0]
        n = len(self.opening.formations)
        fired = self._fired()
        excluded = w["excluded"][w["formation_actor"][:n]] == 1
        ordered = fired[:, FIRED_ORDERED]
        counts = {
            "strategic": ordered[~excluded].sum(), "spoiling": ordered[excluded].sum(),
            "retaliatory": fired[:, FIRED_RETALIATORY].sum(), "localised": fired[:, FIRED_LOCALISED].sum(),
        }  # fmt: skip
        return np.array([counts[kind] for kind in VIOLATION_KINDS], np.int64)

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
    """Simulate one world from its first morning to its end, and record it."""
    recorded = RecordedWorld(loaded, seed, world)
    recorded.live()
    recorded.log.cut_at_horizon(recorded.record)
    return recorded


@dataclass
class Episode:
    """A stretch of days that an actor spends above a rung, begun by a choice of its own.

    It lasts from the day of `decision` to the day before `end`, the first day that it does not fire so. `ended_by` is
    "talks" or "choice", or "" when the world ended first. `decisions` are the changes of posture within it.
    """

    decision: Decision
    end: int
    ended_by: str
    decisions: list[Decision] = field(default_factory=list)

    @property
    def peak(self) -> int:
        """The highest rung of the episode."""
        return max([self.decision.new, *(d.new for d in self.decisions)])


class WorldNotes:
    """A recorded world with what its story needs at hand: names, dates and episodes. `n` is its number of days."""

    def __init__(self, recorded: RecordedWorld) -> None:
        self.recorded = recorded
        self.scenario: Scenario = recorded.spec
        self.log: StoryLog = recorded.log
        self.opening = recorded.opening
        self.n = len(self.log.days)
        self.rungs = self.log.column("rung")
        self.toll = float(recorded.initial_record["toll"][0])

    def title(self, actor: str) -> str:
        """The name of an actor in the story."""
        return wording.short_name(self.scenario, actor)

    def rung(self, actor: str, rung: int) -> str:
        """The name of a rung on the actor's ladder."""
        return wording.rung_word(self.scenario, actor, rung)

    def date(self, day: int) -> str:
        """A day as a date."""
        return wording.date_of(self.scenario, day)

    def sector(self, position: int) -> str:
        """The title of the sector at a position of the record."""
        return self.scenario.front.sectors[self.opening.sectors[position]].title

    def sides(self) -> list[str]:
        """The titles of both sides, as the scenario writes them: many are names."""
        return [side.title for side in self.scenario.sides.values()]

    def position(self, actor: str) -> int:
        """The position of an actor in the record."""
        return self.opening.actors.index(actor)

    def is_fighter(self, actor: str) -> bool:
        """True for an actor on the force ladder."""
        return ladder_of(self.scenario.actors[actor].role) == "force"

    def episodes(self, actor: str, rung: int) -> Iterator[Episode]:
        """The actor's episodes at a rung or above."""
        above = self.rungs[:, self.position(actor)] >= rung
        own = [d for d in self.log.decisions if d.actor == actor]
        stopped = {(day, who) for day, who, _, _ in self.log.stepped_down}
        for first in own:
            if first.new >= rung > first.old:
                below = np.flatnonzero(~above[first.day :])
                evening = first.day + int(below[0]) if len(below) else self.n
                by = "" if evening == self.n else ("talks" if (evening, actor) in stopped else "choice")
                inner = [d for d in own if first.day < d.day < evening]
                yield Episode(first, evening + (by == "talks"), by, inner)


def choices_behind(notes: WorldNotes) -> dict[str, Decision | None]:
    """By actor, the choice that led to the end; None where the actor did not choose its posture.

    Empty for a world that still holds and for a deal that lapsed: to refuse renewal is no change of posture.
    """
    cause = notes.recorded.cause
    if cause in ("", "expiry", "abrogation"):
        return {}
    actors = striking_guarantors(notes) if cause == "guarantor_clash" else [deciding_actor(notes)]
    return {actor: last_choice(notes, actor) for actor in actors}


def deciding_actor(notes: WorldNotes) -> str:
    """The actor to whom the end is attributed."""
    return notes.opening.actors[int(notes.recorded.record["deciding_actor"][0])]


def striking_guarantors(notes: WorldNotes) -> list[str]:
    """Guarantors at strike or above on the last day, before any talks."""
    guarantors = [a for a in notes.opening.actors if notes.scenario.actors[a].role == "guarantor"]
    return [a for a in guarantors if notes.log.days[-1]["stood"][notes.position(a)] >= STRIKE]


def last_choice(notes: WorldNotes, actor: str) -> Decision | None:
    """The actor's last change of posture, if that was its own choice and went above the lowest rung."""
    own = [d for d in notes.log.decisions if d.actor == actor]
    if not own or own[-1].new == 0 or last_stopped(notes, actor) >= own[-1].day:
        return None
    return own[-1]


def last_stopped(notes: WorldNotes, actor: str) -> int:
    """The day on which talks last changed the actor's posture; -1 for never."""
    return max((day for day, who, _, _ in notes.log.stepped_down if who == actor), default=-1)
