"""The table of counts that goes in and out: a row a day or a week, and a row for each sector where there are several.

Columns: date, incidents, deaths, low, high, civilians, deaths_a, deaths_b, sector. What is not known stays out: a
column, a row, or a cell that is blank. `date` is the day, or the first day of the week.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ceasefire.data_files import cells
from ceasefire.data_files.read_table import Faults, Rows, read_rows
from ceasefire.data_files.text_file import TextTable, examine, refuse
from ceasefire.observations.events import Events
from ceasefire.observations.formats import FIGURES, PLAIN, PLAIN_COLUMNS, detect

WEEK = 7
"""Days."""

MOST_ROWS = 2_000_000
"""Days times sectors of one table."""

EPOCH = datetime.date(1970, 1, 1)

Days = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Counts:
    """n rows in order of day and sector. `day`: days from 1 January 1970; `figures`: shape (n,), NaN where not known.

    `step_days` is 1 or 7; days that have no row were not observed.
    """

    day: Days
    figures: dict[str, Floats]
    sector: tuple[str, ...] | None = None
    step_days: int = 1

    def __len__(self) -> int:
        return len(self.day)

    @property
    def first(self) -> datetime.date:
        """The first day."""
        return date_of(int(self.day[0]))

    @property
    def last(self) -> datetime.date:
        """The last day: of the last week, where rows are weeks."""
        return date_of(int(self.day[-1]) + self.step_days - 1)

    def table(self) -> pd.DataFrame:
        """As a table: `date` as a timestamp, figures as whole numbers that may be missing."""
        columns: dict[str, Any] = {"date": self.day.astype("datetime64[D]").astype("datetime64[s]")}
        for name in FIGURES:
            if name in self.figures:
                columns[name] = pd.array(self.figures[name], dtype="Float64").astype("Int64")
        if self.sector is not None:
            columns["sector"] = list(self.sector)
        return pd.DataFrame(columns)

    def between(self, first: datetime.date | None, last: datetime.date | None) -> Counts:
        """The rows of these days, both included; weeks must lie within whole."""
        low = place_of(first) if first else self.day.min(initial=0)
        high = place_of(last) if last else self.day.max(initial=0) + self.step_days
        return self._where((self.day >= low) & (self.day + self.step_days - 1 <= high))

    def over_sectors(self) -> Counts:
        """Sums over all sectors; a figure that is not known in one of them is not known."""
        if self.sector is None:
            return self
        day, row = np.unique(self.day, return_inverse=True)
        figures = {
            name: np.asarray(np.bincount(row, weights=values, minlength=len(day)), np.float64)
            for name, values in self.figures.items()
        }
        return Counts(day, figures, None, self.step_days)

    def weekly(self, first: datetime.date | None = None) -> Counts:
        """Sums of whole weeks, which begin on Mondays, or with the day `first`. A week with a day missing stays out."""
        if self.step_days == WEEK:
            return self.between(first, None)
        if not len(self):
            return Counts(self.day, self.figures, self.sector, WEEK)
        start = place_of(first) if first else _monday(int(self.day[0]))
        rows = self._where(self.day >= start)
        week = (rows.day - start) // WEEK
        names, which = _sectors(rows.sector, len(rows))
        groups, group = np.unique(week * len(names) + which, return_inverse=True)
        whole = np.bincount(group, minlength=len(groups)) == WEEK
        figures = {
            name: np.bincount(group, weights=values, minlength=len(groups))[whole]
            for name, values in rows.figures.items()
        }
        groups = groups[whole]
        sector = None if self.sector is None else tuple(names[k] for k in groups % len(names))
        return Counts(start + groups // len(names) * WEEK, figures, sector, WEEK)

    @property
    def days_without_rows(self) -> int:
        """Days between the first and the last that no row covers."""
        return (self.last - self.first).days + 1 - self.step_days * len(np.unique(self.day))

    def with_quiet_days(self, first: datetime.date, last: datetime.date) -> Counts:
        """With rows of zeros for the days from `first` to `last` that have none. ScenarioError for weekly rows."""
        if self.step_days != 1:
            refuse("", "rows are weeks; only days can be filled in", column="covers")
        names, which = _sectors(self.sector, len(self))
        width = len(names)
        span = np.arange(place_of(first), place_of(last) + 1)
        if len(span) * width > MOST_ROWS:
            refuse("", f"{len(span):,} days of {width:,} sectors are too many rows; name fewer days", column="covers")
        there = self.day * width + which
        added = np.setdiff1d((span[:, None] * width + np.arange(width)).ravel(), there)
        rows = np.concatenate([there, added])
        order = np.argsort(rows, kind="stable")
        figures = {name: np.concatenate([values, np.zeros(len(added))])[order] for name, values in self.figures.items()}
        rows = rows[order]
        sector = None if self.sector is None else tuple(names[k] for k in rows % width)
        return Counts(rows // width, figures, sector)

    def _where(self, keep: NDArray[np.bool_]) -> Counts:
        sector = None if self.sector is None else tuple(np.array(self.sector, object)[keep])
        figures = {name: values[keep] for name, values in self.figures.items()}
        return Counts(self.day[keep], figures, sector, self.step_days)


def _sectors(sector: tuple[str, ...] | None, rows: int) -> tuple[list[str], NDArray[np.int64]]:
    if sector is None:
        return [""], np.zeros(rows, np.int64)
    names = sorted(set(sector))
    place = {name: at for at, name in enumerate(names)}
    return names, np.array([place[name] for name in sector], np.int64)


def date_of(day: int) -> datetime.date:
    """The date that lies so many days after 1 January 1970."""
    return EPOCH + datetime.timedelta(days=day)


def place_of(date: datetime.date) -> int:
    """Days from 1 January 1970."""
    return (date - EPOCH).days


def _monday(day: int) -> int:
    """The first Monday on or after a day; 5 January 1970 was one."""
    return day + (4 - day) % WEEK


def count_by_day(events: Events, first: int, last: int) -> Counts:
    """Daily counts of events from day `first` to `last`, a row for each sector; days without an event are zeros.

    ScenarioError when that makes more than MOST_ROWS rows.
    """
    several = events.sectors != [""]
    order = sorted(range(len(events.sectors)), key=lambda k: events.sectors[k])
    width, days = len(order), last - first + 1
    if width * days > MOST_ROWS:
        refuse("", f"{days:,} days of {width:,} sectors are too many rows; ask for fewer days", column="by-admin1")
    rank = np.empty(width, np.int64)
    rank[order] = np.arange(width)
    inside = (events.day >= first) & (events.day <= last)
    row = (events.day[inside] - first) * width + rank[events.sector[inside]]
    figures: dict[str, Floats] = {"incidents": np.bincount(row, minlength=days * width).astype(np.float64)}
    for name in FIGURES[1:]:
        if name in events.figures:
            weights = events.figures[name][inside].astype(np.float64)
            figures[name] = np.asarray(np.bincount(row, weights=weights, minlength=days * width), np.float64)
    sector = tuple(events.sectors[k] for k in order) * days if several else None
    return Counts(np.repeat(np.arange(first, last + 1), width), figures, sector)


def read_counts(path: Path | str, step_days: int | None = None, columns: Mapping[str, str] | None = None) -> Counts:
    """Counts from a table as `ceasefire observe` writes it. Weeks are recognised by their dates, or by `step_days`.

    `columns` names those that are named otherwise, as {"incidents": "events"}. Raises ScenarioError with every fault
    by line: a day twice, a figure that is no count, more civilians than dead.
    """
    table = examine(Path(path), [frozenset(PLAIN_COLUMNS)], []).renamed(columns or {})
    detect(table, PLAIN)
    return parse_counts(table, step_days)[0]


def parse_counts(table: TextTable, step_days: int | None = None) -> tuple[Counts, int]:
    """A plain table, already looked at, and how many rows it has. Raises ScenarioError."""
    faults = Faults(table)
    columns = [name for name in PLAIN_COLUMNS if name in table.names]
    parts: dict[str, list[Any]] = {name: [] for name in columns}
    first_row: dict[tuple[float, str], int] = {}
    with faults.gathered():
        for rows in read_rows(table, columns, faults, set()):
            for name, values in _checked(rows, table, first_row).items():
                parts[name].append(values)
    if not parts["date"]:
        refuse(table.path, "has no rows, only a header")
    arrays = {name: np.concatenate(batches) for name, batches in parts.items()}
    day = arrays["date"].astype(np.int64)
    sector = arrays["sector"] if "sector" in arrays else np.full(len(day), "", object)
    order = np.lexsort((sector.astype(str), day))
    figures = {name: arrays[name][order] for name in FIGURES if name in arrays}
    step = step_days or step_of(day)
    named = tuple(sector[order]) if "sector" in arrays else None
    return Counts(day[order], figures, named, step), len(day)


def step_of(day: Days) -> int:
    """7 when all rows lie whole weeks apart, otherwise 1; a single row is a day."""
    gaps = np.diff(np.unique(day)).tolist()
    return WEEK if gaps and all(gap % WEEK == 0 for gap in gaps) else 1


def _checked(rows: Rows, table: TextTable, first_row: dict[tuple[float, str], int]) -> dict[str, NDArray[Any]]:
    """The columns of a batch; what contradicts itself is noted."""
    count = partial(cells.count, decimal_comma=table.decimal_comma)
    columns: dict[str, NDArray[Any]] = {"date": rows.numbers("date", cells.day)}
    for name in FIGURES:
        if name in rows.columns:
            columns[name] = rows.numbers(name, count)
    if "sector" in rows.columns:
        names, which = rows.names("sector", cells.name)
        columns["sector"] = np.array(names, object)[which]
    _check_once(rows, columns, first_row)
    _check_bounds(rows, columns)
    return columns


def _check_once(rows: Rows, columns: dict[str, NDArray[Any]], first_row: dict[tuple[float, str], int]) -> None:
    sectors = columns["sector"] if "sector" in columns else [""] * len(rows)
    for at, (day, sector) in enumerate(zip(columns["date"].tolist(), sectors, strict=True)):
        if (day, sector) in first_row:
            where = f" for {cells.shown(sector)}" if sector else ""
            rows.add_fault(at, "date", f"{date_of(int(day))} is there twice{where}; write one row a day")
        elif day == day:
            first_row[(day, sector)] = at


def _check_bounds(rows: Rows, columns: dict[str, NDArray[Any]]) -> None:
    if "deaths" not in columns:
        return
    deaths = columns["deaths"]
    for name, over in (("low", True), ("high", False), ("civilians", True), ("deaths_a", True), ("deaths_b", True)):
        if name not in columns:
            continue
        wrong = columns[name] > deaths if over else columns[name] < deaths
        for at in np.flatnonzero(wrong):
            comparison = "more" if over else "fewer"
            rows.add_fault(
                int(at), name, f"{columns[name][at]:g} is {comparison} than deaths, {deaths[at]:g}; correct one of them"
            )
