"""Plain text for a terminal of 100 columns: headings, paragraphs, tables, numbers, dates."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Sequence

from ceasefire.scenario.quantity import DISTRIBUTIONS, Quantity, shown_list

WIDTH = 100
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
Row = Sequence[str]


def heading(title: str, line: str = "-") -> list[str]:
    """A heading, underlined."""
    return [title, line * min(len(title), WIDTH)]


def wrapped(text: str, indent: int = 0, hanging: int = 0) -> list[str]:
    """A text as lines of at most WIDTH columns."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + hanging),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def table(rows: Sequence[Row], align: str, most: Sequence[int]) -> list[str]:
    """Rows as aligned columns two spaces apart; a cell wider than `most` goes on in the lines below."""
    cells = [[textwrap.wrap(cell, width) or [""] for cell, width in zip(row, most, strict=True)] for row in rows]
    widths = [max(len(line) for row in cells for line in row[c]) for c in range(len(most))]
    lines = []
    for row in cells:
        for k in range(max(map(len, row))):
            parts = [cell[k] if k < len(cell) else "" for cell in row]
            aligned = [p.rjust(w) if a == "r" else p.ljust(w) for p, w, a in zip(parts, widths, align, strict=True)]
            lines.append("  ".join(aligned).rstrip())
    return lines


def shown(number: Quantity) -> str:
    """A number as short as it can be; a distribution by its kind."""
    for kind in DISTRIBUTIONS:
        given = getattr(number, kind)
        if given is not None:
            return f"{kind} {shown_list(given)}"
    return f"{number.centre:,.0f}" if abs(number.centre) >= 1000 else f"{number.centre:g}"


def lower(title: str) -> str:
    """A title in the middle of a sentence: its first letter small, but for names in capitals."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def titled(title: str, what: str, by: str = ":") -> str:
    """A title and what is said under it; a title that ends in a mark of its own, as a question does, keeps that."""
    title = title.rstrip()
    if title.endswith(("?", "!", ".", "…", ":")):
        return f"{title} {what[:1].upper()}{what[1:]}"
    return f"{title}{by} {what}"


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


def percent(share: float) -> str:
    """A chance in per cent: two digits below ten per cent, none beyond, and never 0 for what may happen."""
    if share <= 0:
        return "0 %"
    if share < 1e-5:
        return "<0.001 %"
    return f"{share * 100:.2g} %" if share < 0.1 else f"{share * 100:.0f} %"


def date_words(date: datetime.date) -> str:
    """A date in full: `6 March 2020`."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"
