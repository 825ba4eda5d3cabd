"""Figures of the evaluation: reliability of the forecasts, and the posterior of the calibration."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ceasefire.analysis.interval_rules import share_interval
from ceasefire.charts.forecast_scores import calibration_chart
from ceasefire.charts.layout import Caption
from ceasefire.charts.matching import MatchRow, matching_chart
from ceasefire.charts.nowcast import walk_through_chart
from ceasefire.charts.posterior import PosteriorRow, posterior_chart
from ceasefire.charts.style import save
from ceasefire.evaluation.validation.baselines import BASELINES
from ceasefire.evaluation.validation.cross_validation import MODEL
from ceasefire.evaluation.validation.forecast_scores import groups
from ceasefire.wording import GAP, how_many, span_words, whole_percent

if TYPE_CHECKING:
    import pandas as pd

    from ceasefire.evaluation.calibration.posterior import Calibration
    from ceasefire.evaluation.matching.match import Match
    from ceasefire.evaluation.validation.data_used import Evidence


def draw_reliability(evidence: Evidence, folder: Path) -> list[Path]:
    """Draw how often deals hold against how often that was forecast, as PNG and SVG; returns the files."""
    forecasts = evidence.cross_validated["mid"]
    by_forecaster = {name: groups(forecasts, name) for name in (MODEL, *list(BASELINES)[1:2])}
    caption = Caption(
        "Do deals hold as often as forecast?",
        "each forecast without its country; undated ends in the middle",
        evidence.seed,
        "",
    )
    return save(calibration_chart(by_forecaster, caption, len(forecasts.deals), evidence.worlds), folder, "calibration")


def draw_posterior(calibration: Calibration, folder: Path) -> list[Path]:
    """Draw the prior and posterior range of every free number, as PNG and SVG; returns the files."""
    numbers = calibration.numbers()
    rows = [
        PosteriorRow(
            row["name"], row["low"], row["high"], _quantiles(row, ""), _quantiles(row, "position_"),
            bool(row["informed"]),
        )
        for row in numbers.sort_values("width").to_dict("records")
    ]  # fmt: skip
    identified = int(numbers["informed"].sum())
    chart = posterior_chart(
        rows,
        "What two truces and an offensive say about the free numbers",
        f"The counts narrow {identified} of {len(rows)} numbers; of the rest, in grey, they say little or nothing.",
        f"{len(calibration.table.positions):,} draws, {len(calibration.fit.accepted):,} kept  ·"
        f"  {len(calibration.counted)} figures  ·  seed {calibration.seed}  ·"
        "  counts: UCDP GED, none after 5 March 2020",
    )
    return save(chart, folder, "posterior")


def _quantiles(row: Mapping[Hashable, Any], prefix: str) -> tuple[float, float, float]:
    """The 5, 50 and 95 % quantiles of a row."""
    return row[f"{prefix}q05"], row[f"{prefix}median"], row[f"{prefix}q95"]


def draw_walk_through(
    scenario: str, ended: int, table: pd.DataFrame, worlds: int, seed: int, folder: Path
) -> list[Path]:
    """Draw the nowcasts of a real truce by day or by week, as PNG and SVG; returns the files."""
    pace = "day by day" if table["day"].diff().min() == 1 else "week by week"
    title = f"{scenario}: what the counts said, {pace}, until it ended on day {ended:,}"
    last = table.iloc[-1]
    share, number = float(last["with_90"]), float(last["effective"])
    span = span_words(share_interval(share * number, number), whole_percent)
    moved = "raise" if share > last["without_90"] else "lower"
    finding = (
        f"{how_many(ended - int(last['day']), 'day')} before the end, the counts {moved} the chance of an end within 90"
        f" days to {whole_percent(share)} (95{GAP}%: {span}). Below, that chance without and with the counts of before;"
        f" at the top, deadly incidents of the last {how_many(int(last['recent_days']), 'day')}."
    )
    chart = walk_through_chart(
        table["day"].to_numpy(float), table["incidents"].to_numpy(), table["without_90"].to_numpy(),
        table["with_90"].to_numpy(), ended, Caption(title, scenario, seed), finding, worlds,
    )  # fmt: skip
    return save(chart, folder, f"nowcast-{scenario}")


def draw_match(found: Match, seed: int, folder: Path) -> list[Path]:
    """Draw where what was counted lies among simulated histories, as PNG and SVG; returns the files."""
    table = found.patterns
    rows = [
        MatchRow(row["pattern"], row["counted"], (row["low"], row["median"], row["high"]), row["percentile"])
        for row in table.to_dict("records")
    ]
    within = int((table["verdict"] == "within the worlds").sum())
    chart = matching_chart(
        rows,
        "What was counted, among simulated histories",
        f"{within} of {len(rows)} patterns lie within the middle 90 % of simulated histories. Filled: within; hollow: "
        f"outside. {found.words()[0]}",
        f"{found.draws:,} draws of all numbers  ·  seed {seed}  ·  histories that are like the deal",
    )
    return save(chart, folder, "patterns")
