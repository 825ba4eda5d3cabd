"""The end of a world's story: the cause, whose choice it was and why, where, and who blamed whom."""

from __future__ import annotations

import numpy as np

from ceasefire.analysis import telling
from ceasefire.analysis.pulls import Pulls, pulls_of
from ceasefire.analysis.turning_points import OFFENSIVE, STRIKE, Teller, decision_details
from ceasefire.analysis.witness import Decision, Witness
from ceasefire.scenario.plain_text import heading, wrapped
from ceasefire.world import WINDOW


def ending(witness: Witness) -> list[str]:
    """The last chapter."""
    teller = Teller(witness)
    how = {
        "": _holding, "offensive": _offensive, "spoiler_offensive": _offensive, "bombardment": _bombardment,
        "spiral": _spiral, "guarantor_clash": _clash, "expiry": _expiry, "abrogation": _abrogation,
    }[witness.cause]  # fmt: skip
    lines = heading("The end" if witness.record["ended"][0] else "As it stands")
    for sentence in (*how(teller), _where(teller), _blame(teller)):
        lines += wrapped(sentence) if sentence else []
    return lines


def choices_behind(teller: Teller) -> dict[str, Decision | None]:
    """By actor, the choice that led to the end; None for a posture that it had from the start."""
    w, cause = teller.witness.record[0], teller.witness.cause
    if cause in ("", "expiry"):
        return {}
    if cause == "guarantor_clash":
        return {actor: _last_decision(teller, actor, STRIKE) for actor in _striking_guarantors(teller)}
    actor = _actor(teller)
    if cause in ("offensive", "spoiler_offensive"):
        began = [
            d for d in teller.notes.decisions if d.actor == actor and d.new == OFFENSIVE and d.day == w["days_held"]
        ]
        return {actor: began[-1] if began else None}
    return {actor: _last_decision(teller, actor, STRIKE if cause == "abrogation" else 1)}


def _actor(teller: Teller) -> str:
    return teller.opening.actors[int(teller.witness.record["deciding_actor"][0])]


def _striking_guarantors(teller: Teller) -> list[str]:
    guarantors = [a for a in teller.opening.actors if teller.scenario.actors[a].role == "guarantor"]
    return [a for a in guarantors if teller.witness.record["rung"][0, teller.position(a)] >= STRIKE]


def _last_decision(teller: Teller, actor: str, lowest: int) -> Decision | None:
    """Its last choice that took it to `lowest` or above from below it, if any."""
    own = [d for d in teller.notes.decisions if d.actor == actor and d.new >= lowest > d.old]
    return own[-1] if own else None


def _choices(teller: Teller) -> list[str]:
    """The choices behind the end, with their pulls, and the motive that did most against honouring the deal."""
    return [line for actor, decision in choices_behind(teller).items() for line in _choice(teller, decision, actor)]


def _choice(teller: Teller, decision: Decision | None, actor: str) -> list[str]:
    if decision is None:
        posture = telling.rung_word(teller.scenario, actor, int(teller.rungs[-1, teller.position(actor)]))
        return [f"{teller.title(actor)} had stood at {posture} since the first day; it made no choice."]
    old, new = (telling.rung_word(teller.scenario, actor, rung) for rung in (decision.old, decision.new))
    where = telling.day_of(teller.scenario, decision.day)
    lines = [f"The choice: {where}, {teller.title(actor)} goes from {old} to {new}."]
    return lines + list(decision_details(teller, decision)) + _deciding(teller, decision)


def _deciding(teller: Teller, decision: Decision) -> list[str]:
    """The largest motive for the rung against the lowest one: the one that results name."""
    steps = {m: part[decision.new] - part[0] for m, part in decision.pulls.motives.items()}
    motive = max(steps, key=lambda m: steps[m])
    if steps[motive] <= 0:
        return ["No motive spoke for it against the lowest rung: it came of chance or of a hidden wish."]
    title = teller.scenario.motives[motive].title
    lowest = telling.rung_word(teller.scenario, decision.actor, 0)
    return [f"Deciding motive, against {lowest}: {title}, {telling.signed(steps[motive])}."]


def _offensive(teller: Teller) -> list[str]:
    w, actor = teller.witness.record[0], _actor(teller)
    first = int(w["days_held"])
    days = teller.notes.days[first:]
    dead = sum(day["deaths_today"] for day in days)
    lead = (
        f"{teller.title(actor)} attacks on {telling.date_of(teller.scenario, first)} and is still advancing "
        f"{telling.counted(len(days) - 1, 'day')} later; {dead:,} die in these days. The end dates from the first of them, "
        "and the counts above stop before it."
    )  # fmt: skip
    return [lead, *_choices(teller)]


