"""Charts of forecasts: past deals with the forecast of their first day, and calibration of many forecasts."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter

from ceasefire.analysis.forecast_scores import CalibrationGroup
from ceasefire.charts.layout import Caption, Page, page
from ceasefire.charts.style import BLUE, COMPARISON_COLOURS, INK, QUIET, RULE, SMALL, TEXT, VERMILLION, house_style
from ceasefire.wording import GAP, whole_percent

PANEL, BETWEEN = 0.82, 0.16
"""Height of a panel, and the gap under it [inches]."""

LEFT, WIDTH = 2.05, 3.75
HEAD, FOOT = 0.22, 0.42
NAME_LETTERS = 24
TICKS = ((1, "1 day"), (7, "week"), (30, "month"), (90, "quarter"), (365, "year"), (1825, "5 years"))
FILL = "#E3EDF5"


@dataclass(frozen=True)
class Deal:
    """A past deal and its forecast: by day, the share of worlds still holding.

    `holding` is with the assumed numbers drawn, `stated` with the numbers as written. `held` is the interval of days in
    which the deal ended; `shorter` and `longer` are the shares of worlds that ended before and after it. `hindsight`:
    the scenario contains facts of later days. `still`: it still held then.
    """

    name: str
    days: Sequence[float]
    holding: Sequence[float]
    stated: Sequence[float]
    held: tuple[float, float]
    shorter: float
    longer: float
    hindsight: bool = False
    still: bool = False


@house_style()
def cases_chart(deals: Sequence[Deal], caption: Caption, finding: str, made_of: str) -> Figure:
    """A panel for each deal on a common logarithmic scale of days. ValueError for none."""
    if not deals:
        raise ValueError("no deals to show")
    inner = HEAD + len(deals) * (PANEL + BETWEEN) + FOOT
    footer = "  ·  ".join(part for part in (made_of, f"seed {caption.seed}", caption.note) if part)
    sheet = page(inner, caption.title, finding, footer, "Panels")
    top = sheet.height - sheet.top - HEAD
    last = max(float(deal.days[-1]) for deal in deals)
    for place, deal in enumerate(deals):
        foot = top - place * (PANEL + BETWEEN) - PANEL
        axes = _panel(sheet, foot, last, labelled=place == len(deals) - 1)
        _draw_deal(axes, deal)
        _name(sheet, foot, deal)
    words = (
        ("filled", "still holding, assumed numbers drawn"),
        ("dashes", "numbers as written"),
        ("red", "what happened"),
    )
    key = "      ".join(f"{mark}: {what}" for mark, what in words)
    sheet.write(0.14, top + 0.08, key, size=SMALL, color=QUIET)
    return sheet.figure


def _panel(sheet: Page, foot: float, last: float, labelled: bool) -> Axes:
    axes = sheet.axes(LEFT, foot, WIDTH, PANEL)
    axes.set_xscale("log")
    axes.set_xlim(1, last)
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], [f"0{GAP}%", "50", "100"], size=SMALL)
    axes.xaxis.set_major_locator(FixedLocator([day for day, _ in TICKS if day <= last]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([word if labelled else "" for day, word in TICKS if day <= last], size=SMALL)
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    if labelled:
        axes.set_xlabel("time since the deal began (logarithmic scale)", labelpad=2, size=SMALL)
    return axes


def _draw_deal(axes: Axes, deal: Deal) -> None:
    days, holding = np.asarray(deal.days, float), np.asarray(deal.holding, float)
    axes.fill_between(days, 0, holding, step="post", color=FILL, linewidth=0, gid="holding")
    axes.step(days, holding, where="post", color=BLUE, linewidth=1.8, gid="curve")
    axes.step(days, deal.stated, where="post", color=INK, linewidth=0.9, linestyle=(0, (3, 2)), gid="stated")
    low, high = (max(1.0, day) for day in deal.held)
    if high > low:
        axes.axvspan(low, high, color=VERMILLION, alpha=0.35, linewidth=0)
    middle = (low * high) ** 0.5
    axes.axvline(middle, color=VERMILLION, linewidth=1.8, gid="held")
    axes.plot([middle], [float(np.interp(middle, days, holding))], "o", color=VERMILLION, markersize=6, gid="dot")


def _name(sheet: Page, foot: float, deal: Deal) -> None:
    lines = textwrap.wrap(deal.name, NAME_LETTERS)[:3] + (["with hindsight"] if deal.hindsight else [])
    sheet.write(0.14, foot + PANEL, "\n".join(lines), size=TEXT - 0.5, va="top", linespacing=1.15)
    low, high = deal.held
    held = f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
    x, y = LEFT + WIDTH + 0.12, foot + PANEL
    sheet.write(
        x,
        y,
        f"held {held} days{' or more' if deal.still else ''}",
        size=TEXT,
        weight="bold",
        color=VERMILLION,
        va="top",
    )
    shares = f"{whole_percent(deal.shorter)} of worlds\nended sooner,\n{whole_percent(deal.longer)} held longer"
    sheet.write(x, y - 0.2, shares, size=SMALL, color=QUIET, va="top", linespacing=1.2)


SIZE, APART = 1.95, 0.33
"""Width and height of a panel, and the gap beside it [inches]."""


@house_style()
def calibration_chart(
    named: Mapping[str, Sequence[CalibrationGroup]], caption: Caption, deals: int, worlds: int
) -> Figure:
    """A panel for each day; a point with its 95 % interval for each group of similar forecasts of each forecaster."""
    days = sorted({group.day for each in named.values() for group in each})
    if not days:
        raise ValueError("no groups: nothing to draw")
    name, groups = next(iter(named.items()))
    agree, whole = sum(group.covered for group in groups), len(groups)
    finding = (
        f"In {agree} of {whole} groups of deals as many held as forecast, within chance (95{GAP}%): {name}. "
        "Each point is one fifth of the deals, grouped by forecast; on the line, as many hold as forecast."
    )
    footer = f"{deals:,} deals  ·  {caption.footer(worlds, each=True)}"
    sheet = page(SIZE + 0.75, caption.title, finding, footer, "Points along a line")
    for at, day in enumerate(days):
        axes = sheet.axes(0.7 + at * (SIZE + APART), sheet.bottom + 0.45, SIZE, SIZE)
        axes.plot([0, 1], [0, 1], color=RULE, linewidth=1.0, zorder=1)
        for shift, (name, colour) in enumerate(zip(named, COMPARISON_COLOURS, strict=False)):
            its = [group for group in named[name] if group.day == day]
            x = [group.forecast for group in its]
            y = [group.observed for group in its]
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
            axes.set_ylabel("observed", color=QUIET, labelpad=1)
            axes.legend(loc="lower right", frameon=False, fontsize=SMALL, handletextpad=0.2, borderpad=0.1)
        else:
            axes.set_yticklabels([])
    return sheet.figure
