"""Many points of a design: memory does not grow with the record of a world, and each point has its own worlds."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from ceasefire.evaluation.speed.new_process import many_numbers
from ceasefire.evaluation.verification.synthetic_scenarios import small_front
from ceasefire.experiments.chunks import Chunk, PointRecords, WorldRange, simulate_chunk
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import initial_state

SEED = 3
MOST_MB = 44.0
"""Ten thousand points of a hundred numbers are 8 MB; as whole records they would be some hundreds. 40.3 measured."""


def test_ten_thousand_points_of_a_hundred_numbers_take_little_memory() -> None:
    opening = initial_state(small_front({"horizon_days": 2}))
    engine.simulate(engine.one_scenario(opening, 1, SEED), 0, 1)
    tracemalloc.start()
    try:
        batch = engine.many_points(opening, many_numbers(opening, 10_000, 100), 1, SEED)
        for first in range(0, len(batch), 500):
            engine.simulate(batch, first, first + 500)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
    assert peak < MOST_MB


def test_a_chunk_of_an_experiment_takes_little_memory() -> None:
    opening = initial_state(small_front({"horizon_days": 2}))
    paths = list(many_numbers(opening, 1, 100))
    numbers = np.column_stack(list(many_numbers(opening, 1000, 100).values()))
    slots = (tuple(np.array([opening.slots[path]]) for path in paths),)
    zeros = np.zeros(1000, np.int64)
    records = PointRecords((opening,), slots, zeros, numbers, zeros, SEED)
    chunk = Chunk(0, tuple(WorldRange(point, 0, 1) for point in range(1000)))
    simulate_chunk(records, chunk)
    tracemalloc.start()
    try:
        simulate_chunk(records, chunk)
        peak = tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()
    assert peak < MOST_MB / 4


def test_each_point_of_many_has_the_worlds_of_a_scenario_with_its_numbers() -> None:
    opening = initial_state(small_front())
    values = many_numbers(opening, 6, 20)
    batch = engine.many_points(opening, values, 5, SEED)
    together = engine.all_rows(batch, workers=2, chunk=7)
    for point in range(6):
        record = opening.record.copy()
        for path, column in values.items():
            record.view(np.float64)[opening.slots[path]] = column[point]
        alone = engine.all_rows(engine.one_scenario(replace(opening, record=record), 5, SEED))
        alone["point"] = point
        assert alone.tobytes() == together[5 * point : 5 * point + 5].tobytes()
    assert len({row.tobytes() for row in together["counter"]}) > 20


@pytest.mark.parametrize("later", [np.nan, 0.9])
def test_where_two_factors_set_a_number_the_later_counts_where_it_is_given(later: float) -> None:
    opening = initial_state(small_front())
    slot = np.array([opening.slots["agreement.monitoring"]])
    one = np.zeros(1, np.int64)
    records = PointRecords((opening,), ((slot, slot),), one, np.array([[0.1, later]]), one, SEED)
    assert records.batch(one, one, one).openings(one)[0, slot[0]] == (0.1 if np.isnan(later) else later)
