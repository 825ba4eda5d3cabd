"""What an experiment says: tables made from its worlds, the same bytes from the same worlds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.analysis.attribution import shapley
from ceasefire.analysis.paired import fates, mean_difference
from ceasefire.analysis.sensitivity import morris, rank_correlations, sobol
from ceasefire.experiment.batch import Progress
from ceasefire.experiment.design import problem, quantiles
from ceasefire.experiment.gather import Gathered, gather
from ceasefire.experiment.outcomes import outcome
from ceasefire.experiment.store import Store, write_whole
from ceasefire.experiment.study import Study

TABLES = "tables"
MOST_STEPS = 300
"""Steps between points that are looked at to learn how noisy a step is."""


@dataclass
class Answer:
    """Tables by name, and how much pairing the worlds was worth, by outcome (nothing when it was not tried)."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    variance_reduction: dict[str, float] = field(default_factory=dict)


def answer(study: Study, store: Store, progress: Progress) -> Answer:
    """Everything that the finished worlds say. Indices need worlds of every point, and are left out before that."""
    found = Answer()
    parts: dict[str, list[pd.DataFrame]] = {}
    points = study.design.copy()
    for name in study.asked.spec.outcomes:
        seen = gather(study, store, progress.finished, progress.worlds, outcome(name))
        if "worlds" not in points:
            points["worlds"] = [len(seen.known(point)) for point in range(len(points))]
        means = [seen.mean(point) for point in range(len(points))]
        points[name] = [mean.value for mean in means]
        points[f"{name}_low"] = [mean.low for mean in means]
        points[f"{name}_high"] = [mean.high for mean in means]
        differences = _differences(study, seen)
        _note_pairing(found, study, name, differences)
        for table, frame in (("differences", differences), *_of_design(study, seen, differences)):
            frame.insert(0, "outcome", name)
            parts.setdefault(table, []).append(frame)
    found.tables = {"points": points, **{table: pd.concat(frames) for table, frames in parts.items()}}
    return found


