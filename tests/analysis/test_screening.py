"""Morris effects of switches and lists, rank correlations, false discoveries: against known truths."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from SALib.analyze import morris as salib
from SALib.sample import morris as morris_design
from scipy import stats

from ceasefire.analysis.screening import (
    false_discovery,
    inert_factors,
    morris_effects,
    places_in_range,
    rank_screening,
    size_by_chance,
)

Floats = NDArray[np.float64]
NAMES = ["switch", "slope", "nothing"]
PROBLEM = {"num_vars": 3, "names": NAMES, "bounds": [[0.0, 1.0]] * 3}


def design(trajectories: int) -> Floats:
    """Quantiles of SALib's design; a switch is on from the middle up."""
    return np.asarray(morris_design.sample(PROBLEM, trajectories, num_levels=4, seed=1))


def placed(quantiles: Floats) -> Floats:
    """Where the values that are really set lie: the first factor is a switch."""
    return np.column_stack([quantiles[:, 0] >= 0.5, quantiles[:, 1:]]).astype(float)


def test_a_switch_has_the_effect_of_its_own_steps() -> None:
    """A switch is worth 52, a slope 30 over its range. Divided by the sampler's step of 2/3 the switch had 78."""
    quantiles = design(20)
    places = placed(quantiles)
    outcomes = 52 * places[:, 0] + 30 * places[:, 1]
    effects = {one.name: one for one in morris_effects(NAMES, places, outcomes)}
    assert effects["switch"].size.value == pytest.approx(52)
    assert effects["slope"].size.value == pytest.approx(30)
    assert (effects["slope"].mean, effects["nothing"].size.value) == pytest.approx((30, 0))
    assert [effects[name].inert for name in NAMES] == [False, False, True]
    former = salib.analyze(PROBLEM, quantiles, outcomes, num_levels=4)["mu_star"]
    assert former[NAMES.index("switch")] == pytest.approx(78)


def test_factors_that_move_evenly_have_salibs_effects() -> None:
    points = design(20)
    outcomes = np.sin(3 * points[:, 0]) + points[:, 1] * points[:, 2]
    mine = {one.name: one for one in morris_effects(NAMES, points, outcomes)}
    theirs = salib.analyze(PROBLEM, points, outcomes, num_levels=4)
    for row, name in enumerate(NAMES):
        assert mine[name].size.value == pytest.approx(theirs["mu_star"][row])
        assert mine[name].mean == pytest.approx(theirs["mu"][row])
        assert mine[name].spread == pytest.approx(theirs["sigma"][row])


def test_unlike_steps_of_a_list_are_each_divided_by_their_own_length() -> None:
    """Values 1, 2 and 10 of a list; the outcome is 3 times the value: 27 over the whole range, whatever the step."""
    set_to = np.array([[1.0], [10.0], [2.0], [10.0], [1.0], [2.0], [10.0], [2.0]])
    places = places_in_range(set_to, 1, 10)
    found = morris_effects(["list"], places, 3 * set_to[:, 0])[0]
    assert found.size.value == pytest.approx(27)
    assert found.size.high - found.size.low == pytest.approx(0, abs=1e-9)


def test_a_step_between_names_has_no_length_and_no_direction() -> None:
    places = np.array([[0.0], [2 / 3], [1 / 3], [1.0], [1.0], [0.0], [0.0], [1 / 3]])
    outcomes = np.array([0.0, 9.0, 3.0, 12.0, 12.0, 3.0, 0.0, 9.0])
    found = morris_effects(["side"], places, outcomes, unordered={"side"})[0]
    assert found.size.value == pytest.approx(9)
    assert np.isnan(found.mean)


def test_a_step_that_sets_the_value_it_had_says_nothing() -> None:
    places = np.array([[0.0], [1.0], [1.0], [1.0], [0.0], [1.0], [1.0], [0.0], [0.0], [1.0]])
    found = morris_effects(["switch"], places, 5 * places[:, 0])[0]
    assert (found.size.value, found.steps, found.unmoved) == (5, 4, 1)


def test_noise_alone_shows_the_size_that_is_said() -> None:
    """40,000 trajectories of pure noise with a standard error of 2 a step: within 2 %."""
    dice = np.random.default_rng(1)
    for step in (1.0, 2 / 3):
        places = np.tile([[0.0], [step]], (40_000, 1))
        found = morris_effects(["x"], places, dice.normal(0, np.sqrt(2), 80_000), step_error=2.0)[0]
        assert found.size.value == pytest.approx(found.by_chance, rel=0.02)
    assert size_by_chance(2.0, [1.0]) == pytest.approx(2 * np.sqrt(2 / np.pi))


