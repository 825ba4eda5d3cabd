"""The page on observations: its example gives what it shows, and what it says is dropped is what is dropped."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

from conftest import Command

PAGE = (Path(__file__).parents[2] / "docs" / "observations.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The blocks of the page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_example_prints_and_writes_what_the_page_shows(command: Command) -> None:
    events, weeks = blocks("csv")
    Path("elbonia.csv").write_text(events, encoding="utf-8")
    (typed,) = blocks("sh")
    said = command(*shlex.split(typed)[1:])
    assert (said.code, said.out) == (0, "")
    assert said.err == blocks("text")[0]
    assert Path("counts-weekly.csv").read_text(encoding="utf-8") == weeks


def test_the_example_in_python_gives_the_same(command: Command) -> None:
    Path("elbonia.csv").write_text(blocks("csv")[0], encoding="utf-8")
    (code,) = blocks("python")
    names: dict[str, Any] = {}
    exec(code, names)
    observed = names["observed"]
    assert len(observed.table()) == 14
    assert observed.weekly().to_csv(index=False, date_format="%Y-%m-%d") == blocks("csv")[1]
    assert observed.account.kept == 3


def test_every_option_and_format_that_the_page_names_is_there(command: Command) -> None:
    said = command("observe", "--help").out + command("run", "--help").out
    options = set(re.findall(r"--[a-z][a-z0-9-]+", PAGE))
    assert len(options) >= 10
    assert [option for option in options if option not in said] == []
    for name in re.findall(r"^\| .*? \| `(\w+)` \|", PAGE, re.MULTILINE):
        assert "there is no format" not in command("observe", "none.csv", "--format", name).err
