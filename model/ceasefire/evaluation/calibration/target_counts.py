"""Reads the observed counts that the model is fitted to: two tables in a data folder of the user."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

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
        table = pd.read_csv(path)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as fault:
        raise DataError(f"{path}: not a table of comma-separated values ({fault})") from None
    for column in (day, *columns):
        if column not in table.columns:
            raise DataError(f"{path}:1: column '{column}' is missing; the columns are {', '.join((day, *columns))}")
    days = pd.to_datetime(table[day], errors="coerce", format="%Y-%m-%d")
    for line in np.flatnonzero(days.isna())[:1]:
        raise DataError(f"{path}:{line + 2}: {day}: '{table[day][line]}' is not a date; write it as 2019-08-31")
    for column in columns:
        numbers = pd.to_numeric(table[column], errors="coerce")
        for line in np.flatnonzero(~(numbers >= 0))[:1]:
            raise DataError(
                f"{path}:{line + 2}: {column}: '{table[column][line]}' is not a count; a count is 0 or more"
            )
        table[column] = numbers
    table.index = pd.DatetimeIndex(days)
    for repeated in table.index[table.index.duplicated()][:1]:
        raise DataError(f"{path}: {repeated:%Y-%m-%d} occurs twice")
    return table[table.index <= pd.Timestamp(LAST_DAY)]
