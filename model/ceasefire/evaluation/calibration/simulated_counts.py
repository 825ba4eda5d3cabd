"""Daily counts of simulated worlds in the form of conflict data: deadly incidents and deaths by side."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from ceasefire.simulation.compiled.day_loop import blank_world
from ceasefire.simulation.compiled.recorded_counts import COUNTED, Counts, record_chunk
from ceasefire.simulation.engine import Batch, cores, parameter_draws, scratch_arrays


def record_counts(
    batch: Batch, recorded: NDArray[np.float64], days: int, workers: int | None = None
) -> tuple[Counts, NDArray[np.int64]]:
    """Counts of the first `days` days of every world of a batch, shape (worlds, days, COUNTED), and days held."""
    counts = np.zeros((len(batch), days, COUNTED))
    held = np.zeros(len(batch), np.int64)
    drawn = parameter_draws(batch.opening)

    def one(part: Sequence[int]) -> None:
        scratch = blank_world(batch.opening.record.dtype)
        span = slice(part[0], part[-1] + 1)
        openings, own = batch.part(span.start, span.stop)
        with np.errstate(over="ignore"):
            record_chunk(
                scratch, np.asarray(scratch).view(np.float64), scratch_arrays(scratch), openings, drawn,
                np.uint64(batch.seed), own, batch.worlds[span], recorded[batch.points[span]],
                counts[span], held[span],
            )  # fmt: skip

    with ThreadPoolExecutor(cores(workers)) as pool:
        list(pool.map(one, [range(k, min(k + 500, len(batch))) for k in range(0, len(batch), 500)]))
    return counts, held
