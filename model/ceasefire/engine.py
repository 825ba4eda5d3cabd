"""Many worlds, compiled: the rules of the day over one record per world, in chunks. Never imports Mesa."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire import draws, rules
from ceasefire.compiled import called_from_python, rule, seldom
from ceasefire.interrupts import some_done
from ceasefire.rules.clash import most_fire
from ceasefire.rules.decide import choose as _choose
from ceasefire.rules.founding import found
from ceasefire.rules.look import review_is_due
from ceasefire.rules.look import take_in as _take_in
from ceasefire.start import Opening, WorldArray
from ceasefire.world import N_COUNTERS, blank_world

RESULT = np.dtype(
    [
        ("point", "i8"), ("world", "i8"), ("days_held", "i8"), ("ended", "i8"), ("cause", "i8"),
        ("cause_actor", "i8"), ("first_breach", "i8"), ("first_lethal", "i8"), ("operational_end", "i8"),
        ("formal_end", "i8"), ("state_at_end", "i8"), ("counter", "f8", (N_COUNTERS,)), ("deciding_actor", "i8"),
        ("deciding_motive", "i8"), ("deciding_sector", "i8"), ("failed", "i8"),
    ]
)  # fmt: skip
"""What is left of a world when it is over: positions and codes, not names."""

CHUNK = 500
"""Worlds that are simulated between two looks at the clock."""

_events, _survey, _settle = rules.events, rules.survey, rules.settle
_clash, _advance, _suffer, _flee, _accuse = rules.clash, rules.advance, rules.suffer, rules.flee, rules.accuse
_update_trust, _carry_blame = rules.update_trust, rules.carry_blame
_brace, _echo, _answer = rules.brace, rules.echo, rules.answer
_bear, _bind, _judge = rules.bear, rules.bind, rules.judge


@rule
def live_day(w, numbers, nearness, close):
    """One day of one world, in the order of rules.THE_DAY. `nearness` and `close` are room for
    a number of each formation.

    Formations that surely do not fire today take no step of fire: that most do not makes a day a third shorter.
    """
    _events(w, numbers)
    _survey(w)
    for k in range(list_due(w, close)):
        _take_in(w, close[k])
        _choose(w, close[k])
    _settle(w)
    for k in range(list_close(w, nearness, close)):
        _clash(w, close[k])
    for s in range(w.n_sectors):
        _advance(w, s)
    for k in range(w.n_firing):
        _suffer(w, w.firing[k])
    for s in range(w.n_sectors):
        _flee(w, s)
    for k in range(w.n_firing):
        _accuse(w, w.firing[k])
    _update_trust(w)
    for a in range(w.n_fighters):
        _carry_blame(w, a)
    _brace(w)
    for s in range(w.n_sectors):
        _echo(w, s)
    for f in range(w.n_formations):
        _answer(w, f)
    for a in range(w.n_actors):
        _bear(w, a)
    _bind(w)
    _judge(w)


@rule
def list_due(w, due):
    """List the actors who review their posture today, and say how many.

    They look and choose one by one: a choice shows only when all are made.
    """
    found = 0
    for a in range(w.n_actors):
        w.due[a] = review_is_due(w, a)
        w.alarmed[a] = 0
        w.next_rung[a] = w.rung[a]
        due[found] = a
        found += w.due[a]
    return found


@rule
def list_close(w, nearness, close):
    """List the formations that come close to firing, and say how many: the draws of the others mean no fire for sure.

    A count is 0 when u < 1 - rate, which is at most exp(-rate). Numbers in a row, without a choice among them, are
    worked out several at a time.
    """
    for f in range(w.n_formations):
        nearness[f] = draws.uniform(w.clash_key, w.formation_key[f], 0) - (1.0 - most_fire(w, f))
    found = 0
    for f in range(w.n_formations):
        close[found] = f
        found += 0 if nearness[f] < 0.0 else 1
    return found


@seldom
def draw_numbers(numbers, key, slots, names, codes, shapes, limits):
    """Draw every number that has a distribution, each by its own name, cut to its limits."""
    stream = draws.stream_key(draws.day_key(key, -1), draws.PARAMETER)
    for k in range(slots.shape[0]):
        u = draws.uniform(stream, names[k], 0)
        drawn = draws.from_distribution(codes[k], shapes[k, 0], shapes[k, 1], shapes[k, 2], u)
        numbers[slots[k]] = min(max(drawn, limits[k, 0]), limits[k, 1])


@seldom
def begin(w, numbers, opening, drawn, seed, world):
    """Set a world to the morning of day 0. `w` and `numbers` are two views of the same record."""
    for slot in range(numbers.shape[0]):
        numbers[slot] = opening[slot]
    slots, names, codes, shapes, limits = drawn
    draw_numbers(numbers, draws.world_key(np.uint64(seed), np.uint64(world)), slots, names, codes, shapes, limits)
    found(w, seed, world)


@seldom
def all_that_must_be_numbers(w):
    """A sum that is infinite, or no number, when a count, a belief or a rate of the world is: then it has failed."""
    total = w.ties + w.attention + w.violence + w.trust[0] + w.trust[1] + w.ground_lost[0] + w.ground_lost[1]
    for c in range(N_COUNTERS):
        total += abs(w.counter[c])
    for a in range(w.n_actors):
        total += abs(w.capability[a]) + w.losses[a] + w.odds[a] + w.blame[a]
    for f in range(w.n_formations):
        total += w.heat[f] + w.loose_rate[f] + w.on_orders[f] + w.facing[f]
    return total


@seldom
def sum_up(w, row):
    """Copy what is left of a world into a row of results."""
    row.world = w.world
    row.days_held = w.days_held
    row.ended = w.ended
    row.cause = w.cause
    row.cause_actor = w.cause_actor
    row.first_breach = w.first_breach
    row.first_lethal = w.first_lethal
    row.operational_end = w.operational_end
    row.formal_end = w.formal_end
    row.state_at_end = 2 if w.ended == 1 else (1 if w.formal_end >= 0 else 0)
    row.deciding_actor = w.deciding_actor
    row.deciding_motive = w.deciding_motive
    row.deciding_sector = w.deciding_sector
    row.failed = 0 if np.isfinite(all_that_must_be_numbers(w)) else 1
    for c in range(N_COUNTERS):
        row.counter[c] = w.counter[c]


@called_from_python
def run_chunk(worlds, numbers, room, openings, drawn, seed, points, numbers_of_worlds, begun, days, results):
    """Live each (point, world) pair in turn in one scratch record; fill a row of results for each.

    A world starts on the morning of day 0, or goes on from where the record is when it has `begun`, and is lived to its
    end, but for no more than `days` days. All that Python asks of the engine is this one function: a day takes long
    to compile, and is compiled once.
    """
    nearness, close = room
    for k in range(numbers_of_worlds.shape[0]):
        w = worlds[0]
        if not begun:
            begin(w, numbers, openings[points[k]], drawn, seed, numbers_of_worlds[k])
        lived = 0
        while w.over == 0 and lived < days:
            live_day(w, numbers, nearness, close)
            lived += 1
        sum_up(w, results[k])
        results[k].point = points[k]


Room = tuple[NDArray[np.float64], NDArray[np.int64]]


def room_for_formations(record: WorldArray) -> Room:
    """Room for a number and a position of each formation; not made by a rule, where it would take long to compile."""
    formations = record["heat"].shape[-1]
    return np.empty(formations), np.empty(formations, np.int64)


Drawn = tuple[NDArray[Any], ...]


def drawn_numbers(opening: Opening) -> Drawn:
    """The numbers that have a distribution, as arrays: slots, name keys, codes, shapes (n, 3), limits (n, 2)."""
    each = opening.draws
    return (
        np.array([d.slot for d in each], np.int64),
        np.array([draws.name_key(d.name) for d in each], np.uint64),
        np.array([d.code for d in each], np.int64),
        np.array([d.numbers for d in each], np.float64).reshape(len(each), 3),
        np.array([(d.low, d.high) for d in each], np.float64).reshape(len(each), 2),
    )


NO_LIMIT = 2**62
"""Days of a world that is lived to its end."""

NOTHING_DRAWN: Drawn = (
    np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros((0, 3)), np.zeros((0, 2)),
)  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """Worlds to simulate: openings of shape (points, numbers), and for every world its point and its number."""

    opening: Opening
    openings: NDArray[np.float64]
    points: NDArray[np.int64]
    worlds: NDArray[np.int64]
    seed: int

    def __len__(self) -> int:
        return len(self.worlds)


def one_scenario(opening: Opening, worlds: int, seed: int) -> Batch:
    """Worlds 0 to worlds - 1 of one scenario."""
    rows = opening.record.view(np.float64).reshape(1, -1)
    return Batch(opening, rows, np.zeros(worlds, np.int64), np.arange(worlds, dtype=np.int64), seed)


def many_points(opening: Opening, values: dict[str, NDArray[np.float64]], worlds: int, seed: int) -> Batch:
    """The same `worlds` at every point of a design; `values` gives each path's number at each point."""
    n = len(next(iter(values.values())))
    rows = np.repeat(opening.record.view(np.float64).reshape(1, -1), n, axis=0)
    for path, column in values.items():
        rows[:, opening.slots[path]] = column
    points = np.repeat(np.arange(n, dtype=np.int64), worlds)
    return Batch(opening, rows, points, np.tile(np.arange(worlds, dtype=np.int64), n), seed)


