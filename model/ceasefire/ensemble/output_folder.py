"""Output folders: where a command writes, how a folder is written whole or not at all, and how it is read again.

One policy holds for every command. A folder is written to again only by a call that gives the same content. A name that
holds anything else is left alone: the call takes another name or, when `--out` names the folder, stops with an error.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from ceasefire.compilation.cache import source_digest
from ceasefire.ensemble.manifest import FORMAT, MANIFEST, as_typed, program_version, versions, words
from ceasefire.ensemble.manifest_schema import manifest_fault
from ceasefire.ensemble.run import RunResult
from ceasefire.ensemble.run_plan import MOST_WORLDS, Plan
from ceasefire.ensemble.unfinished import file_aside, folder_aside, sweep
from ceasefire.ensemble.weekly_fans import FILE as WEEKLY_FILE
from ceasefire.ensemble.worlds_table import read_table, table_hash, write_table
from ceasefire.errors import FolderError as FolderError
from ceasefire.regular_files import read_regular
from ceasefire.scenario.load import Loaded, load_resolved

RESULTS = Path("results")
RESOLVED = "scenario.resolved.yaml"
FIGURES = "figures"

REQUEST_FILE = "asked.json"
"""The request that filled the folder of `compare`, `levers`, `validate`, `calibrate` or `match`."""

LARGEST_MANIFEST = 16_000_000
"""Bytes."""

LARGEST_WEEKLY = 16_000_000
"""Bytes."""

LONGEST_NAME = 120
"""Bytes. Longer names are cut, and told apart by their hash; file systems end at 255 bytes."""


def candidate_names(label: str, fingerprint: str, plain: bool) -> Iterator[Path]:
    """Names under results/ for content with this label and fingerprint, the plainest first.

    The name without a hash comes only when `plain`.
    """
    if len(label.encode()) > LONGEST_NAME:
        label = label.encode()[:LONGEST_NAME].decode(errors="ignore")
    elif plain:
        yield RESULTS / label
    with_hash = f"{label}-{fingerprint[:6]}"
    yield RESULTS / with_hash
    for number in count(2):
        yield RESULTS / f"{with_hash}-{number}"


def choose_folder(
    candidates: Iterator[Path], holds_same: Callable[[Path], bool], out: Path | None
) -> tuple[Path, bool]:
    """The folder to write to, and whether it holds the same content already.

    `out` when it is given, else the first candidate that is free or holds the same. FolderError when `out` holds
    anything else.
    """
    if out is not None:
        if holds_same(out):
            return out, True
        if out.exists() and not _is_empty_folder(out):
            raise FolderError(f"{out} holds something else already, and nothing is overwritten; choose another --out")
        return out, False
    for candidate in candidates:
        if holds_same(candidate):
            return candidate, True
        if not candidate.exists():
            return candidate, False
    raise AssertionError("the candidates have no end")


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


@contextmanager
def write_aside(target: Path, holds_same: Callable[[Path], bool] = lambda folder: False) -> Iterator[Path]:
    """A new folder beside `target` that takes its name at the end, and is deleted when anything fails.

    When `target` holds the same content already, the files move into it, each replacing the file of its name.
    FolderError when another run took the name in the meantime; OSError when nothing can be written there.
    """
    created = _make_parents(target)
    sweep(target.absolute().parent)
    try:
        with folder_aside(target) as aside:
            try:
                yield aside
                _take_name(aside, target, holds_same)
            except BaseException:
                shutil.rmtree(aside, ignore_errors=True)
                raise
    except BaseException:
        for parent in created:
            with suppress(OSError):
                parent.rmdir()
        raise


def check_writable(target: Path) -> None:
    """OSError when `target` cannot be written; leaves no trace."""
    with suppress(_OnlyTryingError), write_aside(target):
        raise _OnlyTryingError


class _OnlyTryingError(Exception):
    pass


def _make_parents(target: Path) -> list[Path]:
    """Make the folders above `target`; returns those that did not exist before, the deepest first."""
    missing = [parent for parent in target.absolute().parents if not parent.exists()]
    target.absolute().parent.mkdir(parents=True, exist_ok=True)
    return missing


def _take_name(aside: Path, target: Path, holds_same: Callable[[Path], bool]) -> None:
    with suppress(OSError):
        target.rmdir()
    if holds_same(target):
        for file in sorted(aside.iterdir()):
            file.replace(target / file.name)
        aside.rmdir()
        return
    if target.exists():
        raise FolderError(f"{target} was taken by another run in the meantime; run the command again")
    aside.rename(target)


@dataclass(frozen=True, repr=False)
class Results:
    """The folder of a run, read and checked."""

    folder: Path
    manifest: dict[str, Any]
    outcome: RunResult
    new_plan: Plan | None = None
    """The plan, when this process has just run it."""

    def __repr__(self) -> str:
        return f"<Results {self.folder}: {self.outcome!r}>"

    @cached_property
    def plan(self) -> Plan:
        """The plan of the run; read from the folder when the run is an earlier one."""
        return self.new_plan or plan_of(self.folder, self.manifest)


def folder_for_run(plan: Plan, out: Path | None = None) -> tuple[Path, bool]:
    """The folder of a run, and whether the run is in it already.

    Without `out`: results/<label and settings>; with a hash when that is too long or taken by another run.
    FolderError when `out` holds anything else.
    """
    names = candidate_names(plan.loaded.folder_name, plan.fingerprint, plain=True)
    return choose_folder(names, lambda folder: holds_run(folder, plan), out)


def holds_run(folder: Path, plan: Plan) -> bool:
    """Whether a folder holds this run, complete and undamaged."""
    try:
        manifest = read_manifest(folder)
        if manifest.get("identity") != plan.fingerprint:
            return False
        read_result(folder, manifest)
    except FolderError:
        return False
    return True


def write_run(folder: Path, plan: Plan, result: RunResult) -> None:
    """Write the scenario and the tables of a run."""
    (folder / RESOLVED).write_text(plan.loaded.resolved_yaml(), encoding="utf-8", newline="\n")
    write_table(result.worlds, folder / "worlds")
    if result.weekly is not None:
        (folder / WEEKLY_FILE).write_bytes(result.weekly)
    if result.doubt is not None:
        write_table(result.doubt, folder / "doubt")


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write manifest.json. It is written last: a folder that has one is complete."""
    _replace(folder / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False, default=str) + "\n")


