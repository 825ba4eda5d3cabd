"""Which worlds are lived together: points take turns, so that a run stopped anywhere has seen all of them alike.

The layout depends on the experiment alone, never on workers or on what was done before.
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
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray
from ceasefire.compilation.cache import source_digest
from ceasefire.ensemble.worlds_table import as_parquet, worlds_frame
from ceasefire.simulation.compiled.day_loop import RESULT
from ceasefire.simulation.engine import Batch, ParameterDraws, parameter_draws, simulate
from ceasefire.simulation.initial_state import InitialState, WorldArray

BLOCK = 100
"""Worlds of one point that are lived in one go, at most."""

CHUNK = 1000
"""Worlds of a chunk, about: smaller ones take more room on disk."""

LEAST_CHUNK = 500
FEW = 20_000
"""With fewer worlds than this, chunks are small, so that all cores have something to do."""

TURN = 2_654_435_769
"""Multiplier of Fibonacci hashing: neighbouring points come far apart."""


class Need(NamedTuple):
    """Worlds wanted of a point, counted from its own first one: `first` to `last` - 1."""

    point: int
    first: int
    last: int


class Chunk(NamedTuple):
    """Worlds that make one file, in the order of its rows."""

    number: int
    blocks: tuple[Need, ...]

    @property
    def worlds(self) -> int:
        """How many there are."""
        return sum(block.last - block.first for block in self.blocks)


def chunks_of(needs: Sequence[Need], start: int = 0) -> list[Chunk]:
    """The chunks of one round, numbered from `start`: of LEAST_CHUNK worlds or more, but for a round of fewer."""
    total = sum(need.last - need.first for need in needs)
    size = CHUNK if total >= FEW else LEAST_CHUNK
    groups: list[list[Need]] = [[]]
    worlds = 0
    for block in _in_turn(needs):
        if worlds >= size:
            groups.append([])
            worlds = 0
        groups[-1].append(block)
        worlds += block.last - block.first
    if worlds < LEAST_CHUNK and len(groups) > 1:
        last = groups.pop()
        groups[-1] += last
    return [Chunk(start + position, tuple(group)) for position, group in enumerate(groups) if group]


def _in_turn(needs: Iterable[Need]) -> list[Need]:
    """Blocks of all points: the first of each point, then the second of each, and so on."""
    turns = [(turn, need.point * TURN % 2**32, block) for need in needs for turn, block in enumerate(_blocks(need))]
    return [block for _, _, block in sorted(turns)]


def _blocks(need: Need) -> list[Need]:
    """The worlds of a point in blocks of nearly the same size, BLOCK at most."""
    worlds = need.last - need.first
    count = -(-worlds // BLOCK)
    edges = [need.first + worlds * k // count for k in range(count + 1)] if count else []
    return [Need(need.point, low, high) for low, high in pairwise(edges)]


IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PointRecords:
    """Openings, and for each point its opening and the numbers that are put into it.

    `numbers` has shape (points, factors), not-a-number where the opening's own stays. `slots` says, by opening and
    factor, where the number goes. `first_world` is the number of each point's first world.
    """

    openings: tuple[InitialState, ...]
    slots: tuple[tuple[IntArray, ...], ...]
    opening_of: IntArray
    numbers: FloatArray
    first_world: IntArray
    seed: int

    def batch(self, points: IntArray, at: IntArray, worlds: IntArray) -> Batch:
        """Worlds of points that share an opening; `at` is the position in `points` of each world's point."""
        opening = int(self.opening_of[points[0]])
        return Batch(self.openings[opening], self._records(points, opening), at, worlds, self.seed)

    def _records(self, points: IntArray, opening: int) -> FloatArray:
        """The records that worlds of these points start from, shape (points, numbers of a record)."""
        record = self.openings[opening].record.view(np.float64).reshape(1, -1)
        rows = np.repeat(record, len(points), axis=0)
        for factor, slots in enumerate(self.slots[opening]):
            column = self.numbers[points, factor]
            said = np.flatnonzero(~np.isnan(column))
            if len(slots) and len(said):
                rows[np.ix_(said, slots)] = column[said, None]
        return rows

    def part(self, points: Sequence[int]) -> PointRecords:
        """The recipe of a few points alone, small enough to be sent far away; they are numbered from 0."""
        chosen = np.asarray(points, np.int64)
        used, opening_of = np.unique(self.opening_of[chosen], return_inverse=True)
        return PointRecords(
            tuple(self.openings[k] for k in used), tuple(self.slots[k] for k in used), opening_of.astype(np.int64),
            self.numbers[chosen], self.first_world[chosen], self.seed,
        )  # fmt: skip


MOST_REASONS = 3
"""Reasons for failure that are kept of a chunk."""

NOBODY = ("cause_actor", "deciding_actor", "deciding_motive", "deciding_sector")
NEVER = ("first_breach", "first_lethal", "operational_end", "formal_end")


class StoppedError(Exception):
    """The run was told to stop before the chunk was done."""


class OtherVersionError(Exception):
    """A worker has another version of the program than the run."""


