"""The verification programs pass on the model, and would fail on another."""

from __future__ import annotations

import numpy as np
import pytest

from ceasefire.evaluation.verification import (
    model_vs_closed_form,
    model_vs_engine,
    model_vs_expected_signs,
    model_vs_motives,
    model_vs_stability,
)
from ceasefire.evaluation.verification import programs as all_programs
from ceasefire.evaluation.verification.check import CheckResult, as_table, near, paired
from ceasefire.evaluation.verification.runs import opened, with_number, with_weights
from ceasefire.evaluation.verification.synthetic_scenarios import duel, random_front, small_front


@pytest.mark.parametrize(
    "program", [model_vs_closed_form, model_vs_stability], ids=lambda module: module.__name__.split(".")[-1]
)
def test_the_program_computes_the_model(program: object) -> None:
    table = as_table(program.checks(quick=True))  # type: ignore[attr-defined]
    assert len(table) > 0
    assert table[~table["passed"]].empty


def test_every_program_is_in_the_table() -> None:
    modules = (model_vs_closed_form, model_vs_engine, model_vs_stability, model_vs_expected_signs, model_vs_motives)
    assert [program.__module__ for program in all_programs()] == [module.__name__ for module in modules]


def test_a_wrong_hazard_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = model_vs_closed_form._wavering
    monkeypatch.setattr(model_vs_closed_form, "_wavering", lambda chance: truth(1.15 * chance))
    assert not all(check.passed for check in model_vs_closed_form.constant_hazard(4000))


def test_a_front_that_feeds_on_itself_would_be_seen() -> None:
    wild = {"mechanisms.branching_rest": 0.99, "mechanisms.branching_most": 1.5, "trust.north": 0, "trust.south": 0,
            "actors.hawk.discipline": 0, "actors.dove.discipline": 0}  # fmt: skip
    assert not model_vs_stability.at_rest(duel(wild), "wild").passed


def test_the_branching_matrix_of_two_parties_is_known_by_hand() -> None:
    record = opened(duel({"mechanisms.branching_rest": 0.4, "mechanisms.branching_most": 0.4}))
    found = 0.4 / (1 + 0.2)
    matrix = model_vs_stability.branching_matrix(record)
    assert matrix == pytest.approx(np.array([[0.0, found], [found, 0.0]]))
    assert model_vs_stability.spectral_radius(matrix) == pytest.approx(found)


def test_every_column_of_the_branching_matrix_is_what_one_violation_provokes() -> None:
    even = {"mechanisms.branching_rest": 0.4, "mechanisms.branching_most": 0.4, "mechanisms.facing_half": 0.001}
    matrix = model_vs_stability.branching_matrix(opened(small_front(even)))
    # A shot in the hills is felt there with weight 1 / 1.2, and in the town, which has two neighbours, with 0.1 / 1.2.
    assert sorted(set(matrix.sum(axis=0).round(2))) == [0.37, 0.47]  # 0.4 x 1.1 / 1.2 and 0.4 x 1.4 / 1.2


def test_differing_bytes_fail_the_comparison_of_engines() -> None:
    check = model_vs_engine.same_days(random_front(3), "three", range(2), 30)
    assert (check.passed, check.figure) == (True, "no byte differs")


@pytest.mark.parametrize(("off", "passes"), [(0.0, True), (3.9, True), (4.1, False), (-4.1, False)])
def test_a_figure_may_be_four_standard_errors_off(off: float, passes: bool) -> None:
    assert near("a", "b", 10.0 + off * 0.5, 10.0, 0.5).passed is passes


def test_an_exact_figure_without_error_must_be_met() -> None:
    assert near("a", "b", 1.0, 1.0, 0.0).passed
    assert not near("a", "b", 1.0, 1.1, 0.0).passed


def test_a_paired_interval_is_of_the_differences() -> None:
    found = paired([3.0, 5.0, 8.0, 2.0], [1.0, 4.0, 8.0, 3.0])
    difference = np.array([2.0, 1.0, 0.0, -1.0])
    half = 1.959964 * difference.std(ddof=1) / 2
    assert (found.mean, found.low, found.high) == pytest.approx((0.5, 0.5 - half, 0.5 + half))
    assert not found.above
    assert not found.below
    assert paired([2.0, 2.1, 2.2], [1.0, 1.0, 1.0]).above


def test_a_direction_passes_only_on_the_right_side_of_zero() -> None:
    leash = model_vs_expected_signs.DIRECTIONS[1]
    claims = next(direction for direction in model_vs_expected_signs.DIRECTIONS if direction.sign < 0)
    up, down, flat = (
        paired([2.0, 2.1, 2.2], [0.0] * 3),
        paired([-2.0, -2.1, -2.2], [0.0] * 3),
        paired([-1, 1, 0], [0] * 3),
    )
    assert [model_vs_expected_signs.verdict(leash, found).passed for found in (up, down, flat)] == [True, False, False]
    assert [model_vs_expected_signs.verdict(claims, found).passed for found in (up, down, flat)] == [False, True, False]


def test_every_direction_names_settings_that_make_a_difference() -> None:
    assert len(model_vs_expected_signs.DIRECTIONS) >= 13
    assert all(dict(direction.more) != dict(direction.less) for direction in model_vs_expected_signs.DIRECTIONS)


def test_taking_a_motive_away_leaves_the_others_and_the_scenario_as_they_were() -> None:
    scenario = small_front()
    other = with_weights(scenario, {("army", "reclaim"): 0.0})
    assert other.actors["army"].motives["reclaim"].centre == 0.0
    assert scenario.actors["army"].motives["reclaim"].centre == 0.9
    assert other.actors["army"].motives["avenge"] == scenario.actors["army"].motives["avenge"]
    assert with_number(scenario, "agreement.monitoring", 0.9).agreement.monitoring.centre == 0.9
    assert other == with_number(scenario, "actors.army.motives.reclaim", 0.0)


def test_a_dead_motive_fails_unless_its_reason_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = {name: paired([0.0, 0.0, 0.0], [0.0] * 3) for name in model_vs_motives.OUTCOMES}
    dead = model_vs_motives.Muted("small-front", "spite", nothing, 0.0)
    assert not model_vs_motives.verdict(dead, quick=True).passed
    monkeypatch.setitem(model_vs_motives.KNOWN_DEAD, ("small-front", "spite"), "nobody feels it")
    check: CheckResult = model_vs_motives.verdict(dead, quick=True)
    assert check.passed
    assert "nobody feels it" in check.figure
