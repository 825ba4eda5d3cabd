"""How good nowcasts are on made histories that are kept apart: Brier skill, and whether they are calibrated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray
from ceasefire.observations.nowcast.agreement import INDEX_DAYS, learnt_index, weights

KEPT_APART = 1_500
"""Made histories on which nowcasts are tried at most: with 500 the limits of a skill are 5 % either way."""

LEAST_SKILL = 0.03
"""Share of the Brier score of the forecast without counts; below it the counts say next to nothing."""


@dataclass(frozen=True)
class Skill:
    """Share of the Brier score without counts that counts save, its 95 % limits, and how many histories were tried."""

    value: float
    low: float
    high: float
    histories: int

    @property
    def is_small(self) -> bool:
        """Whether the counts say next to nothing, by the whole per cent that is shown."""
        return round(100 * self.value) < round(100 * LEAST_SKILL)


@dataclass(frozen=True, eq=False)
class Trial:
    """Nowcasts of histories kept apart. `left`: days that each held on; `chances`: {days: (without, with), (n,)}.

    `place`: where each life lies in its own forecast, uniform when forecasts are calibrated, (n,).
    """

    left: NDArray[np.int64]
    chances: dict[int, tuple[float, FloatArray]]
    place: FloatArray

    def skill(self, days: int) -> Skill:
        """Brier skill for an end within `days`, with limits from the spread over histories."""
        without, chance = self.chances[days]
        ended = self.left < days
        plain, better = (without - ended) ** 2, (chance - ended) ** 2
        if not plain.sum():
            return Skill(0.0, 0.0, 0.0, len(ended))
        value = float(1.0 - better.sum() / plain.sum())
        error = float(np.std(better - (1.0 - value) * plain) / np.sqrt(len(ended)) / plain.mean())
        return Skill(value, value - 1.96 * error, value + 1.96 * error, len(ended))


def kept_apart(worlds: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of the histories that are tried, and of those that forecasts of them are made from."""
    order = np.random.default_rng(seed).permutation(worlds)
    count = min(KEPT_APART, worlds // 5)
    return np.sort(order[:count]), np.sort(order[count:])


def trial(
    figures: FloatArray, left: NDArray[np.int64], horizons: tuple[int, ...], seed: int, *, shuffled: bool = False
) -> Trial:
    """Nowcasts of some of the made histories from the others.

    `figures` of shape (n, k) and `left`, the days that each held on, shape (n,). With `shuffled` every history that is
    tried gets the figures of another, so that nothing can be gained.
    """
    tried, others = kept_apart(len(left), seed)
    random = np.random.default_rng([seed, 1])
    index = learnt_index(figures[others], left[others] < INDEX_DAYS)
    known, wanted = index.at(figures[others]), index.at(figures[tried])
    if shuffled:
        wanted = random.permutation(wanted)
    chances = {days: (float((left[others] < days).mean()), np.empty(len(tried))) for days in horizons}
    place = np.empty(len(tried))
    for n, (at, life) in enumerate(zip(wanted, left[tried], strict=True)):
        weight = weights(known, float(at))
        for days in horizons:
            chances[days][1][n] = weight[left[others] < days].sum()
        place[n] = weight[left[others] < life].sum() + random.random() * weight[left[others] == life].sum()
    return Trial(left[tried], chances, place)
