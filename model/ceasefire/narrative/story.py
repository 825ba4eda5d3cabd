"""The story of one world in plain text: what happened, the choices behind it, and the pulls behind the choices."""

from __future__ import annotations

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
from ceasefire.scenario.compose import setting_options
from ceasefire.scenario.load import Loaded
from ceasefire.simulation.trajectory import Trajectory, from_day_log
from ceasefire.wording import counted, heading, titled, wrapped
from ceasefire.world_state import C_CIVILIAN, C_COMBATANT, C_DISPLACED, C_TALKS, VIOLATION_KINDS

__all__ = ["Decision", "Pulls", "Story", "TurningPoint", "pulls_of", "record_story"]

QUARTER = 90
"""Days of a chapter; a chapter in which nothing happened is joined to the next one."""
FEWEST_LINES, MOST_LINES = 40, 56
"""Lines for turning points: the number grows with the length of the world, between these limits."""
DAYS_PER_LINE = 25
NOTABLE_INTENT = 0.1
"""Smallest hidden intent [utility] that the story mentions."""


@dataclass(frozen=True)
class Story:
    """The story of one recorded world: every decision, every turning point, and the text made from them.

    `command` is the command that prints this story again; empty for the usual one.
    """

    loaded: Loaded
    seed: int
    world: int
    recorded: RecordedWorld
    points: tuple[TurningPoint, ...]
    command: str = ""

    @property
    def decisions(self) -> list[Decision]:
        """Every change of posture by choice, with its pulls, in order of time."""
        return self.recorded.log.decisions

    @cached_property
    def trajectory(self) -> Trajectory:
        """The days of the world, as charts draw them."""
        recorded, loaded = self.recorded, self.loaded
        return from_day_log(loaded.scenario, recorded.log, recorded.record, loaded.shown, self.seed, self.world)

    @cached_property
    def selected_points(self) -> list[TurningPoint]:
        """The turning points that there is room for, chosen by weight, in order of time."""
        room = min(FEWEST_LINES + len(self.recorded.log.days) // DAYS_PER_LINE, MOST_LINES)
        chosen: list[TurningPoint] = []
        for point in sorted(self.points, key=lambda point: -point.weight):
            lines = len(_point_lines(self.loaded, point))
            if room >= lines or point.weight >= ALWAYS:
                chosen.append(point)
                room -= lines
        return sorted(chosen, key=lambda point: (point.day, -point.weight))

    def text(self, every: bool = False) -> str:
        """The story as plain text of at most 100 columns; with `every`, no turning point is left out."""
        points = list(self.points) if every else self.selected_points
        last = {id(decision) for decision in choices_behind(WorldNotes(self.recorded)).values()}
        points = [replace(p, details=(SEE_THE_END,)) if id(p.decision) in last and p.decision else p for p in points]
        return wording.joined([self._head(), self._hidden(), *self._chapters(points), ending(self.recorded)])

    def _head(self) -> list[str]:
        """Title, how it ended, totals, the command that repeats the story, and the names that it uses."""
        scenario, w = self.loaded.scenario, self.recorded.record[0]
        lines = heading(titled(scenario.title, f"world {self.world} of {self.loaded.shown}, seed {self.seed}"), "=")
        lines += wrapped(how_it_ended(self.recorded))
        counter = w["counter"]
        violations = {kind: int(counter[k]) for k, kind in enumerate(VIOLATION_KINDS)}
        killed = f"{counted(counter[C_COMBATANT], 'combatant')} and {counted(counter[C_CIVILIAN], 'civilian')} killed"
        fled = f"{counted(counter[C_DISPLACED], 'person', 'people')} displaced"
        met = f"{counted(counter[C_TALKS], 'round')} of talks"
        lines += wrapped(f"In that time: {wording.violations_words(violations)}; {killed}; {fled}; {met}.")
        command = self.command or command_of(self.loaded, self.seed, self.world)
        return [*lines, f"The same world again: {command}", *self._names()]

    def _names(self) -> list[str]:
        """The shorter names and the terms that the text uses."""
        scenario = self.loaded.scenario
        titles = {wording.short_name(scenario, name): actor.title for name, actor in scenario.actors.items()}
        names = [f"{short} is {title}" for short, title in titles.items() if short != title]
        first, second = (side.title for side in scenario.sides.values())
        sentences = [f"Short names: {'; '.join(names)}."] if names else []
        sentences.append(f"Trust: first of {first}, then of {second}.")
        if scenario.agreement.excludes:
            sentences.append("Spoiling fire is fire ordered by a party that the deal leaves out.")
        return wrapped(" ".join(sentences))

    def _hidden(self) -> list[str]:
        """The hidden intents and the parameters that were drawn for this world; no actor knows them."""
        scenario, initial = self.loaded.scenario, self.recorded.initial_record[0]
        intent = {actor: float(initial["intent"][a]) for a, actor in enumerate(self.recorded.opening.actors)}
        intents = [
            f"{wording.short_name(scenario, actor)} {wording.signed_utility(intent[actor])}"
            for actor in in_order(scenario)
            if abs(intent[actor]) >= NOTABLE_INTENT
        ]
        lines = []
        if intents:
            meaning = "Hidden intent, a wish to go further than the motives say, or less far where it is below 0"
            lines += wrapped(f"{meaning}: {'; '.join(intents)}.")
        drawn = self.recorded.opening.draws
        if drawn:
            numbers = self.recorded.initial_record.view(np.float64)
            values = [f"{draw.name} {numbers[draw.slot]:.3g}" for draw in drawn[:6]]
            lines += wrapped(f"Drawn for this world: {'; '.join(values)}{'; and more' if len(drawn) > 6 else ''}.")
        return lines

    def _chapters(self, points: list[TurningPoint]) -> Iterator[list[str]]:
        notes = WorldNotes(self.recorded)
        for first, last in spans(len(self.recorded.log.days), points):
            lines = _summary(notes, first, last)
            for day in sorted({point.day for point in points if first <= point.day < last}):
                today = [point for point in points if point.day == day]
                lines += [line for point in today for line in _point_lines(self.loaded, point)]
            yield lines


def record_story(loaded: Loaded, seed: int, world: int, command: str = "") -> Story:
    """Simulate one world, record it and find its turning points; `command` prints it again, when not the usual one."""
    recorded = record_world(loaded, seed, world)
    return Story(loaded, seed, world, recorded, tuple(turning_points(recorded)), command)


def command_of(loaded: Loaded, seed: int, world: int) -> str:
    """The command that prints the story of the same world."""
    options = [part for name in loaded.changes for part in ("--change", name)] + setting_options(loaded.settings)
    return shlex.join(["ceasefire", "world", loaded.name, "--world", f"{world}", "--seed", f"{seed}", *options])


def how_it_ended(recorded: RecordedWorld) -> str:
    """One sentence: how long the ceasefire held, and what ended it."""
    scenario, w = recorded.spec, recorded.record[0]
    held, until = counted(int(w["days_held"]), "day"), wording.date_of(scenario, int(w["days_held"]))
    if not w["ended"]:
        return f"Still holding after {held}, on {until}, when the simulation ends."
    who = wording.short_name(scenario, recorded.opening.actors[int(w["cause_actor"])]) if w["cause_actor"] >= 0 else ""
    how = {
        "offensive": f"a ground offensive by {who} ended it",
        "spoiler_offensive": f"a ground offensive by {who}, a party that the deal leaves out, ended it",
        "bombardment": f"bombardment by {who} ended it",
        "spiral": "a spiral of violence ended it",
        "guarantor_clash": "a clash of the guarantors ended it",
        "expiry": f"its term ran out, and {who} did not renew it" if who else "its term ran out, and was not renewed",
        "abrogation": f"{who} called it off",
    }[recorded.cause]
    return f"Held {held}, to {until}: {how}."


def spans(days: int, points: list[TurningPoint]) -> Iterator[tuple[int, int]]:
    """First day and one past the last day of each chapter; a quarter without turning points joins the next one."""
    first = 0
    for end in range(QUARTER, days + QUARTER, QUARTER):
        last = min(end, days)
        if last == days or any(last - QUARTER <= point.day < last for point in points):
            yield first, last
            first = last


def _point_lines(loaded: Loaded, point: TurningPoint) -> list[str]:
    lines = wrapped(f"{wording.day_of(loaded.scenario, point.day)}  {point.headline}.", 2, 6)
    return lines + [line for detail in point.details for line in wrapped(detail, 8, 4)]


def _summary(notes: WorldNotes, first: int, last: int) -> list[str]:
    """The totals of the days of a chapter."""
    log = notes.log
    counts = log.column("violations")[first:last].sum(axis=0)
    dead = int(log.column("deaths_today")[first:last].sum())
    civilians = int(log.column("civilians_killed")[first:last].sum())
    met = {int(day) for day in log.column("last_talks") if first <= day < last}
    totals = [wording.violations_words(dict(zip(VIOLATION_KINDS, map(int, counts), strict=True)))]
    totals.append(f"{counted(dead, 'dead', 'dead')}" + (f" ({civilians:,} civilian)" if civilians else ""))
    if met:
        totals.append(f"the guarantors met {wording.times(len(met))}")
    tail = f" {_strike_days(notes, first, last)} {_trust_and_ties(notes, last)}"
    until = wording.date_of(notes.scenario, last - 1)
    title = f"Days {first:,} to {last - 1:,}, to {until}: " if last > first + 1 else ""
    return wrapped(f"{title}{'; '.join(totals)}.{tail}")


def _strike_days(notes: WorldNotes, first: int, last: int) -> str:
    """How many days of a chapter each actor spent at strike or above."""
    rungs = notes.rungs[first:last]
    spent = {a: int((rungs[:, notes.position(a)] >= 2).sum()) for a in notes.opening.actors if notes.is_fighter(a)}
    words = [f"{notes.title(actor)} {days}" for actor, days in sorted(spent.items(), key=lambda s: -s[1]) if days]
    return f"Days at strike or above: {', '.join(words)}." if words else "No actor is at strike or above."


def _trust_and_ties(notes: WorldNotes, last: int) -> str:
    """Trust of both sides and ties of the guarantors at the end of a chapter."""
    day = notes.log.days[last - 1]
    trust = " and ".join(f"{number:.2f}" for number in day["trust"])
    return f"Trust {trust}; ties {day['ties']:.2f}."
