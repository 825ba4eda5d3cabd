"""Intervals of shares, of means over few draws, of parts and their sum, of survival quantiles, of the best of many."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from analysis.measure_coverage import (
    ALIKE,
    best_lever,
    coverage,
    hypercube_mean,
    median_days,
    normal_mean,
    part,
    wilson,
)
from scipy import stats

from ceasefire.analysis.interval_rules import (
    bounded_mean_interval,
    replicated_mean_interval,
    share_in_words,
    share_interval,
    share_limits,
)
from ceasefire.analysis.selection import best_of, simultaneous_intervals
from ceasefire.analysis.shapley import Subset, attribution, parts_over_draws
from ceasefire.analysis.survival import survival, survival_quantile


def test_limits_of_a_share_are_mid_p() -> None:
    """At a limit, the chance of more than was seen and half that of as many is the tail."""
    found = share_interval(7, 20)
    for p, sign in ((found.low, 1), (found.high, -1)):
        tie = stats.binom.pmf(7, 20, p) / 2
        tail = stats.binom.sf(7, 20, p) if sign > 0 else stats.binom.cdf(6, 20, p)
        assert tail + tie == pytest.approx(0.025, abs=1e-9)


def test_limits_of_many_shares_are_those_of_each() -> None:
    successes, number = np.array([[0.0, 7.0, 7.0], [7.0, 20.0, 3.0]]), np.array([20.0, 20.0, 8.5])
    low, high = share_limits(successes, number)
    each = [[share_interval(k, n) for k, n in zip(row, number, strict=True)] for row in successes]
    assert low.tolist() == [[interval.low for interval in row] for row in each]
    assert high.tolist() == [[interval.high for interval in row] for row in each]


def test_all_of_300_leaves_room_for_one_in_a_hundred() -> None:
    """0.95 ** ... by hand: half of p to the 300 is 0.025."""
    found = share_interval(300, 300)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.05 ** (1 / 300))
    assert share_interval(0, 300).high == pytest.approx(1 - found.low)


def test_a_share_near_nought_is_covered_as_it_says_where_wilsons_is_not() -> None:
    """Added up over all outcomes of 300 trials, for true shares of 0.0002 to 0.02."""
    k, true = np.arange(301.0), np.geomspace(0.0002, 0.02, 200)
    chance = stats.binom.pmf(k[:, None], 300, true)
    covered = []
    for low, high in (share_limits(k, 300), wilson(k / 300, 300.0)):
        covered.append((chance * ((low[:, None] <= true) & (true <= high[:, None]))).sum(axis=0).min())
    assert covered[0] > 0.915
    assert covered[1] < 0.86


def test_all_and_none_are_said_as_counts() -> None:
    assert share_in_words(300, 300) == "300 of 300"
    assert share_in_words(0, 1000) == "0 of 1,000"
    assert share_in_words(299, 300) == "99.7 %"
    assert share_in_words(9999, 10000) == "9,999 of 10,000"
    assert share_in_words(150, 300) == "50 %"
    with pytest.raises(ValueError, match="no share"):
        share_interval(4, 3)


def test_the_mean_of_few_draws_is_students_and_stays_within_bounds() -> None:
    found = bounded_mean_interval([0.9, 1.0, 0.8, 1.0], 0.0, 1.0)
    half = stats.t.ppf(0.975, 3) * np.std([0.9, 1.0, 0.8, 1.0], ddof=1) / 2
    assert (found.low, found.high) == pytest.approx((0.925 - half, 1.0))


def test_draws_that_are_all_alike_say_no_certainty() -> None:
    assert bounded_mean_interval(np.full(50, 1825.0), 0.0, 1825.0).low == pytest.approx(1825 * 0.05 ** (1 / 50))
    assert bounded_mean_interval(np.full(5, 0.4), 0.0, 1.0).low == 0.0


@pytest.mark.parametrize("trial", [normal_mean(2), normal_mean(8), part(2), part(8), part(8, total=True)])
def test_few_draws_cover_as_they_say(trial: object) -> None:
    """95 % are meant; of 300 repeats, 92 to 98 % have a chance of 0.98 each."""
    assert 0.915 < coverage(trial, 300, 5) < 0.985  # type: ignore[arg-type]


def test_worlds_of_all_draws_taken_for_one_sample_cover_far_too_rarely() -> None:
    assert coverage(part(8, former=True), 200, 5) < 0.5


def test_parts_and_their_sum_have_intervals_of_like_width_and_add_up() -> None:
    dice = np.random.default_rng(2)
    base, gain = dice.normal(500, 50, (8, 1)) + dice.normal(0, 200, (8, 50)), dice.normal(250, 80, (8, 1))
    other = dice.normal(200, 80, (8, 1))
    outcomes = {
        Subset(): base, Subset("a"): base + gain, Subset("b"): base + other, Subset("ab"): base + gain + other + 30,
    }  # fmt: skip
    found = parts_over_draws(outcomes)
    assert sum(one.mean.value for one in found.parts) == pytest.approx(found.total.value)
    a = next(one for one in found.parts if one.name == "a").mean
    assert a.high - a.low == pytest.approx(2 * stats.t.ppf(0.975, 7) * gain.std(ddof=1) / np.sqrt(8))
    single = attribution({key: each[0] for key, each in outcomes.items()})
    assert parts_over_draws({key: each[:1] for key, each in outcomes.items()}) == single


def test_a_failed_world_is_left_out_of_its_draw_under_every_subset() -> None:
    dice = np.random.default_rng(3)
    outcomes = {Subset(): dice.normal(size=(4, 10)), Subset("a"): dice.normal(size=(4, 10))}
    outcomes[Subset("a")][1, 2] = np.nan
    found = parts_over_draws(outcomes)
    assert (found.worlds, found.failed) == (39, 1)
    assert np.isfinite(found.total.value)


def test_a_latin_hypercube_is_not_a_sample_of_independent_draws() -> None:
    """As if independent, intervals are three times too wide and never miss; by replicate they cover as they say."""
    assert coverage(hypercube_mean(1, 32, False), 300, 1) > 0.985
    assert 0.915 < coverage(hypercube_mean(10, 20, True), 1000, 1) < 0.985
    with pytest.raises(ValueError, match="at least two"):
        replicated_mean_interval([1.0, 2.0], [0, 0])


def test_the_median_of_days_held_covers_as_it_says() -> None:
    assert 0.915 < coverage(median_days(100), 300, 2) < 0.99


def test_a_quantile_that_is_not_reached_lies_beyond_the_days_followed() -> None:
    worlds = pd.DataFrame({"days_held": [3, 10, 10, 10, 10, 10, 10, 10], "ended": [True] + [False] * 7})
    found = survival_quantile(survival(worlds))
    assert found.value == np.inf
    assert found.high == np.inf
    assert survival_quantile(survival(worlds), 0.1).value == 3


def test_the_best_of_many_alike_is_overrated_unless_the_choice_is_allowed_for() -> None:
    assert coverage(best_lever(ALIKE, "alone"), 80, 3) < 0.9
    assert coverage(best_lever(ALIKE, "chosen"), 80, 3) > 0.9
    ahead = np.append(np.zeros(20), 100.0)
    assert coverage(best_lever(ahead, "chosen"), 80, 3) > 0.877, "95 % less three standard errors of 80 repeats"
    ladder = np.linspace(-20, 20, 21)
    values = ladder[:, None] + np.random.default_rng(5).normal(0, 80, (21, 200))
    reach = simultaneous_intervals(values)[int(values.mean(axis=1).argmax())]
    chosen = best_of(values).chosen
    assert chosen.low > reach.low, "levers that are found to differ can be overrated less than levers all alike"


def test_an_interval_that_allows_for_choice_reaches_further_only_where_luck_may_have_helped() -> None:
    values = np.random.default_rng(1).normal(0, 50, (21, 200))
    found = best_of(values, [str(k) for k in range(21)])
    assert found.chosen.high == pytest.approx(found.alone.high)
    assert found.chosen.low < found.alone.low
    worst = best_of(values, most=False)
    assert worst.chosen.low == pytest.approx(worst.alone.low)
    assert worst.chosen.high > worst.alone.high
    assert worst.chosen.value == pytest.approx(values.mean(axis=1).min())


def test_simultaneous_intervals_of_one_figure_are_students_and_of_copies_no_wider() -> None:
    values = np.random.default_rng(1).normal(5, 2, 12)
    one = simultaneous_intervals(values[None])[0]
    low, high = stats.t.interval(0.95, 11, loc=values.mean(), scale=stats.sem(values))
    assert (one.low, one.high) == pytest.approx((low, high), abs=0.05)
    copies = simultaneous_intervals(np.tile(values, (9, 1)))[4]
    assert copies.high == pytest.approx(one.high, abs=0.05)
    with pytest.raises(ValueError, match="three draws"):
        best_of(np.zeros((3, 2)))


def test_a_figure_that_never_differs_does_not_widen_the_intervals_of_the_others() -> None:
    gains = np.random.default_rng(5).normal(1.0, 3.0, 40)
    alone = simultaneous_intervals([gains])[0]
    with_inert = simultaneous_intervals([gains, np.zeros(40), np.zeros(40)])
    assert with_inert[0] == alone
    assert (with_inert[1].low, with_inert[1].high) == (0, 0)
    assert simultaneous_intervals(np.zeros((2, 40)))[1].high == 0
