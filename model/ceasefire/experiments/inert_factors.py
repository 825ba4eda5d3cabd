"""Which factors of a ranking cannot act: they change no world to the last bit, whatever the others are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from ceasefire.analysis.screening import inert_factors
from ceasefire.array_types import FloatArray
from ceasefire.experiments.chunks import WorldRange, simulated_rows
from ceasefire.experiments.designs import Points
from ceasefire.experiments.points import PointBuilder
from ceasefire.experiments.prepare import PreparedExperiment
from ceasefire.simulation.engine import cores

BACKGROUNDS = 2
"""Samples of the design in which a factor is set to its smallest and to its largest value."""

WORLDS = 4
"""Worlds of each; a factor that changes fewer than one world in eight may be taken for inert."""

LEAST_RANKED = 20
"""Fewer factors are all ranked: hardly any line is raised by them."""

TOGETHER = 64
"""Points that a thread simulates together."""

SAME = ("point", "world")
"""Columns of a row that say which world it is."""


def ranked(prepared: PreparedExperiment) -> bool:
    """Whether the experiment ranks so many factors that inert ones should be left out first."""
    kind = prepared.experiment.spec.design.kind
    return kind == "latin_hypercube" and len(prepared.experiment.sampled) >= LEAST_RANKED


def inert_numbers(prepared: PreparedExperiment) -> tuple[str, ...]:
    """The sampled factors that leave every world as it is, at BACKGROUNDS samples of the others, WORLDS worlds each."""
    factors, points = prepared.experiment.factors, prepared.points
    places = [place for place, factor in enumerate(factors) if factor in prepared.experiment.sampled]
    chosen = points.codes[np.linspace(points.before, len(points) - 1, BACKGROUNDS).astype(np.int64)]
    codes = np.tile(chosen, (len(places), 2, 1, 1))
    for row, place in enumerate(places):
        codes[row, :, :, place] = np.array(factors[place].ends)[:, None]
    low, high = np.moveaxis(_rows(prepared, codes.reshape(-1, len(factors))).reshape(len(places), 2, -1), 1, 0)
    return inert_factors([factors[place].name for place in places], low, high)


def _rows(prepared: PreparedExperiment, codes: FloatArray) -> FloatArray:
    """Every figure of WORLDS worlds of each point, one point after another, shape (points * worlds * figures,)."""
    count = len(codes)
    everywhere = np.arange(count, dtype=np.int64)
    points = Points(codes, everywhere, np.zeros(count, np.int64), everywhere, 0, everywhere)
    records = PointBuilder(prepared.experiment, points).records(np.zeros(count, np.int64))
    blocks = [WorldRange(point, 0, WORLDS) for point in range(count)]
    with ThreadPoolExecutor(cores()) as pool:
        parts = pool.map(
            lambda part: simulated_rows(records, part)[0], [blocks[k : k + TOGETHER] for k in range(0, count, TOGETHER)]
        )
        rows = np.concatenate(list(parts))
    columns = [rows[name].reshape(len(rows), -1).astype(float) for name in rows.dtype.names or () if name not in SAME]
    return np.concatenate(columns, axis=1).ravel()
