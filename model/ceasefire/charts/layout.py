"""Page layout of figures: finding, what is shown, footer, axes in inches, label placement, and colour keys."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, PercentFormatter

from ceasefire.analysis.estimates import Interval
from ceasefire.charts.finding import Finding
from ceasefire.charts.style import (
    BAND_EDGE,
    BELOW,
    FOOT,
    INK,
    PAPER,
    QUIET,
    RESTS_ON,
    RULE,
    SMALL,
    TEXT,
    TITLE,
    WIDTH_INCHES,
)
from ceasefire.wording import GAP, ILLUSTRATIVE

TITLE_SIZE, TITLE_LINE, TITLE_WRAP = 11.0, 0.195, 74
"""Font size of titles [points], their line height [inches], and letters in a line."""

MOST_TITLE_LINES, MOST_LINES_BELOW = 5, 6
"""Lines that no finding of a shipped scenario needs: names that strangers chose may be longer, and are cut there."""

FOOT_LINE = 0.14
"""Line height of the foot of a figure [inches]."""

LEFT = 0.8
"""Left edge of the plots [inches]."""


@dataclass(frozen=True)
class Page:
    """A figure, its height, and its margins at the top and the bottom [inches]."""

    figure: Figure
    height: float
    top: float
    bottom: float

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Axes at a position in inches; `bottom` is measured from the lower edge of the page."""
        size = (left / WIDTH_INCHES, bottom / self.height, width / WIDTH_INCHES, height / self.height)
        axes: Axes = self.figure.add_axes(size)
        return axes

    def write(self, x: float, y: float, words: str, **style: Any) -> None:
        """Text at x, y inches from the lower left corner of the page."""
        self.figure.text(x / WIDTH_INCHES, y / self.height, words, **style)


def page(inner_height: float, subject: str, finding: str, footer: str, kind: str = "Chart") -> Page:
    """A page with `inner_height` [inches] between its head and its footer.

    The title is the first part of the finding; `subject`, what is shown, stands below it with the rest. `footer` says
    what the figure rests on; `kind` names the kind of picture for readers who cannot see it.
    """
    found = Finding.of(finding, kind)
    titles = textwrap.wrap(found.title, TITLE_WRAP, max_lines=MOST_TITLE_LINES, placeholder=" …") or [""]
    stop = "" if subject.endswith((".", "?", "!")) else "."
    below = f"{subject}{stop} {found.rest}".strip() if subject else found.rest
    belows = textwrap.wrap(below, 98, max_lines=MOST_LINES_BELOW, placeholder=" …")
    footers = textwrap.wrap(footer, 108, max_lines=3, placeholder=" …")
    top = 0.16 + TITLE_LINE * len(titles) + 0.155 * len(belows) + 0.1
    bottom = 0.12 + FOOT_LINE * (len(footers) + 1)
    height = inner_height + top + bottom
    figure = Figure(figsize=(WIDTH_INCHES, height))
    figure.set_label(found.alt)
    sheet = Page(figure, height, top, bottom)
    bold: dict[str, Any] = {"size": TITLE_SIZE, "weight": "bold", "va": "top", "linespacing": 1.25, "gid": TITLE}
    sheet.write(0.14, height - 0.14, "\n".join(titles), **bold)
    under = height - 0.19 - TITLE_LINE * len(titles)
    sheet.write(0.14, under, "\n".join(belows), size=TEXT, color=QUIET, va="top", linespacing=1.25, gid=BELOW)
    look: dict[str, Any] = {"size": SMALL, "color": QUIET, "va": "bottom", "linespacing": 1.15}
    sheet.write(0.14, 0.1 + FOOT_LINE, "\n".join(footers), gid=RESTS_ON, **look)
    sheet.write(0.14, 0.1, "", gid=FOOT, **look)
    return sheet


