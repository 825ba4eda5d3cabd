"""What a cell of a data file means. Each reader takes the text of one cell and raises ValueError with what is wrong."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable

MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "<na>", "."})
"""What R, pandas, databases, spreadsheets and Stata write for "not known", in lower case."""

MOST = 10_000_000
"""More incidents or deaths than happened on any day: a larger number is a mistake, and sums stay exact below it."""

FIRST_YEAR, LAST_YEAR = 1900, 2100

MOST_DAYS = 36525.0
"""The longest duration or term that is read [days]: a hundred years."""

NO_DAY = -(2**31)
"""The place of a day that is not known."""

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d*)?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.A
)
_WORDED = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ -](\d{4})", re.A)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.A)
_GROUPED = re.compile(r"\d{1,3}([.,]\d{3})+", re.A)
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_EPOCH = datetime.date(1970, 1, 1).toordinal()


def shown(text: str) -> str:
    """A cell as a message may quote it: one short line."""
    plain = "".join(letter if letter.isprintable() else "?" for letter in text)
    return f"'{plain[:40]}…'" if len(plain) > 40 else f"'{plain}'"


def is_missing(text: str) -> bool:
    """Whether a cell marks its value as not known."""
    return text.lower() in MISSING


def day(text: str) -> int:
    """Days from 1 January 1970 to 2023-01-31, 2023-01-31 00:00:00.000 or 31 January 2023."""
    iso = _ISO.fullmatch(text)
    worded = None if iso else _WORDED.fullmatch(text)
    if iso:
        year, month, number = (int(part) for part in iso.groups())
    elif worded:
        month = _month(worded[2])
        year, number = int(worded[3]), int(worded[1])
    else:
        raise ValueError(f"{shown(text)} is not a day; write 2023-01-31")
    try:
        date = datetime.date(year, month, number)
    except ValueError:
        raise ValueError(f"{shown(text)} is no day of the calendar; write 2023-01-31") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{shown(text)} is not within {FIRST_YEAR} to {LAST_YEAR}")
    return date.toordinal() - _EPOCH


def _month(word: str) -> int:
    names = [name for name in _MONTHS if name.startswith(word.lower())]
    return _MONTHS.index(names[0]) + 1 if len(names) == 1 else 0


def day_or_none(text: str) -> int:
    """A day, or NO_DAY when it is not known."""
    return NO_DAY if is_missing(text) else day(text)


def number(text: str, decimal_comma: bool = False) -> float:
    """A finite number; with `decimal_comma`, 35,2 is 35.2."""
    plain = text.replace(",", ".", 1) if decimal_comma and "." not in text else text
    if not _NUMBER.fullmatch(plain):
        raise ValueError(f"{shown(text)} is not a number; write 35.2")
    value = float(plain)
    if not math.isfinite(value):
        raise ValueError(f"{shown(text)} is not a finite number")
    return value


def count(text: str, decimal_comma: bool = False) -> float:
    """A whole number from 0, or NaN when it is not known.

    1,234 (and 1.234 where commas are decimal) may be a thousand or a part of two: it is refused.
    """
    if is_missing(text):
        return math.nan
    if _GROUPED.fullmatch(text) and ("," in text or decimal_comma):
        raise ValueError(f"{shown(text)} may be a thousand or a fraction; write a whole number such as 1234")
    try:
        value = number(text, decimal_comma)
    except ValueError:
        raise ValueError(f"{shown(text)} is not a count; write a whole number from 0, or nothing") from None
    if value < 0 or value != int(value):
        raise ValueError(f"{shown(text)} is not a count; write a whole number from 0, or nothing")
    if value > MOST:
        raise ValueError(f"{shown(text)} is more than {MOST:,}; write the count of one day or event")
    return value


def code(text: str) -> float:
    """A whole number that stands for something, or NaN when it is not known."""
    if is_missing(text):
        return math.nan
    try:
        value = number(text)
    except ValueError:
        value = math.nan
    if not abs(value) < 2**53 or value != int(value):
        raise ValueError(f"{shown(text)} is not a code; write a whole number")
    return value


def name(text: str) -> str:
    """Words. None that a spreadsheet would run as a formula, no control characters."""
    if not text.isprintable():
        raise ValueError(f"{shown(text)} holds characters that cannot be printed; write plain words")
    if text[:1] in ("=", "+", "@", "-"):
        raise ValueError(f"{shown(text)} would be taken for a formula by a spreadsheet; begin it with a letter")
    return text


def words(text: str) -> str:
    """Words that are compared and never written."""
    return text


def coordinate(most: float, decimal_comma: bool) -> Callable[[str], float]:
    """A reader of degrees within -most to most; NaN when not known."""

    def degrees(text: str) -> float:
        if is_missing(text):
            return math.nan
        value = number(text, decimal_comma)
        if abs(value) > most:
            raise ValueError(f"{shown(text)} is not within -{most:g} to {most:g} degrees")
        return value

    return degrees
