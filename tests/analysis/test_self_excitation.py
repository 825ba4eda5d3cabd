"""The share of incidents that answer others is found again in made counts, trend or none."""

from __future__ import annotations

import numpy as np
import pytest

from ceasefire.analysis.self_excitation import LONGEST_MEMORY_DAYS, MEMORY_DAYS, answered_share, weighted_past
from ceasefire.array_types import FloatArray


def made(share: float, days: int, dice: np.random.Generator, growth: float = 0.0) -> FloatArray:
    """Counts of a process with this branching ratio, whose background grows by exp(growth) over the days."""
    weights = np.exp(-np.arange(1, LONGEST_MEMORY_DAYS + 1) / MEMORY_DAYS)
    weights /= weights.sum()
    counts = np.zeros(days)
    for day in range(days):
        before = counts[max(0, day - LONGEST_MEMORY_DAYS) : day][::-1]
        counts[day] = dice.poisson(1.5 * np.exp(growth * day / days) + share * (weights[: len(before)] * before).sum())
    return counts


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("growth", [0.0, 1.5])
def test_a_known_share_is_found_again(share: float, growth: float) -> None:
    dice = np.random.default_rng(int(10 * share) + 7)
    found = [answered_share(made(share, 2000, dice, growth)) for _ in range(8)]
    assert np.mean(found) == pytest.approx(share, abs=0.1)


def test_growth_alone_is_not_taken_for_answers() -> None:
    dice = np.random.default_rng(3)
    found = [answered_share(made(0.0, 1000, dice, growth=2.0)) for _ in range(8)]
    assert np.mean(found) < 0.12


def test_the_past_is_a_weighted_mean_and_nothing_happened_before_the_first_day() -> None:
    past = weighted_past(np.ones(200))
    assert past[0] == 0.0
    assert past[-1] == pytest.approx(1.0)
    assert np.all(np.diff(past) >= -1e-12)


def test_counts_without_incidents_tell_nothing() -> None:
    assert np.isnan(answered_share(np.zeros(50)))
