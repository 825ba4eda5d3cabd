"""Composes a scenario: the motive catalogue, the bases, the file, its changes, further changes, and settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from ceasefire.errors import Fault, ScenarioError
from ceasefire.scenario.find_scenarios import find_change, find_scenario, motives_file, shipped
from ceasefire.scenario.layers import Layers
from ceasefire.scenario.overrides import Draft, apply_change, set_value, static_fault
from ceasefire.scenario.parameter_paths import ENTRY_DEFAULTS
from ceasefire.scenario.schema import Change, Motive, ladder_of, rungs_of
from ceasefire.scenario.schema_errors import faults_of
from ceasefire.scenario.yaml_with_lines import (
    Located,
    Place,
    fault_at,
    located_at,
    read,
    read_value,
    shown_file,
    to_plain,
)

SETTING_OPTION = "--set"
COMMAND_LINE = Place("")
RESOLVED = ".resolved.yaml"
NOT_INHERITED = ("name", "really")
"""What a file does not take from its base: what it is called, and what became of it."""


@dataclass(frozen=True)
class Assembly:
    """A scenario composed but not yet validated, and the names of all motives of the catalogue.

    `catalogue` is the file of the catalogue when it is not the shipped one, else empty.
    """

    draft: Draft
    motive_names: list[str]
    catalogue: str = ""


def assemble(
    file: Path,
    changes: Sequence[str],
    settings: Mapping[str, object],
    *,
    resolved: bool = False,
    layers: Layers | None = None,
) -> Assembly:
    """Compose a scenario from all its parts, each over those before: file (see `_overlay_file`), changes, settings.

    `layers` is told which of them set each number. Raises ScenarioError for an unreadable file.
    """
    resolved = resolved or is_resolved(file)
    catalogue_file = None if resolved else motives_file(file.parent)
    catalogue = read_catalogue(catalogue_file) if catalogue_file else Located({}, Place(""))
    draft = Draft(Located({"motives": catalogue}, Place(shown_file(file))), layers=layers)
    _overlay_file(draft, file, [], resolved=resolved)
    for name in _once(draft, changes):
        _change(draft, name, file.parent, COMMAND_LINE)
    for path, value in settings.items():
        set_value(draft, path, value if isinstance(value, Located) else located_at(value, Place(SETTING_OPTION)))
        draft.end_layer()
    names = list((draft.tree.at("motives") or catalogue).named)
    if not resolved:
        _drop_unwanted(draft, catalogue)
    _add_defaults(draft)
    local = catalogue_file and not catalogue_file.samefile(motives_file(shipped("scenarios")))
    return Assembly(draft, names, shown_file(catalogue_file) if catalogue_file and local else "")


def is_resolved(file: Path) -> bool:
    """True for a resolved scenario, which needs no other file."""
    return file.name.endswith(RESOLVED)


def read_or_stop(file: Path) -> Located:
    """The content of a file. Raises ScenarioError with all faults of its YAML."""
    tree, faults = read(file)
    if tree is None or faults:
        raise ScenarioError(faults)
    return tree


def read_catalogue(file: Path) -> Located:
    """The content of a motive catalogue. Raises ScenarioError, with the file, when it is another kind of file."""
    tree = read_or_stop(file)
    faults = [not_a_motive(name, entry) for name, entry in tree.named.items() if not is_like_a_motive(entry)]
    if faults:
        raise ScenarioError(faults[:1])
    return tree


def is_like_a_motive(entry: Located) -> bool:
    """Whether an entry of a catalogue has at least one field of a motive; what is wrong in it is found later."""
    return bool(set(entry.named) & set(Motive.model_fields))


def not_a_motive(name: str, entry: Located) -> Fault:
    """A fault: the file is read as the motive catalogue, and an entry of it is no motive."""
    folder = Path(entry.place.file).parent
    message = (
        "is no motive, but this file is read as the catalogue of motives of every scenario in "
        f"{'this folder' if folder == Path() else folder}; give the file another name"
    )
    return fault_at(entry.place, name, message)


def read_change(file: Path) -> Located:
    """The content of a change file. Raises ScenarioError with the faults that can be found without a scenario."""
    tree, faults = read(file)
    if tree is None:
        raise ScenarioError(faults)
    faults += name_faults(tree, file)
    try:
        Change.model_validate(to_plain(_without_nulls(tree)))
    except ValidationError as error:
        faults += faults_of(error, tree, Change)
    faults += [] if faults else list(_path_faults(tree))
    if faults:
        raise ScenarioError(faults)
    return tree


def name_faults(tree: Located, file: Path) -> list[Fault]:
    """A fault when the `name` in a file is not the name of the file."""
    name = tree.at("name")
    if name is None or not isinstance(name.value, str) or name.value == file.stem:
        return []
    return [fault_at(name.place, "name", f"'{name.value}' is not the name of the file, '{file.stem}'")]


def _without_nulls(tree: Located) -> Located:
    return Located({name: entry for name, entry in tree.named.items() if entry.value is not None}, tree.place)


def _path_faults(tree: Located) -> list[Fault]:
    """Paths of a change that no scenario can have."""
    faults = []
    for part in ("set", "add", "multiply", "remove", "append"):
        edits = tree.at(part)
        if edits is None or edits.value is None:
            continue
        items = {str(item.value).partition("=")[0]: item for item in edits.value} if part == "remove" else edits.named
        for path, entry in items.items():
            wrong = static_fault(path)
            if wrong is not None:
                faults.append(fault_at(entry.place, f"{part}.{path}", wrong))
    return faults


def _overlay_file(draft: Draft, file: Path, inside: list[Path], *, resolved: bool = False) -> None:
    """Add a file to the draft: its base first, then its content over it, then its changes."""
    tree, faults = read(file)
    draft.faults += faults
    if tree is None:
        draft.stop()
    draft.faults += [] if resolved else name_faults(tree, file)
    content = Located(
        {name: entry for name, entry in tree.named.items() if name not in ("base", "changes")}, tree.place
    )
    base = tree.at("base")
    if base is not None and base.value is not None:
        _overlay_base(draft, base, file, [*inside, file.resolve()])
    draft.overlay(content)
    draft.end_layer()
    for change in _names(draft, tree.at("changes")):
        _change(draft, change.value, file.parent, change.place)


def _overlay_base(draft: Draft, base: Located, file: Path, inside: list[Path]) -> None:
    if not isinstance(base.value, str):
        draft.fault(base.place, "base", "is not the name of a scenario")
        draft.stop()
    find = partial(_other_scenario, file) if base.value == file.stem else find_scenario
    base_file = _file_of(draft, find, base, file.parent, "base")
    if base_file.resolve() in inside:
        chain = " → ".join(path.stem for path in (*inside[inside.index(base_file.resolve()) :], base_file))
        draft.fault(base.place, "base", f"is its own base: {chain}")
        draft.stop()
    _overlay_file(draft, base_file, inside)
    inherited = {name: entry for name, entry in draft.tree.named.items() if name not in NOT_INHERITED}
    draft.tree = Located(inherited, draft.tree.place)


def _other_scenario(file: Path, ref: str, near: Path) -> Path:
    """Another scenario that has the name of this file, as a shipped one; the file itself when there is none."""
    try:
        return find_scenario(ref, near, other_than=file)
    except ScenarioError:
        return find_scenario(ref, near)


def _names(draft: Draft, tree: Located | None) -> list[Located]:
    """Names in a list of changes; a fault for what is not one."""
    if tree is None or tree.value is None:
        return []
    items = tree.value if isinstance(tree.value, list) else [tree]
    wrong = [item for item in items if not isinstance(item.value, str)]
    if wrong or not isinstance(tree.value, list):
        draft.fault((wrong or items)[0].place, "changes", "is not a list of names; write it as [no-monitors]")
        return []
    return items


def _once(draft: Draft, changes: Sequence[str]) -> list[str]:
    """The names of changes, each once; a fault for one that is given twice."""
    for name in dict.fromkeys(changes):
        if list(changes).count(name) > 1:
            draft.fault(COMMAND_LINE, "", f"the change '{name}' is given twice")
    return list(dict.fromkeys(changes))


def _change(draft: Draft, name: str, near: Path, place: Place) -> None:
    """Apply a named change. The faults of its file join those of the draft."""
    try:
        tree = read_change(_file_of(draft, find_change, Located(name, place), near, "changes"))
    except ScenarioError as error:
        draft.faults += [fault for fault in error.faults if fault not in draft.faults]
        return
    apply_change(draft, tree, change_name(name))
    title = tree.at("title")
    draft.change_titles[change_name(name)] = str(title.value) if title is not None else change_name(name)
    draft.end_layer()


def change_name(ref: str) -> str:
    """The name of a change given by name or by path."""
    return Path(ref).stem if ref.endswith((".yaml", ".yml")) else Path(ref).name


def _file_of(draft: Draft, find: Callable[[str, Path], Path], ref: Located, near: Path, path: str) -> Path:
    """The file of a reference. Raises ScenarioError with the place of the reference."""
    try:
        return find(ref.value, near)
    except ScenarioError as error:
        where = path if ref.place.file else ""
        placed = [fault_at(ref.place, where, fault.message) for fault in error.faults]
        raise ScenarioError(draft.faults + placed) from None


def _drop_unwanted(draft: Draft, catalogue: Located) -> None:
    """Leave out motives of the catalogue that no actor has; those of the scenario itself stay."""
    motives, actors = draft.tree.at("motives"), draft.tree.at("actors")
    if motives is None or not isinstance(motives.value, dict):
        return
    weights = [actor.at("motives") for actor in (actors.named if actors else {}).values()]
    used = {name for weight in weights if weight is not None for name in weight.named}
    wanted = {
        name: motive for name, motive in motives.value.items() if name in used or motive is not catalogue.at(name)
    }
    draft.tree = Located({**draft.tree.named, "motives": Located(wanted, motives.place)}, draft.tree.place)


def _add_defaults(draft: Draft) -> None:
    """Add default entries where there are none: trust 0.5, resolve 0, every actor on the lowest rung."""
    for belief, value in ENTRY_DEFAULTS.items():
        for side in _named_at(draft, "sides"):
            _add_if_missing(draft, (belief, side), value)
    for name, actor in _named_at(draft, "actors").items():
        role = actor.at("role")
        if role is not None and role.value in ("belligerent", "guarantor", "outside"):
            _add_if_missing(draft, ("actors", name, "posture"), rungs_of(ladder_of(role.value))[0])


def _named_at(draft: Draft, name: str) -> dict[str, Located]:
    entry = draft.tree.at(name)
    return entry.named if entry is not None else {}


def _add_if_missing(draft: Draft, steps: tuple[str, ...], value: object) -> None:
    *around, last = steps
    draft.tree = _with(draft.tree, around, last, Located(value, draft.tree.place))


def _with(tree: Located, around: list[str], last: str, entry: Located) -> Located:
    """The tree with an entry added, unless it is there already."""
    if not isinstance(tree.value, dict):
        return tree
    if not around:
        return Located({last: entry, **tree.value} if last not in tree.value else tree.value, tree.place)
    inner = tree.value.get(around[0], Located({}, tree.place))
    return Located({**tree.value, around[0]: _with(inner, around[1:], last, entry)}, tree.place)


def setting_options(settings: Mapping[str, object]) -> list[str]:
    """Settings as options of a command, which `parse_settings` reads back."""
    values = {path: json.dumps(value, ensure_ascii=False, default=str) for path, value in settings.items()}
    return [part for path, value in values.items() for part in (SETTING_OPTION, f"{path}={value}")]


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
                Fault(SETTING_OPTION, None, path, "has no value; write path=value, or path=null to remove it")
            )
            continue
        try:
            settings[path.strip()] = to_plain(read_value(value, Place(SETTING_OPTION)))
        except ValueError as problem:
            faults.append(Fault(SETTING_OPTION, None, path, str(problem)))
    if faults:
        raise ScenarioError(faults)
    return settings
