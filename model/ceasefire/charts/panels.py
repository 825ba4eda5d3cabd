"""The strips that show one world's life: postures, violations, deaths, bonds, and what happened when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from ceasefire.analysis.lives import FloatArray
from ceasefire.charts.style import DEATH_COLOURS, INK, PAPER, QUIET, RULE, RUNG_COLOURS, SMALL, VIOLATION_COLOURS
from ceasefire.charts.words import ending_words

if TYPE_CHECKING:
    from ceasefire.experiment.history import History

Counts = npt.NDArray[np.int64]
BY_DAY = 120
"""Lives up to this many days are counted by day, longer ones by week [days]."""


def bin_days(days: int) -> int:
    """Length of a counting period, for a chart that spans so many days [days]."""
    return 1 if days <= BY_DAY else 7


def counted(daily: Counts, period: int) -> tuple[Counts, Counts]:
    """First day and sum of each period; periods are counted back from the last day, so the first may be short."""
    first = -(-len(daily) // period) * period - len(daily)
    padded = np.concatenate([np.zeros(first, dtype=np.int64), daily])
    starts = np.arange(0, len(padded), period, dtype=np.int64) - first
    return np.maximum(starts, 0), padded.reshape(-1, period).sum(axis=1)


def runs(rungs: Counts) -> list[tuple[int, int, int]]:
    """First day, number of days and rung of each stretch of an unchanged posture."""
    if not len(rungs):
        return []
    starts = np.concatenate([[0], np.flatnonzero(np.diff(rungs)) + 1])
    ends = np.append(starts[1:], len(rungs))
    return [(int(start), int(end - start), int(rungs[start])) for start, end in zip(starts, ends, strict=True)]


def posture_strip(axes: Axes, history: History, actors: Sequence[str], names: Sequence[str]) -> None:
    """A row for each actor, coloured by the rung it stood on; the first on top."""
    for row, actor in enumerate(actors):
        stretches = runs(history.postures[actor])
        colours = [RUNG_COLOURS[history.ladders[actor]][rung] for _, _, rung in stretches]
        spans = [(start, length) for start, length, _ in stretches]
        axes.broken_barh(spans, (row - 0.42, 0.84), facecolors=colours, linewidth=0, gid=f"posture {actor}")
    axes.set_ylim(len(actors) - 0.5, -0.5)
    axes.set_yticks(range(len(actors)), names)
    axes.tick_params(axis="y", length=0, pad=3)
    axes.spines[["left", "bottom"]].set_visible(False)


def stacked(axes: Axes, layers: Mapping[str, Counts], colours: Mapping[str, str], period: int) -> float:
    """Counts by period, one kind on another; returns the highest sum."""
    floor: FloatArray | None = None
    for kind, daily in layers.items():
        starts, sums = counted(daily, period)
        x = np.append(starts, len(daily)).astype(float)
        height = np.append(sums, sums[-1:]).astype(float)
        below = np.zeros(len(x)) if floor is None else floor
        axes.fill_between(x, below, below + height, step="post", facecolor=colours[kind], linewidth=0, gid=kind)
        floor = below + height
    return float(floor.max()) if floor is not None and floor.size else 0.0


def violations_strip(axes: Axes, history: History, period: int) -> float:
    """Violations by kind, those that were ordered lowest; returns the highest sum."""
    return stacked(axes, {kind: history.violations[kind] for kind in VIOLATION_COLOURS}, VIOLATION_COLOURS, period)


def deaths_strip(axes: Axes, history: History, period: int) -> float:
    """Deaths of combatants and of civilians; returns the highest sum."""
    deaths = {"combatant": history.deaths_combatant, "civilian": history.deaths_civilian}
    return stacked(axes, deaths, DEATH_COLOURS, period)


def count_axis(axes: Axes, highest: float) -> None:
    """A few whole numbers from 0 along the side."""
    axes.set_ylim(0, max(4.0, highest * 1.04))
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)


def life_axis(axes: Axes, last: int, ticks: Sequence[int] | None) -> None:
    """Days along the bottom, with the ticks given, or none."""
    axes.set_xlim(0, last)
    axes.set_xticks(list(ticks or []), [f"{day:,}" for day in ticks or []])
    if ticks is None:
        axes.tick_params(axis="x", length=0)


def mark_end(axes: Axes, history: History) -> None:
    """A line on the day the deal ended; none when it held."""
    if history.ended:
        axes.axvline(history.days_held, color=INK, linewidth=1.1, zorder=4, clip_on=False, gid="end")


def mark_talks(axes: Axes, history: History, height: float, size: float = 16) -> None:
    """A triangle on every day of talks, at a height of the axes."""
    if history.talks_days:
        axes.scatter(
            history.talks_days,
            [height] * len(history.talks_days),
            s=size,
            marker="v",
            color=QUIET,
            edgecolors=PAPER,
            linewidths=0.4,
            transform=axes.get_xaxis_transform(),
            clip_on=False,
            zorder=5,
            gid="talks",
        )


def number_events(axes: Axes, days: Sequence[int], height: float, last: int) -> None:
    """A numbered mark for each event, in the order given; marks that would touch step aside."""
    clear = 0.022 * last
    at = -clear
    for number, day in enumerate(days, start=1):
        at = max(float(day), at + clear)
        axes.text(
            at,
            height,
            str(number),
            size=SMALL - 1,
            color=PAPER,
            weight="bold",
            ha="center",
            va="center",
            transform=axes.get_xaxis_transform(),
            bbox={"boxstyle": "circle,pad=0.22", "facecolor": INK, "linewidth": 0},
            zorder=6,
            gid="event",
        )


def life_in_words(history: History) -> str:
    """How long it held and what ended it."""
    if not history.ended:
        return f"holds all {history.days_held:,} days"
    words = ending_words(history.cause, history.cause_actor, history.actor_titles)
    return f"{history.days_held:,} {'day' if history.days_held == 1 else 'days'}, then {words[0].lower()}{words[1:]}"
