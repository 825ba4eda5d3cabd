"""`ceasefire experiment`: run a batch experiment, or go on with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ceasefire.cli.exit_codes import SOME_FAILED, RefusedError
from ceasefire.cli.options import AsJson
from ceasefire.cli.terminal import (
    columns,
    command_line,
    in_bytes,
    in_time,
    program,
    say,
    say_if_compiling,
    show,
    show_json,
    shown_path,
    watching,
)

if TYPE_CHECKING:
    from pandas import DataFrame

    from ceasefire.experiments.executors import Executor
    from ceasefire.experiments.prepare import PreparedExperiment
    from ceasefire.experiments.result_store import Store
    from ceasefire.experiments.result_tables import ResultTables
    from ceasefire.experiments.runner import Progress

ROUGH = "ROUGH: a quick run with few worlds; run it without --quick for an answer to rely on"
MOST_ROWS = 15
"""Rows of a table that are shown; all are in the folder."""


def experiment(
    name: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A name from `ceasefire list`, or a file.")],
    workers: Annotated[
        int | None, typer.Option(min=1, max=512, help="Threads.", show_default="as many as cores")
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler, as tcp://host:8786, instead of threads.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder to fill.", show_default="results/NAME")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say points, worlds, minutes and disk, and start nothing.")
    ] = False,
    quick: Annotated[bool, typer.Option("--quick", help="A rough answer within a minute.")] = False,
    independent: Annotated[
        bool, typer.Option("--independent", help="Worlds of its own at each point, instead of the same everywhere.")
    ] = False,
    status: Annotated[bool, typer.Option("--status", help="Say how far it has come, and start nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run a batch experiment; the same command again goes on where it stopped."""
    from ceasefire.ensemble.output_folder import FolderError
    from ceasefire.experiments.chunks import OtherVersionError
    from ceasefire.experiments.executors import ClusterError
    from ceasefire.experiments.load import load_experiment
    from ceasefire.experiments.prepare import prepare
    from ceasefire.experiments.result_store import Store
    from ceasefire.experiments.runner import folder_for_experiment

    made = prepare(load_experiment(name), quick=quick, independent=independent)
    if dry_run:
        _say_cost(made, workers, as_json)
        return
    try:
        folder, note = folder_for_experiment(made, out)
        store = Store(folder)
        if status:
            _say_status(made, store, as_json)
            return
        if note:
            say(note)
        _run(made, store, workers, cluster, as_json)
    except (FolderError, ClusterError, OtherVersionError) as problem:
        raise RefusedError(str(problem)) from problem


def _run(made: PreparedExperiment, store: Store, workers: int | None, cluster: str | None, as_json: bool) -> None:
    """Live what is missing, make tables and figures, and tell. Raises typer.Exit when some worlds failed."""
    from ceasefire import report as reports
    from ceasefire.cli.report import add_page
    from ceasefire.experiments.result_tables import tabulate, write_answer
    from ceasefire.report.experiment_figures import draw

    progress = _lived(made, store, workers, cluster)
    found = tabulate(made, store, progress)
    found.tables |= _cases(made, workers)
    write_answer(found, store)
    draw(made, found, store.folder)
    add_page(lambda: reports.write(store.folder, shown_path(store.folder)))
    if as_json:
        show_json(_content(made, store, progress, found))
    else:
        _tell(made, store, progress, found)
    if progress.failed:
        _say_failures(store, progress)
        raise typer.Exit(SOME_FAILED)


def _cases(made: PreparedExperiment, workers: int | None) -> dict[str, DataFrame]:
    """The tables of the deals that lie side by side; none when the experiment has none."""
    from ceasefire.experiments import hindcast

    if not made.asked.cases:
        return {}
    say(f"living {len(made.asked.cases)} deals side by side, for {hindcast.HORIZON:,} days each")
    worlds, draws = hindcast.effort(made.quick)
    asked = zip(made.asked.spec.cases, made.asked.cases, strict=True)
    seed = made.recipe.seed
    return hindcast.tables([hindcast.live(case, loaded, worlds, seed, workers, draws) for case, loaded in asked])


def _lived(made: PreparedExperiment, store: Store, workers: int | None, cluster: str | None) -> Progress:
    """The worlds. Raises typer.Exit when interrupted, or when the disk is full; what is finished is kept."""
    from ceasefire.experiments.prepare import QUICK_SECONDS
    from ceasefire.experiments.runner import make_ready, run

    command = command_line()
    try:
        make_ready(made, store, command)
        with _crew(made, workers, cluster) as crew, watching() as watch:
            return run(made, store, crew, watch, command, QUICK_SECONDS if made.quick else None)
    except KeyboardInterrupt:
        say(f"{_saved(store)}; the same command goes on from there")
        raise
    except OSError as problem:
        if not _is_full(problem):
            raise
        say(f"{store.folder}: no room left on the disk; {_saved(store)}. Make room, and the same command goes on")
        raise typer.Exit(SOME_FAILED) from None


def _crew(made: PreparedExperiment, workers: int | None, cluster: str | None) -> Executor:
    from ceasefire.experiments.executors import DaskExecutor, ThreadExecutor
    from ceasefire.experiments.prepare import warm_up

    if cluster is not None:
        if workers is not None:
            raise RefusedError("--workers are threads of this machine; with --cluster the cluster has its own")
        return DaskExecutor(cluster)
    say_if_compiling()
    warm_up(made)
    return ThreadExecutor(workers)


