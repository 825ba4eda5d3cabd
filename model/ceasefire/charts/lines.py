"""The response chart: an outcome along the values of one factor, a line for each setting of another."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter, StrMethodFormatter

from ceasefire.charts.layout import LEFT, Caption, page, spread
from ceasefire.charts.style import (
    COMPARISON_COLOURS,
    COMPARISON_DASHES,
    INK,
    QUIET,
    RULE,
    SMALL,
    WIDTH_INCHES,
    house_style,
)  # fmt: skip
from ceasefire.wording import GAP

PLOT_HEIGHT = 3.1
NAMES_WIDTH = 1.75
NAME_LINE = 0.15


@dataclass(frozen=True)
class Line:
    """Values of a factor and what the outcome is there, with its 95 % limits; all of one length."""

    x: Sequence[float]
    value: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


@house_style()
def lines_chart(
    lines: Mapping[str, Line],
    caption: Caption,
    finding: str,
    axes_words: tuple[str, str],
    made_of: str,
    *,
    as_it_is: float | None = None,
    shares: bool = False,
) -> Figure:
    """Up to six lines by name with their bands. `axes_words` name the factor and the outcome.

    `as_it_is` marks the scenario's own value on the factor's axis; `shares`: the outcome is a share of worlds.
    ValueError for no line or more than six.
    """
    if not 1 <= len(lines) <= len(COMPARISON_COLOURS):
        raise ValueError(f"{len(lines)} lines: a chart shows 1 to {len(COMPARISON_COLOURS)}")
    footer = "  ·  ".join(part for part in (made_of, f"seed {caption.seed}", caption.label, caption.note) if part)
    sheet = page(PLOT_HEIGHT + 0.85, caption.title, finding, footer)
    names = NAMES_WIDTH if len(lines) > 1 else 0.35
    axes = sheet.axes(LEFT, sheet.bottom + 0.52, WIDTH_INCHES - LEFT - names, PLOT_HEIGHT)
    for number, (name, line) in enumerate(lines.items()):
        colour = COMPARISON_COLOURS[number]
        axes.fill_between(line.x, line.low, line.high, color=colour, alpha=0.2, linewidth=0)
        look: dict[str, Any] = {"color": colour, "linewidth": 1.6, "marker": "o", "markersize": 3.5}
        axes.plot(line.x, line.value, linestyle=COMPARISON_DASHES[number], gid=f"line {name}", **look)
    axes.set_xlabel(axes_words[0], labelpad=2)
    axes.set_ylabel("\n".join(textwrap.wrap(axes_words[1], 34)), labelpad=3)
    axes.grid(color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    bottom, top = axes.get_ylim()
    axes.set_ylim(min(0, bottom), 1 if shares else top * 1.03)
    axes.yaxis.set_major_formatter(PercentFormatter(1, 0, f"{GAP}%") if shares else StrMethodFormatter("{x:,g}"))
    if as_it_is is not None:
        axes.axvline(as_it_is, color=INK, linewidth=0.9, linestyle=":", gid="as it is")
        place: dict[str, Any] = {"xytext": (3, -3), "textcoords": "offset points", "va": "top"}
        axes.annotate("as it is", (as_it_is, axes.get_ylim()[1]), size=SMALL, color=QUIET, **place)
    if len(lines) > 1:
        low, high = axes.get_ylim()
        ends = [(float(line.value[-1]) - low) / (high - low) * PLOT_HEIGHT for line in lines.values()]
        wrapped = [textwrap.wrap(name, 22)[:3] for name in lines]
        centres = spread(ends, [NAME_LINE * len(words) + 0.04 for words in wrapped], 0, PLOT_HEIGHT)
        for number, (words, centre) in enumerate(zip(wrapped, centres, strict=True)):
            x, y = WIDTH_INCHES - names + 0.12, sheet.bottom + 0.52 + centre
            sheet.write(x, y, "\n".join(words), size=SMALL, color=COMPARISON_COLOURS[number], va="center")
    return sheet.figure
