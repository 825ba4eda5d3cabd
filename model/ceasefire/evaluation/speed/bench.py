"""`ceasefire bench`: the engine, Mesa and the peer side by side; what a sector costs; start-up; memory."""

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
PEER_PROCESSES = 2

Measurements = dict[str, Any]


def bench(quick: bool = False, tell: Callable[[str], None] = lambda said: None) -> Measurements:
    """Measure everything; about three minutes, or half of one when `quick`, which leaves out what takes long.

    `tell` hears what is being measured. Figures are plain numbers; None where nothing was measured.
    """
    flagship = load(FLAGSHIP).scenario
    tell(f"the compiled engine on {FLAGSHIP}")
    found: Measurements = {"machine": machine(), "scenario": FLAGSHIP, "quick": quick}
    found["engine"] = cost.compiled_cost(flagship, 200 if quick else 1000, 3)
    tell("fronts of " + ", ".join(map(str, FRONTS[: 1 if quick else None])) + " sectors")
    found["fronts"] = [_front(flagship, sectors, quick) for sectors in FRONTS[: 1 if quick else None]]
    found["cost_per_sector_exponent"] = exponent(found["fronts"])
    tell("Mesa")
    found["mesa_ns_per_world_day"] = cost.mesa_cost(flagship)
    found["mesa_collecting_ns_per_world_day"] = cost.mesa_cost(flagship, collect=True)
    tell("the same model as ordinary Mesa")
    found |= compare_with_independent_model(flagship, quick)
    tell("the rules with compilation off")
    found["interpreted_ns_per_world_day"] = interpreted_cost(20 if quick else 100)
    tell("start-up and memory")
    found |= _start_up(quick)
    return found


