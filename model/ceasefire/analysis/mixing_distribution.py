"""The distribution of true figures over draws of the assumed numbers, from few worlds at each draw.

Every draw has a true figure: a share of worlds, mean days held, or a mean difference on paired worlds. A few worlds
show it with chance noise, so that what is seen spreads more than the truth, and with the shape of the noise. Here the
true figures are a sample from an unknown mixing distribution, and that is estimated by nonparametric maximum
likelihood (Kiefer and Wolfowitz 1956; Laird 1978) on a fixed grid: no Beta and no normal is assumed, so skewed and
two-humped spreads keep their shape.

The estimate with the highest likelihood consists of a few atoms, which are an artefact. The distribution that is
reported is the first on the way from a smooth start to that maximum that the draws no longer tell apart from it:
expectation-maximisation, stopped when its log likelihood is within SMOOTHING of the highest (smoothing by
roughening: Laird and Louis 1991). Limits of quantiles and of shares of draws do not depend on the smoothing: they are
profile-likelihood limits over all distributions on the grid, calibrated for each (mixing_likelihood).

Every draw needs worlds of its own: draws that share worlds share their luck, which is then not taken off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.interval_rules import bounded_mean_interval, share_limits
from ceasefire.analysis.mixing_likelihood import Fit, quantile_limits, roughened, share_limits_on
from ceasefire.analysis.noise_kernels import Kernel, alike_kernel, atom_kernel, mean_kernel, share_kernel
from ceasefire.array_types import BoolArray, FloatArray

FALL_OF_CHANCE = 1.25
"""How far the log likelihood may fall at limits where draws are not told apart: samples from a distribution of few
atoms do not show how far a single true figure lets it fall. Chosen on made samples of known truth."""

NOTHING_VARIES = 0.05
"""A log likelihood so near to nought is that of draws which all show the same bound."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
LEVEL, BAND = 0.95, 0.90
ATOM_SHARE = 0.02
"""So many worlds with a difference of exactly nought are an atom: worlds that a change leaves alone."""

LEAST_DRAWS = 2


