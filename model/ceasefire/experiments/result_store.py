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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from ceasefire.ensemble.manifest import MANIFEST
from ceasefire.ensemble.output_folder import FolderError, read_manifest, refuse_links
from ceasefire.ensemble.unfinished import file_aside, sweep
from ceasefire.experiments.chunks import ChunkResult

WORLDS, DESIGN, SCENARIOS, LEDGER, LOCK = "worlds", "design.parquet", "scenarios.parquet", "chunks.jsonl", ".lock"
CODES = "codes.parquet"

LOCK_SECONDS = 1.0
"""How long a run waits for the lock of its folder before it says that another run is writing there."""


@dataclass(frozen=True)
class Entry:
    """A finished chunk: a line of the ledger."""

    chunk: int
    sha256: str
    worlds: int
    failed: tuple[tuple[int, int], ...]
    reasons: tuple[str, ...]
    at: str


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
        with suppress(FileNotFoundError):
            for line in (self.folder / LEDGER).read_text(encoding="utf-8", errors="replace").splitlines():
                with suppress(ValueError, KeyError, TypeError):
                    entry = _entry(json.loads(line))
                    entries[entry.chunk] = entry
        return entries

    def add(self, result: ChunkResult) -> Entry:
        """Write a chunk's file, then its line. OSError when the disk is full; no incomplete file stays."""
        write_whole(self.part(result.number), result.content)
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        entry = Entry(result.number, result.sha256, result.worlds, result.failed, result.reasons, now)
        _append(self.folder / LEDGER, json.dumps(entry.__dict__) + "\n")
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


def _entry(line: dict[str, Any]) -> Entry:
    failed = tuple((int(point), int(world)) for point, world in line["failed"])
    return Entry(int(line["chunk"]), line["sha256"], int(line["worlds"]), failed, tuple(line["reasons"]), line["at"])


def _checksum(file: Path) -> str | None:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return None


def _frame(file: Path) -> pd.DataFrame:
    try:
        frame: pd.DataFrame = pq.ParquetFile(io.BytesIO(file.read_bytes())).read().to_pandas()
        return frame
    except (OSError, pa.ArrowException) as problem:
        raise FolderError(f"{file} cannot be read: {problem}") from problem


def _sync_folder(folder: Path) -> None:
    """Make a new file name durable, on systems where folders can be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
