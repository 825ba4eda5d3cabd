"""Running a plan: its worlds, and the worlds that say how much hangs on what was assumed."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.ensemble.parameter_draws import DRAWS, WORLDS_PER_DRAW, assumed_ranges, doubt_batch
from ceasefire.ensemble.run_plan import Plan
from ceasefire.ensemble.worlds_table import worlds_frame
from ceasefire.scenario.load import Loaded, load
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation import engine as compiled_engine
from ceasefire.simulation.compiled.day_loop import RESULT, blank_world
from ceasefire.simulation.deferred_signals import defer_signals, wait_for_any
from ceasefire.simulation.engine import Batch, cores, one_scenario, run_worlds
from ceasefire.simulation.initial_state import InitialState, WorldArray, initial_state

ProgressCallback = Callable[[int], None]
"""Is told how many more worlds are done."""

Meanwhile = Callable[[pd.DataFrame], None]
"""Is given the worlds of a plan."""

MOST_AT_A_TIME = 100
"""Worlds that a thread lives between two reports: so few that an interrupt is heard at once."""

AT_A_TIME = 10
"""Worlds that a Mesa process lives between two reports."""


@dataclass(frozen=True)
class RunResult:
    """What a run found: a row per world; the same for doubt (none when nothing is assumed); how much is assumed."""

    worlds: pd.DataFrame
    doubt: pd.DataFrame | None
    assumed: int

    @property
    def failed(self) -> list[int]:
        """Worlds that could not be lived to their end."""
        return [int(world) for world in self.worlds.loc[self.worlds["failed"], "world"]]


def run(
    scenario: Loaded | str,
    worlds: int = 1000,
    seed: int = 1,
    workers: int | None = None,
    engine: str = "compiled",
    days: int | None = None,
) -> pd.DataFrame:
    """Live worlds 0 to worlds - 1 of a loaded scenario (or of one by name): a row per world, in order.

    The table does not depend on `workers` (threads, or processes for Mesa; as many as cores when not said, but
    one for Mesa) or `engine` ('compiled' or 'mesa'). ValueError for numbers out of range.
    """
    plan = Plan(scenario if isinstance(scenario, Loaded) else load(scenario), worlds, seed, engine, days)
    opening = initial_state(plan.scenario)
    if engine == "mesa":
        workers = workers or 1
    return worlds_frame(simulated(plan, opening, workers, _unheard), opening)


def run_plan(
    plan: Plan, workers: int | None = None, tell: ProgressCallback | None = None, meanwhile: Meanwhile | None = None
) -> RunResult:
    """Live the worlds of a plan, and those for doubt; `tell` hears of both as they are done.

    `meanwhile` gets the worlds of the plan while those for doubt are lived on threads.
    """
    opening = initial_state(plan.scenario)
    worlds = worlds_frame(simulated(plan, opening, workers, tell or _unheard), opening)
    batch = doubt_batch(plan.scenario, opening, plan.seed)
    with _aside(batch, workers, tell or _unheard) as rows_of_doubt:
        if meanwhile is not None:
            meanwhile(worlds)
        doubt = worlds_frame(rows_of_doubt(), opening) if batch else None
    return RunResult(worlds, doubt, assumed_count(plan.scenario, opening))


@contextmanager
def _aside(batch: Batch | None, workers: int | None, tell: ProgressCallback) -> Iterator[Callable[[], WorldArray]]:
    """Live a batch on another thread; what it yields waits for the rows. Whatever goes wrong here ends it soon."""
    called_off = threading.Event()

    def told(done: int) -> None:
        if called_off.is_set():
            raise InterruptedError
        tell(done)

    with ThreadPoolExecutor(1) as other:
        job = other.submit(batch_rows, batch, workers, told) if batch is not None else None
        try:
            yield lambda: job.result() if job is not None else np.zeros(0, RESULT)
        finally:
            called_off.set()


def worlds_to_live(plan: Plan) -> int:
    """Worlds that `carry_out` lives, those for doubt with them."""
    assumed = assumed_count(plan.scenario, initial_state(plan.scenario))
    return plan.worlds + (DRAWS * WORLDS_PER_DRAW if assumed else 0)


def assumed_count(scenario: Scenario, opening: InitialState) -> int:
    """How many ASSUMED numbers doubt draws."""
    return sum(path in opening.slots for path in assumed_ranges(scenario))


def warm_up(plan: Plan) -> None:
    """Compile the rules for this scenario's shape, if need be, by living one world."""
    compiled_engine.simulate(one_scenario(initial_state(plan.scenario), 1, plan.seed), 0, 1)


