"""Where named scenarios, changes, experiments and the motive catalogue are found."""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ceasefire.errors import Fault, ScenarioError
from ceasefire.suggestions import comma_list, nearest

MOTIVES = "motives.yaml"
_PACKAGE = Path(__file__).resolve().parents[1]


def shipped(kind: str) -> Path:
    """The shipped folder of `scenarios` or `experiments`: in the package when installed, else in the clone."""
    inside = _PACKAGE / "shipped" / kind
    return inside if inside.is_dir() else _PACKAGE.parents[1] / kind


def find_scenario(ref: str | Path, near: Path | None = None) -> Path:
    """The file of a scenario: a name, or a path from `near` or the current folder. Raises ScenarioError."""
    return _find(ref, "scenario", _scenario_folders(near), near, list_scenarios(near))


def find_change(ref: str | Path, near: Path | None = None) -> Path:
    """The file of a change. Raises ScenarioError that names the nearest and all there are."""
    return _find(ref, "change", _change_folders(near), near, list_changes(near))


def find_experiment(ref: str | Path, near: Path | None = None) -> Path:
    """The file of an experiment. Raises ScenarioError that names the nearest and all there are."""
    return _find(ref, "experiment", _experiment_folders(near), near, list_experiments(near))


def list_scenarios(near: Path | None = None) -> dict[str, Path]:
    """Scenarios by name; a local file hides a shipped one of the same name."""
    found = _listed(_scenario_folders(near))
    found.pop(Path(MOTIVES).stem, None)
    return found


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
    found: dict[str, Path] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.yaml")):
            found.setdefault(file.stem, file)
    return dict(sorted(found.items()))


def _find(ref: str | Path, kind: str, folders: list[Path], near: Path | None, known: dict[str, Path]) -> Path:
    """A reference with a folder or an ending is a path; anything else is a name: at last that of a file right here."""
    wanted = str(ref)
    if "/" in wanted or "\\" in wanted or wanted.endswith((".yaml", ".yml")):
        return _path(Path(wanted), kind, near)
    for folder in (*folders, Path()):
        if wanted and (folder / f"{wanted}.yaml").is_file():
            return folder / f"{wanted}.yaml"
    close = nearest(wanted, known)
    hint = f"; did you mean '{close}'?" if close else "."
    there = f" Available: {comma_list(known)}" if known else ""
    raise ScenarioError([Fault("", None, "", f"no such {kind} '{wanted}'{hint}{there}")])


def _path(wanted: Path, kind: str, near: Path | None) -> Path:
    tries = [near / wanted] if near and not wanted.is_absolute() else []
    for candidate in (*tries, wanted):
        if candidate.is_file():
            return candidate
        if candidate.is_dir():
            raise ScenarioError([Fault("", None, "", f"'{wanted}' is a folder; name a .yaml file")])
    raise ScenarioError([Fault("", None, "", f"no such {kind} file '{wanted}'")])


_WANTED = re.compile(r"(title|sentence|kind|question)\s*:")


def headline(file: Path) -> dict[str, str]:
    """A file's title, sentence, kind and question, as far as it says them; nothing when it cannot be read.

    Only these entries are parsed: a folder of scenarios is listed in an instant.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        said = YAML(typ="safe", pure=True).load("\n".join(_entries(lines)))
    except (OSError, UnicodeDecodeError, YAMLError):
        return {}
    return {name: str(value).strip() for name, value in (said or {}).items() if value is not None}


def _entries(lines: list[str]) -> list[str]:
    """The lines of the wanted top-level entries, with those that go on from them."""
    kept, within = [], False
    for line in lines:
        if line[:1] not in ("", " ", "\t", "#"):
            within = _WANTED.match(line) is not None
        if within:
            kept.append(line)
    return kept
