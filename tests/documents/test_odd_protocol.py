"""The description of the model is that of this program: no stale table, no rule or number left unsaid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ceasefire import odd_protocol, rules
from ceasefire.compilation import random_streams
from ceasefire.ensemble.parameter_draws import assumed_ranges
from ceasefire.parameters.indicators import INDICATORS
from ceasefire.parameters.mechanisms import Mechanisms
from ceasefire.rules import THE_DAY
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import ENGAGEMENT_LADDER, FORCE_LADDER
from ceasefire.world_state import CAUSES, FIELDS, VIOLATION_KINDS

TEXT = odd_protocol.ODD.read_text(encoding="utf-8")
PROSE = odd_protocol.BLOCK.sub("", TEXT)
"""What is written by hand: the document without its generated tables."""


def unsaid(names: set[str], where: str) -> list[str]:
    """Names that do not occur as words."""
    assert names
    return sorted(name for name in names if not re.search(rf"\b{re.escape(name)}\b", where))


def test_no_table_is_stale() -> None:
    assert odd_protocol.rendered(TEXT) == TEXT, "run: python -m ceasefire.odd_protocol"


def test_every_table_has_its_place_in_the_document() -> None:
    assert sorted(found["name"] for found in odd_protocol.BLOCK.finditer(TEXT)) == sorted(odd_protocol.TABLES)


def test_every_function_of_the_rules_is_named_where_it_is_explained() -> None:
    files = Path(rules.__file__).parent.glob("*.py")
    names = {name for file in files for name in re.findall(r"^@(?:rule|seldom)\ndef (\w+)", file.read_text(), re.M)}
    assert {step.name for step in THE_DAY} <= names
    assert len(names) > 50
    assert unsaid(names, PROSE) == []


def test_every_number_of_the_rules_stands_in_an_equation_or_a_sentence() -> None:
    assert unsaid(set(Mechanisms.model_fields), PROSE) == []


def test_every_stream_of_draws_says_who_what_and_when() -> None:
    streams = {name for name, code in vars(random_streams).items() if name.isupper() and isinstance(code, int)}
    assert {"PARAMETER", "DOUBT", "CLASH"} <= streams
    assert unsaid(streams, PROSE) == []


def test_every_cause_kind_and_rung_is_explained() -> None:
    words = {*CAUSES, *VIOLATION_KINDS, *FORCE_LADDER, *ENGAGEMENT_LADDER} - {""}
    assert unsaid(words, TEXT) == []
    assert unsaid({*CAUSES} - {""}, PROSE) == []


def test_tables_have_a_row_for_every_thing() -> None:
    assert odd_protocol.the_day().count("\n") == len(THE_DAY) + 2
    assert odd_protocol.state().count("\n") == len(FIELDS) + 2
    assert odd_protocol.indicators().count("\n") == len(INDICATORS) + 2
    assert odd_protocol.mechanisms().count("\n") == len(Mechanisms.model_fields) + 2


def test_a_number_is_said_to_be_drawn_in_doubt_exactly_when_a_run_draws_it() -> None:
    scenario = load("idlib-2020").scenario
    drawn = {
        path.removeprefix("mechanisms."): span
        for path, span in assumed_ranges(scenario).items()
        if path.startswith("mechanisms.")
    }
    said = dict(re.findall(r"^\| `(\w+)` \|[^|]*\|[^|]*\| ([^|]*) \|", odd_protocol.mechanisms(), re.MULTILINE))
    assert len(said) == len(Mechanisms.model_fields)
    assert {name for name, words in said.items() if words != "not drawn"} == set(drawn)
    for name, (low, high) in drawn.items():
        centre = getattr(scenario.mechanisms, name).centre
        either_way = f"± {(high / centre - 1) * 100:.3g} %"
        assert said[name] in (f"{low:g} to {high:g}", either_way), name


def test_the_order_of_the_day_is_that_of_the_tuple() -> None:
    rows = re.findall(r"^\| \d \| `(\w+)` \|", odd_protocol.the_day(), re.MULTILINE)
    assert rows == [step.name for step in THE_DAY]


def test_the_check_notices_a_stale_table_and_the_program_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "ODD.md"
    stale.write_text(TEXT.replace("| `temperature` |", "| `heat_of_the_day` |"), encoding="utf-8")
    monkeypatch.setattr(odd_protocol, "ODD", stale)
    assert odd_protocol.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().err
    assert odd_protocol.main([]) == 0
    assert stale.read_text(encoding="utf-8") == TEXT
    assert odd_protocol.main(["--check"]) == 0


def test_a_marker_of_no_table_is_refused() -> None:
    with pytest.raises(KeyError, match="weather"):
        odd_protocol.rendered("<!-- generated: weather -->\n<!-- end: weather -->")
