"""Comparisons: the same worlds under several scenarios, or under every lever of one scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.first_divergence import FirstToDiffer, first_divergence, first_to_differ
from ceasefire.analysis.losses import a_year_held, count_of, over_fixed_time, years_held
from ceasefire.analysis.mixing_distribution import EffectOverDraws, effect_over_draws
from ceasefire.analysis.paired_differences import Difference, Fates, fates, paired_difference
from ceasefire.analysis.selection import Selected, best_of
from ceasefire.analysis.survival import survival
from ceasefire.array_types import FloatArray
from ceasefire.ensemble.output_folder import FolderError, Request, Results, folder_kind, open_results
from ceasefire.ensemble.parameter_draws import DRAWS, WORLDS_PER_DRAW, uncertainty_batch
from ceasefire.ensemble.pooled_forecast import Views, changes_of, views_of_side
from ceasefire.ensemble.run import (
    ProgressCallback,
    assumed_count,
    deaths_after_end,
    no_progress,
    simulate_batch,
    simulate_plan,
)
from ceasefire.ensemble.run_plan import Plan
from ceasefire.ensemble.worlds_table import worlds_frame
from ceasefire.scenario.variants import BaseScenario, open_base
from ceasefire.simulation.engine import one_scenario
from ceasefire.simulation.initial_state import InitialState, initial_state

TRACED_WORLDS = 40
"""Worlds that are simulated under both scenarios to find the first decision that differs."""


@dataclass(frozen=True, eq=False, repr=False)
class Side:
    """One side of a comparison: the plan, and its table of worlds, in order.

    `at_draws` are days held at each draw of the assumed numbers, shape (draws, worlds); None when not simulated.
    """

    plan: Plan
    worlds: pd.DataFrame
    at_draws: FloatArray | None = None

    def __repr__(self) -> str:
        return f"<Side {self.label}: {len(self.worlds):,} worlds>"

    @property
    def label(self) -> str:
        """The scenario, its changes and its settings in short: `idlib-2020+no-monitors with agreement.clarity=0.2`."""
        return self.plan.loaded.shown

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


@dataclass(frozen=True, eq=False, repr=False)
class SidePair:
    """Two sides and the paired differences of the other from the first.

    `days`, `holds` and `deaths` (within the horizon, the fighting after an end included) are at the values as written;
    `over_draws` is the difference of days held over draws of the assumed numbers, None when nothing is assumed or it
    was not computed. `drawn` are the days that either side held at each draw, (draws, worlds), None without draws.
    """

    first: Side
    other: Side
    days: Difference
    holds: Difference
    fates: Fates
    deaths: Difference
    over_draws: EffectOverDraws | None = None

    @property
    def drawn(self) -> tuple[FloatArray, FloatArray] | None:
        """The days that either side held at each draw, (draws, worlds); None without draws."""
        here, there = self.first.at_draws, self.other.at_draws
        return None if here is None or there is None else (here, there)

    @property
    def common_luck(self) -> bool:
        """World 17 has the same luck on both sides: most actors and sectors have the same names."""
        here, there = (
            {*side.plan.scenario.actors, *side.plan.scenario.front.sectors} for side in (self.first, self.other)
        )
        return 2 * len(here & there) >= min(len(here), len(there))

    @property
    def gain(self) -> Interval:
        """Days gained by which sides are ranked: the mean over draws, or at the values as written, with 95 %."""
        if self.over_draws is not None:
            return self.over_draws.mean
        return self.days

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

    def first_divergences(self) -> tuple[list[FirstToDiffer], int]:
        """Who was first to decide differently, and in how many worlds that was examined.

        Examined are up to TRACED_WORLDS worlds that held for different times, spread evenly over all of these.
        """
        different = np.flatnonzero(np.abs(self.first.days() - self.other.days()) > 0)
        chosen = different[np.linspace(0, len(different) - 1, min(TRACED_WORLDS, len(different))).astype(np.int64)]
        here, there = ((side.plan.scenario, side.initial) for side in (self.first, self.other))
        worlds = [int(self.first.worlds["world"][position]) for position in chosen]
        divergences = [first_divergence(here, there, self.first.plan.seed, world) for world in worlds]
        return first_to_differ([divergence for divergence in divergences if divergence is not None]), len(chosen)


def paired(
    plans: Sequence[Plan], workers: int | None = None, draws: bool = False, progress: ProgressCallback | None = None
) -> tuple[Side, list[SidePair]]:
    """Simulate plans on the same worlds: the first side, and its pair with each of the others.

    With `draws`, the pairs have `over_draws`. ValueError for fewer than 2 worlds; FolderError when horizons differ.
    """
    if plans[0].worlds < 2:
        raise ValueError("worlds: an interval of a difference needs 2 or more")
    advance = progress or no_progress
    first, *others = [simulate_side(plan, workers, advance) for plan in plans]
    pairs = [compare_sides(first, other) for other in others]
    return first, with_uncertainty(pairs, workers, advance) if draws and pairs else pairs


def rows(first: Side, pairs: Sequence[SidePair]) -> list[dict[str, Any]]:
    """The figures of every side, and of all but the first the differences from it."""
    return [{**side_figures(first), "worlds": len(first.worlds)}, *(pair_figures(pair) for pair in pairs)]


def side_figures(side: Side) -> dict[str, Any]:
    """Label, mean days held, share of worlds that hold to the end, deaths, and shares of worlds by ending."""
    here, deaths = side.worlds, count_of(side.worlds, "deaths")
    known = here.loc[~here["failed"] & here["ended"]]
    ends = (known["cause"].astype(str) + " " + known["cause_actor"].astype(str)).str.strip()
    number = max(1, int((~here["failed"]).sum()))
    return {
        "label": side.label,
        "mean_days_held": float(np.nanmean(side.days())),
        "holds_to_the_end": float(np.nanmean(side.holds())),
        "deaths": float(np.nanmean(deaths)),
        "deaths_a_year_held": a_year_held(deaths, years_held(here, side.plan.scenario.day)).value,
        "deaths_over_horizon": float(np.nanmean(deaths_over_horizon(side))),
        "ends": {end: count / number for end, count in ends.value_counts().items()},
    }


def commonest_ends(figures: Iterable[Mapping[str, Any]], most: int) -> list[str]:
    """The endings with the largest share under any condition, from the figures of the sides; the largest first."""
    largest: dict[str, float] = {}
    for row in figures:
        largest |= {end: max(share, largest.get(end, 0.0)) for end, share in row["ends"].items()}
    return sorted(largest, key=lambda end: -largest[end])[:most]


def deaths_over_horizon(side: Side) -> FloatArray:
    """Deaths in each world within the horizon, when the fighting after an end goes on as before the deal."""
    deaths, horizon = count_of(side.worlds, "deaths"), side.plan.horizon
    return over_fixed_time(deaths, side.days(), horizon, deaths_after_end(side.plan.scenario))


def pair_figures(pair: SidePair) -> dict[str, Any]:
    """The figures of the other side of a pair, and its differences from the first."""
    content: dict[str, Any] = {**side_figures(pair.other), "worlds": pair.days.worlds}
    for name, difference in (("days", pair.days), ("holds", pair.holds), ("deaths_over_horizon", pair.deaths)):
        content[f"difference_{name}"] = difference.value
        content[f"difference_{name}_low"] = difference.low
        content[f"difference_{name}_high"] = difference.high
    reduction = pair.days.variance_reduction
    content["variance_reduction"] = None if reduction != reduction else reduction
    return {**content, **pair.fates.__dict__, **over_draws_columns(pair)}


def differences_frame(pairs: Sequence[SidePair]) -> pd.DataFrame:
    """A row for each pair, as `pair_figures` has it; an ending is a column."""
    return pd.json_normalize([pair_figures(pair) for pair in pairs], sep="_")


def curves_frame(sides: Sequence[Side]) -> pd.DataFrame:
    """The survival curve of each side with the numbers as written: `label`, and the columns of `by_day`."""
    curves = [survival(side.worlds).by_day(side.plan.horizon) for side in sides]
    for side, curve in zip(sides, curves, strict=True):
        curve.insert(0, "label", side.label)
    return pd.concat(curves, ignore_index=True)


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
    one, two = (replace(side, worlds=side.worlds.head(shared)) for side in (first, other))
    return SidePair(
        one, two, paired_difference(two.days(), one.days()), paired_difference(two.holds(), one.holds()),
        fates(two.days(), one.days(), one.plan.horizon),
        paired_difference(deaths_over_horizon(two), deaths_over_horizon(one)), _over_draws(one, two),
    )  # fmt: skip


def with_uncertainty(pairs: Sequence[SidePair], workers: int | None, progress: ProgressCallback) -> list[SidePair]:
    """The same pairs with `over_draws`: the difference over joint draws of every assumed number, alike on both sides.

    None where neither side assumes anything, or too few worlds are known. The first side is simulated once for all
    pairs.
    """
    uncertain = is_uncertain([pairs[0].first.plan, *(pair.other.plan for pair in pairs)])
    if not any(uncertain):
        return list(pairs)
    here = replace(pairs[0].first, at_draws=days_at_draws(pairs[0].first, workers, progress))
    drawn = []
    for pair, is_drawn in zip(pairs, uncertain[1:], strict=True):
        other = pair.other
        if is_drawn:
            other = replace(other, at_draws=days_at_draws(other, workers, progress))
        first = replace(here, worlds=pair.first.worlds)
        drawn.append(replace(pair, first=first, other=other, over_draws=_over_draws(first, other)))
    return drawn


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


def _over_draws(first: Side, other: Side) -> EffectOverDraws | None:
    """The difference over draws; None when they were not simulated, or too few worlds are known."""
    if first.at_draws is None or other.at_draws is None:
        return None
    try:
        return effect_over_draws(other.at_draws, first.at_draws, limit=float(first.plan.horizon))
    except ValueError:
        return None


def best_and_worst(pairs: Sequence[SidePair]) -> tuple[Selected, Selected] | None:
    """The sides that gain and lose most, by label, with intervals that allow for the choice, and ties.

    Over draws, or over worlds where nothing is assumed. None for fewer than two pairs, or too few draws or worlds.
    """
    if len(pairs) < 2:
        return None
    drawn = list(filter(None, (pair.drawn for pair in pairs)))
    if not drawn:
        shared = min(len(pair.first.worlds) for pair in pairs)
        gains = np.array([(pair.other.days() - pair.first.days())[:shared] for pair in pairs])
    elif len(drawn) == len(pairs):
        gains = np.array([np.nanmean(there - here, axis=1) for here, there in drawn])
    else:
        return None
    gains, labels = gains[:, np.isfinite(gains).all(axis=0)], [pair.other.label for pair in pairs]
    if gains.shape[1] < LEAST_CHOSEN:
        return None
    return best_of(gains, labels), best_of(gains, labels, most=False)


LEAST_CHOSEN = 3
"""Draws or worlds from which the best of many is told."""


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
    references: Sequence[str],
    worlds: int | None,
    seed: int | None,
    days: int | None,
    settings: Mapping[str, object] | None = None,
) -> list[Plan | Results]:
    """The plan of each reference that is a scenario, and the results of each that is a folder.

    `settings` are set in every scenario but the first. Worlds, seed and horizon of a plan that are not given are those
    of the first folder, if there is one.
    ScenarioError or FolderError when a reference cannot be read.
    """
    folders = {ref: open_results(Path(ref)) for ref in references if folder_kind(Path(ref)) is not None}
    model = next((results.plan for results in folders.values()), None)
    count = worlds or (model.worlds if model else 1000)
    chosen_seed = seed if seed is not None else (model.seed if model else 1)
    horizon = days or (model.horizon if model else None)
    sides = [
        folders[ref]
        if ref in folders
        else Plan(open_base(ref).under((), settings if place else None), count, chosen_seed, days=horizon)
        for place, ref in enumerate(references)
    ]
    _refuse_other_first_days(references, sides)
    _refuse_other_horizons(references, sides)
    return sides


def _refuse_other_first_days(references: Sequence[str], sides: Sequence[Plan | Results]) -> None:
    """FolderError when worlds do not begin on the same day: those that begin later cannot end before it."""
    first_days = {ref: _plan(side).scenario.day for ref, side in zip(references, sides, strict=True)}
    if len({_plan(side).scenario.day for side in sides}) == 1:
        return
    said = ", ".join(f"{ref} on {f'day {day:,}' if day else 'the day of signing'}" for ref, day in first_days.items())
    raise FolderError(
        f"worlds do not begin on the same day: {said}; those that begin later have held until then, so their durations "
        "cannot be compared. Compare states of the same day, each with `day:` in its file"
    )


def _refuse_other_horizons(references: Sequence[str], sides: Sequence[Plan | Results]) -> None:
    """FolderError when sides are not followed for as many days, with the `--days` that would do."""
    horizons = {ref: _plan(side).horizon for ref, side in zip(references, sides, strict=True)}
    if len(set(horizons.values())) == 1:
        return
    said = ", ".join(f"{ref} for {days:,} days" for ref, days in horizons.items())
    stored = {ref: days for ref, days in horizons.items() if folder_kind(Path(ref)) is not None}
    wanted = min(stored.values() or horizons.values())
    longer = [ref for ref, days in stored.items() if days != wanted]
    again = f"run {' and '.join(longer)} again with --days {wanted}" if longer else f"give --days {wanted}"
    raise FolderError(f"not followed for as long: {said}; {again}")


def lever_plans(base: BaseScenario, worlds: int, seed: int, days: int | None) -> list[Plan]:
    """A scenario as it is, and under each lever that fits it, one at a time."""
    changes = [(), *((name,) for name in base.applying(("lever",)))]
    return [Plan(base.under(each), worlds, seed, days=days) for each in changes]


def request(command: str, sides: Sequence[Plan | Results], parts: bool = False) -> Request:
    """The request of 'compare' or 'levers' for sides that are to be simulated, or lie in a folder.

    With `parts`, what differs is exchanged part by part.
    """
    labels = [_plan(side).loaded.folder_name for side in sides]
    name = f"levers-{labels[0]}" if command == "levers" else "-vs-".join(labels)
    doubt = {"draws": DRAWS, "worlds_per_draw": WORLDS_PER_DRAW}
    words = tuple(_plan(side).loaded.words_digest for side in sides)
    asked: dict[str, Any] = {"command": command, "sides": [_identity(side) for side in sides], "doubt": doubt}
    asked |= {"parts": True} if parts else {}
    return Request(name, asked, words=words)


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
