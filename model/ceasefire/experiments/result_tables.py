"""Result tables of an experiment: differences, uncertainty, regret, sensitivity and attribution, from its worlds."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ceasefire.analysis.estimates import Z_95
from ceasefire.analysis.interval_rules import replicated_mean_interval
from ceasefire.analysis.mixing_distribution import EffectOverDraws, effect_over_draws
from ceasefire.analysis.paired_differences import fates
from ceasefire.analysis.regret import regret
from ceasefire.analysis.scenario_discovery import can_discover, corner_of_failure
from ceasefire.analysis.screening import morris_effects, places_in_range, rank_screening
from ceasefire.analysis.selection import best_of
from ceasefire.analysis.sensitivity import sobol
from ceasefire.analysis.shapley import parts_over_draws
from ceasefire.array_types import FloatArray
from ceasefire.ensemble.output_folder import FolderError, refuse_links
from ceasefire.experiments.answering_contrast import answering_contrast
from ceasefire.experiments.grid_effects import grid_effects
from ceasefire.experiments.inert_factors import inert_numbers, ranked
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
    """Tables by name; by outcome, the factor by which shared worlds reduce variance (empty for independent worlds).

    `effects`: by outcome and combination of levers, what it does over draws. `inert`: factors that change no world.
    `complete`: whether no world is missing.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    variance_reduction: dict[str, float] = field(default_factory=dict)
    effects: dict[str, dict[int, EffectOverDraws]] = field(default_factory=dict)
    inert: tuple[str, ...] = ()
    complete: bool = True


def tabulate(prepared: PreparedExperiment, store: Store, progress: Progress) -> ResultTables:
    """All tables that the finished worlds allow. Sensitivity indices need worlds of every point."""
    inert = inert_numbers(prepared) if ranked(prepared) else ()
    results = ResultTables(inert=inert, complete=progress.complete)
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
            *_of_design(prepared, outcome_values, results),
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
    columns = [
        "point",
        "baseline",
        "draw",
        "label",
        "difference",
        "low",
        "high",
        "worlds",
        "variance_reduction",
        "moved",
    ]
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
        row["moved"] = _moved(outcome_values, point, baseline)
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


def _moved(outcome_values: OutcomeValues, point: int, baseline: int) -> int:
    """The number of worlds whose outcome differs from the baseline's."""
    here, there = outcome_values.of(point), outcome_values.of(baseline)
    shared = min(len(here), len(there))
    return int(np.nan_to_num(here[:shared] - there[:shared]).astype(bool).sum())


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
    prepared: PreparedExperiment, outcome_values: OutcomeValues, results: ResultTables
) -> Iterator[tuple[str, pd.DataFrame]]:
    """The tables of this kind of design, as far as there are enough finished worlds."""
    kind, means, samples = prepared.experiment.spec.design.kind, outcome_values.means(), _samples(prepared)
    answer = prepared.experiment.spec.answer
    if answer is not None and answer.contrast and answer.outcome == outcome_values.outcome.name:
        yield "answer", answering_contrast(prepared, outcome_values)
    if prepared.experiment.crossed:
        effects = effects_over_draws(prepared, outcome_values)
        results.effects[outcome_values.outcome.name] = effects
        yield "levers", _across_draws(prepared, outcome_values, effects)
    if prepared.experiment.crossed or kind == "one_at_a_time":
        with suppress(ValueError):
            yield "best", _best(prepared, outcome_values)
    if kind == "grid" and not prepared.experiment.crossed and not np.isnan(means).any():
        yield "effects", grid_effects(prepared, outcome_values)
    with suppress(ValueError):
        if kind == "swap" and not np.isnan(means).any():
            yield "attribution", _attribution(prepared, outcome_values)
        elif kind == "sobol":
            yield "sensitivity", _sobol(prepared, means[samples])
        elif kind == "morris":
            yield "sensitivity", _morris(prepared, outcome_values, means[samples], samples)
        elif kind == "latin_hypercube":
            yield "sensitivity", _ranks(prepared, means[samples], samples, results.inert)
            if outcome_values.outcome.name.startswith("holds_") and can_discover():
                yield "corner", _corner(prepared, outcome_values, samples, results.inert)


def _samples(prepared: PreparedExperiment) -> NDArray[np.int64]:
    """The points of the samples, in their order; where they are crossed with levers, those with unchanged levers."""
    points = prepared.points
    everywhere = np.arange(len(points), dtype=np.int64)
    return everywhere[points.baseline == everywhere] if prepared.experiment.crossed else everywhere[points.before :]


def effects_over_draws(prepared: PreparedExperiment, outcome_values: OutcomeValues) -> dict[int, EffectOverDraws]:
    """What each combination of levers does over draws of the uncertainties, on the same worlds; by combination.

    Left out are combinations that are their own baseline, and all of them with fewer than two draws or worlds a draw.
    """
    points, every = prepared.points, _by_combination(prepared, outcome_values)
    limit = {"share": 1.0, "days": float(outcome_values.horizon)}.get(outcome_values.outcome.unit, np.inf)
    found = {}
    for combination, changed in every.items():
        point = int(np.flatnonzero(points.levers_at == combination)[0])
        if points.same_as[point] == points.same_as[points.baseline[point]]:
            continue
        baseline = every[int(points.levers_at[points.baseline[point]])]
        with suppress(ValueError):
            effect = effect_over_draws(changed, baseline, limit=limit)
            found[combination] = _by_replicate(prepared, effect, changed - baseline)
    return found


