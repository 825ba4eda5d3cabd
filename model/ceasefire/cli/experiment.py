"""`ceasefire experiment`: run a batch experiment, or continue it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ceasefire.cli.exit_codes import SOME_FAILED, RefusedError
from ceasefire.cli.options import AsJson, Workers, experiments
from ceasefire.cli.terminal import (
    columns,
    command_line,
    duration_words,
    notify,
    notify_if_compiling,
    pasted,
    program,
    progress_display,
    show,
    show_json,
    shown_path,
    size_words,
)

if TYPE_CHECKING:
    from ceasefire.experiments.executors import Executor
    from ceasefire.experiments.prepare import PreparedExperiment
    from ceasefire.experiments.result_store import Store
    from ceasefire.experiments.result_tables import ResultTables
    from ceasefire.experiments.resume import Progress

ROUGH = "ROUGH: a quick run with few worlds; for a reliable answer, run it without --quick"
MOST_ROWS = 15
"""Rows of a table that are printed; the tables in the folder have all."""


def experiment(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME|FILE", help="A name from `ceasefire list`, or a file.", autocompletion=experiments
        ),
    ],
    workers: Workers = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler, as tcp://host:8786, instead of threads.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder to fill.", show_default="results/NAME")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show points, worlds, minutes and disk space, and start nothing.")
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="A rough answer within a minute.")] = False,
    independent: Annotated[
        bool, typer.Option("--independent", help="Different worlds at each point, instead of the same at all points.")
    ] = False,
    status: Annotated[bool, typer.Option("--status", help="Show how much is done, and start nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a batch experiment; the same command again continues where it stopped."""
    from ceasefire.ensemble.output_folder import FolderError
    from ceasefire.experiments.chunks import OtherVersionError
    from ceasefire.experiments.executors import ClusterError
    from ceasefire.experiments.load import load_experiment
    from ceasefire.experiments.prepare import prepare
    from ceasefire.experiments.result_store import Store
    from ceasefire.experiments.resume import folder_for_experiment

    prepared = prepare(load_experiment(name), quick=quick, independent=independent)
    if dry_run:
        _show_cost(prepared, workers, as_json)
        return
    try:
        folder, note = folder_for_experiment(prepared, out)
        store = Store(folder)
        if status:
            _show_status(prepared, store, as_json)
            return
        if note:
            notify(note)
        _run(prepared, store, workers, cluster, as_json)
    except (FolderError, ClusterError, OtherVersionError) as problem:
        raise RefusedError(str(problem)) from problem


def _run(prepared: PreparedExperiment, store: Store, workers: int | None, cluster: str | None, as_json: bool) -> None:
    """Complete the folder and print the result. typer.Exit when worlds failed."""
    progress, results = complete(prepared, store, workers, cluster)
    if as_json:
        show_json(_content(prepared, store, progress, results))
    else:
        _show_results(prepared, store, progress, results)
    if progress.failed:
        _report_failures(store, progress)
        raise typer.Exit(SOME_FAILED)


def complete(
    prepared: PreparedExperiment, store: Store, workers: int | None, cluster: str | None = None
) -> tuple[Progress, ResultTables]:
    """Simulate the missing worlds, and write tables, figures and report."""
    from ceasefire.experiments.hindcast import HORIZON
    from ceasefire.report.fill_folder import finish_experiment

    progress = _simulate(prepared, store, workers, cluster)
    if prepared.experiment.cases:
        notify(f"simulating {len(prepared.experiment.cases)} past deals, for {HORIZON:,} days each")
    return progress, finish_experiment(prepared, store, progress, workers, shown_path(store.folder), notify)


