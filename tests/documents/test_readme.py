"""Every command and the Python code of the README work as they are written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from conftest import Command

import ceasefire

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of the README in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def typed() -> list[list[str]]:
    """Every `ceasefire` command line of the README, without its comment and the folder of the program."""
    lines = [line.split("  #")[0] for block in blocks("sh") for line in block.splitlines()]
    commands = [shlex.split(line) for line in lines if re.match(r"(\.venv/bin/)?ceasefire ", line)]
    return [line[1:] for line in commands]


FEW = ["--worlds", "4", "--days", "20"]
BRIEF = {"run": FEW, "compare": FEW, "levers": FEW, "match": ["--quick"]}
"""What makes a command of the README brief."""


@pytest.mark.usefixtures("without_figures")
def test_every_command_of_the_readme_works(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ceasefire.experiments.prepare.QUICK_WORLDS", 800)
    monkeypatch.setattr("ceasefire.experiments.inert_factors.WORLDS", 1)
    Path("scenarios").mkdir()
    done = set()
    for arguments in typed():
        if arguments[0] in ("verify", "validate", "studio"):
            continue
        brief = BRIEF.get(arguments[0], [])
        answer = command(*arguments, *brief)
        assert answer.code == 0, f"{arguments}: {answer.err}"
        done.add(arguments[0])
    assert done >= {"run", "world", "list", "describe", "new", "check", "compare", "levers", "experiment"}


def test_the_python_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("python")
    assert "worlds=1000" in code
    exec(code.replace("worlds=1000", "worlds=20"), {})
    assert "at_risk" in capsys.readouterr().out


def test_every_file_that_the_readme_points_at_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(targets) >= 5
    missing = [target for target in targets if not (ROOT / target).exists()]
    assert missing == []


def test_the_run_that_the_readme_shows_is_that_of_today() -> None:
    worlds = ceasefire.run("idlib-2020", worlds=1000, seed=1)
    (days,) = re.findall(r"^mean days held +[\d,]+ +\S+ to \S+ +([\d,]+)", README, re.MULTILINE)
    (held,) = re.findall(r"^Still holding +\d+ % +\S+ % to \S+ % +(\d+) %", README, re.MULTILINE)
    assert days == f"{worlds['days_held'].mean():,.0f}"
    assert held == f"{100 * (~worlds['ended']).mean():.0f}"