@dataclass(frozen=True, eq=False)
class MixingDistribution:
    """True figures over draws: `mass` (points,) at `support` (points,), in the unit of the figure; it sums to 1.

    `highest` is the log likelihood that no distribution on the support exceeds. `overdispersion` is the one-sided
    p-value of the hypothesis that all draws have one true figure. `worlds` is the mean number in a draw.
    """

    kernel: Kernel
    mass: FloatArray
    highest: float
    mean: Interval
    overdispersion: float
    draws: int
    worlds: float

    @property
    def support(self) -> FloatArray:
        """The grid of true figures."""
        return self.kernel.support

    @property
    def told_apart(self) -> bool:
        """Draws differ by more than the chance of their few worlds (one-sided, 5 %)."""
        return self.overdispersion < 0.05

    @property
    def verdict(self) -> str:
        """Nothing when draws are told apart from chance, else a sentence that says so."""
        if self.told_apart:
            return ""
        return f"not told apart from chance with {self.worlds:,.3g} worlds a draw"

    def quantile(self, at: float) -> float:
        """The figure that a share `at` of draws does not exceed; mass is spread evenly around each grid point."""
        return float(quantiles_of(self.support, self.mass[None], (at,), self.kernel.atom)[0, 0])

    def quantile_intervals(self, at: Sequence[float] = QUANTILES) -> dict[float, Interval]:
        """Quantiles with their limits: how far they could be off for want of draws and of worlds.

        The limits are the wider of two: the profile-likelihood limits, and those of a sample of so many draws without
        any noise (Woodruff 1952), which a profile that is cut early would miss when worlds are many.
        """
        shares = np.asarray(at, dtype=float)
        low, high = quantile_limits(self._fit, shares, LEVEL, self._fall())
        below, above = share_limits(shares * self.draws, self.draws, LEVEL)
        values, first, last = (
            quantiles_of(self.support, self.mass[None], tuple(each), self.kernel.atom)[0]
            for each in (shares, below, above)
        )
        low, high = np.minimum(low, first), np.maximum(high, last)
        return {
            share: Interval(float(v), float(min(v, one)), float(max(v, other)))
            for share, v, one, other in zip(at, values, low, high, strict=True)
        }

    def widest_band(self) -> Interval:
        """The mean, and how far the middle BAND of draws may reach at most: what to print with a verdict."""
        low, high = self.quantile_intervals(((1 - BAND) / 2, (1 + BAND) / 2)).values()
        return Interval(self.mean.value, low.low, high.high)

    def share_above(self, threshold: float) -> Interval:
        """Share of draws whose true figure is above a threshold, with profile-likelihood limits."""
        return self._share_of(self.support > threshold + _slack(self.support))

    def share_below(self, threshold: float) -> Interval:
        """Share of draws whose true figure is below a threshold, with profile-likelihood limits."""
        return self._share_of(self.support < threshold - _slack(self.support))

    def _share_of(self, those: BoolArray) -> Interval:
        """The share of draws on some grid points with its limits, the wider of two as for quantiles."""
        value = float(self.mass[those].sum())
        low, high = (float(each) for each in share_limits(value * self.draws, self.draws, LEVEL))
        if those.any() and not those.all():
            first, last = share_limits_on(self._fit, those, LEVEL, self._fall())
            low, high = min(low, first), max(high, last)
        return Interval(value, low, high)

    @property
    def _fit(self) -> Fit:
        return Fit(self.kernel, self.mass, self.highest)

    def _fall(self) -> float | None:
        """How far a log likelihood may fall where that is not found by resampling.

        Where nothing varies at all, as far as the rule of three lets it.
        """
        if self.highest > -NOTHING_VARIES:
            return -float(np.log(1 - LEVEL))
        return None if self.told_apart else FALL_OF_CHANCE


@dataclass(frozen=True)
class EffectOverDraws:
    """What a change does over draws of the assumed numbers, in the unit of the outcome.

    `mean` over draws with its interval; `low` and `high`: the middle 90 % of draws, each with limits; `helps` and
    `hurts`: shares of draws in which the effect is above 0, or below it; `verdict` is empty when effects
    of draws differ by more than chance. `unmoved`: no world differs at any draw.
    """

    mean: Interval
    low: Interval
    high: Interval
    helps: Interval
    hurts: Interval
    verdict: str
    draws: int
    worlds: float
    unmoved: bool = False

    @property
    def told_apart(self) -> bool:
        """Effects of draws differ by more than the chance of their few worlds."""
        return not self.verdict

    def scaled(self, by: float) -> EffectOverDraws:
        """The same in another unit, such as percentage points."""
        mean, low, high = (
            Interval(by * span.value, by * span.low, by * span.high) for span in (self.mean, self.low, self.high)
        )
        return replace(self, mean=mean, low=low, high=high)

    @property
    def band(self) -> Interval:
        """The mean over draws, and the 5th to 95th percentile of their effects; their outermost limits at a verdict."""
        if self.told_apart or self.unmoved:
            return Interval(self.mean.value, self.low.value, self.high.value)
        return Interval(self.mean.value, self.low.low, self.high.high)

    @property
    def sign(self) -> int:
        """1 or -1 where it helps in more draws than it hurts, or hurts in more, beyond the limits of both; else 0."""
        return int(self.helps.low > self.hurts.high) - int(self.hurts.low > self.helps.high)


def share_distribution(successes: npt.ArrayLike, worlds: npt.ArrayLike) -> MixingDistribution:
    """The distribution of true shares from `successes` (draws,) of `worlds` (draws,, or one number for all).

    The noise is binomial. ValueError for fewer than two draws, a draw without worlds, or more successes than worlds.
    """
    hits = np.atleast_1d(np.asarray(successes, dtype=float))
    number = np.broadcast_to(np.asarray(worlds, dtype=float), hits.shape)
    if len(hits) < LEAST_DRAWS:
        raise ValueError("a distribution over draws needs at least two draws")
    if (number < 1).any() or (hits < 0).any() or (hits > number).any():
        raise ValueError("every draw needs worlds, and no more successes than worlds")
    kernel = share_kernel(hits, number)
    return _fitted(kernel, hits / number, (0.0, 1.0), _tarone(hits, number), float(number.mean()))


