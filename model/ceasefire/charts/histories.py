"""A sample of single worlds side by side: no two lives of the same deal are alike."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ceasefire.charts.key import key_line
from ceasefire.charts.page import Page, page
from ceasefire.charts.panels import (
    bin_days,
    count_axis,
    deaths_strip,
    life_axis,
    life_in_words,
    mark_end,
    mark_talks,
    posture_strip,
    violations_strip,
)
from ceasefire.charts.style import (
    DEATH_COLOURS,
    QUIET,
    RUNG_COLOURS,
    SMALL,
    TEXT,
    VIOLATION_COLOURS,
    house_style,
)
from ceasefire.charts.words import DEATH_WORDS, RUNG_WORDS, VIOLATION_WORDS, Caption, day_ticks

if TYPE_CHECKING:
    from ceasefire.experiment.history import History

COLUMNS = 2
CELL_WIDTH, CELL_LEFT, CELL_STEP = 2.62, 1.08, 3.2
ROW, VIOLATIONS, DEATHS, GAP = 0.13, 0.5, 0.42, 0.07
HEAD, FOOT, KEYS = 0.4, 0.3, 0.62
"""Sizes within a cell, and of the keys under all cells [inches]."""

MOST = 8


@house_style()
def histories_chart(histories: Sequence[History], caption: Caption) -> Figure:
    """Up to eight worlds, two in a row, on one scale of days and of counts.

    For each: postures of those who fight, violations by kind and deaths; triangles are talks, a line is the end.
    ValueError for no world or more than eight.
    """
    if not 1 <= len(histories) <= MOST:
        raise ValueError(f"{len(histories)} worlds: the chart shows 1 to {MOST}")
    last = max(max(history.days_held, len(history.days), 1) for history in histories)
    fighting = [actor for actor in histories[0].actors if histories[0].ladders[actor] == "force"]
    strip = ROW * len(fighting)
    cell = HEAD + strip + GAP + VIOLATIONS + GAP + DEATHS + FOOT
    rows = -(-len(histories) // COLUMNS)
    finding = f"{len(histories)} of the worlds. Counts are by {_period_word(last)}; all on the same scales."
    sheet = page(rows * cell + KEYS, caption.title, finding, _footer(histories, caption))
    panels: dict[str, list[tuple[Axes, float]]] = {"violations": [], "deaths": []}
    for number, history in enumerate(histories):
        left = CELL_LEFT + CELL_STEP * (number % COLUMNS)
        top = sheet.height - sheet.top - cell * (number // COLUMNS)
        _head(sheet, history, left, top)
        _cell(sheet, history, fighting, (left, top - HEAD), last, panels)
    for group in panels.values():
        highest = max(height for _, height in group)
        for axes, _ in group:
            count_axis(axes, highest)
    _keys(sheet, last)
    return sheet.figure


def _footer(histories: Sequence[History], caption: Caption) -> str:
    """The worlds shown, by number, before the rest of the caption."""
    numbers = ", ".join(str(history.world) for history in histories)
    return f"worlds {numbers}  ·  " + caption.footer(len(histories)).split("  ·  ", 1)[1]


def _period_word(days: int) -> str:
    """What counts are by."""
    return "day" if bin_days(days) == 1 else "week"


def _head(sheet: Page, history: History, left: float, top: float) -> None:
    """Which world it is, and its life in words."""
    said = "\n".join(textwrap.wrap(life_in_words(history), 46)[:2])
    sheet.write(left, top - 0.02, f"World {history.world:,}", size=TEXT - 0.5, weight="bold", va="top")
    sheet.write(left, top - 0.155, said, size=SMALL - 0.5, color=QUIET, va="top", linespacing=1.1)


def _cell(
    sheet: Page,
    history: History,
    fighting: Sequence[str],
    corner: tuple[float, float],
    last: int,
    panels: dict[str, list[tuple[Axes, float]]],
) -> None:
    """The three strips of one world, from its upper left corner down [inches]."""
    left, top = corner
    first = left == CELL_LEFT
    strip = sheet.axes(left, top - ROW * len(fighting), CELL_WIDTH, ROW * len(fighting))
    names = [_short(history.actor_titles[actor]) if first else "" for actor in fighting]
    posture_strip(strip, history, fighting, names)
    strip.tick_params(axis="y", labelsize=SMALL - 0.5)
    mark_talks(strip, history, 1.06, size=9)
    violations_foot = top - ROW * len(fighting) - GAP - VIOLATIONS
    violations = sheet.axes(left, violations_foot, CELL_WIDTH, VIOLATIONS)
    deaths = sheet.axes(left, violations_foot - GAP - DEATHS, CELL_WIDTH, DEATHS)
    period = bin_days(last)
    panels["violations"].append((violations, violations_strip(violations, history, period)))
    panels["deaths"].append((deaths, deaths_strip(deaths, history, period)))
    for axes in (strip, violations, deaths):
        life_axis(axes, last, day_ticks(last) if axes is deaths else None)
        axes.tick_params(axis="x", labelsize=SMALL - 0.5, pad=2)
        mark_end(axes, history)
    for axes, words in ((violations, "violations"), (deaths, "deaths")):
        axes.tick_params(axis="y", labelsize=SMALL - 0.5, length=2, pad=2)
        if first:
            axes.set_ylabel(words, rotation=0, ha="right", va="center", size=SMALL - 0.5, labelpad=22)


def _short(title: str) -> str:
    """A title that fits beside a thin row."""
    return textwrap.shorten(title, 17, placeholder="…") if len(title) > 17 and " " in title else title[:17]


def _keys(sheet: Page, last: int) -> None:
    """What colours and marks mean, under the cells."""
    y = sheet.bottom + 0.42
    rungs = dict(zip(RUNG_WORDS["force"], RUNG_COLOURS["force"], strict=True))
    end = key_line(sheet, 0.14, y, "posture", rungs)
    marks = "▼ talks     | the deal ends     days since the deal began"
    sheet.write(end + 0.1, y, marks, size=SMALL, va="center_baseline")
    kinds = {VIOLATION_WORDS[kind]: colour for kind, colour in VIOLATION_COLOURS.items()}
    end = key_line(sheet, 0.14, y - 0.18, f"violations a {_period_word(last)}", kinds)
    deaths = {DEATH_WORDS[who]: colour for who, colour in DEATH_COLOURS.items()}
    key_line(sheet, 0.14, y - 0.36, f"deaths a {_period_word(last)}", deaths)
