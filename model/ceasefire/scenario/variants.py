"""A scenario that variants are made from: which changes fit it, which numbers it has, and their limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ceasefire.errors import ScenarioError
from ceasefire.scenario.compose import Assembly
from ceasefire.scenario.find_scenarios import find_scenario, headline, list_changes
from ceasefire.scenario.load import Loaded, load, split_reference, validated
from ceasefire.scenario.overrides import Draft
from ceasefire.scenario.parameter_paths import fits, quantities
from ceasefire.scenario.yaml_with_lines import Located, Place, located_at
from ceasefire.suggestions import nearest


@dataclass(frozen=True)
class BaseScenario:
    """A scenario that variants are made from: its file, and the loaded scenario."""

    file: Path
    loaded: Loaded
    _under: dict[tuple[str, ...], Loaded] = field(default_factory=dict, repr=False, compare=False)

    def under(self, changes: Sequence[str] = (), settings: Mapping[str, object] | None = None) -> Loaded:
        """The scenario under more changes and settings. Raises ScenarioError when they do not fit."""
        if not changes and not settings:
            return self.loaded
        if settings or self.loaded.settings:
            given = {**self.loaded.settings, **(settings or {})}
            return load(self.file, (*self.loaded.changes, *changes), given)
        if tuple(changes) not in self._under:
            self._under[tuple(changes)] = load(self.file, (*self.loaded.changes, *changes))
        return self._under[tuple(changes)]

    def applying(self, kinds: Sequence[str]) -> list[str]:
        """Names of the changes of these kinds that fit the scenario and would change something of it, in order.

        Of several that give the same scenario, the first is named.
        """
        names, given = [], {self.loaded.digest}
        for name, file in list_changes(self.file.parent).items():
            if name not in self.loaded.changes and headline(file).get("kind") in kinds:
                try:
                    digest = self.under((name,)).digest
                except ScenarioError:
                    continue
                names += [name] * (digest not in given)
                given.add(digest)
        return names

    @cached_property
    def numbers(self) -> list[str]:
        """The paths of all numbers of the scenario."""
        return [path for path, _, _ in quantities(self.loaded.scenario)]

    def limits(self, pattern: str) -> tuple[float, float]:
        """The limits that all numbers of a pattern have in common; infinite when it matches none."""
        limits = [(m["low"], m["high"]) for path, _, m in quantities(self.loaded.scenario) if fits(path, pattern)]
        if not limits:
            return float("-inf"), float("inf")
        return max(low for low, _ in limits), min(high for _, high in limits)

    def no_such(self, path: str) -> str:
        """A message: the scenario has no such path, and the nearest one."""
        close = nearest(path, self.numbers)
        return "this scenario has no such path" + (f"; did you mean '{close}'?" if close else "")


def open_base(reference: str | Path, near: Path | None = None) -> BaseScenario:
    """A scenario by name, name+change or path; a path may be relative to the folder `near`. Raises ScenarioError."""
    first, changes = split_reference(reference)
    is_path = "/" in first or first.endswith((".yaml", ".yml"))
    file = find_scenario(first, near if is_path else None)
    return BaseScenario(file, load(file, changes))


def with_numbers(loaded: Loaded, numbers: Mapping[str, float], name: str) -> Loaded:
    """The scenario with other numbers, by path, called `name`; none of them is drawn. ScenarioError: does not fit."""
    content = loaded.resolved
    for path, number in numbers.items():
        content = _with_number(content, path.split("."), number)
    draft = Draft(Located({}, Place(name)))
    draft.overlay(located_at(content, Place(name)))
    return replace(loaded, scenario=validated(Assembly(draft, list(content["motives"]))))


def _with_number(content: Any, steps: list[str], number: float) -> Any:
    """Content with a number at one place; a number that has a source gets another, for it is another number."""
    if not steps:
        return number if isinstance(content, (int, float)) else {"value": number, "source": "set by the design"}
    key: Any = int(steps[0]) if isinstance(content, list) else steps[0]
    inner = _with_number(content[key], steps[1:], number)
    if isinstance(content, list):
        return [*content[:key], inner, *content[key + 1 :]]
    return {**content, key: inner}
