"""Charts of a nowcast: what to expect, and how early counts foretell an end; and a real truce day by day."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ceasefire.array_types import FloatArray
from ceasefire.charts.layout import LEFT, Caption, Named, name_ends, page, share_axis
from ceasefire.charts.style import (
    BLUE,
    COMPARISON_COLOURS,
    COMPARISON_DASHES,
    INK,
    QUIET,
    VERMILLION,
    WIDTH_INCHES,
    house_style,
)
from ceasefire.charts.time_axis import TimeAxis

ROOM_RIGHT = 1.55


@house_style()
def still_holding_chart(
    days: FloatArray, without: FloatArray, counted: FloatArray, caption: Caption, finding: str, worlds: int
) -> Figure:
    """The share that still holds by days from the nowcast on, without and with the counts."""
    sheet = page(3.4, caption.title, finding, caption.footer(worlds), "Curves")
    width, height, bottom = WIDTH_INCHES - LEFT - ROOM_RIGHT, 2.75, sheet.bottom + 0.5
    axes = sheet.axes(LEFT, bottom, width, height)
    share_axis(axes, "still holding")
    TimeAxis(int(days[-1])).below(axes)
    axes.set_xlabel("days from the day of the nowcast", labelpad=2)
    axes.plot(days, without, color=QUIET, linewidth=1.4, linestyle=(0, (4, 2)), gid="without")
    axes.plot(days, counted, color=BLUE, linewidth=2.0, gid="counted")
    ends = [("with the counts", float(counted[-1]), BLUE), ("without them", float(without[-1]), QUIET)]
    name_ends(sheet, ends, LEFT + width + 0.08, bottom, height)
    return sheet.figure


@house_style()
def early_warning_chart(
    days_before: Sequence[int], shares: FloatArray, false_alarms: Sequence[float], caption: Caption, finding: str,
    worlds: int,
) -> Figure:  # fmt: skip
    """Shares of ends that an alarm precedes by so many days, a curve for each rate of false alarms."""
    sheet = page(3.4, caption.title, finding, caption.footer(worlds), "Curves")
    width, height, bottom = WIDTH_INCHES - LEFT - ROOM_RIGHT, 2.75, sheet.bottom + 0.5
    axes = sheet.axes(LEFT, bottom, width, height)
    share_axis(axes, "ends with the alarm on")
    axes.set_xlim(days_before[-1], 0)
    axes.set_xticks(list(days_before)[::2])
    axes.set_xlabel("days before the end", labelpad=2)
    ends: list[Named] = []
    for number, (rate, curve) in enumerate(zip(false_alarms, shares, strict=True)):
        colour = COMPARISON_COLOURS[number]
        axes.plot(days_before, curve, color=colour, linestyle=COMPARISON_DASHES[number], gid=f"alarms-{number}")
        axes.axhline(rate, color=colour, linewidth=0.6, alpha=0.6)
        name = f"alarm on in {100 * rate:.0f}\u00a0% of the quiet weeks"
        ends.append((name, float(curve[0]), colour))
    name_ends(sheet, ends, LEFT + width + 0.08, bottom, height)
    return sheet.figure


@house_style()
def walk_through_chart(
    days: FloatArray, incidents: FloatArray, without: FloatArray, counted: FloatArray, ended: int, caption: Caption,
    finding: str, worlds: int,
) -> Figure:  # fmt: skip
    """A real truce day by day: recent incidents, and chances to end within 90 days."""
    sheet = page(4.6, caption.title, finding, caption.footer(worlds), "Curves")
    width, bottom = WIDTH_INCHES - LEFT - ROOM_RIGHT, sheet.bottom + 0.5
    last = max(ended, int(days[-1])) + 10
    upper = sheet.axes(LEFT, bottom + 2.65, width, 1.2)
    upper.plot(days, incidents, color=INK, linewidth=1.4, gid="incidents")
    upper.set_ylim(0, 1.1 * max(1.0, float(incidents.max())))
    upper.set_ylabel("incidents", labelpad=3)
    upper.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    time = TimeAxis(last, caption.start)
    time.below(upper, label=False)
    axes = sheet.axes(LEFT, bottom, width, 2.3)
    share_axis(axes, "ends within 90 days")
    time.below(axes)
    axes.plot(days, without, color=QUIET, linewidth=1.4, linestyle=(0, (4, 2)), gid="without")
    axes.plot(days, counted, color=BLUE, linewidth=1.8, gid="counted")
    for panel in (upper, axes):
        panel.axvline(ended, color=VERMILLION, linewidth=1.2, gid="ended")
        panel.axvspan(ended - 90, ended, facecolor="#F8E6DC", linewidth=0, zorder=0)
    ends = [("with the counts", float(counted[-1]), BLUE), ("without them", float(without[-1]), QUIET),
            ("it ended; shaded: within 90 days of it", 0.98, VERMILLION)]  # fmt: skip
    name_ends(sheet, ends, LEFT + width + 0.08, bottom, 2.3)
    return sheet.figure
