"""A world's notes at hand for whoever tells of it: names, dates, and who was how long above calm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ceasefire import wording
from ceasefire.analysis.witness import Decision, Notes, Witness
from ceasefire.scenario.schema import Scenario, ladder_of
from ceasefire.wording import lower

STRIKE, OFFENSIVE = 2, 3


@dataclass
class Spell:
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


class Teller:
    """A world's notes, at hand for those who look for turning points."""

    def __init__(self, witness: Witness) -> None:
        self.witness = witness
        self.scenario: Scenario = witness.spec
        self.notes: Notes = witness.notes
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

    def spells(self, actor: str, rung: int) -> Iterator[Spell]:
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
                yield Spell(first, evening + (by == "talks"), by, inner)


def upper(text: str) -> str:
    """A text at the head of a sentence."""
    return text[:1].upper() + text[1:]
