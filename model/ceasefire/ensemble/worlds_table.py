"""The table of worlds: engine rows as a DataFrame, and as Parquet files whose bytes depend on the worlds only."""

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

from ceasefire.regular_files import read_regular
from ceasefire.simulation.compiled.day_loop import RESULT
from ceasefire.simulation.initial_state import InitialState, WorldArray
from ceasefire.world_state import C_CIVILIAN, C_COMBATANT, C_DISPLACED, C_PEAK, C_TALKS, CAUSES, VIOLATION_KINDS

WORLD_COLUMNS = (
    "point", "world", "days_held", "ended", "cause", "cause_actor", "first_breach_day", "first_lethal_day",
    "operational_end_day", "formal_end_day", "state_at_end", "violations_strategic", "violations_retaliatory",
    "violations_spoiling", "violations_localised", "deaths_combatant", "deaths_civilian", "displaced", "talks",
    "peak_deaths_14d", "deciding_actor", "deciding_motive", "deciding_sector", "failed",
)  # fmt: skip
"""Columns of the worlds table, in order."""

LONGEST_REASON = 500
"""Characters."""


STATES_AT_END = ("in force", "lapsed", "ended")
"""State of the deal at the end of the world; lapsed: it ran out or was renounced, and is still observed."""

MINUS_ONE = (
    "cause_actor", "deciding_actor", "deciding_motive", "deciding_sector", "first_breach", "first_lethal",
    "operational_end", "formal_end",
)  # fmt: skip
"""Fields of an engine row in which -1 stands for 'none' or 'not reached'."""


def failed_row(world: int) -> WorldArray:
    """The engine row of a world that failed, shape (1,)."""
    row = np.zeros(1, RESULT)
    for name in MINUS_ONE:
        row[name] = -1
    row["world"], row["failed"] = world, 1
    return row


def failure_reason(problem: Exception) -> str:
    """Why a world failed: the error's type and message, cut to LONGEST_REASON characters."""
    return f"{type(problem).__name__}: {problem}"[:LONGEST_REASON]


def worlds_frame(rows: WorldArray, initial: InitialState) -> pd.DataFrame:
    """One row per world, with WORLD_COLUMNS; days not reached are missing, and actors and causes are names."""
    counter = rows["counter"]
    if not np.isfinite(counter).all():
        counter = np.nan_to_num(counter, posinf=0, neginf=0)
    columns: dict[str, object] = {
        "point": rows["point"],
        "world": rows["world"],
        "days_held": rows["days_held"],
        "ended": rows["ended"] == 1,
        "cause": _named(rows["cause"], CAUSES),
        "cause_actor": _named(rows["cause_actor"], initial.actors),
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
    columns["deciding_actor"] = _named(rows["deciding_actor"], initial.actors)
    columns["deciding_motive"] = _named(rows["deciding_motive"], initial.motives)
    columns["deciding_sector"] = _named(rows["deciding_sector"], initial.sectors)
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
BOOLEANS = ("ended", "failed")
NAMES = ("cause", "cause_actor", "state_at_end", "deciding_actor", "deciding_motive", "deciding_sector")


def _type(column: str) -> pa.DataType:
    if column in NAMES:
        return pa.string()
    return pa.bool_() if column in BOOLEANS else pa.int64()


SCHEMA = pa.schema([pa.field(column, _type(column), nullable=column in CLOCKS) for column in WORLD_COLUMNS])
"""Columns of the Parquet files. No pandas metadata and no dates, which would change with versions and days."""


def write_table(worlds: pd.DataFrame, folder: Path) -> None:
    """Write a table as part-0000.parquet and so on, ROWS_PER_PART worlds in each. OSError when it cannot be written."""
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


BYTES_PER_ROW = 2_000
"""Most bytes of one world before compression: numbers and five names."""


def read_table(folder: Path, most: int = 10_000_000) -> pd.DataFrame:
    """The table that write_table wrote, of at most `most` rows.

    OSError, ValueError or pyarrow.ArrowInvalid when it is missing, damaged or larger; sizes are looked at before
    anything is loaded.
    """
    parts = sorted(folder.glob("part-*.parquet"))
    if not parts:
        raise FileNotFoundError(f"{folder} has no part-0000.parquet")
    if len(parts) > most // ROWS_PER_PART + 1:
        raise ValueError(f"it has {len(parts):,} parts, more than {most:,} worlds need")
    files = [
        pq.ParquetFile(io.BytesIO(read_regular(part, BYTES_PER_ROW * min(most, ROWS_PER_PART) + 1_000_000)))
        for part in parts
    ]
    rows = sum(file.metadata.num_rows for file in files)
    size = sum(file.metadata.row_group(i).total_byte_size for file in files for i in range(file.num_row_groups))
    if rows > most or size > BYTES_PER_ROW * most + 1_000_000 * len(files):
        raise ValueError(f"it has {rows:,} rows in {size:,} bytes, more than {most:,} worlds need")
    return _as_frame(pa.concat_tables(file.read() for file in files))


def parquet_table(content: bytes) -> pd.DataFrame:
    """The table of worlds in the bytes of one part. KeyError or pyarrow.ArrowException when it is none."""
    return _as_frame(pq.ParquetFile(io.BytesIO(content)).read())


def _as_frame(table: pa.Table) -> pd.DataFrame:
    return pd.DataFrame({name: _column(table.column(name), name) for name in WORLD_COLUMNS})


def _column(column: pa.ChunkedArray, name: str) -> object:
    if name in CLOCKS:
        missing = column.is_null().to_numpy()
        days = column.fill_null(-1).to_numpy()
        return pd.arrays.IntegerArray(days.astype(np.int64), missing.astype(bool))
    return column.to_pylist() if name in NAMES else column.to_numpy()


def table_hash(worlds: pd.DataFrame) -> str:
    """SHA-256 of the content of a table, whichever program wrote it."""
    digest = hashlib.sha256()
    for name in WORLD_COLUMNS:
        digest.update(name.encode() + b"\0")
        for part in _bytes_of(worlds[name], name):
            digest.update(part)
    return digest.hexdigest()


def _parts(values: NDArray[np.object_]) -> Iterable[NDArray[np.object_]]:
    return (values[first : first + ROWS_PER_GROUP] for first in range(0, len(values), ROWS_PER_GROUP))


def _bytes_of(column: pd.Series, name: str) -> Iterable[bytes]:
    if name in NAMES:
        texts = {value: str(value).encode() + b"\0" for value in column.unique()}
        return (b"".join(map(texts.__getitem__, part)) for part in _parts(column.to_numpy(object)))
    numbers = column.fillna(-1) if name in CLOCKS else column
    return (numbers.to_numpy(dtype=np.int64).astype("<i8").tobytes(),)