def _replace(file: Path, text: str) -> None:
    """Write a text file whole, in place of the one of its name."""
    with file_aside(file) as aside:
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.replace(file)


def reopen_run(folder: Path, plan: Plan) -> Results:
    """The folder of a run whose scenario file was read again: its worlds stay, and its words are those of the file.

    FolderError when the folder is damaged, or holds the worlds of another plan.
    """
    results = open_results(folder)
    if results.manifest.get("identity") != plan.fingerprint:
        raise FolderError(f"{folder} holds another run")
    manifest = {**results.manifest, **json.loads(json.dumps(words(plan), default=str))}
    if manifest != results.manifest:
        _replace(folder / RESOLVED, plan.loaded.resolved_yaml())
        write_manifest(folder, manifest)
    return replace(results, manifest=manifest, new_plan=plan)


@contextmanager
def new_figures(folder: Path, within: str = FIGURES) -> Iterator[Path]:
    """A new folder to draw in; at the end its files replace those of the same names in the folder's `within`."""
    refuse_links(folder)
    sweep(folder)
    with folder_aside(folder / FIGURES) as aside:
        try:
            yield aside
            (folder / within).mkdir(exist_ok=True)
            for file in sorted(aside.iterdir()):
                file.replace(folder / within / file.name)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def refuse_links(folder: Path) -> None:
    """FolderError when an entry of a results folder is a symbolic link: writing there would change another place."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                raise FolderError(f"{Path(entry.path)} is a symbolic link; nothing is written outside the folder")


KINDS = {
    "run": "a run",
    "experiment": "an experiment",
    "compare": "a comparison",
    "levers": "a ranking of levers",
    "calibrate": "a calibration",
    "validate": "a validation",
    "match": "a match with patterns",
}
"""What a results folder may hold, and what it is called in a message."""


def folder_kind(folder: Path) -> str | None:
    """What a folder holds, a key of KINDS; None when it is no results folder. It is not checked further."""
    for name in (MANIFEST, REQUEST_FILE):
        if not (folder / name).exists():
            continue
        try:
            content = json.loads(read_regular(folder / name, LARGEST_MANIFEST).decode())
            kind = content["asked"]["command"] if name == REQUEST_FILE else content.get("kind", "run")
        except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
            kind = None
        return kind if isinstance(kind, str) and kind in KINDS else "run" if name == MANIFEST else None
    return None


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder. FolderError when the folder has none, or a newer program wrote it."""
    kind = folder_kind(folder)
    if kind not in (None, "run", "experiment"):
        raise FolderError(f"{folder} is {KINDS[str(kind)]}, neither a run nor an experiment")
    try:
        manifest = json.loads(read_regular(folder / MANIFEST, LARGEST_MANIFEST).decode())
    except (OSError, ValueError, RecursionError) as problem:
        raise FolderError(f"{folder} is not a results folder: {MANIFEST} cannot be read ({problem})") from problem
    if not isinstance(manifest, dict) or type(manifest.get("format")) is not int:
        raise FolderError(f"{folder}: {MANIFEST} does not state the format of the folder")
    if manifest["format"] > FORMAT:
        raise FolderError(
            f"{folder} was made by a newer program (format {manifest['format']}); this one reads {FORMAT}"
        )
    fault = manifest_fault(manifest)
    if fault is not None:
        raise FolderError(f"{folder}: {MANIFEST}: {fault}")
    return manifest


def read_result(folder: Path, manifest: dict[str, Any]) -> RunResult:
    """The tables of a folder. FolderError when one is missing, damaged or not the one that the manifest states."""
    doubt = manifest.get("doubt")
    worlds = _read_checked(folder / "worlds", manifest["table_sha256"], manifest["worlds"])
    table = _read_checked(folder / "doubt", doubt["table_sha256"], MOST_WORLDS) if doubt else None
    weekly = _read_weekly(folder / WEEKLY_FILE, manifest["weekly_sha256"]) if manifest.get("weekly_sha256") else None
    return RunResult(worlds, table, doubt["assumed"] if doubt else 0, tuple(manifest.get("reasons", ())), weekly)


