"""`ceasefire bench`: the engine, Mesa and the peer side by side; what a sector costs; start-up; memory."""

from __future__ import annotations

import math
import os
import platform
from collections.abc import Callable
from typing import Any

from ceasefire.benchmark import cost, fresh
from ceasefire.benchmark.fronts import front_of
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario

FLAGSHIP = "idlib-2020"
FRONTS = (12, 100, 500)
FRONT_DAYS = 365
PEER_PROCESSES = 2

Found = dict[str, Any]


def bench(quick: bool = False, tell: Callable[[str], None] = lambda said: None) -> Found:
    """Measure everything; about two minutes, or half of one when `quick`, which leaves out what must be compiled anew.

    `tell` hears what is being measured. Figures are plain numbers; None where nothing was measured.
    """
    flagship = load(FLAGSHIP).scenario
    tell(f"the compiled engine on {FLAGSHIP}")
    found: Found = {"machine": machine(), "scenario": FLAGSHIP, "quick": quick}
    found["engine"] = cost.compiled_cost(flagship, 200 if quick else 1000, 3)
    tell("fronts of " + ", ".join(map(str, FRONTS[: 1 if quick else None])) + " sectors")
    found["fronts"] = [_front(flagship, sectors, quick) for sectors in FRONTS[: 1 if quick else None]]
    found["cost_per_sector_exponent"] = exponent(found["fronts"])
    tell("Mesa")
    found["mesa_ns_per_world_day"] = cost.mesa_cost(flagship)
    found["mesa_collecting_ns_per_world_day"] = cost.mesa_cost(flagship, collect=True)
    tell("the same model as ordinary Mesa")
    found["peer"] = _peer(flagship, quick)
    found["times_as_fast_as_the_peer"] = _times_as_fast(found["engine"], found["peer"])
    tell("the rules with compilation off")
    found["interpreted_ns_per_world_day"] = interpreted(20 if quick else 100)
    tell("start-up and memory")
    found |= _start_up(quick)
    return found


def _front(flagship: Scenario, sectors: int, quick: bool) -> Found:
    scenario = cost.days_of(front_of(flagship, sectors), FRONT_DAYS)
    found = cost.compiled_cost(scenario, max(8, (4000 if quick else 20000) // sectors), 3)
    return {"sectors": sectors, **found, "ns_per_sector_day": found["ns_per_world_day"] / sectors}


def exponent(fronts: list[Found]) -> float | None:
    """Slope of log cost over log sectors, by least squares: 1 when a sector costs the same on every front."""
    if len(fronts) < 2:
        return None
    points = [(math.log(front["sectors"]), math.log(front["ns_per_world_day"])) for front in fronts]
    middle = [sum(values) / len(points) for values in zip(*points, strict=True)]
    across = sum((x - middle[0]) * (y - middle[1]) for x, y in points)
    return float(across / sum((x - middle[0]) ** 2 for x, _ in points))


def _peer(flagship: Scenario, quick: bool) -> Found:
    """Worlds per second leave out the seconds that its processes take to start."""
    worlds = 4 if quick else 24
    starting, _ = cost.peer_batch(cost.days_of(flagship, 1), PEER_PROCESSES, PEER_PROCESSES)
    seconds, days = cost.peer_batch(flagship, worlds, PEER_PROCESSES)
    return {
        "processes": PEER_PROCESSES,
        "ns_per_world_day": cost.peer_cost(flagship, 1 if quick else 4),
        "worlds_per_second": worlds / (seconds - starting),
        "days_per_world": days,
        "seconds_to_start": starting,
    }


def _times_as_fast(engine: Found, peer: Found) -> Found:
    """Of one core per day, and of this machine in worlds per second."""
    return {
        "one_core": peer["ns_per_world_day"] / engine["ns_per_world_day"],
        "all_cores": engine["worlds_per_second_all_cores"] / peer["worlds_per_second"],
    }


def interpreted(days: int) -> float:
    """The same rules as plain Python: nanoseconds per world-day."""
    found = fresh.fresh_run(FLAGSHIP, 1, days, settings={"NUMBA_DISABLE_JIT": "1"})
    return found["living"] / found["days"] * 1e9


def _start_up(quick: bool) -> Found:
    cold, warm = (None, fresh.fresh_run(FLAGSHIP, 1)["seconds"]) if quick else fresh.cold_and_warm(FLAGSHIP)
    peaks = {} if quick else {str(n): fresh.fresh_run(FLAGSHIP, n)["peak_mb"] for n in (1_000, 10_000)}
    return {"seconds_cold": cold, "seconds_warm": warm, "peak_mb_by_worlds": peaks}


def machine() -> Found:
    """What this was measured on."""
    from importlib.metadata import version

    from ceasefire.engine import cores

    return {
        "cores": cores(), "processor": platform.processor() or platform.machine(), "system": platform.system(),
        "python": platform.python_version(), "numba": version("numba"), "mesa": version("mesa"),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }  # fmt: skip


def table(found: Found) -> list[tuple[str, str, str]]:
    """The figures in rows: what, time per world-day, worlds per second (one core; all cores)."""
    rows = [("", "per world-day", "worlds per second, one core / all")]
    engine = found["engine"]
    rows.append(_engine_row(f"compiled engine, {found['scenario']}", engine))
    rows += [_engine_row(f"compiled engine, {front['sectors']} sectors", front) for front in found["fronts"]]
    rows.append(("Mesa agents on the compiled rules", in_words(found["mesa_ns_per_world_day"]), ""))
    rows.append(("the same, collecting data every day", in_words(found["mesa_collecting_ns_per_world_day"]), ""))
    rows.append(("the rules, compilation off", in_words(found["interpreted_ns_per_world_day"]), ""))
    peer = found["peer"]
    each = f"{peer['worlds_per_second']:.2f} under batch_run, {peer['processes']} processes"
    rows.append(("the same model as ordinary Mesa", in_words(peer["ns_per_world_day"]), each))
    return rows


def _engine_row(what: str, figures: Found) -> tuple[str, str, str]:
    one, every = figures["worlds_per_second_one_core"], figures["worlds_per_second_all_cores"]
    return what, in_words(figures["ns_per_world_day"]), f"{one:,.0f} / {every:,.0f}"


def sentences(found: Found) -> list[str]:
    """What the table does not say."""
    times = found["times_as_fast_as_the_peer"]
    said = [
        f"Against the same model in ordinary Mesa the engine lives {times['one_core']:,.0f} times the days on a core,"
        f" and {times['all_cores']:,.0f} times as many worlds on this machine."
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


def in_words(nanoseconds: float) -> str:
    """A time in the unit that suits it."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:,.3g} {unit}"
    return f"{nanoseconds:.0f} ns"
