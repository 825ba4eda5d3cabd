"""Random small scenarios: any number of parties, sectors and terms, drawn from a number; none is plausible."""

from __future__ import annotations

import random
from typing import Any

from ceasefire.scenario.schema import ENGAGEMENT_LADDER, FORCE_LADDER, Scenario
from ceasefire.verification.small_front import MOTIVES

_FORCE = sorted(name for name, motive in MOTIVES.items() if motive["ladder"] == "force")
_ENGAGEMENT = sorted(set(MOTIVES) - set(_FORCE))


def random_front(number: int) -> Scenario:
    """Random scenario `number`: always the same for the same number."""
    scenario: Scenario = Scenario.model_validate(random_content(number))
    return scenario


def random_content(number: int) -> dict[str, Any]:
    """Its plain content."""
    dice = random.Random(number)
    fighters = {side: [f"{side}-{k}" for k in range(dice.randint(1, 3))] for side in ("east", "west")}
    actors = {name: _fighter(dice, side, name == names[0]) for side, names in fighters.items() for name in names}
    for names in fighters.values():
        for client in names[1:]:
            if actors[names[0]]["role"] == "guarantor" and dice.random() < 0.7:
                actors[client]["patron"] = {"actor": names[0], "dependence": dice.random()}
    for k in range(dice.randint(0, 3)):
        actors[f"outside-{k}"] = _outsider(dice, sorted(actors))
    everyone = [name for names in fighters.values() for name in names]
    return {
        "name": f"random-{number}", "title": "a random front", "start": "2020-01-01", "horizon_days": 300,
        "sides": {side: {"title": side} for side in fighters},
        "actors": actors,
        "front": {"sectors": _sectors(dice, fighters)},
        "agreement": _agreement(dice, [name for name in everyone if actors[name]["role"] == "belligerent"]),
        "guarantors": {"ties": dice.random()},
        "trust": {side: dice.random() for side in fighters},
        "resolve": {side: {"uniform": [0.1, 0.9]} for side in fighters},
        "attention": {"start": dice.random(), "floor": 0.1 * dice.random()},
        "war": {"toll_14d": 10.0 ** dice.uniform(1.5, 3), "ongoing": dice.random()},
        "mechanisms": {"temperature": dice.choice([0.135, 0.3]), "inertia": dice.random() / 2},
        "motives": MOTIVES,
        "events": _events(dice, everyone),
    }  # fmt: skip


def _fighter(dice: random.Random, side: str, first: bool) -> dict[str, Any]:
    motives = {name: dice.random() for name in dice.sample(_FORCE, dice.randint(0, 7))}
    return {
        "title": "a party", "side": side, "role": "guarantor" if first and dice.random() < 0.6 else "belligerent",
        "capability": {"lognormal": [0.5, 0.5]}, "commitment": dice.random(), "waning": dice.random() / 4,
        "discipline": dice.random(), "exposure": dice.random(), "civilian_harm": dice.random(),
        "troops_on_line": 10_000 * dice.random(), "weariness": dice.random(), "recent_losses": 50 * dice.random(),
        "losses_scale": 5 + 100 * dice.random(), "mobilised": dice.random(), "blame": dice.random(),
        "refugee_share": dice.random(), "posture": dice.choice(FORCE_LADDER[:3]), "motives": motives,
    }  # fmt: skip


def _outsider(dice: random.Random, backable: list[str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "title": "an onlooker", "role": "outside", "influence": dice.random(),
        "posture": dice.choice(ENGAGEMENT_LADDER),
        "motives": {name: dice.random() for name in dice.sample(_ENGAGEMENT, dice.randint(0, len(_ENGAGEMENT)))},
    }  # fmt: skip
    if dice.random() < 0.6:
        said["backs"] = dice.choice([name for name in backable if not name.startswith("outside")])
    return said


def _sectors(dice: random.Random, fighters: dict[str, list[str]]) -> dict[str, Any]:
    names = [f"place-{k}" for k in range(dice.randint(1, 5))]
    everyone = [name for side in fighters.values() for name in side]
    found: dict[str, Any] = {}
    for name in names:
        there = dice.sample(everyone, dice.randint(1, len(everyone)))
        found[name] = {
            "title": name, "held": dice.random(), "civilians": 10.0 ** dice.uniform(2, 6), "contact": dice.random(),
            "claims": {who: 3 * dice.random() for who in dice.sample(everyone, dice.randint(0, len(everyone)))},
            "presence": {who: 0.1 + dice.random() for who in there},
            "neighbours": [other for other in names if other != name and dice.random() < 0.4],
        }  # fmt: skip
        if dice.random() < 0.3:
            found[name]["monitoring"] = dice.random()
    found[names[0]]["presence"] |= {side[0]: 1.0 for side in fighters.values()}
    return found


def _agreement(dice: random.Random, may_be_left_out: list[str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "class": dice.choice(["cessation", "preliminary", "definitive"]), "monitoring": dice.random(),
        "buffer_km": 20 * dice.random(), "hotline": dice.random(), "clarity": dice.random(), "order": dice.random(),
        "talks_order": dice.random(), "excludes": [name for name in may_be_left_out[1:] if dice.random() < 0.4],
        "deadlines": {
            f"task-{k}": {"title": "a task", "due_day": dice.randint(0, 60), "ease": 0.02, "weight": 0.3}
            for k in range(dice.randint(0, 3))
        },
    }  # fmt: skip
    if dice.random() < 0.5:
        said |= {"term_days": dice.randint(20, 120), "renewal_days": dice.randint(5, 60)}
    return said


def _events(dice: random.Random, everyone: list[str]) -> list[dict[str, Any]]:
    who = dice.choice(everyone)
    return [
        {
            "title": "a blow",
            "day": {"uniform": [0, 90]},
            "multiply": {f"actors.{who}.capability": 1.5},
            "review": [who],
        },
        {"title": "a quarrel", "rate_per_year": 6, "once": False, "add": {"guarantors.ties": -0.05}},
        {"title": "a storm", "rate_per_year": 3, "set": {"agreement.monitoring": 0.1}},
    ]
