"""One world for the page: its days, front and story, and where it parts from the same world under another state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ceasefire.narrative.how_it_ended import ending_sentences
from ceasefire.narrative.story import Story, how_it_ended, record_story
from ceasefire.narrative.turning_points import decision_details
from ceasefire.narrative.world_notes import WorldNotes
from ceasefire.scenario.schema import ENGAGEMENT_LADDER, FORCE_LADDER
from ceasefire.simulation.trajectory import Trajectory
from ceasefire.studio.states import Ready, command_of
from ceasefire.wording import (
    DEATH_WORDS,
    VIOLATION_WORDS,
    date_of,
    ending_words,
    rung_word,
    short_name,
)

MOST_DAYS_SENT = 1_000
"""Values of a daily series that are sent; of a longer world every second, third or further day."""


def two_lives(here: Ready, pinned: Ready | None, world: int, program: str) -> dict[str, Any]:
    """A world under a state, the same world under the pinned state, and where the two part. ScenarioError."""
    one = _story(here, world, program)
    other = _story(pinned, world, program) if pinned is not None else None
    return {
        "world": world, "now": life(one), "pinned": life(other) if other is not None else None,
        "parting": parting(one, other) if other is not None else None,
    }  # fmt: skip


def _story(ready: Ready, world: int, program: str) -> Story:
    plan = ready.plan
    loaded = plan.loaded
    if plan.days is not None:
        loaded = replace(loaded, scenario=plan.scenario)
    command = command_of(ready.state, program, "world", "--world", str(world))
    return record_story(loaded, plan.seed, world, command)


def life(story: Story) -> dict[str, Any]:
    """The life of one world, for a time line that can be scrubbed."""
    told, scenario, recorded = story.trajectory, story.loaded.scenario, story.recorded
    every = -(-len(told.days) // MOST_DAYS_SENT)
    titles = told.actor_titles
    return {
        "label": story.loaded.label, "command": story.command, "ended": told.ended, "days_held": told.days_held,
        "cause": told.cause or "held", "cause_actor": told.cause_actor, "ending": how_it_ended(recorded),
        "words": ending_words(told.cause or "held", told.cause_actor, titles), "days": len(told.days),
        "actors": [
            {"name": a, "title": titles[a], "ladder": told.ladders[a], "steps": _steps(told.postures[a])}
            for a in told.actors
        ],
        "rungs": {"force": list(FORCE_LADDER), "engagement": list(ENGAGEMENT_LADDER)},
        "violations": [
            {"kind": kind, "words": VIOLATION_WORDS[kind], "days": _counts(number)}
            for kind, number in told.violations.items()
        ],
        "deaths": [
            {"who": DEATH_WORDS["combatant"], "days": _counts(told.deaths_combatant)},
            {"who": DEATH_WORDS["civilian"], "days": _counts(told.deaths_civilian)},
        ],
        "toll": _toll(told),
        "trust": [
            {"side": side, "title": scenario.sides[side].title, "values": _thinned(values, every)}
            for side, values in told.trust.items()
        ],
        "ties": _thinned(told.ties, every), "attention": _thinned(told.attention, every), "every": every,
        "talks": [int(day) for day in told.talks_days],
        "events": [{"day": day, "title": title} for day, title in told.events],
        "front": _front(story), "story": _text(story),
    }  # fmt: skip


def _steps(values: Any) -> list[list[float]]:
    """A series as [day, value] for day 0 and each day on which it changes."""
    if not len(values):
        return []
    days = np.concatenate([[0], np.flatnonzero(np.diff(values)) + 1])
    return [[int(day), round(float(values[day]), 3)] for day in days]


def _counts(values: Any) -> list[list[int]]:
    """Counts of the days that have any."""
    return [[int(day), int(values[day])] for day in np.flatnonzero(values)]


def _thinned(values: Any, every: int) -> list[float]:
    return [round(float(value), 3) for value in values[::every]]


def _toll(told: Trajectory) -> dict[str, int]:
    return {"combatants": int(told.deaths_combatant.sum()), "civilians": int(told.deaths_civilian.sum())}


def _front(story: Story) -> list[dict[str, Any]]:
    """The share of each sector that the first side holds, by day, in the order of the file."""
    opening = story.recorded.opening
    held = np.round(story.recorded.log.column("held")[:, : len(opening.sectors)].astype(float), 3)
    return [{"steps": _steps(held[:, opening.sectors.index(name)])} for name in story.loaded.scenario.front.sectors]


def _text(story: Story) -> dict[str, Any]:
    """The story: its text, its turning points, and its end."""
    scenario = story.loaded.scenario
    points = [
        {
            "day": point.day, "date": date_of(scenario, point.day), "headline": point.headline,
            "details": list(point.details), "decision": point.decision is not None,
        }
        for point in story.selected_points
    ]  # fmt: skip
    return {"text": story.text(), "points": points, "end": ending_sentences(story.recorded)}


def parting(one: Story, other: Story) -> dict[str, Any]:
    """The first day on which an actor takes another posture in the two histories, and which; day None: never."""
    here, there = one.trajectory, other.trajectory
    shared = min(len(here.days), len(there.days))
    first: tuple[int, str] | None = None
    for actor in here.actors:
        if actor in there.postures:
            days = np.flatnonzero(here.postures[actor][:shared] != there.postures[actor][:shared])
            if len(days) and (first is None or days[0] < first[0]):
                first = (int(days[0]), actor)
    if first is None:
        return {"day": None, "words": "Nobody decides otherwise while both last."}
    day, actor = first
    scenario = one.loaded.scenario
    now, then = (rung_word(scenario, actor, int(told.postures[actor][day])) for told in (here, there))
    words = (
        f"On day {day:,} ({date_of(scenario, day)}) {short_name(scenario, actor)} is at {now}; when pinned, at {then}."
    )
    behind = next((d for d in one.decisions if d.actor == actor and d.day == day), None)
    if behind is not None:
        words += " " + " ".join(decision_details(WorldNotes(one.recorded), behind))
    return {"day": day, "words": words}
