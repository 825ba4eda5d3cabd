"""Worlds at draws of the assumed numbers as arrays: a row for each draw, a column for each of its worlds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ceasefire.analysis.bands_over_draws import CurveBands, survival_bands
from ceasefire.array_types import FloatArray


@dataclass(frozen=True, eq=False)
class WorldsByDraw:
    """Days held, and whether the deal ended, by draw and world: both (draws, worlds), followed for `horizon` days.

    Not a number where a world failed or a draw has fewer worlds than others.
    """

    days: FloatArray
    ended: npt.NDArray[np.bool_]
    horizon: int

    def holds_past(self, day: int) -> FloatArray:
        """1 where a world holds past a day (to the horizon: reaches it), else 0; not a number where it is not known."""
        return np.where(np.isnan(self.days), np.nan, (~(self.ended & (self.days <= day))).astype(float))

    def bands(self) -> CurveBands:
        """The survival curves over draws: the mean, and the middle 90 %."""
        return survival_bands(self.days, self.ended, self.horizon)


def worlds_by_draw(doubt: pd.DataFrame, horizon: int) -> WorldsByDraw:
    """The table of worlds at draws (column `point`) as arrays. ValueError as of values_by_draw."""
    days = values_by_draw(doubt, doubt["days_held"])
    ended = values_by_draw(doubt, doubt["ended"])
    return WorldsByDraw(days, np.nan_to_num(ended).astype(bool), horizon)


def values_by_draw(doubt: pd.DataFrame, values: npt.ArrayLike) -> FloatArray:
    """A figure of each world of the table of worlds at draws, as (draws, worlds); not a number where a world failed.

    ValueError when the draws have no number, fewer than two have worlds, or draws share worlds: shared luck could not
    be taken off.
    """
    if "point" not in doubt.columns:
        raise ValueError("the table of worlds has no column 'point', which numbers the draws")
    if "world" in doubt.columns and doubt.groupby("world")["point"].nunique().gt(1).any():
        raise ValueError("draws share worlds: every draw needs its own worlds, numbered on from draw to draw")
    numbers, draw, count = np.unique(doubt["point"].to_numpy(), return_inverse=True, return_counts=True)
    if len(numbers) < 2:
        raise ValueError("a band over draws needs at least two draws")
    order = np.argsort(draw, kind="stable")
    place = np.arange(len(doubt)) - np.repeat(np.cumsum(count) - count, count)
    given = np.asarray(values, dtype=float)
    if "failed" in doubt.columns:
        given = np.where(doubt["failed"].to_numpy(bool), np.nan, given)
    table = np.full((len(numbers), count.max()), np.nan)
    table[draw[order], place] = given[order]
    return table
