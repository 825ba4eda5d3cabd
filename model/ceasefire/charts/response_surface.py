"""Charts of an outcome over one or two factors: lines, a grid of cells, and a phase diagram with contours."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import PercentFormatter, StrMethodFormatter

from ceasefire.array_types import FloatArray
from ceasefire.charts.layout import LEFT, Caption, band, page, spread
from ceasefire.charts.names import told_apart
from ceasefire.charts.style import (
    COMPARISON_COLOURS,
    COMPARISON_DASHES,
    INK,
    PAPER,
    QUIET,
    RULE,
    SMALL,
    WIDTH_INCHES,
    contrast,
    house_style,
    readable,
)  # fmt: skip
from ceasefire.wording import GAP, whole_percent

WIDTH, HEIGHT = 4.9, 3.7
PHASE_COLOURS = "cividis"
"""A colour scale that can be read with colour blindness and in grey."""

CONTOURS = {0.25: 1.0, 0.5: 2.8, 0.75: 1.0}
"""Contour levels (shares) and their line widths [points]."""

MOST_CONTOURS_WRITTEN = 100
"""Largest number of cells with the value written in each."""


@dataclass(frozen=True)
class Field:
    """An outcome over two parameters: `values` (rows, columns) for each pair of `down` and `across`, both increasing.

    `own` is the scenario's own pair (across, down), if it is in the field. Unknown values are not a number.
    """

    across: Sequence[float]
    down: Sequence[float]
    values: FloatArray
    across_words: str
    down_words: str
    own: tuple[float, float] | None = None
    unclear: FloatArray | None = None
    """1 where a cell cannot be told from the scenario as it is, 0 where it can; the shape of `values`."""


@house_style()
def phase_chart(
    field: Field, caption: Caption, finding: str, *, figure: str, made_of: str, shares: bool = True
) -> Figure:
    """A cell for each pair of settings, coloured by the outcome; for shares, contours, that of one half in bold.

    `figure` names the outcome, as 'holds past day 365'. ValueError when there are fewer than two settings in either
    direction, they do not increase, or no cell is known.
    """
    across, down, values = (np.asarray(each, dtype=float) for each in (field.across, field.down, field.values))
    _check(across, down, values)
    footer = "  ·  ".join(part for part in (made_of, f"seed {caption.seed}", caption.label, caption.note) if part)
    known = values[np.isfinite(values)]
    above = f" {_above_half(int((known >= 0.5).sum()), len(known), _plural(figure))}" if shares else ""
    sheet = page(HEIGHT + 0.8, caption.title, finding + above, footer, "Heat map")
    axes = sheet.axes(LEFT + 0.2, sheet.bottom + 0.55, WIDTH, HEIGHT)
    low, high = _limits(values, shares)
    mesh = axes.pcolormesh(
        _edges(across), _edges(down), values, cmap=PHASE_COLOURS, vmin=low, vmax=high, shading="flat"
    )
    if shares:
        _contours(axes, across, down, values)
    if field.unclear is not None and np.nan_to_num(field.unclear).any():
        _hatch(axes, across, down, np.asarray(field.unclear, dtype=float))
    if values.size <= MOST_CONTOURS_WRITTEN:
        _write_chances(axes, across, down, values, (low, high), shares)
    _name_axes(axes, field, across, down)
    if field.own is not None:
        _mark_own(axes, field.own)
    sheet.write(LEFT + 0.2, sheet.bottom + 0.1, _phase_key(field, values, shares), size=SMALL, color=QUIET, va="center")
    box = sheet.axes(LEFT + 0.2 + WIDTH + 0.2, sheet.bottom + 0.55, 0.16, HEIGHT)
    scale = Colorbar(box, mesh)
    scale.outline.set_visible(False)
    form = PercentFormatter(1, decimals=0, symbol=f"{GAP}%") if shares else StrMethodFormatter("{x:,g}")
    box.yaxis.set_major_formatter(form)
    box.tick_params(labelsize=SMALL, length=2)
    box.set_ylabel(figure, labelpad=4, size=SMALL)
    return sheet.figure


def _limits(values: FloatArray, shares: bool) -> tuple[float, float]:
    """Ends of the colour scale; for shares, multiples of 0.1 that are at least 0.2 apart."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if not shares:
        return low, max(high, low + 1e-9)
    low, high = np.floor(low * 10) / 10, np.ceil(high * 10) / 10
    while high - low < 0.2:
        low, high = max(0.0, low - 0.1), min(1.0, high + 0.1)
    return float(low), float(high)


def _check(across: FloatArray, down: FloatArray, values: FloatArray) -> None:
    if len(across) < 2 or len(down) < 2:
        raise ValueError("a phase diagram needs at least two settings of each of two numbers")
    if (np.diff(across) <= 0).any() or (np.diff(down) <= 0).any():
        raise ValueError("the settings of a phase diagram must increase")
    if values.shape != (len(down), len(across)):
        raise ValueError(f"values of shape {values.shape} for {len(down)} by {len(across)} settings")
    if not np.isfinite(values).any():
        raise ValueError("no cell is known: every point failed")


