"""What an experiment says: tables made from its worlds, the same bytes from the same worlds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ceasefire.analysis.estimates import Z_95, shrink_by_noise, student
from ceasefire.analysis.paired_differences import fates, mean_difference
from ceasefire.analysis.regret import regret
from ceasefire.analysis.sensitivity import effect_by_chance, morris, rank_correlations, sobol
from ceasefire.analysis.shapley import shapley
from ceasefire.experiments.designs import MORRIS_LEVELS, quantiles
from ceasefire.experiments.measured_outcomes import OutcomeValues, read_outcome
from ceasefire.experiments.outcome_definitions import outcome
from ceasefire.experiments.prepare import PreparedExperiment
from ceasefire.experiments.result_store import Store, write_whole
from ceasefire.experiments.runner import Progress

TABLES = "tables"
MOST_STEPS = 300
"""Steps between points that are looked at to learn how noisy a step is."""


@dataclass
class ResultTables:
    """Tables by name, and how much pairing the worlds was worth, by outcome (nothing when it was not tried)."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    variance_reduction: dict[str, float] = field(default_factory=dict)


def tabulate(study: PreparedExperiment, store: Store, progress: Progress) -> ResultTables:
    """Everything that the finished worlds say. Indices need worlds of every point, and are left out before that."""
    found = ResultTables()
    parts: dict[str, list[pd.DataFrame]] = {}
    points = study.design.copy()
    for name in study.asked.spec.outcomes:
        seen = read_outcome(study, store, progress.finished, progress.worlds, outcome(name))
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


