"""What may stand at a path of a scenario, read off the schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ceasefire.scenario.quantity import ASSUMED, Quantity
from ceasefire.scenario.said import Step
from ceasefire.scenario.schema import Scenario

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
"""What such an entry is when nobody says it."""

ENTRY_DOUBT = 0.25


@dataclass(frozen=True)
class Shape:
    """What may stand at one place of a scenario."""

    kind: Kind
    model: type[BaseModel] | None = None
    inner: Any = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    default: Any = None
    opens: bool = False
    """It is there, empty or with its defaults, when nobody says it."""
    description: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields of a group or a number, as written in files."""
        return tuple(_fields(self.model)) if self.model else ()

    def inside(self, step: Step) -> Shape | None:
        """What may stand one step further; None when nothing may."""
        if self.model is not None:
            return _fields(self.model).get(str(step))
        if self.kind == "named":
            return _shape(self.inner, entry_of=self.meta.get("name", ""))
        if self.kind == "list" and str(step).isdigit():
            return _shape(self.inner, entry_of="")
        return None


def shape_at(steps: Sequence[Step], root: type[BaseModel] = Scenario) -> Shape | None:
    """What the schema allows at a path; None when it allows nothing."""
    found: Shape | None = group(root)
    for step in steps:
        found = found.inside(step) if found is not None else None
    return found


@cache
def group(model: type[BaseModel]) -> Shape:
    """The shape of a whole model."""
    return Shape("group", model)


@cache
def _fields(model: type[BaseModel]) -> dict[str, Shape]:
    return {info.alias or name: _field_shape(name, info) for name, info in model.model_fields.items()}


def _field_shape(name: str, info: FieldInfo) -> Shape:
    annotation: Any = info.annotation
    found = _shape(annotation, entry_of="")
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    default = None if info.is_required() or info.default_factory is not None else info.default
    meta: dict[str, Any] = {"name": name}
    if found.kind == "number":
        default = Quantity.model_validate(default) if default is not None else None
        meta = {**found.meta, **extra, "default": default.value if default is not None else None}
    opens = info.default_factory is not None
    return Shape(found.kind, found.model, found.inner, meta, default, opens, info.description or "")


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
        said = None if default is None else Quantity(value=default)
        return Shape("number", annotation, meta=_entry_meta(annotation, entry_of), default=said)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return group(annotation)
    return Shape("real" if annotation is float else "other")


def _entry_meta(kind: type[Quantity], entry_of: str) -> dict[str, Any]:
    limits = {"low": kind.low, "high": kind.high, "doubt": ENTRY_DOUBT}
    return {"unit": ENTRY_UNITS.get(entry_of, ""), **limits, "source": ASSUMED, "default": None}
