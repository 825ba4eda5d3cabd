"""Coded deals of a data folder: the ceasefires of 1989 to 2020, and recent ones where they are there."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from ceasefire.doc_pages import doc_page
from ceasefire.errors import Fault, ScenarioError
from ceasefire.reference_class.outside_view.coded_deals import CLASSES, Class, DealFacts, Ending, Record
from ceasefire.reference_class.outside_view.table_cells import Cells, cells_of, missing_columns

DURATIONS, RECENT = "ceasefire_durations.csv", "recent_ceasefires.csv"
CITATION = (
    "ETH/PRIO Civil Conflict Ceasefire Dataset: Clayton, Nygård, Strand, Rustad et al. (2022), "
    "Journal of Conflict Resolution, doi 10.1177/00220027221129195"
)
DURATION_COLUMNS = {
    "ceasefire_id": "a name of the deal, each once",
    "location": "the country",
    "conflict": "the conflict within the country",
    "start": "the first day [YYYY-MM-DD]",
    "ceasefire_class": "cessation, preliminary or definitive",
    "written": "1 when written down",
    "fixed_term": "1 when it was to end on a day",
    "planned_days": "the length of the fixed term [days]; empty when open-ended or not known",
    "days_upper": "days until it ended or was lost from sight; where the end is not dated, the most that it can be",
    "broke": "1 when it broke down",
    "end_date_known": "1 when the last day is dated",
}
RECENT_COLUMNS = {
    "id": "a name of the deal, each once",
    "title": "a title of the deal",
    "country": "the country",
    "conflict": "the conflict within the country",
    "join_location": "the country as the table of durations has it; empty when it is not there",
    "join_conflict": "the conflict as that table has it; empty when it is not there",
    "start": "the first day [YYYY-MM-DD]",
    "ceasefire_class": "cessation, preliminary or definitive",
    "written": "1 when written down",
    "fixed_term": "1 when it was to end on a day",
    "planned_days": "the length of the fixed term [days]; empty when open-ended or not known",
    "days": "days until it ended or was lost from sight",
    "broke": "1 when it broke down",
    "main": "1 when it is no renewal and its features are not doubtful",
}


def durations_rows(folder: Path, columns: Mapping[str, str], page: str) -> Iterator[Cells]:
    """The rows of the table of durations, with these columns, and each name once.

    Raises ScenarioError, once the last row was read, with every fault that the rows or their reader found; at once
    where there is no such table. `page` is the page of the documentation that says what the table holds.
    """
    file = folder / DURATIONS
    if not folder.is_dir():
        raise ScenarioError([Fault("", None, "", f"no such data folder '{folder}'")])
    if not file.is_file():
        message = f"'{folder}' has no file {DURATIONS}; {page} says what it holds"
        raise ScenarioError([Fault("", None, "", message)])
    from ceasefire.data_files.read_table import text_rows

    header, rows = text_rows(file, columns)
    faults = missing_columns(file, header, columns)
    _stop(faults)
    lines: dict[str, int] = {}
    for line, cells in cells_of(file, rows, faults):
        name = cells.needed("ceasefire_id", columns["ceasefire_id"])
        if name and name in lines:
            cells.wrong("ceasefire_id", f"'{name}' stands in line {lines[name]} too")
        lines.setdefault(name, line)
        yield cells
    _stop(faults)
    if not lines:
        raise ScenarioError([Fault(str(file), None, "", "holds no deals, only a header")])


def read_durations(folder: Path) -> list[Record]:
    """The deals that the model is fitted to. Raises ScenarioError with every fault by file, line and column."""
    return [
        replace(
            _record(
                cells, cells.text("ceasefire_id"), cells.needed("location", "the country"), cells.text("conflict"),
                "days_upper", cells.flag("end_date_known", default=None),
            ),
            is_number=True,
        )
        for cells in durations_rows(folder, DURATION_COLUMNS, doc_page("forecasts.md"))
    ]  # fmt: skip


def read_recent(folder: Path) -> tuple[list[Record], list[bool]]:
    """Deals of 2021 and later, and which of them are main ones; none when the folder has no such file."""
    file = folder / RECENT
    if not file.is_file():
        return [], []
    from ceasefire.data_files.read_table import text_rows

    header, rows = text_rows(file, RECENT_COLUMNS)
    faults = missing_columns(file, header, RECENT_COLUMNS)
    _stop(faults)
    records, main = [], []
    for _, cells in cells_of(file, rows, faults):
        country = cells.text("join_location") or cells.needed("country", "the country")
        conflict = cells.text("join_conflict") or cells.text("conflict")
        records.append(_record(cells, cells.text("title") or cells.text("id"), country, conflict, "days", True))
        main.append(cells.flag("main", default=None))
    _stop(faults)
    return records, main


def _record(cells: Cells, name: str, country: str, conflict: str, days: str, dated: bool) -> Record:
    start = cells.date("start", needed="the first day")
    fixed = cells.flag("fixed_term", default=None)
    planned = cells.days("planned_days", 0.5)
    length = cells.days(days, needed="the days until it ended or was lost from sight")
    facts = DealFacts(
        name, country, conflict, start or datetime.date(1989, 1, 1),
        cast(Class, cells.one_of("ceasefire_class", CLASSES)), cells.flag("written", default=None), fixed,
        planned if fixed else None,
    )  # fmt: skip
    return Record(facts, Ending(length or 0.0, cells.flag("broke", default=None), dated))


def last_day(records: list[Record]) -> datetime.date:
    """The last day of the year in which the record closes: of the last day on which any deal was seen."""
    ends = [record.facts.start + datetime.timedelta(days=int(record.ending.days)) for record in records]
    return datetime.date(max(ends).year, 12, 31)


def _stop(faults: list[Fault]) -> None:
    if faults:
        raise ScenarioError(faults)
