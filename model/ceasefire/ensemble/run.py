"""Runs a plan: its worlds, and the worlds at draws of the assumed numbers, from which uncertainty is computed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from ceasefire.analysis.losses import war_rate
from ceasefire.analysis.screening import RankScreening, rank_screening
from ceasefire.analysis.summary import Summary, summary
from ceasefire.analysis.worlds_by_draw import worlds_by_draw
from ceasefire.arguments import worker_number
from ceasefire.ensemble.parameter_draws import DRAWS, WORLDS_PER_DRAW, assumed_ranges, joint_draws, uncertainty_batch
from ceasefire.ensemble.run_plan import Plan
from ceasefire.ensemble.weekly_fans import WeeklyFans, as_parquet
from ceasefire.ensemble.worlds_table import failed_row, failure_reason, worlds_frame
from ceasefire.errors import WorkerDiedError
from ceasefire.scenario.load import Loaded, as_loaded
from ceasefire.scenario.parameter_paths import quantities
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation import engine as compiled_engine
from ceasefire.simulation.compiled.day_loop import RESULT, blank_world
from ceasefire.simulation.deferred_signals import defer_signals, wait_for_any
from ceasefire.simulation.engine import Batch, cores, one_scenario, run_worlds
from ceasefire.simulation.initial_state import InitialState, WorldArray, initial_state
from ceasefire.wording import drawn_words, how_many

T = TypeVar("T")

ProgressCallback = Callable[[int], None]
"""Called with the number of worlds finished since the last call."""

WorldsCallback = Callable[[pd.DataFrame], None]
"""Called with the table of worlds of a plan."""

Rows = tuple[WorldArray, tuple[str, ...]]
"""Rows of worlds, and the reasons of those that failed."""

LARGEST_CHUNK = 100
"""Worlds that a thread simulates between two progress reports: few, so that an interrupt takes effect at once."""

MESA_CHUNK = 10
"""Worlds that a Mesa process simulates between two progress reports."""

MOST_REASONS = 20
"""Reasons of failure that a result keeps."""


@dataclass(frozen=True, repr=False)
class RunResult:
    """The result of a run: one row per world, and the rows at draws of the assumed numbers (None: nothing is assumed).

    `assumed` is how many numbers are drawn; `reasons` are the different errors of failed worlds.
    """

    worlds: pd.DataFrame
    doubt: pd.DataFrame | None
    assumed: int
    reasons: tuple[str, ...] = ()
    weekly: bytes | None = None
    """weekly.parquet; None with Mesa, and of a folder that an earlier version made."""
    kept: dict[str, tuple[pd.DataFrame, pd.DataFrame | None, Any]] = field(default_factory=dict, compare=False)
    """What was computed from the tables and takes long, with the tables."""

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` computes from the tables, computed once for these tables."""
        known = self.kept.get(name)
        if known is None or known[0] is not self.worlds or known[1] is not self.doubt:
            known = self.worlds, self.doubt, make()
            self.kept[name] = known
        found: T = known[2]
        return found

    def __repr__(self) -> str:
        return f"<RunResult: {len(self.worlds):,} worlds, {len(self.failed):,} failed, {self.assumed} numbers drawn>"

    @property
    def at_draws(self) -> str:
        """How many worlds were simulated at how many draws, in words; '' where nothing is drawn."""
        if self.doubt is None:
            return ""
        worlds = how_many(int((~self.doubt["failed"]).sum()), "world")
        return f"{worlds} at {how_many(self.doubt['point'].nunique(), 'draw')}"

    @property
    def failed(self) -> list[int]:
        """Numbers of the worlds that failed."""
        return [int(world) for world in self.worlds.loc[self.worlds["failed"], "world"]]


def run(
    scenario: Loaded | Scenario | str | Path,
    worlds: int = 1000,
    seed: int = 1,
    workers: int | None = None,
    engine: str = "compiled",
    days: int | None = None,
) -> pd.DataFrame:
    """Simulate worlds 0 to worlds - 1 of a scenario (loaded, by name or by path): a row per world, in order.

    The table does not depend on `engine` ('compiled' or 'mesa') or `workers` (threads, or processes for Mesa; by
    default as many as cores, but one for Mesa). Whole numbers of NumPy are taken. ValueError, with the name of the
    argument, for numbers out of range and for what is no number; ScenarioError for a scenario with faults.
    """
    workers = worker_number(workers)
    plan = Plan(as_loaded(scenario), worlds, seed, engine, days)
    initial = initial_state(plan.scenario)
    if engine == "mesa":
        workers = workers or 1
    rows, _ = simulate_plan(plan, initial, workers, no_progress)
    return worlds_frame(rows, initial)


