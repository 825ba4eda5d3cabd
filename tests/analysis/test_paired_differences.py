"""Paired differences against known answers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ceasefire.analysis.paired_differences import fates, paired_difference, unpaired_difference

RNG = np.random.default_rng(1)


def test_a_paired_difference_is_that_of_the_paired_t_test() -> None:
    here, there = RNG.normal(size=200), RNG.normal(size=200)
    result = paired_difference(here, there)
    span = stats.ttest_rel(here, there).confidence_interval(0.95)
    assert (result.value, result.low, result.high) == pytest.approx((float((here - there).mean()), span.low, span.high))


def test_an_unpaired_difference_is_that_of_welch() -> None:
    here, there = RNG.normal(size=50), RNG.normal(0.3, 4, size=180)
    result = unpaired_difference(here, there)
    span = stats.ttest_ind(here, there, equal_var=False).confidence_interval(0.95)
    assert (result.low, result.high) == pytest.approx((span.low, span.high))
    assert result.variance_reduction == 1


def test_luck_in_common_cuts_the_variance_by_as_much_as_it_is_common() -> None:
    """With a share rho of the variance in common, pairing cuts the variance of the difference 1 / (1 - rho) fold."""
    common, rho = RNG.normal(size=40_000), 0.9
    one, two = (np.sqrt(rho) * common + np.sqrt(1 - rho) * RNG.normal(size=40_000) for _ in range(2))
    assert paired_difference(one, two).variance_reduction == pytest.approx(10, rel=0.05)
    assert paired_difference(one, RNG.permutation(two)).variance_reduction == pytest.approx(1, abs=0.05)


def test_a_world_that_failed_on_one_side_counts_on_neither() -> None:
    result = paired_difference(np.array([3.0, np.nan, 5.0, 9.0]), np.array([1.0, 7.0, np.nan, 6.0]))
    assert result.worlds == 2
    assert result.value == 2.5


def test_no_difference_in_any_world_has_no_width_and_no_reduction() -> None:
    same = np.arange(5.0)
    result = paired_difference(same, same)
    assert (result.value, result.low, result.high) == (0, 0, 0)
    assert np.isnan(result.variance_reduction)


def test_one_world_is_too_few() -> None:
    with pytest.raises(ValueError, match="1 worlds are too few"):
        paired_difference(np.array([1.0]), np.array([2.0]))


def test_worlds_are_saved_and_lost_by_who_reaches_the_horizon() -> None:
    result = fates(np.array([100.0, 100, 40, 10, 60]), np.array([100.0, 20, 100, 10, 50]), horizon=100)
    assert (result.saved, result.lost, result.longer, result.shorter) == (0.2, 0.2, 0.4, 0.2)
