"""The same worlds under several scenarios, or under every lever of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from ceasefire.analysis.diverging import Led, parting, who_led
from ceasefire.analysis.interval import Interval
from ceasefire.analysis.means import without_noise
from ceasefire.analysis.paired import Difference, Fates, fates, paired_difference
from ceasefire.engine import all_rows
from ceasefire.experiment.doubt import WORLDS_PER_DRAW, doubt_batch
from ceasefire.experiment.folder import FolderError, is_results_folder, open_results
from ceasefire.experiment.frame import worlds_frame
from ceasefire.experiment.plan import Plan
from ceasefire.experiment.run import simulated
from ceasefire.experiment.variants import Base, open_base
from ceasefire.start import Opening, open_scenario

Tell = Callable[[int], None]

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
    def opening(self) -> Opening:
        """The scenario made ready."""
        return open_scenario(self.plan.scenario)

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

    def partings(self, most: int = LOOKED_AT) -> tuple[list[Led], int]:
        """Who first decided otherwise, in up to `most` worlds that held unlike, spread over all; how many were seen."""
        unlike = np.flatnonzero(np.abs(self.first.days() - self.other.days()) > 0)
        chosen = unlike[np.linspace(0, len(unlike) - 1, min(most, len(unlike))).astype(np.int64)]
        here, there = ((side.plan.scenario, side.opening) for side in (self.first, self.other))
        found = [parting(here, there, self.first.plan.seed, int(self.first.worlds["world"][k])) for k in chosen]
        return who_led([one for one in found if one is not None]), len(chosen)


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


def with_doubt(pairs: Sequence[Compared], workers: int | None) -> list[Compared]:
    """The same, with what becomes of each difference when every assumed number is drawn, on both sides alike.

    The interval is the middle 90 % of draws, the noise of few worlds at each taken off; none when nothing is assumed.
    """
    first = doubted_days(pairs[0].first, workers)
    return [replace(pair, doubt=_doubt(first, doubted_days(pair.other, workers))) for pair in pairs]


def doubted_days(side: Side, workers: int | None) -> np.ndarray | None:
    """Days held at each draw of what is assumed, shape (draws, worlds); none when nothing is."""
    batch = doubt_batch(side.plan.scenario, side.opening, side.plan.seed)
    if batch is None:
        return None
    rows = all_rows(batch, workers)
    days = np.where(rows["failed"] == 1, np.nan, rows["days_held"])
    return days.reshape(-1, WORLDS_PER_DRAW)


def _doubt(here: np.ndarray | None, there: np.ndarray | None) -> Interval | None:
    if here is None or there is None:
        return None
    difference = there - here
    difference = difference[np.isfinite(difference).all(axis=1)]
    if len(difference) < 2:
        return None
    each, noise = difference.mean(axis=1), difference.var(axis=1, ddof=1) / WORLDS_PER_DRAW
    low, high = np.quantile(without_noise(each, noise), [0.05, 0.95])
    return Interval(float(each.mean()), float(low), float(high))


def sides(
    references: Sequence[str], worlds: int | None, seed: int | None, days: int | None, workers: int | None, tell: Tell
) -> list[Side]:
    """Each reference, a scenario or a results folder; scenarios are lived with the worlds of the folders, if any.

    ScenarioError or FolderError when one cannot be read.
    """
    folders = {ref: open_results(Path(ref)) for ref in references if is_results_folder(Path(ref))}
    model = next((results.plan for results in folders.values()), None)
    wanted = worlds or (model.worlds if model else 1000)
    chosen_seed = seed if seed is not None else (model.seed if model else 1)
    horizon = days or (model.horizon if model else None)
    found = []
    for ref in references:
        if ref in folders:
            found.append(Side(folders[ref].plan, folders[ref].outcome.worlds))
        else:
            found.append(lived(Plan(open_base(ref).loaded, wanted, chosen_seed, days=horizon), workers, tell))
    return found


def lived(plan: Plan, workers: int | None, tell: Tell) -> Side:
    """The worlds of a plan, lived now."""
    opening = open_scenario(plan.scenario)
    return Side(plan, worlds_frame(simulated(plan, opening, workers, tell), opening))


def lever_sides(base: Base, worlds: int, seed: int, days: int | None, workers: int | None, tell: Tell) -> list[Side]:
    """A scenario as it is, and under each lever that fits it, one at a time."""
    plans = [
        Plan(base.under(names), worlds, seed, days=days) for names in [(), *((n,) for n in base.applying(("lever",)))]
    ]
    return [lived(plan, workers, tell) for plan in plans]
