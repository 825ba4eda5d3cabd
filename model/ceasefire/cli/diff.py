"""`ceasefire diff`: what differs between two scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ceasefire.cli.options import AsJson, Settings
from ceasefire.cli.terminal import columns, show, show_json

if TYPE_CHECKING:
    from ceasefire.scenario.load import Loaded


def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="A scenario, or scenario+change.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another; --set counts for this one.")],
    setting: Settings = None,
    as_json: AsJson = False,
) -> None:
    """Show in words and numbers what differs between two scenarios; titles and sources do not count."""
    from ceasefire.cli.options import load_with_options
    from ceasefire.scenario.differences import differences

    here, there = load_with_options(first, None, None), load_with_options(second, None, setting)
    if as_json:
        rows = [each.__dict__ for each in differences(here, there)]
        show_json({"first": here.shown, "second": there.shown, "differences": rows})
        return
    show(difference_text(here, there))


def difference_text(here: Loaded, there: Loaded, most: int | None = None) -> str:
    """The differences as a table, `most` rows at most."""
    from ceasefire.scenario.differences import differences
    from ceasefire.wording import how_many

    found = differences(here, there)
    if not found:
        return f"{here.shown} and {there.shown} differ in nothing that affects results."
    rows = [["what differs", here.shown, there.shown, "path"]]
    rows += [[each.words, each.here, each.there, each.path] for each in found[:most]]
    rest = len(found) - len(rows) + 1
    more = f"\n… and {how_many(rest, 'more')[:-1]}; `ceasefire diff` shows all" if rest > 0 else ""
    return columns(rows) + more
