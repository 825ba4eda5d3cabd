"""Chart of a sample of single worlds of the same deal, side by side."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ceasefire.charts.layout import Caption, Page, key_line, page
from ceasefire.charts.names import told_apart
from ceasefire.charts.style import (
    DEATH_COLOURS,
    QUIET,
    RUNG_COLOURS,
    SMALL,
    TEXT,
    VIOLATION_COLOURS,
    house_style,
)
from ceasefire.charts.time_axis import TimeAxis
from ceasefire.charts.world_panels import (
    PERIODS,
    Counts,
    bin_days,
    by_side,
    count_axis,
    count_limit,
    deaths_strip,
    history_axis,
    history_in_words,
    mark_end,
    mark_talks,
    posture_strip,
    violations_strip,
)
from ceasefire.wording import DEATH_WORDS, RUNG_WORDS, VIOLATION_WORDS

if TYPE_CHECKING:
    from ceasefire.simulation.trajectory import Trajectory

COLUMNS = 2
CELL_WIDTH, CELL_LEFT, CELL_STEP = 2.62, 1.38, 3.12
ROW, VIOLATIONS, DEATHS, GAP = 0.13, 0.5, 0.42, 0.12
HEAD, FOOT, KEYS = 0.5, 0.27, 0.7
"""Sizes within a cell, and height of the keys below all cells [inches]."""

MOST, BARS, DATES = 8, 100, 5
SCALES = "All are on the same scales; counts beyond a scale are written as numbers."


class Cell(NamedTuple):
    """The axes of violations and deaths of one world, and their counts by period."""

    violations: Axes
    deaths: Axes
    fired: Counts
    died: Counts


@house_style()
def histories_chart(histories: Sequence[Trajectory], caption: Caption) -> Figure:
    """Up to eight worlds, two in a row, on one scale of days and of counts.

    For each: postures of the belligerents, violations by kind, and deaths; triangles are talks, a line is the end.
    ValueError for no world or more than eight.
    """
    if not 1 <= len(histories) <= MOST:
        raise ValueError(f"{len(histories)} worlds: the chart shows 1 to {MOST}")
    whole, last = list(histories), _last_shown(histories)
    time = TimeAxis(last, caption.start)
    histories = [_until(history, last) for history in whole]
    fighting = [actor for actor in by_side(histories[0]) if histories[0].ladders[actor] == "force"]
    cell = HEAD + ROW * len(fighting) + GAP + VIOLATIONS + GAP + DEATHS + FOOT
    inner, words = -(-len(histories) // COLUMNS) * cell + KEYS, f"{sample_finding(whole)} {SCALES}"
    if any(history.days_held > last for history in whole):
        words += f" Shown to day {last:,}; longer ones go on."
    sheet = page(inner, caption.title, words, _footer(histories, caption), "Panels")
    cells = []
    for number, (history, full) in enumerate(zip(histories, whole, strict=True)):
        left = CELL_LEFT + CELL_STEP * (number % COLUMNS)
        top = sheet.height - sheet.top - cell * (number // COLUMNS)
        _head(sheet, full, left, top)
        cells.append(_cell(sheet, history, fighting, left, top - HEAD, time))
    _share_scales(histories, cells, last)
    _keys(sheet, time)
    return sheet.figure


def sample_finding(histories: Sequence[Trajectory]) -> str:
    """How the courses differ: the shortest and the longest duration, and how many deals end."""
    held, ends = sorted(history.days_held for history in histories), sum(history.ended for history in histories)
    if len(histories) == 1:
        return f"One world of this deal: {history_in_words(histories[0])}."
    if held[0] == held[-1] and not ends:
        return f"All {len(histories)} of these single worlds hold through day {held[0]:,}."
    many = {0: "none of these ends", len(histories): f"all {len(histories)} end"}
    some = f"{ends} of these {len(histories)} {'ends' if ends == 1 else 'end'}"
    return f"The same deal takes different courses, {held[0]:,} to {held[-1]:,} days long; {many.get(ends, some)}."


def _last_shown(histories: Sequence[Trajectory]) -> int:
    """The last day: that of the longest; where two thirds end in its first tenth, three times the longest of these."""
    lengths = sorted(max(history.days_held, len(history.days), 1) for history in histories)
    early = [length for length in lengths if 10 * length <= lengths[-1]]
    if 3 * len(early) < 2 * len(lengths):
        return lengths[-1]
    return min(lengths[-1], max(7, 3 * early[-1]))


def _until(history: Trajectory, last: int) -> Trajectory:
    """The first days of a world; its end is there when it falls into them."""
    return replace(
        history,
        days=history.days[:last],
        postures={actor: rungs[:last] for actor, rungs in history.postures.items()},
        violations={kind: daily[:last] for kind, daily in history.violations.items()},
        deaths_combatant=history.deaths_combatant[:last],
        deaths_civilian=history.deaths_civilian[:last],
        talks_days=[day for day in history.talks_days if day < last],
        ended=history.ended and history.days_held <= last,
    )


def _footer(histories: Sequence[Trajectory], caption: Caption) -> str:
    """The numbers of the worlds, and the rest of the caption."""
    numbers = ", ".join(str(history.world) for history in histories)
    return f"worlds {numbers}  ·  " + caption.footer(len(histories)).split("  ·  ", 1)[1]


def _head(sheet: Page, history: Trajectory, left: float, top: float) -> None:
    """The number of the world, and how it ended."""
    text = "\n".join(textwrap.wrap(history_in_words(history), 44, max_lines=2, placeholder=" …"))
    sheet.write(left, top - 0.02, f"World {history.world:,}", size=TEXT - 0.5, weight="bold", va="top")
    sheet.write(left, top - 0.155, text, size=SMALL, color=QUIET, va="top", linespacing=1.1)


def _cell(sheet: Page, history: Trajectory, fighting: Sequence[str], left: float, top: float, time: TimeAxis) -> Cell:
    """The three panels of one world, below its upper left corner [inches]."""
    first = left == CELL_LEFT
    strip = sheet.axes(left, top - ROW * len(fighting), CELL_WIDTH, ROW * len(fighting))
    names = told_apart([history.actor_titles[actor] for actor in fighting], 18) if first else [""] * len(fighting)
    posture_strip(strip, history, fighting, names)
    mark_talks(strip, history, -0.85, size=9)
    foot = top - ROW * len(fighting) - GAP - VIOLATIONS
    violations = sheet.axes(left, foot, CELL_WIDTH, VIOLATIONS)
    deaths = sheet.axes(left, foot - GAP - DEATHS, CELL_WIDTH, DEATHS)
    last = time.last
    period = bin_days(last, BARS)
    fired, died = violations_strip(violations, history, period), deaths_strip(deaths, history, period)
    for axes in (strip, violations, deaths):
        history_axis(axes, last, time.ticks() if axes is deaths else None)
        if axes is deaths and (dates := time.dates(DATES)):
            axes.set_xticks([day for day, _ in dates], [name for _, name in dates])
        axes.tick_params(axis="both", labelsize=SMALL, pad=2)
        mark_end(axes, history)
    if first:
        for axes, words in ((violations, "violations"), (deaths, "deaths")):
            axes.set_ylabel(words, rotation=0, ha="right", va="center", size=SMALL, labelpad=24)
    return Cell(violations, deaths, fired, died)


def _share_scales(histories: Sequence[Trajectory], cells: Sequence[Cell], last: int) -> None:
    """One scale for the violations of all worlds, and one for their deaths."""
    period = bin_days(last, BARS)
    fired = count_limit([cell.fired for cell in cells])
    died = count_limit([cell.died for cell in cells])
    for history, cell in zip(histories, cells, strict=True):
        count_axis(cell.violations, cell.fired, period, len(history.days), fired)
        count_axis(cell.deaths, cell.died, period, len(history.days), died)


def _keys(sheet: Page, time: TimeAxis) -> None:
    """The keys of colours and marks, below the cells."""
    y, period = sheet.bottom + 0.46, PERIODS[bin_days(time.last, BARS)]
    rungs = dict(zip(RUNG_WORDS["force"], RUNG_COLOURS["force"], strict=True))
    end = key_line(sheet, 0.14, y, "posture", rungs)
    across = time.words if time.start is None else "dates"
    marks = f"▼ talks     | the deal ends     across: {across}"
    sheet.write(end + 0.1, y, marks, size=SMALL, va="center_baseline")
    kinds = {VIOLATION_WORDS[kind]: colour for kind, colour in VIOLATION_COLOURS.items()}
    end = key_line(sheet, 0.14, y - 0.18, f"violations per {period}", kinds)
    deaths = {DEATH_WORDS[who]: colour for who, colour in DEATH_COLOURS.items()}
    key_line(sheet, 0.14, y - 0.36, f"deaths per {period}", deaths)
