"""Running a batch experiment: only what is missing, in any order, whoever is killed on the way."""

from __future__ import annotations

import datetime
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from ceasefire.ensemble.manifest import FORMAT, MANIFEST, as_typed, versions
from ceasefire.ensemble.output_folder import RESULTS, FolderError, write_aside
from ceasefire.experiments.chunks import Chunk, IntArray, Need, chunks_of
from ceasefire.experiments.designs import Points
from ceasefire.experiments.executors import ChunkFuture, Executor
from ceasefire.experiments.measured_outcomes import OutcomeValues, read_outcome
from ceasefire.experiments.outcome_definitions import outcome
from ceasefire.experiments.prepare import ASPECTS, PreparedExperiment
from ceasefire.experiments.result_store import DESIGN, SCENARIOS, WORLDS, Entry, Store, frame_bytes, write_whole
from ceasefire.experiments.schema import Until

SLACK = 1.05
"""Worlds that are added beyond what the interval's width alone would ask for."""

LEAST = 100
"""Worlds that are added to a point at least."""


def next_round(until: Until, seen: OutcomeValues, points: Points) -> list[Need]:
    """The worlds to add to each point that is not sure enough; none when all are, or have got the most.

    A difference needs the same worlds of its baseline. A point never more than doubles in one round: its spread is
    itself an estimate.
    """
    have = [len(seen.of(point)) for point in range(len(points))]
    wanted = list(have)
    for point in range(len(points)):
        baseline = int(points.baseline[point])
        half = _half_width(until, seen, point, baseline)
        if half is None or half <= until.half_width:
            continue
        both = have[point] if until.per == "point" else min(have[point], have[baseline])
        more = min(math.ceil(both * SLACK * (half / until.half_width) ** 2), 2 * both)
        target = min(max(more, both + LEAST), until.most)
        wanted[point] = max(wanted[point], target)
        if until.per == "difference":
            wanted[baseline] = max(wanted[baseline], target)
    return [Need(point, have[point], wanted[point]) for point in range(len(points)) if wanted[point] > have[point]]


def _half_width(until: Until, seen: OutcomeValues, point: int, baseline: int) -> float | None:
    """How unsure a point is [unit of the outcome]; None when it is not asked, or no world of it is known."""
    if until.per == "point":
        mean = seen.mean(point)
        return None if math.isnan(mean.value) else (mean.high - mean.low) / 2
    difference = seen.difference(point, baseline) if point != baseline else None
    return None if difference is None else difference.half_width


class ProgressListener(Protocol):
    """Is told how a run goes."""

    def expects(self, worlds: int, done: int, extra: bool) -> None:
        """So many worlds are wanted in all by now, of which some are done; `extra`: because the answer is unsure."""

    def saw(self, worlds: int) -> None:
        """So many more are done."""

    def found_damaged(self, chunks: Sequence[int]) -> None:
        """These were finished, and are damaged or gone; they are lived again."""


@dataclass
class Progress:
    """How far a run came: finished chunks, worlds wanted of each point so far, and whether that is all."""

    entries: dict[int, Entry]
    chunks: list[Chunk]
    worlds: IntArray
    complete: bool = False
    failed: list[tuple[int, int]] = field(default_factory=list)

    @property
    def wanted(self) -> int:
        """Worlds wanted so far."""
        return int(self.worlds.sum())

    @property
    def done(self) -> int:
        """Worlds done, those that failed among them."""
        return sum(self.entries[chunk.number].worlds for chunk in self.chunks if chunk.number in self.entries)

    @property
    def finished(self) -> list[int]:
        """Numbers of the finished chunks, in order."""
        return [chunk.number for chunk in self.chunks if chunk.number in self.entries]


