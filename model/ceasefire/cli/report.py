"""`ceasefire report` makes figures and report.html of a results folder again, `ceasefire replay` one of its worlds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ceasefire.cli.exit_codes import SOME_FAILED, RefusedError
from ceasefire.cli.options import MOST_SEED, AsJson, CountsFile, Dates, Point, Words
from ceasefire.cli.terminal import columns, notify, notify_if_compiling, progress, show, show_json, shown_path

if TYPE_CHECKING:
    from ceasefire.observations.counts import Counts


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A results folder.")],
    more: Annotated[
        bool,
        typer.Option(
            "--more",
            help="For a run: also the hazard by age, front, effect of talks and weekly counts; takes some seconds.",
        ),
    ] = False,
    counts: CountsFile = None,
    dates: Dates = False,
    words: Words = "numbers",
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Also print it to report.pdf, by a browser that is on this machine.")
    ] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="Also write its tables to report.xlsx, one a sheet.")] = False,
    paper: Annotated[Literal["A4", "Letter"], typer.Option("--paper", help="Paper of --pdf.")] = "A4",
) -> None:
    """Make the figures and report.html of a results folder again, from the folder alone.

    With --counts, what was counted since signing is laid over the weeks of a run's worlds, and kept in its folder.
    """
    from ceasefire.observations.counts import read_counts
    from ceasefire.report.pdf import NoPdfError, write_pdf
    from ceasefire.report.workbook import NoWorkbookError, check_workbook

    if xlsx:
        try:
            check_workbook()
        except NoWorkbookError as problem:
            raise RefusedError(str(problem)) from None
    notify_if_compiling()
    page = remake(folder, more, read_counts(counts) if counts is not None else None, dates, xlsx, words)
    try:
        show(shown_path(write_pdf(page, paper) if pdf else page))
    except NoPdfError as problem:
        raise RefusedError(str(problem)) from None


def remake(
    folder: Path, more: bool = False, counts: Counts | None = None, dates: bool = False, xlsx: bool = False,
    words: str = "numbers",
) -> Path:  # fmt: skip
    """The page of a folder, with its figures and tables made again from the folder alone; `more` of a run.

    `counts` are laid over the worlds of a run; with `dates`, calendar dates stand on the axes of time; with `xlsx`, the
    tables of the page also go to report.xlsx; `words` names a scale for words of probability. FolderError when the
    folder is damaged, or holds nothing that can be drawn; ScenarioError when counts cannot be laid over.
    """
    from ceasefire import report as reports
    from ceasefire.cli.compare import remake as remake_comparison
    from ceasefire.ensemble.output_folder import KINDS, FolderError, folder_kind, new_figures, open_results
    from ceasefire.report.fill_folder import draw_run
    from ceasefire.report.origin import drawn_from
    from ceasefire.report.run_figures import draw_more, worlds_by_day

    kind = folder_kind(folder)
    if more and kind not in ("run", None):
        raise FolderError(f"{folder} is {KINDS[kind]}: --more is for a run")
    if counts is not None and kind not in ("run", None):
        raise FolderError(f"{folder} is {KINDS[kind]}: --counts is for a run")
    if words != "numbers" and kind not in ("run", None):
        raise FolderError(f"{folder} is {KINDS[kind]}: --words is for a run, whose answer is a chance")
    if kind in ("compare", "levers"):
        return remake_comparison(folder, dates, xlsx)
    if kind in ("calibrate", "validate", "match"):
        raise FolderError(f"{folder} is {KINDS[kind]}: `ceasefire {kind}` writes all that is in it")
    if kind == "experiment":
        _draw_experiment(folder)
        return reports.write(folder, shown_path(folder), xlsx)
    results = open_results(folder)
    with new_figures(folder) as aside, drawn_from(results.manifest):
        draw_run(results.plan, results.outcome, folder, aside, counts, dates)
        if more:
            with progress(len(worlds_by_day(results.outcome)), "worlds, day by day") as advance:
                draw_more(results.plan, results.outcome, aside, advance, dates)
    return reports.write_run(folder, results.plan, results.outcome, results.manifest, shown_path(folder), xlsx, words)


def _draw_experiment(folder: Path) -> None:
    """Make tables and figures of an experiment again. FolderError when a part of the folder is missing or damaged."""
    from ceasefire.ensemble.output_folder import FolderError, read_manifest
    from ceasefire.experiments.reopen import reopen
    from ceasefire.experiments.result_store import Store
    from ceasefire.experiments.result_tables import read_case_tables, tabulate, write_tables
    from ceasefire.experiments.resume import progress_of
    from ceasefire.report.experiment_figures import draw
    from ceasefire.report.origin import drawn_from

    prepared, store = reopen(folder), Store(folder)
    _, bad = store.sound()
    if bad:
        which = ", ".join(store.part(number).name for number in bad[:4])
        raise FolderError(f"{folder}: {which} missing or damaged; the experiment's command simulates them again")
    results = tabulate(prepared, store, progress_of(prepared, store))
    if prepared.experiment.spec.cases:
        results.tables |= read_case_tables(store)
    write_tables(results, store)
    with drawn_from(read_manifest(folder)):
        draw(prepared, results, folder)


def replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A results folder.")],
    world: Annotated[int, typer.Option("--world", metavar="N", min=0, max=MOST_SEED, help="Which world.")],
    point: Point = None,
    as_json: AsJson = False,
) -> None:
    """Simulate a world of a results folder again, from the folder alone, and compare it with the stored one."""
    from ceasefire.experiments.replay import replay as replay_world

    notify_if_compiling()
    result = replay_world(folder, world, point)
    if as_json:
        show_json({"same": result.same, "differs": list(result.differs), "now": result.now, "then": result.then})
    else:
        rows = [["", "now", "then"], *([name, _cell(v), _cell(result.then[name])] for name, v in result.now.items())]
        show(columns(rows))
        show("the same" if result.same else f"NOT the same: {', '.join(result.differs)}")
    if result.other_version:
        notify(f"{shown_path(folder)} was made by another version of the program")
    if not result.same:
        raise typer.Exit(SOME_FAILED)


def _cell(value: object) -> str:
    return "-" if value is None or value == "" else str(value)
