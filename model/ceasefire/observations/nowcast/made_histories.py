"""Made histories: worlds of a scenario with all assumed numbers drawn, and their days as they would be on record."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray
from ceasefire.ensemble.parameter_draws import assumed_values, joint_draws
from ceasefire.observations.weeks import RECORDED
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.compiled.day_loop import RESULT, no_records
from ceasefire.simulation.compiled.recorded_counts import DEATHS, EVENTS
from ceasefire.simulation.engine import Batch, cores, simulate
from ceasefire.simulation.initial_state import InitialState, WorldArray, initial_state

Progress = Callable[[int], None]
"""Called with the number of worlds simulated since the last call."""

CHUNK = 250
"""Worlds that a thread simulates at a time; the answer does not depend on it."""

LARGEST = 65_535
"""Counts of a day are kept in 16 bits."""


@dataclass(frozen=True, eq=False)
class Histories:
    """n worlds. `rows`: RESULT of each; `incidents`, `deaths`: on record, shape (n, days); `recorded`: shares, (n,)."""

    initial: InitialState
    rows: WorldArray
    incidents: NDArray[np.uint16]
    deaths: NDArray[np.uint16]
    recorded: FloatArray

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, which: NDArray[np.int64]) -> Histories:
        """Some of the worlds, by position."""
        arrays = (self.rows, self.incidents, self.deaths, self.recorded)
        return Histories(self.initial, *(array[which] for array in arrays))  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Lineage:
    """Which worlds to simulate. `world`: its number, and that of its draw; `branches`: (n, b, 2), day and copy."""

    world: NDArray[np.int64]
    branches: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.world)

    def of(self, which: NDArray[np.int64]) -> Lineage:
        """Some of the worlds, by position."""
        return Lineage(self.world[which], self.branches[which])


def founders(count: int) -> Lineage:
    """Worlds 0 to count - 1, none a copy."""
    return Lineage(np.arange(count, dtype=np.int64), np.zeros((count, 0, 2), np.int64))


@dataclass(frozen=True, eq=False)
class Maker:
    """Simulates histories of a scenario, each with its own draw of all assumed numbers and of the recorded share.

    `horizon`: days that worlds are followed; `recorded_days`: of these, the days that are recorded.
    """

    scenario: Scenario
    initial: InitialState
    draws: dict[str, FloatArray]
    recorded: FloatArray
    seed: int
    horizon: int
    recorded_days: int
    workers: int | None = None

    def histories(self, lineage: Lineage, progress: Progress = lambda done: None) -> Histories:
        """One history for each world of a lineage, in order."""
        n = len(lineage)
        rows = np.zeros(n, RESULT)
        incidents = np.zeros((n, self.recorded_days), np.uint16)
        deaths = np.zeros_like(incidents)

        def one(span: slice) -> int:
            which = lineage.world[span]
            weekly, daily, _, _ = no_records(len(which), days=self.recorded_days)
            records = (weekly, daily, self.recorded[which], lineage.branches[span])
            rows[span] = simulate(self._batch(which), 0, len(which), records=records)
            for counts, figure in ((incidents, EVENTS), (deaths, DEATHS)):
                counts[span] = np.minimum(daily[:, :, figure], LARGEST)
            return len(which)

        self._in_threads(one, n, progress)
        return Histories(self.initial, rows, incidents, deaths, self.recorded[lineage.world])

    def alive(self, lineage: Lineage, day: int, progress: Progress = lambda done: None) -> NDArray[np.int64]:
        """Positions of the worlds whose ceasefire has not been judged to be over before a day."""
        over = np.zeros(len(lineage), bool)

        def one(span: slice) -> int:
            which = lineage.world[span]
            weekly, daily, shares, _ = no_records(len(which))
            records = (weekly, daily, shares, lineage.branches[span])
            rows = simulate(self._batch(which), 0, len(which), records=records, days=day)
            over[span] = (rows["ended"] == 1) | (rows["failed"] == 1)
            return len(which)

        self._in_threads(one, len(lineage), progress)
        return np.flatnonzero(~over)

    def _in_threads(self, one: Callable[[slice], int], count: int, progress: Progress) -> None:
        with ThreadPoolExecutor(cores(self.workers)) as pool:
            for done in pool.map(one, [slice(first, min(first + CHUNK, count)) for first in range(0, count, CHUNK)]):
                progress(done)

    def _batch(self, which: NDArray[np.int64]) -> Batch:
        slots = np.array([self.initial.slots[path] for path in self.draws], np.int64)
        values = np.column_stack([column[which] for column in self.draws.values()] or [np.zeros((len(which), 0))])
        return Batch(self.initial, slots, values, np.arange(len(which), dtype=np.int64), which, self.seed)


def copied(lineage: Lineage, alive: NDArray[np.int64], day: int) -> Lineage:
    """As many worlds again, all copies of those that are alive, with equal numbers of each as nearly as can be.

    A copy has the past of its world, and a future of its own from `day` on.
    """
    n = len(lineage)
    parent = alive[(np.arange(n) * len(alive)) // n]
    number = np.arange(n) - np.searchsorted(parent, parent)
    branch = np.stack([np.full(n, day), number], axis=1)[:, None, :].astype(np.int64)
    return Lineage(lineage.world[parent], np.concatenate([lineage.branches[parent], branch], axis=1))


def maker(
    scenario: Scenario, count: int, seed: int, horizon: int, recorded_days: int, workers: int | None = None
) -> Maker:
    """What makes the histories of worlds 0 to count - 1."""
    followed = scenario.model_copy(update={"horizon_days": horizon})
    initial = initial_state(followed)
    recorded = assumed_values({"recorded share of deaths": RECORDED}, count, seed)["recorded share of deaths"]
    draws = joint_draws(followed, initial, count, seed)
    return Maker(followed, initial, draws, recorded, seed, horizon, recorded_days, workers)
