"""The `ceasefire` command."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated

import typer

from ceasefire.cli import (
    benching,
    calibrating,
    comparing,
    experiments,
    files,
    replaying,
    reporting,
    running,
    validating,
    verifying,
    worlds,
)
from ceasefire.cli.guard import Guarded, watch_signals
from ceasefire.cli.observe import observe
from ceasefire.cli.terminal import show

app = typer.Typer(
    name="ceasefire",
    cls=Guarded,
    help="How long does a ceasefire last, how does it end, and what would make it last longer?",
    epilog="Exit codes: 0 done; 1 some worlds (the rest is saved) or checks failed; 2 bad input; 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS: dict[str, Callable[..., None]] = {
    "list": files.list_all,
    "describe": files.describe,
    "check": files.check,
    "new": files.new,
    "run": running.run,
    "world": worlds.world,
    "compare": comparing.compare,
    "levers": comparing.levers,
    "experiment": experiments.experiment,
    "replay": replaying.replay,
    "report": reporting.report,
    "observe": observe,
    "verify": verifying.verify,
    "calibrate": calibrating.calibrate,
    "validate": validating.validate,
    "bench": benching.bench,
}
"""What the command can do, in the order of its help."""

for _name, _command in COMMANDS.items():
    app.command(_name, short_help=(_command.__doc__ or "").strip().splitlines()[0])(_command)


def _version(wanted: bool) -> None:
    if wanted:
        import ceasefire

        show(f"ceasefire {ceasefire.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """How long does a ceasefire last, how does it end, and what would make it last longer?"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    gc.set_threshold(50_000, 20, 50)  # a command makes much and keeps it: looking for waste took a tenth of its time
    watch_signals()
    try:
        app(args=list(arguments) if arguments is not None else None, prog_name="ceasefire")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
