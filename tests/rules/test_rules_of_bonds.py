"""What binds and wears, and what comes from outside: the arithmetic of each rule, on records written by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from rules_by_hand import (
    ARMY,
    BEAR,
    HILLS,
    LEAGUE,
    NORTH,
    OFFENSIVE,
    OPENING,
    RAIDERS,
    REBELS,
    SOUTH,
    STRIKE,
    WOLF,
    World,
    commit,
    decide,
    events,
    morning,
    still,
)

from ceasefire.evaluation.verification.runs import opened
from ceasefire.evaluation.verification.synthetic_scenarios import small_front
from ceasefire.world_state import C_TALKS


def test_losses_fade_and_a_shock_alarms() -> None:
    w = still(morning())
    w["losses"][WOLF], w["losses_today"][WOLF] = 10.0, 5
    commit.bear(w, WOLF)
    assert w["losses"][WOLF] == pytest.approx(10 * 0.5 ** (1 / 14) + 5)
    assert w["alarmed"][WOLF] == 0
    w["losses_today"][WOLF] = 20
    commit.bear(w, WOLF)
    assert w["alarmed"][WOLF] == 1


def test_weariness_grows_with_violence_and_fades_without() -> None:
    w = still(morning())
    w["weariness"][ARMY], w["violence"] = 0.3, 0.5
    commit.bear(w, ARMY)
    assert w["weariness"][ARMY] == pytest.approx(0.3 * 0.5 ** (1 / 730) + 0.01 * 0.5 * 0.7)


def test_commitment_wanes_by_the_year_and_what_is_usual_follows_the_odds() -> None:
    w = still(morning({"actors.wolf.waning": 0.365}))
    w["day"], w["usual_odds"][WOLF], w["odds"][WOLF] = 3, 0.2, 0.8
    commit.bear(w, WOLF)
    assert w["commitment"][WOLF] == pytest.approx(0.8 * (1 - 0.001))
    kept = 0.5 ** (1 / 365)
    assert w["usual_odds"][WOLF] == pytest.approx(kept * 0.2 + (1 - kept) * 0.8)


def test_strength_drifts_on_the_seventh_day_alone_and_by_the_spread_stated() -> None:
    w = still(morning())
    before = float(w["capability"][ARMY])
    w["day"] = 5
    commit.bear(w, ARMY)
    assert w["capability"][ARMY] == before
    steps = []
    for week in range(2000):
        w["day"], w["capability"][ARMY] = 6 + 7 * week, 1.0
        events.begin_day(w)
        commit.bear(w, ARMY)
        steps.append(math.log(w["capability"][ARMY]))
    # 2,000 even steps with the spread of a week: mean within 4 standard errors, spread within 4 of its own.
    week_spread = 0.08 * math.sqrt(7 / 365)
    assert abs(np.mean(steps)) < 4 * week_spread / math.sqrt(2000)
    assert np.std(steps) == pytest.approx(week_spread, rel=4 * 0.5 * math.sqrt(0.8 / 2000))


def test_only_a_guarantors_commitment_drifts_and_it_stays_a_share() -> None:
    w = still(morning({"mechanisms.commitment_drift": 2}))
    for week in range(300):
        w["day"] = 6 + 7 * week
        events.begin_day(w)
        for actor in (BEAR, ARMY):
            commit.bear(w, actor)
        assert 0.0 <= w["commitment"][BEAR] <= 1.0
    assert w["commitment"][ARMY] == 1.0
    assert w["commitment"][BEAR] != 0.8


def bound(changes: Mapping[str, object] | None = None, **now: Any) -> World:
    """A day of `bind` without talks, from the numbers given."""
    w = still(morning({"mechanisms.talks_rate": 0, **(changes or {})}))
    for name, value in now.items():
        w[name] = value
    decide.note_postures(w)
    commit.commit(w)
    return w


def test_ties_relax_to_their_level_and_fall_when_guarantors_soldiers_die() -> None:
    assert bound(ties=0.4)["ties"] == pytest.approx(0.4 + 0.01 * 0.2)
    w = bound(ties=0.6, guarantor_dead=[3, 7])
    assert w["ties"] == pytest.approx(0.6 - 0.3 * 10 / 20)
    assert bound(ties=0.6, guarantor_dead=[0, 400])["ties"] == 0.0


def test_resolve_fades_slower_behind_a_tripwire_and_grows_by_a_guarantors_strikes() -> None:
    w = bound()
    assert w["resolve"] == pytest.approx(0.6 * w["resolve_kept"])
    assert w["resolve"][SOUTH] > w["resolve"][NORTH]
    rungs = np.zeros(12, np.int64)
    rungs[WOLF] = STRIKE
    w = bound(rung=rungs)
    kept = 0.6 * w["resolve_kept"][SOUTH]
    assert w["resolve"][SOUTH] == pytest.approx(kept + 0.03 * 0.5 * 0.8 * (1 - kept))


def test_attention_sinks_to_its_floor_and_rises_with_news_and_urging() -> None:
    kept = 0.5 ** (1 / 90)
    assert bound(attention=0.5, violence=0.0, urging=0.0)["attention"] == pytest.approx(0.1 + 0.4 * kept)
    sunk = 0.1 + 0.1 * kept
    assert bound(attention=0.2, violence=0.8, urging=0.0)["attention"] == pytest.approx(sunk + 0.1 * (0.8 - sunk))
    assert bound(attention=0.2, violence=0.0, urging=0.6)["attention"] == pytest.approx(sunk + 0.1 * (0.6 - sunk))


def test_the_order_to_cease_and_the_sense_of_lost_ground_fade() -> None:
    w = bound(order=0.8, ground_lost=[0.4, 0.2])
    assert w["order"] == pytest.approx(0.8 * 0.5 ** (1 / 25))
    assert w["ground_lost"] == pytest.approx(np.array([0.4, 0.2]) * 0.5 ** (1 / 180))


def test_a_missed_deadline_is_a_term_unmet_until_it_is_accepted_or_met() -> None:
    never = {"agreement.deadlines.road.ease": 0}
    assert bound(never, day=9)["unmet"] == 0.0
    assert bound(never, day=10)["unmet"] == pytest.approx(0.4)
    assert bound(never, day=11, unmet=0.4)["unmet"] == pytest.approx(0.4 * math.exp(-1 / 150))
    sure = {"agreement.deadlines.road.ease": 1}
    trusting: dict[str, Any] = {"trust": [1.0, 1.0], "violence": 0.0}
    early, late = bound(sure, day=10, **trusting), bound(sure, day=11, unmet=0.4, **trusting)
    assert (early["deadline_met"][0], early["unmet"]) == (1, 0.0)
    assert (late["deadline_met"][0], late["unmet"]) == (1, 0.0)


def test_nobody_meets_a_deadline_in_full_distrust() -> None:
    w = bound({"agreement.deadlines.road.ease": 1}, day=3, trust=[0.0, 0.0])
    assert w["deadline_met"][0] == 0


def test_talks_need_violence_a_channel_and_a_pause() -> None:
    w = morning()
    w["ties"], w["urging"], w["deaths_14d"] = 0.5, 0.2, 0
    assert commit.talks_chance(w) == 0.0
    channel = 0.6 * 0.5 + 0.3 * 0.2
    w["toll"], w["deaths_14d"] = 1000.0, 75
    assert commit.talks_chance(w) == pytest.approx(0.1 * channel * 0.5)
    w["deaths_14d"] = 900
    assert commit.talks_chance(w) == pytest.approx(0.1 * channel)
    w["day"], w["last_talks"] = 20, 14
    assert commit.talks_chance(w) == 0.0
    w["last_talks"] = 13
    assert commit.talks_chance(w) == pytest.approx(0.1 * channel)
    w["hotline"], w["urging"] = 0.0, 0.0
    assert commit.talks_chance(w) == 0.0


def test_talks_that_are_an_order_renew_it_cool_the_front_and_bring_everybody_down() -> None:
    w = still(morning({"mechanisms.talks_rate": 1, "agreement.hotline": 1, "agreement.talks_order": 1}))
    w["ties"], w["deaths_14d"], w["order"] = 1.0, 1000, 0.2
    w["trust"][:], w["trust_best"][:] = [0.1, 0.6], [0.4, 0.6]
    w["heat"][:], w["day"] = 3.0, 8
    for actor in (ARMY, BEAR, REBELS):
        w["rung"][actor] = OFFENSIVE
    w["rung"][RAIDERS], w["rung"][LEAGUE] = OFFENSIVE, 2
    commit.talks(w)
    assert (w["order"], w["last_talks"], w["counter"][C_TALKS]) == (1.0, 8, 1)
    assert w["trust"] == pytest.approx([0.1 + 0.3 * 0.3, 0.6])
    assert w["heat"][: len(OPENING.formations)] == pytest.approx(0.6)
    assert w["rung"][[ARMY, BEAR, REBELS, RAIDERS, LEAGUE]].tolist() == [0, 0, 0, STRIKE, 2]


def met(leaning: dict[int, float], order: float = 0.0) -> World:
    """The evening after talks of parties whose hidden wish to escalate is given, the others' being none at all."""
    w = still(morning({"mechanisms.talks_rate": 1, "agreement.hotline": 1, "agreement.talks_order": order}))
    w["ties"], w["deaths_14d"], w["order"], w["heat"][:], w["day"] = 1.0, 1000, 0.2, 3.0, 8
    w["trust"][:], w["trust_best"][:], w["rung"][:4] = 0.1, 0.4, STRIKE
    w["rung"][WOLF] = w["rung"][RAIDERS] = STRIKE
    w["intent"][:] = -50.0
    for actor, wish in leaning.items():
        w["intent"][actor] = wish
    commit.talks(w)
    return w


