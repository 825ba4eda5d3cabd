"""The `ceasefire` command."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Annotated, Any

import typer

from ceasefire.cli import (
    compare,
    compile,
    diff,
    discover,
    evaluation,
    experiment,
    forecast,
    nowcast,
    observe,
    report,
    results,
    run,
    scenarios,
    schema,
    studio,
    world,
)
from ceasefire.cli.exit_codes import BAD_INPUT, ErrorHandlingGroup, watch_signals
from ceasefire.cli.terminal import notify, show, with_home
from ceasefire.compilation.in_python import process_is_ours
from ceasefire.errors import MissingFontWarning

app = typer.Typer(
    name="ceasefire",
    cls=ErrorHandlingGroup,
    help="How long does a ceasefire last, how does it end, and what would make it last longer?",
    epilog="Exit codes: 0 done; 1 some worlds (the others are saved) or checks failed; 2 bad input; 130 interrupted.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS: dict[str, Callable[..., None]] = {
    "list": scenarios.list_all,
    "describe": scenarios.describe,
    "check": scenarios.check,
    "new": scenarios.new,
    "schema": schema.schema,
    "run": run.run,
    "world": world.world,
    "compare": compare.compare,
    "levers": compare.levers,
    "diff": diff.diff,
    "experiment": experiment.experiment,
    "discover": discover.discover,
    "forecast": forecast.forecast,
    "results": results.results,
    "replay": report.replay,
    "report": report.report,
    "observe": observe.observe,
    "nowcast": nowcast.nowcast,
    "compile": compile.compile_rules,
    "studio": studio.studio,
    "verify": evaluation.verify,
    "calibrate": evaluation.calibrate,
    "match": evaluation.match,
    "validate": evaluation.validate,
    "bench": evaluation.bench,
}
"""The commands, in the order of the help."""

for _name, _command in COMMANDS.items():
    app.command(_name, short_help=(_command.__doc__ or "").strip().splitlines()[0])(_command)


def _version(given: bool) -> None:
    if given:
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


def _open_closed_streams() -> None:
    """Open the null device where standard input, output or error is closed.

    Otherwise a file that the command opens would take its number, and messages of libraries would be written into it.
    """
    for number, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is not None:
            continue
        null = os.open(os.devnull, os.O_RDWR)
        try:
            os.fstat(number)
        except OSError:
            os.dup2(null, number)
        setattr(sys, name, open(null, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115


_usual_warning = warnings.showwarning


def _show_warning(message: Warning | str, category: type[Warning], *more: Any) -> None:
    """A warning that is meant for users is a line; others are shown as Python shows them."""
    if issubclass(category, MissingFontWarning):
        notify(str(message))
    else:
        _usual_warning(message, category, *more)


def _not_utf8(text: str) -> bool:
    """True for an argument whose bytes are no UTF-8: no manifest, report or message could hold it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


LARGE = 1 << 20
"""Blocks of memory from this size on go back to the system when they are freed. [bytes]"""


def _give_memory_back() -> None:
    """Ask the C library, where it is GNU's, for large blocks that go back when freed: it keeps those of pictures."""
    threshold_of_own_blocks, threshold_of_trimming = -3, -1  # M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of malloc.h
    with suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(threshold_of_own_blocks, LARGE)
        library.mallopt(threshold_of_trimming, LARGE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    # A command allocates much and frees little: garbage collection took a tenth of its time.
    gc.set_threshold(50_000, 20, 50)
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # Arrow's own keeps what was freed
    _give_memory_back()
    watch_signals()
    warnings.showwarning = _show_warning  # type: ignore[assignment]
    if arguments is None:
        process_is_ours()
    typed = list(arguments) if arguments is not None else sys.argv[1:]
    wrong = next((text for text in typed if _not_utf8(text)), None)
    if wrong is not None:
        notify(f"'{wrong.encode('utf-8', 'backslashreplace').decode()}' is not UTF-8; rename it, or name it otherwise")
        return BAD_INPUT
    try:
        app(args=with_home(typed), prog_name="ceasefire")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
