"""Lengths of other deals inform the numbers that deals share, and never those of the deal that is judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ceasefire.array_types import FloatArray
from ceasefire.evaluation.matching.emulator import standardised
from ceasefire.evaluation.validation.shared_numbers import (
    SHARED,
    Deal,
    drawn_values,
    likelihood_of,
    report,
    resampled,
    weights_without,
)
from ceasefire.experiments.schema import Case
from ceasefire.scenario.load import load
from ceasefire.simulation.initial_state import initial_state

DRAWS = 3000


def made_deals(effect: float, truth: float = 1.5) -> tuple[list[Deal], FloatArray]:
    """Eight deals whose lengths hang on the first shared number by `effect`, made where that number is `truth`."""
    source = np.random.default_rng(5)
    shared = standardised(source.uniform(size=(DRAWS, 12)))
    deals = []
    for k in range(8):
        middle = 3.0 + 0.2 * k
        days = np.exp(middle + effect * shared[:, [0]] + 0.7 * source.normal(size=(DRAWS, 2))).round()
        length = float(np.exp(middle + effect * truth).round())
        case = Case(scenario=f"deal-{k}", held=(length, length), source="made up")
        deals.append(Deal(case, days, likelihood_of(case, days, shared)))
    return deals, shared


def test_a_deal_that_is_left_out_gains_by_what_the_others_tell() -> None:
    deals, shared = made_deals(effect=0.8)
    every = np.arange(DRAWS)
    gains = []
    for k, deal in enumerate(deals):
        weights = weights_without(deals, k)
        assert weights @ shared[:, 0] > 0.9
        gains.append(deal.score(resampled(weights)) - deal.score(every))
    assert np.mean(gains) > 0.2


def test_where_nothing_is_shared_nothing_is_gained() -> None:
    deals, shared = made_deals(effect=0.0)
    weights = weights_without(deals, 0)
    assert abs(float(weights @ shared[:, 0])) < 0.1
    every = np.arange(DRAWS)
    gains = [deal.score(resampled(weights_without(deals, k))) - deal.score(every) for k, deal in enumerate(deals)]
    assert abs(float(np.mean(gains))) < 0.05


def test_the_deal_that_is_judged_never_weighs() -> None:
    deals, _ = made_deals(effect=0.8)
    before = weights_without(deals, 3)
    other = replace(deals[3], likelihood=deals[3].likelihood[::-1])
    assert np.array_equal(weights_without([*deals[:3], other, *deals[4:]], 3), before)
    assert not np.allclose(weights_without([*deals[:3], other, *deals[4:]], 2), weights_without(deals, 2))


def test_draws_are_taken_in_proportion_to_their_weights() -> None:
    weights = np.array([0.5, 0.0, 0.25, 0.25])
    assert np.bincount(resampled(weights), minlength=4) == pytest.approx([2, 0, 1, 1])


def test_deals_over_one_base_share_the_numbers_of_the_rules_and_no_others() -> None:
    one, other = (load(name).scenario for name in ("turkey-2023-02", "pakistan-2021-11"))
    values = [drawn_values(each, initial_state(each), 50, 1) for each in (one, other)]
    common = values[0].keys() & values[1].keys()
    shared = [path for path in common if path.startswith(SHARED)]
    # motives as written have the common scale only, which deals share
    own = [path for path in common if path.startswith("actors.") and ".motives." not in path]
    assert len(shared) > 50
    assert len(own) > 5
    ranks = [{path: np.argsort(each[path]).tolist() for path in common} for each in values]
    assert all(ranks[0][path] == ranks[1][path] for path in shared if np.ptp(values[0][path]) > 0)
    assert all(ranks[0][path] != ranks[1][path] for path in own if np.ptp(values[0][path]) > 0)


def test_the_report_tells_both_groups_apart() -> None:
    deals, shared = made_deals(effect=0.8)
    names = [deal.case.scenario for deal in deals]
    text = report(deals, names, {"mechanisms.first": shared[:, 0]}, [True] * 5 + [False] * 3)
    assert "coded under frozen rules" in text
    assert "the others" in text
    assert "`mechanisms.first`" in text
