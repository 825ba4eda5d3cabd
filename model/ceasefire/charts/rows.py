"""Rows of a ranking: a name at the left, a dot with its bands on a common scale, the figure in words at the right."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ceasefire.analysis.estimates import Interval
from ceasefire.charts.layout import Page
from ceasefire.charts.style import INK, PAPER, QUIET, RULE, SMALL, TEXT, readable
from ceasefire.wording import signed

ROW_HEIGHT = 0.31
"""Height of a row [inches]; a title of two lines fits."""

TITLE_LETTERS = 40
"""Letters of a title's line."""

WIDE_BAND = "#DCE3E8"
"""What lies behind a dot when the assumed numbers are drawn."""


@dataclass(frozen=True)
class Row:
    """A figure of one thing: its title, its short name (may be ''), chance (95 %), doubt (90 %), and a colour."""

    title: str
    name: str
    chance: Interval
    doubt: Interval | None
    colour: str


def entitled(name: str, titles: Mapping[str, str], figure: Interval, colour: str) -> Row:
    """A row of something by name, under what readers call it when that is known."""
    title = titles.get(name, name)
    return Row(title, name if title != name else "", figure, None, colour)


@dataclass(frozen=True)
class Band:
    """Where rows stand on a page: left edge and width of the scale, and its top [inches]."""

    left: float
    width: float
    top: float


def rows_axes(
    sheet: Page, band: Band, rows: Sequence[Row], limits: tuple[float, float], unit: str, bare: bool = False
) -> Axes:
    """A scale with a row for each figure, the first on top, a line at zero, and dots with their bands (not if bare).

    A dot beyond the limits becomes an arrow at the edge: its figure is written at the right all the same.
    """
    height = ROW_HEIGHT * len(rows)
    axes = sheet.axes(band.left, band.top - height, band.width, height)
    axes.set_xlim(*limits)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: signed(value) if limits[0] < 0 else f"{value:,g}"))
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel(unit, labelpad=2)
    axes.axvline(0, color=INK, linewidth=0.9, zorder=1.5)
    for place, row in enumerate([] if bare else rows):
        _draw(axes, place, row, limits)
    return axes


def _draw(axes: Axes, place: int, row: Row, limits: tuple[float, float]) -> None:
    """The wide band, the thin one, and the dot."""
    low, high = limits
    if row.doubt is not None:
        ends = np.clip([row.doubt.low, row.doubt.high], low, high)
        axes.fill_between(ends, place - 0.34, place + 0.34, facecolor=WIDE_BAND, linewidth=0, gid="doubt", zorder=1)
    ends = np.clip([row.chance.low, row.chance.high], low, high)
    axes.plot(ends, [place, place], color=row.colour, linewidth=3.2, solid_capstyle="butt", gid="chance", zorder=2)
    beyond = row.chance.value < low or row.chance.value > high
    marker = ("<" if row.chance.value < low else ">") if beyond else "o"
    dot = float(np.clip(row.chance.value, low, high))
    style = {"color": row.colour, "markeredgecolor": PAPER, "markeredgewidth": 0.8, "clip_on": False, "zorder": 3}
    axes.plot([dot], [place], marker=marker, markersize=9 if beyond else 7, gid="dot", **style)  # type: ignore[arg-type]


def name_rows(sheet: Page, band: Band, rows: Sequence[Row]) -> None:
    """Titles at the left of the scale, the short name under a title that leaves room for it."""
    for place, row in enumerate(rows):
        y = band.top - ROW_HEIGHT * (place + 0.5)
        lines = textwrap.wrap(row.title, TITLE_LETTERS)[:2]
        if len(lines) == 1 and row.name:
            sheet.write(0.14, y + 0.065, lines[0], size=TEXT - 0.5, va="center")
            sheet.write(0.14, y - 0.075, row.name, size=SMALL - 0.5, color=QUIET, va="center")
        else:
            sheet.write(0.14, y, "\n".join(lines), size=TEXT - 0.5, va="center", linespacing=1.1)


def write_figures(sheet: Page, band: Band, rows: Sequence[Row], figures: Sequence[tuple[str, str]]) -> None:
    """At the right of the scale, each row's figure in bold and its range beside it."""
    left = band.left + band.width
    for place, (row, (value, span)) in enumerate(zip(rows, figures, strict=True)):
        y = band.top - ROW_HEIGHT * (place + 0.5)
        sheet.write(
            left + 0.62, y, value, size=TEXT, weight="bold", color=readable(row.colour), ha="right", va="center"
        )
        sheet.write(left + 0.68, y, span, size=SMALL, color=QUIET, va="center")


def fair_limits(values: Sequence[Interval], around: float = 0.0) -> tuple[float, float]:
    """Limits that show the values and `around`; a few that lie far beyond the rest do not squeeze it.

    What lies beyond four times the 80th percentile (by size, of those that have one) is cut off.
    """
    ends = np.array([[each.low, each.value, each.high] for each in values], dtype=float)
    ends = ends[np.isfinite(ends).all(axis=1)] - around
    if not ends.any():
        return around - 1, around + 1
    sizes = np.abs(ends).max(axis=1)
    reach = 4 * float(np.quantile(sizes[sizes > 0], 0.8))
    low, high = max(-reach, min(0.0, ends.min())), min(reach, max(0.0, ends.max()))
    room = 0.04 * (high - low) or 1.0
    return around + low - room * (low < 0), around + high + room * (high > 0)
