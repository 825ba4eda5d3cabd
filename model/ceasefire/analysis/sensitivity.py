"""How outcomes go along with factors that were drawn at random; and what chance alone does to a screening."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ceasefire.array_types import FloatArray

LEAST_POINTS = 4


def rank_correlations(codes: FloatArray, means: FloatArray, names: list[str]) -> pd.DataFrame:
    """How far an outcome rises with each factor, from -1 to 1: Spearman's correlation, with 95 % limits (Fisher's z).

    `codes` has shape (points, factors). Points where either is not a number are left out; a factor that never
    varies has no correlation. The strongest comes first.
    """
    from scipy.stats import spearmanr

    rows = []
    for name, column in zip(names, codes.T, strict=True):
        known = np.isfinite(column) & np.isfinite(means)
        count = int(known.sum())
        varies = count >= LEAST_POINTS and np.ptp(column[known]) > 0 and np.ptp(means[known]) > 0
        rho = float(spearmanr(column[known], means[known]).statistic) if varies else float("nan")
        half = 1.96 * np.sqrt((1 + rho**2 / 2) / max(count - 3, 1))
        z = np.arctanh(np.clip(rho, -0.9999, 0.9999))
        rows.append({"factor": name, "correlation": rho, "low": np.tanh(z - half), "high": np.tanh(z + half)})
    table = pd.DataFrame(rows)
    order = table["correlation"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def effect_by_chance(standard_error: float, levels: int) -> float:
    """The mean size of Morris effects of a factor without any, when a step's difference has this standard error.

    Half-normal: sqrt(2 / pi) standard errors, over the length of a step, levels / (2 (levels - 1)).
    """
    return standard_error * float(np.sqrt(2 / np.pi)) * 2 * (levels - 1) / levels
