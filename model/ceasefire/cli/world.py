"""`ceasefire world`: the story of one world."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ceasefire.cli.exit_codes import RefusedError
from ceasefire.cli.options import MOST_SEED, Changes, Dates, Point, Settings, load_with_options
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
    point: Point = None,
    chart: Annotated[
        bool,
        typer.Option("--chart", help="Draw its history, its front and the decision that ended it, as PNG and SVG."),
    ] = False,
    dates: Dates = False,
) -> None:
    """Print the story of one world: what happened, and the motives behind each decision.

    With a results folder, scenario and seed are those of the run, or of a point of the experiment.
    """
    folder = _results_folder(source)
    if folder is not None:
        if seed is not None or change or setting:
            raise RefusedError(f"--seed, --change and --set come from {folder}; leave them out")
        loaded, seed = _scenario_of_folder(folder, number, point)
        command = _command(shown_path(folder), number, point=point)
    elif point is not None:
        raise RefusedError(f"--point is for a results folder, and {source} is none; leave it out")
    else:
        loaded, seed = load_with_options(source, change, setting), 1 if seed is None else seed
        command = _command(source, number, seed, change, setting)
    from ceasefire.narrative.story import record_story

    notify_if_compiling()
    story = record_story(loaded, seed, number, command)
    show(story.text().rstrip("\n"))
    if chart:
        _draw(story, folder, dates)


def _scenario_of_folder(folder: Path, number: int, point: int | None) -> tuple[Loaded, int]:
    """Scenario and seed of a results folder, or of a point of it. RefusedError when it has no such world."""
    from ceasefire.compilation.cache import source_digest
    from ceasefire.experiments.replay import stored

    origin = stored(folder, point)
    if origin.worlds is not None and number >= origin.worlds:
        raise RefusedError(f"--world {number}: this run has worlds 0 to {origin.worlds - 1}")
    if origin.source != source_digest():
        notify(f"{folder} was made by another version of the program; this world may differ from the one in its table")
    return origin.loaded, origin.seed


def _results_folder(source: str) -> Path | None:
    """The results folder that `source` names, if any: a folder without results may have the name of a scenario."""
    from ceasefire.ensemble.manifest import MANIFEST
    from ceasefire.ensemble.output_folder import REQUEST_FILE

    folder = Path(source)
    holds = any((folder / name).exists() for name in (MANIFEST, REQUEST_FILE))
    return folder if folder.is_dir() and (holds or len(folder.parts) != 1) else None


def _folder_for_charts(loaded: Loaded, seed: int) -> Path:
    """The folder for charts of a scenario's worlds. Its name has a hash, so that no other scenario draws there."""
    from ceasefire.ensemble.output_folder import RESULTS, candidate_names
    from ceasefire.ensemble.run_plan import Plan

    name = next(candidate_names(loaded.folder_name, Plan(loaded, 1, seed).fingerprint, plain=False)).name
    return RESULTS / "worlds" / name


def _command(
    source: str,
    number: int,
    seed: int | None = None,
    change: Changes = None,
    setting: Settings = None,
    point: int | None = None,
) -> str:
    """The command that prints this world again, as it has to be typed here; a folder has its own seed."""
    more = [] if seed is None else ["--seed", str(seed)]
    more += [] if point is None else ["--point", str(point)]
    more += [part for name in change or () for part in ("--change", name)]
    more += [part for text in setting or () for part in ("--set", text)]
    return f"{program()} world {shlex.join([source, '--world', str(number), *more])}"


def _draw(story: Story, folder: Path | None, dates: bool) -> None:
    """Draw the charts of a recorded world, write its days, and print the names of the files."""
    from ceasefire.ensemble.output_folder import folder_kind, read_manifest
    from ceasefire.ensemble.run_plan import Plan
    from ceasefire.experiments.comparison_folder import read_request
    from ceasefire.report.origin import drawn_from
    from ceasefire.report.run_figures import draw_world

    if folder is None:
        made: Mapping[str, Any] = {"identity": Plan(story.loaded, 1, story.seed).fingerprint}
    else:
        made = read_request(folder) if folder_kind(folder) in ("compare", "levers") else read_manifest(folder)
    figures = folder / "figures" if folder else _folder_for_charts(story.loaded, story.seed)
    with drawn_from(made):
        for file in draw_world(story, figures, dates):
            show(shown_path(file))
