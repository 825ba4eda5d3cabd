"""The hazard of ending: closed forms, synthetic worlds with a known truth, and scipy's own Weibull."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy import stats

from ceasefire.analysis.hazard import hazard, hazard_table, weibull_shape

HORIZON = 1825


def table(days: npt.ArrayLike, horizon: int = HORIZON) -> pd.DataFrame:
    """Worlds that end on these days, or are censored at the horizon."""
    given = np.floor(np.asarray(days, dtype=float)).astype(int)
    ended = given < horizon
    return pd.DataFrame(
        {
            "world": np.arange(len(given)),
            "days_held": np.minimum(given, horizon),
            "ended": ended,
            "cause": np.where(ended, "offensive", ""),
            "failed": False,
        }
    )


def weibull_lives(count: int, shape: float, scale: float, seed: int) -> pd.DataFrame:
    """Worlds with Weibull durations."""
    return table(scale * np.random.default_rng(seed).weibull(shape, count))


def test_a_level_danger_is_found_level_from_the_first_day_to_the_last() -> None:
    chance = 0.002
    curve = hazard(table(np.random.default_rng(1).geometric(chance, 20_000) - 1.0), window_days=90)
    assert curve.rate[[0, 100, 800, 1_700, 1_824]] == pytest.approx(chance, rel=0.15)
    assert np.mean((curve.low < chance) & (chance < curve.high)) > 0.9


def test_the_interval_of_the_danger_covers_as_often_as_it_says() -> None:
    chance, day, covered = 0.002, 300, 0
    rng = np.random.default_rng(2)
    for _ in range(400):
        curve = hazard(table(rng.geometric(chance, 200) - 1.0), window_days=60)
        covered += bool(curve.low[day] <= chance <= curve.high[day])
    assert 0.93 <= covered / 400 <= 0.995


def test_where_nothing_ended_the_danger_is_nil_and_its_limit_is_the_rule_of_three() -> None:
    curve = hazard(table([HORIZON] * 500), window_days=100)
    assert curve.rate.max() == 0
    assert curve.low.max() == 0
    weights = 1 - (np.arange(-100, 101) / 101) ** 2
    worlds_days = 500 * weights.sum() ** 2 / (weights**2).sum()
    assert curve.high[900] == pytest.approx(3.689 / worlds_days, rel=1e-3)


def test_a_falling_danger_is_found_falling() -> None:
    curve = hazard(weibull_lives(30_000, 0.6, 800, 3), window_days=60)
    truth = 0.6 / 800 * ((curve.days[[200, 900, 1_600]] + 0.5) / 800) ** (0.6 - 1)
    assert curve.rate[[200, 900, 1_600]] == pytest.approx(truth, rel=0.2)


def test_ends_per_year_are_counted_by_hand() -> None:
    worlds = table([0, 10, 400, HORIZON])
    result = hazard_table(worlds, (0, 365, 730))
    assert result["ends"].tolist() == [2, 1]
    assert result["years_at_risk"].tolist() == pytest.approx([(1 + 11 + 365 + 365) / 365.25, (36 + 365) / 365.25])
    assert result.loc[1, "ends_per_year"] == pytest.approx(365.25 / 401)
    exact = stats.chi2.ppf([0.025, 0.975], [2 * 2, 2 * 2 + 2]) / 2
    assert result.loc[0, ["low", "high"]].to_numpy(dtype=float) == pytest.approx(exact * 365.25 / 742)


def test_ages_that_no_world_reached_are_left_out() -> None:
    assert hazard_table(table([3, 5]), (0, 365, 730))["from_day"].tolist() == [0]


@pytest.mark.filterwarnings("ignore:divide by zero")
@pytest.mark.parametrize("shape", [0.6, 1.0, 1.8])
def test_the_shape_of_a_known_weibull_is_found_and_is_scipys_own(shape: float) -> None:
    worlds = weibull_lives(3_000, shape, 900, 4)
    result = weibull_shape(worlds)
    assert result.low < shape < result.high
    days, ended = worlds["days_held"].to_numpy(dtype=float), worlds["ended"].to_numpy()
    between = np.column_stack([np.maximum(days, 1e-9), np.where(ended, days + 1, np.inf)])
    counted: Any = stats.CensoredData(interval=between[ended], right=days[~ended])
    scipys = stats.weibull_min.fit(counted, floc=0)[0]
    assert result.value == pytest.approx(scipys, rel=2e-3)


def test_the_interval_of_the_shape_covers_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(150):
        result = weibull_shape(weibull_lives(80, 0.8, 900, 100 + seed))
        covered += bool(result.low <= 0.8 <= result.high)
    assert 0.90 <= covered / 150 <= 0.99


def test_a_level_danger_by_day_has_shape_one() -> None:
    result = weibull_shape(table(np.random.default_rng(5).geometric(0.003, 20_000) - 1.0))
    assert result.value == pytest.approx(1, abs=0.02)


def test_calling_off_is_no_breakdown() -> None:
    worlds = table([10, 20, 30, HORIZON])
    worlds.loc[0, "cause"] = "abrogation"
    assert hazard(worlds).ends == 3
    assert hazard(worlds, "breakdown").ends == 2
    assert hazard_table(worlds, (0, 365), "breakdown")["ends"].tolist() == [2]


def test_worlds_that_do_not_identify_a_shape_are_refused() -> None:
    for days in ([HORIZON] * 5, [7] * 5, [7]):
        with pytest.raises(ValueError, match="at least two days"):
            weibull_shape(table(days))
    with pytest.raises(ValueError, match="followed for a day"):
        hazard(table([5], horizon=0))
    with pytest.raises(ValueError, match="window_days: 0"):
        hazard(table([1, 2]), window_days=0)


def test_one_world_has_a_danger_with_wide_limits() -> None:
    curve = hazard(table([3]))
    assert len(curve.days) == 4
    assert curve.low[3] < curve.rate[3] < curve.high[3]
    assert np.isfinite(curve.high).all()


def test_the_shape_is_that_of_another_package() -> None:
    """lifelines 0.30.3, WeibullFitter().fit_interval_censoring(days, days + 1; 1825 to infinity): 0.69846429."""
    quantile = (np.arange(40) + 0.5) / 40
    worlds = table(800 * (-np.log1p(-quantile)) ** (1 / 0.7))
    assert int(worlds["ended"].sum()) == 33
    assert weibull_shape(worlds).value == pytest.approx(0.6984642925420619, abs=2e-6)


def test_days_before_worlds_begin_are_no_days_without_an_end() -> None:
    """Worlds that begin on day 900 of a level danger: nothing is learnt of earlier ages, and no danger rises."""
    lives = table(900 + np.random.default_rng(7).geometric(0.004, 3_000) - 1.0)
    by_age = hazard_table(lives, (0, 365, 730, 1096, 1461), since=900)
    assert by_age["from_day"].tolist() == [900, 1096]
    assert by_age["ends_per_year"].to_numpy() == pytest.approx(0.004 * 365.25, rel=0.1)
    shape = weibull_shape(lives, since=900)
    assert shape.low < 1 < shape.high
    curve = hazard(lives, window_days=60, since=900)
    assert curve.days[[0, -1]].tolist() == [900, HORIZON - 1]
    assert curve.rate[:600] == pytest.approx(0.004, rel=0.35)
