"""Plain text: characters that no text may hold (not XML, not encodable, commands), and given numbers in words."""

from __future__ import annotations

import re

_COMMANDS = "\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff"
_UNPRINTABLE = re.compile(f"[{_COMMANDS}\ud800-\udfff]")


def unprintable(text: str) -> str | None:
    """The first character that no text may hold, as U+001B; None when there is none.

    These are control characters other than tab and the ends of lines, marks that turn the direction of writing,
    halves of surrogate pairs, and U+FFFE and U+FFFF.
    """
    found = _UNPRINTABLE.search(text)
    return None if found is None else f"U+{ord(found.group()):04X}"


def printable(text: str) -> str:
    """The text with U+FFFD in place of each such character; a terminal takes none of it for a command."""
    return _UNPRINTABLE.sub("\ufffd", text)


MINUS = "\u2212"


def number_words(number: float) -> str:
    """A number as it was given, to six significant digits: thousands apart, a minus where it is negative."""
    text = f"{float(f'{abs(number):.6g}'):,.10g}"
    return f"{MINUS}{text}" if number < 0 else text


def range_words(low: float, high: float) -> str:
    """The range of a number that was given: `6,500 to 12,000`."""
    return f"{number_words(low)} to {number_words(high)}"
