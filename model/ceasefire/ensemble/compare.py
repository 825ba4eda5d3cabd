"""Comparisons: the same worlds under several scenarios, or under every lever of one scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.first_divergence import FirstToDiffer, first_divergence, first_to_differ
from ceasefire.analysis.mixing_distribution import EffectOverDraws, effect_over_draws
from ceasefire.analysis.paired_differences import Difference, Fates, fates, paired_difference
from ceasefire.arguments import worker_number
from ceasefire.array_types import FloatArray
from ceasefire.ensemble.output_folder import FolderError, Request, Results, is_results_folder, open_results
from ceasefire.ensemble.parameter_draws import DRAWS, WORLDS_PER_DRAW, uncertainty_batch
from ceasefire.ensemble.pooled_forecast import Views, changes_of, views_of_side
from ceasefire.ensemble.run import ProgressCallback, assumed_count, no_progress, simulate_batch, simulate_plan
from ceasefire.ensemble.run_plan import Plan
from ceasefire.ensemble.worlds_table import worlds_frame
from ceasefire.scenario.load import Loaded, as_loaded
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.variants import BaseScenario, open_base
from ceasefire.simulation.engine import one_scenario
from ceasefire.simulation.initial_state import InitialState, initial_state

TRACED_WORLDS = 40
"""Worlds that are simulated under both scenarios to find the first decision that differs."""


@dataclass(frozen=True, eq=False, repr=False)
class Side:
    """One side of a comparison: the plan, and its table of worlds, in order."""

    plan: Plan
    worlds: pd.DataFrame

    def __repr__(self) -> str:
        return f"<Side {self.label}: {len(self.worlds):,} worlds>"

    @property
    def label(self) -> str:
        """The scenario, its changes and its settings in short: `idlib-2020+no-monitors with agreement.clarity=0.2`."""
        given = ", ".join(f"{path}={_short(value)}" for path, value in self.plan.loaded.settings.items())
        return f"{self.plan.loaded.label} with {given}" if given else self.plan.loaded.label

    @cached_property
    def initial(self) -> InitialState:
        """The initial state of the scenario."""
        return initial_state(self.plan.scenario)

    def days(self) -> np.ndarray:
        """Days held by each world; not-a-number where it failed."""
        return np.where(self.worlds["failed"], np.nan, self.worlds["days_held"].to_numpy(np.float64))

    def holds(self) -> np.ndarray:
        """1 where the world holds to the end, else 0; not-a-number where it failed."""
        return np.where(self.worlds["failed"], np.nan, (~self.worlds["ended"].to_numpy(bool)).astype(np.float64))


def _short(value: object) -> str:
    """A value that was set, as it is typed; a number in full form by its own figures."""
    if isinstance(value, dict) and "value" in value:
        return str(value["value"])
    return "null" if value is None else str(value)


@dataclass(frozen=True, eq=False, repr=False)
class SidePair:
    """Two sides and the paired differences of the other from the first.

    `days` and `holds` are at the values as written; `over_draws` is the difference of days held over draws of the
    assumed numbers, None when nothing is assumed or it was not computed. `drawn` are the days that either side held at
    each draw, (draws, worlds), None without draws.
    """

    first: Side
    other: Side
    days: Difference
    holds: Difference
    fates: Fates
    over_draws: EffectOverDraws | None = None
    drawn: tuple[FloatArray, FloatArray] | None = None

    @property
    def gain(self) -> Interval:
        """Days gained by which sides are ranked: the mean over draws, or at the values as written, with 95 %."""
        if self.over_draws is not None:
            return self.over_draws.mean
        return self.written

    @property
    def written(self) -> Interval:
        """Days gained at the values as written, with the 95 % interval of chance."""
        return Interval(self.days.value, self.days.low, self.days.high)

    @property
    def band(self) -> Interval | None:
        """The middle 90 % of draws of days gained, or the widest that it could be; None without draws."""
        return self.over_draws.band if self.over_draws is not None else None

    @property
    def verdict(self) -> str:
        """Why the band of draws cannot be told; '' when it can, or there are no draws."""
        return self.over_draws.verdict if self.over_draws is not None else ""

    def __repr__(self) -> str:
        return f"<SidePair {self.first.label}, {self.other.label}: {self.days.value:+,.1f} days>"

    def first_divergences(self, most: int = TRACED_WORLDS) -> tuple[list[FirstToDiffer], int]:
        """Who was first to decide differently, and in how many worlds that was examined.

        Examined are up to `most` worlds that held for different times, spread evenly over all of these.
        """
        different = np.flatnonzero(np.abs(self.first.days() - self.other.days()) > 0)
        chosen = different[np.linspace(0, len(different) - 1, min(most, len(different))).astype(np.int64)]
        here, there = ((side.plan.scenario, side.initial) for side in (self.first, self.other))
        worlds = [int(self.first.worlds["world"][position]) for position in chosen]
        divergences = [first_divergence(here, there, self.first.plan.seed, world) for world in worlds]
        return first_to_differ([divergence for divergence in divergences if divergence is not None]), len(chosen)


def compare(
    first: Loaded | Scenario | str | Path,
    *others: Loaded | Scenario | str | Path,
    worlds: int = 1000,
    seed: int = 1,
    workers: int | None = None,
    days: int | None = None,
) -> pd.DataFrame:
    """The same worlds under several scenarios (loaded, by name or by path): a row for each, in order.

    Differences are from the first scenario, with 95 % intervals, and missing in its own row; the columns are those of
    `differences.csv`, without doubt about assumed numbers. ValueError, with the name of the argument, for numbers out
    of range; ScenarioError for a scenario with faults; FolderError when horizons differ and `days` is not given.
    """
    workers = worker_number(workers)
    plans = [Plan(as_loaded(scenario), worlds, seed, days=days) for scenario in (first, *others)]
    if plans[0].worlds < 2:
        raise ValueError("worlds: an interval of a difference needs 2 or more")
    one, *two = [simulate_side(plan, workers, no_progress) for plan in plans]
    rows = [{**side_figures(one), "worlds": len(one.worlds)}]
    rows += [pair_figures(compare_sides(one, other)) for other in two]
    return pd.DataFrame(rows)


def side_figures(side: Side) -> dict[str, Any]:
    """Label, mean days held and share of worlds that hold to the end."""
    return {
        "label": side.label,
        "mean_days_held": round(float(np.nanmean(side.days())), 3),
        "holds_to_the_end": round(float(np.nanmean(side.holds())), 5),
    }


def pair_figures(pair: SidePair) -> dict[str, Any]:
    """The figures of the other side of a pair, and its differences from the first."""
    content: dict[str, Any] = {**side_figures(pair.other), "worlds": pair.days.worlds}
    for name, difference in (("days", pair.days), ("holds", pair.holds)):
        content[f"difference_{name}"] = round(difference.value, 5)
        content[f"difference_{name}_low"] = round(difference.low, 5)
        content[f"difference_{name}_high"] = round(difference.high, 5)
    reduction = pair.days.variance_reduction
    content["variance_reduction"] = None if reduction != reduction else round(reduction, 3)
    content |= {name: round(share, 5) for name, share in pair.fates.__dict__.items()}
    rounded = {name: v if isinstance(v, bool) else round(v, 5) for name, v in over_draws_columns(pair).items()}
    return content | rounded


def compare_sides(first: Side, other: Side) -> SidePair:
    """Two sides over the worlds that both have.

    FolderError when they have other seeds, and so no world in common, or other horizons.
    """
    if first.plan.seed != other.plan.seed:
        raise FolderError(
            f"{first.label} has seed {first.plan.seed} and {other.label} {other.plan.seed}: not the same worlds"
        )
    if first.plan.horizon != other.plan.horizon:
        raise FolderError(
            f"{first.label} was followed for {first.plan.horizon:,} days and {other.label} for {other.plan.horizon:,}; "
            f"give days={min(first.plan.horizon, other.plan.horizon)} for both"
        )
    shared = min(len(first.worlds), len(other.worlds))
    one, two = (Side(side.plan, side.worlds.head(shared)) for side in (first, other))
    return SidePair(
        one, two, paired_difference(two.days(), one.days()), paired_difference(two.holds(), one.holds()),
        fates(two.days(), one.days(), one.plan.horizon),
    )  # fmt: skip


def with_uncertainty(pairs: Sequence[SidePair], workers: int | None, progress: ProgressCallback) -> list[SidePair]:
    """The same pairs with `over_draws`: the difference over joint draws of every assumed number, alike on both sides.

    None where neither side assumes anything, or too few worlds are known. The first side is simulated once for all
    pairs.
    """
    uncertain = is_uncertain([pairs[0].first.plan, *(pair.other.plan for pair in pairs)])
    if not any(uncertain):
        return list(pairs)
    here, horizon = days_at_draws(pairs[0].first, workers, progress), pairs[0].first.plan.horizon
    return [
        _drawn(pair, here, days_at_draws(pair.other, workers, progress), horizon) if drawn else pair
        for pair, drawn in zip(pairs, uncertain[1:], strict=True)
    ]


def _drawn(pair: SidePair, here: FloatArray, there: FloatArray, horizon: int) -> SidePair:
    return replace(pair, over_draws=_over_draws(here, there, horizon), drawn=(here, there))


def views_of_sides(first: Side, pairs: Sequence[SidePair]) -> list[tuple[Side, Views]]:
    """The sides that a forecast can be pooled for, each with its views: scenarios as their files state them."""
    here = next((pair.drawn[0] for pair in pairs if pair.drawn is not None), None)
    sides = [(first, here), *((pair.other, pair.drawn[1] if pair.drawn is not None else None) for pair in pairs)]
    views = [
        (side, views_of_side(side.plan, side.worlds, drawn))
        for side, drawn in sides
        if not changes_of(side.plan.loaded) and not side.worlds["failed"].all()
    ]
    return [(side, one) for side, one in views if one.pooled is not None]


def is_uncertain(plans: Sequence[Plan]) -> list[bool]:
    """For each plan whether assumed numbers are drawn when it is compared with the first; for the first, with any."""
    first, *others = (assumed_count(plan.scenario, initial_state(plan.scenario)) > 0 for plan in plans)
    uncertain = [first or other for other in others]
    return [any(uncertain), *uncertain]


def days_at_draws(side: Side, workers: int | None, progress: ProgressCallback) -> FloatArray:
    """Days held at each draw of the assumed numbers, shape (draws, worlds); not-a-number where a world failed.

    A side that assumes nothing is simulated on the same worlds.
    """
    fixed = one_scenario(side.initial, DRAWS * WORLDS_PER_DRAW, side.plan.seed)
    drawn = uncertainty_batch(side.plan.scenario, side.initial, side.plan.seed)
    rows = simulate_batch(drawn or fixed, workers, progress)
    days = np.where(rows["failed"] == 1, np.nan, rows["days_held"])
    return days.reshape(DRAWS, WORLDS_PER_DRAW)


def _over_draws(here: FloatArray, there: FloatArray, horizon: int) -> EffectOverDraws | None:
    try:
        return effect_over_draws(there, here, limit=float(horizon))
    except ValueError:
        return None


def over_draws_columns(pair: SidePair) -> dict[str, float | bool]:
    """The columns of a row of differences that say what the other side does over draws; none without draws.

    `doubt_days` is the mean over draws with the limits (95 %) `doubt_days_mean_low` and `_high`; `doubt_days_low` and
    `_high` the 5th and 95th percentile of draws, each with limits (`_least`, `_most`); `helps` and `hurts` shares of
    draws with limits; `told_apart`: whether draws differ by more than chance.
    """
    found = pair.over_draws
    if found is None:
        return {}
    columns: dict[str, float | bool] = {
        "doubt_days": found.mean.value, "doubt_days_low": found.low.value, "doubt_days_high": found.high.value,
        "doubt_days_mean_low": found.mean.low, "doubt_days_mean_high": found.mean.high,
    }  # fmt: skip
    for name, edge in (("low", found.low), ("high", found.high)):
        columns |= {f"doubt_days_{name}_least": edge.low, f"doubt_days_{name}_most": edge.high}
    for name, share in (("helps", found.helps), ("hurts", found.hurts)):
        columns |= {f"{name}_share": share.value, f"{name}_share_low": share.low, f"{name}_share_high": share.high}
    numbers = {name: float(value) for name, value in columns.items()}
    return {**numbers, "doubt_told_apart": found.told_apart, "doubt_worlds_per_draw": float(found.worlds)}


def open_sides(
    references: Sequence[str], worlds: int | None, seed: int | None, days: int | None
) -> list[Plan | Results]:
    """The plan of each reference that is a scenario, and the results of each that is a folder.

    Worlds, seed and horizon of a plan that are not given are those of the first folder, if there is one.
    ScenarioError or FolderError when a reference cannot be read.
    """
    folders = {ref: open_results(Path(ref)) for ref in references if is_results_folder(Path(ref))}
    model = next((results.plan for results in folders.values()), None)
    count = worlds or (model.worlds if model else 1000)
    chosen_seed = seed if seed is not None else (model.seed if model else 1)
    horizon = days or (model.horizon if model else None)
    sides = [
        folders[ref] if ref in folders else Plan(open_base(ref).loaded, count, chosen_seed, days=horizon)
        for ref in references
    ]
    _refuse_other_horizons(references, sides)
    return sides


def _refuse_other_horizons(references: Sequence[str], sides: Sequence[Plan | Results]) -> None:
    """FolderError when sides are not followed for as many days, with the `--days` that would do."""
    horizons = {ref: _plan(side).horizon for ref, side in zip(references, sides, strict=True)}
    if len(set(horizons.values())) == 1:
        return
    said = ", ".join(f"{ref} for {days:,} days" for ref, days in horizons.items())
    stored = {ref: days for ref, days in horizons.items() if is_results_folder(Path(ref))}
    wanted = min(stored.values() or horizons.values())
    longer = [ref for ref, days in stored.items() if days != wanted]
    again = f"run {' and '.join(longer)} again with --days {wanted}" if longer else f"give --days {wanted}"
    raise FolderError(f"not followed for as long: {said}; {again}")


def lever_plans(base: BaseScenario, worlds: int, seed: int, days: int | None) -> list[Plan]:
    """A scenario as it is, and under each lever that fits it, one at a time."""
    changes = [(), *((name,) for name in base.applying(("lever",)))]
    return [Plan(base.under(each), worlds, seed, days=days) for each in changes]


def request(command: str, sides: Sequence[Plan | Results]) -> Request:
    """The request of 'compare' or 'levers' for sides that are to be simulated, or lie in a folder."""
    labels = [_plan(side).loaded.label for side in sides]
    name = f"levers-{labels[0]}" if command == "levers" else "-vs-".join(labels)
    doubt = {"draws": DRAWS, "worlds_per_draw": WORLDS_PER_DRAW}
    plain = not any(_plan(side).loaded.settings for side in sides)
    words = tuple(_plan(side).loaded.words_digest for side in sides)
    asked = {"command": command, "sides": [_identity(side) for side in sides], "doubt": doubt}
    return Request(name, asked, plain, words)


def _plan(side: Plan | Results) -> Plan:
    return side.plan if isinstance(side, Results) else side


def _identity(side: Plan | Results) -> dict[str, Any]:
    """What distinguishes one side from another; of a folder, as its manifest has it."""
    if isinstance(side, Results):
        values = side.manifest
    else:
        values = {"scenario": side.loaded.label, **side.identity, "identity": side.fingerprint}
    return {key: values.get(key) for key in ("scenario", "digest", "worlds", "seed", "days", "engine", "identity")}


def simulate_side(side: Plan | Results, workers: int | None, progress: ProgressCallback) -> Side:
    """A side of a comparison: the worlds of a plan, simulated now, or those of a folder."""
    if isinstance(side, Results):
        return Side(side.plan, side.outcome.worlds)
    initial = initial_state(side.scenario)
    rows, _ = simulate_plan(side, initial, workers, progress)
    return Side(side, worlds_frame(rows, initial))


def worlds_to_simulate(sides: Sequence[Plan | Results]) -> tuple[int, int]:
    """Worlds to simulate of the sides themselves, and at draws of what they assume."""
    own = sum(side.worlds for side in sides if isinstance(side, Plan))
    return own, DRAWS * WORLDS_PER_DRAW * sum(is_uncertain([_plan(side) for side in sides]))
