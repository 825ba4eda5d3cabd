"""The results folder: where a run goes, how it gets there whole or not at all, and how it is read again."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from ceasefire.ensemble.manifest import FORMAT, MANIFEST
from ceasefire.ensemble.run import RunResult
from ceasefire.ensemble.run_plan import Plan
from ceasefire.ensemble.worlds_table import read_table, table_hash, write_table
from ceasefire.errors import FolderError as FolderError
from ceasefire.scenario.load import Loaded, load_resolved

RESULTS = Path("results")
RESOLVED = "scenario.resolved.yaml"
FIGURES = "figures"
LONGEST_NAME = 120
"""Longer names than this are cut, and told apart by their hash; file systems end at 255 bytes."""


@dataclass(frozen=True)
class Results:
    """A results folder that was found sound."""

    folder: Path
    manifest: dict[str, Any]
    outcome: RunResult
    carried_out: Plan | None = None
    """The run that filled it, when that was just now."""

    @cached_property
    def plan(self) -> Plan:
        """The run that the folder holds, from the folder alone when it is an old one."""
        return self.carried_out or plan_of(self.folder, self.manifest)


def folder_for_run(plan: Plan, out: Path | None = None) -> tuple[Path, bool]:
    """Where a run goes, and whether it is there already.

    Without `out`: results/<label>; with a hash when the run has single settings or the name is taken by another.
    FolderError when `out` holds anything else.
    """
    own = candidate_names(plan.loaded.label, plan.fingerprint[:6], plain=not plan.loaded.settings)
    return first_free_folder(own, lambda folder: holds_run(folder, plan), out)


def first_free_folder(those: Iterator[Path], mine: Callable[[Path], bool], out: Path | None) -> tuple[Path, bool]:
    """`out` when it is said, else the first of those names that is free or `mine`; and whether it is mine already.

    FolderError when `out` holds anything else.
    """
    if out is not None:
        if mine(out):
            return out, True
        if out.exists() and not _is_empty_folder(out):
            raise FolderError(f"{out} holds something else already, and nothing is overwritten; choose another --out")
        return out, False
    for candidate in those:
        if mine(candidate):
            return candidate, True
        if not candidate.exists():
            return candidate, False
    raise AssertionError("there is always another name")


def candidate_names(label: str, mark: str, plain: bool) -> Iterator[Path]:
    """Names under results/ that something may take, the plainest first; without its mark only when `plain`."""
    if len(label.encode()) > LONGEST_NAME:
        label = label.encode()[:LONGEST_NAME].decode(errors="ignore")
    elif plain:
        yield RESULTS / label
    yield RESULTS / f"{label}-{mark}"
    for number in count(2):
        yield RESULTS / f"{label}-{mark}-{number}"


def holds_run(folder: Path, plan: Plan) -> bool:
    """Whether a folder holds this very run, whole."""
    try:
        said = read_manifest(folder)
        if said.get("identity") != plan.fingerprint:
            return False
        read_outcome(folder, said)
    except FolderError:
        return False
    return True


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


@contextmanager
def write_aside(target: Path, mine: Callable[[Path], bool] = lambda folder: False) -> Iterator[Path]:
    """A fresh folder beside `target` that takes its name when all went well, and is gone when anything did not.

    When `target` is `mine` already, the files move into it, each replacing its like. FolderError when another run
    took the name meanwhile; OSError when nothing can be written there.
    """
    made = _make_parents(target)
    aside = target.absolute().parent / f".{target.name[:40]}-{secrets.token_hex(4)}.part"
    try:
        aside.mkdir()
        yield aside
        _take_name(aside, target, mine)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        for parent in made:
            with suppress(OSError):
                parent.rmdir()
        raise


def check_writable(target: Path) -> None:
    """OSError when a run could not be written to `target`; leaves no trace."""
    with suppress(_OnlyTryingError), write_aside(target):
        raise _OnlyTryingError


class _OnlyTryingError(Exception):
    pass


def _make_parents(target: Path) -> list[Path]:
    """Make the folders above `target`; those that were not there before, the deepest first."""
    missing = [parent for parent in target.absolute().parents if not parent.exists()]
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    return missing


def _take_name(aside: Path, target: Path, mine: Callable[[Path], bool]) -> None:
    with suppress(OSError):
        target.rmdir()
    if mine(target):
        for file in sorted(aside.iterdir()):
            file.replace(target / file.name)
        aside.rmdir()
        return
    if target.exists():
        raise FolderError(f"{target} was taken by another run meanwhile; run again")
    aside.rename(target)


def write_run(folder: Path, plan: Plan, outcome: RunResult) -> None:
    """The scenario and the tables of a run."""
    (folder / RESOLVED).write_text(plan.loaded.resolved_yaml(), encoding="utf-8", newline="\n")
    write_table(outcome.worlds, folder / "worlds")
    if outcome.doubt is not None:
        write_table(outcome.doubt, folder / "doubt")


def write_manifest(folder: Path, said: dict[str, Any]) -> None:
    """manifest.json, written last: a folder that has one is whole."""
    text = json.dumps(said, indent=2, ensure_ascii=False, default=str)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


@contextmanager
def new_figures(folder: Path) -> Iterator[Path]:
    """A fresh folder to draw in; when all went well its files take the place of the figures there were."""
    aside = folder / f".{FIGURES}-{secrets.token_hex(4)}.part"
    aside.mkdir()
    try:
        yield aside
        (folder / FIGURES).mkdir(exist_ok=True)
        for file in sorted(aside.iterdir()):
            file.replace(folder / FIGURES / file.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def is_results_folder(path: Path) -> bool:
    """Whether a path is a folder with a manifest."""
    return (path / MANIFEST).is_file()


def read_manifest(folder: Path) -> dict[str, Any]:
    """What a folder says of itself. FolderError when it is no results folder or a newer program's."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise FolderError(f"{folder} is not a results folder: {MANIFEST} cannot be read ({problem})") from problem
    if not isinstance(said, dict) or not isinstance(said.get("format"), int):
        raise FolderError(f"{folder}: {MANIFEST} does not say what made it")
    if said["format"] > FORMAT:
        raise FolderError(f"{folder} was made by a newer program (format {said['format']}); this one reads {FORMAT}")
    return said


