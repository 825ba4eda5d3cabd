"""Chart of survival curves: the share of worlds still holding by day, with bands of chance and doubt."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from ceasefire.analysis.bands_over_draws import CurveBands
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.survival import SurvivalCurve
from ceasefire.charts.layout import (
    ACROSS,
    LEFT,
    Caption,
    Occupancy,
    Page,
    band,
    page,
    share_axis,
    spread,
)
from ceasefire.charts.names import told_apart
from ceasefire.charts.step_curves import at_end, axis_end, band_by_cell, corners, drawn_days
from ceasefire.charts.style import (
    BAND_EDGE,
    CHANCE_BAND,
    COMPARISON_COLOURS,
    COMPARISON_DASHES,
    DOUBT_BAND,
    INK,
    PAPER,
    QUIET,
    SMALL,
    TEXT,
    WIDTH_INCHES,
    house_style,
    readable,
)
from ceasefire.charts.time_axis import TimeAxis, ends_early
from ceasefire.wording import GAP, share_of_worlds, span_words, whole_percent

PLOT_HEIGHT = 3.05
END_MARGIN, END_MARGIN_COMPARED = 1.24, 1.8
"""Margin at the right for the last value of a curve, and for its name as well [inches]."""

ROW = 0.155
"""Line height of the at-risk table [inches]."""

HALO = [withStroke(linewidth=2.2, foreground=PAPER)]


@dataclass(frozen=True)
class Plot:
    """The plot on its page: axes, days across, width and lower edge [inches], and the occupied cells."""

    axes: Axes
    time: TimeAxis
    width: float
    bottom: float
    room: Occupancy

    @property
    def last(self) -> int:
        """The last day of the axis."""
        return self.time.last


@house_style()
def survival_chart(
    curves: SurvivalCurve | Mapping[str, SurvivalCurve],
    doubt: CurveBands | None,
    caption: Caption,
    *,
    assumed: int | None = None,
    horizon: int | None = None,
    verdict: str = "",
    finding: str = "",
) -> Figure:
    """One curve with its bands, or up to six named curves; with the at-risk table below.

    With `doubt`, the main line is the mean over draws of the assumed numbers, and the curve of the values as written
    is a thin line; `verdict` says why the draws cannot be told apart, if so. `assumed` is the number of assumed numbers
    drawn for the doubt band, `finding` the sentence below the title.

    The axis ends at the horizon [days], or earlier when all curves and the band are at zero
    long before; it is logarithmic where half of the worlds end in its first tenth. ValueError for no curve or more
    than six.
    """
    named = curves if isinstance(curves, Mapping) else {"": curves}
    if not 1 <= len(named) <= len(COMPARISON_COLOURS):
        raise ValueError(f"{len(named)} curves: a chart shows 1 to {len(COMPARISON_COLOURS)}")
    edges = [curve.surviving for curve in named.values()] + ([doubt.high] if doubt is not None else [])
    last = axis_end(edges, horizon)
    below = 0.5 + ROW * (len(named) + 1)
    footer = caption.footer(_fewest(named), each=len(named) > 1)
    sheet = page(PLOT_HEIGHT + below + 0.3, caption.title, finding or _finding(named), footer, "Curves")
    shown = [doubt.mean] if doubt is not None else [curve.surviving for curve in named.values()]
    time = TimeAxis(last, caption.start, ends_early(shown, last))
    plot = _plot(sheet, time, below, compared=len(named) > 1)
    if doubt is not None:
        _draw_doubt(plot, doubt)
    for number, curve in enumerate(named.values()):
        _draw_curve(plot, curve, number, alone=len(named) == 1, thin=doubt is not None)
    if doubt is not None:
        _draw_mean(plot, doubt)
    if len(named) == 1 and _fewest(named) > 1:
        _mark_median(plot, next(iter(named.values())).median if doubt is None else _half(doubt), doubt is not None)
    if doubt is not None:
        _name_doubt(plot, doubt, next(iter(named.values())), assumed)
    _name_chance(plot, named, "thin: as written," if doubt is not None else "band:")
    if doubt is None:
        _name_ends(sheet, plot, named)
    else:
        _name_both_ends(sheet, plot, next(iter(named.values())), doubt, verdict)
    _at_risk_table(sheet, plot, named, "Worlds as written that" if doubt is not None else "Worlds that")
    return sheet.figure


def _plot(sheet: Page, time: TimeAxis, below: float, compared: bool) -> Plot:
    """Empty axes of days and shares."""
    width = WIDTH_INCHES - LEFT - (END_MARGIN_COMPARED if compared else END_MARGIN)
    bottom = sheet.bottom + below
    axes = sheet.axes(LEFT, bottom, width, PLOT_HEIGHT)
    share_axis(axes, "worlds still holding")
    time.below(axes)
    time.above(axes)
    return Plot(axes, time, width, bottom, Occupancy())


def _fewest(named: Mapping[str, SurvivalCurve]) -> int:
    """Number of worlds of a curve; the smallest if curves differ."""
    return min(curve.worlds for curve in named.values())


def _draw_doubt(plot: Plot, doubt: CurveBands) -> None:
    """The band of doubt."""
    over = bool(doubt.high[-1] == 0)
    days = drawn_days(plot.time, doubt.low, doubt.high)
    x, low = corners(days, doubt.low, plot.last, over)
    _, high = corners(days, doubt.high, plot.last, over)
    band(plot.axes, x, low, high, DOUBT_BAND, gid="doubt", step="post")


def _draw_mean(plot: Plot, doubt: CurveBands) -> None:
    """The mean curve over draws."""
    days = drawn_days(plot.time, doubt.mean)
    x, share = corners(days, doubt.mean, plot.last, bool(doubt.mean[-1] == 0))
    line: dict[str, Any] = {"color": COMPARISON_COLOURS[0], "linewidth": 1.8, "clip_on": False, "zorder": 3.5}
    plot.axes.step(x, share, where="post", gid="mean", **line)
    plot.room.take_between(*band_by_cell(doubt.mean - 0.01, doubt.mean + 0.01, plot.time))


def _half(doubt: CurveBands) -> int | None:
    """The day on which the mean curve over draws falls to one half."""
    below = np.flatnonzero(doubt.mean <= 0.5)
    return int(below[0]) if below.size else None


def _draw_curve(plot: Plot, curve: SurvivalCurve, number: int, alone: bool, thin: bool = False) -> None:
    """A curve and its band of chance; thin for the values as written beside the mean over draws."""
    over = bool(curve.surviving[-1] == 0)
    days = drawn_days(plot.time, curve.surviving, curve.low, curve.high)
    x, share = corners(days, curve.surviving, plot.last, over)
    low, high = (corners(days, edge, plot.last, over)[1] for edge in (curve.low, curve.high))
    colour = COMPARISON_COLOURS[number]
    face, edge, alpha = (CHANCE_BAND, BAND_EDGE, 1.0) if alone else (colour, readable(colour), 0.2)
    band(plot.axes, x, low, high, face, edge, gid=f"chance-{number}", step="post", alpha=alpha)
    dashes = COMPARISON_DASHES[number]
    line: dict[str, Any] = {
        "color": INK if thin else colour,
        "linewidth": 0.9 if thin else 1.8,
        "linestyle": dashes,
        "zorder": 3,
    }
    line["clip_on"] = False
    plot.axes.step(x, share, where="post", gid=f"curve-{number}", **line)
    plot.room.take_between(*band_by_cell(curve.low, curve.high, plot.time))


def _extent(text: Text) -> tuple[float, float]:
    """Width and height of a text, as shares of its axes."""
    assert text.axes is not None
    renderer = RendererAgg(1, 1, text.axes.figure.dpi)  # type: ignore[no-untyped-call]
    box, frame = text.get_window_extent(renderer), text.axes.bbox
    return float(box.width / frame.width), float(box.height / frame.height)


def _text(plot: Plot, words: str) -> Text:
    """Text on the plot; its position, in shares of width and height, is set later."""
    return plot.axes.text(
        0, 0, words, transform=plot.axes.transAxes, size=TEXT, color=INK, linespacing=1.15, zorder=5, path_effects=HALO
    )


def _mark_median(plot: Plot, day: int | None, avoid: bool) -> None:
    """Dotted lines at the median of the main line, with the day as text, which may `avoid` what is drawn."""
    if day is None or day > plot.last:
        return
    plot.axes.plot([0, day, day], [0.5, 0.5, 0], color=INK, linewidth=0.9, linestyle=":", zorder=4, gid="median")
    words = _text(plot, f"median: {day:,} {'day' if day == 1 else 'days'}")
    width, height = _extent(words)
    share = plot.time.place(day)
    at_right = share + width + 0.05 < 1
    x, y = (share + 0.015, 0.515) if at_right else (share - width - 0.015, 0.02)
    if avoid:
        box = (width + 0.03, height + 0.05)
        free = plot.room.find(*box, (x + width / 2, y + height / 2))
        x, y = (free[0] + 0.015, free[1] + 0.025) if free is not None else (x, y)
    words.set_position((x, y))
    plot.room.take_box(x - 0.01, y - 0.02, width + 0.02, height + 0.04)
    plot.room.take_box(0, 0.49, share, 0.02)
    plot.room.take_box(share - 0.005, 0, 0.01, 0.5)


def _name_doubt(plot: Plot, doubt: CurveBands, curve: SurvivalCurve, assumed: int | None) -> None:
    """Label the band of doubt: inside it, or next to it when it is too narrow."""
    number = f"{assumed:,} numbers drawn" if assumed else "assumed numbers"
    variants = (
        f"wide: doubt about\nthe {number} (90 %)",
        f"wide: doubt about\nthe {number}\n(90 %)",
    )
    inside, outside = Occupancy(plot.room), Occupancy(plot.room)
    inside.take_between(np.full(ACROSS, -1.0), band_by_cell(doubt.low, doubt.low, plot.time)[1])
    inside.take_between(band_by_cell(doubt.high, doubt.high, plot.time)[0], np.full(ACROSS, 2.0))
    outside.take_between(*band_by_cell(doubt.low, doubt.high, plot.time))
    targets = _points_in_doubt_band(doubt, curve, plot.time)
    inner = any(_label(plot, words, targets[:1], inside, leader=False) for words in variants)
    if not inner:
        _label(plot, variants[0], targets, outside)


def _points_in_doubt_band(doubt: CurveBands, curve: SurvivalCurve, time: TimeAxis) -> list[tuple[float, float]]:
    """Points inside the band of doubt and outside that of chance, the widest gap first."""
    low, high = band_by_cell(doubt.low, doubt.high, time)
    thin_low, thin_high = band_by_cell(curve.low, curve.high, time)
    gaps = [
        (float(top[place] - foot[place]), (place + 0.5) / ACROSS, float(top[place] + foot[place]) / 2)
        for foot, top in ((thin_high, high), (low, thin_low))
        for place in range(2, ACROSS - 2, 4)
    ]
    widest = max(gap for gap, *_ in gaps)
    return [(x, y) for gap, x, y in sorted(gaps, reverse=True) if gap >= widest / 3]


def _name_both_ends(sheet: Page, plot: Plot, curve: SurvivalCurve, doubt: CurveBands, verdict: str) -> None:
    """At the right, the last value of the mean over draws, with its band, and that of the values as written."""
    day = min(plot.last, len(doubt.days) - 1)
    share, low, high = (float(edge[day]) for edge in (doubt.mean, doubt.low, doubt.high))
    words = f"{whole_percent(share)} hold\non day {day:,}"
    written = f"as written:\n{_share_of_worlds(curve, curve.at(day))}"
    span = f"{span_words(Interval(share, low, high), whole_percent)}\nin 90{GAP}% of draws"
    if verdict:
        span = "draws not told\napart from chance"
    ends = [share * PLOT_HEIGHT, curve.at(day) * PLOT_HEIGHT]
    looks = (
        {"color": COMPARISON_COLOURS[0], "size": TEXT, "weight": "bold"},
        {"color": INK, "size": SMALL},
    )
    centres = spread(ends, [0.72, 0.36], -0.1, PLOT_HEIGHT + 0.1)
    x = LEFT + plot.width + 0.08
    for number, (text, centre, look) in enumerate(zip((words, written), centres, looks, strict=True)):
        up = 0.16 if number == 0 else 0.0
        sheet.write(x, plot.bottom + centre + up, text, va="center", linespacing=1.15, gid=f"end-{number}", **look)
    sheet.write(x, plot.bottom + centres[0] - 0.19, span, va="center", linespacing=1.15, size=SMALL, color=QUIET)


def _share_of_worlds(curve: SurvivalCurve, share: float) -> str:
    """A share of worlds: as a count where all or none hold."""
    return share_of_worlds(share, curve.worlds)


def _name_chance(plot: Plot, named: Mapping[str, SurvivalCurve], which: str) -> None:
    """Label the band of chance."""
    worlds = _fewest(named)
    words = f"{which} chance in {worlds:,} worlds{' each' if len(named) > 1 else ''} (95 %)"
    if worlds == 1:
        words = f"{which} chance in one world (95 %)"
    targets = [target for curve in named.values() for target in _points_on_curve_band(curve, plot.time)]
    _label(plot, words, targets, plot.room) or _label(plot, words, targets, Occupancy())


def _points_on_curve_band(curve: SurvivalCurve, time: TimeAxis) -> list[tuple[float, float]]:
    """Points on the band of a curve where it is wide, away from the ends of the axis."""
    low, high = band_by_cell(curve.low, curve.high, time)
    inner = range(ACROSS // 8, ACROSS * 7 // 8, 3)
    widest = max(high[place] - low[place] for place in inner)
    middles = time.days_at((np.arange(ACROSS) + 0.5) / ACROSS)
    days = {place: min(int(middles[place]), len(curve.days) - 1) for place in inner}
    return [
        ((place + 0.5) / ACROSS, float(curve.low[days[place]] + curve.high[days[place]]) / 2)
        for place in inner
        if high[place] - low[place] >= widest * 0.6
    ]


def _label(
    plot: Plot, words: str, targets: Sequence[tuple[float, float]], room: Occupancy, leader: bool = True
) -> bool:
    """Write a label in the free space nearest to one of the targets; False when there is none."""
    text = _text(plot, words)
    width, height = _extent(text)
    box = (width + 0.03, height + 0.05)
    candidates = [(room.find(*box, target), target) for target in targets]
    places = [(corner, target) for corner, target in candidates if corner is not None]
    if not places:
        text.remove()
        return False
    corner, target = min(places, key=lambda place: _distance(place[0], box, place[1]))
    x, y = corner[0] + 0.015, corner[1] + 0.025
    text.set_position((x, y))
    plot.room.take_box(*corner, *box)
    if leader:
        _leader_line(plot, words, (x, y, width, height), target)
    return True


def _leader_line(plot: Plot, words: str, box: tuple[float, float, float, float], target: tuple[float, float]) -> None:
    """A thin line from the label to its target; it starts at the nearer line of the text."""
    x, y, width, height = box
    lines = words.split("\n")
    above = y > target[1]
    reach = width * len(lines[-1 if above else 0]) / max(len(line) for line in lines)
    start = min(max(target[0], x), x + reach), (y - 0.01 if above else y + height + 0.01)
    ends = [[start[0], target[0]], [start[1], target[1]]]
    plot.axes.plot(*ends, transform=plot.axes.transAxes, color=QUIET, linewidth=0.7, zorder=4, gid="leader")


def _distance(corner: tuple[float, float], box: tuple[float, float], target: tuple[float, float]) -> float:
    """Distance from the centre of a box to its target."""
    return float(np.hypot(corner[0] + box[0] / 2 - target[0], corner[1] + box[1] / 2 - target[1]))


def _name_ends(sheet: Page, plot: Plot, named: Mapping[str, SurvivalCurve]) -> None:
    """At the right, the share of each curve on the last day."""
    texts = ["\n".join([*textwrap.wrap(name, 19), _end_words(curve, plot.last)]) for name, curve in named.items()]
    ends = [at_end(curve, plot.last) * PLOT_HEIGHT for curve in named.values()]
    heights = [0.15 * text.count("\n") + 0.23 for text in texts]
    centres = spread(ends, heights, -0.1, PLOT_HEIGHT + 0.1)
    for number, (text, centre) in enumerate(zip(texts, centres, strict=True)):
        style = {"color": COMPARISON_COLOURS[number], "size": TEXT, "weight": "bold", "linespacing": 1.15}
        sheet.write(LEFT + plot.width + 0.08, plot.bottom + centre, text, va="center", gid=f"end-{number}", **style)


def _end_words(curve: SurvivalCurve, last: int) -> str:
    """The last value of a curve in words."""
    day = last if curve.surviving[-1] == 0 else min(last, int(curve.days[-1]))
    return f"{whole_percent(at_end(curve, last))} hold\non day {day:,}"


def _at_risk_table(sheet: Page, plot: Plot, named: Mapping[str, SurvivalCurve], which: str) -> None:
    """Risk set under each tick: worlds that still held when the day began."""
    top = plot.bottom - 0.54
    sheet.write(0.14, top, f"{which} held when the day began", size=SMALL, color=QUIET, va="center")
    names = told_apart(list(named), 24)
    for number, (name, curve) in enumerate(zip(names, named.values(), strict=True)):
        y, colour = top - ROW * (number + 1), COMPARISON_COLOURS[number]
        for day in plot.axes.get_xticks():
            x, text = LEFT + plot.width * plot.time.place(day), f"{curve.still_holding(int(day)):,}"
            sheet.write(x, y, text, size=SMALL, color=colour, ha="center", va="center", gid=f"at-risk-{number}")
        sheet.write(LEFT + plot.width + 0.24, y, name, size=SMALL, color=colour, va="center")


def _finding(named: Mapping[str, SurvivalCurve]) -> str:
    """The finding of curves alone: the share that holds to the end, with chance; of several, the most and the least."""
    if len(named) == 1:
        return _single_finding(next(iter(named.values())))
    ranked = sorted(named, key=lambda name: -float(named[name].surviving[-1]))
    most, least = (f"{name}, {_held_words(named[name])}" for name in (ranked[0], ranked[-1]))
    return f"Most hold with {most}; fewest with {least}."


def _held_words(curve: SurvivalCurve) -> str:
    """The share that holds through the last day, with its interval."""
    span = span_words(Interval(0, float(curve.low[-1]), float(curve.high[-1])), whole_percent)
    return f"{whole_percent(float(curve.surviving[-1]))} through day {int(curve.days[-1]):,} (95{GAP}%: {span})"


def _single_finding(curve: SurvivalCurve) -> str:
    """The finding of one curve without doubt."""
    end, left = int(curve.days[-1]), float(curve.surviving[-1])
    if curve.worlds == 1:
        return f"The one world {'holds through' if left else 'ends on'} day {end:,}."
    span = span_words(Interval(0, float(curve.low[-1]), float(curve.high[-1])), whole_percent)
    held = f"{share_of_worlds(left, curve.worlds)} worlds" if left in (0, 1) else f"{whole_percent(left)} of worlds"
    return f"{held} hold through day {end:,} (95{GAP}%, chance: {span})."
