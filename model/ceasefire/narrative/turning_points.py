"""What is worth telling of a world: its turning points, each with a day, lines of text and a weight."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire import wording
from ceasefire.narrative.world_notes import (
    OFFENSIVE,
    STRIKE,
    Decision,
    Episode,
    RecordedWorld,
    WorldNotes,
    choices_behind,
    upper,
)
from ceasefire.wording import listed, lower

SEE_THE_END = "The pulls of this choice stand at the end."
ALWAYS = 1000.0
"""Weight of what is told whatever the room."""

LONG_ENGAGEMENT = 30
"""Days for which an outside party must stay on a high rung to be worth a line."""
SHORT_LIFE = 60
"""Lives of at most so many days are told with every posture change of those who fight."""
TIES_HIT = 0.03
"""Fall of the guarantors' ties in one day that is worth a line."""
PEAK_OF_TOLL = 0.1
"""Share of the war's worst fortnight from which a new peak of deaths is worth a line."""
PEAK_GROWS = 1.5
"""By how much a new peak must pass the last one that was told."""
ACROSS = 0.05
"""How far the line must pass the middle of a sector to have crossed it, so that it does not cross every week."""


@dataclass(frozen=True)
class TurningPoint:
    """Something to tell: its headline, the lines below it, how much it matters, and the choice that it is, if any."""

    day: int
    weight: float
    headline: str
    details: tuple[str, ...] = ()
    decision: Decision | None = None


def turning_points(witness: RecordedWorld) -> list[TurningPoint]:
    """All of them, by day and then by weight."""
    teller = WorldNotes(witness)
    found = [point for find in FINDERS for point in find(teller)]
    return sorted(found, key=lambda point: (point.day, -point.weight))


Numbers = NDArray[Any]
Finder = Callable[[WorldNotes], Iterator[TurningPoint]]


def decision_details(teller: WorldNotes, decision: Decision) -> tuple[str, ...]:
    """The pulls of a choice, and its chance, in words."""
    towards, away = wording.pull_lines(teller.scenario, decision.pulls, decision.new, decision.old)
    stood = teller.rung(decision.actor, decision.old)
    total = decision.pulls.utility(decision.new) - decision.pulls.utility(decision.old)
    stay = wording.chance_of(decision.pulls.chances[decision.old])
    called = "" if decision.called_by == "routine" else f" Reviewed because of {decision.called_by}."
    return (
        f"For: {towards}.",
        f"Against: {away}.",
        f"Together {wording.signed_utility(total)}: chance at this review {wording.chance_of(decision.chance)}, against {stay} "
        f"to stay at {stood}.{called}",
    )


def decision_headline(teller: WorldNotes, decision: Decision) -> str:
    """Who moves from where to where."""
    old, new = (teller.rung(decision.actor, rung) for rung in (decision.old, decision.new))
    return f"{teller.title(decision.actor)}: from {old} to {new}"


def campaigns(teller: WorldNotes) -> Iterator[TurningPoint]:
    """Spells in which somebody who fights strikes, or goes on the offensive."""
    inflicted = teller.notes.column("inflicted_today")
    for actor in teller.opening.actors:
        if not teller.fighter(actor):
            continue
        seen = False
        for spell in teller.spells(actor, STRIKE):
            first = spell.decision
            dead = int(inflicted[first.day : spell.end, teller.position(actor)].sum())
            weight = _weight(teller, spell, dead) + (0.0 if seen else 5.0)
            seen = True
            headline = decision_headline(teller, first) + _how_long(teller, spell, dead)
            details = (*decision_details(teller, first), *_inside(teller, spell))
            yield TurningPoint(first.day, weight, headline, details, first)


def _weight(teller: WorldNotes, spell: Episode, dead: int) -> float:
    actor = teller.scenario.actors[spell.decision.actor]
    excluded = spell.decision.actor in teller.scenario.agreement.excludes
    who = 4.0 if actor.role == "guarantor" else (1.0 if excluded else 2.0)
    length = min(spell.end - spell.decision.day, 60) / 10
    deadly = min(dead / (0.02 * teller.toll), 10.0)
    if spell.peak == OFFENSIVE:
        return 60.0 + deadly
    return who + length + deadly - math.log10(max(spell.decision.chance, 1e-6))


