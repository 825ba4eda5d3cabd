"""The ranking chart: a row for each lever, factor or part, with its figure and how sure one can be of it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from ceasefire.charts.layout import Caption, page, shortened
from ceasefire.charts.style import BLUE, INK, PAPER, QUIET, RULE, SMALL, TEXT, VERMILLION, WIDTH_INCHES, house_style

ROW = 0.205
"""Height of a row [inches]."""

LONGEST, SHORTEST = 44, 12
"""Letters of a row's name that are shown at most, and for which room is kept at least."""

MOST_ROWS = 40
LETTER = 0.067
"""Width of a letter of a row's name [inches]."""

KEY_ROW = 0.17


@dataclass(frozen=True)
class Bar:
    """A row: its name, its figure, a thick span around it, a thin wider one, and a second mark."""

    name: str
    value: float
    span: tuple[float, float] | None = None
    wider: tuple[float, float] | None = None
    second: float | None = None


@dataclass(frozen=True)
class Key:
    """What the marks mean, in words; what is not said is not drawn in the key."""

    value: str
    span: str = ""
    wider: str = ""
    second: str = ""


@house_style()
def bars_chart(bars: Sequence[Bar], caption: Caption, finding: str, axis: str, key: Key, made_of: str) -> Figure:
    """Rows in the order given, the first on top; a line at nought when figures lie on both sides of it.

    `axis` says what the figures are; `made_of` goes into the footer. Rows beyond MOST_ROWS are left out, and said.
    """
    shown = list(bars[:MOST_ROWS])
    rest = len(bars) - len(shown)
    words = [entry for entry in (key.value, key.span, key.wider, key.second) if entry]
    lines = -(-len(words) // 2)
    inner = ROW * max(len(shown), 1) + 0.62 + KEY_ROW * lines
    footer = "  ·  ".join(part for part in (made_of, f"seed {caption.seed}", caption.label, caption.note) if part)
    more = f" The {rest:,} weakest are not shown." if rest > 0 else ""
    sheet = page(inner, caption.title, finding + more, footer)
    names = [shortened(bar.name, LONGEST) for bar in shown]
    left = 0.3 + LETTER * max([SHORTEST, *map(len, names)])
    bottom = sheet.bottom + 0.5 + KEY_ROW * lines
    axes = sheet.axes(left, bottom, WIDTH_INCHES - left - 0.35, ROW * max(len(shown), 1))
    _rows(axes, shown, names)
    axes.set_xlabel("\n".join(textwrap.wrap(axis, 90)), labelpad=2)
    for number, (mark, what) in enumerate(_key(key)):
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


def _key(key: Key) -> list[tuple[str, str]]:
    marks = (("●", key.value), ("▬", key.span), ("—", key.wider), ("◇", key.second))
    return [(mark, words) for mark, words in marks if words]