def simulated(plan: Plan, opening: InitialState, workers: int | None, tell: ProgressCallback) -> WorldArray:
    """The rows of a plan's worlds, in order."""
    if plan.engine == "mesa":
        return _mesa_rows(plan, cores(workers), tell)
    return batch_rows(one_scenario(opening, plan.worlds, plan.seed), workers, tell)


def batch_rows(batch: Batch, workers: int | None, tell: ProgressCallback) -> WorldArray:
    """The rows of a batch, in order; `tell` hears of them as they are done."""
    rows = np.zeros(len(batch), RESULT)
    chunk = min(MOST_AT_A_TIME, max(10, len(batch) // (8 * cores(workers))))
    for first, results in run_worlds(batch, workers, chunk):
        rows[first : first + len(results)] = results
        tell(len(results))
    return rows


def _mesa_rows(plan: Plan, processes: int, tell: ProgressCallback) -> WorldArray:
    rows = np.zeros(plan.worlds, RESULT)
    spans = [(first, min(first + AT_A_TIME, plan.worlds)) for first in range(0, plan.worlds, AT_A_TIME)]
    if processes == 1:
        for first, last in spans:
            rows[first:last] = simulate_with_mesa(plan.scenario, plan.seed, first, last)
            tell(last - first)
        return rows
    with _processes(min(processes, len(spans))) as pool:
        queue = iter(spans)
        jobs: dict[Future[WorldArray], tuple[int, int]] = {}
        while True:
            for span in islice(queue, 2 * processes - len(jobs)):
                with defer_signals():
                    jobs[pool.submit(simulate_with_mesa, plan.scenario, plan.seed, *span)] = span
            if not jobs:
                return rows
            for job in wait_for_any(jobs):
                first, last = jobs.pop(job)
                rows[first:last] = job.result()
                tell(last - first)


@contextmanager
def _processes(number: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that leave an interrupt to this one, and are ended by it at once."""
    others = set(multiprocessing.active_children())
    fresh = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(number, mp_context=fresh, initializer=_ignore_interrupts)
    try:
        yield pool
    except BaseException:
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        raise
    finally:
        with defer_signals():
            pool.shutdown(wait=True, cancel_futures=True)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def simulate_with_mesa(scenario: Scenario, seed: int, first: int, last: int) -> WorldArray:
    """Worlds `first` to `last` - 1, each as a Mesa model; a world that raises becomes a failed row."""
    rows = blank_world(RESULT, last - first)
    for row, world in enumerate(range(first, last)):
        try:
            _live_in_mesa(scenario, seed, world, rows[row : row + 1])
        except Exception:
            _mark_failed(rows[row : row + 1], world)
    return np.asarray(rows)


def _live_in_mesa(scenario: Scenario, seed: int, world: int, row: WorldArray) -> None:
    from ceasefire.simulation.mesa_model import CeasefireModel

    model = CeasefireModel(scenario, seed, world, collect=False)
    model.live()
    compiled_engine.write_result(model.record, row)


def _mark_failed(row: WorldArray, world: int) -> None:
    names: dict[str, Any] = dict.fromkeys(("cause_actor", "deciding_actor", "deciding_motive", "deciding_sector"), -1)
    clocks = dict.fromkeys(("first_breach", "first_lethal", "operational_end", "formal_end"), -1)
    row[:] = 0
    for field, value in {**names, **clocks, "world": world, "failed": 1}.items():
        row[field] = value


def _unheard(done: int) -> None:
    """Nobody waits for news."""
