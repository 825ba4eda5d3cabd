"""Cumulative incidence of each ending, at the values as written and over draws of the assumed numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ceasefire.analysis.bands_over_draws import days_that_tell, share_bands
from ceasefire.analysis.interval_rules import share_limits
from ceasefire.analysis.survival import EndingCause, Incidence, cumulative_incidence
from ceasefire.analysis.worlds_by_draw import values_by_draw
from ceasefire.array_types import FloatArray

RARE = 0.015
"""Share of worlds below which an actor has no curve of its own."""

OTHERS = "others"

DAYS = 16
"""Days on which a band over draws is estimated, besides eves of those on which many end; between, it is straight."""


@dataclass(frozen=True, eq=False)
class CauseCurve:
    """Share of worlds that an ending had ended by each day from 0: `written` with the limits of chance (95 %).

    With draws, `mean` over draws and the middle 90 % of draws, `low` to `high`; all have the shape (days,).
    """

    ending: EndingCause
    written: FloatArray
    chance_low: FloatArray
    chance_high: FloatArray
    mean: FloatArray | None = None
    low: FloatArray | None = None
    high: FloatArray | None = None

    @property
    def main(self) -> FloatArray:
        """The curve to draw: the mean over draws, or as written where nothing is drawn."""
        return self.written if self.mean is None else self.mean

    @property
    def band(self) -> tuple[FloatArray, FloatArray]:
        """Its band: the middle of draws, or chance where nothing is drawn."""
        if self.low is None or self.high is None:
            return self.chance_low, self.chance_high
        return self.low, self.high


@dataclass(frozen=True, eq=False)
class CauseCurves:
    """The endings, the commonest first; the shares that still hold, as written and as mean over draws; the worlds."""

    curves: tuple[CauseCurve, ...]
    holding: float
    mean_holding: float | None
    worlds: int


def cause_curves(worlds: pd.DataFrame, doubt: pd.DataFrame | None, horizon: int) -> CauseCurves:
    """The curves of every ending; rare actors of one cause are joined. ValueError as of cumulative_incidence."""
    written = cumulative_incidence(worlds, by_actor=True)
    drawn = cumulative_incidence(doubt, by_actor=True) if doubt is not None else None
    joined = _joined(written, drawn)
    sizes = dict.fromkeys(joined.values())
    curves = [_curve(ending, joined, written, drawn, doubt, horizon) for ending in sizes]
    ranked = sorted(curves, key=lambda curve: -curve.main[-1])
    return CauseCurves(
        tuple(ranked), float(written.holding[-1]), None if drawn is None else float(drawn.holding[-1]), written.worlds
    )


def _joined(written: Incidence, drawn: Incidence | None) -> dict[EndingCause, EndingCause]:
    """For each ending the one under which it is shown: two or more rare actors of a cause are joined into one."""
    most: dict[EndingCause, float] = {}
    for incidence in filter(None, (drawn, written)):
        for ending, share in incidence.by_ending.items():
            most[ending] = max(most.get(ending, 0.0), float(share[-1]))
    rare = [ending for ending, share in most.items() if ending.actor and share < RARE]
    many = {ending.cause for ending in rare if sum(other.cause == ending.cause for other in rare) > 1}
    shown = {}
    for ending in most:
        alone = all(other in rare for other in most if other.cause == ending.cause)
        joins = ending in rare and ending.cause in many
        shown[ending] = EndingCause(ending.cause, "" if alone else OTHERS) if joins else ending
    return shown


def _curve(
    ending: EndingCause,
    joined: dict[EndingCause, EndingCause],
    written: Incidence,
    drawn: Incidence | None,
    doubt: pd.DataFrame | None,
    horizon: int,
) -> CauseCurve:
    members = [each for each, shown in joined.items() if shown == ending]
    share = _sum(written, members, horizon)
    low, high = share_limits(share * written.worlds, written.worlds)
    if drawn is None or doubt is None:
        return CauseCurve(ending, share, low, high)
    ended = _ended_by_day(doubt, members)
    chosen = days_that_tell(ended[ended <= horizon], horizon, DAYS)
    successes = np.array([(ended <= day).sum(axis=1) for day in chosen])
    found = share_bands(successes, np.isfinite(ended).sum(axis=1))
    days = np.arange(horizon + 1)
    # A share that has ended never falls; the last day stands as it was estimated, and is that of the table of causes.
    rising = [np.minimum.accumulate(edge[::-1])[::-1] for edge in (found.low, found.high)]
    edges = [np.interp(days, chosen, edge) for edge in rising]
    return CauseCurve(ending, share, low, high, _sum(drawn, members, horizon), edges[0], edges[1])


def _sum(incidence: Incidence, members: list[EndingCause], horizon: int) -> FloatArray:
    """Share of worlds that any of these endings had ended by each day from 0 to the horizon."""
    parts = [incidence.by_ending[member] for member in members if member in incidence.by_ending]
    total = np.sum(parts, axis=0) if parts else np.zeros(len(incidence.days))
    return np.pad(total, (0, max(0, horizon + 1 - len(total))), mode="edge")[: horizon + 1]


def _ended_by_day(doubt: pd.DataFrame, members: list[EndingCause]) -> FloatArray:
    """The day on which one of these endings came, (draws, worlds); a day beyond all where none did."""
    pairs = list(zip(doubt["cause"].astype(str), doubt["cause_actor"].astype(str), strict=True))
    chosen = np.array([EndingCause(*pair) in members for pair in pairs]) & doubt["ended"].to_numpy(bool)
    return values_by_draw(doubt, np.where(chosen, doubt["days_held"].to_numpy(float), 1e9))
