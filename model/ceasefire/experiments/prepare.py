"""An experiment made ready to run: every point, every world that is wanted of it, and what tells it from another."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.compilation.cache import source_digest
from ceasefire.experiments.chunks import IntArray, Need, PointRecords
from ceasefire.experiments.designs import Points, points_of
from ceasefire.experiments.load import LoadedExperiment
from ceasefire.experiments.points import PointBuilder, Variant
from ceasefire.simulation.engine import cores, parameter_draws, simulate

LAYOUT = 1
"""Raised when chunks, or what is written of them, are laid out otherwise."""

QUICK_WORLDS = 6_000
QUICK_LEAST = 10
"""Worlds of a quick run: of all points together, and of each point when samples or draws can be fewer."""

QUICK_SECONDS = 40.0
"""A quick run takes up nothing new after this."""

ASPECTS = {
    "source": "it was made by another version of the program",
    "scenario": "the scenario, or a change, was another then",
    "design": "the points of the design were others",
    "seed": "the seed was another",
    "worlds": "the worlds per point were others",
    "until": "worlds were added by another rule",
    "independent": "one of the two has independent worlds at each point",
}
"""What two runs must share to be the same run, and what to say when they do not."""


@dataclass(frozen=True, eq=False)
class PreparedExperiment:
    """An experiment, its points, how to make them, and the table of its design."""

    asked: LoadedExperiment
    points: Points
    recipe: PointRecords
    variants: tuple[Variant, ...]
    design: pd.DataFrame
    worlds: int
    quick: bool
    independent: bool

    @property
    def name(self) -> str:
        """Its name, as the folder has it."""
        return self.asked.spec.name + ("-quick" if self.quick else "")

    @property
    def horizon(self) -> int:
        """Days that worlds are followed."""
        return self.variants[0].scenario.horizon_days

    @property
    def most(self) -> int:
        """Worlds that a point may get, at most."""
        until = self.asked.spec.until
        return self.worlds if until is None or self.quick else until.most

    def first_round(self) -> list[Need]:
        """The worlds that every point gets."""
        return [Need(point, 0, self.worlds) for point in range(len(self.points))]

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What two runs must share to be the same run, by aspect."""
        until = self.asked.spec.until
        rule = None if until is None or self.quick else until.model_dump()
        digests = [variant.loaded.digest.encode() for variant in self.variants]
        return {
            "source": source_digest() + f" layout {LAYOUT}",
            "scenario": _hash(str(self.horizon).encode(), *digests),
            "design": _hash(
                json.dumps([(f.name, f.kind, f.lever) for f in self.asked.factors]).encode(),
                self.recipe.numbers.tobytes(), self.recipe.opening_of.tobytes(), self.points.baseline.tobytes(),
                self.points.draw.tobytes(),
            ),
            "seed": self.recipe.seed,
            "worlds": self.worlds,
            "until": rule,
            "independent": self.independent,
        }  # fmt: skip

    @cached_property
    def fingerprint(self) -> str:
        """The identity in short: SHA-256 in hex."""
        return _hash(json.dumps(self.identity, sort_keys=True).encode())


def prepare(asked: LoadedExperiment, *, quick: bool = False, independent: bool = False) -> PreparedExperiment:
    """An experiment made ready. Raises ScenarioError when its points cannot be made."""
    samples, draws = _fewer(asked) if quick else (None, None)
    points = points_of(asked, samples, draws)
    worlds = asked.spec.worlds
    if quick:
        worlds = min(worlds, max(QUICK_WORLDS // len(points), 1))
    until = asked.spec.until
    most = worlds if until is None or quick else until.most
    kitchen = PointBuilder(asked, points)
    recipe = kitchen.recipe(first_worlds(points, most, independent=independent))
    design = kitchen.design(recipe)
    return PreparedExperiment(asked, points, recipe, tuple(kitchen.variants), design, worlds, quick, independent)


def first_worlds(points: Points, most: int, *, independent: bool) -> IntArray:
    """The number of each point's first world.

    Points share their worlds, and so their luck. Draws of the uncertainties do not share theirs with each other:
    luck in common would pass for agreement between draws. Independent points share none.
    """
    if independent:
        return np.arange(len(points), dtype=np.int64) * most
    return np.maximum(points.draw, 0) * most


def _fewer(asked: LoadedExperiment) -> tuple[int | None, int | None]:
    """Samples and draws of a quick run: as many as leave QUICK_LEAST worlds to each point."""
    spec, room = asked.spec, QUICK_WORLDS // QUICK_LEAST
    if spec.draws is not None:
        levers = len(points_of(asked, None, 2)) // 2
        return None, max(2, min(spec.draws, room // levers))
    samples, factors = spec.design.samples, len(asked.factors)
    if samples is None:
        return None, None
    each = {"latin_hypercube": 1, "sobol": factors + 2, "morris": factors + 1}[spec.design.kind]
    fewer = max(2, min(samples, room // each))
    return (1 << (fewer.bit_length() - 1) if spec.design.kind == "sobol" else fewer), None


def _hash(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


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


def estimate(study: PreparedExperiment, workers: int | None = None) -> Estimate:
    """What a study costs here; a few of its worlds are lived to find out."""
    points = len(study.points)
    worlds, most = points * study.worlds, points * study.most
    each = seconds_per_world(study) / cores(workers)
    disk = most * BYTES_PER_WORLD + len(study.variants) * BYTES_PER_SCENARIO + study.design.memory_usage().sum()
    limit = QUICK_SECONDS if study.quick else float("inf")
    return Estimate(points, worlds, most, min(worlds * each, limit), min(most * each, limit), int(disk))


def warm_up(study: PreparedExperiment) -> None:
    """Compile the rules for the shape of each scenario, if need be, by living one world."""
    recipe = study.recipe
    shapes = {opening.record.dtype: k for k, opening in reversed(list(enumerate(recipe.openings)))}
    for opening in shapes.values():
        point = np.flatnonzero(recipe.opening_of == opening)[:1]
        if len(point):
            simulate(recipe.batch(point, np.zeros(1, np.int64), np.zeros(1, np.int64)), 0, 1)


def seconds_per_world(study: PreparedExperiment) -> float:
    """How long a core needs for a world, over points from the whole design."""
    warm_up(study)
    recipe, lived, spent = study.recipe, 0, 0.0
    chosen = np.linspace(0, len(study.points) - 1, min(TRIED_POINTS, len(study.points))).astype(np.int64)
    for turn in range(3):
        for point in np.random.default_rng(turn).permutation(np.unique(chosen)):
            worlds = recipe.first_world[point] + np.arange(5 * turn, 5 * turn + 5)
            batch = recipe.batch(np.array([point]), np.zeros(5, np.int64), worlds)
            drawn = parameter_draws(batch.opening)
            began = time.perf_counter()
            simulate(batch, 0, 5, drawn)
            spent += time.perf_counter() - began
            lived += 5
            if spent > TRIED_SECONDS:
                return spent / lived
    return spent / lived
