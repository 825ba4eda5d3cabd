"""How likely what a draw's few worlds show is under each true figure: the kernels of a mixing distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ceasefire.array_types import FloatArray

SHARE_POINTS = 91
"""Grid of true shares, denser near 0 and 1, where binomial noise is small."""

MEAN_POINTS = 71
"""Grid of true means, denser where the noise is small."""

ATOM_SHARES = 17
ATOM_POINTS = 11
"""Grid of shares of worlds off an atom, and of the means of those."""

OUTLIERS = 0.02
"""Least relative chance of the mean of the worlds off an atom: often that of one world, and no normal one."""

EVEN = 0.3
"""Share of a grid's points that are spaced evenly, however small the noise is somewhere."""

BORROWED_WORLDS = 3.0
"""So many worlds of the common variance are added to those near a true mean: no variance is taken for nought."""

NEIGHBOURS = 0.1
"""Share of the draws that a first look at the variance near a mean takes together."""

ROUNDS = 6
ROUND_STEPS = 30
"""Steps of expectation-maximisation before each of a few estimates of the variance at each true mean."""

SMOOTHED_OVER = 14
"""That variance is smoothed over one in so many of the grid's points: it must not follow the atoms of an estimate."""


@dataclass(frozen=True, eq=False)
class Kernel:
    """`chance` (cells, points): of seeing a cell under each true figure; `counts` (cells,): draws seen in the cell.

    `support` (points,) is the grid of true figures in rising order, in their unit; `start` (points,) are smooth masses
    that the moments suggest. `atom` is a figure that draws may have exactly.
    """

    support: FloatArray
    chance: FloatArray
    counts: FloatArray
    start: FloatArray
    atom: float | None = None


def share_kernel(successes: FloatArray, worlds: FloatArray) -> Kernel:
    """Binomial chances. `successes` and `worlds` have shape (draws,)."""
    pairs, counts = np.unique(np.column_stack([successes, worlds]), axis=0, return_counts=True)
    support = np.sin(np.linspace(0.0, np.pi / 2, SHARE_POINTS)) ** 2
    support[-1] = 1.0
    k, n = pairs[:, :1], pairs[:, 1:]
    return Kernel(support, _binomial(k, n, support), counts.astype(float), share_start(support, successes, worlds))


def alike_kernel(figure: float, draws: int, worlds: float, lowest: float, highest: float) -> Kernel:
    """Where every world of every draw shows one same figure, nothing is known of its noise.

    Worlds unlike these may be as many as the rule of three allows in a twentieth of all worlds, and they may differ
    by the whole range of the figure: true means may lie so far off, and are not told apart within that.
    """
    unseen = 1 - 0.05 ** (1 / max(1.0, 0.05 * worlds))
    ends = (figure - (figure - lowest) * unseen, figure + (highest - figure) * unseen)
    start = np.array([0.0, 1.0, 0.0])
    return Kernel(np.array([ends[0], figure, ends[1]]), np.ones((1, 3)), np.array([float(draws)]), start, figure)


def _binomial(k: FloatArray, n: FloatArray, share: FloatArray) -> FloatArray:
    """Chance of k of n (cells, 1) at each share (points,)."""
    from scipy.special import gammaln, xlogy

    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return np.asarray(np.exp(ways + xlogy(k, share) + xlogy(n - k, 1 - share)))


def share_start(support: FloatArray, successes: FloatArray, worlds: FloatArray) -> FloatArray:
    """Masses of a Beta with the mean of the shares and the variance between them, wide by a standard error of it."""
    from scipy.special import betainc

    shares = successes / worlds
    variance = max(0.0, float(shares.var(ddof=1)) - binomial_noise(successes, worlds)) + _variance_error(shares)
    mean = float(shares.mean().clip(0.5 / worlds.sum(), 1 - 0.5 / worlds.sum()))
    weight = 1 / float(np.clip(variance / (mean * (1 - mean)), 1e-4, 0.98)) - 1
    edges = np.concatenate([[0.0], (support[1:] + support[:-1]) / 2, [1.0]])
    return _never_nil(np.diff(betainc(mean * weight, (1 - mean) * weight, edges)))


def _normal_start(support: FloatArray, means: FloatArray, squares: FloatArray, worlds: FloatArray) -> FloatArray:
    """The same of a normal for means; a variance below a step of the grid is taken for that of the step."""
    from scipy.special import ndtr

    noise = float(squares.sum() / max((worlds - 1).sum(), 1.0) * np.mean(1 / worlds))
    between = max(0.0, (float(means.var(ddof=1)) if len(means) > 1 else 0.0) - noise) + _variance_error(means)
    middles = (support[1:] + support[:-1]) / 2
    spread = max(np.sqrt(between), float(np.diff(support).min()))
    return _never_nil(np.diff(ndtr(np.concatenate([[-np.inf], (middles - means.mean()) / spread, [np.inf]]))))


