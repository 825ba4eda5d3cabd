"""Many worlds, compiled: the rules of the day over one record per world, in chunks. Never imports Mesa."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray
from ceasefire.compilation.name_keys import name_key
from ceasefire.simulation.compiled.day_loop import RESULT, Records, blank_world, no_records, run_chunk
from ceasefire.simulation.deferred_signals import wait_for_any
from ceasefire.simulation.initial_state import InitialState, WorldArray

CHUNK = 500
"""Worlds simulated by one call of the compiled loop."""

RECORDED_CHUNK = 25
"""The same where weeks are counted, which take some 80 kB a world: four calls wait or run at a time."""


ScratchArrays = tuple[FloatArray, NDArray[np.int64]]


def scratch_arrays(record: WorldArray) -> ScratchArrays:
    """Two arrays with an element for each formation, allocated here because rules that allocate compile slowly."""
    formations = record["heat"].shape[-1]
    return np.empty(formations), np.empty(formations, np.int64)


ParameterDraws = tuple[NDArray[Any], ...]


def parameter_draws(opening: InitialState) -> ParameterDraws:
    """Parameters with a distribution, as arrays: slots, name keys, codes, shapes (n, 3), limits (n, 2)."""
    each = opening.draws
    return (
        np.array([d.slot for d in each], np.int64),
        np.array([name_key(d.name) for d in each], np.uint64),
        np.array([d.code for d in each], np.int64),
        np.array([d.numbers for d in each], np.float64).reshape(len(each), 3),
        np.array([(d.low, d.high) for d in each], np.float64).reshape(len(each), 2),
    )


NO_LIMIT = 2**62
"""Days of a world that is simulated to its end."""

NO_DRAWS: ParameterDraws = (
    np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros((0, 3)), np.zeros((0, 2)),
)  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """Worlds to simulate: for every world its point and its number.

    A point starts from the record of `opening`, with `values` (shape: points, slots) at the positions `slots`;
    not-a-number keeps the record's own. Whole records exist only for the points that are being simulated.
    """

    opening: InitialState
    slots: NDArray[np.int64]
    values: FloatArray
    points: NDArray[np.int64]
    worlds: NDArray[np.int64]
    seed: int

    def __len__(self) -> int:
        return len(self.worlds)

    def openings(self, points: NDArray[np.int64]) -> FloatArray:
        """The records that worlds of these points start from, shape (points, numbers of a record)."""
        rows = np.repeat(self.opening.record.view(np.float64).reshape(1, -1), len(points), axis=0)
        own = rows[:, self.slots]
        given = self.values[points]
        rows[:, self.slots] = np.where(np.isnan(given), own, given)
        return rows

    def part(self, first: int, last: int) -> tuple[FloatArray, NDArray[np.int64]]:
        """The records of the points of worlds `first` to `last`, and for each world which of these is its own."""
        used, own = np.unique(self.points[first:last], return_inverse=True)
        return self.openings(used), own.astype(np.int64)


def one_scenario(opening: InitialState, worlds: int, seed: int) -> Batch:
    """Worlds 0 to worlds - 1 of one scenario."""
    nothing = np.zeros(0, np.int64), np.zeros((1, 0))
    return Batch(opening, *nothing, np.zeros(worlds, np.int64), np.arange(worlds, dtype=np.int64), seed)


def many_points(opening: InitialState, values: dict[str, FloatArray], worlds: int, seed: int) -> Batch:
    """The same `worlds` at every point of a design; `values` gives each path's number at each point."""
    slots = np.array([opening.slots[path] for path in values], np.int64)
    numbers = np.column_stack(list(values.values())).astype(np.float64)
    points = np.repeat(np.arange(len(numbers), dtype=np.int64), worlds)
    return Batch(opening, slots, numbers, points, np.tile(np.arange(worlds, dtype=np.int64), len(numbers)), seed)


def points_of_own_worlds(opening: InitialState, values: dict[str, FloatArray], worlds: int, seed: int) -> Batch:
    """As `many_points`, but no two points share a world.

    Common random numbers would make draws look more alike than they are.
    """
    batch = many_points(opening, values, worlds, seed)
    return replace(batch, worlds=np.arange(len(batch), dtype=np.int64))


