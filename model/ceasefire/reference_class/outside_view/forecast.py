"""`ceasefire.forecast`: how long a ceasefire lasts, from a few facts and from the earlier deals of its conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ceasefire.array_types import FloatArray
from ceasefire.errors import Fault, ScenarioError
from ceasefire.reference_class.outside_view.coded_deals import (
    FOOTNOTE,
    HEADLINE,
    SPREAD,
    Reading,
    Record,
    table_of,
)
from ceasefire.reference_class.outside_view.deal_files import (
    DealRequest,
    days_exactly,
    deal_of,
    history_of,
    read_form,
    read_history,
    read_table,
)
from ceasefire.reference_class.outside_view.duration_curve import DurationCurve, curve, holds_over_draws
from ceasefire.reference_class.outside_view.end_of_term import EndOfTerm
from ceasefire.reference_class.outside_view.knowledge import Knowledge, knowledge_of
from ceasefire.reference_class.outside_view.parameters import BOUNDS, parameters
from ceasefire.reference_class.outside_view.shipped_numbers import SHIPPED, USED, OutsideView, load_numbers

if TYPE_CHECKING:
    import pandas as pd

BREAK_WEIGHT = 0.15
"""Chance that a deal has nothing to do with the earlier ones of its conflict and country.

A number from 0.05 to 0.3 does as well; 0.1 is best with countries left out, 0.15 to 0.2 forward in time.
See docs/forecasts.md. Without it forecasts are too sure that bad histories repeat.
"""

DAYS = (30, 90, 180, 365, 1825)
SHORT_DAYS = (1, 3, 7, 14)
RANGE = (0.05, 0.95)
DRAWS = 2000
LAST_DAY = 1825
"""Beyond five years the record tells nothing apart."""


@dataclass(frozen=True)
class Row:
    """The chance to hold at least `day` days: unbroken, with its 90 % range and other readings, and in force.

    `in_force` is not-a-number where the term had run out before the days that the deal has held.
    """

    day: int
    unbroken: float
    low: float
    high: float
    third: float
    upper: float
    interval: float
    in_force: float

    @property
    def readings(self) -> tuple[float, float]:
        """Least and most over the readings of undated ends that are shown, the headline among them."""
        shown = (self.unbroken, self.third, self.upper)
        return min(shown), max(shown)


@dataclass(frozen=True, eq=False)
class DealForecast:
    """The forecast of one deal. `curves` by reading of undated ends; the headline is the middle reading."""

    request: DealRequest
    known: Knowledge
    curves: Mapping[Reading, DurationCurve]
    term: EndOfTerm
    view: OutsideView
    requested_days: tuple[int, ...] = ()

    @property
    def headline(self) -> DurationCurve:
        """The curve of the middle reading."""
        return self.curves[HEADLINE]

    @property
    def planned(self) -> float | None:
        """Length of the fixed term [days], None when open-ended or not known."""
        return self.request.facts.planned_days

    @property
    def term_is_over(self) -> bool:
        """Whether the deal has held for longer than its term: in force could then only mean that it was renewed."""
        return self.planned is not None and self.request.held_days >= self.planned

    def in_force(self, days: FloatArray | float, reading: Reading = HEADLINE) -> FloatArray:
        """P(unbroken and the term not over) on each day, given that the deal is in force after `held_days`.

        Not-a-number when the term was over by then: whether it was renewed is not known.
        """
        if self.term_is_over:
            return np.full(np.shape(days), np.nan)
        when = np.maximum(np.asarray(days, np.float64), self.request.held_days)
        unbroken = self.curves[reading].holds(when)
        if self.planned is None:
            return unbroken
        plan = np.asarray(self.planned)
        running = 1.0 - self.term.ended(when, plan)
        now = 1.0 - self.term.ended(np.asarray(self.request.held_days), plan)
        return np.asarray(unbroken * running / max(float(now), 1e-12))

    @cached_property
    def days(self) -> tuple[int, ...]:
        """Days of the table: the usual ones, some around a planned day, and short ones for a short deal."""
        if self.requested_days:
            return self.requested_days
        wanted = set(DAYS)
        if self.planned is not None:
            plan = max(1, round(self.planned))
            wanted |= {max(1, plan // 2), plan, plan + 1, 2 * plan}
        if self.headline.quantile(0.5) - self.request.held_days < 30 or (self.planned or 99) < 15:
            wanted |= set(SHORT_DAYS)
        later = sorted(day for day in wanted if self.request.held_days < day <= LAST_DAY)
        return tuple(later)

    @cached_property
    def rows(self) -> list[Row]:
        """The table."""
        when = np.array(self.days, np.float64)
        low, high = self.band(when)
        columns = [
            self.headline.holds(when), low, high, self.curves[SPREAD[0]].holds(when),
            self.curves[SPREAD[1]].holds(when), self.curves[FOOTNOTE].holds(when), self.in_force(when),
        ]  # fmt: skip
        return [Row(day, *(float(c[at]) for c in columns)) for at, day in enumerate(self.days)]

    def band(self, days: FloatArray) -> FloatArray:
        """Low and high end of the 90 % range of the headline, over what effects and numbers may be; (2, len(days))."""
        return self.quantiles(days, RANGE)

    def quantiles(self, days: FloatArray, shares: Sequence[float]) -> FloatArray:
        """Quantiles of the headline's chances over what effects and numbers may be, (len(shares), len(days))."""
        theta, covariance = self.view.theta[HEADLINE], self.view.covariance[HEADLINE]
        values, vectors = np.linalg.eigh(covariance)
        normal = np.random.default_rng(1989).standard_normal((DRAWS, len(theta)))
        draws = theta + normal * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
        draws = np.clip(draws, *np.array(BOUNDS).T)
        table = table_of([self.request.facts])
        models = [parameters(draw) for draw in draws]
        mean = np.array([model.mean(table)[0] for model in models])
        noise = np.array([model.noise(table)[0] for model in models])
        speed = np.array([model.lapse_speed for model in models])
        return holds_over_draws(self.headline, days, np.array(shares), mean, noise, speed)

    @property
    def median(self) -> float:
        """Days by which half of such deals are broken; inf beyond a hundred years."""
        return self.headline.median

    def medians(self) -> dict[Reading, float]:
        """The median in each reading."""
        return {reading: one.median for reading, one in self.curves.items()}

    @property
    def median_span(self) -> tuple[float, float]:
        """Least and most of the median over the readings that are shown, the headline among them."""
        medians = self.medians()
        shown = [medians[reading] for reading in (HEADLINE, *SPREAD)]
        return min(shown), max(shown)

    @cached_property
    def median_in_force(self) -> float:
        """Days by which half are no longer in force; not-a-number when the term is over."""
        if self.term_is_over:
            return float("nan")
        low, high = self.request.held_days, 36525.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if float(self.in_force(middle)) > 0.5 else (low, middle)
        return high

    def at(self, day: float) -> float:
        """P(unbroken for at least `day` days)."""
        return float(self.headline.holds(day))


