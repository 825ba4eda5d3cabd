"""What an experiment will cost, before anything starts: points, worlds, minutes, disk."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from ceasefire.experiment.study import QUICK_SECONDS, Study
from ceasefire.simulation.engine import cores, drawn_numbers, simulate

BYTES_PER_WORLD = 40
BYTES_PER_SCENARIO = 3_000
"""On disk, after compression; measured."""

TRIED_POINTS, TRIED_SECONDS = 40, 3.0
"""Points of which a few worlds are lived to learn how long one takes."""


@dataclass(frozen=True)
class Estimate:
    """Points, worlds (and at most so many, when worlds are added until sure), seconds, and bytes on disk."""

    points: int
    worlds: int
    most_worlds: int
    seconds: float
    most_seconds: float
    disk: int


def estimate(study: Study, workers: int | None = None) -> Estimate:
    """What a study costs here; a few of its worlds are lived to find out."""
    points = len(study.points)
    worlds, most = points * study.worlds, points * study.most
    each = seconds_per_world(study) / cores(workers)
    disk = most * BYTES_PER_WORLD + len(study.variants) * BYTES_PER_SCENARIO + study.design.memory_usage().sum()
    limit = QUICK_SECONDS if study.quick else float("inf")
    return Estimate(points, worlds, most, min(worlds * each, limit), min(most * each, limit), int(disk))


def warm_up(study: Study) -> None:
    """Compile the rules for the shape of each scenario, if need be, by living one world."""
    recipe = study.recipe
    shapes = {opening.record.dtype: k for k, opening in reversed(list(enumerate(recipe.openings)))}
    for opening in shapes.values():
        point = np.flatnonzero(recipe.opening_of == opening)[:1]
        if len(point):
            simulate(recipe.batch(point, np.zeros(1, np.int64), np.zeros(1, np.int64)), 0, 1)


def seconds_per_world(study: Study) -> float:
    """How long a core needs for a world, over points from the whole design."""
    warm_up(study)
    recipe, lived, spent = study.recipe, 0, 0.0
    chosen = np.linspace(0, len(study.points) - 1, min(TRIED_POINTS, len(study.points))).astype(np.int64)
    for turn in range(3):
        for point in np.random.default_rng(turn).permutation(np.unique(chosen)):
            worlds = recipe.first_world[point] + np.arange(5 * turn, 5 * turn + 5)
            batch = recipe.batch(np.array([point]), np.zeros(5, np.int64), worlds)
            drawn = drawn_numbers(batch.opening)
            began = time.perf_counter()
            simulate(batch, 0, 5, drawn)
            spent += time.perf_counter() - began
            lived += 5
            if spent > TRIED_SECONDS:
                return spent / lived
    return spent / lived
