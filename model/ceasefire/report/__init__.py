"""The report: results as one page for a reader who was not there. It opens from disk and asks nothing of a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ceasefire.experiment.plan import Plan
    from ceasefire.experiment.run import Outcome


def write(folder: Path, named: str | None = None) -> Path:
    """Write report.html into a results folder, from the folder alone; returns its path.

    `named` is what the commands in the report call the folder, when not by its path. FolderError when the folder
    cannot be read, OSError when it cannot be written.
    """
    from ceasefire.experiment.folder import open_results

    results = open_results(folder)
    return write_run(folder, results.plan, results.outcome, results.manifest, named)


def write_run(folder: Path, plan: Plan, outcome: Outcome, manifest: dict[str, Any], named: str | None = None) -> Path:
    """The same for a run that is still in memory."""
    from ceasefire.report.page import write_page
    from ceasefire.report.run import Made, run_report

    return write_page(run_report(Made(plan, outcome, manifest, folder, named or str(folder))), folder)
