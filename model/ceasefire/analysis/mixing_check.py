"""Checks of a mixing distribution on the very draws that it was estimated from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.mixing_distribution import QUANTILES, MixingDistribution, world_distribution

FloatArray = npt.NDArray[np.float64]

SEED = 31


@dataclass(frozen=True)
class HalvesCheck:
    """Standard deviation of the true figures as estimated, and from halves of the worlds with its 95 % interval.

    Two halves of a draw's worlds share its truth and none of their noise, whatever its shape: the covariance of their
    means over draws is the variance of the truth.
    """

    fitted: float
    from_halves: Interval

    @property
    def agrees(self) -> bool:
        """The estimate lies in the interval."""
        return self.from_halves.low <= self.fitted <= self.from_halves.high


@dataclass(frozen=True)
class MadeCheck:
    """One quantile on made draws whose truth is known: the truth, the mean of what was found, and its typical error.

    `held`: share of repeats in which the limits held the truth.
    """

    at: float
    truth: float
    found: float
    error: float
    held: float


def halves_check(found: MixingDistribution, values: npt.ArrayLike) -> HalvesCheck:
    """The spread that was estimated against that which the halves of each draw's worlds, (draws, worlds), agree on.

    The worlds are halved in every second order of their numbers. ValueError for fewer than two worlds in a draw.
    """
    given = np.asarray(values, dtype=float)
    if given.shape[1] < 2:
        raise ValueError("one world a draw cannot be halved")
    given = given[np.isfinite(given).all(axis=1)]
    one, other = given[:, ::2].mean(axis=1), given[:, 1::2].mean(axis=1)
    products = (one - one.mean()) * (other - other.mean()) * len(one) / (len(one) - 1)
    error = 1.96 * float(products.std(ddof=1)) / np.sqrt(len(products))
    middle = float(products.mean())
    ends = (float(np.sqrt(max(0.0, each))) for each in (middle, middle - error, middle + error))
    average = float(found.mass @ found.support)
    spread = float(np.sqrt(found.mass @ (found.support - average) ** 2))
    return HalvesCheck(spread, Interval(*ends))


def made_check(
    values: npt.ArrayLike,
    lowest: float = -np.inf,
    highest: float = np.inf,
    at: tuple[float, ...] = QUANTILES,
    repeats: int = 20,
) -> list[MadeCheck]:
    """The estimator tried on made draws with the noise of these: each draw's worlds stand for all that it could have.

    The true figure of a made draw is then the mean of those worlds, known exactly; as many worlds are drawn from them
    again, and the distribution is estimated anew. Shows how far quantiles can be trusted with noise of this shape.
    """
    given = np.asarray(values, dtype=float)
    given = given[np.isfinite(given).all(axis=1)]
    truth = np.quantile(given.mean(axis=1), at)
    dice = np.random.default_rng(SEED)
    edges, held = [], []
    for _ in range(repeats):
        chosen = dice.integers(0, len(given), len(given))
        again = np.take_along_axis(given[chosen], dice.integers(0, given.shape[1], given.shape), axis=1)
        intervals = world_distribution(again, lowest, highest).quantile_intervals(at).values()
        edges.append([each.value for each in intervals])
        held.append([each.low <= true <= each.high for each, true in zip(intervals, truth, strict=True)])
    found, kept = np.array(edges), np.array(held).mean(axis=0)
    wrong = np.sqrt(((found - truth) ** 2).mean(axis=0))
    rows = zip(at, truth, found.mean(axis=0), wrong, kept, strict=True)
    return [MadeCheck(share, *(float(each) for each in row)) for share, *row in rows]
