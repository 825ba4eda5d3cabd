"""The inside view says the same days as the outside view, and mechanisms count as much as durations show."""

from __future__ import annotations

import numpy as np
import pytest

from ceasefire.analysis.interval_censored import BINS, EDGES, masses
from ceasefire.array_types import FloatArray
from ceasefire.evaluation.validation.inside_view_factors import Evidence, evidence, fit_factors, left_out
from ceasefire.reference_class.features import Features, cell_of
from ceasefire.reference_class.inside_view import (
    OVERLAYS,
    level_weights,
    neutral,
    overlays_of,
    with_overlay,
)
from ceasefire.reference_class.reference_table import Table

LEVELS = 5


def mass_by_level(shift: float = 0.0) -> FloatArray:
    """Durations that are longer at lower levels, lognormal with medians from 2000 to 2 days; `shift` in log days."""
    dice = np.random.default_rng(5)
    logs = dice.normal(0.0, 1.2, 20_000)
    return np.array([masses(np.exp(7.5 - 1.7 * level + shift + logs)) for level in range(LEVELS)])


def test_weights_of_levels_are_found_again_and_the_mixture_says_the_same_days() -> None:
    mass, truth = mass_by_level(), np.array([0.1, 0.0, 0.5, 0.3, 0.1])
    found = level_weights(mass, truth @ mass)
    assert found.sum() == pytest.approx(1.0)
    assert np.abs(np.cumsum(found @ mass) - np.cumsum(truth @ mass)).max() < 0.005


def test_weights_work_for_many_deals_at_once() -> None:
    mass = mass_by_level()
    target = np.array([mass[0], mass[4]])
    both = level_weights(mass, target)
    assert both[0, 0] > 0.9
    assert both[1, 4] > 0.9
    assert both[1] == pytest.approx(level_weights(mass, target[1]))


FEATURES = Features(ceasefire_class="preliminary", written=True, mechanism=True, mediated=True, prior_ceasefires=5)


def test_a_neutral_cell_keeps_what_the_outside_view_uses_and_an_overlay_adds_one_mechanism() -> None:
    own = cell_of(FEATURES)
    assert overlays_of(FEATURES) == ("mechanism", "mediated", "experience")
    plain = neutral(own)
    assert (plain.ceasefire_class, plain.written) == ("preliminary", True)
    assert not any((plain.mechanism, plain.mediated, plain.local, plain.unilateral, plain.prior))
    assert with_overlay(plain, "experience", own).prior == 1
    assert overlays_of(Features()) == ()


def made_evidence(factor: float, deals: int = 3000) -> Evidence:
    """Deals with a mechanism that doubles days in the simulation; in truth it does so times `factor`."""
    own = cell_of(FEATURES)
    plain = neutral(own)
    cells = (plain, *(with_overlay(plain, overlay, own) for overlay in overlays_of(FEATURES)))
    mass = np.array([mass_by_level(), mass_by_level(1.2), mass_by_level(), mass_by_level()])
    weights = np.full(LEVELS, 1 / LEVELS)
    truth = weights @ mass[0] + factor * (weights @ mass[1] - weights @ mass[0])
    dice = np.random.default_rng(9)
    seen = dice.choice(BINS, size=deals, p=truth / truth.sum())
    low, high = EDGES[seen], np.append(EDGES[1:], np.inf)[seen]
    target = np.tile(weights @ mass[0], (deals, 1))
    countries = [f"country {k % 20}" for k in range(deals)]
    return evidence(target, [FEATURES] * deals, Table(cells, mass, 1, 1), low, high, countries)


@pytest.mark.parametrize("factor", [0.0, 1.0])
def test_a_known_factor_is_found_again(factor: float) -> None:
    factors, errors = fit_factors(made_evidence(factor))
    at = OVERLAYS.index("mechanism")
    assert abs(factors[at] - factor) < 4 * errors[at]
    assert errors[at] < 0.1
    untouched = OVERLAYS.index("local")
    assert factors[untouched] == pytest.approx(1.0, abs=0.01)
    assert errors[untouched] == pytest.approx(0.5, abs=0.05)


def test_out_of_sample_a_mechanism_that_does_nothing_costs_when_it_is_assumed_and_not_when_it_is_fitted() -> None:
    scores = {name: float(each.mean()) for name, each in left_out(made_evidence(0.0)).items()}
    alone, assumed, fitted = scores.values()
    assert assumed < alone - 0.02
    assert fitted > alone - 0.005
