"""Suggests the nearest valid word for a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

FEW = 12
"""Most names that a message lists."""


def nearest(word: str, valid: Iterable[str]) -> str | None:
    """The valid name nearest to `word`, or None when none is near."""
    by_lower_case = {name.lower(): name for name in valid}
    matches = difflib.get_close_matches(word.lower(), by_lower_case, n=1, cutoff=0.6)
    return by_lower_case[matches[0]] if matches else None


def did_you_mean(word: str, valid: Iterable[str]) -> str:
    """The end of a message: the nearest name; when none is near, all names if they are few."""
    names = list(valid)
    close = nearest(word, names)
    if close is not None:
        return f"; did you mean '{close}'?"
    return f"; choose from {comma_list(names)}" if 0 < len(names) <= FEW else ""


def comma_list(names: Iterable[str]) -> str:
    """Names separated by commas."""
    return ", ".join(names)
