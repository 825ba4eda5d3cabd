"""Ceasefires made from the outside view itself, with known numbers: are these found again, and are forecasts honest?"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ceasefire.array_types import FloatArray
from ceasefire.reference_class.outside_view.coded_deals import (
    CLASSES,
    DealFacts,
    Ending,
    Record,
    date_of,
    day_number,
    known_durations,
    table_of,
)
from ceasefire.reference_class.outside_view.duration_curve import curve
from ceasefire.reference_class.outside_view.effect_states import effect_from_history, nothing_known
from ceasefire.reference_class.outside_view.fit import fit
from ceasefire.reference_class.outside_view.parameters import NAMES, parameters

TRUTH: FloatArray = np.array([4.1, 0.7, 1.2, 0.8, 0.5, 0.8, 0.6, 0.25, -0.1, 0.15, 6.6, -0.3, -0.25, 0.9])
"""Numbers near those that are shipped, in the order of NUMBERS."""

FIRST, LAST = datetime.date(1989, 1, 1), datetime.date(2020, 12, 31)
TERMS = (3.0, 7.0, 14.0, 30.0, 90.0, 180.0)


@dataclass(frozen=True)
class Made:
    """Records with the durations that they would have had if nobody had stopped looking [days]."""

    records: list[Record]
    durations: FloatArray


def made_deals(seed: int, countries: int = 40, deals_per_country: int = 20, theta: FloatArray = TRUTH) -> Made:
    """Deals of made countries with one to three conflicts each; half of the terms that are kept end the deal."""
    dice = np.random.default_rng(seed)
    model, records, durations = parameters(theta), [], []
    for number in range(countries):
        count = 1 + dice.poisson(deals_per_country - 1)
        starts = np.sort(dice.integers(int(day_number(FIRST)), int(day_number(LAST)) - 30, count)).astype(np.float64)
        conflict = dice.integers(0, dice.integers(1, 4), count)
        facts = [_facts(dice, f"country {number:02}", f"{c}", day) for c, day in zip(conflict, starts, strict=True)]
        table = table_of(facts)
        same = conflict[:, None] == conflict[None, :]
        fading = model.sd_conflict**2 * same * np.exp(-np.abs(starts[:, None] - starts[None, :]) / model.memory_days)
        own = np.linalg.cholesky(fading + 1e-9 * np.eye(count)) @ dice.standard_normal(count)
        kind = model.sd_kind * dice.standard_normal(2)
        effects = own + kind[table.fixed.astype(int)] + model.sd_country * dice.standard_normal()
        log_days = model.mean(table) + effects + model.noise(table) * dice.standard_normal(count)
        clock = np.exp(np.minimum(log_days, 15.0))
        late = np.maximum(clock - np.where(np.isnan(table.planned), np.inf, table.planned), 0.0)
        held = clock - late + late / model.lapse_speed
        for one, days in zip(facts, held, strict=True):
            durations.append(float(days))
            records.append(Record(one, _ending(dice, one, float(days))))
    return Made(records, np.array(durations))


def _facts(dice: np.random.Generator, country: str, conflict: str, day: float) -> DealFacts:
    fixed = bool(dice.random() < 0.5)
    planned = float(dice.choice(TERMS)) if fixed else None
    klass = CLASSES[int(dice.choice(3, p=(0.7, 0.2, 0.1)))]
    name = f"{country} {conflict} {int(day)} {dice.integers(1 << 30)}"
    return DealFacts(name, country, conflict, date_of(day), klass, bool(dice.random() < 0.3), fixed, planned)


def _ending(dice: np.random.Generator, facts: DealFacts, days: float) -> Ending:
    followed = day_number(LAST) - day_number(facts.start)
    if facts.planned_days is not None and dice.random() < 0.5:
        followed = min(followed, facts.planned_days)
    return Ending(float(np.floor(days)), True) if days < followed else Ending(float(np.floor(followed)), False)


@dataclass(frozen=True)
class Recovery:
    """Estimates less the truth in units of their standard errors, shape (samples, numbers)."""

    z: FloatArray

    @property
    def covered(self) -> FloatArray:
        """Share of samples in which the 95 % interval of each number holds the truth."""
        return np.asarray((np.abs(self.z) < 1.96).mean(axis=0))


def recovery(samples: int, countries: int = 40, deals_per_country: int = 20, seed: int = 1) -> Recovery:
    """Fit the numbers to made deals again and again."""
    z_scores = []
    for sample in range(samples):
        made = made_deals(seed + sample, countries, deals_per_country)
        table = table_of([record.facts for record in made.records])
        index, durations = known_durations([record.ending for record in made.records], "mid")
        fitted = fit(table.take(index), durations)
        z_scores.append((fitted.theta - TRUTH) / np.maximum(fitted.errors, 1e-6))
    return Recovery(np.array(z_scores).reshape(samples, len(NAMES)))


def ranks(made: Made, theta: FloatArray = TRUTH, chosen: Sequence[int] | None = None) -> FloatArray:
    """P(T < what came) of each deal, forecast from its history as known on its first day: uniform when honest.

    With the true numbers, and with the duration that nobody cut short.
    """
    model = parameters(theta)
    table = table_of([record.facts for record in made.records])
    shares = []
    for k in range(len(made.records)) if chosen is None else chosen:
        deal = table.take(np.array([k]))
        own = np.flatnonzero(table.country == deal.country[0])
        endings = [made.records[int(j)].ending for j in own]
        known = effect_from_history(nothing_known(model), model, deal, table.take(own), endings, "mid")
        shares.append(1.0 - float(curve(model, deal, known).holds(made.durations[k])))
    return np.array(shares)
