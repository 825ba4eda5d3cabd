"""What deals up to a day say about a country: the posterior of its effects, and forecasts that start from it.

The effects of a country are z = (country, open-ended deals, deals of fixed term) and a conflict's own c(day), which
fades as an Ornstein-Uhlenbeck process. Given z the conflicts are independent, and c is Markov: so the mean and
covariance of z, and for each conflict the regression of c on z on one day, are all that a later forecast needs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ceasefire.array_types import FloatArray
from ceasefire.reference_class.outside_view.coded_deals import (
    DealTable,
    Durations,
    Ending,
    Reading,
    durations_known_on,
    log_window,
)
from ceasefire.reference_class.outside_view.expectation_propagation import propagate
from ceasefire.reference_class.outside_view.parameters import Parameters

UNNAMED = "(not named)"
"""The conflict of deals that name none: one of which nothing else is known."""

BEFORE_ANYTHING = -math.inf


@dataclass(frozen=True)
class ConflictState:
    """c on the state's day, given z: normal with mean intercept + loading . z and this variance."""

    intercept: float
    loading: FloatArray
    variance: float
    deals: int = 0


@dataclass(frozen=True)
class CountryState:
    """Posterior of z and of every conflict's effect at the end of a day; `deals` that it rests on."""

    day: float
    mean: FloatArray
    covariance: FloatArray
    conflicts: Mapping[str, ConflictState] = field(default_factory=dict)
    deals: int = 0
    fixed_deals: int = 0


@dataclass(frozen=True)
class Effect:
    """Mean and variance of the sum of effects of one deal [log days]."""

    mean: float
    variance: float


def nothing_known(model: Parameters) -> CountryState:
    """The state of a country of which no deal is known."""
    spread = np.diag([model.sd_country**2, model.sd_kind**2, model.sd_kind**2])
    return CountryState(BEFORE_ANYTHING, np.zeros(3), spread)


@dataclass(frozen=True)
class _Targets:
    """Effects that are sums: weights on z (n, 3), the conflict whose c is added ('' for none), and the day."""

    weights: FloatArray
    conflict: Sequence[str]
    day: FloatArray

    def __add__(self, other: _Targets) -> _Targets:
        return _Targets(
            np.concatenate([self.weights, other.weights]),
            [*self.conflict, *other.conflict],
            np.concatenate([self.day, other.day]),
        )


def _conflicts(deals: DealTable) -> list[str]:
    """The conflict of each deal."""
    return [str(name) or UNNAMED for name in deals.conflict]


def _of_deals(deals: DealTable) -> _Targets:
    weights = np.column_stack([np.ones(len(deals)), ~deals.fixed, deals.fixed]).astype(np.float64)
    return _Targets(weights, _conflicts(deals), deals.start)


def _prior(state: CountryState, model: Parameters, targets: _Targets) -> tuple[FloatArray, FloatArray]:
    """Mean and covariance of effects on days after the state's."""
    unknown = ConflictState(0.0, np.zeros(3), model.sd_conflict**2)
    none = ConflictState(0.0, np.zeros(3), 0.0)
    own = [state.conflicts.get(name, unknown) if name else none for name in targets.conflict]
    left = np.exp(-np.maximum(targets.day - state.day, 0.0) / model.memory_days)
    left = np.where([one is none for one in own], 0.0, left)
    reach = targets.weights + left[:, None] * np.array([one.loading for one in own]).reshape(-1, 3)
    mean = reach @ state.mean + left * np.array([one.intercept for one in own])
    names = np.array(targets.conflict, np.str_)
    same = (names[:, None] == names[None, :]) & (names != "")[:, None]
    inherited = np.outer(left, left)
    variance = np.array([one.variance for one in own])
    apart = np.exp(-np.abs(targets.day[:, None] - targets.day[None, :]) / model.memory_days)
    since = model.sd_conflict**2 * (apart - inherited)
    return mean, reach @ state.covariance @ reach.T + same * (inherited * variance[None, :] + since)


def _posterior(
    state: CountryState, model: Parameters, deals: DealTable, durations: Durations, wanted: _Targets
) -> tuple[FloatArray, FloatArray]:
    """Mean and covariance of the wanted effects when deals, all signed after the state's day, are known too."""
    mean, covariance = _prior(state, model, _of_deals(deals) + wanted)
    n = len(deals)
    if n == 0:
        return mean, covariance
    low, high = log_window(durations, deals.planned, model.lapse_speed)
    posterior = propagate(covariance[:n, :n], model.mean(deals) + mean[:n], model.noise(deals), low, high)
    link = covariance[n:, :n]
    return mean[n:] + link @ posterior.weights, covariance[n:, n:] - link @ posterior.reduction @ link.T


def effect(state: CountryState, model: Parameters, deal: DealTable, earlier: DealTable, durations: Durations) -> Effect:
    """The sum of effects of one deal (a table of length 1), from a state and the deals known since."""
    mean, covariance = _posterior(state, model, earlier, durations, _of_deals(deal))
    return Effect(float(mean[0]), max(float(covariance[0, 0]), 0.0))


def effect_from_history(
    state: CountryState, model: Parameters, deal: DealTable, earlier: DealTable, endings: Sequence[Ending],
    reading: Reading,
) -> Effect:  # fmt: skip
    """The same from the endings of earlier deals, as they were known on the first day of the deal."""
    index, durations = durations_known_on(float(deal.start[0]), earlier.start, endings, reading)
    return effect(state, model, deal, earlier.take(index), durations)


def advanced(
    state: CountryState, model: Parameters, deals: DealTable, durations: Durations, day: float
) -> CountryState:
    """The state at the end of a later day, with these deals of the country known in addition."""
    own = _conflicts(deals)
    names = sorted({*state.conflicts, *own})
    wanted = _Targets(
        np.concatenate([np.eye(3), np.zeros((len(names), 3))]), [""] * 3 + names, np.full(3 + len(names), day)
    )
    mean, covariance = _posterior(state, model, deals, durations, wanted)
    z_mean, z_covariance = mean[:3], covariance[:3, :3]
    conflicts = {}
    for at, name in enumerate(names, start=3):
        link = covariance[at, :3]
        loading: FloatArray = np.linalg.solve(z_covariance, link).astype(np.float64)
        before = state.conflicts[name].deals if name in state.conflicts else 0
        conflicts[name] = ConflictState(
            float(mean[at] - loading @ z_mean),
            loading,
            max(float(covariance[at, at] - loading @ link), 1e-12),
            before + own.count(name),
        )
    return CountryState(
        day, z_mean, z_covariance, conflicts, state.deals + len(deals), state.fixed_deals + int(deals.fixed.sum())
    )
