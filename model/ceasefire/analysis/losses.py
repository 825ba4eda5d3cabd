"""Deaths and violations that can be compared: a year held, and over a fixed time whatever comes after an end."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ceasefire.analysis.estimates import Interval, mean_interval
from ceasefire.analysis.worlds_by_draw import values_by_draw
from ceasefire.array_types import FloatArray

YEAR = 365.25

COUNTS: Mapping[str, tuple[str, ...]] = {
    "deaths": ("deaths_combatant", "deaths_civilian"),
    "deaths_combatant": ("deaths_combatant",),
    "deaths_civilian": ("deaths_civilian",),
    "displaced": ("displaced",),
    "violations": ("violations_strategic", "violations_retaliatory", "violations_spoiling", "violations_localised"),
    "violations_strategic": ("violations_strategic",),
    "violations_retaliatory": ("violations_retaliatory",),
    "violations_spoiling": ("violations_spoiling",),
    "violations_localised": ("violations_localised",),
    "talks": ("talks",),
}
"""Counts of a world until its deal ends, and the columns that they are the sum of."""


def count_of(worlds: pd.DataFrame, name: str) -> FloatArray:
    """A count of each world; not-a-number where it failed."""
    total = worlds[list(COUNTS[name])].to_numpy(float).sum(axis=1)
    return np.where(worlds["failed"].to_numpy(bool), np.nan, total)


def middle_of_worlds(counts: FloatArray) -> Interval:
    """The median of a count over worlds (n,), and the ends of the middle 90 % of worlds; each is one world's count."""
    low, median, high = np.quantile(counts, [0.05, 0.5, 0.95], method="nearest")
    return Interval(float(median), float(low), float(high))


def years_held(worlds: pd.DataFrame, since: int = 0) -> FloatArray:
    """The time that each deal held from day `since`, its last day included [years]; not-a-number where it failed."""
    days = worlds["days_held"].to_numpy(float) + worlds["ended"].to_numpy(float) - since
    return np.where(worlds["failed"].to_numpy(bool), np.nan, days / YEAR)


def a_year_held(counts: FloatArray, years: FloatArray) -> Interval:
    """Counts of all worlds over the time that all held [a year], with the 95 % interval of a ratio.

    Worlds that end early weigh as little as the time that they held: no early collapse looks peaceful. Not a number
    when no world held for any time.
    """
    known = np.isfinite(counts) & np.isfinite(years)
    if not years[known].sum() > 0:
        return Interval(np.nan, np.nan, np.nan)
    found = mean_interval(_parts(counts[known], years[known]))
    return Interval(found.value, max(0.0, found.low), found.high)


def a_year_held_by_draw(doubt: pd.DataFrame, name: str, since: int = 0) -> FloatArray:
    """For each draw and world a figure whose mean over the worlds of a draw is the draw's count a year held."""
    counts = values_by_draw(doubt, count_of(doubt, name))
    years = values_by_draw(doubt, years_held(doubt, since))
    rows = [_parts(count, time) for count, time in zip(counts, years, strict=True) if np.nansum(time) > 0]
    return np.array(rows)


def _parts(counts: FloatArray, years: FloatArray) -> FloatArray:
    """What each world adds to the ratio of two sums: the ratio and the world's share of its error (linearised)."""
    ratio = np.nansum(counts) / np.nansum(years)
    return np.asarray(ratio + (counts - ratio * years) / np.nanmean(years))


def over_fixed_time(counts: FloatArray, days_held: FloatArray, horizon: int, rate: float) -> FloatArray:
    """Counts of each world until the horizon, when what follows an end goes on at this `rate` [a day]."""
    return np.asarray(counts + rate * np.maximum(0.0, horizon - days_held))


def war_rate(toll_14d: float, ongoing: float) -> float:
    """Deaths a day of the war before the deal: of its worst fortnight, times how violent the last one was beside it."""
    return ongoing * toll_14d / 14