def simulate(
    batch: Batch,
    first: int,
    last: int,
    drawn: ParameterDraws | None = None,
    records: Records | None = None,
    days: int = NO_LIMIT,
) -> WorldArray:
    """Rows `first` to `last` of a batch, simulated for at most `days` days: an array of RESULT.

    `records` of these rows are filled, when given.
    """
    scratch = blank_world(batch.opening.record.dtype)
    results = blank_world(RESULT, last - first)
    openings, own = batch.part(first, last)
    with np.errstate(over="ignore"):
        run_chunk(
            scratch, np.asarray(scratch).view(np.float64), scratch_arrays(scratch), openings,
            drawn or parameter_draws(batch.opening), np.uint64(batch.seed), own, batch.worlds[first:last], False,
            days, results, records or no_records(last - first),
        )  # fmt: skip
    results["point"] = batch.points[first:last]
    return np.asarray(results)


def initial_world(state: InitialState, seed: int, world: int, drawn: ParameterDraws | None = None) -> WorldArray:
    """The record of one world on day 0, shape (1,): parameters drawn, hidden traits drawn, postures set.

    `drawn` are the parameters to draw, those of the scenario when not given.
    """
    record = blank_world(state.record.dtype)
    initial = state.record.view(np.float64)
    _run_one(record, initial, drawn or parameter_draws(state), seed, world, begun=False, days=0)
    return record


def step_day(record: WorldArray) -> None:
    """Simulate one day of a world, in place; nothing happens once the world is over."""
    _run_one(record, np.asarray(record).view(np.float64), NO_DRAWS, 0, 0, begun=True, days=1)


def write_result(record: WorldArray, row: WorldArray) -> None:
    """Copy the results of a world into a row of RESULT, both arrays of one."""
    _run_one(record, np.asarray(record).view(np.float64), NO_DRAWS, 0, 0, begun=True, days=0, row=row)


def _run_one(
    record: WorldArray,
    initial: FloatArray,
    drawn: ParameterDraws,
    seed: int,
    world: int,
    *,
    begun: bool,
    days: int,
    row: WorldArray | None = None,
) -> None:
    """One call of the compiled loop for a single world, so that there is one compiled entry and no second one."""
    with np.errstate(over="ignore"):
        run_chunk(
            record, np.asarray(record).view(np.float64), scratch_arrays(record), initial.reshape(1, -1), drawn,
            np.uint64(seed), np.zeros(1, np.int64), np.full(1, world, np.int64), begun, days,
            blank_world(RESULT) if row is None else row, no_records(1),
        )  # fmt: skip


def cores(workers: int | None = None) -> int:
    """Workers asked for, or one for each core that this process may use."""
    if workers is not None:
        return workers
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else (os.cpu_count() or 1)


def run_worlds(
    batch: Batch,
    workers: int | None = None,
    chunk: int = CHUNK,
    weeks: int = 0,
    see: Callable[[WorldArray, NDArray[np.int64]], None] | None = None,
    sectors: int = 0,
) -> Iterator[tuple[int, WorldArray]]:
    """Simulate a batch on threads (compiled rules hold no interpreter lock); yield (first row, results) as they end.

    The rows are the same bytes whatever the chunk size and the number of workers. `see` is called, by one thread at a
    time, with the rows of each chunk and the counts of their first `weeks` weeks, those of the first `sectors` sectors
    included.
    """
    drawn = parameter_draws(batch.opening)
    chunk = min(chunk, RECORDED_CHUNK) if weeks else chunk

    seen = threading.Lock()

    def one(first: int, last: int) -> WorldArray:
        records = no_records(last - first, weeks, sectors=sectors)
        results = simulate(batch, first, last, drawn, records)
        if see is not None:
            with seen:
                see(results, records[0])
        return results

    spans = [(first, min(first + chunk, len(batch))) for first in range(0, len(batch), chunk)]
    with ThreadPoolExecutor(cores(workers)) as pool:
        waiting: dict[Future[WorldArray], int] = {}
        queue = iter(spans)
        for first, last in _some(queue, 2 * cores(workers)):
            waiting[pool.submit(one, first, last)] = first
        while waiting:
            done = 0
            for future in wait_for_any(waiting):
                done += 1
                yield waiting.pop(future), future.result()
            for first, last in _some(queue, done):
                waiting[pool.submit(one, first, last)] = first


def _some(queue: Iterator[tuple[int, int]], count: int) -> Iterator[tuple[int, int]]:
    for _, span in zip(range(count), queue, strict=False):
        yield span


def all_rows(batch: Batch, workers: int | None = None, chunk: int = CHUNK) -> WorldArray:
    """Every row of a batch, in order."""
    rows = np.zeros(len(batch), RESULT)
    for first, results in run_worlds(batch, workers, chunk):
        rows[first : first + len(results)] = results
    return rows
