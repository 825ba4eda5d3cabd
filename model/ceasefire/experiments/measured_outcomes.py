"""Values of an outcome in every finished world of an experiment, by point, with means and differences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.interval_rules import bounded_mean_interval, share_interval
from ceasefire.analysis.paired_differences import Difference, paired_difference, unpaired_difference
from ceasefire.array_types import FloatArray, IntArray
from ceasefire.errors import FolderError
from ceasefire.experiments.outcome_definitions import OutcomeVariable
from ceasefire.experiments.prepare import PreparedExperiment
from ceasefire.experiments.result_store import Store, checked_parquet

MOST_CHUNK_ROWS = 100_000
"""Rows of the file of a chunk, at most: blocks of one round are never cut apart."""


@dataclass(frozen=True, eq=False)
class OutcomeValues:
    """Values of an outcome, one for each world: shape (worlds of all points,), point p at offsets[p]:offsets[p + 1].

    Not-a-number where a world failed or is not finished. The worlds of a point are in the order of their numbers. A
    point that is the same as an earlier one has its worlds: `same_as` is the point whose they are.
    """

    outcome: OutcomeVariable
    values: FloatArray
    offsets: IntArray
    horizon: int
    independent: bool
    same_as: IntArray

    def of(self, point: int) -> FloatArray:
        """The values of a point's worlds."""
        point = int(self.same_as[point])
        return self.values[self.offsets[point] : self.offsets[point + 1]]

    def known(self, point: int) -> FloatArray:
        """The values of a point's worlds without the missing ones."""
        values = self.of(point)
        return np.asarray(values[~np.isnan(values)], np.float64)

    def mean(self, point: int) -> Interval:
        """A point's mean with its 95 % interval, which stays within the limits of shares and days."""
        values = self.known(point)
        if len(values) == 0:
            return Interval(np.nan, np.nan, np.nan)
        if self.outcome.is_share:
            return share_interval(float(values.sum()), len(values))
        top = float(self.horizon) if self.outcome.unit == "days" else np.inf
        return bounded_mean_interval(values, 0.0, top)

    def difference(self, point: int, baseline: int) -> Difference | None:
        """A point's mean minus its baseline's; None when the two have fewer than two worlds in common."""
        here, there = self.of(point), self.of(baseline)
        shared = min(len(here), len(there))
        try:
            if self.independent:
                return unpaired_difference(here, there)
            return paired_difference(here[:shared], there[:shared])
        except (ValueError, ZeroDivisionError):
            return None

    def means(self) -> FloatArray:
        """The mean of every point; not-a-number where no value is known."""
        known = (self.known(point) for point in range(len(self.same_as)))
        return np.array([values.mean() if len(values) else np.nan for values in known])


def read_outcome(
    prepared: PreparedExperiment, store: Store, chunks: Iterable[int], worlds: IntArray, outcome: OutcomeVariable
) -> OutcomeValues:
    """An outcome from the files of some chunks; `worlds` is how many worlds each point has in the rounds so far."""
    offsets = np.concatenate([[0], np.cumsum(worlds)]).astype(np.int64)
    values = np.full(int(offsets[-1]), np.nan)
    first = prepared.records.first_world
    for number in chunks:
        columns = read_columns(store, number, ("point", "world", "failed", *outcome.columns))
        point = columns["point"]
        if not ((point >= 0) & (point < len(worlds))).all():
            raise _edited(store, number)
        place = offsets[point] + columns["world"] - first[point]
        if not ((place >= offsets[point]) & (place < offsets[point + 1])).all():
            raise _edited(store, number)
        values[place] = np.where(columns["failed"] == 1, np.nan, outcome.of(columns))
    return OutcomeValues(outcome, values, offsets, prepared.horizon, prepared.independent, prepared.points.same_as)


def read_columns(store: Store, number: int, names: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Columns of a chunk's file; booleans as 0 or 1."""
    wanted = list(dict.fromkeys(names))
    try:
        table = checked_parquet(store.part(number), MOST_CHUNK_ROWS).read(columns=wanted)
        columns = {name: table.column(name).to_numpy() for name in wanted}
    except (OSError, ValueError, KeyError, pa.ArrowException):
        raise _edited(store, number) from None
    whole = {name: values.astype(np.int64) if values.dtype == bool else values for name, values in columns.items()}
    if any(whole[name].dtype != np.int64 for name in ("point", "world", "failed") if name in whole):
        raise _edited(store, number)
    return whole


def _edited(store: Store, number: int) -> FolderError:
    return FolderError(f"{store.part(number)} was edited: it does not hold the worlds of its chunk")
