"""The page of a validation run: verdicts, the scoreboard of forecasters, and calibration."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ceasefire.ensemble.manifest import program_version
from ceasefire.evaluation.validation.outside_view_scores import score_cell
from ceasefire.report.html import Block, Paragraph, Report, Section, Table, picture, write_page

if TYPE_CHECKING:
    from ceasefire.evaluation.validation.check_result import Finding
    from ceasefire.evaluation.validation.scoreboard import Scoreboard

NOTE = (
    "Out of sample: each deal is forecast by what was learnt in other countries, or before 2021. In sample: these data "
    "shaped the model. Every row says which."
)


def write_validation(folder: Path, findings: Sequence[Finding], board: Scoreboard) -> Path:
    """Write report.html of a validation run into its folder."""
    chart = picture(folder / "calibration.png")
    scores: list[Block] = [Paragraph(board.words())]
    scores += [_scores(title, rows) for title, rows in board.tables.items()]
    sections = [
        Section("scoreboard", "The scoreboard: every forecaster, out of sample", scores),
        *([Section("calibration", "Do deals hold as often as forecast?", [chart])] if chart else []),
        Section("rows", "All rows and their verdicts", [_findings(findings)]),
    ]
    counts = {verdict: sum(one.verdict == verdict for one in findings) for verdict in ("pass", "miss", "undetermined")}
    answer = f"Of {len(findings)} rows, {', '.join(f'{count} {verdict}' for verdict, count in counts.items())}."
    made_by = f"Made by ceasefire {program_version()}."
    return write_page(Report("Validation", "Is the model like the world?", answer, NOTE, sections, made_by), folder)


def _scores(title: str, rows: Sequence[dict[str, Any]]) -> Table:
    columns = list(rows[0])
    cells = [[score_cell(name, row[name]) for name in columns] for row in rows]
    return Table(f"{title} (out of sample)", columns, cells, frozenset(range(1, len(columns))))


def _findings(findings: Sequence[Finding]) -> Table:
    rows = [[f"{f.row}: {f.pattern}", f.target, f.figure, f.interval, f.verdict, f.sample] for f in findings]
    return Table("Rows", ["pattern", "target", "figure", "95 %", "verdict", "sample"], rows)