def folder_for_experiment(study: PreparedExperiment, out: Path | None = None) -> tuple[Path, str]:
    """The folder of a study, and what is to be said about it ('' when nothing is).

    With `out`: that folder; FolderError when it holds anything else. Without: results/<name>, or results/<name>-<hash>
    when another version of the experiment is there.
    """
    if out is not None:
        if (out / MANIFEST).exists():
            refuse_another(study, Store(out))
        elif out.exists() and not (out.is_dir() and not any(out.iterdir())):
            raise FolderError(f"{out} holds something else already, and nothing is overwritten; choose another --out")
        return out, ""
    first = RESULTS / study.name
    if not first.exists() or not unlike(study, Store(first)):
        return first, ""
    why = "; ".join(unlike(study, Store(first)))
    second = RESULTS / f"{study.name}-{study.fingerprint[:6]}"
    return second, f"{first} holds another experiment ({why}) and stays as it is; this one goes to {second}"


def unlike(study: PreparedExperiment, store: Store) -> list[str]:
    """Why a folder's results cannot be mixed with a study's; nothing when they can."""
    try:
        said = store.manifest()
    except FolderError as problem:
        return [str(problem)]
    if said.get("identity") == study.fingerprint:
        return []
    theirs = said.get("identity_parts") or {}
    told = [words for part, words in ASPECTS.items() if theirs.get(part) != study.identity[part]]
    return told or ["its manifest was edited"]


def refuse_another(study: PreparedExperiment, store: Store) -> None:
    """FolderError when a folder holds anything but this very study."""
    why = unlike(study, store)
    if why:
        raise FolderError(
            f"{store.folder} holds other results, and results are never mixed: {'; '.join(why)}. Choose another --out"
        )


def run(
    study: PreparedExperiment,
    store: Store,
    crew: Executor,
    witness: ProgressListener,
    command: Sequence[str] = (),
    seconds: float | None = None,
) -> Progress:
    """Live what is missing of a study. With `seconds`, take up nothing new after that time.

    FolderError when the folder holds another study or another run is at work in it; OSError when it cannot be
    written. Whatever is raised, finished chunks are kept and the same call goes on from there.
    """
    make_ready(study, store, command)
    with store.locked():
        store.sweep()
        _complete_files(study, store)
        entries, bad = store.sound()
        if bad:
            witness.found_damaged(bad)
        began = time.monotonic()
        progress = _live_all(study, store, crew, witness, entries, None if seconds is None else began + seconds)
        _say_how_it_went(study, store, progress, time.monotonic() - began)
    return progress


def progress_of(study: PreparedExperiment, store: Store) -> Progress:
    """How far a folder has come, without touching it."""
    progress = Progress(store.ledger(), [], np.zeros(len(study.points), np.int64))
    for _ in _rounds(study, store, progress):
        if any(chunk.number not in progress.entries for chunk in progress.chunks):
            return progress
    progress.complete = True
    return progress


def _live_all(
    study: PreparedExperiment,
    store: Store,
    crew: Executor,
    witness: ProgressListener,
    entries: dict[int, Entry],
    until: float | None,
) -> Progress:
    progress = Progress(entries, [], np.zeros(len(study.points), np.int64))
    for turn, chunks in enumerate(_rounds(study, store, progress)):
        witness.expects(progress.wanted, progress.done, turn > 0)
        missing = [chunk for chunk in chunks if chunk.number not in entries]
        for entry in _lived(study, store, crew, missing, until):
            entries[entry.chunk] = entry
            witness.saw(entry.worlds)
        if any(chunk.number not in entries for chunk in chunks):
            break
    else:
        progress.complete = True
    progress.failed = [pair for number in progress.finished for pair in entries[number].failed]
    return progress


def _rounds(study: PreparedExperiment, store: Store, progress: Progress) -> Iterator[list[Chunk]]:
    """The chunks of each round, as long as the answer is not sure enough; noted in `progress` before they are lived."""
    needs: list[Need] = study.first_round()
    while needs:
        chunks = chunks_of(needs, len(progress.chunks))
        progress.chunks += chunks
        for need in needs:
            progress.worlds[need.point] = need.last
        yield chunks
        until = study.asked.spec.until
        if until is None or study.quick:
            return
        seen = read_outcome(study, store, progress.finished, progress.worlds, outcome(until.outcome))
        needs = next_round(until, seen, study.points)


