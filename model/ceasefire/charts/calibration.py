"""The calibration chart: how often deals held, against how often the forecasts said they would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, PercentFormatter

from ceasefire.analysis.forecast_scores import Group
from ceasefire.charts.layout import Caption, page
from ceasefire.charts.style import COMPARISON_COLOURS, INK, QUIET, RULE, SMALL, house_style
from ceasefire.wording import GAP

SIZE = 2.0
"""Side of a panel [inches]."""


@house_style()
def calibration_chart(named: Mapping[str, Sequence[Group]], caption: Caption, deals: int, worlds: int) -> Figure:
    """A panel for each day; a point with its 95 % interval for each group of alike forecasts of each forecaster."""
    days = sorted({group.day for each in named.values() for group in each})
    if not days:
        raise ValueError("no groups: nothing to draw")
    finding = "Each point is a fifth of the deals with alike forecasts; on the line they hold as often as forecast."
    footer = f"{deals:,} deals  ·  {caption.footer(worlds, each=True)}"
    sheet = page(SIZE + 0.75, caption.title, finding, footer)
    for at, day in enumerate(days):
        axes = sheet.axes(0.75 + at * (SIZE + 0.25), sheet.bottom + 0.45, SIZE, SIZE)
        axes.plot([0, 1], [0, 1], color=RULE, linewidth=1.0, zorder=1)
        for shift, (name, colour) in enumerate(zip(named, COMPARISON_COLOURS, strict=False)):
            its = [group for group in named[name] if group.day == day]
            x = [group.forecast for group in its]
            y = [group.seen for group in its]
            axes.vlines(x, [g.low for g in its], [g.high for g in its], color=colour, linewidth=1.0, zorder=2)
            axes.plot(x, y, "os"[shift % 2], color=colour, markersize=4.5, label=name, zorder=3)
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
            axis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=f"{GAP}%"))
        axes.set_xticklabels(["0", "", f"50{GAP}%", "", f"100{GAP}%"])
        axes.set_title(f"hold {day:.0f} days", size=SMALL + 1, color=INK, loc="left")
        axes.set_xlabel("forecast", color=QUIET, labelpad=1)
        if at == 0:
            axes.set_ylabel("seen", color=QUIET, labelpad=1)
            axes.legend(loc="lower right", frameon=False, fontsize=SMALL, handletextpad=0.2, borderpad=0.1)
        else:
            axes.set_yticklabels([])
    return sheet.figure
