"""The inside view of a coded deal: simulated deals that last as long as the outside view says, and their mechanisms.

The outside view says how long; the simulation of deals of the same kind says how such deals end, and what a mechanism
of the terms would change. So that both say the same days, each level of intractability gets a weight (`level_weights`).
How much of a mechanism shows in durations: `evaluation/validation/inside_view_factors.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ceasefire.analysis.interval_censored import HORIZON, masses
from ceasefire.array_types import FloatArray
from ceasefire.reference_class.features import Cell, Features, cell_of
from ceasefire.reference_class.generate import Z_LEVELS

Overlay = Literal["unilateral", "local", "mechanism", "enforcement", "mediated", "experience"]
OVERLAYS: tuple[Overlay, ...] = ("unilateral", "local", "mechanism", "enforcement", "mediated", "experience")
"""Coded features that act through mechanisms and that the outside view does not use."""

SPREAD_OVER_BINS = 1e-4
"""Least probability of a bin, so that a level at which nobody ended in it is possible still."""

WORLDS, SEED = 60, 1
"""Worlds of each level of intractability of which it is told how they end."""

ROUNDS = 400
"""Rounds of expectation maximisation; the weights change by less than 0.001 after some 200."""


def neutral(cell: Cell) -> Cell:
    """The cell with the features of the outside view only: kind of deal, and whether it is written."""
    return Cell(cell.ceasefire_class, False, False, cell.written, False, "none", False, 0)


def overlays_of(features: Features) -> tuple[Overlay, ...]:
    """The overlays that a deal has."""
    cell = cell_of(features)
    present = {
        "unilateral": cell.unilateral, "local": cell.local, "mechanism": cell.mechanism,
        "enforcement": cell.enforcement != "none", "mediated": cell.mediated, "experience": cell.prior > 0,
    }  # fmt: skip
    return tuple(overlay for overlay in OVERLAYS if present[overlay])


def with_overlay(cell: Cell, overlay: Overlay, of: Cell) -> Cell:
    """A neutral cell with one mechanism as deal `of` has it."""
    field = "prior" if overlay == "experience" else overlay
    return replace(cell, **{field: getattr(of, field)})


def level_weights(mass: FloatArray, target: FloatArray) -> FloatArray:
    """Weights of the levels of intractability with which simulated deals last as `target` says.

    `mass` (levels, bins) are simulated probabilities of an end by bin, `target` (..., bins) those to be met; weights
    (..., levels), each row summing to 1. They maximise the likelihood of the target: the nearest mixture in
    Kullback-Leibler divergence, by expectation maximisation.
    """
    weights = np.full((*target.shape[:-1], len(mass)), 1.0 / len(mass))
    for _ in range(ROUNDS):
        weights = weights * ((target / np.maximum(weights @ mass, 1e-300)) @ mass.T)
        weights /= weights.sum(axis=-1, keepdims=True)
    return weights


@dataclass(frozen=True)
class End:
    """A way to end, and its share of the simulated deals that ended."""

    cause: str
    actor: str
    share: float


@dataclass(frozen=True)
class Ends:
    """How deals of a kind end that last as the outside view says. `holds` is the share that holds five years;
    `apart` the largest difference between the simulated chance to hold and the outside view's, over all days."""

    ends: tuple[End, ...]
    holds: float
    apart: float


def how_such_deals_end(cell: Cell, target: FloatArray) -> Ends:
    """Simulate deals of a cell at every level, weighted so that they last as `target` (bins) says."""
    from ceasefire.reference_class.reference_table import simulated_rows
    from ceasefire.world_state import CAUSES

    rows, actors = zip(*(simulated_rows(cell, z, WORLDS, SEED) for z in Z_LEVELS), strict=True)
    mass = np.array([masses(np.where(each["ended"] == 1, each["days_held"], HORIZON)) for each in rows])
    weights = level_weights(np.maximum(mass, SPREAD_OVER_BINS), target)
    shares: dict[tuple[str, str], float] = {}
    for weight, each, names in zip(weights, rows, actors, strict=True):
        for cause, actor in zip(each["cause"], each["cause_actor"], strict=True):
            key = (CAUSES[cause], names[actor] if actor >= 0 else "")
            shares[key] = shares.get(key, 0.0) + weight / WORLDS
    ended = sum(share for (cause, _), share in shares.items() if cause)
    ends = [End(cause, actor, share / ended) for (cause, actor), share in shares.items() if cause]
    apart = np.abs(np.cumsum(weights @ mass) - np.cumsum(target))[:-1].max()
    return Ends(tuple(sorted(ends, key=lambda end: -end.share)), 1.0 - ended, float(apart))