def _simulate(prepared: PreparedExperiment, store: Store, workers: int | None, cluster: str | None) -> Progress:
    """Simulate the missing worlds. typer.Exit when the disk is full; finished chunks stay."""
    from ceasefire.experiments.executors import ClusterError
    from ceasefire.experiments.prepare import QUICK_SECONDS
    from ceasefire.experiments.runner import make_folder, run

    command = command_line()
    try:
        make_folder(prepared, store, command)
        with _executor(prepared, workers, cluster) as executor, progress_display() as display:
            return run(prepared, store, executor, display, command, QUICK_SECONDS if prepared.quick else None)
    except KeyboardInterrupt:
        notify(f"{_saved(store)}; the same command continues from there")
        raise
    except ClusterError as problem:
        again = f"{program()} {shlex.join(command[1:])}"
        on = f"this continues from there, and without --cluster it does so on this machine: {again}"
        raise RefusedError(f"{problem}. {_saved(store)}; {on}") from problem
    except OSError as problem:
        if not _is_full(problem):
            raise
        notify(f"{store.folder}: the disk is full; {_saved(store)}. Free some space, and the same command continues")
        raise typer.Exit(SOME_FAILED) from None


def _executor(prepared: PreparedExperiment, workers: int | None, cluster: str | None) -> Executor:
    from ceasefire.experiments.executors import DaskExecutor, ThreadExecutor
    from ceasefire.experiments.prepare import warm_up

    if cluster is not None:
        if workers is not None:
            raise RefusedError(
                "--workers sets the threads of this machine; leave it out with --cluster, which has workers of its own"
            )
        return DaskExecutor(cluster)
    notify_if_compiling()
    warm_up(prepared)
    return ThreadExecutor(workers)


def _is_full(problem: OSError) -> bool:
    import errno

    return problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _saved(store: Store) -> str:
    entries = store.ledger()
    return f"{len(entries):,} chunks with {sum(entry.worlds for entry in entries.values()):,} worlds are saved"


def _show_cost(prepared: PreparedExperiment, workers: int | None, as_json: bool) -> None:
    from ceasefire.experiments.prepare import estimate_cost

    cost = estimate_cost(prepared, workers)
    if as_json:
        show_json(cost.__dict__)
        return
    may_grow = cost.most_worlds > cost.worlds
    levers, uncertainties = prepared.experiment.of(lever=True), prepared.experiment.of(lever=False)
    draws = (
        f" at {int(prepared.points.draw.max()) + 1:,} draws" if prepared.experiment.crossed and uncertainties else ""
    )
    rows = [
        ["question", prepared.experiment.spec.question],
        ["levers", f"{len(levers):,}"],
        ["uncertainties", f"{len(uncertainties):,}{draws}"],
        ["points", f"{cost.points:,}" + _repeats(cost.points, cost.different)],
        [
            "worlds",
            f"{cost.worlds:,}" + (f" to {cost.most_worlds:,}, until the result is certain enough" if may_grow else ""),
        ],
        ["time here", duration_words(cost.seconds) + (f" to {duration_words(cost.most_seconds)}" if may_grow else "")],
        ["disk", f"about {size_words(cost.disk)}"],
    ]
    show(columns(rows))
    if prepared.quick:
        notify(ROUGH)
    notify("Nothing was started.")


def _repeats(points: int, different: int) -> str:
    """How many of the points are different, when not all are."""
    return "" if points == different else f", of which {different:,} are different; each of these is simulated once"


def _show_status(prepared: PreparedExperiment, store: Store, as_json: bool) -> None:
    """Print how much of an experiment is done."""
    from ceasefire.experiments.resume import progress_of, refuse_other_experiment

    if not store.folder.exists():
        raise RefusedError(f"{store.folder} does not exist: this experiment has not been started yet")
    refuse_other_experiment(prepared, store)
    progress = progress_of(prepared, store)
    failed = sum(len(progress.entries[number].failed) for number in progress.finished)
    status: dict[str, Any] = {
        "folder": shown_path(store.folder),
        "complete": progress.complete,
        "running": store.busy(),
        "chunks_done": len(progress.finished),
        "chunks": len(progress.chunks),
        "worlds_done": progress.done,
        "worlds": progress.wanted,
        "worlds_failed": failed,
        **_speed(progress),
    }
    if as_json:
        show_json(status)
        return
    if status["complete"]:
        state = "complete"
    else:
        state = "running now" if status["running"] else "stopped; the same command continues"
    rows = [
        ["state", state],
        ["chunks", f"{status['chunks_done']:,} of {status['chunks']:,}"],
        ["worlds", f"{status['worlds_done']:,} of {status['worlds']:,}, {failed:,} of them failed"],
    ]
    if status["worlds_per_second"]:
        rows.append(["rate", f"{status['worlds_per_second']:,.0f} worlds a second recently"])
        if not progress.complete:
            rows.append(
                ["left", f"about {duration_words((progress.wanted - progress.done) / status['worlds_per_second'])}"]
            )
    show(columns(rows))
    show(shown_path(store.folder))


