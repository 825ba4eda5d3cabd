"""The chart of an outside view: the chance to hold day by day, its range, other readings, and the clock in force."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from ceasefire.array_types import FloatArray
from ceasefire.charts.layout import LEFT, Named, band, name_ends, page, share_axis
from ceasefire.charts.style import (
    BLUE,
    COMPARISON_COLOURS,
    COMPARISON_DASHES,
    DOUBT_BAND,
    INK,
    QUIET,
    TEXT,
    VERMILLION,
    WIDTH_INCHES,
    house_style,
)
from ceasefire.charts.time_axis import TimeAxis, ends_early

PLOT_HEIGHT = 3.05
NAMES_WIDTH = 1.6
"""Room at the right for the names of curves [inches]."""


@dataclass(frozen=True)
class ForecastCurve:
    """Chances to hold on `days` [0 to 1]; `in_force` is None for an open-ended deal. All of one length."""

    name: str
    days: FloatArray
    unbroken: FloatArray
    low: FloatArray
    high: FloatArray
    third: FloatArray
    upper: FloatArray
    in_force: FloatArray | None
    median: float


@house_style()
def forecast_chart(curves: Sequence[ForecastCurve], title: str, finding: str, footer: str) -> Figure:
    """One deal with its 90 % range, other readings and second clock; or up to six deals to compare, curves only.

    ValueError for no curve or more than six.
    """
    if not 1 <= len(curves) <= len(COMPARISON_COLOURS):
        raise ValueError(f"{len(curves)} deals: a chart shows 1 to {len(COMPARISON_COLOURS)}")
    last = int(max(one.days[-1] for one in curves))
    sheet = page(PLOT_HEIGHT + 0.85, title, finding, footer, "Curves")
    width = WIDTH_INCHES - LEFT - NAMES_WIDTH
    bottom = sheet.bottom + 0.5
    axes = sheet.axes(LEFT, bottom, width, PLOT_HEIGHT)
    share_axis(axes, "chance to hold")
    time = TimeAxis(last)
    time.below(axes)
    time.above(axes)
    names = _draw_one(axes, curves[0]) if len(curves) == 1 else _draw_many(axes, curves)
    name_ends(sheet, names, LEFT + width + 0.08, bottom, PLOT_HEIGHT)
    return sheet.figure


@house_style()
def views_chart(
    named: Sequence[tuple[str, FloatArray]], edges: tuple[FloatArray, FloatArray], title: str, finding: str,
    footer: str, start: datetime.date | None = None,
) -> Figure:  # fmt: skip
    """Curves by whole day from 0, the first the forecast with its 90 % range, `edges`; dates from `start` on."""
    last = len(named[0][1]) - 1
    sheet = page(PLOT_HEIGHT + 0.85, title, finding, footer, "Curves")
    width, bottom = WIDTH_INCHES - LEFT - NAMES_WIDTH, sheet.bottom + 0.5
    axes = sheet.axes(LEFT, bottom, width, PLOT_HEIGHT)
    share_axis(axes, "chance to hold")
    time = TimeAxis(last, start, ends_early([named[0][1]], last))
    time.below(axes)
    time.above(axes)
    days = range(last + 1)
    band(axes, days, *edges, DOUBT_BAND, gid="range")
    names: list[Named] = [("shaded: 90 % range", float(edges[1][-1]), QUIET)]
    for number, (name, curve) in enumerate(named):
        colour = BLUE if number == 0 else COMPARISON_COLOURS[number]
        dashes = "-" if number == 0 else COMPARISON_DASHES[number]
        axes.plot(days, curve, color=colour, linewidth=1.0 if number else 2.0, linestyle=dashes, gid=f"view-{number}")
        names.insert(number, (name, float(curve[-1]), colour))
    name_ends(sheet, names, LEFT + width + 0.08, bottom, PLOT_HEIGHT)
    return sheet.figure


def _draw_one(axes: Axes, one: ForecastCurve) -> list[Named]:
    band(axes, one.days, one.low, one.high, DOUBT_BAND, gid="range")
    readings = {"color": QUIET, "linewidth": 0.9, "linestyle": (0, (4, 2))}
    axes.plot(one.days, one.third, gid="third", **readings)  # type: ignore[arg-type]
    axes.plot(one.days, one.upper, gid="upper", **readings)  # type: ignore[arg-type]
    axes.plot(one.days, one.unbroken, color=BLUE, linewidth=1.8, gid="unbroken", zorder=3)
    names: list[Named] = [
        ("unbroken", float(one.unbroken[-1]), BLUE),
        ("undated ends read late (upper)", float(one.upper[-1]), QUIET),
        ("or early (a third)", float(one.third[-1]), QUIET),
        ("shaded: 90 % range", float(one.high[-1]), QUIET),
    ]
    if one.in_force is not None:
        axes.plot(one.days, one.in_force, color=VERMILLION, linewidth=1.5, linestyle=(0, (5, 1.5)), gid="in-force")
        names.append(("in force", float(one.in_force[-1]), VERMILLION))
    if one.median < one.days[-1]:
        line = {"color": INK, "linewidth": 0.9, "linestyle": ":"}
        axes.plot([0, one.median, one.median], [0.5, 0.5, 0], gid="median", **line)  # type: ignore[arg-type]
        words = f"half broken by day {one.median:,.0f}"
        style = {"size": TEXT, "color": INK, "path_effects": [withStroke(linewidth=2.5, foreground=DOUBT_BAND)]}
        axes.annotate(words, (one.median, 0.5), (5, 4), "data", "offset points", zorder=5, **style)  # type: ignore[arg-type]
    return names


def _draw_many(axes: Axes, curves: Sequence[ForecastCurve]) -> list[Named]:
    names: list[Named] = []
    for number, one in enumerate(curves):
        colour = COMPARISON_COLOURS[number]
        style = {"color": colour, "linewidth": 1.6, "linestyle": COMPARISON_DASHES[number]}
        axes.plot(one.days, one.unbroken, gid=f"unbroken-{number}", **style)
        names.append((one.name, float(one.unbroken[-1]), colour))
    return names
