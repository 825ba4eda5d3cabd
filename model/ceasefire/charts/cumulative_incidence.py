"""Chart of the cumulative incidence of each cause: a panel for each, all on one scale, with a line and its band."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from ceasefire.analysis.causes_over_draws import CauseCurve, CauseCurves
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.survival import EndingCause
from ceasefire.charts.layout import LEFT, Caption, Page, band, page
from ceasefire.charts.style import CAUSE_COLOURS, INK, QUIET, RULE, SMALL, TEXT, house_style, readable
from ceasefire.charts.time_axis import TimeAxis, ends_early
from ceasefire.wording import GAP, ending_in_a_sentence, ending_words, share_of_worlds, span_words, whole_percent

PLOT_WIDTH = 3.55
TALLEST = 1.5
"""Height of the tallest panel; all panels have one scale [inches]."""

POINTS = 250
"""Largest number of steps of each line, which keeps the file small."""

LINE = 0.148
"""Line height of a label [inches]."""

BETWEEN = 0.12
"""Space between panels [inches]."""

LEAST_TOP = 0.05
"""Least share at the top of the tallest panel."""

SHOWN = 0.01
"""Share of worlds, over draws or as written, from which a cause has a panel of its own."""

MOST_PANELS = 7


@house_style()
def causes_chart(
    causes: CauseCurves,
    caption: Caption,
    finding: str,
    *,
    actor_titles: Mapping[str, str] | None = None,
    horizon: int,
) -> Figure:
    """A panel for each cause, on one scale: the share of worlds that it had ended by each day, with its band.

    With draws, a line is the mean over draws, its band the middle 90 %, and the dashed line the values as written;
    otherwise the values as written with the band of chance (95 %). `actor_titles` are the readers' names of the
    actors; the axis ends at the horizon [days].
    """
    still = 1.0 - np.sum([each.main for each in causes.curves], axis=0) if causes.curves else np.ones(1)
    time = TimeAxis(horizon, caption.start, ends_early([still], horizon))
    titles, drawn = actor_titles or {}, causes.mean_holding is not None
    shown = [each for each in causes.curves if max(each.main[-1], each.written[-1]) >= SHOWN][:MOST_PANELS]
    shown = shown or list(causes.curves[:1])
    rare = [each for each in causes.curves if each not in shown]
    labels = [_label(each, titles, causes.worlds) for each in shown]
    reach = max([LEAST_TOP, *(float(max(each.band[1][-1], each.main[-1], each.written[-1])) for each in shown)])
    scale = TALLEST / min(1.0, 1.04 * reach)
    heights = [max(_own_height(each, scale), _label_height(label)) for each, label in zip(shown, labels, strict=True)]
    low = 0.52 + 0.14 * bool(rare)
    inner = (sum(heights) or TALLEST / 2) + BETWEEN * max(0, len(heights) - 1) + low + 0.5
    sheet = page(inner, caption.title, finding, caption.footer(causes.worlds), "Lines")
    y = sheet.height - sheet.top - 0.46
    sheet.write(LEFT, y + 0.3, _key(drawn), size=SMALL, color=QUIET, va="center")
    colours = _colours([each.ending for each in shown])
    for place, (curve, label, height, colour) in enumerate(zip(shown, labels, heights, colours, strict=True)):
        y -= height + BETWEEN * bool(place)
        axes = sheet.axes(LEFT, y, PLOT_WIDTH, height)
        _panel(axes, curve, colour, height / scale, time)
        if place == 0:
            time.above(axes)
        _name(sheet, curve, label, y + height, colour)
    if not shown:
        axes = sheet.axes(LEFT, y - TALLEST / 2, PLOT_WIDTH, TALLEST / 2)
        _scale(axes, LEAST_TOP, time)
        time.above(axes)
        none = f"{share_of_worlds(0, causes.worlds)} worlds ended"
        sheet.write(LEFT + PLOT_WIDTH + 0.12, y - TALLEST / 2, none, size=TEXT)
    axes.tick_params(axis="x", labelbottom=True)
    axes.set_xlabel(time.words, labelpad=2)
    if rare:
        words = textwrap.shorten(_rare_words(rare, titles), 118, placeholder=" …")
        sheet.write(0.14, sheet.bottom + 0.06, words, size=SMALL, color=QUIET, va="center")
    return sheet.figure


def _own_height(curve: CauseCurve, scale: float) -> float:
    """Height that a cause needs on the common scale [inches]."""
    return scale * min(1.0, 1.04 * float(max(curve.band[1][-1], curve.main[-1], curve.written[-1])))


def _key(drawn: bool) -> str:
    if drawn:
        return f"line: mean over draws; band: 90{GAP}% of draws; dashed: numbers as written"
    return f"line: numbers as written; band: chance (95{GAP}%)"


def _panel(axes: Axes, curve: CauseCurve, colour: str, top: float, time: TimeAxis) -> None:
    """The line of a cause, its band, and the values as written."""
    last = len(curve.main) - 1
    days = np.unique(
        np.append(time.days_at(np.linspace(0, time.place(last), min(POINTS, last + 1))).astype(np.int64), last)
    )
    gid, look = " ".join(filter(None, curve.ending)), {"where": "post", "clip_on": False}
    low, high = (edge[days] for edge in curve.band)
    band(axes, days, low, high, colour, _darker(colour), gid=f"band {gid}", alpha=0.22)
    axes.step(days, curve.main[days], color=_darker(colour), linewidth=1.9, gid=gid, **look)  # type: ignore[arg-type]
    if curve.mean is not None:
        dashed = {"color": INK, "linewidth": 0.8, "linestyle": (0, (4, 2)), "gid": f"written {gid}"}
        axes.step(days, curve.written[days], **look, **dashed)  # type: ignore[arg-type]
    _scale(axes, top, time)


def _scale(axes: Axes, top: float, time: TimeAxis) -> None:
    """The scales of a panel."""
    axes.set_ylim(0, top)
    axes.yaxis.set_major_locator(MaxNLocator(max(1, round(4 * top / 0.5)), steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0 if top > 0.04 else 1, symbol=f"{GAP}%"))
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    time.below(axes, label=False)
    axes.tick_params(axis="x", labelbottom=False)


def _label(curve: CauseCurve, titles: Mapping[str, str], worlds: int) -> tuple[list[str], list[str]]:
    """The lines of a cause's name, and those of its intervals."""
    return textwrap.wrap(ending_words(*curve.ending, titles), 28), _interval_words(curve, worlds)


