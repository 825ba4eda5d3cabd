"""How to make each point: the opening that it starts from, and the numbers that are put into its record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray
from ceasefire.simulation.engine import Batch
from ceasefire.simulation.initial_state import Opening

IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Recipe:
    """Openings, and for each point its opening and the numbers that are put into it.

    `numbers` has shape (points, factors), not-a-number where the opening's own stays. `slots` says, by opening and
    factor, where the number goes. `first_world` is the number of each point's first world.
    """

    openings: tuple[Opening, ...]
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

    def part(self, points: Sequence[int]) -> Recipe:
        """The recipe of a few points alone, small enough to be sent far away; they are numbered from 0."""
        chosen = np.asarray(points, np.int64)
        used, opening_of = np.unique(self.opening_of[chosen], return_inverse=True)
        return Recipe(
            tuple(self.openings[k] for k in used), tuple(self.slots[k] for k in used), opening_of.astype(np.int64),
            self.numbers[chosen], self.first_world[chosen], self.seed,
        )  # fmt: skip
