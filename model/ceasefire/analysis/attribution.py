"""Which difference between two situations made the difference in the outcome: by turns, in every order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Subset = frozenset[str]


def shapley(values: Mapping[Subset, FloatArray], parts: Sequence[str]) -> pd.DataFrame:
    """What each part contributes to the way from none to all: a row per part, the largest first. Shapley (1953).

    `values` gives for every subset of parts the outcome of the same worlds in the same order. contribution: the mean
    over all orders of what the part adds when its turn comes, with its 95 % interval; the contributions sum to the
    whole difference. alone: what it adds when it comes first; last: when all others came before; least, most: the
    smallest and the largest mean that it adds after any set of others.
    """
    rows = [_row(part, values, parts) for part in parts]
    table = pd.DataFrame(rows)
    order = table["contribution"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _row(part: str, values: Mapping[Subset, FloatArray], parts: Sequence[str]) -> dict[str, object]:
    others = [name for name in parts if name != part]
    count, each, means = len(parts), np.zeros_like(next(iter(values.values()))), []
    for before in _subsets(others):
        gain = values[before | {part}] - values[before]
        each = each + gain * (factorial(len(before)) * factorial(count - len(before) - 1) / factorial(count))
        means.append(float(np.nanmean(gain)))
    known = each[~np.isnan(each)]
    half = 1.96 * float(known.std(ddof=1)) / np.sqrt(len(known)) if len(known) > 1 else float("nan")
    middle = float(known.mean())
    return {
        "part": part, "contribution": middle, "low": middle - half, "high": middle + half,
        "alone": means[0], "last": means[-1], "least": min(means), "most": max(means),
    }  # fmt: skip


def _subsets(names: Sequence[str]) -> list[Subset]:
    """All subsets, from none to all."""
    chosen = [frozenset(n for k, n in enumerate(names) if mask >> k & 1) for mask in range(1 << len(names))]
    return sorted(chosen, key=len)
