"""The title of a figure, the answer of its page, its table and the terminal give the same numbers and names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import Command
from html_page import read
from test_findings_of_figures import FEW, words_of

from ceasefire.wording import MINUS

SCENARIO = "gaza-2023"
SIGNS = f"+{MINUS}"
NUMBER = re.compile(rf"[{SIGNS}]?\d[\d,.]*\d|[{SIGNS}]?\d")


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def numbers(text: str) -> set[str]:
    """The numbers of a text, as they are written."""
    return set(NUMBER.findall(text))


@pytest.mark.usefixtures("few_worlds_in_doubt")
@pytest.mark.parametrize(
    ("asked", "figure"),
    [(("compare", SCENARIO, f"{SCENARIO}+open-end"), "comparison"), (("levers", SCENARIO), "levers")],
)
def test_title_answer_table_and_terminal_agree(asked: tuple[str, ...], figure: str, command: Command) -> None:
    answer = command(*asked, *FEW)
    assert answer.code == 0, answer.err
    folder = Path(answer.last)
    title = plain(words_of(folder / f"{figure}.png")["Title"])
    page = read((folder / "report.html").read_text(encoding="utf-8"))
    sentence = plain(page.all("blockquote")[0].text)
    printed = plain(answer.out)
    names = re.findall(r'"[^"]+"', title)
    assert names, title
    for name in names:
        assert name in sentence
        assert figure == "comparison" or name.strip('"') in printed, "a comparison is printed as it was typed"
    inside = re.findall(r"\(([^()]*)\)", title)
    assert inside, "a title without an interval"
    for each in inside:
        assert numbers(each) <= numbers(sentence), (title, sentence)
        assert numbers(each) <= numbers(printed)
    mean = re.search(rf"([{SIGNS}]?[\d,.]+) days", title)
    assert mean
    assert f"{mean[1].lstrip(SIGNS)} days" in sentence
    assert f"{mean[1].lstrip(SIGNS)} " in plain(page.all("table")[0].text)
    assert "with with" not in sentence
