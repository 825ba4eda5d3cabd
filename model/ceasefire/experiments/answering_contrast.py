"""The contrast that answers the question of an experiment, from the worlds of the points that it compares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.analysis.estimates import Interval, mean_interval
from ceasefire.analysis.interval_rules import replicated_mean_interval
from ceasefire.array_types import FloatArray
from ceasefire.experiments.designs import pairs_of
from ceasefire.experiments.grid_effects import worlds_needed
from ceasefire.experiments.measured_outcomes import OutcomeValues
from ceasefire.experiments.prepare import PreparedExperiment

COLUMNS = ("kind", "contrast", "difference", "low", "high", "sample", "each", "needed", "settings")


def answering_contrast(prepared: PreparedExperiment, outcome_values: OutcomeValues) -> pd.DataFrame:
    """A row for each pair of sides, and for four sides one for how much more the second pair changes than the first.

    kind: pair, or beyond. difference: mean change of the outcome from the first side to the second, on the same
    worlds, with its 95 % interval over worlds, or over draws. sample: so many of them, and `each` says of which.
    needed: as many of these as would tell a difference of this size from chance; not a number where it is told.
    settings: combinations of other factors that it is the mean of. Empty when a point is missing or too few worlds are
    known.
    """
    answer = prepared.experiment.spec.answer
    changes = [_changes(prepared, outcome_values, *pair) for pair in answer.pairs] if answer is not None else []
    values = [one for one, _ in changes]
    if not values or any(min(one.shape) < 1 for one in values):
        return pd.DataFrame(columns=COLUMNS)
    shared = min(one.shape[1] for one in values)
    values = [one[:, :shared] for one in values]
    labels = [pair_words(prepared, *pair) for pair in (answer.pairs if answer is not None else [])]
    rows = [("pair", label, one, settings) for label, one, (_, settings) in zip(labels, values, changes, strict=True)]
    if len(values) == 2:
        rows.append(("beyond", "", values[1] - values[0], 0))
    found = [_row(prepared, *row) for row in rows]
    return pd.DataFrame([] if None in found else found, columns=COLUMNS)


def _changes(
    prepared: PreparedExperiment, outcome_values: OutcomeValues, first: Mapping[str, Any], other: Mapping[str, Any]
) -> tuple[FloatArray, int]:
    """What the second side changes in each world, (draws, worlds), one draw without draws; and of how many settings.

    Not-a-number where a world is not known at every point. (0, 0) when the design has no such points.
    """
    points = prepared.points
    try:
        pairs = pairs_of(points, prepared.experiment.factors, first, other)
    except ValueError:  # a quick run left the setting out
        return np.zeros((0, 0)), 0
    if not len(pairs):
        return np.zeros((0, 0)), 0
    shared = min(len(outcome_values.of(point)) for point in np.unique(pairs).tolist())
    gains = np.array([outcome_values.of(b)[:shared] - outcome_values.of(a)[:shared] for a, b in pairs.tolist()])
    draws = points.draw[pairs[:, 0]]
    by_draw = [gains[draws == draw].mean(axis=0) for draw in np.unique(draws)]
    return np.array(by_draw), len(pairs) // len(by_draw)


def _row(
    prepared: PreparedExperiment, kind: str, label: str, values: FloatArray, settings: int
) -> tuple[Any, ...] | None:
    """A row of the table; None when too little is known for an interval."""
    known = np.isfinite(values)
    crossed = prepared.experiment.crossed
    if crossed:
        each = np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        sample = each[known.any(axis=1)]
    else:
        sample = values[0][known[0]]
    if len(sample) < 2:
        return None
    whole = len(sample) == len(values)
    found = _over_draws(prepared, sample) if crossed and whole else mean_interval(sample)
    needed = worlds_needed(found, len(sample))
    of = "draw" if crossed else "world"
    return kind, label, found.value, found.low, found.high, len(sample), of, needed, settings


def _over_draws(prepared: PreparedExperiment, means: FloatArray) -> Interval:
    """The mean over draws; over replicates of a design whose points are not independent."""
    replicates = prepared.replicates
    return mean_interval(means) if replicates is None else replicated_mean_interval(means, replicates)


def pair_words(prepared: PreparedExperiment, first: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """What two sides compare: `agreement.monitoring, from 0 to 1, with spoiler-in`."""
    varied, alike = list[str](), list[str]()
    for factor in prepared.experiment.factors:
        if factor.name not in {**first, **other}:
            continue
        one, two = (factor.code(side[factor.name]) if factor.name in side else factor.off for side in (first, other))
        words = [factor.words(code) for code in (one, two)]
        switch = factor.kind in ("change", "part")
        if words[0] == words[1]:
            alike.append(words[0] if switch else f"at {words[0]}")
        elif switch:
            varied.append(words[1])
        else:
            values = [text.removeprefix(factor.name).removeprefix(" = ").strip() for text in words]
            varied.append(f"{factor.name}, from {values[0]} to {values[1]}")
    return ", ".join([" and ".join(varied), *alike])
