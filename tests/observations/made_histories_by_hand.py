"""Made histories whose truth is known: how violent a truce is raises both its counts and its danger of ending."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ceasefire.observations.nowcast.made_histories import Histories
from ceasefire.scenario.load import load
from ceasefire.simulation.compiled.day_loop import RESULT
from ceasefire.simulation.initial_state import initial_state


def histories(
    small: str, lives: NDArray[np.int64], incidents: NDArray[np.int64], deaths: NDArray[np.int64] | None = None
) -> Histories:
    """Histories of these lives [days] and daily counts, shape (worlds, days); nothing is counted after an end."""
    rows = np.zeros(len(lives), RESULT)
    rows["days_held"], rows["ended"], rows["cause"] = lives, 1, 1
    rows["cause_actor"] = rows["deciding_actor"] = 0
    lived = np.arange(incidents.shape[1]) < lives[:, None]
    seen, dead = ((each * lived).astype(np.uint16) for each in (incidents, 2 * incidents if deaths is None else deaths))
    return Histories(initial_state(load(small).scenario), rows, seen, dead, np.full(len(lives), 0.9))


def telling(small: str, worlds: int, days: int, seed: int, told: float = 1.0) -> Histories:
    """Lives that are exponential around 120 days, shorter the more violent; `told` is how far counts show that."""
    random = np.random.default_rng(seed)
    level = random.normal(size=worlds)
    lives = random.exponential(120.0 * np.exp(-level)).astype(np.int64) + 1
    rate = 0.5 * np.exp(told * level)
    return histories(small, lives, random.poisson(rate[:, None], (worlds, days)))
