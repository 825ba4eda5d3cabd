"""The corner of failure: a known corner is found, its figures are out of sample, and noise has no corner."""

from __future__ import annotations

import numpy as np
import pytest

from ceasefire.analysis.scenario_discovery import corner_of_failure
from ceasefire.array_types import FloatArray

NAMES = [f"number-{place}" for place in range(12)]


def made(seed: int, there: float = 0.8, elsewhere: float = 0.3, worlds: int = 10) -> tuple[FloatArray, FloatArray]:
    """400 draws that fail more often where number 4 is above 0.6 and number 9 at most 0.5."""
    rng = np.random.default_rng(seed)
    numbers = rng.random((400, len(NAMES)))
    inside = (numbers[:, 4] > 0.6) & (numbers[:, 9] <= 0.5)
    chance = np.where(inside, there, elsewhere)
    return numbers, (rng.random((400, worlds)) < chance[:, None]).astype(float)


def test_a_known_corner_is_found_with_its_density_and_coverage() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install 'ceasefire[discovery]'")
    corner = corner_of_failure(NAMES, *made(1))
    limits = {each.name: (each.low, each.high) for each in corner.conditions}
    assert set(limits) == {"number-4", "number-9"}
    assert limits["number-4"][0] == pytest.approx(0.6, abs=0.05)
    assert limits["number-9"][1] == pytest.approx(0.5, abs=0.05)
    assert (limits["number-4"][1], limits["number-9"][0]) == (np.inf, -np.inf)
    assert corner.draws == 200
    assert corner.density.low < 0.8 < corner.density.high
    # Of all failures, 0.2 * 0.8 of 0.2 * 0.8 + 0.8 * 0.3 lie there.
    assert corner.coverage.low < 0.4 < corner.coverage.high
    assert corner.everywhere.low < 0.4 < corner.everywhere.high
    assert corner.more.low > 0


def test_noise_has_no_corner_that_stands_out_of_sample() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install 'ceasefire[discovery]'")
    found = [corner_of_failure(NAMES, *made(seed, there=0.3), seed=seed) for seed in range(8)]
    assert sum(each.conditions != () and each.more.low > 0 for each in found) <= 1  # P(2 or more of 8 at 2.5 %): 2 %


def test_no_figure_is_of_a_world_that_the_corner_was_found_with() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install 'ceasefire[discovery]'")
    numbers, failed = made(2)
    corner = corner_of_failure(NAMES, numbers, failed)
    other = failed.copy()
    other[:, 1::2] = 1.0  # every world that is held out fails
    again = corner_of_failure(NAMES, numbers, other)
    assert again.conditions == corner.conditions
    assert (again.density.value, again.everywhere.value) == (1.0, 1.0)


def test_draws_that_share_their_worlds_leave_the_doubt_of_few_worlds() -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install 'ceasefire[discovery]'")
    numbers, _ = made(3)
    alike = np.tile(np.arange(20) % 4 < 2, (len(numbers), 1))  # 5 of the 10 worlds held out fail, in every draw
    everywhere = corner_of_failure(NAMES, numbers, alike).everywhere
    half = 1.96 * np.sqrt(0.5 * 0.5 / 10)
    assert everywhere.value == 0.5
    assert everywhere.high - everywhere.low == pytest.approx(2 * half, abs=0.11)


@pytest.mark.parametrize(("draws", "worlds"), [(39, 10), (400, 1)])
def test_too_few_draws_or_worlds_are_refused(draws: int, worlds: int) -> None:
    numbers, failed = made(1)
    with pytest.raises(ValueError, match=f"{draws} draws of {worlds} worlds"):
        corner_of_failure(NAMES, numbers[:draws], failed[:draws, :worlds])
