"""How much of each simulated mechanism shows in the durations of coded deals, once the outside view has said its part.

`python -m ceasefire.evaluation.validation.inside_view_factors DIR` simulates, fits, scores with countries left out, and
prints the tables of docs/forecasts.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from ceasefire.analysis.forecast_scores import mean_by_group
from ceasefire.analysis.interval_censored import probability_between
from ceasefire.array_types import FloatArray
from ceasefire.evaluation.validation.outside_view_scores import (
    FOLDS,
    SEED,
    Deals,
    countries_left_out,
    dealt_folds,
    read_deals,
)
from ceasefire.reference_class import coded_deals
from ceasefire.reference_class.features import Cell, Features, cell_of
from ceasefire.reference_class.inside_view import (
    OVERLAYS,
    level_weights,
    neutral,
    overlays_of,
    with_overlay,
)
from ceasefire.reference_class.outside_view.coded_deals import known_durations
from ceasefire.reference_class.reference_table import Table, simulate_table

PRIOR = (1.0, 0.5)
"""Mean and standard deviation of a factor before any duration is seen: the mechanism does what was assumed."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Of n deals: the likelihood of what was seen by the outside view's days, and with each overlay; their countries.

    `plain` (n,) and `overlaid` (n, overlays) are probabilities; an overlay that a deal lacks leaves the plain one.
    """

    plain: FloatArray
    overlaid: FloatArray
    country: NDArray[np.str_]

    def take(self, chosen: NDArray[np.bool_]) -> Evidence:
        """Some of the deals."""
        return Evidence(self.plain[chosen], self.overlaid[chosen], self.country[chosen])


def gather(folder: Path, worlds: int) -> Evidence:
    """Simulate deals of every kind with each overlay, lasting as the outside view says without their country."""
    deals = read_deals(folder)
    scored = countries_left_out(deals, "mid", repeats=1, progress=lambda words: print(words, file=sys.stderr))
    features = _features_of(folder, deals)
    cells = {cell for each in features for cell in _cells_of(each)}
    table = simulate_table(cells, worlds, progress=lambda done: None)
    return evidence(
        scored.masses["outside view"][0], features, table, scored.durations.low, scored.durations.high, scored.countries
    )


def _features_of(folder: Path, deals: Deals) -> list[Features]:
    """The coded features of the deals whose duration is known in the headline reading."""
    all_of_them = [deal.features for deal in coded_deals.read_deals(folder)]
    assert len(all_of_them) == len(deals.records)
    index, _ = known_durations(deals.endings, "mid")
    return [all_of_them[int(k)] for k in index]


def _cells_of(features: Features) -> list[Cell]:
    own = cell_of(features)
    return [neutral(own), *(with_overlay(neutral(own), overlay, own) for overlay in overlays_of(features))]


def evidence(
    target: FloatArray,
    features: Sequence[Features],
    table: Table,
    low: FloatArray,
    high: FloatArray,
    countries: Sequence[str],
) -> Evidence:
    """Likelihoods of durations in [low, high): deals last as `target` (n, bins) says; the same with each overlay."""
    plain, overlaid = np.zeros(len(features)), np.zeros((len(features), len(OVERLAYS)))
    kinds = [tuple(_cells_of(each)) for each in features]
    for kind in set(kinds):
        members = np.array([k for k, each in enumerate(kinds) if each == kind])
        first, *others = (table.mass[table.row(cell)] for cell in kind)
        weights = level_weights(first, target[members])
        plain[members] = probability_between(weights @ first, low[members], high[members])
        overlaid[members] = plain[members, None]
        for overlay, mass in zip(overlays_of(features[members[0]]), others, strict=True):
            seen = probability_between(weights @ mass, low[members], high[members])
            overlaid[members, OVERLAYS.index(overlay)] = seen
    return Evidence(plain, overlaid, np.asarray(countries))


def log_likelihood(found: Evidence, factors: FloatArray) -> FloatArray:
    """Log likelihood of each deal, (n,): effects of overlays add up in probability, each times its factor."""
    moved = found.plain + (found.overlaid - found.plain[:, None]) @ factors
    return np.asarray(np.log(np.clip(moved, 0.02 * found.plain, 1.0)))


def fit_factors(found: Evidence) -> tuple[FloatArray, FloatArray]:
    """Factors of the overlays, the mode of the posterior, and their standard errors, clustered by country."""
    mean, spread = PRIOR

    def loss(factors: FloatArray) -> float:
        return -float(log_likelihood(found, factors).sum()) + float((((factors - mean) / spread) ** 2).sum()) / 2

    best = np.asarray(minimize(loss, np.full(len(OVERLAYS), mean), method="BFGS").x)
    slopes = (found.overlaid - found.plain[:, None]) / np.exp(log_likelihood(found, best))[:, None]
    inverse = np.linalg.inv(slopes.T @ slopes + np.eye(len(OVERLAYS)) / spread**2)
    by_country = np.array([slopes[found.country == name].sum(axis=0) for name in np.unique(found.country)])
    robust = inverse @ (by_country.T @ by_country + np.eye(len(OVERLAYS)) / spread**2) @ inverse
    return best, np.sqrt(np.diag(robust))


def left_out(found: Evidence) -> dict[str, FloatArray]:
    """Log scores of each deal with no overlay, with all as assumed, and with factors fitted in other countries."""
    fold, fitted = dealt_folds(found.country, SEED), np.zeros(len(found.plain))
    for k in range(FOLDS):
        factors, _ = fit_factors(found.take(fold != k))
        fitted[fold == k] = log_likelihood(found.take(fold == k), factors)
    none, assumed = np.zeros(len(OVERLAYS)), np.ones(len(OVERLAYS))
    return {
        "outside view's days alone": log_likelihood(found, none),
        "mechanisms as assumed": log_likelihood(found, assumed),
        "mechanisms with fitted factors": fitted,
    }


def main() -> int:
    """Fit, score, and print. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ceasefire.evaluation.validation.inside_view_factors")
    parser.add_argument("data", type=Path, metavar="DIR", help="folder of ceasefire_durations.csv")
    parser.add_argument("--worlds", type=int, default=160, help="worlds of each kind of deal and level")
    given = parser.parse_args()
    found = gather(given.data, given.worlds)
    factors, errors = fit_factors(found)
    deals = (found.overlaid != found.plain[:, None]).sum(axis=0)
    scores = left_out(found)
    base = scores["outside view's days alone"]
    print("| mechanism | deals | factor (standard error) |\n|---|---|---|")
    for name, n, factor, error in zip(OVERLAYS, deals, factors, errors, strict=True):
        print(f"| {name} | {n} | {factor:.2f} ({error:.2f}) |")
    print("\n| log score, countries left out | mean | gain on the first |\n|---|---|---|")
    for forecaster, each in scores.items():
        gain = mean_by_group(each - base, found.country.tolist())
        print(f"| {forecaster} | {each.mean():.3f} | {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}) |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