def test_the_interval_of_an_effect_covers_its_truth() -> None:
    """A slope that the other factor changes: mu* is 50 on average. Of 300 designs of 10, 92 to 98 % hold it."""
    dice, held = np.random.default_rng(2), 0
    for _ in range(300):
        other = dice.random(10)
        places = np.tile([[0.0], [1.0]], (10, 1))
        outcomes = np.ravel(np.column_stack([np.zeros(10), 100 * other]))
        size = morris_effects(["x"], places, outcomes)[0].size
        held += size.low <= 50 <= size.high
    assert 0.915 < held / 300 < 0.985


@pytest.mark.parametrize(
    ("places", "outcomes", "message"),
    [
        (np.zeros((7, 1)), np.zeros(7), "no whole trajectories"),
        (np.tile([[0.0], [1.0]], (4, 1)), np.array([0, 1, 0, 1, 0, 1, np.nan, 1]), "3 whole trajectories are left"),
    ],
)
def test_points_that_are_no_trajectories_are_refused(places: Floats, outcomes: Floats, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        morris_effects(["x"], places, outcomes)
    with pytest.raises(ValueError, match="no width"):
        places_in_range([1.0], [2.0], [2.0])


def test_q_values_are_scipys() -> None:
    p = np.random.default_rng(1).random(40) ** 3
    assert false_discovery(p) == pytest.approx(stats.false_discovery_control(p))
    assert np.isnan(false_discovery([0.1, np.nan])).tolist() == [False, True]
    assert false_discovery([0.1, np.nan])[0] == pytest.approx(0.1)


def sample(seed: int, factors: int, working: int, size: float = 2.0) -> tuple[Floats, Floats]:
    """100 points of many factors, of which the first few act on the outcome."""
    dice = np.random.default_rng(seed)
    codes = dice.random((100, factors))
    return codes, codes[:, :working] @ np.full(working, size) + dice.normal(0, 0.5, 100)


def test_of_what_stands_out_few_are_there_by_chance() -> None:
    """5 of 200 numbers act. Over 30 samples, false ones are at most a tenth of what stands out, and most are found."""
    names = [f"x{k}" for k in range(200)]
    shares, found = [], []
    for seed in range(30):
        codes, outcomes = sample(seed, 200, 5)
        out = rank_screening(codes, outcomes, names)
        chosen = set(out.table.loc[out.table["stands_out"], "factor"])
        false = len(chosen - set(names[:5]))
        shares.append(false / max(1, len(chosen)))
        found.append(len(chosen) - false)
    assert np.mean(shares) < 0.13
    assert np.mean(found) > 4
    assert (out.table["low"] > 0).sum() + (out.table["high"] < 0).sum() > len(chosen)


def test_inert_numbers_left_out_beforehand_lower_the_line() -> None:
    names = [f"x{k}" for k in range(200)]
    codes, outcomes = sample(1, 200, 5, size=0.9)
    every, few = rank_screening(codes, outcomes, names), rank_screening(codes, outcomes, names, inert=names[10:])
    assert few.line < every.line
    assert few.table["stands_out"].sum() > every.table["stands_out"].sum() > 0
    assert few.left_out == tuple(names[10:])
    assert len(few.table) == 10
    assert few.table["correlation"].abs().is_monotonic_decreasing


def test_nothing_stands_out_of_noise_and_the_line_is_then_out_of_reach() -> None:
    codes, _ = sample(1, 20, 0)
    found = rank_screening(codes, np.random.default_rng(4).random(100), [str(k) for k in range(20)], rate=0.01)
    assert found.line == np.inf
    with pytest.raises(ValueError, match="nothing can be ranked"):
        rank_screening(codes, np.ones(100), [str(k) for k in range(20)])


def test_what_changes_no_world_to_the_last_bit_is_inert() -> None:
    base = np.array([1.0, 2.0, np.nan])
    changed = np.array([base, base + np.array([0, 1e-12, 0])])
    assert inert_factors(["a", "b"], base, changed) == ("a",)


def test_rank_correlations_are_those_of_scipy_with_ties_as_well() -> None:
    draw = np.random.default_rng(5)
    codes = np.round(draw.random((60, 3)), 1)
    outcomes = np.round(codes @ [3.0, -1.0, 0.2] + draw.random(60))
    found = rank_screening(codes, outcomes, ["one", "two", "three"]).table.set_index("factor")["correlation"]
    for column, name in enumerate(["one", "two", "three"]):
        assert found[name] == pytest.approx(stats.spearmanr(codes[:, column], outcomes).statistic, abs=1e-12)
