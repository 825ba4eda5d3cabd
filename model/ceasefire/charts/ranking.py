"""Rankings: rows with a name, a dot with its bands on a common scale, and the value; levers, and any named values."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, StrMethodFormatter

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.mixing_distribution import EffectOverDraws
from ceasefire.charts.layout import Caption, Page, dot_look, page
from ceasefire.charts.names import told_apart
from ceasefire.charts.style import (
    BLUE,
    INK,
    PAPER,
    QUIET,
    RULE,
    SMALL,
    TEXT,
    VERMILLION,
    WIDTH_INCHES,
    house_style,
    readable,
)
from ceasefire.wording import GAP, share_with_limits, signed_days, signed_number, span_words, whole_percent

ROW_HEIGHT = 0.31
"""Height of a row [inches], enough for a title of two lines."""

TITLE_LETTERS = 40
"""Letters in a line of a title."""

WIDE_BAND, WIDE_EDGE = "#DCE3E8", "#7A8894"
"""Colour of the band of parameter uncertainty."""


@dataclass(frozen=True)
class Row:
    """A row: title, short name (may be ''), value with chance (95 %) and doubt (90 %), and colour.

    `written` is a second value, marked by a tick. `outermost`: the band of doubt cannot be told, and its limits are
    shown instead.
    """

    title: str
    name: str
    chance: Interval
    doubt: Interval | None
    colour: str
    written: float | None = None
    outermost: bool = False


def titled_row(name: str, titles: Mapping[str, str], figure: Interval, colour: str) -> Row:
    """A row under the title that readers know, with the short name below; the name alone if there is no title."""
    title = titles.get(name, name)
    return Row(title, name if title != name else "", figure, None, colour)


@dataclass(frozen=True)
class Band:
    """Position of the rows on a page: left edge, width and top of the scale [inches]."""

    left: float
    width: float
    top: float


def rows_axes(
    sheet: Page, band: Band, rows: Sequence[Row], limits: tuple[float, float], unit: str, bare: bool = False
) -> Axes:
    """A scale with a row for each value, the first on top, a line at zero, and dots with their bands (not if bare).

    A value beyond the limits is an arrow at the edge; its number is written at the right like the others.
    """
    height = ROW_HEIGHT * len(rows)
    axes = sheet.axes(band.left, band.top - height, band.width, height)
    axes.set_xlim(*limits)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(6 if band.width > NARROW else 4, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda value, _: signed_number(value) if limits[0] < 0 else f"{value:,g}")
    )
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.set_xlabel(unit, labelpad=2)
    axes.axvline(0, color=INK, linewidth=0.9, zorder=1.5)
    for place, row in enumerate([] if bare else rows):
        _draw(axes, place, row, limits)
    return axes


def _draw(axes: Axes, place: int, row: Row, limits: tuple[float, float]) -> None:
    """The wide band, the thin one, the dot, and the tick."""
    low, high = limits
    if row.doubt is not None:
        ends = np.clip([row.doubt.low, row.doubt.high], low, high)
        look: dict[str, Any] = {"facecolor": WIDE_BAND, "edgecolor": WIDE_EDGE, "linewidth": 0.6}
        if row.outermost:
            look = {"facecolor": "none", "edgecolor": QUIET, "linewidth": 0.7, "linestyle": (0, (2, 2))}
        axes.fill_between(ends, place - 0.34, place + 0.34, gid="doubt", zorder=1, **look)
    ends = np.clip([row.chance.low, row.chance.high], low, high)
    axes.plot(ends, [place, place], color=row.colour, linewidth=3.2, solid_capstyle="butt", gid="chance", zorder=2)
    beyond = row.chance.value < low or row.chance.value > high
    marker = ("<" if row.chance.value < low else ">") if beyond else "o"
    dot = float(np.clip(row.chance.value, low, high))
    style = {**dot_look(row.chance, row.colour), "clip_on": False, "zorder": 3}
    axes.plot([dot], [place], marker=marker, markersize=9 if beyond else 7, gid="dot", **style)
    if row.written is not None and low <= row.written <= high:
        look = {"color": INK, "linewidth": 1.3, "zorder": 4, "solid_capstyle": "butt"}
        axes.plot([row.written] * 2, [place - 0.34, place + 0.34], gid="written", **look)


def name_rows(sheet: Page, band: Band, rows: Sequence[Row]) -> None:
    """Titles at the left of the scale, with the short name below a title of one line."""
    titles = told_apart([row.title for row in rows], 2 * TITLE_LETTERS - 16)
    for place, (title, row) in enumerate(zip(titles, rows, strict=True)):
        y = band.top - ROW_HEIGHT * (place + 0.5)
        lines = textwrap.wrap(title, TITLE_LETTERS)[:2]
        if len(lines) == 1 and row.name:
            sheet.write(0.14, y + 0.065, lines[0], size=TEXT - 0.5, va="center")
            sheet.write(0.14, y - 0.075, row.name, size=SMALL, color=QUIET, va="center")
        else:
            sheet.write(0.14, y, "\n".join(lines), size=TEXT - 0.5, va="center", linespacing=1.1)


def write_figures(sheet: Page, band: Band, rows: Sequence[Row], figures: Sequence[tuple[str, str]]) -> None:
    """At the right of the scale, the value of each row in bold, and its interval."""
    left = band.left + band.width
    for place, (row, (value, span)) in enumerate(zip(rows, figures, strict=True)):
        y = band.top - ROW_HEIGHT * (place + 0.5)
        sheet.write(
            left + 0.62, y, value, size=TEXT, weight="bold", color=readable(row.colour), ha="right", va="center"
        )
        sheet.write(left + 0.68, y, span, size=SMALL, color=QUIET, va="center")


def axis_limits(values: Sequence[Interval]) -> tuple[float, float]:
    """Axis limits that include the values and 0, without a few values far beyond the rest.

    The limit is four times the 80th percentile of the absolute values that are not zero.
    """
    ends = np.array([[each.low, each.value, each.high] for each in values], dtype=float)
    ends = ends[np.isfinite(ends).all(axis=1)]
    if not ends.any():
        return -1.0, 1.0
    sizes = np.abs(ends).max(axis=1)
    reach = 4 * float(np.quantile(sizes[sizes > 0], 0.8))
    low, high = max(-reach, min(0.0, ends.min())), min(reach, max(0.0, ends.max()))
    room = 0.04 * (high - low) or 1.0
    return low - room * (low < 0), high + room * (high > 0)


LEFT, WIDTH = 2.76, 2.9
"""Left edge and width of the scale [inches]."""

HEAD, LINE, FOOT = 0.26, 0.16, 0.5


@dataclass(frozen=True)
class Gain:
    """Days that a change adds to the mean days held, on the same worlds: chance (95 %) and doubt (90 %).

    Where assumed numbers were drawn, `chance` is the mean over draws with its interval, `doubt` the middle 90 % of
    draws, `written` the days at the values as written, and `over` what the change does over draws. `chosen`: of the
    best and the worst of many, the interval (95 %) that allows for the choice; `ties`: how many are not told apart.
    """

    name: str
    title: str
    chance: Interval
    doubt: Interval | None = None
    written: float | None = None
    over: EffectOverDraws | None = None
    chosen: Interval | None = None
    ties: int = 0

    @property
    def sign(self) -> int:
        """1 or -1 when it helps in more draws than it hurts or the reverse, or chance is above or below 0; else 0."""
        if self.over is not None:
            return self.over.sign
        return int(self.chance.low > 0) - int(self.chance.high < 0)

    @property
    def reach(self) -> Interval:
        """The union of the intervals of chance and doubt."""
        intervals = [self.chance] if self.doubt is None else [self.chance, self.doubt]
        return Interval(self.chance.value, min(each.low for each in intervals), max(each.high for each in intervals))

    @property
    def depends_on_doubt(self) -> bool:
        """Days are gained at some draws of the assumed numbers, and lost at others."""
        if self.over is not None:
            return self.over.told_apart and self.over.helps.low > SOME_DRAWS and self.over.hurts.low > SOME_DRAWS
        return self.doubt is not None and self.doubt.low < 0 < self.doubt.high

    @property
    def outermost(self) -> bool:
        """The band of doubt cannot be told: draws are not told apart from chance."""
        return self.over is not None and not self.over.told_apart and not self.over.unmoved


SOME_DRAWS = 0.05
"""A change that surely helps in more draws than this share, and surely hurts in more, depends on assumed numbers."""

SIGN_COLOURS = {1: BLUE, -1: VERMILLION, 0: "#6E6E6E"}
"""More days; fewer days; neither is certain."""

NARROW = 2.5
"""A scale up to this width has fewer ticks [inches]."""

HELPS_WIDTH = 1.22
"""Width of the column of draws in which a change helps [inches]."""


@house_style()
def levers_chart(
    gains: Sequence[Gain],
    caption: Caption,
    *,
    worlds: int,
    horizon: int,
    axis: str = "",
    chance: str = "",
    doubt: str = "doubt about assumed numbers (90 %)",
    finding: str = "",
    ends: int | None = None,
) -> Figure:
    """A row for each change, from the most gained to the most lost; with `ends`, only for so many at either end.

    Without a `finding`, it names the most gained and the most lost.

    `worlds` is the number of worlds for each change; days past the horizon do not count. `axis` names the outcome if
    it is not days; `chance` and `doubt` name the line and the band if they differ from the default. ValueError for no
    change.
    """
    if not gains:
        raise ValueError("no changes: a ranking needs at least one")
    ranked = sorted(gains, key=lambda gain: (-gain.chance.value, gain.name))
    shown = ranked if ends is None or len(ranked) <= 2 * ends else [*ranked[:ends], *ranked[-ends:]]
    rows = [
        Row(
            g.title,
            g.name if g.name != g.title else "",
            g.chance,
            g.doubt,
            SIGN_COLOURS[g.sign],
            g.written,
            g.outermost,
        )
        for g in shown
    ]
    unit, drawn = _unit(axis), any(gain.over is not None for gain in ranked)
    heads = _key(ranked, chance or f"chance in {worlds:,} worlds", doubt)
    if len(shown) < len(ranked):
        heads.append(f"the first and the last {ends} of {len(ranked)}")
    head = HEAD + LINE * (len(heads) - (not drawn))
    sheet = page(
        head + ROW_HEIGHT * len(rows) + FOOT,
        caption.title,
        finding or _levers_finding(ranked, unit),
        caption.footer(worlds, each=True),
        "Ranking",
    )
    band = Band(LEFT, WIDTH - HELPS_WIDTH * drawn, sheet.height - sheet.top - head)
    same = "" if drawn else " on the same worlds"
    words = axis or f"days gained{same} (at most {horizon:,})"
    rows_axes(sheet, band, rows, axis_limits([gain.reach for gain in shown]), words)
    name_rows(sheet, band, rows)
    write_figures(sheet, band, rows, [_figure(gain) for gain in shown])
    if drawn:
        _write_helps(sheet, band, shown)
    _heads(sheet, band, heads, unit, drawn)
    return sheet.figure


def _key(ranked: Sequence[Gain], chance: str, doubt: str) -> list[str]:
    """The meaning of dot, line, band, tick and colours, a line each."""
    drawn = [gain.over for gain in ranked if gain.over is not None]
    if not drawn:
        heads = [f"dot: mean, line: {chance} (95 %)"]
        if any(gain.doubt is not None for gain in ranked):
            heads.append(f"wide band: {doubt}")
        return [*heads, "grey and hollow: the difference may be chance alone"]
    draws = f"{drawn[0].draws:,} draws of the assumed numbers"
    heads = [f"dot: mean over {draws}, line: its interval (95 %); hollow: it may be 0"]
    heads.append("wide band: 5th to 95th percentile of draws; tick: numbers as written")
    if any(gain.outermost for gain in ranked):
        verdict = next(found.verdict for found in drawn if found.verdict)
        heads.append(f"dashed: {verdict}; at most so wide")
    return [
        *heads,
        "blue: helps in more draws than it hurts; red: the reverse; grey: not certain",
    ]


def _write_helps(sheet: Page, band: Band, ranked: Sequence[Gain]) -> None:
    """At the far right, the share of draws in which a change helps, with its limits."""
    for place, gain in enumerate(ranked):
        if gain.over is None:
            continue
        y = band.top - ROW_HEIGHT * (place + 0.5)
        words = "no world differs" if gain.over.unmoved else share_with_limits(gain.over.helps)
        sheet.write(WIDTH_INCHES - 0.14, y, words, size=SMALL, color=QUIET, ha="right", va="center")


def _unit(axis: str) -> str:
    """The unit in the square brackets of an axis label; days if there is no label."""
    if not axis:
        return "days"
    return axis.partition("[")[2].rstrip("]")


def _figure(gain: Gain) -> tuple[str, str]:
    """Days gained and their interval in words: that of draws, if it is known."""
    over = gain.over is not None and gain.doubt is not None
    return signed_days(gain.chance.value), span_words(gain.doubt if over and gain.doubt else gain.chance, signed_days)


def _heads(sheet: Page, band: Band, lines: Sequence[str], unit: str, drawn: bool) -> None:
    """Key and column headings above the rows."""
    y, look = band.top + 0.09, {"size": SMALL, "color": QUIET, "va": "bottom"}
    for number, words in enumerate(reversed(lines)):
        sheet.write(0.14 if drawn else band.left, y + LINE * (number + drawn), words, **look)
    short = {"percentage points": "points"}.get(unit, unit)
    sheet.write(band.left + band.width + 0.62, y, short, ha="right", **look)
    sheet.write(band.left + band.width + 0.68, y, "90 % of draws" if drawn else "95 %", **look)
    if drawn:
        sheet.write(WIDTH_INCHES - 0.14, y, "helps in, of draws", **{**look, "ha": "right"})


def _levers_finding(ranked: Sequence[Gain], unit: str) -> str:
    """The largest gain and the largest loss beyond chance, and the number of unclear differences."""
    sentences = []
    among, chosen = len(ranked), [gain for gain in ranked if gain.chosen is not None] or ranked
    best = next((gain for gain in chosen if _told(gain) > 0), ranked[0])
    worst = next((gain for gain in reversed(chosen) if _told(gain) < 0), ranked[-1])
    if _told(best) > 0:
        sentences.append(f"Most gained: {_gain_words(best, unit, among)}.")
    if _told(worst) < 0 and worst is not best:
        sentences.append(f"Most lost: {_gain_words(worst, unit, among)}.")
    drawn = any(gain.over is not None for gain in ranked)
    if not sentences:
        if any(gain.chosen is not None for gain in ranked):
            return f"None of {among} differs beyond chance, when it is allowed for that the largest was chosen."
        if drawn:
            return "With so many worlds a draw, no change surely helps or hurts in more draws."
        return "With this number of worlds, no change makes a difference beyond chance."
    unclear = sum(gain.sign == 0 for gain in ranked)
    if unclear:
        chance = f"For {unclear} of {len(ranked)}, the difference may be chance alone."
        over = f"For {unclear} of {len(ranked)} (grey), it is not certain whether more draws gain or lose."
        sentences.append(over if drawn else chance)
    doubtful = sum(gain.depends_on_doubt for gain in ranked)
    if doubtful:
        of = f"For {doubtful} of {len(ranked)}"
        told = (
            f"{of}, grey or not, some draws surely gain and some surely lose (over {whole_percent(SOME_DRAWS)} each)."
        )
        sentences.append(told if drawn else f"{of}, gain or loss depends on assumed numbers.")
    return " ".join(sentences)


def _told(gain: Gain) -> int:
    """1 or -1 where a gain or a loss is told from chance, allowing for a choice among many; else 0."""
    if gain.chosen is not None:
        return int(gain.chosen.low > 0) - int(gain.chosen.high < 0)
    return gain.sign


def _gain_words(gain: Gain, unit: str, among: int) -> str:
    text = f'"{gain.title}", {signed_days(gain.chance.value)} {unit}'.rstrip()
    if gain.chosen is None:
        return f"{text} (95{GAP}%: {span_words(gain.chance, signed_days)})"
    tie = f", tied with {gain.ties}" if gain.ties else ""
    return f"{text} (95{GAP}%, chosen among {among}: {span_words(gain.chosen, signed_days)}){tie}"


ROW = 0.205
"""Height of a row [inches]."""

LONGEST, SHORTEST = 44, 12
"""Most letters of a row's name that are shown, and fewest for which space is reserved."""

