"""The folder of `compare` and `levers`: everything that its figures and its page are made from, written and read again.

sides.parquet    a row per side, in the order of the table: its label, its changes, settings and plan, the full scenario
worlds.parquet   the worlds of all sides; `point` is the side
draws.parquet    days held at each draw of the assumed numbers, a column per side; only when numbers were drawn
asked.json       the request, and the hash of each of these files
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ceasefire.ensemble.compare import Side, SidePair, compare_sides
from ceasefire.ensemble.output_folder import KINDS, LARGEST_MANIFEST, REQUEST_FILE, FolderError, folder_kind
from ceasefire.ensemble.run_plan import Plan
from ceasefire.ensemble.worlds_table import as_parquet, parquet_table
from ceasefire.errors import ScenarioError
from ceasefire.experiments.result_store import frame_bytes
from ceasefire.regular_files import read_regular
from ceasefire.scenario.load import resolved_from

SIDES, WORLDS, DRAWS = "sides.parquet", "worlds.parquet", "draws.parquet"

LARGEST = 2_000_000_000
"""Bytes of a file."""


def write_sides(folder: Path, first: Side, pairs: Sequence[SidePair]) -> dict[str, Any]:
    """Write the sides of a comparison; returns what the request file says of them.

    The first side is the one that all pairs share; it has the worlds of the pair with most of them.
    """
    sides = [first, *(pair.other for pair in pairs)]
    of_first = next((pair.first.at_draws for pair in pairs if pair.first.at_draws is not None), None)
    drawn = [of_first, *(side.at_draws for side in sides[1:])]
    rows = [_row(side) for side in sides]
    worlds = pd.concat([side.worlds.assign(point=position) for position, side in enumerate(sides)])
    files = {SIDES: frame_bytes(pd.DataFrame(rows)), WORLDS: as_parquet(worlds)}
    columns = {str(k): days.ravel() for k, days in enumerate(drawn) if days is not None}
    if columns:
        files[DRAWS] = frame_bytes(pd.DataFrame(columns))
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return {"files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}}


def _row(side: Side) -> dict[str, Any]:
    plan, loaded = side.plan, side.plan.loaded
    given = {"changes": loaded.changes, "settings": loaded.settings, "titles": loaded.change_titles}
    return {
        "label": side.label, "name": loaded.name, "seed": plan.seed, "days": plan.horizon, "engine": plan.engine,
        **{name: json.dumps(value, default=str) for name, value in given.items()}, "resolved": loaded.resolved_yaml(),
    }  # fmt: skip


def read_request(folder: Path) -> dict[str, Any]:
    """What asked.json says. FolderError when the folder holds neither a comparison nor a ranking of levers."""
    kind = folder_kind(folder)
    if kind not in ("compare", "levers"):
        raise FolderError(f"{folder} is {KINDS[kind] if kind else 'no results folder'}, not a comparison")
    content: dict[str, Any] = json.loads(read_regular(folder / REQUEST_FILE, LARGEST_MANIFEST).decode())
    if not isinstance(content.get("files"), dict):
        again = f"; `{content.get('command')}` makes it again" if isinstance(content.get("command"), str) else ""
        raise FolderError(f"{folder} was made by an earlier version and does not hold its worlds{again}")
    return content


def read_sides(folder: Path, only: int | None = None) -> list[Side]:
    """The sides of a comparison, or the one at a position. FolderError when the folder is damaged or was edited."""
    request = read_request(folder)
    files = request["files"]
    try:
        each = int(request["asked"]["doubt"]["worlds_per_draw"])
        rows = _frame(folder, SIDES, files)
        worlds = parquet_table(_content(folder, WORLDS, files))
        draws = _frame(folder, DRAWS, files) if DRAWS in files else pd.DataFrame()
        chosen = range(len(rows)) if only is None else [only]
        if only is not None and only >= len(rows):
            raise FolderError(f"{folder} has sides 0 to {len(rows) - 1}, and no side {only}")
        return [_side(rows.iloc[k], worlds[worlds["point"] == k], draws.get(str(k)), each) for k in chosen]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException, ScenarioError) as problem:
        raise FolderError(f"{folder} was edited or damaged: {problem}") from problem


def _content(folder: Path, name: str, files: dict[str, Any]) -> bytes:
    content = read_regular(folder / name, LARGEST)
    if hashlib.sha256(content).hexdigest() != files[name]:
        raise FolderError(f"{folder / name} was edited or damaged: it is not the file that {REQUEST_FILE} describes")
    return content


def _frame(folder: Path, name: str, files: dict[str, Any]) -> pd.DataFrame:
    frame: pd.DataFrame = pq.ParquetFile(io.BytesIO(_content(folder, name, files))).read().to_pandas()
    return frame


def _side(row: pd.Series, worlds: pd.DataFrame, days: pd.Series | None, each: int) -> Side:
    """A side; `each` is the number of worlds at each draw."""
    loaded = replace(
        resolved_from(str(row["resolved"])), name=str(row["name"]), changes=tuple(json.loads(row["changes"])),
        settings=json.loads(row["settings"]), change_titles=json.loads(row["titles"]),
    )  # fmt: skip
    plan = Plan(loaded, len(worlds), int(row["seed"]), str(row["engine"]), int(row["days"]))
    own = worlds.assign(point=np.int64(0)).reset_index(drop=True)
    drawn = None if days is None else days.to_numpy(np.float64).reshape(-1, each)
    return Side(plan, own, drawn)


def read_comparison(folder: Path) -> tuple[Side, list[SidePair]]:
    """The first side and its pair with each of the others, in the order of the table. FolderError as `read_sides`."""
    first, *others = read_sides(folder)
    return first, [compare_sides(first, other) for other in others]
