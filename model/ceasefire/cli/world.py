"""`ceasefire world`: the story of one world."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ceasefire.cli.exit_codes import RefusedError
from ceasefire.cli.options import MOST_SEED, Changes, Settings, load_with_options
from ceasefire.cli.terminal import notify, notify_if_compiling, program, show, shown_path

if TYPE_CHECKING:
    from ceasefire.narrative.story import Story
    from ceasefire.scenario.load import Loaded


def world(
    source: Annotated[str, typer.Argument(metavar="SCENARIO|DIR", help="A scenario, or a results folder.")],
    number: Annotated[int, typer.Option("--world", metavar="N", min=0, max=MOST_SEED, help="Which world.")],
    seed: Annotated[
        int | None, typer.Option(min=0, max=MOST_SEED, help="Another seed gives other worlds.", show_default="1")
    ] = None,
    change: Changes = None,
    setting: Settings = None,
    point: Annotated[
        int | None, typer.Option("--point", metavar="N", min=0, help="Which point of an experiment's folder.")
    ] = None,
    chart: Annotated[
        bool,
        typer.Option("--chart", help="Draw its history, its front and the decision that ended it, as PNG and SVG."),
    ] = False,
) -> None:
    """Print the story of one world: what happened, and the motives behind each decision.

    With a results folder, scenario and seed are those of the run.
    """
    folder = _results_folder(source)
    if folder is not None:
        if seed is not None or change or setting:
            raise RefusedError(f"--seed, --change and --set come from {folder}; leave them out")
        loaded, seed = _scenario_in(folder, number, point)
        command = _command(shown_path(folder), number, point=point)
    elif point is not None:
        raise RefusedError("--point is for the folder of an experiment")
    else:
        loaded, seed = load_with_options(source, change, setting), 1 if seed is None else seed
        command = _command(source, number, seed, change, setting)
    from ceasefire.narrative.story import record_story

    notify_if_compiling()
    story = record_story(loaded, seed, number, command)
    show(story.text().rstrip("\n"))
    if chart:
        _draw(story, folder / "figures" if folder else _folder_for_charts(loaded, seed))


def _scenario_in(folder: Path, number: int, point: int | None) -> tuple[Loaded, int]:
    """Scenario and seed of a folder: of its run, or of a point of its experiment."""
    from ceasefire.ensemble.output_folder import read_manifest
    from ceasefire.experiments.replay import point_scenario

    if point is None and read_manifest(folder).get("kind") != "experiment":
        return _scenario_of_run(folder, number)
    if point is None:
        raise RefusedError(f"{folder} holds an experiment; say which of its points with --point")
    return point_scenario(folder, point)


def _scenario_of_run(folder: Path, number: int) -> tuple[Loaded, int]:
    """Scenario and seed of a results folder. RefusedError when it has no such world."""
    from ceasefire.compilation.cache import source_digest
    from ceasefire.ensemble.output_folder import plan_of, read_manifest

    manifest = read_manifest(folder)
    plan = plan_of(folder, manifest)
    if number >= plan.worlds:
        raise RefusedError(f"--world {number}: this run has worlds 0 to {plan.worlds - 1}")
    if manifest.get("program", {}).get("source") != source_digest():
        notify(f"{folder} was made by another version of the program; this world may differ from the one in its table")
    return replace(plan.loaded, scenario=plan.scenario), plan.seed


def _results_folder(source: str) -> Path | None:
    """The results folder that `source` names, if any: a folder without a run may have the name of a scenario."""
    folder = Path(source)
    is_results = folder.is_dir() and ((folder / "manifest.json").exists() or len(folder.parts) != 1)
    return folder if is_results else None


def _folder_for_charts(loaded: Loaded, seed: int) -> Path:
    """The folder for charts of a scenario's worlds. Its name has a hash, so that no other scenario draws there."""
    from ceasefire.ensemble.output_folder import RESULTS, candidate_names
    from ceasefire.ensemble.run_plan import Plan

    name = next(candidate_names(loaded.folder_name, Plan(loaded, 1, seed).fingerprint, plain=False)).name
    return RESULTS / "worlds" / name


def _command(
    source: str, number: int, seed: int | None = None, change: Changes = None, setting: Settings = None,
    point: int | None = None,
) -> str:  # fmt: skip
    """The command that prints this world again, as it has to be typed here; a folder has its own seed."""
    more = [] if seed is None else ["--seed", str(seed)]
    more += [] if point is None else ["--point", str(point)]
    more += [part for name in change or () for part in ("--change", name)]
    more += [part for text in setting or () for part in ("--set", text)]
    return f"{program()} world {shlex.join([source, '--world', str(number), *more])}"


def _draw(story: Story, folder: Path) -> None:
    """Draw the charts of a recorded world, and print the names of their files."""
    from ceasefire.report.run_figures import draw_world

    for file in draw_world(story, folder):
        show(shown_path(file))
