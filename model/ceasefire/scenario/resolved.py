"""The resolved scenario, with every default written out: as plain content, as YAML, and as a digest."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from ceasefire.parameters.sourced_value import DISTRIBUTIONS, Quantity
from ceasefire.scenario.layers import DEFAULT, NUMBERS
from ceasefire.scenario.parameter_paths import Shape, group
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.yaml_with_lines import Steps

FOR_READERS = frozenset(
    {"name", "title", "summary", "source", "note", "known_by", "history", "really", "deaths_after_end"}
)
"""Fields that do not affect results."""

HEADER = (
    "# The whole scenario with every default stated. Made by the program: edit the scenario it came from instead.\n"
)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_DATES = frozenset({"start", "known_by", "end", "holding_on", "formal_end"})
_RESERVED = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def plain_content(thing: Any) -> Any:
    """A scenario or a part of it as plain content, in the order of the schema; a number keeps its source."""
    if isinstance(thing, Quantity):
        return {name: plain_content(value) for name, value in thing if value is not None}
    if isinstance(thing, BaseModel):
        fields = type(thing).model_fields
        return {info.alias or name: plain_content(getattr(thing, name)) for name, info in fields.items()}
    if isinstance(thing, dict):
        return {name: plain_content(entry) for name, entry in thing.items()}
    if isinstance(thing, (list, tuple)):
        return [plain_content(item) for item in thing]
    return thing.isoformat() if isinstance(thing, datetime.date) else thing


def digest(scenario: Scenario) -> str:
    """SHA-256 of the numbers and the structure, in hex; titles, sources and notes do not change it.

    Whether a number is ASSUMED does change it, since a run then draws the number; the words of a source do not.
    """
    text = json.dumps(_bare(scenario), separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def words_digest(scenario: Scenario, change_titles: Mapping[str, str]) -> str:
    """SHA-256, in hex, of everything that is shown, words included: it changes when a title or a source does."""
    text = json.dumps(
        [plain_content(scenario), dict(change_titles)], separators=(",", ":"), ensure_ascii=True, sort_keys=True
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _bare(thing: Any) -> Any:
    """The content that affects results. Mappings become lists of pairs, because their order may matter."""
    if isinstance(thing, Quantity):
        forms = {name: getattr(thing, name) for name in ("value", *DISTRIBUTIONS, "range")}
        return {**{name: form for name, form in forms.items() if form is not None}, "assumed": thing.assumed}
    if isinstance(thing, BaseModel):
        names = (name for name in type(thing).model_fields if name not in FOR_READERS)
        return {name: _bare(getattr(thing, name)) for name in names}
    if isinstance(thing, dict):
        return [[name, _bare(entry)] for name, entry in thing.items()]
    if isinstance(thing, (list, tuple)):
        return [_bare(item) for item in thing]
    return thing.isoformat() if isinstance(thing, datetime.date) else thing


Comments = Mapping[Steps, str]
"""Words for numbers of a scenario, by path."""


def as_yaml(content: dict[str, Any], comments: Comments | None = None) -> str:
    """Plain content as YAML; reading it gives the same content.

    With `comments`, the line of each number ends with its comment; a number without one has its default.
    """
    return HEADER + "\n".join(_lines(content, "", comments, (), group(Scenario))) + "\n"


def _lines(
    content: dict[str, Any], indent: str, comments: Comments | None, steps: Steps, shape: Shape | None
) -> Iterator[str]:
    for name, entry in content.items():
        here, inner = (*steps, name), shape.inside(name) if shape else None
        if _is_short(entry):
            line = f"{indent}{_entry(name, entry)}"
            yield line if comments is None else line + _comment(comments, here, inner)
        elif isinstance(entry, dict):
            yield f"{indent}{_text(name)}:"
            yield from _lines(entry, indent + "  ", comments, here, inner)
        else:
            yield f"{indent}{_text(name)}:"
            for position, item in enumerate(entry):
                one = inner.inside(position) if inner else None
                yield from _item(item, indent + "  ", comments, (*here, str(position)), one)


def _comment(comments: Comments, steps: Steps, shape: Shape | None) -> str:
    """The end of the line of a number; empty for anything else."""
    if shape is None or shape.kind not in NUMBERS:
        return ""
    return f"   # {comments.get(steps, DEFAULT)}"


def _item(item: Any, indent: str, comments: Comments | None, steps: Steps, shape: Shape | None) -> Iterator[str]:
    if not isinstance(item, dict) or not item:
        yield f"{indent}- {_short(item)}"
        return
    first, *rest = _lines(item, indent + "  ", comments, steps, shape)
    yield f"{indent}- {first.lstrip()}"
    yield from rest


def _is_short(entry: Any) -> bool:
    if isinstance(entry, dict):
        return not entry or ("source" in entry and "title" not in entry)
    return not isinstance(entry, list) or not any(isinstance(item, dict) for item in entry)


def _short(entry: Any) -> str:
    if isinstance(entry, dict):
        return "{" + ", ".join(_entry(name, value) for name, value in entry.items()) + "}"
    if isinstance(entry, list):
        return "[" + ", ".join(map(_short, entry)) + "]"
    if entry is None or isinstance(entry, bool):
        return {None: "null", True: "true", False: "false"}[entry]
    if isinstance(entry, (int, float)):
        return repr(int(entry) if entry == int(entry) and abs(entry) < 1e15 else entry)
    return _text(entry)


def _entry(name: str, value: Any) -> str:
    return f"{_text(name)}: {value if name in _DATES and isinstance(value, str) else _short(value)}"


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
