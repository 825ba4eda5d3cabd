"""Somebody who lives through one world, and notes every choice on its morning and every day in the evening."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire.analysis.pulls import Pulls, pulls_of
from ceasefire.model import CeasefireModel
from ceasefire.scenario.load import Loaded
from ceasefire.start import WorldArray
from ceasefire.world import FIRED_LOCALISED, FIRED_ORDERED, FIRED_RETALIATORY, VIOLATION_KINDS

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
class Notes:
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


class Witness(CeasefireModel):
    """A world that is watched while it lives; watching changes nothing in it."""

    def __init__(self, loaded: Loaded, seed: int, world: int) -> None:
        super().__init__(loaded, seed=seed, world=world, collect=False)
        self.notes = Notes()
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


def live_through(loaded: Loaded, seed: int, world: int) -> Witness:
    """Live one world from its first morning to its end."""
    witness = Witness(loaded, seed, world)
    witness.live()
    if not witness.record["ended"][0]:
        witness.notes.stop_before(int(witness.record["horizon"][0]))
    return witness
