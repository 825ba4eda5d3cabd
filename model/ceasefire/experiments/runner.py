"""Runs an experiment: simulates the missing chunks, in any order, and stores each as soon as it is finished."""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from ceasefire.ensemble.manifest import FORMAT, MANIFEST, as_typed, versions
from ceasefire.ensemble.output_folder import RESOLVED, write_aside
from ceasefire.experiments.chunks import Chunk
from ceasefire.experiments.executors import ChunkFuture, Executor
from ceasefire.experiments.prepare import PreparedExperiment, words_of
from ceasefire.experiments.reopen import codes_frame
from ceasefire.experiments.result_store import CODES, DESIGN, SCENARIOS, WORLDS, Entry, Store, frame_bytes, write_whole
from ceasefire.experiments.resume import Progress, new_progress, refuse_other_experiment, rounds

MOST_REASONS = 20
"""Reasons of failure that the manifest lists."""

MOST_FAILED = 1000
"""Failed worlds that the manifest lists."""


class ProgressListener(Protocol):
    """Is notified of the progress of a run."""

    def set_total(self, worlds: int, done: int, extra: bool) -> None:
        """Worlds of all rounds so far, and how many are done; `extra`: a round was added because of uncertainty."""

    def advance(self, worlds: int) -> None:
        """Worlds that were finished since the last call."""

    def damaged(self, chunks: Sequence[int]) -> None:
        """Numbers of chunks that were finished but are damaged or missing; they are simulated again."""


class _Silent:
    """Is told of the progress, and says nothing."""

    def set_total(self, worlds: int, done: int, extra: bool) -> None:
        """Worlds of all rounds so far."""

    def advance(self, worlds: int) -> None:
        """Worlds that were finished."""

    def damaged(self, chunks: Sequence[int]) -> None:
        """Chunks that are simulated again."""


SILENT: ProgressListener = _Silent()
"""Listens to a run of which nobody is told."""


def run(
    prepared: PreparedExperiment,
    store: Store,
    executor: Executor,
    listener: ProgressListener,
    command: Sequence[str] = (),
    seconds: float | None = None,
) -> Progress:
    """Simulate the missing worlds of an experiment. With `seconds`, start no other chunk after that time.

    FolderError when the folder holds another experiment, or another run writes to it; OSError when it cannot be
    written. Whatever error is raised, finished chunks stay, and the same call continues from there.
    """
    make_folder(prepared, store, command)
    with store.locked():
        store.remove_unfinished()
        _complete_files(prepared, store)
        put_words(prepared, store)
        entries, bad = store.sound()
        if bad:
            listener.damaged(bad)
        began = time.monotonic()
        deadline = None if seconds is None else began + seconds
        progress = _simulate_missing(prepared, store, executor, listener, entries, deadline)
        _update_manifest(store, progress, time.monotonic() - began)
    return progress


def _simulate_missing(
    prepared: PreparedExperiment,
    store: Store,
    executor: Executor,
    listener: ProgressListener,
    entries: dict[int, Entry],
    deadline: float | None,
) -> Progress:
    progress = new_progress(prepared, entries)
    for turn, _ in enumerate(rounds(prepared, store, progress)):
        listener.set_total(progress.wanted, progress.done, turn > 0)
        for entry in _finished_chunks(prepared, store, executor, progress.missing, deadline):
            entries[entry.chunk] = entry
            listener.advance(entry.worlds)
        if progress.missing:
            break
    else:
        progress.complete = True
    progress.failed = [pair for number in progress.finished for pair in entries[number].failed]
    return progress


def _finished_chunks(
    prepared: PreparedExperiment, store: Store, executor: Executor, missing: Sequence[Chunk], deadline: float | None
) -> Iterator[Entry]:
    """Simulate chunks, and store each as soon as it is finished."""
    queue, futures = iter(missing), set[ChunkFuture]()
    while True:
        late = deadline is not None and time.monotonic() > deadline
        while not late and len(futures) < executor.capacity:
            chunk = next(queue, None)
            if chunk is None:
                break
            futures.add(executor.submit(prepared.records, chunk))
        if not futures:
            return
        for future in executor.wait(futures):
            futures.discard(future)
            yield store.add(future.result())


