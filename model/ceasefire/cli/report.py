"""`ceasefire report`: figures and report.html of a results folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ceasefire.cli.terminal import say, say_if_compiling, show, shown_path

if TYPE_CHECKING:
    from ceasefire.ensemble.run import RunResult
    from ceasefire.ensemble.run_plan import Plan
from ceasefire.cli.exit_codes import SOME_FAILED
from ceasefire.cli.options import MOST_SEED, AsJson
from ceasefire.cli.terminal import columns, show_json


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A results folder.")],
    more: Annotated[
        bool,
        typer.Option("--more", help="For a run: the danger by age, the front and what talks do, too; some seconds."),
    ] = False,
) -> None:
    """Make the figures and report.html of a results folder again, from the folder alone."""

    say_if_compiling()
    show(shown_path(made_again(folder, more)))


def made_again(folder: Path, more: bool = False) -> Path:
    """The page of a folder, with its figures drawn anew, and more of them. FolderError when the folder is not sound."""
    from ceasefire import report as reports
    from ceasefire.ensemble.output_folder import new_figures, open_results, read_manifest
    from ceasefire.report.run_figures import draw, draw_more

    said = read_manifest(folder)
    if said.get("kind") == "experiment":
        _draw_experiment(folder, said)
        return reports.write(folder, shown_path(folder))
    results = open_results(folder)
    with new_figures(folder) as aside:
        draw(results.plan, results.outcome, aside)
        if more:
            draw_more(results.plan, results.outcome, aside)
    return reports.write_run(folder, results.plan, results.outcome, results.manifest, shown_path(folder))


def _draw_experiment(folder: Path, said: dict[str, Any]) -> None:
    """Tables and figures of an experiment anew, when its file still says what it said when it ran."""
    from ceasefire.errors import ScenarioError
    from ceasefire.experiments.load import load_experiment
    from ceasefire.experiments.prepare import prepare
    from ceasefire.experiments.result_store import Store
    from ceasefire.experiments.result_tables import tabulate, write_answer
    from ceasefire.experiments.runner import progress_of, unlike
    from ceasefire.report.experiment_figures import draw

    store = Store(folder)
    try:
        independent = bool(said["identity_parts"]["independent"])
        made = prepare(load_experiment(said["name"]), quick=bool(said["rough"]), independent=independent)
        why = unlike(made, store)
    except (ScenarioError, KeyError) as problem:
        why = [str(problem)]
    if why:
        say(f"its tables and figures stay as they are: {'; '.join(why)}")
        return
    found = tabulate(made, store, progress_of(made, store))
    write_answer(found, store)
    draw(made, found, folder)


def add_report(folder: Path, plan: Plan, outcome: RunResult, manifest: dict[str, Any], named: Path) -> None:
    """Put report.html into the folder of a run; a page that cannot be made is said to be missing, and loses no run.

    `named` is what the folder is going to be called. OSError when it cannot be written.
    """
    from ceasefire import report as reports

    add_page(lambda: reports.write_run(folder, plan, outcome, manifest, shown_path(named)))


def add_page(write: Callable[[], object]) -> None:
    """Write a report.html beside results that are whole without it. OSError when it cannot be written."""
    try:
        write()
    except OSError:
        raise
    except Exception as problem:
        say(f"report.html could not be made ({type(problem).__name__}: {problem}); everything else is there")


def replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A results folder.")],
    world: Annotated[int, typer.Option("--world", metavar="N", min=0, max=MOST_SEED, help="Which world.")],
    point: Annotated[int, typer.Option("--point", metavar="P", min=0, help="Which point of an experiment.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Live a world of a results folder again, from the folder alone, and say whether it is the same."""
    from ceasefire.experiments.replay import replay as again

    say_if_compiling()
    found = again(folder, world, point)
    if as_json:
        show_json({"same": found.same, "differs": list(found.differs), "now": found.now, "then": found.then})
    else:
        rows = [["", "now", "then"], *([name, _cell(v), _cell(found.then[name])] for name, v in found.now.items())]
        show(columns(rows))
        show("the same" if found.same else f"NOT the same: {', '.join(found.differs)}")
    if found.other_version:
        say(f"{shown_path(folder)} was made by another version of the program")
    if not found.same:
        raise typer.Exit(SOME_FAILED)


def _cell(value: object) -> str:
    return "-" if value is None or value == "" else str(value)
