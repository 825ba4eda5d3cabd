"""A title that is a question gets no second punctuation mark, in any figure, report or story."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Command
from test_report_of_experiments import experiment

from ceasefire.charts.layout import Caption
from ceasefire.wording import titled

QUESTION = "Will the river hold?"
BRIEF = ("--worlds", "12", "--days", "60")


@pytest.mark.parametrize(
    ("title", "whole"),
    [
        ("A river", "A river: how it ends"),
        ("Will it hold?", "Will it hold? How it ends"),
        ("Hold on! ", "Hold on! How it ends"),
        ("St. Croix, 1848.", "St. Croix, 1848. How it ends"),
    ],
)
def test_a_title_with_a_mark_of_its_own_gets_no_second_one(title: str, whole: str) -> None:
    assert titled(title, "how it ends") == whole
    assert titled("A river", "of 12 worlds", by=",") == "A river, of 12 worlds"


@pytest.fixture
def titles(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of all figures that are drawn."""
    drawn: list[str] = []
    original = Caption.__init__

    def recorded(self: Caption, title: str, *rest: Any, **more: Any) -> None:
        drawn.append(title)
        original(self, title, *rest, **more)

    monkeypatch.setattr(Caption, "__init__", recorded)
    return drawn


@pytest.mark.usefixtures("few_worlds_in_doubt")
def test_no_figure_report_or_story_puts_a_colon_after_a_question(command: Command, titles: list[str]) -> None:
    asked = Path("asks.yaml")
    asked.write_text(f"name: asks\ntitle: {QUESTION}\nbase: {SMALL}\n", encoding="utf-8")
    file = experiment(Path(), "{kind: grid}", "levers:\n  paths:\n    agreement.monitoring: [0.1, 0.9]\n")
    text = file.read_text(encoding="utf-8").replace("What was asked", QUESTION).replace(str(SMALL), "./asks.yaml")
    file.write_text(text, encoding="utf-8")
    ran = command("run", "./asks.yaml", *BRIEF).last
    results = [
        command("report", ran, "--more"),
        command("world", ran, "--world", "1", "--chart"),
        command("compare", "./asks.yaml", "./asks.yaml+no-monitors", *BRIEF),
        command("levers", "./asks.yaml", *BRIEF),
        command("experiment", "./asked.yaml"),
    ]
    assert [(answer.code, answer.err) for answer in results if answer.code] == []
    pages = [page.read_text(encoding="utf-8") for page in Path("results").rglob("report.html")]
    assert len(pages) == 4
    under = [title for title in titles if title.startswith(f"{QUESTION} ")]
    assert f"{QUESTION} Share of worlds ended by each day, by cause" in under
    assert f"{QUESTION} Days that each lever adds" in under
    assert f"{QUESTION} Mean days held" in under
    assert len(set(under)) >= 8
    assert all(QUESTION in page for page in pages)
    assert QUESTION in results[1].out
    for words in (*titles, *pages, *(answer.out for answer in results)):
        assert f"{QUESTION}:" not in words
        assert f"{QUESTION}," not in words
