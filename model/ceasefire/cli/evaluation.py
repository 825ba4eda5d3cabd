"""`ceasefire validate`: is the model like the world?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ceasefire.cli.options import AsJson
from ceasefire.cli.terminal import columns, command_line, progress, say, say_if_compiling, show, show_json, shown_path

if TYPE_CHECKING:
    from ceasefire.evaluation.validation.check_result import Finding
    from ceasefire.evaluation.validation.data_used import Evidence
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

from ceasefire.cli.exit_codes import SOME_FAILED, RefusedError
from ceasefire.cli.options import Seed

if TYPE_CHECKING:
    from ceasefire.evaluation.calibration.posterior import Calibration


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
    from ceasefire.ensemble.command_folder import folder_for_command
    from ceasefire.evaluation.validation.data_used import Evidence
    from ceasefire.evaluation.validation.patterns import validated
    from ceasefire.reference_class.features import COVARIATES
    from ceasefire.reference_class.shipped_fit import shipped

    say_if_compiling()
    evidence = Evidence(data, quick)
    folder = folder_for_command(evidence.request, out) if data is not None else None
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
            "The rules have other numbers than in the shipped fit; python -m ceasefire.reference_class --data DIR renews it."
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
    from ceasefire.evaluation.validation.check_result import VERDICTS

    return {verdict: sum(finding.verdict == verdict for finding in findings) for verdict in VERDICTS}


def _keep(evidence: Evidence, folder: Path, as_json: bool) -> None:
    """Show mean scores, write them, and draw calibration. FolderError when another call took the folder meanwhile."""
    from ceasefire.charts.forecast_scores import calibration_chart
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.style import save
    from ceasefire.ensemble.command_folder import write_command_folder
    from ceasefire.evaluation.validation.baselines import RIVALS
    from ceasefire.evaluation.validation.cross_validation import MODEL
    from ceasefire.evaluation.validation.forecast_scores import groups, skill_table

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
    with write_command_folder(folder, evidence.request, command_line()) as aside:
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


def verify(
    full: Annotated[
        bool, typer.Option("--full", help="More worlds, and every motive of every actor and scenario.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check that the program computes the model: a row per check, with its figure and its target."""
    from ceasefire.evaluation import verification

    say_if_compiling()
    say("This takes ten minutes or more." if full else "This takes about a minute.")
    found = verification.table(quick=not full)
    checks = [{**row, "passed": bool(row["passed"])} for row in found.to_dict("records")]
    if as_json:
        show_json(checks)
    else:
        rows = [[_verdict(c["passed"]), str(c["name"]), str(c["figure"]), str(c["target"])] for c in checks]
        show(columns([["", "check", "figure", "target"], *rows]))
    missed = sum(not check["passed"] for check in checks)
    say(f"{len(checks) - missed} of {len(checks)} checks passed")
    if missed:
        raise typer.Exit(SOME_FAILED)


def _verdict(passed: bool) -> str:
    return "ok" if passed else "MISSED"