def simulate(batch: Batch, first: int, last: int, drawn: Drawn | None = None) -> WorldArray:
    """Rows `first` to `last` of a batch: an array of RESULT."""
    scratch = blank_world(batch.opening.record.dtype)
    results = blank_world(RESULT, last - first)
    with np.errstate(over="ignore"):
        run_chunk(
            scratch, np.asarray(scratch).view(np.float64), room_for_formations(scratch), batch.openings,
            drawn or drawn_numbers(batch.opening), np.uint64(batch.seed), batch.points[first:last],
            batch.worlds[first:last], False, NO_LIMIT, results,
        )  # fmt: skip
    return np.asarray(results)


def open_world(
    record: WorldArray,
    numbers: NDArray[np.float64],
    opening: NDArray[np.float64],
    drawn: Drawn,
    seed: int | np.uint64,
    world: int,
) -> None:
    """Set a world to the morning of day 0. `record` (one world) and `numbers` are two views of the same memory."""
    _one(record, numbers, opening, drawn, seed, world, begun=False, days=0, row=blank_world(RESULT))


def step_day(record: WorldArray, numbers: NDArray[np.float64]) -> None:
    """One day of a world; none when it is over."""
    _one(record, numbers, numbers, NOTHING_DRAWN, 0, 0, begun=True, days=1, row=blank_world(RESULT))


