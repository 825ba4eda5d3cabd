"""Chart of the front over time: the share of each sector won by either side since the deal was signed."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.front_line import FrontHistory
from ceasefire.array_types import IntArray
from ceasefire.charts.layout import Caption, Page, page, shortened
from ceasefire.charts.names import told_apart
from ceasefire.charts.style import INK, PAPER, QUIET, SIDE_COLOURS, SMALL, house_style
from ceasefire.charts.time_axis import TimeAxis
from ceasefire.charts.world_panels import named_rows
from ceasefire.wording import GAP, span_words, whole_percent

LEFT, WIDTH, ROW = 2.15, 4.0, 0.25
COUNTS = 0.5
SHOWN_STEPS = 400
MOVED = 0.005
"""A smaller change in the share of a sector counts as none."""

LEAST_TOLD = 0.01
"""A smaller change of any sector is not worth a finding."""

LIMITS = (0.05, 0.1, 0.25, 0.5, 1.0)
"""Possible ends of the colour scale [share of a sector]."""

COLOURS = LinearSegmentedColormap.from_list("sides", [SIDE_COLOURS[1], "#F2F2F2", SIDE_COLOURS[0]])
"""Colours from won by the second side to won by the first."""


@house_style()
def front_chart(front: FrontHistory, caption: Caption) -> Figure:
    """A row for each sector, coloured by the share won; at the right, the first side's share on the first and last day.

    For one world: to its last day, with a line at the end of its deal. For several: the mean over the worlds that still
    hold, with their number below.
    """
    several = int(front.worlds.max()) > 1
    rows = ROW * len(front.sectors)
    inner = 0.39 + rows + (COUNTS + 0.12 if several else 0) + 0.98
    footer = caption.footer(int(front.worlds.max()))
    sheet = page(inner, caption.title, front_finding(front), footer, "Map by day")
    top = sheet.height - sheet.top - 0.39
    axes = sheet.axes(LEFT, top - rows, WIDTH, rows)
    last = max(len(front.held), 1)
    order = np.lexsort((np.array(front.sectors), front.opened)).astype(np.int64)
    limit = _limit(front)
    _paint(axes, front, order, limit, last)
    _write_changes(sheet, front, order, top)
    time = TimeAxis(last, caption.start)
    time.above(axes)
    bottom = axes
    if several:
        bottom = sheet.axes(LEFT, top - rows - 0.12 - COUNTS, WIDTH, COUNTS)
        _count(bottom, front)
    time.below(bottom)
    axes.grid(False)
    if front.ended is not None:
        axes.axvline(front.ended, color=INK, linewidth=1.3, gid="end")
    _scale(sheet, front, limit)
    return sheet.figure


def _limit(front: FrontHistory) -> float:
    """End of the colour scale: the next of LIMITS above the largest change."""
    largest = float(np.abs(front.moved).max())
    return next((limit for limit in LIMITS if largest <= limit), 1.0)


def _paint(axes: Axes, front: FrontHistory, order: IntArray, limit: float, last: int) -> None:
    """The rows as one image of evenly spaced days."""
    days = len(front.held)
    chosen = np.unique(np.linspace(0, days - 1, min(SHOWN_STEPS, days)).astype(int))
    colours: dict[str, Any] = {"cmap": COLOURS, "vmin": -limit, "vmax": limit}
    rows = np.arange(len(front.sectors) + 1) - 0.5
    _hatch(axes, front, chosen, order)
    axes.pcolormesh(np.append(chosen, days), rows, front.moved[chosen][:, order].T, gid="front", **colours)
    named_rows(axes, told_apart([front.sectors[place] for place in order], 30))
    for row in range(1, len(front.sectors)):
        axes.axhline(row - 0.5, color=PAPER, linewidth=1.5)
    axes.set_xlim(0, last)
    axes.set_xticks([])


def _hatch(axes: Axes, front: FrontHistory, chosen: IntArray, order: IntArray) -> None:
    """Strokes where the second side has won: without colour its gains look like those of the first."""
    for row, place in enumerate(order):
        lost = front.moved[chosen, place] < -MOVED
        if lost.any():
            low, high = np.full(len(chosen), row - 0.5), np.full(len(chosen), row + 0.5)
            strokes: dict[str, Any] = {"facecolor": "none", "hatch": "////", "edgecolor": PAPER, "linewidth": 0}
            axes.fill_between(chosen, low, high, where=lost, step="post", zorder=2, gid="lost", **strokes)


def _write_changes(sheet: Page, front: FrontHistory, order: IntArray, top: float) -> None:
    """At the right, the share that the first side held at signing and on the last day."""
    x, look = LEFT + WIDTH, {"size": SMALL, "ha": "right", "va": "center"}
    sheet.write(x + 1.24, top + 0.27, shortened(f"{front.sides[0]}'s share", 24), color=QUIET, **look)
    sheet.write(x + 0.6, top + 0.09, "first day", color=QUIET, **look)
    sheet.write(x + 1.24, top + 0.09, "last day", color=QUIET, **look)
    for row, place in enumerate(order):
        before, after = float(front.opened[place]), float(front.held[-1, place])
        y, weight = top - ROW * (row + 0.5), "bold" if abs(after - before) >= MOVED else "normal"
        sheet.write(x + 0.6, y, whole_percent(before), color=QUIET, **look)
        sheet.write(x + 1.24, y, whole_percent(after), weight=weight, **look)


def _count(axes: Axes, front: FrontHistory) -> None:
    """The number of worlds averaged in the rows above."""
    worlds = np.append(front.worlds, front.worlds[-1])
    axes.fill_between(np.arange(len(worlds)), worlds, step="post", color="#C9C9C9", linewidth=0)
    axes.set_ylim(0, int(front.worlds.max()) * 1.05)
    axes.set_yticks([0, int(front.worlds.max())])
    axes.tick_params(axis="y", labelsize=SMALL)
    axes.set_ylabel("worlds that\nstill hold", rotation=0, ha="right", va="center", size=SMALL, labelpad=6)


def _scale(sheet: Page, front: FrontHistory, limit: float) -> None:
    """The colour scale."""
    left, width = LEFT + 0.3, 2.7
    box = sheet.axes(left, sheet.bottom + 0.3, width, 0.1)
    scale = ScalarMappable(Normalize(-limit, limit), COLOURS)
    bar = Colorbar(box, scale, orientation="horizontal", ticks=[-limit, 0, limit])
    bar.outline.set_visible(False)
    box.xaxis.set_major_formatter(FuncFormatter(lambda value, _: whole_percent(abs(float(value)))))
    box.tick_params(labelsize=SMALL, length=2)
    look = {"size": SMALL, "color": QUIET, "va": "center"}
    second, first = (f"won by {_named(side)}" for side in reversed(front.sides))
    second, first = shortened(f"strokes: {second}", 32), shortened(first, 30)
    sheet.write(left - 0.12, sheet.bottom + 0.35, second, ha="right", **look)
    sheet.write(left + width + 0.12, sheet.bottom + 0.35, first, **look)


def front_moves(front: FrontHistory) -> bool:
    """Whether the line has moved visibly in any sector on any day."""
    return bool(np.abs(front.moved).max() >= MOVED)


def front_finding(front: FrontHistory) -> str:
    """The sector with the largest change, and the side that won it."""
    moved = front.moved[-1]
    far = int(np.abs(moved).argmax())
    each = "" if int(front.worlds.max()) == 1 else " On average over the worlds that still hold on that day."
    until = f"by day {len(front.held):,}"
    over = f" The deal ends on day {front.ended:,} (line)." if front.ended is not None else ""
    if abs(moved[far]) < LEAST_TOLD:
        return f"The line has hardly moved anywhere {until}.{each}{over}"
    whom = _named(front.sides[0] if moved[far] > 0 else front.sides[1])
    share = whole_percent(abs(float(moved[far])))
    if front.last:
        ends = sorted(float(end - front.opened[far]) for end in (front.last[far].low, front.last[far].high))
        won = ends if moved[far] > 0 else [-ends[1], -ends[0]]
        share += f" (95{GAP}%: {span_words(Interval(0, max(0.0, won[0]), won[1]), whole_percent)})"
    where = shortened(front.sectors[far], 40)
    return f"The line moves most at {where}: {share} won by {whom} {until}.{each}{over}"


def _named(side: str) -> str:
    """A side's title within a sentence."""
    return f"the {side[:1].lower()}{side[1:]}" if side.count(" ") == 1 and side.endswith(" side") else side
