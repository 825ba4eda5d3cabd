"""The page of recipes: every block of code runs, in order, in an empty folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "recipes.md"
OTHERS = {"duckdb": "duckdb", "polars": "polars", "ema_workbench": "'ema_workbench<3'", "solara": "'mesa[viz]'"}
"""Programs that the package does without, and how they are installed; a recipe for one is run where it is."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.M | re.S)


def needed(code: str) -> set[str]:
    """The other programs that a block needs."""
    return {name for name in OTHERS if re.search(rf"^(import|from) {name}\b", code, flags=re.M)}


def run(code: str, known: dict[str, Any]) -> None:
    exec(compile(code, str(PAGE), "exec"), known)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The folder and the names after all blocks that need no other program."""
    folder, known, before = tmp_path_factory.mktemp("recipes"), dict[str, Any](), Path.cwd()
    os.chdir(folder)
    try:
        for code in blocks("python"):
            if not needed(code):
                run(code, known)
    finally:
        os.chdir(before)
    return folder, known


def test_the_recipes_run_and_leave_what_they_say(ran: tuple[Path, dict[str, Any]]) -> None:
    folder, known = ran
    assert sum(not needed(code) for code in blocks("python")) >= 7
    assert {"survival.png", "levers.png", "worlds.csv"} <= {file.name for file in folder.iterdir()}
    assert "holds past day 30" in known["worlds"].table().to_string()
    assert len(known["outcomes"]) == 50
    assert known["spec"].analysis["mu_star"].max() > 0


@pytest.mark.parametrize("name", OTHERS)
def test_a_recipe_for_another_program_runs_where_it_is_installed(
    name: str, ran: tuple[Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (code,) = [each for each in blocks("python") if name in needed(each)]
    if find_spec(name) is None:
        pytest.skip(f"{name} is not installed: pip install {OTHERS[name]}")
    monkeypatch.chdir(ran[0])
    run(code, dict(ran[1]))


def test_the_recipe_for_r_runs_where_it_is_installed(ran: tuple[Path, dict[str, Any]]) -> None:
    (code,) = blocks("r")
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not on this machine: apt-get install r-base-core")
    done = subprocess.run(["Rscript", "-e", code], check=True, cwd=ran[0], capture_output=True, text=True)
    printed = [line.split()[1:] for line in done.stdout.splitlines()[1:]]  # of worlds that hold, the cause is empty
    wanted = ran[1]["table"].groupby("cause")["days_held"].mean()
    assert {"".join(cause): float(days) for *cause, days in printed} == pytest.approx(dict(wanted), rel=1e-5)
