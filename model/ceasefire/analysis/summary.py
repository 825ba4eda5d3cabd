"""The main figures of a run, each with its sampling error and its parameter uncertainty."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ceasefire.analysis.bands_over_draws import CurveBands, share_bands
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.findings import days_told
from ceasefire.analysis.interval_rules import bounded_mean_interval, share_interval
from ceasefire.analysis.losses import (
    COUNTS,
    a_year_held,
    a_year_held_by_draw,
    count_of,
    over_fixed_time,
    years_held,
)
from ceasefire.analysis.mixing_check import HalvesCheck, halves_check
from ceasefire.analysis.mixing_distribution import world_distribution
from ceasefire.analysis.survival import (
    EndingCause,
    SurvivalCurve,
    cumulative_incidence,
    median_day,
    restricted_mean,
    survival,
    survival_quantile,
)
from ceasefire.analysis.worlds_by_draw import WorldsByDraw, values_by_draw, worlds_by_draw
from ceasefire.array_types import FloatArray


@dataclass(frozen=True)
class Figure:
    """One figure at the values as written, and over draws of the assumed numbers.

    `chance` is the value as written with the 95 % interval of sampling error; `doubt` the mean over draws with the
    middle 90 % of draws, None when nothing is assumed; `mean` the mean over draws with its 95 % interval, where known.
    `verdict` is empty when draws differ by more than chance; otherwise it says so, and `doubt` is as wide as it may be.
    """

    name: str
    chance: Interval
    doubt: Interval | None
    mean: Interval | None = None
    verdict: str = ""

    @property
    def main(self) -> float:
        """The value to state first: the mean over draws, or as written where nothing is drawn."""
        return self.doubt.value if self.doubt is not None else self.chance.value


@dataclass(frozen=True)
class Summary:
    """Shares still holding by day [probability], mean and median days held, shares of worlds by ending, and costs.

    `spread` checks the spread of draws in mean days held on halves of their worlds; None without draws. Worlds begin
    on day `first`, and no day before it is told.
    """

    holding: dict[int, Figure]
    mean: Figure
    median: Figure
    endings: dict[EndingCause, float]
    causes: dict[EndingCause, Figure]
    costs: dict[str, Figure]
    spread: HalvesCheck | None
    horizon: int
    worlds: int
    failed: int
    first: int = 0

    def as_content(self) -> dict[str, Any]:
        """The summary as plain content for JSON; null means 'beyond the horizon'."""
        return {
            "worlds": self.worlds,
            "failed": self.failed,
            "horizon_days": self.horizon,
            "first_day": self.first,
            "holding": {str(day): _content(figure) for day, figure in self.holding.items()},
            "mean_days_held": _content(self.mean),
            "median_days_held": _content(self.median),
            "endings": [
                {"cause": ending.cause, "actor": ending.actor, "share": figure.chance.value, **_content(figure)}
                for ending, figure in self.causes.items()
            ],
            "in_a_world": {name: _content(figure) for name, figure in self.costs.items()},
        }


def summary(
    worlds: pd.DataFrame,
    doubt: pd.DataFrame | None,
    horizon: int,
    rate: float | None = None,
    term: int | None = None,
    by_curve: bool = False,
    first: int = 0,
) -> Summary:
    """The main figures of a run; without parameter draws, `doubt` is None. ValueError when every world failed.

    `rate` are the deaths a day of the war before the deal, None to leave out what follows an end. Shares that hold are
    stated at the days of `days_told`: by the `term` of the deal [days], by the median when `by_curve`, and by the
    `first` day of the worlds.
    """
    curve = survival(worlds)
    drawn = worlds_by_draw(doubt, horizon) if doubt is not None else None
    bands = drawn.bands() if drawn is not None else None
    mean = restricted_mean(worlds, horizon)
    median = Figure("median days held", survival_quantile(curve), _median(bands) if bands is not None else None)
    days = days_told(horizon, term, median.main if by_curve else None, first)
    spread = None
    if drawn is not None:
        with suppress(ValueError):
            spread = halves_check(world_distribution(drawn.days, 0.0, float(horizon)), drawn.days)
    to_the_end = _holding(curve, drawn, bands, horizon, horizon)
    return Summary(
        holding={day: _holding(curve, drawn, bands, day, horizon) for day in days},
        mean=_figure("mean days held", mean, drawn.days if drawn is not None else None, float(horizon)),
        median=median,
        endings=endings(worlds),
        causes={**causes(worlds, doubt), EndingCause("held"): replace(to_the_end, name="")},
        costs=costs(worlds, doubt, horizon, rate, first) if set(COUNTS["deaths"]) <= set(worlds.columns) else {},
        spread=spread,
        horizon=horizon,
        worlds=curve.worlds,
        failed=curve.failed,
        first=first,
    )


def _holding(
    curve: SurvivalCurve, drawn: WorldsByDraw | None, bands: CurveBands | None, day: int, horizon: int
) -> Figure:
    """The share of worlds that hold past a day; at the horizon, that reach it. Its band is that of the curve."""
    row = curve.table([day]).iloc[0]
    chance = Interval(float(row["surviving"]), float(row["low"]), float(row["high"]))
    name = "holds to the end" if day == horizon else f"holds past day {day}"
    figure = _figure(name, chance, drawn.holds_past(day) if drawn is not None else None, 1.0)
    if bands is None or figure.verdict:
        return figure
    return replace(figure, doubt=Interval(figure.main, float(bands.low[day]), float(bands.high[day])))


def _figure(name: str, chance: Interval, drawn: FloatArray | None, highest: float) -> Figure:
    """A figure from 0 to `highest`, with its distribution over draws from each world's, (draws, worlds)."""
    if drawn is None:
        return Figure(name, chance, None)
    found = world_distribution(drawn, 0.0, highest)
    if not found.told_apart:
        return Figure(name, chance, found.widest_band(), found.mean, found.verdict)
    return Figure(name, chance, Interval(found.mean.value, found.quantile(0.05), found.quantile(0.95)), found.mean)


