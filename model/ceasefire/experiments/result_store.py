"""The folder of a batch experiment: files appear whole or not at all, and what is finished is never lost.

manifest.json       what ran; written before the first world and again after the last
design.parquet      a row per point
scenarios.parquet   the whole scenarios that points start from
worlds/part-*       one file per chunk, numbered as the chunk
chunks.jsonl        a line per finished chunk: its checksum, its worlds, those that failed
"""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import os
import secrets
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
from ceasefire.ensemble.output_folder import FolderError, read_manifest
from ceasefire.experiments.chunks import ChunkResult

WORLDS, DESIGN, SCENARIOS, LEDGER, LOCK = "worlds", "design.parquet", "scenarios.parquet", "chunks.jsonl", ".lock"


@dataclass(frozen=True)
class Entry:
    """A finished chunk, as the ledger has it."""

    chunk: int
    sha256: str
    worlds: int
    failed: tuple[tuple[int, int], ...]
    reasons: tuple[str, ...]
    at: str


class Store:
    """A folder that holds a batch experiment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def part(self, number: int) -> Path:
        """The file of a chunk."""
        return self.folder / WORLDS / f"part-{number:06d}.parquet"

    def manifest(self) -> dict[str, Any]:
        """What the folder says of itself. FolderError when it is no batch experiment."""
        said = read_manifest(self.folder)
        if said.get("kind") != "experiment":
            raise FolderError(f"{self.folder} holds a run, not a batch experiment")
        return said

    def say(self, said: dict[str, Any]) -> None:
        """Write the manifest anew."""
        text = json.dumps(said, indent=2, ensure_ascii=False, default=str) + "\n"
        write_whole(self.folder / MANIFEST, text.encode())

    def design(self) -> pd.DataFrame:
        """The table of points. FolderError when it cannot be read."""
        return _frame(self.folder / DESIGN)

    def scenarios(self) -> pd.DataFrame:
        """The scenarios that points start from: position, label, resolved text. FolderError when it cannot be read."""
        return _frame(self.folder / SCENARIOS)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """No other run may write here meanwhile. FolderError when one does."""
        lock = FileLock(self.folder / LOCK, timeout=0)
        try:
            with lock:
                yield
        except Timeout:
            raise FolderError(
                f"another run is at work in {self.folder}; wait for it, or choose another --out"
            ) from None

    def busy(self) -> bool:
        """Whether a run is at work here now."""
        try:
            with FileLock(self.folder / LOCK, timeout=0):
                return False
        except Timeout:
            return True
        except OSError:
            return False

    def ledger(self) -> dict[int, Entry]:
        """Finished chunks by number, the last word on each; a line that was cut short says nothing."""
        found = {}
        with suppress(FileNotFoundError):
            for line in (self.folder / LEDGER).read_text(encoding="utf-8", errors="replace").splitlines():
                with suppress(ValueError, KeyError, TypeError):
                    entry = _entry(json.loads(line))
                    found[entry.chunk] = entry
        return found

    def keep(self, lived: ChunkResult) -> Entry:
        """Write a chunk's file, then its line. OSError when there is no room; nothing half-written stays."""
        write_whole(self.part(lived.number), lived.content)
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        entry = Entry(lived.number, lived.sha256, lived.worlds, lived.failed, lived.reasons, now)
        _append(self.folder / LEDGER, json.dumps(entry.__dict__) + "\n")
        return entry

    def sound(self) -> tuple[dict[int, Entry], list[int]]:
        """Chunks that are finished and whole, and the numbers of those that are damaged or gone."""
        entries = self.ledger()
        bad = [number for number, entry in entries.items() if _checksum(self.part(number)) != entry.sha256]
        return {number: entry for number, entry in entries.items() if number not in bad}, sorted(bad)

    def sweep(self) -> None:
        """Take away what a killed run left half-written. Only under the lock."""
        for place in (self.folder, self.folder / WORLDS):
            for left in place.glob(".*.part"):
                with suppress(OSError):
                    left.unlink()


def write_whole(target: Path, content: bytes) -> None:
    """Write a file that appears under its name only when all of it is on disk."""
    aside = target.parent / f".{target.name}-{secrets.token_hex(4)}.part"
    try:
        with aside.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        aside.replace(target)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise
    _sync_folder(target.parent)


def frame_bytes(frame: pd.DataFrame) -> bytes:
    """A table as Parquet, without notes of who wrote it."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    content = io.BytesIO()
    pq.write_table(table, content, compression="zstd", store_schema=False)
    return content.getvalue()


def _append(file: Path, line: str) -> None:
    """Add a line, after ending one that was cut short."""
    with file.open("ab+") as opened:
        if opened.seek(0, os.SEEK_END):
            opened.seek(-1, os.SEEK_END)
            line = line if opened.read(1) == b"\n" else "\n" + line
        opened.write(line.encode())
        opened.flush()
        os.fsync(opened.fileno())


def _entry(said: dict[str, Any]) -> Entry:
    failed = tuple((int(point), int(world)) for point, world in said["failed"])
    return Entry(int(said["chunk"]), said["sha256"], int(said["worlds"]), failed, tuple(said["reasons"]), said["at"])


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
    """Make a new name last, where folders can be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
