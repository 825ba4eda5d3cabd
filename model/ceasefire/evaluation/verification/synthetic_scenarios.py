"""Two small scenarios whose every number is written here, so that tuning the shipped ones moves no check.

`duel` is silent and has one party that may attack; `small_front` has one of everything that a scenario may
have, and so much pressure that most of its ceasefires end within its horizon, in every way that one can end.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Mapping
from typing import Any

from ceasefire.scenario.schema import ENGAGEMENT_LADDER, FORCE_LADDER, Scenario

MECHANISMS: dict[str, float] = {
    "temperature": 0.18, "inertia": 0.2, "review_days": 5, "grip": 0.63, "prep": 0.15, "mobilise_rate": 0.07,
    "mobilised_half_life": 60, "hidden_intent": 0.12, "losses_half_life": 14, "shock": 0.25,
    "patron_support_at_rest": 0.35, "tripwire_troops": 5000, "local_rate": 0.3, "harass_rate": 0.41,
    "strike_rate": 0.75, "offensive_rate": 1.6, "aggressiveness_spread": 0.5, "watch": 0.6, "calm": 0.4,
    "buffer_effect": 0.6, "buffer_scale": 10, "branching_rest": 0.42, "branching_most": 0.95,
    "distrust_in_readiness": 0.6, "heat_kept": 0.95, "spill": 0.2, "line_speed": 0.02, "line_by_strike": 0.1,
    "order_on_excluded": 0.5, "deaths_mean_calm": 0.83, "deaths_mean_strike": 1.75, "deaths_mean_offensive": 4.2,
    "deaths_tail": 2.2, "deaths_cap": 80, "civilians_half": 150000, "flight_per_death": 215,
    "flight_offensive": 0.005, "flight_half_life": 30, "inflow_scale": 20000, "q0": 0.5, "vagueness_cost": 0.4,
    "trust_kept": 0.98, "tolerance": 3.0, "felt_strategic": 1.0, "felt_spoiling": 0.6, "felt_retaliatory": 0.5,
    "felt_localised": 0.2, "felt_per_death": 0.5, "spoiler_blame": 0.5, "blame_kept": 0.95, "blame_scale": 5,
    "ties_recover": 0.01, "ties_hit": 0.3, "capability_drift": 0.08, "commitment_drift": 0.08, "power_memory": 365,
    "power_shift_scale": 0.2, "resolve_half_life": 365, "resolve_kept_by_tripwire": 0.9, "resolve_gain": 0.03,
    "weariness_gain": 0.01, "weariness_half_life": 730, "attention_half_life": 90, "attention_rise": 0.1,
    "terms_accepted": 150, "abrogation_rate": 0.04, "talks_at": 0.15, "talks_rate": 0.1, "mediation": 0.3,
    "talks_spacing": 7, "talks_heat_left": 0.2, "talks_trust": 0.3, "talks_ties": 0.1, "order_effect": 0.9,
    "order_half_life": 25, "offensive_days": 5, "offensive_window": 5, "war_share": 0.5, "clash_deaths": 30,
    "word_cessation": 0.05, "word_preliminary": 0.1, "word_definitive": 0.3,
    "facing_half": 0.2, "ground_half_life": 180, "campaign_pull": 0.5, "campaign_tempo": 2, "drive_half_life": 20,
    "drive_gain": 0.1, "licence_gain": 0.8, "licence_danger": 0.3, "licence_cost": 1,
    "war_floor": 38, "intensity_harass": 0.2, "intensity_strike": 0.5, "danger_of_lost_ground": 3,
    "entrenched_price": 0.15, "entrench_half_life": 1000, "all_out": 1.4,
    "renewal_urging": 0.2, "lapse_days": 14,
}  # fmt: skip
"""Numbers of the rules, held fixed here whatever the shipped defaults become."""

_UP = [0.0, 0.4, 1.0, 0.7]
_ALL_THE_WAY = [0.0, 0.05, 0.3, 1.0]
_DOWN = [0.0, -0.2, -0.5, -1.0]


def _motive(profile: list[float], constant: float, ladder: str = "force", **terms: float) -> dict[str, Any]:
    said = {name.replace("__", " * ").replace("_X_", " "): value for name, value in terms.items()}
    return {
        "title": "as in the small front", "ladder": ladder, "profile": profile, "source": "made up",
        "salience": {"constant": constant, "terms": said},
    }  # fmt: skip


MOTIVES: dict[str, Any] = {
    "reclaim": _motive(_ALL_THE_WAY, -0.2, unheld__odds=1.6),
    "retake": _motive(_ALL_THE_WAY, -0.5, unheld__odds=1.6, backing_against=-0.4),
    "avenge": _motive(_UP, 0.0, losses=1.0),
    "survive": _motive(_UP, -0.1, danger=1.3),
    "client": _motive(_UP, -0.2, client_danger=1.2),
    "buffer": _motive(_UP, -0.25, ground_lost=1.0, threat=0.6),
    "refugees": _motive(_UP, -0.05, inflow__threat=1.4, inflow=0.1),
    "first_strike": _motive([0.0, 0.2, 0.6, 1.0], -0.2, distrust=0.4, distrust__unmet=0.4, power_shift=0.4),
    "war_profit": _motive([0.0, 0.6, 1.0, 0.3], 0.6),
    "contain": _motive(_DOWN, 0.25, violence=0.6),
    "deterrence": _motive(_DOWN, 0.0, resolve_against__tripwire_against=1.0, backing_against=0.4),
    "trade": _motive(_DOWN, 0.1, ties=0.6),
    "watched": _motive(_DOWN, 0.0, attention=1.0),
    "weariness": _motive(_DOWN, 0.0, weariness=1.0),
    "shame": _motive(_DOWN, 0.0, blame=1.0),
    "solidarity": _motive([0.0, 0.6, 0.4, 0.8], -0.15, "engagement", protege_losses=1.2),
    "alarm": _motive([0.0, 0.8, 1.0, 0.0], -0.15, "engagement", flight=1.0, attention=0.3),
    "content": _motive([0.0, -1.0, -1.0, -1.0], 1.0),
}
"""Motives of the small scenarios, by the names of the catalogue where they are of its kind."""


def _actor(role: str, side: str | None, motives: Mapping[str, float], **more: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"title": role, "role": role, "motives": dict(motives), **more}
    return said if side is None else {**said, "side": side}


SMALL_FRONT: dict[str, Any] = {
    "name": "small-front",
    "title": "A small front under pressure",
    "start": "2020-01-01",
    "horizon_days": 500,
    "sides": {"north": {"title": "North"}, "south": {"title": "South"}},
    "actors": {
        "army": _actor(
            "belligerent", "north",
            {"reclaim": 0.9, "deterrence": 0.5, "avenge": 0.3, "first_strike": 0.3, "weariness": 0.3, "watched": 0.1,
             "shame": 0.2},
            capability=0.6, discipline=0.5, civilian_harm=0.6, losses_scale=100, mobilised=0.6, recent_losses=60,
            patron={"actor": "bear", "dependence": 0.6},
        ),
        "bear": _actor(
            "guarantor", "north", {"client": 0.7, "trade": 0.5, "contain": 0.4, "deterrence": 0.3, "avenge": 0.4},
            capability=0.6, commitment=0.8, discipline=0.9, exposure=0.2, losses_scale=20, troops_on_line=500,
        ),
        "rebels": _actor(
            "belligerent", "south",
            {"survive": 0.7, "retake": 0.5, "avenge": 0.3, "first_strike": 0.3, "weariness": 0.4},
            capability=0.3, discipline=0.4, civilian_harm=0.3, losses_scale=60,
            patron={"actor": "wolf", "dependence": 0.8},
        ),
        "wolf": _actor(
            "guarantor", "south",
            {"buffer": 0.7, "refugees": 0.7, "trade": 0.4, "contain": 0.4, "avenge": 0.4, "first_strike": 0.2},
            capability=0.7, commitment=0.8, discipline=0.9, exposure=0.3, losses_scale=30, troops_on_line=5000,
            refugee_share=0.8,
        ),
        "raiders": _actor(
            "belligerent", "south", {"war_profit": 0.5, "retake": 0.75, "survive": 0.5, "avenge": 0.3},
            capability=0.3, discipline=0.4, civilian_harm=0.3, losses_scale=60,
            patron={"actor": "wolf", "dependence": 0.35},
        ),
        "league": _actor("outside", None, {"solidarity": 0.8}, influence=0.5, backs="wolf", posture="urge"),
        "agency": _actor("outside", None, {"alarm": 0.8}, influence=0.4),
    },
    "front": {
        "sectors": {
            "hills": {
                "title": "hills", "held": 0.4, "civilians": 40000, "contact": 1.0,
                "claims": {"army": 2, "rebels": 1, "raiders": 1},
                "presence": {"army": 1.0, "bear": 0.2, "rebels": 0.6, "raiders": 0.5, "wolf": 0.2},
                "neighbours": ["town"],
            },
            "town": {
                "title": "town", "held": 0.1, "civilians": 300000, "contact": 0.7, "monitoring": 0.4,
                "claims": {"army": 3, "rebels": 2, "raiders": 1, "wolf": 1},
                "presence": {"army": 0.8, "bear": 0.2, "rebels": 0.4, "raiders": 0.5, "wolf": 0.4},
                "neighbours": ["border"],
            },
            "border": {
                "title": "border", "held": 0.0, "civilians": 500000, "contact": 0.3,
                "claims": {"army": 2, "rebels": 1, "wolf": 2},
                "presence": {"army": 0.4, "rebels": 0.3, "raiders": 0.4, "wolf": 0.4},
            },
        }
    },
    "agreement": {
        "class": "preliminary", "monitoring": 0.3, "buffer_km": 5, "hotline": 0.6, "clarity": 0.5, "order": 0.9,
        "talks_order": 0.5,
        "term_days": 200, "renewal_days": 200, "excludes": ["raiders"], "third_party_war_ends_it": True,
        "deadlines": {"road": {"title": "the road opens", "due_day": 10, "ease": 0.01, "weight": 0.4}},
    },
    "guarantors": {"ties": 0.6},
    "trust": {"north": 0.4, "south": 0.4},
    "resolve": {"north": 0.6, "south": 0.6},
    "attention": {"start": 0.7, "floor": 0.1},
    "war": {"toll_14d": 180, "ongoing": 0.6, "deadliness": 1},
    "mechanisms": dict(MECHANISMS),
    "motives": MOTIVES,
    "events": [
        {"title": "a new road", "day": 60, "multiply": {"actors.army.capability": 1.2}, "review": ["army"]},
        {"title": "a quarrel", "rate_per_year": 2.0, "once": False, "add": {"guarantors.ties": -0.05}},
        {"title": "observers leave", "rate_per_year": 1.0, "multiply": {"agreement.monitoring": 0.5}},
    ],
}  # fmt: skip
"""The small front as plain content."""

DUEL: dict[str, Any] = {
    "name": "duel",
    "title": "Two parties, one sector, nobody fires",
    "start": "2020-01-01",
    "horizon_days": 400,
    "sides": {"north": {"title": "North"}, "south": {"title": "South"}},
    "actors": {
        "hawk": _actor("belligerent", "north", {"content": 1.0}, capability=0.5, losses_scale=1000),
        "dove": _actor("belligerent", "south", {"content": 1.0}, capability=0.5, losses_scale=1000),
    },
    "front": {
        "sectors": {"field": {"title": "field", "held": 0.5, "presence": {"hawk": 1.0, "dove": 1.0}}}
    },
    "agreement": {"class": "cessation", "order": 0.0},
    "trust": {"north": 0.5, "south": 0.5},
    "war": {"toll_14d": 1_000_000, "ongoing": 0.0, "deadliness": 1},
    "mechanisms": {
        **MECHANISMS, "temperature": 0.01, "hidden_intent": 0.0, "local_rate": 0.0, "aggressiveness_spread": 0.0,
        "capability_drift": 0.0, "commitment_drift": 0.0, "word_cessation": 0.0,
    },
    "motives": {"content": MOTIVES["content"]},
}  # fmt: skip
"""The duel as plain content: with a temperature of 0.01 nobody ever leaves 'honour'."""


NEVER_OVER: dict[str, Any] = {
    "mechanisms.war_share": 5, "mechanisms.offensive_days": 60, "mechanisms.abrogation_rate": 0,
    "mechanisms.clash_deaths": 10000, "agreement.term_days": None, "agreement.renewal_days": None, "war.toll_14d": 5000,
}  # fmt: skip
"""Changes under which no ceasefire of the small front ends before its horizon."""


def small_front(changes: Mapping[str, object] | None = None) -> Scenario:
    """The small front, with values at dotted paths replaced (None takes one out). Raises ValidationError."""
    return made(SMALL_FRONT, changes)


def duel(changes: Mapping[str, object] | None = None) -> Scenario:
    """The duel, with values at dotted paths replaced (None takes one out). Raises ValidationError."""
    return made(DUEL, changes)


def made(content: Mapping[str, Any], changes: Mapping[str, object] | None = None) -> Scenario:
    """A scenario from plain content, with values at dotted paths replaced; None takes one out."""
    tree = copy.deepcopy(dict(content))
    for path, value in (changes or {}).items():
        *parents, last = path.split(".")
        part = tree
        for step in parents:
            part = part.setdefault(step, {}) if isinstance(part, dict) else part[int(step)]
        if value is None:
            part.pop(last, None)
        else:
            part[last] = copy.deepcopy(value)
    scenario: Scenario = Scenario.model_validate(tree)
    return scenario


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
    content: dict[str, Any] = {
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
    content["front"]["entrenched"] = dice.random()
    content["events"] += _comings_and_goings(dice, content["agreement"], everyone)
    return content


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


def _comings_and_goings(dice: random.Random, agreement: dict[str, Any], everyone: list[str]) -> list[dict[str, Any]]:
    """Someone left out joins, a task that is met sends forces away, and an actor goes home."""
    found: list[dict[str, Any]] = [
        {"title": "a party goes home", "rate_per_year": 1, "goes_home": [dice.choice(everyone)]}
    ]
    if agreement["excludes"]:
        found.append({"title": "a party joins", "day": dice.randint(5, 100), "joins": agreement["excludes"][:1]})
    if agreement["deadlines"]:
        path = f"actors.{dice.choice(everyone)}.capability"
        found.append({"title": "a task is met", "when_met": "task-0", "multiply": {path: 0.5}})
    return found
