"""Durations of ceasefires: Kaplan-Meier curves, restricted means, and cumulative incidence of competing causes.

The estimators are written out because importing statsmodels takes longer than simulating a thousand worlds; the tests
compare the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.interval_rules import share_interval, share_limits
from ceasefire.arguments import shown
from ceasefire.array_types import BoolArray, FloatArray, IntArray
from ceasefire.world_state import CAUSES

ENDING_CAUSES = CAUSES[1:]
"""The causes of an end, without the code 0 of a world that still holds."""

COMPETING = ("expiry", "abrogation")
"""Causes other than breakdown by violence."""


@dataclass(frozen=True, eq=False)
class Durations:
    """The worlds that did not fail, shape (n,): days held, whether the deal ended, its cause and actor ('' if none)."""

    days: IntArray
    ended: BoolArray
    cause: npt.NDArray[np.object_]
    actor: npt.NDArray[np.object_]
    point: IntArray
    failed: int


def durations(worlds: pd.DataFrame) -> Durations:
    """Every world that did not fail. ValueError when none is left or a row is invalid."""
    for column in ("days_held", "ended"):
        if column not in worlds.columns:
            raise ValueError(f"the table of worlds has no column '{column}'")
    if worlds.empty:
        raise ValueError("no worlds: the table is empty")
    failed = _events(worlds, "failed") if "failed" in worlds.columns else np.zeros(len(worlds), bool)
    complete = worlds[~failed]
    if complete.empty:
        raise ValueError(f"no worlds left: all {len(worlds):,} failed")
    return Durations(
        days=_whole_days(complete["days_held"]),
        ended=_events(complete, "ended"),
        cause=_column(complete, "cause", "").to_numpy(dtype=object),
        actor=_column(complete, "cause_actor", "").to_numpy(dtype=object),
        point=_column(complete, "point", 0).to_numpy(dtype=np.int64),
        failed=int(failed.sum()),
    )


def _column(worlds: pd.DataFrame, name: str, absent: object) -> pd.Series:
    """A column whose missing entries are replaced by `absent`; all `absent` if there is no such column."""
    if name not in worlds.columns:
        return pd.Series([absent] * len(worlds), index=worlds.index)
    column = worlds[name]
    return column.where(column.notna(), absent) if column.isna().any() else column


def _events(worlds: pd.DataFrame, name: str) -> BoolArray:
    """A column of 0 and 1 or true and false. ValueError for anything else and for missing values."""
    column = worlds[name]
    if column.isna().any():
        raise ValueError(
            f"{name}: row {int(column.isna().argmax())} is missing; give 0 or 1, false or true, in each row"
        )
    if column.dtype == bool:
        return column.to_numpy()
    plain = column.astype(str).str.lower().map({"0": 0, "1": 1, "0.0": 0, "1.0": 1, "false": 0, "true": 1})
    if plain.isna().any():
        wrong = column[plain.isna()].iloc[0]
        raise ValueError(f"{name}: {shown(wrong)} is neither 0 nor 1, false nor true")
    return np.asarray(plain.to_numpy(dtype=bool), np.bool_)


def _whole_days(column: pd.Series) -> IntArray:
    """Days held as whole numbers from 0."""
    days = column.to_numpy(dtype=float, na_value=np.nan)
    wrong = ~(np.isfinite(days) & (days >= 0) & (days == np.floor(days)))
    if wrong.any():
        raise ValueError(f"days_held: {days[wrong][0]:g} is not a whole number of days from 0")
    return days.astype(np.int64)


def ends_by_day(days: IntArray, last: int) -> IntArray:
    """How many of the days fall on each day from 0 to `last`, shape (last + 1,)."""
    return np.bincount(days[days <= last], minlength=last + 1).astype(np.int64)


def at_risk_by_day(days: IntArray) -> IntArray:
    """Risk set: worlds that still held at the beginning of each day, from 0 to the last day followed."""
    left = ends_by_day(days, int(days.max()))
    return np.asarray(len(days) - np.cumsum(left) + left, dtype=np.int64)


Event = Literal["any", "breakdown"]
TABLE_DAYS = (0, 30, 90, 180, 365, 730, 1095, 1460, 1825)
HALF_TOLERANCE = 1e-12
SHARE_DIGITS = 12
"""Digits of a share in tables by day: one half is one half, whatever the sum that led to it."""


@dataclass(frozen=True, eq=False, repr=False)
class SurvivalCurve:
    """Survival function by whole day, from 0 to the last day that any world was followed.

    surviving[d] is P(days held > d); low and high are its pointwise 95 % limits for the sampling error of a finite
    number of worlds. at_risk[d] counts the worlds that still held when day d began. All arrays have one entry a day.
    """

    days: IntArray
    surviving: FloatArray
    low: FloatArray
    high: FloatArray
    at_risk: IntArray
    worlds: int
    failed: int
    event: Event

    def __repr__(self) -> str:
        last = len(self.days) - 1
        return (
            f"<SurvivalCurve: {self.worlds:,} worlds, day 0 to {last:,}, {self.surviving[-1]:.1%} hold past the last>"
        )

    def at(self, day: float) -> float:
        """P(days held > day); not a number beyond the last day followed, unless all worlds had ended."""
        return _value_at(self.surviving, day, before=1.0)

    @property
    def median(self) -> int | None:
        """First day by which at least half of the deals have ended; None when that is beyond the last day."""
        day = median_day(self.surviving)
        return int(day) if np.isfinite(day) else None

    def table(self, days: Sequence[int] = TABLE_DAYS) -> pd.DataFrame:
        """A row per day: surviving, low, high [probability] and at_risk [worlds]; missing beyond the days followed."""
        rows = [
            {
                "day": day,
                "surviving": self.at(day),
                "low": self._limit(self.low, day),
                "high": self._limit(self.high, day),
                "at_risk": self.still_holding(day),
            }
            for day in days
        ]
        return pd.DataFrame(rows, columns=["day", "surviving", "low", "high", "at_risk"])

    def by_day(self, last: int) -> pd.DataFrame:
        """The columns of `table`, a row for day 0, for `last`, and for each day between on which any of them changes.

        Between two rows everything is as in the earlier one, so that the curve can be read from the rows alone.
        """
        columns = (self.surviving, self.low, self.high, self.at_risk)
        all_ended = bool(self.surviving[-1] == 0)
        emptied = {len(self.days)} if all_ended and len(self.days) < last else set[int]()
        days = emptied.union(_days_of_change(columns, all_ended, last))
        return self.table(sorted(days)).round(SHARE_DIGITS)

    def still_holding(self, day: int) -> int:
        """Worlds in the risk set of a day."""
        return int(self.at_risk[day]) if day < len(self.at_risk) else 0

    def _limit(self, limits: FloatArray, day: float) -> float:
        """A limit on a day; constant after the last world has ended."""
        after_the_end = self.surviving[-1] == 0 and day >= len(limits)
        return float(limits[-1]) if after_the_end else _value_at(limits, day, before=1.0)


def _days_of_change(columns: Sequence[npt.NDArray[Any]], all_ended: bool, last: int) -> list[int]:
    """Day 0, the days up to `last` on which a column differs from the day before, and `last` if it was followed."""
    changed = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    followed = len(columns[0]) - 1
    days = {0, *(np.flatnonzero(changed) + 1).tolist(), last if all_ended else min(last, followed)}
    return sorted(day for day in days if day <= last)


def median_day(surviving: FloatArray) -> float:
    """First day on which a survival curve is at one half or below [day]; infinite when it never is.

    Rounding may leave a curve slightly above one half: within HALF_TOLERANCE counts as one half.
    """
    reached = np.flatnonzero(surviving <= 0.5 + HALF_TOLERANCE)
    return float(reached[0]) if reached.size else float("inf")


def at_term(worlds: pd.DataFrame, day: int) -> tuple[Interval, Interval]:
    """Shares of worlds in force, and unbroken, past a day, with the 95 % interval of chance."""
    known = worlds.loc[~worlds["failed"]]
    unbroken = ~(known["ended"] & (known["days_held"] <= day))
    formal = known["formal_end_day"].fillna(np.iinfo(np.int64).max) > day
    return share_interval(float((unbroken & formal).sum()), len(known)), share_interval(
        float(unbroken.sum()), len(known)
    )


def survival(worlds: pd.DataFrame, event: Event = "any") -> SurvivalCurve:
    """Kaplan-Meier curve of the worlds that did not fail; worlds that reach the horizon are censored.

    'any': every end counts. 'breakdown': expiry and abrogation are censored, so the curve is that of a deal that
    cannot expire or be called off. ValueError when no world is left or the event is unknown.
    """
    known, at_risk, ends = _risk_set_and_ends(worlds, event)
    surviving = kaplan_meier(ends, at_risk)
    effective = effective_worlds(surviving, ends, at_risk)
    low, high = share_limits(surviving * effective, effective)
    days = np.arange(len(at_risk), dtype=np.int64)
    return SurvivalCurve(days, surviving, low, high, at_risk, len(known.days), known.failed, event)


def survival_quantile(curve: SurvivalCurve, ended: float = 0.5) -> Interval:
    """The first day by which a share of deals has ended, with the days on which the curve's limits get there.

    Infinity when that lies beyond the days followed. Brookmeyer and Crowley (1982), with the curve's own limits.
    """
    if not 0 < ended < 1:
        raise ValueError(f"ended: {ended:g} does not lie between 0 and 1")
    return Interval(*(_first_at_or_below(edge, 1 - ended) for edge in (curve.surviving, curve.low, curve.high)))


def _first_at_or_below(edge: FloatArray, level: float) -> float:
    below = np.flatnonzero(edge <= level + 1e-12)
    return float(below[0]) if below.size else float("inf")


def kaplan_meier(ends: IntArray, at_risk: IntArray) -> FloatArray:
    """P(days held > d) for each day d: the product of 1 - ends / at_risk over the days up to d."""
    return np.cumprod(1 - ends / at_risk, dtype=np.float64)


def effective_worlds(surviving: FloatArray, ends: IntArray, at_risk: IntArray) -> FloatArray:
    """Number of uncensored worlds that would give the same variance, from Greenwood's formula. Rothman (1978).

    Without censoring before the day it is the number of worlds. Before the first end it is the number at risk; on the
    day when the last world ends, it is that of the day before.
    """
    effective = at_risk.astype(float)
    inside = (surviving > 0) & (surviving < 1)
    hazard = np.divide(ends, at_risk * (at_risk - ends), out=np.zeros(len(ends)), where=ends < at_risk)
    greenwood = np.cumsum(hazard)
    effective[inside] = (1 - surviving[inside]) / (surviving[inside] * greenwood[inside])
    if surviving[-1] == 0 and inside.any():
        effective[-1] = effective[inside][-1]
    return effective


def restricted_mean(worlds: pd.DataFrame, horizon: int, event: Event = "any") -> Interval:
    """Restricted mean of the days held, up to the horizon, with its 95 % interval [days].

    The area under the Kaplan-Meier curve. The interval is that of a share, of the horizon, so that it stays
    between 0 and the horizon and has a width when every world holds; for a single world it is 0 to the horizon.
    ValueError when the worlds were followed for fewer days than the horizon.
    """
    if horizon < 1:
        raise ValueError(f"horizon: {horizon} is not a number of days from 1")
    known, at_risk, ends = _risk_set_and_ends(worlds, event)
    surviving = kaplan_meier(ends, at_risk)
    if len(surviving) - 1 < horizon and surviving[-1] > 0:
        raise ValueError(f"horizon: worlds were followed for {len(surviving) - 1:,} days, not {horizon:,}")
    mean = float(surviving[:horizon].sum())
    if len(known.days) < 2:
        return Interval(mean, 0.0, float(horizon))
    variance = _mean_variance(surviving[:horizon], ends[:horizon], at_risk[:horizon], len(known.days))
    share = min(1.0, mean / horizon)
    number = share * (1 - share) * horizon**2 / variance if variance > 0 else float(len(known.days))
    if variance == 0 and 0 < share < 1:
        return Interval(mean, mean, mean)
    low, high = share_limits(share * number, number)
    return Interval(mean, float(low) * horizon, float(high) * horizon)


def _mean_variance(surviving: FloatArray, ends: IntArray, at_risk: IntArray, worlds: int) -> float:
    """Variance of a restricted mean [days squared]; without early censoring, that of the sample mean."""
    area_after = np.cumsum(surviving[::-1])[::-1]
    alive = ends < at_risk
    parts = np.divide(area_after**2 * ends, at_risk * (at_risk - ends), out=np.zeros(len(ends)), where=alive)
    return float(parts.sum()) * worlds / (worlds - 1)


def _risk_set_and_ends(worlds: pd.DataFrame, event: Event) -> tuple[Durations, IntArray, IntArray]:
    """The worlds, and for each day the number at risk and the number of events."""
    known = durations(worlds)
    at_risk = at_risk_by_day(known.days)
    return known, at_risk, ends_by_day(known.days[event_mask(known, event)], len(at_risk) - 1)


def event_mask(known: Durations, event: Event) -> BoolArray:
    """Mask of the worlds in which the event happened."""
    if event == "any":
        return known.ended
    if event == "breakdown":
        return known.ended & ~np.isin(known.cause.astype(str), COMPETING)
    raise ValueError(f"event: '{event}' is neither 'any' nor 'breakdown'")


def _value_at(values: FloatArray, day: float, before: float) -> float:
    """Value of a step function on a day."""
    if day < 0:
        return before
    if day < len(values):
        return float(values[int(day)])
    return 0.0 if values[-1] == 0 else float("nan")


class EndingCause(NamedTuple):
    """A cause and, when actors are distinguished, the actor that caused the end ('' otherwise)."""

    cause: str
    actor: str = ""


@dataclass(frozen=True, eq=False)
class Incidence:
    """Cumulative incidence of every cause that occurred, and P(still holding); they sum to 1 on every day.

    by_ending[e][d] and holding[d] are probabilities, one entry a day from 0 to the last day followed; at_risk[d]
    counts the worlds that still held when the day began.
    """

    days: IntArray
    by_ending: dict[EndingCause, FloatArray]
    holding: FloatArray
    at_risk: IntArray
    worlds: int
    failed: int

    def at(self, day: int) -> dict[EndingCause, float]:
        """Shares on a day by ending, with EndingCause('held') for the worlds that still hold. They sum to 1."""
        index = min(max(day, 0), len(self.days) - 1)
        shares = {ending: float(share[index]) for ending, share in self.by_ending.items()}
        return {**shares, EndingCause("held"): float(self.holding[index])}

    def by_day(self, last: int) -> pd.DataFrame:
        """A row for day 0, for `last`, and for each day between on which a share changes; a column per ending."""
        columns = (*self.by_ending.values(), self.holding)
        days = _days_of_change(columns, bool(self.holding[-1] == 0), last)
        rows = [{" ".join(filter(None, ending)): share for ending, share in self.at(day).items()} for day in days]
        return pd.DataFrame(rows, index=pd.Index(days, name="day")).round(SHARE_DIGITS)

    def table(self, days: tuple[int, ...] = (30, 90, 365, 730, 1095, 1460, 1825)) -> pd.DataFrame:
        """A row per day and a column per ending [probability], for the days that were followed."""
        followed = [day for day in days if day < len(self.days)] or [len(self.days) - 1]
        rows = [{" ".join(filter(None, ending)): share for ending, share in self.at(day).items()} for day in followed]
        return pd.DataFrame(rows, index=pd.Index(followed, name="day"))


def cumulative_incidence(worlds: pd.DataFrame, by_actor: bool = False) -> Incidence:
    """Aalen-Johansen estimate of the probability of each cause, with the other causes as competing risks.

    Causes come in the order of ENDING_CAUSES; with by_actor, the actors of a cause by their share, largest first.
    ValueError when no world is left, or an ended world has no known cause.
    """
    known = durations(worlds)
    _check_causes(known)
    at_risk = at_risk_by_day(known.days)
    last = len(at_risk) - 1
    ended = ends_by_day(known.days[known.ended], last)
    before = np.concatenate(([1.0], kaplan_meier(ended, at_risk)[:-1]))
    by_ending: dict[EndingCause, FloatArray] = {}
    for ending in _endings(known, by_actor):
        ends = ends_by_day(known.days[_ended_by(known, ending, by_actor)], last)
        by_ending[ending] = np.cumsum(before * ends / at_risk)
    total = np.sum(list(by_ending.values()), axis=0) if by_ending else np.zeros(last + 1)
    holding = np.where(ended.cumsum() == len(known.days), 0.0, 1 - total)
    days = np.arange(last + 1, dtype=np.int64)
    return Incidence(days, by_ending, holding, at_risk, len(known.days), known.failed)


def _check_causes(known: Durations) -> None:
    """ValueError unless every ended world has a cause of the model."""
    unknown = sorted({str(cause) for cause in known.cause[known.ended]} - set(ENDING_CAUSES))
    if unknown:
        raise ValueError(f"cause: {unknown[0]!r} is none of {', '.join(ENDING_CAUSES)}")


def _endings(known: Durations, by_actor: bool) -> list[EndingCause]:
    """The endings that occurred, in the order of ENDING_CAUSES, then by frequency, then by name."""
    counts: dict[EndingCause, int] = {}
    for cause, actor in zip(known.cause[known.ended], known.actor[known.ended], strict=True):
        ending = EndingCause(str(cause), str(actor) if by_actor else "")
        counts[ending] = counts.get(ending, 0) + 1
    return sorted(counts, key=lambda ending: (ENDING_CAUSES.index(ending.cause), -counts[ending], ending.actor))


def _ended_by(known: Durations, ending: EndingCause, by_actor: bool) -> BoolArray:
    """Mask of the worlds with that ending."""
    chosen: BoolArray = known.ended & (known.cause == ending.cause)
    return np.logical_and(chosen, known.actor == ending.actor) if by_actor else chosen
