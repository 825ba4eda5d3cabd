"""Chart of the hazard by age of the deal, with the finding whether it falls or rises."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator, StrMethodFormatter

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.hazard import HazardCurve
from ceasefire.charts.layout import LEFT, Caption, band, page
from ceasefire.charts.style import BLUE, CHANCE_BAND, QUIET, RULE, SMALL, WIDTH_INCHES, house_style
from ceasefire.charts.time_axis import TimeAxis
from ceasefire.wording import GAP

HEIGHT = 2.6
PER_YEAR = 36_525.0
"""Factor from a probability per day to ends per 100 deals and year."""


@house_style()
def hazard_chart(curve: HazardCurve, shape: Interval | None, caption: Caption) -> Figure:
    """Smoothed ends per 100 deals and year, with the band of chance; `shape` is the fitted Weibull shape."""
    sheet = page(HEIGHT + 0.95, caption.title, hazard_finding(curve, shape), caption.footer(curve.worlds), "Curve")
    axes = sheet.axes(LEFT, sheet.bottom + 0.5, WIDTH_INCHES - LEFT - 0.4, HEIGHT)
    chosen = np.unique(np.linspace(0, len(curve.days) - 1, min(600, len(curve.days))).astype(int))
    low, rate, high = (PER_YEAR * values[chosen] for values in (curve.low, curve.rate, curve.high))
    days = np.concatenate(
        [curve.days[:1], curve.days[chosen] + 0.5, curve.days[-1:] + 1]
    )  # the middle of each day, from the first to the last end
    low, rate, high = (np.pad(values, 1, mode="edge") for values in (low, rate, high))
    band(axes, days, low, high, CHANCE_BAND, gid="chance")
    axes.plot(days, rate, color=BLUE, linewidth=1.8, gid="hazard")
    last = int(curve.days[-1]) + 1
    time = TimeAxis(last, caption.start)
    time.below(axes)
    time.above(axes)
    axes.set_ylim(0, 1.08 * min(float(high.max()), max(4 * float(rate.max()), float(np.median(high)))))
    top = axes.get_ylim()[1]  # the highest label would touch the name of the calendar's unit
    axes.yaxis.set_major_locator(
        FixedLocator([tick for tick in MaxNLocator(6).tick_values(0, top) if tick < 0.93 * top])
    )
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.set_ylabel("ends per 100 deals and year", labelpad=4)
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    chance = f"band: chance in {curve.worlds:,} worlds (95 %)"
    key = f"numbers as written, smoothed over {curve.window_days:,} days either way; {chance}"
    sheet.write(LEFT, sheet.bottom + HEIGHT + 0.82, key, size=SMALL, color=QUIET, va="center")
    return sheet.figure


def hazard_finding(curve: HazardCurve, shape: Interval | None) -> str:
    """Whether the hazard falls or rises with age, from the interval of the Weibull shape."""
    if curve.ends == 0:
        return "No deal ended in any world, so the danger of ending cannot be estimated."
    if shape is None:
        return "Too few worlds ended on different days to show whether the danger falls or rises with age."
    estimate = f"(Weibull shape {shape.value:.2f}, 95{GAP}%: {shape.low:.2f} to {shape.high:.2f})"
    if shape.high < 1:
        return f"A deal that has lasted is less likely to end soon {estimate}."
    if shape.low > 1:
        return f"A deal that has lasted is more likely to end soon {estimate}."
    return f"These worlds do not show whether the danger falls or rises with age {estimate}."
