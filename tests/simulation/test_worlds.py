"""Whole worlds: what must not change a life does not, and what differs differs from its own day on."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from pandas.testing import assert_frame_equal
from scipy import stats

from ceasefire.evaluation.verification.model_vs_engine import differing_fields, table_hash
from ceasefire.evaluation.verification.runs import SEED, deaths, each_day, lived, opened
from ceasefire.evaluation.verification.synthetic_scenarios import (
    SMALL_FRONT,
    made,
    random_content,
    random_front,
    small_front,
)
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import initial_state
from ceasefire.world_state import C_CIVILIAN, C_COMBATANT, C_DISPLACED

WORLDS = 150


@pytest.fixture(scope="module")
def usual() -> pd.DataFrame:
    """The worlds of the small front."""
    return lived(small_front(), WORLDS)


@pytest.mark.parametrize("dice", range(5))
def test_those_who_fight_and_the_forces_of_the_first_side_come_first(dice: int) -> None:
    opening = initial_state(random_front(dice))
    w = opening.record[0]
    fights = w["fights"][: w["n_actors"]]
    assert fights.tolist() == sorted(fights, reverse=True)
    assert fights.sum() == w["n_fighters"]
    side = w["side"][w["formation_actor"]]
    places = {
        name: [f for f, (sector, _) in enumerate(opening.formations) if sector == name] for name in opening.sectors
    }
    for s, here in enumerate(places.values()):
        first, turn, last = (int(w[f"{which}_formation"][s]) for which in ("first", "turn", "last"))
        assert [*range(first, last)] == here
        assert side[here].tolist() == [0] * (turn - first) + [1] * (last - turn)
        present = {a for a in range(64) if int(w["forces_here"][s]) >> a & 1}
        assert present == set(w["formation_actor"][here].tolist())


def test_the_small_front_ends_in_every_way_but_one(usual: pd.DataFrame) -> None:
    # What follows would prove little on worlds that all end alike; a clash of guarantors is too rare here.
    causes = {"offensive", "spoiler_offensive", "bombardment", "spiral", "expiry", "abrogation", ""}
    assert set(lived(small_front(), 600)["cause"]) >= causes
    assert 0.2 < usual["ended"].mean() < 0.9


def test_some_random_front_ends_in_a_clash_of_guarantors() -> None:
    causes = [cause for number in range(12, 120) for cause in lived(random_front(number), 6)["cause"]]
    assert "guarantor_clash" in causes


# ------------------------------------------------------------------ what must not matter

ONLOOKER: dict[str, Any] = {"title": "an onlooker", "role": "outside", "influence": 0.0, "motives": {}}


@pytest.mark.parametrize("name", ["aaa", "marble", "zzz"], ids=["first", "middle", "last"])
def test_an_inert_observer_changes_nothing(name: str, usual: pd.DataFrame) -> None:
    assert_frame_equal(lived(small_front({f"actors.{name}": ONLOOKER}), WORLDS), usual)


@pytest.mark.parametrize("name", ["aaa", "zzz"])
def test_a_party_without_forces_or_means_changes_nothing(name: str, usual: pd.DataFrame) -> None:
    idle = {"title": "in exile", "role": "belligerent", "side": "north", "capability": 0.0, "ceiling": "honour"}
    assert_frame_equal(lived(small_front({f"actors.{name}": idle}), WORLDS), usual)


@pytest.mark.parametrize("name", ["aaa", "zzz"])
def test_a_sector_with_nobody_in_it_changes_nothing(name: str, usual: pd.DataFrame) -> None:
    desert = {f"front.sectors.{name}": {"title": "desert", "held": 0.5}}
    assert_frame_equal(lived(small_front(desert), WORLDS), usual)


@pytest.mark.parametrize("name", ["aaa", "zzz"])
def test_formations_of_no_strength_leave_the_draws_of_others_alone(name: str, usual: pd.DataFrame) -> None:
    idle = {"title": "on paper", "role": "belligerent", "side": "south", "capability": 0.0, "ceiling": "honour"}
    there = {f"front.sectors.{place}.presence.{name}": 0.0 for place in ("hills", "town", "border")}
    assert_frame_equal(lived(small_front({f"actors.{name}": idle, **there}), WORLDS), usual)


def test_a_task_that_weighs_nothing_changes_nothing(usual: pd.DataFrame) -> None:
    trifle = {"title": "a trifle", "due_day": 3, "ease": 0.05, "weight": 0.0}
    assert_frame_equal(lived(small_front({"agreement.deadlines.aaa": trifle}), WORLDS), usual)


def test_an_idle_event_in_front_changes_nothing(usual: pd.DataFrame) -> None:
    idle = {"title": "a rumour", "rate_per_year": 50, "once": False, "add": {"guarantors.ties": 0.0}}
    assert_frame_equal(lived(small_front({"events": [idle, *SMALL_FRONT["events"]]}), WORLDS), usual)


def test_a_motive_of_no_weight_changes_nothing(usual: pd.DataFrame) -> None:
    assert_frame_equal(lived(small_front({"actors.army.motives.client": 0.0}), WORLDS), usual)


def test_an_event_that_cannot_come_changes_nothing(usual: pd.DataFrame) -> None:
    never = {"title": "judgement", "day": 36000, "set": {"guarantors.ties": 0}, "review": ["army"]}
    assert_frame_equal(lived(small_front({"events": [*SMALL_FRONT["events"], never]}), WORLDS), usual)


def backwards(content: Any) -> Any:
    """The same content with every mapping of names written in reverse; the two sides keep their order."""
    if not isinstance(content, dict):
        return content
    turned = {key: backwards(value) for key, value in reversed(content.items())}
    if "sides" in turned:
        turned["sides"] = content["sides"]
    return turned


def test_the_order_of_parties_sectors_and_motives_in_the_file_changes_nothing(usual: pd.DataFrame) -> None:
    turned = made(backwards(SMALL_FRONT))
    assert list(turned.actors) == list(reversed(SMALL_FRONT["actors"]))
    assert_frame_equal(lived(turned, WORLDS), usual)


def test_titles_and_sources_change_nothing(usual: pd.DataFrame) -> None:
    told = {
        "title": "Another",
        "actors.army.title": "An army",
        "actors.army.discipline": {"value": 0.5, "source": "heard"},
    }
    assert_frame_equal(lived(small_front(told), WORLDS), usual)


def test_a_world_has_the_same_life_alone_and_among_many() -> None:
    opening = initial_state(small_front())
    together = engine.all_rows(engine.one_scenario(opening, 40, SEED))
    for world in (0, 17, 39):
        alone = replace(engine.one_scenario(opening, 1, SEED), worlds=np.array([world]))
        assert engine.all_rows(alone).tobytes() == together[world : world + 1].tobytes()


def test_a_world_has_the_same_life_after_any_other_in_the_same_scratch_record() -> None:
    opening = initial_state(small_front())
    order = np.random.default_rng(0).permutation(40)
    shuffled = engine.simulate(replace(engine.one_scenario(opening, 40, SEED), worlds=order), 0, 40)
    together = engine.all_rows(engine.one_scenario(opening, 40, SEED))
    assert shuffled[np.argsort(order)].tobytes() == together.tobytes()


def test_the_table_is_the_same_bytes_however_the_work_is_cut() -> None:
    cuts = [(1, 60), (1, 1), (2, 7), (4, 13), (3, 1000)]
    assert len({table_hash(small_front(), 60, SEED, workers, chunk) for workers, chunk in cuts}) == 1


STARTED = """
import multiprocessing
from ceasefire.evaluation.verification.model_vs_engine import table_hash
from ceasefire.evaluation.verification.synthetic_scenarios import small_front
if __name__ == "__main__":
    for method in multiprocessing.get_all_start_methods():
        with multiprocessing.get_context(method).Pool(1) as pool:
            print(pool.apply(table_hash, (small_front(), 40, 1, 1, 40)))
