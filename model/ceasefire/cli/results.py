"""`ceasefire results`: what lies in a folder of results, what made it, and what it answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ceasefire.cli.exit_codes import RefusedError
from ceasefire.cli.options import AsJson
from ceasefire.cli.terminal import columns, notify, show, show_json, shown_path

DEEPEST = 3
"""Folders below the one given that are looked into, at most."""


def results(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="A results folder, or one that holds some.")] = Path(
        "results"
    ),
    as_json: AsJson = False,
) -> None:
    """List results folders: what each holds, what it answers, and the command that made it."""
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "does not exist"
        raise RefusedError(f"{folder} {what}; `ceasefire run` and its like fill results/, or the folder of --out")
    found = [_about(one) for one in _results_below(folder, DEEPEST)]
    if as_json:
        show_json(found)
    elif found:
        for position, about in enumerate(found):
            rows = [["holds", about["holds"]], ["answers", about["answers"]], ["made by", about["command"]]]
            rows += [["state", about["state"]]] if about["state"] else []
            show(("\n" if position else "") + about["folder"])
            show(columns([["", *row] for row in rows], gap=2))
    if not found:
        notify(f"{folder} holds no results")


def _results_below(folder: Path, deepest: int) -> list[Path]:
    """The results folders at or below a folder, by name; links are not followed."""
    from ceasefire.ensemble.output_folder import folder_kind

    if folder_kind(folder) is not None:
        return [folder]
    inside = sorted(one for one in folder.iterdir() if one.is_dir() and not one.is_symlink()) if deepest else []
    return [each for one in inside for each in _results_below(one, deepest - 1)]


def _about(folder: Path) -> dict[str, Any]:
    """What a results folder holds, and what it answers; a damaged one is listed with its fault."""
    from ceasefire.ensemble.output_folder import KINDS, REQUEST_FILE, FolderError, folder_kind, read_manifest

    kind = folder_kind(folder) or "run"
    about: dict[str, Any] = {"folder": shown_path(folder), "kind": kind, "holds": KINDS[kind], "answers": ""}
    try:
        if kind in ("run", "experiment"):
            return about | _of_manifest(read_manifest(folder), kind)
        content = json.loads((folder / REQUEST_FILE).read_text(encoding="utf-8"))
        return about | _of_request(content, kind)
    except (FolderError, OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        return about | {"command": "", "state": f"damaged: {problem}"}


def _of_manifest(manifest: dict[str, Any], kind: str) -> dict[str, Any]:
    from ceasefire.wording import how_many

    worlds = how_many(manifest["worlds_done"], "world")
    failed = f"; {how_many(manifest['worlds_failed'], 'world')} failed" if manifest["worlds_failed"] else ""
    about = {"command": manifest["command"], "state": failed.removeprefix("; ")}
    if kind == "run":
        sample = f"{worlds}, seed {manifest['seed']}, {how_many(manifest['days'], 'day')}"
        answers = f"how long does this deal hold: {manifest['title']}"
        return about | {"holds": f"a run of {manifest['scenario']}: {sample}", "answers": answers}
    state = "" if manifest["complete"] else "not complete; the same command continues it"
    points = how_many(manifest["points"], "point")
    holds = f"{'a quick experiment' if manifest['rough'] else 'an experiment'}, {manifest['name']}: {points}, {worlds}"
    return about | {"holds": holds, "answers": manifest["question"], "state": f"{state}{failed}".removeprefix("; ")}


def _of_request(content: dict[str, Any], kind: str) -> dict[str, Any]:
    about = {"command": str(content["command"]), "state": ""}
    if kind not in ("compare", "levers"):
        answers = {
            "calibrate": "which numbers fit what was counted",
            "validate": "is the model like the world",
            "match": "which patterns of real counts can the rules make",
        }[kind]
        return about | {"answers": answers}
    labels = [str(side["scenario"]) for side in content["asked"]["sides"]]
    if kind == "levers":
        answers = f"what would make it last longer: {len(labels) - 1} levers of {labels[0]}"
    else:
        answers = f"what difference does it make: {' against '.join(dict.fromkeys(labels))}"
    return about | {"answers": answers}
