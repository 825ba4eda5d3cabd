"""How actors look and choose: the arithmetic of each rule, on records written by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from rules_by_hand import (
    AGENCY,
    ARMY,
    BEAR,
    BORDER,
    HARASS,
    HILLS,
    HONOUR,
    LEAGUE,
    NORTH,
    OFFENSIVE,
    OPENING,
    RAIDERS,
    REBELS,
    SOUTH,
    STRIKE,
    TOWN,
    WOLF,
    World,
    commit,
    decide,
    events,
    morning,
    perceive,
    still,
)

from ceasefire.compilation import random_streams
from ceasefire.evaluation.independent_model.parameters import Feeling
from ceasefire.evaluation.verification.runs import opened
from ceasefire.evaluation.verification.synthetic_scenarios import small_front
from ceasefire.parameters.indicators import INDICATORS, N_INDICATORS
from ceasefire.scenario.load import load


@pytest.mark.parametrize(
    ("rung", "patron", "price"),
    [(OFFENSIVE, HONOUR, 1.0), (OFFENSIVE, HARASS, 0.8), (OFFENSIVE, STRIKE, 0.0), (STRIKE, HARASS, 0.3),
     (STRIKE, HONOUR, 0.5), (HARASS, HARASS, 0.0), (HONOUR, HONOUR, 0.0), (HARASS, OFFENSIVE, 0.0)],
)  # fmt: skip
def test_a_leash_prices_each_step_beyond_what_the_patron_licenses(rung: int, patron: int, price: float) -> None:
    assert decide.leash(0.6, 0.8, 0.5, (0.0, 0.2, 0.5, 1.0)[rung], (0.0, 0.2, 1.0, 1.0)[patron]) == pytest.approx(
        0.6 * 0.8 * 0.5 * price
    )


def test_only_going_on_the_offensive_needs_preparation() -> None:
    assert decide.preparation(0.4, 0.25, OFFENSIVE, HONOUR) == pytest.approx(0.3)
    assert decide.preparation(0.4, 1.0, OFFENSIVE, STRIKE) == 0.0
    assert decide.preparation(0.4, 0.0, OFFENSIVE, OFFENSIVE) == 0.0
    assert decide.preparation(0.4, 0.0, STRIKE, HONOUR) == 0.0


def test_what_holds_an_actor_back_is_the_sum_of_its_parts() -> None:
    w = morning()
    w["rung"][:] = HONOUR
    w["intent"][ARMY], w["mobilised"][ARMY], w["licence"][BEAR], w["momentum"][ARMY] = 0.1, 0.6, 0.2, 0.3
    word = 0.1 * (1 - 0.4 * 0.5)
    held = 0.2 - 0.1 - 0.5 * 0.3 + word + 0.15 * 0.4 + 0.63 * 0.6 * w["commitment"][BEAR] * 0.8
    assert decide.costs_of_rung(w, ARMY, OFFENSIVE) == pytest.approx(held)
    assert decide.costs_of_rung(w, ARMY, HONOUR) == 0.0


def test_a_party_that_the_deal_leaves_out_has_given_no_word() -> None:
    w = morning()
    w["rung"][:], w["intent"][:], w["momentum"][:], w["licence"][:] = HONOUR, 0.0, 0.0, 0.0
    bound = decide.costs_of_rung(w, REBELS, STRIKE) - 0.63 * 0.8 * w["commitment"][WOLF] * 0.5
    loose = decide.costs_of_rung(w, RAIDERS, STRIKE) - 0.63 * 0.35 * w["commitment"][WOLF] * 0.5
    assert bound - loose == pytest.approx(0.5 * 0.1 * (1 - 0.4 * 0.5))


def test_the_word_given_weighs_by_the_class_of_the_deal() -> None:
    costs = [
        opened(small_front({"agreement.class": kind}))[0]["word"] for kind in ("cessation", "preliminary", "definitive")
    ]
    assert costs == pytest.approx([c * (1 - 0.4 * 0.5) for c in (0.05, 0.1, 0.3)])


def test_salience_adds_terms_and_is_cut_at_one_either_way() -> None:
    w = morning()
    m = OPENING.motives.index("first_strike")
    w["sight"][ARMY] = 0.0
    w["sight"][ARMY][N_INDICATORS] = 1.0
    names = list(INDICATORS)
    assert decide.salience(w, ARMY, m) == pytest.approx(-0.2)
    w["sight"][ARMY][names.index("distrust")] = 0.5
    w["sight"][ARMY][names.index("unmet")] = 0.6
    assert decide.salience(w, ARMY, m) == pytest.approx(-0.2 + 0.4 * 0.5 + 0.4 * 0.5 * 0.6)
    w["constant"][m] = 7.0
    assert decide.salience(w, ARMY, m) == 1.0
    w["constant"][m] = -7.0
    assert decide.salience(w, ARMY, m) == -1.0


def test_chances_are_the_exponentials_of_utility_over_temperature() -> None:
    w = morning()
    perceive.read_indicators(w, ARMY)
    utility = np.array(decide.utilities(w, ARMY))
    odds = np.exp(utility / 0.18)
    assert decide.unrestricted_probabilities(w, ARMY, OFFENSIVE) == pytest.approx(tuple(odds / odds.sum()))
    by_hand = sum(
        w["weight"][ARMY][m] * decide.salience(w, ARMY, m) * w["profile"][m]
        for m in range(len(OPENING.motives)) if w["weight"][ARMY][m] > 0
    )  # fmt: skip
    assert utility == pytest.approx([by_hand[r] - decide.costs_of_rung(w, ARMY, r) for r in range(4)])


@pytest.mark.parametrize(
    ("rung", "ceiling", "top"),
    [(HONOUR, OFFENSIVE, HARASS), (HARASS, OFFENSIVE, STRIKE), (STRIKE, OFFENSIVE, OFFENSIVE),
     (OFFENSIVE, OFFENSIVE, OFFENSIVE),
     (STRIKE, STRIKE, STRIKE), (HONOUR, HONOUR, HONOUR), (OFFENSIVE, HARASS, HARASS)],
)  # fmt: skip
def test_a_ladder_is_climbed_rung_by_rung_within_means_and_left_at_once(rung: int, ceiling: int, top: int) -> None:
    w = morning()
    w["rung"][ARMY], w["ceiling"][ARMY], w["mobilised"][ARMY] = rung, ceiling, 0.5
    perceive.read_indicators(w, ARMY)
    p, free = (
        np.array(decide.choice_probabilities(w, ARMY)),
        np.array(decide.unrestricted_probabilities(w, ARMY, OFFENSIVE)),
    )
    assert (p[: top + 1] > 0).all()
    assert (p[top + 1 :] == 0).all()
    assert p[: top + 1] == pytest.approx(free[: top + 1] / free[: top + 1].sum())


@pytest.mark.parametrize(
    ("mobilised", "ceiling", "top"),
    [(0.5, OFFENSIVE, HARASS), (0.51, OFFENSIVE, OFFENSIVE), (1.0, OFFENSIVE, OFFENSIVE), (1.0, STRIKE, STRIKE)],
)
def test_an_army_that_stands_formed_up_need_not_climb(mobilised: float, ceiling: int, top: int) -> None:
    w = morning()
    w["rung"][ARMY], w["ceiling"][ARMY], w["mobilised"][ARMY] = HONOUR, ceiling, mobilised
    perceive.read_indicators(w, ARMY)
    p = np.array(decide.choice_probabilities(w, ARMY))
    assert (p[: top + 1] > 0).all()
    assert (p[top + 1 :] == 0).all()


def test_the_more_of_an_army_stands_formed_up_the_likelier_it_need_not_climb() -> None:
    assert [decide.formed_up(m, 0.5) for m in (0.0, 0.5, 0.75, 1.0)] == [0.0, 0.0, 0.5, 1.0]
    w = morning()
    w["rung"][ARMY], w["ceiling"][ARMY] = HONOUR, OFFENSIVE
    perceive.read_indicators(w, ARMY)
    found = []
    for mobilised in (0.5, 0.75, 1.0):
        w["mobilised"][ARMY] = mobilised
        w["prep"] = 0.0
        found.append(np.array(decide.choice_probabilities(w, ARMY)))
    assert found[1] == pytest.approx((found[0] + found[2]) / 2)
    assert found[2] == pytest.approx(np.array(decide.unrestricted_probabilities(w, ARMY, OFFENSIVE)))


def campaigning(under_way: float = 0.8, sectors: tuple[str, ...] = ("hills",), order: float = 0.0) -> World:
    """The small front whose army is on a campaign, on the morning of day 0, with nothing ordered."""
    campaign = {"title": "the hills", "sectors": list(sectors), "under_way": under_way}
    return morning({"actors.army.campaign": campaign, "agreement.order": order})


def test_momentum_is_how_far_a_campaign_is_under_way_and_has_not_reached_its_ground() -> None:
    w = campaigning()
    perceive.read_indicators(w, ARMY)
    assert w["unreached"][ARMY] == pytest.approx(0.6), "of the hills 0.4 are held"
    assert w["momentum"][ARMY] == pytest.approx(0.8 * 0.6)
    w["held"][HILLS] = 1.0
    perceive.read_indicators(w, ARMY)
    assert w["momentum"][ARMY] == 0.0
    both = campaigning(sectors=("hills", "town"))
    perceive.read_indicators(both, ARMY)
    assert both["unreached"][ARMY] == pytest.approx((2 * 0.6 + 3 * 0.9) / 5)
    ordered = campaigning(order=0.75)
    perceive.read_indicators(ordered, ARMY)
    assert ordered["momentum"][ARMY] == pytest.approx(0.8 * 0.6 * 0.25)


def test_who_names_no_objective_wants_all_that_it_claims_and_who_cannot_advance_has_no_campaign() -> None:
    w = morning()
    perceive.read_indicators(w, ARMY)
    assert w["unreached"][ARMY] == pytest.approx((2 * 0.6 + 3 * 0.9 + 2 * 1.0) / 7)
    w["ceiling"][ARMY] = STRIKE
    perceive.read_indicators(w, ARMY)
    assert w["unreached"][ARMY] == 0.0


def test_a_campaign_loses_its_drive_in_a_pause_and_finds_it_again_on_the_offensive() -> None:
    w = still(campaigning())
    perceive.read_indicators(w, ARMY)
    w["rung"][ARMY] = STRIKE
    commit.bear(w, ARMY)
    assert w["drive"][ARMY] == pytest.approx(0.8 * 0.5 ** (1 / 20))
    w["rung"][ARMY], w["drive"][ARMY] = OFFENSIVE, 0.2
    commit.bear(w, ARMY)
    assert w["drive"][ARMY] == pytest.approx(0.2 + 0.1 * 0.8)
    assert w["momentum"][ARMY] == pytest.approx(w["drive"][ARMY] * w["unreached"][ARMY])


def test_an_army_on_campaign_reviews_its_posture_more_often() -> None:
    def due(momentum: float) -> int:
        w, found = morning(), 0
        w["alarmed"][:], w["patron"][ARMY], w["momentum"][ARMY] = 0, -1, momentum
        for day in range(2000):
            w["day"] = day
            events.begin_day(w)
            found += int(perceive.review_is_due(w, ARMY))
        return found

    # 2,000 days at 1/5 and at (1 + 2 x 0.5)/5 a day: within 4 standard errors.
    assert abs(due(0.0) - 400) < 4 * 18
    assert abs(due(0.5) - 800) < 4 * 22


def test_an_order_that_is_not_firm_does_not_reach_an_army_in_the_middle_of_its_campaign() -> None:
    def attacking(order: float) -> int:
        campaign = {"title": "the hills", "sectors": ["hills"], "under_way": 1.0}
        changes = {"actors.army.campaign": campaign, "agreement.order": order, "front.sectors.hills.held": 0.0}
        return sum(int(opened(small_front(changes), world)[0]["rung"][ARMY] == OFFENSIVE) for world in range(60))

    assert attacking(1.0) == 0
    assert attacking(0.0) == 60
    assert 3 < attacking(0.5) < 30


def test_a_patron_licenses_what_it_claims_and_can_win_and_not_what_would_cost_it_ties_and_soldiers() -> None:
    w = morning({"agreement.order": 0})
    w["sight"][BEAR, :] = 0.0
    x = w["sight"][BEAR]
    x[perceive.UNHELD], x[perceive.ODDS] = 0.5, 0.6
    assert perceive.licence(w, BEAR) == pytest.approx(0.8 * 0.3)
    x[perceive.CLIENT_DANGER] = 0.5
    assert perceive.licence(w, BEAR) == pytest.approx(0.8 * 0.3 + 0.3 * 0.5)
    x[perceive.TRIPWIRE_AGAINST], x[perceive.TIES], x[perceive.RESOLVE_AGAINST] = 0.2, 0.5, 0.3
    assert perceive.licence(w, BEAR) == pytest.approx(0.8 * 0.3 + 0.3 * 0.5 - 0.2 * 0.8)
    x[perceive.LOSSES] = 0.1
    assert perceive.licence(w, BEAR) == pytest.approx(0.8 * 0.3 + 0.3 * 0.5 - 0.2 * 0.8 - 0.1)
    w["order"] = 0.5
    assert perceive.licence(w, BEAR) == pytest.approx((0.8 * 0.3 + 0.3 * 0.5 - 0.2 * 0.8 - 0.1) * 0.5)
    x[perceive.TRIPWIRE_AGAINST] = 1.0
    assert perceive.licence(w, BEAR) == 0.0


def test_a_patron_that_licenses_more_makes_a_longer_leash() -> None:
    w = morning()
    w["rung"][:] = HONOUR
    w["licence"][BEAR] = 0.0
    taut = decide.costs_of_rung(w, ARMY, OFFENSIVE)
    w["licence"][BEAR] = 0.7
    slack = decide.costs_of_rung(w, ARMY, OFFENSIVE)
    assert taut - slack == pytest.approx(0.63 * 0.6 * w["commitment"][BEAR] * 0.7)


def test_the_choice_is_the_rung_on_which_the_draw_falls() -> None:
    w = still(morning())
    w["due"][ARMY] = 1
    perceive.read_indicators(w, ARMY)
    with np.errstate(over="ignore"):
        key = np.uint64(random_streams.stream_key(np.uint64(w["today_key"]), random_streams.CHOICE))
    u = random_streams.uniform(key, np.uint64(w["actor_key"][ARMY]), 0)
    decide.decide(w, ARMY)
    assert w["next_rung"][ARMY] == int(
        np.searchsorted(np.cumsum(decide.choice_probabilities(w, ARMY)), u, side="right")
    )


def test_who_does_not_review_stays_where_it_is() -> None:
    w = still(morning())
    w["rung"][ARMY], w["due"][ARMY] = STRIKE, 0
    decide.decide(w, ARMY)
    assert w["next_rung"][ARMY] == STRIKE


def test_forces_mobilise_by_a_share_of_the_gap_and_go_home_by_half_lives() -> None:
    w = morning()
    w["mobilised"][ARMY], w["next_rung"][ARMY] = 0.6, OFFENSIVE
    w["mobilised"][REBELS], w["next_rung"][REBELS] = 0.6, HONOUR
    w["mobilised"][BEAR], w["next_rung"][BEAR] = 0.505, STRIKE
    decide.settle(w)
    assert w["mobilised"][ARMY] == pytest.approx(0.6 + 0.07 * 0.4)
    assert w["mobilised"][REBELS] == pytest.approx(0.6 * 0.5 ** (1 / 60))
    assert w["mobilised"][BEAR] == 0.5


def test_a_new_posture_notes_its_day_and_every_morning_its_counts() -> None:
    w = morning()
    w["day"], w["counter"][:] = 17, np.arange(9.0)
    events.begin_day(w)
    w["next_rung"][ARMY] = OFFENSIVE
    decide.settle(w)
    assert w["mornings"][17 % 14].tolist() == list(range(9))
    assert (w["moved_on"][ARMY], int(w["attacking"])) == (17, 1 << ARMY)
    w["day"], w["next_rung"][ARMY] = 19, STRIKE
    decide.settle(w)
    assert (w["moved_on"][ARMY], int(w["attacking"])) == (19, 0)


def test_the_deciding_motive_is_the_largest_pull_from_the_lowest_rung() -> None:
    w = morning()
    perceive.read_indicators(w, ARMY)
    decide.utilities(w, ARMY)
    own = w["own"][ARMY][: int(w["n_own"][ARMY])]
    parts = {int(m): w["felt"][ARMY][k] * (w["profile"][m][3] - w["profile"][m][0]) for k, m in enumerate(own)}
    assert decide.largest_pull(w, ARMY, OFFENSIVE) == max(parts, key=lambda m: parts[m])
    assert decide.largest_pull(w, ARMY, HONOUR) == -1


def test_an_alarm_a_patron_that_moved_or_chance_bring_a_review() -> None:
    w = still(morning({"mechanisms.review_days": 60}))
    w["day"] = 5
    with np.errstate(over="ignore"):
        perceive.perceive(w, ARMY)
    assert w["due"][ARMY] == 0, "the draw of this world and day brings no review by chance"
    w["moved_on"][BEAR] = 4
    perceive.perceive(w, ARMY)
    assert w["due"][ARMY] == 1
    w["moved_on"][BEAR], w["day"] = -1, 0
    perceive.perceive(w, ARMY)
    assert w["due"][ARMY] == 0, "a patron that never moved did not move on the day before the first"
    w["day"] = 5
    w["moved_on"][BEAR] = 3
    perceive.perceive(w, ARMY)
    assert w["due"][ARMY] == 0
    w["alarmed"][ARMY] = 1
    perceive.perceive(w, ARMY)
    assert (w["due"][ARMY], w["alarmed"][ARMY]) == (1, 0)
    w["review_days"] = 1.0
    perceive.perceive(w, ARMY)
    assert w["due"][ARMY] == 1


def test_a_side_is_alarmed_when_the_other_climbs_and_not_when_it_comes_down() -> None:
    w = still(morning())
    w["rung"][ARMY] = STRIKE
    perceive.survey(w)
    assert w["alarmed"][[REBELS, WOLF, RAIDERS]].tolist() == [1, 1, 1]
    assert w["alarmed"][[ARMY, BEAR, LEAGUE]].tolist() == [0, 0, 0]
    w["alarmed"][:], w["rung"][ARMY] = 0, HARASS
    perceive.survey(w)
    assert not w["alarmed"].any()
    assert w["threat"].tolist() == [0.0, 0.2]


def test_odds_weigh_a_patron_by_what_it_lends_and_the_client_by_its_dependence() -> None:
    w = morning()
    w["rung"][:] = HONOUR
    w["rung"][WOLF] = STRIKE
    perceive.survey(w)
    bear, wolf = 0.6 * 0.8 * 0.35, 0.7 * 0.8 * (0.35 + 0.65 * 0.5)
    own, other = 0.6 + 0.6 * bear, 0.3 + 0.3 + wolf
    assert w["odds"][ARMY] == pytest.approx(own**2 / (own**2 + other**2))
    own, other = 0.3 + 0.3 + 0.7 * 0.8, 0.6 + bear
    assert w["odds"][WOLF] == pytest.approx(own**2 / (own**2 + other**2))


def test_danger_comes_from_threat_against_poor_odds_and_from_lost_ground() -> None:
    w = morning()
    w["rung"][:] = HONOUR
    w["rung"][ARMY] = STRIKE
    w["ground_lost"][SOUTH] = 0.1
    perceive.survey(w)
    odds = w["odds"][REBELS]
    assert w["danger"][REBELS] == pytest.approx(1 - (1 - 0.5 * (1 - odds)) * (1 - 0.3))
    w["ground_lost"][SOUTH] = 0.5
    perceive.survey(w)
    assert w["danger"][REBELS] == 1.0


def test_backing_is_influence_times_engagement_and_urging_is_that_of_all() -> None:
    w = morning()
    w["rung"][LEAGUE], w["rung"][AGENCY] = 3, 2
    perceive.survey(w)
    assert w["backing"][WOLF] == pytest.approx(0.5)
    assert w["urging"] == pytest.approx(0.5 + 0.4 * 0.5)
    assert w["side_backing"].tolist() == [0.0, 0.5]


def test_what_is_unheld_counts_by_value() -> None:
    w = morning()
    w["held"][[HILLS, TOWN, BORDER]] = [0.5, 0.0, 1.0]
    assert perceive.unheld(w, ARMY) == pytest.approx((2 * 0.5 + 3 * 1 + 0) / 7)
    assert perceive.unheld(w, WOLF) == pytest.approx((1 * 0 + 2 * 1) / 3)
    assert perceive.unheld(w, BEAR) == 0.0


def test_sight_holds_each_indicator_the_number_one_and_each_complement() -> None:
    w = morning()
    w["violence"], w["ties"], w["attention"], w["unmet"] = 0.1, 0.2, 0.3, 0.4
    w["weariness"][ARMY], w["blame"][ARMY], w["losses"][ARMY] = 0.5, 0.6, 100.0
    w["trust"][NORTH], w["resolve"][SOUTH], w["tripwire"][SOUTH] = 0.7, 0.8, 0.9
    w["usual_odds"][ARMY] = w["odds"][ARMY] + 0.1
    w["flight_recent"] = 20000.0
    perceive.read_indicators(w, ARMY)
    seen = dict(zip(INDICATORS, w["sight"][ARMY], strict=False))
    exact = {"violence": 0.1, "ties": 0.2, "attention": 0.3, "unmet": 0.4, "weariness": 0.5, "blame": 0.6,
             "losses": 1 - math.exp(-1), "distrust": 0.3, "resolve_against": 0.8, "tripwire_against": 0.9,
             "power_shift": 0.5, "flight": 1 - math.exp(-1)}  # fmt: skip
    assert {name: seen[name] for name in exact} == pytest.approx(exact)
    assert w["sight"][ARMY][N_INDICATORS] == 1.0
    assert w["sight"][ARMY][N_INDICATORS + 1 :] == pytest.approx(1.0 - w["sight"][ARMY][:N_INDICATORS])


def test_a_patron_sees_its_client_in_most_danger_and_an_onlooker_its_protege() -> None:
    w = morning()
    w["danger"][[REBELS, RAIDERS]] = [0.3, 0.6]
    w["losses"][WOLF], w["inflow"][WOLF] = 30.0, 20000.0
    perceive.read_indicators(w, WOLF)
    perceive.read_indicators(w, LEAGUE)
    names = list(INDICATORS)
    assert w["sight"][WOLF][names.index("client_danger")] == 0.6
    assert w["sight"][LEAGUE][names.index("protege_losses")] == pytest.approx(1 - math.exp(-1))
    assert w["sight"][LEAGUE][names.index("inflow")] == pytest.approx(1 - math.exp(-1))
    perceive.read_indicators(w, AGENCY)
    assert w["sight"][AGENCY][names.index("protege_losses")] == 0.0


@pytest.mark.parametrize("name", ["survive", "avenge", "war_profit"])
def test_who_cannot_win_is_moved_less_to_strike_by_danger_dead_and_gain(name: str) -> None:
    motive = Feeling(load("gaza-2023").scenario.motives[name])
    pressed = dict.fromkeys(INDICATORS, 0.0) | {"danger": 0.5, "losses": 0.5}
    weak, even, strong = (motive.felt(pressed | {"odds": odds}) for odds in (0.05, 0.5, 0.8))
    assert weak < 0.7 * even < 0.7 * strong


def test_a_pause_is_worth_more_to_the_weak() -> None:
    respite = Feeling(load("gaza-2023").scenario.motives["respite"])
    pressed = dict.fromkeys(INDICATORS, 0.0) | {"danger": 0.9, "losses": 0.8}
    assert respite.felt(pressed | {"odds": 0.05}) > 1.5 * respite.felt(pressed | {"odds": 0.8}) > 0.0
    assert max(respite.profile) == 0.0