def _how_long(teller: WorldNotes, spell: Episode, dead: int) -> str:
    first, days = spell.decision.day, spell.end - spell.decision.day
    how = {"talks": ", until talks", "": ", to the end", "choice": ""}[spell.ended_by]
    attack = int((teller.rungs[first : spell.end, teller.position(spell.decision.actor)] == OFFENSIVE).sum())
    part = f", {attack} of them on the offensive" if 0 < attack < days else ""
    return f", for {wording.counted(days, 'day')}{part}{how}; its fire kills {dead:,}"


def _inside(teller: WorldNotes, spell: Episode) -> Iterator[str]:
    """Offensives begun within the spell, with the pulls behind them; those of the last one stand at the end."""
    ends = {id(decision) for decision in choices_behind(teller).values()}
    for decision in spell.decisions:
        if decision.new == OFFENSIVE:
            towards, away = wording.pull_lines(teller.scenario, decision.pulls, decision.new, decision.old, 3)
            when = wording.day_of(teller.scenario, decision.day)
            if id(decision) in ends:
                yield f"{when}: on to the offensive. {SEE_THE_END}"
                continue
            chance = wording.chance_of(decision.chance)
            yield f"{when}: on to the offensive. For: {towards}. Against: {away}. Chance {chance}."


def small_moves(teller: WorldNotes) -> Iterator[TurningPoint]:
    """In a short life, the lesser posture changes of those who fight."""
    if teller.n > SHORT_LIFE:
        return
    for decision in teller.notes.decisions:
        if teller.fighter(decision.actor) and not decision.old < STRIKE <= decision.new:
            yield TurningPoint(
                decision.day, 0.5, decision_headline(teller, decision), decision_details(teller, decision), decision
            )


def engagements(teller: WorldNotes) -> Iterator[TurningPoint]:
    """Long spells in which an outside party does more than speak."""
    for actor in teller.opening.actors:
        if teller.fighter(actor):
            continue
        for spell in teller.spells(actor, STRIKE):
            days = spell.end - spell.decision.day
            if days >= LONG_ENGAGEMENT:
                backs = 3.0 if teller.scenario.actors[actor].backs else 0.0
                headline = f"{decision_headline(teller, spell.decision)}, for {wording.counted(days, 'day')}"
                if spell.peak > spell.decision.new:
                    headline += f", up to {teller.rung(actor, spell.peak)}"
                details = decision_details(teller, spell.decision)
                yield TurningPoint(spell.decision.day, backs + days / 60, headline, details, spell.decision)


def breaches(teller: WorldNotes) -> Iterator[TurningPoint]:
    """The first shot that a party to the deal ordered, and the first dead."""
    violations, deaths = teller.notes.column("violations"), teller.notes.column("deaths_today")
    ordered, lethal = np.flatnonzero(violations[:, 0]), np.flatnonzero(deaths)
    if len(ordered):
        day = int(ordered[0])
        yield TurningPoint(day, ALWAYS, f"First breach: fire ordered by {_who_ordered(teller, day)}")
    if len(lethal):
        day = int(lethal[0])
        yield TurningPoint(day, ALWAYS, f"First dead: {_fallen(teller, day)}, {_in_sector(teller, day)}")


def _who_ordered(teller: WorldNotes, day: int) -> str:
    """Parties to the deal that ordered fire on a day, each with the posture that it had."""
    noted, excluded = teller.notes.days[day], teller.scenario.agreement.excludes
    return listed(
        [
            f"{teller.title(actor)} (at {teller.rung(actor, int(noted['stood'][a]))})"
            for a, actor in enumerate(teller.opening.actors)
            if noted["ordered"][a] and actor not in excluded
        ]
    )


