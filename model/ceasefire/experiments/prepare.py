"""A prepared experiment: its points, the worlds that each point needs, its identity, and what it costs."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.array_types import IntArray
from ceasefire.compilation.cache import source_digest
from ceasefire.ensemble.manifest_schema import hash_of
from ceasefire.errors import Fault, ScenarioError
from ceasefire.experiments.chunks import PointRecords, WorldRange
from ceasefire.experiments.designs import Points, points_of
from ceasefire.experiments.load import LoadedExperiment
from ceasefire.experiments.points import PointBuilder, Variant
from ceasefire.scenario.yaml_with_lines import shown_file
from ceasefire.simulation.engine import cores, parameter_draws, simulate

LAYOUT = 2
"""Raised when the layout of chunks or of their files changes."""

QUICK_WORLDS = 6_000
"""Worlds of a quick run, all points together."""

QUICK_LEAST = 10
"""Worlds of each point of a quick run, where it can take fewer samples or draws."""

DAY_SECONDS, DAY_SECTORS, DAY_EXPONENT = 1.5e-6, 14, 0.79
"""A day of a world at so many sectors [s], half as fast as measured, and how it grows with sectors."""

QUICK_SECONDS = 40.0
"""After this time a quick run starts no other chunk."""

ASPECTS = {
    "source": "it was made by another version of the program",
    "scenario": "the scenario or a change is different",
    "design": "the points of the design are different",
    "seed": "the seed is different",
    "worlds": "the number of worlds per point is different",
    "until": "the rule for adding worlds is different",
    "independent": "only one of the two has independent worlds at each point",
}
"""What two runs must share to be the same run, and the message when they do not."""


@dataclass(frozen=True, eq=False)
class PreparedExperiment:
    """An experiment with its points, the records that they start from, and the table of its design."""

    experiment: LoadedExperiment
    points: Points
    records: PointRecords
    variants: tuple[Variant, ...]
    design: pd.DataFrame
    worlds: int
    quick: bool
    independent: bool

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.experiment.spec.name + ("-quick" if self.quick else "")

    @property
    def horizon(self) -> int:
        """Days that each world is followed."""
        return self.variants[0].scenario.horizon_days

    @property
    def most(self) -> int:
        """Worlds of a point, at most."""
        until = self.experiment.spec.until
        return self.worlds if until is None or self.quick else until.most

    @property
    def replicates(self) -> IntArray | None:
        """The trajectory or block of each draw, whose own points are not independent; None for other designs."""
        steps = {"morris": 1, "sobol": 2}.get(self.experiment.spec.design.kind)
        if steps is None or not self.experiment.crossed:
            return None
        return np.arange(int(self.points.draw.max()) + 1) // (len(self.experiment.sampled) + steps)

    def first_round(self) -> list[WorldRange]:
        """The worlds that every point needs, before any are added."""
        return [WorldRange(point, 0, self.worlds) for point in self.points.distinct.tolist()]

    @cached_property
    def identity(self) -> dict[str, Any]:
        """What two runs must share to be the same run, by aspect."""
        until = self.experiment.spec.until
        rule = None if until is None or self.quick else until.model_dump()
        digests = [variant.loaded.digest.encode() for variant in self.variants]
        return {
            "source": source_digest() + f" layout {LAYOUT}",
            "scenario": hash_of(str(self.horizon).encode(), *digests),
            "design": hash_of(
                json.dumps([(f.name, f.kind, f.lever) for f in self.experiment.factors]).encode(),
                self.records.numbers.tobytes(), self.records.state_of.tobytes(), self.points.baseline.tobytes(),
                self.points.draw.tobytes(),
            ),
            "seed": self.records.seed,
            "worlds": self.worlds,
            "until": rule,
            "independent": self.independent,
        }  # fmt: skip

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the identity, in hex."""
        return hash_of(json.dumps(self.identity, sort_keys=True).encode())


