"""What a run found about how long a deal holds: made once; answer, pictures, captions and the terminal word it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ceasefire.analysis.estimates import Interval

if TYPE_CHECKING:
    from ceasefire.analysis.summary import Summary

LONG_DAYS = (30, 90, 365)
SHORT_DAYS = (1, 3, 7, 14, 30)
SHORT_TERM = 90
"""A deal with a term of fewer days is told in SHORT_DAYS."""
SHORT_HALF = 14
"""So is one that half of the worlds do not survive for so many days."""
FIVE_YEARS = 1825


@dataclass(frozen=True)
class Held:
    """The chance that a deal is unbroken past a day (on the last day: that it reaches it), never without its doubt.

    `pooled` and `scenario` (over draws of the assumed numbers) have 90 % ranges, `written` the 95 % interval of chance.
    `verdict` says why draws are not told apart from chance. ValueError when a chance has no range of its own.
    """

    day: int
    written: Interval
    scenario: Interval | None = None
    pooled: Interval | None = None
    verdict: str = ""

    def __post_init__(self) -> None:
        for name in ("written", "scenario", "pooled"):
            one = getattr(self, name)
            if one is not None and not (0.0 <= one.low <= one.high <= 1.0 and 0.0 <= one.value <= 1.0):
                raise ValueError(f"day {self.day}: the chance ({name}) needs its own range, not {one}")


@dataclass(frozen=True)
class Duration:
    """How long a deal holds, by day in order; `told` are the one or two days that sentences name.

    Days count from signing. Worlds begin on day `first`: all chances are those of a deal that has held so long.

    ValueError when a day that is told has no finding of its own.
    """

    by_day: tuple[Held, ...]
    told: tuple[int, ...]
    worlds: int
    first: int = 0

    def __post_init__(self) -> None:
        missing = set(self.told) - {held.day for held in self.by_day}
        if missing or not self.told:
            raise ValueError(f"days {sorted(missing)} are told without their doubt")

    @property
    def last(self) -> int:
        """The last day that worlds were followed."""
        return self.by_day[-1].day

    @property
    def is_drawn(self) -> bool:
        """Whether assumed numbers were drawn."""
        return self.by_day[0].scenario is not None

    @property
    def sentence_days(self) -> tuple[Held, ...]:
        """The findings of the days that are told."""
        return tuple(held for held in self.by_day if held.day in self.told)


def days_told(horizon: int, term: int | None = None, half: float | None = None, first: int = 0) -> list[int]:
    """Days of tables, the horizon last: for a long deal, or for one with a short term or an early median [days].

    Where worlds begin on day `first`, the days are so many after it, and none is over by then.
    """
    short = is_short(term, half, first)
    days = {first + day for day in (SHORT_DAYS if short else LONG_DAYS)}
    days |= {term} if short and term else set() if short else {FIVE_YEARS}
    return [*sorted(day for day in days if first < day < horizon), horizon]


def is_short(term: int | None, half: float | None, first: int = 0) -> bool:
    """Whether a deal is told in days: by its term, or the day by which half of the worlds have ended."""
    by_term = term is not None and first < term < SHORT_TERM
    return by_term or (half is not None and half - first < SHORT_HALF)


def duration(results: Summary, pooled: Mapping[int, Interval] | None = None, term: int | None = None) -> Duration:
    """The finding from the main figures and, by day, the pooled chances with their ranges."""
    known = pooled or {}
    held = tuple(
        Held(day, figure.chance, figure.doubt, known.get(day), figure.verdict)
        for day, figure in results.holding.items()
    )
    days = [one.day for one in held if not known or one.day in known]
    first = results.first
    if is_short(term, results.median.main, first):
        coming = term if term is not None and term > first else first + SHORT_DAYS[2]
        wanted = [coming, first + SHORT_DAYS[-1]]
        told = [day for day in dict.fromkeys(wanted) if day in days] or days[-1:]
    else:
        told = days[-2:]
    return Duration(held, tuple(sorted(told)), results.worlds, first)


@dataclass(frozen=True)
class RealEnd:
    """What really happened, beside the forecast: days held (least and most), and the chance to hold so long.

    `chance` is that of holding `least` days or more; None for no day, and beyond the last day of the forecast.
    """

    least: int
    most: int
    holding: bool
    chance: Held | None

    @property
    def forecast(self) -> Interval | None:
        """The chance that the forecast gave to so long a duration, with its range."""
        if self.chance is None:
            return None
        return self.chance.pooled or self.chance.scenario or self.chance.written
