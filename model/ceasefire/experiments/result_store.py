"""The folder of an experiment: every file is written whole or not at all, and finished chunks are never lost.

manifest.json       the experiment and its progress; written before the first world and again after the last
design.parquet      a row per point
codes.parquet       a row per point: the codes of its factors, its levers, the first point that is the same
scenarios.parquet   the full scenarios that points start from; scenario.resolved.yaml is the one without changes
worlds/part-*       one file per chunk, numbered as the chunk
chunks.jsonl        a line per finished chunk: its checksum, its worlds, those that failed
"""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ceasefire.ensemble.manifest import MANIFEST
from ceasefire.ensemble.output_folder import FolderError, read_manifest, refuse_links
from ceasefire.ensemble.unfinished import file_aside, sweep
from ceasefire.experiments.chunks import ChunkResult
from ceasefire.experiments.schema import MOST_POINTS
from ceasefire.regular_files import NotReadError, read_regular

WORLDS, DESIGN, SCENARIOS, LEDGER, LOCK = "worlds", "design.parquet", "scenarios.parquet", "chunks.jsonl", ".lock"
CODES = "codes.parquet"

LOCK_SECONDS = 1.0
"""How long a run waits for the lock of its folder before it says that another run is writing there."""


LARGEST_LEDGER, LARGEST_TABLE = 200_000_000, 1_000_000_000
"""Bytes of the files of a folder from a stranger that are read, at most."""

Number = Annotated[int, Field(ge=0, le=2**63 - 1)]


