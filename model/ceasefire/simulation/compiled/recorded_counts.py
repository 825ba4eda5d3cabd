"""Worlds counted as a war is counted, compiled: by day as far as recorded, and by week as it is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import rule
from ceasefire.world_state import C_CIVILIAN, C_COMBATANT, C_DISPLACED, World

EVENTS, DEATHS, CIVILIAN, FIRST_SIDE, SECOND_SIDE = range(5)
"""What is counted on a day: deadly incidents and their dead as far as recorded; all civilian dead; each side's dead."""


COUNTED = 5


Counts = NDArray[np.float64]
"""Counts of days, shape (worlds, days, COUNTED)."""

INCIDENTS, VIOLATIONS, ALL_DEATHS, CIVILIAN_DEATHS, DISPLACED, VIOLATIONS_BY, _, DEATHS_OF, _, SECTORS = range(10)
"""What is counted of a week: deadly incidents, all violations, all deaths, civilian deaths, people displaced; the
violations by each side, the deaths of each; from SECTORS on, violations and deaths by fire in each sector. Nothing goes
unrecorded."""

WEEKLY = SECTORS
"""Counts of a week without those of sectors."""

WEEK = 7
"""Days."""


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


@rule
def count_week(w: World, weeks: NDArray[np.int64]) -> None:
    """Count the day that has ended into its week, shape (weeks, WEEKLY and two for each sector).

    Sums since day 0, not of the week: all violations, all deaths, civilian deaths, people displaced. They are written
    on the last day of a week only; a week that a world does not live through is not told.
    """
    day = w.day - 1
    week = day // WEEK
    for k in range(w.n_firing):
        f = w.firing[k]
        dead = w.killed[f, 0] + w.killed[f, 1] + w.killed[f, 2]
        weeks[week, INCIDENTS] += dead > 0
        weeks[week, VIOLATIONS_BY + w.formation_side[f]] += w.fires[f]
        sector = SECTORS + 2 * int(w.formation_sector[f])
        if sector < weeks.shape[1]:
            weeks[week, sector] += w.fires[f]
            weeks[week, sector + 1] += dead
    for a in range(w.n_fighters):
        weeks[week, DEATHS_OF + w.side[a]] += w.losses_today[a]
    if day % WEEK == WEEK - 1:
        for kind in range(4):
            weeks[week, VIOLATIONS] += int(w.counter[kind])
        weeks[week, DISPLACED] = int(w.counter[C_DISPLACED])
        weeks[week, CIVILIAN_DEATHS] = int(w.counter[C_CIVILIAN])
        weeks[week, ALL_DEATHS] = int(w.counter[C_CIVILIAN] + w.counter[C_COMBATANT])
