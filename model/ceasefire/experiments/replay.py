"""One world of a results folder again, from the folder alone: its scenario, and a comparison with the stored row."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.dataset as ds

from ceasefire.compilation.cache import source_digest
from ceasefire.ensemble.output_folder import FolderError, folder_kind, plan_of, read_manifest
from ceasefire.ensemble.run_plan import Plan
from ceasefire.ensemble.worlds_table import WORLD_COLUMNS, worlds_frame
from ceasefire.errors import ScenarioError
from ceasefire.experiments.comparison_folder import read_request, read_sides
from ceasefire.experiments.factors import factor_of
from ceasefire.experiments.points import Variant, variant_state
from ceasefire.experiments.reopen import numbers_of
from ceasefire.experiments.result_store import WORLDS, Store, checked_parquet
from ceasefire.experiments.schema import MOST_WORLDS
from ceasefire.scenario.load import Loaded, resolved_from
from ceasefire.scenario.parameter_paths import places
from ceasefire.scenario.variants import with_numbers
from ceasefire.simulation.engine import one_scenario, simulate
from ceasefire.simulation.initial_state import InitialState, initial_state


@dataclass(frozen=True)
class Replayed:
    """A world as simulated now and as stored in its folder; the columns that differ; whether the program is another."""

    now: dict[str, Any]
    then: dict[str, Any]
    differs: tuple[str, ...]
    other_version: bool

    @property
    def same(self) -> bool:
        """Every column is the same."""
        return not self.differs


@dataclass(frozen=True)
class Stored:
    """What a point of a results folder was simulated from; a run has one point, a comparison one for each side.

    `state` is the initial state, with the numbers of the point; `worlds` are how many a run has, else None.
    """

    loaded: Loaded
    state: InitialState
    seed: int
    source: str
    worlds: int | None = None


def stored(folder: Path, point: int | None) -> Stored:
    """What a point of a folder was simulated from. FolderError when the folder, or the point in it, does not exist.

    A run needs no point, and has no other than 0; an experiment or a comparison needs one.
    """
    kind = folder_kind(folder)
    if kind in ("compare", "levers"):
        request = read_request(folder)
        if point is None:
            labels = [side.label for side in read_sides(folder)]
            sides = ", ".join(f"{k} {label}" for k, label in enumerate(labels[:4])) + (" …" if len(labels) > 4 else "")
            raise FolderError(f"{folder} is a comparison: name a side, as --point 0 to {len(labels) - 1} ({sides})")
        (side,) = read_sides(folder, point)
        return _of_plan(side.plan, str(dict(request.get("program") or {}).get("source")))
    manifest = read_manifest(folder)
    source = str(manifest.get("program", {}).get("source"))
    if kind == "experiment":
        return _of_experiment(folder, manifest, point, source)
    if point:
        raise FolderError(f"{folder} is a run: it has no points; leave --point out")
    plan = plan_of(folder, manifest)
    return replace(_of_plan(plan, source), worlds=plan.worlds)


def _of_plan(plan: Plan, source: str) -> Stored:
    return Stored(replace(plan.loaded, scenario=plan.scenario), initial_state(plan.scenario), plan.seed, source)


def _of_experiment(folder: Path, manifest: dict[str, Any], point: int | None, source: str) -> Stored:
    """A point of an experiment: its scenario, with the numbers that the design gives it."""
    store = Store(folder)
    design, scenarios = store.design(), store.scenarios()
    if point is None or not 0 <= point < len(design):
        last = f"0 to {len(design) - 1:,}"
        what = "name a point" if point is None else f"it has no point {point}"
        raise FolderError(f"{folder} is an experiment: {what}, as --point {last}; tables/points.csv lists them")
    try:
        row, factors = design.iloc[[point]], tuple(factor_of(content) for content in manifest["factors"])
        text, label = (str(scenarios[name].iloc[int(row["scenario"].iloc[0])]) for name in ("resolved", "label"))
        variant = Variant(label, resolved_from(text), manifest["days"])
        given = {
            path: number
            for factor, number in zip(factors, numbers_of(row, factors)[0].tolist(), strict=True)
            if not math.isnan(number)
            for path in places(variant.resolved, factor.paths[0])
        }
        fixed = {path for f in factors if f.kind == "number" for path in places(variant.resolved, f.paths[0])}
        state = variant_state(variant, fixed & set(given))
        record = state.record.copy()
        for path, number in given.items():
            if path in state.slots:
                record.view(np.float64)[state.slots[path]] = number
        numbers = {path: number for path, number in given.items() if path in state.slots}
        label = f"{label} at point {point} of {manifest['name']}"
        loaded = with_numbers(replace(variant.loaded, scenario=variant.scenario), numbers, label)
    except (KeyError, IndexError, TypeError, ValueError, OverflowError, ScenarioError) as problem:
        raise FolderError(f"{folder} was edited or damaged: {problem}") from problem
    return Stored(loaded, replace(state, record=record), manifest["seed"], source)


def replay(folder: Path, world: int, point: int | None = None) -> Replayed:
    """Simulate a world of a folder again. FolderError when the folder, the point or the world does not exist."""
    origin = stored(folder, point)
    then = _row(folder, point or 0, world)
    batch = replace(one_scenario(origin.state, 1, origin.seed), worlds=np.array([world], np.int64))
    rows = simulate(batch, 0, 1)
    rows["point"] = point or 0
    now = _plain(worlds_frame(rows, origin.state).iloc[0])
    differs = tuple(column for column in WORLD_COLUMNS if now[column] != then[column])
    return Replayed(now, then, differs, origin.source != source_digest())


def _row(folder: Path, point: int, world: int) -> dict[str, Any]:
    """The stored row of a world."""
    try:
        place = folder / WORLDS
        place = place if place.exists() else place.with_suffix(".parquet")
        for part in place.iterdir() if place.is_dir() else [place]:
            checked_parquet(part, MOST_WORLDS)
        table = ds.dataset(place, format="parquet")
        rows = table.to_table(filter=(ds.field("point") == point) & (ds.field("world") == world)).to_pandas()
        if len(rows) == 1:
            return _plain(rows.iloc[0])
        worlds = table.to_table(columns=["world"], filter=ds.field("point") == point)["world"].to_numpy()
    except (OSError, ValueError) as problem:
        raise FolderError(f"{folder}: the table of worlds cannot be read: {problem}") from problem
    which = f"it has worlds {worlds.min()} to {worlds.max()}" if len(worlds) else "it has no worlds"
    raise FolderError(f"{folder}: point {point} has no world {world} (yet); {which}")


def _plain(row: pd.Series) -> dict[str, Any]:
    """A row as plain values; a day that was not reached is None."""
    values = {name: row[name] for name in WORLD_COLUMNS}
    return {name: None if pd.isna(v) else v.item() if hasattr(v, "item") else v for name, v in values.items()}
