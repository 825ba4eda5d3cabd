"""One world's life on one sheet: who stood where, what was fired, who died, and what bound them."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ceasefire.charts.key import key_column
from ceasefire.charts.page import Page, calendar_axis, page
from ceasefire.charts.panels import (
    bin_days,
    count_axis,
    deaths_strip,
    life_axis,
    life_in_words,
    mark_end,
    mark_talks,
    number_events,
    posture_strip,
    violations_strip,
)
from ceasefire.charts.placing import spread
from ceasefire.charts.style import (
    DEATH_COLOURS,
    GREEN,
    PURPLE,
    QUIET,
    RULE,
    RUNG_COLOURS,
    SIDE_COLOURS,
    SMALL,
    VIOLATION_COLOURS,
    house_style,
)
from ceasefire.charts.words import DEATH_WORDS, ILLUSTRATIVE, RUNG_WORDS, VIOLATION_WORDS, Caption, day_ticks

if TYPE_CHECKING:
    from ceasefire.experiment.history import History

LEFT, WIDTH = 1.45, 4.55
ROW, MARKS, COUNTS, BONDS, GAP, LINE = 0.165, 0.27, 0.85, 1.15, 0.16, 0.135
"""Sizes of the strips from top to bottom [inches]."""

EVENTS_SHOWN = 12


@house_style()
def history_chart(history: History, note: str = ILLUSTRATIVE) -> Figure:
    """Every actor's posture, violations, deaths, trust, ties and attention over the days of one world.

    Triangles are talks and numbered marks are events, listed beneath; a line marks the end of the deal.
    """
    caption = Caption(f"{history.scenario_title}: world {history.world:,}", history.label, history.seed, note)
    last = max(history.days_held, len(history.days), 1)
    actors = sorted(history.actors, key=lambda actor: history.ladders[actor] != "force")
    events = history.events[:EVENTS_SHOWN]
    listed = _listed(history.events)
    inner = 0.22 + MARKS + ROW * len(actors) + 2 * COUNTS + BONDS + 3 * GAP + 0.5 + LINE * len(listed)
    footer = f"world {history.world:,}  ·  " + caption.footer(1).split("  ·  ", 1)[1]
    sheet = page(inner, caption.title, _finding(history), footer)
    top = sheet.height - sheet.top - 0.22 - MARKS
    strip = _posture_panel(sheet, history, actors, top)
    number_events(strip, [day for day, _ in events], 1 + 0.19 / (ROW * len(actors)), last)
    foot = top - ROW * len(actors) - GAP
    counts = _count_panels(sheet, history, last, foot)
    foot -= 2 * (COUNTS + GAP)
    bonds = _bond_panel(sheet, history, last, foot)
    for axes in (strip, *counts, bonds):
        life_axis(axes, last, day_ticks(last) if axes is bonds else None)
        mark_end(axes, history)
    calendar_axis(strip, last)
    bonds.set_xlabel("days since the deal began", labelpad=2)
    beneath = foot - BONDS - 0.5
    sheet.write(0.14, beneath, "\n".join(listed), size=SMALL, va="top", linespacing=1.25)
    return sheet.figure


def _finding(history: History) -> str:
    """When it began, how long it held, what ended it, and what it cost."""
    first = _date(history.start)
    said = life_in_words(history)
    if history.ended:
        said += f", on {_date(history.start + datetime.timedelta(days=history.days_held))}"
    fired = sum(int(daily.sum()) for daily in history.violations.values())
    dead = int(history.deaths_combatant.sum() + history.deaths_civilian.sum())
    return f"From {first}: {said}. {fired:,} violations, {dead:,} deaths."


def _date(day: datetime.date) -> str:
    """6 March 2020."""
    return f"{day.day} {day:%B %Y}"


def _listed(events: Sequence[tuple[int, str]]) -> list[str]:
    """The numbered events in words, as many as are shown."""
    lines = [
        line
        for number, (day, title) in enumerate(events[:EVENTS_SHOWN], start=1)
        for line in textwrap.wrap(f"{number}  day {day:,}: {title}", 112, subsequent_indent="     ")
    ]
    hidden = len(events) - EVENTS_SHOWN
    return [*lines, f"and {hidden} more"] if hidden > 0 else lines


def _posture_panel(sheet: Page, history: History, actors: Sequence[str], top: float) -> Axes:
    """Rows of postures with the key of both ladders at the right."""
    axes = sheet.axes(LEFT, top - ROW * len(actors), WIDTH, ROW * len(actors))
    names = [textwrap.shorten(history.actor_titles[actor], 24, placeholder="…") for actor in actors]
    posture_strip(axes, history, actors, names)
    axes.tick_params(axis="y", labelsize=SMALL)
    mark_talks(axes, history, 1 + 0.06 / (ROW * len(actors)))
    x = LEFT + WIDTH + 0.14
    for ladder, dx in (("force", 0.0), ("engagement", 0.72)):
        if any(history.ladders[actor] == ladder for actor in actors):
            rungs = dict(zip(RUNG_WORDS[ladder], RUNG_COLOURS[ladder], strict=True))
            key_column(sheet, x + dx, top - 0.06, "posture" if not dx else "outside", rungs)
    if history.talks_days:
        sheet.write(x, top + 0.06, "▼ talks", size=SMALL, color=QUIET, va="center_baseline")
    return axes


def _count_panels(sheet: Page, history: History, last: int, top: float) -> tuple[Axes, Axes]:
    """Violations and deaths by week, or by day in a short life."""
    period = bin_days(last)
    word = "day" if period == 1 else "week"
    violations = sheet.axes(LEFT, top - COUNTS, WIDTH, COUNTS)
    count_axis(violations, violations_strip(violations, history, period))
    deaths = sheet.axes(LEFT, top - 2 * COUNTS - GAP, WIDTH, COUNTS)
    count_axis(deaths, deaths_strip(deaths, history, period))
    kinds = {VIOLATION_WORDS[kind].split(" (")[0]: colour for kind, colour in VIOLATION_COLOURS.items()}
    dead = {DEATH_WORDS[who]: colour for who, colour in DEATH_COLOURS.items()}
    x = LEFT + WIDTH + 0.14
    for axes, words, colours, at in (
        (violations, "violations", dict(reversed(kinds.items())), top),
        (deaths, "deaths", dict(reversed(dead.items())), top - COUNTS - GAP),
    ):
        axes.tick_params(axis="y", labelsize=SMALL)
        key_column(sheet, x, at - 0.06, f"{words} a {word}", colours)
    return violations, deaths


def _bond_panel(sheet: Page, history: History, last: int, top: float) -> Axes:
    """Trust of both sides, ties of the guarantors and the world's attention, named at their ends."""
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
