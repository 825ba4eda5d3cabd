"""The nearest right word for a wrong one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

FEW = 12
"""As many names as a message may list."""


def nearest(word: str, valid: Iterable[str]) -> str | None:
    """The valid name most like `word`, or None when none is alike."""
    by_small = {name.lower(): name for name in valid}
    found = difflib.get_close_matches(word.lower(), by_small, n=1, cutoff=0.6)
    return by_small[found[0]] if found else None


def did_you_mean(word: str, valid: Iterable[str]) -> str:
    """The end of a message: the nearest name, else the names there are when they are few."""
    names = list(valid)
    close = nearest(word, names)
    if close is not None:
        return f"; did you mean '{close}'?"
    return f"; choose from {comma_list(names)}" if 0 < len(names) <= FEW else ""


def comma_list(names: Iterable[str]) -> str:
    """Names in a row."""
    return ", ".join(names)
