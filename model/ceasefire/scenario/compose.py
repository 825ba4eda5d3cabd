"""Putting a scenario together: the motive catalogue, the bases, the file, its changes, the call's changes, settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ceasefire.errors import Fault, ScenarioError
from ceasefire.scenario.find_scenarios import find_change, find_scenario, motives_file
from ceasefire.scenario.overrides import Draft, apply_change, set_value, static_fault
from ceasefire.scenario.parameter_paths import ENTRY_DEFAULTS
from ceasefire.scenario.schema import Change, ladder_of, rungs_of
from ceasefire.scenario.schema_errors import faults_of
from ceasefire.scenario.yaml_with_lines import Located, Place, fault_at, read, read_value, said_by, shown_file, to_plain

SETTING = Place("--set")
COMMAND_LINE = Place("")
RESOLVED = ".resolved.yaml"


@dataclass(frozen=True)
class Assembly:
    """A scenario put together but not yet judged, and the names of all motives of the catalogue."""

    draft: Draft
    motive_names: list[str]


def assemble(file: Path, changes: Sequence[str], settings: Mapping[str, object], *, resolved: bool = False) -> Assembly:
    """Everything that is said about a scenario, the later over the earlier. Raises ScenarioError when unreadable."""
    resolved = resolved or is_resolved(file)
    catalogue = Located({}, Place("")) if resolved else read_or_stop(motives_file(file.parent))
    draft = Draft(Located({"motives": catalogue}, Place(shown_file(file))))
    _lay_file(draft, file, [], resolved=resolved)
    for name in _once(draft, changes):
        _change(draft, name, file.parent, COMMAND_LINE)
    for path, value in settings.items():
        set_value(draft, path, value if isinstance(value, Located) else said_by(value, SETTING))
    names = list((draft.tree.at("motives") or catalogue).named)
    if not resolved:
        _keep_used_motives(draft, catalogue)
    _state_beliefs(draft)
    return Assembly(draft, names)


def is_resolved(file: Path) -> bool:
    """It is a resolved scenario, complete in itself."""
    return file.name.endswith(RESOLVED)


def read_or_stop(file: Path) -> Located:
    """A file's content. Raises ScenarioError with all that is wrong with its YAML."""
    said, faults = read(file)
    if said is None or faults:
        raise ScenarioError(faults)
    return said


def read_change(file: Path) -> Located:
    """A change file. Raises ScenarioError with its faults, as far as they show without a scenario."""
    said, faults = read(file)
    if said is None:
        raise ScenarioError(faults)
    faults += name_faults(said, file)
    try:
        Change.model_validate(to_plain(_without_nulls(said)))
    except ValidationError as error:
        faults += faults_of(error, said, Change)
    faults += [] if faults else list(_path_faults(said))
    if faults:
        raise ScenarioError(faults)
    return said


def name_faults(said: Located, file: Path) -> list[Fault]:
    """A file is named for what it holds."""
    name = said.at("name")
    if name is None or not isinstance(name.value, str) or name.value == file.stem:
        return []
    return [fault_at(name.place, "name", f"'{name.value}' is not the name of the file, '{file.stem}'")]


def _without_nulls(said: Located) -> Located:
    return Located({name: entry for name, entry in said.named.items() if entry.value is not None}, said.place)


def _path_faults(said: Located) -> list[Fault]:
    faults = []
    for part in ("set", "add", "multiply", "remove", "append"):
        found = said.at(part)
        if found is None or found.value is None:
            continue
        items = {str(item.value).partition("=")[0]: item for item in found.value} if part == "remove" else found.named
        for path, entry in items.items():
            wrong = static_fault(path)
            if wrong is not None:
                faults.append(fault_at(entry.place, f"{part}.{path}", wrong))
    return faults


def _lay_file(draft: Draft, file: Path, inside: list[Path], *, resolved: bool = False) -> None:
    """Lay a file over the draft: its base first, then its content, then its changes."""
    said, faults = read(file)
    draft.faults += faults
    if said is None:
        draft.stop()
    draft.faults += [] if resolved else name_faults(said, file)
    content = Located(
        {name: entry for name, entry in said.named.items() if name not in ("base", "changes")}, said.place
    )
    base = said.at("base")
    if base is not None and base.value is not None:
        _lay_base(draft, base, file, [*inside, file.resolve()])
    draft.lay(content)
    for change in _names(draft, said.at("changes")):
        _change(draft, change.value, file.parent, change.place)


def _lay_base(draft: Draft, base: Located, file: Path, inside: list[Path]) -> None:
    if not isinstance(base.value, str):
        draft.fault(base.place, "base", "is not the name of a scenario")
        draft.stop()
    found = _found(draft, find_scenario, base, file.parent, "base")
    if found.resolve() in inside:
        chain = " → ".join(path.stem for path in (*inside[inside.index(found.resolve()) :], found))
        draft.fault(base.place, "base", f"is its own base: {chain}")
        draft.stop()
    _lay_file(draft, found, inside)
    draft.tree = Located({name: entry for name, entry in draft.tree.named.items() if name != "name"}, draft.tree.place)


