"""Resuming an experiment: where its folder is, whether a folder holds the same experiment, and what is left to do.

A run consists of rounds of chunks. The first round has the worlds that every point needs; with a stopping rule, further
rounds add worlds to points that are still too uncertain. A chunk is left to do when the ledger does not have it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ceasefire.array_types import IntArray
from ceasefire.ensemble.manifest import MANIFEST
from ceasefire.ensemble.output_folder import RESULTS, FolderError, candidate_names, choose_folder
from ceasefire.experiments.chunks import Chunk, WorldRange, chunks_of
from ceasefire.experiments.designs import Points
from ceasefire.experiments.measured_outcomes import OutcomeValues, read_outcome
from ceasefire.experiments.outcome_definitions import outcome
from ceasefire.experiments.prepare import ASPECTS, PreparedExperiment
from ceasefire.experiments.result_store import Entry, Store
from ceasefire.experiments.schema import StoppingRule

SLACK = 1.05
"""Factor on the number of worlds that the width of the interval requires."""

LEAST_ADDED = 100
"""Worlds that are added to a point, at least."""


def folder_for_experiment(prepared: PreparedExperiment, out: Path | None = None) -> tuple[Path, str]:
    """The folder of an experiment, and a message about it ('' when there is none).

    With `out`: that folder; FolderError when it holds anything else. Without: results/<name>, or a name with a hash
    when that name is taken by anything else.
    """
    if out is not None and (out / MANIFEST).exists():
        refuse_other_experiment(prepared, Store(out))
    names = candidate_names(prepared.name, prepared.fingerprint, plain=True)
    folder, _ = choose_folder(names, lambda candidate: not differences(prepared, Store(candidate)), out)
    plain = RESULTS / prepared.name
    if out is not None or folder == plain or not plain.exists():
        return folder, ""
    why = "; ".join(differences(prepared, Store(plain)))
    return folder, f"{plain} holds another experiment ({why}) and stays as it is; this one goes to {folder}"


def differences(prepared: PreparedExperiment, store: Store) -> list[str]:
    """Why a folder's results cannot be mixed with those of an experiment; empty when they can."""
    try:
        manifest = store.manifest()
    except FolderError as problem:
        return [str(problem)]
    if manifest.get("identity") == prepared.fingerprint:
        return []
    stored = manifest.get("identity_parts") or {}
    reasons = [words for aspect, words in ASPECTS.items() if stored.get(aspect) != prepared.identity[aspect]]
    return reasons or ["its manifest was edited"]


def refuse_other_experiment(prepared: PreparedExperiment, store: Store) -> None:
    """FolderError when a folder holds anything but this experiment."""
    why = differences(prepared, store)
    if why:
        raise FolderError(
            f"{store.folder} holds other results, and results are never mixed: {'; '.join(why)}. Choose another --out"
        )


@dataclass
class Progress:
    """How far an experiment is: finished chunks; the chunks and worlds of all rounds so far; whether that is all."""

    entries: dict[int, Entry]
    chunks: list[Chunk]
    worlds: IntArray
    complete: bool = False
    failed: list[tuple[int, int]] = field(default_factory=list)

    @property
    def wanted(self) -> int:
        """Worlds of all rounds so far."""
        return int(self.worlds.sum())

    @property
    def done(self) -> int:
        """Worlds that are finished, failed ones included."""
        return sum(self.entries[number].worlds for number in self.finished)

    @property
    def finished(self) -> list[int]:
        """Numbers of the finished chunks, in order."""
        return [chunk.number for chunk in self.chunks if chunk.number in self.entries]

    @property
    def missing(self) -> list[Chunk]:
        """The chunks that are left to do, in order."""
        return [chunk for chunk in self.chunks if chunk.number not in self.entries]


def new_progress(prepared: PreparedExperiment, entries: dict[int, Entry]) -> Progress:
    """Progress before the first round, with the chunks that a folder has already."""
    return Progress(entries, [], np.zeros(len(prepared.points), np.int64))


def progress_of(prepared: PreparedExperiment, store: Store) -> Progress:
    """How far the experiment in a folder is; changes nothing there."""
    progress = new_progress(prepared, store.ledger())
    for _ in rounds(prepared, store, progress):
        if progress.missing:
            return progress
    progress.complete = True
    return progress


def rounds(prepared: PreparedExperiment, store: Store, progress: Progress) -> Iterator[list[Chunk]]:
    """The chunks of one round after another, until no point needs more worlds.

    Each round is added to `progress` before it is yielded; its chunks must be finished before the next one.
    """
    ranges: list[WorldRange] = prepared.first_round()
    while ranges:
        chunks = chunks_of(ranges, len(progress.chunks))
        progress.chunks += chunks
        for each in ranges:
            progress.worlds[each.point] = each.last
        yield chunks
        rule = prepared.experiment.spec.until
        if rule is None or prepared.quick:
            return
        values = read_outcome(prepared, store, progress.finished, progress.worlds, outcome(rule.outcome))
        ranges = worlds_to_add(rule, values, prepared.points)


def worlds_to_add(rule: StoppingRule, values: OutcomeValues, points: Points) -> list[WorldRange]:
    """The worlds to add to each point whose interval is too wide; none when all are narrow enough, or have the most.

    A difference needs the same worlds of its baseline. A point at most doubles in one round, because its spread is
    itself an estimate.
    """
    now = [len(values.of(point)) for point in range(len(points))]
    target = list(now)
    for point in points.distinct.tolist():
        baseline = int(points.same_as[points.baseline[point]])
        half = _half_width(rule, values, point, baseline)
        if half is None or half <= rule.half_width:
            continue
        shared = now[point] if rule.per == "point" else min(now[point], now[baseline])
        required = min(math.ceil(shared * SLACK * (half / rule.half_width) ** 2), 2 * shared)
        worlds = min(max(required, shared + LEAST_ADDED), rule.most)
        target[point] = max(target[point], worlds)
        if rule.per == "difference":
            target[baseline] = max(target[baseline], worlds)
    more = (point for point in points.distinct.tolist() if target[point] > now[point])
    return [WorldRange(point, now[point], target[point]) for point in more]


def _half_width(rule: StoppingRule, values: OutcomeValues, point: int, baseline: int) -> float | None:
    """Half the width of a point's interval [unit of the outcome]; None when the rule does not apply to the point."""
    if rule.per == "point":
        mean = values.mean(point)
        return None if math.isnan(mean.value) else (mean.high - mean.low) / 2
    difference = values.difference(point, baseline) if point != baseline else None
    return None if difference is None else difference.half_width
