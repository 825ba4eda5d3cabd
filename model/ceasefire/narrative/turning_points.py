"""The turning points of a world: each has a day, lines of text for the story, and a weight."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire import wording
from ceasefire.narrative.pulls_in_words import pull_lines
from ceasefire.narrative.world_notes import (
    OFFENSIVE,
    STRIKE,
    Decision,
    Episode,
    RecordedWorld,
    WorldNotes,
    choices_behind,
)
from ceasefire.wording import listed, lower, percent_in_sentences

SEE_THE_END = "The pulls of this choice are listed at the end."
ALWAYS = 1000.0
"""Weight from which a turning point is always in the story."""

LONG_ENGAGEMENT = 30
"""Fewest days of an outside party on a high rung that make a turning point."""
SHORT_LIFE = 60
"""Longest world [days] in which every change of posture of a fighting actor is a turning point."""
TIES_HIT = 0.03
"""Smallest fall of the guarantors' ties in one day that makes a turning point."""
PEAK_OF_TOLL = 0.1
"""Share of the war's worst fortnight from which a new peak of deaths is a turning point."""
PEAK_GROWS = 1.5
"""Smallest ratio of a new peak of deaths to the last one in the list."""
ACROSS = 0.05
"""How far past the middle of a sector the line must go to count as across [share]; small moves do not count."""


@dataclass(frozen=True)
class TurningPoint:
    """One turning point: headline, lines below it, weight, and the decision that it is, if it is one."""

    day: int
    weight: float
    headline: str
    details: tuple[str, ...] = ()
    decision: Decision | None = None


def turning_points(recorded: RecordedWorld) -> list[TurningPoint]:
    """All turning points of a world, by day and then by falling weight."""
    notes = WorldNotes(recorded)
    points = [point for find in FINDERS for point in find(notes)]
    return sorted(points, key=lambda point: (point.day, -point.weight))


Numbers = NDArray[Any]
Finder = Callable[[WorldNotes], Iterator[TurningPoint]]


def decision_details(notes: WorldNotes, decision: Decision) -> tuple[str, ...]:
    """The pulls of a choice and its chance, as lines."""
    towards, away = pull_lines(notes.scenario, decision.pulls, decision.new, decision.old)
    old = notes.rung(decision.actor, decision.old)
    total = decision.pulls.utility(decision.new) - decision.pulls.utility(decision.old)
    stay = percent_in_sentences(decision.pulls.chances[decision.old])
    reason = "" if decision.review_reason == "routine" else f" Reviewed because of {decision.review_reason}."
    which = f", the {wording.ordinal(decision.review)} at {old}" if decision.review > 1 else ""
    return (
        f"For: {towards}.",
        f"Against: {away}.",
        f"Sum {wording.signed_utility(total)}: chance at this review{which}, {percent_in_sentences(decision.chance)}; "
        f"to stay at {old} {stay}.{reason}",
    )


def decision_headline(notes: WorldNotes, decision: Decision) -> str:
    """The actor, its old rung and its new one."""
    old, new = (notes.rung(decision.actor, rung) for rung in (decision.old, decision.new))
    return f"{notes.title(decision.actor)}: from {old} to {new}"


def campaigns(notes: WorldNotes) -> Iterator[TurningPoint]:
    """Episodes in which a fighting actor strikes or goes on the offensive."""
    inflicted = notes.log.column("inflicted_today")
    for actor in notes.opening.actors:
        if not notes.is_fighter(actor):
            continue
        first_episode = True
        for episode in notes.episodes(actor, STRIKE):
            first = episode.decision
            dead = int(inflicted[first.day : episode.end, notes.position(actor)].sum())
            weight = _weight(notes, episode, dead) + (5.0 if first_episode else 0.0)
            first_episode = False
            headline = decision_headline(notes, first) + _how_long(notes, episode, dead)
            details = (*decision_details(notes, first), *_inside(notes, episode))
            yield TurningPoint(first.day, weight, headline, details, first)


