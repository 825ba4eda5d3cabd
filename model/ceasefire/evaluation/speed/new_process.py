"""Time and peak memory of a run in a new process."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ceasefire.array_types import FloatArray

if TYPE_CHECKING:
    from ceasefire.simulation.initial_state import InitialState


POINTS, NUMBERS = 10_000, 100
"""The points of a design whose memory is measured, and the numbers that each changes."""


def run_in_new_process(
    scenario: str, worlds: int, days: int | None = None, *, points: int = 1, settings: Mapping[str, str] | None = None
) -> dict[str, float]:
    """A run in a new process: `seconds` from start to end, `living` (those spent simulating), `days`, `peak_mb`.

    With several `points`, `worlds` of each, and each has NUMBERS numbers of its own.
    """
    command = [
        sys.executable,
        "-m",
        "ceasefire.evaluation.speed.new_process",
        scenario,
        str(worlds),
        *([str(days)] if days else []),
        *(["--points", str(points)] if points > 1 else []),
    ]
    package = str(Path(__file__).parents[3])
    path = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    start = time.perf_counter()
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path, **(settings or {})}, check=True, capture_output=True, text=True
    )
    measured: dict[str, float] = json.loads(done.stdout)
    return {"seconds": time.perf_counter() - start, **measured}


def cold_and_warm(scenario: str) -> tuple[float, float]:
    """Seconds for one world with an empty cache of compiled rules, and with a full one."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"NUMBA_CACHE_DIR": folder}
        cold = run_in_new_process(scenario, 1, settings=settings)["seconds"]
        warm = min(run_in_new_process(scenario, 1, settings=settings)["seconds"] for _ in range(3))
    return cold, warm


def peak_mb() -> float:
    """Peak memory of this process [MB]; 0 where the system does not report it.

    On Linux, getrusage includes the memory of the parent process; the status file does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    try:
        import resource
    except ImportError:
        return 0.0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def many_numbers(opening: InitialState, points: int, numbers: int) -> dict[str, FloatArray]:
    """Values at each point for that many numbers of a scenario, a tenth below to what they are. ValueError: too few."""
    stated = opening.record.view("f8")
    paths = [path for path, slot in opening.slots.items() if stated[slot] > 0][:numbers]
    if len(paths) < numbers:
        raise ValueError(f"the scenario has {len(paths)} numbers above 0, not {numbers}")
    steps = [0.9 + 0.1 * point / max(points - 1, 1) for point in range(points)]
    return {path: stated[opening.slots[path]] * np.array(steps) for path in paths}


def main() -> None:
    """Simulate worlds of a scenario, and print time, days and peak memory as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("scenario")
    parser.add_argument("worlds", type=int)
    parser.add_argument("days", type=int, nargs="?")
    parser.add_argument("--points", type=int, default=1)
    arguments = parser.parse_args()
    from ceasefire.scenario.load import load
    from ceasefire.simulation import engine
    from ceasefire.simulation.initial_state import initial_state

    scenario = load(arguments.scenario).scenario
    if arguments.days:
        scenario = scenario.model_copy(update={"horizon_days": arguments.days})
    opening = initial_state(scenario)
    if arguments.points > 1:
        values = many_numbers(opening, arguments.points, NUMBERS)
        batch = engine.many_points(opening, values, arguments.worlds, 1)
    else:
        batch = engine.one_scenario(opening, arguments.worlds, 1)
    start = time.process_time()
    rows = engine.all_rows(batch)
    simulating = time.process_time() - start
    print(json.dumps({"living": simulating, "days": int(rows["days_held"].sum()), "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
