"""Mesa against the compiled engine: the whole record, byte for byte, every day; and one table however it is cut."""

from __future__ import annotations

import hashlib

import numpy as np

from ceasefire.evaluation.verification.check import CheckResult
from ceasefire.evaluation.verification.runs import SEED, each_day, opened
from ceasefire.evaluation.verification.synthetic_scenarios import random_front, small_front
from ceasefire.scenario.find_scenarios import list_cases, list_scenarios
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import WorldArray, initial_state
from ceasefire.simulation.mesa_model import CeasefireModel


def checks(quick: bool = True) -> list[CheckResult]:
    """The flagship and random scenarios day by day; tables under every cut."""
    flagship = load("idlib-2020").scenario
    worlds, days, others = (2, 120, 4) if quick else (10, 1825, 40)
    found = [
        same_days(flagship, "idlib-2020", range(worlds), days),
        same_days(small_front(), "a small front", range(8), 500),
    ]
    for number in range(others):
        found.append(same_days(random_front(number), f"random scenario {number}", range(2), days))
    for name in sorted(set(list_scenarios()) - set(list_cases())):
        found.append(same_tables(load(name).scenario, name, 60 if quick else 600))
    return found


def first_difference(scenario: Scenario, world: int, days: int, seed: int = SEED) -> str:
    """Where Mesa's record first differs from the engine's: 'day 12: trust, heat'; '' when it never does."""
    model = CeasefireModel(scenario, seed=seed, world=world, collect=False)
    record = opened(scenario, world, seed)
    for day in range(days + 1):
        if np.asarray(model.record).tobytes() != np.asarray(record).tobytes():
            return f"day {day}: {', '.join(differing_fields(model.record, record))}"
        if not model.running:
            break
        model.step()
        engine.step_day(record)
    return ""


def differing_fields(one: WorldArray, other: WorldArray) -> list[str]:
    """Names of the fields whose bytes differ."""
    names = one.dtype.names or ()
    return [name for name in names if np.asarray(one[name]).tobytes() != np.asarray(other[name]).tobytes()]


def days_hash(scenario: Scenario, worlds: range, days: int, seed: int = SEED) -> str:
    """SHA-256 of the whole record on every morning of some worlds."""
    digest = hashlib.sha256()
    for world in worlds:
        for record in each_day(scenario, world, days, seed):
            digest.update(np.asarray(record).tobytes())
    return digest.hexdigest()


def same_days(scenario: Scenario, name: str, worlds: range, days: int) -> CheckResult:
    """Every byte of the record, every day, in some worlds of a scenario."""
    differences = [found for world in worlds if (found := first_difference(scenario, world, days))]
    says = f"{len(worlds)} worlds of {name}, the whole record each day, up to {days} days"
    figure = differences[0] if differences else "no byte differs"
    return CheckResult(f"Mesa and engine, {name}", says, figure, "no byte differs", not differences)


def table_hash(scenario: Scenario, worlds: int, seed: int, workers: int, chunk: int) -> str:
    """SHA-256 of the result rows."""
    opening = initial_state(scenario)
    rows = engine.all_rows(engine.one_scenario(opening, worlds, seed), workers=workers, chunk=chunk)
    return hashlib.sha256(rows.tobytes()).hexdigest()


def same_tables(scenario: Scenario, name: str, worlds: int) -> CheckResult:
    """One table whatever the chunk size and the number of workers."""
    cuts = ((1, worlds), (2, 7), (3, 1 + worlds // 4), (4, 20))
    hashes = {table_hash(scenario, worlds, SEED, workers, chunk) for workers, chunk in cuts}
    says = f"{worlds} worlds of {name}, {len(cuts)} ways to cut the work"
    return CheckResult(
        f"one table, {name}", says, f"{len(hashes)} table: {min(hashes)[:12]}", "1 table", len(hashes) == 1
    )  # fmt: skip
