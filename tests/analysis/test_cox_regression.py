"""Cox regression, against another program: slopes, and survival from the baseline hazard."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.duration.hazard_regression import PHReg

from ceasefire.analysis.cox_regression import breslow_slopes, breslow_survival, middle_days
from ceasefire.array_types import FloatArray


def made(count: int) -> tuple[FloatArray, FloatArray, np.ndarray]:
    """Two covariates, days in whole numbers (so that many are tied), and which ended: a third are censored."""
    rng = np.random.default_rng(4)
    x = np.column_stack([rng.integers(0, 2, count), rng.normal(size=count)]).astype(np.float64)
    days = np.ceil(rng.exponential(60 / np.exp(x @ np.array([0.8, -0.5]))))
    ended = rng.uniform(size=count) > 1 / 3
    return x, days, ended


def test_slopes_are_those_of_statsmodels() -> None:
    x, days, ended = made(400)
    theirs = PHReg(days, x, status=ended.astype(int), ties="breslow").fit().params
    assert breslow_slopes(x, days, ended) == pytest.approx(theirs, abs=1e-6)


def test_survival_is_that_of_the_baseline_hazard_of_statsmodels() -> None:
    x, days, ended = made(400)
    days = days + np.linspace(-0.4, 0.4, len(days))  # its baseline takes tied days one after another
    fit = PHReg(days, x, status=ended.astype(int), ties="breslow").fit()
    times, hazard, _ = fit.baseline_cumulative_hazard[0]
    edges = np.array([1.0, 5.0, 20.0, 50.0])
    alive = breslow_survival(x, days, ended, np.asarray(fit.params), x[:9], edges)
    for deal in range(9):
        before = hazard[np.searchsorted(times, edges)]  # it gives at each time what came before
        assert alive[deal] == pytest.approx(np.exp(-before * np.exp(x[deal] @ fit.params)), abs=1e-9)


def test_a_ridge_draws_slopes_towards_nought() -> None:
    x, days, ended = made(60)
    free, drawn = breslow_slopes(x, days, ended), breslow_slopes(x, days, ended, ridge=50.0)
    assert (np.abs(drawn) < np.abs(free)).all()


def test_an_undated_end_is_put_in_the_middle_and_a_censored_one_on_its_last_day() -> None:
    low, high = np.array([10.0, 10.0, 30.0]), np.array([11.0, 21.0, np.inf])
    assert middle_days(low, high).tolist() == [10.5, 15.5, 30.0]
