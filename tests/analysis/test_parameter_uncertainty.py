"""Parameter uncertainty separated from sampling noise, on draws with a known truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.stats import beta

from ceasefire.analysis.parameter_uncertainty import (
    beta_quantile,
    between_draw_variance,
    uncertainty_band,
    uncertainty_interval,
)

HORIZON = 365


def draws(hazards: NDArray[np.float64], worlds: int, seed: int) -> pd.DataFrame:
    """Each draw has a constant daily hazard; its worlds have geometric durations, censored at the horizon."""
    rng = np.random.default_rng(seed)
    days = rng.geometric(hazards[:, None], (len(hazards), worlds)) - 1
    table = {"point": np.repeat(np.arange(len(hazards)), worlds), "world": np.arange(days.size)}
    return pd.DataFrame({**table, "days_held": np.minimum(days, HORIZON).ravel(), "ended": (days < HORIZON).ravel()})


def hazards(spread: float, count: int, seed: int) -> NDArray[np.float64]:
    """Lognormal hazards around 0.004 a day."""
    return np.asarray(0.004 * np.exp(spread * np.random.default_rng(seed).normal(size=count)))


@pytest.mark.parametrize("spread", [0.3, 0.8])
def test_the_band_has_the_same_true_width_however_few_worlds_a_draw_has(spread: float) -> None:
    """Mean of 12 bands of 200 draws; the truth is no Beta, so edges may be 0.05 off; by size only 0.025."""
    truth = (1 - hazards(spread, 100_000, seed=1)) ** 181
    edges = []
    for worlds in (5, 25, 100):
        bands = [uncertainty_band(draws(hazards(spread, 200, seed), worlds, seed)) for seed in range(2, 14)]
        edges.append([np.mean([band.low[180] for band in bands]), np.mean([band.high[180] for band in bands])])
    np.testing.assert_allclose(edges, np.tile(np.quantile(truth, [0.05, 0.95]), (3, 1)), atol=0.05)
    np.testing.assert_allclose(edges[0], edges[2], atol=0.025)
    np.testing.assert_allclose(edges[1], edges[2], atol=0.025)


def test_the_raw_spread_of_few_worlds_would_be_far_too_wide() -> None:
    table = draws(hazards(0.3, 200, 3), 5, 3)
    holding = (~(table["ended"] & (table["days_held"] <= 180))).groupby(table["point"]).mean()
    raw = np.quantile(holding, 0.95) - np.quantile(holding, 0.05)
    band = uncertainty_band(table)
    assert raw > 1.7 * (band.high[180] - band.low[180])


def test_without_parameter_uncertainty_the_band_closes_on_the_curve() -> None:
    """Ten sets of 1,000 draws of 20 worlds with one hazard: zero variance is missed by chance, and clipped at 0."""
    tables = [draws(np.full(1_000, 0.004), 20, seed) for seed in range(10)]
    bands = [uncertainty_band(table) for table in tables]
    assert np.mean([band.high[180] - band.low[180] for band in bands]) < 0.06
    assert min(band.high[180] - band.low[180] for band in bands) == 0
    assert np.mean([band.middle[180] for band in bands]) == pytest.approx(0.996**181, abs=0.01)


def test_more_draws_do_not_widen_or_narrow_the_band() -> None:
    few = [uncertainty_band(draws(hazards(0.8, 100, seed), 10, seed)) for seed in range(20, 32)]
    many = uncertainty_band(draws(hazards(0.8, 4_000, 5), 10, 5))
    for day in (60, 180, 330):
        assert np.mean([band.high[day] - band.low[day] for band in few]) == pytest.approx(
            many.high[day] - many.low[day], abs=0.05
        )


def test_shares_drawn_from_a_beta_give_that_betas_quantiles() -> None:
    rng = np.random.default_rng(6)
    share = rng.beta(2, 3, 4_000)
    alive = rng.random((4_000, 6)) < share[:, None]
    table = {"point": np.repeat(np.arange(4_000), 6), "days_held": np.where(alive, 10, 3).ravel()}
    band = uncertainty_band(pd.DataFrame({**table, "ended": ~alive.ravel()}))
    expected = beta.ppf([0.05, 0.5, 0.95], 2, 3)
    assert [band.low[5], band.middle[5], band.high[5]] == pytest.approx(expected, abs=0.02)
    assert (band.low[2], band.high[2]) == (1, 1)


def test_the_variance_between_draws_is_unbiased_for_unequal_draws() -> None:
    """400 samples of 60 draws of 2 to 9 worlds: mean within four standard errors of the true variance."""
    rng, result = np.random.default_rng(12), []
    for _ in range(400):
        share, worlds = rng.beta(3, 2, 60), rng.integers(2, 10, 60)
        observed = rng.binomial(worlds, share) / worlds
        noise = observed * (1 - observed) / (worlds - 1)
        result.append(observed.var(ddof=1) - noise.mean())
    assert np.mean(result) == pytest.approx(beta.var(3, 2), abs=4 * np.std(result) / 20)
    assert between_draw_variance(np.array([0.5, 0.5]), np.array([0.1, 0.1]))[1] == 0


def test_the_edges_never_rise() -> None:
    band = uncertainty_band(draws(hazards(1.2, 50, 9), 4, 9))
    for edge in (band.low, band.middle, band.high):
        assert (np.diff(edge) <= 0).all()
    assert (band.low <= band.middle).all()
    assert (band.middle <= band.high).all()


def test_a_world_at_the_horizon_still_holds_there() -> None:
    table = draws(np.full(20, 1e-9), 3, seed=1)
    band = uncertainty_band(table)
    assert (len(band.days), band.low[-1], band.draws, band.worlds_per_draw) == (HORIZON + 1, 1, 20, 3)


@pytest.mark.parametrize("worlds", [5, 25, 100])
def test_mean_days_held_spread_as_the_draws_do_not_as_their_few_worlds(worlds: int) -> None:
    """Mean of 12 intervals; true quantiles from 100,000 draws; accepted within 12 days."""
    h = hazards(0.5, 100_000, seed=1)
    truth = (1 - h) * (1 - (1 - h) ** HORIZON) / h
    low, high = np.quantile(truth, [0.05, 0.95])
    result = [uncertainty_interval(draws(hazards(0.5, 200, seed), worlds, seed)) for seed in range(2, 14)]
    assert np.mean([interval.low for interval in result]) == pytest.approx(low, abs=12)
    assert np.mean([interval.high for interval in result]) == pytest.approx(high, abs=12)


def test_share_and_median_are_read_off_the_band() -> None:
    table = draws(hazards(0.5, 300, 4), 20, 4)
    band = uncertainty_band(table)
    share = uncertainty_interval(table, "share_holding", day=180)
    edges = (band.low[180], band.middle[180], band.high[180])
    assert (share.low, share.value, share.high) == pytest.approx(edges, abs=0.01)
    median = uncertainty_interval(table, "median_days")
    assert band.low[int(median.low)] <= 0.5 < band.low[int(median.low) - 1]
    assert band.middle[int(median.value)] <= 0.5 < band.middle[int(median.value) - 1]
    assert median.low < median.value < median.high


def test_a_median_that_no_draw_reaches_lies_beyond_the_horizon() -> None:
    median = uncertainty_interval(draws(np.full(30, 1e-4), 10, 2), "median_days")
    assert (median.low, median.value, median.high) == (np.inf, np.inf, np.inf)


def test_draws_that_share_their_worlds_are_refused() -> None:
    table = draws(hazards(0.5, 30, 1), 10, 1)
    table["world"] = np.tile(np.arange(10), 30)
    with pytest.raises(ValueError, match="draws share worlds"):
        uncertainty_band(table)


def test_shared_worlds_would_give_a_wrong_middle() -> None:
    """The same ten uniforms in every draw: their error is in every draw's share and does not average out."""
    h = hazards(0.5, 400, 3)
    wrong = []
    for seed in range(10):
        luck = np.random.default_rng(seed).random(10)
        wrong.append(float(((1 - h[:, None]) ** 181 > luck[None, :]).mean()))
    own = [uncertainty_band(draws(h, 10, seed)).middle[180] for seed in range(10)]
    assert np.std(wrong) > 5 * np.std(own)


