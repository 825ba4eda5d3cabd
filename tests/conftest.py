"""What several tests share: a small scenario that is lived in a moment, and the command run in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

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
    monkeypatch.setattr("ceasefire.report.run_figures.draw", lambda plan, outcome, folder: None)
    monkeypatch.setattr("ceasefire.report.run_figures.draw_worlds", lambda plan, worlds, folder: None)


@pytest.fixture
def few_worlds_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two worlds at each draw of what is assumed, for tests that do not look at what doubt says."""
    monkeypatch.setattr("ceasefire.ensemble.parameter_draws.WORLDS_PER_DRAW", 2)
    monkeypatch.setattr("ceasefire.ensemble.compare.WORLDS_PER_DRAW", 2)