class Entry(BaseModel):
    """A finished chunk: a line of the ledger."""

    model_config = ConfigDict(frozen=True)

    chunk: Annotated[int, Field(ge=0, le=10**9)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    worlds: Annotated[int, Field(ge=1, le=10**6)]
    failed: tuple[tuple[Number, Number], ...]
    reasons: tuple[Annotated[str, Field(max_length=10_000)], ...]
    at: Annotated[
        str, AfterValidator(lambda text: datetime.datetime.fromisoformat(text).isoformat("T", "milliseconds"))
    ]


class Store:
    """A folder that holds an experiment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def part(self, number: int) -> Path:
        """The file of a chunk."""
        return self.folder / WORLDS / f"part-{number:06d}.parquet"

    def manifest(self) -> dict[str, Any]:
        """The manifest. FolderError when the folder holds no experiment."""
        manifest = read_manifest(self.folder)
        if manifest.get("kind") != "experiment":
            raise FolderError(f"{self.folder} is a run, not an experiment")
        return manifest

    def write_manifest(self, manifest: dict[str, Any]) -> None:
        """Write the manifest, in place of the old one."""
        text = json.dumps(manifest, indent=2, ensure_ascii=False, default=str) + "\n"
        write_whole(self.folder / MANIFEST, text.encode())

    def design(self) -> pd.DataFrame:
        """The table of points. FolderError when it cannot be read."""
        return _frame(self.folder / DESIGN)

    def scenarios(self) -> pd.DataFrame:
        """The scenarios that points start from: position, label, resolved text. FolderError when it cannot be read."""
        return _frame(self.folder / SCENARIOS)

    def codes(self) -> pd.DataFrame:
        """The codes of the factors at each point. FolderError when it cannot be read."""
        return _frame(self.folder / CODES)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock, so that no other run writes here. FolderError when another run holds it."""
        refuse_links(self.folder)
        # `busy` holds the lock for a moment: whoever only looks is no reason to refuse.
        lock = FileLock(self.folder / LOCK, timeout=LOCK_SECONDS)
        try:
            with lock:
                yield
        except Timeout:
            raise FolderError(
                f"another run is writing to {self.folder}; wait for it, or choose another --out"
            ) from None

    def busy(self) -> bool:
        """Whether a run holds the lock now."""
        refuse_links(self.folder)
        if not (self.folder / LOCK).exists():
            return False
        try:
            with FileLock(self.folder / LOCK, timeout=0):
                return False
        except Timeout:
            return True
        except OSError:
            return False

    def ledger(self) -> dict[int, Entry]:
        """Finished chunks by number; the last line about a chunk counts, and incomplete lines are ignored."""
        entries = {}
        try:
            text = read_regular(self.folder / LEDGER, LARGEST_LEDGER).decode(errors="replace")
        except FileNotFoundError:
            return {}
        except NotReadError as problem:
            raise FolderError(f"{self.folder / LEDGER} cannot be read: {problem.strerror}") from problem
        for line in text.splitlines():
            with suppress(ValueError):  # incomplete, or no line of this program
                entry = Entry.model_validate_json(line)
                entries[entry.chunk] = entry
        return entries

    def add(self, result: ChunkResult) -> Entry:
        """Write a chunk's file, then its line. OSError when the disk is full; no incomplete file stays."""
        write_whole(self.part(result.number), result.content)
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        entry = Entry(
            chunk=result.number, sha256=result.sha256, worlds=result.worlds, failed=result.failed,
            reasons=result.reasons, at=now,
        )  # fmt: skip
        _append(self.folder / LEDGER, json.dumps(entry.model_dump()) + "\n")
        return entry

    def sound(self) -> tuple[dict[int, Entry], list[int]]:
        """Chunks that are finished and undamaged, and the numbers of those that are damaged or missing."""
        entries = self.ledger()
        bad = [number for number, entry in entries.items() if _checksum(self.part(number)) != entry.sha256]
        return {number: entry for number, entry in entries.items() if number not in bad}, sorted(bad)

    def remove_unfinished(self) -> None:
        """Delete the incomplete files of a killed run. Only under the lock."""
        for place in (self.folder, *(path for path in self.folder.iterdir() if path.is_dir())):
            sweep(place)


def write_whole(target: Path, content: bytes) -> None:
    """Write a file under another name and rename it when all of it is on disk."""
    with file_aside(target) as aside:
        with aside.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        aside.replace(target)
    _sync_folder(target.parent)


def frame_bytes(frame: pd.DataFrame) -> bytes:
    """A table as Parquet, without metadata of the program that wrote it."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    content = io.BytesIO()
    pq.write_table(table, content, compression="zstd", store_schema=False)
    return content.getvalue()


def _append(file: Path, line: str) -> None:
    """Append a line; an incomplete last line is ended first."""
    with file.open("ab+") as opened:
        if opened.seek(0, os.SEEK_END):
            opened.seek(-1, os.SEEK_END)
            line = line if opened.read(1) == b"\n" else "\n" + line
        opened.write(line.encode())
        opened.flush()
        os.fsync(opened.fileno())


def _checksum(file: Path) -> str | None:
    try:
        return hashlib.sha256(read_regular(file, LARGEST_TABLE)).hexdigest()
    except OSError:
        return None


def checked_parquet(file: Path, most: int = MOST_POINTS) -> pq.ParquetFile:
    """A Parquet file of at most `most` rows, opened. FolderError when it is larger, or none."""
    try:
        opened = pq.ParquetFile(io.BytesIO(read_regular(file, LARGEST_TABLE)))
        size = sum(opened.metadata.row_group(k).total_byte_size for k in range(opened.num_row_groups))
        if opened.metadata.num_rows > most or size > LARGEST_TABLE:
            raise FolderError(
                f"{file} cannot be read: {opened.metadata.num_rows:,} rows of {size:,} bytes are too many"
            )
        return opened
    except (OSError, ValueError, pa.ArrowException) as problem:
        raise FolderError(f"{file} cannot be read: {problem}") from problem


def _frame(file: Path) -> pd.DataFrame:
    opened = checked_parquet(file)
    try:
        frame: pd.DataFrame = opened.read().to_pandas()
        return frame
    except (OSError, ValueError, pa.ArrowException) as problem:
        raise FolderError(f"{file} cannot be read: {problem}") from problem


def _sync_folder(folder: Path) -> None:
    """Make a new file name durable, on systems where folders can be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
