"""The data that the rows of `ceasefire validate` use: a data folder or the shipped tables, computed on first use."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np

from ceasefire.analysis.interval_censored import BINS
from ceasefire.array_types import FloatArray
from ceasefire.ensemble.output_folder import Request, digests
from ceasefire.errors import ScenarioError
from ceasefire.evaluation.validation.check_result import NEEDS_DATA, Sample
from ceasefire.evaluation.validation.cross_validation import MODEL, CrossValidation, cross_validate
from ceasefire.evaluation.validation.scoreboard import Scoreboard, scoreboard
from ceasefire.reference_class.coded_deals import WAYS, Deal, read_deals
from ceasefire.reference_class.features import Cell, Features, cell_of
from ceasefire.reference_class.fit import forecast
from ceasefire.reference_class.generate import TEMPLATE
from ceasefire.reference_class.observed_durations import Targets, shipped_mix, shipped_targets, targets_of
from ceasefire.reference_class.outside_view.data_folder import DURATIONS, RECENT
from ceasefire.reference_class.reference_table import SEED, WORLDS, Table, simulate_table
from ceasefire.reference_class.shipped_fit import WAY, shipped_fit
from ceasefire.scenario.load import load

QUICK_WORLDS = 60


class Evidence:
    """A data folder or None, and the number of worlds. `progress(1)` is called after each kind of deal."""

    def __init__(
        self,
        data: Path | None = None,
        quick: bool = False,
        progress: Callable[[int], None] = lambda done: None,
        worlds: int | None = None,
    ) -> None:
        self.data = data
        self.quick = quick
        self.worlds = worlds or (QUICK_WORLDS if quick else WORLDS)
        self.progress = progress
        self.seed = SEED
        self.deals: list[Deal] = read_deals(data) if data is not None else []

    @property
    def sample(self) -> Sample:
        """Out of sample with data, because forecasts are cross-validated; the shipped fit was made from all deals."""
        return "out of sample" if self.deals else "in sample"

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """The kinds of deals to simulate."""
        features = [deal.features for deal in self.deals] or [kind for kind, _ in shipped_mix()]
        return tuple(sorted(set(map(cell_of, features))))

    @cached_property
    def table(self) -> Table:
        """Simulated durations of these kinds of deals."""
        return simulate_table(self.cells, self.worlds, self.seed, self.progress)

    @cached_property
    def targets(self) -> Targets:
        """Observed durations of the coded deals."""
        return targets_of(self.deals) if self.deals else shipped_targets()

    @cached_property
    def cross_validated(self) -> dict[str, CrossValidation]:
        """Cross-validated forecasts of every deal, by way of reading undated ends. ValueError without data."""
        if not self.deals:
            raise ValueError("no data, so no deals to forecast")
        return {way: cross_validate(self.deals, self.table, way) for way in WAYS}

    @property
    def scoreboard(self) -> Scoreboard | None:
        """Scores of every forecaster side by side; None without data, or where they lack what it needs."""
        return self.scored[0]

    @cached_property
    def scored(self) -> tuple[Scoreboard | None, str]:
        """The scoreboard, or None and why there is none."""
        if self.data is None:
            return None, NEEDS_DATA
        try:
            return scoreboard(self.data, self.cross_validated, self.quick), ""
        except ScenarioError as error:
            return None, f"not run: {error.faults[0]}"

    @cached_property
    def request(self) -> Request:
        """Identifies a validation run whose scores and figures are saved. ValueError without data."""
        if self.data is None:
            raise ValueError("no data, so no scores to save")
        there = [file for file in (self.data / DURATIONS, self.data / RECENT) if file.is_file()]
        files, generic = digests(there), load(TEMPLATE).digest
        settings = {"worlds": self.worlds, "seed": self.seed, "files": files, "generic_scenario": generic}
        return Request("validation", {"command": "validate", **settings})

    @cached_property
    def population(self) -> tuple[list[Features], FloatArray, FloatArray]:
        """Forecast deals: features, probabilities of shape (n, BINS), and the number of deals of each kind."""
        if self.deals:
            one = self.cross_validated[WAY]
            features = [deal.features for deal in one.deals]
            return features, one.forecasts[MODEL], np.ones(len(features))
        mix = shipped_mix()
        features = [kind for kind, _ in mix]
        return features, forecast(self.table, shipped_fit().fitted, features), np.array([float(n) for _, n in mix])


def resample_ends(mass: FloatArray, times: FloatArray, draws: int = 200, seed: int = 1) -> FloatArray:
    """Simulated counts of ends by bin, shape (draws, BINS), for `times` deals of each kind."""
    generator = np.random.default_rng(seed)
    each = [generator.multinomial(int(n), row / row.sum(), draws) for row, n in zip(mass, times, strict=True)]
    return np.asarray(np.sum(each, axis=0), np.float64).reshape(draws, BINS)