@dataclass(frozen=True)
class ChunkResult:
    """A chunk that was lived: its file's bytes, their checksum, and the worlds that failed as (point, world)."""

    number: int
    content: bytes
    sha256: str
    worlds: int
    failed: tuple[tuple[int, int], ...] = ()
    reasons: tuple[str, ...] = field(default=())


@lru_cache(maxsize=1)
def _own_source() -> str:
    return source_digest()


def simulate_chunk_remotely(recipe: PointRecords, points: Sequence[int], chunk: Chunk, source: str) -> ChunkResult:
    """A chunk in another process, from the recipe of its points alone. OtherVersionError when programs differ."""
    if _own_source() != source:
        raise OtherVersionError("a worker has another version of the program; install the same everywhere")
    return simulate_chunk(recipe, chunk, points)


def simulate_chunk(
    recipe: PointRecords, chunk: Chunk, points: Sequence[int] | None = None, stopped: Callable[[], bool] = bool
) -> ChunkResult:
    """Live a chunk. The recipe's points are `points` when it is a part, else all there are.

    A world that fails becomes a failed row and the others go on. StoppedError when told to stop on the way.
    """
    here = {point: position for position, point in enumerate(points)} if points is not None else None
    blocks = [block if here is None else block._replace(point=here[block.point]) for block in chunk.blocks]
    rows, reasons = _rows(recipe, blocks, stopped)
    own = np.concatenate([np.full(block.last - block.first, block.point) for block in chunk.blocks])
    openings = [recipe.openings[recipe.opening_of[block.point]] for block in blocks]
    rows["point"] = own
    content = as_parquet(_frame(rows, blocks, openings))
    bad = rows[rows["failed"] == 1]
    failed = tuple((int(row["point"]), int(row["world"])) for row in bad)
    return ChunkResult(chunk.number, content, hashlib.sha256(content).hexdigest(), len(rows), failed, tuple(reasons))


def _rows(recipe: PointRecords, blocks: Sequence[Need], stopped: Callable[[], bool]) -> tuple[WorldArray, list[str]]:
    """The rows of all blocks in order, lived opening by opening."""
    sizes = [block.last - block.first for block in blocks]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    rows = np.zeros(int(starts[-1]), RESULT)
    reasons: list[str] = []
    opening_of = recipe.opening_of[[block.point for block in blocks]]
    for opening in dict.fromkeys(opening_of.tolist()):
        chosen = np.flatnonzero(opening_of == opening)
        target = np.concatenate([np.arange(starts[k], starts[k + 1]) for k in chosen])
        batch = _batch(recipe, [blocks[int(k)] for k in chosen])
        drawn = parameter_draws(batch.opening)
        for first in range(0, len(batch), BLOCK):
            if stopped():
                raise StoppedError
            last = min(first + BLOCK, len(batch))
            rows[target[first:last]] = _simulated(batch, first, last, drawn, reasons)
    return rows, reasons[:MOST_REASONS]


def _batch(recipe: PointRecords, blocks: Sequence[Need]) -> Batch:
    points, at = np.unique([block.point for block in blocks], return_inverse=True)
    sizes = [block.last - block.first for block in blocks]
    worlds = [recipe.first_world[block.point] + np.arange(block.first, block.last) for block in blocks]
    return recipe.batch(points.astype(np.int64), np.repeat(at, sizes).astype(np.int64), np.concatenate(worlds))


def _simulated(batch: Batch, first: int, last: int, drawn: ParameterDraws, reasons: list[str]) -> WorldArray:
    """Rows of a batch; when they cannot be lived together, one by one, and those that fail are marked."""
    try:
        return simulate(batch, first, last, drawn)
    except Exception as problem:
        if last - first == 1:
            reasons.append(f"{type(problem).__name__}: {problem}"[:500])
            return failed_row(int(batch.worlds[first]))
    return np.concatenate([_simulated(batch, k, k + 1, drawn, reasons) for k in range(first, last)])


def failed_row(world: int) -> WorldArray:
    """The row of a world that could not be lived."""
    row = np.zeros(1, RESULT)
    for name in (*NOBODY, *NEVER):
        row[name] = -1
    row["world"], row["failed"] = world, 1
    return row


def _frame(rows: WorldArray, blocks: Sequence[Need], openings: Sequence[InitialState]) -> pd.DataFrame:
    """Rows as the table of worlds; scenarios that name the same actors, motives and sectors are named together."""
    named: dict[Any, list[IntArray]] = {}
    for opening, span in zip(openings, _spans(blocks), strict=True):
        named.setdefault((opening.actors, opening.motives, opening.sectors), []).append(span)
    by_names = {(o.actors, o.motives, o.sectors): o for o in openings}
    frames = []
    for names, spans in named.items():
        where = np.concatenate(spans)
        frames.append(worlds_frame(rows[where], by_names[names]).set_axis(where, axis="index"))
    return frames[0] if len(frames) == 1 else pd.concat(frames).sort_index()


def _spans(blocks: Iterable[Need]) -> Iterator[IntArray]:
    """The positions of each block's rows."""
    start = 0
    for block in blocks:
        yield np.arange(start, start := start + block.last - block.first)
