"""Means with their intervals, and estimates by draw without sampling noise."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ceasefire.analysis.estimates import mean_interval, student


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
