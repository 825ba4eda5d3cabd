"""`ceasefire run`: simulate a scenario and fill a results folder."""

from __future__ import annotations

import shlex
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ceasefire.cli.exit_codes import SOME_FAILED, RefusedError
from ceasefire.cli.options import (
    AsJson,
    Changes,
    CountsFile,
    Dates,
    ScenarioName,
    Seed,
    Settings,
    Words,
    load_with_options,
)
from ceasefire.cli.terminal import (
    columns,
    command_line,
    notify,
    notify_if_compiling,
    program,
    progress,
    show,
    show_json,
    shown_path,
)

if TYPE_CHECKING:
    import pandas as pd

    from ceasefire.ensemble.output_folder import Results
    from ceasefire.ensemble.run import RunResult, WorldsCallback
    from ceasefire.ensemble.run_plan import Plan
    from ceasefire.observations.counts import Counts
    from ceasefire.scenario.load import Loaded

Engine = Literal["compiled", "mesa"]


def run(
    scenario: ScenarioName,
    worlds: Annotated[int, typer.Option(min=1, max=1_000_000, help="Simulated histories.")] = 1000,
    seed: Seed = 1,
    days: Annotated[
        int | None,
        typer.Option(min=1, max=36_500, help="Days that worlds are followed.", show_default="the scenario's"),
    ] = None,
    change: Changes = None,
    setting: Settings = None,
    from_day: Annotated[
        int | None,
        typer.Option("--from-day", metavar="T", min=1, help="Worlds begin on day T, in the state of --state."),
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option("--state", metavar="FILE", help="A scenario file of the present: front, troops, postures."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=512, help="Threads, or processes for Mesa.", show_default="as many as cores"),
    ] = None,
    engine: Annotated[Engine, typer.Option(help="Both give the same worlds; compiled is far faster.")] = "compiled",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder to fill.", show_default="results/SCENARIO")
    ] = None,
    counts: CountsFile = None,
    daily: Annotated[bool, typer.Option("--daily", help="Also write every day of every world, to daily/.")] = False,
    dates: Dates = False,
    words: Words = "numbers",
    as_json: AsJson = False,
) -> None:
    """Simulate many worlds of a scenario and fill a results folder with tables and charts.

    With --counts, what was counted since signing is laid over the weeks of the worlds: a first check of the model.
    """
    if state is None and from_day is None:
        loaded = load_with_options(scenario, change, setting)
    else:
        loaded = _present(scenario, from_day, state, change, setting)
    from ceasefire.ensemble.output_folder import folder_for_run
    from ceasefire.ensemble.run_plan import Plan
    from ceasefire.scenario.without_effect import warnings

    if days is not None and days <= loaded.scenario.day:
        raise RefusedError(f"--days {days}: worlds begin on day {loaded.scenario.day:,}; give more")
    plan = Plan(loaded, worlds, seed, engine, days)
    seen = _counts(plan, counts)
    for warned in warnings(loaded.scenario):
        notify(f"warning: {warned}")
    folder, there = folder_for_run(plan, out)
    if there:
        results = _redraw(folder, plan, seen, dates, words)
    else:
        results = _run(plan, folder, workers, seen, dates, not as_json, words)
    if there and not as_json:
        _show_answer(plan, results.outcome)
    if daily:
        _write_daily(plan, folder, workers)
    _show_results(results, scenario, as_json, words)


def _counts(plan: Plan, file: Path | None) -> Counts | None:
    """Counts to lay over the worlds of a plan. RefusedError or ScenarioError before these are made."""
    if file is None:
        return None
    from ceasefire.observations.counts import read_counts
    from ceasefire.observations.weeks import weekly_since

    if plan.engine == "mesa":
        raise RefusedError("--counts needs weekly counts of the worlds, which --engine compiled makes")
    counts = read_counts(file)
    weekly_since(counts, plan.scenario.start)
    return counts


def _write_daily(plan: Plan, folder: Path, workers: int | None) -> None:
    """Write the days of every world into the folder of a run, whole or not at all, unless they are there."""
    from ceasefire.ensemble.daily_table import FOLDER, write_daily
    from ceasefire.ensemble.output_folder import write_aside

    if not (folder / FOLDER).exists():
        with write_aside(folder / FOLDER) as aside:
            write_daily(plan, aside, workers)


def _present(
    scenario: str, from_day: int | None, state: Path | None, change: list[str] | None, setting: list[str] | None
) -> Loaded:
    """The scenario as it stands on a day. RefusedError when file, day and scenario do not belong together."""
    if state is None:
        raise RefusedError("--from-day needs --state FILE: a scenario file with `base:`, `day:` and what has changed")
    past = load_with_options(scenario, change, setting)
    present = load_with_options(str(state), change, setting)
    if from_day not in (None, present.scenario.day):
        present = load_with_options(str(state), change, [*(setting or ()), f"day={from_day}"])
    if present.scenario.start != past.scenario.start:
        raise RefusedError(
            f"--state {state}: the deal began on {present.scenario.start}, that of {scenario} on {past.scenario.start};"
            " both must be the same"
        )
    if not present.scenario.day:
        raise RefusedError(f"--state {state}: does not say its day; write `day:` in it, or give --from-day")
    return present


def _redraw(folder: Path, plan: Plan, counts: Counts | None, dates: bool, words: str) -> Results:
    """Draw the figures of an earlier run again."""
    from ceasefire.report.fill_folder import redraw_run

    notify(f"This run is already in {shown_path(folder)}: its worlds stay, and its figures are drawn again.")
    return redraw_run(folder, plan, shown_path(folder), notify, counts, dates, words)


