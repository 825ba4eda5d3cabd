"""Executors of chunks: threads of this process (compiled rules hold no interpreter lock), or a Dask cluster."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Protocol

from ceasefire.compilation.cache import source_digest
from ceasefire.experiments.chunks import Chunk, ChunkResult, PointRecords, simulate_chunk, simulate_chunk_remotely
from ceasefire.simulation.deferred_signals import defer_signals, wait_for_any
from ceasefire.simulation.engine import cores

ChunkFuture = Future[ChunkResult]


class Executor(Protocol):
    """Simulates chunks, several at a time, in any order."""

    def __enter__(self) -> Executor: ...

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def capacity(self) -> int:
        """Chunks that may be submitted and unfinished at once."""

    def submit(self, records: PointRecords, chunk: Chunk) -> ChunkFuture:
        """Submit a chunk."""

    def wait(self, futures: Iterable[ChunkFuture]) -> set[ChunkFuture]:
        """Wait until at least one of these is finished; returns those that are."""


class ThreadExecutor:
    """Threads of this process."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = cores(workers)
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(self.workers)

    def __enter__(self) -> ThreadExecutor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Running chunks are cancelled at the end of their block of worlds."""
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def capacity(self) -> int:
        """Two chunks for each worker: one running and one waiting."""
        return 2 * self.workers

    def submit(self, records: PointRecords, chunk: Chunk) -> ChunkFuture:
        """Submit a chunk."""
        with defer_signals():
            return self._pool.submit(simulate_chunk, records, chunk, None, self._stop.is_set)

    def wait(self, futures: Iterable[ChunkFuture]) -> set[ChunkFuture]:
        """Wait until at least one of these is finished; returns those that are. An interrupt takes effect soon."""
        return wait_for_any(futures)


CONNECT_TIMEOUT = "20s"
"""Time to wait for the scheduler."""

NO_WORKER_SECONDS = 20.0
"""How long a scheduler may be without workers."""

RETRIES = 3
"""How often a chunk is submitted again after its worker died."""


class ClusterError(Exception):
    """The cluster cannot be reached, has no workers, or lost a chunk."""


def quiet_client_log() -> None:
    """Keep Dask's client from writing failed connections with their tracebacks: a ClusterError says what happened."""
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)


class DaskExecutor:
    """Workers of the Dask scheduler at an address. ClusterError when no scheduler is there, or it has no workers."""

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise ClusterError("--cluster needs the extra `cluster`: pip install 'ceasefire[cluster]'") from None
        quiet_client_log()
        self.address = address
        self._source = source_digest()
        try:
            connect: Any = Client
            self._client = connect(address, timeout=CONNECT_TIMEOUT)
        except (OSError, ValueError) as problem:
            raise ClusterError(f"no Dask scheduler answers at {address}: {problem}") from problem
        try:
            self._client.wait_for_workers(1, timeout=NO_WORKER_SECONDS)
        except (OSError, TimeoutError):
            self._client.close(timeout=5)
            raise self._without_workers() from None

    def __enter__(self) -> DaskExecutor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Unfinished chunks are cancelled; the cluster itself goes on."""
        self._client.close(timeout=5)

    @property
    def capacity(self) -> int:
        """Two chunks for each thread of each worker."""
        return max(2, 2 * self._workers())

    def submit(self, records: PointRecords, chunk: Chunk) -> ChunkFuture:
        """Submit a chunk with the records of its own points."""
        points = list(dict.fromkeys(block.point for block in chunk.blocks))
        future: ChunkFuture = self._client.submit(
            simulate_chunk_remotely, records.part(points), points, chunk, self._source, pure=False, retries=RETRIES
        )
        return future

    def wait(self, futures: Iterable[ChunkFuture]) -> set[ChunkFuture]:
        """Wait until at least one of these is finished; returns those that are.

        ClusterError when the scheduler is gone, has no workers any more, or has lost a chunk.
        """
        import distributed

        wait: Any = distributed.wait
        waiting, since = list(futures), time.monotonic()
        while True:
            try:
                done = set(wait(waiting, timeout=1, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                if self._workers():
                    since = time.monotonic()
                elif time.monotonic() - since > NO_WORKER_SECONDS:
                    raise self._without_workers() from None
                continue
            except (OSError, CancelledError):
                raise self._gone() from None
            for future in done:
                self._refuse_lost(future)
            return done

    def _refuse_lost(self, future: Any) -> None:
        if future.status in ("cancelled", "lost"):
            raise self._gone()
        problem = future.exception() if future.status == "error" else None
        if type(problem).__name__ == "KilledWorker":
            raise ClusterError(f"a chunk ended {RETRIES + 1} workers of {self.address} (a lack of memory there?)")

    def _workers(self) -> int:
        """Threads of the workers. ClusterError when the scheduler is gone."""
        if self._client.status != "running":
            raise self._gone()
        try:
            return int(sum(self._client.nthreads().values()))
        except (OSError, TimeoutError):
            raise self._gone() from None

    def _gone(self) -> ClusterError:
        return ClusterError(f"the scheduler at {self.address} is gone: it cannot be reached any more")

    def _without_workers(self) -> ClusterError:
        return ClusterError(
            f"the scheduler at {self.address} has no workers; start some with: dask worker {self.address}"
        )
