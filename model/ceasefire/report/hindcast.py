"""Deals side by side, for readers: their curves with what really happened, the scores, and what not to conclude."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from ceasefire.report.html import Block, Folded, Paragraph, Points, Section, Table, picture
from ceasefire.wording import whole_percent

Tables = Mapping[str, pd.DataFrame]


def hindcast_sentence(tables: Tables) -> str:
    """In a sentence: the deal that held longest, what would have been said of it, and how good the forecasts were."""
    known = tables["cases"][~tables["cases"]["hindsight"].astype(bool)]
    known = known if len(known) else tables["cases"]
    longest = known.sort_values("held_low").iloc[-1]
    said = (
        f"{longest['title']}, held {longest['held_low']:,.0f} days: to that or more the model would have given"
        f" a chance of {whole_percent(1 - float(longest['shorter']))} on the first day, the assumed numbers drawn."
    )
    others = known.drop(index=longest.name)
    if len(others):
        inside = int(((others["q05"] <= others["held_high"]) & (others["held_low"] <= others["q95"].fillna(1e9))).sum())
        said += f" Of the other {len(others)}, {inside} ended within its nine-in-ten range."
    return said


def hindcast_sections(tables: Tables, folder: Path) -> list[Section]:
    """The figure, the scores and the table behind them; nothing when the experiment has no such deals."""
    if "cases" not in tables:
        return []
    told = hindcast_sentence(tables)
    chart = picture(folder / "figures" / "cases.png", f"A panel for each deal: {told}", told)
    blocks: list[Block] = [chart] if chart else []
    if "case_scores" in tables:
        blocks += [Paragraph(_scores_text(tables)), _scores(tables["case_scores"])]
    blocks.append(Folded("The figures behind it", [_table(tables["cases"])]))
    return [Section("side-by-side", "The deals side by side", blocks)]


def _scores_text(tables: Tables) -> str:
    """Who forecast better, and whether each scenario fits its own deal."""
    table = tables["case_scores"]
    model, best = table.iloc[0], table[table["as_good"].isna()].sort_values("log_score").iloc[-1]
    count = int((~tables["cases"]["hindsight"].astype(bool)).sum())
    gain = float(model["log_score"]) - float(best["log_score"])
    verdict = "better than" if gain > 0 else "no better than"
    as_good, pairings = int(model["as_good"]), int(model["pairings"])
    rank = "best of all" if as_good == 1 else f"{as_good} of them score as well as the true one or better"
    return (
        "A log score is the logarithm of the density that a forecast gave to the day on which a deal ended, added up"
        f" over {count} deals; higher is better. The model scores {model['log_score']:.1f}, {verdict} the best single"
        f" curve, {best['forecaster'].removeprefix('one curve for ')} ({best['log_score']:.1f}). Of all {pairings:,}"
        f" ways to pair scenarios with durations the true one is: {rank}. With {count} deals this is"
        " weak evidence."
    )


def _scores(table: pd.DataFrame) -> Table:
    rows = [[str(row["forecaster"]), f"{row['log_score']:.1f}"] for _, row in table.iterrows()]
    return Table("Summed log scores, higher is better", ["forecaster", "log score"], rows, frozenset({1}))


def _table(table: pd.DataFrame) -> Table:
    heads = ["deal", "held [days]", "5 %", "half", "95 %", "ended sooner", "log score", "source"]
    rows = []
    for _, row in table.iterrows():
        low, high = float(row["held_low"]), float(row["held_high"])
        span = f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
        ends = [_day(row[name]) for name in ("q05", "q50", "q95")]
        label = f"{row['title']}{' (with hindsight)' if row['hindsight'] else ''}"
        rows.append(
            [label, span, *ends, whole_percent(float(row["shorter"])), f"{row['log_score']:.1f}", str(row["source"])]
        )
    caption = "Days by which so many worlds had ended, the assumed numbers drawn"
    return Table(caption, heads, rows, frozenset(range(1, 7)))


def _day(value: object) -> str:
    number = float(value)  # type: ignore[arg-type]
    return "later" if number != number or number == float("inf") else f"{number:,.0f}"


def caution_sections(said: Sequence[str]) -> list[Section]:
    """What a reader should not conclude; nothing when the experiment says nothing of it."""
    return [Section("cautions", "What not to conclude", [Points(list(said))])] if said else []