def write_answer(found: Answer, store: Store) -> None:
    """The tables as CSV files, and the worth of pairing beside them."""
    folder = store.folder / TABLES
    folder.mkdir(exist_ok=True)
    for name, table in found.tables.items():
        write_whole(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n").encode())
    text = json.dumps(found.variance_reduction, indent=2) + "\n"
    write_whole(folder / "variance_reduction.json", text.encode())


def _differences(study: Study, seen: Gathered) -> pd.DataFrame:
    """A row per point that is not its own baseline: how much it differs, how surely, and what became of its worlds."""
    columns = ["point", "baseline", "draw", "label", "difference", "low", "high", "worlds", "variance_reduction"]
    rows = []
    for point, (baseline, draw, label) in enumerate(_who(study)):
        found = seen.difference(point, baseline) if point != baseline else None
        if found is None:
            continue
        row: dict[str, Any] = dict(zip(columns, (point, baseline, draw, label), strict=False))
        row |= {"difference": found.value, "low": found.low, "high": found.high, "worlds": found.worlds}
        rows.append({**row, "variance_reduction": found.variance_reduction, **_fates(seen, point, baseline)})
    return pd.DataFrame(rows, columns=columns if not rows else None)


def _who(study: Study) -> Iterator[tuple[int, int, str]]:
    for baseline, draw, label in zip(study.points.baseline, study.points.draw, study.design["label"], strict=True):
        yield int(baseline), int(draw), str(label)


def _fates(seen: Gathered, point: int, baseline: int) -> dict[str, float]:
    """Shares of worlds that held longer, shorter, were saved or lost; only of days held over shared worlds."""
    if seen.outcome.name != "days_held" or seen.independent:
        return {}
    here, there = seen.of(point), seen.of(baseline)
    both = min(len(here), len(there))
    return dict(fates(here[:both], there[:both], seen.horizon).__dict__)


def _note_pairing(found: Answer, study: Study, name: str, differences: pd.DataFrame) -> None:
    known = differences["variance_reduction"].dropna() if len(differences) else pd.Series(dtype=float)
    if len(known) and not study.independent:
        found.variance_reduction[name] = round(float(known.median()), 3)


def _of_design(study: Study, seen: Gathered, differences: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The tables that belong to a kind of design."""
    kind, whole = study.asked.spec.design.kind, not np.isnan(seen.means()).any()
    if study.asked.spec.draws is not None:
        yield "levers", _across_draws(study, differences)
    if kind == "swap" and whole:
        yield "attribution", _attribution(study, seen)
    elif kind in ("morris", "sobol") and whole and study.asked.spec.draws is None:
        yield "sensitivity", _indices(study, seen, kind)
    elif kind == "latin_hypercube" and study.asked.spec.draws is None:
        before = study.points.before
        names = [factor.name for factor in study.asked.factors]
        known = np.flatnonzero(~np.isnan(seen.means()[before:])) + before
        yield "sensitivity", rank_correlations(study.points.codes[known], seen.means()[known], names)


def _across_draws(study: Study, differences: pd.DataFrame) -> pd.DataFrame:
    """A row per combination of levers: its mean difference over the draws of the uncertainties, and its spread."""
    rows = []
    if len(differences):
        at = pd.Series(study.points.levers_at)[differences["point"]].to_numpy()
        for _, group in differences.groupby(at, sort=True):
            each = group["difference"].to_numpy(np.float64)
            if len(each) < 2:
                continue
            found = mean_difference(each)
            rows.append(
                {
                    "label": group["label"].iloc[0], "difference": found.value, "low": found.low, "high": found.high,
                    "draws": found.worlds, "draw_05": float(np.quantile(each, 0.05)),
                    "draw_95": float(np.quantile(each, 0.95)), "share_above": float((each > 0).mean()),
                    "share_below": float((each < 0).mean()),
                }
            )  # fmt: skip
    columns = ["label", "difference", "low", "high", "draws", "draw_05", "draw_95", "share_above", "share_below"]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("difference", ascending=False, kind="stable", ignore_index=True)


def _indices(study: Study, seen: Gathered, kind: str) -> pd.DataFrame:
    before, seed = study.points.before, study.recipe.seed % 2**32
    said, means = problem(study.asked.factors), seen.means()[before:]
    if kind == "sobol":
        return sobol(said, means, seed)
    samples = len(means) // (len(study.asked.factors) + 1)
    return morris(said, quantiles(study.asked, samples), means, _step_noise(seen, before), seed)


def _step_noise(seen: Gathered, before: int) -> float:
    """Standard error of the difference between neighbouring points of a trajectory [unit of the outcome]."""
    pairs = range(before + 1, len(seen.offsets) - 1)
    chosen = pairs[:: max(1, len(pairs) // MOST_STEPS)]
    found = [seen.difference(point, point - 1) for point in chosen]
    squares = [(d.half_width / 1.96) ** 2 for d in found if d is not None]
    return float(np.sqrt(np.mean(squares))) if squares else float("nan")


def _attribution(study: Study, seen: Gathered) -> pd.DataFrame:
    """What each part of the difference between two scenarios contributes; averaged over draws when there are any."""
    names = [factor.name for factor in study.asked.factors if factor.kind == "part"]
    columns = [position for position, factor in enumerate(study.asked.factors) if factor.kind == "part"]
    values: dict[frozenset[str], list[Any]] = {}
    for point, codes in enumerate(study.points.codes[:, columns]):
        subset = frozenset(name for name, code in zip(names, codes, strict=True) if code == 1)
        values.setdefault(subset, []).append(seen.of(point))
    shortest = min(len(each) for several in values.values() for each in several)
    joined = {subset: np.concatenate([each[:shortest] for each in several]) for subset, several in values.items()}
    return shapley(joined, names)
