"""What a run found: a chance is never told without its doubt, on days that suit the deal; who decided its ends."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ceasefire.analysis.deciders import deciders
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.findings import Duration, Held, days_told, duration
from ceasefire.analysis.summary import summary
from ceasefire.analysis.survival import at_term
from ceasefire.report.sentences import duration_sentence, written_sentence

SURE = Interval(0.5, 0.4, 0.6)


@pytest.mark.parametrize("view", ["written", "scenario", "pooled"])
@pytest.mark.parametrize("wrong", [Interval(0.5, float("nan"), 0.6), Interval(0.5, 0.6, 0.4), Interval(0.5, -1.0, 0.6)])
def test_a_chance_without_its_own_range_is_no_finding(view: str, wrong: Interval) -> None:
    given = {"written": SURE, "scenario": SURE, "pooled": SURE, view: wrong}
    with pytest.raises(ValueError, match=f"day 9: the chance \\({view}\\) needs its own range"):
        Held(9, given["written"], given["scenario"], given["pooled"])


def test_a_day_is_not_told_with_the_doubt_of_another() -> None:
    with pytest.raises(ValueError, match=r"\[1825\] are told without their doubt"):
        Duration((Held(365, SURE),), (365, 1825), 100)


def worlds(days: list[int], horizon: int, **columns: object) -> pd.DataFrame:
    """Worlds that ended after so many days; those at the horizon hold."""
    held = np.array(days)
    rows = {"world": range(len(days)), "days_held": held, "ended": held < horizon, "failed": False, "cause": "spiral"}
    return pd.DataFrame({**rows, "cause_actor": "a", **columns})


def test_days_suit_the_deal() -> None:
    assert days_told(1825) == [30, 90, 365, 1825]
    assert days_told(3650) == [30, 90, 365, 1825, 3650]
    assert days_told(365, term=7) == [1, 3, 7, 14, 30, 365]
    assert days_told(365, term=10) == [1, 3, 7, 10, 14, 30, 365]
    assert days_told(1825, term=365) == [30, 90, 365, 1825]
    assert days_told(20, half=3.0) == [1, 3, 7, 14, 20]


def test_a_truce_of_seven_days_is_told_at_its_term_and_after_a_month() -> None:
    table = worlds([2, 5, 7, 8, 12, 40, 365, 365], 365)
    found = duration(summary(table, None, 365, term=7), term=7)
    assert found.told == (7, 30)
    assert [held.written.value for held in found.sentence_days] == pytest.approx([5 / 8, 3 / 8])
    long = duration(summary(worlds([200, 300, 400, 500], 600), None, 600))
    assert long.told == (365, 600)


def test_a_day_that_must_be_outlived_is_not_worded_as_the_last_that_is_reached() -> None:
    """Of four worlds followed for 30 days two end on day 7: they reach it, and do not hold past it."""
    days = [2, 7, 7, 30]
    long = duration(summary(worlds(days, 30), None, 30, term=7), term=7)
    assert "25\u00a0% past day 7" in written_sentence(long)
    assert "25\u00a0% after 30 days" in written_sentence(long)
    short = duration(summary(worlds([min(day, 7) for day in days], 7), None, 7, term=7), term=7)
    assert "75\u00a0% after 7 days" in written_sentence(short)


def test_beyond_the_last_day_of_the_pool_no_day_is_told() -> None:
    results = summary(worlds([200, 300, 2000, 4000], 4000), None, 4000)
    found = duration(results, {day: SURE for day in results.holding if day <= 1825})
    assert found.told == (365, 1825)


def test_past_its_term_a_deal_can_be_unbroken_and_no_longer_in_force() -> None:
    formal = pd.array([3, 7, 7, pd.NA], dtype="Int64")
    in_force, unbroken = at_term(worlds([3, 20, 20, 20], 20, formal_end_day=formal), 7)
    assert (in_force.value, unbroken.value) == (0.25, 0.75)


def test_decisions_are_shares_of_the_worlds_that_ended() -> None:
    who = {"deciding_actor": ["a", "a", "b", ""], "deciding_motive": ["m", "", "m", ""], "deciding_sector": "x"}
    found = deciders(worlds([1, 2, 3, 9], 9, **who), None)
    assert found is not None
    assert found.ends == 3
    assert {choice: round(one.value, 3) for choice, one in found.choices.items()} == {
        ("a", ""): 0.333, ("a", "m"): 0.333, ("b", "m"): 0.333,
    }  # fmt: skip
    assert found.sectors["x"].value == 1.0
    assert deciders(worlds([9, 9], 9, **{name: "" for name in who}), None) is None


def test_worlds_of_one_draw_are_not_independent_witnesses_of_who_decides() -> None:
    """Twenty draws of ten worlds each that agree within a draw say no more than twenty worlds."""
    actor = np.repeat(["a", "b"], 100)
    who = {"deciding_actor": actor, "deciding_motive": "m", "deciding_sector": "x"}
    drawn = worlds([1] * 200, 9, point=np.repeat(range(20), 10), **who)
    clustered, alone = deciders(drawn, drawn), deciders(drawn, None)
    assert clustered is not None
    assert alone is not None
    wide, narrow = (one.choices[("a", "m")] for one in (clustered, alone))
    assert wide.value == narrow.value == 0.5
    assert wide.high - wide.low == pytest.approx(np.sqrt(10) * (narrow.high - narrow.low), rel=0.15)


def test_no_day_before_the_first_is_told() -> None:
    assert days_told(1825, first=180) == [210, 270, 545, 1825]
    assert days_told(1825, term=60, first=180) == [210, 270, 545, 1825]
    found = duration(summary(worlds([200, 300, 2000, 4000], 4000), None, 4000, first=180))
    assert [held.day for held in found.by_day] == [210, 270, 545, 1825, 4000]
    assert duration_sentence(found).startswith("Having held 180 days (days count from signing), of 4 simulated worlds")
