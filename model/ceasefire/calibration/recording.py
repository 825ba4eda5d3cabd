"""Worlds counted as a war is counted: deadly incidents and the dead of each side, day by day while the truce holds."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from ceasefire import draws
from ceasefire.compiled import called_from_python, rule
from ceasefire.engine import Batch, begin, cores, drawn_numbers, live_day, room_for_formations
from ceasefire.world import C_CIVILIAN, World, blank_world

EVENTS, DEATHS, CIVILIAN, FIRST_SIDE, SECOND_SIDE = range(5)
"""What is counted on a day: deadly incidents and their dead as far as recorded; all civilian dead; each side's dead."""
COUNTED = 5

Counts = NDArray[np.float64]
"""Counts of days, shape (worlds, days, COUNTED)."""


@rule
def count_day(w: World, recorded: float, civilians_before: float, row: Counts) -> None:
    """Count a day: an incident is one formation's deadly fire of a day, on record with 1 - (1 - recorded)^dead."""
    key = draws.stream_key(w.today_key, draws.RECORDED)
    missed = draws.log(1.0 - recorded)
    for k in range(w.n_firing):
        f = w.firing[k]
        dead = w.killed[f, 0] + w.killed[f, 1] + w.killed[f, 2]
        if dead > 0 and draws.uniform(key, w.formation_key[f], 0) < 1.0 - draws.exp(dead * missed):
            row[EVENTS] += 1.0
            row[DEATHS] += dead
    row[CIVILIAN] = w.counter[C_CIVILIAN] - civilians_before
    for a in range(w.n_actors):
        if w.fights[a] == 1:
            row[FIRST_SIDE + w.side[a]] += w.losses_today[a]


@called_from_python
def record_chunk(worlds, numbers, room, openings, drawn, seed, points, which, recorded, counts, held):  # type: ignore[no-untyped-def]
    """Live each world until its truce ends or the window is full; note every day, and how many it held."""
    w = worlds[0]
    nearness, close = room
    for k in range(which.shape[0]):
        begin(w, numbers, openings[points[k]], drawn, seed, which[k])
        counts[k] = 0.0
        w.horizon = min(w.horizon, counts.shape[1])
        while w.over == 0:
            before = w.counter[C_CIVILIAN]
            day = w.day
            live_day(w, numbers, nearness, close)
            if day < counts.shape[1]:
                count_day(w, recorded[k], before, counts[k, day])
        held[k] = w.days_held


def record(
    batch: Batch, recorded: NDArray[np.float64], days: int, workers: int | None = None
) -> tuple[Counts, NDArray[np.int64]]:
    """Counts of the first `days` days of every world of a batch, shape (worlds, days, COUNTED), and days held."""
    counts = np.zeros((len(batch), days, COUNTED))
    held = np.zeros(len(batch), np.int64)
    drawn = drawn_numbers(batch.opening)

    def one(part: Sequence[int]) -> None:
        scratch = blank_world(batch.opening.record.dtype)
        span = slice(part[0], part[-1] + 1)
        with np.errstate(over="ignore"):
            record_chunk(
                scratch, np.asarray(scratch).view(np.float64), room_for_formations(scratch), batch.openings, drawn,
                np.uint64(batch.seed), batch.points[span], batch.worlds[span], recorded[batch.points[span]],
                counts[span], held[span],
            )  # fmt: skip

    with ThreadPoolExecutor(cores(workers)) as pool:
        list(pool.map(one, [range(k, min(k + 500, len(batch))) for k in range(0, len(batch), 500)]))
    return counts, held
