"""Tables of worlds as Parquet: the same worlds give the same bytes, and come back as the table they were."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ceasefire.simulation.initial_state import InitialState, WorldArray
from ceasefire.world_state import C_CIVILIAN, C_COMBATANT, C_DISPLACED, C_PEAK, C_TALKS, CAUSES, VIOLATION_KINDS

WORLD_COLUMNS = (
    "point", "world", "days_held", "ended", "cause", "cause_actor", "first_breach_day", "first_lethal_day",
    "operational_end_day", "formal_end_day", "state_at_end", "violations_strategic", "violations_retaliatory",
    "violations_spoiling", "violations_localised", "deaths_combatant", "deaths_civilian", "displaced", "talks",
    "peak_deaths_14d", "deciding_actor", "deciding_motive", "deciding_sector", "failed",
)  # fmt: skip
"""Columns of the worlds table, in order."""


STATES_AT_END = ("in force", "lapsed", "ended")
"""In what state a world's deal is when one stops looking: lapsed is one that has run out, or was renounced, and is
observed all the same."""


def worlds_frame(rows: WorldArray, opening: InitialState) -> pd.DataFrame:
    """One row per world, with WORLD_COLUMNS; days not reached are missing, actors and causes are names."""
    counter = np.nan_to_num(rows["counter"], posinf=0, neginf=0)
    columns: dict[str, object] = {
        "point": rows["point"],
        "world": rows["world"],
        "days_held": rows["days_held"],
        "ended": rows["ended"] == 1,
        "cause": _named(rows["cause"], CAUSES),
        "cause_actor": _named(rows["cause_actor"], opening.actors),
    }
    for clock in ("first_breach", "first_lethal", "operational_end", "formal_end"):
        columns[f"{clock}_day"] = pd.array(rows[clock], dtype="Int64")
    columns["state_at_end"] = np.array(STATES_AT_END, dtype=object)[rows["state_at_end"]]
    for position, kind in enumerate(VIOLATION_KINDS):
        columns[f"violations_{kind}"] = counter[:, position].astype(np.int64)
    for name, position in (
        ("deaths_combatant", C_COMBATANT), ("deaths_civilian", C_CIVILIAN), ("displaced", C_DISPLACED),
        ("talks", C_TALKS), ("peak_deaths_14d", C_PEAK),
    ):  # fmt: skip
        columns[name] = np.rint(counter[:, position]).astype(np.int64)
    columns["deciding_actor"] = _named(rows["deciding_actor"], opening.actors)
    columns["deciding_motive"] = _named(rows["deciding_motive"], opening.motives)
    columns["deciding_sector"] = _named(rows["deciding_sector"], opening.sectors)
    columns["failed"] = rows["failed"] == 1
    frame = pd.DataFrame(columns, columns=list(WORLD_COLUMNS))
    for clock in ("first_breach_day", "first_lethal_day", "operational_end_day", "formal_end_day"):
        frame.loc[frame[clock] < 0, clock] = pd.NA
    return frame


def _named(positions: NDArray[np.int64], names: tuple[str, ...]) -> NDArray[np.object_]:
    """The name at each position; '' for -1."""
    table = np.array([*names, ""], dtype=object)
    return table[positions]


ROWS_PER_PART = 100_000
ROWS_PER_GROUP = 10_000

CLOCKS = ("first_breach_day", "first_lethal_day", "operational_end_day", "formal_end_day")
TRUTHS = ("ended", "failed")
NAMES = ("cause", "cause_actor", "state_at_end", "deciding_actor", "deciding_motive", "deciding_sector")


def _type(column: str) -> pa.DataType:
    if column in NAMES:
        return pa.string()
    return pa.bool_() if column in TRUTHS else pa.int64()


SCHEMA = pa.schema([pa.field(column, _type(column), nullable=column in CLOCKS) for column in WORLD_COLUMNS])
"""Columns of the table of worlds. No pandas notes and no dates: they would change with versions and days."""


def write_table(worlds: pd.DataFrame, folder: Path) -> None:
    """Write a table as part-0000.parquet and so on, ROWS_PER_PART worlds in each. OSError when it cannot."""
    folder.mkdir(parents=True)
    for part, first in enumerate(range(0, len(worlds), ROWS_PER_PART)):
        content = as_parquet(worlds.iloc[first : first + ROWS_PER_PART])
        (folder / f"part-{part:04d}.parquet").write_bytes(content)


def as_parquet(worlds: pd.DataFrame) -> bytes:
    """The bytes of one part."""
    table = pa.Table.from_pandas(worlds, SCHEMA, preserve_index=False)
    content = io.BytesIO()
    pq.write_table(table, content, compression="zstd", row_group_size=ROWS_PER_GROUP, store_schema=False)
    return content.getvalue()


def read_table(folder: Path) -> pd.DataFrame:
    """The table that write_table wrote. OSError or pyarrow.ArrowInvalid when it is not there or not sound."""
    parts = sorted(folder.glob("part-*.parquet"))
    if not parts:
        raise FileNotFoundError(f"{folder} has no part-0000.parquet")
    table = pa.concat_tables(pq.ParquetFile(io.BytesIO(part.read_bytes())).read() for part in parts)
    worlds = pd.DataFrame({name: _column(table.column(name), name) for name in WORLD_COLUMNS})
    return worlds


def _column(column: pa.ChunkedArray, name: str) -> object:
    if name in CLOCKS:
        missing = column.is_null().to_numpy()
        days = column.fill_null(-1).to_numpy()
        return pd.arrays.IntegerArray(days.astype(np.int64), missing.astype(bool))
    return column.to_pylist() if name in NAMES else column.to_numpy()


def table_hash(worlds: pd.DataFrame) -> str:
    """SHA-256 of what a table says, whatever wrote it."""
    digest = hashlib.sha256()
    for name in WORLD_COLUMNS:
        digest.update(name.encode() + b"\0" + b"".join(_bytes_of(worlds[name], name)))
    return digest.hexdigest()


def _bytes_of(column: pd.Series, name: str) -> Iterable[bytes]:
    if name in NAMES:
        return (str(value).encode() + b"\0" for value in column)
    numbers = column.fillna(-1) if name in CLOCKS else column
    return (numbers.to_numpy(dtype=np.int64).astype("<i8").tobytes(),)