def test_whoever_would_rather_strike_promises_nothing_at_talks_and_goes_on() -> None:
    w = met({ARMY: 50.0})
    formations = [OPENING.formations.index((place, "army")) for place in ("hills", "town", "border")]
    others = [f for f, (_, actor) in enumerate(OPENING.formations) if actor != "army"]
    assert w["rung"][[ARMY, BEAR, REBELS, WOLF, RAIDERS]].tolist() == [STRIKE, 0, 0, 0, 1]
    assert w["heat"][formations].tolist() == [3.0] * 3
    assert w["heat"][others] == pytest.approx(0.6)
    parties = [ARMY, BEAR, REBELS, WOLF]
    share = 1 - w["presence_total"][ARMY] / w["presence_total"][parties].sum()
    assert w["order"] == pytest.approx(0.2 + share * 0.8)
    assert w["trust"] == pytest.approx([0.1 + 0.3 * share * 0.3] * 2)
    assert (w["counter"][C_TALKS], w["last_talks"]) == (1, 8)


def test_talks_at_which_nobody_recommits_leave_postures_order_and_trust_as_they_were() -> None:
    w = met(dict.fromkeys((ARMY, BEAR, REBELS, WOLF, RAIDERS), 50.0))
    assert (w["rung"][[ARMY, BEAR, REBELS, WOLF, RAIDERS]] == STRIKE).all()
    assert (w["order"], w["trust"].tolist()) == (0.2, [0.1, 0.1])


