"""Deals between states, tasks that bring about events, parties that join or go home, trenches, deadliness."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import ceasefire
from ceasefire.errors import ScenarioError
from ceasefire.evaluation.verification.runs import each_day, lived
from ceasefire.evaluation.verification.synthetic_scenarios import NEVER_OVER, SMALL_FRONT, small_front
from ceasefire.simulation.initial_state import initial_state

ACTORS = initial_state(small_front()).actors
SECTORS = initial_state(small_front()).sectors


def with_events(*events: dict[str, Any], **changes: Any) -> Any:
    """The small front with these events only."""
    return small_front({"events": list(events), **changes})


def records(scenario: Any, world: int, days: int) -> list[np.void]:
    """The record on the morning of each day."""
    return [record[0].copy() for record in each_day(scenario, world, days)]


def test_an_event_that_waits_for_a_task_comes_on_the_morning_after_it_is_met_and_never_without() -> None:
    met_at_once = {"agreement.deadlines.road.ease": 1.0, "trust.north": 1.0, "trust.south": 1.0, "war.ongoing": 0.0}
    withdrawal = {
        "title": "the wolf withdraws",
        "when_met": "road",
        "multiply": {"front.sectors.hills.presence.wolf": 0.0},
    }
    days = records(with_events(withdrawal, **NEVER_OVER, **met_at_once), 3, 40)
    met = [bool(day["deadline_met"][0]) for day in days]
    struck = [int(day["event_on"][0]) for day in days]
    assert any(met)
    assert struck[-1] == met.index(True)
    never = records(with_events(withdrawal, **NEVER_OVER, **{"agreement.deadlines.road.ease": 0.0}), 3, 40)
    assert int(never[-1]["event_on"][0]) == -1


def test_forces_that_withdraw_from_a_sector_are_counted_no_more() -> None:
    there, gone = (
        records(with_events(*events, **NEVER_OVER), 1, 4)[-1]
        for events in ((), ({"title": "leave", "day": 1, "set": {"front.sectors.hills.presence.army": 0.0}},))
    )
    hills, army = SECTORS.index("hills"), ACTORS.index("army")
    assert gone["presence_of"][hills, 0] == pytest.approx(there["presence_of"][hills, 0] - 1.0)
    assert gone["presence_total"][army] == pytest.approx(there["presence_total"][army] - 1.0)
    assert gone["side_presence"][0] == pytest.approx(there["side_presence"][0] - 1.0)


def test_a_party_that_goes_home_fires_no_more_and_ends_nothing() -> None:
    home = {"title": "the raiders disband", "day": 5, "goes_home": ["raiders"]}
    violent = {"actors.raiders.posture": "strike", "mechanisms.review_days": 60}
    for world in range(20):
        days = records(with_events(home, **NEVER_OVER, **violent), world, 60)
        raiders = ACTORS.index("raiders")
        own = days[-1]["formation_actor"] == raiders
        assert not days[-1]["presence"][own].any()
        assert {int(day["rung"][raiders]) for day in days[6:]} == {0}
        assert not any(day["fires"][own].any() for day in days[7:])
    warlike = {**violent, "mechanisms.inertia": 0, "actors.raiders.mobilised": 0.6, "mechanisms.offensive_days": 2}
    left, stayed = (lived(with_events(*events, **warlike), 400) for events in ((home,), ()))
    late = stayed[stayed["days_held"] > 5]
    assert (late["cause"] == "spoiler_offensive").sum() > 10
    early = left[left["days_held"] > 5]
    assert not (early["cause"] == "spoiler_offensive").any()


def test_a_party_that_joins_is_bound_by_its_word_and_its_offensive_is_no_longer_a_spoilers() -> None:
    joins = {"title": "the raiders sign", "day": 0, "joins": ["raiders"]}
    scenario = with_events(joins, **{"actors.raiders.patron": None})
    day = records(scenario, 0, 2)[-1]
    raiders = ACTORS.index("raiders")
    assert day["excluded"][raiders] == 0
    assert int(day["signatories"]) >> raiders & 1
    assert not day["excluded_part"].any()
    assert not (lived(scenario, 200)["cause"] == "spoiler_offensive").any()
    assert lived(scenario, 200)["violations_spoiling"].sum() == 0


def test_a_line_that_is_dug_in_is_attacked_less_on_the_same_worlds() -> None:
    dug, fresh = (
        lived(small_front({"front.entrenched": share, "mechanisms.entrenched_price": 0.6}), 300) for share in (1.0, 0.0)
    )
    attacked = [(found["cause"].isin(["offensive", "spoiler_offensive"])).mean() for found in (dug, fresh)]
    assert attacked[0] < attacked[1] / 2
    assert dug["days_held"].mean() > fresh["days_held"].mean()


def test_a_line_that_stands_digs_half_of_what_is_left_in_its_half_life_and_an_offensive_undoes_it() -> None:
    peace = {**NEVER_OVER, "mechanisms.entrench_half_life": 100, "front.entrenched": 0.2}
    content = {f"actors.{name}.ceiling": "honour" for name in ("army", "bear", "rebels", "wolf", "raiders")}
    still = records(small_front({**peace, **content}), 0, 101)
    assert still[100]["entrenched"] == pytest.approx(1 - 0.8 / 2)
    war = {**peace, "actors.army.posture": "offensive", "mechanisms.review_days": 60, "mechanisms.inertia": 2}
    stormed = records(small_front(war), 0, 3)[-1]
    assert stormed["entrenched"] < 0.2


def test_deadliness_is_worked_out_so_that_an_all_out_fortnight_is_a_multiple_of_the_worst_one() -> None:
    def record(**changes: Any) -> np.void:
        return records(small_front({"war.deadliness": None, **changes}), 0, 1)[-1]

    usual = record()
    fire = sum(
        float(usual["presence"][f] * usual["facing"][f] * usual["offensive_rate"])
        for f in range(int(usual["n_formations"]))
    )
    assert usual["deadliness"] * fire * usual["deaths_mean_offensive"] * 14 == pytest.approx(1.4 * 180)
    assert record(**{"mechanisms.all_out": 2.8})["deadliness"] == pytest.approx(2 * usual["deadliness"])
    assert record(**{"war.toll_14d": 360})["deadliness"] == pytest.approx(2 * usual["deadliness"])
    deadly, mild = (lived(small_front({"war.deadliness": x, **NEVER_OVER}), 100) for x in (2.0, 0.5))
    dead = [found["deaths_combatant"].sum() + found["deaths_civilian"].sum() for found in (deadly, mild)]
    assert dead[0] > 2 * dead[1]


TWO_STATES: dict[str, Any] = {
    "name": "two-states", "title": "Two states", "start": "2000-01-01", "horizon_days": 400,
    "sides": {"left": {"title": "Left"}, "right": {"title": "Right"}},
    "actors": {
        name: {
            "title": name, "role": "belligerent", "side": name, "capability": 0.5, "losses_scale": 100,
            "mobilised": 0.8, "motives": {"reclaim": 0.9, "first_strike": 0.4, "deterrence": 0.3},
        }
        for name in ("left", "right")
    },
    "front": {
        "sectors": {
            "ridge": {
                "title": "ridge", "held": 0.5, "civilians": 5000, "claims": {"left": 1, "right": 1},
                "presence": {"left": 1.5, "right": 1.5},
            }
        }
    },
    "agreement": {"class": "cessation", "hotline": 0.8, "order": 0.5},
    "war": {"toll_14d": 300, "ongoing": 0.5},
}  # fmt: skip


def written(folder: Path, **changes: Any) -> str:
    """The two states as a file."""
    from ruamel.yaml import YAML

    path = folder / "two-states.yaml"
    YAML().dump({**TWO_STATES, **changes}, path)
    return str(path)


def test_two_states_without_client_or_guarantor_make_a_deal_that_either_can_end_and_talk_about(tmp_path: Path) -> None:
    worlds: pd.DataFrame = ceasefire.run(ceasefire.load(written(tmp_path)), worlds=300, seed=1)
    by = worlds.loc[worlds["ended"], "cause_actor"].value_counts()
    assert by["left"] > 20
    assert by["right"] > 20
    assert worlds["talks"].sum() > 0


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"title": "x", "when_met": "rode", "review": ["left"]}, "no such deadline 'rode'"),
        ({"title": "x", "day": 1, "joins": ["left"]}, "is a party to the deal already"),
        ({"title": "x", "day": 1, "goes_home": ["lefd"]}, "did you mean 'left'"),
        ({"title": "x", "day": 1, "when_met": "road", "review": ["left"]}, "one of day, rate_per_year and when_met"),
    ],
)
def test_events_that_cannot_happen_are_faults(tmp_path: Path, event: dict[str, Any], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        ceasefire.load(written(tmp_path, events=[event]))


def test_one_of_several_local_deals_in_a_war_is_blind_to_the_fighting_that_it_does_not_cover() -> None:
    """The army's command elsewhere is an actor that the deal leaves out: neither its war nor its dead end the deal."""
    elsewhere = {
        "agreement.third_party_war_ends_it": False, "actors.raiders.posture": "offensive",
        "mechanisms.review_days": 60, "mechanisms.inertia": 2,
    }  # fmt: skip
    found = lived(small_front(elsewhere), 200)
    assert not (found["cause"] == "spoiler_offensive").any()
    assert found["days_held"].median() > 5
    assert SMALL_FRONT["agreement"]["excludes"] == ["raiders"]
