"""Means with their intervals, and estimates by draw without sampling noise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ceasefire.analysis.estimates import mean_interval, shrink_by_noise, student


def test_a_mean_has_students_interval() -> None:
    values = [3.0, 5.0, 4.0, 9.0]
    result = mean_interval(values)
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    assert (result.value, result.low, result.high) == pytest.approx((5.25, low, high))


def test_one_value_has_an_infinite_interval_and_none_or_a_missing_one_is_refused() -> None:
    assert mean_interval([2.0]).low == -np.inf
    with pytest.raises(ValueError, match="at least one"):
        mean_interval([])
    with pytest.raises(ValueError, match="not finite"):
        mean_interval([1.0, np.nan])


def test_half_widths_are_students() -> None:
    assert student(np.array([2.0, 11.0, 1e9])) == pytest.approx([12.706, 2.228, 1.960], abs=1e-3)


def test_what_is_left_of_noisy_figures_has_the_variance_of_the_truth() -> None:
    rng = np.random.default_rng(1)
    truth = rng.normal(10, 2, 4_000)
    observed = truth + rng.normal(0, 3, 4_000)
    freed = shrink_by_noise(observed, np.full(4_000, 9.0))
    assert freed.mean() == pytest.approx(observed.mean())
    assert freed.std() == pytest.approx(2, rel=0.05)
    assert np.quantile(freed, [0.05, 0.95]) == pytest.approx(np.quantile(truth, [0.05, 0.95]), abs=0.25)


def test_figures_that_are_all_noise_are_all_alike_and_exact_ones_stay() -> None:
    observed = np.array([1.0, 2.0, 4.0])
    assert shrink_by_noise(observed, np.full(3, 50.0)) == pytest.approx(np.full(3, observed.mean()))
    assert shrink_by_noise(observed, np.zeros(3)) == pytest.approx(observed)
    assert shrink_by_noise(observed[:1], np.ones(1)).tolist() == [1.0]
