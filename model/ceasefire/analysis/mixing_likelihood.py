"""The likelihood of distributions of true figures on a grid: the smooth estimate, and limits of quantiles and shares.

A limit of a quantile, or of a share of draws, splits the mass of the distribution: so much of it on one side of a
figure, the rest on the other. The limit is where the best distribution with that split is less likely than the best of
all by more than chance would make it. How much that is depends on the truth: one with a few atoms is bent by a split
far more than a smooth one, and no point of chi-square fits both. So it is found for each limit by itself: samples like
the one that was seen are made from the best distribution with that split, and the fall that they show in all but a
share of 1 - level of them is allowed (a bootstrap of the likelihood ratio; McLachlan 1987).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ceasefire.analysis.noise_kernels import Kernel
from ceasefire.array_types import BoolArray, FloatArray

FewPoints = tuple[npt.NDArray[np.int64], FloatArray]

SMOOTHING = 0.5
"""Log likelihood that the reported distribution may lie below the highest: the draws do not tell the two apart."""

STEPS = 300
"""Steps of expectation-maximisation, lengthened (over-relaxed); more of them add less than 0.1 to a likelihood."""

SPLIT_STEPS = 150
"""The same for each split of the mass that a profile tries."""

LOOK_EVERY, PATIENCE = 25, 10.0
"""Steps after which a profile is looked at, and how many times the last gain it may still be expected to make."""

FIRST_FALL = 1.0
"""Fall of the log likelihood at the limits from which samples are made; the limits that they give replace it."""

RESAMPLES, RESAMPLE_STEPS, SEED = 60, 50, 1
"""Samples for each limit, and steps with and then without the split: their difference is within 0.1 of the last."""

EVERY = 5
"""Samples are fitted on one in so many points of the grid, on those at the split, and on those with mass."""

LEAST_MASS = 1e-3
"""Mass of a point that samples are fitted on."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A distribution on the grid of a kernel: its smooth `mass` (points,), and the highest log likelihood of any."""

    kernel: Kernel
    mass: FloatArray
    highest: float


