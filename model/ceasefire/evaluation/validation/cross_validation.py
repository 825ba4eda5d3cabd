"""Cross-validation by country: each deal is forecast by fits to deals of other countries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ceasefire.analysis.interval_censored import BINS
from ceasefire.array_types import FloatArray
from ceasefire.evaluation.validation.baselines import BASELINES, Baseline
from ceasefire.reference_class.coded_deals import Deal, censored_durations
from ceasefire.reference_class.features import Features
from ceasefire.reference_class.fit import fit_intractability, forecast
from ceasefire.reference_class.outside_view.coded_deals import Durations
from ceasefire.reference_class.reference_table import Table

FOLDS = 10
MODEL = "model"


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """Deals in one way of reading undated ends, their durations, and the forecasts by forecaster, each (n, BINS)."""

    way: str
    deals: tuple[Deal, ...]
    durations: Durations
    forecasts: dict[str, FloatArray]

    @property
    def countries(self) -> list[str]:
        """Country of each deal."""
        return [deal.country for deal in self.deals]


def folds(countries: Sequence[str], count: int = FOLDS) -> list[int]:
    """The fold of each deal: whole countries, the largest first, each to the fold that holds fewest deals."""
    load = [0] * count
    of: dict[str, int] = {}
    for country, deals in sorted(Counter(countries).items(), key=lambda item: (-item[1], item[0])):
        of[country] = load.index(min(load))
        load[of[country]] += deals
    return [of[country] for country in countries]


def cross_validate(deals: Sequence[Deal], table: Table, way: str) -> CrossValidation:
    """Forecasts of every deal by the model and the baselines, each fitted without the deal's fold."""
    used, durations = censored_durations(deals, way)
    chosen = tuple(deals[k] for k in used)
    countries = [deal.country for deal in chosen]
    features = [deal.features for deal in chosen]
    fold = np.array(folds(countries))

    def model(training: Sequence[Features], durations: Durations, test: Sequence[Features]) -> FloatArray:
        training_countries = [country for country, k in zip(countries, fold, strict=True) if k != left_out]
        return forecast(table, fit_intractability(table, training, durations, training_countries), test)

    forecasters: dict[str, Baseline] = {MODEL: model, **BASELINES}
    forecasts = {name: np.empty((len(chosen), BINS)) for name in forecasters}
    for left_out in np.unique(fold):
        out = fold == left_out
        training = [f for f, held_out in zip(features, out, strict=True) if not held_out]
        test = [f for f, held_out in zip(features, out, strict=True) if held_out]
        training_durations = Durations(durations.low[~out], durations.high[~out])
        for name, forecaster in forecasters.items():
            forecasts[name][out] = forecaster(training, training_durations, test)
    return CrossValidation(way, chosen, durations, forecasts)
