"""From points to a recipe: which points share an opening, which scenario it opens, and where each number goes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.array_types import FloatArray
from ceasefire.ensemble.parameter_draws import assumed_ranges
from ceasefire.errors import Fault, ScenarioError
from ceasefire.experiments.chunks import IntArray, PointRecords
from ceasefire.experiments.designs import Points
from ceasefire.experiments.factors import Factor
from ceasefire.experiments.load import LoadedExperiment
from ceasefire.scenario.load import Loaded
from ceasefire.scenario.parameter_paths import places
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.initial_state import InitialState, initial_state

MOST_VARIANTS = 5_000
"""Scenarios that differ in more than numbers; each is loaded and kept."""

AS_IT_IS = "as it is"
LONGEST_LABEL = 200


@dataclass(frozen=True, eq=False)
class Variant:
    """A scenario that points start from: what it is called, and for how many days it is followed (None: as it says)."""

    label: str
    loaded: Loaded
    days: int | None = None

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario, followed for as long as asked."""
        own = self.loaded.scenario
        return own if self.days is None else own.model_copy(update={"horizon_days": self.days})

    @cached_property
    def doubts(self) -> dict[str, tuple[float, float]]:
        """The ranges of what is in doubt in it."""
        return assumed_ranges(self.loaded.scenario)

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """The whole scenario as plain content."""
        return self.loaded.resolved


def variant_opening(variant: Variant, said: set[str]) -> InitialState:
    """A variant made ready; the numbers in `said` are put in afterwards, and no draw may replace them.

    ScenarioError when it is larger than any world.
    """
    try:
        opening = initial_state(variant.scenario)
    except ValueError as problem:
        raise ScenarioError([Fault("", None, variant.label, str(problem))]) from problem
    put_in = {opening.slots[path] for path in said if path in opening.slots}
    return replace(opening, draws=tuple(draw for draw in opening.draws if draw.slot not in put_in))


def slots_of(variant: Variant, opening: InitialState, factor: Factor) -> IntArray:
    """Where a factor's number goes in the record; nowhere when it is no number, or a change took its path away."""
    if factor.kind not in ("number", "doubt"):
        return np.zeros(0, np.int64)
    found = (opening.slots.get(path) for path in places(variant.resolved, factor.paths[0]))
    return np.array([slot for slot in found if slot is not None], np.int64)


