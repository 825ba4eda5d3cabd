"""Chart of the cumulative incidence of each cause, stacked on the share of worlds that still hold."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ceasefire.analysis.survival import EndingCause, Incidence
from ceasefire.array_types import FloatArray
from ceasefire.charts.layout import LEFT, Caption, Page, calendar_axis, day_axis, page, share_axis, spread, swatch
from ceasefire.charts.step_curves import axis_end, corners, drawn_days
from ceasefire.charts.style import CAUSE_COLOURS, INK, PAPER, QUIET, TEXT, WIDTH_INCHES, house_style
from ceasefire.wording import ending_in_a_sentence, ending_words, whole_percent

PLOT_HEIGHT, PLOT_WIDTH = 3.4, 4.05
POINTS = 250
"""Largest number of steps of each layer, which keeps the file small."""

LINE = 0.148
"""Line height of a label [inches]."""

HELD = EndingCause("held")
OTHERS = "others"
RARE = 0.015
"""Share of worlds below which an actor has no layer of its own."""


@house_style()
def causes_chart(
    incidence: Incidence,
    caption: Caption,
    *,
    actor_titles: Mapping[str, str] | None = None,
    horizon: int | None = None,
) -> Figure:
    """Shares ended by each cause, stacked on the share that still holds up to 100 %, with names at the right.

    `actor_titles` are the readers' names of the actors, for an incidence by actor. The axis ends at the horizon
    [days], or earlier when no world holds long before.
    """
    titles = actor_titles or {}
    last = axis_end([incidence.holding], horizon)
    layers = {HELD: incidence.holding, **_merged(incidence)}
    names = {ending: textwrap.wrap(ending_words(*ending, titles), 24) for ending in layers if layers[ending][-1] > 0}
    height = max(PLOT_HEIGHT, sum(_height(name) for name in names.values()))
    sheet = page(height + 0.8, caption.title, _finding(incidence, titles), caption.footer(incidence.worlds))
    bottom = sheet.bottom + 0.5
    axes = sheet.axes(LEFT, bottom, PLOT_WIDTH, height)
    share_axis(axes, "share of worlds")
    day_axis(axes, last)
    calendar_axis(axes, last)
    axes.grid(False)
    colours = _colours(list(layers))
    _stack(axes, layers, colours, last)
    _name_layers(sheet, {ending: float(layers[ending][-1]) for ending in names}, names, colours, (bottom, height))
    return sheet.figure


def _height(name: list[str]) -> float:
    """Height of a label [inches]."""
    return LINE * len(name) + 0.06


def _merged(incidence: Incidence) -> dict[EndingCause, FloatArray]:
    """The layers: the endings, with two or more rare actors of a cause joined into one."""
    rare = [ending for ending, share in incidence.by_ending.items() if ending.actor and share[-1] < RARE]
    many = {ending.cause for ending in rare if sum(other.cause == ending.cause for other in rare) > 1}
    layers: dict[EndingCause, FloatArray] = {}
    for ending, share in incidence.by_ending.items():
        layer = ending
        if ending in rare and ending.cause in many:
            all_rare = all(other in rare for other in incidence.by_ending if other.cause == ending.cause)
            layer = EndingCause(ending.cause, "" if all_rare else OTHERS)
        layers[layer] = layers[layer] + share if layer in layers else share
    return layers


def _colours(endings: list[EndingCause]) -> dict[EndingCause, str]:
    """The colour of each cause; further actors of one cause in paler shades."""
    colours: dict[EndingCause, str] = {}
    for ending in endings:
        paler = min(0.75, 0.3 * sum(other.cause == ending.cause for other in colours))
        mixed = (1 - paler) * np.array(to_rgb(CAUSE_COLOURS[ending.cause])) + paler
        colours[ending] = to_hex((float(mixed[0]), float(mixed[1]), float(mixed[2])))
    return colours


def _stack(axes: Axes, layers: Mapping[EndingCause, FloatArray], colours: Mapping[EndingCause, str], last: int) -> None:
    """The stacked layers with white lines between them; the edge of the holding share is dark."""
    days = drawn_days(last, *layers.values(), points=POINTS)
    over = bool(layers[HELD][-1] <= 0)
    floor = corners(days, np.zeros_like(layers[HELD]), last, over, start=0.0)[1]
    for ending, share in layers.items():
        x, height = corners(days, share, last, over, start=float(ending == HELD))
        top = np.minimum(1.0, floor + height)
        gid = " ".join(filter(None, ending))
        axes.fill_between(x, floor, top, step="post", facecolor=colours[ending], linewidth=0, gid=gid)
        edge = INK if ending == HELD else PAPER
        axes.step(x, top, where="post", color=edge, linewidth=1.4 if ending == HELD else 0.7, clip_on=ending != HELD)
        floor = top


def _name_layers(
    sheet: Page,
    final: Mapping[EndingCause, float],
    names: Mapping[EndingCause, list[str]],
    colours: Mapping[EndingCause, str],
    plot: tuple[float, float],
) -> None:
    """At the right, the last share, colour and name of each layer, as near to the layer as possible.

    `plot` is the lower edge of the plot on the page, and its height [inches].
    """
    bottom, height = plot
    tops = np.cumsum(list(final.values()))
    middles = [float(top - share / 2) * height for top, share in zip(tops, final.values(), strict=True)]
    centres = spread(middles, [_height(name) for name in names.values()], -0.05, height + 0.15)
    edge = LEFT + PLOT_WIDTH
    for ending, middle, centre in zip(final, middles, centres, strict=True):
        y, share = bottom + centre, whole_percent(final[ending])
        _leader(sheet, (edge + 0.03, bottom + middle), (edge + 0.2, y))
        swatch(sheet, edge + 0.22, y, colours[ending])
        sheet.write(edge + 0.84, y, share, size=TEXT, weight="bold", ha="right", va="center")
        sheet.write(edge + 0.92, y, "\n".join(names[ending]), size=TEXT, va="center", linespacing=1.15)


def _leader(sheet: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A thin line from a layer to its name [inches]."""
    x, y = ([start[at] / size, end[at] / size] for at, size in enumerate((WIDTH_INCHES, sheet.height)))
    sheet.figure.add_artist(Line2D(x, y, color=QUIET, linewidth=0.6, transform=sheet.figure.transFigure))


def _finding(incidence: Incidence, titles: Mapping[str, str]) -> str:
    """The commonest ending in a sentence."""
    end, held = int(incidence.days[-1]), float(incidence.holding[-1])
    if not incidence.by_ending:
        return f"Nothing ends the deal in any world through day {end:,}."
    ending, share = max(incidence.by_ending.items(), key=lambda item: float(item[1][-1]))
    rest = f"{whole_percent(held)} still hold" if held > 0 else "none still holds"
    words = ending_in_a_sentence(*ending, titles)
    return f"Commonest end by day {end:,}: {words}, {whole_percent(float(share[-1]))} of worlds; {rest}."
