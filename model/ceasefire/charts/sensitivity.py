"""Charts of sensitivity: a tornado of one-at-a-time changes, Morris effects, and Sobol indices."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.screening import MorrisEffect
from ceasefire.analysis.sensitivity import Influence
from ceasefire.charts.layout import Caption, Page, dot_look, page, shortened, swatch
from ceasefire.charts.ranking import ROW_HEIGHT, Band, Row, axis_limits, name_rows, rows_axes, titled_row
from ceasefire.charts.style import BLUE, INK, ORANGE, PAPER, QUIET, SMALL, TEXT, VERMILLION, house_style, readable
from ceasefire.wording import GAP, days, signed_days, whole_percent

SWING_LEFT, SWING_WIDTH = 2.76, 2.95
SWING_HEAD, SWING_FOOT = 0.3, 0.5
MOST_ROWS = 30

LOWEST, HIGHEST, BETWEEN = ORANGE, BLUE, "#8A8A8A"
"""Colours of a factor's lowest, highest and other settings."""


@dataclass(frozen=True)
class Swing:
    """Differences of the outcome from the scenario (with 95 %) by setting of one factor, the lowest setting first."""

    title: str
    settings: tuple[tuple[str, Interval], ...]

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest difference; no change (0) counts as one."""
        values = [0.0, *(difference.value for _, difference in self.settings)]
        return min(values), max(values)

    @property
    def width(self) -> float:
        """The largest minus the smallest difference."""
        low, high = self.ends
        return high - low


def not_shown(ranked: Sequence[object], which: str) -> str:
    """How many rows are left out, in a sentence; '' for none."""
    rest = len(ranked) - MOST_ROWS
    return f" The {rest:,} {which} are not shown." if rest > 0 else ""


@house_style()
def tornado_chart(swings: Sequence[Swing], caption: Caption, finding: str, *, unit: str, worlds: int) -> Figure:
    """A row for each factor: a bar from the smallest to the largest difference, a dot with interval for each setting.

    `unit` names the differences. Beyond MOST_ROWS the narrowest are left out, and the text below the title
    says so. ValueError for no factor.
    """
    known = [swing for swing in swings if swing.settings]
    if not known:
        raise ValueError("no factors: a tornado needs at least one with a setting")
    ranked = sorted(known, key=lambda swing: (-swing.width, swing.title))
    shown = ranked[:MOST_ROWS]
    rows = [Row(swing.title, "", Interval(0, 0, 0), None, PAPER) for swing in shown]
    inner, footer = SWING_HEAD + ROW_HEIGHT * len(rows) + SWING_FOOT, caption.footer(worlds, each=True)
    sheet = page(inner, caption.title, finding + not_shown(ranked, "narrowest"), footer, "Bars")
    band = Band(SWING_LEFT, SWING_WIDTH, sheet.height - sheet.top - SWING_HEAD)
    limits = axis_limits([difference for swing in shown for _, difference in swing.settings])
    axes = rows_axes(sheet, band, rows, limits, unit, bare=True)
    name_rows(sheet, band, rows)
    for place, swing in enumerate(shown):
        _draw(axes, place, swing, limits)
        _write_swings(sheet, band, place, swing)
    _tornado_key(sheet, band)
    return sheet.figure


def _draw(axes: Axes, place: int, swing: Swing, limits: tuple[float, float]) -> None:
    """The bar, and a dot with its interval for each setting."""
    axes.barh(
        place,
        swing.width,
        0.5,
        left=swing.ends[0],
        color="#DCE3E8",
        edgecolor=QUIET,
        linewidth=0.5,
        zorder=1.2,
        gid="swing",
    )
    for number, (_, effect) in enumerate(swing.settings):
        colour = _colour(number, len(swing.settings))
        axes.plot([effect.low, effect.high], [place] * 2, color=colour, linewidth=2.4, solid_capstyle="butt", zorder=2)
        inside = min(max(effect.value, limits[0]), limits[1])
        marker = "o" if inside == effect.value else "<" if effect.value < inside else ">"
        axes.plot([inside], [place], marker, markersize=7, zorder=3, gid="dot", **dot_look(effect, colour))


def _colour(number: int, count: int) -> str:
    """Orange for the lowest setting, blue for the highest or only setting."""
    if number == count - 1:
        return HIGHEST
    return LOWEST if number == 0 else BETWEEN


def _write_swings(sheet: Page, band: Band, place: int, swing: Swing) -> None:
    """At the right, the differences at the lowest and at the highest setting."""
    y = band.top - ROW_HEIGHT * (place + 0.5)
    ends = [swing.settings[0], swing.settings[-1]] if len(swing.settings) > 1 else [swing.settings[0]]
    for line, (words, effect) in enumerate(ends):
        colour = readable(_colour(0 if line == 0 and len(ends) > 1 else 1, 2))
        offset = 0.0 if len(ends) == 1 else 0.075 - 0.15 * line
        text = f"{shortened(words, 20)}: {signed_days(effect.value)}"
        sheet.write(band.left + band.width + 0.15, y + offset, text, size=SMALL, color=colour, va="center")


def _tornado_key(sheet: Page, band: Band) -> None:
    y = band.top + 0.14
    for x, colour, words in ((0.0, LOWEST, "lowest setting"), (1.05, HIGHEST, "highest, or only, setting")):
        swatch(sheet, band.left + x, y, colour, 0.1)
        sheet.write(band.left + x + 0.16, y, words, size=SMALL, color=QUIET, va="center_baseline")
    sheet.write(band.left + band.width, y, "line: chance (95 %)", size=SMALL, color=QUIET, va="center_baseline")


EFFECT_LEFT, EFFECT_WIDTH = 2.76, 3.1
EFFECT_HEAD, EFFECT_FOOT = 0.42, 0.5
UP, DOWN, EITHER = BLUE, VERMILLION, "#6E6E6E"
"""Colours of factors that raise the outcome, lower it, or do both."""


@house_style()
def morris_chart(
    effects: Sequence[MorrisEffect],
    caption: Caption,
    finding: str,
    *,
    unit: str,
    made_of: str,
    titles: Mapping[str, str] | None = None,
) -> Figure:
    """A row for each factor: the mean size of its effects (mu*) with its interval, coloured by direction.

    A dotted tick marks the size that chance alone would show, by the steps that a factor took; factors below theirs
    cannot be told from one without effect. `titles` are the readers' names of the factors. Beyond
    MOST_ROWS the smallest are left out, and the text below the title says so. ValueError for no factor.
    """
    if not effects:
        raise ValueError("no factors: there is nothing to rank")
    ranked = sorted(effects, key=lambda each: (-each.size.value, each.name))
    shown = ranked[:MOST_ROWS]
    named = titles or {}
    rows = [titled_row(each.name, named, each.size, direction(each)) for each in shown]
    footer = "  ·  ".join(part for part in (made_of, f"seed {caption.seed}", caption.label, caption.note) if part)
    sheet = page(
        EFFECT_HEAD + ROW_HEIGHT * len(rows) + EFFECT_FOOT,
        caption.title,
        finding + not_shown(ranked, "smallest"),
        footer,
        "Dots",
    )
    band = Band(EFFECT_LEFT, EFFECT_WIDTH, sheet.height - sheet.top - EFFECT_HEAD)
    by_chance = [each.by_chance for each in shown if math.isfinite(each.by_chance)]
    reach = max(1e-9, *(each.size.high for each in shown if math.isfinite(each.size.high)), *by_chance)
    axes = rows_axes(sheet, band, rows, (0, 1.04 * reach), f"{unit}, over a factor's whole range")
    name_rows(sheet, band, rows)
    for place, each in enumerate(shown):
        if math.isfinite(each.by_chance):
            ends = [place - 0.42, place + 0.42]
            axes.plot([each.by_chance] * 2, ends, color=INK, linewidth=1.1, linestyle=":", gid="by chance")
        _write_effects(sheet, band, place, each)
    _heads(sheet, band, bool(by_chance))
    return sheet.figure


def direction(effect: MorrisEffect) -> str:
    """The colour of a factor's direction; grey when its effects go both ways, or its values have no order."""
    if not abs(effect.mean) >= 0.5 * effect.size.value or effect.inert:
        return EITHER
    return UP if effect.mean > 0 else DOWN


