"""Chart of one decision: the terms of the actor's utility (pulls) for each rung of its ladder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ceasefire.analysis.decisions import REST, Pulls
from ceasefire.charts.layout import Caption, page, shortened
from ceasefire.charts.style import (
    BLUE,
    INK,
    PAPER,
    QUIET,
    RULE,
    SMALL,
    TEXT,
    VERMILLION,
    house_style,
)
from ceasefire.wording import RUNG_WORDS, signed_number, whole_percent

LEFT, WIDTH, ROW = 2.75, 3.6, 0.205
MOST_PARTS = 14
OTHERS = "everything else"
NOTHING = 1e-6

FOR, AGAINST = BLUE, VERMILLION
"""Colours of what speaks for the chosen rung, and against it."""


@dataclass(frozen=True)
class Choice:
    """One decision for readers: actor, day, ladder, old and new rung, and titles of the motives."""

    actor: str
    when: str
    ladder: str
    old: int
    new: int
    titles: Mapping[str, str]


@house_style()
def pulls_chart(pulls: Pulls, choice: Choice, caption: Caption) -> Figure:
    """What each term adds to the chosen rung over the old one, the most in favour on top, and their sum.

    Hollow dots are restraints, filled ones motives. Below, the chance of every rung at this review.
    """
    rungs = RUNG_WORDS[choice.ladder]
    steps = _differences(pulls, choice)
    rows = sorted(steps.items(), key=lambda item: -item[1][choice.new])
    height = ROW * (len(rows) + 1)
    finding = _finding(pulls, choice, steps)
    sheet = page(height + 1.12, caption.title, finding, caption.footer(1), "Dots")
    top = sheet.height - sheet.top - 0.22
    axes = sheet.axes(LEFT, top - height, WIDTH, height)
    for place, (name, by_rung) in enumerate(rows):
        _dot(axes, place, name, by_rung[choice.new], name in pulls.motives)
        motive = choice.titles.get(name, name)
        sheet.write(LEFT - 0.1, top - ROW * (place + 0.5), shortened(motive, 42), size=SMALL, ha="right", va="center")
        value = signed_number(by_rung[choice.new], 2)
        sheet.write(LEFT + WIDTH + 0.55, top - ROW * (place + 0.5), value, size=SMALL, ha="right", va="center")
    total = pulls.utility(choice.new) - pulls.utility(choice.old)
    axes.plot([total], [len(rows)], "D", color=INK, markersize=6, zorder=5, gid="sum")
    y = top - ROW * (len(rows) + 0.5)
    sheet.write(LEFT - 0.1, y, "sum", size=TEXT, weight="bold", ha="right", va="center")
    bold = {"size": TEXT, "weight": "bold", "ha": "right", "va": "center"}
    sheet.write(LEFT + WIDTH + 0.55, y, signed_number(total, 2), **bold)
    _frame(axes, len(rows) + 1)
    chances = (f"{word} {whole_percent(float(chance))}" for word, chance in zip(rungs, pulls.chances, strict=True))
    words = f"chance at this review: {', '.join(chances)}     ● motive  ○ restraint"
    sheet.write(0.14, sheet.bottom + 0.08, words, size=SMALL, color=QUIET, va="center")
    return sheet.figure


def _dot(axes: Axes, place: int, name: str, value: float, motive: bool) -> None:
    """One term: a line from nought, and a dot."""
    colour = FOR if value > 0 else AGAINST
    axes.plot([0, value], [place, place], color=colour, linewidth=1.2, zorder=2)
    fill = colour if motive else PAPER
    axes.plot([value], [place], "o", color=colour, markerfacecolor=fill, markersize=6, zorder=3, gid=f"part {name}")


def _differences(pulls: Pulls, choice: Choice) -> dict[str, tuple[float, ...]]:
    """Each term by rung, relative to the old rung, the largest first; those beyond MOST_PARTS are joined."""
    steps = {
        name: tuple(part[rung] - part[choice.old] for rung in range(4))
        for name, part in pulls.parts.items()
        if max(abs(part[rung] - part[choice.old]) for rung in range(4)) > NOTHING
    }
    ranked = sorted(steps, key=lambda name: -max(abs(step) for step in steps[name]))
    largest, rest = ranked[:MOST_PARTS], ranked[MOST_PARTS:]
    differences = {name: steps[name] for name in largest}
    if rest:
        differences[OTHERS] = tuple(sum(steps[name][rung] for name in rest) for rung in range(4))
    return differences


def _frame(axes: Axes, rows: int) -> None:
    """Scale, zero line and grid."""
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.margins(x=0.06)
    axes.axvline(0, color=INK, linewidth=1.0, zorder=1.5)
    axes.axhline(rows - 1.5, color=RULE, linewidth=0.7)
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: signed_number(value, 2 if high - low < 0.7 else 1))
    axes.set_xlabel("utility over the old rung  (left: against, right: in favour)", labelpad=2)


def _finding(pulls: Pulls, choice: Choice, steps: Mapping[str, Sequence[float]]) -> str:
    """The actor, both rungs, the probability, and the largest terms in favour and against."""
    rungs = RUNG_WORDS[choice.ladder]
    chance = whole_percent(float(pulls.chances[choice.new]))
    text = f"{choice.when}: {choice.actor} goes from {rungs[choice.old]} to {rungs[choice.new]} (chance {chance})."
    own = {choice.titles.get(n, n): by_rung[choice.new] for n, by_rung in steps.items() if n not in (OTHERS, REST)}
    most, least = (pick(own, key=lambda name: own[name], default="") for pick in (max, min))
    if most and own[most] > 0:
        text += f" Most for it: {shortened(most, 60)} ({signed_number(own[most], 2)})."
    if least and own[least] < 0:
        text += f" Most against: {shortened(least, 60)} ({signed_number(own[least], 2)})."
    return text
