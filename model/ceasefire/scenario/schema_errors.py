"""Errors of the schema as faults in plain words, with file and line."""

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
CHECKED_ELSEWHERE = {"posture"}
"""Fields whose values the cross-checks report, in a better message than that of the schema."""


def faults_of(
    error: ValidationError,
    tree: Located,
    root: type[BaseModel] | Shape,
    removed: Mapping[Steps, Place] | None = None,
) -> list[Fault]:
    """One fault for every path at which the schema reports an error."""
    top = root if isinstance(root, Shape) else group(root)
    faults: dict[str, Fault] = {}
    for detail in error.errors(include_url=False):
        steps = _steps(detail["loc"], tree, detail["type"])
        if _is_checked_elsewhere(steps):
            continue
        place = (removed or {}).get(steps) or place_of(tree, steps)
        fault = fault_at(place, dotted(steps), in_words(detail, steps, top))
        faults.setdefault(fault.path, fault)
    return list(faults.values())


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
    return _wrong_type(kind, detail, here)


def _wrong_type(kind: str, detail: ErrorDetails, here: Shape | None) -> str:
    """A value of the wrong type; any other message of the schema as it is."""
    given = shown(detail["input"])
    if kind in ("model_type", "model_attributes_type"):
        return f"{given} stands in the place of fields: {comma_list(here.fields) if here else ''}"
    if kind == "dict_type":
        return f"{given} stands in the place of named entries; write each on a line `name: …`"
    if kind in ("list_type", "tuple_type"):
        return f"{given} is not a list; write it as [a, b]"
    if kind == "string_type":
        return f"{given} is not text; put it in quotes"
    if kind in ("bool_type", "bool_parsing"):
        return f"{given} is neither true nor false"
    message = detail["msg"]
    return message[0].lower() + message[1:] if message[:5] in ("Input", "Value") else message


def _steps(loc: Sequence[str | int], tree: Located, kind: str) -> Steps:
    """The path of an error, without the marks that the schema adds for keys and for alternatives."""
    steps: Steps = ()
    for i, step in enumerate(loc):
        last = i == len(loc) - 1
        exists = find(tree, (*steps, step)) is not None
        if exists or (last and kind == "missing") or (kind == "missing" and not str(step).startswith("literal[")):
            steps = (*steps, step)
    return steps


def _is_checked_elsewhere(steps: Steps) -> bool:
    return len(steps) == 3 and steps[0] == "actors" and steps[-1] in CHECKED_ELSEWHERE


def _shape(top: Shape, steps: Steps) -> Shape | None:
    """The shape at a path; None when nothing may stand there."""
    shape: Shape | None = top
    for step in steps:
        shape = shape.inside(step) if shape is not None else None
    return shape


def _missing(steps: Steps, here: Shape | None, around: Shape | None) -> str:
    """A required field or item that is missing."""
    if isinstance(steps[-1], int) and around is not None:
        return f"is missing a number: {around.description}" if around.description else "is missing an item"
    meaning = here.description if here is not None else ""
    return f"is missing: {meaning}" if meaning else "is missing"


def _length(detail: ErrorDetails, here: Shape | None) -> str:
    """A list or mapping with too few or too many entries."""
    context, given = detail.get("ctx", {}), detail["input"]
    wanted = context.get("min_length", context.get("max_length"))
    bound = "at least" if detail["type"] == "too_short" else "at most"
    meaning = f": {here.description}" if here is not None and here.description else ""
    count = len(given) if hasattr(given, "__len__") else "too many"
    return f"has {count} {'entry' if count == 1 else 'entries'} and needs {bound} {wanted}{meaning}"


def _choice(given: object, expected: str) -> str:
    """A value that is none of those allowed."""
    choices = expected.replace("' or '", "', '").strip("'").split("', '")
    return f"{shown(given)} is not one of {comma_list(choices)}{_close(given, choices)}"


def _close(given: object, choices: Sequence[str]) -> str:
    """The nearest choice as a hint, if any is near."""
    hint = did_you_mean(str(given), choices)
    return hint if "did you mean" in hint else ""


def shown(given: Any) -> str:
    """A value as a message shows it."""
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
