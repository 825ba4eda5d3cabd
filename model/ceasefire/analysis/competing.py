"""What ends ceasefires: the cumulative share of worlds ended by each cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from ceasefire.analysis.lives import CAUSES, BoolArray, IntArray, Lives, at_risk_by_day, ends_by_day, lives
from ceasefire.analysis.survival import kaplan_meier
from ceasefire.array_types import FloatArray


class Ending(NamedTuple):
    """A cause and, when told apart, the actor that brought it about ('' otherwise)."""

    cause: str
    actor: str = ""


@dataclass(frozen=True, eq=False)
class Incidence:
    """P(ended by this cause by each day) for every cause seen, and P(still holding): together 1 every day.

    by_ending[e][d] and holding[d] are probabilities, one entry a day from 0 to the last day followed; at_risk[d]
    counts the worlds that still held when the day began.
    """

    days: IntArray
    by_ending: dict[Ending, FloatArray]
    holding: FloatArray
    at_risk: IntArray
    worlds: int
    failed: int

    def at(self, day: int) -> dict[Ending, float]:
        """Shares on a day, by ending; with Ending('held') for the worlds that still hold. They sum to 1."""
        index = min(max(day, 0), len(self.days) - 1)
        shares = {ending: float(share[index]) for ending, share in self.by_ending.items()}
        return {**shares, Ending("held"): float(self.holding[index])}

    def table(self, days: tuple[int, ...] = (30, 90, 365, 730, 1095, 1460, 1825)) -> pd.DataFrame:
        """A row per day and a column per ending [probability], for the days that were followed."""
        followed = [day for day in days if day < len(self.days)] or [len(self.days) - 1]
        rows = [{" ".join(filter(None, ending)): share for ending, share in self.at(day).items()} for day in followed]
        return pd.DataFrame(rows, index=pd.Index(followed, name="day"))


def cumulative_incidence(worlds: pd.DataFrame, by_actor: bool = False) -> Incidence:
    """Aalen-Johansen estimate: the chance of each cause in a world where the others may come first.

    Causes come in the order of CAUSES; with by_actor, the actors of a cause by their share, largest first.
    ValueError when no world is left, or an ended world has no known cause.
    """
    known = lives(worlds)
    _check_causes(known)
    at_risk = at_risk_by_day(known.days)
    last = len(at_risk) - 1
    ended = ends_by_day(known.days[known.ended], last)
    before = np.concatenate(([1.0], kaplan_meier(ended, at_risk)[:-1]))
    by_ending: dict[Ending, FloatArray] = {}
    for ending in _endings(known, by_actor):
        ends = ends_by_day(known.days[_of(known, ending, by_actor)], last)
        by_ending[ending] = np.cumsum(before * ends / at_risk)
    total = np.sum(list(by_ending.values()), axis=0) if by_ending else np.zeros(last + 1)
    holding = np.where(ended.cumsum() == len(known.days), 0.0, 1 - total)
    days = np.arange(last + 1, dtype=np.int64)
    return Incidence(days, by_ending, holding, at_risk, len(known.days), known.failed)


def _check_causes(known: Lives) -> None:
    """Every ended world has a cause that the model knows."""
    strange = sorted({str(cause) for cause in known.cause[known.ended]} - set(CAUSES))
    if strange:
        raise ValueError(f"cause: {strange[0]!r} is none of {', '.join(CAUSES)}")


def _endings(known: Lives, by_actor: bool) -> list[Ending]:
    """The endings seen, in the order of CAUSES, then by how common they are, then by name."""
    seen: dict[Ending, int] = {}
    for cause, actor in zip(known.cause[known.ended], known.actor[known.ended], strict=True):
        ending = Ending(str(cause), str(actor) if by_actor else "")
        seen[ending] = seen.get(ending, 0) + 1
    return sorted(seen, key=lambda ending: (CAUSES.index(ending.cause), -seen[ending], ending.actor))


def _of(known: Lives, ending: Ending, by_actor: bool) -> BoolArray:
    """Which worlds ended that way."""
    chosen: BoolArray = known.ended & (known.cause == ending.cause)
    return np.logical_and(chosen, known.actor == ending.actor) if by_actor else chosen
