"""A chart of small panels, one above the other: figures against days, years or values, as lines or as dots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ceasefire.array_types import FloatArray
from ceasefire.charts.layout import LEFT, page
from ceasefire.charts.style import BLUE, RULE, WIDTH_INCHES, house_style

HEIGHT, GAP, MOST_PANELS = 1.35, 0.6, 6


@dataclass(frozen=True)
class Panel:
    """`up` against `across`, with the names of both axes; `joined` by a line, or dots."""

    names: tuple[str, str]
    across: FloatArray
    up: FloatArray
    joined: bool = False


@house_style()
def panels_chart(panels: Sequence[Panel], title: str, finding: str, footer: str) -> Figure:
    """The first MOST_PANELS panels; the finding says how many are left out. ValueError for no panel."""
    if not panels:
        raise ValueError("no panels: there is nothing to draw")
    shown, rest = panels[:MOST_PANELS], len(panels) - MOST_PANELS
    more = f" {rest:,} more columns are not shown." if rest > 0 else ""
    sheet = page(len(shown) * (HEIGHT + GAP), title, finding + more, footer, "Panels")
    for place, panel in enumerate(shown):
        bottom = sheet.bottom + 0.45 + (len(shown) - 1 - place) * (HEIGHT + GAP)
        axes = sheet.axes(LEFT, bottom, WIDTH_INCHES - LEFT - 0.3, HEIGHT)
        axes.plot(panel.across, panel.up, "-" if panel.joined else "o", color=BLUE, markersize=3.5, gid="figures")
        axes.set_xlabel(panel.names[0], labelpad=2)
        axes.set_ylabel(panel.names[1], labelpad=3)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(4))
        axes.grid(axis="y", color=RULE, linewidth=0.5)
    return sheet.figure
