"""A nowcast: what to expect from a day on, without and with what was counted since signing."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ceasefire.analysis.estimates import Interval
from ceasefire.arguments import seed_number, whole_number, worker_number
from ceasefire.array_types import FloatArray
from ceasefire.data_files.text_file import refuse
from ceasefire.observations.counts import WEEK, Counts, read_counts
from ceasefire.observations.nowcast.agreement import (
    INDEX_DAYS,
    LEAST_EFFECTIVE,
    Index,
    effective,
    learnt_index,
    weights,
)
from ceasefire.observations.nowcast.early_warning import EarlyWarning, early_warning
from ceasefire.observations.nowcast.figures import figure_names, made_figures, seen_figures
from ceasefire.observations.nowcast.made_histories import Histories, Lineage, Maker, Progress, copied, founders, maker
from ceasefire.observations.nowcast.seen import Seen, seen
from ceasefire.observations.nowcast.shares import share
from ceasefire.observations.nowcast.skill import LEAST_SKILL, Skill, Trial, trial
from ceasefire.observations.nowcast.watch import Alarm, alarm
from ceasefire.observations.nowcast.weeks import weeks_of
from ceasefire.observations.percentile import OUTSIDE, percentile_words
from ceasefire.observations.weeks import Weeks
from ceasefire.reference_class.outside_view.explanation import facts_words, leaning_lines
from ceasefire.reference_class.outside_view.forecast import LAST_DAY, DealForecast, DealInput, Forecast, forecast
from ceasefire.scenario.load import Loaded, as_loaded
from ceasefire.scenario.schema import Event, Scenario
from ceasefire.simulation.initial_state import initial_state
from ceasefire.suggestions import nearest
from ceasefire.wording import percent_on_terminal
from ceasefire.world_state import CAUSES

WORLDS = 12_000
HORIZONS = (30, 90, 180, 365)
"""Days from the day of the nowcast."""

RECORDED_AHEAD = 13 * WEEK
"""Days after the day of the nowcast that are recorded: the next month, and the weeks of the figure."""

COPIED_BELOW = 0.25
"""When a smaller share of the worlds holds on the day, those that hold are copied on the way."""


@dataclass(frozen=True)
class Place:
    """A figure that was seen, and the share of worlds below it, ties counted half."""

    name: str
    seen: float
    percentile: float

    @property
    def is_outside(self) -> bool:
        """Whether nearly all worlds lie on one side of it."""
        return not OUTSIDE[0] <= self.percentile <= OUTSIDE[1]

    @property
    def words(self) -> str:
        """The percentile, in a table and in a sentence alike."""
        return percentile_words(self.percentile)


@dataclass(frozen=True)
class Share:
    """A share of worlds, without and with the counts. `what` is (cause, actor) of an end, or (actor,) who decides."""

    what: tuple[str, ...]
    without: Interval
    counted: Interval


@dataclass(frozen=True, eq=False, repr=False)
class Nowcast:
    """What to expect from day `seen.day` on. Chances are of an end within so many days, with 95 % limits of chance.

    `holding`: worlds that hold on that day; `effective`: as many worlds of equal weight tell as much as those that
    agree with the counts. `curve`: a row a day, `days`, `without`, `counted`, shares that still hold.
    """

    loaded: Loaded
    seen: Seen
    worlds: int
    seed: int
    holding: int
    effective: float
    copied_on: tuple[int, ...]
    without: Mapping[int, Interval]
    counted: Mapping[int, Interval]
    skill: Mapping[int, Skill]
    curve: pd.DataFrame
    ends: tuple[Share, ...]
    deciders: tuple[Share, ...]
    alarms: tuple[Alarm, ...]
    places: tuple[Place, ...]
    weeks: tuple[Weeks, ...]
    warning: EarlyWarning | None
    notes: tuple[str, ...]
    outside: Mapping[int, Interval] | None = None
    """The outside view, given that the deal has held so long: 90 % ranges; it knows nothing of the counts."""
    outside_rests_on: tuple[str, ...] = ()
    """The deal of the outside view with its facts, and the earlier deals that it leans on, in sentences."""

    def __repr__(self) -> str:
        chances = ", ".join(f"{days} days {percent_on_terminal(chance.value)}" for days, chance in self.counted.items())
        return f"<Nowcast {self.loaded.label}, day {self.seen.day:,}: ends within {chances}>"

    @property
    def date(self) -> datetime.date:
        """The day from which on it looks ahead."""
        return self.loaded.scenario.start + datetime.timedelta(days=self.seen.day)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the answer doubtful: counts unlike those of the worlds, and counts that say next to nothing."""
        found = [
            f"{place.name}: {place.seen:,.0f} lies {'above' if place.percentile > 0.5 else 'below'} nearly all worlds"
            f" (percentile {place.words}): the worlds are no guide to what was seen there"
            for place in self.places
            if place.is_outside
        ]
        small = [days for days, one in self.skill.items() if one.is_small]
        if small:
            days = ", ".join(map(str, small))
            least = f"{100 * LEAST_SKILL:.0f}"
            found.append(
                f"skill under {least} % for {days} days: on made histories the counts hardly improve the forecast"
            )
        return tuple(found)

    def table(self) -> pd.DataFrame:
        """A row for each horizon: chance to end without and with counts, limits, skill on made histories."""
        rows = []
        for days in HORIZONS:
            row: dict[str, float] = {"days": days}
            for name, one in (
                ("without", self.without[days]),
                ("with", self.counted[days]),
                ("skill", self.skill[days]),
            ):
                row |= {f"{name}": one.value, f"{name}_low": one.low, f"{name}_high": one.high}
            rows.append(row)
        return pd.DataFrame(rows).round(5)