def test_a_draw_with_a_single_world_is_left_out() -> None:
    table = draws(hazards(0.5, 30, 1), 10, 1)
    lone = table.iloc[[0]].assign(point=99, world=9_999)
    assert uncertainty_band(pd.concat([table, lone])).draws == 30


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (draws(np.full(1, 0.01), 10, 1), "at least two draws"),
        (draws(np.full(10, 0.01), 1, 1), "at least two draws"),
        (draws(np.full(10, 0.01), 5, 1).drop(columns="point"), "no column 'point'"),
        (pd.DataFrame({"point": [0, 0, 1, 1], "days_held": [3, 9, 9, 9], "ended": False}), "followed for 3 days only"),
    ],
)
def test_draws_without_information_on_parameter_uncertainty_are_refused(table: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        uncertainty_band(table)


def test_a_question_without_its_day_or_beyond_the_horizon_is_refused() -> None:
    table = draws(np.full(10, 0.001), 5, 1)
    with pytest.raises(ValueError, match="needs a day"):
        uncertainty_interval(table, "share_holding")
    with pytest.raises(ValueError, match="followed for 365 days, not 366"):
        uncertainty_interval(table, "share_holding", day=366)
    with pytest.raises(ValueError, match="'mode' is none of"):
        uncertainty_interval(table, "mode")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="level: 2 does not lie"):
        uncertainty_band(table, level=2)


def test_quantiles_of_a_beta_that_is_nearly_certain_or_nearly_a_coin_stay_finite() -> None:
    mean, variance = np.array([0, 1, 0.3, 0.3, 0.5]), np.array([0, 0, 0, 0.21, 0.25])
    low, high = beta_quantile(0.05, mean, variance), beta_quantile(0.95, mean, variance)
    np.testing.assert_allclose(low, [0, 1, 0.3, 0, 0], atol=1e-6)
    np.testing.assert_allclose(high, [0, 1, 0.3, 1, 1], atol=1e-6)
