"""Running a scenario for a check: worlds 0 to n - 1 as a table, the same worlds under every scenario."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ceasefire.ensemble.worlds_table import worlds_frame
from ceasefire.parameters.sourced_value import Quantity
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import WorldArray, initial_state

SEED = 20200306


def lived(scenario: Scenario, worlds: int, seed: int = SEED, *, chunk: int | None = None) -> pd.DataFrame:
    """The worlds table of worlds 0 to `worlds` - 1."""
    opening = initial_state(scenario)
    span = chunk or max(1, worlds // 8)
    return worlds_frame(engine.all_rows(engine.one_scenario(opening, worlds, seed), chunk=span), opening)


def opened(scenario: Scenario, world: int = 0, seed: int = SEED) -> WorldArray:
    """The record of one world on the morning of day 0, shape (1,)."""
    return engine.initial_world(initial_state(scenario), seed, world)


def deaths(worlds: pd.DataFrame) -> pd.Series[int]:
    """All who died in each world."""
    return worlds["deaths_combatant"] + worlds["deaths_civilian"]


def with_weights(scenario: Scenario, weights: Mapping[tuple[str, str], float]) -> Scenario:
    """The scenario with the weights of some (actor, motive) pairs set; a distribution gives way to the number."""
    for (actor, motive), weight in weights.items():
        scenario = with_number(scenario, f"actors.{actor}.motives.{motive}", weight)
    return scenario


def with_number(scenario: Scenario, path: str, value: float) -> Scenario:
    """The scenario with one number set, by dotted path; a distribution gives way to the number."""
    found: Scenario = _with(scenario, path.split("."), Quantity(value=value))
    return found


def _with(part: Any, steps: list[str], number: Quantity) -> Any:
    if not steps:
        return number
    first, rest = steps[0], steps[1:]
    if isinstance(part, dict):
        return {**part, first: _with(part.get(first), rest, number)}
    return part.model_copy(update={first: _with(getattr(part, first), rest, number)})


def each_day(scenario: Scenario, world: int = 0, days: int = 10_000, seed: int = SEED) -> Iterator[WorldArray]:
    """A world's record, shape (1,), on the morning of day 0 and after each day lived: the same array each time."""
    record = opened(scenario, world, seed)
    yield record
    for _ in range(days):
        if record["over"][0]:
            return
        engine.step_day(record)
        yield record
