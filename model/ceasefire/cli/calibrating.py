"""`ceasefire calibrate`: fit the mechanism numbers to what was counted before the last deal."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ceasefire.cli.guard import RefusedError
from ceasefire.cli.options import AsJson, Seed
from ceasefire.cli.terminal import columns, command_line, say, say_if_compiling, show, show_json, shown_path

if TYPE_CHECKING:
    from ceasefire.calibration.result import Calibration


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
    from ceasefire.calibration import data as tables
    from ceasefire.calibration import result
    from ceasefire.ensemble.command_folder import place_for, written

    if data is None:
        raise RefusedError(
            "not run: needs data; --data DIR names its folder, and docs/calibration.md says what is in it"
        )
    say_if_compiling()
    try:
        war = tables.read(data)
        wanted = draws or (result.QUICK_DRAWS if quick else result.DRAWS)
        asked = result.request(data, wanted, seed)
        folder = place_for(asked, out)
        found = result.calibrate(war, wanted, seed, say)
        with written(folder, asked, command_line()) as aside:
            write(found, aside)
    except tables.DataError as fault:
        raise RefusedError(str(fault)) from fault
    numbers = found.numbers()
    if as_json:
        show_json({"numbers": numbers.to_dict("records"), "figures": found.figures().to_dict("records")})
    else:
        show(told(found))
        all_syria, idlib = result.elsewhere(war)
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
    from ceasefire.charts.posterior import Narrowed, posterior_chart
    from ceasefire.charts.style import save

    numbers = found.numbers()
    numbers.to_csv(folder / "numbers.csv", index=False, float_format="%.6g")
    found.figures().to_csv(folder / "figures.csv", index=False, float_format="%.6g")
    found.rows().to_csv(folder / "posterior.csv", index=False, float_format="%.5g")
    rows = [
        Narrowed(row["name"], row["low"], row["high"], _three(row, ""), _three(row, "position_"), bool(row["informed"]))
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
