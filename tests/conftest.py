"""What several tests share: a small scenario that is lived in a moment, and the command run in this process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ceasefire.cli import main

SMALL = Path(__file__).parent / "valid" / "two-sides.yaml"


BRIEF_TERMS = {"agreement.term_days": 20, "agreement.renewal_days": 10}
"""Terms that have to be renewed again and again: some worlds end soon, whatever the weights."""


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line on standard output."""
        return self.out.rstrip("\n").splitlines()[-1]


Command = Callable[..., Answer]


@pytest.fixture
def small() -> str:
    """A scenario with two sides, two sectors and one of everything."""
    return str(SMALL)


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """The `ceasefire` command, run in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ceasefire.cli.watch_signals", lambda: None)

    def run(*arguments: str) -> Answer:
        capsys.readouterr()
        monkeypatch.setattr("sys.argv", ["ceasefire", *arguments])
        code = main(arguments)
        return Answer(code, *capsys.readouterr())

    return run


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs draw nothing, for tests that look elsewhere: drawing takes longer than a small run."""
    for name in ("draw", "draw_worlds", "draw_survival", "draw_further"):
        monkeypatch.setattr(f"ceasefire.report.run_figures.{name}", lambda plan, worlds, folder, dates=False: None)


@pytest.fixture
def few_worlds_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two worlds at each draw of what is assumed, for tests that do not look at what doubt says."""
    # `compare` first: it takes the number from `parameter_draws` when it is imported
    monkeypatch.setattr("ceasefire.ensemble.compare.WORLDS_PER_DRAW", 2)
    monkeypatch.setattr("ceasefire.ensemble.parameter_draws.WORLDS_PER_DRAW", 2)


Tried = Callable[..., None]


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Tried:
    """Notes what a test has tried, for the table at the end: `tried("mutated files", 300, failed=0, refused=200)`."""

    def note(what: str, number: int, failed: int = 0, **fates: int) -> None:
        record_property("tried", [what, number, failed, fates])

    return note


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table of what was tried, over all workers."""
    rows: dict[str, list[Any]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") != "call":
                continue
            for name, noted in report.user_properties:
                if name == "tried":
                    what, number, failed, fates = noted
                    row = rows.setdefault(what, [0, 0, Counter[str]()])
                    row[0] += number
                    row[1] += failed
                    row[2] += Counter(fates)
    if rows:
        terminalreporter.section("what was tried")
        terminalreporter.write_line("| what | tried | failed | of these |\n|---|---|---|---|")
        for what, (number, failed, fates) in sorted(rows.items()):
            words = ", ".join(f"{count:,} {fate.replace('_', ' ')}" for fate, count in sorted(fates.items()))
            terminalreporter.write_line(f"| {what} | {number:,} | {failed:,} | {words} |")