"""


def test_the_table_is_the_same_bytes_however_a_process_was_started() -> None:
    found = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    hashes = found.stdout.split()
    assert len(hashes) == len(multiprocessing.get_all_start_methods())
    assert set(hashes) == {table_hash(small_front(), 40, 1, 2, 7)}


@pytest.mark.parametrize(
    ("path", "value"),
    [("front.sectors.hills.presence.army", np.inf), ("trust.north", np.nan), ("actors.army.capability", 1e308)],
)
def test_a_world_in_which_a_number_overflows_or_is_none_is_marked_as_failed(path: str, value: float) -> None:
    opening = initial_state(small_front())
    batch = engine.one_scenario(opening, 6, SEED)
    assert not engine.all_rows(batch)["failed"].any()
    opening.record.view(np.float64)[opening.slots[path]] = value
    assert engine.all_rows(batch)["failed"].all()


def test_worlds_and_seeds_have_lives_of_their_own(usual: pd.DataFrame) -> None:
    told = usual.drop(columns=["world", "point"])
    assert not told.duplicated().any()
    other = lived(small_front(), WORLDS, seed=SEED + 1).drop(columns=["world", "point"])
    same = [
        a == b for a, b in zip(told.astype(str).to_numpy().tolist(), other.astype(str).to_numpy().tolist(), strict=True)
    ]
    assert not any(same)


# ------------------------------------------------------------------ from its own day on


def days_alike(one: Any, other: Any, world: int, apart: set[str]) -> tuple[int, list[str]]:
    """Mornings until two scenarios' records first differ in a field other than `apart`, and the fields that do."""
    for day, (a, b) in enumerate(zip(each_day(one, world), each_day(other, world), strict=False)):
        different = [name for name in differing_fields(a, b) if name not in apart]
        if different:
            return day, different
    return -1, []


