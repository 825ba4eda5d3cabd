"""Builds the records of a design: an initial state for each distinct scenario variant, and numbers for each point."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ceasefire.array_types import FloatArray
from ceasefire.ensemble.parameter_draws import assumed_ranges
from ceasefire.errors import Fault, ScenarioError
from ceasefire.experiments.designs import Points, points_of
from ceasefire.experiments.factors import Factor
from ceasefire.experiments.load import LoadedExperiment
from ceasefire.experiments.schema import AS_IT_IS
from ceasefire.scenario.load import Loaded
from ceasefire.scenario.parameter_paths import places
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.initial_state import InitialState, initial_state

if TYPE_CHECKING:
    import pandas as pd

    from ceasefire.array_types import IntArray
    from ceasefire.experiments.chunks import PointRecords

TRIED_BEFORE_RUNNING = 12
"""A design of more variants of a scenario than this is checked on some of them."""

MOST_VARIANTS = 5_000
"""Scenarios that differ in more than numbers, at most; each is loaded and stays in memory."""

LONGEST_LABEL = 200
"""Characters. A point whose label would be longer is labelled by its number."""


@dataclass(frozen=True, eq=False)
class Variant:
    """A scenario that points start from: its label, and its horizon in days (None: the scenario's own)."""

    label: str
    loaded: Loaded
    days: int | None = None

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario with this horizon."""
        own = self.loaded.scenario
        return own if self.days is None else own.model_copy(update={"horizon_days": self.days})

    @cached_property
    def assumed_ranges(self) -> dict[str, tuple[float, float]]:
        """The range of each assumed number, by path."""
        return assumed_ranges(self.loaded.scenario)

    @cached_property
    def resolved(self) -> dict[str, Any]:
        """The whole scenario as plain content."""
        return self.loaded.resolved


def variant_state(variant: Variant, given: set[str]) -> InitialState:
    """The initial state of a variant. Numbers at the paths `given` are set by the points, so they are not drawn.

    ScenarioError when the scenario is larger than a world may be.
    """
    try:
        state = initial_state(variant.scenario)
    except ValueError as problem:
        raise ScenarioError([Fault("", None, variant.label, str(problem))]) from problem
    slots = {state.slots[path] for path in given if path in state.slots}
    return replace(state, draws=tuple(draw for draw in state.draws if draw.slot not in slots))


def slots_of(variant: Variant, state: InitialState, factor: Factor) -> IntArray:
    """The positions of a factor's number in the record; none when it is no number, or a change removed its path."""
    if factor.kind not in ("number", "doubt"):
        return np.zeros(0, np.int64)
    slots = (state.slots.get(path) for path in places(variant.resolved, factor.paths[0]))
    return np.array([slot for slot in slots if slot is not None], np.int64)


class PointBuilder:
    """Builds one initial state for each distinct scenario variant of a design."""

    def __init__(self, experiment: LoadedExperiment, points: Points) -> None:
        self.experiment, self.points = experiment, points
        self.variants: list[Variant] = []
        self.initial_states: list[InitialState] = []
        self._position: dict[tuple[Any, ...], int] = {}
        self._loaded: dict[tuple[Any, ...], Variant] = {}
        self._in_record = [self._is_in_record(factor) for factor in experiment.factors]
        self.state_of = np.array([self._state(codes) for codes in points.codes], np.int64)

    def records(self, first_world: IntArray) -> PointRecords:
        """The records of all points."""
        from ceasefire.experiments.chunks import PointRecords

        pairs = zip(self.variants, self.initial_states, strict=True)
        slots = tuple(
            tuple(slots_of(variant, state, factor) for factor in self.experiment.factors) for variant, state in pairs
        )
        seed = self.experiment.spec.seed
        return PointRecords(tuple(self.initial_states), slots, self.state_of, self._numbers(), first_world, seed)

    def design(self, records: PointRecords) -> pd.DataFrame:
        """The table of the design: a row per point with its label and the value of each factor."""
        import pandas as pd

        points, count = self.points, len(self.points)
        columns: dict[str, Any] = {
            "point": np.arange(count, dtype=np.int64),
            "baseline": points.baseline,
            "draw": points.draw,
            "scenario": self.state_of,
            "label": [self._label(position) for position in range(count)],
        }
        for position, factor in enumerate(self.experiment.factors):
            if factor.kind in ("number", "doubt"):
                columns[factor.name] = records.numbers[:, position]
            else:
                columns[factor.name] = [_cell(factor, code) for code in points.codes[:, position]]
        return pd.DataFrame(columns)

    def _is_in_record(self, factor: Factor) -> bool:
        """Whether a factor's values are numbers of the record of the unchanged scenario."""
        if factor.kind != "number":
            return factor.kind == "doubt"
        variant = self._variant((), (), ())
        state, paths = initial_state(variant.scenario), list(places(variant.resolved, factor.paths[0]))
        return bool(paths) and all(path in state.slots for path in paths)

    def _state(self, codes: FloatArray) -> int:
        """The position of the initial state that a point starts from."""
        changes, parts, settings, given = [], [], [], []
        for factor, in_record, code in zip(self.experiment.factors, self._in_record, codes, strict=True):
            if factor.kind == "change" and code == 1:
                changes.append(factor.paths[0])
            elif factor.kind == "part" and code == 1:
                parts.append(factor.name)
            elif in_record and factor.kind == "number" and not math.isnan(code):
                given.append(factor.paths[0])
            elif factor.kind in ("number", "choice") and not in_record and not math.isnan(code):
                settings.append((factor.paths[0], code, factor))
        values = tuple((path, factor.value(code)) for path, code, factor in settings)
        key = (tuple(changes), tuple(parts), tuple((path, code) for path, code, _ in settings), tuple(given))
        if key not in self._position:
            self._position[key] = self._add(self._variant(tuple(changes), tuple(parts), values), given)
        return self._position[key]

    def _add(self, variant: Variant, given: list[str]) -> int:
        if len(self.initial_states) >= MOST_VARIANTS:
            message = f"more than {MOST_VARIANTS:,} scenarios that differ in more than numbers; vary less"
            raise ScenarioError([Fault("", None, "design", message)])
        paths = {path for pattern in given for path in places(variant.resolved, pattern)}
        self.variants.append(variant)
        self.initial_states.append(variant_state(variant, paths))
        return len(self.initial_states) - 1

    def _variant(
        self, changes: tuple[str, ...], parts: tuple[str, ...], settings: tuple[tuple[str, Any], ...]
    ) -> Variant:
        """The scenario under changes and settings, or with parts of another. Raises ScenarioError."""
        key = (changes, parts, tuple((path, repr(value)) for path, value in settings))
        if key not in self._loaded:
            self._loaded[key] = self._new_variant(changes, parts, dict(settings))
        return self._loaded[key]

    def _new_variant(self, changes: tuple[str, ...], parts: tuple[str, ...], settings: dict[str, Any]) -> Variant:
        base, swap, days = self.experiment.base, self.experiment.swap, self.experiment.spec.days
        if swap is None:
            loaded = base.under(changes, settings)
            label = " ".join([loaded.label, *(f"{path}={value}" for path, value in settings.items())])
        else:
            loaded = Loaded(swap.with_parts(parts), base.loaded.name)
            label = " + ".join([swap.here.label, *(f"{part} of {swap.there.label}" for part in parts)])
        return Variant(label, loaded, days)

    def _numbers(self) -> FloatArray:
        """The number of each factor at each point; not-a-number where the scenario keeps its own, or it has none."""
        numbers = np.full(self.points.codes.shape, np.nan)
        for position, factor in enumerate(self.experiment.factors):
            codes = self.points.codes[:, position]
            if factor.kind == "number":
                numbers[:, position] = codes
            elif factor.kind == "doubt":
                ranges = [variant.assumed_ranges.get(factor.name, (np.nan, np.nan)) for variant in self.variants]
                low, high = np.array(ranges)[self.state_of].T
                numbers[:, position] = low + (high - low) * codes
        return numbers

    def _label(self, point: int) -> str:
        """What is changed at a point, in words. Uncertainties are left out where they are drawn many times."""
        drawn = self.experiment.crossed
        changed = [
            _words(factor, code)
            for factor, code in zip(self.experiment.factors, self.points.codes[point], strict=True)
            if not (math.isnan(code) or code == factor.off) and (factor.lever or not drawn)
        ]
        label = ", ".join(changed) or AS_IT_IS
        return label if len(label) <= LONGEST_LABEL else f"point {point}"


def _cell(factor: Factor, code: float) -> Any:
    value = factor.value(code)
    return value if factor.kind in ("change", "part") or value is None else str(value)


def _words(factor: Factor, code: float) -> str:
    if factor.kind in ("change", "part"):
        return factor.name
    value = factor.value(code)
    return f"{factor.name} = {value:g}" if isinstance(value, float) else f"{factor.name} = {value}"


def check_points(experiment: LoadedExperiment) -> Points:
    """The points of an experiment, after a look at the scenarios that they start from; nothing is drawn or compiled.

    ScenarioError when one of them is none. Of many, those are tried in which one part is exchanged, or everything is
    changed: two parts that do not go together are found by exchanging either of them alone.
    """
    points = points_of(experiment, roughly=True)
    structural = [k for k, factor in enumerate(experiment.factors) if factor.kind in ("change", "part", "choice")]
    variants, first = np.unique(np.nan_to_num(points.codes[:, structural], nan=-1.0), axis=0, return_index=True)
    if len(first) > TRIED_BEFORE_RUNNING:
        off = np.nan_to_num([experiment.factors[k].off for k in structural], nan=-1.0)
        away = (variants != off).sum(axis=1)
        alone = 1 if experiment.swap else 0  # changes and values alone were tried when the file was read
        first = first[(away <= alone) | (away == len(structural))]
    PointBuilder(experiment, replace(points, codes=points.codes[np.sort(first)]))
    return points
