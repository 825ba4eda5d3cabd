"""Weekly counts: those of the worlds, with what was seen among them, and those to be expected."""

from __future__ import annotations

import numpy as np

from ceasefire.array_types import FloatArray
from ceasefire.ensemble.weekly_fans import LEVELS
from ceasefire.observations.counts import WEEK
from ceasefire.observations.nowcast.made_histories import Histories
from ceasefire.observations.nowcast.seen import Seen
from ceasefire.observations.nowcast.shares import quantiles
from ceasefire.observations.percentile import percentiles_among_worlds
from ceasefire.observations.weeks import Weeks


def weeks_of(made: Histories, weight: FloatArray, found: Seen, name: str) -> Weeks:
    """The weeks of one figure until the last recorded day.

    Until the day of the nowcast the fan is of all worlds that live through the week, and from then on of the weighted
    ones.
    """
    last = made.incidents.shape[1]
    past = found.first if found.step == WEEK else np.arange(0, found.day - WEEK + 1, WEEK)
    first = np.concatenate([past, np.arange(found.day, last - WEEK + 1, WEEK)]).astype(np.int64)
    counts, held = getattr(made, name), made.rows["days_held"]
    by_week = np.stack([counts[:, day : day + WEEK].sum(axis=1) for day in first], axis=1).astype(np.float64)
    by_week[held[:, None] < first + WEEK] = np.nan
    seen = np.array([_seen_week(found, name, int(day)) for day in first])
    place = percentiles_among_worlds(seen, by_week).share
    fan = np.full((len(LEVELS), len(first)), np.nan)
    for week, day in enumerate(first):
        known = ~np.isnan(by_week[:, week]) & ((weight > 0.0) | (day < found.day))
        if known.any():
            of = weight[known] if day >= found.day else np.ones(int(known.sum()))
            fan[:, week] = quantiles(by_week[known, week], of, LEVELS)
    return Weeks(name, first, fan, seen, place)


def _seen_week(found: Seen, name: str, day: int) -> float:
    """The count of the week that begins on a day; NaN when not all of it was counted."""
    rows = (found.first >= day) & (found.first + found.step <= day + WEEK)
    return float(found.figures[name][rows].sum()) if rows.sum() * found.step == WEEK else float("nan")
