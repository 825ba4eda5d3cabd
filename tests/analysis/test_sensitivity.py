"""Sensitivity indices against functions whose indices are known in closed form."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from SALib.sample import sobol as sobol_design

from ceasefire.analysis.sensitivity import sobol

Floats = np.ndarray[Any, np.dtype[np.float64]]
NAMES = ["x", "y", "z"]
PROBLEM = {"num_vars": 3, "names": NAMES, "bounds": [[0.0, 1.0]] * 3}


def ishigami(unit: Floats) -> Floats:
    """Ishigami and Homma (1990), a = 7, b = 0.1, over [-pi, pi]."""
    x, y, z = ((2 * unit - 1) * math.pi).T
    return np.asarray(np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))


def ishigami_truth() -> tuple[dict[str, float], dict[str, float]]:
    """First-order and total indices by integration."""
    b, a, p = 0.1, 7.0, math.pi
    own_x, own_y = 0.5 * (1 + b * p**4 / 5) ** 2, a**2 / 8
    both_xz = b**2 * p**8 * (1 / 18 - 1 / 50)
    whole = own_x + own_y + both_xz
    first = {"x": own_x / whole, "y": own_y / whole, "z": 0.0}
    total = {"x": (own_x + both_xz) / whole, "y": own_y / whole, "z": both_xz / whole}
    return first, total


def sobol_points(blocks: int, second_order: bool = False) -> Floats:
    return np.asarray(sobol_design.sample(PROBLEM, blocks, calc_second_order=second_order, seed=1))


@pytest.mark.parametrize("second_order", [False, True])
def test_sobol_finds_the_indices_of_ishigami(second_order: bool) -> None:
    result = sobol(NAMES, ishigami(sobol_points(2048, second_order)), second_order)
    first, total = ishigami_truth()
    assert first["x"] == pytest.approx(0.3139, abs=1e-4)
    assert total["z"] == pytest.approx(0.2437, abs=1e-4)
    for factor in result.factors:
        assert factor.first.value == pytest.approx(first[factor.name], abs=0.03)
        assert factor.total.value == pytest.approx(total[factor.name], abs=0.03)
        assert factor.first.low <= first[factor.name] <= factor.first.high
        assert factor.total.low <= total[factor.name] <= factor.total.high
    assert [factor.name for factor in result.factors] == ["x", "y", "z"]


def test_intervals_narrow_with_more_blocks() -> None:
    few, many = (sobol(NAMES, ishigami(sobol_points(blocks))).factors[0].total for blocks in (64, 1024))
    assert many.high - many.low < (few.high - few.low) / 2


def test_a_failed_point_takes_its_block_with_it_and_no_other() -> None:
    points = sobol_points(1024)
    values = ishigami(points)
    values[[0, 4, 5, 777]] = np.nan
    result = sobol(NAMES, values)
    assert (result.blocks, result.left_out) == (1021, 3)
    by_hand = sobol(NAMES, np.delete(values.reshape(-1, 5), [0, 1, 155], axis=0).ravel())
    assert result.factors == by_hand.factors
    first, _ = ishigami_truth()
    assert result.factors[0].first.value == pytest.approx(first["x"], abs=0.05)


def test_the_share_of_noise_is_the_variance_that_worlds_leave() -> None:
    values = ishigami(sobol_points(256))
    result = sobol(NAMES, values, point_variance=np.full(len(values), 0.1 * values.var()))
    assert result.noise == pytest.approx(0.1)
    assert sobol(NAMES, values).noise is None


def test_designs_that_are_not_whole_are_refused() -> None:
    with pytest.raises(ValueError, match="not a whole number of blocks of 5"):
        sobol(NAMES, np.arange(12.0))
    with pytest.raises(ValueError, match="same at every point"):
        sobol(NAMES, np.ones(5 * 16))
    failed = np.arange(40.0)
    failed[::4] = np.nan
    with pytest.raises(ValueError, match="0 whole blocks are left of 8"):
        sobol(NAMES, failed)


def test_the_same_outcomes_give_the_same_intervals() -> None:
    values = ishigami(sobol_points(64))
    assert sobol(NAMES, values) == sobol(NAMES, values)
