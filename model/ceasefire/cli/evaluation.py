"""`ceasefire verify`, `validate`, `calibrate`, `match`, `bench`: is the program right, and the model like the world?"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ceasefire.cli.exit_codes import SOME_FAILED, RefusedError
from ceasefire.cli.options import AsJson, Seed
from ceasefire.cli.studio import refuse_without_studio
from ceasefire.cli.terminal import (
    columns,
    command_line,
    notify,
    notify_if_compiling,
    progress,
    show,
    show_json,
    shown_path,
)
from ceasefire.doc_pages import doc_page
from ceasefire.spreadsheet_csv import csv_text

if TYPE_CHECKING:
    from ceasefire.evaluation.calibration.posterior import Calibration
    from ceasefire.evaluation.matching.match import Match
    from ceasefire.evaluation.validation.check_result import Finding
    from ceasefire.evaluation.validation.data_used import Evidence


def verify(
    full: Annotated[
        bool, typer.Option("--full", help="More worlds, and every motive of every actor and scenario.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check that the program computes the model: a row per check, with its figure and its target."""
    from ceasefire.evaluation import verification

    notify_if_compiling()
    notify("This takes ten minutes or more." if full else "This takes about a minute.")
    table = verification.table(quick=not full)
    checks = [{**row, "passed": bool(row["passed"])} for row in table.to_dict("records")]
    if as_json:
        show_json(checks)
    else:
        rows = [[_verdict(c["passed"]), str(c["name"]), str(c["figure"]), str(c["target"])] for c in checks]
        show(columns([["", "check", "figure", "target"], *rows]))
    missed = sum(not check["passed"] for check in checks)
    known = f"; {doc_page('validation.md')} tells what is known of a miss" if missed else ""
    notify(f"{len(checks) - missed} of {len(checks)} checks passed{known}")
    if missed:
        raise typer.Exit(SOME_FAILED)


def _verdict(passed: bool) -> str:
    return "ok" if passed else "MISSED"


