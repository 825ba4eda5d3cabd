"""Chart of the effect of talks: violations per day before and after rounds of talks."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

from ceasefire.analysis.talks_effect import TalksEffect
from ceasefire.charts.layout import LEFT, Caption, band, page
from ceasefire.charts.style import BLUE, CHANCE_BAND, DOUBT_BAND, INK, QUIET, RULE, SMALL, TEXT, house_style
from ceasefire.wording import signed_number, whole_percent

WIDTH, HEIGHT, COUNTS = 5.9, 2.7, 0.45


@house_style()
def talks_effect_chart(effect: TalksEffect, caption: Caption) -> Figure:
    """Mean violations per day before and after talks with the 95 % interval, and the middle half of all rounds."""
    sheet = page(HEIGHT + COUNTS + 1.15, caption.title, talks_effect_finding(effect), caption.footer(effect.worlds))
    top = sheet.height - sheet.top - 0.45
    axes = sheet.axes(LEFT, top - HEIGHT, WIDTH, HEIGHT)
    counts = sheet.axes(LEFT, top - HEIGHT - 0.12 - COUNTS, WIDTH, COUNTS)
    band(axes, effect.days, effect.quarter, effect.three_quarters, DOUBT_BAND, gid="rounds")
    band(axes, effect.days, effect.mean_low, effect.mean_high, CHANCE_BAND, gid="chance", step="mid")
    axes.step(effect.days, effect.mean, where="mid", color=BLUE, linewidth=1.8, gid="mean")
    axes.set_ylabel("violations a day", labelpad=4)
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    counts.fill_between(effect.days, effect.rounds, step="mid", color="#C9C9C9", linewidth=0)
    counts.text(0.99, 0.5, "rounds of talks", transform=counts.transAxes, ha="right", va="center", size=SMALL)
    counts.set_yticks([0, int(effect.rounds.max())])
    counts.tick_params(axis="y", labelsize=SMALL)
    for each in (axes, counts):
        _days(each, effect)
    axes.set_ylim(0, _limit(effect))
    counts.set_ylim(0, None)
    axes.tick_params(axis="x", labelbottom=False)
    counts.set_xlabel("days from the talks", labelpad=2)
    axes.text(0, 1.02, "talks", transform=axes.get_xaxis_transform(), ha="center", size=TEXT, gid="talks")
    sheet.write(LEFT, top + 0.3, _key(effect), size=SMALL, color=QUIET, va="center")
    return sheet.figure


def _days(axes: Axes, effect: TalksEffect) -> None:
    axes.set_xlim(effect.days[0] - 0.5, effect.days[-1] + 0.5)
    axes.xaxis.set_major_locator(
        FixedLocator([day for day in range(-84, 365, 14) if effect.days[0] <= day <= effect.days[-1]])
    )
    axes.xaxis.set_major_formatter(lambda value, _: signed_number(value))
    axes.axvline(0, color=INK, linewidth=1.1)
    axes.set_axisbelow(True)


def _limit(effect: TalksEffect) -> float:
    """Upper end of the axis: above the mean and the middle half of rounds."""
    return 1.08 * float(max(1.0, np.nanmax(effect.three_quarters), np.nanmax(effect.mean)))


def _key(effect: TalksEffect) -> str:
    rounds = f"{int(effect.rounds.max()):,} rounds of talks"
    chance = "dark: its chance (95 %); " if np.isfinite(effect.mean_low).any() else ""
    return f"line: mean of {rounds}; {chance}pale: the middle half of rounds, averaged by week"


def talks_effect_finding(effect: TalksEffect) -> str:
    """The relative drop of violations, and when half of it is reversed."""
    drop = effect.drop()
    if not np.isfinite(drop):
        return "There were no violations before the talks, so there is no drop to measure."
    if drop <= 0:
        more = whole_percent(-drop)
        return f"Violations do not drop: in the week after talks there are {more} more than in the week before."
    text = f"In the week after talks there are {whole_percent(drop)} fewer violations than in the week before"
    half = effect.days_to_half()
    later = (
        f"half of this drop is reversed by day {half}"
        if half is not None
        else f"half of this drop is not reversed by day {int(effect.days[-1])}"
    )
    return f"{text}; {later}."
