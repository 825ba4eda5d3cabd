"""Loading a scenario: base and changes applied, every default stated, or every fault with its file and line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from ceasefire.errors import Fault, ScenarioError, in_order
from ceasefire.scenario.compose import Assembly, assemble, change_name, is_resolved, read_change
from ceasefire.scenario.cross_checks import cross_check, terms_at
from ceasefire.scenario.find_scenarios import MOTIVES, find_scenario
from ceasefire.scenario.parameter_paths import Shape
from ceasefire.scenario.resolved import as_yaml, digest, stated
from ceasefire.scenario.schema import Motive, Name, Scenario
from ceasefire.scenario.schema_errors import faults_of
from ceasefire.scenario.yaml_with_lines import Located, dotted, fault_at, place_of, read, to_plain

__all__ = ["Loaded", "load", "load_resolved"]


@dataclass(frozen=True)
class Loaded:
    """A scenario ready to run, and what it was made from."""

    scenario: Scenario
    name: str
    changes: tuple[str, ...] = ()
    settings: dict[str, object] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The scenario and its changes in short: `idlib-2020+no-monitors`."""
        return "+".join((self.name, *(change_name(change) for change in self.changes)))

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """The full file as plain content, with every default stated and base and changes applied and gone."""
        content: dict[str, Any] = stated(self.scenario)
        return content

    def resolved_yaml(self) -> str:
        """The full file as YAML, which `load_resolved` reads back to an equal scenario."""
        return as_yaml(self.resolved)

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, of what affects results: numbers and structure, not titles, sources or notes."""
        return digest(self.scenario)


def load(
    scenario: str | Path,
    changes: Sequence[str] = (),
    set: Mapping[str, object] | None = None,
) -> Loaded:
    """A scenario by name or path (`name+change` too), under changes and then single settings.

    Raises ScenarioError with every fault found, by file and line.
    """
    ref, joined = split_reference(scenario)
    names = (*joined, *changes)
    assembly = assemble(find_scenario(ref), names, set or {})
    found = validated(assembly)
    return Loaded(found, found.name, names, dict(set or {}))


def load_resolved(path: str | Path) -> Loaded:
    """A `scenario.resolved.yaml` read back; nothing outside the file enters. Raises ScenarioError."""
    found = validated(assemble(Path(path), (), {}, resolved=True))
    return Loaded(found, found.name)


def split_reference(ref: str | Path) -> tuple[str, tuple[str, ...]]:
    """`idlib-2020+no-monitors` as the scenario and its changes; a file that has '+' in its name stays whole."""
    if isinstance(ref, Path) or Path(ref).exists():
        return str(ref), ()
    first, *rest = ref.split("+")
    return first, tuple(name for name in rest if name)


def validated(assembly: Assembly) -> Scenario:
    """The scenario that an assembly says. Raises ScenarioError with the faults of schema and reference together."""
    draft = assembly.draft
    found: Scenario | None = None
    try:
        found = Scenario.model_validate(to_plain(draft.tree))
    except ValidationError as error:
        known = {fault.path for fault in draft.faults}
        found_wrong = faults_of(error, draft.tree, Scenario, draft.removed)
        draft.faults += [fault for fault in found_wrong if fault.path not in known]
    cross_check(draft, assembly.motive_names)
    if draft.faults or found is None:
        raise ScenarioError(draft.faults)
    return found


Kind = Literal["scenario", "change", "motives", "resolved"]

ONLY_IN_CHANGES = frozenset({"sentence", "kind", "set", "add", "multiply", "remove", "append"})
ONLY_IN_SCENARIOS = frozenset({"base", "sides", "actors", "front", "agreement", "start", "war"})
CATALOGUE = TypeAdapter(dict[Name, Annotated[Motive, Field(description="a motive")]])


def check_file(path: str | Path) -> list[Fault]:
    """Every fault of a scenario, a change, a motive catalogue or a resolved scenario; an empty list when sound.

    A change is checked by itself: whether its paths fit shows only in a scenario.
    """
    file = Path(path)
    said, faults = read(file)
    if said is None:
        return in_order(faults)
    kind = kind_of(file, said)
    if kind == "motives":
        return in_order(faults + motive_faults(said))
    try:
        if kind == "change":
            read_change(file)
        elif kind == "resolved":
            load_resolved(file)
        else:
            load(file)
    except ScenarioError as error:
        return error.faults
    return []


def kind_of(file: Path, said: Located) -> Kind:
    """What a file is, by its name, its folder and what it says."""
    names = set(said.named)
    if is_resolved(file):
        return "resolved"
    if file.name == MOTIVES or (names and all("profile" in entry.named for entry in said.named.values())):
        return "motives"
    if names & ONLY_IN_SCENARIOS:
        return "scenario"
    return "change" if names & ONLY_IN_CHANGES or file.absolute().parent.name == "changes" else "scenario"


def motive_faults(said: Located) -> list[Fault]:
    """Faults of a motive catalogue."""
    raw, faults = to_plain(said), []
    try:
        CATALOGUE.validate_python(raw)
    except ValidationError as error:
        faults += faults_of(error, said, Shape("named", inner=Motive))
    for name, motive in raw.items():
        for steps, message in terms_at(motive if isinstance(motive, dict) else {}, (name,)):
            faults.append(fault_at(place_of(said, steps), dotted(steps), message))
    return faults
