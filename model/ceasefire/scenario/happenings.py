"""Checks of the events of a scenario: what they change, when, and who takes notice."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from ceasefire.scenario.paths import FIXED_AT_SIGNING, event_paths
from ceasefire.scenario.quantity import Quantity
from ceasefire.scenario.said import Steps
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.shape import shape_at
from ceasefire.suggestions import did_you_mean, nearest

Found = Iterator[tuple[Steps, str]]
DEFAULT_HORIZON = Scenario.model_fields["horizon_days"].default


def faults_of_events(raw: dict[str, Any], *, horizon_counts: bool) -> Found:
    """Where events are wrong, and how. A horizon shortened for one run does not make a later event wrong."""
    events = raw.get("events")
    valid: set[str] | None = None
    for i, event in enumerate(events if isinstance(events, list) else []):
        if not isinstance(event, dict):
            continue
        valid = event_paths(raw) if valid is None else valid
        yield from _targets(raw, event, i, valid)
        yield from _reviewers(event, i, raw.get("actors"))
        if horizon_counts:
            yield from _day(event, i, raw.get("horizon_days", DEFAULT_HORIZON))


def _targets(raw: dict[str, Any], event: dict[str, Any], i: int, valid: set[str]) -> Found:
    for kind in ("set", "add", "multiply"):
        changes = event.get(kind)
        for path, given in (changes if isinstance(changes, dict) else {}).items():
            if path not in valid:
                yield ("events", i, kind, path), _no_such_number(path, valid)
            elif kind != "set" and _unsaid(raw, path):
                yield (
                    ("events", i, kind, path),
                    "is as the agreement says; change agreement.monitoring, or say the sector's",
                )
            elif kind == "set":
                yield from _limits(("events", i, kind, path), path, given)


def _unsaid(raw: dict[str, Any], path: str) -> bool:
    """Is there no number yet at a path that may hold one? So with a sector's own monitoring."""
    there: Any = raw
    for step in path.split("."):
        there = there.get(step) if isinstance(there, dict) else None
    return there is None and path.startswith("front.")


def _no_such_number(path: str, valid: set[str]) -> str:
    shape = shape_at(path.split("."))
    close = nearest(path, sorted(valid))
    hint = f"; did you mean '{close}'?" if close else ""
    if shape is not None and shape.kind == "number" and any(fnmatchcase(path, fixed) for fixed in FIXED_AT_SIGNING):
        return "is fixed at signing; no event can change it"
    return "names no number of this scenario" + hint


def _limits(steps: Steps, path: str, given: object) -> Found:
    number, shape = _number(given), shape_at(path.split("."))
    if number is None or shape is None:
        return
    try:
        number.check_within(shape.meta["low"], shape.meta["high"])
    except PydanticCustomError as problem:
        yield steps, problem.message()


def _reviewers(event: dict[str, Any], i: int, actors: object) -> Found:
    named = event.get("review")
    for j, name in enumerate(named if isinstance(named, list) else []):
        if isinstance(name, str) and isinstance(actors, dict) and name not in actors:
            yield ("events", i, "review", j), f"no such actor '{name}'" + did_you_mean(name, actors)


def _day(event: dict[str, Any], i: int, horizon: object) -> Found:
    number = _number(event.get("day"))
    if number is not None and isinstance(horizon, int) and number.centre >= horizon:
        message = f"day {number.centre:g} is beyond the horizon; worlds are followed to day {horizon - 1}"
        yield ("events", i, "day"), message


def _number(given: object) -> Quantity | None:
    try:
        return None if given is None else Quantity.model_validate(given)
    except ValidationError:
        return None
