"""One world told as a history: what happened, the choices behind it, and the pulls behind the choices."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ceasefire import wording
from ceasefire.analysis.decisions import Pulls, pulls_of
from ceasefire.narrative.describe import in_order
from ceasefire.narrative.how_it_ended import ending
from ceasefire.narrative.turning_points import ALWAYS, SEE_THE_END, TurningPoint, turning_points
from ceasefire.narrative.world_notes import Decision, RecordedWorld, WorldNotes, choices_behind, record_world
from ceasefire.scenario.load import Loaded
from ceasefire.wording import counted, heading, lower, titled, wrapped
from ceasefire.world_state import C_CIVILIAN, C_COMBATANT, C_DISPLACED, C_TALKS, VIOLATION_KINDS

__all__ = ["Decision", "Pulls", "Story", "TurningPoint", "pulls_of", "record_story", "world_story"]

QUARTER = 90
"""Days that a chapter covers, or a whole number of them when nothing happened."""
FEWEST_LINES, MOST_LINES = 40, 56
"""Room for turning points: grows with the life of the world."""
DAYS_PER_LINE = 25
NOTABLE_INTENT = 0.1
"""Hidden wish [utility] that is worth a line."""


@dataclass(frozen=True)
class Story:
    """A world's history: every choice with its pulls, every turning point, and the text made of them."""

    loaded: Loaded
    seed: int
    world: int
    witness: RecordedWorld
    points: tuple[TurningPoint, ...]
    again: str = ""

    @property
    def decisions(self) -> list[Decision]:
        """Every change of posture by choice, with its pulls, in order."""
        return self.witness.notes.decisions

    @cached_property
    def told(self) -> list[TurningPoint]:
        """The turning points that there is room for, by weight; in order."""
        room = min(FEWEST_LINES + len(self.witness.notes.days) // DAYS_PER_LINE, MOST_LINES)
        chosen: list[TurningPoint] = []
        for point in sorted(self.points, key=lambda point: -point.weight):
            lines = len(_point_lines(self.loaded, point))
            if room >= lines or point.weight >= ALWAYS:
                chosen.append(point)
                room -= lines
        return sorted(chosen, key=lambda point: (point.day, -point.weight))

    def text(self, every: bool = False) -> str:
        """The history in plain text of at most 100 columns; with `every`, no turning point is left out."""
        points = list(self.points) if every else self.told
        last = {id(decision) for decision in choices_behind(WorldNotes(self.witness)).values()}
        points = [replace(p, details=(SEE_THE_END,)) if id(p.decision) in last and p.decision else p for p in points]
        return wording.joined([self._head(), self._hidden(), *self._chapters(points), ending(self.witness)])

    def _head(self) -> list[str]:
        scenario, w = self.loaded.scenario, self.witness.record[0]
        lines = heading(titled(scenario.title, f"world {self.world} of {self.loaded.label}, seed {self.seed}"), "=")
        lines += wrapped(how_it_ended(self.witness))
        counter = w["counter"]
        violations = {kind: int(counter[k]) for k, kind in enumerate(VIOLATION_KINDS)}
        killed = f"{counted(counter[C_COMBATANT], 'combatant')} and {counted(counter[C_CIVILIAN], 'civilian')} killed"
        fled = f"{counted(counter[C_DISPLACED], 'person', 'people')} displaced"
        met = f"{counted(counter[C_TALKS], 'round')} of talks"
        lines += wrapped(f"In that time: {wording.violations_words(violations)}; {killed}; {fled}; {met}.")
        command = self.again or again(self.loaded, self.seed, self.world)
        return [*lines, f"The same world again: {command}", *self._names()]

    def _names(self) -> list[str]:
        """Who is called by a shorter name from here on."""
        scenario = self.loaded.scenario
        short = {actor: wording.short_name(scenario, actor) for actor in scenario.actors}
        words = [
            f"{name} is {scenario.actors[a].title}" for a, name in short.items() if name != scenario.actors[a].title
        ]
        first, second = (lower(side.title) for side in scenario.sides.values())
        words.append(f"trust is that of the {first}, then that of the {second}")
        if scenario.agreement.excludes:
            words.append("spoiling fire is ordered by a party that the deal leaves out")
        return wrapped(f"In what follows {'; '.join(words)}.")

    def _hidden(self) -> list[str]:
        """What was drawn for this world and nobody in it could know."""
        scenario, opened = self.loaded.scenario, self.witness.opened[0]
        hidden = {actor: float(opened["intent"][a]) for a, actor in enumerate(self.witness.opening.actors)}
        wishes = [
            f"{wording.short_name(scenario, actor)} {wording.signed_utility(hidden[actor])}"
            for actor in in_order(scenario)
            if abs(hidden[actor]) >= NOTABLE_INTENT
        ]
        lines = []
        if wishes:
            says = "Hidden wish to go further than its motives say, or, below 0, less far"
            lines += wrapped(f"{says}: {'; '.join(wishes)}.")
        drawn = self.witness.opening.draws
        if drawn:
            numbers = self.witness.opened.view(np.float64)
            words = [f"{draw.name} {numbers[draw.slot]:.3g}" for draw in drawn[:6]]
            lines += wrapped(f"Drawn for this world: {'; '.join(words)}{'; and more' if len(drawn) > 6 else ''}.")
        return lines

    def _chapters(self, points: list[TurningPoint]) -> Iterator[list[str]]:
        teller = WorldNotes(self.witness)
        for first, last in spans(len(self.witness.notes.days), points):
            lines = _summary(teller, first, last)
            for day in sorted({point.day for point in points if first <= point.day < last}):
                today = [point for point in points if point.day == day]
                lines += [line for point in today for line in _point_lines(self.loaded, point)]
            yield lines


def world_story(loaded: Loaded, seed: int, world: int, again: str = "", every: bool = False) -> str:
    """The history of one world as plain text; `again` is the command that tells it again, when not the usual one."""
    return replace(record_story(loaded, seed, world), again=again).text(every)


def record_story(loaded: Loaded, seed: int, world: int) -> Story:
    """Live one world and find its turning points."""
    witness = record_world(loaded, seed, world)
    return Story(loaded, seed, world, witness, tuple(turning_points(witness)))


def again(loaded: Loaded, seed: int, world: int) -> str:
    """The command that lives the same world again."""
    changes = "".join(f" --change {shlex.quote(name)}" for name in loaded.changes)
    said = {path: json.dumps(value, ensure_ascii=False, default=str) for path, value in loaded.settings.items()}
    settings = "".join(f" --set {shlex.quote(f'{path}={value}')}" for path, value in said.items())
    return f"ceasefire world {loaded.name} --world {world} --seed {seed}{changes}{settings}"


def how_it_ended(witness: RecordedWorld) -> str:
    """A sentence: how long the ceasefire held, and what ended it."""
    scenario, w = witness.spec, witness.record[0]
    held, until = counted(int(w["days_held"]), "day"), wording.date_of(scenario, int(w["days_held"]))
    if not w["ended"]:
        return f"Still holding after {held}, on {until}, when we stop looking."
    who = wording.short_name(scenario, witness.opening.actors[int(w["cause_actor"])]) if w["cause_actor"] >= 0 else ""
    how = {
        "offensive": f"a ground offensive by {who} ended it",
        "spoiler_offensive": f"a ground offensive by {who}, a party that the deal leaves out, ended it",
        "bombardment": f"bombardment by {who} ended it",
        "spiral": "a spiral of violence ended it",
        "guarantor_clash": "the guarantors came to blows",
        "expiry": f"it ran out, and {who} did not renew" if who else "it ran out, and was not renewed",
        "abrogation": f"{who} called it off",
    }[witness.cause]
    return f"Held {held}, to {until}: {how}."


def spans(days: int, points: list[TurningPoint]) -> Iterator[tuple[int, int]]:
    """First and one past the last day of each chapter; quarters in which nothing is told join the next one."""
    first = 0
    for end in range(QUARTER, days + QUARTER, QUARTER):
        last = min(end, days)
        if last == days or any(last - QUARTER <= point.day < last for point in points):
            yield first, last
            first = last


def _point_lines(loaded: Loaded, point: TurningPoint) -> list[str]:
    lines = wrapped(f"{wording.day_of(loaded.scenario, point.day)}  {point.headline}.", 2, 6)
    return lines + [line for detail in point.details for line in wrapped(detail, 8, 4)]


def _summary(teller: WorldNotes, first: int, last: int) -> list[str]:
    """The days of a chapter in numbers."""
    notes, scenario = teller.notes, teller.scenario
    counts = notes.column("violations")[first:last].sum(axis=0)
    dead = int(notes.column("deaths_today")[first:last].sum())
    civilians = int(notes.column("civilians_killed")[first:last].sum())
    met = {int(day) for day in notes.column("last_talks") if first <= day < last}
    words = [wording.violations_words(dict(zip(VIOLATION_KINDS, map(int, counts), strict=True)))]
    words.append(f"{counted(dead, 'dead', 'dead')}" + (f" ({civilians:,} civilian)" if civilians else ""))
    if met:
        words.append(f"the guarantors met {wording.times(len(met))}")
    tail = f" {_postures(teller, first, last)} {_mood(teller, last)}"
    title = f"Days {first:,} to {last - 1:,}, to {wording.date_of(scenario, last - 1)}: " if last > first + 1 else ""
    return wrapped(f"{title}{'; '.join(words)}.{tail}")


def _postures(teller: WorldNotes, first: int, last: int) -> str:
    """Who spent how many days at strike or above, in words."""
    rungs = teller.rungs[first:last]
    spent = {a: int((rungs[:, teller.position(a)] >= 2).sum()) for a in teller.opening.actors if teller.fighter(a)}
    words = [f"{teller.title(actor)} {days}" for actor, days in sorted(spent.items(), key=lambda s: -s[1]) if days]
    return f"Days of strikes: {', '.join(words)}." if words else "Nobody strikes."


def _mood(teller: WorldNotes, last: int) -> str:
    """Trust, ties and refugees at the end of a chapter."""
    day = teller.notes.days[last - 1]
    trust = " and ".join(f"{number:.2f}" for number in day["trust"])
    return f"Trust {trust}; ties {day['ties']:.2f}."
