"""The page of recipes: every block of Python runs, in order, in an empty folder."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "recipes.md"
OTHERS = ("duckdb", "polars")
"""Programs that the package does without; a recipe for one is run where it is installed."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.M | re.S)


def test_every_recipe_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    known: dict[str, Any] = {}
    left_out = 0
    for code in blocks("python"):
        missing = [name for name in OTHERS if f"import {name}" in code and find_spec(name) is None]
        left_out += len(missing)
        if not missing:
            exec(compile(code, str(PAGE), "exec"), known)
    assert len(blocks("python")) >= 7
    assert left_out <= len(OTHERS)
    assert {"survival.png", "levers.png", "worlds.csv"} <= {file.name for file in tmp_path.iterdir()}
    printed = capfd.readouterr().out
    assert "holds past day 30" in printed
    assert "difference_days" in printed
    if shutil.which("Rscript") is None:
        return
    for code in blocks("r"):
        subprocess.run(["Rscript", "-e", code], check=True, cwd=tmp_path)
