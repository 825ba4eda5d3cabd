"""Who does the work: threads of this process, over compiled rules that hold no interpreter lock."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Protocol

from ceasefire.experiment.chunks import Chunk
from ceasefire.experiment.recipe import Recipe
from ceasefire.experiment.work import Lived, live_chunk
from ceasefire.simulation.deferred_signals import held, some_done
from ceasefire.simulation.engine import cores

Job = Future[Lived]


class Crew(Protocol):
    """Lives chunks, some at a time, in any order."""

    def __enter__(self) -> Crew: ...

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def room(self) -> int:
        """Chunks that may be under way at once."""

    def start(self, recipe: Recipe, chunk: Chunk) -> Job:
        """Take up a chunk."""

    def done(self, jobs: Iterable[Job]) -> set[Job]:
        """Wait until some of these are done; which."""


class Threads:
    """Workers in this process."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = cores(workers)
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(self.workers)

    def __enter__(self) -> Threads:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Whatever is under way is dropped within a block of worlds."""
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def room(self) -> int:
        """One chunk for each worker, and one each in waiting."""
        return 2 * self.workers

    def start(self, recipe: Recipe, chunk: Chunk) -> Job:
        """Take up a chunk."""
        with held():
            return self._pool.submit(live_chunk, recipe, chunk, None, self._stop.is_set)

    def done(self, jobs: Iterable[Job]) -> set[Job]:
        """Wait until some of these are done; which. Wakes up often enough to hear an interrupt."""
        return some_done(jobs)
