"""Chart of one decision: the terms of the actor's utility (pulls) for each rung of its ladder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ceasefire.analysis.decisions import HABIT, INTENT, LEASH, PREPARATION, REST, WORD, Pulls
from ceasefire.charts.layout import Caption, Page, page, shortened, swatch
from ceasefire.charts.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PAPER,
    PURPLE,
    QUIET,
    RULE,
    SKY,
    SMALL,
    TEXT,
    VERMILLION,
    YELLOW,
    contrast,
    house_style,
)
from ceasefire.wording import RUNG_WORDS, signed_number, whole_percent

LEFT, WIDTH, ROW, GAP = 1.35, 5.0, 0.52, 0.14
LINE = 0.185
"""Line height of the key [inches]."""

MOTIVE_COLOURS = (VERMILLION, BLUE, GREEN, ORANGE, PURPLE, SKY, YELLOW, "#8C564B", "#1B3A5C", "#7FBF7B")
HOLD_COLOURS = {WORD: "#3F3F3F", LEASH: "#6E6E6E", PREPARATION: "#949494", HABIT: "#B8B8B8", INTENT: "#D4D4D4"}
OTHER = "#E9E9E9"
MOST_PARTS = 10
OTHERS = "everything else"
NOTHING = 1e-6


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
    """For each rung, the utility relative to the old rung, term by term, its sum, and the choice probability.

    Terms in favour of a rung are right of the line, terms against it left; the diamond is the sum.
    """
    rungs = RUNG_WORDS[choice.ladder]
    steps = _differences(pulls, choice)
    key = _lines(len(steps)) * LINE + 0.12
    inner = 0.3 + (ROW + GAP) * len(rungs) + 0.5 + key
    sheet = page(inner, caption.title, _finding(pulls, choice, steps), caption.footer(1))
    top = sheet.height - sheet.top - 0.3
    height = (ROW + GAP) * len(rungs)
    axes = sheet.axes(LEFT, top - height, WIDTH, height)
    colours = _colours(steps)
    for place in range(len(rungs)):
        rung = len(rungs) - 1 - place
        _stack(axes, place, {name: by_rung[rung] for name, by_rung in steps.items()}, colours)
        _name_rung(sheet, top - (ROW + GAP) * (place + 0.5), rungs[rung], rung, choice, pulls)
    _frame(axes, len(rungs))
    sheet.write(LEFT - 0.12, top + 0.1, "rung", size=SMALL, color=QUIET, ha="right", va="center")
    sheet.write(LEFT + WIDTH + 0.12, top + 0.1, "chance", size=SMALL, color=QUIET, va="center")
    _key(sheet, steps, colours, choice, top - height - 0.62)
    return sheet.figure


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


def _colours(steps: Mapping[str, Sequence[float]]) -> dict[str, str]:
    """Greys for the other terms; colours for motives, the largest first."""
    colours, number = {}, 0
    for name in steps:
        if name in HOLD_COLOURS:
            colours[name] = HOLD_COLOURS[name]
        elif name in (OTHERS, REST):
            colours[name] = OTHER
        else:
            colours[name] = MOTIVE_COLOURS[number % len(MOTIVE_COLOURS)]
            number += 1
    return colours


def _stack(axes: Axes, place: int, parts: Mapping[str, float], colours: Mapping[str, str]) -> None:
    """Terms in favour right of the line, terms against it left, and their sum as a diamond."""
    right = left = 0.0
    for number, (name, step) in enumerate(parts.items(), start=1):
        if abs(step) <= NOTHING:
            continue
        start = right if step > 0 else left + step
        look: dict[str, Any] = {"color": colours[name], "edgecolor": PAPER, "linewidth": 0.8, "gid": f"part {name}"}
        axes.barh(place, abs(step), ROW / (ROW + GAP), left=start, **look)
        _number(axes, start + abs(step) / 2, place, number, colours[name], abs(step))
        right, left = (right + step, left) if step > 0 else (right, left + step)
    total = sum(parts.values())
    axes.plot([total], [place + 0.39], "D", color=INK, markersize=6, markeredgecolor=PAPER, zorder=5, gid="sum")


def _number(axes: Axes, x: float, place: int, number: int, colour: str, width: float) -> None:
    """The term's number in the key; _frame removes it again where it does not fit."""
    ink = max((INK, PAPER), key=lambda each: contrast(each, colour))
    axes.text(x, place, str(number), size=SMALL, color=ink, ha="center", va="center", gid=f"number {width:.9f}")


