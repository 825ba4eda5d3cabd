"""Every command of the tutorial works as it is written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from conftest import Command

import ceasefire
from ceasefire.scenario.load import load

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


def typed() -> list[list[str]]:
    """Every command line of the tutorial's blocks, without the name of the program."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", TUTORIAL, re.MULTILINE | re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines() if line]


@pytest.mark.usefixtures("without_figures")
def test_every_command_of_the_tutorial_works(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ceasefire.experiments.prepare.QUICK_WORLDS", 300)
    monkeypatch.setattr("ceasefire.experiments.prepare.QUICK_LEAST", 2)
    Path("scenarios").mkdir()
    done = []
    for arguments in typed():
        brief = ["--worlds", "6", "--days", "20"] if arguments[0] in ("run", "compare", "levers") else []
        if arguments[0] == "world":
            arguments = [*arguments[: arguments.index("--world")], "--world", "3"]
        answer = command(*arguments, *brief)
        assert answer.code == 0, f"{arguments}: {answer.err}"
        done.append(arguments[0])
    assert done.count("compare") == 4
    assert set(done) == {"list", "describe", "compare", "run", "world", "levers", "experiment", "new", "check"}


def test_the_number_that_the_tutorial_changes_is_accepted_by_check(command: Command) -> None:
    Path("scenarios").mkdir()
    command("new", "my-idlib", "--from", "idlib-2020")
    (line,) = re.findall(r"^```yaml\n(.*?)^```$", TUTORIAL, re.MULTILINE | re.DOTALL)
    file = Path("scenarios/my-idlib.yaml")
    text = file.read_text(encoding="utf-8")
    before, heading, after = text.partition("  turkey:   # Turkey\n")
    assert heading
    file.write_text(before + heading + line + after, encoding="utf-8")
    answer = command("check", "my-idlib")
    assert answer.code == 0, answer.out
    assert "4,500" in command("describe", "my-idlib").out


def test_every_file_that_the_tutorial_points_at_is_there_and_its_changes_exist() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", TUTORIAL)
    assert len(targets) >= 2
    assert [target for target in targets if not (ROOT / "docs" / target).exists()] == []
    for name in set(re.findall(r"idlib-2020\+([a-z-]+)", TUTORIAL)):
        assert (ROOT / "scenarios" / "changes" / f"{name}.yaml").exists(), name


def test_the_figures_and_the_world_that_the_tutorial_tells_are_those_of_today() -> None:
    """The output once stood there for months after the rules had moved, and its world no longer ended."""
    sides = {changes: ceasefire.run(load("idlib-2020", changes=list(changes)), worlds=1000, seed=1)
             for changes in ((), ("turkish-tripwire-removed",))}  # fmt: skip
    for changes, worlds in sides.items():
        label = "+".join(("idlib-2020", *changes))
        told = re.search(rf"^{re.escape(label)} +([\d,]+) +(\d+) %", TUTORIAL, re.MULTILINE)
        assert told is not None
        assert told[1] == f"{worlds['days_held'].mean():,.0f}"
        assert told[2] == f"{100 * (~worlds['ended']).mean():.0f}"
    (number,) = set(re.findall(r"--world (\d+)", TUTORIAL))
    row = sides["turkish-tripwire-removed",].set_index("world").loc[int(number)]
    assert f"World {number} is one that an\noffensive of the Syrian government ended" in TUTORIAL
    assert (row["cause"], row["cause_actor"]) == ("offensive", "syria")