def run_plan(
    plan: Plan,
    workers: int | None = None,
    progress: ProgressCallback | None = None,
    while_sampling: WorldsCallback | None = None,
) -> RunResult:
    """Simulate the worlds of a plan, then those at draws of the assumed numbers; `progress` is called for both.

    `while_sampling` is called with the worlds of the plan while the worlds at the draws run on threads.
    """
    initial, progress = initial_state(plan.scenario), progress or no_progress
    names = (tuple(plan.scenario.sides), tuple(plan.scenario.front.sectors))
    fans = WeeklyFans(plan.horizon, plan.scenario.day, *names)
    rows, reasons = simulate_plan(plan, initial, workers, progress, fans)
    written, fans = fans.table(), WeeklyFans(plan.horizon, plan.scenario.day, *names)
    worlds = worlds_frame(rows, initial)
    del rows
    batch = uncertainty_batch(plan.scenario, initial, plan.seed)
    with _in_background(batch, workers, progress, fans) as wait_for_rows:
        if while_sampling is not None:
            while_sampling(worlds)
        doubt = worlds_frame(wait_for_rows(), initial) if batch else None
    weekly = as_parquet(written, fans.table() if batch else None) if plan.engine == "compiled" else None
    return RunResult(worlds, doubt, assumed_count(plan.scenario, initial), reasons, weekly)


@contextmanager
def _in_background(
    batch: Batch | None, workers: int | None, progress: ProgressCallback, fans: WeeklyFans
) -> Iterator[Callable[[], WorldArray]]:
    """Simulate a batch on another thread; yields a function that waits for the rows. An error here cancels it soon."""
    cancelled = threading.Event()

    def progress_or_cancel(done: int) -> None:
        if cancelled.is_set():
            raise InterruptedError
        progress(done)

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(simulate_batch, batch, workers, progress_or_cancel, fans) if batch is not None else None
        try:
            yield lambda: future.result() if future is not None else np.zeros(0, RESULT)
        finally:
            cancelled.set()