@dataclass(frozen=True, eq=False)
class Forecast:
    """Forecasts of one or more deals; `warnings` say what was missing or not known."""

    deals: list[DealForecast]

    @property
    def warnings(self) -> list[str]:
        """Each warning once, with the deal's name where there is more than one."""
        several = len(self.deals) > 1
        pairs = [
            f"{one.request.facts.name}: {words}" if several else words
            for one in self.deals
            for words in one.known.warnings
        ]
        return list(dict.fromkeys(pairs))

    def rows(self) -> list[dict[str, Any]]:
        """A row per deal and day: deal, day, unbroken, low, high, third, upper, interval, in_force."""
        return [{"deal": one.request.facts.name, **row.__dict__} for one in self.deals for row in one.rows]

    def table(self) -> pd.DataFrame:
        """The rows as a table."""
        import pandas as pd

        return pd.DataFrame(self.rows())


@cache
def numbers_of(folder: Path) -> OutsideView:
    """The numbers of a folder, read once."""
    return load_numbers(folder)


DealInput = DealRequest | Mapping[str, Any] | str | Path


def forecast(
    deal: DealInput | Sequence[DealInput],
    *,
    history: str | Path | Sequence[Mapping[str, Any]] | Sequence[Record] = (),
    held_days: float | None = None,
    data: str | Path | None = None,
    days: Sequence[int] = (),
    numbers: str | Path | None = None,
) -> Forecast:
    """How long a ceasefire lasts, from what is known on the day of signing.

    `deal`: facts by name, as {"country": "Syria", "start": "2020-03-06", "written": "yes"}; a YAML file of facts; a CSV
    table with a deal a row; or several of these. `history`: a CSV list of earlier deals of the conflict, or such rows.
    `held_days`: it has held so long. `data`: a folder of coded deals, which then count by name. `days`: days of the
    table. `numbers`: a folder written by a refit. Raises ScenarioError with every fault of what was given.
    """
    view = numbers_of(SHIPPED if numbers is None else Path(numbers))
    request = _requests(deal)
    if held_days is not None:
        request = [replace(one, held_days=held_days) for one in request]
    _check_days(request, days)
    earlier = _earlier(history)
    from_data = _from_data(data)
    return Forecast([forecast_one(view, one, earlier, from_data, tuple(days)) for one in request])


