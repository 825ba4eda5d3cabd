"""`ceasefire bench`: how fast worlds are lived."""

from __future__ import annotations

from typing import Annotated

import typer

from ceasefire.cli.options import AsJson
from ceasefire.cli.terminal import columns, say, show, show_json


def bench(
    quick: Annotated[bool, typer.Option("--quick", help="Half a minute; nothing is compiled anew.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure time per world-day and worlds per second, the engine and Mesa side by side.

    Start-up, memory and long fronts are measured too; that takes some minutes, and --quick leaves out most of it.
    """
    from ceasefire.benchmark import bench as measuring

    found = measuring.bench(quick, lambda what: say(f"measuring {what}"))
    if as_json:
        show_json(found)
        return
    show(columns(measuring.table(found), right=(1,)))
    for sentence in measuring.sentences(found):
        show(sentence)
