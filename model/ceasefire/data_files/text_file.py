"""A user's file before its rows are read: is it an ordinary text file, and how are its cells set apart and named?

Nothing here reads more than the first 256 kB; a pipe, a device or a folder is refused without being read.
"""

from __future__ import annotations

import csv
import io
import os
import stat
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NoReturn, TextIO

from ceasefire.errors import Fault, ScenarioError

HEAD = 256 * 1024
"""Bytes that are examined to recognise a file."""

LONGEST_ROW = 2 * 2**20
"""Bytes of a row, at most: the fast way reads two blocks of this size together."""

MOST_BYTES = 8 * 2**30
"""Larger files are refused: ten times the largest public event file."""

DELIMITERS = (",", ";", "\t", "|")

_KINDS = (
    (b"PK\x03\x04", "is a spreadsheet or a ZIP archive; unpack it, or save the sheet as CSV"),
    (b"\x1f\x8b", "is compressed; unpack it first"),
    (b"BZh", "is compressed; unpack it first"),
    (b"\xfd7zXZ", "is compressed; unpack it first"),
    (b"PAR1", "is a Parquet file; save the table as CSV"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook; save the sheet as CSV"),
    (b"%PDF", "is a PDF; save the table as CSV"),
    (b"<!DOCTYPE", "is a web page, perhaps of a failed download; save the table as CSV"),
    (b"<html", "is a web page, perhaps of a failed download; save the table as CSV"),
    (b"RDX", "is an R workspace; save the table with write.csv"),
)


@dataclass(frozen=True)
class TextTable:
    """A text file that holds a table. `names` are the columns in order, lower case; `skip` lines stand before row 0."""

    path: Path
    encoding: str
    delimiter: str
    names: tuple[str, ...]
    skip: int
    has_header: bool = True

    @property
    def decimal_comma(self) -> bool:
        """Whether 35,2 can be a number: not where commas set cells apart."""
        return self.delimiter != ","

    def renamed(self, columns: Mapping[str, str]) -> TextTable:
        """With columns called as the program calls them: {"incidents": "events"}. ScenarioError for a wrong name."""
        names = [f"({name})" if name in columns else name for name in self.names]
        for name, theirs in columns.items():
            theirs = theirs.strip().lower()
            if self.names.count(theirs) != 1:
                there = "is there twice" if theirs in self.names else "is not there"
                refuse(self.path, f"{theirs!r} {there}; name a column of the file", self.skip or None, "column")
            names[self.names.index(theirs)] = name
        return replace(self, names=tuple(names))


def refuse(path: Path | str, message: str, line: int | None = None, column: str = "") -> NoReturn:
    """Raise ScenarioError with one fault."""
    raise ScenarioError([Fault(str(path), line, column, message)])


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of an ordinary file. ScenarioError when it is anything else, empty or too large."""
    try:
        _check(path, os.stat(path))
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        refuse(path, "there is no such file")
    except (OSError, ValueError) as error:
        refuse(path, f"cannot be read: {getattr(error, 'strerror', None) or error}")
    with os.fdopen(descriptor, "rb") as file:
        _check(path, os.fstat(descriptor))  # it may have been swapped since
        yield file


def _check(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        refuse(path, "is a folder; name a file in it")
    if not stat.S_ISREG(status.st_mode):
        refuse(path, "is no ordinary file but a pipe or a device; save what it gives to a file first")
    if status.st_size == 0:
        refuse(path, "is empty")
    if status.st_size > MOST_BYTES:
        refuse(path, f"is larger than {MOST_BYTES >> 30} GB; split it by country or year")


def examine(path: Path, known: Sequence[frozenset[str]], headless: Sequence[Sequence[str]]) -> TextTable:
    """How a file is to be read. `known`: columns of each format; `headless`: columns of files without a header row.

    Raises ScenarioError when it is not a text table.
    """
    with opened(path) as file:
        head = file.read(HEAD)
    for magic, message in _KINDS:
        if head[: len(magic)].lower() == magic.lower():
            refuse(path, message)
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    if encoding == "utf-8" and b"\x00" in head:
        refuse(path, "is not a text file; save the table as CSV")
    whole = head if len(head) < HEAD else head[: head.rfind(b"\n") & ~1 if encoding == "utf-16" else None]
    text = whole.decode("utf-16" if encoding == "utf-16" else "utf-8", errors="replace").removeprefix("\ufeff")
    return _laid_out(path, encoding, text, frozenset().union(*known), headless)


def _laid_out(
    path: Path, encoding: str, text: str, known: frozenset[str], headless: Sequence[Sequence[str]]
) -> TextTable:
    layouts = [(_first_row(text, delimiter), delimiter) for delimiter in DELIMITERS]
    (cells, skip), delimiter = max(layouts, key=lambda row: (len(known.intersection(row[0][0])), len(row[0][0])))
    if not any(cells):
        refuse(path, "holds no table: it has only blank lines")
    if not known.intersection(cells):
        for names in headless:
            if len(cells) == len(names) and _is_data(dict(zip(names, cells, strict=True))):
                return TextTable(path, encoding, delimiter, tuple(names), skip - 1, has_header=False)
    return TextTable(path, encoding, delimiter, cells, skip)


def _first_row(text: str, delimiter: str) -> tuple[tuple[str, ...], int]:
    """The cells of the first row that is not blank, tidied, and the lines down to its end.

    Any text can be read so: no cell of the head is longer than `long_cells` allows.
    """
    with long_cells():
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for cells in reader:
            if cells:
                return tuple(cell.strip().strip("\ufeff").lower() for cell in cells), reader.line_num
    return (), 0


def _is_data(row: dict[str, str]) -> bool:
    """Whether a first row is an event already."""
    return row["date_start"][:2].isdigit() and row["best"].isdigit()


@contextmanager
def long_cells() -> Iterator[None]:
    """Let the csv module read cells of a whole row meanwhile."""
    before = csv.field_size_limit(2 * LONGEST_ROW)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def repeated(names: Sequence[str]) -> set[str]:
    """Columns that stand there more than once."""
    return {name for name, times in Counter(names).items() if times > 1}


def records(table: TextTable) -> Iterator[tuple[int, list[str]]]:
    """Each row's first line and its cells, blank lines passed over; ends where a row is longer than LONGEST_ROW.

    This is the slow way: it is for the line of a fault.
    """
    encoding = table.encoding if table.encoding == "utf-16" else "latin-1"  # bytes as they are: only marks matter
    with opened(table.path) as file, io.TextIOWrapper(file, encoding, newline="", errors="replace") as text:
        for _ in range(table.skip):
            text.readline()
        reader = csv.reader(_lines(text), delimiter=table.delimiter)
        before = table.skip
        with long_cells(), suppress(csv.Error):
            for cells in reader:
                if cells:
                    yield before + 1, cells
                before = table.skip + reader.line_num


def _lines(text: TextIO) -> Iterator[str]:
    while 0 < len(line := text.readline(2 * LONGEST_ROW)) < 2 * LONGEST_ROW:
        yield line


def lines_of(table: TextTable, rows: Collection[int]) -> dict[int, int]:
    """The line on which each of these rows begins; rows count from 0, blank lines not counted."""
    last = max(rows)
    return {row: line for row, (line, _) in enumerate(islice(records(table), last + 1)) if row in rows}
