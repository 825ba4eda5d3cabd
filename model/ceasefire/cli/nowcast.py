"""`ceasefire nowcast`: what to expect from a day on, without and with what was counted since signing."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ceasefire.cli.exit_codes import RefusedError
from ceasefire.cli.options import (
    AsJson,
    Changes,
    CountsFile,
    ScenarioName,
    Seed,
    Settings,
    Workers,
    load_with_options,
    repeated,
)
from ceasefire.cli.terminal import (
    columns,
    command_line,
    notify,
    notify_if_compiling,
    progress,
    show,
    show_json,
    shown_path,
)

if TYPE_CHECKING:
    from ceasefire.observations.nowcast.nowcast import Nowcast


def nowcast(
    scenario: ScenarioName,
    counts: CountsFile = None,
    day: Annotated[
        str | None,
        typer.Option(
            "--day", metavar="T", help="Days since the start, or a date.", show_default="after the last count"
        ),
    ] = None,
    event: Annotated[
        list[str] | None,
        repeated("DATE:PATH=VALUE", "What has happened since, as 2019-01-10:actors.hts.capability=0.3"),
    ] = None,
    facts: Annotated[
        Path | None,
        typer.Option("--facts", metavar="FILE", help="Facts as of `forecast`: puts the outside view beside."),
    ] = None,
    deaths_only: Annotated[
        bool,
        typer.Option("--deaths-only", help="Leave incidents out: ACLED's need not be deadly, the model's are."),
    ] = False,
    worlds: Annotated[int, typer.Option(min=1_000, max=1_000_000, help="Simulated histories.")] = 12_000,
    seed: Seed = 1,
    change: Changes = None,
    setting: Settings = None,
    workers: Workers = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for tables, figures and a report.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what to expect of a ceasefire that has held so far, without and with what was counted since signing.

    Of many worlds with all assumed numbers drawn, those that still hold on day T are weighted by how far they agree
    with the counts: the level of the last 30 days (28 where rows are weeks), and the total.
    """
    if counts is None:
        raise RefusedError("nowcast needs --counts FILE: a table with the columns date, incidents, deaths; `ceasefire"
                           " observe` makes one")  # fmt: skip
    _check_out(out)
    loaded = load_with_options(scenario, change, setting)
    from ceasefire.observations.counts import read_counts
    from ceasefire.observations.nowcast.nowcast import nowcast as make_nowcast

    seen = read_counts(counts)
    events = _events(event or [])
    notify_if_compiling()
    with progress(worlds, "worlds") as advance:
        found = make_nowcast(
            loaded,
            seen,
            _day(day),
            events=events,
            facts=facts,
            deaths_only=deaths_only,
            worlds=worlds,
            seed=seed,
            workers=workers,
            progress=advance,
        )
    for words in (*found.warnings, *found.notes):
        notify(f"note: {words}")
    from ceasefire.report.nowcast import content

    if out is not None:
        _write(found, out)
    if as_json:
        show_json(content(found))
        return
    _show(found)
    if out is not None:
        show(shown_path(out))


def _day(typed: str | None) -> int | datetime.date | None:
    """Days since the start, or a date. RefusedError for anything else."""
    if typed is None:
        return None
    try:
        return int(typed) if typed.strip().isdecimal() else datetime.date.fromisoformat(typed.strip())
    except ValueError:
        raise RefusedError(f"--day: '{typed}' is neither days since the start nor a date as 2019-03-16") from None


def _events(typed: list[str]) -> dict[str, dict[str, Any]]:
    """Values by path, by date. RefusedError for what is not DATE:PATH=VALUE."""
    found: dict[str, dict[str, Any]] = {}
    for text in typed:
        when, colon, rest = text.partition(":")
        path, equals, value = rest.partition("=")
        try:
            date = datetime.date.fromisoformat(when.strip())
            found.setdefault(str(date), {})[path.strip()] = float(value)
        except ValueError:
            colon = ""
        if not (colon and equals and path.strip()):
            raise RefusedError(f"--event: '{text}'; write DATE:PATH=VALUE, as 2019-01-10:actors.hts.capability=0.3")
    return found


def _check_out(out: Path | None) -> None:
    """RefusedError when the folder holds what is no part of an earlier nowcast; OSError when it cannot be made."""
    from ceasefire.ensemble.output_folder import check_writable
    from ceasefire.report.nowcast import FILES

    if out is None:
        return
    if out.exists() and not (out.is_dir() and {file.name for file in out.iterdir()} <= FILES):
        raise RefusedError(f"{out} holds something else already, and nothing is overwritten; choose another --out")
    if not out.exists():
        check_writable(out)


def _write(found: Nowcast, out: Path) -> None:
    """Write the folder whole; one of an earlier nowcast is replaced."""
    import shutil

    from ceasefire.ensemble.manifest import program_version
    from ceasefire.ensemble.output_folder import write_aside
    from ceasefire.report.nowcast import CONTENT, write_nowcast

    with write_aside(out) as aside:
        write_nowcast(found, aside, f"Made by ceasefire {program_version()}: {' '.join(command_line())}.")
        if (out / CONTENT).is_file():
            shutil.rmtree(out)


def _show(found: Nowcast) -> None:
    from ceasefire.doc_pages import doc_page
    from ceasefire.report.nowcast import (
        TRIED,
        alarm_sentences,
        chances_rows,
        ends_rows,
        outside_lines,
        warning_sentence,
    )
    from ceasefire.wording import GAP, ILLUSTRATIVE, wrapped

    def shown(rows: list[list[str]]) -> str:
        return columns([[cell.replace(GAP, " ") for cell in row] for row in rows])

    places = [["", "seen", "percentile among worlds"]]
    places += [[one.name, f"{one.seen:,.0f}", one.words] for one in found.places]
    show(f"{found.loaded.label}: {found.loaded.scenario.title}")
    show(f"day {found.seen.day:,}, {found.date}: {found.holding:,} of {found.worlds:,} worlds hold, seed {found.seed};"
         f" {found.effective:,.0f} effective worlds agree with the counts\n")  # fmt: skip
    show(f"{shown(chances_rows(found))}\n")
    rests = [line for text in outside_lines(found) for line in wrapped(text)]
    if rests:
        show("\n".join(rests) + "\n")
    show(f"{shown(ends_rows(found))}\n\n{shown(places)}\n")
    show("what to watch")
    for sentence in alarm_sentences(found):
        show(sentence.replace(GAP, " "))
    if found.warning is not None:
        show(f"\nearly warning\n{warning_sentence(found)}".replace("\u00a0", " "))
    show(f"\nhow far to trust it\n{TRIED} The scores: {doc_page('nowcast.md')}\n\n{ILLUSTRATIVE}")