def _edges(settings: FloatArray) -> FloatArray:
    """Borders of the cells: halfway between settings, and symmetric around the first and the last setting."""
    middle = (settings[:-1] + settings[1:]) / 2
    return np.concatenate([[2 * settings[0] - middle[0]], middle, [2 * settings[-1] - middle[-1]]])


def _contours(axes: Axes, across: FloatArray, down: FloatArray, values: FloatArray) -> None:
    """Contours of equal share, that of one half bold, interpolated between the settings."""
    inside = [level for level in CONTOURS if np.nanmin(values) < level < np.nanmax(values)]
    if not inside:
        return
    widths = [CONTOURS[level] for level in inside]
    lines = axes.contour(across, down, values, levels=inside, colors=PAPER, linewidths=widths)
    lines.set_path_effects([withStroke(linewidth=max(widths) + 1.2, foreground=INK)])
    lines.set_gid("contours")


def _hatch(axes: Axes, across: FloatArray, down: FloatArray, unclear: FloatArray) -> None:
    """Thin lines over the cells that cannot be told from the scenario as it is."""
    x, y = _edges(across), _edges(down)
    for row, column in zip(*np.nonzero(np.nan_to_num(unclear)), strict=True):
        size = float(x[column + 1] - x[column]), float(y[row + 1] - y[row])
        look: dict[str, Any] = {"fill": False, "hatch": "////", "edgecolor": PAPER, "linewidth": 0, "alpha": 0.55}
        axes.add_patch(Rectangle((float(x[column]), float(y[row])), *size, gid="unclear", **look))