def mean_distribution(
    means: npt.ArrayLike,
    variances: npt.ArrayLike,
    worlds: npt.ArrayLike,
    lowest: float = -np.inf,
    highest: float = np.inf,
) -> MixingDistribution:
    """The distribution of true means from each draw's mean and the variance of its worlds (both (draws,)).

    The noise of a mean has a variance that depends on the true mean and is learnt from all draws that may have it
    (quasi-likelihood, see noise_kernels.mean_kernel): a draw whose few worlds are all alike is not taken for certain,
    and a draw that looks small because its few worlds were small by luck is not believed the more for it. `lowest` and
    `highest` bound the true means. ValueError for fewer than two draws, fewer than two worlds in a draw, or numbers
    that are not finite.
    """
    seen, spread = (np.atleast_1d(np.asarray(each, dtype=float)) for each in (means, variances))
    number = np.broadcast_to(np.asarray(worlds, dtype=float), seen.shape)
    if len(seen) < LEAST_DRAWS:
        raise ValueError("a distribution over draws needs at least two draws")
    if (number < 2).any():
        raise ValueError("every draw needs at least two worlds: one says nothing of its noise")
    if not (np.isfinite(seen).all() and np.isfinite(spread).all()):
        raise ValueError("a mean or variance is not finite: leave failed worlds out first")
    if np.ptp(seen) == 0 and not spread.any():
        kernel = alike_kernel(float(seen[0]), len(seen), float(number.sum()), lowest, highest)
        return _fitted(kernel, seen, (lowest, highest), 1.0, float(number.mean()))
    kernel = mean_kernel(seen, spread, number, lowest, highest)
    p = _f_test(seen, spread, number)
    return _fitted(kernel, seen, (lowest, highest), p, float(number.mean()))


def world_distribution(values: npt.ArrayLike, lowest: float = -np.inf, highest: float = np.inf) -> MixingDistribution:
    """The same from the figure of every world, shape (draws, worlds); not a number where a world failed.

    Figures that are all 0 or 1 are shares. Draws with fewer than two worlds left are left out.
    """
    given = np.asarray(values, dtype=float)
    known = np.isfinite(given)
    number = known.sum(axis=1)
    given, known, number = given[number > 1], known[number > 1], number[number > 1].astype(float)
    if len(given) < LEAST_DRAWS:
        raise ValueError("a distribution over draws needs at least two draws with two worlds each")
    filled = np.where(known, given, 0.0)
    if (lowest, highest) == (0.0, 1.0) and np.isin(filled, (0.0, 1.0)).all():
        return share_distribution(filled.sum(axis=1), number)
    means = filled.sum(axis=1) / number
    variances = (np.where(known, given - means[:, None], 0.0) ** 2).sum(axis=1) / (number - 1)
    if not _has_atom_at_nought(given[known], lowest, highest):
        return mean_distribution(means, variances, number, lowest, highest)
    p = _f_test(means, variances, number)
    kernel = atom_kernel(given, 0.0, lowest, highest)
    return _fitted(kernel, means, (lowest, highest), p, float(number.mean()))


def _has_atom_at_nought(worlds: FloatArray, lowest: float, highest: float) -> bool:
    """Many worlds have exactly nought, which is no bound: a paired difference, where a change left the world alone."""
    return lowest < 0 < highest and ATOM_SHARE <= float((worlds == 0).mean()) < 1


