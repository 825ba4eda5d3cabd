"""Who said what: the content of scenario files with the file and line of every part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ceasefire.errors import Fault

Step = str | int
Steps = tuple[Step, ...]
"""Where something stands in a scenario: names of mappings, positions in lists."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, or of the command line when `line` is None."""

    file: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A mapping of Said, a list of Said, or a bare YAML value, and the place that says it."""

    value: Any
    place: Place

    @property
    def named(self) -> dict[str, Said]:
        """Its entries when it is a mapping; nothing otherwise."""
        return self.value if isinstance(self.value, dict) else {}

    def at(self, step: Step) -> Said | None:
        """The entry of that name, or the item at that position; None when there is none."""
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if isinstance(self.value, list) and str(step).isdigit() and int(step) < len(self.value):
            found: Said = self.value[int(step)]
            return found
        return None


def find(tree: Said, steps: Sequence[Step]) -> Said | None:
    """What stands at these steps, if anything."""
    found: Said | None = tree
    for step in steps:
        found = found.at(step) if found is not None else None
    return found


def place_of(tree: Said, steps: Sequence[Step]) -> Place:
    """The place of what stands at these steps, or of the nearest part around them."""
    around = tree
    for step in steps:
        inner = around.at(step)
        if inner is None:
            break
        around = inner
    return around.place


def plain(said: Said) -> Any:
    """The bare content, without places."""
    if isinstance(said.value, dict):
        return {name: plain(entry) for name, entry in said.value.items()}
    if isinstance(said.value, list):
        return [plain(item) for item in said.value]
    return said.value


def said_by(content: Any, place: Place) -> Said:
    """Plain content, all of it said at one place."""
    if isinstance(content, Mapping):
        return Said({str(name): said_by(entry, place) for name, entry in content.items()}, place)
    if isinstance(content, (list, tuple)):
        return Said([said_by(item, place) for item in content], place)
    return Said(content.item() if hasattr(content, "item") else content, place)


def dotted(steps: Sequence[Step]) -> str:
    """Steps as a path: `actors.turkey.capability`."""
    return ".".join(map(str, steps))


def fault_at(place: Place, path: str, message: str) -> Fault:
    """A fault at a place."""
    return Fault(place.file, place.line, path, message)
