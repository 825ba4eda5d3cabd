"""Chart of a comparison: survival curves of several conditions, mean days held, and differences from the first."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.mixing_distribution import EffectOverDraws
from ceasefire.analysis.survival import SurvivalCurve
from ceasefire.charts.layout import LEFT, Caption, Page, band, dot_look, page, share_axis, spread
from ceasefire.charts.names import told_apart
from ceasefire.charts.step_curves import at_end, axis_end, corners, drawn_days
from ceasefire.charts.style import (
    COMPARISON_COLOURS,
    COMPARISON_DASHES,
    INK,
    QUIET,
    RULE,
    SMALL,
    TEXT,
    house_style,
    readable,
)
from ceasefire.charts.time_axis import TimeAxis, ends_early
from ceasefire.wording import (
    GAP,
    days,
    days_apart,
    share_with_limits,
    signed_days,
    signed_number,
    span_words,
    titled,
    whole_percent,
)

PLOT_HEIGHT, PLOT_WIDTH = 2.75, 4.85
TABLE_ROW, DIFFERENCE_ROW = 0.155, 0.27
"""Heights of a line of the at-risk table and of a row of differences [inches]."""

DIFFERENCE_LEFT, DIFFERENCE_WIDTH = 3.3, 2.5
END_LETTERS, MOST_END_LETTERS = 20, 50
"""Letters of a line, and of a name at the end of its curve."""

INKS = tuple(readable(colour) for colour in COMPARISON_COLOURS)
"""Colours of the text: darker than the lines where contrast requires it."""

MOST_DIFFERENCES = 2
"""Largest number of differences that the finding lists."""


@dataclass(frozen=True)
class Condition:
    """One of the compared conditions: its name, its curve, and mean days held with the 95 % interval [days].

    `gained` is the mean difference from the first on the same worlds with its 95 % interval, at the values as written
    [days]; `over` the difference over draws of the assumed numbers, where both sides have the same draws. The first
    has neither.
    """

    name: str
    curve: SurvivalCurve
    mean: Interval
    gained: Interval | None = None
    over: EffectOverDraws | None = None

    @property
    def main(self) -> Interval | None:
        """The difference to show: the mean over draws, or at the values as written where nothing is drawn."""
        return self.over.mean if self.over is not None else self.gained


@house_style()
def comparison_chart(conditions: Sequence[Condition], caption: Caption, *, horizon: int, paired: bool = True) -> Figure:
    """Curves of two to six conditions, the first being the baseline; below, means and differences from the baseline.

    `paired`: the same worlds were simulated under each. ValueError for fewer than two or more than six.
    """
    if not 2 <= len(conditions) <= len(COMPARISON_COLOURS):
        raise ValueError(f"{len(conditions)} conditions: a comparison shows 2 to {len(COMPARISON_COLOURS)}")
    last = axis_end([condition.curve.surviving for condition in conditions], horizon)
    table = TABLE_ROW * (len(conditions) + 1)
    means = 0.42 + DIFFERENCE_ROW * len(conditions) + 0.36
    fewest = min(condition.curve.worlds for condition in conditions)
    footer = caption.footer(fewest, each=True)
    sheet = page(
        0.28 + PLOT_HEIGHT + 0.48 + table + means, caption.title, _finding(conditions, horizon), footer, "Curves"
    )
    bottom = sheet.bottom + means + table + 0.48
    time = TimeAxis(last, caption.start, ends_early([condition.curve.surviving for condition in conditions], last))
    axes = _curves(sheet, conditions, time, bottom)
    _at_risk(sheet, conditions, axes, time, bottom - 0.52)
    _means(sheet, conditions, sheet.bottom + means - 0.42, paired)
    return sheet.figure


def _curves(sheet: Page, conditions: Sequence[Condition], time: TimeAxis, bottom: float) -> Axes:
    """The curves with their bands of chance; at the right, name and last value of each."""
    axes = sheet.axes(LEFT, bottom, PLOT_WIDTH, PLOT_HEIGHT)
    share_axis(axes, "worlds still holding")
    time.below(axes)
    time.above(axes)
    for number, condition in enumerate(conditions):
        _curve(axes, condition.curve, number, time)
    ends = [at_end(condition.curve, time.last) for condition in conditions]
    apart = told_apart([condition.name for condition in conditions], MOST_END_LETTERS)
    names = [
        "\n".join([*textwrap.wrap(name, END_LETTERS), f"{whole_percent(end)} hold"])
        for name, end in zip(apart, ends, strict=True)
    ]
    heights = [0.148 * (name.count("\n") + 1) + 0.07 for name in names]
    centres = spread([end * PLOT_HEIGHT for end in ends], heights, -0.1, PLOT_HEIGHT + 0.2)
    for number, (name, centre) in enumerate(zip(names, centres, strict=True)):
        look = {"color": INKS[number], "size": TEXT - 0.5, "weight": "bold", "linespacing": 1.15}
        sheet.write(LEFT + PLOT_WIDTH + 0.1, bottom + centre, name, va="center", gid=f"end-{number}", **look)
    return axes


def _curve(axes: Axes, curve: SurvivalCurve, number: int, time: TimeAxis) -> None:
    last, over = time.last, bool(curve.surviving[-1] == 0)
    at = drawn_days(time, curve.surviving, curve.low, curve.high)
    x, share = corners(at, curve.surviving, last, over)
    low, high = (corners(at, edge, last, over)[1] for edge in (curve.low, curve.high))
    colour = COMPARISON_COLOURS[number]
    band(axes, x, low, high, colour, readable(colour), gid=f"chance-{number}", step="post", alpha=0.18)
    look = {"color": colour, "linewidth": 1.8, "linestyle": COMPARISON_DASHES[number], "clip_on": False}
    axes.step(x, share, where="post", gid=f"curve-{number}", zorder=3, **look)


def _at_risk(sheet: Page, conditions: Sequence[Condition], axes: Axes, time: TimeAxis, top: float) -> None:
    """Risk set under each tick: worlds that still held when the day began."""
    over_draws = any(condition.over is not None for condition in conditions)
    words = "Worlds that held when the day began" + (
        "; as the curves, with the numbers as written" if over_draws else ""
    )
    sheet.write(0.14, top, words, size=SMALL, color=QUIET, va="center")
    names = told_apart([condition.name for condition in conditions], 24)
    for number, (name, condition) in enumerate(zip(names, conditions, strict=True)):
        y, colour = top - TABLE_ROW * (number + 1), INKS[number]
        for day in axes.get_xticks():
            look = {"size": SMALL, "color": colour, "ha": "center", "va": "center", "gid": f"at-risk-{number}"}
            sheet.write(LEFT + PLOT_WIDTH * time.place(day), y, f"{condition.curve.still_holding(int(day)):,}", **look)
        sheet.write(LEFT + PLOT_WIDTH + 0.28, y, name, size=SMALL, color=colour, va="center")


def _means(sheet: Page, conditions: Sequence[Condition], top: float, paired: bool) -> None:
    """A row for each condition: mean days held, and the difference from the baseline as a dot with its bands."""
    height = DIFFERENCE_ROW * len(conditions)
    axes = sheet.axes(DIFFERENCE_LEFT, top - height, DIFFERENCE_WIDTH, height)
    bands = [condition.over.band if condition.over is not None else None for condition in conditions]
    spans = [span for span in (*(condition.gained for condition in conditions), *bands) if span is not None]
    spans += [condition.main for condition in conditions if condition.main is not None]
    ends = [0.0, *(end for span in spans for end in (span.low, span.high))]
    room = 0.06 * (max(ends) - min(ends))
    axes.set_xlim(min(-1.0, min(ends) - room), max(1.0, max(ends) + room))
    axes.set_ylim(len(conditions) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: signed_number(value)))
    axes.tick_params(axis="x", labelsize=SMALL)
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.axvline(0, color=INK, linewidth=0.9)
    _mean_heads(sheet, conditions, top + 0.11, paired)
    names = told_apart([condition.name for condition in conditions], 26)
    for number, (name, condition) in enumerate(zip(names, conditions, strict=True)):
        y, colour = top - DIFFERENCE_ROW * (number + 0.5), INKS[number]
        sheet.write(0.14, y, name, size=TEXT - 0.5, color=colour, weight="bold", va="center")
        sheet.write(
            2.42, y, days(condition.mean.value), size=TEXT, weight="bold", color=colour, ha="right", va="center"
        )
        sheet.write(2.48, y, span_words(condition.mean, days), size=SMALL, color=QUIET, va="center")
        _difference(sheet, axes, condition, number, y)


def _difference(sheet: Page, axes: Axes, condition: Condition, number: int, y: float) -> None:
    """A difference as a dot with its bands, and as a number at the right; a tick for the values as written."""
    x, colour = DIFFERENCE_LEFT + DIFFERENCE_WIDTH, COMPARISON_COLOURS[number]
    main, over = condition.main, condition.over
    if main is None or condition.gained is None:
        words = "different worlds" if number else "baseline"
        sheet.write(x + 0.12, y, words, size=SMALL, color=QUIET, va="center")
        return
    span = main
    if over is not None:
        span = over.band
        look: dict[str, Any] = {"facecolor": (colour, 0.15), "edgecolor": readable(colour), "linewidth": 0.6}
        if not over.told_apart:
            look = {"facecolor": "none", "edgecolor": QUIET, "linewidth": 0.7, "linestyle": (0, (2, 2))}
        axes.fill_between([span.low, span.high], number - 0.34, number + 0.34, gid="doubt", **look)
        axes.plot([condition.gained.value] * 2, [number - 0.34, number + 0.34], color=INK, linewidth=1.3, gid="written")
    axes.plot([main.low, main.high], [number] * 2, color=colour, linewidth=3.2, solid_capstyle="butt", gid="difference")
    axes.plot([main.value], [number], "o", markersize=7, zorder=4, gid="dot", **dot_look(main, colour))
    words, ink = signed_days(main.value), INKS[number]
    sheet.write(x + 0.62, y, words, size=TEXT, weight="bold", color=ink, ha="right", va="center")
    shown = "no world differs" if over is not None and over.unmoved else span_words(span, signed_days)
    sheet.write(x + 0.67, y, shown, size=SMALL, color=QUIET, va="center")


def _mean_heads(sheet: Page, conditions: Sequence[Condition], y: float, paired: bool) -> None:
    """Column headings."""
    same = "on the same worlds" if paired else "between different worlds"
    doubted = any(condition.over is not None for condition in conditions)
    look = {"size": SMALL, "color": QUIET, "va": "center"}
    sheet.write(2.42, y, "mean days, as written" if doubted else "mean days held", ha="right", **look)
    sheet.write(2.48, y, "95 %", **look)
    words = "days gained, mean over draws; tick: as written" if doubted else f"days gained, {same}"
    sheet.write(DIFFERENCE_LEFT, y, words, **look)
    sheet.write(DIFFERENCE_LEFT + DIFFERENCE_WIDTH + 0.62, y, "days", ha="right", **look)
    sheet.write(DIFFERENCE_LEFT + DIFFERENCE_WIDTH + 0.67, y, "90 % of draws" if doubted else "95 %", **look)


def _finding(conditions: Sequence[Condition], horizon: int) -> str:
    """The differences with their intervals in words, of many the highest and the lowest; then what they are against."""
    first = conditions[0]
    known = [(condition, main) for condition in conditions[1:] if (main := condition.main) is not None]
    if not known:
        means = "; ".join(
            titled(g.name, f"{days(g.mean.value)} (95{GAP}%: {span_words(g.mean, days)})", by=",") for g in conditions
        )
        return f"Mean days held, of {horizon:,}: {means}."
    over_draws = any(condition.over is not None for condition in conditions)
    mean = f"{first.name} ({days(first.mean.value)} days held on average)"
    against = f"{first.name} on average over draws of the assumed numbers" if over_draws else mean
    if len(known) > MOST_DIFFERENCES:
        known = sorted(known, key=lambda each: -each[1].value)
        ends = {"Longest: ": known[0], "shortest: ": known[-1]}
    else:
        ends = {condition.name: (condition, main) for condition, main in known}
    named = [
        titled(f"{which if len(ends) < len(known) else ''}{one.name}", _words(one, main), by=",")
        for which, (one, main) in ends.items()
    ]
    joined = "; ".join(named)
    return f"{joined[:1].upper()}{joined[1:]}. Against {against}."


def _words(condition: Condition, main: Interval) -> str:
    """The difference of a condition from the first in words, short enough for a finding."""
    over = condition.over
    if over is None or over.unmoved:
        return verdict(main, over)
    draws = f"90{GAP}% of draws: {span_words(over.band, signed_days)}"
    return _difference_words(main, "", draws if over.told_apart else f"draws {over.verdict}")


def verdict(written: Interval, over: EffectOverDraws | None = None) -> str:
    """A difference in words: the mean over draws and what draws differ by, or as written where nothing is drawn.

    Intervals are 95 % for a mean and 90 % over draws. It is marked where it may be chance alone.
    """
    main = over.mean if over is not None else written
    if not np.isfinite(main.low) or not np.isfinite(main.high):
        return "unknown, because one world is too few"
    if over is None:
        return _difference_words(main)
    if over.unmoved:
        return "no world differs at any draw of the assumed numbers"
    on_average = " on average over draws of the assumed numbers"
    return _difference_words(main, on_average, _draws_words(over), f"as written, {signed_days(written.value)}")


def _difference_words(main: Interval, on_average: str = "", *more: str) -> str:
    """A mean difference with its interval and more in brackets."""
    span = "; ".join([f"95{GAP}%: {span_words(main, signed_days)}", *more])
    if main.low <= 0 <= main.high:
        return f"no difference beyond chance{on_average} ({signed_days(main.value)} days, {span})"
    return f"{days_apart(main.value)} days {'longer' if main.value > 0 else 'shorter'}{on_average} ({span})"


def _draws_words(over: EffectOverDraws) -> str:
    """The middle 90 % of draws and the share in which it helps; or why these cannot be told."""
    if not over.told_apart:
        return f"draws {over.verdict}, at most {span_words(over.band, signed_days)}"
    helps = share_with_limits(over.helps)
    return f"90{GAP}% of draws: {span_words(over.band, signed_days)}; helps in {helps} of draws"
