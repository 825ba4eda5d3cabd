"""Chart of weekly counts over all worlds: the median week and its bands, in all, by side and by sector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from ceasefire.analysis.estimates import Interval
from ceasefire.array_types import FloatArray
from ceasefire.charts.layout import Caption, band, page, shortened
from ceasefire.charts.style import BLUE, CHANCE_BAND, DOUBT_BAND, QUIET, RULE, SMALL, house_style
from ceasefire.charts.time_axis import TimeAxis
from ceasefire.wording import GAP, how_many, span_words

LEFTS, WIDTH = (0.75, 4.3), 3.0
PANEL, BETWEEN = 0.72, 0.3
"""Height of a panel, and the room above it for its title [inches]."""


@dataclass(frozen=True)
class Fan:
    """A weekly count: its title, and quantiles over the worlds of each week, all of the shape (weeks,).

    Panels with the same `scale` have one scale of counts.
    """

    title: str
    first_day: FloatArray
    low: FloatArray
    quarter: FloatArray
    median: FloatArray
    three_quarters: FloatArray
    high: FloatArray
    scale: str = ""


@house_style()
def weekly_chart(
    rows: Sequence[tuple[Fan, Fan | None]], worlds: FloatArray, caption: Caption, finding: str, *, horizon: int
) -> Figure:
    """Two fans in each row, on one axis of days; `worlds` of each week, which stand in the last place if it is empty.

    ValueError for no row.
    """
    if not rows:
        raise ValueError("no weekly counts: there is nothing to show")
    inner = len(rows) * (PANEL + BETWEEN) + 0.68
    sheet = page(inner, caption.title, finding, caption.footer(int(worlds.max())), "Fans by week")
    time = TimeAxis(min(horizon, int(rows[0][0].first_day[-1]) + 7), caption.start)
    top = sheet.height - sheet.top
    key = f"line: median; bands: middle 50 and 90{GAP}% of the worlds that hold through the week"
    sheet.write(LEFTS[0], top - 0.05, key, size=SMALL, color=QUIET, va="center")
    tops = _tops(rows)
    for number, row in enumerate(rows):
        bottom = top - 0.18 - (number + 1) * (PANEL + BETWEEN) + 0.05
        for left, fan in zip(LEFTS, row, strict=True):
            axes = sheet.axes(left, bottom, WIDTH, PANEL)
            if fan is None:
                _count(axes, rows[0][0].first_day, worlds)
                title = "worlds that hold through the week"
            else:
                _fan(axes, fan, tops[fan.scale or fan.title])
                title = fan.title
            sheet.write(left, bottom + PANEL + 0.09, shortened(title, 52), size=SMALL, va="center")
            last = number == len(rows) - 1
            time.below(axes, label=last)
            axes.tick_params(axis="both", labelsize=SMALL)
            axes.tick_params(axis="x", labelbottom=last)
            if last:
                axes.xaxis.label.set_fontsize(SMALL)
                _thin_ticks(axes, time)
    return sheet.figure


def _thin_ticks(axes: Axes, time: TimeAxis) -> None:
    """Every second day where many are labelled; dates in their place where they are asked for."""
    dates = time.dates(5)
    if dates:
        axes.set_xticks([day for day, _ in dates], [name for _, name in dates])
        axes.set_xlabel("")
        return
    labels = [f"{day:,}" if len(time.ticks()) <= 6 or place % 2 == 0 else "" for place, day in enumerate(time.ticks())]
    axes.set_xticklabels(labels)


def _tops(rows: Sequence[tuple[Fan, Fan | None]]) -> dict[str, float]:
    """The end of each scale: above the highest band, but no single week of few worlds sets it."""
    tops: dict[str, float] = {}
    for fan in (fan for row in rows for fan in row if fan is not None):
        name = fan.scale or fan.title
        highest = float(np.max(fan.high))
        usual = 1.6 * float(np.quantile(fan.high, 0.98))
        tops[name] = max(tops.get(name, 1.0), 1.05 * min(highest, max(usual, 1.0)))
    return tops


def _fan(axes: Axes, fan: Fan, top: float) -> None:
    middle = fan.first_day + 3.5
    band(axes, middle, fan.low, fan.high, DOUBT_BAND, gid="wide")
    band(axes, middle, fan.quarter, fan.three_quarters, CHANCE_BAND, gid="narrow")
    axes.plot(middle, fan.median, color=BLUE, linewidth=1.1, gid="median")
    axes.set_ylim(0, top)
    _counts(axes)


def _count(axes: Axes, first_day: FloatArray, worlds: FloatArray) -> None:
    axes.step(first_day, worlds, where="post", color=QUIET, linewidth=1.1, gid="worlds")
    axes.set_ylim(0, 1.05 * float(worlds.max()))
    _counts(axes)


def _counts(axes: Axes) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.grid(axis="y", color=RULE, linewidth=0.5)


def sectors_finding(fans: Sequence[Fan], names: Sequence[str], what: str) -> str:
    """The sector with the most of a count in the median world, over all weeks, and the one with the fewest."""
    order = sorted(range(len(fans)), key=lambda place: -float(fans[place].median.mean()))
    most, least = (_usual_week(names[place], fans[place]) for place in (order[0], order[-1]))
    return f"Most {what}: {most}; fewest: {least}." if len(order) > 1 else f"Most {what}: {most}."


def _usual_week(name: str, fan: Fan) -> str:
    middle, low, high = (float(counts.mean()) for counts in (fan.median, fan.low, fan.high))
    span = span_words(Interval(middle, low, high), lambda count: f"{count:,.1f}")
    return f"{shortened(name, 32)}, {middle:,.1f} in the median week (90{GAP}%: {span})"


def weekly_finding(total: Fan, what: str, worlds: FloatArray) -> str:
    """The median first and last week with their middle 90 %, and how many worlds are left."""

    def at(week: int) -> str:
        span = span_words(Interval(0, float(total.low[week]), float(total.high[week])), lambda count: f"{count:,.0f}")
        return f"{total.median[week]:,.0f} {what if week == 0 else 'in the last week'} (90{GAP}% of worlds: {span})"

    last = len(total.median) - 1
    first = at(0).replace(what, f"{what} in the first week")
    if last == 0:
        return f"In the median world, {first}."
    left = how_many(int(worlds[last]), "world")
    return f"In the median world, {first} and {at(last)}. {left} of {int(worlds[0]):,} live through the last week."
