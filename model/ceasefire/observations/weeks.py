"""Weekly counts that were seen, beside those of the worlds: of a run's fans, or of a nowcast's histories."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray
from ceasefire.data_files.text_file import refuse
from ceasefire.ensemble.weekly_fans import LEVELS
from ceasefire.observations.counts import WEEK, Counts, date_of, place_of
from ceasefire.observations.nowcast.seen import may_all_be_deadly
from ceasefire.observations.percentile import OUTSIDE, percentiles_in_fan

RECORDED = (0.47, 0.97)
"""Share of deaths that is on record [0-1]: UCDP's own account of what it misses, as for the fit in
docs/calibration.md."""

AHEAD = 13
"""Weeks after the last one that was seen for which the fan of a run is shown."""

LAID_OVER = {"incidents": "deadly incidents", "violations": "violations", "deaths": "deaths",
             "civilians": "civilian deaths"}  # fmt: skip
"""Figures of the worlds that counts are laid over, in words."""


@dataclass(frozen=True, eq=False)
class Weeks:
    """One figure by week. `first`: first day of each week since signing; `fan`: quantiles at LEVELS, (levels, weeks).

    `seen` and `percentile` [0-1] are NaN for weeks that were not counted or that no world has. `if_least_recorded`:
    the percentile if no more than RECORDED[0] of the dead are on record; None where the worlds' own counts are those
    on record.
    """

    figure: str
    first: NDArray[np.int64]
    fan: FloatArray
    seen: FloatArray
    percentile: FloatArray
    if_least_recorded: FloatArray | None = None

    def rows(self) -> list[dict[str, Any]]:
        """A row for each week."""
        table: dict[str, Any] = {"figure": self.figure, "first_day": self.first, "seen": self.seen,
                                 "percentile": self.percentile}  # fmt: skip
        if self.if_least_recorded is not None:
            table["percentile_if_least_recorded"] = self.if_least_recorded
        table |= {f"q{100 * level:02.0f}": values for level, values in zip(LEVELS, self.fan, strict=True)}
        return [dict(zip(table, values, strict=True)) for values in pd.DataFrame(table).itertuples(index=False)]

    @property
    def placed(self) -> NDArray[np.bool_]:
        """The weeks that were seen and that worlds have, shape (weeks,)."""
        return ~np.isnan(self.percentile)

    @property
    def middle(self) -> float:
        """Where the middle week lies among the worlds: the median percentile [0-1]; NaN where none was placed."""
        return _median_of_known(self.percentile)

    @property
    def middle_if_least_recorded(self) -> float:
        """The same if no more than RECORDED[0] of the dead are on record; NaN where that is not asked."""
        return math.nan if self.if_least_recorded is None else _median_of_known(self.if_least_recorded)

    @property
    def below(self) -> int:
        """Weeks below nearly all worlds."""
        return int((self.percentile[self.placed] < OUTSIDE[0]).sum())

    @property
    def above(self) -> int:
        """Weeks above nearly all worlds."""
        return int((self.percentile[self.placed] > OUTSIDE[1]).sum())


def _median_of_known(percentile: FloatArray) -> float:
    known = percentile[~np.isnan(percentile)]
    return float(np.median(known)) if len(known) else math.nan


def weekly_since(counts: Counts, start: datetime.date) -> Counts:
    """Whole weeks since `start`, all sectors together. ScenarioError when there is none."""
    weeks = counts.over_sectors().weekly(start)
    if not len(weeks):
        refuse("", f"hold no whole week since the ceasefire began on {start}; they run from {counts.first} to"
               f" {counts.last}", column="counts")  # fmt: skip
    return weeks


def among_fans(weeks: Counts, start: datetime.date, fans: pd.DataFrame) -> tuple[tuple[Weeks, ...], tuple[str, ...]]:
    """Weekly counts among the fans of a run, a figure each, and notes for readers.

    `fans` as in weekly.parquet; where it has worlds with drawn numbers, these are taken. ScenarioError when no week of
    the worlds was counted, or nothing that worlds have.
    """
    fans = fans[fans["by"] == "all"] if "by" in fans else fans
    chosen = fans[fans["numbers"] == ("drawn" if (fans["numbers"] == "drawn").any() else "as written")]
    since = weeks.day - place_of(start)
    place = (since + WEEK // 2) // WEEK
    notes = [f"weeks of the counts begin on day {int(since[0] % WEEK)} of those of the worlds, counted from 0, and lie"
             " beside the nearest"] if since[0] % WEEK else []  # fmt: skip
    last = min(int(chosen["week"].max()), int(place[-1]) + AHEAD)
    known = chosen[chosen["week"] <= last]
    if not np.isin(place, known["week"]).any():
        days = f"{date_of(place_of(start) + WEEK * int(known['week'].min()))} to"
        days += f" {date_of(place_of(start) + WEEK * (last + 1) - 1)}"
        refuse("", f"run from {weeks.first} to {weeks.last}, and the worlds from {days}", column="counts")
    found = []
    for ours, theirs in _pairs(weeks, notes):
        fan = known[known["figure"] == theirs].sort_values("week")
        quantiles = np.asarray(fan[[f"q{100 * level:02.0f}" for level in LEVELS]].to_numpy().T, np.float64)
        seen = np.asarray(pd.Series(weeks.figures[ours], index=place).reindex(fan["week"]), np.float64)
        share, most = (percentiles_in_fan(each, LEVELS, quantiles).share for each in (seen, seen / RECORDED[0]))
        found.append(Weeks(theirs, fan["first_day"].to_numpy(np.int64), quantiles, seen, share, most))
    if not found:
        refuse("", "hold none of incidents, deaths and civilians", column="counts")
    return tuple(found), tuple(notes)


def _pairs(weeks: Counts, notes: list[str]) -> list[tuple[str, str]]:
    """Figures that were counted, and those of the worlds that they are laid over."""
    pairs: list[tuple[str, str]] = [
        (name, name) for name in ("incidents", "deaths", "civilians") if name in weeks.figures
    ]
    if "incidents" in weeks.figures and not may_all_be_deadly(weeks.figures):
        pairs[0] = ("incidents", "violations")
        notes.append("more incidents than deaths in some weeks: they cannot all have been deadly, and are laid over all"
                     " violations; what a source counts as one need not be what the model does")  # fmt: skip
    return pairs