def _never_nil(mass: FloatArray) -> FloatArray:
    filled = np.maximum(mass, 0.0) + 1e-6 / len(mass)
    return np.asarray(filled / filled.sum())


def _variance_error(seen: FloatArray) -> float:
    """Standard error of a variance between draws, from the fourth moment: the start is rather wide than narrow."""
    apart = seen - seen.mean()
    squares = float((apart**2).mean())
    return float(np.sqrt(max(0.0, float((apart**4).mean()) - squares**2) / len(seen)))


def binomial_noise(successes: FloatArray, worlds: FloatArray) -> float:
    """Mean variance of shares seen that is chance; draws of a single world are taken for all chance."""
    share, several = successes / worlds, worlds > 1
    if not several.any():
        return float(share.mean() * (1 - share.mean()))
    return float((share * (1 - share))[several].mean() * np.mean(1 / (worlds[several] - 1)))


def atom_kernel(values: FloatArray, atom: float, lowest: float, highest: float) -> Kernel:
    """Chances of what the worlds of each draw show, (draws, worlds), when many worlds have one same figure, the atom.

    A paired difference is exactly nought in every world that a change leaves alone; days held are the horizon in every
    world that holds. The true mean of a draw is then that of two unknowns: the share of worlds off the atom (binomial)
    and the mean of those (quasi-likelihood). Mixed over both, such skewed worlds need no normal mean. Not a number
    where a world failed.
    """
    known = np.isfinite(values)
    off = known & (values != atom)
    number, changed = known.sum(axis=1).astype(float), off.sum(axis=1).astype(float)
    some = changed > 0
    sums = np.where(off, values, 0.0).sum(axis=1)
    means = np.divide(sums, changed, out=np.zeros(len(sums)), where=some)
    squares = (np.where(off, values - means[:, None], 0.0) ** 2).sum(axis=1)
    inner = _mean_parts(means[some], squares[some], changed[some], lowest, highest, ATOM_POINTS, rounds=0)
    cell = np.full(len(values), -1)
    cell[some] = inner.cell
    keys, of, counts = np.unique(
        np.column_stack([cell, changed, number]), axis=0, return_inverse=True, return_counts=True
    )
    of = np.ravel(of)
    seen = np.bincount(of, means) / counts
    one = np.where((keys[:, 0] >= 0)[:, None], inner.chances(seen, np.maximum(keys[:, 1], 1.0)).clip(OUTLIERS), 1.0)
    shares = np.sin(np.linspace(0.0, np.pi / 2, ATOM_SHARES)) ** 2
    binomial = _binomial(keys[:, 1:2], keys[:, 2:3], shares)
    chance = (binomial[:, 1:, None] * one[:, None, :]).reshape(len(keys), -1)
    figure = (shares[1:, None] * inner.support + (1 - shares[1:, None]) * atom).ravel()
    begun = share_start(shares, changed, number)
    start = (begun[1:, None] * _normal_start(inner.support, means[some], squares[some], changed[some])).ravel()
    support = np.concatenate([[atom], figure])
    order = np.argsort(support, kind="stable")
    chance, start = np.column_stack([binomial[:, 0], chance]), np.concatenate([begun[:1], start])
    return Kernel(support[order], np.maximum(chance, 1e-300)[:, order], counts.astype(float), start[order], atom)


def mean_kernel(
    means: FloatArray, variances: FloatArray, worlds: FloatArray, lowest: float = -np.inf, highest: float = np.inf
) -> Kernel:
    """Chances of means by quasi-likelihood, from how the variance of single worlds goes with the true mean.

    With a variance v(t) the log likelihood of a true mean is the integral of worlds (mean seen - t) / v(t)
    (Wedderburn 1974): the binomial for worlds of 0 and 1, the gamma where the spread is as large as the mean, the
    normal where it is the same everywhere. v(t) is the mean of the draws' own variances, each weighted by how likely
    that draw has the true mean t, together with a few worlds of the common variance. Nought is on the grid when it
    lies in the range of the means; chances are relative to each draw's likeliest mean.
    """
    inner = _mean_parts(means, variances * (worlds - 1), worlds, lowest, highest, MEAN_POINTS)
    pairs, of, counts = np.unique(
        np.column_stack([inner.cell, worlds]), axis=0, return_inverse=True, return_counts=True
    )
    seen = np.bincount(np.ravel(of), means) / counts
    start = _normal_start(inner.support, means, variances * (worlds - 1), worlds)
    return Kernel(inner.support, inner.chances(seen, pairs[:, 1]), counts.astype(float), start)