def band(
    axes: Axes, x: npt.ArrayLike, low: npt.ArrayLike, high: npt.ArrayLike, face: str, edge: str = BAND_EDGE, *,
    gid: str, step: Literal["post", "mid"] | None = None, alpha: float = 1.0, zorder: float = 1.0,
) -> None:  # fmt: skip
    """A band with an edge at either side: its fill may be pale, its edges can be seen on paper and copies."""
    axes.fill_between(
        np.asarray(x), np.asarray(low), np.asarray(high), facecolor=face, alpha=alpha, linewidth=0, gid=gid, step=step,
        zorder=zorder,
    )  # fmt: skip
    for name, values in (("low", low), ("high", high)):
        style: dict[str, Any] = {"color": edge, "linewidth": 0.6, "gid": f"{gid} {name}", "zorder": zorder + 0.1}
        drawn = "default" if step is None else f"steps-{step}"
        axes.plot(np.asarray(x), np.asarray(values), drawstyle=drawn, **style)


def dot_look(interval: Interval, colour: str) -> dict[str, Any]:
    """A full dot for a difference beyond chance; a hollow one where its interval (95 %) holds 0."""
    if interval.low <= 0 <= interval.high:
        return {"color": colour, "markerfacecolor": PAPER, "markeredgecolor": colour, "markeredgewidth": 1.4}
    return {"color": colour, "markeredgecolor": PAPER, "markeredgewidth": 0.8}


def share_axis(axes: Axes, label: str) -> None:
    """Label the y axis from 0 to 100 %."""
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=f"{GAP}%"))
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    axes.set_ylabel(label, color=INK, labelpad=3)


@dataclass(frozen=True)
class Caption:
    """Title and provenance of a figure."""

    title: str
    label: str
    seed: int
    note: str = ILLUSTRATIVE
    start: datetime.date | None = None
    """The calendar date of day 0, where time axes are to show dates."""
    at_draws: str = ""
    """How many worlds were simulated at how many draws, where the figure shows these too."""

    def footer(self, worlds: int, each: bool = False) -> str:
        """The provenance as one line; `each` when every curve has that many worlds."""
        number = f"{worlds:,} {'world' if worlds == 1 else 'worlds'}{' each' if each else ''}"
        if self.at_draws:
            number += f" as written, {self.at_draws}"
        return "  ·  ".join(part for part in (number, f"seed {self.seed}", self.label, self.note) if part)


def shortened(words: str, most: int) -> str:
    """A text cut to at most `most` letters, at a space if there is one."""
    if len(words) <= most:
        return words
    cut = textwrap.shorten(words, most, placeholder="…")
    return cut if len(cut) > most // 2 else words[: most - 1] + "…"


