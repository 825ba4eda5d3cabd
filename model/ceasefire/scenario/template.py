"""The file that `new` writes: a base scenario, and those of its numbers that a user is likely to change."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ceasefire.errors import ScenarioError
from ceasefire.parameters.sourced_value import ASSUMED, DISTRIBUTIONS
from ceasefire.scenario.compose import change_name
from ceasefire.scenario.find_scenarios import MOTIVES, list_changes, list_experiments
from ceasefire.scenario.load import load, split_reference
from ceasefire.scenario.schema import Name
from ceasefire.scenario.yaml_with_lines import Located, read

TERMS = {
    "monitoring": "share of the line that is monitored",
    "hotline": "how fast the officers of both sides reach each other",
    "buffer_km": "depth of the demilitarised strip",
    "clarity": "how clearly the terms say what is forbidden",
}
CAPABILITY = {"capability": "strength; only ratios between actors matter"}
BY_ROLE = {
    "belligerent": {**CAPABILITY, "discipline": "how far its commanders fire only on orders"},
    "guarantor": {**CAPABILITY, "commitment": "share of its strength that it is willing to use"},
    "outside": {"influence": "weight of its words and of its backing"},
}
COMMENTS_AT = 48
"""Column up to which comments are aligned."""

FIRST_LINE = "# yaml-language-server: $schema=./scenario.schema.json"
"""Tells an editor where the schema is that `ceasefire schema --out` writes beside the file."""


def is_name(name: str) -> bool:
    """True for a valid name of a scenario."""
    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError:
        return False
    return True


def why_not(name: str, file: Path) -> str | None:
    """Why a new scenario cannot have this name in this file, in words that follow the name; None when it can.

    It cannot when another kind of file has the name, or when other files would start from the new one unasked.
    """
    if name == Path(MOTIVES).stem:
        return "is the name of the catalogue of motives, which every scenario of the folder reads"
    for kind, files in (("a change", list_changes(file.parent)), ("an experiment", list_experiments())):
        if name in files:
            return f"is the name of {kind}, {files[name]}"
    users = [str(user) for user in _files_around(file) if name in _scenarios_named_in(user)]
    if users:
        return f"is the name of what {', '.join(users[:3])} starts from, and would take its place"
    return None


def is_same_scenario(file: Path, reference: str) -> bool:
    """Whether a file can be loaded, and gives the same scenario as the reference."""
    try:
        return load(file).digest == load(reference).digest
    except ScenarioError:
        return False


def _files_around(file: Path) -> Iterator[Path]:
    """Scenarios and experiments that look for a scenario by name where the file is."""
    for folder in dict.fromkeys((file.parent, Path("experiments"))):
        yield from sorted(other for other in folder.glob("*.yaml") if other.name not in (file.name, MOTIVES))


REFERENCES = ("base", "scenario", "to")
"""Keys of scenario and experiment files whose value names a scenario."""


def _scenarios_named_in(file: Path) -> set[str]:
    """Names of the scenarios that a file refers to; none for a file that cannot be read."""
    tree, _ = read(file)
    return {str(entry.value).split("+")[0] for entry in _references(tree)} if tree is not None else set()


def _references(tree: Located) -> Iterator[Located]:
    """The values under REFERENCES, anywhere in a file."""
    for name, entry in tree.named.items():
        if name in REFERENCES and isinstance(entry.value, str):
            yield entry
    inner: Iterable[Located] = tree.value if isinstance(tree.value, list) else tree.named.values()
    for part in inner:
        yield from _references(part)


def template_text(name: str, reference: str, file: Path) -> str:
    """The text of a new scenario file; until it is edited, it gives the same scenario as the reference.

    The changes of the reference are applied after the content of the file, so its numbers are those before them.
    Raises ScenarioError when the reference cannot be loaded.
    """
    load(reference)
    base, changes = split_reference(reference)
    return "\n".join(_lines(name, base, changes, load(base).resolved, file)) + "\n"


def _lines(name: str, base: str, changes: Sequence[str], content: dict[str, Any], file: Path) -> Iterator[str]:
    yield FIRST_LINE
    yield "# A scenario of your own. Whatever is missing here is as in the base. Every line below repeats the base"
    yield "# until you edit it; you may delete the lines that you do not change. To see all other entries:"
    yield f"#   ceasefire describe {base} --resolved"
    yield f"name: {name}"
    yield f"title: {quoted(content['title'] + ' (' + name + ')')}"
    yield f"base: {_base(base, file)}"
    if changes:
        listed = ", ".join(_change(change, file) for change in changes)
        yield f"changes: [{listed}]   # applied after everything below"
    yield f"horizon_days: {content['horizon_days']}   # days that each world is simulated"
    yield ""
    yield "agreement:"
    yield from _numbers(content["agreement"], TERMS, "  ")
    yield ""
    yield "# Weights of motives: 0 absent, 0.25 minor, 0.5 real, 0.75 strong, 1 dominant."
    yield "actors:"
    for name, actor in content["actors"].items():
        yield f"  {name}:   # {actor['title']}"
        yield from _actor(actor, content["motives"])


def _actor(actor: dict[str, Any], motives: dict[str, Any]) -> Iterator[str]:
    yield from _numbers(actor, BY_ROLE[actor["role"]], "    ")
    if actor.get("patron"):
        dependence = number_text(actor["patron"]["dependence"])
        yield f"    patron: {{dependence: {dependence}}}   # how far it depends on {actor['patron']['actor']}"
    if actor.get("motives"):
        yield "    motives:"
        yield from _numbers(actor["motives"], {name: motives[name]["title"] for name in actor["motives"]}, "      ")


def _numbers(part: dict[str, Any], wanted: dict[str, str], indent: str) -> Iterator[str]:
    """Those of the wanted numbers that a part has, one a line with its meaning, aligned."""
    numbers = {name: number_text(part[name]) for name in wanted if part.get(name) is not None}
    lines = {name: f"{indent}{name}: {number}" for name, number in numbers.items()}
    widest = max((len(line) for line in lines.values() if len(line) <= COMMENTS_AT), default=0)
    for name, line in lines.items():
        yield f"{line.ljust(widest)}   # {wanted[name]}"


def number_text(number: Any) -> str:
    """A number as in a scenario file: bare when it is only a value."""
    if not isinstance(number, dict):
        return f"{number!r}"
    parts = {name: number[name] for name in ("value", *DISTRIBUTIONS, "range") if number.get(name) is not None}
    if not number.get("source", ASSUMED).startswith(ASSUMED):
        parts |= {name: number[name] for name in ("source", "known_by") if number.get(name) is not None}
    if list(parts) == ["value"]:
        return f"{parts['value']:.12g}"
    return "{" + ", ".join(f"{name}: {_shown(value)}" for name, value in parts.items()) + "}"


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(f"{number:.12g}" for number in value) + "]"
    return (
        f"{value:.12g}" if isinstance(value, int | float) else quoted(str(value)) if " " in str(value) else str(value)
    )


def quoted(text: str) -> str:
    """Text in quotes, so that YAML reads it as text."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base(base: str, file: Path) -> str:
    """The base as the new file names it: a name as it is, a path relative to the folder of the new file."""
    if not base.endswith((".yaml", ".yml")):
        return base
    return _beside(base, file)


def _change(change: str, file: Path) -> str:
    return change if change_name(change) == change else _beside(change, file)


def _beside(path: str, file: Path) -> str:
    """A path relative to the folder of a file."""
    relative = Path(os.path.relpath(path, file.parent)).as_posix()
    return relative if "/" in relative else f"./{relative}"