def validate(
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help=f"Folder of the data files, which {doc_page('validation.md')} describes."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer worlds, for a first look.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder for figures and scores.", show_default="results/validation"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check the model against the world: a row per pattern, with the model's figure, its target and a verdict."""
    from ceasefire.ensemble.output_folder import folder_for_request
    from ceasefire.evaluation.validation import patterns
    from ceasefire.evaluation.validation.data_used import Evidence
    from ceasefire.reference_class.features import COVARIATES
    from ceasefire.reference_class.shipped_fit import shipped_fit

    notify_if_compiling()
    evidence = Evidence(data, quick)
    folder = folder_for_request(evidence.request, out) if data is not None else None
    with progress(len(evidence.cells), "kinds of deals simulated") as advance:
        evidence.progress = advance
        findings = patterns.validate(evidence)
    fit = shipped_fit()
    free, fitted = len(COVARIATES) + 1, fit.provenance["fitted_figures"]
    if as_json:
        show_json({"findings": [asdict(finding) for finding in findings], "free_parameters": free, "fitted": fitted})
    else:
        show(_findings_text(findings))
        show(f"\n{free} free parameters of the population were fitted to {fitted}.")
    if folder is not None:
        _write_scores(evidence, folder, as_json, findings)
    notify(", ".join(f"{count} {verdict}" for verdict, count in _counts(findings).items() if count))
    if fit.stale:
        notify(
            "The numbers of the rules have changed since the shipped fit;"
            " python -m ceasefire.reference_class --data DIR fits it again."
        )


def _findings_text(findings: list[Finding]) -> str:
    blocks = []
    for row in dict.fromkeys(finding.row for finding in findings):
        in_row = [finding for finding in findings if finding.row == row]
        blocks.append("\n".join(line for finding in in_row for line in _lines(finding)))
    return "\n\n".join(blocks)


def _lines(finding: Finding) -> list[str]:
    about = ", ".join(part for part in (finding.kind, finding.sample) if part != "-")
    first = f"{finding.verdict.upper():12}  {finding.row}: {finding.pattern}  ({about})"
    if finding.verdict == "not run":
        return [f"{finding.verdict:12}  {finding.row}: {finding.pattern}  ({finding.note.removeprefix('not run: ')})"]
    rest = [("target", finding.target), ("model", finding.figure), ("95 %", finding.interval), ("note", finding.note)]
    return [first, *(f"{'':14}{name:7} {text}" for name, text in rest if text not in ("", "-"))]


def _counts(findings: list[Finding]) -> dict[str, int]:
    from ceasefire.evaluation.validation.check_result import VERDICTS

    return {verdict: sum(finding.verdict == verdict for finding in findings) for verdict in VERDICTS}


def _write_scores(evidence: Evidence, folder: Path, as_json: bool, findings: list[Finding]) -> None:
    """Print the scoreboard, and write it with a figure and a page. FolderError when another call took the folder."""
    from pandas import DataFrame

    from ceasefire.ensemble.output_folder import write_request_folder
    from ceasefire.evaluation.figures import draw_reliability
    from ceasefire.evaluation.validation.forecast_scores import skill_table
    from ceasefire.evaluation.validation.outside_view_scores import score_cell
    from ceasefire.report.code_book import write_code_book
    from ceasefire.report.validation import write_validation

    scores = skill_table(evidence)
    with write_request_folder(folder, evidence.request, command_line()) as aside:
        (aside / "scores.csv").write_text(csv_text(scores), encoding="utf-8", newline="\n")
        files = ["scores.csv", *(file.name for file in draw_reliability(evidence, aside))]
        board = evidence.scoreboard
        if board is not None:
            text = csv_text(DataFrame(board.rows()))
            (aside / "scoreboard.csv").write_text(text, encoding="utf-8", newline="\n")
            (aside / "scoreboard.md").write_text(board.markdown(), encoding="utf-8", newline="\n")
            files += ["scoreboard.csv", "scoreboard.md", write_validation(aside, findings, board).name]
        write_code_book(aside, "validate", "Scores of forecasts of past deals")
    if not as_json and board is not None:
        for title, rows in board.tables.items():
            heads = list(rows[0])
            cells = [[score_cell(name, row[name]) for name in heads] for row in rows]
            show(f"\n{title} (out of sample)\n\n{columns([heads, *cells], right=range(1, len(heads)))}")
        show(f"\n{board.words()}")
    if not as_json:
        show("\nMean scores, forecast without the deal's country (log score, concordance: higher is better)\n")
        show(columns(_cells(scores), right=range(2, len(scores.columns))))
    notify(f"Written: {', '.join(shown_path(folder / name) for name in files)}")


def _cells(scores: Any) -> list[list[str]]:
    rows = [list(scores.columns)]
    for row in scores.itertuples(index=False):
        rows.append(
            [
                f"{cell:.3f}" if isinstance(cell, float) and cell == cell else str(cell) if cell == cell else "-"
                for cell in row
            ]
        )
    return rows


def calibrate(
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DIR", help="Folder with the two tables of counts.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder for the results.", show_default="results/calibration"),
    ] = None,
    draws: Annotated[int | None, typer.Option(min=1000, help="Draws of the prior; 65,536 if not given.")] = None,
    seed: Seed = 1,
    quick: Annotated[bool, typer.Option("--quick", help="4,096 draws: rough, within two minutes.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fit the mechanism numbers to deaths and incidents around Idlib, 2018 and 2019; never to how long a deal lasted.

    Writes the numbers before and after, the figures counted and simulated, a chart, and draws of the posterior.
    """
    from ceasefire.ensemble.output_folder import folder_for_request, write_request_folder
    from ceasefire.evaluation.calibration import posterior
    from ceasefire.evaluation.calibration import target_counts as tables

    if data is None:
        raise RefusedError(
            f"not run: needs data; --data DIR names its folder, and {doc_page('calibration.md')} describes it"
        )
    notify_if_compiling()
    try:
        war = tables.read(data)
        count = draws or (posterior.QUICK_DRAWS if quick else posterior.DRAWS)
        request = posterior.request(data, count, seed)
        folder = folder_for_request(request, out)
        calibration = posterior.calibrate(war, count, seed, notify)
        with write_request_folder(folder, request, command_line()) as aside:
            write_calibration(calibration, aside)
    except tables.DataError as fault:
        raise RefusedError(str(fault)) from fault
    if as_json:
        numbers, figures = calibration.numbers(), calibration.figures()
        show_json({"numbers": numbers.to_dict("records"), "figures": figures.to_dict("records")})
    else:
        show(calibration_text(calibration))
        from ceasefire.wording import percent_on_terminal

        all_syria, idlib = posterior.check_on_other_counts(war)
        show(
            "Not fitted: deaths a month in October and November 2018 were "
            f"{percent_on_terminal(all_syria)} of the worst month of the year before in all Syria, and "
            f"{percent_on_terminal(idlib)} around Idlib."
        )
    notify(f"numbers, figures, chart and draws: {shown_path(folder)}")


def calibration_text(calibration: Calibration) -> str:
    """Both tables of a calibration, and how many numbers were fitted to how many figures."""
    rows = [["number", "before", "median", "90 % after", "width", "found again", "coverage", ""]]
    for row in calibration.numbers().itertuples():
        before, after = f"{row.low:.3g} to {row.high:.3g}", f"{row.q05:.3g} to {row.q95:.3g}"
        recovery = f"{row.found_again:.2f}", f"{row.coverage:.2f}", "" if row.informed else "not told"
        rows.append([str(row.name), before, f"{row.median:.3g}", after, f"{row.width:.2f}", *recovery])
    figures = [["figure", "counted", "all draws (90 %)", "kept draws (90 %)"]]
    for each in calibration.figures().itertuples():
        figures.append(
            [
                str(each.name), f"{each.counted:.2f}", f"{each.prior_q05:.2f} to {each.prior_q95:.2f}",
                f"{each.kept_q05:.2f} to {each.kept_q95:.2f}",
            ]
        )  # fmt: skip
    return (
        f"{len(rows) - 1} free numbers, fitted to {len(figures) - 1} figures,"
        f" {len(calibration.table.positions):,} draws, {len(calibration.fit.accepted):,} kept"
        f"\n\n{columns(rows)}\n\n{columns(figures)}\n\n"
        f"found again: correlation of fitted with known values over {calibration.recovery.trials} trials; coverage:"
        " share of 90 % intervals that contained the known value; 'not told': the counts do not determine the number,"
        " and it stays as it was."
    )


def write_calibration(calibration: Calibration, folder: Path) -> None:
    """Write numbers.csv, figures.csv, posterior.csv and the chart."""
    from ceasefire.evaluation.figures import draw_posterior
    from ceasefire.report.code_book import Column, write_code_book

    numbers = calibration.numbers()
    tables = {"numbers": numbers, "figures": calibration.figures(), "posterior": calibration.rows()}
    for name, table in tables.items():
        (folder / f"{name}.csv").write_text(csv_text(table), encoding="utf-8", newline="\n")
    draw_posterior(calibration, folder)
    names = {str(name): Column(str(name), "number", "as in numbers.csv", str(name)) for name in numbers["name"]}
    write_code_book(folder, "calibrate", "Numbers of the rules fitted to counts", {"factor": names})


def match(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A file of patterns; the shipped one if not given.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder for the results.", show_default="results/match"),
    ] = None,
    draws: Annotated[
        int | None, typer.Option(min=1000, max=100_000, help="Joint draws of all numbers; 4,000 if not given.")
    ] = None,
    seed: Seed = 1,
    quick: Annotated[bool, typer.Option("--quick", help="1,000 draws: rough, within a minute.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find patterns of real counts that the rules cannot make, and what the patterns say of the answer.

    A detector of misfit: it names what is wrong with the model, and shows past deals before and after as a check.
    """
    from ceasefire.ensemble.output_folder import Request, digests, folder_for_request, write_request_folder
    from ceasefire.evaluation.figures import draw_match
    from ceasefire.evaluation.matching import match as matching
    from ceasefire.evaluation.matching.pattern_file import SHIPPED, load_patterns
    from ceasefire.report.code_book import write_code_book

    patterns = load_patterns(file or SHIPPED)
    notify_if_compiling()
    count = draws or (matching.QUICK_DRAWS if quick else matching.DRAWS)
    scenarios = {name: loaded.digest for name, loaded in patterns.scenarios.items()}
    settings = {"command": "match", "draws": count, "seed": seed, "files": digests([patterns.file])}
    request = Request("match", {**settings, "scenarios": scenarios})
    folder = folder_for_request(request, out)
    found = matching.match(patterns, count, seed, notify)
    with write_request_folder(folder, request, command_line()) as aside:
        for name, table in (("patterns", found.patterns), ("answers", found.answers), ("scores", found.scores)):
            (aside / f"{name}.csv").write_text(csv_text(table), encoding="utf-8", newline="\n")
        draw_match(found, seed, aside)
        write_code_book(aside, "match", "Patterns of real counts, among simulated histories")
    if as_json:
        tables = {name: getattr(found, name) for name in ("patterns", "answers", "scores")}
        records = {name: json.loads(table.to_json(orient="records")) for name, table in tables.items()}
        show_json({**records, "draws": found.draws, "left": found.left, "said": found.words()})
    else:
        show(match_text(found))
    notify(f"patterns, answers, scores and chart: {shown_path(folder)}")


def match_text(found: Match) -> str:
    """The tables of a match, and what they say."""
    from ceasefire.analysis.estimates import Interval
    from ceasefire.wording import GAP, percent_on_terminal, share_with_limits

    row: Any
    patterns = [["pattern", "counted", "histories (90 %)", "below it", "explained", "ruled out", ""]]
    for row in found.patterns.itertuples():
        spread = f"{row.median:.2f} ({row.low:.2f} to {row.high:.2f})"
        shares = map(percent_on_terminal, (row.percentile, row.explained, row.ruled_out))
        patterns.append([str(row.pattern), f"{row.counted:.2f}", spread, *shares, str(row.verdict)])
    answers = [["holds", "all draws (90 %)", "draws that are left (90 %)"]]
    for row in found.answers.itertuples():
        after = (
            share_with_limits(Interval(row.after, row.after_low, row.after_high)).replace(GAP, " ")
            if found.enough
            else "-"
        )
        answers.append(
            [
                f"{row.day:,} days",
                share_with_limits(Interval(row.before, row.before_low, row.before_high)).replace(GAP, " "),
                after,
            ]
        )
    scores = [["past deal", "all draws", "draws that are left"]]
    for row in found.scores.itertuples():
        scores.append([str(row.deal), f"{row.before:.2f}", f"{row.after:.2f}" if found.enough else "-"])
    tables = [columns(each) for each in (patterns, answers, scores) if len(each) > 1]
    return "\n\n".join([*tables, "\n".join(found.words())])


def bench(
    quick: Annotated[bool, typer.Option("--quick", help="Half a minute; nothing is compiled again.")] = False,
    studio: Annotated[
        bool, typer.Option("--studio", help="Measure the studio instead: its answers in a browser, its memory.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure time per world-day and worlds per second, for the engine and Mesa side by side.

    Start-up, memory and long fronts are measured too; that takes some minutes, and --quick leaves out most of it.
    """
    if studio:
        _bench_studio(as_json)
        return
    from ceasefire.evaluation.speed import bench as benchmark

    measurements = benchmark.bench(quick, lambda name: notify(f"measuring {name}"))
    if as_json:
        show_json(measurements)
        return
    show(columns(benchmark.table(measurements), right=(1,)))
    for sentence in benchmark.sentences(measurements):
        show(sentence)


def _bench_studio(as_json: bool) -> None:
    from ceasefire.evaluation.speed.bench import machine
    from ceasefire.evaluation.speed.studio import bench_studio, table

    refuse_without_studio()
    measured = {**bench_studio(lambda name: notify(f"measuring {name}")), "machine": machine()}
    if as_json:
        show_json(measured)
        return
    show(columns(table(measured), right=(1, 2)))
    load = measured["machine"]["load"]
    show(f"Driven by {measured['driver']}; {measured['machine']['cores']} cores, load of the machine {load}.")
