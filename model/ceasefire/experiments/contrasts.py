"""What differs between two scenarios, in parts that can be exchanged one by one and in any order."""

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
"""The part of all differences that no named part covers."""

APART = FOR_READERS | {"start"}
"""Differences that no world depends on."""

MOST_PARTS = 10
"""Subsets double with each part; 1,024 are enough."""


@dataclass(frozen=True)
class Swap:
    """Two scenarios and the paths that each part exchanges; a factor for each part."""

    here: Loaded
    there: Loaded
    parts: dict[str, tuple[Steps, ...]]

    @property
    def factors(self) -> tuple[Factor, ...]:
        """A factor for each part: 0 as in the first scenario, 1 as in the other."""
        return tuple(
            Factor(name, "part", True, tuple(".".join(steps) for steps in paths)) for name, paths in self.parts.items()
        )

    def with_parts(self, names: Sequence[str]) -> Scenario:
        """The first scenario with some parts as in the other. Raises ScenarioError when these do not fit together."""
        content = self.here.resolved
        for name in names:
            for steps in self.parts[name]:
                content = _taken(content, self.there.resolved, steps)
        later = max(self.here.scenario.start, self.there.scenario.start)
        content = {**content, "start": later.isoformat()}
        place = Place(f"{self.here.label} with {', '.join(names) or 'nothing'} of {self.there.label}")
        draft = Draft(Located({}, place))
        draft.overlay(located_at(content, place))
        return validated(Assembly(draft, list(content["motives"])))


def between(
    here: Loaded, there: Loaded, parts: Mapping[str, Sequence[str]]
) -> tuple[Swap, list[tuple[tuple[str | int, ...], str]]]:
    """What each part exchanges, the rest as a part of its own; and what is wrong with the parts."""
    left = list(differences(here.resolved, there.resolved, group(Scenario), ()))
    wrong: list[tuple[tuple[str | int, ...], str]] = []
    found: dict[str, tuple[Steps, ...]] = {}
    for name, patterns in parts.items():
        for position, pattern in enumerate(patterns):
            hits = [steps for steps in left if _under(steps, pattern)]
            if not hits:
                wrong.append(
                    ((name, position), f"the two scenarios do not differ in '{pattern}', or another part has it")
                )
            found[name] = (*found.get(name, ()), *hits)
            left = [steps for steps in left if steps not in hits]
    if left:
        found[REST] = tuple(left)
    if len(found) > MOST_PARTS:
        wrong.append(((), f"{len(found)} parts have {2 ** len(found):,} subsets; join some, {MOST_PARTS} are enough"))
    return Swap(here, there, found), wrong


def differences(here: Content, there: Content, shape: Shape | None, steps: Steps) -> Iterator[Steps]:
    """The places where two scenarios differ in what matters, as far down as they are built alike."""
    for name in dict.fromkeys((*here, *there)):
        inner, at = shape.inside(name) if shape else None, (*steps, name)
        if name in APART and not (shape is not None and shape.kind == "named"):
            continue
        one, other = here.get(name), there.get(name)
        built_alike = isinstance(one, dict) and isinstance(other, dict)
        if built_alike and (inner is None or inner.kind != "number"):
            yield from differences(one, other, inner, at)  # type: ignore[arg-type]
        elif _bare(one) != _bare(other):
            yield at


def _bare(content: Any) -> Any:
    """Content without what is only for readers."""
    if isinstance(content, dict) and "source" in content and set(content) & {"value", *DISTRIBUTIONS}:
        return {name: content.get(name) for name in ("value", *DISTRIBUTIONS, "range")}
    if isinstance(content, dict):
        return {name: _bare(entry) for name, entry in content.items() if name not in FOR_READERS}
    return [_bare(item) for item in content] if isinstance(content, list) else content


def _under(steps: Steps, pattern: str) -> bool:
    """Whether a place lies at a pattern or below it; '*' is any one step."""
    wanted = pattern.split(".")
    return len(steps) >= len(wanted) and all(w in ("*", s) for s, w in zip(steps, wanted, strict=False))


def _taken(content: Content, other: Any, steps: Steps) -> Content:
    """Content with one place as in the other content, or without it when it is not there."""
    name, rest = steps[0], steps[1:]
    inner = other.get(name) if isinstance(other, dict) else None
    if rest and name in content:
        return {**content, name: _taken(content[name], inner, rest)}
    if not isinstance(other, dict) or name not in other:
        return {key: entry for key, entry in content.items() if key != name}
    return {**content, name: inner}
