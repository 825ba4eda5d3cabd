"""Every assumed number is drawn uniformly over its own range, with random numbers of its own, at any seed."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from ceasefire.array_types import FloatArray
from ceasefire.ensemble.parameter_draws import (
    assumed_ranges,
    assumed_values,
    catalogue_values,
    common_scale,
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


def every_opening(batch: engine.Batch) -> FloatArray:
    return batch.openings(np.arange(len(batch.values)))


def test_every_point_of_doubt_runs_the_numbers_it_drew() -> None:
    scenario = small_front()
    opening = initial_state(scenario)
    batch = uncertainty_batch(scenario, opening, 1)
    assert batch is not None
    scale = common_scale(len(batch.values), 1)
    for path, (low, high) in assumed_ranges(scenario).items():
        drawn = every_opening(batch)[:, opening.slots[path]]
        if ".motives." in path:
            drawn = np.where(drawn < 1.0, drawn / scale, high)
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
    drawn = {tuple(row) for row in every_opening(batch)[:, places].tolist()}
    assert drawn <= known
    assert len(drawn) > 100


def test_a_fitted_number_that_a_scenario_sets_is_the_scenarios_own() -> None:
    scenario = load("idlib-2018", (), {"mechanisms.strike_rate": 2.0}).scenario
    opening = initial_state(scenario)
    batch = uncertainty_batch(scenario, opening, 1)
    assert batch is not None
    drawn = every_opening(batch)[:, opening.slots["mechanisms.strike_rate"]]
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


def test_every_number_of_the_motive_catalogue_is_drawn_30_per_cent_either_way_and_what_is_nought_stays_so() -> None:
    opening = initial_state(load("idlib-2020").scenario)
    found = catalogue_values(opening, 500, 1)
    assert len(found) > 100
    stated = opening.record.view(np.float64)
    for path, drawn in found.items():
        value = stated[opening.slots[path]]
        low, high = sorted((0.7 * value, 1.3 * value))
        if ".profile." in path:
            low, high = max(low, -1.0), min(high, 1.0)
        assert low - 1e-12 <= drawn.min() < drawn.max() <= high + 1e-12, path
    assert "motives.reclaim.profile.0" not in found


def test_all_weights_share_one_scale_and_none_exceeds_one() -> None:
    scenario = load("idlib-2020").scenario
    opening = initial_state(scenario)
    batch = uncertainty_batch(scenario, opening, 1)
    assert batch is not None
    paths = ("actors.turkey.motives.weariness", "actors.un.motives.alarm", "actors.syria.motives.reclaim")
    weariness, _, reclaim = (every_opening(batch)[:, opening.slots[path]] for path in paths)
    scale = common_scale(len(batch.values), 1)
    alone = assumed_values({paths[0]: (0.1875, 0.3125)}, len(scale), 1)[paths[0]]
    assert np.allclose(weariness, alone * scale)
    assert reclaim.max() == 1.0
    assert 1 / 1.25 <= scale.min() < 0.85 < 1.18 < scale.max() <= 1.25


def test_no_two_draws_share_a_world() -> None:
    """On common worlds the draws would look more alike than they are."""
    scenario = load("idlib-2018").scenario
    batch = uncertainty_batch(scenario, initial_state(scenario), 1)
    assert batch is not None
    assert len(set(batch.worlds.tolist())) == len(batch)
