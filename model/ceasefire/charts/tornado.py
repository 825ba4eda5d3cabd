"""The tornado: how far an outcome swings when one thing after another is set otherwise, the widest swing on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ceasefire.analysis.estimates import Interval
from ceasefire.charts.layout import Caption, Page, page, shortened, swatch
from ceasefire.charts.rows import ROW_HEIGHT, Band, Row, fair_limits, name_rows, rows_axes
from ceasefire.charts.style import BLUE, ORANGE, PAPER, QUIET, SMALL, house_style, readable
from ceasefire.wording import signed_days

LEFT, WIDTH = 2.76, 2.95
HEAD, FOOT = 0.3, 0.5
MOST_ROWS = 30

LOWEST, HIGHEST, BETWEEN = ORANGE, BLUE, "#8A8A8A"
"""Colours of a factor's lowest, highest and other settings."""


@dataclass(frozen=True)
class Swing:
    """What the settings of one factor, lowest first, do to the outcome: differences from the scenario, with 95 %."""

    title: str
    settings: tuple[tuple[str, Interval], ...]

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the most difference, nothing among them."""
        values = [0.0, *(found.value for _, found in self.settings)]
        return min(values), max(values)

    @property
    def width(self) -> float:
        """How far it swings."""
        low, high = self.ends
        return high - low


@house_style()
def tornado_chart(swings: Sequence[Swing], caption: Caption, *, unit: str, worlds: int) -> Figure:
    """A row for each factor: a bar over its swing, a dot with its interval for each setting.

    `unit` says what the differences are. Beyond MOST_ROWS the narrowest are left out, and said. ValueError for none.
    """
    known = [swing for swing in swings if swing.settings]
    if not known:
        raise ValueError("no factors: a tornado needs at least one with a setting")
    ranked = sorted(known, key=lambda swing: (-swing.width, swing.title))
    shown = ranked[:MOST_ROWS]
    rows = [Row(swing.title, "", Interval(0, 0, 0), None, PAPER) for swing in shown]
    finding = _finding(ranked, unit)
    sheet = page(HEAD + ROW_HEIGHT * len(rows) + FOOT, caption.title, finding, caption.footer(worlds, each=True))
    band = Band(LEFT, WIDTH, sheet.height - sheet.top - HEAD)
    limits = fair_limits([found for swing in shown for _, found in swing.settings])
    axes = rows_axes(sheet, band, rows, limits, unit, bare=True)
    name_rows(sheet, band, rows)
    for place, swing in enumerate(shown):
        _draw(axes, place, swing, limits)
        _write(sheet, band, place, swing)
    _key(sheet, band)
    return sheet.figure


def _draw(axes: Axes, place: int, swing: Swing, limits: tuple[float, float]) -> None:
    """The bar, and a dot with its interval for each setting."""
    axes.barh(place, swing.width, 0.5, left=swing.ends[0], color="#DCE3E8", zorder=1.2, gid="swing")
    for number, (_, found) in enumerate(swing.settings):
        colour = _colour(number, len(swing.settings))
        axes.plot([found.low, found.high], [place] * 2, color=colour, linewidth=2.4, solid_capstyle="butt", zorder=2)
        inside = min(max(found.value, limits[0]), limits[1])
        marker = "o" if inside == found.value else "<" if found.value < inside else ">"
        axes.plot([inside], [place], marker, color=colour, markersize=7, markeredgecolor=PAPER, zorder=3, gid="dot")


def _colour(number: int, count: int) -> str:
    """Orange for the lowest setting, blue for the highest; a lone setting is blue."""
    if number == count - 1:
        return HIGHEST
    return LOWEST if number == 0 else BETWEEN


def _write(sheet: Page, band: Band, place: int, swing: Swing) -> None:
    """At the right, the lowest and the highest setting with what they do."""
    y = band.top - ROW_HEIGHT * (place + 0.5)
    ends = [swing.settings[0], swing.settings[-1]] if len(swing.settings) > 1 else [swing.settings[0]]
    for line, (words, found) in enumerate(ends):
        colour = readable(_colour(0 if line == 0 and len(ends) > 1 else 1, 2))
        offset = 0.0 if len(ends) == 1 else 0.075 - 0.15 * line
        said = f"{shortened(words, 20)}: {signed_days(found.value)}"
        sheet.write(band.left + band.width + 0.15, y + offset, said, size=SMALL, color=colour, va="center")


def _key(sheet: Page, band: Band) -> None:
    y = band.top + 0.14
    for x, colour, words in ((0.0, LOWEST, "lowest setting"), (1.05, HIGHEST, "highest, or only, setting")):
        swatch(sheet, band.left + x, y, colour, 0.1)
        sheet.write(band.left + x + 0.16, y, words, size=SMALL, color=QUIET, va="center_baseline")
    sheet.write(band.left + band.width, y, "line: chance (95 %)", size=SMALL, color=QUIET, va="center_baseline")


def _finding(ranked: Sequence[Swing], unit: str) -> str:
    """Which swings most, which hardly."""
    most = ranked[0]
    low, high = most.ends
    said = f"Most hangs on {most.title}: from {signed_days(low)} to {signed_days(high)} ({unit.partition(' [')[0]})."
    calm = sum(all(found.low <= 0 <= found.high for _, found in swing.settings) for swing in ranked)
    if calm:
        said += f" {calm} of {len(ranked)} move it no more than chance might."
    if len(ranked) > MOST_ROWS:
        said += f" The {len(ranked) - MOST_ROWS} narrowest are not shown."
    return said
