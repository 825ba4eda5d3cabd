"""Filters: which events are kept, by where, between whom and when."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ceasefire.data_files.cells import FIRST_YEAR, LAST_YEAR, shown
from ceasefire.data_files.text_file import refuse
from ceasefire.errors import Fault, ScenarioError

Flags = NDArray[np.bool_]

_BOX = "write SOUTH,NORTH,WEST,EAST in degrees, as 35.2,36.7,35.8,37.3"


@dataclass(frozen=True)
class Box:
    """A rectangle on the map [degrees]."""

    south: float
    north: float
    west: float
    east: float

    def __post_init__(self) -> None:
        if not (-90 <= self.south < self.north <= 90 and -180 <= self.west < self.east <= 180):
            given = f"{self.south:g},{self.north:g},{self.west:g},{self.east:g}"
            refuse(
                "", f"{given} is no box; write SOUTH,NORTH,WEST,EAST in degrees, as 35.2,36.7,35.8,37.3", column="box"
            )

    def holds(self, latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> Flags:
        """Which places lie within; an unknown place does not."""
        inside = (latitude >= self.south) & (latitude <= self.north)
        return np.asarray(inside & (longitude >= self.west) & (longitude <= self.east))


def box_of(text: str) -> Box:
    """A box as typed: SOUTH,NORTH,WEST,EAST. Raises ScenarioError."""
    try:
        south, north, west, east = (float(part) for part in text.split(","))
    except ValueError:
        refuse("", f"{shown(text)} is no box; {_BOX}", column="box")
    return Box(south, north, west, east)


def day_of(value: str | datetime.date | None, what: str) -> datetime.date | None:
    """A day as typed or given. Raises ScenarioError naming the option."""
    if value is None or (isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)):
        day = value
    else:
        try:
            day = datetime.date.fromisoformat(str(value)[:10] if isinstance(value, datetime.datetime) else str(value))
        except ValueError:
            refuse("", f"{shown(str(value))} is not a day; write 2018-09-17", column=what)
    if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
        refuse("", f"{day} is not within {FIRST_YEAR} to {LAST_YEAR}", column=what)
    return day


@dataclass(frozen=True)
class Filters:
    """The filters of a call; an empty one keeps everything. Names match whole, without case; * stands for anything."""

    country: tuple[str, ...] = ()
    dyad: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    admin1: tuple[str, ...] = ()
    box: Box | None = None
    first: datetime.date | None = None
    last: datetime.date | None = None

    def __post_init__(self) -> None:
        if self.first and self.last and self.first > self.last:
            refuse("", f"{self.last} is before {self.first}; the last day comes after the first", column="to")
        for what in ("country", "dyad", "actors", "admin1"):
            if any(not pattern.strip() for pattern in getattr(self, what)):
                refuse("", "is empty; write a name, or leave it out", column=what)


@dataclass
class NameFilter:
    """Patterns for names of one kind, the patterns that matched, and the result for every name of the file."""

    what: str
    patterns: tuple[str, ...]
    matched: set[str] = field(default_factory=set)
    results: dict[str, bool] = field(default_factory=dict)

    def matches(self, names: Sequence[str]) -> Flags:
        """Which of these names match a pattern."""
        for name in names:
            if name not in self.results:
                hits = [pattern for pattern in self.patterns if fnmatchcase(name.lower(), _literal(pattern))]
                self.matched.update(hits)
                self.results[name] = bool(hits)
        return np.array([self.results[name] for name in names], np.bool_)

    def faults(self, path: Path) -> list[Fault]:
        """A fault for each pattern that no row matches."""
        return [
            Fault(str(path), None, self.what, f"no row has {shown(pattern)}{_nearest(pattern, self.results)}")
            for pattern in self.patterns
            if pattern not in self.matched
        ]


def _literal(pattern: str) -> str:
    """A pattern in which only * stands for anything: names hold brackets and question marks of their own."""
    return pattern.strip().lower().replace("[", "[[]").replace("?", "[?]")


def _nearest(pattern: str, names: Iterable[str]) -> str:
    by_small = {name.lower(): name for name in sorted(names) if name}
    inside = [name for small, name in by_small.items() if pattern.strip("* ").lower() in small]
    close = inside[:3] or [by_small[name] for name in difflib.get_close_matches(pattern.lower(), by_small, n=1)]
    if close:
        return f"; did you mean {' or '.join(map(shown, close))}?"
    few = list(by_small.values())[:8]
    return f"; there are {', '.join(map(shown, few))}{' and more' if len(by_small) > 8 else ''}" if few else ""


def check_matched(path: Path, filters: Sequence[NameFilter]) -> None:
    """ScenarioError for names that no row has."""
    faults = [fault for one in filters for fault in one.faults(path)]
    if faults:
        raise ScenarioError(faults)
