"""Where observed weeks lie among simulated ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ceasefire.observations.percentile import percentiles_among_worlds, percentiles_in_fan


def test_shares_are_those_counted_by_hand() -> None:
    worlds = np.array([[0, 1, np.nan], [0, 3, np.nan], [0, 5, np.nan], [2, 7, np.nan]])
    placed = percentiles_among_worlds([0, 4, 1], worlds)
    assert placed.share[:2].tolist() == [3 / 8, 1 / 2]
    assert np.isnan(placed.share[2])
    assert placed.worlds.tolist() == [4, 4, 0]
    assert percentiles_among_worlds(np.array([9, np.nan, 0]), worlds).share[0] == 1
    assert percentiles_among_worlds([9, 0, 0], worlds).outside.tolist() == [True, True, False]


@given(st.integers(0, 50), st.floats(0.05, 6))
def test_a_world_is_placed_evenly_among_its_like_however_often_counts_tie(seed: int, mean: float) -> None:
    """Averaged over all worlds placed among all, the share is exactly a half: ties count half."""
    worlds = np.random.default_rng(seed).poisson(mean, (200, 3)).astype(float)
    shares = np.array([percentiles_among_worlds(world, worlds).share for world in worlds])
    assert shares.mean(axis=0) == pytest.approx([0.5, 0.5, 0.5], abs=1e-12)


def test_worlds_that_are_over_by_then_are_not_counted() -> None:
    assert percentiles_among_worlds([2], np.array([[1], [3], [np.nan], [np.nan]])).share.tolist() == [0.5]


def test_a_fan_tells_the_same_as_its_worlds_where_counts_do_not_tie() -> None:
    draw = np.random.default_rng(7)
    worlds = draw.gamma(2, 10, (4001, 5))
    levels = np.linspace(0, 1, 401)
    fan = np.quantile(worlds, levels, axis=0)
    seen = draw.gamma(2, 10, 5)
    assert percentiles_in_fan(seen, levels, fan).share == pytest.approx(
        percentiles_among_worlds(seen, worlds).share, abs=1 / 400
    )


def test_a_count_beyond_a_fan_gets_the_middle_of_what_lies_there_and_one_on_a_flat_part_its_middle() -> None:
    levels, fan = [0.05, 0.25, 0.5, 0.95], [[0, 2], [0, 4], [0, 6], [8, 9]]
    assert percentiles_in_fan([0, 1], levels, fan).share == pytest.approx([(0.05 + 0.5) / 2, 0.025])
    assert percentiles_in_fan([4, 99], levels, fan).share == pytest.approx([0.725, 0.975])


@pytest.mark.parametrize(
    ("observed", "simulated", "what"),
    [
        ([1, 2], [[1], [2]], "need worlds of shape"),
        ([1], [1, 2], "need worlds of shape"),
        ([-1], [[1]], "counts are 0 or more"),
        ([1], [[np.inf]], "counts are 0 or more, and finite"),
    ],
)
def test_counts_that_cannot_be_are_refused(
    observed: list[float], simulated: list[float] | list[list[float]], what: str
) -> None:
    with pytest.raises(ValueError, match=what):
        percentiles_among_worlds(observed, simulated)


@pytest.mark.parametrize(
    ("levels", "fan", "what"),
    [
        ([0.5, 0.1], [[1], [2]], "levels rise"),
        ([0.1, 1.5], [[1], [2]], "levels rise"),
        ([0.1, 0.5], [[2], [1]], "do not fall"),
        ([0.1], [[2], [1]], "have the shape"),
    ],
)
def test_a_fan_that_cannot_be_is_refused(levels: list[float], fan: list[list[float]], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        percentiles_in_fan([1], levels, fan)
