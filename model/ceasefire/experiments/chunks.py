"""Chunks of an experiment: which worlds are simulated together, what they start from, and their simulation.

Points take turns, so that a run that stops early has about as many worlds of each point. The layout of chunks depends
on the experiment alone, never on the workers or on what was done before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from ceasefire.array_types import FloatArray, IntArray
from ceasefire.compilation.cache import source_digest
from ceasefire.ensemble.worlds_table import as_parquet, failed_row, failure_reason, worlds_frame
from ceasefire.simulation.compiled.day_loop import RESULT
from ceasefire.simulation.engine import Batch, ParameterDraws, parameter_draws, simulate
from ceasefire.simulation.initial_state import InitialState, WorldArray

BLOCK = 100
"""Worlds of one point that are simulated in one go, at most."""

CHUNK = 1000
"""Worlds of a chunk, about; smaller chunks take more space on disk."""

LEAST_CHUNK = 500
"""Worlds of a chunk, at least, unless its round has fewer."""

FEW = 20_000
"""With fewer worlds than this, chunks are of LEAST_CHUNK worlds, so that every core has work."""

HASH_MULTIPLIER = 2_654_435_769
"""Multiplier of Fibonacci hashing, which puts neighbouring points far apart in the order."""

MOST_REASONS = 3
"""Reasons of failure that a chunk keeps."""


class WorldRange(NamedTuple):
    """Worlds `first` to `last` - 1 of a point, counted from the point's own first world."""

    point: int
    first: int
    last: int


class Chunk(NamedTuple):
    """Worlds that make one file, in the order of its rows."""

    number: int
    blocks: tuple[WorldRange, ...]

    @property
    def worlds(self) -> int:
        """How many worlds the chunk has."""
        return sum(block.last - block.first for block in self.blocks)


def chunks_of(ranges: Sequence[WorldRange], start: int = 0) -> list[Chunk]:
    """The chunks of one round, numbered from `start`: of LEAST_CHUNK worlds or more, unless the round has fewer."""
    total = sum(each.last - each.first for each in ranges)
    size = CHUNK if total >= FEW else LEAST_CHUNK
    groups: list[list[WorldRange]] = [[]]
    worlds = 0
    for block in _in_turn(ranges):
        if worlds >= size:
            groups.append([])
            worlds = 0
        groups[-1].append(block)
        worlds += block.last - block.first
    if worlds < LEAST_CHUNK and len(groups) > 1:
        last = groups.pop()
        groups[-1] += last
    return [Chunk(start + position, tuple(group)) for position, group in enumerate(groups) if group]


def _in_turn(ranges: Iterable[WorldRange]) -> list[WorldRange]:
    """Blocks of all points: the first block of each point, then the second of each, and so on."""
    turns = [
        (turn, each.point * HASH_MULTIPLIER % 2**32, block)
        for each in ranges
        for turn, block in enumerate(_blocks(each))
    ]
    return [block for _, _, block in sorted(turns)]