def _names(draft: Draft, said: Located | None) -> list[Located]:
    """Names in a list of changes; a fault for what is not one."""
    if said is None or said.value is None:
        return []
    items = said.value if isinstance(said.value, list) else [said]
    wrong = [item for item in items if not isinstance(item.value, str)]
    if wrong or not isinstance(said.value, list):
        draft.fault((wrong or items)[0].place, "changes", "is not a list of names; write it as [no-monitors]")
        return []
    return items


def _once(draft: Draft, changes: Sequence[str]) -> list[str]:
    for name in dict.fromkeys(changes):
        if list(changes).count(name) > 1:
            draft.fault(COMMAND_LINE, "", f"the change '{name}' is given twice")
    return list(dict.fromkeys(changes))


def _change(draft: Draft, name: str, near: Path, place: Place) -> None:
    """Apply a named change. Faults of its file are noted with the rest."""
    try:
        said = read_change(_found(draft, find_change, Located(name, place), near, "changes"))
    except ScenarioError as error:
        draft.faults += [fault for fault in error.faults if fault not in draft.faults]
        return
    apply_change(draft, said, change_name(name))


def change_name(ref: str) -> str:
    """The name of a change that was referred to by name or by path."""
    return Path(ref).stem if ref.endswith((".yaml", ".yml")) else ref


def _found(draft: Draft, find: Callable[[str, Path], Path], ref: Located, near: Path, path: str) -> Path:
    """The file of a reference. Raises ScenarioError with the place that refers to it."""
    try:
        return find(ref.value, near)
    except ScenarioError as error:
        where = path if ref.place.file else ""
        placed = [fault_at(ref.place, where, fault.message) for fault in error.faults]
        raise ScenarioError(draft.faults + placed) from None


def _keep_used_motives(draft: Draft, catalogue: Located) -> None:
    """Drop the catalogue's motives that no actor has; keep the scenario's own."""
    motives, actors = draft.tree.at("motives"), draft.tree.at("actors")
    if motives is None or not isinstance(motives.value, dict):
        return
    weights = [actor.at("motives") for actor in (actors.named if actors else {}).values()]
    used = {name for weight in weights if weight is not None for name in weight.named}
    kept = {name: motive for name, motive in motives.value.items() if name in used or motive is not catalogue.at(name)}
    draft.tree = Located({**draft.tree.named, "motives": Located(kept, motives.place)}, draft.tree.place)


def _state_beliefs(draft: Draft) -> None:
    """Say what stands when nobody says it: trust one half, no resolve shown, everybody on the lowest rung."""
    for belief, value in ENTRY_DEFAULTS.items():
        for side in _named_at(draft, "sides"):
            _unless_said(draft, (belief, side), value)
    for name, actor in _named_at(draft, "actors").items():
        role = actor.at("role")
        if role is not None and role.value in ("belligerent", "guarantor", "outside"):
            _unless_said(draft, ("actors", name, "posture"), rungs_of(ladder_of(role.value))[0])


def _named_at(draft: Draft, name: str) -> dict[str, Located]:
    found = draft.tree.at(name)
    return found.named if found is not None else {}


def _unless_said(draft: Draft, steps: tuple[str, ...], value: object) -> None:
    *around, last = steps
    draft.tree = _with(draft.tree, around, last, Located(value, draft.tree.place))


def _with(tree: Located, around: list[str], last: str, said: Located) -> Located:
    """The tree with an entry that is not there yet."""
    if not isinstance(tree.value, dict):
        return tree
    if not around:
        return Located({last: said, **tree.value} if last not in tree.value else tree.value, tree.place)
    inner = tree.value.get(around[0], Located({}, tree.place))
    return Located({**tree.value, around[0]: _with(inner, around[1:], last, said)}, tree.place)


SETTING_OPTION = "--set"


def parse_settings(texts: Iterable[str]) -> dict[str, object]:
    """Values by path, each written `path=value` with the value as in a scenario file. Raises ScenarioError."""
    settings: dict[str, object] = {}
    faults: list[Fault] = []
    for text in texts:
        path, sign, value = text.partition("=")
        if not sign or not path.strip():
            faults.append(Fault(SETTING_OPTION, None, text, "is not a setting; write it as path=value"))
            continue
        if not value.strip():
            faults.append(
                Fault(SETTING_OPTION, None, path, "has no value; write path=value, or path=null to take it out")
            )
            continue
        try:
            settings[path.strip()] = to_plain(read_value(value, Place(SETTING_OPTION)))
        except ValueError as problem:
            faults.append(Fault(SETTING_OPTION, None, path, str(problem)))
    if faults:
        raise ScenarioError(faults)
    return settings
