"""Finds scenarios, changes, experiments and the motive catalogue by name, and reads their titles."""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ceasefire.errors import Fault, ScenarioError
from ceasefire.regular_files import read_regular
from ceasefire.scenario.yaml_with_lines import MOST_BYTES, MOST_LINE
from ceasefire.suggestions import comma_list, nearest

MOTIVES = "motives.yaml"
_PACKAGE = Path(__file__).resolve().parents[1]


def shipped(kind: str) -> Path:
    """The shipped folder of `scenarios` or `experiments`: in the package when installed, else in the clone."""
    inside = _PACKAGE / "shipped" / kind
    return inside if inside.is_dir() else _PACKAGE.parents[1] / kind


def find_scenario(ref: str | Path, near: Path | None = None, other_than: Path | None = None) -> Path:
    """The file of a scenario: a name, or a path from `near` or the current folder. Raises ScenarioError.

    A name is never found in the file `other_than`, so that a scenario may start from another of the same name.
    """
    return _find(ref, "scenario", _scenario_folders(near), near, list_scenarios(near), other_than)


def find_change(ref: str | Path, near: Path | None = None) -> Path:
    """The file of a change. Raises ScenarioError with the nearest name and all names, or how a number is set."""
    path, sets, value = str(ref).partition("=")
    if sets:
        hint = f"a number is set with --set {path}={value} (in Python: set={{'{path}': {value}}})"
        raise ScenarioError([Fault("", None, "", f"no such change '{ref}'; {hint}")])
    return _find(ref, "change", _change_folders(near), near, list_changes(near))


def find_experiment(ref: str | Path, near: Path | None = None) -> Path:
    """The file of an experiment. Raises ScenarioError with the nearest name and all names."""
    return _find(ref, "experiment", _experiment_folders(near), near, list_experiments(near))


def list_scenarios(near: Path | None = None) -> dict[str, Path]:
    """Scenarios by name; a local file hides a shipped one of the same name."""
    files = _listed(_scenario_folders(near))
    files.pop(Path(MOTIVES).stem, None)
    return files


NEUTRAL = "generic"
"""The neutral base of cases."""

_BASE = re.compile(r"^base:[ \t]*([^\s#]+)", re.MULTILINE)
_DATED = re.compile(r"-\d{4}(-\d\d){0,2}$")


def list_cases() -> list[str]:
    """Names of the shipped scenarios that start, over however many others, from the neutral base."""
    files = {file.stem: file for file in sorted(shipped("scenarios").glob("*.yaml"))}
    return [name for name in files if _starts_from_neutral(name, files)]


def _starts_from_neutral(name: str, files: dict[str, Path]) -> bool:
    for _ in files:
        found = _BASE.search(files[name].read_text(encoding="utf-8")) if name in files else None
        if found is None:
            return False
        name = found[1]
        if name == NEUTRAL:
            return True
    return False


def war_of(name: str) -> str:
    """The war of a scenario: its name without the date at its end."""
    return _DATED.sub("", name)


def list_changes(near: Path | None = None) -> dict[str, Path]:
    """Changes by name; a local file hides a shipped one of the same name."""
    return _listed(_change_folders(near))


def list_experiments(near: Path | None = None) -> dict[str, Path]:
    """Experiments by name; a local file hides a shipped one of the same name."""
    return _listed(_experiment_folders(near))


def motives_file(near: Path | None = None) -> Path:
    """The motive catalogue. Raises ScenarioError when there is none."""
    for folder in _scenario_folders(near):
        if (folder / MOTIVES).is_file():
            return folder / MOTIVES
    raise ScenarioError([Fault("", None, "", f"no motive catalogue: there is no scenarios/{MOTIVES}")])


def _scenario_folders(near: Path | None) -> list[Path]:
    return [*([near] if near else []), Path("scenarios"), shipped("scenarios")]


def _change_folders(near: Path | None) -> list[Path]:
    beside = [near if near.name == "changes" else near / "changes"] if near else []
    return [*beside, Path("scenarios") / "changes", shipped("scenarios") / "changes"]


def _experiment_folders(near: Path | None) -> list[Path]:
    return [*([near] if near else []), Path("experiments"), shipped("experiments")]


def _listed(folders: list[Path]) -> dict[str, Path]:
    """The YAML files of folders by name; a file in an earlier folder hides one of the same name."""
    files: dict[str, Path] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.yaml")):
            files.setdefault(file.stem, file)
    return dict(sorted(files.items()))


def _find(
    ref: str | Path,
    kind: str,
    folders: list[Path],
    near: Path | None,
    known: dict[str, Path],
    other_than: Path | None = None,
) -> Path:
    """The file of a reference: a path when it has a folder or an ending, otherwise a name.

    A name is looked for in `folders` and then in the current folder.
    """
    wanted = str(ref)
    if "/" in wanted or "\\" in wanted or wanted.endswith((".yaml", ".yml")):
        return _path(Path(wanted), kind, near)
    for folder in (*folders, Path()):
        file = folder / f"{wanted}.yaml"
        if wanted and file.is_file() and (other_than is None or not file.samefile(other_than)):
            return file
    close = nearest(wanted, known)
    hint = f"; did you mean '{close}'?" if close else "."
    available = f" Available: {comma_list(known)}" if known else ""
    raise ScenarioError([Fault("", None, "", f"no such {kind} '{wanted}'{hint}{available}")])


def _path(wanted: Path, kind: str, near: Path | None) -> Path:
    """The file at a path, from `near` or from the current folder."""
    candidates = [near / wanted] if near and not wanted.is_absolute() else []
    for candidate in (*candidates, wanted):
        if candidate.is_file():
            return candidate
        if candidate.is_dir():
            raise ScenarioError([Fault("", None, "", f"'{wanted}' is a folder; name a .yaml file")])
    raise ScenarioError([Fault("", None, "", f"no such {kind} file '{wanted}'")])


MOST_HEADLINE = 500
"""Characters of a title or sentence that `list` shows."""

_WANTED = re.compile(r"(title|sentence|kind|question)\s*:")


def headline(file: Path) -> dict[str, str]:
    """The title, sentence, kind and question of a file, as far as it has them; empty when it cannot be read.

    Only these entries are parsed, so that `list` is quick.
    """
    try:
        lines = read_regular(file, MOST_BYTES).decode("utf-8-sig").splitlines()
        content = YAML(typ="safe", pure=True).load("\n".join(_entries(lines)))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, YAMLError, RecursionError):
        return {}  # ruamel raises all of these for some text
    if not isinstance(content, dict):
        return {}
    wanted = {name: value for name, value in content.items() if isinstance(name, str) and isinstance(value, str)}
    return {name: " ".join(value.split())[:MOST_HEADLINE] for name, value in wanted.items()}


def _entries(lines: list[str]) -> list[str]:
    """The lines of the wanted top-level entries, with their continuation lines."""
    chosen, within = [], False
    for line in lines:
        if len(line) > MOST_LINE:
            return []
        if line[:1] not in ("", " ", "\t", "#"):
            within = _WANTED.match(line) is not None
        if within:
            chosen.append(line)
    return chosen
