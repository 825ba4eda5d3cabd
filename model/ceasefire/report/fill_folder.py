"""What fills results folders, for the command line and the studio: tables, figures, manifest and report.html.

`named` is the path of a folder as its page calls it; `notify` gets why a page could not be made.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from ceasefire import report as reports

if TYPE_CHECKING:
    import pandas as pd

    from ceasefire.ensemble.output_folder import Results
    from ceasefire.ensemble.run import RunResult, WorldsCallback
    from ceasefire.ensemble.run_plan import Plan
    from ceasefire.experiments.prepare import PreparedExperiment
    from ceasefire.experiments.result_store import Store
    from ceasefire.experiments.result_tables import ResultTables
    from ceasefire.experiments.resume import Progress
    from ceasefire.observations.counts import Counts

Notify = Callable[[str], None]
Simulate = Callable[["WorldsCallback"], "RunResult"]
"""Simulates a plan; what it is given is called with the worlds while the assumed numbers are drawn."""


def fill_run(
    folder: Path, plan: Plan, simulate: Simulate, command: Sequence[str], named: str, notify: Notify,
    counts: Counts | None = None, dates: bool = False, words: str = "numbers",
) -> Results:  # fmt: skip
    """Simulate a plan and write its folder; `counts` are laid over its worlds.

    The tables and the figure of survival are written whole or not at all. From then on the folder is that of a finished
    run, and what stops the drawing of the other figures leaves it so: the same run draws them later. With `dates`,
    calendar dates stand on the axes of time; `words` names a scale for words of probability.

    FolderError; OSError when it cannot be written; ScenarioError when counts cannot be laid over.
    """
    from ceasefire.ensemble.manifest import manifest
    from ceasefire.ensemble.output_folder import (
        FIGURES,
        Results,
        check_writable,
        new_figures,
        write_aside,
        write_manifest,
        write_run,
    )

    check_writable(folder)
    began, started = time.perf_counter(), datetime.datetime.now(datetime.UTC)
    Thread(target=reports.import_figures, daemon=True).start()

    def origin() -> AbstractContextManager[None]:
        from ceasefire.report.origin import drawn_from_run

        return drawn_from_run(started, plan.fingerprint)

    with write_aside(folder) as aside:

        def draw_worlds(worlds: pd.DataFrame) -> None:
            from ceasefire.report.run_figures import draw_worlds

            with origin():
                draw_worlds(plan, worlds, aside / FIGURES, dates)

        outcome = simulate(draw_worlds)
        write_run(aside, plan, outcome)
        from ceasefire.report.run_figures import draw_further, draw_survival

        with origin():
            draw_survival(plan, outcome, aside / FIGURES, dates)
        content = manifest(plan, outcome, started, time.perf_counter() - began, command)
        write_manifest(aside, content)
    with new_figures(folder) as aside, origin():
        draw_further(plan, outcome, aside, dates)
        _draw_counts(plan, outcome, folder, aside, counts)
    add_page(lambda: reports.write_run(folder, plan, outcome, content, named, words=words), notify)
    return Results(folder, content, outcome, plan)


def redraw_run(
    folder: Path, plan: Plan, named: str, notify: Notify, counts: Counts | None = None, dates: bool = False,
    words: str = "numbers",
) -> Results:  # fmt: skip
    """Draw the figures and the page of an earlier run again, with the words of the scenario as it was just read.

    FolderError when the folder is damaged, or holds the worlds of another plan; ScenarioError as in `fill_run`.
    """
    from ceasefire.ensemble.output_folder import new_figures, reopen_run
    from ceasefire.report.origin import drawn_from

    results = reopen_run(folder, plan)
    with new_figures(folder) as aside, drawn_from(results.manifest):
        draw_run(results.plan, results.outcome, folder, aside, counts, dates)
    made = results.plan, results.outcome, results.manifest
    add_page(lambda: reports.write_run(folder, *made, named, words=words), notify)
    return results


def draw_run(
    plan: Plan, outcome: RunResult, folder: Path, figures: Path, counts: Counts | None = None, dates: bool = False
) -> None:
    """Draw the figures of a run; `counts`, or those that are kept in its folder, are laid over its worlds."""
    from ceasefire.report.run_figures import draw

    draw(plan, outcome, figures, dates)
    _draw_counts(plan, outcome, folder, figures, counts)


def _draw_counts(plan: Plan, outcome: RunResult, folder: Path, figures: Path, counts: Counts | None) -> None:
    from ceasefire.report.seen_weeks import draw_kept, keep

    if counts is not None:
        keep(plan, outcome, counts, folder)
    draw_kept(plan, outcome, folder, figures)


def finish_experiment(
    prepared: PreparedExperiment, store: Store, progress: Progress, workers: int | None, named: str, notify: Notify
) -> ResultTables:
    """Write tables, figures and page of an experiment whose worlds are simulated; past deals are simulated here."""
    from ceasefire.experiments import hindcast
    from ceasefire.experiments.result_tables import tabulate, write_tables
    from ceasefire.report.experiment_figures import draw
    from ceasefire.report.origin import drawn_from

    results = tabulate(prepared, store, progress)
    if prepared.experiment.cases:
        results.tables |= hindcast.tables(hindcast.hindcasts(prepared, workers))
    write_tables(results, store)
    with drawn_from(store.manifest()):
        draw(prepared, results, store.folder)
    add_page(lambda: reports.write(store.folder, named), notify)
    return results


def add_page(write: Callable[[], object], notify: Notify) -> None:
    """Write a report.html; results are complete without it, and people read why. OSError when it cannot be written."""
    try:
        write()
    except OSError:
        raise
    except Exception as problem:
        notify(f"report.html could not be made ({type(problem).__name__}: {problem}); everything else is saved")
