"""Chart of a posterior: the prior range and the posterior interval of each free parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from ceasefire.charts.layout import page
from ceasefire.charts.style import BAND_EDGE, BLUE, INK, PAPER, QUIET, RULE, SMALL, TEXT, house_style, readable
from ceasefire.wording import significant

ROW = 0.235
LEFT, WIDTH = 2.3, 2.8
HEAD, FOOT = 0.28, 0.12
PRIOR, VAGUE = "#E3EDF5", "#8A8A8A"


@dataclass(frozen=True)
class PosteriorRow:
    """Prior range and posterior 5, 50 and 95 % points of a parameter; positions are 0 to 1 within the range."""

    name: str
    low: float
    high: float
    after: tuple[float, float, float]
    positions: tuple[float, float, float]
    informed: bool


@house_style()
def posterior_chart(parameters: Sequence[PosteriorRow], title: str, finding: str, footer: str) -> Figure:
    """A row for each parameter: the prior range as a band with the 90 % interval and the median, as marks and numbers.

    Parameters that the data hardly inform are grey. ValueError for none.
    """
    if not parameters:
        raise ValueError("no parameters to show")
    sheet = page(HEAD + ROW * len(parameters) + FOOT, title, finding, footer, "Ranges")
    top = sheet.height - sheet.top - HEAD
    axes = sheet.axes(LEFT, top - ROW * len(parameters), WIDTH, ROW * len(parameters))
    axes.set_xlim(0, 1)
    axes.set_ylim(len(parameters) - 0.5, -0.5)
    axes.axis("off")
    for place, parameter in enumerate(parameters):
        y = top - ROW * (place + 0.5)
        colour = BLUE if parameter.informed else VAGUE
        axes.barh(place, 1, 0.6, color=PRIOR, edgecolor=BAND_EDGE, linewidth=0.5, gid="prior")
        low, middle, high = parameter.positions
        axes.plot([low, high], [place] * 2, color=colour, linewidth=3.2, solid_capstyle="butt", gid="interval")
        axes.plot([middle], [place], "o", color=colour, markersize=6, markeredgecolor=PAPER, gid="median")
        sheet.write(0.14, y, parameter.name, size=TEXT - 0.5, color=INK if parameter.informed else QUIET, va="center")
        sheet.write(LEFT - 0.08, y, significant(parameter.low), size=SMALL, color=QUIET, ha="right", va="center")
        after = [significant(value) for value in parameter.after]
        end = LEFT + WIDTH + 0.06
        sheet.write(end, y, significant(parameter.high), size=SMALL, color=QUIET, va="center")
        ink = readable(colour)
        sheet.write(end + 1.15, y, after[1], size=SMALL, weight="bold", color=ink, ha="right", va="center")
        sheet.write(end + 1.2, y, f"{after[0]} to {after[2]}", size=SMALL, color=QUIET, va="center")
    for share in (0, 0.25, 0.5, 0.75, 1):
        axes.axvline(share, color=RULE, linewidth=0.5, zorder=0)
    sheet.write(LEFT, top + 0.1, "range before", size=SMALL, color=QUIET)
    sheet.write(LEFT + WIDTH + 2.26, top + 0.1, "median, 90 % after", size=SMALL, color=QUIET, ha="right")
    return sheet.figure
