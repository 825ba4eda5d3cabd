"""When the term of a fixed-term deal ends, if nobody breaks it: sooner than planned, on the planned day, or later.

A mixture: a Beta share of the plan; the planned day with a little around it; a lognormal excess beyond that. Weights
are multinomial logits in the log of the plan. `in force` is the chance to be unbroken times the chance that the term
has not ended. Fitted to dated fixed-term deals; one that broke had a term that ended later than that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, ndtr

from ceasefire.array_types import FloatArray
from ceasefire.reference_class.outside_view.coded_deals import REFERENCE_TERM, Record, day_number

TERM_NUMBERS = (
    "early", "early_log_planned", "late", "late_log_planned", "log_beta_a", "log_beta_b", "log_excess_share",
    "log_excess_sd", "logit_on_the_day",
)  # fmt: skip
START: FloatArray = np.array([-2.0, 0.0, -2.5, 0.0, 0.3, 0.0, -1.0, 0.3, 1.0])
SHRINK: FloatArray = np.array([0.05, 1.0, 0.05, 1.0, 0.5, 0.5, 0.2, 0.5, 0.1])
"""Weak normal penalties: half of this times the square of the distance from START."""

BOUNDS = [*[(-6.0, 6.0)] * 4, *[(-0.7, 2.0)] * 2, (-2.5, 2.0), (-1.0, 1.5), (-3.0, 4.0)]
"""Neither the early nor the late part may narrow until it takes the place of the planned day."""

NEAR_DAYS, NEAR_SHARE = 2.0, 0.034
"""An end within 2 days and 3.4 % of the plan is on the planned day; 1.4 % of it because coded months have 30 days."""


@dataclass(frozen=True)
class EndOfTerm:
    """The numbers of the mixture, by name as in TERM_NUMBERS, and how many deals they were fitted to."""

    theta: FloatArray
    deals: int = 0

    def weights(self, planned: FloatArray) -> FloatArray:
        """Chances to end early, on the planned day, later; shape (3, ...)."""
        length = np.log(planned / REFERENCE_TERM)
        early = np.exp(self.theta[0] + self.theta[1] * length)
        late = np.exp(self.theta[2] + self.theta[3] * length)
        return np.asarray(np.stack([early, np.ones_like(early), late]) / (1.0 + early + late))

    def ended(self, days: FloatArray, planned: FloatArray) -> FloatArray:
        """P(the term ends before `days`), arrays that broadcast."""
        early, on_day, late = self.weights(planned)
        a, b = np.exp(self.theta[4]), np.exp(self.theta[5])
        near = NEAR_DAYS + NEAR_SHARE * planned
        so_far = betainc(a, b, np.clip(days / np.maximum(planned - near, 1.0), 0.0, 1.0))
        with np.errstate(divide="ignore"):
            excess = np.log(np.maximum(days - planned - near, 0.0) / planned)
        over = ndtr((excess - self.theta[6]) / np.exp(self.theta[7]))
        return np.asarray(early * so_far + on_day * self._around(days, planned) + late * over)

    def _around(self, days: FloatArray, planned: FloatArray) -> FloatArray:
        """The planned day itself, half of it counted on the day before; the rest evenly a few days to either side."""
        sharp = 1.0 / (1.0 + np.exp(-self.theta[8]))
        whole = np.floor(planned)
        step = 0.5 * (days > np.maximum(whole - 1.0, 0.0)) + 0.5 * (days > whole)
        near = NEAR_DAYS + NEAR_SHARE * planned
        first = np.maximum(planned - near, 0.0)
        even = np.clip((days - first) / (planned + near + 1.0 - first), 0.0, 1.0)
        return np.asarray(sharp * step + (1.0 - sharp) * even)


def term_records(records: Sequence[Record], last_day: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Planned days, and what is known of the end of the term, [low, high), of dated deals of known fixed term.

    Broken deals, and those that still held on `last_day` of the record, had a term that was not over.
    """
    planned, low, high = [], [], []
    for record in records:
        facts, ending = record.facts, record.ending
        if not (facts.fixed_term and facts.planned_days and ending.dated):
            continue
        day = float(np.floor(ending.days))
        holding = day_number(facts.start) + day >= last_day
        planned.append(facts.planned_days)
        low.append(day)
        high.append(np.inf if ending.broke or holding else day + 1.0)
    return np.array(planned), np.array(low), np.array(high)


def fit_end_of_term(planned: FloatArray, low: FloatArray, high: FloatArray) -> EndOfTerm:
    """The mixture that is most likely, under weak penalties."""
    from scipy.optimize import minimize

    def loss(theta: FloatArray) -> float:
        mixture = EndOfTerm(theta)
        before = mixture.ended(low, planned)
        after = np.where(np.isinf(high), 1.0, mixture.ended(np.where(np.isinf(high), 1.0, high), planned))
        away = theta - START
        return float(-np.log(np.maximum(after - before, 1e-9)).sum() + 0.5 * (SHRINK * away) @ away)

    optimum = minimize(loss, START, method="L-BFGS-B", bounds=BOUNDS)
    return EndOfTerm(np.asarray(optimum.x, np.float64), len(planned))


def end_of_term(values: Mapping[str, float], deals: int) -> EndOfTerm:
    """The mixture from values by name."""
    return EndOfTerm(np.array([values[name] for name in TERM_NUMBERS], np.float64), deals)