def _weight(notes: WorldNotes, episode: Episode, dead: int) -> float:
    """The weight of an episode: by actor, length, deaths and how unlikely the choice was."""
    actor = notes.scenario.actors[episode.decision.actor]
    excluded = episode.decision.actor in notes.scenario.agreement.excludes
    who = 4.0 if actor.role == "guarantor" else (1.0 if excluded else 2.0)
    length = min(episode.end - episode.decision.day, 60) / 10
    deadly = min(dead / (0.02 * notes.toll), 10.0)
    if episode.peak == OFFENSIVE:
        return 60.0 + deadly
    return who + length + deadly - math.log10(max(episode.decision.chance, 1e-6))


def _how_long(notes: WorldNotes, episode: Episode, dead: int) -> str:
    """The length of an episode, what ended it, and its deaths, in words."""
    first, days = episode.decision.day, episode.end - episode.decision.day
    how = {"talks": ", until talks", "": ", to the end", "choice": ""}[episode.ended_by]
    attack = int((notes.rungs[first : episode.end, notes.position(episode.decision.actor)] == OFFENSIVE).sum())
    part = f", {attack} of them on the offensive" if 0 < attack < days else ""
    return f", for {wording.counted(days, 'day')}{part}{how}; its fire kills {dead:,}"


def _inside(notes: WorldNotes, episode: Episode) -> Iterator[str]:
    """Offensives begun within an episode, with their pulls; those of the last choice are listed at the end."""
    last = {id(decision) for decision in choices_behind(notes).values()}
    for decision in episode.decisions:
        if decision.new == OFFENSIVE:
            towards, away = pull_lines(notes.scenario, decision.pulls, decision.new, decision.old, 3)
            when = wording.day_of(notes.scenario, decision.day)
            if id(decision) in last:
                yield f"{when}: on to the offensive. {SEE_THE_END}"
                continue
            chance = percent_in_sentences(decision.chance)
            yield f"{when}: on to the offensive. For: {towards}. Against: {away}. Chance {chance}."


def small_moves(notes: WorldNotes) -> Iterator[TurningPoint]:
    """In a short world, the other changes of posture of fighting actors."""
    if notes.n > SHORT_LIFE:
        return
    for decision in notes.log.decisions:
        if notes.is_fighter(decision.actor) and not decision.old < STRIKE <= decision.new:
            yield TurningPoint(
                decision.day, 0.5, decision_headline(notes, decision), decision_details(notes, decision), decision
            )


def engagements(notes: WorldNotes) -> Iterator[TurningPoint]:
    """Long episodes in which an outside party does more than urge."""
    for actor in notes.opening.actors:
        if notes.is_fighter(actor):
            continue
        for episode in notes.episodes(actor, STRIKE):
            days = episode.end - episode.decision.day
            if days >= LONG_ENGAGEMENT:
                backs = 3.0 if notes.scenario.actors[actor].backs else 0.0
                headline = f"{decision_headline(notes, episode.decision)}, for {wording.counted(days, 'day')}"
                if episode.peak > episode.decision.new:
                    headline += f", up to {notes.rung(actor, episode.peak)}"
                details = decision_details(notes, episode.decision)
                yield TurningPoint(episode.decision.day, backs + days / 60, headline, details, episode.decision)


def breaches(notes: WorldNotes) -> Iterator[TurningPoint]:
    """The first fire ordered by a party to the deal, and the first deaths."""
    violations, deaths = notes.log.column("violations"), notes.log.column("deaths_today")
    ordered, lethal = np.flatnonzero(violations[:, 0]), np.flatnonzero(deaths)
    if len(ordered):
        day = int(ordered[0])
        yield TurningPoint(day, ALWAYS, f"First breach: fire ordered by {_who_ordered(notes, day)}")
    if len(lethal):
        day = int(lethal[0])
        yield TurningPoint(day, ALWAYS, f"First deaths: {_dead(notes, day)}, {_in_sector(notes, day)}")


def _who_ordered(notes: WorldNotes, day: int) -> str:
    """Parties to the deal that ordered fire on a day, each with its posture on that day."""
    values, excluded = notes.log.days[day], notes.scenario.agreement.excludes
    return listed(
        [
            f"{notes.title(actor)} (at {notes.rung(actor, int(values['stood'][a]))})"
            for a, actor in enumerate(notes.opening.actors)
            if values["ordered"][a] and actor not in excluded
        ]
    )


