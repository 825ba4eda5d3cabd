"""Work in the background, one job after another: batch experiments, and runs that are kept."""

from __future__ import annotations

import itertools
import shlex
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from ceasefire.ensemble.output_folder import folder_for_run
from ceasefire.ensemble.run import RunResult, WorldsCallback, run_plan, worlds_to_simulate
from ceasefire.ensemble.run_plan import Plan
from ceasefire.errors import FolderError, ScenarioError
from ceasefire.experiments.executors import ThreadExecutor
from ceasefire.experiments.prepare import QUICK_SECONDS, PreparedExperiment, warm_up
from ceasefire.experiments.result_store import Store
from ceasefire.experiments.runner import run
from ceasefire.report.fill_folder import fill_run, finish_experiment, redraw_run

TOLD_EVERY = 0.5
"""Seconds between two messages about the progress of a job."""
MOST_JOBS = 50
BUSY = ("running", "cancelling", "drawing")


class StoppedError(Exception):
    """The job was stopped; what is finished stays."""


class Job:
    """One job: what it does, and how far it is. It is the listener of an experiment that runs."""

    def __init__(self, kind: str, title: str, question: str, folder: Path, typed: list[str]) -> None:
        self.kind, self.title, self.question, self.folder = kind, title, question, folder
        self.typed = typed
        """The command line that does the same, as results folders name it: its first word is `ceasefire`."""
        self.number = self.command = ""
        self.state, self.message = "running", "waits for its turn"
        self.problem = ""
        self.done = self.worlds = 0
        self.stopped = threading.Event()
        self.tell: Callable[[], None] = lambda: None
        self._began = self._told = time.monotonic()
        self._new = 0

    def set_total(self, worlds: int, done: int, extra: bool) -> None:
        """Worlds of all rounds so far, and how many are done."""
        self.worlds, self.done, self.message = worlds, done, ""
        self._began, self._new = time.monotonic(), 0
        self._check()

    def advance(self, worlds: int) -> None:
        """Worlds that were finished since the last call. StoppedError when the job was stopped."""
        self.done += worlds
        self._new += worlds
        self._check()

    def damaged(self, chunks: Sequence[int]) -> None:
        """Numbers of chunks that are simulated again."""
        self.message = f"{len(chunks):,} damaged parts are simulated again"

    def draw(self) -> None:
        """The worlds are done; figures and report follow."""
        self.state, self.message = "drawing", "draws figures and writes the report"
        self.tell()

    def note(self, problem: str) -> None:
        """What could not be made, to be read when the job is done."""
        self.problem = problem

    def _check(self) -> None:
        if self.stopped.is_set():
            raise StoppedError
        if time.monotonic() - self._told >= TOLD_EVERY:
            self._told = time.monotonic()
            self.tell()

    def content(self) -> dict[str, Any]:
        """The job for the page."""
        spent = time.monotonic() - self._began
        left = spent / self._new * (self.worlds - self.done) if self._new and self.state == "running" else None
        page = self.folder / "report.html"
        report = f"/results/{self.folder.name}/report.html" if page.is_file() else None
        return {
            "job": self.number, "kind": self.kind, "title": self.title, "question": self.question, "state": self.state,
            "done": self.done, "worlds": self.worlds, "seconds_left": left and round(left, 1),
            "folder": self.folder.name, "report": report, "command": self.command, "message": self.message,
        }  # fmt: skip


