"""Workers on other machines: a Dask cluster, given by the address of its scheduler. Needs the extra `cluster`."""

from __future__ import annotations

from collections.abc import Iterable
from types import TracebackType
from typing import Any

from ceasefire.compilation.cache import source_digest
from ceasefire.experiment.chunks import Chunk
from ceasefire.experiment.crew import Job
from ceasefire.experiment.recipe import Recipe
from ceasefire.experiment.work import live_far_away

PATIENCE = "20s"
"""How long to wait for the scheduler."""

RETRIES = 3
"""How often a chunk is tried again after its worker died."""


class ClusterError(Exception):
    """The cluster cannot be reached, or lost a chunk."""


class Cluster:
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

    def __enter__(self) -> Cluster:
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

    def start(self, recipe: Recipe, chunk: Chunk) -> Job:
        """Send a chunk with the recipe of its own points."""
        points = list(dict.fromkeys(block.point for block in chunk.blocks))
        job: Job = self._client.submit(
            live_far_away, recipe.part(points), points, chunk, self._source, pure=False, retries=RETRIES
        )
        return job

    def done(self, jobs: Iterable[Job]) -> set[Job]:
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
