"""Executors of chunks: threads of this process (compiled rules hold no interpreter lock), or a Dask cluster."""

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

RETRIES = 3
"""How often a chunk is submitted again after its worker died."""


class ClusterError(Exception):
    """The cluster cannot be reached, or lost a chunk."""


class DaskExecutor:
    """Workers of the Dask scheduler at an address. ClusterError when no scheduler is there."""

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise ClusterError("--cluster needs the extra `cluster`: pip install 'ceasefire[cluster]'") from None
        self.address = address
        self._source = source_digest()
        try:
            connect: Any = Client
            self._client = connect(address, timeout=CONNECT_TIMEOUT)
        except (OSError, ValueError) as problem:
            raise ClusterError(f"no Dask scheduler answers at {address}: {problem}") from problem

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
        return max(2, 2 * int(sum(self._client.nthreads().values())))

    def submit(self, records: PointRecords, chunk: Chunk) -> ChunkFuture:
        """Submit a chunk with the records of its own points."""
        points = list(dict.fromkeys(block.point for block in chunk.blocks))
        future: ChunkFuture = self._client.submit(
            simulate_chunk_remotely, records.part(points), points, chunk, self._source, pure=False, retries=RETRIES
        )
        return future

    def wait(self, futures: Iterable[ChunkFuture]) -> set[ChunkFuture]:
        """Wait until at least one of these is finished; returns those that are. ClusterError without a scheduler."""
        import distributed

        wait: Any = distributed.wait
        waiting = list(futures)
        while True:
            try:
                return set(wait(waiting, timeout=1, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                if self._client.status != "running":
                    raise ClusterError(f"the scheduler at {self.address} cannot be reached any more") from None