def make_folder(prepared: PreparedExperiment, store: Store, command: Sequence[str]) -> None:
    """Make the folder of an experiment; if it exists, check that the run may continue in it.

    FolderError when it holds another experiment, or another run writes to it; OSError when it cannot be written.
    """
    if (store.folder / MANIFEST).exists():
        refuse_other_experiment(prepared, store)
        with store.locked():
            return
    with write_aside(store.folder) as aside:
        (aside / WORLDS).mkdir()
        new_store = Store(aside)
        _complete_files(prepared, new_store)
        new_store.write_manifest(_manifest(prepared, command))


def put_words(prepared: PreparedExperiment, store: Store) -> None:
    """Put titles, question and outcomes of the files just read into the manifest; the worlds stay. Under the lock."""
    old = store.manifest()
    new = {**old, **words_of(prepared)}
    if new != old:
        store.write_manifest(new)


def _complete_files(prepared: PreparedExperiment, store: Store) -> None:
    """Write what the points start from, when it is missing or damaged."""
    (store.folder / WORLDS).mkdir(exist_ok=True)
    files = {
        DESIGN: frame_bytes(prepared.design),
        SCENARIOS: frame_bytes(_scenarios(prepared)),
        CODES: frame_bytes(codes_frame(prepared)),
        RESOLVED: prepared.experiment.base.loaded.resolved_yaml().encode(),
    }
    for name, content in files.items():
        file = store.folder / name
        if not file.is_file() or file.read_bytes() != content:
            write_whole(file, content)


def _scenarios(prepared: PreparedExperiment) -> pd.DataFrame:
    texts: dict[int, str] = {}
    for variant in prepared.variants:
        if id(variant) not in texts:
            texts[id(variant)] = variant.loaded.resolved_yaml()
    return pd.DataFrame(
        {
            "scenario": np.arange(len(prepared.variants), dtype=np.int64),
            "label": [variant.label for variant in prepared.variants],
            "resolved": [texts[id(variant)] for variant in prepared.variants],
        }
    )


def _manifest(prepared: PreparedExperiment, command: Sequence[str]) -> dict[str, Any]:
    """The manifest of an experiment before its first world."""
    spec = prepared.experiment.spec
    return {
        "format": FORMAT,
        "kind": "experiment",
        "name": spec.name,
        **words_of(prepared),
        "design": spec.design.kind,
        "rough": prepared.quick,
        "points": len(prepared.points),
        "combinations": len(prepared.points.distinct),
        "worlds_per_point": prepared.worlds,
        "seed": prepared.records.seed,
        "days": prepared.horizon,
        "identity": prepared.fingerprint,
        "identity_parts": prepared.identity,
        "command": as_typed(command),
        "started": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "program": {**versions(), "source": prepared.identity["source"].split()[0]},
        "wall_seconds": 0.0,
        "complete": False,
        "worlds": 0,
        "worlds_done": 0,
        "worlds_failed": 0,
        "failed": [],
    }


def _update_manifest(store: Store, progress: Progress, seconds: float) -> None:
    """Write to the manifest what is done by now."""
    manifest = store.manifest()
    replay = as_typed(["ceasefire", "replay", str(store.folder)])
    reasons = [reason for number in progress.finished for reason in progress.entries[number].reasons]
    manifest |= {
        "wall_seconds": round(manifest.get("wall_seconds", 0.0) + seconds, 3),
        "complete": progress.complete,
        "worlds": progress.wanted,
        "worlds_done": progress.done - len(progress.failed),
        "worlds_failed": len(progress.failed),
        "failed": [
            {"point": point, "world": world, "replay": f"{replay} --point {point} --world {world}"}
            for point, world in progress.failed[:MOST_FAILED]
        ],
        "reasons": list(dict.fromkeys(reasons))[:MOST_REASONS],
    }
    store.write_manifest(manifest)
