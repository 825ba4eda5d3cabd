"""Survival curves, restricted means and shares by cause, against published and hand-computed answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from statsmodels.duration.survfunc import SurvfuncRight

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.survival import ENDING_CAUSES, EndingCause, cumulative_incidence, restricted_mean, survival

REMISSION_WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
"""Leukaemia patients on 6-mercaptopurine. Freireich et al. (1963), Blood 21:699-716."""


def worlds(days: list[int], ended: list[int] | None = None, causes: list[str] | None = None) -> pd.DataFrame:
    """A table of worlds; all ended by an offensive by default."""
    over = [bool(e) for e in ended] if ended is not None else [True] * len(days)
    named = causes if causes is not None else ["offensive" if e else "" for e in over]
    table = {"point": 0, "world": range(len(days)), "days_held": days, "ended": over, "cause": named}
    return pd.DataFrame({**table, "cause_actor": "", "failed": False})


def random_lives(count: int, seed: int) -> pd.DataFrame:
    """Worlds that end from several causes and are censored at different times."""
    rng = np.random.default_rng(seed)
    end, lost = rng.geometric(0.03, count) - 1, rng.integers(5, 80, count)
    ended = end <= lost
    causes = np.where(ended, rng.choice(ENDING_CAUSES, count), "")
    return worlds(np.minimum(end, lost).tolist(), ended.tolist(), causes.tolist())


def test_the_curve_is_the_published_one_for_leukaemia_patients() -> None:
    curve = survival(worlds(REMISSION_WEEKS, RELAPSED))
    published = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {week: round(curve.at(week), 3) for week in published} == published
    assert curve.at(5) == 1
    assert curve.at(35) == curve.at(23)
    assert [curve.still_holding(week) for week in published] == [21, 17, 15, 12, 11, 7, 6]
    assert curve.median == 23


def test_the_area_under_the_leukaemia_curve_is_the_sum_of_its_steps() -> None:
    area = restricted_mean(worlds(REMISSION_WEEKS, RELAPSED), 35)
    assert area.value == pytest.approx(23.287, abs=0.001)
    assert area.low < area.value < area.high


def test_the_curve_agrees_with_statsmodels_on_censored_worlds() -> None:
    table = random_lives(300, seed=5)
    theirs = SurvfuncRight(table["days_held"], table["ended"])
    ours = survival(table)
    at = theirs.surv_times.astype(int)
    assert len(at) > 40
    np.testing.assert_allclose(ours.surviving[at], theirs.surv_prob, atol=1e-13)
    np.testing.assert_array_equal(ours.at_risk[at], theirs.n_risk)


def test_without_censoring_the_curve_is_the_share_of_worlds_that_outlive_the_day() -> None:
    days = (np.random.default_rng(2).geometric(0.02, 500) - 1).tolist()
    curve = survival(worlds(days))
    for day in (0, 1, 10, 50, max(days)):
        assert curve.at(day) == pytest.approx(np.mean(np.array(days) > day), abs=1e-12)


def test_worlds_at_the_horizon_still_hold_there_and_the_day_after_is_unknown() -> None:
    curve = survival(worlds([10, 100, 100, 100], [1, 0, 0, 0]))
    assert curve.at(100) == 0.75
    assert np.isnan(curve.at(101))
    assert curve.median is None
    row = curve.table((100, 101)).set_index("day")
    assert row.loc[100, "at_risk"] == 3
    assert row.loc[101, "at_risk"] == 0
    assert row.loc[101, ["surviving", "low", "high"]].isna().all()


def test_once_every_world_has_ended_none_holds_on_any_later_day() -> None:
    curve = survival(worlds([0, 1, 2]))
    assert curve.at(5_000) == 0
    row = curve.table((5_000,)).iloc[0]
    assert (row["low"], row["at_risk"]) == (0, 0)
    assert row["high"] == curve.high[-1]


def test_the_band_is_that_of_a_share_when_nothing_is_censored_before() -> None:
    """At a mid-P limit, the chance of more than was seen and half that of as many is the tail."""
    curve = survival(worlds([5] * 30 + [9] * 70))
    tails = binom.sf(70, 100, curve.low[5]), binom.cdf(69, 100, curve.high[5])
    for limit, tail in zip((curve.low[5], curve.high[5]), tails, strict=True):
        assert tail + binom.pmf(70, 100, limit) / 2 == pytest.approx(0.025, abs=1e-9)


def test_certainty_is_never_claimed_where_all_worlds_hold_or_none_does() -> None:
    curve = survival(worlds([9] * 100))
    assert (curve.high[0], curve.low[9]) == (1, 0)
    assert curve.low[0] == pytest.approx(0.05 ** (1 / 100))
    assert curve.high[9] == pytest.approx(1 - 0.05 ** (1 / 100))


def test_the_last_of_few_censored_worlds_leaves_the_band_as_wide_as_before() -> None:
    curve = survival(worlds([1, 2, 2, 2, 5], [1, 0, 0, 0, 1]))
    assert (curve.at(4), curve.at(5)) == (0.8, 0)
    assert curve.high[5] == pytest.approx(1 - 0.05 ** (1 / 5))


def test_the_median_is_the_first_day_by_which_half_have_ended() -> None:
    assert survival(worlds([3, 9])).median == 3
    assert survival(worlds([3, 9, 9])).median == 9
    assert survival(worlds([3] * 7 + [9] * 7)).median == 3


def test_the_band_is_wider_where_censoring_left_fewer_worlds_to_look_at() -> None:
    some_lost = survival(worlds([50] * 20 + [99] * 80, [1] * 20 + [0] * 80))
    lost = survival(worlds([50] * 20 + [99] * 80 + [10] * 300, [1] * 20 + [0] * 80 + [0] * 300))
    full = survival(worlds([50] * 80 + [99] * 320, [1] * 80 + [0] * 320))
    assert lost.at(60) == some_lost.at(60) == full.at(60) == pytest.approx(0.8)
    assert lost.high[60] - lost.low[60] == pytest.approx(some_lost.high[60] - some_lost.low[60])
    assert lost.high[60] - lost.low[60] > 1.8 * (full.high[60] - full.low[60])


def test_the_band_and_the_mean_cover_the_truth_of_a_constant_hazard() -> None:
    """600 runs of 60 worlds, daily hazard 0.01: 95 % cover, accepted 92 to 98 % (error below 0.001 each)."""
    rng, runs, hazard, horizon = np.random.default_rng(11), 600, 0.01, 200
    truth = {day: (1 - hazard) ** (day + 1) for day in (30, 100)}
    mean = sum((1 - hazard) ** (day + 1) for day in range(horizon))
    hits = np.zeros(3)
    for _ in range(runs):
        days = rng.geometric(hazard, 60) - 1
        table = worlds(np.minimum(days, horizon).tolist(), (days < horizon).tolist())
        curve, area = survival(table), restricted_mean(table, horizon)
        hits += [*(curve.low[day] <= share <= curve.high[day] for day, share in truth.items()),
                 area.low <= mean <= area.high]  # fmt: skip
    assert ((hits / runs > 0.92) & (hits / runs < 0.98)).all(), hits / runs


def test_calling_a_deal_off_is_no_breakdown_by_violence() -> None:
    table = worlds([1, 2, 3, 4], [1, 1, 1, 0], ["expiry", "offensive", "abrogation", ""])
    assert survival(table).at(3) == pytest.approx(1 / 4)
    broken = survival(table, event="breakdown")
    assert broken.at(3) == pytest.approx(2 / 3)
    np.testing.assert_array_equal(broken.at_risk, survival(table).at_risk)


def test_failed_worlds_are_left_out_and_counted() -> None:
    table = worlds([1, 2, 3])
    table["days_held"] = pd.array([1, pd.NA, 3], dtype="Int64")
    table.loc[1, "failed"] = True
    curve = survival(table)
    assert (curve.worlds, curve.failed) == (2, 1)
    assert curve.at(1) == 0.5


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (worlds([]), "no worlds: the table is empty"),
        (worlds([1, 2]).assign(failed=True), "no worlds left: all 2 failed"),
        (worlds([1, 2]).drop(columns="ended"), "no column 'ended'"),
        (worlds([1, -2]), "days_held: -2 is not a whole number of days"),
        (worlds([1, 2]).assign(days_held=[1.0, np.nan]), "days_held: nan is not"),
    ],
)
def test_a_table_without_worlds_or_sense_is_refused(table: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        survival(table)


def test_one_world_makes_a_curve_that_claims_little() -> None:
    curve = survival(worlds([7]))
    assert (curve.at(6), curve.at(7), curve.median) == (1, 0, 7)
    assert curve.low[0] < 0.25
    assert restricted_mean(worlds([7]), 10) == Interval(7, 0, 10)


def test_the_mean_days_held_count_no_day_past_the_horizon() -> None:
    days = [0, 3, 10, 40, 90, 365, 365]
    area = restricted_mean(worlds(days, [1, 1, 1, 1, 1, 0, 0]), 60)
    assert area.value == pytest.approx(np.minimum(days, 60).mean())


def test_the_interval_of_the_mean_is_near_the_textbook_one_in_large_samples() -> None:
    days = np.random.default_rng(3).integers(0, 400, 2_000)
    table = worlds(np.minimum(days, 365).tolist(), (days < 365).tolist())
    area = restricted_mean(table, 365)
    half = 1.96 * np.minimum(days, 365).std(ddof=1) / np.sqrt(len(days))
    assert area.high - area.low == pytest.approx(2 * half, rel=0.01)


def test_the_mean_of_worlds_that_all_hold_is_the_horizon_with_an_interval_on_one_side() -> None:
    area = restricted_mean(worlds([365] * 50, [0] * 50), 365)
    assert area.value == area.high == 365
    assert area.low == pytest.approx(365 * 0.05 ** (1 / 50))


def test_no_mean_is_given_beyond_the_days_that_were_followed() -> None:
    with pytest.raises(ValueError, match="followed for 100 days, not 101"):
        restricted_mean(worlds([100, 5], [0, 1]), 101)
    assert restricted_mean(worlds([100, 5]), 101).value == 52.5


def test_shares_by_cause_are_those_of_a_hand_computed_example() -> None:
    table = worlds([1, 2, 3, 4, 5], [1, 1, 0, 1, 0], ["offensive", "spiral", "", "offensive", ""])
    shares = cumulative_incidence(table)
    assert shares.at(3)[EndingCause("offensive")] == pytest.approx(0.2)
    assert shares.at(5) == pytest.approx(
        {EndingCause("offensive"): 0.5, EndingCause("spiral"): 0.2, EndingCause("held"): 0.3}
    )


def test_one_minus_a_causes_own_curve_would_count_ends_that_others_forestalled() -> None:
    table = worlds([1, 2, 3, 4], [1, 1, 1, 1], ["spiral", "expiry", "expiry", "spiral"])
    own = 1 - survival(table, event="breakdown").at(4)
    assert own == 1
    assert cumulative_incidence(table).at(4)[EndingCause("spiral")] == pytest.approx(0.5)


def test_causes_and_what_still_holds_make_one_on_every_day_of_censored_worlds() -> None:
    table = random_lives(400, seed=9)
    shares = cumulative_incidence(table)
    assert len(shares.by_ending) == len(ENDING_CAUSES)
    np.testing.assert_allclose(sum(shares.by_ending.values()) + shares.holding, 1, atol=1e-15)
    np.testing.assert_allclose(shares.holding, survival(table).surviving, atol=1e-12)


def test_without_censoring_the_shares_are_those_counted() -> None:
    table = worlds([1, 1, 2, 9], causes=["spiral", "expiry", "spiral", "bombardment"])
    assert cumulative_incidence(table).at(2) == pytest.approx(
        {
            EndingCause("bombardment"): 0,
            EndingCause("spiral"): 0.5,
            EndingCause("expiry"): 0.25,
            EndingCause("held"): 0.25,
        }
    )


def test_actors_of_a_cause_add_up_to_it_the_commonest_first() -> None:
    table = random_lives(300, seed=4)
    table["cause_actor"] = np.where(np.arange(300) % 3 == 0, "syria", "turkey")
    told_apart, together = cumulative_incidence(table, by_actor=True), cumulative_incidence(table)
    split = [ending for ending in told_apart.by_ending if ending.cause == "offensive"]
    assert [ending.actor for ending in split] == ["turkey", "syria"]
    summed = sum(told_apart.by_ending[ending] for ending in split)
    np.testing.assert_allclose(summed, together.by_ending[EndingCause("offensive")], atol=1e-12)


def test_causes_keep_one_order_whichever_occurred_first() -> None:
    table = worlds([1, 2, 3], causes=["abrogation", "spiral", "offensive"])
    assert [ending.cause for ending in cumulative_incidence(table).by_ending] == ["offensive", "spiral", "abrogation"]


def test_an_end_without_a_known_cause_is_refused() -> None:
    with pytest.raises(ValueError, match="'meteor' is none of offensive"):
        cumulative_incidence(worlds([1], causes=["meteor"]))


def test_a_table_of_shares_stops_where_no_world_was_followed() -> None:
    table = cumulative_incidence(worlds([5, 400, 400], [1, 0, 0])).table()
    assert table.index.tolist() == [30, 90, 365]
    assert table.loc[365].to_dict() == pytest.approx({"offensive": 1 / 3, "held": 2 / 3})