def watched_from(day: int, monitoring: float) -> Any:
    event = {"title": "observers come", "day": day, "set": {"agreement.monitoring": monitoring}}
    return small_front({"events": [event], "agreement.term_days": None, "agreement.renewal_days": None})


def test_a_monitor_that_arrives_on_day_100_leaves_days_0_to_99_untouched() -> None:
    first = {}
    for world in range(12):
        first[world], fields = days_alike(watched_from(100, 0.9), watched_from(100, 0.3), world, {"operation_value"})
        if first[world] >= 0:
            assert "monitoring" in fields
    # Records are compared on mornings: what happens on day 100 is seen after it, on the 101st.
    assert set(first.values()) <= {-1, 101}
    assert list(first.values()).count(101) >= 6


def test_an_earlier_arrival_is_felt_earlier() -> None:
    day, _ = days_alike(watched_from(40, 0.9), watched_from(100, 0.9), 1, {"operation_value", "event_day"})
    assert day == 41


def test_worlds_that_differ_by_a_hair_part_at_the_first_choice_that_differs() -> None:
    usual, nearly = small_front(), small_front({"actors.army.motives.reclaim": 0.85})
    parted = 0
    for world in range(20):
        day, fields = days_alike(usual, nearly, world, {"weight", "felt", "decided_motive"})
        if day >= 0:
            parted += 1
            assert set(fields) & {"next_rung", "rung"}, "a review, or a promise made at talks"
            assert day > 0
    assert parted >= 3


def test_a_longer_horizon_lengthens_only_the_lives_that_ran_into_the_shorter_one(usual: pd.DataFrame) -> None:
    short = lived(small_front({"horizon_days": 300}), WORLDS)
    over = usual["ended"] & (usual["days_held"] < 290)
    assert over.sum() > 20
    assert_frame_equal(short[over], usual[over])
    ran_out = ~short["ended"]
    assert ran_out.sum() > 20
    assert (short.loc[ran_out, "days_held"] == 300).all()
    assert (short.loc[ran_out, "cause"] == "").all()
    assert (usual.loc[ran_out, "days_held"] >= 290).all()


def test_what_had_ended_is_dated_and_what_had_not_is_not(usual: pd.DataFrame) -> None:
    ended, formal = usual["ended"], usual["cause"].isin(["expiry", "abrogation"])
    on_paper, by_violence = usual[ended & formal], usual[ended & ~formal]
    waited = on_paper["days_held"] - on_paper["formal_end_day"]
    assert waited.between(0, 14).all()
    assert usual.loc[ended, "operational_end_day"].tolist() == usual.loc[ended, "days_held"].tolist()
    assert min(len(on_paper), len(by_violence)) > 2, "most deals that lapse are observed for longer"
    assert usual.loc[~ended, "operational_end_day"].isna().all()
    lapsed = usual["formal_end_day"].notna()
    states = {"ended": ended, "lapsed": ~ended & lapsed, "in force": ~ended & ~lapsed}
    for state, those in states.items():
        assert (usual.loc[those, "state_at_end"] == state).all()
        assert those.sum() > 5, state
    assert (usual.loc[~ended, "days_held"] == 500).all()


# ------------------------------------------------------------------ numbers with a distribution


def test_a_distribution_is_drawn_once_per_world_and_then_stands() -> None:
    spread = small_front({"actors.army.discipline": {"uniform": [0.2, 0.8]}})
    army = initial_state(spread).actors.index("army")
    drawn = [float(opened(spread, world)["discipline"][0, army]) for world in range(300)]
    assert stats.kstest(drawn, stats.uniform(0.2, 0.6).cdf).pvalue > 0.001
    lives = [float(record["discipline"][0, army]) for record in each_day(spread, 5, 60)]
    assert set(lives) == {drawn[5]}


def test_a_draw_belongs_to_the_name_of_its_number() -> None:
    one = {"actors.army.discipline": {"uniform": [0.2, 0.8]}}
    two = {
        **one,
        "actors.aaa": ONLOOKER,
        "actors.army.capability": {"normal": [0.6, 0.1]},
        "trust.north": {"uniform": [0, 1]},
    }
    for world in range(20):
        found = []
        for changes in (one, two):
            scenario = small_front(changes)
            army = initial_state(scenario).actors.index("army")
            found.append(float(opened(scenario, world)["discipline"][0, army]))
        assert found[0] == found[1]


