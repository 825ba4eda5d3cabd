"""`ceasefire report --xlsx`: a cover, what every column is, and one table a sheet, for people who read spreadsheets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ceasefire.ensemble.unfinished import file_aside
from ceasefire.report.html import Report
from ceasefire.wording import rounded

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

FILE = "report.xlsx"
NOT_INSTALLED = "--xlsx needs XlsxWriter: pip install 'ceasefire[xlsx]'"
MOST_ROWS = 100_000
"""Rows of a sheet; a longer table is cut, and says so."""
MOST_COLUMNS = 16_000
LONGEST_CELL, WIDEST, LONGEST_NAME = 32_000, 60, 31
"""Characters of a cell, of a column's width, and of the name of a sheet."""

ROUNDED = (
    "Numbers that are not whole are rounded to four significant digits for readers; the files of the results folder "
    "have them in full. An empty cell is not known, or does not apply."
)


class NoWorkbookError(Exception):
    """No workbook could be made; the message says what would help."""


def check_workbook() -> None:
    """NoWorkbookError when what makes workbooks is not installed."""
    try:
        import xlsxwriter  # noqa: F401
    except ImportError:
        raise NoWorkbookError(NOT_INSTALLED) from None


def write_workbook(report: Report, folder: Path) -> Path:
    """Write report.xlsx, whole or not at all. NoWorkbookError without XlsxWriter; OSError."""
    check_workbook()
    from xlsxwriter import Workbook

    with file_aside(folder / FILE) as aside:
        as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with Workbook(str(aside), {**as_text, "nan_inf_to_errors": False}) as book:
            book.set_properties({"title": report.title, "subject": report.question, "comments": report.made_by})
            _fill(book, report)
        aside.replace(folder / FILE)
    return folder / FILE


def _fill(book: Workbook, report: Report) -> None:
    frames = {Path(file).stem: frame for file, frame in report.tables.items()}
    names = _sheet_names(["cover", "notes", *frames])[2:]
    about = report.code_book if report.code_book is not None else pd.DataFrame()
    contents = pd.DataFrame({"sheet": names, "rows": [len(frame) for frame in frames.values()]})
    words = [report.question, report.answer, report.note, report.made_by, ROUNDED]
    _sheet(book, "cover", report.title, words, contents)
    _sheet(book, "notes", "What every column is, with its unit", [], about)
    for name, frame in zip(names, frames.values(), strict=True):
        cut = frame.iloc[:MOST_ROWS, :MOST_COLUMNS]
        shown = [f"The first {MOST_ROWS:,} of {len(frame):,} rows."] if len(cut) < len(frame) else []
        _sheet(book, name, f"{report.title}: {name.replace('-', ' ').replace('_', ' ')}", shown, cut)


def _sheet_names(names: Sequence[str]) -> list[str]:
    """Names that a workbook can hold, each once."""
    found: list[str] = []
    for name in names:
        short = "".join(" " if c in "[]:*?/\\'" else c for c in name)[:LONGEST_NAME]
        while short.lower() in {each.lower() for each in found}:
            short = f"{short[: LONGEST_NAME - 2]} {len(found)}"
        found.append(short)
    return found


def _sheet(book: Workbook, name: str, title: str, words: Sequence[str], frame: pd.DataFrame) -> None:
    """A sheet: title, text, and a table with named heads that stay while it scrolls; nothing is merged or computed."""
    sheet: Worksheet = book.add_worksheet(name)
    bold, wrap = book.add_format({"bold": True, "font_size": 14}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, title[:LONGEST_CELL], bold)
    for row, text in enumerate(words, start=1):
        sheet.write_string(row, 0, text[:LONGEST_CELL], wrap if name == "cover" else None)
    if not len(frame.columns):
        return
    top = len(words) + 2
    heads = _heads([str(column) for column in frame.columns])
    for column, (head, values) in enumerate(zip(heads, (frame.iloc[:, k] for k in range(len(heads))), strict=True)):
        cells = [_cell(value) for value in values]
        for row, cell in enumerate(cells, start=top + 1):
            _write(sheet, row, column, cell)
        width = max([len(head) + 3, *(len(str(cell)) + 1 for cell in cells[:1000])])
        sheet.set_column(column, column, 100 if name == "cover" and column == 0 else min(width, WIDEST))
    last = top + max(len(frame), 1)
    options: dict[str, Any] = {"name": f"table_{len(book.worksheets())}", "columns": [{"header": h} for h in heads]}
    sheet.add_table(top, 0, last, len(heads) - 1, {**options, "style": "Table Style Light 1", "autofilter": False})
    sheet.freeze_panes(top + 1, 0 if name == "cover" else 1)
    sheet.set_landscape()
    sheet.repeat_rows(top)


def _heads(names: Sequence[str]) -> list[str]:
    """Heads of a table: none is empty, none stands twice."""
    found: list[str] = []
    for place, name in enumerate(names):
        head = name.strip()[:255] or f"column {place + 1}"
        found.append(f"{head[:240]} ({place + 1})" if head.lower() in {each.lower() for each in found} else head)
    return found


def _cell(value: Any) -> str | float | bool | None:
    """A cell: text, a whole number, another with four significant digits, yes or no, or nothing."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, (bool, str)) or type(value).__name__ == "bool":
        return value if isinstance(value, str) else bool(value)
    if isinstance(value, Integral):
        return int(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    return rounded(number) if math.isfinite(number) else None


def _write(sheet: Worksheet, row: int, column: int, cell: str | float | bool | None) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell[:LONGEST_CELL])
    elif cell is not None:
        sheet.write_number(row, column, cell)
