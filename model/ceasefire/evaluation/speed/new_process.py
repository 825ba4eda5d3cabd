"""What a new process takes: seconds from nothing to a finished run, and memory at its peak."""

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


def run_in_new_process(
    scenario: str, worlds: int, days: int | None = None, *, settings: Mapping[str, str] | None = None
) -> dict[str, float]:
    """A run in a process of its own: `seconds` from its start to its end, `living` of them, `days`, `peak_mb`."""
    command = [
        sys.executable,
        "-m",
        "ceasefire.evaluation.speed.new_process",
        scenario,
        str(worlds),
        *([str(days)] if days else []),
    ]
    package = str(Path(__file__).parents[3])
    path = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    began = time.perf_counter()
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path, **(settings or {})}, check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return {"seconds": time.perf_counter() - began, **found}


def cold_and_warm(scenario: str) -> tuple[float, float]:
    """Seconds for one world with nothing compiled before, and with everything."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {"NUMBA_CACHE_DIR": folder}
        cold = run_in_new_process(scenario, 1, settings=settings)["seconds"]
        warm = min(run_in_new_process(scenario, 1, settings=settings)["seconds"] for _ in range(3))
    return cold, warm


def peak_mb() -> float:
    """Most memory that this process has held [MB]; 0 where the system does not say.

    Linux counts what the process that started this one held into getrusage, but not into the status file.
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


def main() -> None:
    """Live worlds of a scenario and say what it took, as JSON."""
    reader = argparse.ArgumentParser()
    reader.add_argument("scenario")
    reader.add_argument("worlds", type=int)
    reader.add_argument("days", type=int, nargs="?")
    asked = reader.parse_args()
    from ceasefire.scenario.load import load
    from ceasefire.simulation import engine
    from ceasefire.simulation.initial_state import initial_state

    scenario = load(asked.scenario).scenario
    if asked.days:
        scenario = scenario.model_copy(update={"horizon_days": asked.days})
    batch = engine.one_scenario(initial_state(scenario), asked.worlds, 1)
    began = time.process_time()
    rows = engine.all_rows(batch)
    living = time.process_time() - began
    print(json.dumps({"living": living, "days": int(rows["days_held"].sum()), "peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