def _frame(axes: Axes, rungs: int) -> None:
    """Scale, zero line and grid; removes the numbers that do not fit into their segments."""
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.use_sticky_edges = False
    axes.autoscale_view()
    axes.set_ylim(rungs - 0.4, -0.5)
    axes.axvline(0, color=INK, linewidth=1.0, zorder=4)
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(lambda value, _: signed_number(value, 2 if high - low < 0.7 else 1))
    axes.set_xlabel("utility relative to the old rung  (left: against, right: in favour; ◆ sum)", labelpad=2)
    for text in list(axes.texts):
        width = float(str(text.get_gid()).split()[1]) * WIDTH / (high - low)
        if width < 0.085 * len(text.get_text()) + 0.04:
            text.remove()


def _name_rung(sheet: Page, y: float, word: str, rung: int, choice: Choice, pulls: Pulls) -> None:
    """The rung's name at the left, marked as old or chosen; its probability at the right."""
    role = "chosen" if rung == choice.new else "before" if rung == choice.old else ""
    weight = "bold" if rung == choice.new else "normal"
    sheet.write(LEFT - 0.12, y + (0.07 if role else 0), word, size=TEXT, weight=weight, ha="right", va="center")
    if role:
        sheet.write(LEFT - 0.12, y - 0.09, role, size=SMALL - 0.5, color=QUIET, ha="right", va="center")
    chance = whole_percent(float(pulls.chances[rung]))
    sheet.write(LEFT + WIDTH + 0.12, y, chance, size=TEXT, weight=weight, va="center")


def _lines(parts: int) -> int:
    """Number of lines of a key in two columns."""
    return -(-parts // 2)


def _key(
    sheet: Page, steps: Mapping[str, Sequence[float]], colours: Mapping[str, str], choice: Choice, top: float
) -> None:
    """The terms by number, each with its value for the chosen rung."""
    lines = _lines(len(steps))
    for number, (name, by_rung) in enumerate(steps.items()):
        x, y = 0.2 + 3.65 * (number // lines), top - LINE * (number % lines)
        swatch(sheet, x, y, colours[name], 0.12)
        title = choice.titles.get(name, name)
        sheet.write(x + 0.19, y, f"{number + 1}  {shortened(title, 42)}", size=SMALL + 0.3, va="center_baseline")
        step = signed_number(by_rung[choice.new], 2)
        sheet.write(x + 3.42, y, step, size=SMALL + 0.3, color=QUIET, ha="right", va="center_baseline")


def _finding(pulls: Pulls, choice: Choice, steps: Mapping[str, Sequence[float]]) -> str:
    """The actor, both rungs, the probability, and the largest terms in favour and against."""
    rungs = RUNG_WORDS[choice.ladder]
    text = f"{choice.when}: {choice.actor}, from {rungs[choice.old]} to {rungs[choice.new]}"
    text += f" (chance {whole_percent(float(pulls.chances[choice.new]))})."
    own = {choice.titles.get(n, n): by_rung[choice.new] for n, by_rung in steps.items() if n not in (OTHERS, REST)}
    most, least = (pick(own, key=lambda name: own[name], default="") for pick in (max, min))
    if most and own[most] > 0:
        text += f" Most for it: {shortened(most, 60)} ({signed_number(own[most], 2)})."
    if least and own[least] < 0:
        text += f" Most against: {shortened(least, 60)} ({signed_number(own[least], 2)})."
    return text