def write_result(record: WorldArray, row: WorldArray) -> None:
    """Copy what is left of a world into a row of results, both arrays of one."""
    numbers = np.asarray(record).view(np.float64)
    _one(record, numbers, numbers, NOTHING_DRAWN, 0, 0, begun=True, days=0, row=row)


def _one(record, numbers, opening, drawn, seed, world, *, begun, days, row):
    point, number, room = np.zeros(1, np.int64), np.full(1, world, np.int64), room_for_formations(record)
    rows = opening.reshape(1, -1)
    run_chunk(record, numbers, room, rows, drawn, np.uint64(seed), point, number, begun, days, row)


def cores(workers: int | None = None) -> int:
    """Workers asked for, or one for each core that this process may use."""
    if workers is not None:
        return workers
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else (os.cpu_count() or 1)


def run_worlds(batch: Batch, workers: int | None = None, chunk: int = CHUNK) -> Iterator[tuple[int, WorldArray]]:
    """Simulate a batch on threads (compiled rules hold no interpreter lock); yield (first row, results) as they end.

    The rows are the same bytes whatever the chunk size and the number of workers.
    """
    drawn = drawn_numbers(batch.opening)
    spans = [(first, min(first + chunk, len(batch))) for first in range(0, len(batch), chunk)]
    with ThreadPoolExecutor(cores(workers)) as pool:
        waiting: dict[Future[WorldArray], int] = {}
        queue = iter(spans)
        for first, last in _some(queue, 2 * cores(workers)):
            waiting[pool.submit(simulate, batch, first, last, drawn)] = first
        while waiting:
            done = 0
            for future in some_done(waiting):
                done += 1
                yield waiting.pop(future), future.result()
            for first, last in _some(queue, done):
                waiting[pool.submit(simulate, batch, first, last, drawn)] = first


def _some(queue: Iterator[tuple[int, int]], count: int) -> Iterator[tuple[int, int]]:
    for _, span in zip(range(count), queue, strict=False):
        yield span


def all_rows(batch: Batch, workers: int | None = None, chunk: int = CHUNK) -> WorldArray:
    """Every row of a batch, in order."""
    rows = np.zeros(len(batch), RESULT)
    for first, results in run_worlds(batch, workers, chunk):
        rows[first : first + len(results)] = results
    return rows
