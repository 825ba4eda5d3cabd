"""Reading tables row by row: what is wrong in a cell is noted by file, line and column, and what would be right."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ceasefire.data_files.cells import MOST_DAYS, is_missing, number
from ceasefire.errors import Fault
from ceasefire.suggestions import did_you_mean

YES, NO = ("1", "1.0", "yes", "true", "y"), ("0", "0.0", "no", "false", "n")


def unknown_columns(file: Path, header: Sequence[str], valid: Sequence[str]) -> list[Fault]:
    """A fault for each column that has no meaning here."""
    return [
        Fault(str(file), 1, name, f"no such column{did_you_mean(name, valid)}") for name in header if name not in valid
    ]


def missing_columns(file: Path, header: Sequence[str], needed: Mapping[str, str]) -> list[Fault]:
    """A fault for each column that must be there, with what it holds."""
    return [
        Fault(str(file), 1, name, f"no such column; it holds {meaning}")
        for name, meaning in needed.items() if name not in header
    ]  # fmt: skip


class Cells:
    """The cells of one row, or the entries of one form; faults are collected, and a faulty cell reads as None."""

    def __init__(
        self, file: str, values: Mapping[str, Any], faults: list[Fault], line: Callable[[str], int | None]
    ) -> None:
        self.file, self.values, self.faults, self.line = file, values, faults, line

    def given(self, name: str) -> bool:
        """There is something in the cell, and nothing such as NA that stands for "not known"."""
        return not is_missing(str(self.values.get(name, "") if self.values.get(name) is not None else "").strip())

    def wrong(self, name: str, message: str) -> None:
        """Note a fault of this cell."""
        self.faults.append(Fault(self.file, self.line(name), name, message))

    def text(self, name: str, default: str = "") -> str:
        """Words, or the default for an empty cell."""
        return str(self.values[name]).strip() if self.given(name) else default

    def needed(self, name: str, meaning: str) -> str:
        """Words that must be there."""
        if not self.given(name):
            self.wrong(name, f"is empty; give {meaning}")
        return self.text(name)

    def flag(self, name: str, default: bool | None = False) -> bool:
        """Yes or no; with the default None it must be there."""
        text = self.text(name).lower()
        if not text:
            if default is None:
                self.wrong(name, "is empty; write 1 for yes or 0 for no")
            return bool(default)
        if text not in YES + NO:
            self.wrong(name, f"'{self.text(name)}' is neither yes (1) nor no (0)")
        return text in YES

    def days(self, name: str, low: float = 0.0, needed: str = "") -> float | None:
        """A number of days from `low`. None for an empty cell, which is a fault where `needed` says what to give."""
        if not self.given(name):
            if needed:
                self.wrong(name, f"is empty; give {needed}")
            return None
        try:
            days = number(self.text(name))
        except ValueError:
            days = -1.0
        if not low <= days <= MOST_DAYS:
            self.wrong(name, f"'{self.text(name)}' is not a number of days from {low:g} to {MOST_DAYS:.0f}")
            return None
        return days

    def count(self, name: str) -> int:
        """A whole number from 0 that must be there."""
        try:
            value = number(self.text(name))
        except ValueError:
            value = -1.0
        if not (value >= 0 and value == int(value)):
            self.wrong(name, f"'{self.text(name)}' is not a whole number from 0")
            return 0
        return int(value)

    def one_of(self, name: str, valid: Sequence[str], default: str | None = None) -> str:
        """One of the valid words; without a default it must be there."""
        text = self.text(name, default or "")
        if text.lower() not in valid:
            self.wrong(name, f"no such value '{text}'{did_you_mean(text, valid)}")
            return default or valid[0]
        return text.lower()

    def date(self, name: str, needed: str = "") -> datetime.date | None:
        """A day such as 2020-03-06. None for an empty cell, which is a fault where `needed` says what to give."""
        if not self.given(name):
            if needed:
                self.wrong(name, f"is empty; give {needed} as 2020-03-06")
            return None
        value = self.values[name]
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return value
        try:
            return datetime.date.fromisoformat(self.text(name)[:10] if "T" in self.text(name) else self.text(name))
        except ValueError:
            self.wrong(name, f"'{self.text(name)}' is not a day; write it as 2020-03-06")
            return None


def cells_of(
    file: Path, rows: Sequence[tuple[int, dict[str, str]]], faults: list[Fault]
) -> Iterator[tuple[int, Cells]]:
    """The rows of a table with their lines."""
    for line, row in rows:
        yield line, Cells(str(file), row, faults, lambda name, line=line: line)  # type: ignore[misc]
