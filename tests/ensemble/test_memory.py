"""Memory of a run: what it loads, and that it hardly grows with the number of worlds."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from conftest import SMALL, Command

from ceasefire.compilation.in_python import in_python
from ceasefire.ensemble.output_folder import write_run
from ceasefire.ensemble.run import run_plan, run_summary
from ceasefire.ensemble.run_plan import Plan
from ceasefire.scenario.load import load

FEW, MANY = 1_000, 16_000
MOST_BYTES = 600
"""Of a further world: its row in the table and in the engine, 192 bytes each, and a copy of some columns."""


def peak_of_a_run(folder: Path, worlds: int) -> int:
    """Most bytes that a run, its tables and its main figures hold at once."""
    folder.mkdir()
    plan = Plan(load(str(SMALL)), worlds, days=8)
    tracemalloc.start()
    try:
        outcome = run_plan(plan, 1)
        write_run(folder, plan, outcome)
        assert run_summary(plan, outcome).worlds == worlds
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_further_world_takes_little_memory(tmp_path: Path) -> None:
    peak_of_a_run(tmp_path / "first", 20)
    growth = peak_of_a_run(tmp_path / "many", MANY) - peak_of_a_run(tmp_path / "few", FEW)
    assert growth / (MANY - FEW) < MOST_BYTES


NOT_NEEDED = ("mesa", "scipy.optimize", "scipy.stats", "numba.np.linalg", "ceasefire.evaluation")
"""Mesa, an optimiser, tests of statistics, what numba needs to compile: tens of MB each."""

RUN = """
import sys
from ceasefire.cli import main
code = main(["run", sys.argv[1], "--worlds", "20", "--days", "8", "--out", sys.argv[2]])
print(code, *[name for name in sys.argv[3:] if name in sys.modules])
"""


@pytest.mark.skipif(in_python(), reason="nothing is compiled")
def test_a_run_with_its_figures_and_its_report_loads_only_what_it_needs(command: Command, tmp_path: Path) -> None:
    assert command("compile", str(SMALL)).code == 0
    arguments = [sys.executable, "-c", RUN, str(SMALL), str(tmp_path / "of-a-new-process"), *NOT_NEEDED]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout.splitlines()[-1:] == ["0"], done.stderr