def effect_over_draws(changed: npt.ArrayLike, baseline: npt.ArrayLike, limit: float = np.inf) -> EffectOverDraws:
    """What a change does at each draw, from the same worlds with it and without it: both (draws, worlds).

    `limit` is the largest effect that is possible, such as the horizon. ValueError when shapes differ or too few worlds
    are known under both.
    """
    with_it, without = np.asarray(changed, dtype=float), np.asarray(baseline, dtype=float)
    if with_it.shape != without.shape:
        raise ValueError(f"the same worlds are needed on both sides: {with_it.shape} and {without.shape} differ")
    difference = with_it - without
    found = world_distribution(difference, -limit, limit)
    edges = found.quantile_intervals((0.05, 0.95))
    known = int(np.isfinite(difference).sum())
    unmoved = not np.nan_to_num(difference).any()
    mean = _none_of(known, limit) if unmoved else found.mean
    return EffectOverDraws(
        mean, edges[0.05], edges[0.95], found.share_above(0.0), found.share_below(0.0),
        found.verdict, found.draws, found.worlds, unmoved,
    )  # fmt: skip


def _none_of(worlds: int, limit: float) -> Interval:
    """A mean effect where no world differs: as many may as a share of none allows, each by no more than `limit`."""
    reach = limit * float(share_limits(0.0, float(worlds), LEVEL)[1])
    return Interval(0.0, -reach, reach)


def _fitted(
    kernel: Kernel, seen: FloatArray, bounds: tuple[float, float], p: float, worlds: float
) -> MixingDistribution:
    mass, highest = _smooth(kernel)
    mean = bounded_mean_interval(seen, *bounds, level=LEVEL)
    return MixingDistribution(kernel, mass, highest, mean, p, len(seen), worlds)


def _smooth(kernel: Kernel) -> tuple[FloatArray, float]:
    mass, highest = roughened(kernel.chance, kernel.counts[None], kernel.start[None])
    return mass[0], float(highest[0])


def quantiles_of(support: FloatArray, mass: FloatArray, at: tuple[float, ...], atom: float | None = None) -> FloatArray:
    """Quantiles (figures, shares) of masses (figures, points), each spread evenly over its cell of the grid.

    The mass of an atom stays where it is.
    """
    middles = (support[1:] + support[:-1]) / 2
    edges = np.concatenate([support[:1], middles, support[-1:]])
    if atom is not None:
        place = int(np.abs(support - atom).argmin())
        edges[place : place + 2] = atom
    grown = np.concatenate([np.zeros((len(mass), 1)), np.cumsum(mass, axis=1)], axis=1)
    grown = grown / grown[:, -1:] + np.arange(len(edges)) * 1e-12
    return np.array([np.interp(at, row, edges) for row in grown])


def _tarone(hits: FloatArray, worlds: FloatArray) -> float:
    """One-sided p-value of one common share against draws that differ. Tarone (1979)."""
    from scipy.special import ndtr

    share = float(hits.sum() / worlds.sum())
    room = float((worlds * (worlds - 1)).sum())
    if not 0 < share < 1 or room == 0:
        return 1.0
    squares = float(((hits - worlds * share) ** 2).sum() / (share * (1 - share)))
    return float(ndtr(-(squares - worlds.sum()) / np.sqrt(2 * room)))


def _f_test(means: FloatArray, variances: FloatArray, worlds: FloatArray) -> float:
    """One-sided p-value of one common mean, from the variance between draws over that within them."""
    from scipy.special import fdtrc

    within = float((variances * (worlds - 1)).sum() / (worlds - 1).sum())
    middle = float((means * worlds).sum() / worlds.sum())
    between = float((worlds * (means - middle) ** 2).sum() / (len(means) - 1))
    if within == 0:
        return 0.0 if between > 0 else 1.0
    return float(fdtrc(len(means) - 1, (worlds - 1).sum(), between / within))


def _slack(support: FloatArray) -> float:
    """A small part of the range of figures: what lies so near is taken for the same."""
    return float(np.ptp(support)) * 1e-9 if np.isfinite(support).all() else 0.0
