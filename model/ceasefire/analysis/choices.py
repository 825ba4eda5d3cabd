"""Whose choice ended a world: the last choice of each actor that the end is put down to."""

from __future__ import annotations

from ceasefire.analysis.teller import STRIKE, Teller
from ceasefire.analysis.witness import Decision


def choices_behind(teller: Teller) -> dict[str, Decision | None]:
    """By actor, the choice that led to the end; None for a posture that it did not choose.

    Empty for a world that still holds, and for a deal that lapsed: to refuse renewal is no change of posture.
    """
    cause = teller.witness.cause
    if cause in ("", "expiry", "abrogation"):
        return {}
    actors = striking_guarantors(teller) if cause == "guarantor_clash" else [deciding_actor(teller)]
    return {actor: last_choice(teller, actor) for actor in actors}


def deciding_actor(teller: Teller) -> str:
    """Whom the end is put down to."""
    return teller.opening.actors[int(teller.witness.record["deciding_actor"][0])]


def striking_guarantors(teller: Teller) -> list[str]:
    """Guarantors at strike or above on the last day, before any talks."""
    guarantors = [a for a in teller.opening.actors if teller.scenario.actors[a].role == "guarantor"]
    return [a for a in guarantors if teller.notes.days[-1]["stood"][teller.position(a)] >= STRIKE]


def last_choice(teller: Teller, actor: str) -> Decision | None:
    """Its last change of posture, if that was a choice of its own and took it above the lowest rung."""
    own = [d for d in teller.notes.decisions if d.actor == actor]
    if not own or own[-1].new == 0 or last_stopped(teller, actor) >= own[-1].day:
        return None
    return own[-1]


def last_stopped(teller: Teller, actor: str) -> int:
    """Day on which talks last changed its posture; -1 never."""
    return max((day for day, who, _, _ in teller.notes.stepped_down if who == actor), default=-1)