def _read_weekly(file: Path, sha256: str) -> bytes:
    try:
        content = read_regular(file, LARGEST_WEEKLY)
    except OSError as problem:
        raise FolderError(f"{file} cannot be read: {problem}") from problem
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FolderError(f"{file} was edited or damaged: it is not the table that {MANIFEST} describes")
    return content


def _read_checked(folder: Path, sha256: object, most: int) -> Any:
    try:
        table = read_table(folder, most)
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as problem:
        raise FolderError(f"{folder} cannot be read: {problem}") from problem
    if table_hash(table) != sha256:
        raise FolderError(f"{folder} was edited or damaged: it is not the table that {MANIFEST} describes")
    return table


def read_loaded(folder: Path, manifest: dict[str, Any]) -> Loaded:
    """The scenario of a folder, with the name that it had in the run. ScenarioError when its file was damaged."""
    loaded = load_resolved(folder / RESOLVED)
    return replace(
        loaded,
        changes=tuple(manifest.get("changes", ())),
        settings=dict(manifest.get("settings", {})),
        change_titles=dict(manifest.get("change_titles", {})),
    )


def plan_of(folder: Path, manifest: dict[str, Any]) -> Plan:
    """The plan of the run in a folder. FolderError when the manifest lacks a number."""
    try:
        loaded = read_loaded(folder, manifest)
        same_program = manifest["program"]["source"] == source_digest()
        if same_program and loaded.digest != manifest["digest"]:
            raise FolderError(f"{folder / RESOLVED} was edited: it is not the scenario that {MANIFEST} describes")
        return Plan(loaded, manifest["worlds"], manifest["seed"], manifest["engine"], manifest["days"])
    except (KeyError, ValueError, TypeError) as problem:
        raise FolderError(f"{folder}: {MANIFEST} is incomplete: {problem}") from problem


def open_results(folder: Path) -> Results:
    """The folder of a run, checked. FolderError or ScenarioError when it is damaged."""
    manifest = read_manifest(folder)
    if manifest.get("kind") == "experiment":
        raise FolderError(f"{folder} is an experiment, not a run; `ceasefire report` and `world --point` read it")
    return Results(folder, manifest, read_result(folder, manifest))


@dataclass(frozen=True)
class Request:
    """A call of `compare`, `levers`, `validate` or `calibrate`: its folder's name, and all that changes its result.

    When not `plain`, the folder's name always carries a hash.
    """

    name: str
    parameters: Mapping[str, Any]
    plain: bool = True
    words: tuple[str, ...] = ()
    """Digests of the scenarios with their words, which change what is shown and no result."""

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 in hex of what two calls must share to give the same result."""
        identity = {"asked": self.parameters, "ceasefire": program_version(), "source": source_digest()}
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


def folder_for_request(request: Request, out: Path | None = None) -> Path:
    """`out`, or results/<name>, with a hash when anything else has that name.

    FolderError when `out` holds anything else; OSError when nothing can be written there.
    """
    names = candidate_names(request.name, request.fingerprint, request.plain)
    folder, _ = choose_folder(names, lambda candidate: holds_request(candidate, request), out)
    check_writable(folder)
    return folder


def holds_request(folder: Path, request: Request) -> bool:
    """Whether the same request filled a folder."""
    return _stored_request(folder).get("identity") == request.fingerprint


def _stored_request(folder: Path) -> dict[str, Any]:
    try:
        content = json.loads((folder / REQUEST_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def about_request(folder: Path, request: Request, command: Sequence[str]) -> dict[str, Any]:
    """What the request file says of a request, its date among it: of the first call that filled the folder, or now."""
    earlier = _stored_request(folder)
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return {
        "identity": request.fingerprint,
        "asked": request.parameters,
        **({"digest_words": list(request.words)} if request.words else {}),
        "command": as_typed(command),
        "started": earlier.get("started", now) if earlier.get("identity") == request.fingerprint else now,
        "program": {**versions(), "source": source_digest()},
    }


@contextmanager
def write_request_folder(
    folder: Path, request: Request, command: Sequence[str], more: Mapping[str, Any] | None = None
) -> Iterator[Path]:
    """A new folder to write into; at the end its files stand in `folder`, with the request and `more` beside them.

    Files of an earlier call of the same request are replaced one by one, each whole. FolderError when anything else
    took the name in the meantime; OSError when it cannot be written.
    """
    with write_aside(folder, lambda candidate: holds_request(candidate, request)) as aside:
        yield aside
        content = {**about_request(folder, request, command), **(more or {})}
        text = json.dumps(content, indent=2, ensure_ascii=False)
        (aside / REQUEST_FILE).write_text(text + "\n", encoding="utf-8", newline="\n")


def digests(files: Sequence[Path]) -> dict[str, str]:
    """SHA-256 of each file by its name."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
