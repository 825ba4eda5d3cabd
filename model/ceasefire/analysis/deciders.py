"""Whose decisions end deals, by which motive and in which sector: shares of the worlds that ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ceasefire.analysis.estimates import Interval, mean_interval
from ceasefire.analysis.interval_rules import share_interval

COLUMNS = ("deciding_actor", "deciding_motive", "deciding_sector")


@dataclass(frozen=True)
class Deciders:
    """Shares of ends with their 95 % intervals, the largest first, by (actor, motive) and by sector.

    '' stands for nobody, no single motive, or nowhere. `ends` is the number of worlds that ended; over draws of the
    assumed numbers when `drawn`.
    """

    choices: dict[tuple[str, str], Interval]
    sectors: dict[str, Interval]
    ends: int
    drawn: bool


def deciders(worlds: pd.DataFrame, doubt: pd.DataFrame | None) -> Deciders | None:
    """Who ends the deal, over draws where numbers are assumed; None when no world ended.

    Draws are the units of the interval: worlds of one draw share their numbers.
    """
    drawn = doubt is not None
    table = worlds if doubt is None else doubt
    table = table.loc[~table["failed"] & table["ended"]]
    if not len(table):
        return None
    unit = table["point"].to_numpy() if drawn else np.arange(len(table))
    actors, motives, sectors = (table[name].fillna("").astype(str).to_numpy() for name in COLUMNS)
    pairs = np.array([f"{actor} {motive}" for actor, motive in zip(actors, motives, strict=True)], dtype=np.str_)
    choices = {(pair.partition(" ")[0], pair.partition(" ")[2]): one for pair, one in _shares(pairs, unit).items()}
    return Deciders(choices, _shares(sectors, unit), len(table), drawn)


def _shares(kinds: npt.NDArray[Any], unit: npt.NDArray[np.int64]) -> dict[str, Interval]:
    """The share of each kind among all, the largest first; the interval is that of a ratio over units."""
    found = {str(kind): _share(kinds == kind, unit) for kind in np.unique(kinds)}
    return dict(sorted(found.items(), key=lambda item: (-item[1].value, item[0])))


def _share(hits: npt.NDArray[np.bool_], unit: npt.NDArray[np.int64]) -> Interval:
    _, place, counts = np.unique(unit, return_inverse=True, return_counts=True)
    if counts.max() == 1:
        return share_interval(float(hits.sum()), len(hits))
    if len(counts) == 1:
        return Interval(float(hits.mean()), 0.0, 1.0)
    share = float(hits.mean())
    parts = share + (np.bincount(place, hits) - share * counts) / counts.mean()
    interval = mean_interval(parts)
    return Interval(share, max(0.0, interval.low), min(1.0, interval.high))
