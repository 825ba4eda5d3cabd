"""The axis of days that all charts share: even or logarithmic, with years, months or calendar dates above."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, date2num, num2date
from matplotlib.markers import TICKUP
from matplotlib.ticker import FixedLocator

from ceasefire.array_types import FloatArray
from ceasefire.charts.style import QUIET, RULE, SMALL

LOGARITHMIC_TICKS = (0, 1, 3, 7, 14, 30, 90, 180, 365, 730, 1825, 3650, 7300, 18_250, 36_500)

LEAST_LOGARITHMIC = 30
"""Shorter axes are even: a day can be seen on them [days]."""

EARLY = 0.1
"""Part of the axis within which half of the worlds have ended on a logarithmic one."""

MOST_DATES = 8

DAY_WIDTH, DATE_WIDTH = 0.075, 0.19
"""Room for a day and for a date on a logarithmic axis [share of the width]."""


@dataclass(frozen=True)
class TimeAxis:
    """Days from 0 to the last. With `start`, the calendar date of day 0, dates stand above the plot."""

    last: int
    start: datetime.date | None = None
    logarithmic: bool = False

    def place(self, day: float) -> float:
        """Where a day stands, as a share of the width."""
        return float(np.log1p(day) / np.log1p(self.last)) if self.logarithmic else day / self.last

    def days_at(self, places: FloatArray) -> FloatArray:
        """The days at shares of the width."""
        at = np.expm1(places * np.log1p(self.last)) if self.logarithmic else places * self.last
        return np.asarray(at)

    def ticks(self) -> list[int]:
        """Round days: five to nine on an even axis, of which none touch on a logarithmic one."""
        if not self.logarithmic:
            return day_ticks(self.last)
        days = [day for day in LOGARITHMIC_TICKS if day <= self.last]
        return _apart(days, [self.place(day) for day in days], DAY_WIDTH)

    def below(self, axes: Axes, label: bool = True) -> None:
        """Label the x axis with round days."""
        if self.logarithmic:
            axes.set_xscale("function", functions=(np.log1p, np.expm1))
        axes.set_xlim(0, self.last)
        ticks = self.ticks()
        axes.xaxis.set_major_locator(FixedLocator(ticks))
        axes.set_xticklabels([f"{day:,}" for day in ticks])
        axes.grid(axis="x", color=RULE, linewidth=0.5)
        axes.set_axisbelow(True)
        if label:
            axes.set_xlabel(self.words, labelpad=2)

    @property
    def words(self) -> str:
        """What the axis shows."""
        return f"days since the deal began{', logarithmic scale' if self.logarithmic else ''}"

    def above(self, axes: Axes) -> None:
        """Years or months along the top of the axes, or dates where the first day is known."""
        unit, ticks = "", self.dates()
        if self.start is None and not self.logarithmic:
            unit, ticks = calendar_ticks(self.last)
        if self.logarithmic:
            self._write_above(axes, ticks)
            return
        if not ticks:
            return
        top = axes.secondary_xaxis("top")
        top.set_xticks([day for day, _ in ticks], [name for _, name in ticks])
        top.tick_params(length=3, pad=1.5, labelsize=SMALL, labelcolor=QUIET)
        top.spines["top"].set_visible(False)
        if unit:
            look: dict[str, Any] = {"color": QUIET, "size": SMALL, "ha": "right"}
            axes.annotate(unit, (0, 1), (-9, 7.5), "axes fraction", "offset points", **look)

    def _write_above(self, axes: Axes, ticks: Sequence[tuple[float, str]]) -> None:
        """Ticks and labels by hand: a second axis of matplotlib takes the one below it for even."""
        look: dict[str, Any] = {"color": QUIET, "size": SMALL, "ha": "center", "annotation_clip": False}
        for day, name in ticks:
            at = (self.place(day), 1.0)
            axes.plot([at[0]], [1.0], marker=TICKUP, markersize=3, color=QUIET, transform=axes.transAxes, clip_on=False)
            axes.annotate(name, at, (0, 5), "axes fraction", "offset points", **look)

    def dates(self, most: int = MOST_DATES) -> list[tuple[float, str]]:
        """Day and label of each date: at most so many round ones on an even axis, none without a first day.

        On a logarithmic axis they are the dates of the days below.
        """
        if self.start is None:
            return []
        if self.logarithmic:
            apart = [day for day in self.ticks() if self.place(day) <= 1 - DATE_WIDTH or day == self.last]
            apart = _apart(apart, [self.place(day) for day in apart], DATE_WIDTH)
            dates = [self.start + datetime.timedelta(days=day) for day in apart]
            return [(float(day), f"{date.day} {date:%b} {date.year}") for day, date in zip(apart, dates, strict=True)]
        first = date2num(self.start)  # type: ignore[no-untyped-call]
        end = first + self.last
        locator = AutoDateLocator(minticks=2, maxticks=most)  # type: ignore[no-untyped-call]
        numbers = [each for each in locator.tick_values(num2date(first), num2date(end)) if first <= each <= end]  # type: ignore[no-untyped-call]
        whole = sorted({round(each) for each in numbers})
        names = _named([num2date(each).date() for each in whole])  # type: ignore[no-untyped-call]
        return [(each - first, name) for each, name in zip(whole, names, strict=True)]


def _named(dates: Sequence[datetime.date]) -> list[str]:
    """Years, months or days, whichever all of these are the first of; the year where it is new."""
    if all(date.timetuple().tm_yday == 1 for date in dates):
        return [str(date.year) for date in dates]
    months = all(date.day == 1 for date in dates)
    names, before = [], None
    for date in dates:
        short = f"{date:%b}" if months else f"{date.day} {date:%b}"
        names.append(short if date.year == before else f"{short} {date.year}")
        before = date.year
    return names


def _apart(days: Sequence[int], places: Sequence[float], least: float) -> list[int]:
    """The first of these days, and of the others each that stands far enough from the one before."""
    kept, before = [], -1.0
    for day, place in zip(days, places, strict=True):
        if place - before >= least:
            kept.append(day)
            before = place
    return kept


def ends_early(shares: Sequence[FloatArray], last: int) -> bool:
    """Whether half of the worlds of any curve of shares by day have ended in the first tenth of a long enough axis."""
    if last < LEAST_LOGARITHMIC:
        return False
    return any(bool((share[: int(EARLY * last) + 1] <= 0.5).any()) for share in shares)


def day_ticks(last: int) -> list[int]:
    """Five to nine round days from 0 to the last; whole years where possible."""
    for step in (1, 2, 5, 10, 20, 30, 60, 90, 180, 365, 730, 1825, 3650, 7300):
        if last / step <= 8:
            return list(range(0, last + 1, step))
    return [0, last]


def calendar_ticks(last: int) -> tuple[str, list[tuple[float, str]]]:
    """Unit and ticks [day, label] of the upper axis: years, months, or none on a short axis."""
    unit, length = ("years", 365.25) if last >= 365 else ("months", 365.25 / 12)
    count = int(last / length + 0.01)
    if count < 1 or last < 60:
        return "", []
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if count / step <= 10)
    return unit, [(min(number * length, float(last)), str(number)) for number in range(0, count + 1, step)]
