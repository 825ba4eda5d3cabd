"""How to make each point: the scenario that it starts from, and the numbers that it puts into its record."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ceasefire.engine import Batch
from ceasefire.experiment.design import Points
from ceasefire.experiment.factors import Factor, places
from ceasefire.experiment.load import Asked
from ceasefire.experiment.variants import doubt_ranges
from ceasefire.scenario.faults import Fault, ScenarioError
from ceasefire.scenario.load import Loaded
from ceasefire.start import Opening, open_scenario

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MOST_VARIANTS = 5_000
"""Scenarios that differ in more than numbers; each is loaded and kept."""


@dataclass(frozen=True, eq=False)
class Recipe:
    """Openings, and for each point its opening and the numbers that are put into it.

    `numbers` has shape (points, factors), not-a-number where the opening's own stays. `slots` says, by opening and
    factor, where the number goes. `first_world` is the number of each point's first world.
    """

    openings: tuple[Opening, ...]
    slots: tuple[tuple[IntArray, ...], ...]
    opening_of: IntArray
    numbers: FloatArray
    first_world: IntArray
    seed: int

    def rows(self, points: IntArray, opening: int) -> FloatArray:
        """The records that worlds of these points start from, shape (points, numbers of a record)."""
        record = self.openings[opening].record.view(np.float64).reshape(1, -1)
        rows = np.repeat(record, len(points), axis=0)
        for factor, slots in enumerate(self.slots[opening]):
            column = self.numbers[points, factor]
            said = ~np.isnan(column)
            if len(slots) and said.any():
                rows[np.ix_(said, slots)] = column[said, None]
        return rows

    def batch(self, points: IntArray, opening: int, at: IntArray, worlds: IntArray) -> Batch:
        """Worlds of points that share an opening; `at` is the position in `points` of each world's point."""
        return Batch(self.openings[opening], self.rows(points, opening), at, worlds, self.seed)

    def part(self, points: Sequence[int]) -> Recipe:
        """The recipe of a few points alone, small enough to be sent far away; they are numbered from 0."""
        chosen = np.asarray(points)
        used, opening_of = np.unique(self.opening_of[chosen], return_inverse=True)
        return Recipe(
            tuple(self.openings[k] for k in used), tuple(self.slots[k] for k in used), opening_of.astype(np.int64),
            self.numbers[chosen], self.first_world[chosen], self.seed,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Variant:
    """A scenario that points start from: what it is called, and the scenario itself."""

    label: str
    loaded: Loaded

    @cached_property
    def doubts(self) -> dict[str, tuple[float, float]]:
        """The ranges of what is in doubt in it."""
        return doubt_ranges(self.loaded)


def cook(asked: Asked, points: Points, first_world: IntArray) -> tuple[Recipe, list[Variant], pd.DataFrame]:
    """The recipe of all points, the scenarios that they start from, and the table of the design: a row per point.

    Raises ScenarioError when a combination of changes does not fit together.
    """
    return _Kitchen(asked, points).cooked(first_world)


class _Kitchen:
    """Finds out which points share an opening, and where each number goes."""

    def __init__(self, asked: Asked, points: Points) -> None:
        self.asked, self.points = asked, points
        self.keys: dict[tuple[Any, ...], int] = {}
        self.variants: list[Variant] = []
        self.openings: list[Opening] = []
        self.fast = [self._has_slots(factor) for factor in asked.factors]

    def cooked(self, first_world: IntArray) -> tuple[Recipe, list[Variant], pd.DataFrame]:
        opening_of = np.array([self._opening(codes) for codes in self.points.codes], np.int64)
        self._refuse_overlaps(opening_of)
        numbers = self._numbers(opening_of)
        slots = tuple(tuple(self._slots(k, factor) for factor in self.asked.factors) for k in range(len(self.openings)))
        recipe = Recipe(tuple(self.openings), slots, opening_of, numbers, first_world, self.asked.spec.seed)
        return recipe, self.variants, self._design(recipe)

    def _has_slots(self, factor: Factor) -> bool:
        """Whether the factor only puts numbers into a record that is there."""
        if factor.kind == "doubt":
            return True
        if factor.kind != "number":
            return False
        opening = open_scenario(self.asked.base.loaded.scenario)
        found = list(places(self.asked.base.loaded.resolved, factor.paths[0]))
        return bool(found) and all(path in opening.slots for path in found)

    def _opening(self, codes: FloatArray) -> int:
        """The position of a point's opening; made when it is the first of its kind."""
        key: list[Any] = []
        for factor, fast, code in zip(self.asked.factors, self.fast, codes, strict=True):
            if fast:
                key.append(not math.isnan(code))
            else:
                key.append(factor.off if math.isnan(code) else code)
        known = tuple("as is" if isinstance(k, float) and math.isnan(k) else k for k in key)
        if known not in self.keys:
            self.keys[known] = self._new(codes)
        return self.keys[known]

    def _new(self, codes: FloatArray) -> int:
        if len(self.openings) >= MOST_VARIANTS:
            raise ScenarioError([Fault("", None, "design", f"more than {MOST_VARIANTS:,} scenarios that differ in more than numbers")])
        variant = self._variant(codes)
        scenario = variant.loaded.scenario
        if self.asked.spec.days is not None:
            scenario = scenario.model_copy(update={"horizon_days": self.asked.spec.days})
            variant = Variant(variant.label, replace(variant.loaded, scenario=scenario))
        try:
            opening = open_scenario(scenario)
        except ValueError as problem:
            raise ScenarioError([Fault("", None, variant.label, str(problem))]) from problem
        fixed = {path for f, c in zip(self.asked.factors, codes, strict=True) if not math.isnan(c) for path in f.paths}
        kept = tuple(draw for draw in opening.draws if draw.path not in fixed)
        self.variants.append(variant)
        self.openings.append(replace(opening, draws=kept))
        return len(self.openings) - 1

    def _variant(self, codes: FloatArray) -> Variant:
        """The scenario that a point starts from, with everything that is more than a number put into a record."""
        changes, parts, settings = [], [], {}
        for factor, fast, code in zip(self.asked.factors, self.fast, codes, strict=True):
            if factor.kind == "change" and code == 1:
                changes.append(factor.paths[0])
            elif factor.kind == "part" and code == 1:
                parts.append(factor.name)
            elif factor.kind in ("number", "choice") and not math.isnan(code) and (not fast or self._drawn(factor)):
                settings[factor.paths[0]] = factor.value(code)
        base, swap = self.asked.base, self.asked.swap
        if swap is not None:
            loaded = replace(base.loaded, scenario=swap.with_parts(parts), name=base.loaded.name)
            return Variant("+".join([swap.here.label, *(f"{part} of {swap.there.label}" for part in parts)]), loaded)
        said = [f"{path}={value}" for path, value in settings.items()]
        loaded = base.under(changes, settings)
        return Variant(" ".join([loaded.label, *said]), loaded)
