"""Page layout of figures: title, finding, footer, axes in inches, label placement, and colour keys."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, PercentFormatter

from ceasefire.charts.style import INK, QUIET, RULE, SMALL, TEXT, WIDTH_INCHES
from ceasefire.wording import GAP, ILLUSTRATIVE

TITLE_SIZE = 12.0
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


def page(inner_height: float, title: str, finding: str, footer: str) -> Page:
    """A page with `inner_height` [inches] between its finding (one or two sentences) and its footer."""
    titles = textwrap.wrap(title, 66)[:3] or [""]
    findings = textwrap.wrap(finding, 102)[:3]
    footers = textwrap.wrap(footer, 122)[:3]
    top = 0.16 + 0.215 * len(titles) + 0.165 * len(findings) + 0.06
    bottom = 0.12 + 0.13 * len(footers)
    height = inner_height + top + bottom
    sheet = Page(Figure(figsize=(WIDTH_INCHES, height)), height, top, bottom)
    sheet.write(0.14, height - 0.14, "\n".join(titles), size=TITLE_SIZE, weight="bold", va="top", linespacing=1.25)
    under_title = height - 0.18 - 0.215 * len(titles)
    sheet.write(0.14, under_title, "\n".join(findings), size=TEXT, color=QUIET, va="top", linespacing=1.25)
    sheet.write(0.14, 0.1, "\n".join(footers), size=SMALL - 0.5, color=QUIET, va="bottom", linespacing=1.2)
    return sheet


def day_axis(axes: Axes, last: int, label: bool = True) -> list[int]:
    """Label the x axis with round days from 0 to the last; returns the tick days."""
    ticks = day_ticks(last)
    axes.set_xlim(0, last)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.set_xticklabels([f"{day:,}" for day in ticks])
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    if label:
        axes.set_xlabel("days since the deal began", labelpad=2)
    return ticks


def calendar_axis(axes: Axes, last: int) -> None:
    """Years along the top of the axes, or months on a short axis."""
    unit, ticks = calendar_ticks(last)
    if not ticks:
        return
    top = axes.secondary_xaxis("top")
    top.set_xticks([day for day, _ in ticks], [name for _, name in ticks])
    top.tick_params(length=3, pad=1.5, labelsize=SMALL, labelcolor=QUIET)
    top.spines["top"].set_visible(False)
    axes.annotate(unit, (0, 1), (-9, 7.5), "axes fraction", "offset points", color=QUIET, size=SMALL, ha="right")


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

    def footer(self, worlds: int, each: bool = False) -> str:
        """The provenance as one line; `each` when every curve has that many worlds."""
        number = f"{worlds:,} {'world' if worlds == 1 else 'worlds'}{' each' if each else ''}"
        return "  ·  ".join(part for part in (number, f"seed {self.seed}", self.label, self.note) if part)


def shortened(words: str, most: int) -> str:
    """A text cut to at most `most` letters, at a space if there is one."""
    if len(words) <= most:
        return words
    cut = textwrap.shorten(words, most, placeholder="…")
    return cut if len(cut) > most // 2 else words[: most - 1] + "…"


def day_ticks(last: int) -> list[int]:
    """Five to nine round days from 0 to the last; whole years where possible."""
    for step in (1, 2, 5, 10, 20, 30, 60, 90, 180, 365, 730, 1825, 3650, 7300):
        if last / step <= 8:
            return list(range(0, last + 1, step))
    return [0, last]


def calendar_ticks(last: int) -> tuple[str, list[tuple[float, str]]]:
    """Unit and ticks [day, label] of the upper axis: years, months, or none on a short axis."""
    unit, length = ("years", 365.25) if last >= 365 else ("months", 365.25 / 12)
    count = int(last / length + 0.01)
    if count < 1 or last < 60:
        return "", []
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if count / step <= 10)
    return unit, [(min(number * length, float(last)), str(number)) for number in range(0, count + 1, step)]


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