def worst_days(teller: WorldNotes) -> Iterator[TurningPoint]:
    """The deadliest day, with who was hit and who is blamed; and fortnights deadlier than any before."""
    deaths, fortnight = teller.notes.column("deaths_today"), teller.notes.column("deaths_14d")
    worst = int(deaths.argmax())
    if deaths[worst] > 1:
        yield TurningPoint(worst, ALWAYS, f"Deadliest day: {deaths[worst]:,} dead", (_hit_and_blamed(teller, worst),))
    told = PEAK_OF_TOLL * teller.toll / PEAK_GROWS
    for day in _tops(fortnight):
        if fortnight[day] >= told * PEAK_GROWS:
            told = float(fortnight[day])
            share = told / teller.toll
            yield TurningPoint(
                day, 12.0 + 20.0 * share,
                f"The deadliest fortnight so far: {told:,.0f} dead, {wording.chance_of(share)} of the war's worst",
            )  # fmt: skip


def _tops(fortnight: Numbers) -> Iterator[int]:
    """Days on which the fortnight's toll stands highest among the days around them."""
    n = len(fortnight)
    for day in range(n):
        around = fortnight[max(0, day - 14) : min(n, day + 15)]
        if fortnight[day] == around.max() and fortnight[day] > fortnight[max(0, day - 1)]:
            yield day


def _in_sector(teller: WorldNotes, day: int) -> str:
    killed = teller.notes.days[day]["killed_in"]
    most = "" if killed.max() == killed.sum() else "mostly "
    return f"{most}at {teller.sector(int(killed.argmax()))}"


def _fallen(teller: WorldNotes, day: int) -> str:
    """Who died on a day, most first, then civilians: `Syrian government 57, 2 civilians`."""
    noted = teller.notes.days[day]
    dead = sorted(zip(noted["losses_today"], teller.opening.actors, strict=False), key=lambda each: -each[0])
    words = [f"{teller.title(actor)} {n:,}" for n, actor in dead if n]
    civilians = int(noted["civilians_killed"].sum())
    return ", ".join([*words, *([wording.counted(civilians, "civilian")] if civilians else [])])


def _hit_and_blamed(teller: WorldNotes, day: int) -> str:
    noted = teller.notes.days[day]
    shooter, blamed = _largest(teller, noted["inflicted_today"]), _largest(teller, noted["seen_today"])
    who = f"{shooter} killed most and is blamed most"
    if shooter != blamed:
        who = f"{shooter} killed most, {blamed} is blamed most"
    return f"{upper(_in_sector(teller, day))}: {_fallen(teller, day)}. {who}."


def _largest(teller: WorldNotes, numbers: Numbers) -> str:
    a = int(numbers[: len(teller.opening.actors)].argmax())
    return teller.title(teller.opening.actors[a]) if numbers[a] > 0 else "nobody"


def talks(teller: WorldNotes) -> Iterator[TurningPoint]:
    """Rounds of talks; those that stop somebody's strikes matter most."""
    last = teller.notes.column("last_talks")
    stopped: dict[int, list[tuple[str, int]]] = {}
    for day, actor, old, _ in teller.notes.stepped_down:
        stopped.setdefault(day, []).append((actor, old))
    for number, day in enumerate(np.unique(last[last >= 0])):
        halted = [f"{teller.title(a)} from {teller.rung(a, old)}" for a, old in stopped.get(int(day), [])]
        strikers = sum(old >= STRIKE for _, old in stopped.get(int(day), []))
        headline = "The guarantors meet" + (f"; stepping down: {listed(halted)}" if halted else "")
        yield TurningPoint(int(day), (8.0 if number == 0 else 1.0) + 3.0 * strikers, headline)


def outside_events(teller: WorldNotes) -> Iterator[TurningPoint]:
    """Events from outside, by their titles; a title that comes often is told less gladly each time."""
    marks = teller.notes.column("event_on")
    seen: dict[str, int] = {}
    found = sorted(
        (int(day), e) for e in range(len(teller.scenario.events)) for day in np.unique(marks[:, e]) if day >= 0
    )
    for day, e in found:
        title = teller.scenario.events[e].title
        seen[title] = seen.get(title, 0) + 1
        yield TurningPoint(day, ALWAYS if seen[title] == 1 else 12.0 / seen[title], title)


