"""Dotted paths of a scenario: what the schema allows there, which numbers exist, their uncertainty, their names."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ceasefire.parameters.mechanisms import Mechanisms
from ceasefire.parameters.sourced_value import ASSUMED, Quantity
from ceasefire.scenario.schema import Event, Scenario
from ceasefire.scenario.yaml_with_lines import Step, Steps, dotted

Kind = Literal["group", "named", "list", "number", "real", "count", "other"]
"""Fields of a model · entries by name · items · a Quantity · a bare number · a whole number · text, date, choice."""


ENTRY_UNITS = {
    "motives": "weight",
    "claims": "relative value",
    "presence": "formations",
    "trust": "probability",
    "resolve": "share",
}
"""Units of numbers that are entries of a mapping, by the name of the mapping."""


ENTRY_DEFAULTS = {"trust": 0.5, "resolve": 0.0}
"""The value of such an entry when the file gives none."""


ENTRY_DOUBT = 0.25


@dataclass(frozen=True)
class Shape:
    """What the schema allows at one path of a scenario."""

    kind: Kind
    model: type[BaseModel] | None = None
    inner: Any = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    default: Any = None
    always_there: bool = False
    """True when the part exists, empty or with its defaults, although no file gives it."""
    description: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields of a group or a number, as written in files."""
        return tuple(_fields(self.model)) if self.model else ()

    def inside(self, step: Step) -> Shape | None:
        """The shape one step further; None when nothing is allowed there."""
        if self.model is not None:
            return _fields(self.model).get(str(step))
        if self.kind == "named":
            return _shape(self.inner, entry_of=self.meta.get("name", ""))
        if self.kind == "list" and str(step).isdigit():
            return _shape(self.inner, entry_of="")
        return None


def shape_at(steps: Sequence[Step]) -> Shape | None:
    """The shape at a path; None when the schema allows nothing there."""
    shape: Shape | None = group(Scenario)
    for step in steps:
        shape = shape.inside(step) if shape is not None else None
    return shape


@cache
def group(model: type[BaseModel]) -> Shape:
    """The shape of a whole model."""
    return Shape("group", model)


@cache
def _fields(model: type[BaseModel]) -> dict[str, Shape]:
    return {info.alias or name: _field_shape(name, info) for name, info in model.model_fields.items()}


def _field_shape(name: str, info: FieldInfo) -> Shape:
    annotation: Any = info.annotation
    shape = _shape(annotation, entry_of="")
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    default = None if info.is_required() or info.default_factory is not None else info.default
    meta: dict[str, Any] = {"name": name}
    if shape.kind == "number":
        default = Quantity.model_validate(default) if default is not None else None
        meta = {**shape.meta, **extra, "default": default.value if default is not None else None}
    opens = info.default_factory is not None
    return Shape(shape.kind, shape.model, shape.inner, meta, default, opens, info.description or "")


@cache
def _shape(annotation: Any, entry_of: str) -> Shape:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return Shape("count") if inner[0] is int else _shape(inner[0], entry_of)
    if origin in (Union, UnionType):
        return _shape(next(kind for kind in inner if kind is not type(None)), entry_of)
    if origin is dict:
        return Shape("named", inner=inner[1])
    if origin in (list, tuple):
        return Shape("list", inner=inner[0])
    if isinstance(annotation, type) and issubclass(annotation, Quantity):
        default = ENTRY_DEFAULTS.get(entry_of)
        quantity = None if default is None else Quantity(value=default)
        return Shape("number", annotation, meta=_entry_meta(annotation, entry_of), default=quantity)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return group(annotation)
    return Shape("real" if annotation is float else "other")


def _entry_meta(kind: type[Quantity], entry_of: str) -> dict[str, Any]:
    limits = {"low": kind.low, "high": kind.high, "doubt": ENTRY_DOUBT}
    return {"unit": ENTRY_UNITS.get(entry_of, ""), **limits, "source": ASSUMED, "default": None}


