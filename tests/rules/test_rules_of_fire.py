"""Fire, the line, deaths and flight: the arithmetic of each rule, on records written by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from rules_by_hand import (
    ARMY,
    BEAR,
    BORDER,
    HARASS,
    HILLS,
    HONOUR,
    NORTH,
    OFFENSIVE,
    OPENING,
    RAIDERS,
    REBELS,
    STRIKE,
    TOWN,
    WOLF,
    World,
    casualties,
    decide,
    events,
    exchange_fire,
    formation,
    initialise,
    morning,
    still,
)

from ceasefire.evaluation.verification.runs import opened
from ceasefire.evaluation.verification.synthetic_scenarios import small_front
from ceasefire.simulation.initial_state import initial_state
from ceasefire.world_state import C_CIVILIAN, C_COMBATANT, C_DISPLACED


def test_monitors_see_clear_terms_help_and_a_sector_may_have_its_own() -> None:
    w = morning()
    clear = 1 - 0.4 * (1 - 0.5)
    assert w["attributed"][HILLS] == pytest.approx((0.5 + 0.5 * 0.3) * clear)
    assert w["attributed"][TOWN] == pytest.approx((0.5 + 0.5 * 0.4) * clear)
    assert w["watched_now"][[HILLS, TOWN]] == pytest.approx([0.6 * 0.3, 0.6 * 0.4])


def test_a_buffer_parts_the_lines_and_troops_are_a_tripwire() -> None:
    w = morning()
    assert w["contact_now"][HILLS] == pytest.approx(1.0 - 0.6 * (1 - math.exp(-0.5)))
    assert w["tripwire"] == pytest.approx([1 - math.exp(-0.1), 1 - math.exp(-1)])
    half_life = 365 / (1 - 0.9 * w["tripwire"])
    assert w["resolve_kept"] == pytest.approx(0.5 ** (1 / half_life))


def test_the_first_heat_is_that_of_steady_fire_in_the_last_days_of_war() -> None:
    w = morning()
    f = formation(REBELS, TOWN)
    assert w["heat"][f] == pytest.approx(0.42 * 0.75 * 0.4 * 0.6)


def test_commanders_differ_by_world_with_mean_one() -> None:
    found = np.concatenate(
        [opened(small_front(), world)[0]["aggression"][: len(OPENING.formations)] for world in range(400)]
    )
    # 5,200 lognormal draws of spread 0.5: the mean's standard error is 0.533 / 72 = 0.0074.
    assert abs(found.mean() - 1.0) < 4 * 0.0074
    assert np.log(found).std() == pytest.approx(0.5, abs=4 * 0.5 / math.sqrt(2 * 5200))


def test_a_fresh_order_stops_loose_fire_less_at_higher_postures_and_half_as_well_beyond_the_deal() -> None:
    w = morning()
    w["order"], w["rung"][:] = 0.5, HONOUR
    assert exchange_fire.order_holds(w, ARMY) == pytest.approx(1 - 0.9 * 0.5)
    assert exchange_fire.order_holds(w, RAIDERS) == pytest.approx(1 - 0.9 * 0.5 * 0.5)
    w["rung"][ARMY] = STRIKE
    assert exchange_fire.order_holds(w, ARMY) == pytest.approx(1 - 0.9 * 0.5 * 0.5)
    w["rung"][ARMY] = OFFENSIVE
    assert exchange_fire.order_holds(w, ARMY) == 1.0


def counted(w: World, f: int, times: int = 4000) -> np.ndarray[Any, Any]:
    """Mean fire of a formation by kind (localised, ordered, answers) over many days."""
    total = np.zeros(3)
    for day in range(times):
        w["day"] = day
        events.begin_day(w)
        exchange_fire.exchange_fire(w, f)
        if w["fires"][f] > 0:
            total += w["fired"][f]
    return total / times


@pytest.mark.parametrize("rung", [HARASS, STRIKE, OFFENSIVE])
def test_fire_of_each_kind_comes_at_its_own_rate(rung: int) -> None:
    w = morning({"events": []})
    f = formation(ARMY, HILLS)
    w["order"], w["rung"][ARMY], w["next_rung"][ARMY] = 0.5, rung, rung
    decide.settle(w)
    w["heat"][f], w["aggression"][f] = 0.8, 1.3
    initialise.derive(w)
    e, contact, facing = (0.0, 0.2, 0.5, 1.0)[rung], 1 - 0.6 * (1 - math.exp(-0.5)), 1.3 / (1.3 + 0.2)
    obeyed = 1 - 0.9 * 0.5 * (1 - e)
    ordered = {HARASS: 0.41, STRIKE: 0.75, OFFENSIVE: 1.6}[rung]
    exact = np.array(
        [
            1.3 * 0.3 * 0.5 * (1 - 0.4 * 0.3) * contact * obeyed * facing,
            1.3 * ordered * (1 - 0.18 * (1 - e)) * (contact + (1 - contact) * e) * facing,
            0.8 * obeyed,
        ]
    )
    # Poisson means over 4,000 days, each within 4 standard errors.
    assert np.abs(counted(w, f) - exact).max() < 4 * math.sqrt(exact.max() / 4000)


def test_nobody_answers_or_shoots_unordered_where_no_enemy_stands() -> None:
    alone: dict[str, object] = {"front.sectors.hills.presence": {"army": 1.0}, "events": []}
    f = initial_state(small_front(alone)).formations.index(("hills", "army"))
    w = morning(alone)
    w["heat"][f], w["rung"][ARMY] = 5.0, HONOUR
    assert counted(w, f, 200).sum() == 0.0


def test_ordered_fire_is_strategic_or_spoiling_and_only_the_first_is_a_breach() -> None:
    w = still(morning())
    w["day"] = 3
    for actor in (RAIDERS, ARMY):
        f = formation(actor, HILLS)
        w["fires"][f], w["fired"][f] = 6, [1, 2, 3]
        exchange_fire.count_fire(w, f)
        if actor == RAIDERS:
            assert w["first_breach"] == -1
    assert w["first_breach"] == 3
    assert w["counter"][:4].tolist() == [2, 6, 2, 2]
    assert w["received"][HILLS].tolist() == [6, 6]


def test_an_unopposed_offensive_takes_what_is_left_at_line_speed_and_a_strike_a_tenth() -> None:
    taken = {}
    for rung in (STRIKE, OFFENSIVE):
        w = still(morning({"actors.rebels.capability": 0, "actors.raiders.capability": 0, "actors.wolf.capability": 0}))
        w["rung"][:] = HONOUR
        w["rung"][ARMY] = w["rung"][BEAR] = rung
        decide.note_postures(w)
        before = float(w["held"][HILLS])
        exchange_fire.advance(w, HILLS)
        taken[rung] = float(w["held"][HILLS]) - before
    assert 0.5 * 0.02 * 0.6 <= taken[OFFENSIVE] < 1.5 * 0.02 * 0.6
    assert taken[STRIKE] == pytest.approx(taken[OFFENSIVE])  # nobody defends: push / push is 1 for both


def test_a_defended_line_moves_by_push_over_push_and_defence() -> None:
    moved = {}
    for rung in (STRIKE, OFFENSIVE):
        w = still(morning())
        w["rung"][:] = HONOUR
        w["rung"][ARMY] = rung
        decide.note_postures(w)
        before = float(w["held"][HILLS])
        exchange_fire.advance(w, HILLS)
        moved[rung] = float(w["held"][HILLS]) - before
    push = 1.0 * 0.6
    defence = 0.6 * 0.3 + 0.5 * 0.3 + 0.2 * 0.7 * 0.8
    assert moved[STRIKE] / moved[OFFENSIVE] == pytest.approx((0.1 / (0.1 * push + defence)) / (1 / (push + defence)))
    assert 0.5 <= moved[OFFENSIVE] / (0.02 * push / (push + defence) * 0.6) < 1.5


def test_the_line_stays_within_the_sector_and_the_loser_feels_it_by_value() -> None:
    w = morning()
    exchange_fire.move_line(w, HILLS, 5.0)
    assert w["held"][HILLS] == 1.0
    value = {HILLS: 4.0, TOWN: 7.0, BORDER: 5.0}
    held_by_south = 4 * 0.6 + 7 * 0.9 + 5 * 1.0
    assert w["sector_value"][[HILLS, TOWN, BORDER]].tolist() == list(value.values())
    assert w["ground_lost"] == pytest.approx([0.0, 4 * 0.6 / held_by_south])
    exchange_fire.move_line(w, HILLS, -7.0)
    assert w["held"][HILLS] == 0.0
    assert w["ground_lost"][NORTH] == 1.0


def test_nobody_who_honours_moves_the_line() -> None:
    w = still(morning())
    w["rung"][:] = HARASS
    decide.note_postures(w)
    exchange_fire.advance(w, HILLS)
    assert w["held"][HILLS] == 0.4


def test_fire_falls_on_the_most_people_in_reach_and_on_fighters_by_presence_and_exposure() -> None:
    w = still(morning())
    f = formation(ARMY, TOWN)
    # In reach from the town: 270,000 under the enemy there, 24,000 in the hills, 500,000 on the border.
    civilian = 0.6 * 500000 / (500000 + 150000)
    exposed = {REBELS: 0.4 * 1.0, RAIDERS: 0.5 * 1.0, WOLF: 0.4 * 0.3}
    edge = civilian
    assert casualties.strike_victim(w, f, 3, civilian - 1e-9)
    assert (w["counter"][C_CIVILIAN], w["civilians_killed"][BORDER]) == (3, 3)
    for actor, weight in sorted(exposed.items()):
        edge += (1 - civilian) * weight / sum(exposed.values())
        casualties.strike_victim(w, f, 5, edge - 1e-9)
        assert w["losses_today"][actor] == 5
    assert w["counter"][C_COMBATANT] == 15
    assert w["deaths_today"] == 18
    assert w["guarantor_dead"].tolist() == [0, 5]
    assert w["burst"][[TOWN, BORDER]].tolist() == [15, 3]


def test_nobody_under_their_own_side_is_aimed_at() -> None:
    w = still(morning({f"front.sectors.{place}.held": 1.0 for place in ("hills", "town", "border")}))
    casualties.strike_victim(w, formation(ARMY, TOWN), 3, 0.0)
    assert w["counter"][C_CIVILIAN] == 0
    casualties.strike_victim(w, formation(REBELS, TOWN), 3, 0.0)
    assert w["civilians_killed"][BORDER] == 3


def test_soldiers_of_a_guarantor_killed_by_the_other_guarantor_count_towards_a_clash() -> None:
    w = still(morning())
    for shooter in (ARMY, BEAR):
        casualties.strike_victim(w, formation(shooter, TOWN), 4, 1.0 - 1e-12)
    assert w["losses_today"][WOLF] == 8
    assert w["clash_today"] == 4


def test_the_day_of_the_first_death_is_kept() -> None:
    w = still(morning())
    for day in (4, 9):
        w["day"] = day
        casualties.count_deaths(w, HILLS, 1)
    assert w["first_lethal"] == 4


def test_a_cap_bounds_the_dead_of_one_violation() -> None:
    w = still(morning({"mechanisms.deaths_mean_calm": 50, "mechanisms.deaths_tail": 6, "mechanisms.deaths_cap": 7}))
    f = formation(ARMY, HILLS)
    w["fires"][f], w["fired"][f], w["rung"][ARMY] = 40, [40, 0, 0], HONOUR
    casualties.inflict_casualties(w, f)
    assert 40 * 5 < w["deaths_today"] <= 40 * 7


def test_flight_follows_civilian_deaths_and_an_offensive_and_presses_on_the_host() -> None:
    w = still(morning())
    w["rung"][:] = HONOUR
    w["civilians_killed"][TOWN] = 10
    casualties.displace_civilians(w, TOWN)
    assert w["civilians"][TOWN] == 300000 - 2150
    assert (w["counter"][C_DISPLACED], w["flight_recent"], w["inflow"][WOLF]) == (2150, 2150, 0.8 * 2150)
    w["civilians_killed"][TOWN], w["rung"][ARMY] = 0, OFFENSIVE
    decide.note_postures(w)
    casualties.displace_civilians(w, TOWN)
    assert w["civilians"][TOWN] == pytest.approx((300000 - 2150) * 0.995)
    w["civilians_killed"][TOWN], w["civilians"][TOWN] = 10**6, 500.0
    casualties.displace_civilians(w, TOWN)
    assert w["civilians"][TOWN] == 0.0
