"""Shares and quantiles of weighted worlds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.interval_rules import share_limits
from ceasefire.array_types import FloatArray
from ceasefire.observations.nowcast.agreement import effective


def share(weight: FloatArray, yes: NDArray[np.bool_], family: NDArray[np.int64]) -> Interval:
    """The weighted share of worlds, with 95 % limits of chance: mid-P limits with the effective number of worlds."""
    value = min(1.0, float(weight[yes].sum() / weight.sum()))
    number = effective(weight, family)
    low, high = share_limits(value * number, number)
    return Interval(value, float(low), float(high))


def quantiles(values: FloatArray, weight: FloatArray, levels: tuple[float, ...]) -> FloatArray:
    """Quantiles of weighted values, shape (levels,): the smallest value with at least that share at or below it."""
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(weight[order])
    at = np.searchsorted(passed, np.array(levels) * passed[-1], side="left")
    return np.asarray(values[order][np.minimum(at, len(values) - 1)])
