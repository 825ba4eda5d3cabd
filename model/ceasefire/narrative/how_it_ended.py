"""The last chapter of a world's story: the cause, the choices behind it, the place, and the blame."""

from __future__ import annotations

import numpy as np

from ceasefire import wording
from ceasefire.narrative.describe import in_order
from ceasefire.narrative.turning_points import decision_details
from ceasefire.narrative.world_notes import (
    Decision,
    RecordedWorld,
    WorldNotes,
    choices_behind,
    deciding_actor,
    last_stopped,
)
from ceasefire.wording import counted, heading, percent_in_sentences, wrapped
from ceasefire.world_state import RETALIATORY, WINDOW

LINE_MOVED = 0.05
"""Smallest share of a sector changing hands that the chapter mentions."""


def ending(recorded: RecordedWorld) -> list[str]:
    """The lines of the last chapter."""
    lines = heading("The end" if recorded.record["ended"][0] else "The last day")
    return [*lines, *(line for sentence in ending_sentences(recorded) for line in wrapped(sentence))]


def ending_sentences(recorded: RecordedWorld) -> list[str]:
    """What the last chapter says: how it ended, the choices behind the end, where, and who was blamed."""
    notes = WorldNotes(recorded)
    how = {
        "": _holding, "offensive": _offensive, "spoiler_offensive": _offensive, "bombardment": _bombardment,
        "spiral": _spiral, "guarantor_clash": _clash, "expiry": _expiry, "abrogation": _abrogation,
    }[recorded.cause]  # fmt: skip
    return [sentence for sentence in (*how(notes), *_choices(notes), _where(notes), _blame(notes)) if sentence]


def _choices(notes: WorldNotes) -> list[str]:
    """The choices behind the end, with their pulls and the motive that favoured each most."""
    return [line for actor, decision in choices_behind(notes).items() for line in _choice(notes, decision, actor)]


def _choice(notes: WorldNotes, decision: Decision | None, actor: str) -> list[str]:
    """One choice behind the end; `decision` is None for an actor that did not choose its posture."""
    if decision is None:
        return [_unchosen(notes, actor)]
    when = wording.day_of(notes.scenario, decision.day)
    old, new = notes.rung(actor, decision.old), notes.rung(actor, decision.new)
    whose = "The last choice" if notes.recorded.cause in ("bombardment", "spiral") else "The choice"
    lead = f"{whose}: {when}, {notes.title(actor)} goes from {old} to {new}."
    return [lead, *decision_details(notes, decision), _deciding(notes, decision)]


def _unchosen(notes: WorldNotes, actor: str) -> str:
    """The posture of an actor that did not choose it, and since when it has had it."""
    posture = f"{notes.title(actor)} has stood at {notes.rung(actor, int(notes.rungs[-1, notes.position(actor)]))}"
    own = [d.day for d in notes.log.decisions if d.actor == actor]
    stopped = last_stopped(notes, actor)
    if own and own[-1] > stopped:
        return f"{posture} since {notes.date(own[-1])}."
    return f"{posture} since the talks of {notes.date(stopped)}." if stopped >= 0 else f"{posture} since the first day."


def _deciding(notes: WorldNotes, decision: Decision) -> str:
    """The motive that favours the rung over the lowest one most; deciding only where pulls did more than luck."""
    pulls, rung = decision.pulls, decision.new
    steps = {m: part[rung] - part[0] for m, part in pulls.motives.items()}
    motive = max(steps, key=lambda m: steps[m], default="")
    if not motive or steps[motive] <= 0:
        return "No motive favoured this rung over the lowest one: chance or hidden intent decided."
    title = notes.scenario.motives[motive].title
    lowest = notes.rung(pulls.actor, 0)
    most = f"compared with {lowest}: {title}, {wording.signed_utility(steps[motive])}."
    if not decision.by_luck:
        return f"Deciding motive, {most}"
    often = f"about once in {1 / max(decision.chance, 1e-9):,.0f} such reviews"
    often = often if decision.chance < 0.4 else "in fewer than half of such reviews"
    which = f"; this was the {wording.ordinal(decision.review)}" if decision.review > 1 else ""
    return f"Chance decided more than any motive: this choice comes up {often}{which}. Most in favour, {most}"


def _offensive(notes: WorldNotes) -> list[str]:
    """A ground offensive: when it began, how long it lasted, its dead."""
    first = int(notes.recorded.record["days_held"][0])
    days = notes.log.days[first:]
    dead = sum(day["deaths_today"] for day in days)
    attacks = f"{notes.title(deciding_actor(notes))} attacks on {notes.date(first)}"
    how = f"{attacks} and is still advancing {counted(len(days) - 1, 'day')} later; {dead:,} die in these days"
    if len(days) < float(notes.recorded.record["offensive_days"][0]):
        total = days[-1]["deaths_14d"]
        how = f"{attacks}, and by {notes.date(first + len(days) - 1)} {_war_again(notes, total)}"
    return [f"{how}. The end dates from the first day of the attack, and the totals at the top stop before it."]