def nowcast(
    scenario: Loaded | Scenario | str | Path,
    counts: Counts | str | Path,
    day: int | datetime.date | None = None,
    *,
    events: Mapping[str, Mapping[str, Any]] | None = None,
    facts: DealInput | None = None,
    deaths_only: bool = False,
    worlds: int = WORLDS,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Nowcast:
    """As `ceasefire.nowcast`, which says what the arguments are; `progress` is called as worlds are simulated."""
    worlds, seed = whole_number("worlds", worlds, 1_000, 1_000_000), seed_number(seed)
    loaded = with_events(as_loaded(scenario), events or {})
    start = loaded.scenario.start
    known = counts if isinstance(counts, Counts) else read_counts(counts)
    found = seen(known, start, (day - start).days if isinstance(day, datetime.date) else day, deaths_only=deaths_only)
    making = maker(
        loaded.scenario, worlds, seed, found.day + HORIZONS[-1] + 1, found.day + RECORDED_AHEAD, worker_number(workers)
    )
    such = forecast(facts, held_days=min(found.day, LAST_DAY - 1)) if facts is not None else None
    made, family, stages = held_histories(making, worlds, found.day, progress or (lambda done: None))
    found_now = conditioned(loaded, found, made, family, worlds=worlds, seed=seed, stages=stages)
    return found_now if such is None else beside(found_now, such)


def beside(found: Nowcast, such: Forecast) -> Nowcast:
    """A nowcast with the outside view of a deal that has held as long, what it rests on, and its notes."""
    one = such.deals[0]
    notes = tuple(f"outside view: {words}" for words in such.warnings)
    if found.seen.day + HORIZONS[0] > LAST_DAY:
        late = f"outside view: none is told beyond day {LAST_DAY:,}, for the record tells later days not apart"
        return replace(found, notes=(*found.notes, late))
    rests = (f"{facts_words(one)}.", *leaning_lines(one))
    chances = outside_view(one, found.seen.day)
    return replace(found, outside=chances, outside_rests_on=rests, notes=(*found.notes, *notes))


def outside_view(one: DealForecast, day: int) -> dict[int, Interval]:
    """Chances to end within HORIZONS of a day until which the deal of a forecast has held, as far as they are told."""
    horizons = [days for days in HORIZONS if day + days <= LAST_DAY]
    when = np.array([day + days for days in horizons], np.float64)
    low, high = one.band(when)
    return {
        days: Interval(1.0 - one.at(when[k]), 1.0 - float(high[k]), 1.0 - float(low[k]))
        for k, days in enumerate(horizons)
    }


def with_events(loaded: Loaded, events: Mapping[str, Mapping[str, Any]]) -> Loaded:
    """The scenario with events since signing, by date. ScenarioError for a number that is not there."""
    if not events:
        return loaded
    scenario, known = loaded.scenario, initial_state(loaded.scenario).slots
    happened = []
    for when, values in events.items():
        try:
            date = datetime.date.fromisoformat(str(when))
        except ValueError:
            raise ValueError(f"events: '{when}' is not a date; write it as 2019-01-10") from None
        if date < scenario.start:
            refuse("", f"{date} is before the ceasefire began on {scenario.start}", column="event")
        for path in values:
            if path not in known or path.startswith("events."):
                close = nearest(path, list(known))
                hint = f"; did you mean '{close}'?" if close else "; describe --resolved shows them all"
                refuse("", f"no such number '{path}'{hint}", column="event")
        title = f"seen on {date}: {', '.join(values)}"
        days = (date - scenario.start).days
        happened.append(Event.model_validate({"title": title, "day": days, "set": dict(values)}))
    return replace(loaded, scenario=scenario.model_copy(update={"events": [*scenario.events, *happened]}))


def held_histories(
    making: Maker, worlds: int, day: int, progress: Progress
) -> tuple[Histories, NDArray[np.int64], tuple[int, ...]]:
    """All histories, their families, and the days on which they were copied.

    Where few worlds hold on `day`, those alive are copied whenever half have gone: a copy has its world's past and a
    new future. Copies of one world are one family.
    """
    lineage: Lineage = founders(worlds)
    made = making.histories(lineage, progress)
    held = np.sort(made.rows["days_held"])
    stages: list[int] = []
    if (held >= day).mean() < COPIED_BELOW:
        halvings = [int(held[min(worlds - 1, int(worlds * (1.0 - 0.5**k)))]) for k in range(1, 12)]
        for stage in sorted({each for each in halvings if 0 < each < day}):
            alive = making.alive(lineage, stage, progress)
            if len(alive):
                lineage = copied(lineage, alive, stage)
                stages.append(stage)
        made = making.histories(lineage, progress)
    return made, lineage.world, tuple(stages)


@dataclass(frozen=True, eq=False)
class Agreement:
    """The worlds that hold on a day, and how far each agrees with what was seen."""

    made: Histories
    family: NDArray[np.int64]
    left: NDArray[np.int64]
    figures: FloatArray
    index: Index
    weight: FloatArray
    seen: FloatArray


def agreement(found: Seen, made: Histories, family: NDArray[np.int64]) -> Agreement | None:
    """Weights of the histories that hold on the day of what was seen; None where fewer than two hold."""
    holds = np.flatnonzero((made.rows["days_held"] >= found.day) & (made.rows["failed"] == 0))
    if len(holds) < 2:
        return None
    held, left = made.of(holds), made.rows["days_held"][holds] - found.day
    figures, wanted = made_figures(found, held), seen_figures(found)
    index = learnt_index(figures, left < INDEX_DAYS)
    weight = weights(index.at(figures), float(index.at(wanted)))
    return Agreement(held, family[holds], left, figures, index, weight, wanted)


def conditioned(
    loaded: Loaded,
    found: Seen,
    made: Histories,
    family: NDArray[np.int64],
    *,
    worlds: int,
    seed: int,
    stages: tuple[int, ...] = (),
) -> Nowcast:
    """The nowcast from histories that were simulated until a year after the day. ScenarioError with too few worlds."""
    agreed = agreement(found, made, family)
    number = effective(agreed.weight, agreed.family) if agreed is not None else 0.0
    if agreed is None or number < 0.999 * LEAST_EFFECTIVE:
        holding = len(agreed.left) if agreed is not None else 0
        refuse("", f"{holding:,} of {worlds:,} worlds hold on day {found.day:,}, as good as {number:,.0f} that agree"
               f" with the counts; {LEAST_EFFECTIVE:,.0f} are needed: give more --worlds", column="counts")  # fmt: skip
    equal = np.full(len(agreed.left), 1.0 / len(agreed.left))
    tried = trial(agreed.figures, agreed.left, HORIZONS, seed)
    names = tuple(found.figures)
    alarms = [alarm(agreed.made, agreed.weight, name, found.day, agreed.family) for name in names]
    everyone = np.zeros(len(made))
    everyone[np.flatnonzero((made.rows["days_held"] >= found.day) & (made.rows["failed"] == 0))] = agreed.weight
    return Nowcast(
        loaded, found, worlds, seed, len(agreed.left), number, stages,
        without={days: share(equal, agreed.left < days, agreed.family) for days in HORIZONS},
        counted={days: share(agreed.weight, agreed.left < days, agreed.family) for days in HORIZONS},
        skill={days: tried.skill(days) for days in HORIZONS},
        curve=_curve(agreed.left, equal, agreed.weight),
        ends=_ends(agreed, equal),
        deciders=_deciders(agreed, equal),
        alarms=tuple(one for one in alarms if one is not None),
        places=_places(found, agreed),
        weeks=tuple(weeks_of(made, everyone, found, name) for name in names),
        warning=early_warning(made, names, seed),
        notes=found.notes,
    )  # fmt: skip


def _curve(left: NDArray[np.int64], equal: FloatArray, weight: FloatArray) -> pd.DataFrame:
    days = np.arange(HORIZONS[-1] + 1)
    ended = np.minimum(left, HORIZONS[-1] + 1)
    gone = [np.cumsum(np.bincount(ended, weights=w, minlength=len(days) + 1))[: len(days)] for w in (equal, weight)]
    still = [np.concatenate([[1.0], 1.0 - np.asarray(each)[:-1]]) for each in gone]
    return pd.DataFrame({"days": days, "without": still[0], "counted": still[1]}).round(6)


def _ends(agreed: Agreement, equal: FloatArray) -> tuple[Share, ...]:
    """Ends within the longest horizon by cause and actor, the likeliest first; last those that hold."""
    rows = agreed.made.rows
    within = agreed.left < HORIZONS[-1]
    names = (*agreed.made.initial.actors, "")
    keys = [
        (CAUSES[cause], names[actor]) if ends else ("", "")
        for cause, actor, ends in zip(rows["cause"], rows["cause_actor"], within, strict=True)
    ]
    return _shares(agreed, equal, keys, last=("", ""))


def _deciders(agreed: Agreement, equal: FloatArray) -> tuple[Share, ...]:
    """Whose decision it would be, among worlds that end within the longest horizon."""
    within = agreed.left < HORIZONS[-1]
    names = (*agreed.made.initial.actors, "")
    keys = [(names[actor],) if ends else None
            for actor, ends in zip(agreed.made.rows["deciding_actor"], within, strict=True)]  # fmt: skip
    return _shares(agreed, equal, keys, last=("",))


def _shares(agreed: Agreement, equal: FloatArray, keys: list[Any], last: tuple[str, ...]) -> tuple[Share, ...]:
    """Shares of the worlds whose key is not None, by weight with the counts; the key `last` stands last."""
    told = np.array([key is not None for key in keys])
    if not told.any() or not agreed.weight[told].sum():
        return ()
    kinds = sorted({key for key in keys if key is not None})
    code = np.array([kinds.index(key) if key is not None else -1 for key in keys])
    rows = [
        Share(kind, *(share(w[told], code[told] == k, agreed.family[told]) for w in (equal, agreed.weight)))
        for k, kind in enumerate(kinds)
    ]
    return tuple(sorted(rows, key=lambda row: (row.what == last, -row.counted.value, row.what)))


def _places(found: Seen, agreed: Agreement) -> tuple[Place, ...]:
    """Each figure that was seen among the worlds that hold."""
    below = (agreed.figures < agreed.seen - 1e-9).mean(axis=0)
    level = (np.abs(agreed.figures - agreed.seen) <= 1e-9).mean(axis=0)
    shares = below + 0.5 * level
    return tuple(
        Place(name, round(float(np.expm1(value))), float(percentile))
        for name, value, percentile in zip(figure_names(found), agreed.seen, shares, strict=True)
    )


__all__ = ["Nowcast", "Trial", "nowcast"]
