"""`observe`: a file of events, counts or ceasefires, read into the tables that the rest of the program uses."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ceasefire.data_files.text_file import TextTable, examine, refuse
from ceasefire.observations import formats
from ceasefire.observations.account import Account, numbered
from ceasefire.observations.ceasefires import durations
from ceasefire.observations.counts import Counts, count_by_day, date_of, parse_counts, place_of
from ceasefire.observations.events import EventReader, Selection
from ceasefire.observations.filters import Box, Filters, box_of, day_of

Day = str | datetime.date | None
Names = str | Iterable[str] | None


@dataclass(frozen=True, eq=False)
class Observed:
    """The content of a file. `counts` are of days, or of weeks where the source allows no more; None for ceasefires."""

    format: str
    account: Account
    counts: Counts | None = None
    durations: pd.DataFrame | None = None
    weeks_from: datetime.date | None = None

    def table(self) -> pd.DataFrame:
        """Counts by day (by week from ACLED and from weekly tables), or a row for each ceasefire."""
        if self.durations is not None:
            return self.durations.copy()
        assert self.counts is not None
        return self.counts.table()

    def weekly(self) -> pd.DataFrame:
        """Counts of whole weeks, from the first day asked for, else from Mondays. ValueError for ceasefires."""
        return self.weeks().table()

    def weeks(self) -> Counts:
        """The same as Counts. ValueError for ceasefires."""
        if self.counts is None:
            raise ValueError("ceasefires have no weekly counts; use table()")
        return self.counts.weekly(self.weeks_from)


def observe(
    path: str | Path,
    *,
    country: Names = None,
    dyad: Names = None,
    actors: Names = None,
    admin1: Names = None,
    box: str | Sequence[float] | None = None,
    first_day: Day = None,
    last_day: Day = None,
    covers: str | tuple[Day, Day] | None = None,
    by_admin1: bool = False,
    date_prec: int | None = None,
    where_prec: int | None = None,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
) -> Observed:
    """Read a file of events or counts into daily and weekly counts, or the ETH/PRIO data into durations.

    Names match whole, without case, and * stands for anything; several names of one kind add up. `box` is south, north,
    west, east [degrees]. Days outside what the file covers are not written; `covers` states what it covers when the
    first or last days were quiet, as 2018-09-17:2019-04-30. `date_prec` and `where_prec` are the worst codes of
    precision that are kept. `columns` names those that are named otherwise, as {"incidents": "events"}. Raises
    ScenarioError with every fault by line and column.
    """
    filters = Filters(
        country=_names(country), dyad=_names(dyad), actors=_names(actors), admin1=_names(admin1), box=_box(box),
        first=day_of(first_day, "from"), last=day_of(last_day, "to"),
    )  # fmt: skip
    stated = _covered(covers)
    table = examine(Path(path), formats.KNOWN, [formats.GED_COLUMNS]).renamed(columns or {})
    name = formats.detect(table, format)
    account = Account(str(path), name, formats.title_of(name))
    if not table.has_header:
        account.note("has no header row: read by the order of the 49 columns of GED")
    if name == formats.CEASEFIRES:
        account.terms = formats.CEASEFIRES_TERMS
        return Observed(name, account, durations=durations(table, filters, account))
    if name == formats.PLAIN:
        counts = _plain(table, filters, stated, account)
    else:
        counts = _events(table, name, Selection(filters, date_prec, where_prec, by_admin1), stated, account)
    _sum_up(counts, account)
    return Observed(name, account, counts, weeks_from=filters.first)


def _names(given: Names) -> tuple[str, ...]:
    if given is None:
        return ()
    return (given,) if isinstance(given, str) else tuple(given)


def _box(given: str | Sequence[float] | None) -> Box | None:
    return given if given is None else box_of(given if isinstance(given, str) else ",".join(map(str, given)))


def _covered(given: str | tuple[Day, Day] | None) -> tuple[datetime.date, datetime.date] | None:
    if given is None:
        return None
    parts = tuple(given.split(":")) if isinstance(given, str) else given
    first, last = (day_of(part, "covers") for part in parts) if len(parts) == 2 else (None, None)
    if first is None or last is None or first > last:
        refuse("", "write the first and last day that the file covers, as 2018-09-17:2019-04-30", column="covers")
    return first, last


def _events(
    table: TextTable,
    name: str,
    selection: Selection,
    stated: tuple[datetime.date, datetime.date] | None,
    account: Account,
) -> Counts:
    """Counts of the days that the file covers, within the days asked for."""
    form, filters = formats.EVENTS[name], selection.filters
    account.terms = form.terms
    events = EventReader(table, form, selection, account).read()
    covered = [events.covered] if events.covered else []
    covered += [(place_of(stated[0]), place_of(stated[1]))] if stated else []
    if not covered:
        refuse(table.path, f"no event is dated well enough; {form.when.column} gives the precision of each")
    start, end = min(first for first, _ in covered), max(last for _, last in covered)
    first = max(start, place_of(filters.first)) if filters.first else start
    last = min(end, place_of(filters.last)) if filters.last else end
    if first > last:
        refuse(table.path, f"has no event in the days asked for: it runs from {date_of(start)} to {date_of(end)}")
    _note_ends(filters, start, end, account)
    counts = count_by_day(events, first, last)
    if not form.weekly_only:
        return counts
    weeks = counts.weekly(filters.first)
    if not len(weeks):
        refuse(table.path, f"covers no whole week of those asked for: it runs from {date_of(start)} to {date_of(end)}")
    lost = int(counts.figures["incidents"].sum() - weeks.figures["incidents"].sum())
    account.note("by week: the terms of ACLED allow no more")
    account.note("incidents need not be deadly, as those of simulated worlds are: give nowcast --deaths-only")
    if lost:
        account.note(f"{numbered(lost, 'event')} in part weeks left out")
    return weeks


def _note_ends(filters: Filters, start: int, end: int, account: Account) -> None:
    """Note which of the days asked for are not written, because nothing shows that they were observed."""
    how = "if it covers quiet days beyond, state them with --covers"
    if filters.first and place_of(filters.first) < start:
        account.note(f"the first event of the file is of {date_of(start)}: days before are not written; {how}")
    if filters.last and place_of(filters.last) > end:
        account.note(f"the last event of the file is of {date_of(end)}: days after are not written; {how}")


def _plain(
    table: TextTable, filters: Filters, stated: tuple[datetime.date, datetime.date] | None, account: Account
) -> Counts:
    """A table of counts, cut to the days asked for; with `stated`, days without a row are zeros."""
    for what in ("country", "dyad", "actors", "admin1", "box"):
        if getattr(filters, what):
            refuse("", "a table of counts does not have it; leave the option out", column=what)
    counts, account.rows = parse_counts(table)
    unread = [name for name in table.names if name not in formats.PLAIN_COLUMNS]
    if unread:
        account.note(f"columns that are not read: {formats.listed(unread)}")
    if stated:
        counts = counts.with_quiet_days(*stated)
    if not len(selected := counts.between(filters.first, filters.last)):
        refuse(table.path, f"has no row in the days asked for: it runs from {counts.first} to {counts.last}")
    account.kept = account.rows - (len(counts) - len(selected))
    account.drop("before or after the days asked for", len(counts) - len(selected))
    gaps = selected.days_without_rows
    if gaps:
        account.note(
            f"without a row, and left out: {numbered(gaps, 'day')} within; if they were quiet, state it with --covers"
        )
    if selected.step_days > 1:
        account.note("rows are weeks, by their dates")
    return selected


def _sum_up(counts: Counts, account: Account) -> None:
    account.first, account.last = counts.first, counts.last
    for name, values in counts.figures.items():
        known = values[values == values]
        account.totals[name] = int(known.sum())
        if len(known) < len(values):
            account.note(f"{name}: {len(values) - len(known):,} of {len(values):,} rows are not known, and blank")
