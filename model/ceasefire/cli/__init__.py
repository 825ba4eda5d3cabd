"""The `ceasefire` command."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import Annotated

import typer

from ceasefire.cli import files, verifying, running, worlds
from ceasefire.cli.guard import Guarded
from ceasefire.cli.terminal import show

app = typer.Typer(
    name="ceasefire",
    cls=Guarded,
    help="How long does a ceasefire last, how does it end, and what would make it last longer?",
    epilog="Exit codes: 0 done; 1 some worlds failed (the rest is saved) or a check failed; 2 bad input; 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("list")(files.list_all)
app.command()(files.describe)
app.command()(files.check)
app.command()(files.new)
app.command()(running.run)
app.command()(worlds.world)
app.command()(verifying.verify)


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
    with suppress(ValueError):
        signal.signal(signal.SIGTERM, _end)
    try:
        app(args=list(arguments) if arguments is not None else None, prog_name="ceasefire")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _end(number: int, frame: FrameType | None) -> None:
    """A polite request to end leaves nothing half-written."""
    raise SystemExit(128 + number)
