"""The ETH/PRIO ceasefire data as downloaded (a row for each actor) into the table of durations (a row a ceasefire).

The meaning of the end codes was inferred from cases whose end is known; docs/observations.md describes how each
column is derived and what cannot be known.
"""

from __future__ import annotations

import datetime
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ceasefire.data_files import cells
from ceasefire.data_files.read_table import Faults, Rows, read_rows
from ceasefire.data_files.text_file import TextTable, refuse
from ceasefire.doc_pages import doc_page
from ceasefire.observations.account import Account, numbered
from ceasefire.observations.filters import Filters, NameFilter, check_matched
from ceasefire.observations.formats import CEASEFIRES_NEEDED

COLUMNS = (
    "ceasefire_id", "location", "conflict", "start", "ceasefire_class", "sides", "local", "written", "fixed_term",
    "planned_days", "mechanism", "enforcement", "mediated", "ddr", "prior_ceasefires", "days_mid", "days_upper",
    "broke", "end_date_known",
)  # fmt: skip
"""Of the table of durations."""

OPTIONAL = (
    "ucdp_acd_id", "ucdp_dyad", "partial", "written", "fixed_time", "implement", "enforcement", "mediator_nego", "ddr",
)  # fmt: skip

LAST_DAY = datetime.date(2020, 12, 31)
"""The data end here: what still held is censored on this day."""

CLASSES = {1: "cessation", 2: "preliminary", 3: "definitive"}
ENFORCEMENTS = {0: "none", 1: "external", 2: "international"}
SIDES = ("unilateral", "bilateral", "multilateral")

HOLDS, RAN_ITS_TERM, BROKEN, NEVER_BEGAN, REPLACED, PETERED_OUT = 0, 1, 2, 3, 4, -1
"""Codes of `ended`, as inferred."""

NOT_KNOWN = -9
"""Stands for every code that is not known."""

UNIT_DAYS = {"": 1, "day": 1, "week": 7, "month": 30, "year": 360}
"""[days] A month is 30 and a year 12 months, as planned lengths of the data are."""

LEAST_DAYS = 0.5
"""[days] A ceasefire that ended on the day it began held for half of it."""

_TERM = re.compile(r"(\d{1,6}(?:\.\d+)?)\s*([a-z]*?)s?", re.A)


@dataclass
class Ceasefire:
    """The rows of one ceasefire taken together. `began`: year, month, day, 0 where not known; codes by column."""

    name: str
    location: str
    conflict: int
    began: tuple[int, int, int]
    start: datetime.date | None
    end: datetime.date | None
    codes: dict[str, int]
    planned_days: float
    actors: set[str]
    dyads: set[int]


@dataclass(frozen=True)
class Duration:
    """How long a ceasefire held [days], whether it broke, and whether its last day is dated."""

    mid: float
    upper: float
    broke: bool
    dated: bool = True


def durations(table: TextTable, filters: Filters, account: Account) -> pd.DataFrame:
    """A row for each ceasefire, by start, in COLUMNS. Raises ScenarioError with what is wrong in the file, by line."""
    if filters.box or filters.admin1:
        refuse("", "ceasefires have no place on the map; leave it out", column="box" if filters.box else "admin1")
    by_conflict: dict[int, list[Ceasefire]] = defaultdict(list)
    for deal in sorted(_read(table, account), key=lambda deal: (deal.began, deal.name)):
        by_conflict[deal.conflict].append(deal)
    chosen = {what: NameFilter(what, getattr(filters, what)) for what in ("country", "actors", "dyad")}
    rows = []
    for others in by_conflict.values():
        for prior, deal in enumerate(others):
            if _is_chosen(deal, chosen, filters, account):
                rows += _row(deal, prior, others, account)
    check_matched(table.path, list(chosen.values()))
    account.kept = len(rows)
    rows.sort(key=lambda row: (row["start"], row["ceasefire_id"]))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _read(table: TextTable, account: Account) -> list[Ceasefire]:
    columns = [*CEASEFIRES_NEEDED, *(name for name in OPTIONAL if name in table.names)]
    missing = [name for name in OPTIONAL if name not in table.names]
    if missing:
        account.note(f"columns that are missing, read as not coded: {', '.join(missing)}")
    faults, encodings, ceasefires = Faults(table), set[str](), dict[str, Ceasefire]()
    with faults.gathered():
        for rows in read_rows(table, columns, faults, encodings):
            account.rows += len(rows)
            for deal in _of_actors(rows):
                _join(ceasefires.setdefault(deal.name, deal), deal, account)
    if not ceasefires:
        refuse(table.path, "has no rows, only a header")
    account.note_encodings(encodings)
    account.note(
        f"{numbered(len(ceasefires), 'ceasefire')}; how the data code their ends was inferred, see "
        f"{doc_page('observations.md')}"
    )
    return list(ceasefires.values())


