"""Every printed command can be pasted into a shell, whatever folders and the program are called."""

from __future__ import annotations

import html
import os
import re
import shlex
import sys
from pathlib import Path

import pandas as pd
import pytest
from conftest import SMALL, Command

from ceasefire.cli.terminal import program, shown_path, with_home
from ceasefire.scenario.load import load_resolved, resolved_from

EACH = ["with space", "quo'te", 'double"quote', "dol$lar", "semi;colon", "a&b", "star*", "a+b", "ümlaut"]
"""Names with one hard letter each; EVERY_SCENARIO=1 runs them all, which takes two minutes."""

NAMES = ["plain", "-dash", "~tilde", "~ all'of\"them$a;b&c*d+ü", *(EACH if os.environ.get("EVERY_SCENARIO") else [])]

EXPERIMENT = f"""name: asked
title: t
question: q
scenario: {SMALL}
levers: {{paths: {{agreement.monitoring: [0.1, 0.9]}}}}
design: {{kind: grid}}
worlds: 4
days: 20
outcomes: [days_held]
"""


def printed(text: str) -> list[list[str]]:
    """The commands in a text, as a shell splits them."""
    found = [
        line[line.index("ceasefire ") :]
        for line in text.splitlines()
        if re.search(r"(^|\s)ceasefire (?!describe NAME)", line)
    ]
    return [shlex.split(line)[1:] for each in found for line in each.split("; ceasefire ")]


def commands_of_page(folder: Path) -> list[list[str]]:
    """The commands of a report, but for the first, which repeats the whole run."""
    text = (folder / "report.html").read_text(encoding="utf-8")
    lines = re.findall(r"<code>(ceasefire [^<]*)</code>", text)
    return [
        shlex.split(html.unescape(line))[1:] for line in lines if " run " not in line and " experiment " not in line
    ]


@pytest.mark.parametrize("name", NAMES)
def test_printed_commands_of_a_run_can_be_pasted(
    command: Command, few_worlds_in_doubt: None, without_figures: None, name: str
) -> None:
    folder = Path.cwd() / name
    answer = command(
        "run", str(SMALL), "--worlds", "4", "--days", "20", f"--out={folder}", "--set", "agreement.clarity=0.3"
    )
    assert answer.code == 0, answer.err
    lines = printed(answer.out) + commands_of_page(folder)
    assert len(lines) >= 4
    for line in lines:
        if "--chart" not in line:
            assert command(*line).code == 0, line
    assert command("world", answer.last, "--world", "1").code == 0


@pytest.mark.parametrize("name", ["with space", "quo'te", "-dash"])
def test_printed_commands_of_an_experiment_can_be_pasted(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("ceasefire.report.experiment_figures.draw", lambda *given: None)
    Path("asked.yaml").write_text(EXPERIMENT, encoding="utf-8")
    answer = command("experiment", "asked.yaml", f"--out={Path.cwd() / name}")
    (line,) = printed(answer.out)
    assert line[0] == "replay"
    assert command(*line).code == 0


@pytest.mark.usefixtures("few_worlds_in_doubt", "without_figures")
def test_the_page_of_a_comparison_says_how_to_run_a_side_that_differs_by_a_setting(command: Command) -> None:
    answer = command("compare", "idlib-2018", "--set", "agreement.clarity=0.3", "--worlds", "4", "--days", "20")
    page = html.unescape((Path(answer.last) / "report.html").read_text(encoding="utf-8"))
    lines = [shlex.split(line)[1:] for line in re.findall(r"<code>(ceasefire run [^<]*)</code>", page)]
    assert len(lines) == 2
    pair = Path(answer.last, "sides.parquet")
    digests = [load_resolved(Path(command(*line).last) / "scenario.resolved.yaml").digest for line in lines]
    assert digests == [resolved_from(text).digest for text in pd.read_parquet(pair)["resolved"]]


@pytest.mark.parametrize("folder", ["my tools", "a'b", "-x", "dol$lar"])
def test_the_path_of_the_program_can_be_pasted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    monkeypatch.chdir(tmp_path)
    place = tmp_path / folder / "ceasefire"
    for argv, expected in ((place, place), (tmp_path / "ceasefire", Path("./ceasefire"))):
        monkeypatch.setattr(sys, "argv", [str(argv)])
        (word,) = shlex.split(program())
        assert (tmp_path / word).resolve() == argv.resolve()
        assert "/" in word
        assert not word.startswith("-"), expected
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "__main__.py")])
    monkeypatch.setattr(sys, "executable", str(tmp_path / folder / "python3"))
    assert shlex.split(program()) == [str(tmp_path / folder / "python3"), "-m", "ceasefire"]


def test_the_home_folder_is_meant_after_an_equals_sign_too(
    command: Command, monkeypatch: pytest.MonkeyPatch, few_worlds_in_doubt: None, without_figures: None
) -> None:
    home = Path.cwd() / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    given = ["run", "a=~/b", "--out=~/x", "--out=~", "--set=a.b=~/c", "--out", "~/y", "--change=~/lever.yaml", "--json"]
    expected = [*given[:2], f"--out={home}/x", f"--out={home}", *given[4:7], f"--change={home}/lever.yaml", "--json"]
    assert with_home(given) == expected
    answer = command("run", str(SMALL), "--worlds", "3", "--days", "9", "--out=~/done")
    assert answer.code == 0
    assert (home / "done" / "manifest.json").is_file()
    assert not Path("~").exists()


def test_a_path_never_looks_like_an_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_path(tmp_path / "-x") == "./-x"
    assert shown_path(tmp_path / "x") == "x"
