"""Reads coded ceasefires from a data folder, and reports every fault by file, line and column before any is used."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ceasefire.data_files.cells import number
from ceasefire.doc_pages import doc_page
from ceasefire.errors import Fault, ScenarioError
from ceasefire.reference_class.features import CLASSES, ENFORCEMENTS, SIDES, Features
from ceasefire.reference_class.outside_view.coded_deals import Durations, Ending, Reading, known_durations
from ceasefire.suggestions import comma_list

FILE = "ceasefire_durations.csv"

CITATION = (
    "Clayton, Nygård, Strand, Rustad et al. (2022), Journal of Conflict Resolution, doi 10.1177/00220027221129195"
)

COLUMNS = {
    "ceasefire_id": "a name of the deal; each name occurs once",
    "location": "country: deals of one country are left out together when the fit is judged",
    "start": "first day [YYYY-MM-DD]",
    "ceasefire_class": "cessation, preliminary or definitive",
    "sides": "unilateral, bilateral or multilateral",
    "local": "1 when it covers a part of the territory",
    "written": "1 when there is a written text",
    "fixed_term": "1 when the deal set a last day",
    "planned_days": "length of the fixed term [days]; empty when open-ended or not known",
    "mechanism": "1 when the parties agreed how compliance is supervised",
    "enforcement": "none, international (an organisation) or external (a state); empty when not coded",
    "mediated": "1 when there was a mediator",
    "prior_ceasefires": "earlier ceasefires of the conflict",
    "days_mid": "days until the end or the last observation; where the end is not dated, half of days_upper",
    "days_upper": "the same; where the end is not dated, the longest possible duration",
    "broke": "1 when it broke down; 0 when it held until the last observation, completed its term or was replaced",
    "end_date_known": "1 when the last day is dated; otherwise the end lies in (0, days_upper]",
}
"""Columns of the file, in any order; other columns are ignored."""


@dataclass(frozen=True)
class Deal:
    """One ceasefire as coded: its features, and what is known about its duration [days]."""

    name: str
    country: str
    features: Features
    days_mid: float
    days_upper: float
    broke: bool
    dated: bool


WAYS = ("dated", "mid", "upper", "interval")
"""Four readings of an undated end: leave it out, put it at half of `days_upper`, at all of it, or anywhere between."""


def censored_durations(deals: Sequence[Deal], way: str = "interval") -> tuple[NDArray[np.int64], Durations]:
    """Positions of the deals that a way of reading uses, and their durations. ValueError for an unknown way."""
    if way not in WAYS:
        raise ValueError(f"no such way '{way}'; choose from {comma_list(WAYS)}")
    return known_durations([Ending(deal.days_upper, deal.broke, deal.dated) for deal in deals], cast(Reading, way))


def read_deals(folder: Path) -> list[Deal]:
    """The deals of a data folder. ScenarioError with every fault, by file, line and column."""
    file = folder / FILE
    rows = _rows(file, folder)
    faults: list[Fault] = []
    deals: list[Deal] = []
    first_line: dict[str, int] = {}
    for line, row in rows:
        reader = _Reader(file, line, row, faults)
        deal = reader.deal()
        if deal is None:
            continue
        if deal.name in first_line:
            faults.append(
                Fault(str(file), line, "ceasefire_id", f"'{deal.name}' is also in line {first_line[deal.name]}")
            )
        first_line.setdefault(deal.name, line)
        deals.append(deal)
    if faults:
        raise ScenarioError(faults)
    if not deals:
        raise ScenarioError([Fault(str(file), None, "", "has a header and no deals")])
    return deals


def _rows(file: Path, folder: Path) -> list[tuple[int, dict[str, str]]]:
    if not folder.is_dir():
        raise ScenarioError([Fault("", None, "", f"no such data folder '{folder}'")])
    if not file.is_file():
        raise ScenarioError(
            [Fault("", None, "", f"'{folder}' has no file {FILE}; {doc_page('validation.md')} lists its columns")]
        )
    from ceasefire.data_files.read_table import text_rows

    header, rows = text_rows(file, COLUMNS)
    missing = [
        Fault(str(file), 1, name, f"this column is missing; its meaning: {meaning}")
        for name, meaning in COLUMNS.items() if name not in header
    ]  # fmt: skip
    if missing:
        raise ScenarioError(missing)
    return rows


class _Reader:
    """Reads the cells of one row, and adds a fault with its column for each wrong cell."""

    def __init__(self, file: Path, line: int, row: dict[str, str], faults: list[Fault]) -> None:
        self.file, self.line, self.row, self.faults = file, line, row, faults
        self.valid = True

    def deal(self) -> Deal | None:
        """The deal of this row; None when any cell is wrong."""
        name, country = self.text("ceasefire_id"), self.text("location")
        self.date("start")
        fixed = self.flag("fixed_term")
        planned = self.number("planned_days", low=0.5) if self.row["planned_days"].strip() else None
        coded = {
            "ceasefire_class": self.one_of("ceasefire_class", CLASSES), "sides": self.one_of("sides", SIDES),
            "local": self.flag("local"), "written": self.flag("written"), "fixed_term": fixed,
            "term_days": planned if fixed else None, "mechanism": self.flag("mechanism"),
            "enforcement": self.one_of("enforcement", ENFORCEMENTS, empty="none"), "mediated": self.flag("mediated"),
            "prior_ceasefires": self.count("prior_ceasefires"),
        }  # fmt: skip
        mid, upper = self.number("days_mid"), self.number("days_upper")
        broke, dated = self.flag("broke"), self.flag("end_date_known")
        if mid is not None and upper is not None and mid > upper:
            self.add_fault("days_mid", f"{mid:g} is above days_upper, {upper:g}")
        if not self.valid or mid is None or upper is None:
            return None
        features = Features(**coded)  # type: ignore[arg-type]
        return Deal(str(name), str(country), features, mid, upper, bool(broke), bool(dated))

    def add_fault(self, column: str, message: str) -> None:
        self.valid = False
        self.faults.append(Fault(str(self.file), self.line, column, message))

    def text(self, column: str) -> str | None:
        value = self.row[column].strip()
        return value if value else self.add_fault(column, "is empty")  # type: ignore[func-returns-value]

    def _read(self, column: str, convert: Callable[[str], Any], expected: str) -> Any:
        if not self.row[column]:
            self.add_fault(column, "is empty")
            return None
        try:
            return convert(self.row[column])
        except ValueError:
            self.add_fault(column, f"'{self.row[column]}' is not {expected}")
            return None

    def number(self, column: str, low: float = 0.0) -> float | None:
        value: float | None = self._read(column, number, "a number")
        if value is not None and value < low:
            self.add_fault(column, f"{value:g} is not a number of days; the lowest is {low:g}")
            return None
        return value

    def count(self, column: str) -> int | None:
        value: float | None = self._read(column, number, "a whole number")
        if value is not None and not (value >= 0 and value == int(value)):
            self.add_fault(column, f"'{self.row[column]}' is not a whole number from 0")
            return None
        return None if value is None else int(value)

    def flag(self, column: str) -> bool | None:
        value = self.row[column].lower()
        if value not in ("0", "1", "0.0", "1.0", "false", "true"):  # a column with a gap is written 1.0 by pandas
            self.add_fault(column, f"'{value}' is neither 0 nor 1")
            return None
        return value in ("1", "1.0", "true")

    def one_of(self, column: str, valid: Sequence[str], empty: str | None = None) -> str | None:
        value = self.row[column].strip()
        if not value and empty is not None:
            return empty
        if value not in valid:
            self.add_fault(column, f"'{value}' is not one of {comma_list(valid)}")
            return None
        return value

    def date(self, column: str) -> None:
        self._read(column, datetime.date.fromisoformat, "a date such as 2020-03-05")
