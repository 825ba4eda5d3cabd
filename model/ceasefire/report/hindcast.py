"""Report sections of past deals: forecasts with the actual durations, scores, and cautions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from ceasefire.report.html import Block, Folded, Paragraph, Points, Section, Table, picture
from ceasefire.wording import whole_percent

Tables = Mapping[str, pd.DataFrame]


def hindcast_sentence(tables: Tables) -> str:
    """The forecast for the deal that held longest, and how many of the others ended within their ranges."""
    known = tables["cases"][~tables["cases"]["hindsight"].astype(bool)]
    known = known if len(known) else tables["cases"]
    longest = known.sort_values("held_low").iloc[-1]
    text = (
        f"{longest['title']}, held {longest['held_low']:,.0f} days: on the first day, with the assumed numbers drawn,"
        f" the model gives this duration or more a probability of {whole_percent(1 - float(longest['shorter']))}."
    )
    others = known.drop(index=longest.name)
    if len(others):
        inside = int(((others["q05"] <= others["held_high"]) & (others["held_low"] <= others["q95"].fillna(1e9))).sum())
        text += f" Of the other {len(others)}, {inside} ended within the 90 % range of the forecast."
    return text


def hindcast_sections(tables: Tables, folder: Path) -> list[Section]:
    """The figure, the scores and the table behind them; empty when the experiment has no past deals."""
    if "cases" not in tables:
        return []
    sentence = hindcast_sentence(tables)
    chart = picture(folder / "figures" / "cases.png", f"A panel for each deal: {sentence}", sentence)
    blocks: list[Block] = [chart] if chart else []
    if "case_scores" in tables:
        blocks += [Paragraph(_scores_text(tables)), _scores(tables["case_scores"])]
    blocks.append(Folded("The numbers behind it", [_table(tables["cases"])]))
    return [Section("side-by-side", "The deals side by side", blocks)]


def _scores_text(tables: Tables) -> str:
    """Whether the model or a single curve forecast better, and whether each scenario fits its own deal."""
    table = tables["case_scores"]
    model, best = table.iloc[0], table[table["as_good"].isna()].sort_values("log_score").iloc[-1]
    count = int((~tables["cases"]["hindsight"].astype(bool)).sum())
    gain = float(model["log_score"]) - float(best["log_score"])
    verdict = "better than" if gain > 0 else "not better than"
    as_good, pairings = int(model["as_good"]), int(model["pairings"])
    rank = "is the best" if as_good == 1 else f"is among the best {as_good}"
    return (
        "The log score is the logarithm of the density that a forecast gave to the day on which a deal ended, summed"
        f" over {count} deals; higher is better. The model scores {model['log_score']:.1f}, {verdict} the best single"
        f" curve, {best['forecaster'].removeprefix('one curve for ')} ({best['log_score']:.1f}). Of all {pairings:,}"
        f" ways to pair scenarios with durations, the true one {rank}. With {count} deals this is weak"
        " evidence."
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
