"""JSON Schema of the files that users edit, for editors that complete and explain, from the models that check them.

A schema says less than `ceasefire check`: it knows fields, units, limits and choices, not what refers to what. It asks
for nothing to be there but a name, because a file says only what differs from its base.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ceasefire.parameters.sourced_value import Quantity, count_of
from ceasefire.scenario.parameter_paths import ENTRY_UNITS, group
from ceasefire.scenario.schema import Change, Scenario

Schema = dict[str, Any]

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The dialect that editors know best."""

QUANTITIES = {"Quantity": (None, None), "Share": (0.0, 1.0), "Amount": (0.0, 1e6)}
"""Forms of a number, and the limits of a bare one."""

SOURCED = "{}-with-source"
"""Name of the form of a number that is not bare."""

LAYERS: Schema = {
    "base": {"type": "string", "description": "the scenario to start from; what is left out here is as there"},
    "changes": {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "description": "named changes, applied after everything that this file says",
    },
}
"""What a scenario file may say that is not in a scenario: it is gone when the file has been read."""


def scenario_schema() -> Schema:
    """The schema of scenario files."""
    schema = schema_of(Scenario)
    schema["properties"] = {"name": schema["properties"].pop("name"), **LAYERS, **schema["properties"]}
    return schema


def change_schema() -> Schema:
    """The schema of files of changes."""
    return schema_of(Change)


def schema_of(model: type[BaseModel], short: Mapping[str, Schema] | None = None) -> Schema:
    """The schema of a model's files; `short` gives another way to write some parts, by the name of their model."""
    raw = model.model_json_schema(by_alias=True, ref_template="#/definitions/{model}")
    definitions = {name: _plain(part) for name, part in raw.pop("$defs", {}).items()}
    for name, (low, high) in QUANTITIES.items():
        if name in definitions:
            definitions[SOURCED.format(name)] = definitions[name]
            definitions[name] = {"anyOf": [_bare(low, high), _reference(SOURCED.format(name))]}
    for name, other in (short or {}).items():
        definitions[name] = {"anyOf": [other, definitions[name]]}
    schema = {"$schema": DIALECT, "title": f"{model.__name__} of ceasefire", **_plain(raw), "definitions": definitions}
    return {**schema, "required": ["name"]} if "name" in schema["properties"] else schema


def _reference(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _bare(low: float | None, high: float | None) -> Schema:
    limits = {"minimum": low, "maximum": high}
    return {"type": "number", **{name: value for name, value in limits.items() if value is not None}}


def _plain(part: Any) -> Any:
    """A part of a schema without what is made from Python names, with the limits of its numbers, and never required."""
    if isinstance(part, list):
        return [_plain(each) for each in part]
    if not isinstance(part, dict):
        return part
    if "unit" in part:
        return _number(part)
    dropped = {"title", "required", "default", "minProperties", "maxProperties", "minItems"}
    kept = {name: _plain(value) for name, value in part.items() if name not in dropped and name != "properties"}
    if "properties" in part:
        kept["properties"] = {name: _or_null(_plain(value)) for name, value in part["properties"].items()}
    if isinstance(kept.get("additionalProperties"), dict):
        kept["additionalProperties"] = _or_null(kept["additionalProperties"])
    if "$ref" in kept and len(kept) > 1:  # what stands beside a reference is not looked at
        kept["allOf"] = [{"$ref": kept.pop("$ref")}]
    return kept


def _or_null(part: Schema) -> Schema:
    """A part that may be `null` instead, which removes the entry of the base."""
    forms = part.get("anyOf", [])
    if {"type": "null"} in forms:
        return part
    described = {name: part[name] for name in ("description",) if name in part}
    inner = {name: value for name, value in part.items() if name != "description"}
    return {**described, "anyOf": [inner, {"type": "null"}]}


def _number(part: Schema) -> Schema:
    """A number declared with `number`: bare within its limits, or with a source, a range or a distribution."""
    return {
        "description": f"{part.get('description', '')} [{part['unit']}, {_span(part['low'], part['high'])}]",
        "anyOf": [_bare(part["low"], part["high"]), _reference(SOURCED.format("Quantity")), {"type": "null"}],
    }


def _span(low: float, high: float) -> str:
    return f"{low:g} to {high:,.10g}"


Row = tuple[str, str, str, str, str]
"""Path, unit and limits, default, range when assumed, meaning."""


def rows_of(model: type[BaseModel], prefix: str = "") -> Iterator[Row]:
    """A row for each field of a model and of the models in it, in the order of the files; names stand in <brackets>."""
    for name, info in model.model_fields.items():
        field = info.alias or name
        shape, step = group(model).inside(field), ""
        while shape is not None and shape.kind in ("named", "list"):
            step += ".<name>" if shape.kind == "named" else ".<position>"
            shape = shape.inside("0")
        assert shape is not None
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        of_entry = shape.kind == "number" and bool(step)
        meta = {**shape.meta, "unit": shape.meta.get("unit") or ENTRY_UNITS.get(name, "number")} if of_entry else extra
        path = f"{prefix}{field}{step}"
        yield path, _limits(info, meta), _default(info), _doubt(meta), _meaning(info)
        if shape.model is not None and not issubclass(shape.model, Quantity):
            yield from rows_of(shape.model, f"{path}.")


def _meaning(info: FieldInfo) -> str:
    """What a field means, after what pages call it."""
    return ": ".join(filter(None, (info.title, info.description)))


def _limits(info: FieldInfo, extra: Mapping[str, Any]) -> str:
    """Unit and limits of a number; the choices of a word; otherwise ''."""
    if "unit" in extra:
        return f"{extra['unit']}, {_span(extra['low'], extra['high'])}"
    forms = [info.annotation, *get_args(info.annotation)]
    notes = [*info.metadata, *(note for form in forms for note in getattr(form, "__metadata__", ()))]
    for count in notes:
        if isinstance(count, count_of):
            return f"{count.unit}, {_span(count.low, count.high)}"
    words = [word for form in forms if get_origin(form) is Literal for word in get_args(form)]
    return " / ".join(word for word in words if isinstance(word, str))


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "needed"
    if info.default_factory is not None:
        return ""
    given = info.get_default()
    if isinstance(given, dict) and "value" in given:
        return f"{given['value']:g}"
    return "" if given is None or isinstance(given, (BaseModel, dict, list)) else str(given).lower()


def _doubt(extra: Mapping[str, Any]) -> str:
    """The range that an assumed number is drawn over."""
    doubt = extra.get("doubt")
    if isinstance(doubt, (tuple, list)):
        return f"{doubt[0]:g} to {doubt[1]:g}"
    return f"± {100 * doubt:g} %" if isinstance(doubt, float) else str(doubt or "")
