"""The five deals on Idlib differ only in numbers that give a source, and the date from which it was known."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ceasefire.parameters.sourced_value import ASSUMED, Quantity
from ceasefire.scenario.load import load
from ceasefire.scenario.parameter_paths import quantities
from ceasefire.scenario.schema import Scenario

BASES = {
    "idlib-2018": "idlib-2020",
    "idlib-2019-08": "idlib-2018",
    "idlib-2019-08-31": "idlib-2019-08",
    "idlib-2020-01": "idlib-2019-08-31",
}
DEALS = ("idlib-2020", *BASES)
README = Path(__file__).parents[2] / "scenarios" / "README.md"
REASON = 8
"""Letters of a reason, at the least."""

SIGNED = datetime.date(2020, 3, 6)


def numbers(scenario: Scenario) -> dict[str, Quantity]:
    """Every number of a scenario, by path."""
    return {path: number for path, number, _ in quantities(scenario)}


SCENARIOS = {name: load(name).scenario for name in DEALS}
NUMBERS = {name: numbers(scenario) for name, scenario in SCENARIOS.items()}


def content_of(number: Quantity | None) -> Any:
    """What of a number a result depends on."""
    return None if number is None else (number.distribution, number.range)


def differences(name: str) -> dict[str, Quantity]:
    """Numbers of a deal that its base has otherwise; of the deal that has no base, those that another deal has
    otherwise.
    """
    own = NUMBERS[name]
    others = [BASES[name]] if name in BASES else list(BASES)
    return {
        path: number
        for path, number in own.items()
        if any(content_of(NUMBERS[other].get(path)) != content_of(number) for other in others)
    }


def rests_on(number: Quantity, start: datetime.date) -> str | None:
    """The kind of source: a report, a dated fact, or a reason that begins with ASSUMED; None without any of these."""
    dated = number.known_by is not None and number.known_by <= start
    if not number.assumed:
        return "reported" if dated else None
    if number.source != ASSUMED:
        fact = number.source.removeprefix(f"{ASSUMED} from ")
        return "fact" if dated and fact != number.source and len(fact) >= REASON else None
    reason = (number.note or "").partition(f"{ASSUMED}: ")
    return "reason" if not reason[0] and len(reason[2]) >= REASON else None


def tally(name: str) -> list[int]:
    """Counts of the differences of a deal: all, reported, dated facts, of these reported afterwards, reasons."""
    numbers = differences(name)
    kinds = Counter(rests_on(number, SCENARIOS[name].start) for number in numbers.values())
    later = sum("afterwards" in number.source for number in numbers.values())
    return [len(numbers), kinds["reported"], kinds["fact"], later, kinds["reason"]]


def test_the_bases_are_those_of_the_files() -> None:
    for name, base in BASES.items():
        text = (README.parent / f"{name}.yaml").read_text(encoding="utf-8")
        assert re.search(rf"^base: {re.escape(base)}$", text, re.MULTILINE)


@pytest.mark.parametrize("name", DEALS)
def test_every_difference_says_what_it_rests_on(name: str) -> None:
    numbers = differences(name)
    assert len(numbers) > 10
    bare = [path for path, number in numbers.items() if rests_on(number, SCENARIOS[name].start) is None]
    assert bare == []


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ({"value": 1, "source": "TASS, 2 March 2020", "known_by": "2020-03-02"}, "reported"),
        ({"value": 1, "source": "TASS, 2 March 2020"}, None),
        ({"value": 1, "source": "TASS, 7 March 2020", "known_by": "2020-03-07"}, None),
        ({"value": 1, "source": "ASSUMED from TASS, 2 March 2020", "known_by": "2020-03-02"}, "fact"),
        ({"value": 1, "source": "ASSUMED from TASS, 2 March 2020"}, None),
        ({"value": 1, "source": "ASSUMED from TASS, 7 March 2020", "known_by": "2020-03-07"}, None),
        ({"value": 1, "source": "ASSUMED from ", "known_by": "2020-03-02"}, None),
        ({"value": 1, "note": "ASSUMED: the line ran here"}, "reason"),
        ({"value": 1, "note": "the line ran here"}, None),
        ({"value": 1, "range": [0, 2], "note": "ASSUMED: "}, None),
        ({"value": 1, "range": [0, 2]}, None),
        (1, None),
    ],
)
def test_a_number_rests_on_a_dated_source_or_on_a_reason_that_says_assumed(number: Any, kind: str | None) -> None:
    assert rests_on(Quantity.model_validate(number), SIGNED) == kind


def test_the_table_of_what_the_differences_rest_on_is_that_of_the_files() -> None:
    table = README.read_text(encoding="utf-8").split("| deal | differences |", 1)[1].split("\n\n", 1)[0]
    rows = re.findall(r"^\| ([^|]+) \|((?: \d+ \|)+)$", table, re.MULTILINE)
    printed = {name.strip("`"): [int(cell) for cell in re.findall(r"\d+", cells)] for name, cells in rows}
    counted = {name: tally(name) for name in DEALS}
    assert printed == {**counted, "all five": [sum(column) for column in zip(*counted.values(), strict=True)]}
