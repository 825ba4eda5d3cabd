"""The weight that past deals speak for: found on deals left out, half where there are few, 1 where it must be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ceasefire.analysis.forecast_scores import Forecast
from ceasefire.evaluation.validation import pooling
from ceasefire.evaluation.validation.pooling import LEAST_CASES, SHAPED, Group, chosen_weight, group_of, markdown
from ceasefire.experiments.hindcast import ONE_CURVE, OUTSIDE, SCENARIO, Hindcast
from ceasefire.reference_class.outside_view.of_scenario import outside_view_of
from ceasefire.reference_class.pooling_weight import shipped_weight
from ceasefire.scenario.load import load


def group(scenario: np.ndarray, outside: np.ndarray) -> Group:
    """Log probabilities of made deals."""
    return Group(
        [f"deal-{k}" for k in range(len(scenario))], {SCENARIO: scenario, OUTSIDE: outside, ONE_CURVE: outside}
    )


def test_a_few_deals_leave_half_and_half() -> None:
    few = group(np.full(LEAST_CASES - 1, -1.0), np.full(LEAST_CASES - 1, -9.0))
    for given in (None, few):
        weight = chosen_weight(given)
        assert weight.weight == 0.5
        assert "half and half" in weight.source


def test_a_scenario_that_knows_nothing_leaves_the_outside_view_alone() -> None:
    weight = chosen_weight(group(np.full(20, -6.0), np.full(20, -2.0)))
    assert weight.weight == 1.0
    assert weight.scenario_adds_nothing
    assert "added nothing" in weight.why()


def test_each_knows_what_the_other_does_not() -> None:
    scenario, outside = np.tile([-1.0, -4.0], 10), np.tile([-4.0, -1.0], 10)
    weight = chosen_weight(group(scenario, outside))
    assert weight.weight == pytest.approx(0.5, abs=0.05)
    assert weight.gain > 0.5
    assert weight.low < 0.5 < weight.high


def test_the_eleven_deals_are_known_files_with_history_and_the_ends_of_the_experiment() -> None:
    from ceasefire.experiments.load import load_experiment

    assert len(SHAPED) == 11
    for case in SHAPED:
        assert load(case.scenario).scenario.history is not None
    idlib = {
        case.scenario: case.span for case in load_experiment("why-march-2020-held").spec.cases if not case.hindsight
    }
    for case in SHAPED:
        if case.scenario in idlib:
            low, high = idlib[case.scenario]
            assert low <= case.span[0] <= case.span[1] <= high


def test_a_table_states_deals_sums_and_gains() -> None:
    case = SHAPED[4]
    loaded = load(case.scenario)
    forecast = Forecast(np.array([100.0, 1600.0, 1727.0, 1800.0, 5000.0]), np.array([True] * 4 + [False]))
    found = group_of([Hindcast(case, loaded, forecast, forecast, outside_view_of(loaded.scenario))] * 2)
    # bin 1460 to 1825 holds three of five worlds: a day of it 3/5/365
    assert found.logs[SCENARIO][0] == pytest.approx(np.log(0.6 / 365))
    text = markdown("Two deals", found)
    assert "| idlib-2020 |" in text
    assert "gain a deal on such deals" in text


def test_the_command_writes_the_weight_that_it_prints(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = Group(
        [case.scenario for case in SHAPED], {name: np.full(11, -2.0) for name in (SCENARIO, OUTSIDE, ONE_CURVE)}
    )
    monkeypatch.setattr(pooling, "score", lambda cases, worlds, progress: made)
    monkeypatch.setattr(pooling, "coded_since", list)
    assert pooling.main(["--write", "--out", str(tmp_path / "weight.yaml")]) == 0
    assert shipped_weight(tmp_path / "weight.yaml") == chosen_weight(None)
