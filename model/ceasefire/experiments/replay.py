"""Simulates a world of a run or experiment again, from its folder alone, and compares it with the stored row."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.dataset as ds

from ceasefire.compilation.cache import source_digest
from ceasefire.ensemble.output_folder import FolderError, plan_of, read_manifest
from ceasefire.ensemble.worlds_table import WORLD_COLUMNS, worlds_frame
from ceasefire.errors import ScenarioError
from ceasefire.experiments.chunks import PointRecords
from ceasefire.experiments.factors import Factor
from ceasefire.experiments.points import Variant, slots_of, variant_state
from ceasefire.experiments.result_store import WORLDS, Store, checked_parquet
from ceasefire.experiments.schema import MOST_WORLDS
from ceasefire.scenario.load import Loaded, load_resolved
from ceasefire.scenario.parameter_paths import places
from ceasefire.simulation.engine import Batch, one_scenario, simulate
from ceasefire.simulation.initial_state import initial_state


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


def replay(folder: Path, world: int, point: int = 0) -> Replayed:
    """Simulate a world of a folder again. FolderError when the folder, or the world in it, does not exist."""
    manifest = read_manifest(folder)
    try:
        then = _row(folder, point, world)
        if manifest.get("kind") == "experiment":
            batch = _experiment_batch(folder, manifest, point, world)
        else:
            batch = _run_batch(folder, manifest, world)
    except (KeyError, IndexError, TypeError, ValueError, OverflowError, ScenarioError) as problem:
        raise FolderError(f"{folder} was edited or damaged: {problem}") from problem
    rows = simulate(batch, 0, 1)
    rows["point"] = point
    now = _plain(worlds_frame(rows, batch.opening).iloc[0])
    differs = tuple(column for column in WORLD_COLUMNS if now[column] != then[column])
    return Replayed(now, then, differs, manifest.get("program", {}).get("source") != source_digest())


def _row(folder: Path, point: int, world: int) -> dict[str, Any]:
    """The stored row of a world."""
    try:
        for part in (folder / WORLDS).iterdir():
            checked_parquet(part, MOST_WORLDS)
        table = ds.dataset(folder / WORLDS, format="parquet")
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


def _run_batch(folder: Path, manifest: dict[str, Any], world: int) -> Batch:
    plan = plan_of(folder, manifest)
    batch = one_scenario(initial_state(plan.scenario), 1, plan.seed)
    return Batch(batch.opening, batch.openings, batch.points, np.array([world], np.int64), plan.seed)


def _experiment_batch(folder: Path, manifest: dict[str, Any], point: int, world: int) -> Batch:
    """One world of the point's scenario, with the point's numbers."""
    store = Store(folder)
    design, scenarios = store.design(), store.scenarios()
    row = design.iloc[point]
    text = str(scenarios["resolved"].iloc[int(row["scenario"])])
    variant = Variant("", resolved_from(text), manifest["days"])
    factors = [Factor(f["name"], f["kind"], f["lever"], tuple(f["paths"])) for f in manifest["factors"]]
    numbers = np.array([_number(factor, row[factor.name]) for factor in factors], np.float64).reshape(1, -1)
    given = {
        path
        for factor, number in zip(factors, numbers[0], strict=True)
        if factor.kind == "number" and not np.isnan(number)
        for path in places(variant.resolved, factor.paths[0])
    }
    state = variant_state(variant, given)
    slots = tuple(slots_of(variant, state, factor) for factor in factors)
    zero = np.zeros(1, np.int64)
    records = PointRecords((state,), (slots,), zero, numbers, zero, manifest["seed"])
    return records.batch(zero, zero, np.array([world], np.int64))


def _number(factor: Factor, value: Any) -> float:
    return float(value) if factor.kind in ("number", "doubt") and not pd.isna(value) else float("nan")


def resolved_from(text: str) -> Loaded:
    """A scenario from the text of its resolved file."""
    with tempfile.TemporaryDirectory() as aside:
        file = Path(aside) / "scenario.resolved.yaml"
        file.write_text(text, encoding="utf-8", newline="\n")
        return load_resolved(file)
