"""How long each world held and what ended it, read from the table of worlds and checked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

CAUSES = (
    "offensive",
    "spoiler_offensive",
    "bombardment",
    "spiral",
    "guarantor_clash",
    "expiry",
    "abrogation",
)
"""What can end a ceasefire; a world that reaches the horizon has none."""

COMPETING = ("expiry", "abrogation")
"""Ends that are no breakdown by violence."""


@dataclass(frozen=True, eq=False)
class Lives:
    """The worlds that ran to their end: (n,) days held, whether the deal ended, its cause and actor ('' when none)."""

    days: IntArray
    ended: BoolArray
    cause: npt.NDArray[np.object_]
    actor: npt.NDArray[np.object_]
    point: IntArray
    failed: int


def lives(worlds: pd.DataFrame) -> Lives:
    """Every world that did not fail; ValueError when none is left or when a row makes no sense."""
    for column in ("days_held", "ended"):
        if column not in worlds.columns:
            raise ValueError(f"the table of worlds has no column '{column}'")
    if worlds.empty:
        raise ValueError("no worlds: the table is empty")
    failed = _column(worlds, "failed", False).to_numpy(dtype=bool)
    ran = worlds[~failed]
    if ran.empty:
        raise ValueError(f"no worlds left: all {len(worlds):,} failed")
    return Lives(
        days=_whole_days(ran["days_held"]),
        ended=_column(ran, "ended", False).to_numpy(dtype=bool),
        cause=_column(ran, "cause", "").to_numpy(dtype=object),
        actor=_column(ran, "cause_actor", "").to_numpy(dtype=object),
        point=_column(ran, "point", 0).to_numpy(dtype=np.int64),
        failed=int(failed.sum()),
    )


def _column(worlds: pd.DataFrame, name: str, absent: object) -> pd.Series:
    """A column with its missing entries, or all of it, replaced."""
    if name not in worlds.columns:
        return pd.Series([absent] * len(worlds), index=worlds.index)
    column = worlds[name]
    return column.where(column.notna(), absent) if column.isna().any() else column


def _whole_days(column: pd.Series) -> IntArray:
    """Days held as whole numbers from 0."""
    given = column.to_numpy(dtype=float, na_value=np.nan)
    wrong = ~(np.isfinite(given) & (given >= 0) & (given == np.floor(given)))
    if wrong.any():
        raise ValueError(f"days_held: {given[wrong][0]:g} is not a whole number of days from 0")
    return given.astype(np.int64)


def ends_by_day(days: IntArray, last: int) -> IntArray:
    """How many of the given days fall on each day 0 to last: (last + 1,)."""
    return np.bincount(days[days <= last], minlength=last + 1).astype(np.int64)


def at_risk_by_day(days: IntArray) -> IntArray:
    """Worlds that still held at the beginning of each day, 0 to the last day seen."""
    left = ends_by_day(days, int(days.max()))
    return np.asarray(len(days) - np.cumsum(left) + left, dtype=np.int64)
