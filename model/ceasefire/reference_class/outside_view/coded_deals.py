"""Deals as they are coded, how each ended as far as anybody knows, and what of that was known on a given day."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray

Class = Literal["cessation", "preliminary", "definitive"]
CLASSES: tuple[Class, ...] = ("cessation", "preliminary", "definitive")

Reading = Literal["dated", "third", "mid", "upper", "interval"]
READINGS: tuple[Reading, ...] = ("dated", "third", "mid", "upper", "interval")
"""What to make of an end that nobody dated, when the next ceasefire came `days_upper` after the deal: leave the deal
out; a third, half or all of that time; or "somewhere before"."""

HEADLINE: Reading = "mid"
SPREAD: tuple[Reading, Reading] = ("third", "upper")
FOOTNOTE: Reading = "interval"
SHARE_OF_GAP: dict[Reading, float] = {"dated": 1.0, "third": 1 / 3, "mid": 0.5, "upper": 1.0, "interval": 1.0}

HORIZON = 1825.0
"""Days beyond which durations are not told apart."""

REFERENCE_TERM = 14.0
"""Length of the fixed term for which log(planned / 14) is 0 [days]."""

FEATURES = ("constant", "not_cessation", "definitive", "fixed_term", "log_planned", "written")
SCALE_FEATURES = ("constant", "not_cessation", "fixed_term")
PROLEPTIC = datetime.date(1989, 1, 1).toordinal()


def day_number(date: datetime.date) -> float:
    """Days since 1 January 1989."""
    return float(date.toordinal() - PROLEPTIC)


def date_of(day: float) -> datetime.date:
    """The date of a day number."""
    return datetime.date.fromordinal(int(day) + PROLEPTIC)


@dataclass(frozen=True)
class DealFacts:
    """What is known of a deal when it is signed. `planned_days` is the length of a fixed term, None when not known."""

    name: str
    country: str
    conflict: str
    start: datetime.date
    ceasefire_class: Class = "cessation"
    written: bool = False
    fixed_term: bool = False
    planned_days: float | None = None


@dataclass(frozen=True)
class Ending:
    """How long a deal held, in whole days.

    It broke on day `days`, or held at least so long and ended otherwise or was lost from sight. Not `dated`: it broke
    on some day up to `days`, and it was known by then that it was over.
    """

    days: float
    broke: bool
    dated: bool = True


@dataclass(frozen=True)
class Record:
    """A deal and its end. `is_number`: its name is that of a row of a data folder, which tells a reader nothing."""

    facts: DealFacts
    ending: Ending
    is_number: bool = False


@dataclass(frozen=True, eq=False)
class DealTable:
    """n deals as arrays: features x (n, 6), of the log scale z (n, 3); planned [days], NaN for none or not known."""

    start: FloatArray
    country: NDArray[np.str_]
    conflict: NDArray[np.str_]
    fixed: NDArray[np.bool_]
    planned: FloatArray
    x: FloatArray
    z: FloatArray

    def __len__(self) -> int:
        return len(self.start)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> DealTable:
        """Some of the deals."""
        return DealTable(
            self.start[index], self.country[index], self.conflict[index], self.fixed[index], self.planned[index],
            self.x[index], self.z[index],
        )  # fmt: skip


def table_of(deals: Sequence[DealFacts]) -> DealTable:
    """Deals as arrays."""
    fixed = np.array([deal.fixed_term for deal in deals], np.bool_)
    planned = np.array([_planned(deal) for deal in deals], np.float64)
    more = np.array([deal.ceasefire_class != "cessation" for deal in deals], np.float64)
    definitive = np.array([deal.ceasefire_class == "definitive" for deal in deals], np.float64)
    written = np.array([deal.written for deal in deals], np.float64)
    length = np.log(np.where(np.isnan(planned), REFERENCE_TERM, planned) / REFERENCE_TERM)
    one = np.ones(len(deals))
    return DealTable(
        np.array([day_number(deal.start) for deal in deals], np.float64),
        np.array([deal.country for deal in deals], np.str_),
        np.array([deal.conflict for deal in deals], np.str_),
        fixed,
        planned,
        np.column_stack([one, more, definitive, fixed, length, written]).astype(np.float64),
        np.column_stack([one, more, fixed]).astype(np.float64),
    )


def _planned(deal: DealFacts) -> float:
    return deal.planned_days if deal.fixed_term and deal.planned_days is not None else float("nan")


@dataclass(frozen=True, eq=False)
class Durations:
    """What is known of n durations: each lies in [low, high) [days]; `high` is inf for "at least low"."""

    low: FloatArray
    high: FloatArray

    def __len__(self) -> int:
        return len(self.low)

    @property
    def censored(self) -> NDArray[np.bool_]:
        """Held until the last observation."""
        return np.isinf(self.high)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_]) -> Durations:
        """Some of them."""
        return Durations(self.low[index], self.high[index])


def known_durations(endings: Sequence[Ending], reading: Reading) -> tuple[NDArray[np.int64], Durations]:
    """Positions of the deals that this reading uses, and their durations as the closed record has them."""
    return _known(endings, np.full(len(endings), np.inf), reading)


def durations_known_on(
    day: float, starts: FloatArray, endings: Sequence[Ending], reading: Reading
) -> tuple[NDArray[np.int64], Durations]:
    """The same as it was known on a day: only deals signed before it count.

    A dated end counts once it has come; a deal that still holds counts as "at least so long"; a deal of undated end
    counts once it is known to be over, and not at all before that, for nothing was recorded of it in between.
    """
    return _known(endings, day - starts, reading)


def _known(endings: Sequence[Ending], age: FloatArray, reading: Reading) -> tuple[NDArray[np.int64], Durations]:
    """What is known of deals of a given age [days]; deals of age 0 or less are not known at all."""
    days = np.array([ending.days for ending in endings], np.float64)
    broke = np.array([ending.broke for ending in endings], np.bool_)
    undated = broke & ~np.array([ending.dated for ending in endings], np.bool_)
    used = (age > 0) & ~(undated & (days > age))
    if reading == "dated":
        used &= ~undated
    day = np.floor(np.where(undated, days * SHARE_OF_GAP[reading], days))
    over = broke & (day <= age)
    low = np.where(over, day, np.minimum(day, age))
    high = np.where(over, day + 1.0, np.inf)
    if reading == "interval":
        low = np.where(undated, 0.0, low)
    index = np.flatnonzero(used)
    return index, Durations(low[index], high[index])


def log_window(durations: Durations, planned: FloatArray, lapse_speed: float) -> tuple[FloatArray, FloatArray]:
    """Intervals of log days, cut at the horizon, on the deal's own clock.

    That clock runs `lapse_speed` times as fast once a fixed term is over: a hazard that is so many times higher.
    """
    beyond = durations.low >= HORIZON
    low = np.where(beyond, HORIZON, durations.low)
    high = np.where(beyond | (durations.high > HORIZON), np.inf, durations.high)
    with np.errstate(divide="ignore"):
        return np.log(own_clock(low, planned, lapse_speed)), np.log(own_clock(high, planned, lapse_speed))


def own_clock(days: FloatArray, planned: FloatArray, lapse_speed: float | FloatArray) -> FloatArray:
    """Days until the planned day, and days times `lapse_speed` after it."""
    late = np.maximum(np.where(np.isfinite(days), days, 0.0) - np.where(np.isnan(planned), np.inf, planned), 0.0)
    return np.asarray(days + (lapse_speed - 1.0) * late)
