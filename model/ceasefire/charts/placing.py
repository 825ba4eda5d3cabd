"""Where labels go so that they cover neither the data nor each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

ACROSS, UP = 150, 75
"""Cells in which a plot is searched for room."""


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Centres as near to the wanted ones as labels of these heights can stand between low and high, in their order.

    The order is that of `wanted`, ties as given. When they do not fit, they overlap evenly.
    """
    if not wanted:
        return []
    order = sorted(range(len(wanted)), key=lambda label: wanted[label])
    tall = np.array([heights[label] for label in order], dtype=float)
    tall *= min(1.0, (high - low) / tall.sum())
    offset = np.cumsum(tall) - tall / 2
    slack = _falling_means(np.array([wanted[label] for label in order]) - offset)
    slack = np.clip(slack, low, high - tall.sum())
    centres = [0.0] * len(order)
    for label, centre in zip(order, slack + offset, strict=True):
        centres[label] = float(centre)
    return centres


def _falling_means(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The nearest sequence that never falls, by pooling neighbours that do."""
    pools: list[tuple[float, int]] = []
    for value in values:
        pools.append((float(value), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (left, many), (right, more) = pools[-2:]
            pools[-2:] = [((left * many + right * more) / (many + more), many + more)]
    return np.repeat([mean for mean, _ in pools], [count for _, count in pools])


class Room:
    """Which parts of a plot are taken; positions and sizes are shares of its width and height."""

    def __init__(self, other: Room | None = None) -> None:
        """Nothing is taken, or what is taken in the other."""
        self.taken: npt.NDArray[np.bool_] = np.zeros((UP, ACROSS), dtype=bool) if other is None else other.taken.copy()

    def take_between(self, low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]) -> None:
        """Take what lies between two lines given at ACROSS places."""
        up = (np.arange(UP)[:, None] + 0.5) / UP
        margin = 1.0 / UP
        self.taken |= (up >= low[None, :] - margin) & (up <= high[None, :] + margin)

    def take_box(self, left: float, bottom: float, width: float, height: float) -> None:
        """Take a box."""
        rows = slice(max(0, int(bottom * UP)), max(0, int(np.ceil((bottom + height) * UP))))
        self.taken[rows, max(0, int(left * ACROSS)) : max(0, int(np.ceil((left + width) * ACROSS)))] = True

    def find(self, width: float, height: float, target: tuple[float, float]) -> tuple[float, float] | None:
        """Lower left corner of the free box of that size nearest to the target, or none."""
        across, up = int(np.ceil(width * ACROSS)), int(np.ceil(height * UP))
        if across >= ACROSS or up >= UP:
            return None
        sums = np.pad(self.taken.astype(int).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        filled = sums[up:, across:] - sums[:-up, across:] - sums[up:, :-across] + sums[:-up, :-across]
        rows, columns = np.nonzero(filled == 0)
        if not len(rows):
            return None
        away_x = (columns + across / 2) / ACROSS - target[0]
        away_y = (rows + up / 2) / UP - target[1]
        nearest = int(np.argmin(away_x**2 + away_y**2))
        return float(columns[nearest] / ACROSS), float(rows[nearest] / UP)
