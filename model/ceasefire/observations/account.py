"""What was read from a file, what was dropped and why, and what came out."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Account:
    """Rows read, kept and dropped by reason; `first` to `last` are the days that the counts cover."""

    file: str
    format: str
    title: str
    terms: str = ""
    rows: int = 0
    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    first: datetime.date | None = None
    last: datetime.date | None = None
    totals: dict[str, int] = field(default_factory=dict)

    def drop(self, why: str, rows: int) -> None:
        """Count rows that are left out; a reason stands there even when it took none."""
        self.dropped[why] = self.dropped.get(why, 0) + rows

    def note(self, text: str) -> None:
        """Add what a reader should know, once."""
        if text not in self.notes:
            self.notes.append(text)

    def note_encodings(self, encodings: Iterable[str]) -> None:
        """Say in which encodings cells were read that are not UTF-8."""
        for encoding in sorted(encodings):
            self.note(f"not all of it is UTF-8: the rest was read as {encoding}")

    def as_dict(self) -> dict[str, Any]:
        """For programs: days as text."""
        days = {"first": str(self.first) if self.first else None, "last": str(self.last) if self.last else None}
        return {
            "file": self.file,
            "format": self.format,
            "rows": self.rows,
            "kept": self.kept,
            "dropped": dict(self.dropped),
            **days,
            "totals": dict(self.totals),
            "notes": list(self.notes),
            "terms": self.terms,
        }

    def __str__(self) -> str:
        lines = [f"{self.file}: {self.title}, {numbered(self.rows, 'row')}, {self.kept:,} kept"]
        lines += [f"  dropped {rows:,}: {why}" for why, rows in self.dropped.items() if rows]
        if self.first and self.last:
            days = numbered((self.last - self.first).days + 1, "day")
            figures = ", ".join(f"{total:,} {name}" for name, total in self.totals.items())
            lines.append(f"  {self.first} to {self.last}, {days}: {figures}")
        lines += [f"  {note}" for note in self.notes]
        if self.terms:
            lines.append(f"  {self.terms}")
        return "\n".join(lines)


def numbered(count: int, noun: str) -> str:
    """1 event, 2,000 events."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
