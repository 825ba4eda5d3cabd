"""The sheet that a figure is drawn on: title, finding, footer, and axes placed in inches."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, PercentFormatter

from ceasefire.charts.style import INK, QUIET, RULE, SMALL, TEXT, WIDTH_INCHES
from ceasefire.charts.words import GAP, calendar_ticks, day_ticks

TITLE_SIZE = 12.0
LEFT = 0.8
"""Where plots begin, and titles with them less the tick labels [inches]."""


@dataclass(frozen=True)
class Page:
    """A figure, its size, and how far from its top and bottom edges plots may reach [inches]."""

    figure: Figure
    height: float
    top: float
    bottom: float

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Axes placed in inches, `bottom` from the foot of the page."""
        size = (left / WIDTH_INCHES, bottom / self.height, width / WIDTH_INCHES, height / self.height)
        axes: Axes = self.figure.add_axes(size)
        return axes

    def write(self, x: float, y: float, words: str, **style: Any) -> None:
        """Text at x, y inches from the lower left corner of the page."""
        self.figure.text(x / WIDTH_INCHES, y / self.height, words, **style)


def page(inner_height: float, title: str, finding: str, footer: str) -> Page:
    """A page with room of inner_height [inches] between its finding (one sentence or two) and its footer."""
    titles = textwrap.wrap(title, 66)[:3] or [""]
    findings = textwrap.wrap(finding, 102)[:3]
    footers = textwrap.wrap(footer, 122)[:3]
    top = 0.16 + 0.215 * len(titles) + 0.165 * len(findings) + 0.06
    bottom = 0.12 + 0.13 * len(footers)
    height = inner_height + top + bottom
    sheet = Page(Figure(figsize=(WIDTH_INCHES, height)), height, top, bottom)
    sheet.write(0.14, height - 0.14, "\n".join(titles), size=TITLE_SIZE, weight="bold", va="top", linespacing=1.25)
    under_title = height - 0.18 - 0.215 * len(titles)
    sheet.write(0.14, under_title, "\n".join(findings), size=TEXT, color=QUIET, va="top", linespacing=1.25)
    sheet.write(0.14, 0.1, "\n".join(footers), size=SMALL - 0.5, color=QUIET, va="bottom", linespacing=1.2)
    return sheet


def day_axis(axes: Axes, last: int, label: bool = True) -> list[int]:
    """Round days along the bottom, from 0 to the last; the days ticked."""
    ticks = day_ticks(last)
    axes.set_xlim(0, last)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.set_xticklabels([f"{day:,}" for day in ticks])
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    if label:
        axes.set_xlabel("days since the deal began", labelpad=2)
    return ticks


def calendar_axis(axes: Axes, last: int) -> None:
    """Years, or months on a short axis, along the top."""
    unit, ticks = calendar_ticks(last)
    if not ticks:
        return
    top = axes.secondary_xaxis("top")
    top.set_xticks([day for day, _ in ticks], [name for _, name in ticks])
    top.tick_params(length=3, pad=1.5, labelsize=SMALL, labelcolor=QUIET)
    top.spines["top"].set_visible(False)
    axes.annotate(unit, (0, 1), (-9, 7.5), "axes fraction", "offset points", color=QUIET, size=SMALL, ha="right")


def share_axis(axes: Axes, label: str) -> None:
    """0 to 100 % along the side."""
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=f"{GAP}%"))
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    axes.set_ylabel(label, color=INK, labelpad=3)