def write_answer(found: ResultTables, store: Store) -> None:
    """The tables as CSV files, and the worth of pairing beside them."""
    folder = store.folder / TABLES
    folder.mkdir(exist_ok=True)
    for name, table in found.tables.items():
        write_whole(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n").encode())
    text = json.dumps(found.variance_reduction, indent=2) + "\n"
    write_whole(folder / "variance_reduction.json", text.encode())


def _differences(study: PreparedExperiment, seen: OutcomeValues) -> pd.DataFrame:
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


def _who(study: PreparedExperiment) -> Iterator[tuple[int, int, str]]:
    for baseline, draw, label in zip(study.points.baseline, study.points.draw, study.design["label"], strict=True):
        yield int(baseline), int(draw), str(label)


def _fates(seen: OutcomeValues, point: int, baseline: int) -> dict[str, float]:
    """Shares of worlds that held longer, shorter, were saved or lost; only of days held over shared worlds."""
    if seen.outcome.name != "days_held" or seen.independent:
        return {}
    here, there = seen.of(point), seen.of(baseline)
    both = min(len(here), len(there))
    return dict(fates(here[:both], there[:both], seen.horizon).__dict__)


def _note_pairing(found: ResultTables, study: PreparedExperiment, name: str, differences: pd.DataFrame) -> None:
    known = differences["variance_reduction"].dropna() if len(differences) else pd.Series(dtype=float)
    if len(known) and not study.independent:
        found.variance_reduction[name] = round(float(known.median()), 3)


def _of_design(
    study: PreparedExperiment, seen: OutcomeValues, differences: pd.DataFrame
) -> Iterator[tuple[str, pd.DataFrame]]:
    """The tables that belong to a kind of design; none that the finished worlds are too few for."""
    kind, means, before = study.asked.spec.design.kind, seen.means(), study.points.before
    if study.asked.spec.draws is not None:
        yield "levers", _across_draws(study, seen, differences)
    with suppress(ValueError):
        if kind == "swap" and not np.isnan(means).any():
            yield "attribution", _attribution(study, seen)
        elif kind == "sobol" and study.asked.spec.draws is None:
            yield "sensitivity", _sobol(study, means[before:])
        elif kind == "morris" and study.asked.spec.draws is None:
            yield "sensitivity", _morris(study, seen, means[before:])
        elif kind == "latin_hypercube" and study.asked.spec.draws is None:
            names = [factor.name for factor in study.asked.factors]
            yield "sensitivity", rank_correlations(study.points.codes[before:], means[before:], names)


def _across_draws(study: PreparedExperiment, seen: OutcomeValues, differences: pd.DataFrame) -> pd.DataFrame:
    """A row per combination of levers: its mean difference over the draws of the uncertainties, its spread, its regret.

    draw_05 and draw_95: the middle 90 % of draws, the noise of few worlds at each taken off. share_above and
    share_below: draws in which its difference is seen above, or below, nought. regret: what the best
    combination at each draw would have gained over it, on the mean; best_in: draws in which none did better.
    """
    rows = []
    if len(differences):
        at = study.points.levers_at[differences["point"].to_numpy(np.int64)]
        for combination, group in differences.groupby(at, sort=True):
            each = group["difference"].to_numpy(np.float64)
            if len(each) > 1:
                half = (group["high"] - group["low"]).to_numpy(np.float64) / 2
                noise = (half / student(group["worlds"].to_numpy(np.float64))) ** 2
                rows.append(_over_draws(int(combination), str(group["label"].iloc[0]), each, noise))
    columns = ["combination", "label", "difference", "low", "high", "draws", "draw_05", "draw_95", "share_above"]
    table = pd.DataFrame(rows, columns=[*columns, "share_below"])
    table = table.merge(_regrets(study, seen), on="combination", how="left")
    return table.sort_values("difference", ascending=False, kind="stable", ignore_index=True)


def _over_draws(combination: int, label: str, each: NDArray[np.float64], noise: NDArray[np.float64]) -> dict[str, Any]:
    found, doubt = mean_difference(each), shrink_by_noise(each, noise)
    return {
        "combination": combination, "label": label, "difference": found.value, "low": found.low, "high": found.high,
        "draws": found.worlds, "draw_05": float(np.quantile(doubt, 0.05)), "draw_95": float(np.quantile(doubt, 0.95)),
        "share_above": float((each > 0).mean()), "share_below": float((each < 0).mean()),
    }  # fmt: skip


def _regrets(study: PreparedExperiment, seen: OutcomeValues) -> pd.DataFrame:
    """The regret of each combination of levers, doing nothing among them; more of the outcome counts as better."""
    least = int(np.diff(seen.offsets).min())
    outcomes: dict[str, list[NDArray[np.float64]]] = {}
    for point, combination in enumerate(study.points.levers_at):
        outcomes.setdefault(str(combination), []).append(seen.of(point)[:least])
    try:
        found = regret({name: np.array(values) for name, values in outcomes.items()})
    except ValueError:
        return pd.DataFrame({"combination": pd.Series(dtype=np.int64)})
    rows = [
        {"combination": int(one.lever), "regret": one.mean.value, "worst_regret": one.worst, "best_in": one.best_in}
        for one in found.levers
    ]
    return pd.DataFrame(rows)


def _sobol(study: PreparedExperiment, means: NDArray[np.float64]) -> pd.DataFrame:
    """A row per factor: the share of the variance that is its own, and that it has any part in; 95 % limits."""
    found = sobol([factor.name for factor in study.asked.factors], means)
    rows = [
        {
            "factor": one.name, "in_all": one.total.value, "in_all_low": one.total.low, "in_all_high": one.total.high,
            "alone": one.first.value, "alone_low": one.first.low, "alone_high": one.first.high,
            "blocks": found.blocks, "left_out": found.left_out,
        }
        for one in found.factors
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _morris(study: PreparedExperiment, seen: OutcomeValues, means: NDArray[np.float64]) -> pd.DataFrame:
    """A row per factor: the mean size of its effects over its whole range, and what chance alone would show."""
    names = [factor.name for factor in study.asked.factors]
    samples = len(means) // (len(names) + 1)
    found = morris(names, quantiles(study.asked, samples), means, MORRIS_LEVELS)
    by_chance = effect_by_chance(_step_noise(seen, study.points.before), MORRIS_LEVELS)
    rows = [
        {
            "factor": one.name, "effect": one.size.value, "low": one.size.low, "high": one.size.high,
            "direction": one.mean, "uneven": one.spread, "by_chance": by_chance,
            "trajectories": found.trajectories, "left_out": found.left_out,
        }
        for one in found.effects
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _step_noise(seen: OutcomeValues, before: int) -> float:
    """Standard error of the difference between neighbouring points of a trajectory [unit of the outcome]."""
    pairs = range(before + 1, len(seen.offsets) - 1)
    chosen = pairs[:: max(1, len(pairs) // MOST_STEPS)]
    found = [seen.difference(point, point - 1) for point in chosen]
    squares = [(d.half_width / Z_95) ** 2 for d in found if d is not None]
    return float(np.sqrt(np.mean(squares))) if squares else float("nan")


def _attribution(study: PreparedExperiment, seen: OutcomeValues) -> pd.DataFrame:
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
