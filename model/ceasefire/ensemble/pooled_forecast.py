"""Three views of one deal: what its scenario says, what deals like it did, and the pooled forecast."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ceasefire.analysis.bands_over_draws import LEVELS, CurveBands, survival_bands
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.findings import Duration, duration
from ceasefire.analysis.linear_pool import mixture_quantiles
from ceasefire.analysis.survival import median_day, survival
from ceasefire.analysis.worlds_by_draw import worlds_by_draw
from ceasefire.array_types import FloatArray
from ceasefire.ensemble.run import run_summary
from ceasefire.reference_class.outside_view.explanation import leaning_lines
from ceasefire.reference_class.outside_view.forecast import LAST_DAY, DealForecast
from ceasefire.reference_class.outside_view.of_scenario import outside_view_of
from ceasefire.reference_class.pooling_weight import PoolingWeight, shipped_weight
from ceasefire.wording import sentence

if TYPE_CHECKING:
    import pandas as pd

    from ceasefire.analysis.summary import Summary
    from ceasefire.ensemble.run import RunResult
    from ceasefire.ensemble.run_plan import Plan
    from ceasefire.scenario.load import Loaded

FROM_A_DAY = (
    "No forecast is pooled: the weights of the two were found on forecasts from the day of signing, and how much a "
    "scenario of day {first:,} should count is not known. All chances are those of a deal that has held {first:,} days."
)
TOO_LATE = "No forecast is pooled: beyond five years, what deals like this one did tells nothing apart."

RANGE = (0.05, 0.95)
MOST_DAYS = 150
"""Days on which the outside view is computed; between them it is straight."""

NO_HISTORY = (
    "No forecast is pooled: the scenario names no country and no earlier deals. Add `history:` to its file "
    "(scenarios/README.md), and what deals like it did counts too."
)
DIFFERENCES = (
    "Differences are those of the scenarios alone: what deals like them did says nothing about what a change would do."
)
CHANGED = (
    "No forecast is pooled: deals like this one know nothing of {what}. What a change does is the scenario's alone; "
    "`ceasefire compare` shows it."
)


@dataclass(frozen=True, eq=False)
class View:
    """A curve: by whole day from 0, the chance to hold past it (on the last day: to reach it), and its 90 % range."""

    mean: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def median(self) -> float:
        """The day on which the curve falls to one half; inf beyond its end."""
        return median_day(self.mean)

    def on(self, day: int) -> Interval:
        """The chance of a day with its range."""
        return Interval(*(min(1.0, max(0.0, float(edge[day]))) for edge in (self.mean, self.low, self.high)))


@dataclass(frozen=True, eq=False)
class Views:
    """What the scenario says, what such deals did (None: nothing is known), and both pooled (None: `why_not`).

    Curves run over whole days from 0 to `last`, the horizon or five years: later, the outside view tells nothing apart.
    Where worlds begin on day `first`, all are given that the deal has held so long.
    """

    scenario: View
    such_deals: View | None
    pooled: View | None
    weight: PoolingWeight
    why_not: str
    last: int
    outside: DealForecast | None
    first: int = 0

    @property
    def headline(self) -> View:
        """The pooled forecast, or the scenario's where nothing is pooled."""
        return self.pooled or self.scenario

    def notes(self) -> list[str]:
        """What was missing or not known of deals like it, in sentences."""
        known = self.outside.known.warnings if self.outside is not None else ()
        return [sentence(words) for words in known]

    def leans_on(self) -> list[str]:
        """What the outside view rests on, in sentences; empty without one."""
        return leaning_lines(self.outside) if self.outside is not None else []

    @cached_property
    def why(self) -> str:
        """The weight and its reason, or why nothing is pooled."""
        return self.weight.why() if self.pooled is not None else self.why_not

    def by_day(self) -> pd.DataFrame:
        """Mean and 90 % range of each view: a row for each of the first 90 days, each fifth after it, and the last."""
        begin = min(self.first, self.last)
        days = np.unique(
            np.minimum([*range(begin, begin + 90), *range(begin + 90, self.last, 5), self.last], self.last)
        )
        table = {"day": days}
        for name, view in (("pooled", self.pooled), ("scenario", self.scenario), ("such_deals", self.such_deals)):
            if view is not None:
                table |= {name: view.mean[days], f"{name}_low": view.low[days], f"{name}_high": view.high[days]}
        return pd.DataFrame(table)

    def as_content(self, days: list[int]) -> dict[str, Any]:
        """The views on some days, for programs."""
        content: dict[str, Any] = {"weight_of_such_deals": self.weight.weight, "why": self.why, "held_days": self.first}
        for name, view in (("pooled", self.pooled), ("scenario", self.scenario), ("such_deals", self.such_deals)):
            content[name] = None if view is None else {
                str(day): [round(float(edge[day]), 5) for edge in (view.mean, view.low, view.high)]
                for day in days if day <= self.last
            }  # fmt: skip
        if self.outside is not None:
            content["leans_on"] = [record.facts.name for record in self.outside.known.counted]
            content["notes"] = list(self.outside.known.warnings)
        return content


