"""Names in charts: cut to the room that there is, and still told apart."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ceasefire.charts.layout import shortened

CUT = "…"
_BOUNDARY = re.compile(r"(?<=[\s+.·/_-])")
"""Where a name may be cut: after a space or a sign that joins its parts."""


def told_apart(names: Sequence[str], most: int) -> list[str]:
    """The names, each of at most `most` letters, so that two that differ look different.

    A name that would look like another leaves out what they begin with, then what they end with; where that is not
    enough, it keeps its beginning and end, and at last it has a number.
    """
    short = {name: shortened(name, most) for name in names}
    for cut in (_without_beginning, _without_ends, _beginning_and_end):
        for group in _alike(short):
            short |= dict(zip(group, cut(group, most), strict=True))
    for group in _alike(short):
        for number, name in enumerate(group, start=1):
            short[name] = _numbered(short[name], number, most, set(short.values()))
    return [short[name] for name in names]


def _alike(short: dict[str, str]) -> list[list[str]]:
    """Groups of different names that look the same."""
    groups: dict[str, list[str]] = {}
    for name, cut in short.items():
        groups.setdefault(cut, []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def _same_letters(names: Sequence[str]) -> int:
    """How many letters all names begin with."""
    first, last = min(names), max(names)
    return next((place for place, letter in enumerate(first) if last[place] != letter), len(first))


def _shared_beginning(names: Sequence[str]) -> int:
    """Letters that all names begin with, up to where a part ends."""
    shared = _same_letters(names)
    ends = [found.start() for found in _BOUNDARY.finditer(names[0]) if found.start() <= shared]
    return max(ends, default=0)


def _without_beginning(names: Sequence[str], most: int) -> list[str]:
    left_out = _shared_beginning(names)
    return [CUT + shortened(name[left_out:], most - 1) if left_out else shortened(name, most) for name in names]


def _without_ends(names: Sequence[str], most: int) -> list[str]:
    """The part of each name in which the group differs."""
    left_out = _shared_beginning(names)
    rest = [name[left_out:] for name in names]
    common = _same_letters([name[::-1] for name in rest])
    cut = [name[: len(name) - common] or name for name in rest]
    return [CUT + shortened(name, most - 2).rstrip(CUT) + CUT for name in cut]


def _beginning_and_end(names: Sequence[str], most: int) -> list[str]:
    head = (most - 1) // 2
    tail = most - 1 - head
    return [f"{name[:head]}{CUT}{name[-tail:]}" if len(name) > most else name for name in names]


def _numbered(short: str, number: int, most: int, taken: set[str]) -> str:
    """A name with a number that no other name has."""
    while True:
        mark = f" ({number})"
        name = short[: most - len(mark)] + mark
        if name not in taken:
            taken.add(name)
            return name
        number += 1