def _bombardment(teller: Teller) -> list[str]:
    actor = _actor(teller)
    ordered = teller.notes.column("ordered_today")[-WINDOW:, teller.position(actor)].sum()
    total = teller.notes.days[-1]["deaths_14d"]
    lead = (
        f"Nobody advances, yet {total:,} died in {WINDOW} days, {telling.chance_of(total / teller.toll)} of the war's worst "
        f"fortnight; fire that {teller.title(actor)} ordered killed {ordered:,} of them."
    )
    return [lead, *_choices(teller)]


def _spiral(teller: Teller) -> list[str]:
    actor = _actor(teller)
    inflicted = teller.notes.column("inflicted_today")[-WINDOW:, teller.position(actor)].sum()
    kinds = teller.notes.column("violations")[-WINDOW:].sum(axis=0)
    total = teller.notes.days[-1]["deaths_14d"]
    lead = (
        f"Nobody advances, yet {total:,} died in {WINDOW} days, {telling.chance_of(total / teller.toll)} of the war's worst "
        f"fortnight, and no party's orders killed half of them. Of {kinds.sum():,} violations {kinds[1]:,} answered others. "
        f"{teller.title(actor)} killed most, {inflicted:,}."
    )
    return [lead, *_choices(teller)]


def _clash(teller: Teller) -> list[str]:
    w = teller.witness.record[0]
    since = telling.day_of(teller.scenario, int(w["clash_since"]))
    lead = f"The guarantors of both sides strike since {since} and have killed {int(w['clash_dead']):,} of each other's men."
    return [lead, *_choices(teller)]


def _abrogation(teller: Teller) -> list[str]:
    w, actor = teller.witness.record[0], _actor(teller)
    side = int(w["side"][teller.position(actor)])
    lead = (
        f"{teller.title(actor)}, at {telling.rung_word(teller.scenario, actor, int(w['rung'][teller.position(actor)]))}, "
        f"declares the deal over: a party that strikes may do so any day, the likelier the less it trusts the other side "
        f"({float(w['trust'][side]):.2f}) and the more terms are unmet ({float(w['unmet']):.2f})."
    )
    return [lead, *_choices(teller)]


def _expiry(teller: Teller) -> list[str]:
    actor = _actor(teller)
    pulls: Pulls = pulls_of(teller.witness.record, teller.position(actor), teller.opening)
    wanted = max((STRIKE, OFFENSIVE), key=lambda rung: pulls.chances[rung])
    towards, away = telling.pull_lines(teller.scenario, pulls, wanted, 0)
    chance = telling.chance_of(1 - pulls.chances[0] - pulls.chances[1])
    return [
        f"The term runs out and {teller.title(actor)} does not renew (chance {chance}: that it would rather strike or attack).",
        f"For {telling.rung_word(teller.scenario, actor, wanted)}, against honour: {towards}.",
        f"Against: {away}.",
    ]


def _holding(teller: Teller) -> list[str]:
    postures = [
        f"{teller.title(actor)} {telling.rung_word(teller.scenario, actor, int(teller.rungs[-1, a]))}"
        for a, actor in enumerate(teller.opening.actors)
    ]
    moved = teller.notes.column("held")[-1] - teller.witness.opened["held"][0]
    far = int(np.abs(moved).argmax())
    lines = [f"Postures: {'; '.join(postures)}."]
    if abs(moved[far]) >= 0.05:
        sector = teller.opening.sectors[far]
        titles = [side.title for side in teller.scenario.sides.values()]
        lines.append(
            f"The line moved most at {teller.scenario.front.sectors[sector].title}: {telling.chance_of(abs(float(moved[far])))} of it "
            f"went to the {titles[0 if moved[far] > 0 else 1].lower()}."
        )  # fmt: skip
    return lines


def _where(teller: Teller) -> str:
    w = teller.witness.record[0]
    if not w["ended"] or w["deciding_sector"] < 0:
        return ""
    sector = teller.opening.sectors[int(w["deciding_sector"])]
    return f"Where most died of late: {teller.scenario.front.sectors[sector].title}."


def _blame(teller: Teller) -> str:
    """What each side held against the other in the last fortnight, and how much of it was its own fire."""
    felt = teller.notes.column("felt_today")[-WINDOW:].sum(axis=0)
    own = teller.notes.column("misblamed")[-WINDOW:].sum(axis=0)
    titles = [side.title for side in teller.scenario.sides.values()]
    if felt.max() <= 0:
        return ""
    words = [
        f"the {titles[i].lower()} blames the {titles[1 - i].lower()}"
        + (
            f" ({telling.chance_of(float(own[1 - i] / felt[i]))} of it for fire of its own)"
            if felt[i] > 0
            else " for nothing"
        )
        for i in range(2)
    ]
    return f"In the last {WINDOW} days {words[0]}; {words[1]}."
