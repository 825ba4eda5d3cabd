"""The spread of true figures over draws, from few worlds at each: known truths are found again."""

from __future__ import annotations

import numpy as np
import pytest
from analysis.measure_coverage import MADE, Made, coins, linear, tally
from numpy.typing import NDArray

from ceasefire.analysis.bands_over_draws import share_bands, survival_bands
from ceasefire.analysis.mixing_check import halves_check
from ceasefire.analysis.mixing_distribution import (
    effect_over_draws,
    mean_distribution,
    share_distribution,
    world_distribution,
)
from ceasefire.analysis.mixing_likelihood import Fit, share_limits_on
from ceasefire.analysis.noise_kernels import mean_kernel

Floats = NDArray[np.float64]


def made(name: str) -> Made:
    """One of the made truths."""
    return next(each for each in MADE if each.name == name)


def test_a_share_that_is_low_or_high_by_a_coin_is_found_so_and_not_spread_over_all_shares() -> None:
    """Truth 0.3 and 0.9. A Beta with the same mean and variance has 0.08 to 0.99; accepted here: 0.09 off."""
    truth = made("share: 0.3 or 0.9 by a coin")
    edges, former = [], []
    for seed in range(12):
        values = truth.sample(np.random.default_rng(seed), 200, 10)
        found = world_distribution(values, 0.0, 1.0)
        edges.append([found.quantile(0.05), found.quantile(0.95)])
        former.append(linear(truth, values))
    assert np.mean(edges, axis=0) == pytest.approx([0.3, 0.9], abs=0.09)
    assert np.mean(former, axis=0) == pytest.approx([0.08, 0.99], abs=0.03)
    assert found.share_above(0.6).value == pytest.approx(0.5, abs=0.1)


def test_an_effect_that_is_nil_in_most_draws_never_gets_the_other_sign() -> None:
    """True effects are 0 in 60 % of draws, else down to -300: the upper edge is 0, and that of shrunk draws is not."""
    truth = made("effect: nil in most, large in few")
    upper, former, wrong, held = [], [], [], 0
    for seed in range(12):
        values = truth.sample(np.random.default_rng(seed), 200, 10)
        found = effect_over_draws(values, np.zeros_like(values), limit=1825.0)
        upper.append(found.high.value)
        wrong.append(found.helps.value)
        former.append(linear(truth, values)[1])
        held += found.hurts.low <= 0.4 <= found.hurts.high
    assert held >= 10
    assert np.mean(upper) < 2.0
    assert abs(np.mean(former)) > 5.0
    assert np.mean(wrong) < 0.03


def test_two_humps_stay_two_humps() -> None:
    truth = made("share: two humps")
    low = [
        world_distribution(truth.sample(np.random.default_rng(seed), 200, 10), 0.0, 1.0).share_below(0.55).value
        for seed in range(12)
    ]
    assert np.mean(low) == pytest.approx(0.4, abs=0.04)


def test_a_normal_spread_keeps_its_edges_whatever_the_noise() -> None:
    """Truth: mean 20, SD 100; the noise of five worlds has SD 134. Accepted: 15 days."""
    truth = made("effect: normal")
    for worlds in (5, 20):
        values = [truth.sample(np.random.default_rng(seed), 200, worlds) for seed in range(12)]
        edges = [[world_distribution(each).quantile(at) for at in (0.05, 0.95)] for each in values]
        assert np.mean(edges, axis=0) == pytest.approx([-144.5, 184.5], abs=15)


def test_draws_without_any_difference_are_not_told_apart_from_chance_and_never_certain() -> None:
    values = made("share: 0.79 in all").sample(np.random.default_rng(3), 200, 10)
    found = world_distribution(values, 0.0, 1.0)
    assert not found.told_apart
    assert found.verdict == "not told apart from chance with 10 worlds a draw"
    band = found.widest_band()
    assert band.low < 0.75 < 0.83 < band.high
    assert band.high - band.low < 0.45