def _median(bands: CurveBands) -> Interval:
    """The days on which the mean curve over draws, and the edges of its band, fall to one half."""
    return Interval(*(median_day(edge) for edge in (bands.mean, bands.low, bands.high)))


def endings(worlds: pd.DataFrame) -> dict[EndingCause, float]:
    """Shares of worlds by cause and actor over the whole run, the commonest first; then the share that still holds."""
    incidence = cumulative_incidence(worlds, by_actor=True)
    shares = incidence.at(int(incidence.days[-1]))
    held = shares.pop(EndingCause("held"))
    return {**dict(sorted(shares.items(), key=lambda item: -item[1])), EndingCause("held"): held}


def causes(worlds: pd.DataFrame, doubt: pd.DataFrame | None) -> dict[EndingCause, Figure]:
    """Share of worlds by cause and actor with chance and doubt, the commonest first, without those that still hold.

    Endings that come only where assumed numbers are drawn are among them.
    """
    known = worlds.loc[~worlds["failed"]]
    here = _ending_of(known)
    there = _ending_of(doubt) if doubt is not None else np.array([])
    found = {}
    for ending in dict.fromkeys(each for each in (*here, *there) if each != "held"):
        chance = share_interval(float((here == ending).sum()), len(here))
        drawn = values_by_draw(doubt, there == ending) if doubt is not None else None
        found[EndingCause(*ending.split(" "))] = _as_in_curves(_figure("", chance, drawn, 1.0), drawn)
    ranked = sorted(found.items(), key=lambda item: (-item[1].main, item[0]))
    return dict(ranked)


def _as_in_curves(figure: Figure, drawn: FloatArray | None) -> Figure:
    """A share with the band over draws that the curves of causes end in."""
    if drawn is None or figure.verdict:
        return figure
    bands = share_bands(np.nansum(drawn, axis=1)[None], np.isfinite(drawn).sum(axis=1))
    return replace(figure, doubt=Interval(figure.main, float(bands.low[0]), float(bands.high[0])))


def _ending_of(worlds: pd.DataFrame) -> npt.NDArray[np.str_]:
    """The ending of each world as one word or two: its cause, and the actor that brought it about."""
    actors = worlds["cause_actor"].astype(str) if "cause_actor" in worlds else [""] * len(worlds)
    pairs = zip(worlds["ended"], worlds["cause"].astype(str), actors, strict=True)
    return np.array([f"{cause} {actor}".strip() if ended else "held" for ended, cause, actor in pairs], dtype=np.str_)


def costs(
    worlds: pd.DataFrame, doubt: pd.DataFrame | None, horizon: int, rate: float | None, since: int = 0
) -> dict[str, Figure]:
    """What a deal costs, with chance and doubt: means of a world until it ends, deaths and violations a year held.

    With the `rate` of deaths of the war before the deal [a day], also deaths over the whole horizon, when the fighting
    after an end goes on at that rate.
    """
    found = {name: _mean_over_worlds(name, count_of(worlds, name), doubt, name) for name in COUNTS}
    for name in ("deaths", "violations"):
        chance = a_year_held(count_of(worlds, name), years_held(worlds, since))
        drawn = a_year_held_by_draw(doubt, name, since) if doubt is not None else None
        found[f"{name}_a_year_held"] = _figure(f"{name} a year held", chance, drawn, np.inf)
    if rate is not None:
        here, there = (
            over_fixed_time(count_of(each, "deaths"), each["days_held"].to_numpy(float), horizon, rate)
            if each is not None else None
            for each in (worlds, doubt)
        )  # fmt: skip
        known = here[np.isfinite(here)] if here is not None else np.zeros(0)
        drawn = values_by_draw(doubt, there) if doubt is not None and there is not None else None
        name = f"deaths within {horizon:,} day{'s' * (horizon != 1)}"
        found["deaths_over_horizon"] = _figure(name, bounded_mean_interval(known, 0.0), drawn, np.inf)
    return found


def _mean_over_worlds(name: str, here: FloatArray, doubt: pd.DataFrame | None, column: str) -> Figure:
    """The mean of a count over worlds, with chance and doubt."""
    drawn = values_by_draw(doubt, count_of(doubt, column)) if doubt is not None else None
    return _figure(name, bounded_mean_interval(here[np.isfinite(here)], 0.0), drawn, np.inf)


def _content(figure: Figure) -> dict[str, Any]:
    def pair(interval: Interval) -> list[float | None]:
        return [_finite(interval.low), _finite(interval.high)]

    content: dict[str, Any] = {
        "value": _finite(figure.chance.value),
        "chance_95": pair(figure.chance),
        "doubt_90": pair(figure.doubt) if figure.doubt is not None else None,
    }
    if figure.doubt is not None:
        content["mean_over_draws"] = _finite(figure.doubt.value)
        content["mean_over_draws_95"] = pair(figure.mean) if figure.mean is not None else None
        content["doubt_note"] = figure.verdict
    return content


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None