def _war_again(notes: WorldNotes, total: int) -> str:
    """The toll of a fortnight as a share of the war's worst."""
    return (
        f"{total:,} have died in {WINDOW} days, {percent_in_sentences(total / notes.toll)} of the war's worst fortnight"
    )


def _toll(notes: WorldNotes) -> str:
    """The toll that ends the deal without a ground offensive."""
    return f"There is no ground offensive, but {_war_again(notes, notes.log.days[-1]['deaths_14d'])}"


def _bombardment(notes: WorldNotes) -> list[str]:
    """Deaths by the fire that one actor ordered."""
    actor = deciding_actor(notes)
    ordered = notes.log.column("ordered_today")[-WINDOW:, notes.position(actor)].sum()
    return [f"{_toll(notes)}; fire that {notes.title(actor)} ordered killed {ordered:,} of them."]


def _spiral(notes: WorldNotes) -> list[str]:
    """Deaths that no single actor ordered."""
    actor = deciding_actor(notes)
    inflicted = notes.log.column("inflicted_today")[-WINDOW:, notes.position(actor)].sum()
    kinds = notes.log.column("violations")[-WINDOW:].sum(axis=0)
    return [
        f"{_toll(notes)}, and the orders of no single party killed half of them. Of {kinds.sum():,} "
        f"violations {kinds[RETALIATORY]:,} were retaliation. {notes.title(actor)} killed most: {inflicted:,}."
    ]


def _clash(notes: WorldNotes) -> list[str]:
    """Fire between the guarantors of the two sides."""
    w = notes.recorded.record[0]
    since, dead = notes.date(int(w["days_held"])), f"{int(w['clash_dead']):,}"
    return [
        f"Guarantors of both sides have struck every day since {since} and killed {dead} of each other's soldiers. The "
        "end dates from the first of these days, and the totals at the top stop before it."
    ]


def _abrogation(notes: WorldNotes) -> list[str]:
    """A signatory that declares the deal over."""
    w = notes.recorded.record[0]
    return [
        f"{notes.title(deciding_actor(notes))} declares the deal over on {notes.date(int(w['formal_end']))}. A "
        "signatory that strikes may do so on any day; the chance is higher when it trusts the other side less and "
        "when more of the terms are unmet.",
        *_war_after_the_lapse(notes),
    ]


def _expiry(notes: WorldNotes) -> list[str]:
    """A term that was not renewed."""
    w = notes.recorded.record[0]
    until = notes.date(int(w["formal_end"]))
    if w["refused_by"] < 0:
        return [f"The last term that is allowed runs out on {until}.", *_war_after_the_lapse(notes)]
    refusal = f"The term runs out on {until}: {notes.title(deciding_actor(notes))} does not renew it."
    return [refusal, *_war_after_the_lapse(notes)]


def _war_after_the_lapse(notes: WorldNotes) -> list[str]:
    """War soon after a deal has lapsed is attributed to the lapse, and to the motive behind it."""
    w = notes.recorded.record[0]
    waited = int(w["days_held"] - w["formal_end"])
    when = f"{counted(waited, 'day')} later" if waited else "on the same day"
    lines = [f"Nobody is bound from then on, and war is back {when}."]
    if w["deciding_motive"] >= 0:
        title = notes.scenario.motives[notes.opening.motives[int(w["deciding_motive"])]].title
        lines.append(f"Deciding motive, compared with {notes.rung(deciding_actor(notes), 0)}: {title}.")
    return lines


def _holding(notes: WorldNotes) -> list[str]:
    """Postures and the line on the last day of a world that still holds."""
    last = notes.rungs[-1]
    postures = [
        f"{notes.title(actor)} {notes.rung(actor, int(last[notes.position(actor)]))}"
        for actor in in_order(notes.scenario)
    ]
    moved = notes.log.column("held")[-1] - notes.recorded.initial_record["held"][0]
    far = int(np.abs(moved).argmax())
    lines = [f"Postures: {'; '.join(postures)}."]
    if abs(moved[far]) >= LINE_MOVED:
        share, side = percent_in_sentences(abs(float(moved[far]))), notes.sides()[0 if moved[far] > 0 else 1]
        lines.append(f"The line moved most at {notes.sector(far)}: {share} of it went to {side}.")
    return lines


def _where(notes: WorldNotes) -> str:
    """The sector with the most recent deaths."""
    w = notes.recorded.record[0]
    if not w["ended"] or w["deciding_sector"] < 0:
        return ""
    return f"Sector with the most recent deaths: {notes.sector(int(w['deciding_sector']))}."


def _blame(notes: WorldNotes) -> str:
    """The share of its own fire in what each side blamed on the other, in the last fortnight."""
    felt = notes.log.column("felt_today")[-WINDOW:].sum(axis=0)
    own = notes.log.column("misblamed")[-WINDOW:].sum(axis=0)
    shares = [
        f"{side} {percent_in_sentences(float(own[1 - i] / felt[i]))}"
        for i, side in enumerate(notes.sides())
        if felt[i] > 0
    ]
    period = counted(min(notes.n, WINDOW), "day")
    words = "fire of its own side in what each side blamed on the other"
    return f"In the last {period}, {words}: {'; '.join(shares)}." if shares else ""
