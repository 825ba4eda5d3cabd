"""Outcome variables of an experiment: one number for each world, averaged over worlds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire.array_types import FloatArray
from ceasefire.world_state import CAUSES

COUNTED = {
    "deaths_combatant": "combatants killed", "deaths_civilian": "civilians killed", "displaced": "people displaced",
    "talks": "rounds of talks", "peak_deaths_14d": "deaths in the worst fortnight",
    "violations_strategic": "strategic violations", "violations_retaliatory": "retaliatory violations",
    "violations_spoiling": "spoiling violations", "violations_localised": "localised violations",
}  # fmt: skip
"""Columns of the table of worlds that are outcomes themselves, in words."""

_HOLDS = re.compile(r"holds_past_([1-9][0-9]{0,4})")
_ENDED = re.compile(r"ended_by_([a-z_]+)")

KNOWN = ("days_held", "holds_past_365", "holds_to_the_end", *(f"ended_by_{cause}" for cause in CAUSES[1:]), *COUNTED)
"""Names of outcomes; `holds_past_` can have any day."""


@dataclass(frozen=True)
class OutcomeVariable:
    """A number of each world: its name, its description, its unit, and the columns that it is computed from."""

    name: str
    words: str
    unit: str
    columns: tuple[str, ...]

    @property
    def is_share(self) -> bool:
        """Whether the outcome is 0 or 1 in each world, so that its mean is a share of worlds."""
        return self.unit == "share"

    @property
    def in_a_sentence(self) -> str:
        """What changes when the outcome changes: 'the share of worlds that holds past day 365'."""
        return (
            f"the share of worlds that {'is ' * self.words.startswith('ended')}{self.words}"
            if self.is_share
            else self.words
        )

    def of(self, worlds: Mapping[str, NDArray[Any]]) -> FloatArray:
        """The value of the outcome in each world."""
        if holds := _HOLDS.fullmatch(self.name):
            return _as_numbers((worlds["ended"] == 0) | (worlds["days_held"] > int(holds[1])))
        if self.name == "holds_to_the_end":
            return _as_numbers(worlds["ended"] == 0)
        if ended := _ENDED.fullmatch(self.name):
            return _as_numbers(worlds["cause"] == ended[1])
        return _as_numbers(worlds[self.name])


def _as_numbers(values: NDArray[Any]) -> FloatArray:
    return np.asarray(values, np.float64)


def outcome(name: str) -> OutcomeVariable:
    """The outcome of that name. ValueError when there is none."""
    if name == "days_held":
        return OutcomeVariable(name, "mean days held", "days", ("days_held",))
    if holds := _HOLDS.fullmatch(name):
        return OutcomeVariable(name, f"holds past day {int(holds[1]):,}", "share", ("days_held", "ended"))
    if name == "holds_to_the_end":
        return OutcomeVariable(name, "holds to the end", "share", ("ended",))
    ended = _ENDED.fullmatch(name)
    if ended and ended[1] in CAUSES[1:]:
        return OutcomeVariable(name, f"ended by {ended[1].replace('_', ' ')}", "share", ("cause",))
    if name in COUNTED:
        return OutcomeVariable(name, COUNTED[name], "number", (name,))
    raise ValueError(f"no such outcome '{name}'")
