"""A short scenario file to begin with: another scenario, and the numbers of it that one is likely to change."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ceasefire.parameters.sourced_value import ASSUMED, DISTRIBUTIONS
from ceasefire.scenario.compose import change_name
from ceasefire.scenario.load import load, split_reference
from ceasefire.scenario.schema import Name

TERMS = {
    "monitoring": "share of the line that somebody watches",
    "hotline": "how surely the staffs reach each other",
    "buffer_km": "depth kept free of arms",
    "clarity": "how plainly the terms say what is forbidden",
}
CAPABILITY = {"capability": "strength; only ratios between actors matter"}
BY_ROLE = {
    "belligerent": {**CAPABILITY, "discipline": "how far its commanders fire only on orders"},
    "guarantor": {**CAPABILITY, "commitment": "share of it that it is willing to bring"},
    "outside": {"influence": "weight of its words and of its backing"},
}
COMMENTS_AT = 48
"""Column up to which comments are aligned."""


def is_name(name: str) -> bool:
    """Whether a scenario may be called that."""
    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError:
        return False
    return True


def starter_text(name: str, reference: str, file: Path) -> str:
    """The text of a new scenario file; until it is edited, the scenario is the one that it starts from.

    Changes of the reference are applied anew after what the file says, so the numbers are those before them.
    Raises ScenarioError when the reference cannot be loaded.
    """
    load(reference)
    base, changes = split_reference(reference)
    return "\n".join(_lines(name, base, changes, load(base).resolved, file)) + "\n"


def _lines(name: str, base: str, changes: Sequence[str], content: dict[str, Any], file: Path) -> Iterator[str]:
    yield "# A scenario of your own. What is not said here is as in its base; every line below says what the base"
    yield "# says, until you edit it. Lines that you leave alone may go. More words and numbers to set:"
    yield f"#   ceasefire describe {base} --resolved"
    yield f"name: {name}"
    yield f"title: {_quoted(content['title'] + ' (' + name + ')')}"
    yield f"base: {_base(base, file)}"
    if changes:
        listed = ", ".join(_change(change, file) for change in changes)
        yield f"changes: [{listed}]   # applied after all that stands below"
    yield f"horizon_days: {content['horizon_days']}   # how long worlds are followed"
    yield ""
    yield "agreement:"
    yield from _numbers(content["agreement"], TERMS, "  ")
    yield ""
    yield "# Weights of motives: 0 absent, 0.25 minor, 0.5 real, 0.75 strong, 1 dominant."
    yield "actors:"
    for actor, said in content["actors"].items():
        yield f"  {actor}:   # {said['title']}"
        yield from _actor(said, content["motives"])


def _actor(said: dict[str, Any], motives: dict[str, Any]) -> Iterator[str]:
    yield from _numbers(said, BY_ROLE[said["role"]], "    ")
    if said.get("patron"):
        dependence = _number(said["patron"]["dependence"])
        yield f"    patron: {{dependence: {dependence}}}   # how far it depends on {said['patron']['actor']}"
    if said.get("motives"):
        yield "    motives:"
        yield from _numbers(said["motives"], {name: motives[name]["title"] for name in said["motives"]}, "      ")


def _numbers(said: dict[str, Any], wanted: dict[str, str], indent: str) -> Iterator[str]:
    """The wanted numbers that are said, aligned, each with what it means."""
    there = {name: _number(said[name]) for name in wanted if said.get(name) is not None}
    lines = {name: f"{indent}{name}: {number}" for name, number in there.items()}
    widest = max((len(line) for line in lines.values() if len(line) <= COMMENTS_AT), default=0)
    for name, line in lines.items():
        yield f"{line.ljust(widest)}   # {wanted[name]}"


def _number(said: Any) -> str:
    """A number as a scenario file writes it: bare when that says it all."""
    if not isinstance(said, dict):
        return f"{said!r}"
    parts = {name: said[name] for name in ("value", *DISTRIBUTIONS, "range") if said.get(name) is not None}
    if not said.get("source", ASSUMED).startswith(ASSUMED):
        parts |= {name: said[name] for name in ("source", "known_by") if said.get(name) is not None}
    if list(parts) == ["value"]:
        return f"{parts['value']:.12g}"
    return "{" + ", ".join(f"{name}: {_shown(value)}" for name, value in parts.items()) + "}"


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(f"{number:.12g}" for number in value) + "]"
    return (
        f"{value:.12g}" if isinstance(value, int | float) else _quoted(str(value)) if " " in str(value) else str(value)
    )


def _quoted(text: str) -> str:
    """Text that YAML reads as text, whatever stands in it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base(base: str, file: Path) -> str:
    """The base as the new file finds it: a name stays; a path is told from the new file's folder."""
    if not base.endswith((".yaml", ".yml")):
        return base
    return _beside(base, file)


def _change(change: str, file: Path) -> str:
    return change if change_name(change) == change else _beside(change, file)


def _beside(path: str, file: Path) -> str:
    found = Path(os.path.relpath(path, file.parent)).as_posix()
    return found if "/" in found else f"./{found}"
