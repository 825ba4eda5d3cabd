"""Faults in files, with messages that tell how to correct them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One fault: file and line, path within the scenario, and a message with what is wrong and what would be right."""

    file: str
    line: int | None
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return ": ".join(part for part in (place, self.path, self.message) if part)


class ScenarioError(Exception):
    """A scenario, change or catalogue cannot be used; `faults` are the reasons, by file and line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = in_order(faults)
        super().__init__("\n".join(map(str, self.faults)))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[Fault]]]:
        return ScenarioError, (self.faults,)


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Faults by file and line, each once."""
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.file, fault.line or 0))


class FolderError(Exception):
    """A results folder cannot be read, or a run may not be written to the folder given."""


class WorkerDiedError(Exception):
    """A worker process was ended from outside."""

    def __init__(self) -> None:
        super().__init__("a worker process was ended from outside (a lack of memory?); try fewer --workers")


class MissingFontWarning(UserWarning):
    """No font of the machine can draw a script; the message says which, and how to add one."""
