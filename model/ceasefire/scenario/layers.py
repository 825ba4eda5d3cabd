"""Which layer of a scenario set each of its numbers, and what that layer overruled.

The layers, each over those before it: the base of a file (with its own layers), what the file says, the changes that
the file names, in their order; then the changes of the command, in their order; then its settings, in their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ceasefire.parameters.sourced_value import DISTRIBUTIONS
from ceasefire.scenario.find_scenarios import shipped
from ceasefire.scenario.parameter_paths import Shape, group
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.yaml_with_lines import Located, Place, Steps, to_plain

NUMBERS = ("number", "real", "count")
"""Kinds of fields that hold a number."""

DEFAULT = "default"


@dataclass
class Layers:
    """The numbers of a scenario: by path, every place that set one and the value there, oldest first.

    `items` are the places of the items of lists that numbers stand in: a list is replaced as a whole, so that the third
    event of a file is not the third event of its base.
    """

    by_path: dict[Steps, list[tuple[Place, Any]]] = field(default_factory=dict)
    items: dict[Steps, Place | None] = field(default_factory=dict)

    def note(self, tree: Located) -> None:
        """Note what the last layer has set: every number whose place is not the one that it had before."""
        for steps, number, item in numbers_of(tree, group(Scenario), (), None):
            if self.items.setdefault(steps, item) != item:
                self.by_path[steps], self.items[steps] = [], item
            known = self.by_path.setdefault(steps, [])
            value = to_plain(number)
            if not known or known[-1] != (number.place, value):
                known.append((number.place, value))

    def comments(self) -> dict[Steps, str]:
        """For each number in words: which layer set it, and what it overruled, the latest first."""
        return {steps: _in_words(known) for steps, known in self.by_path.items()}


def numbers_of(
    tree: Located, shape: Shape | None, steps: Steps, item: Place | None
) -> Iterator[tuple[Steps, Located, Place | None]]:
    """Every number that is written in a tree, with its path and the place of the item of a list that it stands in."""
    if shape is None:
        return
    if shape.kind in NUMBERS:
        yield steps, tree, item
        return
    if isinstance(tree.value, list):
        for position, part in enumerate(tree.value):
            yield from numbers_of(part, shape.inside(position), (*steps, str(position)), part.place)
        return
    for name, part in tree.named.items():
        yield from numbers_of(part, shape.inside(name), (*steps, name), item)


def _in_words(known: list[tuple[Place, Any]]) -> str:
    *before, (place, _) = known
    overruled = ", ".join(f"{_shown(value)} ({_layer(where)})" for where, value in reversed(before))
    return _layer(place) + (f"; overrules {overruled}" if overruled else "")


def _layer(place: Place) -> str:
    """A layer in short: the file, from the current folder or from the shipped ones, with its line; or the option."""
    if place.line is None:
        return place.file or DEFAULT
    file, home = Path(place.file), shipped("scenarios")
    name = f"shipped {file.relative_to(home).as_posix()}" if file.is_relative_to(home) else place.file
    return f"{name}:{place.line}"


def _shown(value: Any) -> str:
    """A number as a person would write it, without source and note."""
    if not isinstance(value, dict):
        return f"{value:.12g}" if isinstance(value, int | float) else str(value)
    forms = {name: value[name] for name in ("value", *DISTRIBUTIONS) if value.get(name) is not None}
    if list(forms) == ["value"]:
        return _shown(forms["value"])
    return ", ".join(f"{name} {form}" for name, form in forms.items())
