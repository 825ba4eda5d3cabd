"""Report sections of past deals: forecasts with the actual durations, scores, and cautions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from ceasefire.analysis.forecast_scores import mean_scores
from ceasefire.report.html import Block, Folded, Paragraph, Points, Section, Table, picture
from ceasefire.wording import GAP, how_many, whole_percent

Tables = Mapping[str, pd.DataFrame]


def hindcast_sentence(tables: Tables) -> str:
    """How many deals ended within the range of their forecast, and the forecast for the deal that held longest."""
    known = tables["cases"][~tables["cases"]["hindsight"].astype(bool)]
    known = known if len(known) else tables["cases"]
    longest = known.sort_values("held_low").iloc[-1]
    text = (
        f"{longest['title']}, held {longest['held_low']:,.0f} days: on the first day, with the assumed numbers drawn,"
        f" the model gives this duration or more a probability of {whole_percent(1 - float(longest['shorter']))}."
    )
    inside = int(((known["q05"] <= known["held_high"]) & (known["held_low"] <= known["q95"].fillna(1e9))).sum())
    return f"{inside} of {how_many(len(known), 'deal')} ended within the 90{GAP}% range of the forecast. {text}"


def hindcast_sections(tables: Tables, folder: Path) -> list[Section]:
    """The figure, the scores and the table behind them; empty when the experiment has no past deals."""
    if "cases" not in tables:
        return []
    chart = picture(folder / "figures" / "cases.png")
    blocks: list[Block] = [chart] if chart else []
    if "case_scores" in tables:
        blocks += [Paragraph(_scores_text(tables)), _scores(tables["case_scores"])]
    if "case_forecasts" in tables:
        blocks += [Paragraph(SCORES_WORDS), scoreboard(tables["case_forecasts"])]
        reliability = picture(folder / "figures" / "calibration.png")
        blocks += [reliability] if reliability else []
        blocks.append(Folded("Each deal", [_forecasts(tables["case_forecasts"])]))
    blocks.append(Folded("The numbers behind it", [_table(tables["cases"])]))
    return [Section("side-by-side", "The deals side by side", blocks)]


SCORES_WORDS = (
    "Each deal was forecast from what was known on its first day: by its scenario with the assumed numbers drawn, "
    "by what deals like it did, and by the pool of both. The log score is the logarithm of the chance that a "
    "forecast gave to what happened (higher is better); the CRPS and the Brier scores are squared errors (lower is "
    "better)."
)
MEASURES = {
    "log_score": "log score", "crps": "CRPS", "brier_30": "Brier, 30 days", "brier_90": "90 days",
    "brier_365": "365 days",
}  # fmt: skip


def scoreboard(forecasts: pd.DataFrame) -> Table:
    """Mean scores by forecaster, over the deals that all of them forecast."""
    rows = [
        [name, f"{number}", *("-" if math.isnan(score) else f"{score:.3f}" for score in scores)]
        for name, number, *scores in mean_scores(forecasts, list(MEASURES)).itertuples()
    ]
    columns = ["forecaster", "deals", *MEASURES.values()]
    return Table("Mean scores of the deals", columns, rows, frozenset(range(1, len(columns))))


def _forecasts(forecasts: pd.DataFrame) -> Table:
    rows = []
    for _, row in forecasts.iterrows():
        cells = ["-" if pd.isna(row[column]) else f"{row[column]:.2f}" for column in MEASURES]
        rows.append([str(row["case"]), str(row["forecaster"]), *cells])
    columns = ["deal", "forecaster", *MEASURES.values()]
    return Table("Scores of each deal", columns, rows, frozenset(range(2, len(columns))))


def _scores_text(tables: Tables) -> str:
    """Whether the model or a single curve forecast better, and whether each scenario fits its own deal."""
    table = tables["case_scores"]
    curves = table["forecaster"].str.startswith("one curve")
    model, best = table.iloc[0], table[curves].sort_values("log_score").iloc[-1]
    count = int((~tables["cases"]["hindsight"].astype(bool)).sum())
    gain = float(model["log_score"]) - float(best["log_score"])
    verdict = "better than" if gain > 0 else "not better than"
    if "as_good" not in table or pd.isna(model["as_good"]):
        pairs = ""
    else:
        as_good, pairings = int(model["as_good"]), int(model["pairings"])
        rank = "is the best" if as_good == 1 else f"is among the best {as_good}"
        pairs = f" Of all {pairings:,} ways to pair scenarios with durations, the true one {rank}."
    return (
        "The log score is the logarithm of the density that a forecast gave to the day on which a deal ended, summed"
        f" over {count} deals; higher is better. The model scores {model['log_score']:.1f}, {verdict} the best single"
        f" curve, {best['forecaster'].removeprefix('one curve for ')} ({best['log_score']:.1f}).{pairs}"
        f" With {count} deals this is weak evidence."
    )


def _scores(table: pd.DataFrame) -> Table:
    rows = [[str(row["forecaster"]), f"{row['log_score']:.1f}"] for _, row in table.iterrows()]
    return Table("Summed log scores, higher is better", ["forecaster", "log score"], rows, frozenset({1}))


def _table(table: pd.DataFrame) -> Table:
    heads = ["deal", "held [days]", "5 %", "50 %", "95 %", "ended sooner", "log score", "source"]
    rows = []
    for _, row in table.iterrows():
        low, high = float(row["held_low"]), float(row["held_high"])
        span = f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
        span += " or more" if row["holding"] else ""
        ends = [_day(row[name]) for name in ("q05", "q50", "q95")]
        label = f"{row['title']}{' (with hindsight)' if row['hindsight'] else ''}"
        rows.append(
            [label, span, *ends, whole_percent(float(row["shorter"])), f"{row['log_score']:.1f}", str(row["source"])]
        )
    caption = "Days by which 5, 50 and 95 % of worlds had ended, with the assumed numbers drawn"
    return Table(caption, heads, rows, frozenset(range(1, 7)))


def _day(value: object) -> str:
    number = float(value)  # type: ignore[arg-type]
    return "later" if number != number or number == float("inf") else f"{number:,.0f}"


def caution_sections(cautions: Sequence[str]) -> list[Section]:
    """The cautions of the experiment as a section; empty when there are none."""
    return [Section("cautions", "What not to conclude", [Points(list(cautions))])] if cautions else []
