"""The end of a world's story: the cause, whose choice it was and why, where, and who blamed whom."""

from __future__ import annotations

import numpy as np

from ceasefire.analysis import telling
from ceasefire.analysis.pulls import pulls_of
from ceasefire.analysis.teller import OFFENSIVE, STRIKE, Teller
from ceasefire.analysis.telling import chance_of, counted
from ceasefire.analysis.turning_points import decision_details
from ceasefire.analysis.witness import Decision, Witness
from ceasefire.scenario.plain_text import heading, wrapped
from ceasefire.world import RETALIATORY, WINDOW

LINE_MOVED = 0.05
"""Share of a sector that must change hands to be worth a sentence."""


def ending(witness: Witness) -> list[str]:
    """The last chapter."""
    teller = Teller(witness)
    how = {
        "": _holding, "offensive": _offensive, "spoiler_offensive": _offensive, "bombardment": _bombardment,
        "spiral": _spiral, "guarantor_clash": _clash, "expiry": _expiry, "abrogation": _abrogation,
    }[witness.cause]  # fmt: skip
    lines = heading("The end" if witness.record["ended"][0] else "As it stands")
    for sentence in (*how(teller), *_choices(teller), _where(teller), _blame(teller)):
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
        own = [d for d in teller.notes.decisions if d.actor == actor and d.day == w["days_held"] and d.new == OFFENSIVE]
        return {actor: own[-1] if own else None}
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
        posture = teller.rung(actor, int(teller.rungs[-1, teller.position(actor)]))
        return [f"{teller.title(actor)} stood at {posture} from the first day and chose nothing since."]
    when = telling.day_of(teller.scenario, decision.day)
    old, new = teller.rung(actor, decision.old), teller.rung(actor, decision.new)
    lead = f"The choice: {when}, {teller.title(actor)} goes from {old} to {new}."
    return [lead, *decision_details(teller, decision), _deciding(teller, decision)]


def _deciding(teller: Teller, decision: Decision) -> str:
    """The largest motive for the rung against the lowest one: the one that results name."""
    steps = {m: part[decision.new] - part[0] for m, part in decision.pulls.motives.items()}
    motive = max(steps, key=lambda m: steps[m], default="")
    if not motive or steps[motive] <= 0:
        return "No motive spoke for it against the lowest rung: it came of chance or of a hidden wish."
    title = teller.scenario.motives[motive].title
    return f"Deciding motive, against {teller.rung(decision.actor, 0)}: {title}, {telling.signed(steps[motive])}."


def _offensive(teller: Teller) -> list[str]:
    first = int(teller.witness.record["days_held"][0])
    days = teller.notes.days[first:]
    dead = sum(day["deaths_today"] for day in days)
    return [
        f"{teller.title(_actor(teller))} attacks on {teller.date(first)} and is still advancing "
        f"{counted(len(days) - 1, 'day')} later; {dead:,} die in these days. The end dates from the first of them, "
        "and the counts at the top stop before it."
    ]


def _toll(teller: Teller) -> str:
    total = teller.notes.days[-1]["deaths_14d"]
    share = chance_of(total / teller.toll)
    return f"Nobody advances, yet {total:,} died in {WINDOW} days, {share} of the war's worst fortnight"


def _bombardment(teller: Teller) -> list[str]:
    actor = _actor(teller)
    ordered = teller.notes.column("ordered_today")[-WINDOW:, teller.position(actor)].sum()
    return [f"{_toll(teller)}; fire that {teller.title(actor)} ordered killed {ordered:,} of them."]


def _spiral(teller: Teller) -> list[str]:
    actor = _actor(teller)
    inflicted = teller.notes.column("inflicted_today")[-WINDOW:, teller.position(actor)].sum()
    kinds = teller.notes.column("violations")[-WINDOW:].sum(axis=0)
    return [
        f"{_toll(teller)}, and no party's orders killed half of them. Of {kinds.sum():,} violations "
        f"{kinds[RETALIATORY]:,} answered others. {teller.title(actor)} killed most, {inflicted:,}."
    ]


def _clash(teller: Teller) -> list[str]:
    w = teller.witness.record[0]
    since = telling.day_of(teller.scenario, int(w["clash_since"]))
    dead = f"{int(w['clash_dead']):,}"
    return [f"The guarantors of both sides strike since {since} and have killed {dead} of each other's men."]


def _abrogation(teller: Teller) -> list[str]:
    w, actor = teller.witness.record[0], _actor(teller)
    a = teller.position(actor)
    trust, unmet = float(w["trust"][int(w["side"][a])]), float(w["unmet"])
    return [
        f"{teller.title(actor)}, at {teller.rung(actor, int(w['rung'][a]))}, declares the deal over: a party that "
        f"strikes may do so any day, the likelier the less it trusts the other side ({trust:.2f}) and the more terms "
        f"are unmet ({unmet:.2f})."
    ]


def _expiry(teller: Teller) -> list[str]:
    actor = _actor(teller)
    pulls = pulls_of(teller.witness.record, teller.position(actor), teller.opening)
    wanted = max((STRIKE, OFFENSIVE), key=lambda rung: pulls.chances[rung])
    towards, away = telling.pull_lines(teller.scenario, pulls, wanted, 0)
    refuse = chance_of(pulls.chances[STRIKE] + pulls.chances[OFFENSIVE])
    return [
        f"The term runs out and {teller.title(actor)}, at {teller.rung(actor, pulls.rung)}, does not renew: chance "
        f"{refuse}, that of wishing to strike or attack.",
        f"For {teller.rung(actor, wanted)}, against {teller.rung(actor, 0)}: {towards}.",
        f"Against: {away}.",
    ]


def _holding(teller: Teller) -> list[str]:
    last = teller.rungs[-1]
    postures = [
        f"{teller.title(actor)} {teller.rung(actor, int(last[a]))}" for a, actor in enumerate(teller.opening.actors)
    ]
    moved = teller.notes.column("held")[-1] - teller.witness.opened["held"][0]
    far = int(np.abs(moved).argmax())
    lines = [f"Postures: {'; '.join(postures)}."]
    if abs(moved[far]) >= LINE_MOVED:
        share, side = chance_of(abs(float(moved[far]))), teller.sides()[0 if moved[far] > 0 else 1]
        lines.append(f"The line moved most at {teller.sector(far)}: {share} of it went to the {side}.")
    return lines


def _where(teller: Teller) -> str:
    w = teller.witness.record[0]
    if not w["ended"] or w["deciding_sector"] < 0:
        return ""
    return f"Where most died of late: {teller.sector(int(w['deciding_sector']))}."


def _blame(teller: Teller) -> str:
    """What each side held against the other in the last fortnight, and how much of it was its own fire."""
    felt = teller.notes.column("felt_today")[-WINDOW:].sum(axis=0)
    own = teller.notes.column("misblamed")[-WINDOW:].sum(axis=0)
    sides = teller.sides()
    words = [
        f"the {sides[i]} blames the {sides[1 - i]} ({chance_of(float(own[1 - i] / felt[i]))} of it for fire of its own)"
        for i in range(2)
        if felt[i] > 0
    ]
    return f"In the last {WINDOW} days {'; '.join(words)}." if words else ""
