"""Observed durations of coded deals by class and territory, in four readings of undated ends; the shipped tables.

Only open-ended deals count: a deal of fixed term is meant to end.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np

from ceasefire.analysis.interval_censored import EDGES, surviving, turnbull
from ceasefire.array_types import FloatArray
from ceasefire.reference_class.coded_deals import WAYS, Deal, censored_durations
from ceasefire.reference_class.features import CLASSES, Class, Enforcement, Features, Sides

DAYS = (7, 30, 90, 365)
FEWEST = 5
"""Smallest number of deals in a published cell."""

GROUPS = (*CLASSES, "local", "whole territory", "all")
SHIPPED = Path(__file__).parent / "survival.csv"
HEADER = ("way", "group", "figure", "deals", "value")


@dataclass(frozen=True)
class Targets:
    """value[way, group, figure]: survival at '7' to '365' days and the Weibull 'shape'; absent below FEWEST deals."""

    value: dict[tuple[str, str, str], float]
    deals: dict[tuple[str, str], int]

    def has_figures(self, *groups: str) -> bool:
        """Every way has figures of all these groups."""
        return all((way, group, "shape") in self.value for way in WAYS for group in groups)

    def band(self, group: str, figure: str) -> tuple[float, float]:
        """Lowest and highest value of the four ways. KeyError when one is absent."""
        each = [self.value[way, group, figure] for way in WAYS]
        return min(each), max(each)


def in_group(features: Features, group: str) -> bool:
    """Whether a deal is open-ended and belongs to the group."""
    if features.fixed_term:
        return False
    if group in ("local", "whole territory"):
        return features.local == (group == "local")
    return group in ("all", features.ceasefire_class)


def targets_of(deals: Sequence[Deal]) -> Targets:
    """The figures of a list of deals."""
    value: dict[tuple[str, str, str], float] = {}
    count: dict[tuple[str, str], int] = {}
    for way in WAYS:
        used, durations = censored_durations(deals, way)
        for group in GROUPS:
            members = np.array([in_group(deals[k].features, group) for k in used], bool)
            count[way, group] = int(members.sum())
            if count[way, group] < FEWEST:
                continue
            low, high = durations.low[members], durations.high[members]
            curve = turnbull(low, high)
            for day in DAYS:
                value[way, group, str(day)] = float(surviving(curve, day))
            value[way, group, "shape"] = weibull_shape(low, high)
    return Targets(value, count)


def weibull_shape(low: FloatArray, high: FloatArray, times: FloatArray | None = None) -> float:
    """Maximum-likelihood Weibull shape for ends in [low, high) days, each counted `times`; below 1 the hazard falls.

    Durations beyond the horizon are censored there.
    """
    from scipy.optimize import minimize

    weight = np.ones(len(low)) if times is None else times
    before = np.minimum(low, EDGES[-1])
    after = np.where(np.isinf(high) | (low >= EDGES[-1]), np.inf, high)

    def loss(theta: FloatArray) -> float:
        shape, scale = np.exp(np.clip(theta, -10, 20))
        at_low = np.exp(-_cumulative_hazard(before, shape, scale))
        finite = np.where(np.isinf(after), 1.0, after)
        at_high = np.where(np.isinf(after), 0.0, np.exp(-_cumulative_hazard(finite, shape, scale)))
        return -float(weight @ np.log(np.maximum(at_low - at_high, 1e-300)))

    return float(np.exp(minimize(loss, np.array([-0.7, 4.0]), method="Nelder-Mead", options={"fatol": 1e-6}).x[0]))


def _cumulative_hazard(days: FloatArray, shape: float, scale: float) -> FloatArray:
    """Cumulative hazard of a Weibull, limited where nothing survives."""
    powers = shape * (np.log(np.maximum(days, 1e-12)) - np.log(scale))
    return np.asarray(np.where(days > 0, np.exp(np.minimum(powers, 20.0)), 0.0))


def write_targets(targets: Targets, file: Path = SHIPPED) -> None:
    """Write the shipped table of figures; each rests on FEWEST deals or more."""
    with file.open("w", encoding="utf-8", newline="\n") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(HEADER)
        for (way, group, figure), value in targets.value.items():
            writer.writerow((way, group, figure, targets.deals[way, group], f"{value:.3f}"))


def shipped_targets(file: Path = SHIPPED) -> Targets:
    """The shipped table of figures."""
    value: dict[tuple[str, str, str], float] = {}
    count: dict[tuple[str, str], int] = {}
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            value[row["way"], row["group"], row["figure"]] = float(row["value"])
            count[row["way"], row["group"]] = int(row["deals"])
    return Targets(value, count)


SHIPPED_MIX = Path(__file__).parent / "mix.csv"
MIX_HEADER = (
    "ceasefire_class", "unilateral", "local", "written", "mechanism", "enforcement", "mediated", "prior_ceasefires",
    "deals",
)  # fmt: skip


def mix_of(deals: Sequence[Deal]) -> list[tuple[Features, int]]:
    """Kinds of open-ended deals with FEWEST deals or more, and their number; earlier ceasefires by geometric mean."""
    kinds: dict[Features, list[int]] = defaultdict(list)
    for deal in deals:
        f = deal.features
        if not f.fixed_term:
            sides: Sides = "unilateral" if f.sides == "unilateral" else "bilateral"
            kinds[replace(f, sides=sides, prior_ceasefires=0)].append(f.prior_ceasefires)
    return [
        (replace(kind, prior_ceasefires=round(math.expm1(sum(map(math.log1p, prior)) / len(prior)))), len(prior))
        for kind, prior in kinds.items()
        if len(prior) >= FEWEST
    ]


def write_mix(mix: Sequence[tuple[Features, int]], file: Path = SHIPPED_MIX) -> None:
    """Write the shipped table of kinds, the commonest first."""
    with file.open("w", encoding="utf-8", newline="\n") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(MIX_HEADER)
        for f, deals in sorted(mix, key=lambda kind: (-kind[1], str(kind[0]))):
            writer.writerow(
                (f.ceasefire_class, int(f.sides == "unilateral"), int(f.local), int(f.written), int(f.mechanism),
                 f.enforcement, int(f.mediated), f.prior_ceasefires, deals)
            )  # fmt: skip


def shipped_mix(file: Path = SHIPPED_MIX) -> list[tuple[Features, int]]:
    """The shipped table: kinds of open-ended deals, and the number of each."""
    with file.open(encoding="utf-8", newline="") as opened:
        return [
            (
                Features(
                    ceasefire_class=cast(Class, row["ceasefire_class"]),
                    sides="unilateral" if row["unilateral"] == "1" else "bilateral",
                    local=row["local"] == "1",
                    written=row["written"] == "1",
                    mechanism=row["mechanism"] == "1",
                    enforcement=cast(Enforcement, row["enforcement"]),
                    mediated=row["mediated"] == "1",
                    prior_ceasefires=int(row["prior_ceasefires"]),
                ),
                int(row["deals"]),
            )
            for row in csv.DictReader(opened)
        ]