def is_number(value: object) -> bool:
    """True for a number; False for a truth value."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def fits(path: str, pattern: str) -> bool:
    """True when a path matches a pattern: '*' is any one step, '**' at the end any number of steps."""
    steps, wanted = path.split("."), pattern.split(".")
    if wanted[-1] == "**":
        wanted = wanted[:-1]
        steps = steps[: len(wanted)] if len(steps) > len(wanted) else []
    return len(steps) == len(wanted) and all(w in ("*", s) for s, w in zip(steps, wanted, strict=True))


def places(content: Mapping[str, Any], pattern: str) -> Iterator[str]:
    """The paths of plain content that match a pattern with '*'."""
    yield from _places(content, pattern.split("."), ())


def _places(content: Any, left: list[str], done: tuple[str, ...]) -> Iterator[str]:
    if not left:
        yield ".".join(done)
        return
    step, rest = left[0], left[1:]
    inner = dict(enumerate(content)) if isinstance(content, list) else content
    for name, entry in (inner if isinstance(inner, dict) else {}).items():
        if step in ("*", str(name)):
            yield from _places(entry, rest, (*done, str(name)))


FIXED_AT_SIGNING = (
    "agreement.deadlines.*",
    "actors.*.recent_losses",
    "front.sectors.*.claims.*",
    "war.*",
    "events.*",
)
"""Numbers that no event can change."""

_FIXED = re.compile("|".join(map(translate, FIXED_AT_SIGNING)))


def event_paths(merged: Mapping[str, Any]) -> set[str]:
    """Paths of the numbers of a scenario (as plain content) that an event may change."""
    paths = {dotted(steps) for steps in _number_paths(merged, group(Scenario), ())}
    sides = merged.get("sides")
    paths |= {f"{belief}.{side}" for belief in ENTRY_DEFAULTS for side in (sides if isinstance(sides, dict) else ())}
    return {path for path in paths if _FIXED.fullmatch(path) is None}


def _number_paths(raw: Any, shape: Shape, steps: Steps) -> Iterator[Steps]:
    if shape.kind == "number":
        yield steps
    elif shape.kind == "group":
        for name in shape.fields:
            inner = shape.inside(name)
            value = raw.get(name)
            if inner is None or inner.kind in ("number", "named") or inner.always_there or isinstance(value, dict):
                yield from _number_paths(value if isinstance(value, dict) else {}, inner or shape, (*steps, name))
    elif shape.kind == "named":
        inner = shape.inside("any")
        for name, value in raw.items():
            if inner is not None and (inner.kind == "number" or isinstance(value, dict)):
                yield from _number_paths(value, inner, (*steps, name))


DAY_META: dict[str, Any] = {
    "unit": "days",
    "low": 0.0,
    "high": math.inf,
    "doubt": "none",
    "source": ASSUMED,
    "default": None,
}


RATE_META: dict[str, Any] = {**DAY_META, "unit": "per year", "doubt": ENTRY_DOUBT}


def quantities(scenario: Scenario) -> Iterator[tuple[str, Quantity, dict[str, Any]]]:
    """Every number of a scenario: path, number, and its field's unit, low, high, doubt, source and default."""
    yield from _of_model(scenario, group(Scenario), ())
    for i, event in enumerate(scenario.events):
        yield from _of_event(event, f"events.{i}")


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
            shape = shape_at(target.split("."))
            meta = dict(shape.meta) if shape is not None else dict(RATE_META)
            meta |= {"doubt": ENTRY_DOUBT, "source": ASSUMED, "default": None}
            meta |= {} if low is None else {"low": low, "high": high}
            yield f"{path}.{kind}.{target}", number, meta


def doubt_range(number: Quantity, meta: Mapping[str, Any]) -> tuple[float, float] | None:
    """The range over which an uncertain number is drawn; None when it has a source and no range, or a distribution.

    A number's own `range` comes first, then the `doubt` of its field: a share of the value either way, or a range
    around the field's default, scaled in proportion when the value is another. None as well for doubt "none".
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


LONGEST_ACTOR = 28
"""Longest title of an actor before a colon [characters]."""


PLAIN = {
    "patron.dependence": "dependence on its patron",
    "troops_on_line": "troops on the line",
    "attention.floor": "the world's attention when nothing happens",
    "attention.start": "the world's attention at signing",
    "guarantors.ties": "ties between the guarantors",
    "agreement.buffer_km": "depth of the buffer [km]",
    "agreement.clarity": "clarity of the terms",
}
"""Words for paths, or their last steps, that are not clear by themselves."""


def path_words(path: str, scenario: Scenario) -> str:
    """A path in words, with the titles of the scenario; '*' stands for all."""
    if path in PLAIN:
        return PLAIN[path]
    steps = path.split(".")
    if steps[0] == "actors" and len(steps) > 2:
        who = "all actors" if steps[1] == "*" else _short(_title(scenario.actors, steps[1]))
        if steps[2] == "motives" and len(steps) > 3:
            what = "all motives" if steps[3] == "*" else _title(scenario.motives, steps[3])
            return f"{who}: {what}"
        return f"{who}: {_plain(steps[2:])}"
    if steps[:2] == ["front", "sectors"] and len(steps) > 3:
        where = "all sectors" if steps[2] == "*" else _title(scenario.front.sectors, steps[2])
        return f"{where}: {_plain(steps[3:])}"
    if steps[0] == "mechanisms" and len(steps) == 2:
        rule = Mechanisms.model_fields.get(steps[1])
        return f"rule: {(rule.title if rule is not None else None) or _plain(steps[1:])}"
    return PLAIN.get(path, ": ".join(_plain([step]) for step in steps))


def _title(named: object, name: str) -> str:
    """The title of an entry; its name when it has none."""
    entry = named.get(name) if isinstance(named, dict) else None
    return str(getattr(entry, "title", name))


def _short(title: str) -> str:
    """The title of an actor, shortened to LONGEST_ACTOR."""
    return textwrap.shorten(title, LONGEST_ACTOR, placeholder="…").replace(" and…", "…")


def _plain(steps: list[str]) -> str:
    """Steps without underscores and stars."""
    return PLAIN.get(".".join(steps), " ".join(steps).replace("_", " ").replace("*", "all"))