@dataclass(frozen=True, eq=False)
class Splits:
    """Splits of the mass: `share` (problems,) of it on `below`, the rest on `above`, both (problems, points).

    A point may belong to both; none is empty.
    """

    below: BoolArray
    above: BoolArray
    share: FloatArray

    def started(self, fit: Fit) -> tuple[FloatArray, FloatArray]:
        """Both parts of each split, (problems, points), to start from: a fifth of the mass is spread evenly."""
        mass = 0.8 * fit.mass + 0.2 / len(fit.mass)
        return _of_mass(self.below * mass, self.share), _of_mass(self.above * mass, 1 - self.share)

    def climbed(self, kernel: Kernel, one: FloatArray, other: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Both parts after a lengthened step of expectation-maximisation that keeps the split."""
        ratio = _lengthened(_ratio(kernel.chance, kernel.counts[None], one + other))
        return _of_mass(one * ratio, self.share), _of_mass(other * ratio, 1 - self.share)


def roughened(chance: FloatArray, counts: FloatArray, starts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """For each figure, the smoothed masses (figures, points) and the highest log likelihood (figures,).

    `chance` (cells, points) is the chance of what was seen in a cell under each true figure; `counts` (figures,
    cells) how many draws were seen there; `starts` (figures, points) smooth masses.
    """
    even = np.full_like(starts, 1.0 / starts.shape[1])
    highest = _log_likelihood(chance, counts, _climb(chance, counts, even, STEPS, lengthened=True))
    highest = np.maximum(highest, (counts @ np.log(np.maximum(chance, 1e-300))).max(axis=1))
    mass, chosen = starts, starts.copy()
    left = np.ones(len(starts), dtype=bool)
    for _ in range(STEPS):
        close = left & (_log_likelihood(chance, counts, mass) >= highest - SMOOTHING)
        chosen[close] = mass[close]
        left &= ~close
        if not left.any():
            break
        mass = _climb(chance, counts, mass, 1)
    chosen[left] = mass[left]
    return chosen, np.maximum(highest, _log_likelihood(chance, counts, chosen))


def _climb(
    chance: FloatArray, counts: FloatArray, mass: FloatArray, steps: int, lengthened: bool = False
) -> FloatArray:
    """Masses after some steps of expectation-maximisation, each lengthened; each raises the likelihood."""
    for _ in range(steps):
        ratio = _ratio(chance, counts, mass)
        mass = mass * (_lengthened(ratio) if lengthened else ratio)
        mass = mass / mass.sum(axis=1, keepdims=True)
    return mass


def _ratio(chance: FloatArray, counts: FloatArray, mass: FloatArray) -> FloatArray:
    """What a step of expectation-maximisation multiplies masses (figures, points) by; counts (figures, cells)."""
    seen = np.maximum(mass @ chance.T, 1e-300)
    return np.asarray(((counts / seen) @ chance) / counts.sum(axis=-1, keepdims=True))


def _lengthened(ratio: FloatArray) -> FloatArray:
    """A step's ratio to the power 1.75, by roots, which are faster."""
    root = np.sqrt(ratio)
    return np.asarray(ratio * root * np.sqrt(root))


def _log_likelihood(chance: FloatArray, counts: FloatArray, mass: FloatArray) -> FloatArray:
    return np.asarray((counts * np.log(np.maximum(mass @ chance.T, 1e-300))).sum(axis=1))


def _of_mass(mass: FloatArray, whole: FloatArray) -> FloatArray:
    """Masses (problems, points) brought to sums (problems,)."""
    return np.asarray(mass * (whole / np.maximum(mass.sum(axis=1), 1e-300))[:, None])


def quantile_limits(fit: Fit, at: FloatArray, level: float, fall: float | None = None) -> tuple[FloatArray, FloatArray]:
    """Limits (quantiles,) of the quantiles `at`: the outermost grid points at which a split is likely enough.

    `fall`: how far the log likelihood may fall; None finds it by resampling. The likelihood of a split falls on both
    sides of its highest, so both ends are found by halving.
    """
    support = fit.kernel.support
    points = np.arange(len(support))
    best = np.tile(np.searchsorted(np.cumsum(fit.mass), at).clip(0, len(support) - 1), 2)
    ends = np.concatenate([np.full(len(at), -1), np.full(len(at), len(support))])

    def splits(places: npt.NDArray[np.int64]) -> Splits:
        return Splits(points <= places[:, None], points >= places[:, None], np.tile(at, 2))

    def search(falls: FloatArray) -> npt.NDArray[np.int64]:
        inside, outside = best, ends
        while (np.abs(outside - inside) > 1).any():
            middle = ((inside + outside) // 2).clip(0, len(support) - 1)
            accepted = _is_likely(fit, splits(middle), falls)
            moving = np.abs(outside - inside) > 1
            inside = np.where(moving & accepted, middle, inside)
            outside = np.where(moving & ~accepted, middle, outside)
        return inside

    low, high = np.split(support[_searched(fit, search, splits, 2 * len(at), level, fall)], 2)
    return low, high


def share_limits_on(fit: Fit, those: BoolArray, level: float, fall: float | None = None) -> tuple[float, float]:
    """Limits of the share of draws on some grid points, not on all or none of them; `fall` as for quantiles.

    The profile is concave, so both of its ends are found by halving.
    """
    masks = np.tile(those, (2, 1))
    value = float(fit.mass[those].sum())

    def splits(shares: FloatArray) -> Splits:
        return Splits(masks, ~masks, shares)

    def search(falls: FloatArray) -> FloatArray:
        inside, outside = np.array([value, value]).clip(1e-6, 1 - 1e-6), np.array([0.0, 1.0])
        for _ in range(8):
            middle = (inside + outside) / 2
            accepted = _is_likely(fit, splits(middle), falls)
            inside, outside = np.where(accepted, middle, inside), np.where(accepted, outside, middle)
        return outside

    low, high = _searched(fit, search, splits, 2, level, fall)
    return float(low), float(high)


def _searched(
    fit: Fit, search: Callable[[FloatArray], npt.NDArray[Any]], splits: Callable[[npt.NDArray[Any]], Splits],
    problems: int, level: float, fall: float | None,
) -> npt.NDArray[Any]:  # fmt: skip
    """The limits at which the log likelihood has fallen by `fall`, or by as much as samples from there show."""
    first = search(np.full(problems, FIRST_FALL if fall is None else fall))
    return first if fall is not None else search(_allowed_falls(fit, splits(first), level))


def _is_likely(fit: Fit, splits: Splits, falls: FloatArray) -> BoolArray:
    """Whether a distribution with each split is below the highest log likelihood by no more than `falls`.

    Each step raises the likelihood, so that a problem is decided when it has passed, or is further from passing than
    PATIENCE times what the steps since the last look have gained.
    """
    counts, chance, floors = fit.kernel.counts, fit.kernel.chance, fit.highest - falls
    one, other = splits.started(fit)
    last = np.full(len(floors), -np.inf)
    for step in range(1, SPLIT_STEPS + 1):
        if step % LOOK_EVERY == 0:
            reached = _log_likelihood(chance, counts[None], one + other)
            if ((reached >= floors) | (floors - reached > PATIENCE * (reached - last))).all():
                return np.asarray(reached >= floors)
            last = reached
        one, other = splits.climbed(fit.kernel, one, other)
    return np.asarray(_log_likelihood(chance, counts[None], one + other) >= floors)


def _allowed_falls(fit: Fit, splits: Splits, level: float) -> FloatArray:
    """How far the log likelihood falls by chance, (problems,), where the best distribution with each split is true.

    Samples are draws as they were seen, each as often as that distribution makes it likely beside the likeliest one.
    """
    chance, counts = fit.kernel.chance, fit.kernel.counts
    even = np.full((1, len(fit.mass)), 1.0 / len(fit.mass))
    likeliest = _climb(chance, counts[None], even, STEPS, lengthened=True)[0]
    one, other = splits.started(fit)
    for _ in range(SPLIT_STEPS):
        one, other = splits.climbed(fit.kernel, one, other)
    odds = counts * ((one + other) @ chance.T) / np.maximum(chance @ likeliest, 1e-300)
    odds = odds / odds.sum(axis=1, keepdims=True)
    samples = np.random.default_rng(SEED).multinomial(round(counts.sum()), odds[:, None], (len(odds), RESAMPLES))
    return np.array([
        _fall_of_samples(chance, each.astype(float), _few_points(at, below), _few_points(beyond, above), share, level)
        for each, at, below, beyond, above, share in zip(
            samples, splits.below, one, splits.above, other, splits.share, strict=True
        )
    ])  # fmt: skip


def _fall_of_samples(
    chance: FloatArray, samples: FloatArray, below: FewPoints, above: FewPoints, share: float, level: float
) -> float:
    """The fall that all but 1 - `level` of samples (samples, cells) show when their mass is split like that."""
    parts = len(below[0])
    few = np.ascontiguousarray(chance[:, np.concatenate([below[0], above[0]])])
    start = np.concatenate([below[1], above[1]])
    whole = np.full(len(samples), share)

    def split(mass: FloatArray) -> FloatArray:
        return np.concatenate([_of_mass(mass[:, :parts], whole), _of_mass(mass[:, parts:], 1 - whole)], axis=1)

    mass = split(np.tile(0.8 * start + 0.2 / len(start), (len(samples), 1)))
    for _ in range(RESAMPLE_STEPS):
        mass = split(mass * _lengthened(_ratio(few, samples, mass)))
    free = _climb(few, samples, mass, RESAMPLE_STEPS, lengthened=True)
    falls = _log_likelihood(few, samples, free) - _log_likelihood(few, samples, mass)
    return float(np.quantile(falls, level))


def _few_points(those: BoolArray, mass: FloatArray) -> FewPoints:
    """Grid points of a part of a split on which samples are fitted, and their masses: ends, atoms, one in EVERY."""
    own = np.flatnonzero(those)
    chosen = mass[own] > LEAST_MASS
    chosen[[0, -1]] = True
    chosen[::EVERY] = True
    return own[chosen], mass[own[chosen]]
