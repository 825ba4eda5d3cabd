"""Forecasts of deals by what was learnt from other countries only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ceasefire.analysis.interval_censored import BINS
from ceasefire.array_types import FloatArray
from ceasefire.evaluation.validation.baselines import BASELINES, Baseline
from ceasefire.reference_class.coded_deals import CensoredDurations, Deal, censored_durations
from ceasefire.reference_class.features import Features
from ceasefire.reference_class.fit import fit_intractability, forecast
from ceasefire.reference_class.reference_table import Table

FOLDS = 10
MODEL = "model"


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """Deals used in one way, what was seen of them, and the forecasts of each forecaster, shape (n, BINS)."""

    way: str
    deals: tuple[Deal, ...]
    what: CensoredDurations
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
    """Every deal forecast by the model and its rivals, each fitted in the same way without the deal's fold."""
    used, what = censored_durations(deals, way)
    chosen = tuple(deals[k] for k in used)
    countries = [deal.country for deal in chosen]
    features = [deal.features for deal in chosen]
    fold = np.array(folds(countries))

    def model(learnt: Sequence[Features], known: CensoredDurations, wanted: Sequence[Features]) -> FloatArray:
        theirs = [country for country, k in zip(countries, fold, strict=True) if k != left_out]
        return forecast(table, fit_intractability(table, learnt, known, theirs), wanted)

    forecasters: dict[str, Baseline] = {MODEL: model, **BASELINES}
    found = {name: np.empty((len(chosen), BINS)) for name in forecasters}
    for left_out in np.unique(fold):
        out = fold == left_out
        learnt = [f for f, gone in zip(features, out, strict=True) if not gone]
        wanted = [f for f, gone in zip(features, out, strict=True) if gone]
        known = CensoredDurations(what.low[~out], what.high[~out])
        for name, learn in forecasters.items():
            found[name][out] = learn(learnt, known, wanted)
    return CrossValidation(way, chosen, what, found)