def read_outcome(folder: Path, said: dict[str, Any]) -> RunResult:
    """The tables of a folder. FolderError when one is missing, damaged or not what the manifest says."""
    doubt_said = said.get("doubt")
    worlds = _read_sound(folder / "worlds", said.get("table_sha256"))
    doubt = _read_sound(folder / "doubt", doubt_said["table_sha256"]) if doubt_said else None
    return RunResult(worlds, doubt, doubt_said["assumed"] if doubt_said else 0)


def _read_sound(folder: Path, expected: object) -> Any:
    try:
        table = read_table(folder)
    except (OSError, ValueError, KeyError) as problem:
        raise FolderError(f"{folder} cannot be read: {problem}") from problem
    if table_hash(table) != expected:
        raise FolderError(f"{folder} was edited or damaged: it is not the table that {MANIFEST} speaks of")
    return table


def read_loaded(folder: Path, said: dict[str, Any]) -> Loaded:
    """The scenario of a folder, named as when it ran. ScenarioError when its file was damaged."""
    found = load_resolved(folder / RESOLVED)
    return replace(found, changes=tuple(said.get("changes", ())), settings=dict(said.get("settings", {})))


def plan_of(folder: Path, said: dict[str, Any]) -> Plan:
    """The run of a folder. FolderError when the manifest lacks a number."""
    try:
        return Plan(read_loaded(folder, said), said["worlds"], said["seed"], said["engine"], said["days"])
    except (KeyError, ValueError, TypeError) as problem:
        raise FolderError(f"{folder}: {MANIFEST} is incomplete: {problem}") from problem


def open_results(folder: Path) -> Results:
    """A results folder, checked. FolderError or ScenarioError when it is not sound."""
    said = read_manifest(folder)
    return Results(folder, said, read_outcome(folder, said))
