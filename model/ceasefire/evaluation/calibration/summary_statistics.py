"""Summary statistics of daily counts; the same functions serve observed and simulated counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ceasefire.simulation.compiled.recorded_counts import CIVILIAN, DEATHS, EVENTS, FIRST_SIDE, SECOND_SIDE, Counts

EARLY = 30
"""Length of the first part of a truce; violence grows again after it. [days]"""

WEEK = 7

TRUCE = (
    "incidents a day, first 30 days", "incidents a day, later", "deaths a day, first 30 days", "deaths a day, later",
    "dispersion of incidents", "days without deaths", "autocorrelation over a week", "civilian share of deaths",
    "government share of fighters' deaths", "worst day's share of deaths",
)  # fmt: skip
FIGHTING = ("incidents a day", "deaths a day", "days without deaths", "civilian share of deaths")

LOGARITHMIC = {
    "incidents a day", "incidents a day, first 30 days", "incidents a day, later", "deaths a day",
    "deaths a day, first 30 days", "deaths a day, later", "dispersion of incidents",
}  # fmt: skip
"""Figures that are compared on a logarithmic scale."""

LOG_OFFSET = 0.05
"""Added before the logarithm, so that a count of zero is finite."""

Figures = NDArray[np.float64]


def truce_figures(counts: Counts) -> Figures:
    """The TRUCE figures of each world, shape (worlds, 10): rates, regrowth, dispersion, autocorrelation, victims."""
    events, deaths = counts[:, :, EVENTS], counts[:, :, DEATHS]
    mean = events.mean(axis=1)
    return np.stack(
        [
            events[:, :EARLY].mean(axis=1),
            events[:, EARLY:].mean(axis=1),
            deaths[:, :EARLY].mean(axis=1),
            deaths[:, EARLY:].mean(axis=1),
            _ratio(events.var(axis=1), mean, 1.0),
            (deaths == 0).mean(axis=1),
            mean_autocorrelation(events),
            _civilian_share(counts),
            _ratio(counts[:, :, FIRST_SIDE].sum(axis=1), counts[:, :, FIRST_SIDE:].sum(axis=(1, 2)), 0.5),
            _ratio(deaths.max(axis=1), deaths.sum(axis=1), 1.0),
        ],
        axis=1,
    )


def fighting_figures(counts: Counts) -> Figures:
    """The FIGHTING figures of each world, shape (worlds, 4)."""
    events, deaths = counts[:, :, EVENTS], counts[:, :, DEATHS]
    return np.stack(
        [events.mean(axis=1), deaths.mean(axis=1), (deaths == 0).mean(axis=1), _civilian_share(counts)], axis=1
    )


def mean_autocorrelation(events: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean autocorrelation of daily incidents at lags of 1 to 7 days, by world; 0 when the variance is 0."""
    deviation = events - events.mean(axis=1, keepdims=True)
    variance = (deviation**2).sum(axis=1)
    lags = [_ratio((deviation[:, lag:] * deviation[:, :-lag]).sum(axis=1), variance, 0.0) for lag in range(1, WEEK + 1)]
    return np.asarray(np.mean(lags, axis=0))


def _civilian_share(counts: Counts) -> NDArray[np.float64]:
    deaths = counts[:, :, [CIVILIAN, FIRST_SIDE, SECOND_SIDE]].sum(axis=(1, 2))
    return _ratio(counts[:, :, CIVILIAN].sum(axis=1), deaths, 0.0)


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64], otherwise: float) -> NDArray[np.float64]:
    out = np.full(len(whole), otherwise)
    return np.asarray(np.divide(part, whole, out=out, where=whole > 0))


def comparison_scale(names: tuple[str, ...], figures: Figures) -> Figures:
    """Figures on the scale on which they are compared: logarithms for those in LOGARITHMIC."""
    logs = np.array([name in LOGARITHMIC for name in names])
    return np.where(logs, np.log(np.maximum(figures, 0.0) + LOG_OFFSET), figures)
