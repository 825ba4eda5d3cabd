"""What a worker does: lives the worlds of a chunk and hands back their rows as the bytes of a file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.compilation.cache import source_digest
from ceasefire.ensemble.worlds_table import as_parquet, worlds_frame
from ceasefire.experiment.chunks import BLOCK, Chunk, Need
from ceasefire.experiment.recipe import IntArray, Recipe
from ceasefire.simulation.compiled.day_loop import RESULT
from ceasefire.simulation.engine import Batch, Drawn, drawn_numbers, simulate
from ceasefire.simulation.initial_state import Opening, WorldArray

MOST_REASONS = 3
"""Reasons for failure that are kept of a chunk."""

NOBODY = ("cause_actor", "deciding_actor", "deciding_motive", "deciding_sector")
NEVER = ("first_breach", "first_lethal", "operational_end", "formal_end")


class StoppedError(Exception):
    """The run was told to stop before the chunk was done."""


class OtherVersionError(Exception):
    """A worker has another version of the program than the run."""


@dataclass(frozen=True)
class Lived:
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


def live_far_away(recipe: Recipe, points: Sequence[int], chunk: Chunk, source: str) -> Lived:
    """A chunk in another process, from the recipe of its points alone. OtherVersionError when programs differ."""
    if _own_source() != source:
        raise OtherVersionError("a worker has another version of the program; install the same everywhere")
    return live_chunk(recipe, chunk, points)


def live_chunk(
    recipe: Recipe, chunk: Chunk, points: Sequence[int] | None = None, stopped: Callable[[], bool] = bool
) -> Lived:
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
    return Lived(chunk.number, content, hashlib.sha256(content).hexdigest(), len(rows), failed, tuple(reasons))


def _rows(recipe: Recipe, blocks: Sequence[Need], stopped: Callable[[], bool]) -> tuple[WorldArray, list[str]]:
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
        drawn = drawn_numbers(batch.opening)
        for first in range(0, len(batch), BLOCK):
            if stopped():
                raise StoppedError
            last = min(first + BLOCK, len(batch))
            rows[target[first:last]] = _simulated(batch, first, last, drawn, reasons)
    return rows, reasons[:MOST_REASONS]


def _batch(recipe: Recipe, blocks: Sequence[Need]) -> Batch:
    points, at = np.unique([block.point for block in blocks], return_inverse=True)
    sizes = [block.last - block.first for block in blocks]
    worlds = [recipe.first_world[block.point] + np.arange(block.first, block.last) for block in blocks]
    return recipe.batch(points.astype(np.int64), np.repeat(at, sizes).astype(np.int64), np.concatenate(worlds))


def _simulated(batch: Batch, first: int, last: int, drawn: Drawn, reasons: list[str]) -> WorldArray:
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


def _frame(rows: WorldArray, blocks: Sequence[Need], openings: Sequence[Opening]) -> pd.DataFrame:
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