def test_an_order_is_obeyed_by_those_who_would_rather_strike() -> None:
    assert met(dict.fromkeys((ARMY, BEAR, REBELS, WOLF), 50.0), order=1.0)["rung"][ARMY] == 0


def test_talks_restore_a_share_of_missing_ties() -> None:
    w = still(morning({"mechanisms.talks_rate": 1, "mechanisms.mediation": 1, "agreement.hotline": 1}))
    w["ties"], w["urging"], w["deaths_14d"] = 0.3, 1.0, 1000
    commit.talks(w)
    assert w["ties"] == pytest.approx(0.3 + 0.1 * 0.7)


def test_an_event_sets_adds_or_multiplies_within_limits_and_calls_for_reviews() -> None:
    what = [{"title": "a blow", "day": 4, "multiply": {"actors.army.commitment": 3}, "add": {"guarantors.ties": -9},
             "set": {"agreement.monitoring": 1.0, "actors.wolf.troops_on_line": 0}, "review": ["wolf"]}]  # fmt: skip
    record = opened(small_front({"events": what, "actors.army.commitment": 0.5}))
    w, numbers = record[0], np.asarray(record).view(np.float64)
    for day in range(4):
        w["day"] = day
        events.events(w, numbers)
        assert (w["monitoring"], w["event_on"][0]) == (0.3, -1)
    w["day"] = 4
    events.events(w, numbers)
    assert (w["commitment"][ARMY], w["ties_level"], w["monitoring"]) == (1.0, 0.0, 1.0)
    assert w["alarmed"].nonzero()[0].tolist() == [WOLF]
    assert w["tripwire"][SOUTH] == 0.0, "what follows from the troops is made anew"
    assert w["attributed"][HILLS] == pytest.approx(0.8)
    w["day"], w["commitment"][ARMY] = 5, 0.1
    events.events(w, numbers)
    assert w["commitment"][ARMY] == 0.1, "a dated event happens once"


def test_a_random_event_strikes_at_its_rate_and_once_when_so_said() -> None:
    def struck(once: bool) -> list[int]:
        what = [{"title": "rain", "rate_per_year": 73, "once": once, "add": {"guarantors.ties": 0.0}}]
        record = opened(small_front({"events": what}))
        w, numbers, days = record[0], np.asarray(record).view(np.float64), []
        for day in range(2000):
            w["day"] = day
            events.events(w, numbers)
            if w["event_on"][0] == day:
                days.append(day)
        return days

    # 2,000 days at a chance of 1 in 5: 400 strikes, standard error 18.
    assert abs(len(struck(once=False)) - 400) < 4 * 18
    assert len(struck(once=True)) == 1
