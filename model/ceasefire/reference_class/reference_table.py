"""The reference table: simulated durations of deals of each cell at each level of intractability."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ceasefire.analysis.interval_censored import BINS, HORIZON, masses
from ceasefire.array_types import FloatArray
from ceasefire.reference_class.features import Cell
from ceasefire.reference_class.generate import Z_LEVELS, Declarer, as_scenario, content
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import WorldArray, initial_state

WORLDS, SEED = 160, 1989


@dataclass(frozen=True, eq=False)
class Table:
    """mass[cell, level, bin]: probability that a deal ends in each bin of days. Every entry is above 0."""

    cells: tuple[Cell, ...]
    mass: FloatArray
    worlds: int
    seed: int

    def row(self, cell: Cell) -> int:
        """The row of a cell. KeyError when it was not simulated."""
        try:
            return self.cells.index(cell)
        except ValueError:
            raise KeyError(cell) from None


def simulate_table(
    cells: Iterable[Cell],
    worlds: int = WORLDS,
    seed: int = SEED,
    progress: Callable[[int], None] = lambda done: None,
) -> Table:
    """Simulate `worlds` deals without a fixed term at every cell and level. `progress(1)` is called after each cell."""
    ordered = tuple(sorted(set(cells)))
    mass = np.empty((len(ordered), len(Z_LEVELS), BINS))

    def fill(row: int) -> None:
        for column, z in enumerate(Z_LEVELS):
            mass[row, column] = masses(durations(ordered[row], z, worlds, seed))

    with ThreadPoolExecutor(engine.cores()) as pool:
        for _ in pool.map(fill, range(len(ordered))):
            progress(1)
    return Table(ordered, smoothed(mass, worlds), worlds, seed)


def smoothed(mass: FloatArray, worlds: int) -> FloatArray:
    """Each row of masses with one more world, distributed like all cells together at that level."""
    pooled = mass.mean(axis=0, keepdims=True)
    pooled = 0.98 * pooled + 0.02 / BINS
    return np.asarray((worlds * mass + pooled) / (worlds + 1))


def durations(cell: Cell, z: float, worlds: int, seed: int) -> FloatArray:
    """Days that each of `worlds` deals held; HORIZON for those that still hold.

    The data do not code who declared a unilateral deal: one party does in half of the worlds, the other in the rest.
    """
    if not cell.unilateral:
        return _days_held(cell, z, "government", worlds, seed)
    first = worlds // 2
    return np.concatenate(
        [_days_held(cell, z, "government", first, seed), _days_held(cell, z, "rebels", worlds - first, seed + 1)]
    )


def simulated_rows(
    cell: Cell, z: float, worlds: int, seed: int, declarer: Declarer = "government"
) -> tuple[WorldArray, tuple[str, ...]]:
    """A row of results for each simulated deal, and the names of the actors."""
    opening = initial_state(as_scenario(content(cell, z, declarer)))
    return engine.simulate(engine.one_scenario(opening, worlds, seed), 0, worlds), opening.actors


def _days_held(cell: Cell, z: float, declarer: Declarer, worlds: int, seed: int) -> FloatArray:
    rows, _ = simulated_rows(cell, z, worlds, seed, declarer)
    days: FloatArray = np.where(rows["ended"] == 1, rows["days_held"], HORIZON).astype(np.float64)
    return days
