"""Baseline forecasts of the same deals from the same features, stated in the same bins of days as the model's."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.linalg import qr

from ceasefire.analysis.cox_regression import breslow_slopes, breslow_survival, middle_days
from ceasefire.analysis.interval_censored import EDGES, masses_alive
from ceasefire.array_types import FloatArray
from ceasefire.evaluation.validation import outside_view_baselines as coded_baselines
from ceasefire.evaluation.validation.outside_view_baselines import Baseline as CodedBaseline
from ceasefire.evaluation.validation.outside_view_baselines import coded, pooled_curve, smoothed
from ceasefire.reference_class.features import Features
from ceasefire.reference_class.fit import design
from ceasefire.reference_class.outside_view.coded_deals import Durations

Baseline = Callable[[Sequence[Features], Durations, Sequence[Features]], FloatArray]
"""Fits to the features and durations of training deals and forecasts test deals: probabilities of shape (n, BINS)."""


def _of(baseline: CodedBaseline) -> Baseline:
    """A baseline of the outside view, from the same features."""

    def forecast(training: Sequence[Features], durations: Durations, test: Sequence[Features]) -> FloatArray:
        return baseline(coded(training), durations, coded(test))

    return forecast


by_class, weibull, lognormal = (
    _of(each) for each in (coded_baselines.by_class, coded_baselines.weibull, coded_baselines.lognormal)
)


def cox(training: Sequence[Features], durations: Durations, test: Sequence[Features]) -> FloatArray:
    """Cox regression by Breslow's partial likelihood; an undated end is put in the middle of its interval."""
    ended = ~np.isinf(durations.high)
    days = middle_days(durations.low, durations.high)
    x = design(training)[:, 1:]
    independent = _independent(x)
    x = x[:, independent]
    beta = breslow_slopes(x, np.maximum(days, 0.25), ended)
    surviving = breslow_survival(x, days, ended, beta, design(test)[:, 1:][:, independent], EDGES)
    return smoothed(masses_alive(surviving), len(training), pooled_curve(durations))


def _independent(x: FloatArray) -> list[int]:
    """Columns of x (n, columns) that vary and are linearly independent, as a regression without a constant needs."""
    _, r, order = qr(x - x.mean(axis=0), mode="economic", pivoting=True)
    size = np.abs(np.diag(r))
    return sorted(int(k) for k, magnitude in zip(order, size, strict=False) if magnitude > 1e-8 * max(1.0, size[0]))


BASELINES: dict[str, Baseline] = {
    "Kaplan-Meier by class": by_class,
    "Weibull regression": weibull,
    "lognormal regression": lognormal,
    "Cox regression": cox,
}
