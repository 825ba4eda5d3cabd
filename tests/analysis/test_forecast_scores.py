"""Every scoring rule against an answer from arithmetic or from another program."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ceasefire.analysis.forecast_scores import (
    brier,
    calibration,
    concordance,
    concordance_gain,
    crps,
    log_scores,
    mean_by_group,
    restricted_mean,
)
from ceasefire.analysis.interval_censored import BINS, EDGES, HORIZON, masses, probability_between, surviving, turnbull
from ceasefire.analysis.survival import survival

INF = np.inf


def all_in(day: float) -> np.ndarray:
    """A forecast with all its mass in the bin of a day, shape (1, BINS)."""
    return masses(np.array([day]))[None, :]


def exponential(rate: float, n: int = 1) -> np.ndarray:
    """The forecast of a constant hazard, shape (n, BINS)."""
    alive = np.exp(-rate * EDGES)
    return np.tile(alive - np.append(alive[1:], 0.0), (n, 1))


def test_surviving_is_exact_on_edges_and_even_between() -> None:
    mass = exponential(0.01)
    assert surviving(mass, EDGES[7])[0] == pytest.approx(np.exp(-0.01 * EDGES[7]), abs=1e-12)
    between = (surviving(mass, 30.0) + surviving(mass, 37.0)) / 2
    assert surviving(mass, 33.5)[0] == pytest.approx(between[0], abs=1e-12)


@pytest.mark.parametrize(
    ("low", "high", "exact"),
    [
        (30.0, 37.0, np.exp(-0.06) - np.exp(-0.074)),
        (0.0, 90.0, 1 - np.exp(-0.18)),
        (365.0, INF, np.exp(-0.73)),
        (2000.0, 2001.0, np.exp(-0.002 * HORIZON)),
        (3000.0, INF, np.exp(-0.002 * HORIZON)),
    ],
)
def test_the_probability_of_an_observation(low: float, high: float, exact: float) -> None:
    result = probability_between(exponential(0.002), np.array([low]), np.array([high]))
    assert result[0] == pytest.approx(exact, abs=1e-12)
    assert log_scores(exponential(0.002), np.array([low]), np.array([high]))[0] == pytest.approx(np.log(exact))


def test_the_true_forecast_has_the_best_mean_log_score_and_crps() -> None:
    day = np.floor(np.random.default_rng(3).exponential(100.0, 3000))
    means = {
        rate: (
            log_scores(exponential(rate, 3000), day, day + 1).mean(),
            -crps(exponential(rate, 3000), day, day + 1).mean(),
        )
        for rate in (0.005, 0.01, 0.02)
    }
    for score in range(2):
        assert means[0.01][score] > max(means[0.005][score], means[0.02][score])


def test_crps_by_hand() -> None:
    width = np.log1p(HORIZON)
    never = all_in(HORIZON)
    assert crps(never, np.array([HORIZON]), np.array([INF]))[0] == pytest.approx(0.0, abs=1e-12)
    assert crps(never, np.array([0.0]), np.array([0.0]))[0] == pytest.approx(width, abs=1e-9)
    half = 0.5 * never + 0.5 * all_in(0.0)
    seen_for_30 = crps(half, np.array([30.0]), np.array([INF]))[0]
    first = np.log1p(1.0)
    assert seen_for_30 == pytest.approx(0.25 * (np.log1p(30.0) - first) + 0.0625 * first, abs=1e-9)


def test_what_lies_between_the_days_known_is_not_charged() -> None:
    sure_of_50 = all_in(50.0)
    assert crps(sure_of_50, np.array([0.0]), np.array([90.0]))[0] == pytest.approx(0.0, abs=1e-12)
    late = np.log1p(45.0) - np.log1p(30.0) + 0.25 * (np.log1p(60.0) - np.log1p(45.0))
    assert crps(sure_of_50, np.array([0.0]), np.array([30.0]))[0] == pytest.approx(late)


def test_brier_is_the_squared_error_without_censoring() -> None:
    low = np.array([10.0, 29.0, 30.0, 400.0])
    mass = np.vstack([all_in(HORIZON), all_in(0.0), all_in(HORIZON), 0.5 * all_in(0.0) + 0.5 * all_in(HORIZON)])
    assert brier(mass, low, low + 1, 30.0) == pytest.approx([1.0, 0.0, 0.0, 0.25])


def test_brier_weights_by_the_inverse_probability_of_no_censoring() -> None:
    low = np.array([10.0, 20.0, 40.0, 50.0])
    high = np.array([11.0, INF, 41.0, INF])
    sure = np.tile(all_in(HORIZON), (4, 1))
    wrong = np.tile(all_in(0.0), (4, 1))
    assert brier(sure, low, high, 30.0) == pytest.approx([1.0, 0.0, 0.0, 0.0])
    assert brier(wrong, low, high, 30.0) == pytest.approx([0.0, 0.0, 1.5, 1.5])
    assert brier(wrong, low, high, 30.0).mean() == pytest.approx(0.75), "1 of 4 ended; the censored one stands with 3"


def test_brier_with_censoring_is_near_brier_without() -> None:
    dice = np.random.default_rng(8)
    n = 20000
    day, lost = np.floor(dice.exponential(100.0, n)), np.floor(dice.exponential(150.0, n))
    mass = exponential(0.02, n)
    whole = brier(mass, day, day + 1, 90.0).mean()
    censored = lost < day
    score = brier(mass, np.minimum(day, lost), np.where(censored, INF, day + 1), 90.0).mean()
    assert score == pytest.approx(whole, abs=0.012)
    dropped = ((day >= 90) - surviving(mass, 90.0))[~(censored & (lost < 90))] ** 2
    assert abs(dropped.mean() - whole) > 0.012, "leaving the censored ones out would differ"


def test_brier_needs_dated_ends() -> None:
    with pytest.raises(ValueError, match="the day of each end"):
        brier(all_in(0.0), np.array([0.0]), np.array([9.0]), 30.0)


def test_concordance_by_hand() -> None:
    low, high = np.array([5.0, 10.0, 20.0, 0.0]), np.array([6.0, INF, 21.0, 30.0])
    predicted = np.array([1.0, 2.0, 2.0, 9.0])
    assert concordance(predicted, low, high) == 1.0, "first before second and third; nothing is known of the fourth"
    assert concordance(-predicted, low, high) == 0.0
    next_day = (np.array([5.0, 6.0]), np.array([6.0, 7.0]))
    assert concordance(np.array([1.0, 2.0]), *next_day) == 1.0, "an end on day 5 comes before one on day 6"
    assert concordance(np.ones(4), low, high) == 0.5
    assert np.isnan(concordance(predicted[:2], low[1:3], np.array([INF, INF])))


def test_a_gain_in_concordance_is_the_difference_of_two() -> None:
    dice = np.random.default_rng(6)
    low = np.floor(dice.exponential(50.0, 80))
    high = np.where(dice.random(80) < 0.3, INF, low + 1)
    predicted, rival = low + dice.normal(0, 30, 80), dice.normal(size=80)
    gain = concordance_gain(predicted, rival, low, high, [str(k % 9) for k in range(80)])
    assert gain.value == pytest.approx(concordance(predicted, low, high) - concordance(rival, low, high))
    assert gain.low < gain.value < gain.high
    assert gain.low > 0


def test_restricted_means_order_forecasts_by_length() -> None:
    result = restricted_mean(np.vstack([exponential(rate) for rate in (0.1, 0.01, 0.001)]))
    assert list(np.argsort(result)) == [0, 1, 2]
    assert restricted_mean(all_in(HORIZON))[0] == pytest.approx(np.log1p(HORIZON))


def test_turnbull_with_dated_ends_is_kaplan_meier() -> None:
    dice = np.random.default_rng(1)
    day = dice.integers(0, 7, 300)
    ended = dice.random(300) < 0.7
    low = np.where(ended, day, day + 1).astype(float)
    mass = turnbull(low, np.where(ended, day + 1.0, INF), steps=20000, tolerance=1e-12)
    worlds = pd.DataFrame({"days_held": day, "ended": ended, "cause": np.where(ended, "spiral", "")})
    curve = survival(worlds)
    for edge in EDGES[1:8]:
        assert surviving(mass, edge) == pytest.approx(curve.at(edge - 1), abs=1e-6)


def test_turnbull_by_hand() -> None:
    mass = turnbull(np.array([0.0, 0.0, 1.0]), np.array([1.0, 2.0, 2.0]))
    assert mass[:2] == pytest.approx([0.5, 0.5], abs=1e-3)
    with pytest.raises(ValueError, match="no durations"):
        turnbull(np.array([]), np.array([]))


def test_calibrated_forecasts_are_covered_and_others_not() -> None:
    dice = np.random.default_rng(9)
    rates = dice.choice([0.002, 0.005, 0.01, 0.02, 0.05], 1500)
    day = np.floor(dice.exponential(1 / rates))
    right = np.vstack([exponential(rate) for rate in rates])
    wrong = np.vstack([exponential(rate / 3) for rate in rates])
    assert sum(group.covered for group in calibration(right, day, day + 1, 90.0)) >= 4
    assert sum(group.covered for group in calibration(wrong, day, day + 1, 90.0)) <= 1
    assert sum(group.deals for group in calibration(right, day, day + 1, 90.0, draws=2)) == 1500
    assert right.shape == (1500, BINS)


def test_an_interval_by_countries_is_wider_when_countries_differ() -> None:
    countries = [str(k // 50) for k in range(1000)]
    alike = np.tile([0.0, 1.0], 500)
    apart = np.repeat(np.tile([0.0, 1.0], 10), 50)
    narrow, wide = mean_by_group(alike, countries), mean_by_group(apart, countries)
    assert narrow.value == wide.value == 0.5
    assert wide.high - wide.low > 5 * (narrow.high - narrow.low)
