"""What the schema finds wrong, in plain words and with the line that said it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ceasefire.errors import Fault
from ceasefire.scenario.parameter_paths import Shape, group
from ceasefire.scenario.yaml_with_lines import Located, Place, Steps, dotted, fault_at, find, place_of
from ceasefire.suggestions import comma_list, did_you_mean

LENGTHS = {"too_short", "too_long"}
DATES = ("date", "datetime")
SAID_ELSEWHERE = {"posture"}
"""Fields whose values the cross-checks judge, with more to say than the schema."""


def faults_of(
    error: ValidationError,
    tree: Located,
    root: type[BaseModel] | Shape,
    removed: Mapping[Steps, Place] | None = None,
) -> list[Fault]:
    """One fault for every place that the schema finds wrong."""
    top = root if isinstance(root, Shape) else group(root)
    found: dict[str, Fault] = {}
    for detail in error.errors(include_url=False):
        steps = _steps(detail["loc"], tree, detail["type"])
        if _judged_elsewhere(tree, steps):
            continue
        place = (removed or {}).get(steps) or place_of(tree, steps)
        fault = fault_at(place, dotted(steps), in_words(detail, steps, top))
        found.setdefault(fault.path, fault)
    return list(found.values())


def in_words(detail: ErrorDetails, steps: Steps, top: Shape) -> str:
    """One message of the schema in plain words."""
    kind, here, around = detail["type"], _shape(top, steps), _shape(top, steps[:-1])
    if kind == "extra_forbidden":
        return "no such field" + did_you_mean(str(steps[-1]), around.fields if around else ())
    if kind == "missing":
        return _missing(steps, here, around)
    if kind in LENGTHS:
        return _length(detail, here)
    if kind == "literal_error":
        return _choice(detail["input"], str(detail.get("ctx", {}).get("expected", "")))
    if kind.startswith(DATES):
        return f"{shown(detail['input'])} is not a date; write it as 2020-03-06"
    return _wrong_kind(kind, detail, here)


def _wrong_kind(kind: str, detail: ErrorDetails, here: Shape | None) -> str:
    given = shown(detail["input"])
    if kind in ("model_type", "model_attributes_type"):
        return f"{given} stands where fields should: {comma_list(here.fields) if here else ''}"
    if kind == "dict_type":
        return f"{given} stands where entries by name should, each on a line `name: …`"
    if kind in ("list_type", "tuple_type"):
        return f"{given} is not a list; write it as [a, b]"
    if kind == "string_type":
        return f"{given} is not text; put it in quotes"
    if kind in ("bool_type", "bool_parsing"):
        return f"{given} is neither true nor false"
    message = detail["msg"]
    return message[0].lower() + message[1:] if message[:5] in ("Input", "Value") else message


def _steps(loc: Sequence[str | int], tree: Located, kind: str) -> Steps:
    """Where the schema points, without its marks for keys and for the ways of a choice."""
    steps: Steps = ()
    for i, step in enumerate(loc):
        last = i == len(loc) - 1
        there = find(tree, (*steps, step)) is not None
        if there or (last and kind == "missing") or (kind == "missing" and not str(step).startswith("literal[")):
            steps = (*steps, step)
    return steps


def _judged_elsewhere(tree: Located, steps: Steps) -> bool:
    return len(steps) == 3 and steps[0] == "actors" and steps[-1] in SAID_ELSEWHERE


def _shape(top: Shape, steps: Steps) -> Shape | None:
    found: Shape | None = top
    for step in steps:
        found = found.inside(step) if found is not None else None
    return found


def _missing(steps: Steps, here: Shape | None, around: Shape | None) -> str:
    if isinstance(steps[-1], int) and around is not None:
        return f"lacks a number: {around.description}" if around.description else "lacks an item"
    says = here.description if here is not None else ""
    return f"is missing: {says}" if says else "is missing"


def _length(detail: ErrorDetails, here: Shape | None) -> str:
    context, given = detail.get("ctx", {}), detail["input"]
    wanted = context.get("min_length", context.get("max_length"))
    bound = "at least" if detail["type"] == "too_short" else "at most"
    says = f": {here.description}" if here is not None and here.description else ""
    return f"has {len(given) if hasattr(given, '__len__') else 'too many'} and needs {bound} {wanted}{says}"


def _choice(given: object, expected: str) -> str:
    choices = expected.replace("' or '", "', '").strip("'").split("', '")
    return f"{shown(given)} is not one of {comma_list(choices)}{_close(given, choices)}"


def _close(given: object, choices: Sequence[str]) -> str:
    hint = did_you_mean(str(given), choices)
    return hint if "did you mean" in hint else ""


def shown(given: Any) -> str:
    """A value as a message repeats it."""
    if isinstance(given, Mapping):
        return "a mapping"
    if isinstance(given, (list, tuple)):
        return "a list"
    if given is None:
        return "nothing"
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, (datetime.date, int, float)):
        return str(given)
    text = str(given)
    return f"'{text if len(text) <= 40 else text[:39] + '…'}'"
