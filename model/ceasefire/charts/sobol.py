"""Sobol bars: which share of what varies is due to each thing that is varied, by itself and with its interplay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.sensitivity import Influence
from ceasefire.charts.layout import Caption, Page, page, swatch
from ceasefire.charts.rows import ROW_HEIGHT, Band, entitled, name_rows, rows_axes
from ceasefire.charts.style import BLUE, INK, PAPER, QUIET, SMALL, TEXT, house_style
from ceasefire.wording import GAP, whole_percent

LEFT, WIDTH = 2.76, 3.1
HEAD, FOOT = 0.3, 0.5
MOST_ROWS = 30

ALONE, WITH_OTHERS = BLUE, "#A9CBE2"


@house_style()
def sobol_chart(
    factors: Sequence[Influence],
    caption: Caption,
    *,
    outcome: str,
    made_of: str,
    titles: Mapping[str, str] | None = None,
) -> Figure:
    """A row for each factor: its total index as a pale bar, its first-order index as a dark one, with 95 % lines.

    `outcome` is what varies, `made_of` how many points and worlds, `titles` what readers call the factors. Beyond
    MOST_ROWS the least are left out, and said. ValueError for none.
    """
    if not factors:
        raise ValueError("no factors: there is nothing to rank")
    ranked = sorted(factors, key=lambda each: (-each.total.value, each.name))
    shown = ranked[:MOST_ROWS]
    named = titles or {}
    rows = [entitled(each.name, named, each.total, PAPER) for each in shown]
    footer = "  ·  ".join(part for part in (made_of, f"seed {caption.seed}", caption.label, caption.note) if part)
    sheet = page(HEAD + ROW_HEIGHT * len(rows) + FOOT, caption.title, _finding(ranked, named), footer)
    band = Band(LEFT, WIDTH, sheet.height - sheet.top - HEAD)
    reach = min(1.15, max(0.1, *(each.total.high for each in shown), *(each.first.high for each in shown)))
    low = max(-0.2, min(0.0, *(each.first.low for each in shown)))
    axes = rows_axes(sheet, band, rows, (low, 1.04 * reach), f"share of the variance of {outcome}", bare=True)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=f"{GAP}%"))
    name_rows(sheet, band, rows)
    for place, each in enumerate(shown):
        _bar(axes, place - 0.16, each.total, WITH_OTHERS, 0.34)
        _bar(axes, place + 0.18, each.first, ALONE, 0.2)
        _write(sheet, band, place, each)
    _key(sheet, band)
    return sheet.figure


def _bar(axes: Axes, place: float, found: Interval, colour: str, height: float) -> None:
    axes.barh(place, max(0.0, found.value), height, color=colour, zorder=2, gid=f"bar {colour}")
    axes.plot([found.low, found.high], [place] * 2, color=INK, linewidth=1.0, zorder=3)


def _write(sheet: Page, band: Band, place: int, each: Influence) -> None:
    y, x = band.top - ROW_HEIGHT * (place + 0.5), band.left + band.width
    total, first = (whole_percent(max(0.0, found.value)) for found in (each.total, each.first))
    sheet.write(x + 0.6, y, total, size=TEXT, weight="bold", ha="right", va="center")
    sheet.write(x + 1.35, y, first, size=TEXT, color=BLUE, ha="right", va="center")


def _key(sheet: Page, band: Band) -> None:
    y, x = band.top + 0.14, band.left
    for at, colour, words in ((0.0, WITH_OTHERS, "with its interplay (total)"), (1.7, ALONE, "alone (first order)")):
        swatch(sheet, x + at, y, colour, 0.1)
        sheet.write(x + at + 0.16, y, words, size=SMALL, color=QUIET, va="center_baseline")
    for at, words in ((0.6, "total"), (1.35, "alone")):
        sheet.write(x + band.width + at, y, words, size=SMALL, color=QUIET, ha="right", va="center_baseline")


def _finding(ranked: Sequence[Influence], named: Mapping[str, str]) -> str:
    """What most of the variance is due to, and how much of it is interplay."""
    most = ranked[0]
    total, first = (whole_percent(max(0.0, min(1.0, found.value))) for found in (most.total, most.first))
    said = f"Most hangs on {named.get(most.name, most.name)}: {total} of the variance, {first} by itself."
    alone = sum(max(0.0, each.first.value) for each in ranked)
    if alone < 0.9:
        said += f" All factors by themselves make {whole_percent(alone)}; the rest is interplay (and chance)."
    if len(ranked) > MOST_ROWS:
        said += f" The {len(ranked) - MOST_ROWS} least are not shown."
    return said