def _label_height(label: tuple[list[str], list[str]]) -> float:
    return LINE * len(label[0]) + 0.125 * len(label[1])


def _name(sheet: Page, curve: CauseCurve, label: tuple[list[str], list[str]], top: float, colour: str) -> None:
    """At the right of its panel, the last share of a cause, its name, and its intervals."""
    x, name = LEFT + PLOT_WIDTH + 0.12, label[0]
    look = {"size": TEXT, "va": "top", "linespacing": 1.15}
    share = whole_percent(float(curve.main[-1]))
    sheet.write(x, top, share, weight="bold", color=_darker(colour), **look)
    sheet.write(x + 0.5, top, "\n".join(name), **look)
    rest = {"size": SMALL, "color": QUIET, "va": "top", "linespacing": 1.15}
    sheet.write(x + 0.5, top - 0.01 - LINE * len(name), "\n".join(label[1]), **rest)


def _rare_words(rare: Sequence[CauseCurve], titles: Mapping[str, str]) -> str:
    """The causes without a panel, in a line."""
    words = [
        f"{ending_in_a_sentence(*each.ending, titles)} (at most {whole_percent(float(each.band[1][-1]))})"
        for each in rare
    ]
    return f"Under {whole_percent(SHOWN)} each: {'; '.join(words)}"


def _darker(colour: str) -> str:
    """The colour of a line on white: yellow and other pale colours are darkened."""
    return readable(colour)


def _colours(endings: Sequence[EndingCause]) -> list[str]:
    """The colour of each cause; further actors of one cause in paler shades."""
    colours: list[str] = []
    for place, ending in enumerate(endings):
        paler = min(0.6, 0.3 * sum(other.cause == ending.cause for other in endings[:place]))
        mixed = (1 - paler) * np.array(to_rgb(CAUSE_COLOURS[ending.cause])) + paler
        colours.append(to_hex((float(mixed[0]), float(mixed[1]), float(mixed[2]))))
    return colours


def _interval_words(curve: CauseCurve, worlds: int) -> list[str]:
    """The interval of the last share, and the share as written where the line is the mean over draws."""
    chance = Interval(0, float(curve.chance_low[-1]), float(curve.chance_high[-1]))
    if curve.mean is None or curve.low is None or curve.high is None:
        return [f"chance: {span_words(chance, whole_percent)}"]
    draws = Interval(0, float(curve.low[-1]), float(curve.high[-1]))
    written = share_of_worlds(float(curve.written[-1]), worlds)
    return [
        f"90{GAP}% of draws: {span_words(draws, whole_percent)}",
        f"as written: {written}",
        f"(chance: {span_words(chance, whole_percent)})",
    ]
