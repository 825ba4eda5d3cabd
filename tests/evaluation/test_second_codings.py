"""The page of second codings says what the two codings of each case say, and its forecasts are theirs."""

from __future__ import annotations

import hashlib
from pathlib import Path

import compare_second_codings as second
import pytest

DOCS = Path(__file__).parents[2] / "docs"
MARKS = "<!-- made by: python tests/evaluation/compare_second_codings.py -->", "<!-- end -->"
FROZEN = {
    "congo-2024-08": "45f26f773c8c",
    "ethiopia-2022-11": "f0be92aecc19",
    "myanmar-2022-11": "160ce90cd791",
    "syria-2016-02": "795c7a6434bd",
    "thailand-cambodia-2025-07": "2953b6274ee9",
}
"""Beginnings of the SHA-256 of the second codings, as they were before they were compared with the first."""


def test_the_second_codings_are_those_that_were_written_before_the_comparison() -> None:
    found = {name: hashlib.sha256((second.SECOND / f"{name}.yaml").read_bytes()).hexdigest()[:12] for name in FROZEN}
    assert found == FROZEN
    assert tuple(FROZEN) == second.NAMES


def test_the_page_has_the_figures_of_the_script() -> None:
    page = (DOCS / "second_coding.md").read_text(encoding="utf-8")
    made = page.split(MARKS[0])[1].split(MARKS[1])[0].strip()
    assert made == second.page(), f"docs/second_coding.md is not what `{MARKS[0][14:-4]}` prints"


def test_validation_says_what_the_page_says() -> None:
    said = " ".join((DOCS / "validation.md").read_text(encoding="utf-8").split())
    assert second.validation_sentence() in said


def test_a_number_is_coded_in_the_file_or_in_the_case_that_it_starts_from() -> None:
    first = second.numbers("ethiopia-2022-11", "first")
    assert first["war.ongoing"] == (0.9, (0.7, 1.1))
    assert first["war.toll_14d"] == (5000, (2500, 10000)), "set in the case of March 2022"
    assert "actors.party-a.losses_scale" not in first, "set by generic and by a change"


def test_distances_count_answers_and_ranges() -> None:
    trust = second.Pair("x", "trust.a", 0.5, 0.12, ((0.35, 0.65), (0.05, 0.25)))
    assert trust.answers_apart == 3
    assert trust.share_of_range == pytest.approx(0.38 / 0.25)
    assert not trust.ranges_meet
    near = second.Pair("x", "actors.guarantor-b.commitment", 0.3, 0.55, ((0.15, 0.45), (0.4, 0.7)))
    assert (near.answers_apart, near.ranges_meet) == (1, True)