def _join(first: Ceasefire, other: Ceasefire, account: Account) -> None:
    """Add the actors of another row of the same ceasefire."""
    if (first.codes, first.began, first.end) != (other.codes, other.began, other.end):
        account.note("rows of one ceasefire that differ in their codes: the first one holds")
    first.actors |= other.actors
    first.dyads |= other.dyads


def _of_actors(rows: Rows) -> list[Ceasefire]:
    """One ceasefire for each row, with the row's actor."""
    texts: dict[str, list[str]] = {
        name: _texts(rows, name) for name in ("location", "actor_name", "fixed_time") if name in rows.columns
    }
    codes = {name: _codes(rows, name) for name in rows.columns if name not in texts}
    ceasefires = []
    for at in range(len(rows)):
        row = {name: column[at] for name, column in codes.items()}
        if row["cc"] < 1 or row["cf_id"] < 1:
            rows.add_fault(at, "cf_id", "a row names its ceasefire by cc and cf_id, whole numbers above 0")
            continue
        text = {name: column[at] for name, column in texts.items()}
        ceasefires.append(_ceasefire(rows, at, row, text))
    return ceasefires


def _texts(rows: Rows, column: str) -> list[str]:
    names, which = rows.names(column, _country if column == "location" else cells.words)
    return [names[k] for k in which]


def _country(text: str) -> str:
    """A name that is not empty. Raises ValueError."""
    if cells.is_missing(text):
        raise ValueError("is empty; a ceasefire has a country")
    return cells.name(text)


def _codes(rows: Rows, column: str) -> list[int]:
    values = rows.numbers(column, _code_or_word if column == "mediator_nego" else cells.code)
    return [NOT_KNOWN if math.isnan(code) else int(code) for code in values.tolist()]


def _code_or_word(text: str) -> float:
    """A code, or 1 for the name of a mediator."""
    try:
        return cells.code(text)
    except ValueError:
        return 1.0


def _ceasefire(rows: Rows, at: int, row: dict[str, int], text: dict[str, str]) -> Ceasefire:
    start = _date(rows, at, row, "cf_effect") or _date(rows, at, row, "cf_dec")
    year, month = (max(row[f"cf_effect_{part}"], 0) or max(row[f"cf_dec_{part}"], 0) for part in ("yr", "month"))
    conflict, dyad = row.get("ucdp_acd_id", NOT_KNOWN), row.get("ucdp_dyad", NOT_KNOWN)
    number = row["cf_id"]
    return Ceasefire(
        name=str(number if number >= 1000 else row["cc"] * 1000 + number),
        location=text["location"],
        conflict=conflict if conflict > 0 else -row["cc"],
        began=(start.year, start.month, start.day) if start else (year, month, 0),
        start=start,
        end=_date(rows, at, row, "end"),
        codes={name: row[name] for name in (*OPTIONAL, "ceasefire_class", "fixed", "ended") if name in row},
        planned_days=planned_days(text.get("fixed_time", "")),
        actors={text["actor_name"]},
        dyads={dyad} if dyad > 0 else set(),
    )


def _date(rows: Rows, at: int, row: dict[str, int], which: str) -> datetime.date | None:
    """A day, or none when a part of it is not known."""
    year, month, day = (row[f"{which}_{part}"] for part in ("yr", "month", "day"))
    if min(year, month, day) <= 0:
        return None
    if not cells.FIRST_YEAR <= year <= cells.LAST_YEAR:
        rows.add_fault(at, f"{which}_yr", f"{year} is not within {cells.FIRST_YEAR} to {cells.LAST_YEAR}")
        return None
    try:
        return datetime.date(year, month, day)
    except (ValueError, OverflowError):
        rows.add_fault(
            at, f"{which}_day", f"{year}-{month}-{day} is no day of the calendar; write 0 for what is not known"
        )
        return None