def worst_days(notes: WorldNotes) -> Iterator[TurningPoint]:
    """The deadliest day, with its victims and who is blamed; and fortnights deadlier than any before."""
    deaths, fortnight = notes.log.column("deaths_today"), notes.log.column("deaths_14d")
    worst = int(deaths.argmax())
    if deaths[worst] > 1:
        yield TurningPoint(worst, ALWAYS, f"Deadliest day: {deaths[worst]:,} dead", (_hit_and_blamed(notes, worst),))
    last_peak = PEAK_OF_TOLL * notes.toll / PEAK_GROWS
    for day in _peaks(fortnight):
        if fortnight[day] >= last_peak * PEAK_GROWS:
            last_peak = float(fortnight[day])
            share = last_peak / notes.toll
            yield TurningPoint(
                day, 12.0 + 20.0 * share,
                f"The deadliest fortnight so far: {last_peak:,.0f} dead, {percent_in_sentences(share)} of the "
                "war's worst",
            )  # fmt: skip


def _peaks(fortnight: Numbers) -> Iterator[int]:
    """Days on which the toll of the last 14 days is a maximum within 14 days on either side."""
    n = len(fortnight)
    for day in range(n):
        around = fortnight[max(0, day - 14) : min(n, day + 15)]
        if fortnight[day] == around.max() and fortnight[day] > fortnight[max(0, day - 1)]:
            yield day


def _in_sector(notes: WorldNotes, day: int) -> str:
    """The sector in which most died on a day, in words."""
    killed = notes.log.days[day]["killed_in"]
    most = "" if killed.max() == killed.sum() else "mostly "
    return f"{most}at {notes.sector(int(killed.argmax()))}"


def _dead(notes: WorldNotes, day: int) -> str:
    """Deaths on a day by actor, the most first, then civilians: `Syrian government 57, 2 civilians`."""
    values = notes.log.days[day]
    dead = sorted(zip(values["losses_today"], notes.opening.actors, strict=False), key=lambda each: -each[0])
    words = [f"{notes.title(actor)} {n:,}" for n, actor in dead if n]
    civilians = int(values["civilians_killed"].sum())
    return ", ".join([*words, *([wording.counted(civilians, "civilian")] if civilians else [])])


def _hit_and_blamed(notes: WorldNotes, day: int) -> str:
    """Where and who died on a day, who killed most and who is blamed most."""
    values = notes.log.days[day]
    shooter, blamed = _largest(notes, values["inflicted_today"]), _largest(notes, values["seen_today"])
    who = f"{shooter} killed most and is blamed most"
    if shooter != blamed:
        who = f"{shooter} killed most, {blamed} is blamed most"
    return f"{wording.upper(_in_sector(notes, day))}: {_dead(notes, day)}. {who}."


def _largest(notes: WorldNotes, numbers: Numbers) -> str:
    """The actor with the largest of the numbers; nobody when that is 0."""
    a = int(numbers[: len(notes.opening.actors)].argmax())
    return notes.title(notes.opening.actors[a]) if numbers[a] > 0 else "nobody"


def talks(notes: WorldNotes) -> Iterator[TurningPoint]:
    """Rounds of talks; those after which an actor stops its strikes weigh most."""
    last = notes.log.column("last_talks")
    stopped: dict[int, list[tuple[str, int]]] = {}
    for day, actor, old, _ in notes.log.stepped_down:
        stopped.setdefault(day, []).append((actor, old))
    for number, day in enumerate(np.unique(last[last >= 0])):
        halted = [f"{notes.title(a)} from {notes.rung(a, old)}" for a, old in stopped.get(int(day), [])]
        strikers = sum(old >= STRIKE for _, old in stopped.get(int(day), []))
        headline = "The guarantors meet" + (f"; stepping down: {listed(halted)}" if halted else "")
        yield TurningPoint(int(day), (8.0 if number == 0 else 1.0) + 3.0 * strikers, headline)


