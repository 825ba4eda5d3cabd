"""Differences between two scenarios, in parts that can be exchanged one at a time and in any order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ceasefire.experiments.factors import Factor
from ceasefire.parameters.sourced_value import DISTRIBUTIONS
from ceasefire.scenario.compose import Assembly
from ceasefire.scenario.load import Loaded, validated
from ceasefire.scenario.overrides import Draft
from ceasefire.scenario.parameter_paths import Shape, group
from ceasefire.scenario.resolved import FOR_READERS
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.yaml_with_lines import Located, Place, located_at

Steps = tuple[str, ...]
Content = dict[str, Any]

REST = "everything-else"
"""The name of the part that has all differences of no other part."""

WITHOUT_EFFECT = FOR_READERS | {"start"}
"""Keys whose differences change no world."""

MOST_PARTS = 10
"""The number of subsets doubles with each part: 10 parts have 1,024."""


OF_ONE_DEAL = ("history", "really")
"""What came before a deal and what became of it: no part of a mixture of two."""


@dataclass(frozen=True)
class Swap:
    """Two scenarios, and the paths that each part exchanges."""

    here: Loaded
    there: Loaded
    parts: dict[str, tuple[Steps, ...]]

    @property
    def factors(self) -> tuple[Factor, ...]:
        """A factor for each part: 0 for the first scenario's values, 1 for the other's."""
        return tuple(
            Factor(name, "part", True, tuple(".".join(steps) for steps in paths)) for name, paths in self.parts.items()
        )

    def with_parts(self, names: Sequence[str]) -> Scenario:
        """The first scenario with some parts of the other. ScenarioError when the result is not valid."""
        content = self.here.resolved
        for name in names:
            for steps in self.parts[name]:
                content = _with_place(content, self.there.resolved, steps)
        later = max(self.here.scenario.start, self.there.scenario.start)
        content = {name: part for name, part in content.items() if name not in OF_ONE_DEAL}
        content["start"] = later.isoformat()
        place = Place(f"{self.here.label} with {', '.join(names) or 'nothing'} of {self.there.label}")
        draft = Draft(Located({}, place))
        draft.overlay(located_at(content, place))
        return validated(Assembly(draft, list(content["motives"])))


def between(
    here: Loaded, there: Loaded, parts: Mapping[str, Sequence[str]]
) -> tuple[Swap, list[tuple[tuple[str | int, ...], str]]]:
    """The paths that each part exchanges, with one more part for the rest; and the faults of the parts."""
    left = list(differences(here.resolved, there.resolved, group(Scenario), ()))
    wrong: list[tuple[tuple[str | int, ...], str]] = []
    paths: dict[str, tuple[Steps, ...]] = {}
    for name, patterns in parts.items():
        for position, pattern in enumerate(patterns):
            hits = [steps for steps in left if _under(steps, pattern)]
            if not hits:
                wrong.append(
                    (
                        (name, position),
                        f"the two scenarios do not differ in '{pattern}', or another part has that difference",
                    )
                )
            paths[name] = (*paths.get(name, ()), *hits)
            left = [steps for steps in left if steps not in hits]
    if left:
        paths[REST] = tuple(left)
    if len(paths) > MOST_PARTS:
        wrong.append(
            ((), f"{len(paths)} parts have {2 ** len(paths):,} subsets; join some: {MOST_PARTS} parts are the most")
        )
    return Swap(here, there, paths), wrong


def differences(here: Content, there: Content, shape: Shape | None, steps: Steps) -> Iterator[Steps]:
    """The deepest places at which two scenarios differ in a way that can change a world."""
    for name in dict.fromkeys((*here, *there)):
        inner, at = shape.inside(name) if shape else None, (*steps, name)
        if name in WITHOUT_EFFECT and not (shape is not None and shape.kind == "named"):
            continue
        one, other = here.get(name), there.get(name)
        both_nested = isinstance(one, dict) and isinstance(other, dict)
        if both_nested and (inner is None or inner.kind != "number"):
            yield from differences(one, other, inner, at)  # type: ignore[arg-type]
        elif _essential(one) != _essential(other):
            yield at


def _essential(content: Any) -> Any:
    """Content without the keys that are only for readers."""
    if isinstance(content, dict) and "source" in content and set(content) & {"value", *DISTRIBUTIONS}:
        return {name: content.get(name) for name in ("value", *DISTRIBUTIONS, "range")}
    if isinstance(content, dict):
        return {name: _essential(entry) for name, entry in content.items() if name not in FOR_READERS}
    return [_essential(item) for item in content] if isinstance(content, list) else content


def _under(steps: Steps, pattern: str) -> bool:
    """Whether a place is at a pattern or below it; '*' stands for any one step."""
    wanted = pattern.split(".")
    return len(steps) >= len(wanted) and all(w in ("*", s) for s, w in zip(steps, wanted, strict=False))


def _with_place(content: Content, other: Any, steps: Steps) -> Content:
    """Content with the value that the other content has at one place, or without it if the other has none."""
    name, rest = steps[0], steps[1:]
    inner = other.get(name) if isinstance(other, dict) else None
    if rest and name in content:
        return {**content, name: _with_place(content[name], inner, rest)}
    if not isinstance(other, dict) or name not in other:
        return {key: entry for key, entry in content.items() if key != name}
    return {**content, name: inner}
