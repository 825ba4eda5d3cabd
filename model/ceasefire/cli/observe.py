"""`ceasefire observe`: a file of events into counts, or the ETH/PRIO data into durations."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ceasefire.cli.exit_codes import RefusedError
from ceasefire.cli.options import AsJson, repeated
from ceasefire.cli.terminal import notify, show, show_json, shown_path
from ceasefire.ensemble.unfinished import file_aside, sweep
from ceasefire.spreadsheet_csv import csv_text

if TYPE_CHECKING:
    from ceasefire.observations.observe import Observed

Names = list[str] | None
"""Names of one kind."""


def _only(words: str) -> Any:
    return repeated("NAME", f"Only {words}, * stands for anything")


def _worst(what: str) -> Any:
    return typer.Option(metavar="CODE", min=0, help=f"Worst precision of {what} that is kept.")


def observe(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file: its columns tell what it is.")],
    country: Annotated[Names, _only("this country")] = None,
    dyad: Annotated[Names, _only("this dyad, by name or number")] = None,
    actors: Annotated[Names, _only("events of this actor; of several, only those between them")] = None,
    admin1: Annotated[Names, _only("this province")] = None,
    box: Annotated[
        str | None, typer.Option(metavar="S,N,W,E", help="Only within these degrees, as 35.2,36.7,35.8,37.3.")
    ] = None,
    first_day: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="First day, as 2018-09-17; weeks begin with it.")
    ] = None,
    last_day: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Last day.")] = None,
    covers: Annotated[
        str | None,
        typer.Option(metavar="DAY:DAY", help="The days that the file covers, when the first or last ones were quiet."),
    ] = None,
    by_admin1: Annotated[bool, typer.Option("--by-admin1", help="A row for each province.")] = False,
    date_prec: Annotated[int | None, _worst("days")] = None,
    where_prec: Annotated[int | None, _worst("places")] = None,
    column: Annotated[Names, repeated("NAME=COLUMN", "A column named otherwise, as incidents=events")] = None,
    format: Annotated[
        str | None,
        typer.Option("--format", metavar="NAME", help="plain, ucdp_ged, acled or ethprio_ceasefires: not by columns."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="CSV", help="Where the table goes.", show_default="printed")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a file that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Turn a file of events (UCDP, ACLED, a table of counts) into daily and weekly counts.

    The ETH/PRIO ceasefire data become the table of durations. With --out COUNTS.csv, whole weeks go to
    COUNTS-weekly.csv beside it; from ACLED there are only weeks, in COUNTS.csv.
    """
    from ceasefire.observations.observe import observe as read

    places = _places(file, out)
    observed = read(
        file,
        country=country,
        dyad=dyad,
        actors=actors,
        admin1=admin1,
        box=box,
        first_day=first_day,
        last_day=last_day,
        covers=covers,
        by_admin1=by_admin1,
        date_prec=date_prec,
        where_prec=where_prec,
        columns=_columns(column or ()),
        format=format,
    )
    written = _write(_tables(observed, places), replace)
    if as_json:
        show_json({**observed.account.as_dict(), "written": [shown_path(place) for place in written]})
    else:
        notify(str(observed.account))
        if out is None:
            show(_csv(observed.table()).rstrip("\n"))
    if written:
        notify(f"Written: {', '.join(shown_path(place) for place in written)}")


def _columns(typed: Sequence[str]) -> dict[str, str]:
    """What columns are called. RefusedError for what is not NAME=COLUMN, or a name twice."""
    named: dict[str, str] = {}
    for text in typed:
        name, equals, column = (part.strip() for part in text.partition("="))
        if not (name and equals and column) or name in named:
            raise RefusedError(f"--column: '{text}'; write NAME=COLUMN, each name once, as incidents=events")
        named[name.lower()] = column
    return named


def _places(file: Path, out: Path | None) -> list[Path]:
    """Where tables may go: days or all there is, and weeks. RefusedError when that cannot be, before FILE is read."""
    if out is None:
        return []
    if not out.name or out.is_dir():
        raise RefusedError(f"--out: {out} is a folder; name a file in it, as {out / 'counts.csv'}")
    if not out.parent.is_dir():
        raise RefusedError(f"--out: there is no folder {out.parent}; make it first")
    places = [out, out.with_name(f"{out.stem}-weekly{out.suffix}")]
    for place in places:
        if os.path.lexists(place) and not place.is_file():
            raise RefusedError(f"--out: {place} is no ordinary file; leave --out away to print the table")
        with suppress(OSError):
            if place.samefile(file):
                raise RefusedError(f"--out: {place} is the file that is read; name another")
    return places


def _tables(observed: Observed, places: list[Path]) -> dict[Path, str]:
    """What goes where: days and weeks, or the one table there is."""
    if not places:
        return {}
    tables = {places[0]: _csv(observed.table())}
    if observed.counts is not None and observed.counts.step_days == 1 and len(observed.weeks()):
        tables[places[1]] = _csv(observed.weekly())
    return tables


def _csv(table: Any) -> str:
    return csv_text(table, date_format="%Y-%m-%d")


def _write(tables: dict[Path, str], replace: bool) -> list[Path]:
    """Write every table aside, then put all in place. RefusedError when another file would be lost."""
    lost = [place for place, text in tables.items() if place.exists() and _differs(place, text)]
    if lost and not replace:
        raise RefusedError(f"--out: {shown_path(lost[0])} is there and holds something else; --replace writes over it")
    with ExitStack() as stack:
        aside: dict[Path, Path] = {}
        for place, text in tables.items():
            sweep(place.absolute().parent)
            aside[place] = stack.enter_context(file_aside(place))
            aside[place].write_text(text, encoding="utf-8", newline="")
        for place, written in aside.items():
            written.replace(place)
    for place in lost:
        notify(f"Replaced: {shown_path(place)}")
    return list(tables)


def _differs(place: Path, text: str) -> bool:
    """Whether a file holds anything but this text."""
    return place.stat().st_size != len(text.encode()) or place.read_bytes() != text.encode()
