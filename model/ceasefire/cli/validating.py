"""`ceasefire validate`: is the model like the world?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ceasefire.cli.options import AsJson
from ceasefire.cli.terminal import columns, command_line, progress, say, say_if_compiling, show, show_json, shown_path

if TYPE_CHECKING:
    from ceasefire.validation.check import Finding
    from ceasefire.validation.evidence import Evidence


def validate(
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the data files; docs/validation.md says which.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer worlds: for a first look.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Where figures and tables of scores go.", show_default="results/validation"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the model against the world: a row per pattern, with the model's figure, its target and a verdict."""
    from ceasefire.ensemble.command_folder import place_for
    from ceasefire.population.features import COVARIATES
    from ceasefire.population.shipped import shipped
    from ceasefire.validation.evidence import Evidence
    from ceasefire.validation.rows import validated

    say_if_compiling()
    evidence = Evidence(data, quick)
    folder = place_for(evidence.request, out) if data is not None else None
    with progress(len(evidence.cells), "kinds of deals simulated") as told:
        evidence.told = told
        findings = validated(evidence)
    fit = shipped()
    free, fitted = len(COVARIATES) + 1, fit.said["fitted_figures"]
    if as_json:
        show_json({"findings": [asdict(finding) for finding in findings], "free_parameters": free, "fitted": fitted})
    else:
        show(_table(findings))
        show(f"\n{free} free parameters of the population were fitted to {fitted}.")
    if folder is not None:
        _keep(evidence, folder, as_json)
    say(", ".join(f"{count} {verdict}" for verdict, count in _counts(findings).items() if count))
    if fit.stale:
        say(
            "The rules have other numbers than in the shipped fit; python -m ceasefire.population --data DIR renews it."
        )


def _table(findings: list[Finding]) -> str:
    blocks = []
    for row in dict.fromkeys(finding.row for finding in findings):
        its = [finding for finding in findings if finding.row == row]
        blocks.append("\n".join(line for finding in its for line in _lines(finding)))
    return "\n\n".join(blocks)


def _lines(finding: Finding) -> list[str]:
    about = ", ".join(part for part in (finding.kind, finding.sample) if part != "-")
    first = f"{finding.verdict.upper():12}  {finding.row}: {finding.pattern}  ({about})"
    if finding.verdict == "not run":
        return [f"{finding.verdict:12}  {finding.row}: {finding.pattern}  ({finding.note.removeprefix('not run: ')})"]
    rest = [("target", finding.target), ("model", finding.figure), ("95 %", finding.interval), ("note", finding.note)]
    return [first, *(f"{'':14}{name:7} {said}" for name, said in rest if said not in ("", "-"))]


def _counts(findings: list[Finding]) -> dict[str, int]:
    from ceasefire.validation.check import VERDICTS

    return {verdict: sum(finding.verdict == verdict for finding in findings) for verdict in VERDICTS}


def _keep(evidence: Evidence, folder: Path, as_json: bool) -> None:
    """Show mean scores, write them, and draw calibration. FolderError when another call took the folder meanwhile."""
    from ceasefire.charts.forecast_scores import calibration_chart
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.style import save
    from ceasefire.ensemble.command_folder import written
    from ceasefire.validation.crossed import MODEL
    from ceasefire.validation.rivals import RIVALS
    from ceasefire.validation.skill_rows import groups, skill_table

    scores = skill_table(evidence)
    one = evidence.crossed["mid"]
    named = {name: groups(one, name) for name in (MODEL, *list(RIVALS)[1:2])}
    caption = Caption(
        "Do deals hold as often as forecast?",
        "each forecast without its country; undated ends in the middle",
        evidence.seed,
        "",
    )
    chart = calibration_chart(named, caption, len(one.deals), evidence.worlds)
    with written(folder, evidence.request, command_line()) as aside:
        scores.to_csv(aside / "scores.csv", index=False, float_format="%.4f", lineterminator="\n")
        files = ["scores.csv", *(file.name for file in save(chart, aside, "calibration"))]
    if not as_json:
        show("\nMean scores, forecast without the deal's country (log score, concordance: higher is better)\n")
        show(columns(_written(scores), right=range(2, len(scores.columns))))
    say(f"Written: {', '.join(shown_path(folder / name) for name in files)}")


def _written(scores: Any) -> list[list[str]]:
    rows = [list(scores.columns)]
    for row in scores.itertuples(index=False):
        rows.append(
            [
                f"{cell:.3f}" if isinstance(cell, float) and cell == cell else str(cell) if cell == cell else "-"
                for cell in row
            ]
        )
    return rows
