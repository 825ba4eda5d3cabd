"""An experiment from its folder alone: nothing else is read, so the folder may have been renamed, copied or sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.array_types import FloatArray
from ceasefire.ensemble.manifest import MANIFEST, as_typed
from ceasefire.ensemble.output_folder import RESOLVED, FolderError
from ceasefire.errors import ScenarioError
from ceasefire.experiments.chunks import PointRecords
from ceasefire.experiments.designs import Points
from ceasefire.experiments.factors import Factor, factor_of
from ceasefire.experiments.load import LoadedExperiment
from ceasefire.experiments.points import Variant, slots_of, variant_state
from ceasefire.experiments.prepare import PreparedExperiment, codes_digest, first_worlds
from ceasefire.experiments.result_store import CODES, Store
from ceasefire.experiments.schema import Experiment
from ceasefire.scenario.load import Loaded, load_resolved, resolved_from
from ceasefire.scenario.variants import BaseScenario

LEVERS_AT, SAME_AS, BEFORE = "levers_at", "same_as", "before"


def codes_frame(prepared: PreparedExperiment) -> pd.DataFrame:
    """The codes of the factors at each point, and what the design says of each: the content of codes.parquet."""
    points = prepared.points
    about = {LEVERS_AT: points.levers_at, SAME_AS: points.same_as, BEFORE: np.full(len(points), points.before)}
    names = [f"code {factor.name}" for factor in prepared.experiment.factors]
    return pd.DataFrame({**about, **dict(zip(names, points.codes.T, strict=True))})


def reopen(folder: Path) -> PreparedExperiment:
    """The experiment in a folder, ready to tabulate, draw and replay; its points cannot be simulated anew in bulk.

    FolderError when the folder is damaged, was edited, or was made by a version that did not keep what is needed.
    """
    store = Store(folder)
    manifest = store.manifest()
    if not (folder / CODES).is_file() or "codes" not in manifest:
        again = as_typed(["ceasefire", "experiment", manifest["name"], "--out", str(folder)])
        raise FolderError(f"{folder} lacks {CODES}: an earlier version made it; `{again}` completes it")
    try:
        return _prepared(folder, store, manifest)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, ScenarioError) as problem:
        raise FolderError(f"{folder} was edited or damaged: {problem}") from problem


def _prepared(folder: Path, store: Store, manifest: dict[str, Any]) -> PreparedExperiment:
    spec = Experiment.model_validate(manifest["experiment"])
    factors = tuple(factor_of(content) for content in manifest["factors"])
    design, scenarios = store.design(), store.scenarios()
    name, changes = split_label(manifest["scenario"])
    loaded = Loaded(load_resolved(folder / RESOLVED).scenario, name, changes)
    experiment = LoadedExperiment(
        spec, folder / MANIFEST, BaseScenario(folder / RESOLVED, loaded), factors, towards=str(manifest["towards"])
    )
    points = _points(store.codes(), design, factors)
    if codes_digest(points) != manifest["codes"]:
        raise FolderError(f"{folder / CODES} was edited: it is not the table that {MANIFEST} describes")
    quick, independent = bool(manifest["rough"]), bool(manifest["identity_parts"]["independent"])
    worlds = int(manifest["worlds_per_point"])
    until = spec.until
    most = worlds if until is None or quick else until.most
    variant = Variant(
        str(scenarios["label"].iloc[0]), resolved_from(str(scenarios["resolved"].iloc[0])), int(manifest["days"])
    )
    state = variant_state(variant, set())
    records = PointRecords(
        (state,), (tuple(slots_of(variant, state, factor) for factor in factors),),
        design["scenario"].to_numpy(np.int64), numbers_of(design, factors),
        first_worlds(points, most, independent=independent), int(manifest["seed"]),
    )  # fmt: skip
    for side in (spec.answer.contrast or ()) if spec.answer else ():
        if not set(side) <= {factor.name for factor in factors}:
            raise ValueError(f"{MANIFEST}: its answer names what is not varied")
    return PreparedExperiment(experiment, points, records, (variant,), design, worlds, quick, independent)


def split_label(label: str) -> tuple[str, tuple[str, ...]]:
    """The name of a scenario and of its changes, from its label."""
    name, *changes = label.split("+")
    return name, tuple(changes)


def _points(codes: pd.DataFrame, design: pd.DataFrame, factors: tuple[Factor, ...]) -> Points:
    columns = [codes[f"code {factor.name}"].to_numpy(np.float64) for factor in factors]
    table = np.ascontiguousarray(np.column_stack(columns))
    about = (codes[name].to_numpy(np.int64) for name in (LEVERS_AT, SAME_AS))
    levers_at, same_as = about
    baseline, draw = (design[name].to_numpy(np.int64) for name in ("baseline", "draw"))
    return Points(table, baseline, draw, levers_at, int(codes[BEFORE].iloc[0]), same_as)


def numbers_of(design: pd.DataFrame, factors: tuple[Factor, ...]) -> FloatArray:
    """The number of each factor at each point, shape (points, factors); not-a-number where it is none."""
    numbers = np.full((len(design), len(factors)), np.nan)
    for position, factor in enumerate(factors):
        if factor.kind in ("number", "doubt"):
            numbers[:, position] = design[factor.name].to_numpy(np.float64)
    return numbers
