"""How the coded deals lived, by class and territory, four ways: the targets, and the small table shipped with them.

Only open-ended deals: one of fixed term is meant to end.
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
from scipy.optimize import minimize

from ceasefire.analysis.interval_censored import EDGES, surviving, turnbull
from ceasefire.array_types import FloatArray
from ceasefire.reference_class.coded_deals import WAYS, Deal, seen
from ceasefire.reference_class.features import CLASSES, Class, Enforcement, Features, Sides

DAYS = (7, 30, 90, 365)
FEWEST = 5
"""Deals that a published cell must hold."""

GROUPS = (*CLASSES, "local", "whole territory", "all")
SHIPPED = Path(__file__).parent / "survival.csv"
HEADER = ("way", "group", "figure", "deals", "value")


@dataclass(frozen=True)
class Targets:
    """value[way, group, figure]: survival at '7' to '365' days, and the Weibull 'shape'; absent below FEWEST deals."""

    value: dict[tuple[str, str, str], float]
    deals: dict[tuple[str, str], int]

    def holds(self, *groups: str) -> bool:
        """There are figures of all these groups in every way."""
        return all((way, group, "shape") in self.value for way in WAYS for group in groups)

    def band(self, group: str, figure: str) -> tuple[float, float]:
        """Lowest and highest of the four ways. KeyError when any is absent."""
        each = [self.value[way, group, figure] for way in WAYS]
        return min(each), max(each)


def in_group(features: Features, group: str) -> bool:
    """Does an open-ended deal belong to the group?"""
    if features.fixed_term:
        return False
    if group in ("local", "whole territory"):
        return features.local == (group == "local")
    return group in ("all", features.ceasefire_class)


def targets_of(deals: Sequence[Deal]) -> Targets:
    """The figures of a data file."""
    value: dict[tuple[str, str, str], float] = {}
    count: dict[tuple[str, str], int] = {}
    for way in WAYS:
        used, what = seen(deals, way)
        for group in GROUPS:
            its = np.array([in_group(deals[k].features, group) for k in used], bool)
            count[way, group] = int(its.sum())
            if count[way, group] < FEWEST:
                continue
            low, high = what.low[its], what.high[its]
            curve = turnbull(low, high)
            for day in DAYS:
                value[way, group, str(day)] = float(surviving(curve, day))
            value[way, group, "shape"] = weibull_shape(low, high)
    return Targets(value, count)


def weibull_shape(low: FloatArray, high: FloatArray, times: FloatArray | None = None) -> float:
    """Shape of the Weibull most likely under ends in [low, high) days, each seen `times` over; below 1: hazard falls.

    What lies beyond the horizon is censored there.
    """
    weight = np.ones(len(low)) if times is None else times
    before = np.minimum(low, EDGES[-1])
    after = np.where(np.isinf(high) | (low >= EDGES[-1]), np.inf, high)

    def loss(theta: FloatArray) -> float:
        shape, scale = np.exp(np.clip(theta, -10, 20))
        still = np.exp(-_hazard(before, shape, scale))
        left = np.where(np.isinf(after), 0.0, np.exp(-_hazard(np.where(np.isinf(after), 1.0, after), shape, scale)))
        return -float(weight @ np.log(np.maximum(still - left, 1e-300)))

    return float(np.exp(minimize(loss, np.array([-0.7, 4.0]), method="Nelder-Mead", options={"fatol": 1e-6}).x[0]))


def _hazard(days: FloatArray, shape: float, scale: float) -> FloatArray:
    """Cumulative hazard of a Weibull, cut where nothing survives."""
    powers = shape * (np.log(np.maximum(days, 1e-12)) - np.log(scale))
    return np.asarray(np.where(days > 0, np.exp(np.minimum(powers, 20.0)), 0.0))


def write_targets(targets: Targets, file: Path = SHIPPED) -> None:
    """Write the shipped table: only figures of FEWEST deals or more."""
    with file.open("w", encoding="utf-8", newline="\n") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(HEADER)
        for (way, group, figure), value in targets.value.items():
            writer.writerow((way, group, figure, targets.deals[way, group], f"{value:.3f}"))


def shipped_targets(file: Path = SHIPPED) -> Targets:
    """The shipped table."""
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
    """Kinds of open-ended deals with at least FEWEST, and how many; earlier ceasefires as in their geometric mean."""
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
    """Write the shipped table, the commonest kinds first."""
    with file.open("w", encoding="utf-8", newline="\n") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(MIX_HEADER)
        for f, deals in sorted(mix, key=lambda kind: (-kind[1], str(kind[0]))):
            writer.writerow(
                (f.ceasefire_class, int(f.sides == "unilateral"), int(f.local), int(f.written), int(f.mechanism),
                 f.enforcement, int(f.mediated), f.prior_ceasefires, deals)
            )  # fmt: skip


def shipped_mix(file: Path = SHIPPED_MIX) -> list[tuple[Features, int]]:
    """Kinds of open-ended deals, and how many of them there are."""
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