def _by_combination(prepared: PreparedExperiment, outcome_values: OutcomeValues) -> dict[int, FloatArray]:
    """The worlds of each combination of levers, (draws, worlds); not-a-number where a draw has fewer."""
    points = prepared.points
    most = max(len(outcome_values.of(point)) for point in points.distinct)
    rows: dict[int, list[FloatArray]] = {}
    for point, combination in enumerate(points.levers_at.tolist()):
        worlds = outcome_values.of(point)
        rows.setdefault(combination, []).append(np.pad(worlds, (0, most - len(worlds)), constant_values=np.nan))
    return {combination: np.array(each) for combination, each in rows.items()}


def _by_replicate(prepared: PreparedExperiment, effect: EffectOverDraws, gains: FloatArray) -> EffectOverDraws:
    """The effect with the interval of its mean over trajectories or blocks, whose own points are not independent."""
    known, replicates = np.isfinite(gains), prepared.replicates
    if replicates is None or effect.unmoved or not known.any(axis=1).all():
        return effect
    means = np.where(known, gains, 0.0).sum(axis=1) / known.sum(axis=1)
    return replace(effect, mean=replicated_mean_interval(means, replicates))


def _across_draws(
    prepared: PreparedExperiment, outcome_values: OutcomeValues, effects: Mapping[int, EffectOverDraws]
) -> pd.DataFrame:
    """A row per combination of levers: its mean difference over the draws of the uncertainties, its spread, its regret.

    draw_05 and draw_95: the middle 90 % of draws, without the noise of few worlds at each, or as far as it may reach
    where told_apart is false. share_above and share_below: share of draws in which its difference is above, or below,
    0, with limits. regret: mean over draws of what the best combination of that draw gains over it; best_in: draws in
    which no other does better.
    """
    rows = []
    for combination, effect in effects.items():
        label = prepared.design["label"].iloc[int(np.flatnonzero(prepared.points.levers_at == combination)[0])]
        rows.append({"combination": combination, "label": str(label), **_effect_columns(effect)})
    table = pd.DataFrame(rows, columns=None if rows else ["combination", "label", "difference"])
    table = table.merge(_regrets(prepared, outcome_values), on="combination", how="left")
    return table.sort_values("difference", ascending=False, kind="stable", ignore_index=True)


def _effect_columns(effect: EffectOverDraws) -> dict[str, Any]:
    mean, band, above, below = effect.mean, effect.band, effect.helps, effect.hurts
    return {
        "difference": mean.value, "low": mean.low, "high": mean.high, "draws": effect.draws,
        "draw_05": band.low, "draw_95": band.high, "told_apart": effect.told_apart or effect.unmoved,
        "share_above": above.value, "share_above_low": above.low, "share_above_high": above.high,
        "share_below": below.value, "share_below_low": below.low, "share_below_high": below.high,
    }  # fmt: skip


