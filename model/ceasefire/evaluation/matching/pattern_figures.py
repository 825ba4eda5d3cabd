"""Figures of the days of a deal that a pattern can name, one number for each world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ceasefire.array_types import FloatArray
from ceasefire.evaluation.calibration.summary_statistics import LOG_OFFSET, mean_autocorrelation
from ceasefire.simulation.compiled.recorded_counts import CIVILIAN, DEATHS, EVENTS, FIRST_SIDE, SECOND_SIDE, Counts


@dataclass(frozen=True)
class Figure:
    """How a figure is worked out of daily counts (worlds, days, COUNTED), and whether it is compared as a logarithm."""

    of: Callable[[Counts], FloatArray]
    logarithm: bool = False

    def scaled(self, values: FloatArray) -> FloatArray:
        """Values on the scale on which they are compared."""
        return np.log(np.maximum(values, 0.0) + LOG_OFFSET) if self.logarithm else np.asarray(values, dtype=float)

    def unscaled(self, values: FloatArray) -> FloatArray:
        """Values of the compared scale in the unit of the figure."""
        return np.maximum(np.exp(values) - LOG_OFFSET, 0.0) if self.logarithm else np.asarray(values, dtype=float)


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Not-a-number where the whole is nought: there is nothing to take a share of."""
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))


FIGURES: dict[str, Figure] = {
    "incidents a day": Figure(lambda counts: counts[:, :, EVENTS].mean(axis=1), True),
    "deaths a day": Figure(lambda counts: counts[:, :, DEATHS].mean(axis=1), True),
    "dispersion of incidents": Figure(
        lambda counts: _share(counts[:, :, EVENTS].var(axis=1), counts[:, :, EVENTS].mean(axis=1)), True
    ),
    "autocorrelation of incidents": Figure(lambda counts: mean_autocorrelation(counts[:, :, EVENTS])),
    "days without deaths": Figure(lambda counts: (counts[:, :, DEATHS] == 0).mean(axis=1)),
    "civilian share of deaths": Figure(
        lambda counts: _share(
            counts[:, :, CIVILIAN].sum(axis=1), counts[:, :, [CIVILIAN, FIRST_SIDE, SECOND_SIDE]].sum(axis=(1, 2))
        )
    ),
    "first side's share of fighters' deaths": Figure(
        lambda counts: _share(counts[:, :, FIRST_SIDE].sum(axis=1), counts[:, :, FIRST_SIDE:].sum(axis=(1, 2)))
    ),
    "worst day's share of deaths": Figure(
        lambda counts: _share(counts[:, :, DEATHS].max(axis=1), counts[:, :, DEATHS].sum(axis=1))
    ),
}
"""Deadly incidents and their dead as far as recorded; shares from 0 to 1."""
