"""Fifteen words: one meaning each, on every page and in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

from html_page import Reader

from ceasefire.report.html import Paragraph, Report, Section, glossary, page

DOCS = Path(__file__).parents[2] / "docs" / "glossary.md"


def test_every_page_explains_fifteen_words_in_the_order_of_the_alphabet() -> None:
    one = Report("T", "Q", "A", "N", [Section("a", "A", [Paragraph("Text.")])], "Made by a test.")
    root = Reader(page(one)).root
    words = [each.text for each in root.all("dt")]
    assert words == list(glossary()) == sorted(words)
    assert len(words) == 15
    assert {"doubt", "chance", "draw", "point", "world", "survival", "in force", "unbroken", "pooled"} <= set(words)
    assert [each.text for each in root.all("dd")] == [" ".join(meaning.split()) for meaning in glossary().values()]
    assert [each.attributes["href"] for each in root.all("a")].count("#words") == 1


def test_the_documentation_has_the_same_words() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert dict(rows[1:]) == glossary()


def test_no_section_is_a_landmark() -> None:
    one = Report("T", "Q", "A", "N", [Section("a", "A", [Paragraph("Text.")])], "Made by a test.")
    sections = Reader(page(one)).root.all("section")
    assert len(sections) == 3
    assert not [each for each in sections if {"aria-labelledby", "aria-label", "role"} & set(each.attributes)]