def example_world(worlds: pd.DataFrame) -> int:
    """The world that is proposed to be looked at: the median of those that ended, or else of those that did not fail.

    0 when all failed.
    """
    complete = worlds.loc[~worlds["failed"]].sort_values(["days_held", "world"], kind="stable")
    ended = complete.loc[complete["ended"].to_numpy(bool)]
    chosen = ended if len(ended) else complete
    return int(chosen["world"].iloc[len(chosen) // 2]) if len(chosen) else 0


def run_summary(plan: Plan, outcome: RunResult) -> Summary:
    """The main figures of a run, computed once; what follows an end counts at the rate of `deaths_after_end`."""

    def made() -> Summary:
        term, rate = plan.scenario.agreement.term_days, deaths_after_end(plan.scenario)
        return summary(outcome.worlds, outcome.doubt, plan.horizon, rate, term, by_curve=True, first=plan.scenario.day)

    return outcome.once("summary", made)


def numbers_that_move(plan: Plan, outcome: RunResult) -> RankScreening | None:
    """Which assumed numbers go with longer or shorter deals over the draws of a run that this program made.

    None where nothing is assumed, or no draw differs.
    """
    if outcome.doubt is None:
        return None
    values = joint_draws(plan.scenario, initial_state(plan.scenario), DRAWS, plan.seed)
    held = worlds_by_draw(outcome.doubt, plan.horizon).days
    names = [path for path in assumed_ranges(plan.scenario) if path in values]
    if len(held) != DRAWS or not names:
        return None
    with suppress(ValueError):
        return rank_screening(np.array([values[name] for name in names]).T, np.nanmean(held, axis=1), names)
    return None


def deaths_after_end(scenario: Scenario) -> float:
    """Deaths a day that are counted after an end: as stated, or those of the war before the deal.

    These are the deaths of the worst fortnight, times how violent the last one before signing was.
    """
    stated = scenario.war.deaths_after_end
    return stated.centre if stated is not None else war_rate(scenario.war.toll_14d.centre, scenario.war.ongoing.centre)


def worlds_to_simulate(plan: Plan) -> int:
    """Worlds that `run_plan` simulates, those at draws of the assumed numbers included."""
    assumed = assumed_count(plan.scenario, initial_state(plan.scenario))
    return plan.worlds + (DRAWS * WORLDS_PER_DRAW if assumed else 0)


def numbers_drawn(scenario: Scenario) -> str:
    """How many numbers are drawn to compute uncertainty, in words."""
    slots, ranges = initial_state(scenario).slots, assumed_ranges(scenario)
    assumed = {path for path, number, _ in quantities(scenario) if number.assumed}
    drawn = {path for path in ranges if path in slots}
    return drawn_words(len(drawn), len(drawn & assumed), len(assumed))


def assumed_count(scenario: Scenario, initial: InitialState) -> int:
    """How many numbers with a range are drawn to compute uncertainty; a few of them have a source."""
    return sum(path in initial.slots for path in assumed_ranges(scenario))


def warm_up(plan: Plan) -> None:
    """Compile the rules for this scenario's shape, if need be, by simulating one world."""
    compiled_engine.simulate(one_scenario(initial_state(plan.scenario), 1, plan.seed), 0, 1)


def simulate_plan(
    plan: Plan, initial: InitialState, workers: int | None, progress: ProgressCallback, fans: WeeklyFans | None = None
) -> Rows:
    """The rows of a plan's worlds, in order, and the reasons of failures; `fans` count those of the compiled engine."""
    if plan.engine == "mesa":
        return _simulate_on_processes(plan, cores(workers), progress)
    return simulate_batch(one_scenario(initial, plan.worlds, plan.seed), workers, progress, fans), ()


def simulate_batch(
    batch: Batch, workers: int | None, progress: ProgressCallback, fans: WeeklyFans | None = None
) -> WorldArray:
    """The rows of a batch, in order; `fans` count its weeks."""
    rows = np.zeros(len(batch), RESULT)
    chunk = min(LARGEST_CHUNK, max(10, len(batch) // (8 * cores(workers))))
    weeks, see, sectors = (fans.weeks, fans.add, len(fans.sectors)) if fans is not None else (0, None, 0)
    for first, results in run_worlds(batch, workers, chunk, weeks, see, sectors):
        rows[first : first + len(results)] = results
        progress(len(results))
    return rows


def _simulate_on_processes(plan: Plan, processes: int, progress: ProgressCallback) -> Rows:
    """The worlds of a plan as Mesa models, in this process or on several."""
    rows = np.zeros(plan.worlds, RESULT)
    reasons: dict[int, tuple[str, ...]] = {}
    spans = [(first, min(first + MESA_CHUNK, plan.worlds)) for first in range(0, plan.worlds, MESA_CHUNK)]
    for first, last, result in _finished_spans(plan, spans, processes):
        rows[first:last], reasons[first] = result
        progress(last - first)
    in_order = [reason for first in sorted(reasons) for reason in reasons[first]]
    return rows, tuple(dict.fromkeys(in_order))[:MOST_REASONS]


def _finished_spans(plan: Plan, spans: list[tuple[int, int]], processes: int) -> Iterator[tuple[int, int, Rows]]:
    """Spans of worlds and their rows, each as soon as it is finished."""
    if processes == 1:
        for first, last in spans:
            yield first, last, simulate_with_mesa(plan.scenario, plan.seed, first, last)
        return
    with _processes(min(processes, len(spans))) as pool:
        queue = iter(spans)
        futures: dict[Future[Rows], tuple[int, int]] = {}
        while True:
            for span in islice(queue, 2 * processes - len(futures)):
                with defer_signals(), _quiet_start():  # a call may start a process
                    futures[pool.submit(simulate_with_mesa, plan.scenario, plan.seed, *span)] = span
            if not futures:
                return
            for future in wait_for_any(futures):
                first, last = futures.pop(future)
                yield first, last, future.result()


@contextmanager
def _processes(number: int) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that ignore interrupts, and end when this process raises an error or is no more."""
    others = set(multiprocessing.active_children())
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(number, mp_context=spawn, initializer=_prepare_worker)
    try:
        yield pool
    except BaseException as problem:
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        if isinstance(problem, BrokenProcessPool):
            raise WorkerDiedError from None
        raise
    finally:
        with defer_signals():
            pool.shutdown(wait=True, cancel_futures=True)


def _prepare_worker() -> None:
    """Ignore interrupts, which the parent hears, and end as soon as the parent is no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


@contextmanager
def _quiet_start() -> Iterator[None]:
    """A process that is started in the block never receives Ctrl-C and has no standard error.

    Before its first line of ours, an interrupt or the end of its parent would make it print a traceback. What fails in
    a world is returned, not printed.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    stderr, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(null)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def simulate_with_mesa(scenario: Scenario, seed: int, first: int, last: int) -> Rows:
    """Worlds `first` to `last` - 1, each as a Mesa model; a world that raises an error becomes a failed row."""
    rows = blank_world(RESULT, last - first)
    reasons = []
    for row, world in enumerate(range(first, last)):
        try:
            _simulate_mesa_world(scenario, seed, world, rows[row : row + 1])
        except Exception as problem:
            rows[row : row + 1] = failed_row(world)
            reasons.append(failure_reason(problem))
    return np.asarray(rows), tuple(reasons)


def _simulate_mesa_world(scenario: Scenario, seed: int, world: int, row: WorldArray) -> None:
    from ceasefire.simulation.mesa_model import CeasefireModel

    model = CeasefireModel(scenario, seed, world, collect=False)
    model.live()
    compiled_engine.write_result(model.record, row)


def no_progress(done: int) -> None:
    """No progress callback."""
