"""The tables of an experiment for readers: the answer in a sentence, and the rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.experiments.outcome_definitions import OutcomeVariable
from ceasefire.report.html import Table
from ceasefire.wording import days, signed_days, span_words, whole_percent

Tables = Mapping[str, pd.DataFrame]

MOST_ROWS = 60
"""Largest number of rows shown on the page; the table to download has all."""

COLUMNS = {
    "levers": ("label", "difference", "low", "high", "draw_05", "draw_95", "share_above", "regret", "best_in"),
    "attribution": ("part", "contribution", "low", "high", "alone", "last", "least", "most"),
    "sensitivity": (
        "factor", "effect", "low", "high", "direction", "uneven", "by_chance",
        "in_all", "in_all_low", "in_all_high", "alone", "alone_low", "alone_high", "correlation",
    ),
    "differences": ("label", "difference", "low", "high", "longer", "shorter", "saved", "lost"),
}  # fmt: skip
HEADS = {
    "label": "", "part": "part", "factor": "factor", "low": "95 % from", "high": "to", "draw_05": "90 % of draws from",
    "draw_95": "to", "share_above": "draws above zero", "best_in": "best in draws", "in_all": "with interactions",
    "in_all_low": "95 % from", "in_all_high": "to", "alone_low": "95 % from", "alone_high": "to",
    "uneven": "spread", "by_chance": "by chance alone",
}  # fmt: skip
SHARES = frozenset(
    {"share_above", "best_in", "in_all", "in_all_low", "in_all_high", "alone_low", "alone_high", "saved", "lost"}
    | {"longer", "shorter"}
)


def answer_to(tables: Tables, wanted: OutcomeVariable, design: str) -> str:
    """The answer in a sentence, with intervals; its form depends on the design."""
    for name, sentence in (("levers", _levers), ("attribution", _attribution), ("sensitivity", _sensitivity)):
        rows = _rows(tables, name, wanted)
        if rows is not None:
            return sentence(rows, wanted)
    rows = _rows(tables, "differences", wanted)
    if rows is not None and design == "one_at_a_time":
        return _differences(rows, wanted)
    return _points(tables["points"], wanted)


def outcome_table(tables: Tables, wanted: OutcomeVariable) -> Table | None:
    """The rows behind the sentence; None when there are none."""
    for name, columns in COLUMNS.items():
        rows = _rows(tables, name, wanted)
        if rows is not None:
            present = [column for column in columns if column in rows and rows[column].notna().any()]
            shares = "in_all" in present
            cells = [
                [_cell(column, row[column], wanted, shares) for column in present]
                for _, row in rows.head(MOST_ROWS).iterrows()
            ]
            heads = [HEADS.get(column, column) for column in present]
            caption = f"{wanted.words}: {len(rows):,} rows" + (
                f", the first {MOST_ROWS}" if len(rows) > MOST_ROWS else ""
            )
            return Table(caption, heads, cells, frozenset(range(1, len(present))))
    return None


def _rows(tables: Tables, name: str, wanted: OutcomeVariable) -> pd.DataFrame | None:
    table = tables.get(name)
    if table is None or "outcome" not in table:
        return None
    rows = table[table["outcome"] == wanted.name]
    return rows if len(rows) else None


def _cell(column: str, value: object, wanted: OutcomeVariable, shared: bool) -> str:
    """A cell as text; `shared`: all columns of this table are shares."""
    if isinstance(value, str):
        return value
    number = float(value)  # type: ignore[arg-type]
    if number != number:
        return ""
    if column in SHARES or shared:
        return whole_percent(number) if number >= 0 else f"{100 * number:.0f} %"
    return f"{number:.2f}" if column == "correlation" else _gain(wanted)(number)


def _gain(wanted: OutcomeVariable) -> Callable[[float], str]:
    """Formats a difference in the outcome; shares in percentage points."""
    return lambda number: signed_days(100 * number if wanted.is_share else number)


def _unit(wanted: OutcomeVariable) -> str:
    return {"days": " days", "share": " percentage points"}.get(wanted.unit, "")


def _span(row: pd.Series, wanted: OutcomeVariable, low: str = "low", high: str = "high") -> str:
    return span_words(Interval(0, float(row[low]), float(row[high])), _gain(wanted))


def _gained(row: pd.Series, wanted: OutcomeVariable, who: str, value: str = "difference") -> str:
    return f"{row[who]}, {_gain(wanted)(float(row[value]))}{_unit(wanted)} (95 %: {_span(row, wanted)})"


def _levers(rows: pd.DataFrame, wanted: OutcomeVariable) -> str:
    ranked = rows.sort_values("difference", ascending=False, kind="stable")
    best, worst = ranked.iloc[0], ranked.iloc[-1]
    spread = float(best["draw_95"]) - float(best["draw_05"])
    draws = f"at nine draws in ten {_span(best, wanted, 'draw_05', 'draw_95')}"
    if spread <= 0:
        draws = "draws differ by no more than chance"
    text = f"Over {int(best['draws']):,} draws of the uncertain numbers, the highest gain in {wanted.words} is with "
    text += f"{_gained(best, wanted, 'label')[:-1]}; {draws})"
    return f"{text}, and the lowest with {_gained(worst, wanted, 'label')}."


def _attribution(rows: pd.DataFrame, wanted: OutcomeVariable) -> str:
    whole = _gain(wanted)(float(rows["contribution"].sum()))
    best = rows.iloc[0]
    return (
        f"Of the whole difference in {wanted.words}, {whole}{_unit(wanted)}, the largest part is due to "
        f"{_gained(best, wanted, 'part', 'contribution')}, the mean over all orders of exchange."
    )


def _sensitivity(rows: pd.DataFrame, wanted: OutcomeVariable) -> str:
    best = rows.iloc[0]
    if "effect" in rows and rows["effect"].notna().any():
        size = _gain(wanted)(float(best["effect"])).lstrip("+")
        span = span_words(Interval(0, float(best["low"]), float(best["high"])), lambda v: _gain(wanted)(v).lstrip("+"))
        clear = int((rows["low"] > rows["by_chance"]).sum())
        return (
            f"{best['factor']} has the largest effect: over its whole range it changes {wanted.words} by "
            f"{size}{_unit(wanted)} on average (95 %: {span}); {clear} of {len(rows):,} factors can be distinguished "
            "from one without effect."
        )
    if "in_all" in rows and rows["in_all"].notna().any():
        span = span_words(Interval(0, max(0.0, float(best["in_all_low"])), float(best["in_all_high"])), whole_percent)
        total, alone = (whole_percent(max(0.0, float(best[name]))) for name in ("in_all", "alone"))
        text = f"The largest share of the variance of {wanted.words} is due to {best['factor']}"
        return f"{text}: {total} with interactions (95 %: {span}), {alone} alone."
    rho, low, high = (f"{float(best[name]):.2f}" for name in ("correlation", "low", "high"))
    estimate = f"{rho} (95 %: {low} to {high})"
    return f"The strongest rank correlation with {wanted.words} is that of {best['factor']}: {estimate}."


def _differences(rows: pd.DataFrame, wanted: OutcomeVariable) -> str:
    ranked = rows.sort_values("difference", ascending=False, kind="stable")
    text = f"The highest gain in {wanted.words} is with {_gained(ranked.iloc[0], wanted, 'label')}"
    return f"{text}, and the lowest with {_gained(ranked.iloc[-1], wanted, 'label')}."


def _points(points: pd.DataFrame, wanted: OutcomeVariable) -> str:
    """The highest and the lowest value over the points."""
    known = points[points[wanted.name].notna()].sort_values(wanted.name, kind="stable")
    if not len(known):
        return "Every point failed: there is no answer."
    shown = whole_percent if wanted.is_share else days
    ends = []
    for row in (known.iloc[-1], known.iloc[0]):
        span = Interval(0, float(row[f"{wanted.name}_low"]), float(row[f"{wanted.name}_high"]))
        where = str(row["label"])
        ends.append(f"{shown(float(row[wanted.name]))} (95 %: {span_words(span, shown)}) with {where}")
    return f"{wanted.words[:1].upper()}{wanted.words[1:]} is highest, {ends[0]}, and lowest, {ends[1]}."
