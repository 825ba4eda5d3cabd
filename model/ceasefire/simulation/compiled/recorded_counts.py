"""Worlds counted as a war is counted, compiled: recorded incidents and the dead of each side, day by day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import called_from_python, rule
from ceasefire.simulation.compiled.day_loop import start_world, step_day
from ceasefire.world_state import C_CIVILIAN, World

EVENTS, DEATHS, CIVILIAN, FIRST_SIDE, SECOND_SIDE = range(5)
"""What is counted on a day: deadly incidents and their dead as far as recorded; all civilian dead; each side's dead."""


COUNTED = 5


Counts = NDArray[np.float64]
"""Counts of days, shape (worlds, days, COUNTED)."""


@rule
def count_day(w: World, recorded: float, civilians_before: float, row: Counts) -> None:
    """Count a day: an incident is one formation's deadly fire of a day, on record with 1 - (1 - recorded)^dead."""
    key = random_streams.stream_key(w.today_key, random_streams.RECORDED)
    missed = random_streams.log(1.0 - recorded)
    for k in range(w.n_firing):
        f = w.firing[k]
        dead = w.killed[f, 0] + w.killed[f, 1] + w.killed[f, 2]
        if dead > 0 and random_streams.uniform(key, w.formation_key[f], 0) < 1.0 - random_streams.exp(dead * missed):
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
        start_world(w, numbers, openings[points[k]], drawn, seed, which[k])
        counts[k] = 0.0
        w.horizon = min(w.horizon, counts.shape[1])
        while w.over == 0:
            before = w.counter[C_CIVILIAN]
            day = w.day
            step_day(w, numbers, nearness, close)
            if day < counts.shape[1]:
                count_day(w, recorded[k], before, counts[k, day])
        held[k] = w.days_held