def words_of(prepared: PreparedExperiment) -> dict[str, Any]:
    """What the manifest says of an experiment that changes none of its worlds; `digest_words` tells such changes.

    Among it are the outcomes, because tables and figures are made anew from the stored worlds.
    """
    experiment = prepared.experiment
    spec = experiment.spec.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    texts = dict.fromkeys(variant.loaded.words_digest for variant in prepared.variants)
    return {
        "title": experiment.spec.title,
        "question": experiment.spec.question,
        "scenario": experiment.base.loaded.label,
        "experiment": spec,
        "digest": prepared.identity["scenario"],
        "digest_words": hash_of(json.dumps(spec, sort_keys=True).encode(), *(text.encode() for text in texts)),
        "factors": [factor.content() for factor in experiment.factors],
        "towards": experiment.towards,
        "codes": codes_digest(prepared.points),
    }


def codes_digest(points: Points) -> str:
    """SHA-256, in hex, of what the file of codes holds."""
    return hash_of(
        points.codes.tobytes(), points.levers_at.tobytes(), points.same_as.tobytes(), str(points.before).encode()
    )


def prepare(experiment: LoadedExperiment, *, quick: bool = False, independent: bool = False) -> PreparedExperiment:
    """Prepare an experiment to run. ScenarioError when one of its points does not make a scenario."""
    most_worlds = quick_worlds(experiment) if quick else 0
    if quick:
        experiment = thinned(experiment, most_worlds)
    samples, draws = _fewer(experiment, most_worlds) if quick else (None, None)
    points = points_of(experiment, samples, draws)
    worlds = experiment.spec.worlds
    if quick:
        worlds = min(worlds, max(most_worlds // len(points.distinct), 1))
    until = experiment.spec.until
    most = worlds if until is None or quick else until.most
    builder = PointBuilder(experiment, points)
    records = builder.records(first_worlds(points, most, independent=independent))
    design = builder.design(records)
    return PreparedExperiment(experiment, points, records, tuple(builder.variants), design, worlds, quick, independent)


def first_worlds(points: Points, most: int, *, independent: bool) -> IntArray:
    """The number of each point's first world.

    Points share their worlds, and so their random numbers. Draws of the uncertainties do not: common random numbers
    would make the draws look more alike than they are. Independent points share none.
    """
    if independent:
        return np.arange(len(points), dtype=np.int64) * most
    return np.maximum(points.draw, 0) * most


def quick_worlds(experiment: LoadedExperiment) -> int:
    """Worlds that a quick run can finish in its time, by days and sectors; the same on every machine."""
    scenario = experiment.base.loaded.scenario
    days = experiment.spec.days or scenario.horizon_days
    each = DAY_SECONDS * days * (len(scenario.front.sectors) / DAY_SECTORS) ** DAY_EXPONENT
    return int(min(QUICK_WORLDS, max(1, QUICK_SECONDS / 2 / each)))


def thinned(experiment: LoadedExperiment, most: int) -> LoadedExperiment:
    """The experiment with fewer values of its factors, so that a grid has no more points than a quick run has worlds.

    Of the factor with the most values every other is left out, never its ends, until the grid is small enough; of a
    table the first rows stay. ScenarioError when switches alone are too many.
    """
    kind = experiment.spec.design.kind
    if kind == "table":
        return replace(experiment, rows=experiment.rows[:most])
    varied = [factor for factor in experiment.factors if factor.lever or not experiment.crossed]
    if kind != "grid" or math.prod(len(factor.levels()) for factor in varied) <= most:
        return experiment
    longest = max(varied, key=lambda factor: len(factor.levels()))
    count = len(longest.levels())
    if count < 3:
        message = f"its grid has more points than a quick run has worlds ({most:,}); vary fewer switches"
        raise ScenarioError([Fault(shown_file(experiment.file), None, "design", message)])
    spread = longest.spread
    if spread.values is not None:
        kept = sorted({round(k * (count - 1) / (count // 2)) for k in range(count // 2 + 1)})
        fewer = spread.model_copy(update={"values": [spread.values[k] for k in kept]})
    else:
        fewer = spread.model_copy(update={"points": count // 2 + 1})
    factors = tuple(replace(each, spread=fewer) if each is longest else each for each in experiment.factors)
    return thinned(replace(experiment, factors=factors), most)


def _fewer(experiment: LoadedExperiment, most_worlds: int) -> tuple[int | None, int | None]:
    """Samples and draws of a quick run: as many as leave QUICK_LEAST worlds for each point."""
    spec, most_points = experiment.spec, most_worlds // QUICK_LEAST
    if spec.draws is not None:
        levers = len(points_of(experiment, None, 2)) // 2
        return None, max(2, min(spec.draws, most_points // levers))
    samples, factors = spec.design.samples, len(experiment.sampled)
    if samples is None:
        return None, None
    each = {"latin_hypercube": 1, "sobol": factors + 2, "morris": factors + 1}[spec.design.kind]
    if experiment.crossed:
        each *= math.prod(len(factor.levels()) for factor in experiment.of(lever=True)) + 1
    fewer = max(2, min(samples, most_points // each))
    return (1 << (fewer.bit_length() - 1) if spec.design.kind == "sobol" else fewer), None


BYTES_PER_WORLD = 40
BYTES_PER_SCENARIO = 3_000
"""Size on disk after compression, measured."""

TIMED_POINTS, TIMED_SECONDS = 40, 3.0
"""Points of which a few worlds are simulated to measure how long a world takes, and the most seconds spent on it."""


@dataclass(frozen=True)
class Cost:
    """Points, and how many of them are different; worlds, and the most that there may be when worlds are added;
    seconds; bytes on disk."""

    points: int
    different: int
    worlds: int
    most_worlds: int
    seconds: float
    most_seconds: float
    disk: int


def estimate_cost(prepared: PreparedExperiment, workers: int | None = None) -> Cost:
    """What an experiment costs on this machine, measured by simulating a few of its worlds."""
    points, different = len(prepared.points), len(prepared.points.distinct)
    worlds, most = different * prepared.worlds, different * prepared.most
    each = seconds_per_world(prepared) / cores(workers)
    disk = most * BYTES_PER_WORLD + len(prepared.variants) * BYTES_PER_SCENARIO + prepared.design.memory_usage().sum()
    limit = QUICK_SECONDS if prepared.quick else float("inf")
    return Cost(points, different, worlds, most, min(worlds * each, limit), min(most * each, limit), int(disk))


def warm_up(prepared: PreparedExperiment) -> None:
    """Compile the rules for the shape of each scenario, if need be, by simulating one world."""
    records = prepared.records
    shapes = {state.record.dtype: k for k, state in reversed(list(enumerate(records.initial_states)))}
    for state in shapes.values():
        point = np.flatnonzero(records.state_of == state)[:1]
        if len(point):
            simulate(records.batch(point, np.zeros(1, np.int64), np.zeros(1, np.int64)), 0, 1)


def seconds_per_world(prepared: PreparedExperiment) -> float:
    """Seconds of one core for a world, on the mean over points from the whole design."""
    warm_up(prepared)
    records, simulated, spent = prepared.records, 0, 0.0
    chosen = np.linspace(0, len(prepared.points) - 1, min(TIMED_POINTS, len(prepared.points))).astype(np.int64)
    for turn in range(3):
        for point in np.random.default_rng(turn).permutation(np.unique(chosen)):
            worlds = records.first_world[point] + np.arange(5 * turn, 5 * turn + 5)
            batch = records.batch(np.array([point]), np.zeros(5, np.int64), worlds)
            drawn = parameter_draws(batch.opening)
            began = time.perf_counter()
            simulate(batch, 0, 5, drawn)
            spent += time.perf_counter() - began
            simulated += 5
            if spent > TIMED_SECONDS:
                return spent / simulated
    return spent / simulated