def _best(prepared: PreparedExperiment, outcome_values: OutcomeValues) -> pd.DataFrame:
    """The best and the worst combination, each with an interval that allows for its having been chosen among all.

    Over draws, or over the worlds where there are none.
    """
    points, every = prepared.points, _by_combination(prepared, outcome_values)
    first = {int(c): int(np.flatnonzero(points.levers_at == c)[0]) for c in every}
    labels, rows = [], []
    for combination, changed in every.items():
        baseline = int(points.baseline[first[combination]])
        if first[combination] in points.distinct and points.same_as[first[combination]] != points.same_as[baseline]:
            labels.append(str(prepared.design["label"].iloc[first[combination]]))
            gains = changed - every[int(points.levers_at[baseline])]
            rows.append(np.nanmean(gains, axis=1) if prepared.experiment.crossed else gains[0])
    values = np.array(rows)
    values = values[:, np.isfinite(values).all(axis=0)] if len(rows) else np.zeros((0, 0))
    chosen = [best_of(values, labels, most=most) for most in (True, False)]
    return pd.DataFrame(
        {"which": which, "label": one.name, "difference": one.chosen.value, "low": one.chosen.low,
         "high": one.chosen.high, "low_alone": one.alone.low, "high_alone": one.alone.high, "among": len(rows),
         "ties": json.dumps(one.ties)}
        for which, one in zip(("best", "worst"), chosen, strict=True)
    )  # fmt: skip


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
    factors = prepared.experiment.sampled
    columns = [factor in factors for factor in prepared.experiment.factors]
    low, high = np.array([factor.ends for factor in factors]).T
    places = places_in_range(prepared.points.codes[at][:, columns], low, high)
    unordered = {factor.name for factor in factors if factor.kind == "choice" and len(factor.values) > 2}
    effects = morris_effects(
        [factor.name for factor in factors], places, means, _step_noise(outcome_values, at), unordered,
        worlds=_shared_worlds(outcome_values, at),
    )  # fmt: skip
    whole = int(np.isfinite(means.reshape(-1, len(factors) + 1)).all(axis=1).sum())
    rows = [
        {
            "factor": one.name, "effect": one.size.value, "low": one.size.low, "high": one.size.high,
            "direction": one.mean, "uneven": one.spread, "by_chance": one.by_chance, "steps": one.steps,
            "inert": one.inert, "trajectories": whole, "left_out": len(means) // (len(factors) + 1) - whole,
        }
        for one in effects
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _shared_worlds(outcome_values: OutcomeValues, at: NDArray[np.int64]) -> FloatArray | None:
    """The worlds that are known at all of some points, (points, worlds); None when they share fewer than two."""
    if outcome_values.independent:
        return None
    shared = min(len(outcome_values.of(point)) for point in at.tolist())
    worlds = np.array([outcome_values.of(point)[:shared] for point in at.tolist()])
    known = np.isfinite(worlds).all(axis=0)
    return worlds[:, known] if known.sum() > 1 else None


def _ranks(
    prepared: PreparedExperiment, means: NDArray[np.float64], at: NDArray[np.int64], inert: Collection[str]
) -> pd.DataFrame:
    """A row per number that can act: its rank correlation, its q-value, and whether it stands out."""
    factors = prepared.experiment.sampled
    columns = [factor in factors for factor in prepared.experiment.factors]
    found = rank_screening(prepared.points.codes[at][:, columns], means, [factor.name for factor in factors], inert)
    return found.table.assign(line=found.line, rate=found.rate, inert=len(found.left_out), points=len(means))


def _corner(
    prepared: PreparedExperiment, outcome_values: OutcomeValues, at: NDArray[np.int64], inert: Collection[str]
) -> pd.DataFrame:
    """A row per number that bounds the corner where the deal fails most; one row without a name where there is none."""
    factors = {
        factor.name: prepared.records.numbers[at, place]
        for place, factor in enumerate(prepared.experiment.factors)
        if factor.kind in ("number", "doubt") and not factor.lever and factor.name not in inert
    }
    if not factors:
        raise ValueError("no assumed number was sampled")
    shortest = min(len(outcome_values.of(int(point))) for point in at)
    failed = 1 - np.array([outcome_values.of(int(point))[:shortest] for point in at])
    found = corner_of_failure(list(factors), np.column_stack(list(factors.values())), failed, prepared.records.seed)
    figures: dict[str, Any] = {"draws": found.draws, "inside": found.inside}
    for name in ("density", "everywhere", "more", "coverage"):
        one = getattr(found, name)
        figures |= {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}
    rows = [
        {"factor": c.name, "above": c.low, "at_most": c.high, "least": factors[c.name].min(),
         "most": factors[c.name].max()}
        for c in found.conditions
    ]  # fmt: skip
    table = pd.DataFrame([{**row, **figures} for row in rows or [dict.fromkeys(ROWS_OF_CORNER)]])
    return table.replace([-np.inf, np.inf], np.nan)


ROWS_OF_CORNER = ("factor", "above", "at_most", "least", "most")
"""Columns that say where the corner is; the others are the same in each row."""


def _step_noise(outcome_values: OutcomeValues, at: NDArray[np.int64]) -> float:
    """Standard error of the difference between neighbouring points of a trajectory [unit of the outcome]."""
    pairs = range(1, len(at))
    chosen = pairs[:: max(1, len(pairs) // MOST_STEPS)]
    differences = [outcome_values.difference(int(at[k]), int(at[k - 1])) for k in chosen]
    squares = [(d.half_width / Z_95) ** 2 for d in differences if d is not None]
    return float(np.sqrt(np.mean(squares))) if squares else float("nan")


def _attribution(prepared: PreparedExperiment, outcome_values: OutcomeValues) -> pd.DataFrame:
    """The Shapley value of each part of the difference between two scenarios, and the whole difference.

    With draws, parts and whole are judged alike: a figure for each draw, and Student's interval over draws.
    """
    names = [factor.name for factor in prepared.experiment.factors if factor.kind == "part"]
    columns = [position for position, factor in enumerate(prepared.experiment.factors) if factor.kind == "part"]
    values: dict[frozenset[str], list[Any]] = {}
    for point, codes in enumerate(prepared.points.codes[:, columns]):
        subset = frozenset(name for name, code in zip(names, codes, strict=True) if code == 1)
        values.setdefault(subset, []).append(outcome_values.of(point))
    shortest = min(len(worlds) for draws in values.values() for worlds in draws)
    found = parts_over_draws(
        {subset: np.array([worlds[:shortest] for worlds in draws]) for subset, draws in values.items()}
    )
    whole = {"whole": found.total.value, "whole_low": found.total.low, "whole_high": found.total.high}
    return pd.DataFrame(
        {
            "part": part.name, "contribution": part.mean.value, "low": part.mean.low, "high": part.mean.high,
            "alone": part.first.value, "last": part.last.value, "least": part.least, "most": part.most, **whole,
        }
        for part in found.parts
    )  # fmt: skip