def _is_full(problem: OSError) -> bool:
    import errno

    return problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _saved(store: Store) -> str:
    entries = store.ledger()
    return f"{len(entries):,} chunks with {sum(entry.worlds for entry in entries.values()):,} worlds are saved"


def _say_cost(made: PreparedExperiment, workers: int | None, as_json: bool) -> None:
    from ceasefire.experiments.prepare import estimate

    cost = estimate(made, workers)
    if as_json:
        show_json(cost.__dict__)
        return
    upto = cost.most_worlds > cost.worlds
    levers, doubts = made.asked.of(lever=True), made.asked.of(lever=False)
    draws = f" at {int(made.points.draw.max()) + 1:,} draws" if made.asked.spec.draws is not None and doubts else ""
    rows = [
        ["question", made.asked.spec.question],
        ["levers", f"{len(levers):,}"],
        ["uncertainties", f"{len(doubts):,}{draws}"],
        ["points", f"{cost.points:,}"],
        ["worlds", f"{cost.worlds:,}" + (f" to {cost.most_worlds:,}, until sure" if upto else "")],
        ["time here", in_time(cost.seconds) + (f" to {in_time(cost.most_seconds)}" if upto else "")],
        ["disk", f"about {in_bytes(cost.disk)}"],
    ]
    show(columns(rows))
    if made.quick:
        say(ROUGH)
    say("Nothing was started.")


def _say_status(made: PreparedExperiment, store: Store, as_json: bool) -> None:
    """How far a folder has come."""
    from ceasefire.experiments.runner import progress_of, refuse_another

    if not store.folder.exists():
        raise RefusedError(f"{store.folder} does not exist: this experiment was not started yet")
    refuse_another(made, store)
    progress = progress_of(made, store)
    failed = sum(len(progress.entries[number].failed) for number in progress.finished)
    said: dict[str, Any] = {
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
        show_json(said)
        return
    state = (
        "complete" if said["complete"] else "at work now" if said["running"] else "stopped; the same command goes on"
    )
    rows = [
        ["state", state],
        ["chunks", f"{said['chunks_done']:,} of {said['chunks']:,}"],
        ["worlds", f"{said['worlds_done']:,} of {said['worlds']:,}, {failed:,} failed"],
    ]
    if said["worlds_per_second"]:
        rows.append(["rate", f"{said['worlds_per_second']:,.0f} worlds a second lately"])
        if not progress.complete:
            rows.append(["left", f"about {in_time((progress.wanted - progress.done) / said['worlds_per_second'])}"])
    show(columns(rows))
    show(shown_path(store.folder))


def _speed(progress: Progress) -> dict[str, float | None]:
    """Worlds a second over the last chunks, by the clock of the ledger."""
    import datetime

    last = sorted(progress.entries.values(), key=lambda entry: entry.at)[-20:]
    if len(last) < 2:
        return {"worlds_per_second": None}
    first, end = (datetime.datetime.fromisoformat(entry.at) for entry in (last[0], last[-1]))
    spent = (end - first).total_seconds()
    rate = sum(entry.worlds for entry in last[1:]) / spent if spent > 0 else None
    return {"worlds_per_second": None if rate is None else round(rate, 1)}


def _content(made: PreparedExperiment, store: Store, progress: Progress, found: ResultTables) -> dict[str, Any]:
    from ceasefire.wording import ILLUSTRATIVE

    tables = {name: _records(table) for name, table in found.tables.items() if name != "points" or len(table) <= 500}
    return {
        "experiment": made.asked.spec.name,
        "question": made.asked.spec.question,
        "note": ILLUSTRATIVE,
        "rough": made.quick,
        "complete": progress.complete,
        "worlds": progress.done,
        "worlds_failed": len(progress.failed),
        "variance_reduction": found.variance_reduction,
        "tables": tables,
        "folder": shown_path(store.folder),
    }


def _records(table: Any) -> list[dict[str, Any]]:
    """Rows for programs; what is missing is null."""
    return [{k: (None if v != v else v) for k, v in row.items()} for row in table.astype(object).to_dict("records")]


def _tell(made: PreparedExperiment, store: Store, progress: Progress, found: ResultTables) -> None:
    from ceasefire.cli.tables import experiment_text
    from ceasefire.wording import ILLUSTRATIVE

    show(experiment_text(made, progress, found, MOST_ROWS))
    if found.variance_reduction:
        name, factor = next(iter(found.variance_reduction.items()))
        show(f"\nThe same worlds at every point: the variance of differences in {name} is {factor:.1f} times smaller.")
    if not progress.complete:
        say(f"not all worlds were lived: {progress.done:,} of {progress.wanted:,}; the same command goes on")
    show(f"\n{ROUGH if made.quick else ILLUSTRATIVE}\n")
    folder = shown_path(store.folder)
    rows = [
        ["report", str(Path(folder) / "report.html")],
        ["figures", str(Path(folder) / "figures")],
        ["tables", str(Path(folder) / "tables")],
        ["one world again", f"{program()} replay {folder} --point 0 --world {int(made.recipe.first_world[0])}"],
    ]
    show(columns(rows))
    show(folder)


def _say_failures(store: Store, progress: Progress) -> None:
    folder = shown_path(store.folder)
    for point, world in progress.failed[:5]:
        say(f"world {world} of point {point} failed; {program()} replay {folder} --point {point} --world {world}")
    reasons = dict.fromkeys(reason for entry in progress.entries.values() for reason in entry.reasons)
    for reason in list(reasons)[:3]:
        say(f"why: {reason}")
    say(f"{len(progress.failed):,} of {progress.done:,} worlds failed; the rest is saved")