def _write_chances(
    axes: Axes, across: FloatArray, down: FloatArray, values: FloatArray, limits: tuple[float, float], shares: bool
) -> None:
    """The value in each cell, in the colour with the greater contrast."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    low, high = limits
    for (row, column), value in np.ndenumerate(values):
        if not np.isfinite(value):
            continue
        x, y = float(across[column]), float(down[row])
        behind = to_hex(colormaps[PHASE_COLOURS]((value - low) / (high - low)))
        ink = max((INK, PAPER), key=lambda colour: contrast(colour, behind))
        words = whole_percent(value) if shares else f"{value:,.0f}"
        axes.text(
            x,
            y,
            words,
            ha="center",
            va="center",
            size=SMALL,
            color=ink,
            gid="cell",
            zorder=5,
            path_effects=[withStroke(linewidth=2.2, foreground=behind)],
        )


def _name_axes(axes: Axes, field: Field, across: FloatArray, down: FloatArray) -> None:
    axes.set_xticks(across, [f"{value:,.3g}" for value in across])
    axes.set_yticks(down, [f"{value:,.3g}" for value in down])
    axes.tick_params(length=2, labelsize=SMALL)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(field.across_words, labelpad=3)
    axes.set_ylabel(field.down_words, labelpad=3)


def _mark_own(axes: Axes, own: tuple[float, float]) -> None:
    outline = [withStroke(linewidth=4, foreground=PAPER)]
    ring = {"markersize": 26, "markerfacecolor": "none", "markeredgewidth": 1.8, "color": INK}
    axes.plot(*own, "o", path_effects=outline, gid="own", zorder=4.5, clip_on=False, **ring)  # type: ignore[arg-type]


def _phase_key(field: Field, values: FloatArray, shares: bool) -> str:
    """The meaning of the ring and the contours."""
    crossed = bool(shares and np.nanmin(values) < 0.5 < np.nanmax(values))
    lines = "bold line: one half; thin lines: a quarter, three quarters" if crossed else ""
    hatched = ""
    if field.unclear is not None and np.nan_to_num(field.unclear).any():
        hatched = "hatched: not told from the scenario as it is"
    return "     ".join(part for part in ("○ the scenario as it is" if field.own else "", lines, hatched) if part)


def _above_half(above: int, cells: int, holds: str) -> str:
    """In how many cells at least half of the worlds hold."""
    if above == cells:
        return f"In every cell at least half of the worlds {holds}."
    if above == 0:
        return f"There is no cell in which at least half of the worlds {holds}."
    return f"In {above} of {cells} cells at least half of the worlds {holds}."


def _plural(figure: str) -> str:
    """'holds past day 365' in the plural."""
    return figure.replace("holds", "hold", 1).replace("ended", "are ended", 1)


PLOT_HEIGHT = 3.1
NAMES_WIDTH = 1.75
NAME_LINE = 0.15


@dataclass(frozen=True)
class Line:
    """Values of a factor and the outcome at each, with its 95 % limits; all of the same length."""

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
    """Up to six named lines with their bands. `axes_words` name the factor and the outcome.

    `as_it_is` marks the scenario's own value on the factor's axis; `shares`: the outcome is a share of worlds.
    ValueError for no line or more than six.
    """
    if not 1 <= len(lines) <= len(COMPARISON_COLOURS):
        raise ValueError(f"{len(lines)} lines: a chart shows 1 to {len(COMPARISON_COLOURS)}")
    footer = "  ·  ".join(part for part in (made_of, f"seed {caption.seed}", caption.label, caption.note) if part)
    sheet = page(PLOT_HEIGHT + 0.85, caption.title, finding, footer, "Lines")
    names = NAMES_WIDTH if len(lines) > 1 else 0.35
    axes = sheet.axes(LEFT, sheet.bottom + 0.52, WIDTH_INCHES - LEFT - names, PLOT_HEIGHT)
    for number, (name, line) in enumerate(lines.items()):
        colour = COMPARISON_COLOURS[number]
        band(axes, line.x, line.low, line.high, colour, readable(colour), gid="chance", alpha=0.2)
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
        place: dict[str, Any] = {"xytext": (0, 2), "textcoords": "offset points", "ha": "center", "va": "bottom"}
        axes.annotate("as it is", (as_it_is, axes.get_ylim()[1]), size=SMALL, color=QUIET, **place)
    if len(lines) > 1:
        low, high = axes.get_ylim()
        ends = [(float(line.value[-1]) - low) / (high - low) * PLOT_HEIGHT for line in lines.values()]
        wrapped = [textwrap.wrap(name, 22) for name in told_apart(list(lines), 55)]
        centres = spread(ends, [NAME_LINE * len(words) + 0.04 for words in wrapped], 0, PLOT_HEIGHT)
        for number, (words, centre) in enumerate(zip(wrapped, centres, strict=True)):
            x, y = WIDTH_INCHES - names + 0.12, sheet.bottom + 0.52 + centre
            sheet.write(x, y, "\n".join(words), size=SMALL, color=COMPARISON_COLOURS[number], va="center")
    return sheet.figure


CELL_HEIGHT, LEAST_HEIGHT, MOST_HEIGHT = 0.42, 1.2, 4.2
CELLS_LEFT, RIGHT = 1.5, 0.5
MOST_WRITTEN = 120
"""Largest number of cells with the value written in each."""

FIELD_COLOURS = "cividis"
"""A colour scale that can be read with colour blindness and in grey."""


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
    """A cell for each pair of settings, coloured by `table` (rows, columns), with the value written if cells are few.

    The first row is at the bottom. `axes_words` name the factors of columns and rows. `own` is the scenario's own
    position, in steps from the first column and row. A cell that is not a number stays blank.
    """
    height = float(np.clip(CELL_HEIGHT * len(rows), LEAST_HEIGHT, MOST_HEIGHT))
    footer = "  ·  ".join(part for part in (made_of, f"seed {caption.seed}", caption.label, caption.note) if part)
    sheet = page(height + 0.85, caption.title, finding, footer, "Heat map")
    axes = sheet.axes(CELLS_LEFT, sheet.bottom + 0.55, WIDTH_INCHES - CELLS_LEFT - RIGHT, height)
    low, high = _limits(table, shares)
    image = axes.imshow(table, origin="lower", aspect="auto", cmap=FIELD_COLOURS, vmin=low, vmax=max(high, low + 1e-9))
    axes.set_xticks(range(len(columns)), columns)
    axes.set_yticks(range(len(rows)), rows)
    axes.tick_params(length=0, labelsize=SMALL)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(axes_words[0], labelpad=3)
    axes.set_ylabel(axes_words[1], labelpad=3)
    if table.size <= MOST_WRITTEN:
        _write_cells(axes, table, shares, (low, high))
    else:
        sheet.figure.colorbar(image, ax=axes)
    if own is not None:
        outline = [withStroke(linewidth=3, foreground=PAPER)]
        ring = {"markersize": 26, "markerfacecolor": "none", "markeredgewidth": 1.8, "color": INK}
        axes.plot(*own, "o", path_effects=outline, gid="own", clip_on=False, **ring)  # type: ignore[arg-type]
        sheet.write(CELLS_LEFT, sheet.bottom + 0.08, "○ the scenario as it is", size=SMALL, color=QUIET)
    return sheet.figure


def _write_cells(
    axes: Axes, table: np.ndarray[Any, np.dtype[np.float64]], shares: bool, limits: tuple[float, float]
) -> None:
    """The value in each cell, dark on light cells and light on dark cells."""
    low, high = limits
    for (row, column), figure in np.ndenumerate(table):
        if np.isnan(figure):
            continue
        words = whole_percent(float(figure)) if shares else f"{figure:,.0f}"
        dark = (figure - low) / max(high - low, 1e-9) < 0.55
        axes.text(column, row, words, ha="center", va="center", size=SMALL, color=PAPER if dark else INK)
