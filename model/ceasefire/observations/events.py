"""Files with one event a row (UCDP GED and Candidate, ACLED): which events count, on which day, with how many dead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ceasefire.data_files import cells
from ceasefire.data_files.read_table import Faults, Rows, read_rows
from ceasefire.data_files.text_file import TextTable, refuse
from ceasefire.errors import Fault, ScenarioError
from ceasefire.observations.account import Account, numbered
from ceasefire.observations.filters import Filters, Flags, NameFilter, check_matched
from ceasefire.observations.formats import EventFormat, Precision

Days = NDArray[np.int64]
Figures = NDArray[np.float32]

NO_SECTOR = ""


@dataclass(frozen=True)
class Selection:
    """Which events count: filters, the worst codes of precision that are kept, and whether admin 1 is the sector."""

    filters: Filters
    when: int | None = None
    where: int | None = None
    by_admin1: bool = False


@dataclass
class Events:
    """n events: days from 1 January 1970, figures by name (NaN where not known), position in `sectors`.

    `covered`: first and last day of all events of the file that are dated well enough, also of those filtered out.
    """

    day: Days
    figures: dict[str, Figures]
    sector: NDArray[np.int32]
    sectors: list[str]
    covered: tuple[int, int] | None


@dataclass
class _Batches:
    """Arrays of the events that are kept, one for each batch, and totals over batches."""

    days: list[Days] = field(default_factory=list)
    figures: dict[str, list[Figures]] = field(default_factory=dict)
    sectors: list[NDArray[np.int32]] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    identities: list[pa.Array] = field(default_factory=list)
    sides: dict[str, set[str]] = field(default_factory=dict)
    covered: tuple[int, int] | None = None
    spanning: int = 0
    longest: int = 1
    widened: int = 0


class EventReader:
    """Reads the events of one file; what is dropped goes to the account."""

    def __init__(self, table: TextTable, form: EventFormat, selection: Selection, account: Account) -> None:
        self.table, self.form, self.selection, self.account = table, form, selection, account
        self.faults = Faults(table)
        self.count = partial(cells.count, decimal_comma=table.decimal_comma)
        self.batches = _Batches()
        filters = selection.filters
        self.named = {
            what: NameFilter(what, getattr(filters, what)) for what in ("country", "admin1", "dyad", "actors")
        }
        self.bystanders = NameFilter("actors", form.bystanders)
        self.columns = self._columns()

    def _columns(self) -> list[str]:
        """Columns that are read. ScenarioError when a filter needs one that the file has not."""
        form, there, filters = self.form, set(self.table.names), self.selection.filters
        required = {
            "country": (form.country,) if filters.country else (),
            "admin1": (form.admin1,) if filters.admin1 or self.selection.by_admin1 else (),
            "actors": form.actors if filters.actors else (),
            "dyad": (form.dyad,) if filters.dyad else (),
            "box": ("latitude", "longitude") if filters.box else (),
        }
        if filters.dyad and form.dyad is None:
            refuse(self.table.path, f"{form.title} has no dyads; name --actors instead", column="dyad")
        faults = [
            Fault(str(self.table.path), self.table.skip or None, column, f"is missing; --{what} needs it")
            for what, columns in required.items()
            for column in columns
            if column is not None and column not in there
        ]
        if faults:
            raise ScenarioError(faults)
        optional = [form.end, form.identity, *form.figures.values(), form.when.column, form.where.column, form.kind]
        optional += [form.dyad_number] if filters.dyad else []
        optional += form.actors if "deaths_a" in form.figures else ()
        present = [column for column in optional if column is not None and column in there]
        missing = [column for column in optional if column is not None and column not in there]
        if missing:
            self.account.note(f"columns that are missing: {', '.join(missing)}")
        return list(
            dict.fromkeys([*form.needed, *present, *(c for columns in required.values() for c in columns if c)])
        )

    def read(self) -> Events:
        """Every event that counts. Raises ScenarioError with what is wrong in the file, by line."""
        encodings: set[str] = set()
        with self.faults.gathered():
            for rows in read_rows(self.table, self.columns, self.faults, encodings):
                self.account.rows += len(rows)
                self._take(rows)
        if self.account.rows == 0:
            refuse(self.table.path, "has no rows, only a header")
        check_matched(self.table.path, list(self.named.values()))
        self.account.note_encodings(encodings)
        return self._events()

    def _take(self, rows: Rows) -> None:
        day, span = self._days(rows)
        figures = self._figures(rows)
        alive = np.ones(len(rows), np.bool_)
        dated = self._precise(rows, self.form.when, self.selection.when)
        self._cover(day[dated])
        for why, keep in self._steps(rows, day, dated):
            self.account.drop(why, int((alive & ~keep).sum()))
            alive &= keep
        batches = self.batches
        batches.days.append(day[alive])
        batches.spanning += int((span[alive] > 1).sum())
        batches.longest = max(batches.longest, int(span[alive].max(initial=1)))
        for name, values in figures.items():
            batches.figures.setdefault(name, []).append(values[alive].astype(np.float32))
        batches.sectors.append(self._sectors(rows)[alive])
        if self.form.identity in self.columns:
            batches.identities.append(_texts(rows.columns[self.form.identity], alive))
        self._sides(rows, alive)

    def _days(self, rows: Rows) -> tuple[Days, Days]:
        """The day of each event, the middle of its span when it lasted several, and the days that it spans."""
        start = rows.numbers(self.form.start, cells.day)
        if self.form.end is None or self.form.end not in self.columns:
            end = start
        else:
            end = rows.numbers(self.form.end, cells.day_or_none)
            end = np.where(end == cells.NO_DAY, start, end)
        for at in np.flatnonzero(end < start):
            rows.add_fault(int(at), str(self.form.end), f"is before {self.form.start}; no event ends before it begins")
        first, last = (np.nan_to_num(day).astype(np.int64) for day in (start, end))
        return first + (last - first) // 2, last - first + 1

    def _figures(self, rows: Rows) -> dict[str, NDArray[np.float64]]:
        """Deaths of each event by figure: within each other, or a fault is noted."""
        figures = {
            name: rows.numbers(column, self.count)
            for name, column in self.form.figures.items()
            if column in self.columns
        }
        deaths, total = figures["deaths"], self.form.figures["deaths"]
        for part in ("civilians", "deaths_a", "deaths_b"):
            if part in figures:
                for at in np.flatnonzero(figures[part] > deaths):
                    message = f"{figures[part][at]:g} is more than {total}, {deaths[at]:g}; a part is no more than all"
                    rows.add_fault(int(at), self.form.figures[part], message)
        if "low" in figures and "high" in figures:
            low, high = np.fmin(figures["low"], deaths), np.fmax(figures["high"], deaths)
            self.batches.widened += int(((low < figures["low"]) | (high > figures["high"])).sum())
            figures |= {"low": low, "high": high}
        return figures

    def _precise(self, rows: Rows, precision: Precision, worst: int | None) -> Flags:
        if precision.column not in self.columns:
            return np.ones(len(rows), np.bool_)
        precise: Flags = rows.numbers(precision.column, cells.code) <= (precision.worst if worst is None else worst)
        return precise

    def _steps(self, rows: Rows, day: Days, dated: Flags) -> Iterator[tuple[str, Flags]]:
        """Why events may be left out, in order, and which ones stay."""
        form, selection, filters = self.form, self.selection, self.selection.filters
        if form.kind is not None and form.kind in self.columns:
            kinds = NameFilter("event_type", form.kinds)
            yield f"{form.kind} is not armed violence", self._named(rows, form.kind, kinds)
        if filters.country:
            yield "another country", self._named(rows, form.country, self.named["country"])
        if filters.dyad and form.dyad is not None:
            yield "another dyad", self._of_dyad(rows, form.dyad)
        if filters.actors:
            yield "other actors", self._between(rows)
        if filters.admin1:
            yield "another first-order division", self._named(rows, form.admin1, self.named["admin1"])
        if filters.box:
            place = (
                rows.degrees("latitude", 90, self.table.decimal_comma),
                rows.degrees("longitude", 180, self.table.decimal_comma),
            )
            yield "outside the box", filters.box.holds(*place)
        worst = form.when.worst if selection.when is None else selection.when
        yield f"the day is not known well enough ({form.when.column} above {worst})", dated
        worst = form.where.worst if selection.where is None else selection.where
        placed = self._precise(rows, form.where, selection.where)
        yield f"the place is not known well enough ({form.where.column} above {worst})", placed
        if filters.first or filters.last:
            yield "before or after the days asked for", _within(day, filters)

    def _named(self, rows: Rows, column: str, names_filter: NameFilter) -> Flags:
        names, which = rows.names(column, cells.words)
        return np.asarray(names_filter.matches(names)[which])

    def _of_dyad(self, rows: Rows, column: str) -> Flags:
        by_name = self._named(rows, column, self.named["dyad"])
        number = self.form.dyad_number
        return by_name | self._named(rows, number, self.named["dyad"]) if number in self.columns and number else by_name

    def _between(self, rows: Rows) -> Flags:
        """Events in which a named actor takes part; when several are named, with no party that is not named."""
        one, other = self.form.actors
        named, bystanders = self.named["actors"], self.bystanders
        first, second = self._named(rows, one, named), self._named(rows, other, named)
        if len(named.patterns) == 1:
            return first | second
        empty = NameFilter("actors", ("",))
        aside = [
            self._named(rows, column, bystanders) | self._named(rows, column, empty) for column in self.form.actors
        ]
        return (first & (second | aside[1])) | (second & aside[0])

    def _cover(self, day: Days) -> None:
        if len(day):
            low, high = self.batches.covered or (int(day[0]), int(day[0]))
            self.batches.covered = min(low, int(day.min())), max(high, int(day.max()))

    def _sectors(self, rows: Rows) -> NDArray[np.int32]:
        if not self.selection.by_admin1:
            return np.zeros(len(rows), np.int32)
        names, which = rows.names(self.form.admin1, cells.name)
        known = self.batches.names
        return np.array([known.setdefault(name, len(known)) for name in names], np.int32)[which]

    def _sides(self, rows: Rows, alive: Flags) -> None:
        if "deaths_a" in self.form.figures:
            for column in self.form.actors:
                if column in self.columns:
                    names, which = rows.names(column, cells.words)
                    self.batches.sides.setdefault(column, set()).update(names[k] for k in np.unique(which[alive]))

    def _events(self) -> Events:
        batches, account = self.batches, self.account
        day = np.concatenate(batches.days)
        figures = {name: np.concatenate(parts) for name, parts in batches.figures.items()}
        sector = np.concatenate(batches.sectors)
        once = self._once(len(day))
        account.drop(f"the same {self.form.identity} again", int((~once).sum()))
        day, sector, figures = day[once], sector[once], {name: values[once] for name, values in figures.items()}
        account.kept = len(day)
        self._name_sides(figures)
        if batches.spanning:
            events = numbered(batches.spanning, "event")
            account.note(f"{events} lasted several days (at most {batches.longest:,}): counted on the middle one")
        if batches.widened:
            rows = numbered(batches.widened, "row")
            account.note(f"{rows} with low or high on the wrong side of the best count: widened to it")
        unknown = int(np.isnan(figures["deaths"]).sum())
        if unknown:
            account.note(
                f"{numbered(unknown, 'event')} without a number of deaths: deaths of their days are left blank"
            )
        return Events(day, figures, sector, list(batches.names) or [NO_SECTOR], batches.covered)

    def _once(self, count: int) -> Flags:
        """Which events are the first of their identity; those without one all are."""
        if not self.batches.identities:
            return np.ones(count, np.bool_)
        coded = pa.chunked_array(self.batches.identities, pa.binary()).combine_chunks().dictionary_encode()
        codes = coded.indices.to_numpy()
        first = np.zeros(count, np.bool_)
        first[np.unique(codes, return_index=True)[1]] = True
        blank = [k for k, identity in enumerate(coded.dictionary.to_pylist()) if not identity.strip()] if count else []
        return np.asarray(first | np.isin(codes, blank))

    def _name_sides(self, figures: dict[str, Figures]) -> None:
        """Deaths of a side are written only where side A is one and the same party."""
        if "deaths_a" not in figures:
            return
        one, other = (sorted(self.batches.sides.get(column, ())) for column in self.form.actors)
        if len(one) > 1:
            for name in ("deaths_a", "deaths_b"):
                figures.pop(name, None)
            self.account.note(f"deaths_a and deaths_b left out: side A is {len(one)} parties; choose by dyad or actors")
        elif one:
            against = cells.shown(other[0]) if len(other) == 1 else f"its {len(other)} opponents together"
            self.account.note(f"deaths_a: {cells.shown(one[0])}; deaths_b: {against}")


def _texts(column: pa.Array, alive: Flags) -> pa.Array:
    """The cells of the rows that are kept, as bytes."""
    return column.filter(pa.array(alive)).cast(pa.binary())


def _within(day: Days, filters: Filters) -> Flags:
    epoch = np.datetime64("1970-01-01", "D")
    first = (np.datetime64(filters.first, "D") - epoch).astype(int) if filters.first else np.iinfo(np.int64).min
    last = (np.datetime64(filters.last, "D") - epoch).astype(int) if filters.last else np.iinfo(np.int64).max
    return np.asarray((day >= first) & (day <= last))
