"""What people see: tables and figures on standard output; messages and progress on standard error."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def show(text: str) -> None:
    """A line or more of what was asked for."""
    sys.stdout.write(text + "\n")


def say(text: str) -> None:
    """A message beside it."""
    sys.stdout.flush()
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def say_if_compiling() -> None:
    """Rules that this machine has not compiled yet take a while: it is said when they begin to be compiled."""
    from ceasefire.compilation.decorators import when_compiling

    when_compiling(lambda: say("Compiling the rules for this machine: about half a minute, only this once."))


def show_json(content: Any) -> None:
    """Figures for programs."""
    show(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def columns(rows: Sequence[Sequence[str]], right: Sequence[int] = (), gap: int = 3) -> str:
    """Rows as aligned columns; the columns in `right` are aligned to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [c.rjust(w) if at in right else c.ljust(w) for at, (c, w) in enumerate(zip(row, widths, strict=True))]
        lines.append((" " * gap).join(cells).rstrip())
    return "\n".join(lines)


@contextmanager
def progress(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere; what it yields is told how many more are done."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    parts = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*parts, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)


def program() -> str:
    """The command as this reader would type it."""
    typed = Path(sys.argv[0])
    if typed.stem != "ceasefire":
        return "python -m ceasefire" if typed.stem == "__main__" else "ceasefire"
    found = shutil.which("ceasefire")
    if found is not None and Path(found).resolve() == typed.resolve():
        return "ceasefire"
    return shown_path(typed)


def command_line() -> list[str]:
    """What was typed, for whoever wants the same again."""
    return ["ceasefire", *sys.argv[1:]]


def shown_path(path: Path) -> str:
    """A path from the current folder when it lies within it."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
