"""`ceasefire verify`: does the program compute the model?"""

from __future__ import annotations

from typing import Annotated

import typer

from ceasefire.cli.guard import SOME_FAILED
from ceasefire.cli.options import AsJson
from ceasefire.cli.terminal import columns, say, say_if_compiling, show, show_json


def verify(
    full: Annotated[
        bool, typer.Option("--full", help="More worlds, and every motive of every actor and scenario.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check that the program computes the model: a row per check, with its figure and its target."""
    from ceasefire import verification

    say_if_compiling()
    say("This takes ten minutes or more." if full else "This takes about a minute.")
    found = verification.table(quick=not full)
    checks = [{**row, "passed": bool(row["passed"])} for row in found.to_dict("records")]
    if as_json:
        show_json(checks)
    else:
        rows = [[_verdict(c["passed"]), str(c["name"]), str(c["figure"]), str(c["target"])] for c in checks]
        show(columns([["", "check", "figure", "target"], *rows]))
    missed = sum(not check["passed"] for check in checks)
    say(f"{len(checks) - missed} of {len(checks)} checks passed")
    if missed:
        raise typer.Exit(SOME_FAILED)


def _verdict(passed: bool) -> str:
    return "ok" if passed else "MISSED"
