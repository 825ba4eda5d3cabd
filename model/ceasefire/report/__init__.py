"""The report: results as one page for a reader who was not there; it works from disk, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ceasefire.ensemble.run import RunResult
    from ceasefire.ensemble.run_plan import Plan
    from ceasefire.report.comparison import Comparison
    from ceasefire.report.html import Report


def import_figures() -> None:
    """Import what draws and reports a run: it takes most of a second, so it is done while worlds are simulated."""
    import scipy.special  # noqa: F401

    import ceasefire.report.html
    import ceasefire.report.run
    import ceasefire.report.run_figures  # noqa: F401


def write(folder: Path, named: str | None = None, xlsx: bool = False) -> Path:
    """Write report.html into the folder of a run or an experiment, from the folder alone; returns its path.

    `named` is what the commands in the report call the folder; by default, its path. With `xlsx`, its tables also go
    to report.xlsx. FolderError when the folder cannot be read, OSError when it cannot be written.
    """
    from ceasefire.ensemble.output_folder import open_results, read_manifest

    manifest = read_manifest(folder)
    if manifest.get("kind") == "experiment":
        from ceasefire.errors import FolderError
        from ceasefire.report.code_book import names_of, write_code_book
        from ceasefire.report.experiment import experiment_report, read_experiment

        try:
            page = experiment_report(read_experiment(folder, manifest, named or str(folder)))
            write_code_book(folder, "experiment", page.title, names_of(manifest))
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as problem:
            raise FolderError(f"{folder} was edited or damaged: {problem}") from problem
        return _write(page, folder, xlsx)
    results = open_results(folder)
    return write_run(folder, results.plan, results.outcome, results.manifest, named, xlsx)


def _write(page: Report, folder: Path, xlsx: bool) -> Path:
    from ceasefire.report.html import write_page

    if xlsx:
        from ceasefire.report.workbook import write_workbook

        write_workbook(page, folder)
    return write_page(page, folder)


def write_run(
    folder: Path, plan: Plan, outcome: RunResult, manifest: dict[str, Any], named: str | None = None,
    xlsx: bool = False, words: str = "numbers",
) -> Path:  # fmt: skip
    """Write the report of a run that is in memory, with chances in `words` of a scale too; otherwise as `write`."""
    from ceasefire.report.code_book import write_code_book
    from ceasefire.report.run import FinishedRun, run_report

    write_code_book(folder, "run", plan.loaded.title)
    return _write(run_report(FinishedRun(plan, outcome, manifest, folder, named or str(folder), words)), folder, xlsx)


def write_comparison(comparison: Comparison, xlsx: bool = False) -> Path:
    """Write the report of a comparison into its folder."""
    from ceasefire.report.comparison import comparison_report

    return _write(comparison_report(comparison), comparison.folder, xlsx)
