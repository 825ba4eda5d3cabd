"""What the rows are judged on: the data when given, the shipped tables otherwise; made when first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np

from ceasefire.analysis.interval_censored import BINS
from ceasefire.array_types import FloatArray
from ceasefire.ensemble.output_folder import Request, digests
from ceasefire.evaluation.validation.check_result import Sample
from ceasefire.evaluation.validation.cross_validation import MODEL, Crossed, crossed
from ceasefire.reference_class.coded_deals import FILE, WAYS, Deal, read_deals
from ceasefire.reference_class.features import Cell, Features, cell_of
from ceasefire.reference_class.fit import forecast
from ceasefire.reference_class.generate import TEMPLATE
from ceasefire.reference_class.observed_durations import Targets, shipped_mix, shipped_targets, targets_of
from ceasefire.reference_class.reference_table import SEED, WORLDS, Table, simulated
from ceasefire.reference_class.shipped_fit import WAY, shipped
from ceasefire.scenario.load import load

QUICK_WORLDS = 60


class Evidence:
    """A data folder or none, and how many worlds to spend; `told` hears of each kind of deal that is simulated."""

    def __init__(
        self,
        data: Path | None = None,
        quick: bool = False,
        told: Callable[[int], None] = lambda done: None,
        worlds: int | None = None,
    ) -> None:
        self.data = data
        self.quick = quick
        self.worlds = worlds or (QUICK_WORLDS if quick else WORLDS)
        self.told = told
        self.seed = SEED
        self.deals: list[Deal] = read_deals(data) if data is not None else []

    @property
    def sample(self) -> Sample:
        """Forecasts are crossed by country when the data are at hand; the shipped fit has seen all deals."""
        return "out of sample" if self.deals else "in sample"

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every kind of deal that is needed."""
        features = [deal.features for deal in self.deals] or [kind for kind, _ in shipped_mix()]
        return tuple(sorted(set(map(cell_of, features))))

    @cached_property
    def table(self) -> Table:
        """How long deals of these kinds hold in the model."""
        return simulated(self.cells, self.worlds, self.seed, self.told)

    @cached_property
    def targets(self) -> Targets:
        """How the coded deals lived."""
        return targets_of(self.deals) if self.deals else shipped_targets()

    @cached_property
    def crossed(self) -> dict[str, Crossed]:
        """Forecasts of every deal from other countries, by way. ValueError without data."""
        if not self.deals:
            raise ValueError("no data: nothing to forecast")
        return {way: crossed(self.deals, self.table, way) for way in WAYS}

    @cached_property
    def request(self) -> Request:
        """What is asked of forecasts from the data, of which figures and scores are kept. ValueError without data."""
        if self.data is None:
            raise ValueError("no data: nothing to keep")
        files, generic = digests([self.data / FILE]), load(TEMPLATE).digest
        asked = {"worlds": self.worlds, "seed": self.seed, "files": files, "generic_scenario": generic}
        return Request("validation", {"command": "validate", **asked})

    @cached_property
    def population(self) -> tuple[list[Features], FloatArray, FloatArray]:
        """The model's open-ended deals: features, masses of shape (n, BINS), and how many of each kind."""
        if self.deals:
            one = self.crossed[WAY]
            features = [deal.features for deal in one.deals]
            return features, one.forecasts[MODEL], np.ones(len(features))
        mix = shipped_mix()
        features = [kind for kind, _ in mix]
        return features, forecast(self.table, shipped().fitted, features), np.array([float(n) for _, n in mix])


def lived_again(mass: FloatArray, times: FloatArray, draws: int = 200, seed: int = 1) -> FloatArray:
    """Counts of ends by bin when the same deals live `draws` times, shape (draws, BINS); `times` of each kind."""
    dice = np.random.default_rng(seed)
    each = [dice.multinomial(int(n), row / row.sum(), draws) for row, n in zip(mass, times, strict=True)]
    return np.asarray(np.sum(each, axis=0), np.float64).reshape(draws, BINS)