def calibrate(
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Folder with the two tables of counts.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where the findings go.", show_default="results/calibration"),
    ] = None,
    draws: Annotated[int | None, typer.Option(min=1000, help="Draws of the prior; 65,536 when not said.")] = None,
    seed: Seed = 1,
    quick: Annotated[bool, typer.Option("--quick", help="4,096 draws: rough, within two minutes.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fit the mechanism numbers to deaths and incidents around Idlib, 2018 and 2019; never to how long a deal lasted.

    Writes the numbers before and after, the figures counted and simulated, a chart, and rows to draw from.
    """
    from ceasefire.ensemble.command_folder import folder_for_command, write_command_folder
    from ceasefire.evaluation.calibration import posterior
    from ceasefire.evaluation.calibration import target_counts as tables

    if data is None:
        raise RefusedError(
            "not run: needs data; --data DIR names its folder, and docs/calibration.md says what is in it"
        )
    say_if_compiling()
    try:
        war = tables.read(data)
        wanted = draws or (posterior.QUICK_DRAWS if quick else posterior.DRAWS)
        asked = posterior.request(data, wanted, seed)
        folder = folder_for_command(asked, out)
        found = posterior.calibrate(war, wanted, seed, say)
        with write_command_folder(folder, asked, command_line()) as aside:
            write(found, aside)
    except tables.DataError as fault:
        raise RefusedError(str(fault)) from fault
    numbers = found.numbers()
    if as_json:
        show_json({"numbers": numbers.to_dict("records"), "figures": found.figures().to_dict("records")})
    else:
        show(told(found))
        all_syria, idlib = posterior.elsewhere(war)
        show(
            f"Not fitted: deaths a month in October and November 2018 were {all_syria:.0%} of the worst month of the"
            f" year before in all Syria, and {idlib:.0%} around Idlib."
        )
    say(f"numbers, figures, chart and rows: {shown_path(folder)}")


def told(found: Calibration) -> str:
    """Both tables, and how many numbers were fitted to how many figures."""
    rows = [["number", "before", "median", "90 % after", "width", "found again", "coverage", ""]]
    for row in found.numbers().itertuples():
        before, after = f"{row.low:.3g} to {row.high:.3g}", f"{row.q05:.3g} to {row.q95:.3g}"
        known = f"{row.width:.2f}", f"{row.found_again:.2f}", f"{row.coverage:.2f}", "" if row.informed else "not told"
        rows.append([str(row.name), before, f"{row.median:.3g}", after, *known])
    figures = [["figure", "counted", "all draws (90 %)", "kept draws (90 %)"]]
    for each in found.figures().itertuples():
        figures.append(
            [
                str(each.name), f"{each.counted:.2f}", f"{each.prior_q05:.2f} to {each.prior_q95:.2f}",
                f"{each.kept_q05:.2f} to {each.kept_q95:.2f}",
            ]
        )  # fmt: skip
    return (
        f"{len(rows) - 1} free numbers, fitted to {len(figures) - 1} figures, {len(found.table.positions):,} draws,"
        f" {len(found.fit.kept):,} kept\n\n{columns(rows)}\n\n{columns(figures)}\n\n"
        f"found again: correlation of fitted with known values over {found.recovery.trials} trials; coverage: share of"
        " 90 % intervals that held the known value; 'not told': the counts do not say, and the number stays as it was."
    )


def write(found: Calibration, folder: Path) -> None:
    """numbers.csv, figures.csv, posterior.csv and the chart."""
    from ceasefire.charts.posterior import PosteriorRow, posterior_chart
    from ceasefire.charts.style import save

    numbers = found.numbers()
    numbers.to_csv(folder / "numbers.csv", index=False, float_format="%.6g")
    found.figures().to_csv(folder / "figures.csv", index=False, float_format="%.6g")
    found.rows().to_csv(folder / "posterior.csv", index=False, float_format="%.5g")
    rows = [
        PosteriorRow(
            row["name"], row["low"], row["high"], _three(row, ""), _three(row, "position_"), bool(row["informed"])
        )
        for row in numbers.sort_values("width").to_dict("records")
    ]
    told_of = int(numbers["informed"].sum())
    chart = posterior_chart(
        rows,
        "What two truces and an offensive say about the free numbers",
        f"The counts narrow {told_of} of {len(rows)} numbers; of the rest, in grey, they say little or nothing.",
        f"{len(found.table.positions):,} draws, {len(found.fit.kept):,} kept  ·  {len(found.counted)} figures  ·"
        f"  seed {found.seed}  ·  counts: UCDP GED, none after 5 March 2020",
    )
    save(chart, folder, "posterior")


def _three(row: Mapping[Hashable, Any], prefix: str) -> tuple[float, float, float]:
    """The 5, 50 and 95 % points of a row."""
    return row[f"{prefix}q05"], row[f"{prefix}median"], row[f"{prefix}q95"]


def bench(
    quick: Annotated[bool, typer.Option("--quick", help="Half a minute; nothing is compiled anew.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure time per world-day and worlds per second, the engine and Mesa side by side.

    Start-up, memory and long fronts are measured too; that takes some minutes, and --quick leaves out most of it.
    """
    from ceasefire.evaluation.speed import bench as measuring

    found = measuring.bench(quick, lambda what: say(f"measuring {what}"))
    if as_json:
        show_json(found)
        return
    show(columns(measuring.table(found), right=(1,)))
    for sentence in measuring.sentences(found):
        show(sentence)