def test_draws_that_differ_have_no_such_verdict() -> None:
    values = made("share: Beta").sample(np.random.default_rng(3), 200, 10)
    assert world_distribution(values, 0.0, 1.0).verdict == ""


def test_one_draw_in_twenty_without_a_difference_is_told_apart_all_the_same() -> None:
    """200 samples without any spread: 5 % are meant; with 10 expected, 3 to 20 have a chance of 0.997."""
    dice = np.random.default_rng(8)
    told = [share_distribution(dice.binomial(10, 0.79, 100), 10).told_apart for _ in range(200)]
    assert 3 <= sum(told) <= 20


def test_worlds_that_all_hold_are_not_a_certainty() -> None:
    found = share_distribution(np.full(200, 10), 10)
    band = found.widest_band()
    assert found.mean.high == 1.0
    assert 0.97 < found.mean.low < 1.0
    assert band.low < 0.98
    assert found.verdict


def test_a_lever_that_changed_no_world_is_not_surely_without_effect() -> None:
    same = np.random.default_rng(1).exponential(300, (50, 5))
    found = effect_over_draws(same, same, limit=1825.0)
    assert (found.mean.value, found.helps.value, found.hurts.value) == (0.0, 0.0, 0.0)
    assert found.hurts.high > 0.01
    assert found.verdict
    assert found.low.low < -100
    assert found.high.high > 100
    assert effect_over_draws(same, same).low.low == -np.inf


def test_draws_whose_few_worlds_are_all_alike_do_not_pass_for_known() -> None:
    """Ten draws in 50 show three worlds of -400 each: their true mean may be -300 all the same."""
    dice = np.random.default_rng(4)
    means, variances = dice.normal(900, 50, 50), np.full(50, 67_500.0)
    means[:10], variances[:10] = -400.0, 0.0
    kernel = mean_kernel(means, variances, np.full(50, 3.0))
    alike = kernel.chance[int(np.argmin(np.abs(kernel.support[kernel.chance.argmax(axis=1)] + 400)))]
    assert np.interp(-300, kernel.support, alike) > 0.02


def test_more_worlds_a_draw_tell_more() -> None:
    truth, widths = made("share: two humps"), []
    for worlds in (5, 40):
        found = world_distribution(truth.sample(np.random.default_rng(6), 200, worlds), 0.0, 1.0)
        edge = found.quantile_intervals((0.05,))[0.05]
        widths.append(edge.high - edge.low)
    assert widths[1] < 0.7 * widths[0]


def test_with_very_many_worlds_the_limits_are_those_of_a_sample_of_draws() -> None:
    """With 20,000 worlds a draw there is no noise: the limits of the median are the order statistics of 200 draws."""
    share = np.random.default_rng(2).uniform(0.1, 0.9, 200)
    found = share_distribution(np.rint(20_000 * share), 20_000).quantile_intervals((0.5,))[0.5]
    low, high = np.sort(share)[[86, 113]]
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.015)


def test_the_same_draws_give_the_same_bits() -> None:
    values = made("days held: two humps").sample(np.random.default_rng(1), 60, 5)
    one, other = (world_distribution(values, 0.0, 1825.0) for _ in range(2))
    assert one.mass.tobytes() == other.mass.tobytes()
    assert one.quantile_intervals() == other.quantile_intervals()


def test_failed_worlds_are_left_out_and_unlike_numbers_of_worlds_are_no_matter() -> None:
    values = made("share: two humps").sample(np.random.default_rng(6), 200, 12)
    values[::2, 6:] = np.nan
    values[5, 1:] = np.nan
    found = world_distribution(values, 0.0, 1.0)
    assert found.draws == 199
    assert found.worlds == pytest.approx(9.0, abs=0.1)
    assert found.share_below(0.55).value == pytest.approx(0.4, abs=0.12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: share_distribution([3], 10), "at least two draws"),
        (lambda: share_distribution([3, 11], 10), "no more successes than worlds"),
        (lambda: mean_distribution([1.0, 2.0], [1.0, 1.0], 1), "at least two worlds"),
        (lambda: mean_distribution([1.0, np.nan], [1.0, 1.0], 5), "not finite"),
        (lambda: effect_over_draws(np.zeros((3, 4)), np.zeros((3, 5))), "the same worlds are needed"),
        (lambda: world_distribution(np.array([[1.0, np.nan], [2.0, 3.0]])), "two worlds each"),
    ],
)
def test_draws_that_cannot_speak_are_refused(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]


