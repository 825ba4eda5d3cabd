"""Panels of single worlds: postures, violations, deaths, talks, events, and the end of the deal, by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from ceasefire.charts.layout import spread
from ceasefire.charts.style import DEATH_COLOURS, INK, PAPER, QUIET, RULE, RUNG_COLOURS, SMALL, VIOLATION_COLOURS
from ceasefire.wording import ending_in_a_sentence

if TYPE_CHECKING:
    from ceasefire.simulation.trajectory import Trajectory

Counts = npt.NDArray[np.int64]
PERIODS = {1: "day", 7: "week", 28: "4 weeks", 91: "quarter", 365: "year"}
"""Periods for counts [days], and their names."""


def bin_days(days: int, most: int) -> int:
    """The shortest period with at most `most` bars over `days` days; single days up to 120 days [days]."""
    return next((period for period in PERIODS if days / period <= (120 if period == 1 else most)), 365)


def counted(daily: Counts, period: int) -> tuple[Counts, Counts]:
    """First day and sum of each period; periods end on the last day, so the first may be shorter."""
    first = -(-len(daily) // period) * period - len(daily)
    padded = np.concatenate([np.zeros(first, dtype=np.int64), daily])
    starts = np.arange(0, len(padded), period, dtype=np.int64) - first
    return np.maximum(starts, 0), padded.reshape(-1, period).sum(axis=1)


def episodes(rungs: Counts) -> list[tuple[int, int, int]]:
    """First day, number of days and rung of each episode of an unchanged posture."""
    if not len(rungs):
        return []
    starts = np.concatenate([[0], np.flatnonzero(np.diff(rungs)) + 1])
    ends = np.append(starts[1:], len(rungs))
    return [(int(start), int(end - start), int(rungs[start])) for start, end in zip(starts, ends, strict=True)]


def by_side(history: Trajectory) -> list[str]:
    """The actors that fight, side by side as the scenario has them, then the outside parties."""
    sides = list(history.trust)
    place = {actor: sides.index(side) for actor, side in history.sides.items()}
    return sorted(history.actors, key=lambda actor: (history.ladders[actor] != "force", place.get(actor, len(sides))))


def posture_strip(axes: Axes, history: Trajectory, actors: Sequence[str], names: Sequence[str]) -> None:
    """A row for each actor, coloured by its rung, the first actor on top."""
    for row, actor in enumerate(actors):
        rungs = RUNG_COLOURS[history.ladders[actor]]
        above_lowest = [episode for episode in episodes(history.postures[actor]) if episode[2] > 0]
        spans = [(0, len(history.days)), *((start, length) for start, length, _ in above_lowest)]
        colours = [rungs[0], *(rungs[rung] for _, _, rung in above_lowest)]
        axes.broken_barh(spans, (row - 0.42, 0.84), facecolors=colours, linewidth=0, gid=f"posture {actor}")
    named_rows(axes, names)


def named_rows(axes: Axes, names: Sequence[str]) -> None:
    """Rows of height 1, the first on top, with names at the left and without a frame."""
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0, pad=3, labelsize=SMALL)
    axes.spines[["left", "bottom"]].set_visible(False)


def stacked(axes: Axes, layers: Mapping[str, Counts], colours: Mapping[str, str], period: int) -> Counts:
    """Stacked counts by period; returns the total of each period."""
    total = np.zeros(-(-len(next(iter(layers.values()))) // period), dtype=np.int64)
    for kind, daily in layers.items():
        starts, sums = counted(daily, period)
        x = np.append(starts, len(daily)).astype(float)
        floor, top = (np.append(edge, edge[-1:]).astype(float) for edge in (total, total + sums))
        axes.fill_between(x, floor, top, step="post", facecolor=colours[kind], linewidth=0, gid=kind)
        total = total + sums
    return total


def violations_strip(axes: Axes, history: Trajectory, period: int) -> Counts:
    """Violations by kind, ordered ones at the bottom; returns the total of each period."""
    return stacked(axes, {kind: history.violations[kind] for kind in VIOLATION_COLOURS}, VIOLATION_COLOURS, period)


def deaths_strip(axes: Axes, history: Trajectory, period: int) -> Counts:
    """Deaths of combatants and of civilians; returns the total of each period."""
    deaths = {"combatant": history.deaths_combatant, "civilian": history.deaths_civilian}
    return stacked(axes, deaths, DEATH_COLOURS, period)


def count_limit(sums: Sequence[Counts]) -> float:
    """Upper end of a count axis: the largest count, or four times the 98th percentile if that is smaller."""
    every = np.concatenate([np.ravel(counts) for counts in sums])
    return float(max(4.0, min(1.06 * every.max(), 4 * np.quantile(every, 0.98))))


def count_axis(axes: Axes, sums: Counts, period: int, days: int, limit: float) -> None:
    """A y axis of whole numbers from 0; a count beyond the limit is written as text."""
    axes.set_ylim(0, limit)
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.tick_params(axis="y", labelsize=SMALL, length=2, pad=2)
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    if sums.max() <= limit:
        return
    day = max(0.0, days - period * (len(sums) - float(np.argmax(sums))))
    left = day > axes.get_xlim()[1] / 4
    place: dict[str, Any] = {"ha": "right" if left else "left", "va": "top", "xytext": (-3 if left else 8, 1)}
    words = f"up to {sums.max():,} ▲"
    axes.annotate(words, (day, limit), textcoords="offset points", size=SMALL, color=INK, zorder=6, gid="peak", **place)


def history_axis(axes: Axes, last: int, ticks: Sequence[int] | None) -> None:
    """An x axis of days with the given ticks, or without ticks."""
    axes.set_xlim(0, last)
    axes.set_xticks(list(ticks or []), [f"{day:,}" for day in ticks or []])
    if ticks is None:
        axes.tick_params(axis="x", length=0)


def mark_end(axes: Axes, history: Trajectory) -> None:
    """A line on the day when the deal ended, if it did."""
    if history.ended:
        axes.axvline(history.days_held, color=INK, linewidth=1.1, zorder=4, clip_on=False, gid="end")


def mark_talks(axes: Axes, history: Trajectory, row: float, size: float = 18) -> None:
    """A triangle in a row for every day of talks."""
    days = history.talks_days
    style: dict[str, Any] = {"s": size, "marker": "v", "color": QUIET, "edgecolors": PAPER, "linewidths": 0.4}
    if days:
        axes.scatter(days, [row] * len(days), clip_on=False, zorder=5, gid="talks", **style)


def number_events(axes: Axes, days: Sequence[int], row: float, last: int) -> None:
    """A numbered mark in a row for each event, in the given order; marks that would overlap are moved apart."""
    mark = {"boxstyle": "circle,pad=0.2", "facecolor": INK, "linewidth": 0}
    look: dict[str, Any] = {"size": SMALL, "color": PAPER, "weight": "bold", "ha": "center", "va": "center"}
    widths = [last * (0.026 if number < 10 else 0.036) for number in range(1, len(days) + 1)]
    places = spread([float(day) for day in days], widths, 0, 1.02 * last)
    for number, place in enumerate(places, start=1):
        axes.text(place, row, str(number), bbox=mark, zorder=6, gid="event", **look)


def history_in_words(history: Trajectory) -> str:
    """How long the deal held and how it ended, in words."""
    if not history.ended:
        return f"holds through day {history.days_held:,}"
    words = ending_in_a_sentence(history.cause, history.cause_actor, history.actor_titles)
    return f"{history.days_held:,} {'day' if history.days_held == 1 else 'days'}, then {words}"
