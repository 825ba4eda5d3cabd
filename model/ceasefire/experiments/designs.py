"""Designs: grid, one at a time, Latin hypercube, Sobol, Morris, table or swap, as points with their baselines."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray
from ceasefire.errors import Fault, ScenarioError
from ceasefire.experiments.factors import Factor
from ceasefire.experiments.load import LoadedExperiment
from ceasefire.experiments.schema import MOST_POINTS, SAMPLED
from ceasefire.scenario.yaml_with_lines import shown_file

MORRIS_LEVELS = 4
"""Number of quantiles that Morris trajectories use."""


@dataclass(frozen=True, eq=False)
class Points:
    """Points of a design: `codes` of the factors, shape (points, factors), and the `baseline` point of each point.

    The first `before` points of a draw are the unchanged scenario, added before the points of the design. `draw` is the
    draw of the uncertainties, -1 without draws. `levers_at` is the combination of levers, the same in every draw.
    `same_as` is the first point with the same combination, the point itself when it is the first: its worlds are those
    of all of them. With `draws`, each draw has worlds of its own, so that only points of one draw can be the same.
    """

    codes: FloatArray
    baseline: NDArray[np.int64]
    draw: NDArray[np.int64]
    levers_at: NDArray[np.int64]
    before: int
    same_as: NDArray[np.int64]

    @property
    def distinct(self) -> NDArray[np.int64]:
        """The points that are simulated: the first of each combination, in order."""
        return np.unique(self.same_as)

    def __len__(self) -> int:
        return len(self.codes)


def points_of(
    experiment: LoadedExperiment, samples: int | None = None, draws: int | None = None, *, roughly: bool = False
) -> Points:
    """The points of an experiment. `samples` and `draws` replace the numbers in its file.

    `roughly` spreads numbers evenly instead of drawing them: as many points, quickly. ScenarioError when there are
    too many points.
    """
    spec = experiment.spec
    samples, draws = samples or spec.design.samples, draws or spec.draws
    if not experiment.crossed:
        return _one_table(_table(experiment, experiment.factors, samples, roughly), experiment.factors)
    levers, uncertainties = experiment.of(lever=True), experiment.of(lever=False)
    if spec.design.kind in SAMPLED:
        assert samples is not None
        chosen = _one_table(_grid(experiment, levers), levers)
        sample = _coded(uncertainties, _sample(experiment, uncertainties, samples, roughly))
        _check_count(experiment, len(chosen) * len(sample))
        return _crossed(experiment, chosen, sample)
    assert draws is not None
    chosen = _one_table(_table(experiment, levers, samples, roughly), levers)
    _check_count(experiment, len(chosen) * draws)
    even = roughly and _only_numbers(uncertainties)
    quantiles = _evenly(draws, uncertainties) if even else latin_hypercube(len(uncertainties), draws, spec.seed)
    drawn = _coded(uncertainties, quantiles)
    return _crossed(experiment, chosen, drawn)


def pairs_of(
    points: Points, factors: Sequence[Factor], first: Mapping[str, Any], other: Mapping[str, Any]
) -> NDArray[np.int64]:
    """Pairs of points at two sides of a contrast that differ in nothing else, shape (pairs, 2).

    A factor that one side names and the other does not is there as it is; what neither names is alike in each pair,
    and takes all of its settings. ValueError when a factor has no such setting.
    """
    named = np.array([factor.name in {**first, **other} for factor in factors])
    codes = np.nan_to_num(points.codes, nan=np.finfo(np.float64).max)
    rest = np.column_stack([points.draw.astype(np.float64), codes[:, ~named]])
    places = []
    for side in (first, other):
        wanted = [f.code(side[f.name]) if f.name in side else f.off for f in factors if f.name in {**first, **other}]
        at = (codes[:, named] == np.nan_to_num(wanted, nan=np.finfo(np.float64).max)).all(axis=1)
        places.append({rest[point].tobytes(): point for point in np.flatnonzero(at).tolist()})
    here, there = places
    return np.array([(point, there[key]) for key, point in here.items() if key in there], np.int64).reshape(-1, 2)


def quantiles(experiment: LoadedExperiment, samples: int) -> FloatArray:
    """The quantiles of a sampled design, shape (points, factors): the same for the same seed."""
    return _sample(experiment, experiment.sampled, samples)


def first_alike(rows: FloatArray) -> NDArray[np.int64]:
    """For each row the first row that is equal to it, shape (rows,); not-a-number equals not-a-number."""
    plain = np.nan_to_num(rows, nan=np.finfo(np.float64).max) + 0.0
    if not plain.shape[1]:
        return np.zeros(len(plain), np.int64)
    _, first, which = np.unique(plain, axis=0, return_index=True, return_inverse=True)
    return np.asarray(first[which.reshape(-1)], np.int64)


def _one_table(codes: FloatArray, factors: Sequence[Factor]) -> Points:
    """The points of one table, with the unchanged scenario before them unless the table has it."""
    as_is = np.array([factor.off for factor in factors])
    same = np.flatnonzero((np.isnan(codes) | (codes == as_is)).all(axis=1))
    if not len(same):
        codes = np.vstack([as_is, codes])
    count, baseline = len(codes), int(same[0]) if len(same) else 0
    everywhere = np.arange(count, dtype=np.int64)
    before = 0 if len(same) else 1
    return Points(codes, np.full(count, baseline), np.full(count, -1), everywhere, before, first_alike(codes))


def _crossed(experiment: LoadedExperiment, chosen: Points, drawn: FloatArray) -> Points:
    """Every combination of levers at every draw of the uncertainties, one draw after another."""
    combinations, draws = len(chosen), len(drawn)
    codes = np.empty((combinations * draws, len(experiment.factors)))
    lever = np.array([factor.lever for factor in experiment.factors])
    codes[:, lever] = np.tile(chosen.codes, (draws, 1))
    codes[:, ~lever] = np.repeat(drawn, combinations, axis=0)
    draw = np.repeat(np.arange(draws, dtype=np.int64), combinations)
    baseline = np.tile(chosen.baseline, draws) + draw * combinations
    alike = codes if experiment.spec.draws is None else np.column_stack([draw.astype(np.float64), codes])
    return Points(codes, baseline, draw, np.tile(chosen.levers_at, draws), chosen.before, first_alike(alike))


def _table(
    experiment: LoadedExperiment, factors: Sequence[Factor], samples: int | None, roughly: bool = False
) -> FloatArray:
    """The codes of a design over some factors."""
    kind = experiment.spec.design.kind
    if kind == "table":
        return np.array(experiment.rows, np.float64).reshape(len(experiment.rows), len(factors))
    if kind in SAMPLED:
        assert samples is not None
        codes = _coded(factors, _sample(experiment, factors, samples, roughly))
    elif kind == "one_at_a_time":
        codes = np.array(list(_one_at_a_time(factors)))
    else:
        codes = _grid(experiment, factors)
    _check_count(experiment, len(codes))
    return codes


def _grid(experiment: LoadedExperiment, factors: Sequence[Factor]) -> FloatArray:
    """The codes of every combination of the levels of some factors."""
    _check_count(experiment, int(np.prod([float(len(factor.levels())) for factor in factors])))
    return np.array(list(itertools.product(*(factor.levels() for factor in factors))))


def _one_at_a_time(factors: Sequence[Factor]) -> list[list[float]]:
    as_is = [factor.off for factor in factors]
    rows = [as_is]
    for position, factor in enumerate(factors):
        rows += [[*as_is[:position], code, *as_is[position + 1 :]] for code in factor.away()]
    return rows


def _coded(factors: Sequence[Factor], sample: FloatArray) -> FloatArray:
    columns = [[factor.at(float(u)) for u in column] for factor, column in zip(factors, sample.T, strict=True)]
    return np.array(columns, np.float64).T.reshape(sample.shape)


def _only_numbers(factors: Sequence[Factor]) -> bool:
    return all(factor.kind in ("number", "doubt") and factor.spread.values is None for factor in factors)


def _evenly(count: int, factors: Sequence[Factor]) -> FloatArray:
    """Quantiles, shape (count, factors), the same for all factors."""
    return np.repeat(np.linspace(0.0, 1.0, count)[:, None], len(factors), axis=1)


def _sample(experiment: LoadedExperiment, factors: Sequence[Factor], samples: int, roughly: bool = False) -> FloatArray:
    kind, seed = experiment.spec.design.kind, experiment.spec.seed
    each = {"latin_hypercube": 1, "sobol": len(factors) + 2, "morris": len(factors) + 1}[kind]
    _check_count(experiment, samples * each)
    if roughly and kind != "morris" and _only_numbers(factors):
        return _evenly(samples * each, factors)
    if kind == "latin_hypercube":
        return latin_hypercube(len(factors), samples, seed)
    if kind == "sobol":
        from SALib.sample import sobol

        sample: FloatArray = sobol.sample(
            _problem(len(factors)), samples, calc_second_order=False, seed=_numpy_seed(seed)
        )
        return sample
    from SALib.sample import morris

    sample = morris.sample(_problem(len(factors)), samples, num_levels=MORRIS_LEVELS, seed=_numpy_seed(seed))
    return sample


def latin_hypercube(factors: int, samples: int, seed: int) -> FloatArray:
    """Quantiles, shape (samples, factors), each factor's spread evenly over [0, 1]."""
    from SALib.sample import latin

    sample: FloatArray = latin.sample(_problem(factors), samples, seed=_numpy_seed(seed))
    return sample


def _problem(factors: int) -> dict[str, Any]:
    """The problem definition of SALib: factors as quantiles between 0 and 1."""
    return {"num_vars": factors, "names": [str(k) for k in range(factors)], "bounds": [[0.0, 1.0]] * factors}


def _numpy_seed(seed: int) -> int:
    """A seed within the range of NumPy's generators."""
    return seed % 2**32


def _check_count(experiment: LoadedExperiment, count: int) -> None:
    if count > MOST_POINTS:
        message = f"{count:,} points are more than {MOST_POINTS:,}; vary less, or take fewer values or samples"
        raise ScenarioError([Fault(shown_file(experiment.file), None, "design", message)])
