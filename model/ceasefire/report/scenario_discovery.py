"""In which corner of the assumed numbers a deal fails: the sentence, the figure, and the section of the report."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.scenario_discovery import can_discover
from ceasefire.charts.scenario_discovery import Part, corner_chart
from ceasefire.experiments.outcome_definitions import outcome
from ceasefire.report.html import Block, Folded, Paragraph, Section, Table, picture
from ceasefire.wording import GAP, how_many, listed, share_with_limits, significant, span_words, whole_percent

CORNER = "corner"
"""The table and the figure."""

NOT_INSTALLED = "scikit-learn is not installed, which finds the corner: pip install 'ceasefire[discovery]'"


def first_corner(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame | None:
    """The rows of the first outcome that has a corner; None when the experiment has none."""
    table = tables.get(CORNER)
    return None if table is None or not len(table) else table[table["outcome"] == table["outcome"].iloc[0]]


def corner_sentence(rows: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Where the deal fails most often, with density and coverage and their intervals, out of sample."""
    one = rows.iloc[0]
    how = f"out of sample: on {how_many(int(one['draws']), 'draw')} and on worlds that were not used to find it"
    everywhere = f"{share_with_limits(_interval(one, 'everywhere'))} over all draws"
    if not stands_out(rows):
        return (
            f"No corner of the assumed numbers is known in which the deal fails more often ({how}): {everywhere} fail."
        )
    where = listed([_condition(row, names) for _, row in rows.iterrows()])
    cover = _interval(one, "coverage")
    return (
        f"The deal fails most often with {where}: in {share_with_limits(_interval(one, 'density'))} of worlds there "
        f"(density), against {everywhere}. The corner is {whole_percent(one['inside'] / one['draws'])} of the draws, "
        f"and {whole_percent(cover.value)} (95{GAP}%: {span_words(cover, whole_percent)}) of all failures lie in it "
        f"(coverage). Figures are {how}."
    )


def stands_out(rows: pd.DataFrame) -> bool:
    """Whether the deal fails more often in the corner than everywhere, beyond chance."""
    return bool(rows["factor"].notna().all() and rows["more_low"].iloc[0] > 0)


def corner_figure(rows: pd.DataFrame, names: Mapping[str, str], title: str, footer: str) -> Figure | None:
    """The figure; None where no corner stands out."""
    if not stands_out(rows):
        return None
    parts = []
    for row in rows.to_dict("records"):
        low, high = np.fmax(row["above"], row["least"]), np.fmin(row["at_most"], row["most"])
        factor = str(row["factor"])
        parts.append(Part(names.get(factor, factor), factor, low, high, row["least"], row["most"]))
    one, fails = rows.iloc[0], _fails(rows)
    shares = [
        (f"in the corner, {fails} (density)", _interval(one, "density")),
        (f"over all draws, {fails}", _interval(one, "everywhere")),
        ("of all failures, in the corner (coverage)", _interval(one, "coverage")),
    ]
    return corner_chart(parts, shares, title, corner_sentence(rows, names), footer)


def corner_sections(
    tables: Mapping[str, pd.DataFrame], names: Mapping[str, str], folder: Path, design: str
) -> list[Section]:
    """The section of the report; none where the design is not one of independent draws."""
    rows = first_corner(tables)
    if rows is None:
        sampled = design == "latin_hypercube" and not can_discover()
        text = f"Not looked for: {NOT_INSTALLED}, then make this page again with `ceasefire report`."
        return [Section(CORNER, "In which corner does it fail?", [Paragraph(text)])] if sampled else []
    sentence = corner_sentence(rows, names)
    blocks: list[Block] = [Paragraph(sentence)]
    chart = picture(folder / "figures" / f"{CORNER}.png")
    cells = [
        [
            names.get(str(row["factor"]), str(row["factor"])),
            *(_ends(row[n]) for n in ("above", "at_most", "least", "most")),
        ]
        for row in rows.to_dict("records")
    ]
    heads = ["number", "above", "at most", "tried from", "to"]
    table = Folded("The corner in numbers", [Table("limits of the corner", heads, cells, frozenset(range(1, 5)))])
    if stands_out(rows):
        blocks = [*([chart] if chart else blocks), table]
    return [Section(CORNER, "In which corner does it fail?", blocks)]


def _ends(value: Any) -> str:
    return "" if pd.isna(value) else significant(float(value))


def _fails(rows: pd.DataFrame) -> str:
    """What failing is, in the words of the outcome."""
    held = outcome(str(rows["outcome"].iloc[0])).words
    return f"share that does not hold {held.removeprefix('holds ')}"


def _condition(row: pd.Series, names: Mapping[str, str]) -> str:
    name, low, high = names.get(str(row["factor"]), str(row["factor"])), row["above"], row["at_most"]
    if pd.isna(low):
        return f"{name} at most {significant(high)}"
    if pd.isna(high):
        return f"{name} above {significant(low)}"
    return f"{name} between {significant(low)} and {significant(high)}"


def _interval(row: pd.Series, name: str) -> Interval:
    return Interval(*(float(row[column]) for column in (name, f"{name}_low", f"{name}_high")))