class PointBuilder:
    """Makes each scenario once, and knows by position the openings that points start from."""

    def __init__(self, asked: LoadedExperiment, points: Points) -> None:
        self.asked, self.points = asked, points
        self.variants: list[Variant] = []
        self.openings: list[InitialState] = []
        self._known: dict[tuple[Any, ...], int] = {}
        self._loaded: dict[tuple[Any, ...], Variant] = {}
        self._plain = [self._goes_into_a_record(factor) for factor in asked.factors]
        self.opening_of = np.array([self._opening(codes) for codes in points.codes], np.int64)

    def recipe(self, first_world: IntArray) -> PointRecords:
        """The recipe of all points."""
        made = zip(self.variants, self.openings, strict=True)
        slots = tuple(tuple(slots_of(v, o, factor) for factor in self.asked.factors) for v, o in made)
        seed = self.asked.spec.seed
        return PointRecords(tuple(self.openings), slots, self.opening_of, self._numbers(), first_world, seed)

    def design(self, recipe: PointRecords) -> pd.DataFrame:
        """The table of the design: a row per point with what it is called, and the value of each factor."""
        points, count = self.points, len(self.points)
        columns: dict[str, Any] = {
            "point": np.arange(count, dtype=np.int64),
            "baseline": points.baseline,
            "draw": points.draw,
            "scenario": self.opening_of,
            "label": [self._label(position) for position in range(count)],
        }
        for position, factor in enumerate(self.asked.factors):
            if factor.kind in ("number", "doubt"):
                columns[factor.name] = recipe.numbers[:, position]
            else:
                columns[factor.name] = [_told(factor, code) for code in points.codes[:, position]]
        return pd.DataFrame(columns)

    def _goes_into_a_record(self, factor: Factor) -> bool:
        """Whether a factor's values are numbers that stand in the record of the scenario as it is."""
        if factor.kind != "number":
            return factor.kind == "doubt"
        variant = self._variant((), (), ())
        opening, found = initial_state(variant.scenario), list(places(variant.resolved, factor.paths[0]))
        return bool(found) and all(path in opening.slots for path in found)

    def _opening(self, codes: FloatArray) -> int:
        """The position of the opening that a point starts from."""
        changes, parts, settings, said = [], [], [], []
        for factor, plain, code in zip(self.asked.factors, self._plain, codes, strict=True):
            if factor.kind == "change" and code == 1:
                changes.append(factor.paths[0])
            elif factor.kind == "part" and code == 1:
                parts.append(factor.name)
            elif plain and factor.kind == "number" and not math.isnan(code):
                said.append(factor.paths[0])
            elif factor.kind in ("number", "choice") and not plain and not math.isnan(code):
                settings.append((factor.paths[0], code, factor))
        named = tuple((path, factor.value(code)) for path, code, factor in settings)
        key = (tuple(changes), tuple(parts), tuple((path, code) for path, code, _ in settings), tuple(said))
        if key not in self._known:
            self._known[key] = self._add(self._variant(tuple(changes), tuple(parts), named), said)
        return self._known[key]

    def _add(self, variant: Variant, said: list[str]) -> int:
        if len(self.openings) >= MOST_VARIANTS:
            message = f"more than {MOST_VARIANTS:,} scenarios that differ in more than numbers; vary less"
            raise ScenarioError([Fault("", None, "design", message)])
        paths = {path for pattern in said for path in places(variant.resolved, pattern)}
        self.variants.append(variant)
        self.openings.append(variant_opening(variant, paths))
        return len(self.openings) - 1

    def _variant(
        self, changes: tuple[str, ...], parts: tuple[str, ...], settings: tuple[tuple[str, Any], ...]
    ) -> Variant:
        """The scenario under changes and settings, or with parts of another. Raises ScenarioError."""
        key = (changes, parts, tuple((path, repr(value)) for path, value in settings))
        if key not in self._loaded:
            self._loaded[key] = self._new_variant(changes, parts, dict(settings))
        return self._loaded[key]

    def _new_variant(self, changes: tuple[str, ...], parts: tuple[str, ...], settings: dict[str, Any]) -> Variant:
        base, swap, days = self.asked.base, self.asked.swap, self.asked.spec.days
        if swap is None:
            loaded = base.under(changes, settings)
            label = " ".join([loaded.label, *(f"{path}={value}" for path, value in settings.items())])
        else:
            loaded = Loaded(swap.with_parts(parts), base.loaded.name)
            label = " + ".join([swap.here.label, *(f"{part} of {swap.there.label}" for part in parts)])
        return Variant(label, loaded, days)

    def _numbers(self) -> FloatArray:
        """The number of each factor at each point; not-a-number where it stays as it is, or is none."""
        numbers = np.full(self.points.codes.shape, np.nan)
        for position, factor in enumerate(self.asked.factors):
            codes = self.points.codes[:, position]
            if factor.kind == "number":
                numbers[:, position] = codes
            elif factor.kind == "doubt":
                spans = [variant.doubts.get(factor.name, (np.nan, np.nan)) for variant in self.variants]
                low, high = np.array(spans)[self.opening_of].T
                numbers[:, position] = low + (high - low) * codes
        return numbers

    def _label(self, point: int) -> str:
        """What is different at a point, in words; uncertainties are drawn anew all the time and are not told."""
        several = self.asked.spec.draws is not None
        said = [
            _words(factor, code)
            for factor, code in zip(self.asked.factors, self.points.codes[point], strict=True)
            if not (math.isnan(code) or code == factor.off) and (factor.lever or not several)
        ]
        label = ", ".join(said) or AS_IT_IS
        return label if len(label) <= LONGEST_LABEL else f"point {point}"


def _told(factor: Factor, code: float) -> Any:
    value = factor.value(code)
    return value if factor.kind in ("change", "part") or value is None else str(value)


def _words(factor: Factor, code: float) -> str:
    if factor.kind in ("change", "part"):
        return factor.name
    value = factor.value(code)
    return f"{factor.name} = {value:g}" if isinstance(value, float) else f"{factor.name} = {value}"
