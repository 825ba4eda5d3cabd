"""Cost of a simulated world: core time per simulated day, and worlds per second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ceasefire.scenario.schema import Scenario
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import InitialState, initial_state

SEED = 1


def days_of(scenario: Scenario, days: int) -> Scenario:
    """The scenario with that horizon."""
    return scenario.model_copy(update={"horizon_days": days})


def compiled_cost(scenario: Scenario, worlds: int, repeats: int) -> dict[str, float]:
    """Cost of the compiled engine: nanoseconds of one core per world-day, worlds per second on one core and on all.

    The best of `repeats` measurements, so that other programs on the machine have little effect. Days are days held;
    the few days after them, until an offensive is confirmed, are not counted.
    """
    opening = initial_state(scenario)
    batch = engine.one_scenario(opening, worlds, SEED)
    engine.simulate(batch, 0, 1)
    held = 0

    def on_one_core() -> None:
        nonlocal held
        held = int(engine.simulate(batch, 0, worlds)["days_held"].sum())

    seconds = min(_timed(on_one_core, time.thread_time) for _ in range(repeats))
    all_cores = min(_timed(lambda: _on_all_cores(opening, worlds), time.perf_counter) for _ in range(repeats))
    return {
        "ns_per_world_day": seconds / held * 1e9,
        "worlds_per_second_one_core": worlds / seconds,
        "worlds_per_second_all_cores": worlds / all_cores,
        "days_per_world": held / worlds,
    }


def _on_all_cores(opening: InitialState, worlds: int) -> None:
    chunk = max(1, worlds // (4 * engine.cores()))
    engine.all_rows(engine.one_scenario(opening, worlds, SEED), chunk=chunk)


def mesa_cost(scenario: Scenario, *, collect: bool = False) -> float:
    """Cost of CeasefireModel, whose agents call the compiled rules: nanoseconds of one core per day of one world."""
    from ceasefire.simulation.mesa_model import CeasefireModel

    model = CeasefireModel(scenario, SEED, collect=collect)
    model.step()
    seconds = _timed(model.live, time.thread_time)
    return seconds / (model.day - 1) * 1e9


def independent_model_cost(scenario: Scenario, seed: int) -> float:
    """Cost of one world of the independent model in this process: nanoseconds of one core per day."""
    from ceasefire.evaluation.independent_model.model import PeerModel

    model = PeerModel(scenario, seed)
    seconds = _timed(model.run_model, time.thread_time)
    return seconds / model.day * 1e9


def independent_model_rows(scenario: Scenario, worlds: int, processes: int, first: int = 0) -> list[dict[str, Any]]:
    """Worlds of the independent model under Mesa's batch_run, with seeds from `first`: the last report of each."""
    from mesa.batchrunner import batch_run

    from ceasefire.evaluation.speed.timed_peer import TimedPeer

    rows: list[dict[str, Any]] = batch_run(
        TimedPeer, {"scenario": [scenario], "seed": range(first, first + worlds)}, number_processes=processes,
        max_steps=scenario.horizon_days, display_progress=False,
    )  # fmt: skip
    return rows


def independent_model_batch(scenario: Scenario, worlds: int, processes: int, first: int = 0) -> tuple[float, float]:
    """The independent model under batch_run: worlds per second of all processes together, and mean days per world.

    Each world is timed inside its process, so that the start of processes is in no figure, and none is a difference of
    two noisy times. The processes work side by side; the rate of one is a world in the mean time of its worlds.
    """
    rows = independent_model_rows(scenario, worlds, processes, first)
    seconds = sum(row["seconds"] for row in rows)
    return min(processes, worlds) * len(rows) / seconds, sum(row["Step"] + 1 for row in rows) / len(rows)


def _timed(work: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start
