"""Log scores agree with the distribution of the worlds, and the true pairing is distinguished from the others."""

from __future__ import annotations

import numpy as np
import pytest

from ceasefire.analysis.forecast_scores import LEAST_DENSITY, Forecast, Weibull, pairing, score_table


def drawn(curve: Weibull, count: int, horizon: float, seed: int = 1) -> Forecast:
    """Worlds with Weibull durations, followed to a horizon."""
    days = curve.scale * np.random.default_rng(seed).exponential(size=count) ** (1 / curve.shape)
    return Forecast(np.minimum(days, horizon), days < horizon)


@pytest.mark.parametrize("day", [3.5, 40.0, 225.0, 1727.0])
def test_a_forecast_scores_as_the_curve_it_was_drawn_from(day: float) -> None:
    curve = Weibull(0.43, 203)
    assert drawn(curve, 40000, 3650).log_score(day, day) == pytest.approx(curve.log_score(day, day), abs=0.15)


def test_worlds_that_still_hold_take_density_from_the_days_before() -> None:
    """Half of the worlds are censored: the others' density is halved."""
    all_ended = Forecast(np.array([90.0, 100.0, 110.0, 100.0]), np.ones(4, bool))
    half = Forecast(np.append(all_ended.days, np.full(4, 1825.0)), np.repeat([True, False], 4))
    assert all_ended.density(100) == pytest.approx(2 * half.density(100))


def test_reference_curves_of_the_literature() -> None:
    """Summed over the five Idlib deals, by the Weibull fits to open-ended deals: as published with the data."""
    spans = [(225, 225), (3.5, 3.5), (110, 110), (3, 3), (1727, 1727)]
    for curve, total in ((Weibull(0.37, 285), -31.9), (Weibull(0.43, 203), -31.7), (Weibull(0.46, 54), -32.6)):
        assert sum(curve.log_score(*span) for span in spans) == pytest.approx(total, abs=0.06)


def test_shares_and_quantiles() -> None:
    forecast = Forecast(np.array([1.0, 2.0, 3.0, 10.0]), np.array([True, True, True, False]))
    assert forecast.cdf(3) == 0.5
    assert forecast.cdf(100) == 0.75
    assert forecast.quantile(0.5) == 2
    assert forecast.quantile(0.9) == float("inf")


def test_what_no_world_did_costs_the_most_there_is() -> None:
    forecast = drawn(Weibull(2.0, 10), 1000, 1825)
    assert forecast.log_score(1700, 1700) == pytest.approx(np.log(LEAST_DENSITY))
    nobody = Forecast(np.full(10, 1825.0), np.zeros(10, bool))
    assert nobody.log_score(3, 3) == pytest.approx(np.log(LEAST_DENSITY))


def test_the_true_pairing_of_forecasts_that_know_is_first() -> None:
    days = [3.0, 30.0, 300.0, 3000.0]
    known = [drawn(Weibull(2.0, day), 2000, 1e9, seed) for seed, day in enumerate(days)]
    result = pairing(score_table(known, [(day, day) for day in days]))
    assert (result.as_good, result.ways) == (1, 24)


def test_forecasts_that_are_all_alike_pair_no_better_than_chance() -> None:
    one = drawn(Weibull(0.4, 200), 2000, 1e9)
    assert pairing(score_table([one] * 3, [(3, 3), (30, 30), (300, 300)])).share == 1


def test_too_many_cases_are_refused() -> None:
    with pytest.raises(ValueError, match="must be square, with 2 to 8 rows"):
        pairing(np.zeros((9, 9)))
