"""Chart of the effect of talks: violations per day before and after rounds of talks."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.talks_effect import TalksEffect
from ceasefire.charts.layout import LEFT, Caption, band, page
from ceasefire.charts.style import BLUE, CHANCE_BAND, DOUBT_BAND, INK, QUIET, RULE, SMALL, TEXT, house_style
from ceasefire.wording import GAP, signed_number, span_words, whole_percent

WIDTH, HEIGHT, COUNTS = 5.9, 2.7, 0.45


@house_style()
def talks_effect_chart(effect: TalksEffect, caption: Caption) -> Figure:
    """Mean violations per day before and after talks with the 95 % interval, and the middle half of all rounds."""
    sheet = page(
        HEIGHT + COUNTS + 1.15, caption.title, talks_effect_finding(effect), caption.footer(effect.worlds), "Curve"
    )
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
    """The change of violations with its interval, and when half of a drop is reversed."""
    drop = effect.drop()
    if not np.isfinite(drop):
        return "There were no violations before the talks, so there is no drop to measure."
    change = Interval(-drop, -effect.drop_limits[1], -effect.drop_limits[0])
    span = f" (95{GAP}%: {span_words(change, _signed_percent)})" if np.isfinite(change.low) else ""
    week = "violations in the week after talks than in the week before"
    if drop <= 0:
        return f"Violations do not drop: {whole_percent(-drop)} more {week}{span}."
    half, last = effect.days_to_half(), int(effect.days[-1])
    reversed_by = f"is reversed by day {half}" if half is not None else f"is not reversed by day {last}"
    return f"{whole_percent(drop)} fewer {week}{span}. Half of this drop {reversed_by}."


def _signed_percent(share: float) -> str:
    return f"{signed_number(100 * share)}{GAP}%"
