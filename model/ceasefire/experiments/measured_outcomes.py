"""An outcome of every finished world, read from the chunks of an experiment, point by point."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ceasefire.analysis.estimates import Z_95, Interval, wilson
from ceasefire.analysis.paired_differences import Difference, paired_difference, unpaired_difference
from ceasefire.array_types import FloatArray
from ceasefire.experiments.chunks import IntArray
from ceasefire.experiments.outcome_definitions import OutcomeVariable
from ceasefire.experiments.prepare import PreparedExperiment
from ceasefire.experiments.result_store import Store


@dataclass(frozen=True, eq=False)
class OutcomeValues:
    """One number of each world: values of shape (worlds of all points,), a point's from offsets[p] to offsets[p + 1].

    Not a number where a world failed or is not done. The worlds of a point are in the order of their numbers.
    """

    outcome: OutcomeVariable
    values: FloatArray
    offsets: IntArray
    horizon: int
    independent: bool

    def of(self, point: int) -> FloatArray:
        """The numbers of a point's worlds."""
        return self.values[self.offsets[point] : self.offsets[point + 1]]

    def known(self, point: int) -> FloatArray:
        """The same without those that are missing."""
        values = self.of(point)
        return np.asarray(values[~np.isnan(values)], np.float64)

    def mean(self, point: int) -> Interval:
        """A point's mean with its 95 % interval; shares and days stay within their limits (Wilson)."""
        values = self.known(point)
        if len(values) == 0:
            return Interval(np.nan, np.nan, np.nan)
        mean = float(values.mean())
        top = {"share": 1.0, "days": float(self.horizon)}.get(self.outcome.unit)
        if top is None:
            half = Z_95 * float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else np.inf
            return Interval(mean, mean - half, mean + half)
        variance = float(values.var(ddof=1)) / len(values) if len(values) > 1 else 0.0
        room = (mean / top) * (1 - mean / top) * top**2
        low, high = wilson(mean / top, room / variance if variance > 0 else float(len(values)))
        return Interval(mean, float(low) * top, float(high) * top)

    def difference(self, point: int, baseline: int) -> Difference | None:
        """A point's mean less its baseline's; None when fewer than two worlds are known of both."""
        here, there = self.of(point), self.of(baseline)
        both = min(len(here), len(there))
        try:
            if self.independent:
                return unpaired_difference(here, there)
            return paired_difference(here[:both], there[:both])
        except (ValueError, ZeroDivisionError):
            return None

    def means(self) -> FloatArray:
        """The mean of every point; not a number where no world is known."""
        each = (self.known(point) for point in range(len(self.offsets) - 1))
        return np.array([values.mean() if len(values) else np.nan for values in each])


def read_outcome(
    study: PreparedExperiment, store: Store, chunks: Iterable[int], worlds: IntArray, outcome: OutcomeVariable
) -> OutcomeValues:
    """An outcome from the files of some chunks; `worlds` is how many each point has, or should have by now."""
    offsets = np.concatenate([[0], np.cumsum(worlds)]).astype(np.int64)
    values = np.full(int(offsets[-1]), np.nan)
    first = study.recipe.first_world
    for number in chunks:
        columns = read_columns(store, number, ("point", "world", "failed", *outcome.columns))
        point = columns["point"]
        place = offsets[point] + columns["world"] - first[point]
        values[place] = np.where(columns["failed"] == 1, np.nan, outcome.of(columns))
    return OutcomeValues(outcome, values, offsets, study.horizon, study.independent)


def read_columns(store: Store, number: int, names: Iterable[str]) -> dict[str, NDArray[Any]]:
    """Columns of a chunk's file; truth is 0 or 1."""
    table = pq.ParquetFile(io.BytesIO(store.part(number).read_bytes())).read(columns=list(dict.fromkeys(names)))
    columns = {name: table.column(name).to_numpy() for name in table.column_names}
    return {name: values.astype(np.int64) if values.dtype == bool else values for name, values in columns.items()}
