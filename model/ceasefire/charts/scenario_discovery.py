"""The chart of a corner of failure: which part of which numbers it is, and how often the deal fails there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ceasefire.analysis.estimates import Interval
from ceasefire.charts.layout import page
from ceasefire.charts.ranking import ROW_HEIGHT, Band, Row, name_rows, rows_axes
from ceasefire.charts.style import BLUE, PAPER, QUIET, SMALL, TEXT, VERMILLION, house_style
from ceasefire.wording import GAP, share_with_limits, significant

LEFT, WIDTH = 2.76, 3.0
HEAD, BETWEEN, FOOT = 0.3, 0.62, 0.5


@dataclass(frozen=True)
class Part:
    """A number's part of the corner, `low` to `high`, of all values that were tried, `least` to `most`."""

    title: str
    name: str
    low: float
    high: float
    least: float
    most: float

    @property
    def ends(self) -> tuple[float, float]:
        """Where the part lies among all values, 0 to 1."""
        wide = self.most - self.least
        return (self.low - self.least) / wide, (self.high - self.least) / wide


@house_style()
def corner_chart(
    parts: Sequence[Part], shares: Sequence[tuple[str, Interval]], title: str, finding: str, footer: str
) -> Figure:
    """Above, a bar for each number of the corner: the part in the corner of all that was tried; below, named shares
    with 95 %. ValueError for no part."""
    if not parts:
        raise ValueError("no parts: there is no corner to draw")
    upper, lower = ROW_HEIGHT * len(parts), ROW_HEIGHT * len(shares)
    sheet = page(HEAD + upper + BETWEEN + lower + FOOT, title, finding, footer, "Bars")
    top = Band(LEFT, WIDTH, sheet.height - sheet.top - HEAD)
    rows = [Row(part.title, part.name, Interval(0, 0, 0), None, PAPER) for part in parts]
    axes = rows_axes(sheet, top, rows, (0, 1), "", bare=True)
    axes.set_axis_off()
    name_rows(sheet, top, rows)
    for place, part in enumerate(parts):
        low, high = part.ends
        axes.barh(place, 1, 0.42, color="#DCE3E8", gid="tried")
        axes.barh(place, high - low, 0.42, left=low, color=VERMILLION, gid="corner")
        y = top.top - ROW_HEIGHT * (place + 0.5)
        words = f"{significant(part.low)} to {significant(part.high)}"
        sheet.write(LEFT + WIDTH + 0.1, y + 0.065, words, size=TEXT - 0.5, weight="bold", va="center")
        tried = f"of {significant(part.least)} to {significant(part.most)}"
        sheet.write(LEFT + WIDTH + 0.1, y - 0.075, tried, size=SMALL, color=QUIET, va="center")
    sheet.write(LEFT, top.top + 0.12, "values in the corner, of all that were tried", size=SMALL, color=QUIET)
    below = Band(LEFT, WIDTH, top.top - upper - BETWEEN)
    colours = (VERMILLION, *[BLUE] * (len(shares) - 1))
    found = [Row(name, "", share, None, colour) for (name, share), colour in zip(shares, colours, strict=True)]
    scale = rows_axes(sheet, below, found, (0, 1), "")
    scale.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=f"{GAP}%"))
    name_rows(sheet, below, found)
    for place, (_, share) in enumerate(shares):
        y = below.top - ROW_HEIGHT * (place + 0.5)
        sheet.write(LEFT + WIDTH + 0.1, y, share_with_limits(share), size=TEXT - 0.5, va="center")
    sheet.write(LEFT, below.top + 0.12, "judged on draws and worlds held out; line: 95 %", size=SMALL, color=QUIET)
    return sheet.figure
