"""Mean differences between two conditions on the same worlds (common random numbers), with their 95 % intervals.

Both conditions use the same random numbers in each world, so that most of the variance cancels in the difference. Which
single worlds are 'saved' or 'lost' depends on how the random numbers are coupled; the mean difference does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ceasefire.analysis.estimates import Interval
from ceasefire.array_types import FloatArray


@dataclass(frozen=True)
class Difference(Interval):
    """A mean difference with its 95 % interval, in the unit of the outcome.

    variance_reduction: variance of the difference with independent worlds, divided by that with shared worlds; not a
    number when no world differs, 1 when worlds are not shared.
    """

    worlds: int
    variance_reduction: float

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class Fates:
    """How single worlds differ between the two conditions; shares of worlds.

    longer, shorter: the world held for more, or fewer, days under the change. saved: it ended in the baseline and held
    to the horizon under the change. lost: the reverse.
    """

    longer: float
    shorter: float
    saved: float
    lost: float


def paired_difference(changed: FloatArray, baseline: FloatArray) -> Difference:
    """Mean of changed - baseline over the same worlds in the same order; worlds missing in either are left out.

    Student's interval. ValueError for fewer than two worlds.
    """
    known = ~(np.isnan(changed) | np.isnan(baseline))
    here, there = changed[known], baseline[known]
    differences = here - there
    paired = _variance(differences)
    unpaired = _variance(here) + _variance(there)
    reduction = float(unpaired / paired) if paired > 0 else float("nan")
    n = len(differences)
    return _difference(float(differences.mean()), paired / n, n - 1, n, reduction)


def unpaired_difference(changed: FloatArray, baseline: FloatArray) -> Difference:
    """Difference of the means of independent worlds, with Welch's interval. ValueError as for pairs."""
    here, there = changed[~np.isnan(changed)], baseline[~np.isnan(baseline)]
    parts = _variance(here) / len(here), _variance(there) / len(there)
    variance = sum(parts)
    shares = parts[0] ** 2 / (len(here) - 1) + parts[1] ** 2 / (len(there) - 1)
    freedom = variance**2 / shares if shares > 0 else float(min(len(here), len(there)) - 1)
    return _difference(float(here.mean() - there.mean()), variance, freedom, min(len(here), len(there)), 1.0)


def fates(changed: FloatArray, baseline: FloatArray, horizon: int) -> Fates:
    """Shares of worlds that held longer or shorter, were saved or lost, from the days held under both conditions."""
    known = ~(np.isnan(changed) | np.isnan(baseline))
    here, there = changed[known], baseline[known]
    return Fates(
        longer=float((here > there).mean()),
        shorter=float((here < there).mean()),
        saved=float(((there < horizon) & (here >= horizon)).mean()),
        lost=float(((there >= horizon) & (here < horizon)).mean()),
    )


def _difference(value: float, variance: float, freedom: float, worlds: int, reduction: float) -> Difference:
    from scipy.special import stdtrit

    half = float(stdtrit(freedom, 0.975)) * float(np.sqrt(variance))
    return Difference(value, value - half, value + half, worlds, reduction)


def _variance(values: FloatArray) -> float:
    if len(values) < 2:
        raise ValueError(f"{len(values)} worlds are too few for an interval; at least two are needed")
    return float(values.var(ddof=1))
