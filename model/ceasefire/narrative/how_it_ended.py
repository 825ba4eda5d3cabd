"""The end of a world's story: the cause, whose choice it was and why, where, and who blamed whom."""

from __future__ import annotations

import numpy as np

from ceasefire import wording
from ceasefire.analysis.decisions import Pulls
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
from ceasefire.wording import chance_of, counted, heading, wrapped
from ceasefire.world_state import RETALIATORY, WINDOW

LINE_MOVED = 0.05
"""Share of a sector that must change hands to be worth a sentence."""


def ending(witness: RecordedWorld) -> list[str]:
    """The last chapter."""
    teller = WorldNotes(witness)
    how = {
        "": _holding, "offensive": _offensive, "spoiler_offensive": _offensive, "bombardment": _bombardment,
        "spiral": _spiral, "guarantor_clash": _clash, "expiry": _expiry, "abrogation": _abrogation,
    }[witness.cause]  # fmt: skip
    lines = heading("The end" if witness.record["ended"][0] else "As it stands")
    for sentence in (*how(teller), *_choices(teller), _where(teller), _blame(teller)):
        lines += wrapped(sentence) if sentence else []
    return lines


def _choices(teller: WorldNotes) -> list[str]:
    """The choices behind the end, with their pulls, and the motive that did most against honouring the deal."""
    return [line for actor, decision in choices_behind(teller).items() for line in _choice(teller, decision, actor)]


def _choice(teller: WorldNotes, decision: Decision | None, actor: str) -> list[str]:
    if decision is None:
        return [_unchosen(teller, actor)]
    when = wording.day_of(teller.scenario, decision.day)
    old, new = teller.rung(actor, decision.old), teller.rung(actor, decision.new)
    whose = "The last choice" if teller.witness.cause in ("bombardment", "spiral") else "The choice"
    lead = f"{whose}: {when}, {teller.title(actor)} goes from {old} to {new}."
    return [lead, *decision_details(teller, decision), _deciding(teller, decision.pulls, decision.new)]


def _unchosen(teller: WorldNotes, actor: str) -> str:
    """Where an actor stands when no choice of its own took it there."""
    stands = f"{teller.title(actor)} stands at {teller.rung(actor, int(teller.rungs[-1, teller.position(actor)]))}"
    own = [d.day for d in teller.notes.decisions if d.actor == actor]
    stopped = last_stopped(teller, actor)
    if own and own[-1] > stopped:
        return f"{stands} since {teller.date(own[-1])}."
    return f"{stands} since the talks of {teller.date(stopped)}." if stopped >= 0 else f"{stands} since the first day."


def _deciding(teller: WorldNotes, pulls: Pulls, rung: int) -> str:
    """The largest motive for the rung against the lowest one: the one that results name."""
    steps = {m: part[rung] - part[0] for m, part in pulls.motives.items()}
    motive = max(steps, key=lambda m: steps[m], default="")
    if not motive or steps[motive] <= 0:
        return "No motive spoke for it against the lowest rung: it came of chance or of a hidden wish."
    title = teller.scenario.motives[motive].title
    return f"Deciding motive, against {teller.rung(pulls.actor, 0)}: {title}, {wording.signed_utility(steps[motive])}."


def _offensive(teller: WorldNotes) -> list[str]:
    first = int(teller.witness.record["days_held"][0])
    days = teller.notes.days[first:]
    dead = sum(day["deaths_today"] for day in days)
    attacks = f"{teller.title(deciding_actor(teller))} attacks on {teller.date(first)}"
    how = f"{attacks} and is still advancing {counted(len(days) - 1, 'day')} later; {dead:,} die in these days"
    if len(days) < float(teller.witness.record["offensive_days"][0]):
        total = days[-1]["deaths_14d"]
        how = f"{attacks}, and by {teller.date(first + len(days) - 1)} {_war_again(teller, total)}"
    return [f"{how}. The end dates from the first day of the attack, and the counts at the top stop before it."]


def _war_again(teller: WorldNotes, total: int) -> str:
    return f"{total:,} have died in {WINDOW} days, {chance_of(total / teller.toll)} of the war's worst fortnight"


def _toll(teller: WorldNotes) -> str:
    return f"Nobody advances, yet {_war_again(teller, teller.notes.days[-1]['deaths_14d'])}"


