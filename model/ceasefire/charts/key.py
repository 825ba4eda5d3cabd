"""Keys: what a colour or a mark stands for, in one line of squares and words."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.patches import Rectangle

from ceasefire.charts.page import Page
from ceasefire.charts.style import INK, QUIET, SMALL, WIDTH_INCHES


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
