"""Forecast skill: scores of the model against baseline forecasts of the same deals from the same features."""

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
from ceasefire.evaluation.validation.baselines import BASELINES
from ceasefire.evaluation.validation.check_result import Finding, Verdict, gain_verdict, joint_verdict, not_run
from ceasefire.evaluation.validation.cross_validation import MODEL, CrossValidation
from ceasefire.evaluation.validation.data_used import Evidence
from ceasefire.reference_class.coded_deals import WAYS
from ceasefire.reference_class.outside_view.coded_deals import Durations

ROW = "skill"
DATED_WAYS = ("dated", "mid", "upper")
"""Ways of reading in which every end has a day, as some scores need."""


@dataclass(frozen=True)
class Measure:
    """A score of each deal; `sign` is 1 when a higher score is better, else -1."""

    name: str
    ways: tuple[str, ...]
    sign: float
    score: Callable[[FloatArray, Durations], FloatArray]


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
    """Every score of the model against the baselines, in four ways, cross-validated by country."""
    pairs = [(measure, baseline) for measure in MEASURES for baseline in AGAINST]
    if not evidence.deals:
        rows = [not_run(ROW, f"{measure.name}, against {baseline}", "better") for measure, baseline in pairs]
        rows += [not_run(ROW, f"concordance, against {baseline}", "higher") for baseline in AGAINST]
        return [*rows, not_run(ROW, CALIBRATED, CALIBRATED_TARGET)]
    findings = [_score_finding(evidence, measure, baseline) for measure, baseline in pairs]
    findings += [_concordance_finding(evidence, baseline) for baseline in AGAINST]
    return [*findings, _calibration_finding(evidence)]


def gain(one: CrossValidation, measure: Measure, baseline: str) -> Interval:
    """How much better the model's mean score is than a baseline's, with its interval."""
    model, other = (measure.score(one.forecasts[name], one.durations) for name in (MODEL, baseline))
    return mean_by_group(measure.sign * (model - other), one.countries)


def _score_finding(evidence: Evidence, measure: Measure, baseline: str) -> Finding:
    gains = {way: gain(evidence.cross_validated[way], measure, baseline) for way in measure.ways}
    return _finding_over_ways(f"{measure.name}, against {baseline}", "better in every way", gains)


def _concordance_finding(evidence: Evidence, baseline: str) -> Finding:
    gains = {way: _concordance_gain(evidence.cross_validated[way], baseline) for way in WAYS}
    return _finding_over_ways(f"concordance, against {baseline}", "higher in every way", gains)


def _finding_over_ways(pattern: str, target: str, gains: Mapping[str, Interval]) -> Finding:
    """The model's gain in each way of reading the data, and the joint verdict."""
    verdicts: list[Verdict] = [gain_verdict(g.value, g.low) for g in gains.values()]
    return Finding(
        ROW, pattern, target,
        ", ".join(f"{way} {g.value:+.3f}" for way, g in gains.items()),
        ", ".join(f"{g.low:+.3f} to {g.high:+.3f}" for g in gains.values()),
        joint_verdict(verdicts), sample="out of sample",
    )  # fmt: skip


def _concordance_gain(one: CrossValidation, baseline: str) -> Interval:
    model, other = (restricted_mean(one.forecasts[name]) for name in (MODEL, baseline))
    return concordance_gain(model, other, one.durations.low, one.durations.high, one.countries)


MOST_COVERED = 13
"""Fewer than 13 of 15 covered intervals have a probability of 1 in 27 for a calibrated forecaster."""

CALIBRATED = "calibrated: deals in each fifth of the forecasts hold as often as forecast"
CALIBRATED_TARGET = "the mean forecast is in the interval of the observed share, in 13 of 15 fifths or more"


def groups(one: CrossValidation, name: str = MODEL) -> list[CalibrationGroup]:
    """Deals in fifths by their forecast, at each of HORIZONS days."""
    mass = one.forecasts[name]
    return [group for day in HORIZONS for group in calibration(mass, one.durations.low, one.durations.high, day)]


def _calibration_finding(evidence: Evidence) -> Finding:
    covered = {way: sum(group.covered for group in groups(evidence.cross_validated[way])) for way in WAYS}
    verdicts: list[Verdict] = ["pass" if count >= MOST_COVERED else "miss" for count in covered.values()]
    return Finding(
        ROW, CALIBRATED, CALIBRATED_TARGET, ", ".join(f"{way} {count}" for way, count in covered.items()), "-",
        joint_verdict(verdicts), sample="out of sample",
    )  # fmt: skip


def skill_table(evidence: Evidence) -> pd.DataFrame:
    """Mean scores, one row per way and forecaster: columns way, forecaster, deals, and one for each measure."""
    rows = []
    for way, one in evidence.cross_validated.items():
        for name in (MODEL, *BASELINES):
            mass = one.forecasts[name]
            scores = {m.name: float(m.score(mass, one.durations).mean()) for m in MEASURES if way in m.ways}
            c = concordance(restricted_mean(mass), one.durations.low, one.durations.high)
            rows.append({"way": way, "forecaster": name, "deals": len(one.deals), **scores, "concordance": c})
    return pd.DataFrame(rows)