def _bombardment(teller: WorldNotes) -> list[str]:
    actor = deciding_actor(teller)
    ordered = teller.notes.column("ordered_today")[-WINDOW:, teller.position(actor)].sum()
    return [f"{_toll(teller)}; fire that {teller.title(actor)} ordered killed {ordered:,} of them."]


def _spiral(teller: WorldNotes) -> list[str]:
    actor = deciding_actor(teller)
    inflicted = teller.notes.column("inflicted_today")[-WINDOW:, teller.position(actor)].sum()
    kinds = teller.notes.column("violations")[-WINDOW:].sum(axis=0)
    return [
        f"{_toll(teller)}, and no party's orders killed half of them. Of {kinds.sum():,} violations "
        f"{kinds[RETALIATORY]:,} answered others. {teller.title(actor)} killed most, {inflicted:,}."
    ]


def _clash(teller: WorldNotes) -> list[str]:
    w = teller.witness.record[0]
    since, dead = teller.date(int(w["days_held"])), f"{int(w['clash_dead']):,}"
    return [
        f"Guarantors of both sides have struck every day since {since} and killed {dead} of each other's soldiers. The "
        "end dates from the first of these days, and the counts at the top stop before it."
    ]


def _abrogation(teller: WorldNotes) -> list[str]:
    w = teller.witness.record[0]
    return [
        f"{teller.title(deciding_actor(teller))} declares the deal over on {teller.date(int(w['formal_end']))}: a "
        "signatory that strikes may do so any day, the likelier the less it trusts the other side and the more terms "
        "are unmet.",
        *_war_after_the_lapse(teller),
    ]


def _expiry(teller: WorldNotes) -> list[str]:
    w = teller.witness.record[0]
    until = teller.date(int(w["formal_end"]))
    if w["refused_by"] < 0:
        return [f"The last term that is allowed runs out on {until}.", *_war_after_the_lapse(teller)]
    return [f"The term runs out on {until}: {teller.title(deciding_actor(teller))} does not renew it.",
            *_war_after_the_lapse(teller)]  # fmt: skip


def _war_after_the_lapse(teller: WorldNotes) -> list[str]:
    """War soon after a deal has lapsed is put down to the lapse, and to the motive behind it."""
    w = teller.witness.record[0]
    waited = int(w["days_held"] - w["formal_end"])
    lines = [f"Nobody is bound from then on, and war is back {counted(waited, 'day')} later."]
    if w["deciding_motive"] >= 0:
        title = teller.scenario.motives[teller.opening.motives[int(w["deciding_motive"])]].title
        lines.append(f"Deciding motive, against {teller.rung(deciding_actor(teller), 0)}: {title}.")
    return lines


def _holding(teller: WorldNotes) -> list[str]:
    last = teller.rungs[-1]
    postures = [
        f"{teller.title(actor)} {teller.rung(actor, int(last[teller.position(actor)]))}"
        for actor in in_order(teller.scenario)
    ]
    moved = teller.notes.column("held")[-1] - teller.witness.opened["held"][0]
    far = int(np.abs(moved).argmax())
    lines = [f"Postures: {'; '.join(postures)}."]
    if abs(moved[far]) >= LINE_MOVED:
        share, side = chance_of(abs(float(moved[far]))), teller.sides()[0 if moved[far] > 0 else 1]
        lines.append(f"The line moved most at {teller.sector(far)}: {share} of it went to the {side}.")
    return lines


def _where(teller: WorldNotes) -> str:
    w = teller.witness.record[0]
    if not w["ended"] or w["deciding_sector"] < 0:
        return ""
    return f"Where most died of late: {teller.sector(int(w['deciding_sector']))}."


def _blame(teller: WorldNotes) -> str:
    """How much of what each side held against the other in the last fortnight was its own fire."""
    felt = teller.notes.column("felt_today")[-WINDOW:].sum(axis=0)
    own = teller.notes.column("misblamed")[-WINDOW:].sum(axis=0)
    sides = teller.sides()
    words = [
        f"of what the {sides[i]} holds against the {sides[1 - i]}, {chance_of(float(own[1 - i] / felt[i]))} was "
        "fire of its own"
        for i in range(2)
        if felt[i] > 0
    ]
    return f"In the last {WINDOW} days: {'; '.join(words)}." if words else ""
