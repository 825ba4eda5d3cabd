"""The main figures of a run, each with its sampling error and its parameter uncertainty."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.analysis.bands_over_draws import CurveBands
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.interval_rules import survival_quantile
from ceasefire.analysis.mixing_distribution import world_distribution
from ceasefire.analysis.survival import (
    EndingCause,
    SurvivalCurve,
    cumulative_incidence,
    median_day,
    restricted_mean,
    survival,
)
from ceasefire.analysis.worlds_by_draw import WorldsByDraw, worlds_by_draw
from ceasefire.array_types import FloatArray

DAYS = (30, 90, 365)
"""Days at which the share of holding worlds is stated, in addition to the horizon."""


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
    """Shares still holding by day [probability], mean and median days held, and shares of worlds by ending."""

    holding: dict[int, Figure]
    mean: Figure
    median: Figure
    endings: dict[EndingCause, float]
    horizon: int
    worlds: int
    failed: int

    def as_content(self) -> dict[str, Any]:
        """The summary as plain content for JSON; null means 'beyond the horizon'."""
        return {
            "worlds": self.worlds,
            "failed": self.failed,
            "horizon_days": self.horizon,
            "holding": {str(day): _content(figure) for day, figure in self.holding.items()},
            "mean_days_held": _content(self.mean),
            "median_days_held": _content(self.median),
            "endings": [
                {"cause": ending.cause, "actor": ending.actor, "share": share} for ending, share in self.endings.items()
            ],
        }


def summary(worlds: pd.DataFrame, doubt: pd.DataFrame | None, horizon: int) -> Summary:
    """The main figures of a run; without parameter draws, `doubt` is None. ValueError when every world failed."""
    curve = survival(worlds)
    drawn = worlds_by_draw(doubt, horizon) if doubt is not None else None
    bands = drawn.bands() if drawn is not None else None
    days = [*(day for day in DAYS if day < horizon), horizon]
    mean = restricted_mean(worlds, horizon)
    return Summary(
        holding={day: _holding(curve, drawn, bands, day, horizon) for day in days},
        mean=_figure("mean days held", mean, drawn.days if drawn is not None else None, float(horizon)),
        median=Figure("median days held", survival_quantile(curve), _median(bands) if bands is not None else None),
        endings=endings(worlds),
        horizon=horizon,
        worlds=curve.worlds,
        failed=curve.failed,
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
