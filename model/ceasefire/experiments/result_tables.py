"""Result tables of an experiment: differences, uncertainty, regret, sensitivity and attribution, from its worlds."""

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
from ceasefire.ensemble.output_folder import FolderError, refuse_links
from ceasefire.experiments.designs import MORRIS_LEVELS, quantiles
from ceasefire.experiments.measured_outcomes import OutcomeValues, read_outcome
from ceasefire.experiments.outcome_definitions import outcome
from ceasefire.experiments.prepare import PreparedExperiment
from ceasefire.experiments.result_store import Store, write_whole
from ceasefire.experiments.resume import Progress
from ceasefire.spreadsheet_csv import csv_text

TABLES = "tables"
MOST_STEPS = 300
"""Steps between points from which the noise of a step is estimated."""


@dataclass
class ResultTables:
    """Tables by name; by outcome, the factor by which shared worlds reduce variance (empty for independent worlds)."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    variance_reduction: dict[str, float] = field(default_factory=dict)


def tabulate(prepared: PreparedExperiment, store: Store, progress: Progress) -> ResultTables:
    """All tables that the finished worlds allow. Sensitivity indices need worlds of every point."""
    results = ResultTables()
    parts: dict[str, list[pd.DataFrame]] = {}
    points = prepared.design.copy()
    for name in prepared.experiment.spec.outcomes:
        outcome_values = read_outcome(prepared, store, progress.finished, progress.worlds, outcome(name))
        if "worlds" not in points:
            points["worlds"] = [len(outcome_values.known(point)) for point in range(len(points))]
        means = [outcome_values.mean(point) for point in range(len(points))]
        points[name] = [mean.value for mean in means]
        points[f"{name}_low"] = [mean.low for mean in means]
        points[f"{name}_high"] = [mean.high for mean in means]
        differences = _differences(prepared, outcome_values)
        _note_pairing(results, prepared, name, differences)
        for table, frame in (
            ("differences", _once(prepared, differences)),
            *_of_design(prepared, outcome_values, differences),
        ):
            frame.insert(0, "outcome", name)
            parts.setdefault(table, []).append(frame)
    alike = prepared.points.same_as
    points.insert(list(points.columns).index("label") + 1, "times", np.bincount(alike, minlength=len(points)))
    shown = {table: pd.concat(frames) for table, frames in parts.items()}
    results.tables = {"points": points.iloc[prepared.points.distinct], **shown}
    return results


CASE_TABLES = ("cases", "case_curves", "case_scores")
"""Tables of past deals, which are simulated apart from the points."""


def read_case_tables(store: Store) -> dict[str, pd.DataFrame]:
    """The tables of past deals as an earlier run wrote them. FolderError when one is missing or cannot be read."""
    tables = {}
    for name in CASE_TABLES:
        file = store.folder / TABLES / f"{name}.csv"
        try:
            tables[name] = pd.read_csv(file)
        except (OSError, ValueError) as problem:
            if name == "case_scores" and not file.exists():  # fewer than two deals are scored
                continue
            raise FolderError(f"{file} cannot be read: {problem}") from problem
    return tables


def write_tables(results: ResultTables, store: Store) -> None:
    """Write the tables as CSV files, and the variance reduction beside them."""
    refuse_links(store.folder)
    folder = store.folder / TABLES
    folder.mkdir(exist_ok=True)
    for name, table in results.tables.items():
        write_whole(folder / f"{name}.csv", csv_text(table).encode())
    text = json.dumps(results.variance_reduction, indent=2) + "\n"
    write_whole(folder / "variance_reduction.json", text.encode())


def _differences(prepared: PreparedExperiment, outcome_values: OutcomeValues) -> pd.DataFrame:
    """A row per point that is not its own baseline: its difference, the 95 % interval, and the fates of its worlds."""
    columns = ["point", "baseline", "draw", "label", "difference", "low", "high", "worlds", "variance_reduction"]
    rows = []
    same_as = prepared.points.same_as
    for point, (baseline, draw, label) in enumerate(_baselines(prepared)):
        baseline = int(same_as[baseline])
        difference = outcome_values.difference(point, baseline) if same_as[point] != baseline else None
        if difference is None:
            continue
        row: dict[str, Any] = dict(zip(columns, (point, baseline, draw, label), strict=False))
        row |= {"difference": difference.value, "low": difference.low, "high": difference.high}
        row |= {"worlds": difference.worlds, "variance_reduction": difference.variance_reduction}
        rows.append({**row, **_fates(outcome_values, point, baseline)})
    return pd.DataFrame(rows, columns=columns if not rows else None)


def _once(prepared: PreparedExperiment, differences: pd.DataFrame) -> pd.DataFrame:
    """The differences of each combination, once."""
    return differences[differences["point"].isin(prepared.points.distinct)].copy()


def _baselines(prepared: PreparedExperiment) -> Iterator[tuple[int, int, str]]:
    for baseline, draw, label in zip(
        prepared.points.baseline, prepared.points.draw, prepared.design["label"], strict=True
    ):
        yield int(baseline), int(draw), str(label)


def _fates(outcome_values: OutcomeValues, point: int, baseline: int) -> dict[str, float]:
    """Shares of worlds that held longer, shorter, were saved or lost; only for days held over shared worlds."""
    if outcome_values.outcome.name != "days_held" or outcome_values.independent:
        return {}
    here, there = outcome_values.of(point), outcome_values.of(baseline)
    shared = min(len(here), len(there))
    return dict(fates(here[:shared], there[:shared], outcome_values.horizon).__dict__)


def _note_pairing(results: ResultTables, prepared: PreparedExperiment, name: str, differences: pd.DataFrame) -> None:
    known = differences["variance_reduction"].dropna() if len(differences) else pd.Series(dtype=float)
    if len(known) and not prepared.independent:
        results.variance_reduction[name] = round(float(known.median()), 3)


def _of_design(
    prepared: PreparedExperiment, outcome_values: OutcomeValues, differences: pd.DataFrame
) -> Iterator[tuple[str, pd.DataFrame]]:
    """The tables of this kind of design, as far as there are enough finished worlds."""
    kind, means, samples = prepared.experiment.spec.design.kind, outcome_values.means(), _samples(prepared)
    if prepared.experiment.crossed:
        yield "levers", _across_draws(prepared, outcome_values, differences)
    with suppress(ValueError):
        if kind == "swap" and not np.isnan(means).any():
            yield "attribution", _attribution(prepared, outcome_values)
        elif kind == "sobol":
            yield "sensitivity", _sobol(prepared, means[samples])
        elif kind == "morris":
            yield "sensitivity", _morris(prepared, outcome_values, means[samples], samples)
        elif kind == "latin_hypercube":
            names = [factor.name for factor in prepared.experiment.sampled]
            columns = [factor in prepared.experiment.sampled for factor in prepared.experiment.factors]
            codes = prepared.points.codes[samples][:, columns]
            yield "sensitivity", rank_correlations(codes, means[samples], names)


def _samples(prepared: PreparedExperiment) -> NDArray[np.int64]:
    """The points of the samples, in their order; where they are crossed with levers, those with unchanged levers."""
    points = prepared.points
    everywhere = np.arange(len(points), dtype=np.int64)
    return everywhere[points.baseline == everywhere] if prepared.experiment.crossed else everywhere[points.before :]


def _across_draws(
    prepared: PreparedExperiment, outcome_values: OutcomeValues, differences: pd.DataFrame
) -> pd.DataFrame:
    """A row per combination of levers: its mean difference over the draws of the uncertainties, its spread, its regret.

    draw_05 and draw_95: the middle 90 % of draws, after subtracting the noise of few worlds at each. share_above and
    share_below: share of draws in which its difference is above, or below, 0. regret: mean over draws of what the
    best combination of that draw gains over it; best_in: draws in which no other does better.
    """
    rows = []
    if len(differences):
        at = prepared.points.levers_at[differences["point"].to_numpy(np.int64)]
        for combination, group in differences.groupby(at, sort=True):
            values = group["difference"].to_numpy(np.float64)
            if len(values) > 1:
                half = (group["high"] - group["low"]).to_numpy(np.float64) / 2
                noise = (half / student(group["worlds"].to_numpy(np.float64))) ** 2
                rows.append(_over_draws(int(combination), str(group["label"].iloc[0]), values, noise))
    columns = ["combination", "label", "difference", "low", "high", "draws", "draw_05", "draw_95", "share_above"]
    table = pd.DataFrame(rows, columns=[*columns, "share_below"])
    table = table.merge(_regrets(prepared, outcome_values), on="combination", how="left")
    return table.sort_values("difference", ascending=False, kind="stable", ignore_index=True)


def _over_draws(
    combination: int, label: str, values: NDArray[np.float64], noise: NDArray[np.float64]
) -> dict[str, Any]:
    mean, shrunk = mean_difference(values), shrink_by_noise(values, noise)
    return {
        "combination": combination, "label": label, "difference": mean.value, "low": mean.low, "high": mean.high,
        "draws": mean.worlds, "draw_05": float(np.quantile(shrunk, 0.05)), "draw_95": float(np.quantile(shrunk, 0.95)),
        "share_above": float((values > 0).mean()), "share_below": float((values < 0).mean()),
    }  # fmt: skip


def _regrets(prepared: PreparedExperiment, outcome_values: OutcomeValues) -> pd.DataFrame:
    """The regret of each combination of levers, no lever included; a larger outcome counts as better."""
    least = min(len(outcome_values.of(point)) for point in prepared.points.distinct)
    outcomes: dict[str, list[NDArray[np.float64]]] = {}
    for point, combination in enumerate(prepared.points.levers_at):
        outcomes.setdefault(str(combination), []).append(outcome_values.of(point)[:least])
    try:
        regrets = regret({name: np.array(values) for name, values in outcomes.items()})
    except ValueError:
        return pd.DataFrame({"combination": pd.Series(dtype=np.int64)})
    rows = [
        {"combination": int(one.lever), "regret": one.mean.value, "worst_regret": one.worst, "best_in": one.best_in}
        for one in regrets.levers
    ]
    return pd.DataFrame(rows)


def _sobol(prepared: PreparedExperiment, means: NDArray[np.float64]) -> pd.DataFrame:
    """A row per factor: its first-order and total Sobol indices, with 95 % limits."""
    indices = sobol([factor.name for factor in prepared.experiment.sampled], means)
    rows = [
        {
            "factor": one.name, "in_all": one.total.value, "in_all_low": one.total.low, "in_all_high": one.total.high,
            "alone": one.first.value, "alone_low": one.first.low, "alone_high": one.first.high,
            "blocks": indices.blocks, "left_out": indices.left_out,
        }
        for one in indices.factors
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _morris(
    prepared: PreparedExperiment, outcome_values: OutcomeValues, means: NDArray[np.float64], at: NDArray[np.int64]
) -> pd.DataFrame:
    """A row per factor: the mean absolute elementary effect over its range, and its size by chance alone."""
    names = [factor.name for factor in prepared.experiment.sampled]
    samples = len(means) // (len(names) + 1)
    effects = morris(names, quantiles(prepared.experiment, samples), means, MORRIS_LEVELS)
    by_chance = effect_by_chance(_step_noise(outcome_values, at), MORRIS_LEVELS)
    rows = [
        {
            "factor": one.name, "effect": one.size.value, "low": one.size.low, "high": one.size.high,
            "direction": one.mean, "uneven": one.spread, "by_chance": by_chance,
            "trajectories": effects.trajectories, "left_out": effects.left_out,
        }
        for one in effects.effects
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _step_noise(outcome_values: OutcomeValues, at: NDArray[np.int64]) -> float:
    """Standard error of the difference between neighbouring points of a trajectory [unit of the outcome]."""
    pairs = range(1, len(at))
    chosen = pairs[:: max(1, len(pairs) // MOST_STEPS)]
    differences = [outcome_values.difference(int(at[k]), int(at[k - 1])) for k in chosen]
    squares = [(d.half_width / Z_95) ** 2 for d in differences if d is not None]
    return float(np.sqrt(np.mean(squares))) if squares else float("nan")


def _attribution(prepared: PreparedExperiment, outcome_values: OutcomeValues) -> pd.DataFrame:
    """The Shapley value of each part of the difference between two scenarios, averaged over draws if there are any."""
    names = [factor.name for factor in prepared.experiment.factors if factor.kind == "part"]
    columns = [position for position, factor in enumerate(prepared.experiment.factors) if factor.kind == "part"]
    values: dict[frozenset[str], list[Any]] = {}
    for point, codes in enumerate(prepared.points.codes[:, columns]):
        subset = frozenset(name for name, code in zip(names, codes, strict=True) if code == 1)
        values.setdefault(subset, []).append(outcome_values.of(point))
    shortest = min(len(worlds) for draws in values.values() for worlds in draws)
    joined = {subset: np.concatenate([worlds[:shortest] for worlds in draws]) for subset, draws in values.items()}
    return shapley(joined, names)