def duration_of(plan: Plan, outcome: RunResult) -> Duration:
    """How long the deal of a run holds: the pooled forecast where there is one, the scenario, the values as written."""
    return duration_from(run_summary(plan, outcome), views_of(plan, outcome), plan.scenario.agreement.term_days)


def duration_from(results: Summary, views: Views, term: int | None = None) -> Duration:
    """The same from the main figures and the views, for a deal with this term [days]."""
    pooled = views.pooled
    known = {day: pooled.on(day) for day in results.holding if day <= views.last} if pooled is not None else None
    return duration(results, known, term)


def views_of(plan: Plan, outcome: RunResult) -> Views:
    """The three views of a run, computed once. ValueError when every world failed."""

    def made() -> Views:
        bands, outside = _bands(outcome, plan.horizon), outside_view_of(plan.scenario)
        return pool(
            bands, outside, changes_of(plan.loaded), min(plan.horizon, LAST_DAY), shipped_weight(), plan.scenario.day
        )

    return outcome.once("views", made)


def _bands(outcome: RunResult, horizon: int) -> CurveBands:
    """The scenario's curves over draws; where nothing is assumed, its one curve."""
    if outcome.doubt is not None:
        return worlds_by_draw(outcome.doubt, horizon).bands()
    return _one_curve(outcome.worlds, horizon)


def _one_curve(worlds: pd.DataFrame, horizon: int) -> CurveBands:
    curve = survival(worlds).table(list(range(horizon + 1))).ffill()
    mean, low, high = (curve[name].to_numpy(float) for name in ("surviving", "low", "high"))
    levels = np.tile(mean, (len(LEVELS), 1))
    return CurveBands(np.arange(horizon + 1), mean, low, mean, high, 1, float(len(worlds)), levels)


def views_of_side(plan: Plan, worlds: pd.DataFrame, drawn: FloatArray | None) -> Views:
    """The views of one side of a comparison; `drawn` are its days held at each draw, (draws, worlds), if any."""
    horizon = plan.horizon
    bands = _one_curve(worlds, horizon) if drawn is None else survival_bands(drawn, drawn < horizon, horizon)
    outside, changed = outside_view_of(plan.scenario), changes_of(plan.loaded)
    return pool(bands, outside, changed, min(horizon, LAST_DAY), shipped_weight(), plan.scenario.day)


def changes_of(loaded: Loaded) -> str:
    """The changes and settings of a scenario in words; '' when it is as its file says. A first day changes no deal."""
    settings = [f"{path}={value}" for path, value in loaded.settings.items() if path != "day"]
    return " and ".join([*loaded.changes, *settings])


def pool(
    bands: CurveBands, outside: DealForecast | None, changed: str, last: int, weight: PoolingWeight, first: int = 0
) -> Views:
    """The views from the scenario's curves over draws and the outside view, for days 0 to `last`.

    Both are given that the deal has held until day `first`; only from signing are they pooled.
    """
    cut = slice(0, last + 1)
    own = View(bands.mean[cut], bands.low[cut], bands.high[cut])
    if outside is None:
        return Views(own, None, None, weight, TOO_LATE if first >= LAST_DAY else NO_HISTORY, last, None, first)
    when = np.minimum(np.arange(last + 1) + 1.0, float(last))
    held = float(min(outside.request.held_days, last))
    known = np.unique(np.round(np.concatenate([when[:30], np.geomspace(1, last, MOST_DAYS), [max(1.0, held), last]])))
    levels = outside.quantiles(known, (*RANGE, *LEVELS))
    low, high, *spread = (np.interp(when, known, row) for row in levels)
    such = View(outside.headline.holds(when), low, high)
    if first or changed:
        why = [
            *([FROM_A_DAY.format(first=first)] if first else []),
            *([CHANGED.format(what=changed)] if changed else []),
        ]
        return Views(own, such, None, weight, " ".join(why), last, outside, first)
    w = weight.weight
    edges = mixture_quantiles(np.array(spread), bands.levels[:, cut], w, RANGE)
    edges = -np.sort(-edges, axis=1)  # quantiles of falling curves fall
    mean = w * such.mean + (1.0 - w) * own.mean
    return Views(own, such, View(mean, edges[0], edges[1]), weight, "", last, outside)
