"""What was seen by week, laid over the fan of the worlds: of a run, or of a nowcast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ceasefire.array_types import FloatArray
from ceasefire.charts.layout import LEFT, Caption, Page, band, page
from ceasefire.charts.style import BAND_EDGE, BLUE, INK, QUIET, SMALL, VERMILLION, WIDTH_INCHES, house_style
from ceasefire.charts.time_axis import TimeAxis

FANS = ("#E3EDF5", "#B0CDE4", "#7FABCE")
"""From the widest band to the narrowest."""

AHEAD, AHEAD_EDGE = ("#F8E6DC", "#EAB594", "#D58A58"), "#B5693F"

ROOM_RIGHT = 1.55
PANEL = 1.75
GAP = 0.5
"""[inches]"""


@dataclass(frozen=True)
class WeekPanel:
    """One figure by week: first days, quantiles (odd levels, weeks), and what was seen, NaN where not known."""

    title: str
    first: FloatArray
    fan: FloatArray
    seen: FloatArray


@house_style()
def weeks_chart(
    panels: Sequence[WeekPanel], caption: Caption, finding: str, worlds: int, day: int | None = None
) -> Figure:
    """What was seen by week over the fan of the worlds, and from `day` on the fan of those that agree with it."""
    inner = len(panels) * (PANEL + GAP) + 0.35
    sheet = page(inner, caption.title, finding, caption.footer(worlds), "Fans by week")
    width = WIDTH_INCHES - LEFT - ROOM_RIGHT
    time = TimeAxis(int(max(panel.first[-1] for panel in panels)) + 7, caption.start)
    for number, panel in enumerate(panels):
        bottom = sheet.bottom + 0.5 + (len(panels) - 1 - number) * (PANEL + GAP)
        axes = sheet.axes(LEFT, bottom, width, PANEL)
        _fan(axes, panel, day)
        time.below(axes, label=number == len(panels) - 1)
        if number == 0:
            time.above(axes)
        axes.set_ylabel(f"{panel.title} a week", labelpad=3)
        if number == 0:
            _key(sheet, LEFT + width + 0.1, bottom + PANEL, KEY if day is None else (*KEY, *NOWCAST_KEY))
    return sheet.figure


def _fan(axes: Axes, panel: WeekPanel, day: int | None) -> None:
    middle = panel.first + 3.5
    ahead = panel.first >= (np.inf if day is None else day)
    bands = len(panel.fan) // 2
    for part, colours, name in ((~ahead, FANS, "worlds"), (ahead, AHEAD, "ahead")):
        if not part.any():
            continue
        edge = BAND_EDGE if name == "worlds" else AHEAD_EDGE
        for place in range(bands):
            low, high = panel.fan[place][part], panel.fan[-1 - place][part]
            band(axes, middle[part], low, high, colours[place], edge, gid=f"{name}-{place}")
        axes.plot(middle[part], panel.fan[bands][part], color=QUIET, linewidth=0.8, gid=f"{name}-median")
    axes.plot(middle, panel.seen, color=INK, linewidth=1.5, marker="o", markersize=2.6, gid="seen", zorder=4)
    if day is not None:
        axes.axvline(day, color=VERMILLION, linewidth=1.0, gid="day")
    top = max(np.nanmax(panel.fan[-2], initial=1.0), np.nanmax(panel.seen, initial=1.0))
    axes.set_ylim(0, 1.08 * float(top))
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))


KEY = (
    ("what was seen", INK, "bold"),
    ("the worlds: bands of\n50, 90 and 96 %,\nand the median", BLUE, "normal"),
)
NOWCAST_KEY = (
    ("day of the nowcast", VERMILLION, "bold"),
    ("after it: worlds that\nagree with the counts", VERMILLION, "normal"),
)


def _key(sheet: Page, left: float, top: float, lines: Sequence[tuple[str, str, str]]) -> None:
    for words, colour, weight in lines:
        sheet.write(left, top, words, va="top", size=SMALL, color=colour, weight=weight)
        top -= 0.14 * (words.count("\n") + 1) + 0.05
