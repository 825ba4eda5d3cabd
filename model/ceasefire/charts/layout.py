"""The sheet that a figure is drawn on: title, finding, footer, and axes placed in inches."""

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
"""Where plots begin, and titles with them less the tick labels [inches]."""


@dataclass(frozen=True)
class Page:
    """A figure, its size, and how far from its top and bottom edges plots may reach [inches]."""

    figure: Figure
    height: float
    top: float
    bottom: float

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Axes placed in inches, `bottom` from the foot of the page."""
        size = (left / WIDTH_INCHES, bottom / self.height, width / WIDTH_INCHES, height / self.height)
        axes: Axes = self.figure.add_axes(size)
        return axes

    def write(self, x: float, y: float, words: str, **style: Any) -> None:
        """Text at x, y inches from the lower left corner of the page."""
        self.figure.text(x / WIDTH_INCHES, y / self.height, words, **style)


def page(inner_height: float, title: str, finding: str, footer: str) -> Page:
    """A page with room of inner_height [inches] between its finding (one sentence or two) and its footer."""
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
    """Round days along the bottom, from 0 to the last; the days ticked."""
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
    """Years, or months on a short axis, along the top."""
    unit, ticks = calendar_ticks(last)
    if not ticks:
        return
    top = axes.secondary_xaxis("top")
    top.set_xticks([day for day, _ in ticks], [name for _, name in ticks])
    top.tick_params(length=3, pad=1.5, labelsize=SMALL, labelcolor=QUIET)
    top.spines["top"].set_visible(False)
    axes.annotate(unit, (0, 1), (-9, 7.5), "axes fraction", "offset points", color=QUIET, size=SMALL, ha="right")


def share_axis(axes: Axes, label: str) -> None:
    """0 to 100 % along the side."""
    axes.set_ylim(0, 1)
    axes.yaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=f"{GAP}%"))
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    axes.set_ylabel(label, color=INK, labelpad=3)


@dataclass(frozen=True)
class Caption:
    """What stands over and under a figure: its title, and what made it."""

    title: str
    label: str
    seed: int
    note: str = ILLUSTRATIVE

    def footer(self, worlds: int, each: bool = False) -> str:
        """What made the figure, for the bottom line; `each` when every curve has that many worlds."""
        seen = f"{worlds:,} {'world' if worlds == 1 else 'worlds'}{' each' if each else ''}"
        return "  ·  ".join(part for part in (seen, f"seed {self.seed}", self.label, self.note) if part)


def shortened(words: str, most: int) -> str:
    """Words cut to so many letters, at a space where there is one."""
    if len(words) <= most:
        return words
    cut = textwrap.shorten(words, most, placeholder="…")
    return cut if len(cut) > most // 2 else words[: most - 1] + "…"


def day_ticks(last: int) -> list[int]:
    """Five to nine round days from 0 to the last; years where they fit."""
    for step in (1, 2, 5, 10, 20, 30, 60, 90, 180, 365, 730, 1825, 3650):
        if last / step <= 8:
            return list(range(0, last + 1, step))
    return [0, last]


def calendar_ticks(last: int) -> tuple[str, list[tuple[float, str]]]:
    """A longer unit for the top of the axis and its ticks [day, label]: years, months, or none for a short axis."""
    unit, length = ("years", 365.25) if last >= 365 else ("months", 365.25 / 12)
    count = int(last / length + 0.01)
    if count < 1 or last < 60:
        return "", []
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if count / step <= 10)
    return unit, [(min(number * length, float(last)), str(number)) for number in range(0, count + 1, step)]


ACROSS, UP = 150, 75
"""Cells in which a plot is searched for room."""


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Centres as near to the wanted ones as labels of these heights can stand between low and high, in their order.

    The order is that of `wanted`, ties as given. When they do not fit, they overlap evenly.
    """
    if not wanted:
        return []
    order = sorted(range(len(wanted)), key=lambda label: wanted[label])
    tall = np.array([heights[label] for label in order], dtype=float)
    tall *= min(1.0, (high - low) / tall.sum())
    offset = np.cumsum(tall) - tall / 2
    slack = _falling_means(np.array([wanted[label] for label in order]) - offset)
    slack = np.clip(slack, low, high - tall.sum())
    centres = [0.0] * len(order)
    for label, centre in zip(order, slack + offset, strict=True):
        centres[label] = float(centre)
    return centres


def _falling_means(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The nearest sequence that never falls, by pooling neighbours that do."""
    pools: list[tuple[float, int]] = []
    for value in values:
        pools.append((float(value), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (left, many), (right, more) = pools[-2:]
            pools[-2:] = [((left * many + right * more) / (many + more), many + more)]
    return np.repeat([mean for mean, _ in pools], [count for _, count in pools])


class Occupancy:
    """Which parts of a plot are taken; positions and sizes are shares of its width and height."""

    def __init__(self, other: Occupancy | None = None) -> None:
        """Nothing is taken, or what is taken in the other."""
        self.taken: npt.NDArray[np.bool_] = np.zeros((UP, ACROSS), dtype=bool) if other is None else other.taken.copy()

    def take_between(self, low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> None:
        """Take what lies between two lines given at ACROSS places."""
        up = (np.arange(UP)[:, None] + 0.5) / UP
        margin = 1.0 / UP
        self.taken |= (up >= low[None, :] - margin) & (up <= high[None, :] + margin)

    def take_box(self, left: float, bottom: float, width: float, height: float) -> None:
        """Take a box."""
        rows = slice(max(0, int(bottom * UP)), max(0, int(np.ceil((bottom + height) * UP))))
        self.taken[rows, max(0, int(left * ACROSS)) : max(0, int(np.ceil((left + width) * ACROSS)))] = True

    def find(self, width: float, height: float, target: tuple[float, float]) -> tuple[float, float] | None:
        """Lower left corner of the free box of that size nearest to the target, or none."""
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
    """A square of a colour, its left edge at x and its middle at y [inches]."""
    corner = (x / WIDTH_INCHES, (y - size / 2) / sheet.height)
    width, height = size / WIDTH_INCHES, size / sheet.height
    square = Rectangle(corner, width, height, facecolor=colour, edgecolor=QUIET, linewidth=0.5)
    square.set_transform(sheet.figure.transFigure)
    sheet.figure.add_artist(square)


def key_line(sheet: Page, x: float, y: float, title: str, colours: Mapping[str, str]) -> float:
    """A title, then a square and a word for each colour, from x to the right; returns where it ends [inches]."""
    x += _write(sheet, x, y, title, QUIET) + 0.14
    for word, colour in colours.items():
        swatch(sheet, x, y, colour, 0.1)
        x += 0.15 + _write(sheet, x + 0.15, y, word, INK) + 0.14
    return x


def key_column(sheet: Page, x: float, top: float, title: str, colours: Mapping[str, str]) -> None:
    """A title, then a square and a word in each line below it [inches]."""
    _write(sheet, x, top, title, QUIET)
    for line, (word, colour) in enumerate(colours.items(), start=1):
        swatch(sheet, x, top - 0.145 * line, colour, 0.1)
        _write(sheet, x + 0.15, top - 0.145 * line, word, INK)


def _write(sheet: Page, x: float, y: float, words: str, colour: str) -> float:
    """Small words at x; returns their width [inches]."""
    text = sheet.figure.text(x / WIDTH_INCHES, y / sheet.height, words, size=SMALL, color=colour, va="center_baseline")
    renderer = RendererAgg(1, 1, sheet.figure.dpi)  # type: ignore[no-untyped-call]
    return float(text.get_window_extent(renderer).width / sheet.figure.dpi)