ACROSS, UP = 150, 75
"""Resolution of the grid on which free space for a label is searched [cells]."""


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Centres of labels that do not overlap, as near as possible to the wanted ones, between low and high.

    The order is that of `wanted`, ties as given. When the labels do not fit, they overlap evenly.
    """
    if not wanted:
        return []
    order = sorted(range(len(wanted)), key=lambda label: wanted[label])
    sizes = np.array([heights[label] for label in order], dtype=float)
    sizes *= min(1.0, (high - low) / sizes.sum())
    offset = np.cumsum(sizes) - sizes / 2
    slack = _isotonic_means(np.array([wanted[label] for label in order]) - offset)
    slack = np.clip(slack, low, high - sizes.sum())
    centres = [0.0] * len(order)
    for label, centre in zip(order, slack + offset, strict=True):
        centres[label] = float(centre)
    return centres


def _isotonic_means(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Isotonic regression: the nearest non-decreasing sequence, by pooling adjacent violators."""
    pools: list[tuple[float, int]] = []
    for value in values:
        pools.append((float(value), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (left, many), (right, more) = pools[-2:]
            pools[-2:] = [((left * many + right * more) / (many + more), many + more)]
    return np.repeat([mean for mean, _ in pools], [count for _, count in pools])


Named = tuple[str, float, str]
"""What a curve is called, where it ends [0 to 1], and its colour."""


def name_ends(sheet: Page, curves: Sequence[Named], left: float, bottom: float, height: float) -> None:
    """Name curves where they end, right of a plot of this height [inches]; quiet ones in small type."""
    wrapped = [textwrap.wrap(name, 20)[:3] or [""] for name, _, _ in curves]
    heights = [0.16 * len(lines) + 0.05 for lines in wrapped]
    centres = spread([end * height for _, end, _ in curves], heights, -0.1, height + 0.1)
    for lines, (_, _, colour), centre in zip(wrapped, curves, centres, strict=True):
        size, weight = (SMALL, "normal") if colour == QUIET else (TEXT, "bold")
        sheet.write(left, bottom + centre, "\n".join(lines), va="center", size=size, color=colour, weight=weight)


class Occupancy:
    """Which cells of a plot are occupied; positions and sizes are shares of its width and height."""

    def __init__(self, other: Occupancy | None = None) -> None:
        """An empty grid, or a copy of `other`."""
        self.taken: npt.NDArray[np.bool_] = np.zeros((UP, ACROSS), dtype=bool) if other is None else other.taken.copy()

    def take_between(self, low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> None:
        """Occupy the cells between two lines with ACROSS values each."""
        up = (np.arange(UP)[:, None] + 0.5) / UP
        margin = 1.0 / UP
        self.taken |= (up >= low[None, :] - margin) & (up <= high[None, :] + margin)

    def take_box(self, left: float, bottom: float, width: float, height: float) -> None:
        """Occupy a rectangle."""
        rows = slice(max(0, int(bottom * UP)), max(0, int(np.ceil((bottom + height) * UP))))
        self.taken[rows, max(0, int(left * ACROSS)) : max(0, int(np.ceil((left + width) * ACROSS)))] = True

    def find(self, width: float, height: float, target: tuple[float, float]) -> tuple[float, float] | None:
        """Lower left corner of the free rectangle of that size that is nearest to the target, or None."""
        across, up = int(np.ceil(width * ACROSS)), int(np.ceil(height * UP))
        if across >= ACROSS or up >= UP:
            return None
        sums = np.pad(self.taken.astype(int).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        filled = sums[up:, across:] - sums[:-up, across:] - sums[up:, :-across] + sums[:-up, :-across]
        rows, columns = np.nonzero(filled == 0)
        if not len(rows):
            return None
        away_x = (columns + across / 2) / ACROSS - target[0]
        away_y = (rows + up / 2) / UP - target[1]
        nearest = int(np.argmin(away_x**2 + away_y**2))
        return float(columns[nearest] / ACROSS), float(rows[nearest] / UP)


def swatch(sheet: Page, x: float, y: float, colour: str, size: float = 0.12) -> None:
    """A coloured square with its left edge at x and its centre at height y [inches]."""
    corner = (x / WIDTH_INCHES, (y - size / 2) / sheet.height)
    width, height = size / WIDTH_INCHES, size / sheet.height
    square = Rectangle(corner, width, height, facecolor=colour, edgecolor=QUIET, linewidth=0.5)
    square.set_transform(sheet.figure.transFigure)
    sheet.figure.add_artist(square)


def key_line(sheet: Page, x: float, y: float, title: str, colours: Mapping[str, str]) -> float:
    """A key in one line: a title, then a square and a word for each colour; returns its right end [inches]."""
    x += _write(sheet, x, y, title, QUIET) + 0.14
    for word, colour in colours.items():
        swatch(sheet, x, y, colour, 0.1)
        x += 0.15 + _write(sheet, x + 0.15, y, word, INK) + 0.14
    return x


def key_column(sheet: Page, x: float, top: float, title: str, colours: Mapping[str, str]) -> None:
    """A key in a column: a title, then a square and a word in each line below [inches]."""
    _write(sheet, x, top, title, QUIET)
    for line, (word, colour) in enumerate(colours.items(), start=1):
        swatch(sheet, x, top - 0.145 * line, colour, 0.1)
        _write(sheet, x + 0.15, top - 0.145 * line, word, INK)


def _write(sheet: Page, x: float, y: float, words: str, colour: str) -> float:
    """Write small text at x; returns its width [inches]."""
    text = sheet.figure.text(x / WIDTH_INCHES, y / sheet.height, words, size=SMALL, color=colour, va="center_baseline")
    renderer = RendererAgg(1, 1, sheet.figure.dpi)  # type: ignore[no-untyped-call]
    return float(text.get_window_extent(renderer).width / sheet.figure.dpi)
