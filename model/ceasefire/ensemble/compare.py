"""The same worlds under several scenarios, or under every lever of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.analysis.estimates import Interval, shrink_by_noise
from ceasefire.analysis.first_divergence import FirstToDiffer, first_divergence, first_to_differ
from ceasefire.analysis.paired_differences import Difference, Fates, fates, paired_difference
from ceasefire.array_types import FloatArray
from ceasefire.ensemble.command_folder import Request
from ceasefire.ensemble.output_folder import FolderError, Results, is_results_folder, open_results
from ceasefire.ensemble.parameter_draws import DRAWS, WORLDS_PER_DRAW, doubt_batch
from ceasefire.ensemble.run import ProgressCallback, assumed_count, batch_rows, simulated
from ceasefire.ensemble.run_plan import Plan
from ceasefire.ensemble.worlds_table import worlds_frame
from ceasefire.scenario.variants import BaseScenario, open_base
from ceasefire.simulation.engine import one_scenario
from ceasefire.simulation.initial_state import InitialState, initial_state

LOOKED_AT = 40
"""Worlds in which two lives are laid side by side to see who decided otherwise."""


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a comparison: the run, and its table of worlds, in order."""

    plan: Plan
    worlds: pd.DataFrame

    @property
    def label(self) -> str:
        """The scenario and its changes in short."""
        return self.plan.loaded.label

    @cached_property
    def opening(self) -> InitialState:
        """The scenario made ready."""
        return initial_state(self.plan.scenario)

    def days(self) -> np.ndarray:
        """Days held, a world after the other; not a number where it failed."""
        return np.where(self.worlds["failed"], np.nan, self.worlds["days_held"].to_numpy(np.float64))

    def holds(self) -> np.ndarray:
        """1 where the world holds to the end, else 0."""
        return np.where(self.worlds["failed"], np.nan, (~self.worlds["ended"].to_numpy(bool)).astype(np.float64))


@dataclass(frozen=True, eq=False)
class Compared:
    """What another side does to the worlds of the first; `doubt` when asked for, else not known."""

    first: Side
    other: Side
    days: Difference
    holds: Difference
    fates: Fates
    doubt: Interval | None = None

    def partings(self, most: int = LOOKED_AT) -> tuple[list[FirstToDiffer], int]:
        """Who first decided otherwise, in up to `most` worlds that held unlike, spread over all; how many were seen."""
        unlike = np.flatnonzero(np.abs(self.first.days() - self.other.days()) > 0)
        chosen = unlike[np.linspace(0, len(unlike) - 1, min(most, len(unlike))).astype(np.int64)]
        here, there = ((side.plan.scenario, side.opening) for side in (self.first, self.other))
        found = [
            first_divergence(here, there, self.first.plan.seed, int(self.first.worlds["world"][k])) for k in chosen
        ]
        return first_to_differ([one for one in found if one is not None]), len(chosen)


def compared(first: Side, other: Side) -> Compared:
    """Two sides over the worlds that both have. FolderError when they share none, or were not followed alike."""
    if first.plan.seed != other.plan.seed:
        raise FolderError(
            f"{first.label} has seed {first.plan.seed} and {other.label} {other.plan.seed}: not the same worlds"
        )
    if first.plan.horizon != other.plan.horizon:
        raise FolderError(
            f"{first.label} was followed for {first.plan.horizon:,} days and {other.label} for {other.plan.horizon:,}"
        )
    both = min(len(first.worlds), len(other.worlds))
    one, two = (Side(side.plan, side.worlds.head(both)) for side in (first, other))
    return Compared(
        one, two, paired_difference(two.days(), one.days()), paired_difference(two.holds(), one.holds()),
        fates(two.days(), one.days(), one.plan.horizon),
    )  # fmt: skip


def with_doubt(pairs: Sequence[Compared], workers: int | None, tell: ProgressCallback) -> list[Compared]:
    """The same, with what becomes of each difference when every assumed number is drawn, on both sides alike.

    The interval is the middle 90 % of draws, the noise of few worlds at each taken off; none where neither side
    assumes anything. What all are compared with is lived once.
    """
    doubted = in_doubt([pairs[0].first.plan, *(pair.other.plan for pair in pairs)])
    if not any(doubted):
        return list(pairs)
    here = doubted_days(pairs[0].first, workers, tell)
    return [
        replace(pair, doubt=_doubt(here, doubted_days(pair.other, workers, tell))) if is_in_doubt else pair
        for pair, is_in_doubt in zip(pairs, doubted[1:], strict=True)
    ]


