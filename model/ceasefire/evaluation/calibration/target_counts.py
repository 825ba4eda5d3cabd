"""Reads the observed counts that the model is fitted to: two tables in a data folder of the user."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from ceasefire.data_files.cells import NO_DAY, count
from ceasefire.data_files.cells import day as parse_day
from ceasefire.data_files.read_table import MOST_FAULTS, text_rows
from ceasefire.errors import Fault, ScenarioError, in_order
from ceasefire.simulation.compiled.recorded_counts import COUNTED, Counts

DAILY = "nw_syria_daily_2017_2019.csv"
"""A row per day: date, events_gov_opp, deaths_gov_opp, civilian_deaths_gov_opp, government_deaths_gov_opp,
opposition_deaths_gov_opp [incidents, deaths]: government against opposition in a box around Idlib, from UCDP GED."""

MONTHLY = "syria_monthly_deaths.csv"
"""A row per month: month_end, deaths: all organised violence in Syria, from UCDP GED."""

DAILY_COLUMNS = (
    "events_gov_opp", "deaths_gov_opp", "civilian_deaths_gov_opp", "government_deaths_gov_opp",
    "opposition_deaths_gov_opp",
)  # fmt: skip
"""In the order of the counts of a simulated day."""

LAST_DAY = date(2020, 3, 5)
"""The day on which the last deal was signed; nothing after it is read."""


class DataError(ValueError):
    """A data file is missing or malformed; the message says what would be right."""


@dataclass(frozen=True)
class War:
    """Counts of the war before the last deal: by day around Idlib, by month in all Syria."""

    daily: pd.DataFrame
    monthly: pd.Series

    def days(self, start: date, count: int) -> Counts:
        """Counts of `count` days from `start`, shape (1, count, COUNTED). DataError when a day is missing."""
        days = [pd.Timestamp(start + timedelta(days=k)) for k in range(count)]
        missing = [day for day in days if day not in self.daily.index]
        if missing:
            raise DataError(
                f"{DAILY}: {missing[0]:%Y-%m-%d} is missing; {start} and the {count - 1} days after it are needed"
            )
        return self.daily.loc[days][list(DAILY_COLUMNS)].to_numpy(np.float64).reshape(1, count, COUNTED)


def read(folder: Path) -> War:
    """Both tables of a folder, cut at LAST_DAY. DataError says which file, line or column is wrong."""
    daily = _table(folder / DAILY, "date", DAILY_COLUMNS)
    monthly = _table(folder / MONTHLY, "month_end", ("deaths",))
    return War(daily, monthly["deaths"])


def _table(path: Path, day: str, columns: tuple[str, ...]) -> pd.DataFrame:
    if not path.is_file():
        raise DataError(f"{path}: there is no such file; --data is the folder with {DAILY} and {MONTHLY}")
    try:
        header, rows = text_rows(path, (day, *columns))
    except ScenarioError as error:
        raise DataError(str(error)) from None
    for column in (day, *columns):
        if column not in header:
            raise DataError(f"{path}:1: column '{column}' is missing; the columns are {', '.join((day, *columns))}")
    faults: list[Fault] = []
    parsed = [_row(str(path), line, cells, day, columns, faults) for line, cells in rows]
    days, seen = [row[0] for row in parsed], dict[int, int]()
    for (line, _), number in zip(rows, days, strict=True):
        if number != NO_DAY and number in seen:
            faults.append(Fault(str(path), line, day, f"this day stands in line {seen[number]} too"))
        seen.setdefault(number, line)
    if faults:
        raise DataError("\n".join(map(str, in_order(faults)[:MOST_FAULTS])))
    index = pd.DatetimeIndex(np.array(days, "datetime64[D]"))
    table = pd.DataFrame([row[1] for row in parsed], index=index, columns=list(columns), dtype=np.float64)
    return table[table.index <= pd.Timestamp(LAST_DAY)]


def _row(
    path: str, line: int, cells: dict[str, str], day: str, columns: tuple[str, ...], faults: list[Fault]
) -> tuple[int, list[float]]:
    """The day of a row as days from 1970, and its counts; what is wrong is added to the faults."""
    number, counts = NO_DAY, []
    try:
        number = parse_day(cells[day])
    except ValueError as error:
        faults.append(Fault(path, line, day, str(error)))
    for column in columns:
        try:
            counts.append(count(cells[column]))
        except ValueError as error:
            faults.append(Fault(path, line, column, str(error)))
            counts.append(0.0)
        if math.isnan(counts[-1]):
            faults.append(Fault(path, line, column, "is empty; a count is a whole number from 0"))
    by_name = dict(zip(columns, counts, strict=True))
    civilians, dead = (by_name.get(column, 0.0) for column in ("civilian_deaths_gov_opp", "deaths_gov_opp"))
    if civilians > dead:
        faults.append(Fault(path, line, "civilian_deaths_gov_opp", f"{civilians:g} civilians of {dead:g} dead"))
    return number, counts
