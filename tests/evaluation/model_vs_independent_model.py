"""The engine and the independent model: their worlds differ; their distributions may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.ensemble.worlds_table import worlds_frame
from ceasefire.evaluation.speed.cost import independent_model_rows
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import initial_state

SEED = 20200306

FIGURES = {
    "days_held": "days_held", "violations_strategic": "strategic", "violations_retaliatory": "retaliatory",
    "violations_spoiling": "spoiling", "violations_localised": "localised", "deaths_combatant": "combatant",
    "deaths_civilian": "civilian", "displaced": "displaced", "talks": "talks", "peak_deaths_14d": "peak",
}  # fmt: skip
"""Figures of a world, by the names of the worlds table, and what the peer calls them."""

LABELS = ("cause", "cause_actor", "deciding_actor", "deciding_motive", "deciding_sector")
FEWEST = 10
"""Worlds that a label must have, in both tables together, to be told from the rest."""


def engine_worlds(scenario: Scenario, worlds: int, seed: int = SEED) -> pd.DataFrame:
    """The worlds table of the compiled engine."""
    opening = initial_state(scenario)
    return worlds_frame(engine.all_rows(engine.one_scenario(opening, worlds, seed)), opening)


def peer_worlds(scenario: Scenario, worlds: int, processes: int = 2) -> pd.DataFrame:
    """The same columns from the peer, under Mesa's batch_run; `displaced` in whole persons."""
    rows = pd.DataFrame(independent_model_rows(scenario, worlds, processes))
    found = rows.rename(columns={theirs: ours for ours, theirs in FIGURES.items()})
    found["displaced"] = found["displaced"].round()
    return found


def compared(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """A row per figure and label: what both tables say, and `p`, the chance of so large a difference by luck.

    Means by Welch's test, days by Kolmogorov and Smirnov's as well, labels by chi-square with rare ones together.
    """
    rows = [_row(f"mean {figure}", one[figure], other[figure], _welch) for figure in FIGURES]
    rows.append(_row("distribution of days_held", one["days_held"], other["days_held"], _smirnov))
    rows += [_row(f"shares of {label}", one[label], other[label], _chi_square) for label in LABELS]
    return pd.DataFrame(rows)


def _row(what: str, one: Any, other: Any, test: Callable[[Any, Any], float]) -> dict[str, object]:
    said = [_shares(column) if column.dtype.kind in "OUT" else float(column.mean()) for column in (one, other)]
    return {"what": what, "engine": said[0], "peer": said[1], "p": test(one, other)}


def _shares(labels: Any) -> str:
    shares = labels.value_counts(normalize=True)
    return ", ".join(f"{label or '-'} {share:.3f}" for label, share in shares.items())


def _welch(one: Any, other: Any) -> float:
    from scipy.stats import ttest_ind

    if one.nunique() == 1 and other.nunique() == 1:
        return float(one.iloc[0] == other.iloc[0])
    return float(ttest_ind(one.astype(float), other.astype(float), equal_var=False).pvalue)


def _smirnov(one: Any, other: Any) -> float:
    from scipy.stats import ks_2samp

    return float(ks_2samp(one, other).pvalue)


def _chi_square(one: Any, other: Any) -> float:
    from scipy.stats import chi2_contingency

    counts = pd.DataFrame({"one": one.value_counts(), "other": other.value_counts()}).fillna(0)
    rare = counts.sum(axis=1) < FEWEST
    table = np.vstack([counts[~rare].to_numpy(), counts[rare].sum().to_numpy()])
    table = table[table.sum(axis=1) > 0]
    return float(chi2_contingency(table.T).pvalue) if len(table) > 1 else 1.0