def _blocks(worlds: WorldRange) -> list[WorldRange]:
    """A range of worlds in blocks of nearly the same size, BLOCK at most."""
    number = worlds.last - worlds.first
    count = -(-number // BLOCK)
    edges = [worlds.first + number * k // count for k in range(count + 1)] if count else []
    return [WorldRange(worlds.point, low, high) for low, high in pairwise(edges)]


@dataclass(frozen=True, eq=False)
class PointRecords:
    """What the worlds of each point start from: an initial state, and numbers that replace some of its own.

    `numbers` has shape (points, factors), not-a-number where the initial state keeps its own. `slots` are, by initial
    state and factor, the positions of the number in the record. `first_world` is the number of a point's first world.
    """

    initial_states: tuple[InitialState, ...]
    slots: tuple[tuple[IntArray, ...], ...]
    state_of: IntArray
    numbers: FloatArray
    first_world: IntArray
    seed: int

    def batch(self, points: IntArray, at: IntArray, worlds: IntArray) -> Batch:
        """Worlds of points that share an initial state; `at` is the position in `points` of each world's point."""
        state = int(self.state_of[points[0]])
        slots, values = self._values(points, state)
        return Batch(self.initial_states[state], slots, values, at, worlds, self.seed)

    def _values(self, points: IntArray, state: int) -> tuple[IntArray, FloatArray]:
        """The slots that these points set, each once, and their numbers: where two factors set a slot, the later."""
        slots = np.unique(np.concatenate([np.zeros(0, np.int64), *self.slots[state]]))
        values = np.full((len(points), len(slots)), np.nan)
        for factor, own in enumerate(self.slots[state]):
            column = self.numbers[points, factor]
            given = np.flatnonzero(~np.isnan(column))
            if len(own) and len(given):
                values[np.ix_(given, np.searchsorted(slots, own))] = column[given, None]
        return slots, values

    def part(self, points: Sequence[int]) -> PointRecords:
        """The records of a few points alone, small enough to be sent to another machine; numbered from 0."""
        chosen = np.asarray(points, np.int64)
        used, state_of = np.unique(self.state_of[chosen], return_inverse=True)
        return PointRecords(
            tuple(self.initial_states[k] for k in used), tuple(self.slots[k] for k in used), state_of.astype(np.int64),
            self.numbers[chosen], self.first_world[chosen], self.seed,
        )  # fmt: skip


class StoppedError(Exception):
    """The run was stopped before the chunk was finished."""


class OtherVersionError(Exception):
    """A worker has another version of the program than the run."""


@dataclass(frozen=True)
class ChunkResult:
    """A simulated chunk: the bytes of its file, their checksum, and the worlds that failed as (point, world)."""

    number: int
    content: bytes
    sha256: str
    worlds: int
    failed: tuple[tuple[int, int], ...] = ()
    reasons: tuple[str, ...] = field(default=())


@lru_cache(maxsize=1)
def _own_source() -> str:
    return source_digest()


def simulate_chunk_remotely(records: PointRecords, points: Sequence[int], chunk: Chunk, source: str) -> ChunkResult:
    """Simulate a chunk in another process, from the records of its points. OtherVersionError when programs differ."""
    if _own_source() != source:
        raise OtherVersionError("a worker has another version of the program; install the same version everywhere")
    return simulate_chunk(records, chunk, points)


def simulate_chunk(
    records: PointRecords, chunk: Chunk, points: Sequence[int] | None = None, stopped: Callable[[], bool] = bool
) -> ChunkResult:
    """Simulate a chunk and return its Parquet bytes. `points` are those of `records`, when these are a part.

    A world that fails becomes a failed row, and the others go on. StoppedError when `stopped` becomes true.
    """
    position_of = {point: position for position, point in enumerate(points)} if points is not None else None
    blocks = [
        block if position_of is None else block._replace(point=position_of[block.point]) for block in chunk.blocks
    ]
    rows, reasons = simulated_rows(records, blocks, stopped)
    rows["point"] = np.concatenate([np.full(block.last - block.first, block.point) for block in chunk.blocks])
    states = [records.initial_states[records.state_of[block.point]] for block in blocks]
    content = as_parquet(_frame(rows, blocks, states))
    failed_rows = rows[rows["failed"] == 1]
    failed = tuple((int(row["point"]), int(row["world"])) for row in failed_rows)
    return ChunkResult(chunk.number, content, hashlib.sha256(content).hexdigest(), len(rows), failed, tuple(reasons))


def simulated_rows(
    records: PointRecords, blocks: Sequence[WorldRange], stopped: Callable[[], bool] = bool
) -> tuple[WorldArray, list[str]]:
    """The rows of all blocks in order, simulated one initial state after another; and the reasons of failures."""
    sizes = [block.last - block.first for block in blocks]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    rows = np.zeros(int(starts[-1]), RESULT)
    reasons: list[str] = []
    state_of = records.state_of[[block.point for block in blocks]]
    for state in dict.fromkeys(state_of.tolist()):
        chosen = np.flatnonzero(state_of == state)
        target = np.concatenate([np.arange(starts[k], starts[k + 1]) for k in chosen])
        batch = _batch(records, [blocks[int(k)] for k in chosen])
        drawn = parameter_draws(batch.opening)
        for first in range(0, len(batch), BLOCK):
            if stopped():
                raise StoppedError
            last = min(first + BLOCK, len(batch))
            rows[target[first:last]] = _simulate(batch, first, last, drawn, reasons)
    return rows, reasons[:MOST_REASONS]


def _batch(records: PointRecords, blocks: Sequence[WorldRange]) -> Batch:
    points, at = np.unique([block.point for block in blocks], return_inverse=True)
    sizes = [block.last - block.first for block in blocks]
    worlds = [records.first_world[block.point] + np.arange(block.first, block.last) for block in blocks]
    return records.batch(points.astype(np.int64), np.repeat(at, sizes).astype(np.int64), np.concatenate(worlds))


def _simulate(batch: Batch, first: int, last: int, drawn: ParameterDraws, reasons: list[str]) -> WorldArray:
    """Rows of a batch. When one of its worlds fails, they are simulated one by one, and failed rows are marked."""
    try:
        return simulate(batch, first, last, drawn)
    except Exception as problem:
        if last - first == 1:
            reasons.append(failure_reason(problem))
            return failed_row(int(batch.worlds[first]))
    return np.concatenate([_simulate(batch, k, k + 1, drawn, reasons) for k in range(first, last)])


def _frame(rows: WorldArray, blocks: Sequence[WorldRange], states: Sequence[InitialState]) -> pd.DataFrame:
    """Rows as the table of worlds. Names of actors, motives and sectors are those of each row's initial state."""
    positions: dict[Any, list[IntArray]] = {}
    for state, span in zip(states, _spans(blocks), strict=True):
        positions.setdefault((state.actors, state.motives, state.sectors), []).append(span)
    by_names = {(state.actors, state.motives, state.sectors): state for state in states}
    frames = []
    for names, spans in positions.items():
        where = np.concatenate(spans)
        frames.append(worlds_frame(rows[where], by_names[names]).set_axis(where, axis="index"))
    return frames[0] if len(frames) == 1 else pd.concat(frames).sort_index()


def _spans(blocks: Iterable[WorldRange]) -> Iterator[IntArray]:
    """The positions of each block's rows."""
    start = 0
    for block in blocks:
        yield np.arange(start, start := start + block.last - block.first)
