"""What differs between two scenarios, number by number, in readers' words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ceasefire.parameters.sourced_value import DISTRIBUTIONS
from ceasefire.plain_text import number_words, range_words
from ceasefire.scenario.load import Loaded
from ceasefire.scenario.parameter_paths import path_words
from ceasefire.scenario.resolved import FOR_READERS

FORMS = ("value", *DISTRIBUTIONS)
MISSING = "-"
"""What is shown for an entry that one of the two does not have."""


@dataclass(frozen=True)
class Differs:
    """An entry that differs: its path, what readers call it, and what the two have there."""

    path: str
    words: str
    here: str
    there: str


def is_variant(here: Loaded, there: Loaded) -> bool:
    """Whether two scenarios are one situation under other terms: the same file, or both in force from the same day."""
    return here.name == there.name or here.scenario.start == there.scenario.start


def differences(here: Loaded, there: Loaded) -> list[Differs]:
    """Every entry that affects results and differs, in the order of the schema; titles, sources and notes are left out.

    A whole actor, sector or event that only one has is one entry.
    """
    found = []
    for path, one, other in _differ(here.resolved, there.resolved, ""):
        owner = here.scenario if one is not None else there.scenario
        found.append(Differs(path, path_words(path, owner), _shown(one), _shown(other)))
    return found


def _differ(one: Any, other: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, dict) and isinstance(other, dict) and not (_is_number(one) or _is_number(other)):
        for name in dict.fromkeys([*one, *other]):
            if name not in FOR_READERS:
                yield from _differ(one.get(name), other.get(name), f"{path}.{name}" if path else str(name))
    elif isinstance(one, list) and isinstance(other, list) and any(isinstance(x, dict) for x in [*one, *other]):
        for place in range(max(len(one), len(other))):
            here, there = (each[place] if place < len(each) else None for each in (one, other))
            yield from _differ(here, there, f"{path}.{place}")
    elif _bare(one) != _bare(other):
        yield path, one, other


def _is_number(entry: dict[str, Any]) -> bool:
    """A number in full form: a value or a distribution, with its source and its range."""
    return "source" in entry and any(form in entry for form in FORMS)


def _bare(entry: Any) -> Any:
    """What affects results of an entry."""
    if isinstance(entry, dict):
        kept = {name: _bare(value) for name, value in entry.items() if name not in FOR_READERS}
        if _is_number(entry):
            kept["assumed"] = str(entry.get("source", "")).startswith("ASSUMED")
        return kept
    return [_bare(each) for each in entry] if isinstance(entry, list) else entry


def _shown(entry: Any) -> str:
    """An entry in a few words: a number with its range, a name, or that it is there."""
    if entry is None:
        return MISSING
    if isinstance(entry, dict):
        form = next((entry[form] for form in FORMS if form in entry), None)
        if form is None or not _is_number(entry):
            return str(entry.get("title") or "there")
        low_high = entry.get("range")
        span = f" ({range_words(*low_high)})" if low_high else ""
        return (number_words(form) if isinstance(form, int | float) else _listed(form)) + span
    return _listed(entry) if isinstance(entry, list) else str(entry)


def _listed(entries: Any) -> str:
    return (
        ", ".join(str(each.get("title", "there")) if isinstance(each, dict) else str(each) for each in entries)
        or "none"
    )
