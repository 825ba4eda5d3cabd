"""Chart of one world: postures, violations, deaths, trust, ties and attention over time."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ceasefire.charts.layout import Caption, Page, key_column, page, spread
from ceasefire.charts.names import told_apart
from ceasefire.charts.style import (
    DEATH_COLOURS,
    GREEN,
    PURPLE,
    RULE,
    RUNG_COLOURS,
    SIDE_COLOURS,
    SMALL,
    VIOLATION_COLOURS,
    house_style,
    readable,
)
from ceasefire.charts.time_axis import TimeAxis
from ceasefire.charts.world_panels import (
    PERIODS,
    bin_days,
    by_side,
    count_axis,
    count_limit,
    deaths_strip,
    history_axis,
    history_in_words,
    mark_end,
    mark_talks,
    named_rows,
    number_events,
    posture_strip,
    violations_strip,
)
from ceasefire.wording import DEATH_WORDS, ILLUSTRATIVE, RUNG_WORDS, VIOLATION_WORDS, titled

if TYPE_CHECKING:
    from ceasefire.simulation.trajectory import Trajectory

LEFT, WIDTH = 1.62, 4.22
ROW, COUNTS, BONDS, GAP, LINE = 0.165, 0.85, 1.15, 0.16, 0.152
"""Heights of the panels, the gap between them, and line height of the list of events [inches]."""

BARS = 300
EVENTS_SHOWN = 12


@house_style()
def history_chart(history: Trajectory, note: str = ILLUSTRATIVE, dates: bool = False) -> Figure:
    """Postures of all actors, violations, deaths, trust, ties and attention over the days of one world.

    Triangles are talks, numbered marks are the events listed below, and a line is the end of the deal.
    """
    caption = Caption(titled(history.scenario_title, f"world {history.world:,}"), history.label, history.seed, note)
    last = max(history.days_held, len(history.days), 1)
    time = TimeAxis(last, history.start if dates else None)
    actors = by_side(history)
    events = history.events[:EVENTS_SHOWN]
    listed = _listed(history.events)
    marks = [name for name, there in (("talks", history.talks_days), ("events", events)) if there]
    inner = 0.22 + ROW * (len(marks) + len(actors)) + 2 * COUNTS + BONDS + 3 * GAP + 0.5 + LINE * len(listed)
    footer = f"world {history.world:,}  ·  " + caption.footer(1).split("  ·  ", 1)[1]
    sheet = page(inner, caption.title, _finding(history), footer, "Panels by day")
    top = sheet.height - sheet.top - 0.22
    rows = [_marks_panel(sheet, history, marks, events, last, top)] if marks else []
    top -= ROW * len(marks)
    rows.append(_posture_panel(sheet, history, actors, top))
    foot = top - ROW * len(actors) - GAP
    counts = _count_panels(sheet, history, last, foot)
    foot -= 2 * (COUNTS + GAP)
    bonds = _bond_panel(sheet, history, foot)
    for axes in (*rows, *counts, bonds):
        history_axis(axes, last, time.ticks() if axes is bonds else None)
        mark_end(axes, history)
    time.above(rows[0])
    bonds.set_xlabel(time.words, labelpad=2)
    sheet.write(0.14, foot - BONDS - 0.5, "\n".join(listed), size=SMALL, va="top", linespacing=1.25)
    return sheet.figure


def _finding(history: Trajectory) -> str:
    """Days held, ending, and when; then violations and deaths in words."""
    ending = f"World {history.world:,}: {history_in_words(history)}"
    if history.ended:
        ending += f", on {_date(history.start + datetime.timedelta(days=history.days_held))}"
    n = history.counted_days
    fired = sum(int(daily[:n].sum()) for daily in history.violations.values())
    dead = int(history.deaths_combatant[:n].sum() + history.deaths_civilian[:n].sum())
    until = " before the attack that ended it" if n < len(history.days) else ""
    return f"{ending}. {fired:,} violations, {dead:,} deaths{until}, from {_date(history.start)} on."


def _date(day: datetime.date) -> str:
    """6 March 2020."""
    return f"{day.day} {day:%B %Y}"


def _listed(events: Sequence[tuple[int, str]]) -> list[str]:
    """The list of numbered events, at most EVENTS_SHOWN."""
    lines = [
        line
        for number, (day, title) in enumerate(events[:EVENTS_SHOWN], start=1)
        for line in textwrap.wrap(f"{number}  day {day:,}: {title}", 112, subsequent_indent="     ")
    ]
    hidden = len(events) - EVENTS_SHOWN
    return [*lines, f"and {hidden} more"] if hidden > 0 else lines


def _marks_panel(
    sheet: Page, history: Trajectory, marks: Sequence[str], events: Sequence[tuple[int, str]], last: int, top: float
) -> Axes:
    """A row of talks and a row of numbered events, if there are any."""
    axes = sheet.axes(LEFT, top - ROW * len(marks), WIDTH, ROW * len(marks))
    axes.set_xlim(0, last)
    if "talks" in marks:
        mark_talks(axes, history, 0)
    number_events(axes, [day for day, _ in events], len(marks) - 1, last)
    named_rows(axes, marks)
    return axes


def _posture_panel(sheet: Page, history: Trajectory, actors: Sequence[str], top: float) -> Axes:
    """Rows of postures, with the keys of both ladders at the right."""
    axes = sheet.axes(LEFT, top - ROW * len(actors), WIDTH, ROW * len(actors))
    sides = list(history.trust)
    posture_strip(axes, history, actors, told_apart([history.actor_titles[actor] for actor in actors], 21))
    for label, actor in zip(axes.get_yticklabels(), actors, strict=True):
        if actor in history.sides:
            label.set_color(readable(SIDE_COLOURS[sides.index(history.sides[actor])]))
    x = LEFT + WIDTH + 0.14
    for ladder, dx in (("force", 0.0), ("engagement", 0.72)):
        if any(history.ladders[actor] == ladder for actor in actors):
            rungs = dict(zip(RUNG_WORDS[ladder], RUNG_COLOURS[ladder], strict=True))
            key_column(sheet, x + dx, top - 0.06, "outside" if dx else "posture", rungs)
    return axes


def _count_panels(sheet: Page, history: Trajectory, last: int, top: float) -> tuple[Axes, Axes]:
    """Violations and deaths, by a period that depends on the number of days."""
    period = bin_days(last, BARS)
    violations = sheet.axes(LEFT, top - COUNTS, WIDTH, COUNTS)
    deaths = sheet.axes(LEFT, top - 2 * COUNTS - GAP, WIDTH, COUNTS)
    for axes, sums in (
        (violations, violations_strip(violations, history, period)),
        (deaths, deaths_strip(deaths, history, period)),
    ):
        axes.set_xlim(0, last)
        count_axis(axes, sums, period, len(history.days), count_limit([sums]))
    kinds = {VIOLATION_WORDS[kind].split(" (")[0]: colour for kind, colour in reversed(VIOLATION_COLOURS.items())}
    dead = {DEATH_WORDS[who]: colour for who, colour in reversed(DEATH_COLOURS.items())}
    x = LEFT + WIDTH + 0.14
    key_column(sheet, x, top - 0.06, f"violations per {PERIODS[period]}", kinds)
    key_column(sheet, x, top - COUNTS - GAP - 0.06, f"deaths per {PERIODS[period]}", dead)
    return violations, deaths


def _bond_panel(sheet: Page, history: Trajectory, top: float) -> Axes:
    """Trust of both sides, ties of the guarantors and world attention, with names at the ends of the lines."""
    axes = sheet.axes(LEFT, top - BONDS, WIDTH, BONDS)
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    axes.tick_params(axis="y", labelsize=SMALL)
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    sides = zip(history.trust.items(), SIDE_COLOURS, strict=True)
    lines = [(f"trust: {side}", values, colour) for (side, values), colour in sides]
    lines += [("guarantors' ties", history.ties, GREEN), ("world attention", history.attention, PURPLE)]
    ends = spread([float(values[-1]) * BONDS for _, values, _ in lines], [0.145] * len(lines), -0.1, BONDS + 0.1)
    dashes = ("-", (0, (5, 1.5)), (0, (1.5, 1)), (0, (6, 1.5, 1.5, 1.5)))
    for (name, values, colour), end, dash in zip(lines, ends, dashes, strict=True):
        axes.plot(history.days, values, color=colour, linewidth=1.3, linestyle=dash, gid=name)
        sheet.write(LEFT + WIDTH + 0.14, top - BONDS + end, name, size=SMALL, color=colour, va="center_baseline")
    return axes
