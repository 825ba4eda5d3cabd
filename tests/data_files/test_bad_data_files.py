"""Whatever stands in a cell of a user's data file is read as it is meant, or refused with file, line and column."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import ceasefire
from ceasefire.data_files.read_table import text_rows
from ceasefire.errors import ScenarioError
from ceasefire.evaluation.calibration import target_counts
from ceasefire.reference_class.coded_deals import read_deals
from ceasefire.reference_class.outside_view.data_folder import read_durations
from ceasefire.reference_class.outside_view.deal_files import read_history, read_table

Table = list[list[str]]

DEAL = {
    "ceasefire_id": "1", "location": "Nowhere", "conflict": "North", "start": "2001-02-03",
    "ceasefire_class": "cessation", "sides": "bilateral", "local": "0", "written": "1", "fixed_term": "1",
    "planned_days": "30", "mechanism": "0", "enforcement": "none", "mediated": "0", "prior_ceasefires": "2",
    "days_mid": "12", "days_upper": "24", "broke": "1", "end_date_known": "0",
}  # fmt: skip


def deals() -> Table:
    rows = [{**DEAL, "ceasefire_id": str(number), "days_upper": str(24 + number)} for number in range(1, 5)]
    return [list(DEAL), *(list(row.values()) for row in rows)]


def counts() -> Table:
    header = ["date", *target_counts.DAILY_COLUMNS]
    first = datetime.date(2018, 9, 1)
    days = [(first + datetime.timedelta(day)).isoformat() for day in range(4)]
    return [header, *([day, "3", "12", "4", "5", "3"] for day in days)]


def forecasts() -> Table:
    return [["country", "start", "written", "planned_days"], *(["Nowhere", "2001-02-03", "yes", "30"] for _ in "1234")]


def history() -> Table:
    return [["start", "outcome", "days", "written"], *(["2001-02-03", "broke", "35", "1"] for _ in "1234")]


def read_counts(file: Path) -> Any:
    (file.parent / target_counts.MONTHLY).write_text("month_end,deaths\n2018-09-30,5\n")
    return target_counts.read(file.parent).daily


READERS: dict[str, tuple[str, Callable[[], Table], Callable[[Path], Any], str]] = {
    "coded deals": ("ceasefire_durations.csv", deals, lambda file: read_deals(file.parent), "days_upper"),
    "outside view": ("ceasefire_durations.csv", deals, lambda file: read_durations(file.parent), "days_upper"),
    "daily counts": (target_counts.DAILY, counts, read_counts, "deaths_gov_opp"),
    "table of forecasts": ("deals.csv", forecasts, read_table, "planned_days"),
    "history": ("history.csv", history, read_history, "days"),
}
"""By kind of file: its name, sound content, its reader, and a column of numbers."""


def written(file: Path, table: Table, delimiter: str = ",") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(table)
    file.write_text(text.getvalue(), encoding="utf-8")
    return file


def content(read: Callable[[Path], Any], file: Path) -> Any:
    found = read(file)
    return found.to_numpy().tolist() if isinstance(found, pd.DataFrame) else found


def refusal(read: Callable[[Path], Any], file: Path) -> str | None:
    """Why a file is refused; None when it is read. Any other exception is a finding."""
    try:
        read(file)
    except (ScenarioError, target_counts.DataError) as error:
        return str(error)
    return None


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize(
    "cell",
    [
        "inf",
        "-inf",
        "Infinity",
        "1e999",
        "-1",
        "1_000",
        "0x10",
        "twelve",
        "1,2,3",
        "١٢",
        "12 days",
        "=1+1",
        "1e",
        "--3",
    ],
)
def test_what_is_no_number_is_refused_with_file_line_and_column(kind: str, cell: str, tmp_path: Path) -> None:
    name, sound, read, column = READERS[kind]
    table = sound()
    assert refusal(read, written(tmp_path / name, table)) is None
    table[3][table[0].index(column)] = cell
    said = refusal(read, written(tmp_path / name, table))
    assert said is not None
    assert f"{name}:4: {column}: " in said


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("cell", ["NA", "nan", "NaN", "", " ", "N/A", "null", "<NA>", "."])
def test_what_r_and_pandas_write_for_nothing_is_read_as_nothing(kind: str, cell: str, tmp_path: Path) -> None:
    name, sound, read, column = READERS[kind]
    table = sound()
    table[3][table[0].index(column)] = ""
    blank = refusal(read, written(tmp_path / name, table))
    meant = None if blank else content(read, tmp_path / name)
    table[3][table[0].index(column)] = cell
    assert refusal(read, written(tmp_path / name, table)) == blank
    if blank is None:
        assert content(read, tmp_path / name) == meant
    else:
        assert f"{name}:4: " in blank


@pytest.mark.parametrize("kind", ["coded deals", "outside view"])
@pytest.mark.parametrize("column", ["broke", "end_date_known", "written", "fixed_term", "ceasefire_class", "location"])
def test_a_fact_that_a_fit_needs_is_never_guessed(kind: str, column: str, tmp_path: Path) -> None:
    """An empty `broke` once read as "it held"."""
    name, sound, read, _ = READERS[kind]
    table = sound()
    table[3][table[0].index(column)] = ""
    assert f"{name}:4: {column}: " in str(refusal(read, written(tmp_path / name, table)))


@pytest.mark.parametrize("kind", READERS)
def test_semicolons_tabs_and_decimal_commas_are_read_as_they_are_meant(kind: str, tmp_path: Path) -> None:
    name, sound, read, column = READERS[kind]
    table = sound()
    halves = kind != "daily counts"
    table[3][table[0].index(column)] = "35.5" if halves else "35"
    meant = content(read, written(tmp_path / name, table))
    table[3][table[0].index(column)] = "35,5" if halves else "35,0"
    for delimiter in ";\t|":
        assert content(read, written(tmp_path / name, table, delimiter)) == meant
    assert f"{name}:4: {column}: " in str(refusal(read, written(tmp_path / name, table)))


@pytest.mark.parametrize("kind", READERS)
def test_a_column_that_is_there_twice_is_refused(kind: str, tmp_path: Path) -> None:
    name, sound, read, column = READERS[kind]
    table = [[*row, row[sound()[0].index(column)]] for row in sound()]
    said = refusal(read, written(tmp_path / name, table))
    assert said is not None
    assert f"{name}:1: {column}: this column is there twice" in said


def test_counts_that_cannot_be_are_refused_with_line_and_column(tmp_path: Path) -> None:
    for column, cell, why in (
        ("deaths_gov_opp", "2.5", "not a count"),
        ("civilian_deaths_gov_opp", "13", "13 civilians of 12 dead"),
        ("events_gov_opp", "99999999", "more than"),
        ("events_gov_opp", "1,234", "may be a thousand"),
        ("date", "2018-09-31", "no day of the calendar"),
        ("date", "2018-09-01", "this day stands in line 2 too"),
    ):
        table = counts()
        table[3][table[0].index(column)] = cell
        said = refusal(read_counts, written(tmp_path / target_counts.DAILY, table))
        assert said is not None, (column, cell)
        assert f"{target_counts.DAILY}:4: {column}: " in said
        assert why in said


def test_what_pandas_and_a_spreadsheet_make_of_a_table_is_the_same_table(tmp_path: Path) -> None:
    """A column with a gap is written as 1.0 by pandas; Excel writes semicolons, commas, a mark at the start, CRLF."""
    file = written(tmp_path / "ceasefire_durations.csv", deals())
    meant = content(lambda path: read_deals(path.parent), file)
    frame = pd.read_csv(file)
    for text in (
        frame.astype({"broke": float, "local": float, "prior_ceasefires": float}).to_csv(index=False),
        frame.to_csv(index=False, na_rep="NA"),
        "\ufeff" + frame.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n"),
        frame.astype({"broke": bool}).to_csv(index=False),
    ):
        file.write_bytes(text.encode())
        assert content(lambda path: read_deals(path.parent), file) == meant


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "is empty"), (b"\n\n", "only blank lines"), (b"\x00\x01\x02", "is not a text file"),
        (b"PK\x03\x04", "spreadsheet"), (b"\x1f\x8b\x08", "compressed"), (b"%PDF-1.4", "PDF"),
        (b'start,outcome,days,written\n"2001', "is it cut off?"), (b"start,outcome,days\n1\n2,3\n", "has 1 cell"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", READERS)
def test_what_is_no_table_is_refused(kind: str, raw: bytes, why: str, tmp_path: Path) -> None:
    name, _, read, _ = READERS[kind]
    (tmp_path / name).write_bytes(raw)
    said = refusal(read, tmp_path / name)
    assert said is not None
    assert name in said
    assert why in said


def test_blank_rows_are_passed_over_where_they_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("a,b\n1,2\n,\n\n3,NA\n")
    assert text_rows(tmp_path / "table.csv", ("a",))[1] == [(2, {"a": "1", "b": "2"}), (5, {"a": "3", "b": ""})]
    assert [line for line, _ in text_rows(tmp_path / "table.csv", ("a",), blank_rows=True)[1]] == [2, 3, 5]


def survived(**columns: Any) -> ceasefire.SurvivalCurve:
    return ceasefire.survival(pd.DataFrame({"days_held": [3, 5, 9], "ended": [True, False, True], **columns}))


@pytest.mark.parametrize(
    "ended", [[1, 0, 1], [1.0, 0.0, 1.0], ["True", "False", "true"], ["1", "0", "1"], np.array([1, 0, 1])]
)
def test_an_event_column_may_be_numbers_or_words(ended: Any) -> None:
    assert survived(ended=ended).surviving.tolist() == survived().surviving.tolist()
    assert survived(failed=[False, 0, "0"]).failed == 0


@pytest.mark.parametrize("column", ["ended", "failed"])
@pytest.mark.parametrize("wrong", [2, -1, 0.5, "yes", "", "dead", None, np.nan, pd.NA, pd.NaT, float("inf"), [1]])
def test_an_event_column_of_anything_else_is_refused(column: str, wrong: Any) -> None:
    with pytest.raises(ValueError, match=column):
        survived(**{column: pd.Series([True, wrong, False], dtype=object)})


@pytest.mark.parametrize("wrong", [None, np.nan, 1.5, -1, float("inf")])
def test_missing_days_are_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="days_held"):
        survived(days_held=[1, wrong, 3])