def _write_effects(sheet: Page, band: Band, place: int, each: MorrisEffect) -> None:
    y, x = band.top - ROW_HEIGHT * (place + 0.5), band.left + band.width
    sheet.write(x + 0.6, y, days(each.size.value), size=TEXT, weight="bold", ha="right", va="center")
    sheet.write(x + 1.3, y, days(each.spread), size=SMALL, color=QUIET, ha="right", va="center")


def _heads(sheet: Page, band: Band, by_chance: bool) -> None:
    """Key and column headings."""
    y, look = band.top + 0.09, {"size": SMALL, "color": QUIET, "va": "bottom"}
    dotted = "  dotted: size from chance alone" if by_chance else ""
    sheet.write(band.left, y + 0.15, f"dot: mean size of the effect; line: 95 %;{dotted}", **look)
    x = band.left
    for colour, words, wide in ((UP, "up", 0.42), (DOWN, "down", 0.56), (EITHER, "up or down", 0.0)):
        sheet.write(x, y, f"● {words}", size=SMALL, color=colour, va="bottom")
        x += wide
    sheet.write(band.left + band.width + 0.6, y, "size", ha="right", **look)
    sheet.write(band.left + band.width + 1.3, y, "spread", ha="right", **look)


INDEX_LEFT, INDEX_WIDTH = 2.76, 3.1
INDEX_HEAD, INDEX_FOOT = 0.3, 0.5
ALONE, WITH_OTHERS = BLUE, "#A9CBE2"