def _front(flagship: Scenario, sectors: int, quick: bool) -> Measurements:
    scenario = cost.days_of(front_of(flagship, sectors), FRONT_DAYS)
    found = cost.compiled_cost(scenario, max(8, (4000 if quick else 20000) // sectors), 3)
    return {"sectors": sectors, **found, "ns_per_sector_day": found["ns_per_world_day"] / sectors}


def exponent(fronts: list[Measurements]) -> float | None:
    """Slope of log cost over log sectors, by least squares: 1 when a sector costs the same on every front."""
    if len(fronts) < 2:
        return None
    points = [(math.log(front["sectors"]), math.log(front["ns_per_world_day"])) for front in fronts]
    middle = [sum(values) / len(points) for values in zip(*points, strict=True)]
    across = sum((x - middle[0]) * (y - middle[1]) for x, y in points)
    return float(across / sum((x - middle[0]) ** 2 for x, _ in points))


def compare_with_independent_model(flagship: Scenario, quick: bool) -> Measurements:
    """The peer's cost, and how many times the days of it the engine lives, of one core and of this machine.

    They are measured in pairs, one right after the other, for a shared machine is slow at times: of the pairs the
    middle one counts, and the lowest and the highest are told. The seconds that the peer's processes take to start are
    left out.
    """
    pairs, worlds = (3, PEER_PROCESSES) if quick else (7, 2 * PEER_PROCESSES)
    starting, _ = cost.independent_model_batch(cost.days_of(flagship, 1), PEER_PROCESSES, PEER_PROCESSES)
    alone, together, rates, times, times_together = [], [], [], [], []
    for pair in range(pairs):
        ours = cost.compiled_cost(flagship, 400, 1)
        alone.append(cost.independent_model_cost(flagship, pair))
        seconds, days = cost.independent_model_batch(flagship, worlds, PEER_PROCESSES, worlds * pair)
        rates.append(worlds / (seconds - starting))
        together.append(rates[-1] * days)
        times.append(alone[-1] / ours["ns_per_world_day"])
        times_together.append(ours["worlds_per_second_all_cores"] * ours["days_per_world"] / together[-1])
    peer = {
        "processes": PEER_PROCESSES, "ns_per_world_day": median(alone), "worlds_per_second": median(rates),
        "days_per_second": median(together), "seconds_to_start": starting,
    }  # fmt: skip
    return {
        "peer": peer,
        "times_as_fast_as_the_peer": {
            "pairs": pairs, "one_core": median(times), "one_core_range": [min(times), max(times)],
            "all_cores": median(times_together), "all_cores_range": [min(times_together), max(times_together)],
        },
    }  # fmt: skip


def interpreted_cost(days: int) -> float:
    """The same rules as plain Python: nanoseconds per world-day."""
    found = new_process.run_in_new_process(FLAGSHIP, 1, days, settings={"NUMBA_DISABLE_JIT": "1"})
    return found["living"] / found["days"] * 1e9


def _start_up(quick: bool) -> Measurements:
    cold, warm = (
        (None, new_process.run_in_new_process(FLAGSHIP, 1)["seconds"]) if quick else new_process.cold_and_warm(FLAGSHIP)
    )
    peaks = {} if quick else {str(n): new_process.run_in_new_process(FLAGSHIP, n)["peak_mb"] for n in (1_000, 10_000)}
    return {"seconds_cold": cold, "seconds_warm": warm, "peak_mb_by_worlds": peaks}


def machine() -> Measurements:
    """What this was measured on."""
    from importlib.metadata import version

    from ceasefire.simulation.engine import cores

    return {
        "cores": cores(), "processor": platform.processor() or platform.machine(), "system": platform.system(),
        "python": platform.python_version(), "numba": version("numba"), "mesa": version("mesa"),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }  # fmt: skip


def table(found: Measurements) -> list[tuple[str, str, str]]:
    """The figures in rows: what, time per world-day, worlds per second (one core; all cores)."""
    rows = [("", "per world-day", "worlds per second, one core / all")]
    engine = found["engine"]
    rows.append(_engine_row(f"compiled engine, {found['scenario']}", engine))
    rows += [_engine_row(f"compiled engine, {front['sectors']} sectors", front) for front in found["fronts"]]
    rows.append(("Mesa agents on the compiled rules", time_in_words(found["mesa_ns_per_world_day"]), ""))
    rows.append(("the same, collecting data every day", time_in_words(found["mesa_collecting_ns_per_world_day"]), ""))
    rows.append(("the rules, compilation off", time_in_words(found["interpreted_ns_per_world_day"]), ""))
    peer = found["peer"]
    each = f"{peer['worlds_per_second']:.2f} under batch_run, {peer['processes']} processes"
    rows.append(("the same model as ordinary Mesa", time_in_words(peer["ns_per_world_day"]), each))
    return rows


def _engine_row(what: str, figures: Measurements) -> tuple[str, str, str]:
    one, every = figures["worlds_per_second_one_core"], figures["worlds_per_second_all_cores"]
    return what, time_in_words(figures["ns_per_world_day"]), f"{one:,.0f} / {every:,.0f}"


def sentences(found: Measurements) -> list[str]:
    """What the table does not say."""
    times = found["times_as_fast_as_the_peer"]
    said = [
        "Against the same model in ordinary Mesa the engine lives"
        f" {_with_range(times, 'one_core')} times the days on a core, and"
        f" {_with_range(times, 'all_cores')} times on this machine, in {times['pairs']} measurements side by side."
    ]
    if found["cost_per_sector_exponent"] is not None:
        said.append(
            f"The cost of a day grows with the number of sectors to the power {found['cost_per_sector_exponent']:.2f}."
        )
    cold = found["seconds_cold"]
    said.append(
        f"A new process lives its first world in {found['seconds_warm']:.1f} s"
        + (f", and in {cold:.1f} s when the rules must be compiled first." if cold is not None else ".")
    )
    if found["peak_mb_by_worlds"]:
        peaks = [f"{mb:.0f} MB for {int(worlds):,} worlds" for worlds, mb in found["peak_mb_by_worlds"].items()]
        said.append(f"Memory at its peak: {', '.join(peaks)}.")
    return said


def _with_range(times: Measurements, which: str) -> str:
    low, high = times[f"{which}_range"]
    return f"{times[which]:,.0f} ({low:,.0f} to {high:,.0f})"


def time_in_words(nanoseconds: float) -> str:
    """A time in the unit that suits it."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:,.3g} {unit}"
    return f"{nanoseconds:.0f} ns"
