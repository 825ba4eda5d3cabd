"""Hindcasts: forecasts of past deals as known on their first day, compared with how long the deals held.

Every case is simulated twice: with its scenario's own numbers (chance alone), and with every assumed number drawn over
its range (chance and uncertainty, as an honest forecast has them). Both have a horizon of ten years, whatever the
scenario's own, so that long durations can be scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ceasefire.analysis.forecast_scores import (
    MOST_CASES,
    CalibrationGroup,
    Forecast,
    Weibull,
    crps,
    log_scores,
    pairing,
    score_table,
)
from ceasefire.analysis.interval_censored import EDGES, masses_alive, surviving
from ceasefire.analysis.interval_rules import share_interval
from ceasefire.array_types import FloatArray
from ceasefire.ensemble.parameter_draws import DRAWS, WORLDS_PER_DRAW, uncertainty_batch
from ceasefire.reference_class.outside_view.of_scenario import outside_view_of
from ceasefire.reference_class.pooling_weight import shipped_weight
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import initial_state

if TYPE_CHECKING:
    from ceasefire.experiments.prepare import PreparedExperiment
    from ceasefire.experiments.schema import Case
    from ceasefire.reference_class.outside_view.forecast import DealForecast
    from ceasefire.scenario.load import Loaded

HORIZON = 3650
"""Days that each case is followed; a deal that held longer counts as one that held so long."""

WORLDS, QUICK_WORLDS = 1000, 100
"""Worlds of a case with its scenario's own numbers."""

QUICK_DRAWS = 40
"""Draws of the assumed numbers in a quick run; other runs have DRAWS."""

REFERENCES = {
    "all open-ended ceasefires": Weibull(0.37, 285),
    "those with a mechanism (preliminary)": Weibull(0.43, 203),
    "local or partial ones": Weibull(0.46, 54),
    "those of Syria": Weibull(0.82, 22),
}
"""Weibull fits to the open-ended ceasefires of the ETH/PRIO Civil Conflict Ceasefire Dataset (Clayton et al. 2022),
848, 175, 249 and 37 deals. An undated end is put halfway to the next ceasefire of the same parties."""

DAYS = np.unique(np.round(np.geomspace(1, HORIZON, 160)).astype(int))
"""Days at which the curves are tabulated."""


def sample_sizes(quick: bool) -> tuple[int, int]:
    """Worlds of a case with its scenario's own numbers, and draws of the assumed numbers."""
    return (QUICK_WORLDS, QUICK_DRAWS) if quick else (WORLDS, DRAWS)


@dataclass(frozen=True)
class Hindcast:
    """A case and its forecasts: `stated` with the scenario's own numbers, `doubted` with assumed numbers drawn.

    `outside` is what deals like it did, as known on its first day; None when its scenario has no `history:`.
    """

    case: Case
    loaded: Loaded
    stated: Forecast
    doubted: Forecast
    outside: DealForecast | None = None

    @property
    def span(self) -> tuple[float, float]:
        """Least and most days that the deal may have held."""
        return self.case.span


def hindcast(
    case: Case, loaded: Loaded, worlds: int, seed: int, workers: int | None = None, draws: int = DRAWS
) -> Hindcast:
    """Simulate a case: its forecasts."""
    scenario = loaded.scenario.model_copy(update={"horizon_days": HORIZON})
    initial = initial_state(scenario)
    batch = engine.one_scenario(initial, worlds, seed)
    drawn = uncertainty_batch(scenario, initial, seed)
    stated = _forecast(batch, workers)
    doubted = stated if drawn is None else _forecast(_first(drawn, draws * WORLDS_PER_DRAW), workers)
    unchanged = not (loaded.changes or loaded.settings)
    return Hindcast(case, loaded, stated, doubted, outside_view_of(loaded.scenario) if unchanged else None)


def hindcasts(prepared: PreparedExperiment, workers: int | None) -> list[Hindcast]:
    """Simulate every case of an experiment."""
    worlds, draws = sample_sizes(prepared.quick)
    cases = zip(prepared.experiment.spec.cases, prepared.experiment.cases, strict=True)
    return [hindcast(case, loaded, worlds, prepared.records.seed, workers, draws) for case, loaded in cases]


def _first(batch: engine.Batch, rows: int) -> engine.Batch:
    return replace(batch, points=batch.points[:rows], worlds=batch.worlds[:rows])


def _forecast(batch: engine.Batch, workers: int | None) -> Forecast:
    rows = engine.all_rows(batch, workers)
    rows = rows[rows["failed"] == 0]
    return Forecast(rows["days_held"].astype(np.float64), rows["ended"] == 1)


def tables(hindcasts: list[Hindcast]) -> dict[str, pd.DataFrame]:
    """cases: a row each; case_curves: shares still holding by day; case_forecasts: scores of each forecaster for each
    case; case_scores: the model against reference curves.
    """
    frames = {"cases": pd.DataFrame([_row(each) for each in hindcasts]), "case_curves": _curves(hindcasts)}
    scored = [each for each in hindcasts if not each.case.hindsight]
    if scored:
        frames["case_forecasts"] = case_forecasts(scored)
    if len(scored) > 1:
        frames["case_scores"] = _scores(scored)
    return frames


SCENARIO, OUTSIDE, POOLED, ONE_CURVE = "scenario", "such deals", "pooled", "one curve"
BRIER_DAYS = (30, 90, 365)