def test_a_band_of_many_shares_is_that_of_each_by_itself() -> None:
    dice = np.random.default_rng(5)
    successes = dice.binomial(10, dice.beta(3, 1, 200), (3, 200))
    bands = share_bands(successes, np.full(200, 10))
    for row in range(3):
        one = share_distribution(successes[row], 10)
        assert (bands.low[row], bands.high[row]) == pytest.approx((one.quantile(0.05), one.quantile(0.95)), abs=1e-9)
        assert bands.mean[row] == pytest.approx(successes[row].mean() / 10)


def test_a_band_of_survival_falls_and_has_the_true_edges() -> None:
    """Hazards lognormal around 1 in 1,000 days; edges of 6 bands on day 400 within 0.06 of the truth."""
    lows, highs = [], []
    for seed in range(6):
        dice = np.random.default_rng(seed)
        days = dice.geometric(0.001 * np.exp(0.8 * dice.normal(size=200))[:, None], (200, 10)) - 1
        bands = survival_bands(np.minimum(days, 730), days < 730, 730)
        for edge in (bands.mean, bands.low, bands.middle, bands.high):
            assert (np.diff(edge) <= 0).all()
        lows.append(bands.low[400])
        highs.append(bands.high[400])
    hazard = 0.001 * np.exp(0.8 * np.random.default_rng(99).normal(size=100_000))
    low, high = np.quantile((1 - hazard) ** 401, [0.05, 0.95])
    assert (np.mean(lows), np.mean(highs)) == pytest.approx((low, high), abs=0.06)
    assert bands.mean[400] == pytest.approx((days > 400).mean())


def test_a_world_lost_from_sight_gives_no_band() -> None:
    with pytest.raises(ValueError, match="fewer than 30 days without an end"):
        survival_bands(np.full((3, 2), 20), np.zeros((3, 2), dtype=bool), 30)


def test_halves_of_the_worlds_agree_with_a_sound_estimate_and_not_with_plain_quantiles() -> None:
    values = made("effect: normal").sample(np.random.default_rng(3), 400, 10)
    check = halves_check(world_distribution(values), values)
    assert check.agrees
    assert check.from_halves.value == pytest.approx(100, abs=25)
    assert not check.from_halves.low <= values.mean(axis=1).std() <= check.from_halves.high


def test_how_far_a_likelihood_may_fall_is_found_for_each_limit_by_itself() -> None:
    """Shares of 0.2 or 0.7 by a coin, 40 samples: one fall that suits smooth spreads (0.5) holds in too few of them."""
    truth = Made("", lambda r, d: np.where(r.random(d) < 0.35, 0.2, 0.7), coins, (0.0, 1.0), "")
    held, held_by_one = 0, 0
    for seed in range(40):
        found = world_distribution(truth.sample(np.random.default_rng(seed), 200, 10), 0.0, 1.0)
        own = found.share_below(0.5)
        held += own.low <= 0.35 <= own.high
        fit = Fit(found.kernel, found.mass, found.highest)
        low, high = share_limits_on(fit, found.support < 0.5 - 1e-9, 0.95, fall=0.5)
        held_by_one += low <= 0.35 <= high
    assert held >= 36
    assert held_by_one <= 33


@pytest.mark.parametrize("name", ["share: two humps", "effect: nil in most, large in few", "effect: normal"])
def test_limits_hold_the_truth_as_often_as_they_say(name: str) -> None:
    """A slice of docs/coverage.md: of 20 repeats, each of the limits of both edges and of the mean holds in 16."""
    held = np.array(tally(made(name), 200, 10, 20, seed=77).held)
    assert (held.sum(axis=0) >= 16).all()
