"""What was counted since signing, put beside the days of a scenario."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray
from ceasefire.data_files.text_file import refuse
from ceasefire.observations.account import numbered
from ceasefire.observations.counts import Counts, place_of

RECENT = 30
"""Days, or four weeks where rows are weeks, whose level is the recent one."""

LATEST = 14
"""Most days between the last count and the day of the nowcast."""

NOT_DEADLY = 0.1
"""Share of rows with more incidents than deaths beyond which incidents are not compared; in GED 3 % of days are so."""

FIGURES = ("incidents", "deaths")
"""Figures that are compared: deadly incidents, and their dead."""


@dataclass(frozen=True, eq=False)
class Seen:
    """Counts of n rows since signing, each of `step` days: `first` [days since signing], `figures` by name, each (n,).

    `day`: days since signing that are over. `notes`: what a reader should know of how the counts were read.
    """

    day: int
    step: int
    first: NDArray[np.int64]
    figures: dict[str, FloatArray]
    notes: tuple[str, ...] = ()

    @property
    def recent(self) -> NDArray[np.bool_]:
        """The rows of the recent level, the last that there are."""
        last = int(self.first[-1]) + self.step
        return np.asarray(self.first >= last - (RECENT // self.step) * self.step)

    def of_days(self, daily: NDArray[np.uint16]) -> FloatArray:
        """Sums over the same rows of made days, shape (worlds, days): shape (worlds, n)."""
        since = np.zeros((len(daily), daily.shape[1] + 1), np.float64)
        np.cumsum(daily, axis=1, out=since[:, 1:])
        return np.asarray(since[:, self.first + self.step] - since[:, self.first])


def seen(counts: Counts, start: datetime.date, day: int | None = None, *, deaths_only: bool = False) -> Seen:
    """The rows of counts from `start` until day `day`, by default until the last row; sectors are added up.

    ScenarioError when nothing was counted since signing, when the last weeks have no row, or when nothing counted can
    be compared.
    """
    together = counts.over_sectors()
    first = together.day - place_of(start)
    figures = {name: together.figures[name] for name in FIGURES if name in together.figures}
    end = int(first[-1]) + counts.step_days if len(first) else 0
    if end <= 0:
        refuse("", f"end on {counts.last}, before the ceasefire began on {start}", column="counts")
    until = end if day is None else day
    if not 1 <= until <= 36_500:
        refuse("", f"day {until:,} is not within 1 to 36,500 days of the start, {start}", column="day")
    keep = (first >= 0) & (first + counts.step_days <= until)
    first, figures = first[keep], {name: values[keep] for name, values in figures.items()}
    if not len(first) or until - int(first[-1]) - counts.step_days > LATEST:
        when = start + datetime.timedelta(days=until)
        refuse("", f"have no row in the {LATEST} days before day {until:,} ({when}); give newer counts or --day",
               column="counts")  # fmt: skip
    if deaths_only:
        figures.pop("incidents", None)
    figures, notes = _comparable(figures)
    if not figures:
        refuse("", "neither incidents nor deaths are known on every day that is counted", column="counts")
    found = Seen(until, counts.step_days, first, figures, tuple(notes))
    return Seen(until, counts.step_days, first, figures, (*notes, *_gaps(found)))


def _comparable(figures: dict[str, FloatArray]) -> tuple[dict[str, FloatArray], list[str]]:
    """Figures that are known throughout; incidents only when all of them can have been deadly."""
    notes = [f"{name} are not known on every day, and not compared" for name, v in figures.items() if np.isnan(v).any()]
    known = {name: values for name, values in figures.items() if not np.isnan(values).any()}
    if "incidents" in known and not may_all_be_deadly(known):
        del known["incidents"]
        notes.append("more incidents than deaths in some rows: they cannot all have been deadly, as the model's are,"
                     " and only deaths are compared")  # fmt: skip
    return known, notes


def may_all_be_deadly(figures: dict[str, FloatArray]) -> bool:
    """Whether every incident may have been deadly: hardly a row has more of them than deaths."""
    if "deaths" not in figures:
        return True
    return bool((figures["incidents"] > figures["deaths"]).mean() <= NOT_DEADLY)


def _gaps(found: Seen) -> list[str]:
    """A note on days since signing that have no row; ScenarioError when they lie among the recent ones."""
    rows = found.first[found.recent]
    if len(rows) < min(len(found.first), RECENT // found.step) or (np.diff(rows) != found.step).any():
        refuse("", "days are missing among the last weeks; if they were quiet, write zeros for them", column="counts")
    missing = int(found.first[-1]) + found.step - found.step * len(found.first)
    return [f"{numbered(missing, 'day')} since signing without a row: left out, of the worlds too"] if missing else []
