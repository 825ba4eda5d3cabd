"""Words that readers stumbled over stay away, and those that they need are explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md", ROOT / "scenarios" / "README.md", *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "model" / "ceasefire").rglob("*.py")),
]  # fmt: skip
RIDDLES = (
    "the assumed numbers drawn.", "no less at all in nine draws", "so that what differs comes of",
    "would leave ungained", "lives the same thousand worlds", "They are to differ only in",
    "changed only where something in the file could do",
    "share every number of the rules, which was found", "numbers are told: found again", "are no breakdown by violence",
    "share what is assumed, but for what", "in worlds that held unlike", "and why not surer", "is won back by day",
    "Everywhere one half of the worlds", "along random ways (Morris)", "each step longer than the last",
    "what rises above one is written beside",
)  # fmt: skip
NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
NUMBERS += " seventeen eighteen nineteen twenty"


def test_no_page_and_no_sentence_of_the_program_is_a_riddle() -> None:
    assert len(PAGES) > 300
    found = [
        (page.name, riddle)
        for page in PAGES
        for text in (" ".join(page.read_text(encoding="utf-8").split()),)
        for riddle in RIDDLES
        if riddle in text
    ]
    assert found == []


def test_the_page_on_validation_opens_with_ten_points_before_anything_else() -> None:
    opening = (ROOT / "docs" / "validation.md").read_text(encoding="utf-8").split("\n## ", 1)[0]
    assert re.findall(r"^(\d+)\. ", opening, re.MULTILINE) == [str(k) for k in range(1, 11)]
    assert "|" not in opening, "ten lines in plain words, no table"


@pytest.mark.parametrize("word", ["chance", "doubt", "draw", "point", "world"])
def test_the_glossary_says_what_every_figure_takes_for_granted(word: str) -> None:
    glossary = (ROOT / "scenarios" / "README.md").read_text(encoding="utf-8").split("## Glossary", 1)[1]
    assert re.search(rf"^- \*\*{word}\*\*: \w", glossary, re.MULTILINE)


def test_the_readme_counts_the_numbers_that_were_chosen_with_known_durations_in_view() -> None:
    """In ODD.md each of them is marked; the sentence in the README says how many there are."""
    odd = (ROOT / "model" / "ceasefire" / "ODD.md").read_text(encoding="utf-8")
    marked = len(re.findall(r"^\| .*ASSUMED \([^|]*five Idlib deals[^|]*\)", odd, re.MULTILINE))
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    said = re.search(r"(\w+) of them were chosen or searched with the durations of five Idlib", readme)
    assert said is not None
    assert NUMBERS.split().index(said[1]) == marked
