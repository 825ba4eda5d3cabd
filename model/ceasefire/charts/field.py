"""The phase diagram: an outcome over two factors at once, as a field of cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from ceasefire.charts.layout import Caption, page
from ceasefire.charts.style import INK, PAPER, QUIET, SMALL, WIDTH_INCHES, house_style
from ceasefire.wording import GAP

CELL_HEIGHT, LEAST_HEIGHT, MOST_HEIGHT = 0.42, 1.2, 4.2
LEFT, RIGHT = 1.5, 0.5
MOST_WRITTEN = 120
"""Cells in which the figure is written out."""

COLOURS = "cividis"
"""Reads alike for people who do not see red or green, and in grey."""


@house_style()
def field_chart(
    table: np.ndarray[Any, np.dtype[np.float64]],
    columns: Sequence[str],
    rows: Sequence[str],
    caption: Caption,
    finding: str,
    axes_words: tuple[str, str],
    made_of: str,
    *,
    shares: bool = False,
    own: tuple[float, float] | None = None,
) -> Figure:
    """A cell for each pair of settings, the figure of `table` (rows, columns) as colour and written where it fits.

    The first row is lowest. `axes_words` name the factors of columns and rows. `own` is where the scenario itself
    stands, in steps from the first column and row. Not a number: the cell stays blank.
    """
    height = float(np.clip(CELL_HEIGHT * len(rows), LEAST_HEIGHT, MOST_HEIGHT))
    footer = "  ·  ".join(part for part in (made_of, f"seed {caption.seed}", caption.label, caption.note) if part)
    sheet = page(height + 0.85, caption.title, finding, footer)
    axes = sheet.axes(LEFT, sheet.bottom + 0.55, WIDTH_INCHES - LEFT - RIGHT, height)
    low, high = (0.0, 1.0) if shares else (float(np.nanmin(table)), float(np.nanmax(table)))
    image = axes.imshow(table, origin="lower", aspect="auto", cmap=COLOURS, vmin=low, vmax=max(high, low + 1e-9))
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0, labelsize=SMALL)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(axes_words[0], labelpad=3)
    axes.set_ylabel(axes_words[1], labelpad=3)
    if table.size <= MOST_WRITTEN:
        _write(axes, table, shares, (low, high))
    else:
        sheet.figure.colorbar(image, ax=axes)
    if own is not None:
        outline = [withStroke(linewidth=3, foreground=PAPER)]
        ring = {"markersize": 26, "markerfacecolor": "none", "markeredgewidth": 1.8, "color": INK}
        axes.plot(*own, "o", path_effects=outline, gid="own", clip_on=False, **ring)  # type: ignore[arg-type]
        sheet.write(LEFT, sheet.bottom + 0.08, "○ the scenario as it is", size=SMALL, color=QUIET)
    return sheet.figure


def _write(axes: Axes, table: np.ndarray[Any, np.dtype[np.float64]], shares: bool, limits: tuple[float, float]) -> None:
    """The figure in each cell, dark on light and light on dark."""
    low, high = limits
    for (row, column), figure in np.ndenumerate(table):
        if np.isnan(figure):
            continue
        words = f"{figure * 100:.0f}{GAP}%" if shares else f"{figure:,.0f}"
        dark = (figure - low) / max(high - low, 1e-9) < 0.55
        axes.text(column, row, words, ha="center", va="center", size=SMALL, color=PAPER if dark else INK)
