"""Loads a scenario and validates it, or checks any scenario file and reports every fault with its file and line."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from ceasefire.arguments import is_reference, names, settings, shown
from ceasefire.errors import Fault, ScenarioError, in_order
from ceasefire.scenario.compose import (
    Assembly,
    assemble,
    change_name,
    is_like_a_motive,
    is_resolved,
    not_a_motive,
    read_change,
)
from ceasefire.scenario.cross_checks import cross_check, terms_at
from ceasefire.scenario.find_scenarios import MOTIVES, find_scenario
from ceasefire.scenario.layers import Layers
from ceasefire.scenario.parameter_paths import Shape, doubt_range, quantities
from ceasefire.scenario.resolved import as_yaml, digest, plain_content, words_digest
from ceasefire.scenario.schema import Motive, Name, Scenario
from ceasefire.scenario.schema_errors import faults_of
from ceasefire.scenario.yaml_with_lines import Located, dotted, fault_at, place_of, read, shown_file, to_plain

__all__ = ["Loaded", "load", "load_resolved"]


@dataclass(frozen=True, repr=False)
class Loaded:
    """A validated scenario, with the changes and settings that were applied."""

    scenario: Scenario
    name: str
    changes: tuple[str, ...] = ()
    settings: dict[str, object] = field(default_factory=dict)
    change_titles: dict[str, str] = field(default_factory=dict)
    """What readers call the changes, by name."""
    file: Path | None = field(default=None, compare=False)
    """The file that it was loaded from; None for one that was made otherwise."""

    def uncertainties(self) -> dict[str, tuple[float, float]]:
        """The range that each ASSUMED number is drawn over, by path."""
        ranges = {path: doubt_range(number, meta) for path, number, meta in quantities(self.scenario)}
        return {path: limits for path, limits in ranges.items() if limits is not None}

    def limits(self) -> dict[str, tuple[float, float]]:
        """The limits of every number with a unit, by path."""
        return {path: (float(meta["low"]), float(meta["high"])) for path, _, meta in quantities(self.scenario)}

    def levers(self) -> dict[str, str]:
        """The changes that somebody could decide and that fit the scenario: titles by name. Empty without a file."""
        from ceasefire.scenario.find_scenarios import headline, list_changes
        from ceasefire.scenario.variants import BaseScenario

        if self.file is None:
            return {}
        files = list_changes(self.file.parent)
        return {
            name: headline(files[name]).get("title", name)
            for name in BaseScenario(self.file, self).applying(("lever",))
        }

    def __repr__(self) -> str:
        given = f", {len(self.settings)} set" if self.settings else ""
        return f"<Loaded {self.label}: {self.scenario.title}{given}>"

    @property
    def label(self) -> str:
        """The name of the scenario and of its changes: `idlib-2020+no-monitors`."""
        return "+".join((self.name, *(change_name(change) for change in self.changes)))

    @property
    def shown(self) -> str:
        """The label with the settings: `idlib-2020+no-monitors with agreement.clarity=0.2`."""
        given = ", ".join(f"{path}={_short(value)}" for path, value in self.settings.items())
        return f"{self.label} with {given}" if given else self.label

    @property
    def title(self) -> str:
        """The title of the scenario, with the changes by their titles and the settings."""
        changes = (self.change_titles.get(change_name(change), change_name(change)) for change in self.changes)
        given = [*changes, *(f"{path}={_short(value)}" for path, value in self.settings.items())]
        return f"{self.scenario.title}, with {', '.join(given)}" if given else self.scenario.title

    @property
    def folder_name(self) -> str:
        """The label with the settings as part of a folder's name: `idlib-2020+agreement.clarity=0.2`."""
        given = (f"{path}={_short(value)}" for path, value in self.settings.items())
        return "+".join([self.label, *(re.sub(r"[^\w.=*-]+", "_", each).replace("*", "all") for each in given)])

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """The resolved scenario as plain content: base and changes applied, every default written out."""
        content: dict[str, Any] = plain_content(self.scenario)
        return content

    def resolved_yaml(self) -> str:
        """The resolved scenario as YAML; `load_resolved` reads it back to an equal scenario."""
        return as_yaml(self.resolved)

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, of what affects results: numbers and structure, not titles, sources or notes."""
        return digest(self.scenario)

    @cached_property
    def words_digest(self) -> str:
        """SHA-256, in hex, of the scenario with its titles, sources and notes, and of the titles of its changes."""
        return words_digest(self.scenario, self.change_titles)


def _short(value: object) -> str:
    """A value that was set, as it is typed; a number in full form by its own figures."""
    if isinstance(value, dict) and "value" in value:
        return str(value["value"])
    return "null" if value is None else str(value)


def load(
    scenario: str | Path,
    changes: str | Path | Sequence[str | Path] = (),
    set: Mapping[str, object] | None = None,
) -> Loaded:
    """Load a scenario by name, `name+change` or path, with changes and then single settings applied.

    `changes` is one name or path, or several; `set` gives values by path. Raises ScenarioError with every fault, by
    file and line; ValueError, with the name of the argument, when an argument is of no use.
    """
    if not is_reference(scenario):
        raise ValueError(f"scenario: {shown(scenario)} is not the name or the path of a scenario")
    ref, joined = split_reference(scenario)
    applied, given = (*joined, *names("changes", changes)), settings("set", set)
    file = find_scenario(ref)
    assembly = assemble(file, applied, given)
    content = validated(assembly)
    return Loaded(content, content.name, applied, given, assembly.draft.change_titles, file)


def as_loaded(scenario: Any) -> Loaded:
    """A scenario that may be loaded already, or is given by name or path. ValueError when it is neither."""
    if isinstance(scenario, Loaded):
        return scenario
    if isinstance(scenario, Scenario):
        return Loaded(scenario, scenario.name)
    if is_reference(scenario):
        return load(scenario)
    raise ValueError(f"scenario: {shown(scenario)} is neither a loaded scenario nor the name or the path of one")


def resolved_with_layers(
    scenario: str | Path, changes: Sequence[str] = (), set: Mapping[str, object] | None = None
) -> str:
    """The resolved scenario as YAML; a comment on the line of each number says which layer set it, over what.

    Raises ScenarioError with every fault.
    """
    ref, joined = split_reference(scenario)
    layers = Layers()
    content = validated(assemble(find_scenario(ref), (*joined, *changes), set or {}, layers=layers))
    return as_yaml(plain_content(content), layers.comments())


def load_resolved(path: str | Path) -> Loaded:
    """Load a `scenario.resolved.yaml`; no other file is read. Raises ScenarioError."""
    scenario = validated(assemble(Path(path), (), {}, resolved=True))
    return Loaded(scenario, scenario.name)


def resolved_from(text: str) -> Loaded:
    """A scenario from the text of its resolved file. Raises ScenarioError."""
    with tempfile.TemporaryDirectory() as aside:
        file = Path(aside) / "scenario.resolved.yaml"
        file.write_text(text, encoding="utf-8", newline="\n")
        return load_resolved(file)


def split_reference(ref: str | Path) -> tuple[str, tuple[str, ...]]:
    """Split `idlib-2020+no-monitors` into scenario and changes; the name of a file that exists is not split."""
    if isinstance(ref, Path) or Path(ref).exists():
        return str(ref), ()
    first, *rest = ref.split("+")
    return first, tuple(name for name in rest if name)


def validated(assembly: Assembly) -> Scenario:
    """The scenario of an assembly. Raises ScenarioError with the faults of schema and cross-checks together."""
    draft = assembly.draft
    scenario: Scenario | None = None
    try:
        scenario = Scenario.model_validate(to_plain(draft.tree))
    except ValidationError as error:
        known = {fault.path for fault in draft.faults}
        of_schema = faults_of(error, draft.tree, Scenario, draft.removed)
        draft.faults += [fault for fault in of_schema if fault.path not in known]
    cross_check(draft, assembly.motive_names, assembly.catalogue)
    if draft.faults or scenario is None:
        raise ScenarioError(draft.faults)
    return scenario


Kind = Literal["scenario", "change", "motives", "resolved"]

ONLY_IN_CHANGES = frozenset({"sentence", "kind", "set", "add", "multiply", "remove", "append"})
ONLY_IN_SCENARIOS = frozenset({"base", "sides", "actors", "front", "agreement", "start", "war"})
CATALOGUE = TypeAdapter(dict[Name, Annotated[Motive, Field(description="a motive")]])


def check_file(path: str | Path, finish: Callable[[Scenario], object] | None = None) -> list[Fault]:
    """Every fault of a scenario, a change, a motive catalogue or a resolved scenario; empty for a valid file.

    A change is checked by itself; whether its paths fit can be checked only with a scenario. `finish` is called with
    a valid scenario; its ValueError is a fault.
    """
    file = Path(path)
    tree, faults = read(file)
    if tree is None:
        return in_order(faults)
    kind = kind_of(file, tree)
    if kind == "motives":
        strange = [not_a_motive(name, entry) for name, entry in tree.named.items() if not is_like_a_motive(entry)]
        if strange:
            return in_order(faults + strange[:1])
        return in_order(faults + motive_faults(tree))
    try:
        if kind == "change":
            read_change(file)
        else:
            loaded = load_resolved(file) if kind == "resolved" else load(file)
            if finish is not None:
                finish(loaded.scenario)
    except ScenarioError as error:
        return error.faults
    except ValueError as problem:
        return [Fault(shown_file(file), None, "", str(problem))]
    return []


def kind_of(file: Path, tree: Located) -> Kind:
    """The kind of a file, by its name, its folder and its entries."""
    names = set(tree.named)
    if is_resolved(file):
        return "resolved"
    if file.name == MOTIVES or (names and all("profile" in entry.named for entry in tree.named.values())):
        return "motives"
    if names & ONLY_IN_SCENARIOS:
        return "scenario"
    return "change" if names & ONLY_IN_CHANGES or file.absolute().parent.name == "changes" else "scenario"


def motive_faults(tree: Located) -> list[Fault]:
    """Faults of a motive catalogue."""
    raw, faults = to_plain(tree), []
    try:
        CATALOGUE.validate_python(raw)
    except ValidationError as error:
        faults += faults_of(error, tree, Shape("named", inner=Motive))
    for name, motive in raw.items():
        for steps, message in terms_at(motive if isinstance(motive, dict) else {}, (name,)):
            faults.append(fault_at(place_of(tree, steps), dotted(steps), message))
    return faults
