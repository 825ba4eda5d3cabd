"""Shapley values: games with known answers, and intervals that cover."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from ceasefire.analysis.shapley import Outcomes, attribution, subsets


def game(names: str, value: dict[str, float], noise: float = 0.0, worlds: int = 3, seed: int = 1) -> Outcomes:
    """Outcomes of every subset: a fixed value each, and noise that belongs to the world and the subset."""
    rng = np.random.default_rng(seed)
    return {
        subset: value.get("".join(sorted(subset)), 0.0) + noise * rng.normal(size=worlds) for subset in subsets(names)
    }


GLOVES = game("LRS", {"LR": 1, "LS": 1, "LRS": 1})
"""One left glove (L) and two right ones: only a pair is worth anything."""


def test_the_glove_game_gives_two_thirds_to_the_only_left_glove() -> None:
    result = {part.name: part.mean.value for part in attribution(GLOVES).parts}
    assert result == pytest.approx({"L": 2 / 3, "R": 1 / 6, "S": 1 / 6})


def test_first_and_last_are_the_two_ends_of_an_order() -> None:
    left = next(part for part in attribution(GLOVES).parts if part.name == "L")
    assert (left.first.value, left.last.value) == (0, 1)


def test_shares_sum_to_the_whole_difference_in_every_sample() -> None:
    outcomes = game("abcde", {"a": 3, "abc": 50, "abcde": 11}, noise=20, worlds=17)
    result = attribution(outcomes)
    assert sum(part.mean.value for part in result.parts) == pytest.approx(result.total.value)
    assert result.total.value == pytest.approx(result.after.value - result.before.value)


def test_differences_that_do_not_meet_keep_their_own_effects() -> None:
    effects = {"a": 5.0, "b": -2.0, "c": 0.5}
    outcomes = {subset: np.full(4, sum(effects[name] for name in subset)) for subset in subsets("abc")}
    for part in attribution(outcomes).parts:
        assert part.first == part.last == part.mean
        assert part.mean.value == pytest.approx(effects[part.name])


def test_a_difference_that_does_nothing_gets_nothing() -> None:
    outcomes = {subset: np.array([10.0 * ("a" in subset), 4.0]) for subset in subsets("ab")}
    result = {part.name: part.mean for part in attribution(outcomes).parts}
    assert (result["b"].value, result["b"].low, result["b"].high) == (0, 0, 0)


def test_all_orders_give_shapleys_shares() -> None:
    outcomes = game("abcd", {"ab": 7, "abd": 3, "abcd": 12}, noise=1, worlds=9)
    exact = {part.name: part.mean.value for part in attribution(outcomes).parts}
    steps: dict[str, list[float]] = {name: [] for name in "abcd"}
    for order in permutations("abcd"):
        for place, name in enumerate(order):
            before, after = frozenset(order[:place]), frozenset(order[: place + 1])
            steps[name].append(float((outcomes[after] - outcomes[before]).mean()))
    assert {name: np.mean(each) for name, each in steps.items()} == pytest.approx(exact)


def test_the_interval_covers_the_true_share_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(300):
        parts = attribution(game("LRS", {"LR": 1, "LS": 1, "LRS": 1}, noise=1, worlds=20, seed=seed)).parts
        left = next(part for part in parts if part.name == "L")
        covered += left.mean.low <= 2 / 3 <= left.mean.high
    assert 0.91 <= covered / 300 <= 0.985


def test_a_world_that_failed_anywhere_is_left_out_everywhere_and_counted() -> None:
    outcomes = {subset: np.array([1.0, 2.0, 3.0]) * len(subset) for subset in subsets("ab")}
    outcomes[frozenset("a")][1] = np.nan
    result = attribution(outcomes)
    assert (result.worlds, result.failed) == (2, 1)
    assert result.total.value == pytest.approx(4)


def test_outcomes_without_an_attribution_are_refused() -> None:
    with pytest.raises(ValueError, match="with a, b exchanged are missing"):
        attribution({s: np.ones(2) for s in subsets("ab") if len(s) < 2})
    with pytest.raises(ValueError, match="no differences"):
        attribution({frozenset(): np.ones(2)})
    with pytest.raises(ValueError, match="same worlds"):
        attribution({s: np.ones(2 + len(s)) for s in subsets("ab")})
    with pytest.raises(ValueError, match="no worlds left"):
        attribution({s: np.full(2, np.nan) for s in subsets("ab")})


def test_one_world_has_shares_with_infinite_intervals() -> None:
    result = attribution({subset: values[:1] for subset, values in GLOVES.items()})
    assert result.parts[0].mean.value == pytest.approx(2 / 3)
    assert result.parts[0].mean.high == np.inf


def test_a_part_lies_between_what_it_adds_after_any_set_of_others() -> None:
    parts = {part.name: part for part in attribution(GLOVES).parts}
    assert (parts["L"].least, parts["L"].most, parts["L"].first.value, parts["L"].last.value) == (0, 1, 0, 1)
    assert (parts["R"].least, parts["R"].most, parts["R"].first.value, parts["R"].last.value) == (0, 1, 0, 0)
