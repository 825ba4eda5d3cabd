"""Who does the work: threads of this process, over compiled rules that hold no interpreter lock."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Protocol

from ceasefire.compilation.cache import source_digest
from ceasefire.experiments.chunks import Chunk, ChunkResult, PointRecords, simulate_chunk, simulate_chunk_remotely
from ceasefire.simulation.deferred_signals import defer_signals, wait_for_any
from ceasefire.simulation.engine import cores

ChunkFuture = Future[ChunkResult]


class Executor(Protocol):
    """Lives chunks, some at a time, in any order."""

    def __enter__(self) -> Executor: ...

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def room(self) -> int:
        """Chunks that may be under way at once."""

    def start(self, recipe: PointRecords, chunk: Chunk) -> ChunkFuture:
        """Take up a chunk."""

    def done(self, jobs: Iterable[ChunkFuture]) -> set[ChunkFuture]:
        """Wait until some of these are done; which."""


class ThreadExecutor:
    """Workers in this process."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = cores(workers)
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(self.workers)

    def __enter__(self) -> ThreadExecutor:
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

    def start(self, recipe: PointRecords, chunk: Chunk) -> ChunkFuture:
        """Take up a chunk."""
        with defer_signals():
            return self._pool.submit(simulate_chunk, recipe, chunk, None, self._stop.is_set)

    def done(self, jobs: Iterable[ChunkFuture]) -> set[ChunkFuture]:
        """Wait until some of these are done; which. Wakes up often enough to hear an interrupt."""
        return wait_for_any(jobs)


PATIENCE = "20s"
"""How long to wait for the scheduler."""

RETRIES = 3
"""How often a chunk is tried again after its worker died."""


class ClusterError(Exception):
    """The cluster cannot be reached, or lost a chunk."""


class DaskExecutor:
    """Workers that a Dask scheduler at an address gives work to. ClusterError when there is none."""

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise ClusterError("--cluster needs the extra `cluster`: pip install 'ceasefire[cluster]'") from None
        self.address = address
        self._source = source_digest()
        try:
            connect: Any = Client
            self._client = connect(address, timeout=PATIENCE)
        except (OSError, ValueError) as problem:
            raise ClusterError(f"no Dask scheduler answers at {address}: {problem}") from problem

    def __enter__(self) -> DaskExecutor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What is under way is dropped; the cluster stays."""
        self._client.close(timeout=5)

    @property
    def room(self) -> int:
        """Two chunks for each thread of each worker."""
        return max(2, 2 * int(sum(self._client.nthreads().values())))

    def start(self, recipe: PointRecords, chunk: Chunk) -> ChunkFuture:
        """Send a chunk with the recipe of its own points."""
        points = list(dict.fromkeys(block.point for block in chunk.blocks))
        job: ChunkFuture = self._client.submit(
            simulate_chunk_remotely, recipe.part(points), points, chunk, self._source, pure=False, retries=RETRIES
        )
        return job

    def done(self, jobs: Iterable[ChunkFuture]) -> set[ChunkFuture]:
        """Wait until some of these are done; which. ClusterError when the scheduler is gone."""
        import distributed

        wait: Any = distributed.wait
        waiting = list(jobs)
        while True:
            try:
                return set(wait(waiting, timeout=1, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                if self._client.status != "running":
                    raise ClusterError(f"the scheduler at {self.address} is gone") from None
