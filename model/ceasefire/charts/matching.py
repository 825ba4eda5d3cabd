"""Chart of matching: where what was counted lies among simulated histories, a row for each pattern."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from ceasefire.charts.layout import page
from ceasefire.charts.style import BLUE, INK, PAPER, QUIET, RULE, SMALL, TEXT, VERMILLION, house_style
from ceasefire.wording import significant

ROW = 0.24
LEFT, WIDTH = 2.75, 2.5
HEAD, FOOT = 0.3, 0.34
USUAL = (0.05, 0.95)
BAND = "#E3EDF5"


@dataclass(frozen=True)
class MatchRow:
    """A pattern: its name, what was counted, 5, 50 and 95 % of histories, and the share of histories below it."""

    name: str
    counted: float
    worlds: tuple[float, float, float]
    below: float


@house_style()
def matching_chart(rows: Sequence[MatchRow], title: str, finding: str, footer: str) -> Figure:
    """A mark for each pattern at the share of histories below it; filled within the middle 90 %, hollow outside.

    ValueError for none.
    """
    if not rows:
        raise ValueError("no patterns to show")
    sheet = page(HEAD + ROW * len(rows) + FOOT, title, finding, footer, "Dots")
    top = sheet.height - sheet.top - HEAD
    axes = sheet.axes(LEFT, top - ROW * len(rows), WIDTH, ROW * len(rows))
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.axvspan(*USUAL, color=BAND, zorder=0, gid="middle 90 %")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlabel("histories with less", labelpad=1)
    for place, row in enumerate(rows):
        usual = USUAL[0] <= row.below <= USUAL[1]
        colour = BLUE if usual else VERMILLION
        axes.plot([row.below], [place], "o", color=colour, markersize=7, gid="counted",
                  markerfacecolor=colour if usual else PAPER, markeredgewidth=1.6)  # fmt: skip
        axes.axhline(place, color=RULE, linewidth=0.5, zorder=0)
        y = top - ROW * (place + 0.5)
        sheet.write(0.14, y, row.name, size=TEXT - 0.5, color=INK, va="center")
        low, middle, high = (significant(value) for value in row.worlds)
        end = LEFT + WIDTH + 0.12
        sheet.write(end + 0.45, y, significant(row.counted), size=SMALL, weight="bold", ha="right", va="center")
        sheet.write(end + 0.6, y, f"{middle}  ({low} to {high})", size=SMALL, color=QUIET, va="center")
    end = LEFT + WIDTH + 0.12
    sheet.write(end + 0.45, top + 0.1, "counted", size=SMALL, color=QUIET, ha="right")
    sheet.write(end + 0.6, top + 0.1, "histories, 90 %", size=SMALL, color=QUIET)
    return sheet.figure