def test_two_numbers_with_one_distribution_are_drawn_apart() -> None:
    both = small_front({"trust.north": {"uniform": [0, 1]}, "trust.south": {"uniform": [0, 1]}})
    drawn = np.array([opened(both, world)["trust"][0] for world in range(400)])
    # 400 worlds: the correlation's standard error is 0.05.
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 4 * 0.05


def test_a_draw_is_cut_to_the_limits_of_its_number() -> None:
    wide = small_front({"actors.army.discipline": {"normal": [0.9, 5.0]}})
    army = initial_state(wide).actors.index("army")
    drawn = {float(opened(wide, world)["discipline"][0, army]) for world in range(60)}
    assert min(drawn) == 0.0
    assert max(drawn) == 1.0


def test_an_event_put_in_front_leaves_the_day_of_another_alone() -> None:
    late = {"title": "late", "day": {"uniform": [0, 400]}, "add": {"guarantors.ties": -0.1}}
    early = {"title": "early", "day": 3, "add": {"guarantors.ties": 0.0}}
    one, two = small_front({"events": [late]}), small_front({"events": [early, late]})
    assert [opened(one, w)["event_day"][0, 0] for w in range(5)] == [
        opened(two, w)["event_day"][0, 1] for w in range(5)
    ]


# ------------------------------------------------------------------ what always holds

SHARES = (
    "ties", "attention", "violence", "unmet", "urging", "order", "trust", "resolve", "tripwire", "threat",
    "ground_lost", "held", "commitment", "weariness", "mobilised", "blame", "odds", "usual_odds", "danger",
    "backing", "sight",
    "contact_now", "watched_now", "calmed_now", "attributed", "obeyed",
)  # fmt: skip


def beyond(record: NDArray[Any]) -> list[str]:
    """Shares that are not in [0, 1], and numbers that are none."""
    w = record[0]
    found = [name for name in SHARES if np.min(w[name]) < 0.0 or np.max(w[name]) > 1.0]
    numbers = [name for name, (kind, *_) in (record.dtype.fields or {}).items() if kind.base.kind == "f"]
    return found + [name for name in numbers if np.isnan(w[name]).any()]


@pytest.mark.parametrize("number", range(40, 70))
def test_on_any_front_shares_stay_shares_counts_grow_and_nobody_vanishes(number: int) -> None:
    before, people, buried = np.zeros(9), None, 0
    for record in each_day(random_front(number), number, 200):
        w = record[0]
        assert not beyond(record), f"day {int(w['day'])}"
        if w["over"]:
            break  # an offensive that ended the deal takes its days' counts back
        counter = np.array(w["counter"])
        assert (counter >= before).all()
        before = counter
        here = float(w["civilians"].sum() + counter[C_DISPLACED])
        people = here if people is None else people
        assert here == pytest.approx(people, abs=1e-6 * people)
        buried += int(w["deaths_today"])
        assert buried == counter[C_COMBATANT] + counter[C_CIVILIAN]
        assert w["deaths_14d"] == w["deaths_ring"].sum()
        assert w["losses_today"].sum() + w["civilians_killed"].sum() == w["deaths_today"] == w["inflicted_today"].sum()


@pytest.mark.parametrize("nobody", ["rebels", "army"])
def test_a_formation_of_no_strength_breaks_no_number(nobody: str) -> None:
    gone = {
        "front.sectors.hills.presence": {"army": 1.0, "rebels": 1.0, nobody: 0.0},
        "front.sectors.hills.neighbours": ["town"],
    }
    for world in range(3):
        for record in each_day(small_front(gone), world, 120):
            assert not beyond(record)


def test_deaths_come_from_fire_and_fire_from_somebody() -> None:
    table = lived(small_front(), WORLDS)
    fire = table[[f"violations_{kind}" for kind in ("strategic", "retaliatory", "spoiling", "localised")]].sum(axis=1)
    assert (deaths(table)[fire == 0] == 0).all()
    rates = ("local_rate", "harass_rate", "strike_rate", "offensive_rate")
    quiet = lived(small_front({f"mechanisms.{rate}": 0 for rate in rates} | {"war.ongoing": 0}), 20)
    assert (deaths(quiet) == 0).all()
    assert quiet["first_lethal_day"].isna().all()


def test_random_fronts_are_what_their_number_says() -> None:
    assert random_content(3) == random_content(3)
    assert random_content(3) != random_content(4)
