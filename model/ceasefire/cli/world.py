"""`ceasefire world`: the story of one world."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ceasefire.cli.exit_codes import RefusedError
from ceasefire.cli.options import MOST_SEED, Changes, Settings, load_with_options
from ceasefire.cli.terminal import program, say, say_if_compiling, show, shown_path

if TYPE_CHECKING:
    from ceasefire.scenario.load import Loaded


def world(
    source: Annotated[str, typer.Argument(metavar="SCENARIO|DIR", help="A scenario, or a results folder.")],
    number: Annotated[int, typer.Option("--world", metavar="N", min=0, max=MOST_SEED, help="Which world.")],
    seed: Annotated[
        int | None, typer.Option(min=0, max=MOST_SEED, help="Another seed gives other worlds.", show_default="1")
    ] = None,
    change: Changes = None,
    setting: Settings = None,
    chart: Annotated[
        bool, typer.Option("--chart", help="Draw its history, its front and the choice behind its end, as PNG and SVG.")
    ] = False,
) -> None:
    """Tell one world's story: what happened, and the pulls behind each decision.

    With a results folder, scenario and seed are those of the run.
    """
    folder = _results_folder(source)
    if folder is not None:
        if seed is not None or change or setting:
            raise RefusedError(f"--seed, --change and --set come from {folder}; leave them out")
        loaded, seed = _of_a_run(folder, number)
        again = _typed(shown_path(folder), number)
    else:
        loaded, seed = load_with_options(source, change, setting), 1 if seed is None else seed
        again = _typed(source, number, seed, change, setting)
    from ceasefire.narrative.story import world_story

    say_if_compiling()
    show(world_story(loaded, seed, number, again).rstrip("\n"))
    if chart:
        _draw(loaded, seed, number, folder / "figures" if folder else _of_no_run(loaded, seed))


def _of_a_run(folder: Path, number: int) -> tuple[Loaded, int]:
    """Scenario and seed of a results folder. RefusedError when it has no such world."""
    from ceasefire.compilation.cache import source_digest
    from ceasefire.ensemble.output_folder import plan_of, read_manifest

    said = read_manifest(folder)
    plan = plan_of(folder, said)
    if number >= plan.worlds:
        raise RefusedError(f"--world {number}: this run has worlds 0 to {plan.worlds - 1}")
    if said.get("program", {}).get("source") != source_digest():
        say(f"{folder} was made by another version of the program; this world may differ from the one in its table")
    return replace(plan.loaded, scenario=plan.scenario), plan.seed


def _results_folder(source: str) -> Path | None:
    """The folder that is meant, if one is: a scenario may have the name of a folder that holds no run."""
    folder = Path(source)
    meant = folder.is_dir() and ((folder / "manifest.json").exists() or len(folder.parts) != 1)
    return folder if meant else None


def _of_no_run(loaded: Loaded, seed: int) -> Path:
    """Where pictures of a scenario's worlds go: by its name and what is in it, so that none is drawn over another's."""
    from ceasefire.ensemble.output_folder import RESULTS, candidate_names
    from ceasefire.ensemble.run_plan import Plan

    own = next(candidate_names(loaded.label, Plan(loaded, 1, seed).fingerprint[:6], plain=False))
    return RESULTS / "worlds" / own.name


def _typed(source: str, number: int, seed: int | None = None, change: Changes = None, setting: Settings = None) -> str:
    """The command that tells this world again, as this reader would type it; a folder knows its own seed."""
    more = [] if seed is None else ["--seed", str(seed)]
    more += [part for name in change or () for part in ("--change", name)]
    more += [part for text in setting or () for part in ("--set", text)]
    return f"{program()} world {shlex.join([source, '--world', str(number), *more])}"


def _draw(loaded: Loaded, seed: int, number: int, folder: Path) -> None:
    from ceasefire.charts.style import save
    from ceasefire.charts.world_timeline import history_chart
    from ceasefire.report.run_figures import draw_world
    from ceasefire.simulation.initial_state import initial_state
    from ceasefire.simulation.trajectory import trajectory

    life = trajectory(loaded.scenario, initial_state(loaded.scenario), loaded.label, seed, number)
    for file in draw_world(loaded, seed, number, folder):
        show(shown_path(file))
    for file in save(history_chart(life), folder, f"world-{number}"):
        show(shown_path(file))