def planned_days(text: str) -> float:
    """Length of a term [days] from a number of days, or a number with a unit as in 2 weeks.

    NaN when it is not known, and for a length that no term has.
    """
    term = _TERM.fullmatch(text.strip().lower())
    if not term or term[2] not in UNIT_DAYS:
        return math.nan
    days = float(term[1]) * UNIT_DAYS[term[2]]
    return days if 0 < days <= cells.MOST_DAYS else math.nan


def _is_chosen(deal: Ceasefire, chosen: dict[str, NameFilter], filters: Filters, account: Account) -> bool:
    named = {
        "country": [deal.location],
        "actors": sorted(deal.actors),
        "dyad": [str(dyad) for dyad in sorted(deal.dyads)],
    }
    for what, names in named.items():
        if chosen[what].patterns and not chosen[what].matches(names).any():
            account.drop(f"ceasefires of other {dict(country='countries', dyad='dyads').get(what, what)}", 1)
            return False
    first, last = filters.first or datetime.date.min, filters.last or datetime.date.max
    if deal.start and not first <= deal.start <= last:
        account.drop("ceasefires that began before or after the days asked for", 1)
        return False
    return True


def _row(deal: Ceasefire, prior: int, others: Sequence[Ceasefire], account: Account) -> list[dict[str, Any]]:
    """The row of a ceasefire that has `prior` of its conflict before it; none when the data do not give it."""
    kind = CLASSES.get(deal.codes["ceasefire_class"])
    if deal.start is None or deal.start > LAST_DAY or kind is None:
        account.drop("ceasefires whose first day or class is not coded", 1)
        return []
    length = duration(deal, _next_start(deal, others))
    if length is None:
        account.drop("ceasefires whose end is not coded, or lies before their start", 1)
        return []
    flags = {
        name: _flag(deal, column, account)
        for name, column in {
            "local": "partial", "written": "written", "fixed_term": "fixed", "mechanism": "implement",
            "mediated": "mediator_nego", "ddr": "ddr",
        }.items()
    }  # fmt: skip
    row = {
        "ceasefire_id": deal.name,
        "location": deal.location,
        "conflict": deal.conflict,
        "start": deal.start.isoformat(),
        "ceasefire_class": kind,
        "sides": SIDES[min(len(deal.actors), 3) - 1],
        "planned_days": deal.planned_days if flags["fixed_term"] else math.nan,
        "enforcement": ENFORCEMENTS.get(deal.codes.get("enforcement", NOT_KNOWN), ""),
        "prior_ceasefires": prior,
        "days_mid": length.mid,
        "days_upper": length.upper,
        "broke": int(length.broke),
        "end_date_known": int(length.dated),
    }
    return [row | flags]


def _flag(deal: Ceasefire, column: str, account: Account) -> int:
    code = deal.codes.get(column, NOT_KNOWN)
    if code < 0:
        account.note(f"{column} is not coded for all: written as 0 where it is not")
    return int(code > 0)


def _next_start(deal: Ceasefire, others: Sequence[Ceasefire]) -> datetime.date | None:
    """When the next ceasefire of a dyad of this one began; of the conflict, when no dyad is coded."""
    for other in others:
        later = deal.start and other.start and other.start > deal.start
        if later and (not deal.dyads or deal.dyads & other.dyads):
            return other.start
    return None


def duration(deal: Ceasefire, following: datetime.date | None) -> Duration | None:
    """How long it held; none when that is not coded. `following`: first day of the dyad's next ceasefire."""
    assert deal.start is not None
    ended = deal.codes["ended"]
    gap = ((following or LAST_DAY) - deal.start).days
    known = (deal.end - deal.start).days if deal.end else None
    if ended == HOLDS:
        known = (LAST_DAY - deal.start).days
    elif ended == NEVER_BEGAN and known is None:
        known = 0
    elif ended == RAN_ITS_TERM and known is None and deal.planned_days == deal.planned_days:
        known = round(deal.planned_days)
    elif ended == REPLACED and known is None and following:
        known = gap
    broke = ended in (BROKEN, NEVER_BEGAN, PETERED_OUT)
    if ended not in (HOLDS, RAN_ITS_TERM, BROKEN, NEVER_BEGAN, REPLACED, PETERED_OUT):
        return None
    if known is not None:
        days = max(float(known), LEAST_DAYS)
        return Duration(days, days, broke) if known >= 0 else None
    upper = max(float(gap), LEAST_DAYS)
    return Duration(upper / 2, upper, broke, dated=False) if broke else None
