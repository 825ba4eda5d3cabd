"""Chart of deals by days held and deaths, so that no early collapse looks mild."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from ceasefire.analysis.estimates import Interval
from ceasefire.charts.layout import Caption, page, shortened, spread
from ceasefire.charts.style import (
    BLUE,
    INK,
    QUIET,
    RULE,
    SMALL,
    VERMILLION,
    house_style,
)
from ceasefire.wording import GAP, how_many, signed_number, span_words, titled

LEFT, WIDTH, HEIGHT = 0.95, 3.9, 3.4
AS_BEFORE = "the fighting after an end as before the deal"
NAME = 0.145
"""Line height of a name [inches]."""


@dataclass(frozen=True)
class Deal:
    """One condition: its name, mean days held, and deaths: until the end, and within the horizon.

    `change` is the difference of the latter from the first condition, with the 95 % interval of chance.
    """

    name: str
    days: float
    until_end: float
    over_horizon: float
    change: Interval | None = None


@house_style()
def days_and_deaths_chart(
    deals: Sequence[Deal], caption: Caption, *, horizon: int, worlds: int, after: str = AS_BEFORE
) -> Figure:
    """A dot for each deal: days held across, deaths within the horizon up; a ring shows those until the end alone.

    `after` says what is counted after an end. The first deal is the one that others are compared
    with. ValueError for no deal.
    """
    if not deals:
        raise ValueError("no deals: there is nothing to show")
    height = max(HEIGHT, NAME * len(deals) + 0.2)
    sheet = page(height + 1.0, caption.title, _finding(deals, horizon), caption.footer(worlds, each=True), "Dots")
    bottom = sheet.bottom + 0.55
    axes = sheet.axes(LEFT, bottom, WIDTH, height)
    top = 1.08 * max(1.0, *(max(deal.over_horizon, deal.until_end) for deal in deals))
    axes.set_xlim(0, horizon)
    axes.set_ylim(0, top)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.grid(color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel("mean days held", labelpad=2)
    axes.set_ylabel("deaths in a world", labelpad=3)
    centres = spread([deal.over_horizon / top * height for deal in deals], [NAME] * len(deals), -0.05, height + 0.05)
    for place, (deal, centre) in enumerate(zip(deals, centres, strict=True)):
        colour = INK if place == 0 else VERMILLION if deal.over_horizon > deals[0].over_horizon else BLUE
        axes.plot([deal.days] * 2, [deal.until_end, deal.over_horizon], color=colour, linewidth=0.7, alpha=0.6)
        ring: dict[str, Any] = {"markerfacecolor": "none", "markersize": 4.5, "color": colour, "clip_on": False}
        axes.plot([deal.days], [deal.until_end], "o", gid="until the end", **ring)
        axes.plot([deal.days], [deal.over_horizon], "o", color=colour, markersize=6, gid="deal", clip_on=False)
        y = centre / height * top
        axes.plot([deal.days, 1.02 * horizon], [deal.over_horizon, y], color=QUIET, linewidth=0.4, clip_on=False)
        sheet.write(
            LEFT + WIDTH + 0.12, bottom + centre, shortened(deal.name, 36), size=SMALL, color=colour, va="center"
        )
    within = how_many(horizon, "day")
    words = f"dot: deaths within {within}, {after}; ring: until the end"
    sheet.write(LEFT, bottom + height + 0.16, words, size=SMALL, color=QUIET, va="center")
    return sheet.figure


def _finding(deals: Sequence[Deal], horizon: int) -> str:
    """The deals with the fewest and the most deaths, and whether the count until the end would say otherwise."""
    ranked = sorted(deals, key=lambda deal: deal.over_horizon)
    fewest, most = ranked[0], ranked[-1]
    few = _deaths(fewest, shortened(deals[0].name, 36))
    many = _deaths(most, "it" if fewest is deals[0] else "the first")
    text = f"Fewest deaths within {how_many(horizon, 'day')}: {few}; most: {many}."
    early = min(deals, key=lambda deal: deal.until_end)
    if early is not fewest:
        text += f" Until the end alone {early.name} has the fewest, because it holds {early.days:,.0f} days."
    return text


def _deaths(deal: Deal, first: str) -> str:
    """A deal with its deaths, and how far they differ from those of the first."""
    text = titled(shortened(deal.name, 36), f"{deal.over_horizon:,.0f}", by=",")
    if deal.change is None:
        return text
    span = span_words(deal.change, signed_number)
    against = f"{signed_number(deal.change.value)} against {first}; 95{GAP}%: {span}"
    return f"{text} ({against})"
