"""Deals that lie side by side: what would have been said of each on its first day, and what became of it.

Every case is lived twice: as its scenario stands (chance alone), and with every assumed number drawn over its range
(what an honest forecaster would have had to say). Both are followed for ten years, whatever the scenario says, so that
long lives can be scored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ceasefire.analysis.forecast_scores import Forecast, Weibull, pairing, score_table
from ceasefire.ensemble.parameter_draws import DRAWS, WORLDS_PER_DRAW, doubt_batch
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import initial_state

if TYPE_CHECKING:
    from ceasefire.experiments.schema import Case
    from ceasefire.scenario.load import Loaded

HORIZON = 3650
"""Days that cases are followed."""

WORLDS, QUICK_WORLDS = 1000, 100
"""Worlds of a case as its scenario stands."""

QUICK_DRAWS = 40
"""Draws of the assumed numbers in a quick run; otherwise as many as in any run."""

REFERENCES = {
    "all open-ended ceasefires": Weibull(0.37, 285),
    "those with a mechanism (preliminary)": Weibull(0.43, 203),
    "local or partial ones": Weibull(0.46, 54),
    "those of Syria": Weibull(0.82, 22),
}
"""Weibull fits to the open-ended ceasefires of the ETH/PRIO Civil Conflict Ceasefire Dataset (Clayton et al. 2022),
848, 175, 249 and 37 deals; an end that nobody dated lies halfway to the next ceasefire of the same parties."""

DAYS = np.unique(np.round(np.geomspace(1, HORIZON, 160)).astype(int))
"""Days at which curves are noted."""


def effort(quick: bool) -> tuple[int, int]:
    """Worlds of a case as its scenario stands, and draws of the assumed numbers."""
    return (QUICK_WORLDS, QUICK_DRAWS) if quick else (WORLDS, DRAWS)


@dataclass(frozen=True)
class Hindcast:
    """A case and its two forecasts."""

    case: Case
    loaded: Loaded
    stated: Forecast
    doubted: Forecast

    @property
    def span(self) -> tuple[float, float]:
        """Days on which the deal may have ended."""
        return self.case.held


def live(
    case: Case, loaded: Loaded, worlds: int, seed: int, workers: int | None = None, draws: int = DRAWS
) -> Hindcast:
    """Both forecasts of a case."""
    scenario = loaded.scenario.model_copy(update={"horizon_days": HORIZON})
    opening = initial_state(scenario)
    batch = engine.one_scenario(opening, worlds, seed)
    doubt = doubt_batch(scenario, opening, seed)
    stated = _forecast(batch, workers)
    doubted = stated if doubt is None else _forecast(_first(doubt, draws * WORLDS_PER_DRAW), workers)
    return Hindcast(case, loaded, stated, doubted)


def _first(batch: engine.Batch, rows: int) -> engine.Batch:
    return replace(batch, points=batch.points[:rows], worlds=batch.worlds[:rows])


def _forecast(batch: engine.Batch, workers: int | None) -> Forecast:
    rows = engine.all_rows(batch, workers)
    rows = rows[rows["failed"] == 0]
    return Forecast(rows["days_held"].astype(np.float64), rows["ended"] == 1)


def tables(lived: list[Hindcast]) -> dict[str, pd.DataFrame]:
    """cases: a row each; case_curves: shares still holding by day; case_scores: the model against reference curves."""
    found = {"cases": pd.DataFrame([_row(each) for each in lived]), "case_curves": _curves(lived)}
    scored = [each for each in lived if not each.case.hindsight]
    if len(scored) > 1:
        found["case_scores"] = _scores(scored)
    return found


def _row(each: Hindcast) -> dict[str, object]:
    """q05 and so on: days by which that share of worlds had ended (blank: more than HORIZON), assumed numbers drawn."""
    low, high = each.span
    quantiles = {f"q{share * 100:02.0f}": each.doubted.quantile(share) for share in (0.05, 0.25, 0.5, 0.75, 0.95)}
    return {
        "case": each.loaded.label,
        "title": each.loaded.scenario.title,
        "start": each.loaded.scenario.start.isoformat(),
        "held_low": low,
        "held_high": high,
        "hindsight": each.case.hindsight,
        "stated_median": each.stated.quantile(0.5),
        "stated_shorter": each.stated.cdf(low),
        **quantiles,
        "shorter": each.doubted.cdf(low),
        "longer": 1.0 - each.doubted.cdf(high + 1),
        "log_score_stated": each.stated.log_score(low, high),
        "log_score": each.doubted.log_score(low, high),
        "source": each.case.source,
    }


def _curves(lived: list[Hindcast]) -> pd.DataFrame:
    parts = []
    for each in lived:
        stated, doubted = ([1.0 - one.cdf(day) for day in DAYS] for one in (each.stated, each.doubted))
        parts.append(pd.DataFrame({"case": each.loaded.label, "day": DAYS, "stated": stated, "holding": doubted}))
    return pd.concat(parts, ignore_index=True)


def _scores(scored: list[Hindcast]) -> pd.DataFrame:
    """A row per forecaster: its summed log score; for the model, how many pairings score as well as the true one."""
    spans = [each.span for each in scored]
    rows: list[dict[str, object]] = []
    for name, forecasts in (
        ("the model, assumed numbers drawn", [each.doubted for each in scored]),
        ("the model as it stands", [each.stated for each in scored]),
    ):
        scores = score_table(forecasts, spans)
        found = pairing(scores)
        total = float(np.trace(scores))
        rows.append({"forecaster": name, "log_score": total, "as_good": found.as_good, "pairings": found.ways})
    rows += [
        {"forecaster": f"one curve for {name}", "log_score": sum(curve.log_score(*span) for span in spans)}
        for name, curve in REFERENCES.items()
    ]
    return pd.DataFrame(rows)