@dataclass(frozen=True, eq=False)
class _MeanParts:
    """A grid of true means, the variance of single worlds at each, and the grid cell of each draw's mean."""

    support: FloatArray
    variance: FloatArray
    cell: npt.NDArray[np.int64]

    def chances(self, seen: FloatArray, worlds: FloatArray) -> FloatArray:
        """Relative chances (draws, points) of means of so many worlds."""
        return _quasi_chances(self.support, self.variance, seen, worlds)


def _mean_parts(
    means: FloatArray, squares: FloatArray, worlds: FloatArray, lowest: float, highest: float, points: int,
    rounds: int = ROUNDS,
) -> _MeanParts:  # fmt: skip
    """The grid and the variances of mean_kernel; `squares` are sums of squares about each draw's mean.

    With no rounds every true mean has the common variance.
    """
    freedom = worlds - 1
    common = float(squares.sum() / max(freedom.sum(), 1.0))
    common = common if common > 0 else 1e-12 * max(1.0, float(np.abs(means).max()) ** 2)
    at, first = _first_variances(means, squares, freedom, common)
    support = _grid(means, at, np.sqrt(first / worlds.mean()), (lowest, highest), points)
    cell = np.searchsorted((support[1:] + support[:-1]) / 2, means)
    variance = np.interp(support, at, first) if rounds else np.full(len(support), common)
    chance = _quasi_chances(support, variance, means, worlds)
    reach = max(1, len(support) // SMOOTHED_OVER)
    near = np.maximum(0.0, 1 - np.abs(np.subtract.outer(np.arange(len(support)), np.arange(len(support)))) / reach)
    for _ in range(rounds):
        mass = np.full(len(support), 1.0 / len(support))
        for _ in range(ROUND_STEPS):
            mass = mass * ((1 / (chance @ mass)) @ chance) / len(means)
        belongs = (chance * mass / (chance @ mass)[:, None]) @ near
        variance = (squares @ belongs + BORROWED_WORLDS * common) / (freedom @ belongs + BORROWED_WORLDS)
        chance = _quasi_chances(support, variance, means, worlds)
    return _MeanParts(support, variance, cell.astype(np.int64))


def _first_variances(
    means: FloatArray, squares: FloatArray, freedom: FloatArray, common: float
) -> tuple[FloatArray, FloatArray]:
    """Means seen in rising order, each once, and the variance of single worlds in the draws next to each."""
    order = np.argsort(means, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(squares[order])])
    grown = np.concatenate([[0.0], np.cumsum(freedom[order])])
    place, half = np.arange(len(means)), max(2, round(NEIGHBOURS * len(means) / 2))
    start, end = (place - half).clip(0), (place + half + 1).clip(max=len(means))
    found = (sums[end] - sums[start] + BORROWED_WORLDS * common) / (grown[end] - grown[start] + BORROWED_WORLDS)
    at, first, counts = np.unique(means[order], return_index=True, return_counts=True)
    return at, np.add.reduceat(found, first) / counts


def _grid(means: FloatArray, at: FloatArray, noise: FloatArray, bounds: tuple[float, float], points: int) -> FloatArray:
    """True means over the range of what was seen, spaced by the noise there, with nought among them."""
    low, high = float(means.min()), float(means.max())
    if high == low:
        pad = max(abs(low), 1.0) * 1e-3
        low, high = max(low - pad, bounds[0]), min(high + pad, bounds[1])
    fine = np.linspace(low, high, 2001)
    grown = np.concatenate([[0.0], np.cumsum(np.diff(fine) / np.interp((fine[1:] + fine[:-1]) / 2, at, noise))])
    grown = EVEN * np.linspace(0.0, 1.0, len(fine)) + (1 - EVEN) * grown / grown[-1]
    support = np.interp(np.linspace(0.0, 1.0, points), grown, fine)
    if low < 0 < high:
        support[np.abs(support).argmin()] = 0.0
    return np.asarray(support)


def _quasi_chances(support: FloatArray, variance: FloatArray, seen: FloatArray, worlds: FloatArray) -> FloatArray:
    """exp of the quasi-likelihood (cells, points), the largest in each row 1."""
    inverse = (1 / variance[1:] + 1 / variance[:-1]) / 2 * np.diff(support)
    middle = (support[1:] + support[:-1]) / 2
    weight = np.concatenate([[0.0], np.cumsum(inverse)])
    moment = np.concatenate([[0.0], np.cumsum(inverse * middle)])
    logs = worlds[:, None] * (seen[:, None] * weight - moment)
    return np.asarray(np.maximum(np.exp(logs - logs.max(axis=1, keepdims=True)), 1e-12))
