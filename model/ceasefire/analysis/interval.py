"""A number with the range in which it lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Z_95 = 1.959963984540054
"""Half-width of a 95 % interval [standard deviations]."""


@dataclass(frozen=True)
class Interval:
    """An estimate between its limits, all in one unit; infinity says 'beyond the horizon'."""

    value: float
    low: float
    high: float


def wilson(
    share: npt.ArrayLike, number: npt.ArrayLike, z: float = Z_95
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Limits of a share seen in `number` independent trials; never outside [0, 1], never of no width. Wilson (1927)."""
    p = np.asarray(share, dtype=float)
    n = np.asarray(number, dtype=float)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return np.maximum(0.0, np.minimum(p, centre - half)), np.minimum(1.0, np.maximum(p, centre + half))
