"""The numbers of the model, their weak priors and their bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ceasefire.array_types import FloatArray
from ceasefire.reference_class.outside_view.coded_deals import FEATURES, SCALE_FEATURES, DealTable

MEANS, SCALES = len(FEATURES), len(SCALE_FEATURES)


@dataclass(frozen=True)
class Number:
    """One number: its normal prior (no prior when `prior_sd` is infinite), start and bounds of the search, meaning."""

    name: str
    prior_mean: float
    prior_sd: float
    start: float
    bounds: tuple[float, float]
    meaning: str


FREE = float("inf")
NUMBERS: tuple[Number, ...] = (
    Number("constant", 0.0, FREE, 3.0, (-6, 10), "log days of a bare open-ended unwritten cessation"),
    Number("not_cessation", 0.0, 1.3, 0.0, (-8, 8), "preliminary or definitive rather than a bare cessation"),
    Number("definitive", 0.0, 1.3, 0.0, (-8, 8), "definitive, on top of that"),
    Number("fixed_term", 0.0, 1.3, 0.0, (-8, 8), "has a fixed term, at 14 days of it"),
    Number("log_planned", 0.0, 1.3, 0.0, (-8, 8), "per log(planned days / 14)"),
    Number("written", 0.0, 1.3, 0.0, (-8, 8), "written down"),
    Number("log_sigma", 0.0, FREE, 0.6, (-0.9, 2.2), "log of the spread of log days"),
    Number("log_sigma_not_cessation", 0.0, 0.7, 0.0, (-1.5, 1.5), "more of it when not a bare cessation"),
    Number("log_sigma_fixed_term", 0.0, 0.7, 0.0, (-1.5, 1.5), "more of it when of fixed term"),
    Number("log_sd_conflict", np.log(0.7), 1.0, -0.4, (-3, 1.4), "log sd of the effect of the conflict"),
    Number("log_memory", np.log(700.0), 1.5, 6.5, (3, 10), "log days in which that effect fades to 1/e"),
    Number("log_sd_kind", np.log(0.7), 1.0, -0.4, (-3, 1.4), "log sd of the effect of country and kind of term"),
    Number("log_sd_country", np.log(0.7), 1.0, -0.4, (-3, 1.4), "log sd of the effect of the country"),
    Number("log_lapse", 0.0, 0.7, 0.0, (-1.5, 3), "log of how much the hazard rises when a fixed term is over"),
)
NAMES = tuple(number.name for number in NUMBERS)
START: FloatArray = np.array([number.start for number in NUMBERS])
PRIOR_MEAN: FloatArray = np.array([number.prior_mean for number in NUMBERS])
PRIOR_SD: FloatArray = np.array([number.prior_sd for number in NUMBERS])
BOUNDS = [number.bounds for number in NUMBERS]


@dataclass(frozen=True)
class Parameters:
    """The numbers with names. Standard deviations and spreads are of log days; memory in days."""

    slopes: FloatArray
    log_scale: FloatArray
    sd_conflict: float
    memory_days: float
    sd_kind: float
    sd_country: float
    lapse_speed: float

    def mean(self, deals: DealTable) -> FloatArray:
        """Mean of log days without any effect, shape (n,)."""
        return np.asarray(deals.x @ self.slopes)

    def noise(self, deals: DealTable) -> FloatArray:
        """Spread of log days of each deal, shape (n,)."""
        return np.asarray(np.exp(deals.z @ self.log_scale))


def parameters(theta: FloatArray) -> Parameters:
    """Named numbers from the vector in the order of NUMBERS."""
    conflict, memory, kind, country, lapse = np.exp(theta[MEANS + SCALES :])
    return Parameters(
        theta[:MEANS], theta[MEANS : MEANS + SCALES], float(conflict), float(memory), float(kind), float(country),
        float(lapse),
    )  # fmt: skip


def vector(values: Mapping[str, float]) -> FloatArray:
    """The vector from values by name."""
    return np.array([values[name] for name in NAMES], np.float64)