@house_style()
def sobol_chart(
    factors: Sequence[Influence],
    caption: Caption,
    finding: str,
    *,
    outcome: str,
    made_of: str,
    titles: Mapping[str, str] | None = None,
) -> Figure:
    """A row for each factor: its total index as a pale bar, its first-order index as a dark one, with 95 % lines.

    `outcome` names the outcome, `made_of` the numbers of points and worlds, `titles` are the readers' names of the
    factors. Beyond MOST_ROWS the smallest are left out, and the text below the title says so. ValueError for no factor.
    """
    if not factors:
        raise ValueError("no factors: there is nothing to rank")
    ranked = sorted(factors, key=lambda each: (-each.total.value, each.name))
    shown = ranked[:MOST_ROWS]
    named = titles or {}
    rows = [titled_row(each.name, named, each.total, PAPER) for each in shown]
    footer = "  ·  ".join(part for part in (made_of, f"seed {caption.seed}", caption.label, caption.note) if part)
    words = f"{finding} {_explained(ranked)}".strip() + not_shown(ranked, "smallest")
    sheet = page(INDEX_HEAD + ROW_HEIGHT * len(rows) + INDEX_FOOT, caption.title, words, footer, "Bars")
    band = Band(INDEX_LEFT, INDEX_WIDTH, sheet.height - sheet.top - INDEX_HEAD)
    reach = min(1.15, max(0.1, *(each.total.high for each in shown), *(each.first.high for each in shown)))
    low = max(-0.2, min(0.0, *(each.first.low for each in shown)))
    axes = rows_axes(sheet, band, rows, (low, 1.04 * reach), f"share of the variance of {outcome}", bare=True)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=f"{GAP}%"))
    name_rows(sheet, band, rows)
    for place, each in enumerate(shown):
        _bar(axes, place - 0.16, each.total, WITH_OTHERS, 0.34)
        _bar(axes, place + 0.18, each.first, ALONE, 0.2)
        _write_indices(sheet, band, place, each)
    _sobol_key(sheet, band)
    return sheet.figure


def _explained(ranked: Sequence[Influence]) -> str:
    """The share of the variance that is no interaction, where there is some."""
    alone = sum(max(0.0, each.first.value) for each in ranked)
    if alone >= 0.9:
        return ""
    return f"The factors alone explain {whole_percent(alone)}; the rest is interaction (and chance)."


def _bar(axes: Axes, place: float, index: Interval, colour: str, height: float) -> None:
    axes.barh(place, max(0.0, index.value), height, color=colour, zorder=2, gid=f"bar {colour}")
    axes.plot([index.low, index.high], [place] * 2, color=INK, linewidth=1.0, zorder=3)


def _write_indices(sheet: Page, band: Band, place: int, each: Influence) -> None:
    y, x = band.top - ROW_HEIGHT * (place + 0.5), band.left + band.width
    total, first = (whole_percent(max(0.0, index.value)) for index in (each.total, each.first))
    sheet.write(x + 0.6, y, total, size=TEXT, weight="bold", ha="right", va="center")
    sheet.write(x + 1.35, y, first, size=TEXT, color=BLUE, ha="right", va="center")


def _sobol_key(sheet: Page, band: Band) -> None:
    y, x = band.top + 0.14, band.left
    for at, colour, words in ((0.0, WITH_OTHERS, "with interactions (total)"), (1.7, ALONE, "alone (first order)")):
        swatch(sheet, x + at, y, colour, 0.1)
        sheet.write(x + at + 0.16, y, words, size=SMALL, color=QUIET, va="center_baseline")
    for at, words in ((0.6, "total"), (1.35, "alone")):
        sheet.write(x + band.width + at, y, words, size=SMALL, color=QUIET, ha="right", va="center_baseline")
