"""Whether a deal grows safer with age, for a report."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ceasefire.analysis.hazard import hazard_table, weibull_shape
from ceasefire.report.blocks import Folded, Paragraph, Table

EDGES = (0, 30, 91, 182, 365, 730, 1096, 1461, 1826, 3652, 36_525)


def danger(worlds: pd.DataFrame) -> Sequence[Folded]:
    """The danger of ending by age, and the shape of the life that fits best; nothing when no world ended."""
    table = hazard_table(worlds, EDGES)
    if not table["ends"].sum():
        return []
    rows = [
        [_age(int(first), int(last)), f"{ends:,.0f}", _rate(rate), f"{_rate(low)} to {_rate(high)}"]
        for first, last, ends, _, rate, low, high in table.to_numpy(dtype=float).tolist()
    ]
    columns = ["age of the deal", "worlds that ended", "ends per 100 deals and year", "chance (95 %)"]
    shown = Table("Danger that a deal which still holds ends, by its age", columns, rows, frozenset({1, 2, 3}))
    return [Folded("Does it grow safer with age?", [Paragraph(_shape_words(worlds)), shown])]


def _age(first: int, last: int) -> str:
    return f"day {first:,} to {last - 1:,}"


def _rate(per_year: float) -> str:
    return f"{100 * per_year:,.0f}" if per_year >= 0.095 else f"{100 * per_year:.1f}"


def _shape_words(worlds: pd.DataFrame) -> str:
    """The shape in words."""
    try:
        shape = weibull_shape(worlds)
    except ValueError:
        return "Too few worlds ended on different days to tell."
    told = f"Weibull shape {shape.value:.2f} (95 %: {shape.low:.2f} to {shape.high:.2f})"
    if shape.high < 1:
        return f"Yes: a deal that has lasted is less likely to end soon. {told}; below 1 the danger falls with age."
    if shape.low > 1:
        return f"No: a deal that has lasted is more likely to end soon. {told}; above 1 the danger rises with age."
    return f"These worlds cannot tell. {told}; at 1 the danger does not change with age."
