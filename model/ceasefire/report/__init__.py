"""The report: results as one page for a reader who was not there. It opens from disk and asks nothing of a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ceasefire.ensemble.run import RunResult
    from ceasefire.ensemble.run_plan import Plan
    from ceasefire.report.comparison import Comparison


def write(folder: Path, named: str | None = None) -> Path:
    """Write report.html into the folder of a run or an experiment, from the folder alone; returns its path.

    `named` is what the commands in the report call the folder, when not by its path. FolderError when the folder
    cannot be read, OSError when it cannot be written.
    """
    from ceasefire.ensemble.output_folder import open_results, read_manifest

    said = read_manifest(folder)
    if said.get("kind") == "experiment":
        from ceasefire.report.experiment import experiment_report, read_asked
        from ceasefire.report.html import write_page

        return write_page(experiment_report(read_asked(folder, said, named or str(folder))), folder)
    results = open_results(folder)
    return write_run(folder, results.plan, results.outcome, results.manifest, named)


def write_run(folder: Path, plan: Plan, outcome: RunResult, manifest: dict[str, Any], named: str | None = None) -> Path:
    """The same for a run that is still in memory."""
    from ceasefire.report.html import write_page
    from ceasefire.report.run import Made, run_report

    return write_page(run_report(Made(plan, outcome, manifest, folder, named or str(folder))), folder)


def write_comparison(found: Comparison) -> Path:
    """The page of a comparison, into its folder."""
    from ceasefire.report.comparison import comparison_report
    from ceasefire.report.html import write_page

    return write_page(comparison_report(found), found.folder)