MOST_ROWS = 40
LETTER, LABEL_LETTER = 0.067, 0.078
"""Width of a letter in a row's name, and in the name of the scale [inches]."""

KEY_ROW = 0.17


@dataclass(frozen=True)
class Bar:
    """A row: name, value, a thick interval, a thin wider interval, and a second value."""

    name: str
    value: float
    span: tuple[float, float] | None = None
    wider: tuple[float, float] | None = None
    second: float | None = None


@dataclass(frozen=True)
class Key:
    """The meaning of the marks; a mark without words is not in the key."""

    value: str
    span: str = ""
    wider: str = ""
    second: str = ""


@house_style()
def bars_chart(
    bars: Sequence[Bar],
    caption: Caption,
    finding: str,
    axis: str,
    key: Key,
    made_of: str,
    *,
    line: float | None = None,
) -> Figure:
    """Rows in the given order, the first on top, with a line at zero.

    `axis` names the values; `made_of` goes into the footer; dotted lines mark `line` on both sides of zero. Rows beyond
    MOST_ROWS are left out, which the finding states.
    """
    shown = list(bars[:MOST_ROWS])
    rest = len(bars) - len(shown)
    words = [entry for entry in (key.value, key.span, key.wider, key.second) if entry]
    lines = -(-len(words) // 2)
    names = told_apart([bar.name for bar in shown], LONGEST)
    left = 0.3 + LETTER * max([SHORTEST, *map(len, names)])
    width = WIDTH_INCHES - left - 0.35
    label = textwrap.wrap(axis, int(width / LABEL_LETTER))
    low = 0.5 + 0.15 * (len(label) - 1) + KEY_ROW * lines
    inner = ROW * max(len(shown), 1) + 0.12 + low
    footer = "  ·  ".join(part for part in (made_of, f"seed {caption.seed}", caption.label, caption.note) if part)
    more = f" The {rest:,} weakest are not shown." if rest > 0 else ""
    sheet = page(inner, caption.title, finding + more, footer, "Dots")
    axes = sheet.axes(left, sheet.bottom + low, width, ROW * max(len(shown), 1))
    _rows(axes, shown, names)
    for place in (-line, line) if line is not None else ():
        axes.axvline(place, color=INK, linewidth=0.9, linestyle=":", zorder=1.6, gid="line")
    axes.set_xlabel("\n".join(label), labelpad=2)
    for number, (mark, what) in enumerate(_bars_key(key)):
        x, y = 0.3 + 3.5 * (number % 2), sheet.bottom + KEY_ROW * (lines - 1 - number // 2) + 0.07
        sheet.write(x, y, mark, color=VERMILLION if mark == "◇" else BLUE, size=TEXT, va="center", weight="bold")
        sheet.write(x + 0.28, y, what, size=SMALL, color=QUIET, va="center")
    return sheet.figure


def _rows(axes: Axes, bars: Sequence[Bar], names: Sequence[str]) -> None:
    axes.set_ylim(max(len(bars), 1) - 0.5, -0.5)
    axes.set_yticks(range(len(bars)), names)
    axes.tick_params(axis="y", length=0, pad=4, labelsize=SMALL)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 2.5, 5, 10]))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.axvline(0, color=INK, linewidth=0.8, zorder=2)
    for row, bar in enumerate(bars):
        if bar.wider is not None:
            axes.plot(bar.wider, (row, row), color=BLUE, linewidth=0.9, alpha=0.7, zorder=2, solid_capstyle="butt")
        if bar.span is not None:
            axes.plot(bar.span, (row, row), color=BLUE, linewidth=3.2, alpha=0.45, zorder=3, solid_capstyle="butt")
        if bar.second is not None and math.isfinite(bar.second):
            axes.plot([bar.second], [row], "D", color=PAPER, markeredgecolor=VERMILLION, markersize=4, zorder=4)
        axes.plot([bar.value], [row], "o", color=BLUE, markersize=4.5, zorder=5, gid=f"bar {bar.name}")


def _bars_key(key: Key) -> list[tuple[str, str]]:
    marks = (("●", key.value), ("▬", key.span), ("—", key.wider), ("◇", key.second))
    return [(mark, words) for mark, words in marks if words]
