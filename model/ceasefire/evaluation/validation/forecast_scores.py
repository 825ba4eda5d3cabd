"""Forecast skill: is the model better than simple forecasts of the same deals from the same features?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.forecast_scores import (
    HORIZONS,
    CalibrationGroup,
    brier,
    calibration,
    concordance,
    concordance_gain,
    crps,
    log_scores,
    mean_by_group,
    restricted_mean,
)
from ceasefire.array_types import FloatArray
from ceasefire.evaluation.validation.baselines import RIVALS
from ceasefire.evaluation.validation.check_result import Finding, Verdict, all_ways, not_run, surely_better
from ceasefire.evaluation.validation.cross_validation import MODEL, Crossed
from ceasefire.evaluation.validation.data_used import Evidence
from ceasefire.reference_class.coded_deals import WAYS, Seen

ROW = "skill"
DATED_WAYS = ("dated", "mid", "upper")
"""Ways in which every end has a day, as some scores need."""


@dataclass(frozen=True)
class Measure:
    """A score of each deal; `sign` is 1 when higher is better."""

    name: str
    ways: tuple[str, ...]
    sign: float
    score: Callable[[FloatArray, Seen], FloatArray]


MEASURES = (
    Measure("log score", WAYS, 1.0, lambda m, w: log_scores(m, w.low, w.high)),
    Measure("CRPS of log(1 + days)", WAYS, -1.0, lambda m, w: crps(m, w.low, w.high)),
    *(
        Measure(f"Brier score at {day} days", DATED_WAYS, -1.0, lambda m, w, day=day: brier(m, w.low, w.high, day))  # type: ignore[misc]
        for day in HORIZONS
    ),
)
AGAINST = ("Kaplan-Meier by class", "Weibull regression", "Cox regression")


def forecast_skill(evidence: Evidence) -> list[Finding]:
    """Every score of the model against its rivals, four ways, crossed by country."""
    pairs = [(measure, rival) for measure in MEASURES for rival in AGAINST]
    if not evidence.deals:
        rows = [not_run(ROW, f"{measure.name}, against {rival}", "better") for measure, rival in pairs]
        rows += [not_run(ROW, f"concordance, against {rival}", "higher") for rival in AGAINST]
        return [*rows, not_run(ROW, CALIBRATED, CALIBRATED_TARGET)]
    found = [_compared(evidence, measure, rival) for measure, rival in pairs]
    found += [_ordered(evidence, rival) for rival in AGAINST]
    return [*found, _calibrated(evidence)]


def gain(one: Crossed, measure: Measure, rival: str) -> Interval:
    """By how much the model's mean score is better than a rival's."""
    model, other = (measure.score(one.forecasts[name], one.what) for name in (MODEL, rival))
    return mean_by_group(measure.sign * (model - other), one.countries)


def _compared(evidence: Evidence, measure: Measure, rival: str) -> Finding:
    gains = {way: gain(evidence.crossed[way], measure, rival) for way in measure.ways}
    return _judged(f"{measure.name}, against {rival}", "better in every way", gains)


def _ordered(evidence: Evidence, rival: str) -> Finding:
    gains = {way: _concordance_gain(evidence.crossed[way], rival) for way in WAYS}
    return _judged(f"concordance, against {rival}", "higher in every way", gains)


def _judged(pattern: str, target: str, gains: Mapping[str, Interval]) -> Finding:
    """The gains of the model by way of reading the data, and the verdict that they agree on."""
    verdicts: list[Verdict] = [surely_better(g.value, g.low) for g in gains.values()]
    return Finding(
        ROW, pattern, target,
        ", ".join(f"{way} {g.value:+.3f}" for way, g in gains.items()),
        ", ".join(f"{g.low:+.3f} to {g.high:+.3f}" for g in gains.values()),
        all_ways(verdicts), sample="out of sample",
    )  # fmt: skip


def _concordance_gain(one: Crossed, rival: str) -> Interval:
    model, other = (restricted_mean(one.forecasts[name]) for name in (MODEL, rival))
    return concordance_gain(model, other, one.what.low, one.what.high, one.countries)


MOST_COVERED = 13
"""A right forecaster covers fewer of 15 once in 27 times."""

CALIBRATED = "calibrated: fifths of alike forecasts hold as often as forecast"
CALIBRATED_TARGET = "the mean forecast lies in the interval of what was seen, in 13 of 15 fifths or more"


def groups(one: Crossed, name: str = MODEL) -> list[CalibrationGroup]:
    """Fifths of alike forecasts, at each of HORIZONS days."""
    mass = one.forecasts[name]
    return [group for day in HORIZONS for group in calibration(mass, one.what.low, one.what.high, day)]


def _calibrated(evidence: Evidence) -> Finding:
    covered = {way: sum(group.covered for group in groups(evidence.crossed[way])) for way in WAYS}
    verdicts: list[Verdict] = ["pass" if count >= MOST_COVERED else "miss" for count in covered.values()]
    return Finding(
        ROW, CALIBRATED, CALIBRATED_TARGET, ", ".join(f"{way} {count}" for way, count in covered.items()), "-",
        all_ways(verdicts), sample="out of sample",
    )  # fmt: skip


def skill_table(evidence: Evidence) -> pd.DataFrame:
    """Mean scores, one row per way and forecaster: columns way, forecaster, deals, and one for each measure."""
    rows = []
    for way, one in evidence.crossed.items():
        for name in (MODEL, *RIVALS):
            mass = one.forecasts[name]
            scores = {m.name: float(m.score(mass, one.what).mean()) for m in MEASURES if way in m.ways}
            c = concordance(restricted_mean(mass), one.what.low, one.what.high)
            rows.append({"way": way, "forecaster": name, "deals": len(one.deals), **scores, "concordance": c})
    return pd.DataFrame(rows)
