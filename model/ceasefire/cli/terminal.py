"""The terminal: results on standard output, messages and progress on standard error."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ceasefire.plain_text import printable


def show(text: str) -> None:
    """Print a part of the result on standard output."""
    sys.stdout.write(printable(text) + "\n")


def notify(text: str) -> None:
    """Print a message on standard error."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    with suppress(OSError, ValueError):  # nobody reads the messages: the work goes on
        sys.stderr.write(printable(text) + "\n")
        sys.stderr.flush()


def notify_if_compiling() -> None:
    """Print a message when the rules have to be compiled, which takes a while."""
    from ceasefire.compilation.cache import cache_folder
    from ceasefire.compilation.numba_rules import CACHE, when_compiling

    often = "happens only once" if CACHE is not None else f"happens every time: {cache_folder()} cannot be written"
    when_compiling(
        lambda: notify(
            f"Compiling what this needs of the rules, for this machine; it takes up to half a minute and {often}."
        )
    )


def show_json(content: Any) -> None:
    """Print a result as JSON, for programs."""
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
    """A progress bar on a terminal, nothing elsewhere. Yields its progress callback."""
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
    """The command as it has to be typed on this machine."""
    typed = Path(sys.argv[0])
    if typed.stem == "__main__":
        python = shutil.which("python")
        same = python is not None and os.path.abspath(python) == os.path.abspath(sys.executable)
        return "python -m ceasefire" if same else f"{shlex.quote(sys.executable)} -m ceasefire"
    if typed.stem != "ceasefire" or len(typed.parts) == 1:
        return "ceasefire"
    on_path = shutil.which("ceasefire")
    if on_path is not None and Path(on_path).resolve() == typed.resolve():
        return "ceasefire"
    shown = shown_path(typed)
    return shlex.quote(shown if os.sep in shown else os.path.join(os.curdir, shown))


def command_line() -> list[str]:
    """The command line as it was typed."""
    return ["ceasefire", *sys.argv[1:]]


def shown_path(path: Path) -> str:
    """A path relative to the current folder, if it is inside it; never one that looks like an option."""
    try:
        shown = str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
    return os.path.join(os.curdir, shown) if shown.startswith("-") else shown


def pasted(path: Path) -> str:
    """A path as a printed command needs it: quoted where a shell would read it otherwise."""
    return shlex.quote(shown_path(path))


def with_home(arguments: Sequence[str]) -> list[str]:
    """Arguments in which `--option=~/folder` names the home folder, as `--option ~/folder` does in every shell."""

    def expanded(argument: str) -> str:
        name, sign, value = argument.partition("=")
        is_home = name.startswith("--") and bool(sign) and value.startswith("~")
        return name + sign + os.path.expanduser(value) if is_home else argument

    return [expanded(argument) for argument in arguments]


REPORT_INTERVAL = 30.0
"""Seconds between two lines of progress where there is no terminal."""


class ProgressDisplay:
    """Shows the progress of an experiment: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, bar: Any = None) -> None:
        self._bar = bar
        self._task: Any = bar.add_task("worlds", total=None, speed="") if bar is not None else None
        self._total = self._done = self._new = 0
        self._began = self._last = time.monotonic()

    def set_total(self, worlds: int, done: int, extra: bool) -> None:
        """Worlds of all rounds so far, and how many are done; `extra`: a round was added because of uncertainty."""
        more = worlds - self._total
        if extra:
            notify(f"the result is not certain enough yet: {more:,} more {'world' if more == 1 else 'worlds'}")
        elif done:
            notify(f"continuing: {done:,} of {worlds:,} worlds are done already")
        self._total, self._done = worlds, done
        if self._bar is not None:
            self._bar.update(self._task, total=worlds, completed=done)

    def advance(self, worlds: int) -> None:
        """Worlds that were finished since the last call."""
        self._done += worlds
        self._new += worlds
        now = time.monotonic()
        rate = self._new / max(now - self._began, 1e-9)
        if self._bar is not None:
            self._bar.update(self._task, advance=worlds, speed=f"{rate:,.0f} worlds/s")
        elif now - self._last >= REPORT_INTERVAL:
            self._last = now
            left = duration_words((self._total - self._done) / rate)
            share = self._done / max(self._total, 1)
            notify(f"{share:4.0%}  {self._done:,} of {self._total:,} worlds, {rate:,.0f} a second, about {left} left")

    def damaged(self, chunks: Sequence[int]) -> None:
        """Numbers of chunks that were finished but are damaged or missing; they are simulated again."""
        some = ", ".join(map(str, chunks[:8])) + (" …" if len(chunks) > 8 else "")
        which = f"chunk {some} is" if len(chunks) == 1 else f"{len(chunks):,} chunks ({some}) are"
        notify(f"{which} damaged or missing, and will be simulated again")


@contextmanager
def progress_display() -> Iterator[ProgressDisplay]:
    """A progress display for the time of a run."""
    if not sys.stderr.isatty():
        yield ProgressDisplay()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    parts = (
        TextColumn("worlds"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]}"),
        TimeRemainingColumn(), TextColumn("left"),
    )  # fmt: skip
    with Progress(*parts, console=Console(stderr=True), transient=True) as bar:
        yield ProgressDisplay(bar)


def duration_words(seconds: float) -> str:
    """A duration in rounded units."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def size_words(size: float) -> str:
    """A size in rounded units."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
