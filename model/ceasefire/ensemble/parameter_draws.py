"""Uncertainty about the parameters: ASSUMED numbers are drawn over their ranges, fitted ones from their posterior."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ceasefire.compilation.name_keys import name_key
from ceasefire.parameters.mechanisms import Mechanisms
from ceasefire.scenario.load import Loaded
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.initial_state import InitialState

if TYPE_CHECKING:
    from ceasefire.simulation.engine import Batch

FILE = Path(__file__).parent / "fitted.csv"
"""Draws from the posterior of the fitted numbers: a column for each number, a row for each draw."""

DRAWS = 200
"""Draws of all assumed numbers together."""

WORLDS_PER_DRAW = 10
"""Worlds at each draw. Fixed, so that the uncertainty does not depend on how many worlds a run has. The noise of so few
worlds is subtracted. With 5 the noise is so large that in one run of ten no uncertainty was left about whether
idlib-2020 holds for a year, and the ranges of small differences vanished in 7 cases of 32; with 10 in none."""


@cache
def fitted_rows() -> dict[str, tuple[float, ...]]:
    """Values of the fitted numbers by name, each in the order of the rows of the file."""
    with FILE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: tuple(float(row[name]) for row in rows) for name in rows[0]}


def fitted_paths(scenario: Scenario) -> dict[str, tuple[float, ...]]:
    """Posterior values, by path, of the fitted numbers that the scenario leaves at their fitted value.

    A number that the scenario sets to another value is not drawn from the posterior.
    """
    as_fitted = Mechanisms()
    return {
        f"mechanisms.{name}": rows
        for name, rows in fitted_rows().items()
        if getattr(scenario.mechanisms, name) == getattr(as_fitted, name)
    }


CATALOGUE_DOUBT = 0.3
"""Share of its value by which a number of the motive catalogue may be off, either way. ASSUMED."""

COMMON_SCALE = 1.25
"""Factor by which all weights together may be too high or too low. ASSUMED."""


def assumed_ranges(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """The range that each ASSUMED number of a scenario is drawn over, by path."""
    return Loaded(scenario, scenario.name).uncertainties()


def _stream_key(seed: int) -> np.uint64:
    """The key of the random stream of parameter draws, which belongs to no world and no day."""
    from ceasefire.compilation import random_streams

    with np.errstate(over="ignore"):
        # compiled rules return a plain int, which the next rule does not take as an unsigned number
        world = np.uint64(random_streams.world_key(np.uint64(seed), np.uint64(0)))
        return np.uint64(random_streams.stream_key(world, random_streams.DOUBT))


def _uniforms(key: np.uint64, name: np.uint64, count: int) -> NDArray[np.float64]:
    from ceasefire.compilation import random_streams

    return np.asarray(random_streams.uniforms(key, name, count))


def assumed_values(ranges: dict[str, tuple[float, float]], count: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """`count` draws of each number, uniform over its range.

    A draw is keyed by the number's path and the draw's position: a new assumption leaves the draws of others alone.
    """
    key = _stream_key(seed)
    return {path: low + (high - low) * _uniforms(key, name_key(path), count) for path, (low, high) in ranges.items()}


def fitted_values(scenario: Scenario, count: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """`count` joint draws of the fitted numbers: each draw takes one row of the posterior, all with equal chance."""
    rows, key = fitted_paths(scenario), _stream_key(seed)
    quantiles = _uniforms(key, name_key("fitted mechanisms"), count)
    return {path: np.array(values)[(quantiles * len(values)).astype(np.int64)] for path, values in rows.items()}


def catalogue_values(initial: InitialState, count: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """`count` draws of every number of the motive catalogue: constants, coefficients and likings, each by its own path.

    No source says how large any of them is, so each is drawn CATALOGUE_DOUBT of its value either way; likings stay
    between -1 and 1. A number that is 0 stays 0: it says that there is no such term.
    """
    key, values = _stream_key(seed), {}
    stated = initial.record.view(np.float64)
    for path, slot in initial.slots.items():
        if path.startswith("motives.") and stated[slot] != 0.0:
            either_way = 2.0 * _uniforms(key, name_key(path), count) - 1.0
            drawn = stated[slot] * (1.0 + CATALOGUE_DOUBT * either_way)
            values[path] = np.clip(drawn, -1.0, 1.0) if ".profile." in path else drawn
    return values


def common_scale(count: int, seed: int) -> NDArray[np.float64]:
    """`count` draws of one factor on all weights of all actors: words such as 'strong' fix ratios, and no scale."""
    uniform = _uniforms(_stream_key(seed), name_key("common scale of the weights"), count)
    return np.asarray(COMMON_SCALE ** (2.0 * uniform - 1.0))


def joint_draws(scenario: Scenario, initial: InitialState, count: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """`count` joint draws of everything that is drawn for uncertainty, by path; empty when nothing is assumed."""
    ranges = {path: limits for path, limits in assumed_ranges(scenario).items() if path in initial.slots}
    if not ranges:
        return {}
    values = {**assumed_values(ranges, count, seed), **fitted_values(scenario, count, seed)}
    values |= catalogue_values(initial, count, seed)
    stated, scale = initial.record.view(np.float64), common_scale(count, seed)
    for path, slot in initial.slots.items():
        if path.startswith("actors.") and ".motives." in path:
            values[path] = np.minimum(values.get(path, stated[slot]) * scale, 1.0)
    return values


def uncertainty_batch(scenario: Scenario, initial: InitialState, seed: int) -> Batch | None:
    """DRAWS draws of the assumed numbers, with WORLDS_PER_DRAW worlds of its own at each; None for none assumed."""
    values = joint_draws(scenario, initial, DRAWS, seed)
    if not values:
        return None
    from ceasefire.simulation.engine import points_of_own_worlds

    return points_of_own_worlds(initial, values, WORLDS_PER_DRAW, seed)
