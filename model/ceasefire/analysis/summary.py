"""The main figures of a run, each with its sampling error and its parameter uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.parameter_uncertainty import uncertainty_interval
from ceasefire.analysis.survival import (
    EndingCause,
    SurvivalCurve,
    cumulative_incidence,
    median_day,
    restricted_mean,
    survival,
)

DAYS = (30, 90, 365)
"""Days at which the share of holding worlds is stated, in addition to the horizon."""


@dataclass(frozen=True)
class Figure:
    """One figure: its value with the 95 % interval of sampling error (chance), and the middle 90 % of draws (doubt)."""

    name: str
    chance: Interval
    doubt: Interval | None


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
    days = [*(day for day in DAYS if day < horizon), horizon]
    return Summary(
        holding={day: _holding(curve, doubt, day, horizon) for day in days},
        mean=Figure(
            "mean days held",
            restricted_mean(worlds, horizon),
            uncertainty_interval(doubt, "mean_days", day=horizon) if doubt is not None else None,
        ),
        median=Figure(
            "median days held", median(curve), uncertainty_interval(doubt, "median_days") if doubt is not None else None
        ),
        endings=endings(worlds),
        horizon=horizon,
        worlds=curve.worlds,
        failed=curve.failed,
    )


def _holding(curve: SurvivalCurve, doubt: pd.DataFrame | None, day: int, horizon: int) -> Figure:
    """The share of worlds that hold past a day; at the horizon, that reach it."""
    row = curve.table([day]).iloc[0]
    chance = Interval(float(row["surviving"]), float(row["low"]), float(row["high"]))
    over_draws = uncertainty_interval(doubt, "share_holding", day=day) if doubt is not None else None
    return Figure("holds to the end" if day == horizon else f"holds past day {day}", chance, over_draws)


def median(curve: SurvivalCurve) -> Interval:
    """Median days held; its limits are where those of the curve cross one half; infinite beyond the horizon."""
    return Interval(*(median_day(edge) for edge in (curve.surviving, curve.low, curve.high)))


def endings(worlds: pd.DataFrame) -> dict[EndingCause, float]:
    """Shares of worlds by cause and actor over the whole run, the commonest first; then the share that still holds."""
    incidence = cumulative_incidence(worlds, by_actor=True)
    shares = incidence.at(int(incidence.days[-1]))
    held = shares.pop(EndingCause("held"))
    return {**dict(sorted(shares.items(), key=lambda item: -item[1])), EndingCause("held"): held}


def _content(figure: Figure) -> dict[str, Any]:
    def pair(interval: Interval) -> list[float | None]:
        return [_finite(interval.low), _finite(interval.high)]

    return {
        "value": _finite(figure.chance.value),
        "chance_95": pair(figure.chance),
        "doubt_90": pair(figure.doubt) if figure.doubt is not None else None,
    }


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None