def outside_events(notes: WorldNotes) -> Iterator[TurningPoint]:
    """Events from outside; each time the same title comes again it weighs less."""
    marks = notes.log.column("event_on")
    times: dict[str, int] = {}
    struck = sorted(
        (int(day), e) for e in range(len(notes.scenario.events)) for day in np.unique(marks[:, e]) if day >= 0
    )
    for day, e in struck:
        title = notes.scenario.events[e].title
        times[title] = times.get(title, 0) + 1
        yield TurningPoint(day, ALWAYS if times[title] == 1 else 12.0 / times[title], title)


def tasks(notes: WorldNotes) -> Iterator[TurningPoint]:
    """Deadlines that are met, missed, or met late."""
    met = notes.log.column("deadline_met")
    for d, name in enumerate(sorted(notes.scenario.agreement.deadlines)):
        deadline = notes.scenario.agreement.deadlines[name]
        due = int(notes.recorded.initial_record["deadline_due"][0, d])
        done = np.flatnonzero(met[:, d])
        when = int(done[0]) if len(done) else notes.n
        if when > due and due < notes.n:
            yield TurningPoint(due, ALWAYS, f"Missed: {lower(deadline.title)}")
        if when < notes.n:
            late = f" ({wording.counted(when - due, 'day')} late)" if when > due else ""
            yield TurningPoint(when, 30.0, f"Done: {lower(deadline.title)}{late}")


def line(notes: WorldNotes) -> Iterator[TurningPoint]:
    """Sectors in which the line crosses the middle."""
    held = notes.log.column("held")
    for s in range(len(notes.opening.sectors)):
        was = bool(notes.recorded.initial_record["held"][0, s] >= 0.5)
        for day, share in enumerate(held[:, s]):
            now = share >= 0.5 + ACROSS if not was else share > 0.5 - ACROSS
            if now != was:
                was = now
                side = notes.sides()[0 if now else 1]
                yield TurningPoint(day, 25.0, f"{notes.sector(s)}: most of it is now held by {side}")


def bonds(notes: WorldNotes) -> Iterator[TurningPoint]:
    """Days on which soldiers of a guarantor die and the ties of the guarantors fall."""
    ties, dead = notes.log.column("ties"), notes.log.column("guarantor_dead").sum(axis=1)
    losses = notes.log.column("losses_today")
    for day in np.flatnonzero(dead):
        before = ties[day - 1] if day else float(notes.recorded.initial_record["ties"][0])
        if before - ties[day] >= TIES_HIT:
            victims = [
                f"{losses[day, a]} of {notes.title(actor)}"
                for a, actor in enumerate(notes.opening.actors)
                if notes.scenario.actors[actor].role == "guarantor" and losses[day, a]
            ]
            headline = (
                f"Soldiers of a guarantor die ({listed(victims)}); ties fall from {before:.2f} to {ties[day]:.2f}"
            )
            yield TurningPoint(int(day), 60.0 * (before - ties[day]), headline)


def renewals(notes: WorldNotes) -> Iterator[TurningPoint]:
    """Renewals of a fixed term."""
    expires = notes.log.column("expires")
    for number, day in enumerate(np.flatnonzero(np.diff(expires)) + 1):
        until = notes.date(int(expires[day]))
        yield TurningPoint(int(day), ALWAYS if number == 0 else 10.0, f"The deal is renewed, to {until}")


def resolve(notes: WorldNotes) -> Iterator[TurningPoint]:
    """Strikes by a guarantor that raise the resolve of its side."""
    shown, titles = notes.log.column("resolve"), [side.title for side in notes.scenario.sides.values()]
    for i, title in enumerate(titles):
        rises = np.flatnonzero(np.diff(shown[:, i]) > 0) + 1
        for run in np.split(rises, np.flatnonzero(np.diff(rises) > 1) + 1):
            if len(run) and shown[run[-1], i] - shown[run[0] - 1, i] >= 0.1:
                before, after = shown[run[0] - 1, i], shown[run[-1], i]
                headline = f"{title}: the strikes of its guarantor raise its resolve from {before:.2f} to {after:.2f}"
                yield TurningPoint(int(run[-1]), 6.0 + 20.0 * (after - before), headline)


FINDERS: tuple[Finder, ...] = (
    campaigns, small_moves, engagements, breaches, worst_days, talks, outside_events, tasks, line, bonds, renewals,
    resolve,
)  # fmt: skip
"""The functions that find turning points."""
