"""Every assumed number is drawn uniformly over its own range, with random numbers of its own, at any seed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ceasefire.ensemble.parameter_draws import (
    assumed_ranges,
    assumed_values,
    fitted_paths,
    fitted_rows,
    uncertainty_batch,
)
from ceasefire.evaluation.verification.synthetic_scenarios import small_front
from ceasefire.parameters.mechanisms import Mechanisms
from ceasefire.scenario.load import load
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import initial_state

RANGES = {"agreement.monitoring": (0.2, 0.6), "trust.north": (0.0, 1.0)}


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 2**63 - 1])
def test_draws_fill_the_whole_range_at_any_seed(seed: int) -> None:
    draws = assumed_values(RANGES, 2000, seed)
    for path, (low, high) in RANGES.items():
        assert stats.kstest(draws[path], stats.uniform(low, high - low).cdf).pvalue > 0.001


def test_a_new_assumption_leaves_the_draws_of_the_others_alone() -> None:
    alone = assumed_values({"trust.north": (0.0, 1.0)}, 50, 1)
    assert alone["trust.north"].tolist() == assumed_values(RANGES, 50, 1)["trust.north"].tolist()


def test_numbers_are_drawn_apart_and_seeds_differ() -> None:
    draws = assumed_values(RANGES, 2000, 1)
    # 2,000 pairs: the correlation's standard error is 0.022.
    assert abs(np.corrcoef(draws["agreement.monitoring"], draws["trust.north"])[0, 1]) < 4 * 0.022
    assert not np.isin(draws["trust.north"], assumed_values(RANGES, 2000, 2)["trust.north"]).any()


def test_every_point_of_doubt_runs_the_numbers_it_drew() -> None:
    scenario = small_front()
    opening = initial_state(scenario)
    batch = uncertainty_batch(scenario, opening, 1)
    assert batch is not None
    for path, (low, high) in assumed_ranges(scenario).items():
        drawn = batch.openings[:, opening.slots[path]]
        assert low <= drawn.min() < drawn.max() <= high, path
    rows = engine.simulate(batch, 0, 40)
    assert set(rows["point"]) == set(batch.points[:40])


def test_fitted_numbers_are_drawn_together_as_rows_of_the_posterior() -> None:
    scenario = load("idlib-2018").scenario
    opening = initial_state(scenario)
    batch = uncertainty_batch(scenario, opening, 1)
    assert batch is not None
    rows = fitted_rows()
    places = [opening.slots[f"mechanisms.{name}"] for name in rows]
    known = set(zip(*rows.values(), strict=True))
    drawn = {tuple(row) for row in batch.openings[:, places].tolist()}
    assert drawn <= known
    assert len(drawn) > 100


def test_a_fitted_number_that_a_scenario_sets_is_the_scenarios_own() -> None:
    scenario = load("idlib-2018", (), {"mechanisms.strike_rate": 2.0}).scenario
    opening = initial_state(scenario)
    batch = uncertainty_batch(scenario, opening, 1)
    assert batch is not None
    drawn = batch.openings[:, opening.slots["mechanisms.strike_rate"]]
    assert not set(drawn.tolist()) & set(fitted_rows()["strike_rate"])
    assert "mechanisms.strike_rate" not in fitted_paths(scenario)
    assert "mechanisms.offensive_rate" in fitted_paths(scenario)


def test_what_was_fitted_is_what_the_rules_start_from() -> None:
    """Each default is its posterior's median, to two figures, and its range the posterior's 90 %."""
    for name, values in fitted_rows().items():
        meta = Mechanisms.model_fields[name].json_schema_extra
        assert isinstance(meta, dict)
        low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
        assert getattr(Mechanisms(), name).centre == pytest.approx(middle, rel=0.1)
        assert meta["doubt"] == pytest.approx((low, high), rel=0.25)
