"""`ceasefire replay`: one world of a folder again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ceasefire.cli.guard import SOME_FAILED
from ceasefire.cli.options import MOST_SEED, AsJson
from ceasefire.cli.terminal import columns, say, say_if_compiling, show, show_json, shown_path


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
