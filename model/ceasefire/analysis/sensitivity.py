"""Which factors an outcome depends on, from designs made for that question."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def morris(problem: dict[str, Any], quantiles: FloatArray, means: FloatArray, noise: float, seed: int) -> pd.DataFrame:
    """Elementary effects: a row per factor, the strongest first, in the outcome's unit per whole range. Morris (1991).

    effect: mean size of a step's effect; low, high: its 95 % interval; direction: its mean with its sign; uneven: the
    spread of effects, large where a factor acts through others; by_chance: the size that steps of a factor without
    any effect would show, `noise` being the standard error of a difference between two points.
    """
    from SALib.analyze import morris as analyse

    levels = len(np.unique(np.round(quantiles, 6)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = analyse.analyze(problem, quantiles, means, num_levels=max(levels, 2), seed=seed)
    step = levels / (2 * (levels - 1)) if levels > 1 else 1.0
    table = pd.DataFrame(
        {
            "factor": problem["names"],
            "effect": np.asarray(found["mu_star"], np.float64),
            "low": np.maximum(0, np.asarray(found["mu_star"]) - np.asarray(found["mu_star_conf"])),
            "high": np.asarray(found["mu_star"]) + np.asarray(found["mu_star_conf"]),
            "direction": np.asarray(found["mu"], np.float64),
            "uneven": np.asarray(found["sigma"], np.float64),
        }
    )
    table["by_chance"] = noise / step * np.sqrt(2 / np.pi)
    return table.sort_values("effect", ascending=False, kind="stable", ignore_index=True)


def sobol(problem: dict[str, Any], means: FloatArray, seed: int) -> pd.DataFrame:
    """Shares of the outcome's variance: a row per factor, the strongest first. Sobol (2001), Saltelli (2010).

    alone: the share that would go if this factor were known; in_all: the share that would stay if all others were;
    with 95 % limits. Nothing varies: not a number.
    """
    from SALib.analyze import sobol as analyse

    names = ("S1", "S1_conf", "ST", "ST_conf")
    if np.ptp(means) == 0:
        found: dict[str, Any] = dict.fromkeys(names, np.full(len(problem["names"]), np.nan))
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = analyse.analyze(problem, means, calc_second_order=False, seed=seed)
    alone, alone_half, in_all, in_all_half = (np.asarray(found[name], np.float64) for name in names)
    table = pd.DataFrame(
        {
            "factor": problem["names"],
            "alone": alone,
            "alone_low": alone - alone_half,
            "alone_high": alone + alone_half,
            "in_all": in_all,
            "in_all_low": in_all - in_all_half,
            "in_all_high": in_all + in_all_half,
        }
    )
    return table.sort_values("in_all", ascending=False, kind="stable", ignore_index=True)


def rank_correlations(codes: FloatArray, means: FloatArray, names: list[str]) -> pd.DataFrame:
    """How far an outcome rises with each factor, from -1 to 1: Spearman's correlation, with 95 % limits (Fisher's z)."""
    from scipy.stats import spearmanr

    rows = []
    for name, column in zip(names, codes.T, strict=True):
        known = ~np.isnan(column)
        constant = known.sum() < 4 or np.ptp(column[known]) == 0 or np.ptp(means[known]) == 0
        rho = float("nan") if constant else float(spearmanr(column[known], means[known]).statistic)
        half = 1.96 * np.sqrt((1 + rho**2 / 2) / max(int(known.sum()) - 3, 1))
        z = np.arctanh(np.clip(rho, -0.9999, 0.9999))
        rows.append({"factor": name, "correlation": rho, "low": np.tanh(z - half), "high": np.tanh(z + half)})
    table = pd.DataFrame(rows)
    order = table["correlation"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)
