"""Bands of many shares over draws at once, such as a survival curve by day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ceasefire.analysis.mixing_distribution import quantiles_of
from ceasefire.analysis.mixing_likelihood import roughened
from ceasefire.analysis.noise_kernels import share_kernel, share_start
from ceasefire.array_types import FloatArray, IntArray

MOST_DAYS = 80
"""Days at which a band is estimated, besides the eves of those on which many end; between them it is straight."""


BAND = 0.90
"""Share of draws that a band holds."""

LEVELS = (np.arange(50) + 0.5) / 50
"""Levels of the quantiles that stand for a whole distribution over draws: each has the same weight."""


@dataclass(frozen=True, eq=False)
class ShareBands:
    """Over draws, for each of several shares (rows,): the mean, and quantiles `low`, `middle`, `high` of the truth.

    `levels` (LEVELS, rows) are the quantiles at LEVELS.
    """

    mean: FloatArray
    low: FloatArray
    middle: FloatArray
    high: FloatArray
    levels: FloatArray


def share_bands(successes: npt.ArrayLike, worlds: npt.ArrayLike) -> ShareBands:
    """The middle BAND of true shares for many figures at once, such as a survival curve by day.

    `successes` has shape (figures, draws), `worlds` (draws,). Figures with the same counts are estimated once.
    """
    hits = np.asarray(successes, dtype=float)
    number = np.broadcast_to(np.asarray(worlds, dtype=float), hits.shape[1:])
    different, back = np.unique(hits, axis=0, return_inverse=True)
    edges = ((1 - BAND) / 2, 0.5, (1 + BAND) / 2, *LEVELS)
    if np.ptp(number) > 0:
        each = [share_kernel(row, number) for row in different]
        found = np.concatenate(
            [
                quantiles_of(one.support, roughened(one.chance, one.counts[None], one.start[None])[0], edges)
                for one in each
            ]
        )
    else:
        every = np.arange(int(number[0]) + 1, dtype=float)
        common = share_kernel(every, np.full(len(every), number[0]))
        counts = np.array([np.bincount(row.astype(np.int64), minlength=len(every)) for row in different], dtype=float)
        starts = np.array([share_start(common.support, row, number) for row in different])
        found = quantiles_of(common.support, roughened(common.chance, counts, starts)[0], edges)
    low, middle, high, *levels = found[np.ravel(back)].T
    return ShareBands((hits / number).mean(axis=1), low, middle, high, np.array(levels))


@dataclass(frozen=True, eq=False)
class CurveBands:
    """Survival over draws by whole day from 0: the mean curve, and the middle of true curves; all (days,).

    `levels` (LEVELS, days) are the quantiles of true shares at LEVELS.
    """

    days: IntArray
    mean: FloatArray
    low: FloatArray
    middle: FloatArray
    high: FloatArray
    draws: int
    worlds: float
    levels: FloatArray


def survival_bands(days_held: npt.ArrayLike, ended: npt.ArrayLike, horizon: int) -> CurveBands:
    """The band of survival curves over draws, from the worlds of each, (draws, worlds); not a number where one failed.

    Every world that did not end was followed to the horizon. Estimated on up to MOST_DAYS days that stand closest
    where most worlds end. Quantiles of falling curves fall: each edge is put in falling order (Chernozhukov et al.
    2009). ValueError when a world was lost from sight earlier, or fewer than two draws have worlds.
    """
    held, over = np.asarray(days_held, dtype=float), np.asarray(ended, dtype=bool)
    known = np.isfinite(held)
    sound = known.sum(axis=1) > 0
    held, over, known = held[sound], over[sound], known[sound]
    if len(held) < 2:
        raise ValueError("a band over draws needs at least two draws")
    if (held[known & ~over] < horizon).any():
        raise ValueError(f"a world was followed for fewer than {horizon:,} days without an end")
    last = np.where(known & over, held, np.where(known, np.inf, -1.0))
    days = np.arange(horizon + 1, dtype=np.int64)
    chosen = days_that_tell(last[np.isfinite(last) & (last >= 0)], horizon, MOST_DAYS)
    successes = np.array([(last > day).sum(axis=1) for day in chosen])
    found = share_bands(successes, known.sum(axis=1))
    edges = [
        np.sort(np.interp(days, chosen, edge))[::-1] for edge in (found.low, found.middle, found.high, *found.levels)
    ]
    mean = np.mean([(1 - np.searchsorted(np.sort(row[each]), days, "right") / each.sum())
                    for row, each in zip(last, known, strict=True)], axis=0)  # fmt: skip
    return CurveBands(days, np.asarray(mean), edges[0], edges[1], edges[2], len(held),
                      float(known.sum(axis=1).mean()), np.array(edges[3:]))  # fmt: skip


def days_that_tell(ends: FloatArray, horizon: int, most: int) -> IntArray:
    """At most so many days from 0 to the horizon, half spread evenly and half by how many worlds end, with the eves.

    Without the eve, a band that falls in one day would seem to fall slowly since the last day that was estimated.
    """
    even = np.linspace(0, horizon, most // 2)
    dense = np.quantile(ends, np.linspace(0, 1, most // 2)) if len(ends) else even[:1]
    dense = np.rint(np.minimum(dense, horizon))
    return np.unique(np.concatenate([np.rint(even), dense, np.maximum(dense - 1, 0)])).astype(np.int64)