def masses_of_case(each: Hindcast, weight: float) -> dict[str, FloatArray]:
    """What each forecaster said of a case: masses of bins (BINS,) by name, in the order of their tables."""
    own, curve = each.doubted.masses(), REFERENCES["all open-ended ceasefires"]
    found = {SCENARIO: own}
    if each.outside is not None:
        such = masses_alive(each.outside.headline.holds(EDGES))
        found = {POOLED: weight * such + (1.0 - weight) * own, OUTSIDE: such, SCENARIO: own}
    return {**found, ONE_CURVE: masses_alive(np.array([curve.holding(day) for day in EDGES]))}


def seen_of(each: Hindcast) -> tuple[FloatArray, FloatArray]:
    """The interval of days in which a case ended, arrays of one: [low, high), high infinite when it still held."""
    low, high = each.span
    return np.array([low]), np.array([np.inf if each.case.holding else high + 1.0])


def case_forecasts(scored: Sequence[Hindcast]) -> pd.DataFrame:
    """A row for each case and forecaster: log score, CRPS, and Brier scores where it is known whether it held."""
    chosen = shipped_weight().weight
    rows: list[dict[str, object]] = []
    for each in scored:
        low, high = seen_of(each)
        for name, mass in masses_of_case(each, chosen).items():
            row: dict[str, object] = {"case": each.loaded.label, "forecaster": name}
            row["log_score"] = float(log_scores(mass[None], low, high)[0])
            row["crps"] = float(crps(mass[None], low, high)[0])
            for day in BRIER_DAYS:
                known = low[0] >= day or high[0] <= day
                held = float(low[0] >= day) if known else float("nan")
                row |= {f"holds_{day}": float(surviving(mass, day)), f"held_{day}": held}
                row[f"brier_{day}"] = (held - float(surviving(mass, day))) ** 2
            rows.append(row)
    return pd.DataFrame(rows)


LEAST_IN_GROUP = 4
"""Deals of like forecasts whose outcomes are counted together, at least."""


def calibration_of_cases(forecasts: pd.DataFrame) -> dict[str, list[CalibrationGroup]]:
    """Groups of deals with like forecasts by forecaster, at BRIER_DAYS; empty when there are too few deals for two."""
    found: dict[str, list[CalibrationGroup]] = {}
    for name, rows in forecasts.groupby("forecaster", sort=False):
        for day in BRIER_DAYS:
            known = rows.dropna(subset=[f"held_{day}"]).sort_values(f"holds_{day}", kind="stable")
            if len(known) < 2 * LEAST_IN_GROUP:
                continue
            for part in np.array_split(np.arange(len(known)), min(5, len(known) // LEAST_IN_GROUP)):
                group = known.iloc[part]
                share = share_interval(float(group[f"held_{day}"].sum()), len(group))
                forecast = float(group[f"holds_{day}"].mean())
                one = CalibrationGroup(day, len(group), forecast, share.value, share.low, share.high)
                found.setdefault(str(name), []).append(one)
    return found


def _row(each: Hindcast) -> dict[str, object]:
    """q05 and so on: days by which that share of worlds has ended (empty: more than HORIZON), assumed numbers drawn."""
    low, high = each.span
    quantiles = {f"q{share * 100:02.0f}": each.doubted.quantile(share) for share in (0.05, 0.25, 0.5, 0.75, 0.95)}
    return {
        "case": each.loaded.label,
        "title": each.loaded.scenario.title,
        "start": each.loaded.scenario.start.isoformat(),
        "held_low": low,
        "held_high": high,
        "holding": each.case.holding,
        "hindsight": each.case.hindsight,
        "stated_median": each.stated.quantile(0.5),
        "stated_shorter": each.stated.cdf(low),
        **quantiles,
        "shorter": each.doubted.cdf(low),
        "longer": 1.0 - each.doubted.cdf(high + 1),
        "log_score_stated": each.stated.log_score(low, high, each.case.holding),
        "log_score": each.doubted.log_score(low, high, each.case.holding),
        "source": each.case.source,
    }


def _curves(hindcasts: list[Hindcast]) -> pd.DataFrame:
    parts = []
    for each in hindcasts:
        stated, doubted = ([1.0 - one.cdf(day) for day in DAYS] for one in (each.stated, each.doubted))
        parts.append(pd.DataFrame({"case": each.loaded.label, "day": DAYS, "stated": stated, "holding": doubted}))
    return pd.concat(parts, ignore_index=True)


def _scores(scored: list[Hindcast]) -> pd.DataFrame:
    """A row per forecaster: the sum of its log scores; for the model, how many pairings with deals do as well."""
    spans, holding = [each.span for each in scored], [each.case.holding for each in scored]
    rows: list[dict[str, object]] = []
    for name, forecasts in (
        ("the model, assumed numbers drawn", [each.doubted for each in scored]),
        ("the model as it stands", [each.stated for each in scored]),
    ):
        scores = score_table(forecasts, spans, holding)
        row: dict[str, object] = {"forecaster": name, "log_score": float(np.trace(scores))}
        if len(scored) <= MOST_CASES:
            pairings = pairing(scores)
            row |= {"as_good": pairings.as_good, "pairings": pairings.ways}
        rows.append(row)
    rows += [
        {
            "forecaster": f"one curve for {name}",
            "log_score": sum(curve.log_score(*span, holds) for span, holds in zip(spans, holding, strict=True)),
        }
        for name, curve in REFERENCES.items()
    ]
    return pd.DataFrame(rows)