def _speed(progress: Progress) -> dict[str, float | None]:
    """Worlds a second over the last chunks, from the times in the ledger."""
    import datetime

    last = sorted(progress.entries.values(), key=lambda entry: entry.at)[-20:]
    if len(last) < 2:
        return {"worlds_per_second": None}
    first, end = (datetime.datetime.fromisoformat(entry.at) for entry in (last[0], last[-1]))
    spent = (end - first).total_seconds()
    rate = sum(entry.worlds for entry in last[1:]) / spent if spent > 0 else None
    return {"worlds_per_second": None if rate is None else round(rate, 1)}


def _content(prepared: PreparedExperiment, store: Store, progress: Progress, results: ResultTables) -> dict[str, Any]:
    from ceasefire.wording import ILLUSTRATIVE

    tables = {name: records(table) for name, table in results.tables.items() if name != "points" or len(table) <= 500}
    return {
        "experiment": prepared.experiment.spec.name,
        "question": prepared.experiment.spec.question,
        "note": ILLUSTRATIVE,
        "rough": prepared.quick,
        "complete": progress.complete,
        "worlds": progress.done,
        "worlds_failed": len(progress.failed),
        "variance_reduction": results.variance_reduction,
        "tables": tables,
        "folder": shown_path(store.folder),
    }


def records(table: Any) -> list[dict[str, Any]]:
    """The rows of a table for JSON; missing values are null."""
    return [{k: (None if v != v else v) for k, v in row.items()} for row in table.astype(object).to_dict("records")]


def _show_results(prepared: PreparedExperiment, store: Store, progress: Progress, results: ResultTables) -> None:
    from ceasefire.cli.tables import experiment_text
    from ceasefire.wording import ILLUSTRATIVE

    show(experiment_text(prepared, progress, results, MOST_ROWS))
    if results.variance_reduction:
        name, factor = next(iter(results.variance_reduction.items()))
        show(f"\nThe same worlds at every point make the variance of differences in {name} {factor:.1f} times smaller.")
    if not progress.complete:
        notify(f"{progress.done:,} of {progress.wanted:,} worlds are done; the same command continues")
    show(f"\n{ROUGH if prepared.quick else ILLUSTRATIVE}\n")
    folder = shown_path(store.folder)
    rows = [
        ["report", str(Path(folder) / "report.html")],
        ["figures", str(Path(folder) / "figures")],
        ["tables", str(Path(folder) / "tables")],
        [
            "one world again",
            f"{program()} replay {pasted(store.folder)} --point 0 --world {int(prepared.records.first_world[0])}",
        ],
    ]
    show(columns(rows))
    show(folder)


def _report_failures(store: Store, progress: Progress) -> None:
    folder = pasted(store.folder)
    for point, world in progress.failed[:5]:
        notify(f"world {world} of point {point} failed; {program()} replay {folder} --point {point} --world {world}")
    reasons = dict.fromkeys(reason for entry in progress.entries.values() for reason in entry.reasons)
    for reason in list(reasons)[:3]:
        notify(f"why: {reason}")
    notify(f"{len(progress.failed):,} of {progress.done:,} worlds failed; the others are saved")