def in_doubt(plans: Sequence[Plan]) -> list[bool]:
    """For each of them whether numbers are drawn when it is compared with the first; for the first, with any."""
    first, *others = (assumed_count(plan.scenario, initial_state(plan.scenario)) > 0 for plan in plans)
    found = [first or other for other in others]
    return [any(found), *found]


def doubted_days(side: Side, workers: int | None, tell: ProgressCallback) -> FloatArray:
    """Days held at each draw of what is assumed, shape (draws, worlds); on the same worlds where nothing is."""
    plain = one_scenario(side.opening, DRAWS * WORLDS_PER_DRAW, side.plan.seed)
    drawn = doubt_batch(side.plan.scenario, side.opening, side.plan.seed)
    rows = batch_rows(drawn or plain, workers, tell)
    days = np.where(rows["failed"] == 1, np.nan, rows["days_held"])
    return days.reshape(DRAWS, WORLDS_PER_DRAW)


def _doubt(here: FloatArray, there: FloatArray) -> Interval | None:
    difference = there - here
    difference = difference[np.isfinite(difference).all(axis=1)]
    if len(difference) < 2:
        return None
    each, noise = difference.mean(axis=1), difference.var(axis=1, ddof=1) / WORLDS_PER_DRAW
    low, high = np.quantile(shrink_by_noise(each, noise), [0.05, 0.95])
    return Interval(float(each.mean()), float(low), float(high))


def asked(references: Sequence[str], worlds: int | None, seed: int | None, days: int | None) -> list[Plan | Results]:
    """Each reference, a scenario or a results folder; scenarios are to be lived with the worlds of the folders, if any.

    ScenarioError or FolderError when one cannot be read.
    """
    folders = {ref: open_results(Path(ref)) for ref in references if is_results_folder(Path(ref))}
    model = next((results.plan for results in folders.values()), None)
    wanted = worlds or (model.worlds if model else 1000)
    chosen_seed = seed if seed is not None else (model.seed if model else 1)
    horizon = days or (model.horizon if model else None)
    return [
        folders[ref] if ref in folders else Plan(open_base(ref).loaded, wanted, chosen_seed, days=horizon)
        for ref in references
    ]


def levers_asked(base: BaseScenario, worlds: int, seed: int, days: int | None) -> list[Plan]:
    """A scenario as it is, and under each lever that fits it, one at a time."""
    names = [(), *((name,) for name in base.applying(("lever",)))]
    return [Plan(base.under(each), worlds, seed, days=days) for each in names]


def request(command: str, those: Sequence[Plan | Results]) -> Request:
    """What 'compare' or 'levers' was asked, of sides that are to be lived or lie in a folder."""
    labels = [_plan(one).loaded.label for one in those]
    name = f"levers-{labels[0]}" if command == "levers" else "-vs-".join(labels)
    doubt = {"draws": DRAWS, "worlds_per_draw": WORLDS_PER_DRAW}
    plain = not any(_plan(one).loaded.settings for one in those)
    return Request(name, {"command": command, "sides": [_said(one) for one in those], "doubt": doubt}, plain)


def _plan(one: Plan | Results) -> Plan:
    return one.plan if isinstance(one, Results) else one


def _said(one: Plan | Results) -> dict[str, Any]:
    """What tells one side from another; a folder's as it was when it was filled."""
    if isinstance(one, Results):
        found = one.manifest
    else:
        found = {"scenario": one.loaded.label, **one.identity, "identity": one.fingerprint}
    return {key: found.get(key) for key in ("scenario", "digest", "worlds", "seed", "days", "engine", "identity")}


def lived(one: Plan | Results, workers: int | None, tell: ProgressCallback) -> Side:
    """A side of a comparison: the worlds of a plan, lived now, or those of a folder."""
    if isinstance(one, Results):
        return Side(one.plan, one.outcome.worlds)
    opening = initial_state(one.scenario)
    return Side(one, worlds_frame(simulated(one, opening, workers, tell), opening))


def worlds_to_live(those: Sequence[Plan | Results]) -> tuple[int, int]:
    """Worlds to live of the sides themselves, and for doubt about what they assume."""
    own = sum(one.worlds for one in those if isinstance(one, Plan))
    return own, DRAWS * WORLDS_PER_DRAW * sum(in_doubt([_plan(one) for one in those]))
