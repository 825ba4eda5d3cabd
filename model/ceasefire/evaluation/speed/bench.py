"""`ceasefire bench`: the engine, Mesa and the independent model side by side; long fronts; start-up; memory."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Callable
from statistics import median
from typing import Any

from ceasefire.evaluation.speed import cost, new_process
from ceasefire.evaluation.speed.long_fronts import front_of
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario

FLAGSHIP = "idlib-2020"
FRONTS = (12, 100, 500)
FRONT_DAYS = 365
PROCESSES = 2

Measurements = dict[str, Any]


def bench(quick: bool = False, progress: Callable[[str], None] = lambda message: None) -> Measurements:
    """Measure everything: about three minutes, or half a minute when `quick`, which leaves out the slow parts.

    `progress` is called with the name of each measurement. Figures are plain numbers; None where nothing was measured.
    """
    flagship = load(FLAGSHIP).scenario
    progress(f"the compiled engine on {FLAGSHIP}")
    measured: Measurements = {"machine": machine(), "scenario": FLAGSHIP, "quick": quick}
    measured["engine"] = cost.compiled_cost(flagship, 200 if quick else 1000, 3)
    progress("fronts of " + ", ".join(map(str, FRONTS[: 1 if quick else None])) + " sectors")
    measured["fronts"] = [_front(flagship, sectors, quick) for sectors in FRONTS[: 1 if quick else None]]
    measured["cost_per_sector_exponent"] = exponent(measured["fronts"])
    progress("Mesa")
    measured["mesa_ns_per_world_day"] = cost.mesa_cost(flagship)
    measured["mesa_collecting_ns_per_world_day"] = cost.mesa_cost(flagship, collect=True)
    progress("the same model as ordinary Mesa")
    measured |= compare_with_independent_model(flagship, quick)
    progress("the rules with compilation off")
    measured["interpreted_ns_per_world_day"] = interpreted_cost(20 if quick else 100)
    progress("start-up and memory")
    measured |= _start_up(quick)
    return measured


def _front(flagship: Scenario, sectors: int, quick: bool) -> Measurements:
    scenario = cost.days_of(front_of(flagship, sectors), FRONT_DAYS)
    costs = cost.compiled_cost(scenario, max(8, (4000 if quick else 20000) // sectors), 3)
    return {"sectors": sectors, **costs, "ns_per_sector_day": costs["ns_per_world_day"] / sectors}


def exponent(fronts: list[Measurements]) -> float | None:
    """Least-squares slope of log cost on log sectors: 1 when the cost of a sector is the same on every front."""
    if len(fronts) < 2:
        return None
    points = [(math.log(front["sectors"]), math.log(front["ns_per_world_day"])) for front in fronts]
    middle = [sum(values) / len(points) for values in zip(*points, strict=True)]
    across = sum((x - middle[0]) * (y - middle[1]) for x, y in points)
    return float(across / sum((x - middle[0]) ** 2 for x, _ in points))


def compare_with_independent_model(flagship: Scenario, quick: bool) -> Measurements:
    """The cost of the independent model, and the speed of the engine as a multiple of it, on one core and on all.

    Both are measured in pairs, one right after the other, because the load of a shared machine varies. The median of
    the pairs is reported with the lowest and the highest. Processes are timed from inside, without their start.
    """
    pairs, worlds = (3, PROCESSES) if quick else (7, 2 * PROCESSES)
    one_core, all_processes, rates, times, times_together = [], [], [], [], []
    for pair in range(pairs):
        engine = cost.compiled_cost(flagship, 400, 1)
        one_core.append(cost.independent_model_cost(flagship, pair))
        rate, days = cost.independent_model_batch(flagship, worlds, PROCESSES, worlds * pair)
        rates.append(rate)
        all_processes.append(rates[-1] * days)
        times.append(one_core[-1] / engine["ns_per_world_day"])
        times_together.append(engine["worlds_per_second_all_cores"] * engine["days_per_world"] / all_processes[-1])
    peer = {
        "processes": PROCESSES, "ns_per_world_day": median(one_core), "worlds_per_second": median(rates),
        "worlds_per_second_range": [min(rates), max(rates)], "days_per_second": median(all_processes),
    }  # fmt: skip
    return {
        "peer": peer,
        "times_as_fast_as_the_peer": {
            "pairs": pairs, "one_core": median(times), "one_core_range": [min(times), max(times)],
            "all_cores": median(times_together), "all_cores_range": [min(times_together), max(times_together)],
        },
    }  # fmt: skip


def interpreted_cost(days: int) -> float:
    """Cost of the rules as plain Python: nanoseconds per world-day."""
    measured = new_process.run_in_new_process(FLAGSHIP, 1, days, settings={"NUMBA_DISABLE_JIT": "1"})
    return measured["living"] / measured["days"] * 1e9


def _start_up(quick: bool) -> Measurements:
    cold, warm = (
        (None, new_process.run_in_new_process(FLAGSHIP, 1)["seconds"]) if quick else new_process.cold_and_warm(FLAGSHIP)
    )
    peaks = {} if quick else {str(n): new_process.run_in_new_process(FLAGSHIP, n)["peak_mb"] for n in (1_000, 10_000)}
    design = None if quick else new_process.run_in_new_process(FLAGSHIP, 1, 30, points=new_process.POINTS)["peak_mb"]
    return {"seconds_cold": cold, "seconds_warm": warm, "peak_mb_by_worlds": peaks, "peak_mb_of_design": design}


def machine() -> Measurements:
    """The machine and the versions on which this was measured."""
    from importlib.metadata import version

    from ceasefire.simulation.engine import cores

    return {
        "cores": cores(), "processor": platform.processor() or platform.machine(), "system": platform.system(),
        "python": platform.python_version(), "numba": version("numba"), "mesa": version("mesa"),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }  # fmt: skip


def table(measured: Measurements) -> list[tuple[str, str, str]]:
    """Rows of the printed table: what, time per world-day, worlds per second (one core / all cores)."""
    rows = [("", "per world-day", "worlds per second, one core / all")]
    engine = measured["engine"]
    rows.append(_engine_row(f"compiled engine, {measured['scenario']}", engine))
    rows += [_engine_row(f"compiled engine, {front['sectors']} sectors", front) for front in measured["fronts"]]
    rows.append(("Mesa agents on the compiled rules", time_in_words(measured["mesa_ns_per_world_day"]), ""))
    rows.append(
        ("the same, collecting data every day", time_in_words(measured["mesa_collecting_ns_per_world_day"]), "")
    )
    rows.append(("the rules, compilation off", time_in_words(measured["interpreted_ns_per_world_day"]), ""))
    peer = measured["peer"]
    each = f"{_with_range(peer, 'worlds_per_second', 2)} under batch_run, {peer['processes']} processes"
    rows.append(("the same model as ordinary Mesa", time_in_words(peer["ns_per_world_day"]), each))
    return rows


def _engine_row(what: str, figures: Measurements) -> tuple[str, str, str]:
    one, all_cores = figures["worlds_per_second_one_core"], figures["worlds_per_second_all_cores"]
    return what, time_in_words(figures["ns_per_world_day"]), f"{one:,.0f} / {all_cores:,.0f}"


def sentences(measured: Measurements) -> list[str]:
    """Results that are not in the table, in sentences."""
    times = measured["times_as_fast_as_the_peer"]
    lines = [
        "In the same time the engine simulates"
        f" {_times(times, 'one_core')} the days of the same model in ordinary Mesa on one core, and"
        f" {_times(times, 'all_cores')} on all cores, in {times['pairs']} measurements side by side."
    ]
    if measured["cost_per_sector_exponent"] is not None:
        lines.append(
            "The cost of a day is proportional to the number of sectors to the power"
            f" {measured['cost_per_sector_exponent']:.2f}."
        )
    cold = measured["seconds_cold"]
    lines.append(
        f"A new process finishes its first world in {measured['seconds_warm']:.1f} s"
        + (f", and in {cold:.1f} s when the rules must be compiled first." if cold is not None else ".")
    )
    if measured["peak_mb_by_worlds"]:
        peaks = [f"{mb:.0f} MB for {int(worlds):,} worlds" for worlds, mb in measured["peak_mb_by_worlds"].items()]
        lines.append(f"Peak memory: {', '.join(peaks)}.")
    if measured.get("peak_mb_of_design"):
        design = f"{new_process.POINTS:,} points, each with {new_process.NUMBERS} numbers of its own"
        lines.append(f"Peak memory of a design of {design}: {measured['peak_mb_of_design']:.0f} MB.")
    return lines


NOISY = "(too noisy to tell)"


def _with_range(figures: Measurements, which: str, digits: int = 0) -> str:
    """A median with its range; a range that reaches nought, where no such figure can be, tells nothing."""
    low, high = figures[f"{which}_range"]
    if not 0 < low <= high < math.inf:
        return NOISY
    return f"{figures[which]:,.{digits}f} ({low:,.{digits}f} to {high:,.{digits}f})"


def _times(figures: Measurements, which: str) -> str:
    """How many times, or that it cannot be told."""
    said = _with_range(figures, which)
    return f"some multiple {NOISY} of" if said == NOISY else f"{said} times"


def time_in_words(nanoseconds: float) -> str:
    """A time in ns, µs, ms or s."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:,.3g} {unit}"
    return f"{nanoseconds:.0f} ns"