def _run(
    plan: Plan, folder: Path, workers: int | None, counts: Counts | None, dates: bool, answer: bool, words: str
) -> Results:  # fmt: skip
    """Run a plan and write its folder."""
    from ceasefire.report.fill_folder import fill_run

    def simulate(while_sampling: WorldsCallback) -> RunResult:
        return _simulate(plan, workers, while_sampling, answer)

    return fill_run(folder, plan, simulate, command_line(), shown_path(folder), notify, counts, dates, words)


def _simulate(plan: Plan, workers: int | None, while_sampling: WorldsCallback, answer: bool) -> RunResult:
    """Run a plan with progress on standard error. `while_sampling` is called while assumed numbers are drawn.

    With `answer`, the first figures are on standard error before that, and the table is on standard output after it.
    """
    from ceasefire.ensemble.run import run_plan, warm_up, worlds_to_simulate
    from ceasefire.wording import how_many

    notify_if_compiling()
    warm_up(plan)
    total = worlds_to_simulate(plan)
    doubt = total - plan.worlds
    extra = f" and {doubt:,} more for doubt about the assumed numbers" if doubt else ""
    sample = f"{how_many(plan.worlds, 'world')} of at most {how_many(plan.horizon, 'day')}"
    notify(f"{plan.loaded.shown}: {sample}{extra}")

    def first(worlds: pd.DataFrame) -> None:
        if answer and doubt:
            _show_first(plan, worlds)
        while_sampling(worlds)

    with progress(total, "worlds") as advance:
        outcome = run_plan(plan, workers, advance, first)
    if answer:
        _show_answer(plan, outcome)
    return outcome


def _show_first(plan: Plan, worlds: pd.DataFrame) -> None:
    """Print the figures of the numbers as written, as a message: those over draws are not there yet."""
    from ceasefire.analysis.summary import summary
    from ceasefire.cli.tables import first_text
    from ceasefire.ensemble.run import numbers_drawn

    if not worlds["failed"].all():
        figures = summary(worlds, None, plan.horizon, term=plan.scenario.agreement.term_days, first=plan.scenario.day)
        notify(first_text(figures, numbers_drawn(plan.scenario)))


def _show_answer(plan: Plan, outcome: RunResult) -> None:
    """Print the table of a run before its figures are drawn. Where nobody reads it, the work goes on."""
    from ceasefire.cli.tables import run_text
    from ceasefire.ensemble.pooled_forecast import views_of
    from ceasefire.ensemble.run import run_summary

    if not outcome.worlds["failed"].all():
        with suppress(BrokenPipeError):
            show(run_text(run_summary(plan, outcome), plan, outcome, views_of(plan, outcome)))
            sys.stdout.flush()


def _show_results(results: Results, reference: str, as_json: bool, words: str) -> None:
    """Print what follows the table, with the folder in the last line. typer.Exit when worlds failed."""
    from ceasefire.cli.tables import words_text
    from ceasefire.report.seen_weeks import kept, seen_frame, summary_rows
    from ceasefire.wording import ILLUSTRATIVE

    failed = results.outcome.failed
    folder = shown_path(results.folder)
    some = len(failed) < len(results.outcome.worlds)
    seen = kept(results.plan, results.outcome, results.folder) if some else None
    if as_json:
        from ceasefire.ensemble.pooled_forecast import views_of
        from ceasefire.ensemble.run import run_summary

        about = {key: results.manifest[key] for key in ("scenario", "seed", "days", "engine", "digest", "identity")}
        figures = run_summary(results.plan, results.outcome) if some else None
        views = views_of(results.plan, results.outcome) if some else None
        content = figures.as_content() if figures else {}
        forecast = {"forecast": views.as_content([*figures.holding])} if figures and views else {}
        weeks = seen_frame(seen).dropna().to_dict("records") if seen is not None else []
        observed = {"observed": {"weeks": weeks, "notes": list(seen.notes)}} if seen is not None else {}
        show_json({**about, "note": ILLUSTRATIVE, "folder": folder, **forecast, **content, **observed})
    else:
        if some and words != "numbers":
            show(words_text(results.plan, results.outcome, words))
        if seen is not None:
            show(f"\nwhat was counted, among the worlds\n{columns(summary_rows(seen))}")
            for note in seen.notes:
                show(note)
        show(f"\n{ILLUSTRATIVE}\n")
        show(_next_steps(results, reference, folder))
        show(folder)
    if failed:
        for world in failed[:5]:
            notify(f"world {world} failed; to see why: {program()} world {shlex.quote(folder)} --world {world}")
        for reason in results.outcome.reasons[:3]:
            notify(f"why: {reason}")
        notify(f"{len(failed):,} of {len(results.outcome.worlds):,} worlds failed; the others are saved")
        raise typer.Exit(SOME_FAILED)


def _next_steps(results: Results, reference: str, folder: str) -> str:
    """The files to open, and commands for the next steps."""
    from ceasefire.ensemble.pooled_forecast import changes_of
    from ceasefire.ensemble.run import example_world
    from ceasefire.scenario.load import split_reference

    world = example_world(results.outcome.worlds)
    base = shlex.quote(split_reference(reference)[0])
    loaded = results.plan.loaded
    rows = [
        ["report", str(Path(folder) / "report.html")],
        ["charts", str(Path(folder) / "figures")],
        ["one world's story", f"{program()} world {shlex.quote(folder)} --world {world}"],
    ]
    if changes_of(loaded) and not loaded.scenario.day:
        rows.append(["against the baseline", f"{program()} compare {base} {shlex.quote(folder)}"])
    else:
        rows.append(["who wants what", f"{program()} describe {base}"])
    return columns(rows)
