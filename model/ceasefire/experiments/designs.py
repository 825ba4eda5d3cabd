"""From factors to points: which combinations of settings are run, and which point each is compared with."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
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
"""Quantiles that a Morris trajectory steps between."""


@dataclass(frozen=True, eq=False)
class Points:
    """Codes of the factors at each point, shape (points, factors); the point that each is compared with; its draw.

    The first `before` points of a draw are not the design's own but the scenario as it is, put before them. `draw`
    is -1 where uncertainties are not drawn apart. `levers_at` is the combination of levers, alike in every draw.
    """

    codes: FloatArray
    baseline: NDArray[np.int64]
    draw: NDArray[np.int64]
    levers_at: NDArray[np.int64]
    before: int

    def __len__(self) -> int:
        return len(self.codes)


def points_of(asked: LoadedExperiment, samples: int | None = None, draws: int | None = None) -> Points:
    """The points of an experiment, with as many samples and draws as said, or as its file says.

    Raises ScenarioError when there are too many.
    """
    spec = asked.spec
    samples, draws = samples or spec.design.samples, draws or spec.draws
    if spec.draws is None:
        return _alone(_table(asked, asked.factors, samples), asked.factors)
    levers, doubts = asked.of(lever=True), asked.of(lever=False)
    assert draws is not None
    chosen = _alone(_table(asked, levers, samples), levers)
    _few_enough(asked, len(chosen) * draws)
    drawn = _coded(doubts, latin_hypercube(len(doubts), draws, spec.seed))
    return _crossed(asked, chosen, drawn)


def quantiles(asked: LoadedExperiment, samples: int) -> FloatArray:
    """The quantiles of a sampled design, shape (points, factors): the same for the same seed."""
    return _sample(asked, asked.factors if asked.spec.draws is None else asked.of(lever=True), samples)


def _alone(codes: FloatArray, factors: Sequence[Factor]) -> Points:
    """The points of one table, after the scenario as it is, unless the table has it."""
    as_is = np.array([factor.off for factor in factors])
    same = np.flatnonzero((np.isnan(codes) | (codes == as_is)).all(axis=1))
    if not len(same):
        codes = np.vstack([as_is, codes])
    count, baseline = len(codes), int(same[0]) if len(same) else 0
    everywhere = np.arange(count, dtype=np.int64)
    return Points(codes, np.full(count, baseline), np.full(count, -1), everywhere, 0 if len(same) else 1)


def _crossed(asked: LoadedExperiment, chosen: Points, drawn: FloatArray) -> Points:
    """Every combination of levers at every draw of the uncertainties, draw after draw."""
    here, draws = len(chosen), len(drawn)
    codes = np.empty((here * draws, len(asked.factors)))
    lever = np.array([factor.lever for factor in asked.factors])
    codes[:, lever] = np.tile(chosen.codes, (draws, 1))
    codes[:, ~lever] = np.repeat(drawn, here, axis=0)
    draw = np.repeat(np.arange(draws, dtype=np.int64), here)
    baseline = np.tile(chosen.baseline, draws) + draw * here
    return Points(codes, baseline, draw, np.tile(chosen.levers_at, draws), chosen.before)


def _table(asked: LoadedExperiment, factors: Sequence[Factor], samples: int | None) -> FloatArray:
    """The codes of a design over some factors."""
    kind = asked.spec.design.kind
    if kind == "table":
        return np.array(asked.rows, np.float64).reshape(len(asked.rows), len(factors))
    if kind in SAMPLED:
        assert samples is not None
        codes = _coded(factors, _sample(asked, factors, samples))
    elif kind == "one_at_a_time":
        codes = np.array(list(_one_at_a_time(factors)))
    else:
        count = int(np.prod([float(len(factor.levels())) for factor in factors]))
        _few_enough(asked, count)
        codes = np.array(list(itertools.product(*(factor.levels() for factor in factors))))
    _few_enough(asked, len(codes))
    return codes


def _one_at_a_time(factors: Sequence[Factor]) -> list[list[float]]:
    as_is = [factor.off for factor in factors]
    rows = [as_is]
    for position, factor in enumerate(factors):
        rows += [[*as_is[:position], code, *as_is[position + 1 :]] for code in factor.away()]
    return rows


def _coded(factors: Sequence[Factor], sample: FloatArray) -> FloatArray:
    columns = [[factor.at(float(u)) for u in column] for factor, column in zip(factors, sample.T, strict=True)]
    return np.array(columns, np.float64).T.reshape(sample.shape)


def _sample(asked: LoadedExperiment, factors: Sequence[Factor], samples: int) -> FloatArray:
    kind, seed = asked.spec.design.kind, asked.spec.seed
    if kind == "latin_hypercube":
        return latin_hypercube(len(factors), samples, seed)
    if kind == "sobol":
        _few_enough(asked, samples * (len(factors) + 2))
        from SALib.sample import sobol

        found: FloatArray = sobol.sample(_problem(len(factors)), samples, calc_second_order=False, seed=_short(seed))
        return found
    _few_enough(asked, samples * (len(factors) + 1))
    from SALib.sample import morris

    found = morris.sample(_problem(len(factors)), samples, num_levels=MORRIS_LEVELS, seed=_short(seed))
    return found


def latin_hypercube(factors: int, samples: int, seed: int) -> FloatArray:
    """Quantiles, shape (samples, factors), each factor's spread evenly over [0, 1]."""
    from SALib.sample import latin

    found: FloatArray = latin.sample(_problem(factors), samples, seed=_short(seed))
    return found


def _problem(factors: int) -> dict[str, Any]:
    """Factors as SALib speaks of them: quantiles between 0 and 1."""
    return {"num_vars": factors, "names": [str(k) for k in range(factors)], "bounds": [[0.0, 1.0]] * factors}


def _short(seed: int) -> int:
    """A seed that NumPy's generators take."""
    return seed % 2**32


def _few_enough(asked: LoadedExperiment, count: int) -> None:
    if count > MOST_POINTS:
        message = f"{count:,} points are more than {MOST_POINTS:,}; vary less, or take fewer values or samples"
        raise ScenarioError([Fault(shown_file(asked.file), None, "design", message)])
