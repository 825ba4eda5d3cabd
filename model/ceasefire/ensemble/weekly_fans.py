"""Weekly fans: quantiles of weekly counts over all worlds of a run that live through the week."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ceasefire.simulation.compiled.recorded_counts import (
    ALL_DEATHS,
    CIVILIAN_DEATHS,
    INCIDENTS,
    VIOLATIONS,
    WEEK,
    WEEKLY,
)
from ceasefire.simulation.initial_state import WorldArray

FILE = "weekly.parquet"

FIGURES = {"incidents": INCIDENTS, "violations": VIOLATIONS, "deaths": ALL_DEATHS, "civilians": CIVILIAN_DEATHS}
"""Deadly incidents, violations, deaths, and the civilians among these: all of them, whether on record or not."""

LEVELS = (0.02, 0.05, 0.25, 0.5, 0.75, 0.95, 0.98)

MOST_WEEKS = 522
"""Ten years."""

EXACT = 1024
"""Smaller counts are kept as they are; larger ones to 1 %."""

PER_DOUBLING = 64
BINS = EXACT + 21 * PER_DOUBLING


class WeeklyFans:
    """How many worlds had each count in each week. Its size does not depend on the number of worlds."""

    def __init__(self, horizon: int, first_day: int = 0) -> None:
        """For worlds that are followed for `horizon` days, from `first_day` on."""
        self.weeks = min(horizon // WEEK, MOST_WEEKS)
        self.first = -(-first_day // WEEK)
        self._worlds = np.zeros((self.weeks, WEEKLY, BINS), np.int32)

    def add(self, rows: WorldArray, counts: NDArray[np.int64]) -> None:
        """Count worlds: their rows, and their weeks as `count_week` leaves them, shape (worlds, weeks, WEEKLY)."""
        lived = (rows["days_held"][:, None] >= WEEK * np.arange(1, self.weeks + 1)) & (rows["failed"] == 0)[:, None]
        lived[:, : self.first] = False
        own = counts.copy()
        for figure in (VIOLATIONS, ALL_DEATHS, CIVILIAN_DEATHS):
            own[:, 1:, figure] -= counts[:, :-1, figure]
        world, week = np.nonzero(lived)
        place = (week[:, None] * WEEKLY + np.arange(WEEKLY)) * BINS + _bin(own[world, week])
        np.add.at(self._worlds.reshape(-1), place.ravel(), 1)

    def table(self) -> pd.DataFrame:
        """A row for each week and figure: `week`, `first_day`, `figure`, `worlds`, and quantiles `q02` to `q98`."""
        rows = []
        for week in range(self.first, self.weeks):
            below = self._worlds[week].cumsum(axis=1)
            worlds = int(below[0, -1])
            for name, figure in FIGURES.items() if worlds else ():
                at = np.searchsorted(below[figure], [max(1, int(np.ceil(level * worlds))) for level in LEVELS])
                values = {f"q{100 * level:02.0f}": _least(int(k)) for level, k in zip(LEVELS, at, strict=True)}
                rows.append({"week": week, "first_day": week * WEEK, "figure": name, "worlds": worlds, **values})
        names = ["week", "first_day", "figure", "worlds", *(f"q{100 * level:02.0f}" for level in LEVELS)]
        return pd.DataFrame(rows, columns=names)


def _bin(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bin of each count."""
    known = np.clip(counts, 0, None)
    large = EXACT + np.floor(PER_DOUBLING * np.log2(np.maximum(known, EXACT) / EXACT)).astype(np.int64)
    return np.asarray(np.where(known < EXACT, known, np.minimum(large, BINS - 1)))


def _least(place: int) -> float:
    """The least count of a bin."""
    return float(place) if place < EXACT else float(np.ceil(EXACT * 2.0 ** ((place - EXACT) / PER_DOUBLING)))


def as_parquet(written: pd.DataFrame, drawn: pd.DataFrame | None) -> bytes:
    """Both fans as one file: `numbers` says whether assumed numbers are as written, or drawn over their ranges."""
    parts = [written.assign(numbers="as written"), *([drawn.assign(numbers="drawn")] if drawn is not None else [])]
    table = pa.Table.from_pandas(pd.concat(parts, ignore_index=True), preserve_index=False).replace_schema_metadata()
    content = io.BytesIO()
    pq.write_table(table, content, compression="zstd", store_schema=False)
    return content.getvalue()


def fans_of(content: bytes) -> pd.DataFrame:
    """The fans in a file that `as_parquet` made: the columns of `WeeklyFans.table`, and `numbers`."""
    table: pd.DataFrame = pq.read_table(io.BytesIO(content)).to_pandas()
    return table
