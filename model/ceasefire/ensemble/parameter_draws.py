"""Doubt about the parameters: ASSUMED numbers are drawn over their ranges, fitted ones by rows; worlds run at each."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ceasefire.compilation import random_streams
from ceasefire.compilation.name_keys import name_key
from ceasefire.parameters.mechanisms import Mechanisms
from ceasefire.scenario.parameter_paths import doubt_range, quantities
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.engine import Batch, many_points
from ceasefire.simulation.initial_state import InitialState

FILE = Path(__file__).parent / "fitted.csv"


@cache
def fitted_rows() -> dict[str, tuple[float, ...]]:
    """The fitted numbers by name, each with as many values as there are rows."""
    with FILE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: tuple(float(row[name]) for row in rows) for name in rows[0]}


def fitted_paths(scenario: Scenario) -> dict[str, tuple[float, ...]]:
    """Rows of the fitted numbers that a scenario leaves as they were fitted, by path.

    A number that the scenario sets otherwise is the scenario's own and is doubted on its own.
    """
    as_fitted = Mechanisms()
    return {
        f"mechanisms.{name}": rows
        for name, rows in fitted_rows().items()
        if getattr(scenario.mechanisms, name) == getattr(as_fitted, name)
    }


DRAWS = 200
"""Draws of all assumed numbers together."""

WORLDS_PER_DRAW = 10
"""Worlds at each draw. Fixed: asking for more worlds must not change what is said about doubt. Their noise is taken
off; with 5 there is so much of it that in one run of ten nothing was left of the doubt whether idlib-2020 holds a year,
and ranges of small differences vanished in the noise in 7 cases of 32 (with 10 in none)."""


CATALOGUE_DOUBT = 0.3
"""Share of its value by which a number of the motive catalogue may be off, either way. ASSUMED."""

COMMON_SCALE = 1.25
"""Factor by which all weights together may be too high or too low. ASSUMED."""


def assumed_ranges(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """The range that each ASSUMED number of a scenario is drawn over, by path."""
    found = {path: doubt_range(number, meta) for path, number, meta in quantities(scenario)}
    return {path: span for path, span in found.items() if span is not None}


def _doubt_key(seed: int) -> np.uint64:
    """Doubt's own draws, of no world and no day."""
    with np.errstate(over="ignore"):
        world = np.uint64(
            random_streams.world_key(np.uint64(seed), np.uint64(0))
        )  # compiled rules hand back a plain int
        return np.uint64(random_streams.stream_key(world, random_streams.DOUBT))


def doubt_values(ranges: dict[str, tuple[float, float]], count: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """`count` draws of each number, uniform over its range.

    A draw belongs to the number's path and the draw's position: a new assumption leaves the others' draws alone.
    """
    key = _doubt_key(seed)
    with np.errstate(over="ignore"):
        return {
            path: low + (high - low) * random_streams.uniforms(key, name_key(path), count)
            for path, (low, high) in ranges.items()
        }


def fitted_values(scenario: Scenario, count: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """`count` draws of the fitted numbers together: each draw takes one row of the posterior, by its own chance."""
    rows, key = fitted_paths(scenario), _doubt_key(seed)
    with np.errstate(over="ignore"):
        places = random_streams.uniforms(key, name_key("fitted mechanisms"), count)
    return {path: np.array(values)[(places * len(values)).astype(np.int64)] for path, values in rows.items()}


def catalogue_values(opening: InitialState, count: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """`count` draws of every number of the motive catalogue: constants, coefficients and likings, each by its own path.

    No source says how large any of them is, so each is drawn CATALOGUE_DOUBT of its value either way; likings stay
    between -1 and 1. A number that is 0 stays so: it says that there is no such term.
    """
    key, found = _doubt_key(seed), {}
    stated = opening.record.view(np.float64)
    for path, slot in opening.slots.items():
        if path.startswith("motives.") and stated[slot] != 0.0:
            with np.errstate(over="ignore"):
                either_way = 2.0 * random_streams.uniforms(key, name_key(path), count) - 1.0
            drawn = stated[slot] * (1.0 + CATALOGUE_DOUBT * either_way)
            found[path] = np.clip(drawn, -1.0, 1.0) if ".profile." in path else drawn
    return found


def common_scale(count: int, seed: int) -> NDArray[np.float64]:
    """`count` draws of one factor on all weights of all actors: words such as 'strong' fix ratios, and no scale."""
    with np.errstate(over="ignore"):
        either_way = (
            2.0 * random_streams.uniforms(_doubt_key(seed), name_key("common scale of the weights"), count) - 1.0
        )
    return np.asarray(COMMON_SCALE**either_way)


def doubt_batch(scenario: Scenario, opening: InitialState, seed: int) -> Batch | None:
    """The worlds to run for doubt: DRAWS points of WORLDS_PER_DRAW worlds; None when nothing is assumed.

    No two draws share a world: chance in common would pass for agreement between draws.
    """
    ranges = {path: span for path, span in assumed_ranges(scenario).items() if path in opening.slots}
    if not ranges:
        return None
    values = {**doubt_values(ranges, DRAWS, seed), **fitted_values(scenario, DRAWS, seed)}
    values |= catalogue_values(opening, DRAWS, seed)
    stated, scale = opening.record.view(np.float64), common_scale(DRAWS, seed)
    for path, slot in opening.slots.items():
        if path.startswith("actors.") and ".motives." in path:
            values[path] = np.minimum(values.get(path, stated[slot]) * scale, 1.0)
    batch = many_points(opening, values, WORLDS_PER_DRAW, seed)
    return replace(batch, worlds=np.arange(len(batch), dtype=np.int64))
