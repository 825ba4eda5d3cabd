"""Worlds counted as a war is counted, day by day while their truce holds, in many threads."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ceasefire.simulation.compiled.day_loop import no_records
from ceasefire.simulation.compiled.recorded_counts import COUNTED, Counts
from ceasefire.simulation.engine import Batch, cores, parameter_draws, simulate


def record_counts(
    batch: Batch, recorded: NDArray[np.float64], days: int, workers: int | None = None
) -> tuple[Counts, NDArray[np.int64]]:
    """Counts of the first `days` days of every world of a batch, shape (worlds, days, COUNTED), and days held."""
    counts = np.zeros((len(batch), days, COUNTED))
    held = np.zeros(len(batch), np.int64)
    record = batch.opening.record.copy()
    record["horizon"] = np.minimum(record["horizon"], days)
    short = replace(batch, opening=replace(batch.opening, record=record))
    drawn = parameter_draws(short.opening)

    def one(part: Sequence[int]) -> None:
        span = slice(part[0], part[-1] + 1)
        weekly, _, _, branches = no_records(len(part))
        records = (weekly, counts[span], recorded[batch.points[span]], branches)
        held[span] = simulate(short, part[0], part[-1] + 1, drawn, records)["days_held"]

    with ThreadPoolExecutor(cores(workers)) as pool:
        list(pool.map(one, [range(k, min(k + 500, len(batch))) for k in range(0, len(batch), 500)]))
    return counts, held
