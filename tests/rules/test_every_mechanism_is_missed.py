"""Every rule, number and motive is missed when it is taken away: the outcome that it exists for strictly changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from ceasefire.evaluation.verification.runs import each_day, lived, opened
from ceasefire.evaluation.verification.synthetic_scenarios import NEVER_OVER, SMALL_FRONT, duel, small_front
from ceasefire.parameters.mechanisms import Mechanisms
from ceasefire.simulation.initial_state import initial_state

WORLDS = 200
OPENING = initial_state(small_front())
ACTORS, SECTORS = OPENING.actors, OPENING.sectors
NORTH, SOUTH = 0, 1
Changes = Mapping[str, Any]


def frozen(changes: Changes) -> tuple[tuple[str, Any], ...]:
    """Changes as a key."""
    return tuple(sorted(changes.items(), key=lambda item: item[0]))


@lru_cache(maxsize=200)
def _table(key: str, worlds: int) -> pd.DataFrame:
    return lived(small_front(_CHANGES[key]), worlds)


_CHANGES: dict[str, Changes] = {}


def table(changes: Changes | None = None, worlds: int = WORLDS) -> pd.DataFrame:
    """The worlds of the small front under some changes; each asked for once."""
    key = repr(frozen(changes or {}))
    _CHANGES[key] = changes or {}
    return _table(key, worlds)


def a_day(found: pd.DataFrame, column: str) -> float:
    """A count per day of all worlds together."""
    return float(found[column].sum() / found["days_held"].sum())


def ended_by(found: pd.DataFrame, *causes: str) -> int:
    """Worlds that ended so."""
    return int(found["cause"].isin(causes).sum())


def touched(one: pd.DataFrame, other: pd.DataFrame) -> int:
    """Lives that are not told alike."""
    left, right = one.astype(str).to_numpy().tolist(), other.astype(str).to_numpy().tolist()
    return sum(a != b for a, b in zip(left, right, strict=True))


def on_day(day: int, changes: Changes | None, see: Callable[[Any], float], worlds: int = 40) -> float:
    """Mean of what is seen of the record on a day (or on the last one) of some worlds."""
    found = []
    for world in range(worlds):
        last: Any = None
        for record in each_day(small_front(changes), world, day):
            last = record[0]
        found.append(see(last))
    return float(np.mean(found))


# ------------------------------------------------------------------ numbers of the rules

ELSEWHERE = {"word_cessation", "word_definitive", "clash_deaths", "war_floor", "renewal_urging", "all_out"}
"""Not felt by a preliminary deal whose guarantors never clash and whose deadliness is given; each has its own test."""


def other_value(name: str, usual: float) -> float:
    """Another value within the limits of a number: half of it, or twice."""
    extra: Any = Mechanisms.model_fields[name].json_schema_extra
    low, high = extra["low"], extra["high"]
    return usual / 2 if usual / 2 >= low and usual > 0 else min(2 * usual, high)


@pytest.mark.parametrize("name", sorted(set(Mechanisms.model_fields) - ELSEWHERE))
def test_every_number_of_the_rules_touches_some_life(name: str) -> None:
    usual = SMALL_FRONT["mechanisms"][name]
    value = other_value(name, usual)
    assert value != usual
    assert touched(table({f"mechanisms.{name}": value}), table()) > 0


@pytest.mark.parametrize(("kind", "name"), [("cessation", "word_cessation"), ("definitive", "word_definitive")])
def test_the_word_given_holds_in_a_deal_of_its_class(kind: str, name: str) -> None:
    bound = table({"agreement.class": kind, f"mechanisms.{name}": 0.6})
    loose = table({"agreement.class": kind, f"mechanisms.{name}": 0.0})
    assert a_day(bound, "violations_strategic") < a_day(loose, "violations_strategic")


def test_talks_restore_trust_that_was_lost_since_the_signing() -> None:
    trusting = {**NEVER_OVER, "war.toll_14d": 250, "trust.north": 1.0, "trust.south": 1.0}
    forgetful = {**trusting, "mechanisms.talks_trust": 0}
    assert on_day(120, trusting, lambda w: w["trust"].mean()) > on_day(120, forgetful, lambda w: w["trust"].mean())


DEADLY_FRIENDS: dict[str, Any] = {
    "actors.bear.posture": "strike", "actors.wolf.posture": "strike", "actors.bear.exposure": 1.0,
    "actors.wolf.exposure": 1.0, "mechanisms.review_days": 60, "mechanisms.talks_rate": 0, "mechanisms.war_share": 5,
    "mechanisms.inertia": 2.0,
}  # fmt: skip


def test_guarantors_who_kill_enough_of_each_other_end_the_deal_and_without_that_they_do_not() -> None:
    clashing = table({**DEADLY_FRIENDS, "mechanisms.clash_deaths": 5})
    assert ended_by(clashing, "guarantor_clash") > WORLDS // 4
    patient = table({**DEADLY_FRIENDS, "mechanisms.clash_deaths": 10000})
    assert ended_by(patient, "guarantor_clash") == 0


# ------------------------------------------------------------------ each mechanism, by the outcome that it exists for


def no_climbing(*names: str, rung: str) -> dict[str, Any]:
    return {f"actors.{name}.ceiling": rung for name in names} | {f"actors.{name}.posture": rung for name in names}


FIGHTERS = ("army", "bear", "rebels", "wolf", "raiders")


def test_without_the_force_ladder_nobody_orders_fire() -> None:
    held = table(no_climbing(*FIGHTERS, rung="honour"))
    assert held[["violations_strategic", "violations_spoiling"]].to_numpy().sum() == 0
    assert ended_by(held, "offensive", "spoiler_offensive", "bombardment", "abrogation", "expiry") == 0
    assert table()["violations_strategic"].sum() > 0


def test_without_the_engagement_ladder_there_are_fewer_talks_and_less_attention() -> None:
    alone = no_climbing("league", "agency", rung="abstain")
    assert a_day(table(alone), "talks") < a_day(table(), "talks")
    assert on_day(100, alone, lambda w: w["attention"]) < on_day(100, None, lambda w: w["attention"])
    assert on_day(100, alone, lambda w: w["backing"].max()) == 0.0 < on_day(100, None, lambda w: w["backing"].max())


@pytest.mark.parametrize(
    ("off", "column", "sign"),
    [
        ({"mechanisms.grip": 0}, "violations_strategic", +1),
        ({"mechanisms.word_preliminary": 0}, "violations_strategic", +1),
        ({"mechanisms.watch": 0}, "violations_strategic", +1),
        ({"mechanisms.calm": 0}, "violations_localised", +1),
        ({"agreement.buffer_km": 0}, "violations_localised", +1),
        ({"mechanisms.order_effect": 0}, "violations_localised", +1),
        ({"mechanisms.order_on_excluded": 0}, "violations_localised", +1),
        ({"mechanisms.branching_most": 0.42}, "violations_retaliatory", -1),
        ({"mechanisms.deaths_cap": 1}, "deaths_combatant", -1),
        ({"mechanisms.flight_per_death": 0}, "displaced", -1),
        ({"mechanisms.flight_offensive": 0}, "displaced", -1),
        ({"agreement.hotline": 0}, "talks", -1),
        ({"mechanisms.mediation": 0}, "talks", -1),
        ({"agreement.talks_order": 0}, "talks", +1),
        ({"agreement.talks_order": 0}, "violations_retaliatory", +1),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else None,
)
def test_what_a_mechanism_exists_for_changes_when_it_is_off(off: Changes, column: str, sign: int) -> None:
    difference = a_day(table(off), column) - a_day(table(), column)
    assert sign * difference > 0.0


@pytest.mark.parametrize(
    ("off", "columns"),
    [
        ({"mechanisms.local_rate": 0}, ["violations_localised"]),
        ({"mechanisms.branching_rest": 0, "mechanisms.branching_most": 0}, ["violations_retaliatory"]),
        ({"agreement.excludes": []}, ["violations_spoiling"]),
        ({f"mechanisms.{rung}_rate": 0 for rung in ("harass", "strike", "offensive")},
         ["violations_strategic", "violations_spoiling"]),
        ({"mechanisms.talks_rate": 0}, ["talks"]),
        ({"mechanisms.flight_per_death": 0, "mechanisms.flight_offensive": 0}, ["displaced"]),
        ({f"actors.{name}.civilian_harm": 0 for name in FIGHTERS}, ["deaths_civilian"]),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else None,
)  # fmt: skip
def test_an_outcome_with_one_source_is_gone_without_it(off: Changes, columns: list[str]) -> None:
    assert table()[columns].to_numpy().sum() > 0
    assert table(off)[columns].to_numpy().sum() == 0


@pytest.mark.parametrize(
    ("off", "cause"),
    [
        ({"agreement.term_days": None, "agreement.renewal_days": None}, "expiry"),
        ({"mechanisms.abrogation_rate": 0}, "abrogation"),
        ({"mechanisms.war_share": 5}, "spiral"),
        ({"mechanisms.war_share": 5}, "bombardment"),
        ({"agreement.excludes": []}, "spoiler_offensive"),
        ({f"actors.{name}.ceiling": "strike" for name in ("army", "rebels", "bear", "wolf")}, "offensive"),
    ],
    ids=["expiry", "abrogation", "spiral", "bombardment", "spoiler", "offensive"],
)  # fmt: skip
def test_a_way_to_end_is_closed_when_what_it_needs_is_gone(off: Changes, cause: str) -> None:
    assert ended_by(table(), cause) > 0
    assert ended_by(table(off), cause) == 0


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ({"mechanisms.renewal_urging": 3}, {"mechanisms.renewal_urging": 0}),
        ({"agreement.exchange": 0.5, "agreement.exchanges": 50}, {"agreement.exchange": 0.5, "agreement.exchanges": 1}),
        ({}, {"agreement.most_renewals": 1}),
        ({"agreement.principals": ["bear"]}, {}),
    ],
    ids=["urging", "exchanges", "most renewals", "principals"],
)
def test_fewer_deals_lapse_where_a_renewal_is_worth_more_is_allowed_and_asked_of_fewer(
    more: Changes, less: Changes
) -> None:
    brief = {"agreement.term_days": 20, "agreement.renewal_days": 20}
    lapsed_of = [int(table({**brief, **changes})["formal_end_day"].notna().sum()) for changes in (more, less)]
    assert lapsed_of[0] < lapsed_of[1]


def test_a_floor_under_war_keeps_a_small_war_from_being_back_at_once() -> None:
    small = {"war.toll_14d": 20, "mechanisms.talks_rate": 0}
    spared, hasty = table({**small, "mechanisms.war_floor": 38}), table({**small, "mechanisms.war_floor": 0})
    assert spared["days_held"].mean() > hasty["days_held"].mean()


def test_war_of_a_party_left_out_ends_a_deal_only_where_the_deal_says_so() -> None:
    assert ended_by(table(), "spoiler_offensive") > 0
    assert ended_by(table({"agreement.third_party_war_ends_it": False}), "spoiler_offensive") == 0


def test_preparation_keeps_offensives_rare() -> None:
    assert ended_by(table({"mechanisms.prep": 0}), "offensive") > ended_by(table(), "offensive")
    # What is not mobilised cannot go: with forces that stay at home preparation costs its full price.
    cold = {f"actors.{name}.mobilised": 0 for name in FIGHTERS} | {"mechanisms.mobilise_rate": 0}
    assert ended_by(table(cold), "offensive") < ended_by(table(), "offensive")


def moves(changes: Changes) -> float:
    """Mean number of changes of posture in the first 60 days."""

    def count(world: int) -> int:
        rungs = [record["rung"][0].copy() for record in each_day(small_front(changes), world, 60)]
        return int((np.diff(np.array(rungs), axis=0) != 0).sum())

    return float(np.mean([count(world) for world in range(30)]))


def test_habit_keeps_postures_and_chance_moves_them() -> None:
    assert moves({"mechanisms.inertia": 0}) > moves({}) > moves({"mechanisms.temperature": 0.02})


def test_a_shock_brings_a_review_at_once() -> None:
    slow = {
        **NEVER_OVER,
        "mechanisms.review_days": 60,
        "actors.army.posture": "strike",
        "actors.bear.posture": "strike",
    }
    shocked, unmoved = ({**slow, "mechanisms.shock": shock} for shock in (0.05, 1.0))
    assert moves(shocked) > moves(unmoved)


def test_hidden_intent_is_what_makes_likeminded_worlds_differ_at_once() -> None:
    def first_chances(changes: Changes) -> int:
        return len({tuple(opened(small_front(changes), world)["intent"][0].tolist()) for world in range(10)})

    assert first_chances({}) == 10
    assert first_chances({"mechanisms.hidden_intent": 0}) == 1


ON_CAMPAIGN: dict[str, Any] = {
    "actors.army.campaign": {"title": "the town", "sectors": ["hills", "town"], "under_way": 0.7},
    "agreement.order": 0.3,
    "actors.wolf.troops_on_line": 300,
    "front.sectors.town.claims.bear": 2,
    "resolve.south": 0.1,
}


def days_of_offensive(changes: Changes, worlds: int = 80, days: int = 90) -> float:
    """Days that the army of the small front is on the offensive, of those lived, when nothing ends a deal."""
    army, found, lived_days = ACTORS.index("army"), 0, 0
    for world in range(worlds):
        for record in each_day(small_front({**NEVER_OVER, **changes}), world, days):
            found += int(record["rung"][0, army] == 3)
            lived_days += 1
    return found / lived_days


@pytest.mark.parametrize(
    ("off", "sign"),
    [
        ({"actors.army.campaign": None}, -1),
        ({"mechanisms.campaign_pull": 0}, -1),
        ({"mechanisms.drive_half_life": 1}, -1),
        ({"mechanisms.drive_gain": 0}, -1),
        ({"mechanisms.licence_gain": 0}, -1),
        ({"mechanisms.licence_cost": 0}, +1),
        ({"agreement.order": 1.0}, -1),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_campaign_is_missed(off: Changes, sign: int) -> None:
    assert sign * (days_of_offensive({**ON_CAMPAIGN, **off}) - days_of_offensive(ON_CAMPAIGN)) > 0.0


def test_a_campaign_is_resumed_sooner_for_being_directed_from_day_to_day() -> None:
    slowly = {**ON_CAMPAIGN, "mechanisms.review_days": 30, "actors.army.mobilised": 1.0, "mechanisms.campaign_tempo": 0}
    briskly = {**slowly, "mechanisms.campaign_tempo": 10}
    assert days_of_offensive(briskly, 100, 12) > 1.2 * days_of_offensive(slowly, 100, 12)


STATES: dict[str, tuple[Changes, Callable[[Any], float], int]] = {
    "felt violence starves trust": ({"mechanisms.tolerance": 1000}, lambda w: w["trust"].mean(), +1),
    "misread fire costs the shooter's side trust too": ({"mechanisms.q0": 1}, lambda w: w["trust"].mean(), +1),
    "vague terms are misread": ({"agreement.clarity": 0}, lambda w: w["trust"].mean(), -1),
    "trust moves": ({"mechanisms.trust_kept": 0.9999}, lambda w: abs(w["trust"] - 0.4).mean(), -1),
    "spoilers cost trust": ({"mechanisms.felt_spoiling": 0}, lambda w: w["trust"][NORTH], +1),
    "orders cost trust": ({"mechanisms.felt_strategic": 0}, lambda w: w["trust"].mean(), +1),
    "answers cost trust": ({"mechanisms.felt_retaliatory": 0}, lambda w: w["trust"].mean(), +1),
    "loose fire costs trust": ({"mechanisms.felt_localised": 0}, lambda w: w["trust"].mean(), +1),
    "deaths cost trust": ({"mechanisms.felt_per_death": 0}, lambda w: w["trust"].mean(), +1),
    "blame is carried": ({"mechanisms.blame_scale": 500}, lambda w: w["blame"].sum(), -1),
    "a patron is blamed": ({"mechanisms.spoiler_blame": 0}, lambda w: w["blame"][ACTORS.index("wolf")], -1),
    "soldiers' deaths cost ties": ({"mechanisms.ties_hit": 0}, lambda w: w["ties"], +1),
    "ties recover": ({"mechanisms.ties_recover": 0, "mechanisms.talks_rate": 0}, lambda w: w["ties"], -1),
    "attention rises with news": ({"mechanisms.attention_rise": 0}, lambda w: w["attention"], -1),
    "attention fades": ({"mechanisms.attention_half_life": 3650}, lambda w: w["attention"], +1),
    "war wearies": ({"mechanisms.weariness_gain": 0}, lambda w: w["weariness"][:5].mean(), -1),
    "strikes show resolve": ({"mechanisms.resolve_gain": 0}, lambda w: w["resolve"].mean(), -1),
    "resolve fades": ({"mechanisms.resolve_half_life": 36500}, lambda w: w["resolve"].mean(), +1),
    "troops keep resolve": ({"mechanisms.resolve_kept_by_tripwire": 0}, lambda w: w["resolve"][SOUTH], -1),
    "lost ground is felt": ({"mechanisms.line_speed": 0}, lambda w: w["ground_lost"].sum(), -1),
    "strikes move the line": (
        {"mechanisms.line_by_strike": 0},
        lambda w: abs(w["held"][SECTORS.index("hills")] - 0.4),
        -1,
    ),
    "a missed deadline is unmet": ({"agreement.deadlines.road": None}, lambda w: w["unmet"], -1),
    "an unmet term is accepted": ({"mechanisms.terms_accepted": 3650}, lambda w: w["unmet"], +1),
    "patrons lend strength": ({"mechanisms.patron_support_at_rest": 0}, lambda w: w["support"].sum(), -1),
    "an order wears off": ({"mechanisms.order_half_life": 365}, lambda w: w["order"], +1),
    "dead are forgotten": ({"mechanisms.losses_half_life": 365}, lambda w: w["losses"].sum(), +1),
    "forces go home": ({"mechanisms.mobilised_half_life": 3650}, lambda w: w["mobilised"].sum(), +1),
    "refugees are absorbed": ({"mechanisms.flight_half_life": 365}, lambda w: w["inflow"].sum(), +1),
    "monitors leave": ({"events": SMALL_FRONT["events"][:2]}, lambda w: w["monitoring"], +1),
    "an army grows": ({"events": SMALL_FRONT["events"][1:]}, lambda w: w["capability"][ACTORS.index("army")], -1),
    "guarantors quarrel": ({"events": []}, lambda w: w["ties_level"], +1),
    "heat is remembered": ({"mechanisms.heat_kept": 0.5}, lambda w: w["heat"].std(), +1),
    "talks mend ties": ({"mechanisms.talks_ties": 0}, lambda w: w["ties"], -1),
    "talks cool the front": ({"mechanisms.talks_heat_left": 1}, lambda w: w["heat"].sum(), +1),
}


@pytest.mark.parametrize("what", list(STATES))
def test_what_a_mechanism_moves_moves_the_other_way_without_it(what: str) -> None:
    off, see, sign = STATES[what]
    lasting = {**NEVER_OVER, "war.toll_14d": 250}
    assert sign * (on_day(120, {**lasting, **off}, see) - on_day(120, lasting, see)) > 0.0


@pytest.mark.parametrize(
    ("mechanism", "field"), [("capability_drift", "capability"), ("commitment_drift", "commitment")]
)
def test_strength_and_commitment_drift_apart_between_worlds(mechanism: str, field: str) -> None:
    def spread(changes: Changes) -> float:
        bear = ACTORS.index("bear")
        last = []
        for world in range(12):
            for record in each_day(small_front({**NEVER_OVER, **changes}), world, 60):
                value = float(record[field][0, bear])
            last.append(value)
        return float(np.ptp(last))

    assert spread({f"mechanisms.{mechanism}": 0}) == 0.0 < spread({})


def test_a_patron_that_wanes_holds_a_slacker_leash() -> None:
    firm, waning = table(), table({"actors.wolf.waning": 2.0})
    assert on_day(120, {"actors.wolf.waning": 2.0}, lambda w: w["commitment"][ACTORS.index("wolf")]) < 0.7
    assert a_day(waning, "violations_spoiling") > a_day(firm, "violations_spoiling")


def test_a_power_shift_is_felt_by_the_loser() -> None:
    rise = {"events": [{"title": "a rise", "day": 10, "multiply": {"actors.army.capability": 2.0}}]}
    raiders = ACTORS.index("raiders")

    def shift(changes: Changes) -> float:
        return on_day(11, changes, lambda w: w["usual_odds"][raiders] - w["odds"][raiders])

    assert shift(rise) > 0.1 > abs(shift({"events": []}))


def test_a_fresh_renewal_renews_the_order_to_cease() -> None:
    def order(changes: Changes) -> float:
        *_, last = each_day(duel({"agreement.order": 1.0, "horizon_days": 101, **changes}))
        return float(last["order"][0])

    assert order({"agreement.term_days": 100}) > 0.9 > 0.1 > order({})


def test_exposure_shares_out_the_dead_and_never_changes_how_many_there_are() -> None:
    # Seen on the first day with a death, before the choices of those who lost differ.
    def first_toll(changes: Changes, world: int) -> tuple[int, int]:
        for record in each_day(small_front(changes), world):
            if record["deaths_today"][0] > 0:
                return int(record["day"][0]), int(record["deaths_today"][0])
        return 0, 0

    hidden = {f"actors.{name}.exposure": 0.05 for name in FIGHTERS}
    assert [first_toll({}, world) for world in range(20)] == [first_toll(hidden, world) for world in range(20)]
    assert on_day(60, {"actors.wolf.exposure": 0}, lambda w: w["losses"][ACTORS.index("wolf")]) < on_day(
        60, None, lambda w: w["losses"][ACTORS.index("wolf")]
    )
