"""Weekly fans: quantiles of weekly counts over all worlds of a run that live through the week."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ceasefire.simulation.compiled.recorded_counts import (
    ALL_DEATHS,
    CIVILIAN_DEATHS,
    DEATHS_OF,
    DISPLACED,
    INCIDENTS,
    SECTORS,
    VIOLATIONS,
    VIOLATIONS_BY,
    WEEK,
    WEEKLY,
)
from ceasefire.simulation.initial_state import WorldArray

FILE = "weekly.parquet"

FIGURES = {
    "incidents": INCIDENTS, "violations": VIOLATIONS, "deaths": ALL_DEATHS, "civilians": CIVILIAN_DEATHS,
    "displaced": DISPLACED,
}  # fmt: skip
"""Deadly incidents, violations, deaths, the civilians among these, people displaced: all, whether on record or not.

By side they are the violations that it commits and its own fighters who die; by sector, the violations from there and
all whom these kill.
"""

IN_SECTOR = (SECTORS, SECTORS + 1)

LEVELS = (0.02, 0.05, 0.25, 0.5, 0.75, 0.95, 0.98)

MOST_WEEKS = 522
"""Ten years."""

EXACT = 1024
"""Smaller counts are kept as they are; larger ones to 1 %."""

STEP = 64
"""Bins that are added at a time."""

SINCE_DAY_0 = (VIOLATIONS, ALL_DEATHS, CIVILIAN_DEATHS, DISPLACED)
"""Counts that are told as sums since day 0."""

PER_DOUBLING = 64
BINS = EXACT + 21 * PER_DOUBLING


class WeeklyFans:
    """How many worlds had each count in each week. Its size does not depend on the number of worlds."""

    def __init__(
        self, horizon: int, first_day: int = 0, sides: Sequence[str] = (), sectors: Sequence[str] = ()
    ) -> None:
        """For worlds that are followed for `horizon` days, from `first_day` on; names of sides and sectors in order."""
        self.weeks = min(horizon // WEEK, MOST_WEEKS)
        self.first = -(-first_day // WEEK)
        self.sectors = tuple(sectors)
        self._counted = [(name, "all", "", column) for name, column in FIGURES.items()]
        for by, names, first, step in (
            ("side", sides, (VIOLATIONS_BY, DEATHS_OF), 1),
            ("sector", sectors, IN_SECTOR, 2),
        ):
            for place, name in enumerate(names):
                self._counted += [
                    (figure, by, name, column + step * place)
                    for figure, column in zip(("violations", "deaths"), first, strict=True)
                ]
        # worlds by week and bin, for each count; as many bins as its largest count needs
        self._worlds = [np.zeros((self.weeks, STEP), np.int32) for _ in range(WEEKLY + 2 * len(self.sectors))]

    def add(self, rows: WorldArray, counts: NDArray[np.int64]) -> None:
        """Count worlds: their rows, and their weeks as `count_week` leaves them, shape (worlds, weeks, counts)."""
        lived = (rows["days_held"][:, None] >= WEEK * np.arange(1, self.weeks + 1)) & (rows["failed"] == 0)[:, None]
        lived[:, : self.first] = False
        week = np.nonzero(lived)[1]
        if not len(week):
            return
        for column in range(len(self._worlds)):
            own = counts[:, :, column]
            if column in SINCE_DAY_0:
                own = np.diff(own, axis=1, prepend=0)
            bins = _bin(own[lived])
            missing = -(-(int(bins.max()) + 1) // STEP) * STEP - self._worlds[column].shape[1]
            if missing > 0:
                self._worlds[column] = np.pad(self._worlds[column], ((0, 0), (0, missing)))
            np.add.at(self._worlds[column].reshape(-1), week * self._worlds[column].shape[1] + bins, np.int32(1))

    def table(self) -> pd.DataFrame:
        """A row for each week and count, with quantiles `q02` to `q98` over the `worlds` that live through the week.

        `figure` is what is counted, in all or of a side or sector (`by`, `name`).
        """
        quantiles = [f"q{100 * level:02.0f}" for level in LEVELS]
        worlds = self._worlds[INCIDENTS].sum(axis=1)
        told = np.flatnonzero(worlds)
        needed = np.maximum(1, np.ceil(np.array(LEVELS) * worlds[told, None]))
        parts = []
        for place, (figure, by, name, column) in enumerate(self._counted):
            below = self._worlds[column][told].cumsum(axis=1)
            found = LEAST[np.stack([(below < each[:, None]).sum(axis=1) for each in needed.T], axis=1)]
            head = {"week": told, "first_day": told * WEEK, "figure": figure, "by": by, "name": name}
            values = dict(zip(quantiles, found.T, strict=True))
            parts.append(pd.DataFrame({**head, "worlds": worlds[told], **values, "place": place}))
        table = pd.concat(parts, ignore_index=True).sort_values(["week", "place"], kind="stable", ignore_index=True)
        return table.drop(columns="place")


def _bin(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The bin of each count."""
    known = np.clip(counts, 0, None)
    if known.max(initial=0) < EXACT:
        return known
    large = EXACT + np.floor(PER_DOUBLING * np.log2(np.maximum(known, EXACT) / EXACT)).astype(np.int64)
    return np.asarray(np.where(known < EXACT, known, np.minimum(large, BINS - 1)))


def _least(place: int) -> float:
    """The least count of a bin."""
    return float(place) if place < EXACT else float(np.ceil(EXACT * 2.0 ** ((place - EXACT) / PER_DOUBLING)))


LEAST = np.array([_least(place) for place in range(BINS)])
"""The least count of each bin."""


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