def _lived(
    study: PreparedExperiment, store: Store, crew: Executor, missing: Sequence[Chunk], until: float | None
) -> Iterator[Entry]:
    """Live chunks and keep each as it comes."""
    queue, jobs = iter(missing), set[ChunkFuture]()
    while True:
        late = until is not None and time.monotonic() > until
        while not late and len(jobs) < crew.room:
            chunk = next(queue, None)
            if chunk is None:
                break
            jobs.add(crew.start(study.recipe, chunk))
        if not jobs:
            return
        for job in crew.done(jobs):
            jobs.discard(job)
            yield store.keep(job.result())


def make_ready(study: PreparedExperiment, store: Store, command: Sequence[str]) -> None:
    """Make the folder, whole, when it is not there; else see that it may be gone on with.

    FolderError when it holds another study or another run is at work in it; OSError when it cannot be written.
    """
    if (store.folder / MANIFEST).exists():
        refuse_another(study, store)
        with store.locked():
            return
    with write_aside(store.folder) as aside:
        (aside / WORLDS).mkdir()
        fresh = Store(aside)
        _complete_files(study, fresh)
        fresh.say(_manifest(study, command))


def _complete_files(study: PreparedExperiment, store: Store) -> None:
    """The design and the scenarios, written when they are not there or not as they should be."""
    (store.folder / WORLDS).mkdir(exist_ok=True)
    for name, frame in ((DESIGN, study.design), (SCENARIOS, _scenarios(study))):
        content, file = frame_bytes(frame), store.folder / name
        if not file.is_file() or file.read_bytes() != content:
            write_whole(file, content)


def _scenarios(study: PreparedExperiment) -> pd.DataFrame:
    texts: dict[int, str] = {}
    for variant in study.variants:
        if id(variant) not in texts:
            texts[id(variant)] = variant.loaded.resolved_yaml()
    return pd.DataFrame(
        {
            "scenario": np.arange(len(study.variants), dtype=np.int64),
            "label": [variant.label for variant in study.variants],
            "resolved": [texts[id(variant)] for variant in study.variants],
        }
    )


def _manifest(study: PreparedExperiment, command: Sequence[str]) -> dict[str, Any]:
    spec = study.asked.spec
    return {
        "format": FORMAT,
        "kind": "experiment",
        "name": spec.name,
        "title": spec.title,
        "question": spec.question,
        "scenario": study.asked.base.loaded.label,
        "design": spec.design.kind,
        "rough": study.quick,
        "experiment": spec.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "factors": [
            {"name": f.name, "kind": f.kind, "lever": f.lever, "paths": list(f.paths)} for f in study.asked.factors
        ],
        "points": len(study.points),
        "worlds_per_point": study.worlds,
        "seed": study.recipe.seed,
        "days": study.horizon,
        "identity": study.fingerprint,
        "identity_parts": study.identity,
        "command": as_typed(command),
        "started": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "program": {**versions(), "source": study.identity["source"].split()[0]},
        "wall_seconds": 0.0,
        "complete": False,
        "worlds": 0,
        "worlds_done": 0,
        "worlds_failed": 0,
        "failed": [],
    }


def _say_how_it_went(study: PreparedExperiment, store: Store, progress: Progress, seconds: float) -> None:
    """Note in the manifest what is done by now."""
    said = store.manifest()
    replay = f"ceasefire replay {store.folder}"
    reasons = [reason for number in progress.finished for reason in progress.entries[number].reasons]
    said |= {
        "wall_seconds": round(said.get("wall_seconds", 0.0) + seconds, 3),
        "complete": progress.complete,
        "worlds": progress.wanted,
        "worlds_done": progress.done - len(progress.failed),
        "worlds_failed": len(progress.failed),
        "failed": [
            {"point": point, "world": world, "replay": f"{replay} --point {point} --world {world}"}
            for point, world in progress.failed[:1000]
        ],
        "reasons": list(dict.fromkeys(reasons))[:20],
    }
    store.say(said)
