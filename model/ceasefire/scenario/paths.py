"""The numbers of a scenario by path: which there are, which events may change, and how doubtful each is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from pydantic import BaseModel

from ceasefire.scenario.quantity import ASSUMED, Quantity
from ceasefire.scenario.said import Steps, dotted
from ceasefire.scenario.schema import Event, Scenario
from ceasefire.scenario.shape import ENTRY_DEFAULTS, ENTRY_DOUBT, Shape, group, shape_at

FIXED_AT_SIGNING = (
    "agreement.deadlines.*",
    "actors.*.recent_losses",
    "front.sectors.*.presence.*",
    "front.sectors.*.claims.*",
    "war.*",
    "events.*",
)
"""Numbers that no event can change."""

DAY_META: dict[str, Any] = {
    "unit": "days",
    "low": 0.0,
    "high": math.inf,
    "doubt": "none",
    "source": ASSUMED,
    "default": None,
}
RATE_META: dict[str, Any] = {**DAY_META, "unit": "per year", "doubt": ENTRY_DOUBT}


def event_paths(merged: Mapping[str, Any]) -> set[str]:
    """Paths of the numbers of a scenario (as plain content) that an event may change."""
    found = {dotted(steps) for steps in _number_paths(merged, group(Scenario), ())}
    sides = merged.get("sides")
    found |= {f"{belief}.{side}" for belief in ENTRY_DEFAULTS for side in (sides if isinstance(sides, dict) else ())}
    return {path for path in found if not any(fnmatchcase(path, fixed) for fixed in FIXED_AT_SIGNING)}


def quantities(scenario: Scenario) -> Iterator[tuple[str, Quantity, dict[str, Any]]]:
    """Every number of a scenario: path, number, and its field's unit, low, high, doubt, source and default."""
    yield from _of_model(scenario, group(Scenario), ())
    for i, event in enumerate(scenario.events):
        yield from _of_event(event, f"events.{i}")


def doubt_range(number: Quantity, meta: Mapping[str, Any]) -> tuple[float, float] | None:
    """What a number is drawn over in doubt; None when it is sourced with no range, a distribution, or beyond doubt.

    A number's own `range` comes first, then the doubt of its field: a share of the value either way, or
    a range around the field's default, which moves in proportion when the value is another.
    """
    if number.range is not None:
        return number.range
    doubt = meta["doubt"]
    if not number.assumed and not (isinstance(doubt, tuple) and number.value == meta.get("default")):
        return None
    if number.value is None or doubt == "none":
        return None
    low, high = _around(number.value, doubt, meta.get("default"))
    low, high = max(low, meta["low"]), min(high, meta["high"])
    return (low, high) if low < high else None


def _around(value: float, doubt: tuple[float, float] | float, default: float | None) -> tuple[float, float]:
    if isinstance(doubt, (int, float)):
        ends = value * (1 - doubt), value * (1 + doubt)
    elif value == default:
        ends = doubt[0], doubt[1]
    elif not default:
        return value, value
    else:
        ends = value * doubt[0] / default, value * doubt[1] / default
    return min(ends), max(ends)


def _number_paths(raw: Any, shape: Shape, steps: Steps) -> Iterator[Steps]:
    if shape.kind == "number":
        yield steps
    elif shape.kind == "group":
        for name in shape.fields:
            inner = shape.inside(name)
            said = raw.get(name)
            if inner is None or inner.kind in ("number", "named") or inner.opens or isinstance(said, dict):
                yield from _number_paths(said if isinstance(said, dict) else {}, inner or shape, (*steps, name))
    elif shape.kind == "named":
        inner = shape.inside("any")
        for name, said in raw.items():
            if inner is not None and (inner.kind == "number" or isinstance(said, dict)):
                yield from _number_paths(said, inner, (*steps, name))


def _of_model(model: BaseModel, shape: Shape, steps: Steps) -> Iterator[tuple[str, Quantity, dict[str, Any]]]:
    for name, info in type(model).model_fields.items():
        written = info.alias or name
        inner = shape.inside(written)
        if steps or written not in ("motives", "events"):
            yield from _of_value(getattr(model, name), inner, (*steps, written))


def _of_value(value: Any, shape: Shape | None, steps: Steps) -> Iterator[tuple[str, Quantity, dict[str, Any]]]:
    if shape is None:
        return
    if isinstance(value, Quantity):
        yield dotted(steps), value, dict(shape.meta)
    elif isinstance(value, BaseModel):
        yield from _of_model(value, shape, steps)
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield from _of_value(entry, shape.inside(name), (*steps, name))


def _of_event(event: Event, path: str) -> Iterator[tuple[str, Quantity, dict[str, Any]]]:
    if event.day is not None:
        yield f"{path}.day", event.day, dict(DAY_META)
    if event.rate_per_year is not None:
        yield f"{path}.rate_per_year", event.rate_per_year, dict(RATE_META)
    for kind, low, high in (("set", None, None), ("add", -math.inf, math.inf), ("multiply", 0.0, math.inf)):
        for target, number in getattr(event, kind).items():
            found = shape_at(target.split("."))
            meta = dict(found.meta) if found is not None else dict(RATE_META)
            meta |= {"doubt": ENTRY_DOUBT, "source": ASSUMED, "default": None}
            meta |= {} if low is None else {"low": low, "high": high}
            yield f"{path}.{kind}.{target}", number, meta
