"""The rules: what happens on a day, in order. Rules know nothing of Mesa, files or charts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from ceasefire.rules.blame import accuse, carry_blame, update_trust
from ceasefire.rules.casualties import flee, suffer
from ceasefire.rules.commit import bear, bind
from ceasefire.rules.decide import decide, settle
from ceasefire.rules.escalate import answer, brace, echo
from ceasefire.rules.events import events
from ceasefire.rules.exchange_fire import advance, clash
from ceasefire.rules.perceive import look, survey
from ceasefire.rules.termination import judge

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
    Step(2, "look", "actor", look),
    Step(3, "decide", "actor", decide),
    Step(3, "settle", "world", settle),
    Step(4, "clash", "formation", clash),
    Step(4, "advance", "sector", advance),
    Step(5, "suffer", "formation", suffer),
    Step(5, "flee", "sector", flee),
    Step(6, "accuse", "formation", accuse),
    Step(6, "update_trust", "world", update_trust),
    Step(6, "carry_blame", "actor", carry_blame),
    Step(7, "brace", "world", brace),
    Step(7, "echo", "sector", echo),
    Step(7, "answer", "formation", answer),
    Step(8, "bear", "actor", bear),
    Step(8, "bind", "world", bind),
    Step(9, "judge", "world", judge),
)
"""The day, read top to bottom: every actor, formation or sector takes a step before the next begins."""
