"""When, why and by whose hand a ceasefire ends: the arithmetic of each rule, on records written by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from rules_by_hand import (
    ARMY,
    BEAR,
    HARASS,
    HILLS,
    HONOUR,
    NORTH,
    OFFENSIVE,
    RAIDERS,
    REBELS,
    STRIKE,
    TOWN,
    WOLF,
    World,
    casualties,
    decide,
    formation,
    initialise,
    morning,
    still,
    termination,
)

from ceasefire.evaluation.verification.runs import opened
from ceasefire.evaluation.verification.synthetic_scenarios import MECHANISMS, SMALL_FRONT, duel, small_front
from ceasefire.simulation.initial_state import initial_state
from ceasefire.world_state import C_COMBATANT, C_PEAK, CAUSES


def ripe(**now: Any) -> World:
    """A world on day 30 whose numbers are as given, judged once."""
    endless = {"agreement.term_days": None, "agreement.renewal_days": None, "mechanisms.abrogation_rate": 0}
    w = still(morning({**endless, "war.toll_14d": 250}))
    w["day"], w["ongoing"] = 30, 0.0
    now = {"parties_dead": now.get("deaths_today", 0), "parties_14d": now.get("deaths_14d", 0), **now}
    for name, value in now.items():
        if isinstance(value, dict):
            for where, number in value.items():
                w[name][where] = number
        else:
            w[name] = value
    w["rung"][w["attacked"] > 0] = OFFENSIVE
    decide.note_postures(w)
    termination.judge_end(w)
    return w


def days_ago(*days: int) -> int:
    """What an actor that was on the offensive so many days ago remembers."""
    return sum(1 << (day - 1) for day in days)


SINCE_26 = days_ago(1, 2, 3, 4)
"""Of an offensive that began on day 26, on the morning of day 30."""


def cause_of(w: World) -> str:
    return CAUSES[int(w["cause"])]


def test_an_offensive_ends_the_deal_on_its_fifth_day_and_dates_from_its_first() -> None:
    assert ripe(attacked={ARMY: days_ago(1, 2, 3)})["over"] == 0
    w = ripe(attacked={ARMY: SINCE_26}, counter=np.arange(9.0), mornings={26 % 14: np.arange(9.0) / 2}, first_lethal=28)
    assert (cause_of(w), w["days_held"], w["operational_end"], w["ended"]) == ("offensive", 26, 26, 1)
    assert w["counter"].tolist() == (np.arange(9.0) / 2).tolist()
    assert w["first_lethal"] == -1
    assert (w["cause_actor"], w["deciding_actor"], w["formal_end"]) == (ARMY, ARMY, -1)


def test_a_death_before_the_offensive_stays_the_first() -> None:
    assert ripe(attacked={ARMY: SINCE_26}, first_lethal=25)["first_lethal"] == 25


def test_the_oldest_offensive_is_the_one_that_ends_it_and_a_spoilers_has_its_own_name() -> None:
    w = ripe(attacked={ARMY: days_ago(1, 2, 3), RAIDERS: SINCE_26})
    assert (cause_of(w), w["cause_actor"], w["days_held"]) == ("spoiler_offensive", RAIDERS, 26)


def test_days_of_one_offensive_count_within_its_window_though_a_pause_lies_between() -> None:
    two_of_five = {"offensive_days": 2.0, "offensive_window": 5.0}
    w = ripe(**two_of_five, attacked={ARMY: days_ago(4)})
    assert (cause_of(w), w["days_held"]) == ("offensive", 26)
    assert ripe(**two_of_five, attacked={ARMY: days_ago(5)})["over"] == 0, "too long ago"
    assert ripe(**two_of_five, attacked={ARMY: days_ago(1)}, rung={ARMY: STRIKE})["days_held"] == 29


def test_a_pause_ends_nothing_even_after_enough_days_of_offensive() -> None:
    w = still(morning({"agreement.term_days": None, "agreement.renewal_days": None}))
    w["day"], w["attacked"][ARMY], w["rung"][:] = 30, SINCE_26, HONOUR
    decide.note_postures(w)
    termination.remember_attacks(w)
    termination.judge_operational(w)
    assert w["over"] == 0


def test_an_offensive_with_deaths_as_in_the_war_ends_it_at_once() -> None:
    w = ripe(rung={ARMY: OFFENSIVE}, deaths_today=125)
    assert (cause_of(w), w["days_held"]) == ("offensive", 30)


def test_deaths_of_a_fortnight_against_the_wars_worst_are_the_threshold() -> None:
    assert ripe(deaths_today=124)["over"] == 0
    w = ripe(deaths_today=125)
    assert (cause_of(w), w["days_held"], w["operational_end"]) == ("spiral", 30, 30)
    assert ripe(deaths_today=124)["violence"] == pytest.approx(124 / 250)


def test_only_war_between_the_parties_ends_the_deal_unless_it_says_otherwise() -> None:
    for with_anybody in (0, 1):
        w = still(morning())
        w["third_party_war_ends_it"] = with_anybody
        for shooter, whom in ((ARMY, RAIDERS), (RAIDERS, ARMY), (ARMY, REBELS), (RAIDERS, None)):
            w["exposure"][:] = 0.0
            w["civilians"][:] = 0.0 if whom is not None else 1e12
            w["civilian_harm"][:] = 0.0 if whom is not None else 1.0
            if whom is not None:
                w["exposure"][whom] = 1.0
            before = int(w["parties_dead"])
            assert casualties.strike_victim(w, formation(shooter, HILLS), 3, 0.5)
            counted = with_anybody or (shooter, whom) == (ARMY, REBELS)
            assert w["parties_dead"] - before == (3 if counted else 0)
        assert w["deaths_today"] == 12
    left_out = ripe(third_party_war_ends_it=0, attacked={RAIDERS: SINCE_26})
    assert left_out["over"] == 0
    assert ripe(third_party_war_ends_it=0, deaths_today=300, parties_dead=124)["over"] == 0
    assert cause_of(ripe(third_party_war_ends_it=0, deaths_today=300, parties_dead=125)) == "spiral"


def test_a_small_war_is_not_back_before_as_many_die_as_in_any_war() -> None:
    assert ripe(toll=40.0, deaths_today=37)["over"] == 0
    assert ripe(toll=40.0, deaths_today=38)["over"] == 1
    assert ripe(toll=40.0, war_floor=0.0, deaths_today=20)["over"] == 1


def test_a_fortnight_forgets_its_fifteenth_day() -> None:
    w = ripe()
    w["deaths_today"] = 60
    termination.judge_end(w)
    w["deaths_today"] = w["parties_dead"] = 0
    for left in range(13, -1, -1):
        assert w["deaths_14d"] == 60, f"{left} days left"
        termination.judge_end(w)
    assert w["deaths_14d"] == 0
    assert w["counter"][C_PEAK] == 60


def test_ordered_fire_of_one_party_makes_it_a_bombardment_and_otherwise_it_is_a_spiral() -> None:
    w = ripe(deaths_today=130, ordered_today={BEAR: 66}, inflicted_today={BEAR: 66, ARMY: 64})
    assert (cause_of(w), w["cause_actor"]) == ("bombardment", BEAR)
    w = ripe(
        deaths_today=130, ordered_today={BEAR: 65}, inflicted_today={BEAR: 60, ARMY: 70}, burst={TOWN: 3.0, HILLS: 2.0}
    )
    assert (cause_of(w), w["cause_actor"], w["deciding_actor"]) == ("spiral", -1, ARMY)
    assert w["deciding_sector"] == TOWN


def test_fire_that_one_party_ordered_in_five_days_as_in_the_war_is_a_bombardment_before_a_fortnight_is_full() -> None:
    # Half of 250 in 14 days are 44.6 in five.
    def shelled(dead: int, **now: Any) -> World:
        return ripe(rung={BEAR: STRIKE}, ordered_today={BEAR: dead}, deaths_today=dead, **now)

    assert shelled(44)["over"] == 0
    assert (cause_of(shelled(45)), shelled(45)["cause_actor"]) == ("bombardment", BEAR)
    before = {"ordered_ring": {(26 % 14, BEAR): 30}, "deaths_14d": 30}
    assert cause_of(shelled(15, **before)) == "bombardment"
    long_ago = {"ordered_ring": {(25 % 14, BEAR): 30}, "deaths_14d": 30}
    assert shelled(15, **long_ago)["over"] == 0
    assert ripe(ordered_today={BEAR: 60}, deaths_today=60)["over"] == 0, "it has stopped"


def test_guarantors_clash_when_both_strike_for_days_and_kill_each_other() -> None:
    both = {BEAR: STRIKE, WOLF: STRIKE}
    assert ripe(rung=both, clash_since=27, clash_today=40)["over"] == 0
    assert ripe(rung=both, clash_since=26, clash_dead=19, clash_today=10)["over"] == 0
    w = ripe(rung=both, clash_since=26, clash_dead=20, clash_today=10)
    assert (cause_of(w), w["days_held"]) == ("guarantor_clash", 26)
    w = ripe(rung={BEAR: STRIKE}, clash_since=20, clash_dead=400)
    assert (w["over"], w["clash_since"], w["clash_dead"]) == (0, -1, 0)
    assert ripe(rung=both)["clash_since"] == 30


def test_guarantors_who_have_struck_for_long_clash_from_the_fortnight_in_which_enough_of_them_died() -> None:
    both = {BEAR: STRIKE, WOLF: STRIKE}
    assert ripe(rung=both, clash_since=2, clash_dead=20, clash_today=10)["days_held"] == 17
    assert ripe(rung=both, clash_since=2, clash_dead=20, clash_ring={30 % 14: 5}, clash_today=14)["over"] == 0


def test_a_world_at_the_horizon_is_censored_not_ended() -> None:
    w = ripe(day=499)
    assert (w["over"], w["ended"], w["days_held"], cause_of(w)) == (1, 0, 500, "")
    assert ripe(day=498)["over"] == 0


def test_what_began_before_the_horizon_is_lived_on_until_it_is_judged_and_what_began_later_is_not_seen() -> None:
    w = ripe(day=499, attacked={ARMY: days_ago(1)})
    assert (w["over"], w["day"]) == (0, 500)
    late = ripe(day=501, attacked={ARMY: SINCE_26})
    assert (cause_of(late), late["days_held"]) == ("offensive", 497)
    too_late = ripe(day=503, deaths_today=200, mornings={500 % 14: np.full(9, 3.0)}, first_lethal=501, first_breach=2)
    assert (too_late["over"], too_late["ended"], too_late["days_held"], cause_of(too_late)) == (1, 0, 500, "")
    assert too_late["counter"].tolist() == [3.0] * 9
    assert (too_late["first_lethal"], too_late["first_breach"], too_late["deciding_actor"]) == (-1, 2, -1)
    assert (too_late["operational_end"], too_late["cause_actor"], too_late["deciding_sector"]) == (-1, -1, -1)


def test_a_clash_that_began_before_the_horizon_is_awaited_for_a_fortnight() -> None:
    both = {BEAR: STRIKE, WOLF: STRIKE}
    assert ripe(day=499, rung=both)["over"] == 0
    assert ripe(day=511, rung=both, clash_since=499)["over"] == 0
    assert ripe(day=512, rung=both, clash_since=499)["over"] == 1


def test_a_term_that_runs_out_on_the_day_of_the_horizon_is_not_seen() -> None:
    w = expiring({"horizon_days": 100, **WANTS_WAR})
    w["lapsed"] = 0
    termination.judge_end(w)
    assert (w["over"], w["ended"], w["days_held"], w["formal_end"], cause_of(w)) == (1, 0, 100, -1, "")


def test_an_end_on_the_last_day_is_an_end() -> None:
    w = ripe(day=499, deaths_today=200)
    assert (w["ended"], w["days_held"]) == (1, 499)


def abrogated(**now: Any) -> World:
    w = still(morning({"agreement.term_days": None, "agreement.renewal_days": None, "mechanisms.abrogation_rate": 1}))
    w["trust"][:], w["unmet"], w["rung"][:], w["day"] = 0.0, 1.0, HONOUR, 30
    for name, where in now.items():
        for actor, number in where.items():
            w[name][actor] = number
    decide.note_postures(w)
    termination.judge_formal(w)
    return w


def test_only_a_distrustful_signatory_that_strikes_renounces_the_deal() -> None:
    w = abrogated(rung={BEAR: STRIKE})
    assert (CAUSES[int(w["lapsed"])], w["refused_by"], w["over"], w["formal_end"]) == ("abrogation", BEAR, 0, 30)
    assert w["operational_end"] == -1
    assert abrogated(rung={BEAR: HARASS})["lapsed"] == 0
    assert abrogated(rung={ARMY: STRIKE})["lapsed"] == 0, "a client answers to its patron"
    assert abrogated(rung={RAIDERS: STRIKE})["lapsed"] == 0, "nobody bound it"
    assert abrogated(rung={BEAR: STRIKE}, trust={NORTH: 1.0})["lapsed"] == 0


def expiring(changes: Mapping[str, object] | None = None) -> World:
    w = still(opened(duel({"agreement.term_days": 100, "agreement.renewal_days": 30, **(changes or {})}))[0])
    w["day"], w["order"] = 99, 0.1
    termination.judge_formal(w)
    return w


WANTS_WAR: dict[str, object] = {
    "motives.war": {
        "title": "wants war", "profile": [0.0, 0.0, 1.0, 1.0], "salience": {"constant": 1.0}, "source": "made up",
    },
    "actors.hawk.motives": {"war": 1.0},
}  # fmt: skip


def test_content_parties_renew_a_deal_and_the_order_is_fresh_again() -> None:
    w = expiring()
    assert (w["over"], w["expires"], w["order"]) == (0, 130, 1.0)


def test_a_party_that_wants_war_lets_the_deal_lapse_and_nothing_binds_from_then_on() -> None:
    w = expiring({**WANTS_WAR, "mechanisms.word_cessation": 0.2})
    hawk = initial_state(duel()).actors.index("hawk")
    assert (CAUSES[int(w["lapsed"])], w["refused_by"], w["over"], w["formal_end"]) == ("expiry", hawk, 0, 100)
    assert (w["operational_end"], w["ended"], w["word"], w["order"]) == (-1, 0, 0.0, 0.0)
    assert w["alarmed"][:2].tolist() == [1, 1]
    initialise.derive(w)
    assert w["word"] == 0.0


def lapsed(**now: Any) -> World:
    return ripe(lapsed=CAUSES.index("expiry"), refused_by=WOLF, refused_motive=2, **now)


def test_war_soon_after_a_lapse_is_put_down_to_it_and_later_war_is_not() -> None:
    war = {"deaths_today": 125}
    w = lapsed(formal_end=20, **war)
    assert (cause_of(w), w["cause_actor"], w["deciding_actor"], w["deciding_motive"]) == ("expiry", WOLF, WOLF, 2)
    assert (w["days_held"], w["operational_end"], w["ended"]) == (30, 30, 1)
    assert cause_of(lapsed(formal_end=16, **war)) == "expiry"
    assert cause_of(lapsed(formal_end=15, **war)) == "spiral"
    assert cause_of(lapsed(formal_end=27, attacked={ARMY: SINCE_26})) == "offensive", "it began before the lapse"
    assert lapsed(formal_end=20)["over"] == 0, "a lapse that is observed is no end"


def test_a_deal_lapses_by_nobodys_refusal_when_no_further_renewal_is_allowed() -> None:
    w = expiring({"agreement.most_renewals": 0})
    assert (CAUSES[int(w["lapsed"])], w["refused_by"], w["formal_end"]) == ("expiry", -1, 100)
    assert expiring({"agreement.most_renewals": 1})["renewals"] == 1


def test_only_principals_are_asked_and_an_exchange_or_urging_makes_them_renew() -> None:
    willing = {**WANTS_WAR, "mechanisms.temperature": 0.2}
    assert expiring({**willing, "agreement.principals": ["dove"]})["lapsed"] == 0
    w = still(opened(duel(willing))[0])
    hawk = initial_state(duel()).actors.index("hawk")
    w["exchange"], w["exchanges"], w["urging"] = 0.0, 2.0, 0.0
    alone = termination.renews(w, hawk)
    w["exchange"] = 0.5
    paid = termination.renews(w, hawk)
    assert paid / (1 - paid) == pytest.approx(alone / (1 - alone) * math.exp(0.5 / 0.2))
    w["renewals"] = 2
    assert termination.renews(w, hawk) == pytest.approx(alone), "there is nobody left to exchange"
    w["urging"] = 0.5
    urged = termination.renews(w, hawk)
    assert urged / (1 - urged) == pytest.approx(alone / (1 - alone) * math.exp(0.2 * 0.5 / 0.2))


def test_breaking_a_deal_forfeits_the_exchange_that_it_is_paid_for_with() -> None:
    w = morning({"agreement.exchange": 0.3, "agreement.exchanges": 1})
    plain = float(morning()["word"])
    assert w["word"] == pytest.approx(plain + 0.3)
    w["renewals"] = 2
    initialise.derive(w)
    assert w["word"] == pytest.approx(plain)


def test_a_deal_without_a_term_never_expires() -> None:
    w = still(opened(duel())[0])
    w["day"] = 399
    termination.judge_formal(w)
    assert w["over"] == 0


def test_an_actor_with_no_forces_on_the_front_cannot_end_the_deal_by_an_offensive() -> None:
    away = {f"front.sectors.{place}.presence.bear": None for place in ("hills", "town")}
    w = still(morning({**away, "agreement.term_days": None, "agreement.renewal_days": None}))
    w["day"], w["attacked"][BEAR], w["rung"][BEAR] = 30, SINCE_26, OFFENSIVE
    decide.note_postures(w)
    termination.remember_attacks(w)
    termination.judge_operational(w)
    assert w["over"] == 0


def test_counts_stop_at_the_day_on_which_the_deal_ended_when_guarantors_clash() -> None:
    w = still(morning({"agreement.term_days": None, "agreement.renewal_days": None}))
    w["rung"][[BEAR, WOLF]] = STRIKE
    decide.note_postures(w)
    w["first_lethal"], w["day"] = -1, 20
    for day in range(20, 25):
        w["day"], w["clash_today"] = day, 10
        w["mornings"][day % 14] = w["counter"]
        w["counter"][C_COMBATANT] = 10.0 * (day - 19)
        termination.judge_operational(w)
    assert (cause_of(w), w["days_held"]) == ("guarantor_clash", 20)
    assert w["counter"][C_COMBATANT] == 0.0


def test_the_small_front_pins_every_number_of_the_rules() -> None:
    # A new mechanism has to be pinned, or tuning its default would move these tests.
    record = opened(small_front())[0]
    unpinned = set(type(small_front().mechanisms).model_fields) - set(MECHANISMS)
    assert not unpinned
    assert {name: float(record[name]) for name in MECHANISMS} == MECHANISMS
    assert SMALL_FRONT["mechanisms"] == MECHANISMS