def tasks(teller: WorldNotes) -> Iterator[TurningPoint]:
    """Deadlines met, missed, and met too late."""
    met = teller.notes.column("deadline_met")
    for d, name in enumerate(sorted(teller.scenario.agreement.deadlines)):
        deadline = teller.scenario.agreement.deadlines[name]
        due = int(teller.witness.opened["deadline_due"][0, d])
        done = np.flatnonzero(met[:, d])
        when = int(done[0]) if len(done) else teller.n
        if when > due and due < teller.n:
            yield TurningPoint(due, ALWAYS, f"Missed: {lower(deadline.title)}")
        if when < teller.n:
            late = f" ({wording.counted(when - due, 'day')} late)" if when > due else ""
            yield TurningPoint(when, 30.0, f"Done: {lower(deadline.title)}{late}")


def line(teller: WorldNotes) -> Iterator[TurningPoint]:
    """Sectors in which the line crosses the middle."""
    held = teller.notes.column("held")
    for s in range(len(teller.opening.sectors)):
        was = bool(teller.witness.opened["held"][0, s] >= 0.5)
        for day, share in enumerate(held[:, s]):
            now = share >= 0.5 + ACROSS if not was else share > 0.5 - ACROSS
            if now != was:
                was = now
                side = teller.sides()[0 if now else 1]
                yield TurningPoint(day, 25.0, f"{teller.sector(s)}: most of it is now held by the {side}")


def bonds(teller: WorldNotes) -> Iterator[TurningPoint]:
    """Days on which guarantors' soldiers die and the guarantors' ties suffer."""
    ties, dead = teller.notes.column("ties"), teller.notes.column("guarantor_dead").sum(axis=1)
    losses = teller.notes.column("losses_today")
    for day in np.flatnonzero(dead):
        before = ties[day - 1] if day else float(teller.witness.opened["ties"][0])
        if before - ties[day] >= TIES_HIT:
            fallen = [
                f"{losses[day, a]} of {teller.title(actor)}"
                for a, actor in enumerate(teller.opening.actors)
                if teller.scenario.actors[actor].role == "guarantor" and losses[day, a]
            ]
            headline = f"Soldiers of a guarantor die ({listed(fallen)}); ties {before:.2f} to {ties[day]:.2f}"
            yield TurningPoint(int(day), 60.0 * (before - ties[day]), headline)


def renewals(teller: WorldNotes) -> Iterator[TurningPoint]:
    """A fixed term that is renewed."""
    expires = teller.notes.column("expires")
    for number, day in enumerate(np.flatnonzero(np.diff(expires)) + 1):
        until = teller.date(int(expires[day]))
        yield TurningPoint(int(day), ALWAYS if number == 0 else 10.0, f"The deal is renewed, to {until}")


def resolve(teller: WorldNotes) -> Iterator[TurningPoint]:
    """Strikes by a guarantor that show its side's resolve anew."""
    shown, titles = teller.notes.column("resolve"), [side.title for side in teller.scenario.sides.values()]
    for i, title in enumerate(titles):
        rises = np.flatnonzero(np.diff(shown[:, i]) > 0) + 1
        for run in np.split(rises, np.flatnonzero(np.diff(rises) > 1) + 1):
            if len(run) and shown[run[-1], i] - shown[run[0] - 1, i] >= 0.1:
                before, after = shown[run[0] - 1, i], shown[run[-1], i]
                headline = f"{title}: its guarantor's strikes have shown resolve, {before:.2f} to {after:.2f}"
                yield TurningPoint(int(run[-1]), 6.0 + 20.0 * (after - before), headline)


FINDERS: tuple[Finder, ...] = (
    campaigns, small_moves, engagements, breaches, worst_days, talks, outside_events, tasks, line, bonds, renewals,
    resolve,
)  # fmt: skip
"""Who looks for turning points."""
