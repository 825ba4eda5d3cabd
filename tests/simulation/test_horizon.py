"""The horizon changes nothing before it: the same worlds, followed for fewer days, are told alike as far as they go."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ceasefire.evaluation.calibration.simulated_counts import record_counts
from ceasefire.evaluation.verification.runs import SEED, each_day, lived
from ceasefire.evaluation.verification.synthetic_scenarios import small_front
from ceasefire.narrative.world_notes import record_world
from ceasefire.scenario.find_scenarios import list_cases, list_scenarios
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.engine import many_points
from ceasefire.simulation.initial_state import initial_state
from ceasefire.simulation.mesa_model import CeasefireModel
from ceasefire.simulation.trajectory import trajectory
from ceasefire.world_state import CAUSES

LONGER = 60
"""Days beyond the horizon that the same worlds are followed to compare."""

CLOCKS = ["first_breach_day", "first_lethal_day"]


def followed(scenario: Scenario, days: int) -> Scenario:
    """A scenario whose worlds are followed for so many days."""
    return scenario.model_copy(update={"horizon_days": days})


def check_horizon(scenario: Scenario, horizon: int, worlds: int, seed: int) -> int:
    """Assert that worlds followed to the horizon are told as when followed longer; how many ended before it."""
    short, longer = (lived(followed(scenario, days), worlds, seed) for days in (horizon, horizon + LONGER))
    over = longer["ended"] & (longer["days_held"] < horizon)
    pd.testing.assert_frame_equal(short[over], longer[over])
    rest = short[~over]
    assert not rest["ended"].any()
    assert (rest["days_held"] == horizon).all()
    assert (rest[["cause", "cause_actor", "deciding_actor", "deciding_motive", "deciding_sector"]] == "").all(axis=None)
    assert rest["operational_end_day"].isna().all()
    seen = longer.loc[~over, CLOCKS]
    pd.testing.assert_frame_equal(rest[CLOCKS], seen.where(seen < horizon))
    return int(over.sum())


@pytest.mark.parametrize("name", sorted(set(list_scenarios()) - set(list_cases())))
def test_no_horizon_changes_a_day_before_it(name: str) -> None:
    dice = np.random.default_rng(sum(map(ord, name)))
    scenario = load(name).scenario
    for horizon in dice.integers(1, 61, size=3):
        check_horizon(scenario, int(horizon), 120, int(dice.integers(1, 10**6)))


@pytest.mark.hostile
@pytest.mark.parametrize("name", sorted(set(list_scenarios()) - set(list_cases())))
def test_no_horizon_from_1_to_60_changes_a_day_before_it(name: str) -> None:
    scenario = load(name).scenario
    for horizon in range(1, 61):
        for seed in (1, 2, 3):
            check_horizon(scenario, horizon, 300, seed)


@pytest.mark.parametrize("horizon", [17, 40, 120])
def test_the_small_front_ends_in_every_way_before_any_horizon_as_without_one(horizon: int) -> None:
    assert check_horizon(small_front(), horizon, 300, SEED) > 0


FRIENDS_IN_ARMS = {
    "actors.bear.posture": "strike", "actors.wolf.posture": "strike", "actors.bear.exposure": 1.0,
    "actors.wolf.exposure": 1.0, "mechanisms.review_days": 60, "mechanisms.talks_rate": 0, "mechanisms.war_share": 5,
    "mechanisms.inertia": 2.0, "mechanisms.clash_deaths": 8, "agreement.term_days": None,
    "agreement.renewal_days": None,
}  # fmt: skip


def test_a_clash_of_guarantors_is_seen_before_the_horizon_however_late_it_is_judged() -> None:
    scenario = small_front(FRIENDS_IN_ARMS)
    assert (lived(followed(scenario, 60), 100)["cause"] == "guarantor_clash").sum() > 10
    for horizon in (4, 9, 15, 22):
        check_horizon(scenario, horizon, 100, SEED)


def test_counts_stop_on_the_morning_of_the_horizon() -> None:
    scenario, horizon = small_front(), 45
    short = lived(followed(scenario, horizon), 40)
    holding = short.index[~short["ended"]]
    assert 5 < len(holding) < 40
    for world in holding:
        days = [each[0].copy() for each in each_day(scenario, int(world), horizon)]
        counter = days[-1]["counter"]
        told = short.loc[world, ["violations_strategic", "violations_retaliatory", "violations_spoiling",
                                 "violations_localised", "deaths_combatant", "deaths_civilian"]]  # fmt: skip
        assert told.tolist() == counter[:6].tolist()
        assert short.loc[world, "peak_deaths_14d"] == counter[8]


def lives_on() -> tuple[Scenario, int, int]:
    """A scenario, a world of it that still holds at the horizon of 45 days, and is lived beyond it to tell."""
    scenario = followed(small_front(), 45)
    for world in range(200):
        last = [each[0].copy() for each in each_day(scenario, world)][-1]
        if not last["ended"] and last["day"] > 45:
            return scenario, 45, world
    raise AssertionError("no world is lived beyond its horizon")


def test_charts_stories_and_mesa_tell_nothing_from_the_horizon_on() -> None:
    scenario, horizon, world = lives_on()
    life = trajectory(scenario, initial_state(scenario), "small", SEED, world)
    longer = trajectory(followed(scenario, 90), initial_state(followed(scenario, 90)), "small", SEED, world)
    assert (len(life.days), life.days_held, life.ended) == (horizon, horizon, False)
    for name, rungs in life.postures.items():
        assert rungs.tolist() == longer.postures[name][:horizon].tolist()
    assert life.deaths_combatant.tolist() == longer.deaths_combatant[:horizon].tolist()
    model = CeasefireModel(scenario, SEED, world)
    model.live()
    assert (model.day, model.days_held, model.cause) == (horizon, horizon, "")
    assert model.datacollector.get_model_vars_dataframe()["day"].tolist() == list(range(horizon + 1))


def test_stories_of_a_world_that_is_lived_beyond_its_horizon_stop_there() -> None:
    loaded = load("idlib-2019-08", set={"horizon_days": 7})
    beyond = 0
    for world in range(200):
        last = [each[0].copy() for each in each_day(loaded.scenario, world, seed=1)][-1]
        if not last["ended"] and last["day"] > 7:
            beyond += 1
            notes = record_world(loaded, 1, world).log
            assert len(notes.days) == 7
            assert all(each.day < 7 for each in notes.decisions)
    assert beyond > 0


def test_days_of_a_count_end_where_those_of_a_longer_count_do() -> None:
    opening = initial_state(small_front())
    batch = many_points(opening, {"war.toll_14d": np.array([180.0])}, 200, SEED)
    share = np.array([0.9])
    short, held = record_counts(batch, share, 45)
    longer, beyond = record_counts(batch, share, 90)
    assert held.tolist() == np.minimum(beyond, 45).tolist()
    assert (held < 45).any()
    for world in range(200):
        assert short[world, : held[world]].tolist() == longer[world, : held[world]].tolist()


def test_every_way_to_end_is_cut_at_the_same_day() -> None:
    table = lived(small_front(), 400)
    assert set(CAUSES[1:]) - {"guarantor_clash"} <= set(table["cause"])
    for cause in set(table["cause"]) - {""}:
        day = int(table.loc[table["cause"] == cause, "days_held"].iloc[0])
        world = table.index[(table["cause"] == cause) & (table["days_held"] == day)][0]
        if day > 0:
            assert not lived(followed(small_front(), day), world + 1)["ended"].iloc[world]
        assert lived(followed(small_front(), day + 1), world + 1)["ended"].iloc[world]
