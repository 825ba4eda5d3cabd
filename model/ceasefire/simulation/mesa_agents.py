"""Mesa agents: views of one world's record that act through the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from ceasefire.scenario.schema import ENGAGEMENT_LADDER, FORCE_LADDER
from ceasefire.simulation.compiled import python_rules

if TYPE_CHECKING:
    from ceasefire.simulation.mesa_model import CeasefireModel


class _Part(mesa.Agent):
    """An agent that stands at a position of the world record."""

    model: CeasefireModel

    def __init__(self, model: CeasefireModel, position: int, name: str) -> None:
        super().__init__(model)
        self.position = position
        self.name = name
        self.record = model.record

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def number(self, field: str) -> Any:
        """One of this agent's numbers in the world record."""
        return self.record[field][0][self.position]


class Actor(_Part):
    """A state or an armed group: it looks, decides, carries blame and bears what the day brought."""

    def perceive(self) -> None:
        """Review today? If so, take in the indicators."""
        python_rules.perceive(self.record, self.position)

    def decide(self) -> None:
        """Choose a rung. A subclass may choose otherwise: set `self.next_posture`."""
        python_rules.decide(self.record, self.position)

    def carry_blame(self) -> None:
        """Carry what it was seen to do."""
        python_rules.carry_blame(self.record, self.position)

    def bear(self) -> None:
        """Losses, refugees, weariness, drift of strength."""
        python_rules.bear(self.record, self.position)

    @property
    def ladder(self) -> tuple[str, ...]:
        """The rungs it climbs, lowest first."""
        return FORCE_LADDER if self.number("fights") else ENGAGEMENT_LADDER

    @property
    def posture(self) -> str:
        """The rung it stands on."""
        return self.ladder[int(self.number("rung"))]

    @property
    def next_posture(self) -> str:
        """The rung it chose this morning."""
        return self.ladder[int(self.number("next_rung"))]

    @next_posture.setter
    def next_posture(self, rung: str) -> None:
        self.record["next_rung"][0][self.position] = self.ladder.index(rung)

    @property
    def losses(self) -> float:
        """Own dead still felt [deaths]."""
        return float(self.number("losses"))

    @property
    def blame(self) -> float:
        """Blame carried [0-1]."""
        return float(self.number("blame"))


class Formation(_Part):
    """One actor's forces in one sector: it fires, kills, is accused, and answers fire."""

    def __init__(self, model: CeasefireModel, position: int, sector: str, actor: str) -> None:
        super().__init__(model, position, f"{actor}@{sector}")
        self.sector = sector
        self.actor = actor

    def exchange_fire(self) -> None:
        """Violations of the day."""
        python_rules.exchange_fire(self.record, self.position)

    def inflict_casualties(self) -> None:
        """Deaths by its fire."""
        python_rules.inflict_casualties(self.record, self.position)

    def accuse(self) -> None:
        """Who is blamed for its fire."""
        python_rules.accuse(self.record, self.position)

    def retaliate(self) -> None:
        """Heat builds where fire was received, and cools."""
        python_rules.retaliate(self.record, self.position)

    @property
    def heat(self) -> float:
        """Urge to answer fire [violations per day]."""
        return float(self.number("heat"))


class Sector(_Part):
    """A stretch of the front: the line moves through it, and its civilians flee."""

    def advance(self) -> None:
        """The line moves."""
        python_rules.advance(self.record, self.position)

    def displace_civilians(self) -> None:
        """Civilians flee."""
        python_rules.displace_civilians(self.record, self.position)

    def echo(self) -> None:
        """Fire felt here and next door."""
        python_rules.echo(self.record, self.position)

    @property
    def held(self) -> float:
        """Share held by the first side [0-1]."""
        return float(self.number("held"))
