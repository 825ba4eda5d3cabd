"""Blame, trust and answers to fire: the arithmetic of each rule, on records written by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from rules_by_hand import (
    ARMY,
    BEAR,
    BORDER,
    HILLS,
    HONOUR,
    NORTH,
    OFFENSIVE,
    RAIDERS,
    REBELS,
    SOUTH,
    STRIKE,
    TOWN,
    WOLF,
    World,
    blame,
    escalate,
    formation,
    morning,
    still,
)


def accused(actor: int, sector: int, changes: Mapping[str, object] | None = None) -> World:
    """A day on which one formation fired ten times, in orders, and killed four."""
    w = still(morning(changes))
    f = formation(actor, sector)
    w["fires"][f], w["fired"][f], w["killed"][f] = 10, [0, 10, 0], [0, 4, 0]
    blame.accuse(w, f)
    return w


def test_severity_weighs_each_kind_and_its_dead() -> None:
    w = morning()
    f = formation(ARMY, HILLS)
    w["fired"][f], w["killed"][f] = [1, 2, 4], [2, 0, 6]
    assert blame.severity(w, f) == pytest.approx(0.2 * (1 + 0.5 * 2) + 1.0 * 2 + 0.5 * (4 + 0.5 * 6))
    g = formation(RAIDERS, HILLS)
    w["fired"][g], w["killed"][g] = [0, 2, 0], [0, 0, 0]
    assert blame.severity(w, g) == pytest.approx(0.6 * 2)


def test_fire_is_felt_in_full_and_what_is_misread_is_felt_by_both() -> None:
    w = accused(ARMY, HILLS, {"agreement.excludes": []})
    right = w["attributed"][HILLS]
    assert w["felt_today"] == pytest.approx([(1 - right) * 12, 12])
    assert w["seen_today"][ARMY] == pytest.approx(right * 12)
    assert w["seen_today"][[a for a in range(12) if a != ARMY]].tolist() == [0.0] * 11, "nor is its patron blamed"
    assert w["misblamed"] == pytest.approx([0.0, (1 - right) * 12])


def test_in_an_offensive_nobody_mistakes_who_fired() -> None:
    w = still(morning({"agreement.excludes": []}))
    f = formation(ARMY, HILLS)
    w["rung"][ARMY], w["fires"][f], w["fired"][f], w["killed"][f] = OFFENSIVE, 10, [0, 10, 0], 0
    blame.accuse(w, f)
    assert w["felt_today"].tolist() == [0.0, 10.0]
    assert w["seen_today"][ARMY] == 10.0
    w = still(w)
    w["rung"][ARMY] = STRIKE
    blame.accuse(w, f)
    assert w["misblamed"][SOUTH] == pytest.approx((1 - w["attributed"][HILLS]) * 0.5 * 10)


def test_fire_at_a_party_outside_the_deal_counts_by_chance_and_its_patron_may_be_blamed_for_its_fire() -> None:
    w = accused(ARMY, HILLS)
    outside = 0.5 / (0.5 + 0.6 + 0.2)
    assert w["felt_today"][SOUTH] == pytest.approx(12 * (1 - outside * 0.5))
    w = accused(RAIDERS, HILLS)
    weight, right = 0.6 * 12, w["attributed"][HILLS]
    assert w["felt_today"][NORTH] == pytest.approx(weight * 0.5)
    assert w["seen_today"][WOLF] == pytest.approx(0.5 * right * weight)
    w = accused(RAIDERS, HILLS, {"actors.raiders.patron": None})
    assert w["seen_today"].nonzero()[0].tolist() == [RAIDERS]


def test_trust_moves_towards_the_share_of_a_quiet_day() -> None:
    w = still(morning())
    w["side_presence"][:] = [3.0, 5.0]
    w["felt_today"][:] = [0.0, 3.0 * 3.0]
    w["trust"][:] = 0.4
    blame.update_trust(w)
    assert w["trust"] == pytest.approx([0.98 * 0.4 + 0.02, 0.98 * 0.4 + 0.02 * math.exp(-1)])


def test_blame_is_what_was_seen_and_a_share_of_what_the_side_is_wrongly_blamed_for() -> None:
    w = still(morning())
    w["blame"][ARMY], w["seen_today"][ARMY], w["misblamed"][NORTH] = 0.4, 3.0, 2.0
    north = {ARMY: 1.0 + 0.8 + 0.4, BEAR: 0.4}
    blame.carry_blame(w, ARMY)
    seen = 3.0 + 2.0 * north[ARMY] / sum(north.values())
    assert w["blame"][ARMY] == pytest.approx(0.95 * 0.4 + 0.05 * (1 - math.exp(-seen / 5)))


@pytest.mark.parametrize(
    ("trust", "rung", "ready"),
    [(1.0, HONOUR, 0.0), (0.0, OFFENSIVE, 1.0), (0.0, HONOUR, 0.6), (1.0, STRIKE, 0.2)],
)
def test_branching_rises_from_rest_with_distrust_and_posture(trust: float, rung: int, ready: float) -> None:
    w = morning()
    w["trust"][NORTH], w["rung"][ARMY] = trust, rung
    assert escalate.branching(w, ARMY) == pytest.approx(0.42 + (0.95 - 0.42) * ready)


def test_heat_is_kept_in_part_and_grows_with_fire_here_and_next_door() -> None:
    w = still(morning())
    w["received"][HILLS][NORTH], w["received"][TOWN][NORTH] = 4.0, 10.0
    w["trust"][NORTH], w["rung"][ARMY] = 0.5, HONOUR
    f = formation(ARMY, HILLS)
    w["heat"][f] = 2.0
    for sector in range(3):
        escalate.echo(w, sector)
    escalate.brace(w)
    escalate.retaliate(w, f)
    share, felt = 1.0 / 1.2, (4.0 + 0.2 * 10.0) / 1.2
    branching = 0.42 + 0.53 * 0.6 * 0.5
    assert w["heat"][f] == pytest.approx(0.95 * 2.0 + 0.05 * branching * share * felt)


def test_fire_next_door_is_felt_as_the_mean_of_the_neighbours() -> None:
    w = still(morning())
    w["received"][HILLS][SOUTH], w["received"][BORDER][SOUTH] = 9.0, 3.0
    for sector in (BORDER, HILLS):
        escalate.echo(w, sector)
    assert w["near"][TOWN].tolist() == pytest.approx([0.0, 0.2 * (9.0 + 3.0) / 2 / 1.2])


def test_heat_cools_on_a_quiet_day() -> None:
    w = still(morning())
    f = formation(ARMY, HILLS)
    w["heat"][f] = 2.0
    escalate.echo(w, HILLS)
    escalate.retaliate(w, f)
    assert w["heat"][f] == pytest.approx(1.9)


def test_the_side_shares_one_answer_between_its_formations() -> None:
    w = still(morning())
    w["trust"][SOUTH], w["heat"][:], w["received"][HILLS][SOUTH] = 1.0, 0.0, 6.0
    w["rung"][:], w["received"][TOWN][SOUTH] = HONOUR, 0.0
    escalate.echo(w, HILLS)
    escalate.brace(w)
    for actor in (REBELS, RAIDERS, WOLF):
        escalate.retaliate(w, formation(actor, HILLS))
    assert w["heat"].sum() == pytest.approx(0.05 * 0.42 * 6.0 / 1.2)


def test_the_same_violence_breaks_the_promise_of_a_small_front_more_than_that_of_a_large_one() -> None:
    w = still(morning())
    w["side_presence"][:], w["felt_today"][:], w["trust"][:] = [1.0, 10.0], 5.0, 0.4
    blame.update_trust(w)
    assert w["trust"][1] < w["trust"][0] < 0.4 * 0.98 + 0.02
    w["side_presence"][:], w["trust"][:] = 0.0, 0.4
    blame.update_trust(w)
    assert w["trust"] == pytest.approx([0.4 * 0.98] * 2), "where nobody may fire, any fire breaks it"


def test_a_deal_that_is_broken_daily_is_believed_in_less_each_week() -> None:
    w = still(morning())
    w["trust"][:] = 0.6
    weekly = []
    for _ in range(6):
        for _ in range(7):
            w["felt_today"][:] = 3.0 * w["side_presence"][::-1]
            blame.update_trust(w)
        weekly.append(float(w["trust"].mean()))
    assert (np.diff([0.6, *weekly]) < 0).all()
    assert weekly[-1] > math.exp(-1) - 1e-9