class Jobs:
    """The jobs of the server; a thread of its own works on them, one after another."""

    def __init__(self, tell_all: Callable[[dict[str, Any]], None], program: str) -> None:
        self._tell_all, self.program = tell_all, program
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._numbers = itertools.count(1)
        self._queue: SimpleQueue[tuple[Job, Callable[[Job], None]]] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def all(self) -> list[dict[str, Any]]:
        """Every job, the oldest first."""
        return [job.content() for job in list(self._jobs.values())]

    def stop(self, number: str) -> Job:
        """Stop a job; FolderError when there is no such job."""
        if number not in self._jobs:
            raise FolderError(f"there is no job '{number}'; it may be of an earlier start of the studio")
        job = self._jobs[number]
        if job.state == "running":
            job.state = "cancelling"
        job.stopped.set()
        return job

    def stop_all(self) -> None:
        """Stop every job, as the server ends; what is finished stays, and the same command goes on with it."""
        for job in list(self._jobs.values()):
            job.stopped.set()

    def wait(self, seconds: float) -> None:
        """Wait for the job that is under way to stop, so long at most."""
        end = time.monotonic() + seconds
        while any(job.state in BUSY for job in list(self._jobs.values())) and time.monotonic() < end:
            time.sleep(0.05)

    def start_batch(self, prepared: PreparedExperiment, folder: Path) -> Job:
        """Start or continue an experiment; if it runs already, that job."""
        spec = prepared.experiment.spec
        typed = ["ceasefire", "experiment", spec.name, *(["--quick"] if prepared.quick else [])]
        job = Job("batch", spec.title, spec.question, folder, typed)
        return self._start(job, lambda job: _run_batch(prepared, job))

    def start_run(self, plan: Plan, typed: list[str]) -> Job:
        """Start a run that is kept; when it is there already, it is done at once."""
        folder, _ = folder_for_run(plan)
        question = "How long does the deal hold, and how does it end?"
        job = Job("run", plan.loaded.label, question, folder, typed)
        return self._start(job, lambda job: _run_run(plan, job))

    def _start(self, job: Job, work: Callable[[Job], None]) -> Job:
        for other in self._jobs.values():
            if other.folder == job.folder and other.state in ("running", "drawing"):
                return other
        job.number, job.command = str(next(self._numbers)), f"{self.program} {shlex.join(job.typed[1:])}"
        job.tell = lambda: self._tell_all({"type": "job", "job": job.content()})
        self._jobs[job.number] = job
        while len(self._jobs) > MOST_JOBS and next(iter(self._jobs.values())).state not in ("running", "drawing"):
            self._jobs.popitem(last=False)
        self._queue.put((job, work))
        if self._thread is None:
            self._thread = threading.Thread(target=self._live, daemon=True, name="studio-jobs")
            self._thread.start()
        return job

    def _live(self) -> None:
        while True:
            job, work = self._queue.get()
            try:
                job.set_total(0, 0, extra=False)
                work(job)
                job.state, job.message = "done", job.problem
            except StoppedError:
                job.state, job.message = "stopped", "Stopped. What is finished stays, and it can be resumed."
            except (FolderError, ScenarioError, OSError) as problem:
                job.state, job.message = "failed", str(problem)
            except Exception as problem:
                job.state, job.message = "failed", f"the studio itself failed: {type(problem).__name__}: {problem}"
            job.tell()


def _run_batch(prepared: PreparedExperiment, job: Job) -> None:
    """Simulate what is missing of an experiment, and write its tables, figures and report."""
    store = Store(job.folder)
    warm_up(prepared)
    with ThreadExecutor() as executor:
        limit = QUICK_SECONDS if prepared.quick else None
        progress = run(prepared, store, executor, job, job.typed, limit)
    job.draw()
    finish_experiment(prepared, store, progress, None, str(store.folder), job.note)


def _run_run(plan: Plan, job: Job) -> None:
    """Run a plan into its folder, as `ceasefire run` does; of one that is there already the figures are drawn anew."""
    job.folder, there = folder_for_run(plan)
    job.set_total(worlds_to_simulate(plan), 0, extra=False)
    if there:
        job.done = job.worlds
        job.draw()
        redraw_run(job.folder, plan, str(job.folder), job.note)
        return

    def simulate(while_sampling: WorldsCallback) -> RunResult:
        outcome = run_plan(plan, None, job.advance, while_sampling)
        job.draw()
        return outcome

    fill_run(job.folder, plan, simulate, job.typed, str(job.folder), job.note)
