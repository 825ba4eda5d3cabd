"""Regressions of durations whose end nobody dated, and may lie beyond the horizon."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import minimize

from ceasefire.analysis.interval_censored import EDGES, surviving
from ceasefire.evaluation.validation import baselines
from ceasefire.reference_class.features import Features
from ceasefire.reference_class.outside_view.coded_deals import Durations

HORIZON = float(EDGES[-1])


def lives() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """300 lives, half of them undated: the end lies in [0, upper), and 93 upper limits lie beyond the horizon."""
    dice = np.random.default_rng(3)
    life = dice.weibull(0.6, 300) * 1500
    hidden = dice.random(300) < 0.5
    low = np.where(hidden, 0, np.floor(life))
    high = np.where(hidden, np.floor(life * dice.uniform(1.0, 3, 300)) + 1, np.floor(life) + 1)
    assert ((high > HORIZON) & hidden).sum() == 93
    return low, high


def likeliest(low: NDArray[np.float64], high: NDArray[np.float64]) -> list[float]:
    """Survival on days 365 and 1,825 of the Weibull that is likeliest, written out once more."""
    censored, start = low >= HORIZON, np.minimum(low, HORIZON)

    def alive(day: NDArray[np.float64], theta: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.exp(-((day / np.exp(theta[1])) ** np.exp(theta[0]))))

    def loss(theta: NDArray[np.float64]) -> float:
        after = np.where(censored, 0.0, alive(high, theta))
        return -float(np.log(np.maximum(alive(start, theta) - after, 1e-300)).sum())

    theta = minimize(loss, [-0.5, 6.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-9}).x
    return [float(alive(np.array(day), theta)) for day in (365.0, 1825.0)]


def test_an_undated_end_that_may_lie_beyond_the_horizon_does_not_count_as_an_end_before_it() -> None:
    low, high = lives()
    mass = baselines.weibull([Features()] * 300, Durations(low, high), [Features()])[0]
    found = [float(surviving(mass, day)) for day in (365.0, 1825.0)]
    assert found == pytest.approx(likeliest(low, high), abs=0.002)
    assert found == pytest.approx([0.475, 0.203], abs=0.001)


def test_the_same_of_the_lognormal() -> None:
    """An undated end in [0, a million) says nothing: the forecast is that of the dated ends alone."""
    low, high = lives()
    dated = low > 0
    far = Durations(low, np.where(dated, high, 1e6))
    without = Durations(low[dated], high[dated])
    one = baselines.lognormal([Features()] * 300, far, [Features()])[0]
    other = baselines.lognormal([Features()] * int(dated.sum()), without, [Features()])[0]
    assert float(surviving(one, 1825.0)) == pytest.approx(float(surviving(other, 1825.0)), abs=0.03)
