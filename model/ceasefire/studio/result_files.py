"""What lies in the results folder: the list, files to show or download, and comparisons of two runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.summary import summary
from ceasefire.analysis.survival import cumulative_incidence, survival
from ceasefire.ensemble.compare import compare_sides, open_sides, simulate_side
from ceasefire.ensemble.manifest import MANIFEST
from ceasefire.ensemble.output_folder import FIGURES, REQUEST_FILE, RESULTS, FolderError, open_results, read_manifest
from ceasefire.errors import ScenarioError
from ceasefire.regular_files import read_regular
from ceasefire.report.run import figures_frame
from ceasefire.scenario.find_scenarios import find_scenario
from ceasefire.spreadsheet_csv import csv_text
from ceasefire.studio.answers import curve_points, interval, paired_sentence
from ceasefire.studio.messages import MOST_WORLDS, State
from ceasefire.studio.safety import SANDBOX
from ceasefire.studio.states import differences, is_inside

SHOWN = {
    ".html": "text/html", ".png": "image/png", ".svg": "image/svg+xml", ".csv": "text/csv; charset=utf-8",
    ".json": "application/json", ".yaml": "text/plain; charset=utf-8",
}  # fmt: skip
"""Endings of files that are sent, and how they are shown."""

REPORT, FORECAST = "report.html", "forecast.json"
MOST_FOLDERS = 500
LARGEST_REQUEST_FILE = 4_000_000
TABLES = ("main-figures", "survival", "causes", "worlds")
"""Tables of a run that are made when they are asked for."""


def results() -> list[dict[str, Any]]:
    """Every folder of results, the newest first."""
    try:
        folders = sorted((each for each in RESULTS.iterdir() if each.is_dir()), key=lambda f: -f.stat().st_mtime)
    except OSError:
        return []
    found = (result_of(folder) for folder in folders[:MOST_FOLDERS] if not folder.name.startswith("."))
    return [row for row in found if row is not None]


def folder_named(name: str) -> Path:
    """A folder of results by its name. FolderError when there is none, or it lies elsewhere."""
    folder = RESULTS / name
    if not name or Path(name).name != name or name.startswith(".") or not folder.is_dir() or not is_inside(folder):
        raise FolderError(f"there is no folder '{name}' in {RESULTS}/")
    return folder


def result_of(folder: Path) -> dict[str, Any] | None:
    """One folder of results for the page; None when it is none."""
    if (folder / MANIFEST).is_file():
        try:
            manifest = read_manifest(folder)
        except FolderError as problem:
            return _row(folder, "damaged", str(problem))
        return _of_experiment(folder, manifest) if manifest.get("kind") == "experiment" else _of_run(folder, manifest)
    if (folder / REQUEST_FILE).is_file():
        return _of_request(folder)
    return _row(folder, "forecast", "Forecast from facts") if (folder / FORECAST).is_file() else None


def _row(folder: Path, kind: str, title: str, **more: Any) -> dict[str, Any]:
    report = f"/results/{folder.name}/{REPORT}" if (folder / REPORT).is_file() else None
    content = {
        "folder": folder.name, "kind": kind, "title": title, "question": "", "scenario": "", "started": "", "worlds": 0,
        "complete": True, "size": _size(folder), "report": report, "figures": list(_figures(folder)),
        "tables": list(_tables(folder, kind)), "state": None,
    }  # fmt: skip
    return {**content, **more}


def _of_run(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    return _row(
        folder, "run", manifest["title"], scenario=manifest["scenario"], started=manifest["started"],
        question="How long does the deal hold, and how does it end?", worlds=manifest["worlds"],
        state=_state_of(manifest),
    )  # fmt: skip


def _state_of(manifest: dict[str, Any]) -> dict[str, Any] | None:
    """The state that a run was made from; None when its scenario is not found by name, or it is too large."""
    try:
        find_scenario(manifest["name"])
        state = State(
            scenario=manifest["name"], changes=manifest["changes"], set=manifest["settings"], seed=manifest["seed"],
            days=manifest["days"], worlds=min(manifest["worlds"], MOST_WORLDS),
        )  # fmt: skip
    except (ScenarioError, ValueError):
        return None
    return state.model_dump()


def _of_experiment(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    return _row(
        folder, "experiment", manifest["title"], question=manifest["question"], scenario=manifest["scenario"],
        started=manifest["started"], worlds=manifest["worlds"] or manifest["points"] * manifest["worlds_per_point"],
        complete=manifest["complete"],
    )  # fmt: skip


def _of_request(folder: Path) -> dict[str, Any]:
    """A folder of `compare`, `levers`, `validate` or `calibrate`."""
    try:
        content = json.loads(read_regular(folder / REQUEST_FILE, LARGEST_REQUEST_FILE))
        asked = content["asked"]
        command, sides = str(asked["command"]), asked.get("sides", [])
        labels = [str(side["scenario"]) for side in sides]
        worlds = sum(int(side["worlds"]) for side in sides)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _row(folder, "comparison", folder.name)
    title = f"Levers of {labels[0]}" if command == "levers" and labels else " against ".join(labels) or command
    return _row(folder, "comparison", title, scenario=labels[0] if labels else "", worlds=worlds)


def _size(folder: Path) -> int:
    """Bytes of the files of a folder and of the folders in it."""
    return sum(file.stat().st_size for pattern in ("*", "*/*") for file in folder.glob(pattern) if file.is_file())


def _figures(folder: Path) -> Iterator[dict[str, Any]]:
    for place in (folder / FIGURES, folder):
        for png in sorted(place.glob("*.png")):
            there = png.relative_to(RESULTS).as_posix()
            svg = f"/results/{there[:-4]}.svg" if png.with_suffix(".svg").is_file() else None
            yield {"name": png.stem, "png": f"/results/{there}", "svg": svg}


def _tables(folder: Path, kind: str) -> Iterator[dict[str, str]]:
    if kind == "run":
        yield from ({"name": name, "csv": f"/results/{folder.name}/{name}.csv"} for name in TABLES)
    for file in sorted((*folder.glob("*.csv"), *folder.glob("tables/*.csv"))):
        yield {"name": file.stem, "csv": f"/results/{file.relative_to(RESULTS).as_posix()}"}


def compare(first: str, other: str, program: str) -> dict[str, Any]:
    """Two runs on the worlds that both have. FolderError when they have none in common."""
    names = [str(folder_named(name)) for name in (first, other)]
    one, two = (simulate_side(side, None, lambda done: None) for side in open_sides(names, None, None, None))
    pair = compare_sides(one, two)
    gain = Interval(pair.days.value, pair.days.low, pair.days.high)
    state = State(scenario=two.plan.loaded.name, changes=list(two.plan.loaded.changes), set=two.plan.loaded.settings)
    return {
        "first": result_of(Path(names[0])), "other": result_of(Path(names[1])),
        "label_first": one.label, "label_other": two.label, "days": interval(gain),
        "holds": interval(Interval(pair.holds.value, pair.holds.low, pair.holds.high)),
        "fates": dict(pair.fates.__dict__), "sentence": paired_sentence(gain, pair.days.worlds),
        "differs": differences(two.plan.loaded, one.plan.loaded, state),
        "curves": [curve_points(survival(side.worlds)) for side in (pair.first, pair.other)],
        "command": f"{program} compare {' '.join(names)}",
    }  # fmt: skip


def response(request: Request) -> Response:
    """A file of the results folder, or a table that is made of a run."""
    path = Path(request.path_params["path"])
    if any(part.startswith(".") or "\x00" in part for part in path.parts) or path.is_absolute() or len(path.parts) < 2:
        return Response("no such file", 404)
    kind, file = SHOWN.get(path.suffix), RESULTS / path
    headers = {"content-security-policy": SANDBOX}
    if "download" in request.query_params:
        headers["content-disposition"] = f'attachment; filename="{_ascii(f"{path.parts[0]}-{path.name}")}"'
    if kind is None or not is_inside(file):
        return Response("no such file", 404)
    if file.is_file():
        return FileResponse(file, media_type=kind, headers=headers)
    text = _table(path)
    return Response("no such file", 404) if text is None else Response(text, media_type=kind, headers=headers)


def _ascii(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)


def _table(path: Path) -> str | None:
    """A table of a run as CSV; None when there is no such run or table."""
    if len(path.parts) != 2 or path.stem not in TABLES or path.suffix != ".csv":
        return None
    try:
        results = open_results(folder_named(path.parts[0]))
    except (FolderError, ScenarioError):
        return None
    worlds, horizon = results.outcome.worlds, results.manifest["days"]
    if path.stem == "worlds":
        return csv_text(worlds)
    if path.stem == "survival":
        return csv_text(survival(worlds).by_day(horizon))
    if path.stem == "causes":
        return csv_text(cumulative_incidence(worlds, by_actor=True).by_day(horizon).reset_index())
    return csv_text(figures_frame(summary(worlds, results.outcome.doubt, horizon, first=results.plan.scenario.day)))
