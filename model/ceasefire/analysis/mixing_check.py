"""A check of a mixing distribution on the very draws that it was estimated from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.mixing_distribution import MixingDistribution


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
