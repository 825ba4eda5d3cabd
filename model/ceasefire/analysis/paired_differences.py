"""The same worlds under two conditions: how much a figure differs, how surely, and what pairing was worth.

Both conditions share the luck of each world, so that most of the chance cancels in the difference. Which single
worlds are 'saved' or 'lost' depends on how luck is coupled; the mean difference does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ceasefire.array_types import FloatArray


@dataclass(frozen=True)
class Difference:
    """A mean difference with its 95 % interval, in the unit of the figure.

    variance_reduction: how many times larger the variance of the difference were with worlds of their own on each
    side; not a number when nothing differs in any world, 1 when worlds are not shared.
    """

    value: float
    low: float
    high: float
    worlds: int
    variance_reduction: float

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class Fates:
    """What became of each world under a condition, against the same world without it; shares of worlds.

    longer, shorter: it held for more, or fewer, days. saved: it ended without and held to the horizon with; lost: the
    other way round.
    """

    longer: float
    shorter: float
    saved: float
    lost: float


def paired_difference(changed: FloatArray, baseline: FloatArray) -> Difference:
    """The mean of changed - baseline over the same worlds in the same order; missing worlds are left out of both.

    ValueError when fewer than two worlds are known under both.
    """
    known = ~(np.isnan(changed) | np.isnan(baseline))
    here, there = changed[known], baseline[known]
    each = here - there
    spread = _variance(each)
    apart = _variance(here) + _variance(there)
    reduction = float(apart / spread) if spread > 0 else float("nan")
    return _difference(float(each.mean()), spread / len(each), len(each) - 1, len(each), reduction)


def unpaired_difference(changed: FloatArray, baseline: FloatArray) -> Difference:
    """The difference of two means whose worlds have nothing in common (Welch). ValueError as for pairs."""
    here, there = changed[~np.isnan(changed)], baseline[~np.isnan(baseline)]
    parts = _variance(here) / len(here), _variance(there) / len(there)
    variance = sum(parts)
    shares = parts[0] ** 2 / (len(here) - 1) + parts[1] ** 2 / (len(there) - 1)
    freedom = variance**2 / shares if shares > 0 else float(min(len(here), len(there)) - 1)
    return _difference(float(here.mean() - there.mean()), variance, freedom, min(len(here), len(there)), 1.0)


def mean_difference(differences: Sequence[float] | FloatArray) -> Difference:
    """The mean of differences that were found independently of each other, such as one from each draw."""
    each = np.asarray(differences, np.float64)
    each = each[~np.isnan(each)]
    return _difference(float(each.mean()), _variance(each) / len(each), len(each) - 1, len(each), float("nan"))


def fates(changed: FloatArray, baseline: FloatArray, horizon: int) -> Fates:
    """Shares of worlds that held longer or shorter, were saved or lost; from days held under both."""
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
        raise ValueError(f"{len(values)} worlds are too few for an interval; two are the least")
    return float(values.var(ddof=1))
