"""The rules: what happens on a day, in order. Rules know nothing of Mesa, files or charts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ceasefire.rules.blame import accuse, carry_blame, update_trust
from ceasefire.rules.casualties import displace_civilians, inflict_casualties
from ceasefire.rules.commit import bear, commit
from ceasefire.rules.decide import decide, settle
from ceasefire.rules.escalate import brace, echo, retaliate
from ceasefire.rules.events import events
from ceasefire.rules.exchange_fire import advance, exchange_fire
from ceasefire.rules.perceive import perceive, survey
from ceasefire.rules.termination import judge_end

Whose = Literal["world", "actor", "formation", "sector"]


@dataclass(frozen=True)
class Step:
    """One rule of the day: its name, whose it is, and what it says."""

    number: int
    name: str
    whose: Whose
    rule: Callable[..., Any]

    @property
    def sentence(self) -> str:
        """The first line of the rule's docstring."""
        return (self.rule.__doc__ or "").strip().splitlines()[0]


THE_DAY: tuple[Step, ...] = (
    Step(1, "events", "world", events),
    Step(2, "survey", "world", survey),
    Step(2, "perceive", "actor", perceive),
    Step(3, "decide", "actor", decide),
    Step(3, "settle", "world", settle),
    Step(4, "exchange_fire", "formation", exchange_fire),
    Step(4, "advance", "sector", advance),
    Step(5, "inflict_casualties", "formation", inflict_casualties),
    Step(5, "displace_civilians", "sector", displace_civilians),
    Step(6, "accuse", "formation", accuse),
    Step(6, "update_trust", "world", update_trust),
    Step(6, "carry_blame", "actor", carry_blame),
    Step(7, "brace", "world", brace),
    Step(7, "echo", "sector", echo),
    Step(7, "retaliate", "formation", retaliate),
    Step(8, "bear", "actor", bear),
    Step(8, "commit", "world", commit),
    Step(9, "judge_end", "world", judge_end),
)
"""The day, read top to bottom: every actor, formation or sector takes a step before the next begins."""
