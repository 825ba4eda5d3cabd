"""Which worlds are lived together: points take turns, so that a run stopped anywhere has seen all of them alike.

The layout depends on the experiment alone, never on workers or on what was done before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

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
