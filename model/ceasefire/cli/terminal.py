"""What people see: tables and figures on standard output; messages and progress on standard error."""

from __future__ import annotations

import json
import shutil
import sys
import time
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


NOW_AND_THEN = 30.0
"""Seconds between two lines where there is no terminal."""


class ProgressDisplay:
    """Is told how a run goes, and shows it."""

    def __init__(self, bar: Any = None) -> None:
        self._bar = bar
        self._task: Any = bar.add_task("worlds", total=None, speed="") if bar is not None else None
        self._wanted = self._done = self._lived = 0
        self._began = self._last = time.monotonic()

    def expects(self, worlds: int, done: int, extra: bool) -> None:
        """So many worlds are wanted in all by now, of which some are done; `extra`: because the answer is unsure."""
        more = worlds - self._wanted
        if extra:
            say(f"not sure enough yet: {more:,} more worlds")
        elif done:
            say(f"going on: {done:,} of {worlds:,} worlds are done already")
        self._wanted, self._done = worlds, done
        if self._bar is not None:
            self._bar.update(self._task, total=worlds, completed=done)

    def saw(self, worlds: int) -> None:
        """So many more are done."""
        self._done += worlds
        self._lived += worlds
        now = time.monotonic()
        rate = self._lived / max(now - self._began, 1e-9)
        if self._bar is not None:
            self._bar.update(self._task, advance=worlds, speed=f"{rate:,.0f} worlds/s")
        elif now - self._last >= NOW_AND_THEN:
            self._last = now
            left = in_time((self._wanted - self._done) / rate)
            share = self._done / max(self._wanted, 1)
            say(f"{share:4.0%}  {self._done:,} of {self._wanted:,} worlds, {rate:,.0f} a second, about {left} left")

    def found_damaged(self, chunks: Sequence[int]) -> None:
        """These were finished, and are damaged or gone; they are lived again."""
        some = ", ".join(map(str, chunks[:8])) + (" …" if len(chunks) > 8 else "")
        which = f"chunk {some} is" if len(chunks) == 1 else f"{len(chunks):,} chunks ({some}) are"
        say(f"{which} damaged or gone, and will be done again")


@contextmanager
def watching() -> Iterator[ProgressDisplay]:
    """A watch for as long as a run goes."""
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


def in_time(seconds: float) -> str:
    """A length of time as people say it."""
    if seconds < 90:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def in_bytes(size: float) -> str:
    """A size on disk as people say it."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