def forecast_one(
    view: OutsideView,
    request: DealRequest,
    history: Sequence[Record] = (),
    data: Sequence[Record] | None = None,
    days: tuple[int, ...] = (),
) -> DealForecast:
    """The forecast of one deal. With `data` its deals replace what is shipped of the country."""
    known = knowledge_of(view, request, history, data)
    request = replace(request, facts=known.facts)
    return DealForecast(request, known, curves(view, request, known), view.term, view, days)


def curves(view: OutsideView, request: DealRequest, known: Knowledge) -> dict[Reading, DurationCurve]:
    """The curve in each reading."""
    deal = table_of([request.facts])
    return {
        reading: curve(
            view.model(reading), deal, known.effect(view.model(reading), reading, deal), BREAK_WEIGHT, request.held_days
        )
        for reading in USED
    }


def known_countries(data: str | Path | None = None, numbers: str | Path | None = None) -> list[str]:
    """The countries of which earlier deals are known: those of the numbers, or of a data folder."""
    from_data = _from_data(data)
    if from_data is not None:
        return sorted({record.facts.country for record in from_data})
    return sorted(numbers_of(SHIPPED if numbers is None else Path(numbers)).countries)


def _requests(deal: DealInput | Sequence[DealInput]) -> list[DealRequest]:
    if isinstance(deal, DealRequest):
        return [deal]
    if isinstance(deal, Mapping):
        return [deal_of(deal)]
    if isinstance(deal, (str, Path)):
        file = Path(deal)
        return read_table(file) if file.suffix.lower() == ".csv" else [read_form(file)]
    return [each for one in deal for each in _requests(one)]


def _check_days(request: Sequence[DealRequest], days: Sequence[int]) -> None:
    faults = [
        Fault("", None, "days", f"{day} is not a day from 1 to {LAST_DAY}; later days are not told apart")
        for day in days if not 1 <= day <= LAST_DAY
    ]  # fmt: skip
    faults += [
        Fault("", None, "held_days", f"{one.held_days:g} is not a number of days from 0 to {LAST_DAY}")
        for one in request if not 0 <= one.held_days < LAST_DAY
    ]  # fmt: skip
    past = [(one, day) for one in request for day in days if day <= one.held_days]
    faults += [
        Fault("", None, "days", f"day {day} is over: the deal has held {days_exactly(one.held_days)}; give a later day")
        for one, day in past[:1] if len(request) == 1
    ]  # fmt: skip
    if faults:
        raise ScenarioError(faults)


def _earlier(history: str | Path | Sequence[Mapping[str, Any]] | Sequence[Record]) -> list[Record]:
    if isinstance(history, (str, Path)):
        return read_history(Path(history))
    rows = [one for one in history if not isinstance(one, Record)]
    return [one for one in history if isinstance(one, Record)] + history_of(rows)


def _from_data(data: str | Path | None) -> list[Record] | None:
    if data is None:
        return None
    from ceasefire.reference_class.outside_view.data_folder import read_durations, read_recent

    return read_durations(Path(data)) + read_recent(Path(data))[0]
