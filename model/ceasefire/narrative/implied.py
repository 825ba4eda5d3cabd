"""What the numbers of a scenario imply for its first month, in words: who attacks, and whether the deal holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray
from ceasefire.scenario.schema import FORCE_LADDER, Scenario
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import initial_state
from ceasefire.wording import whole_percent

WORLDS, WEEK, MONTH = 300, 7, 30
"""Worlds that are looked at, and the days in which they are."""

ATTACK = FORCE_LADDER.index("offensive")


def implied(scenario: Scenario, worlds: int = WORLDS, seed: int = 1) -> list[str]:
    """A sentence for each party that can attack, and one on the deal, from worlds with the numbers as written."""
    attacks, holds = first_month(scenario, worlds, seed)
    sentences = [
        f"{scenario.actors[name].title} attacks within a week in {_share(days < WEEK)} of worlds, "
        f"and within {MONTH} days in {_share(days < MONTH)}."
        for name, days in attacks.items()
    ]
    return [*sentences, f"The deal holds past day {MONTH} in {_share(holds)} of worlds."]


def first_month(scenario: Scenario, worlds: int, seed: int) -> tuple[dict[str, FloatArray], FloatArray]:
    """By actor the first day on the offensive in each world (infinite: not in the first month); which worlds hold."""
    opening = initial_state(scenario.model_copy(update={"horizon_days": MONTH}))
    able = [
        (at, name)
        for at, name in enumerate(opening.actors)
        if scenario.actors[name].role != "outside" and scenario.actors[name].ceiling in (None, "offensive")
    ]
    first = np.full((worlds, len(able)), np.inf)
    holds = np.zeros(worlds)
    for world in range(worlds):
        record = engine.initial_world(opening, seed, world)
        for day in range(MONTH):
            if record["over"][0]:
                break
            engine.step_day(record)
            for k, (at, _) in enumerate(able):
                if record["rung"][0, at] == ATTACK:
                    first[world, k] = min(first[world, k], day)
        while not record["over"][0]:
            engine.step_day(record)
        holds[world] = record["ended"][0] == 0
    return {name: first[:, k] for k, (_, name) in enumerate(able)}, holds


def _share(which: FloatArray | NDArray[np.bool_]) -> str:
    return whole_percent(float(np.mean(which)))
