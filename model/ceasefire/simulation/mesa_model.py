"""CeasefireModel: one world as a Mesa model, whose actors, formations and sectors act through the rules."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from ceasefire.rules import THE_DAY
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.compiled import python_rules
from ceasefire.simulation.engine import initial_world
from ceasefire.simulation.initial_state import InitialState, WorldArray, initial_state
from ceasefire.simulation.mesa_agents import Actor, Formation, Sector
from ceasefire.world_state import CAUSES, VIOLATION_KINDS


class CeasefireModel(mesa.Model):
    """One world of a scenario: `step()` is a day, `running` turns False when the ceasefire has ended.

    No rule draws from Mesa's generators: what happens depends on the scenario, `seed` and `world` alone, and
    is the same, to the last bit, as in the compiled engine. To try another behaviour, pass your own subclass
    of `Actor` as `actor_class`.
    """

    running: bool

    def __init__(
        self,
        scenario: Scenario | Any,
        seed: int = 1,
        world: int = 0,
        *,
        actor_class: type[Actor] = Actor,
        collect: bool = True,
    ) -> None:
        super().__init__()
        spec: Scenario = getattr(scenario, "scenario", scenario)
        self.spec = spec
        self.world_number = world
        self.opening: InitialState = initial_state(spec)
        self.record: WorldArray = initial_world(self.opening, seed, world)
        self.numbers = np.asarray(self.record).view(np.float64)
        self.actors = [actor_class(self, a, name) for a, name in enumerate(self.opening.actors)]
        self.sectors = [Sector(self, s, name) for s, name in enumerate(self.opening.sectors)]
        self.formations = [Formation(self, f, *names) for f, names in enumerate(self.opening.formations)]
        self.acting = {
            "actor": self.agents.select(agent_type=actor_class),
            "sector": self.agents.select(agent_type=Sector),
            "formation": self.agents.select(agent_type=Formation),
        }
        self.collecting = collect
        if collect:
            self.datacollector = mesa.DataCollector(
                model_reporters=MODEL_REPORTERS, agenttype_reporters={actor_class: ACTOR_REPORTERS}
            )

    def step(self) -> None:
        """Live one day: each step of the day is taken by all whose step it is, before the next begins."""
        if not self.running:
            return
        with np.errstate(over="ignore"):
            for part in THE_DAY:
                if part.whose == "world":
                    self.happen(part.name)
                else:
                    self.acting[part.whose].do(part.name)
        if self.collecting and self.record["day"][0] <= self.record["horizon"][0]:
            self.datacollector.collect(self)
        self.running = not bool(self.record["over"][0])

    def happen(self, name: str) -> None:
        """A step that belongs to the world as a whole."""
        if name == "events":
            python_rules.events(self.record, self.numbers)
        else:
            getattr(python_rules, name)(self.record)

    def live(self) -> None:
        """Step until the ceasefire has ended or the horizon is reached."""
        while self.running:
            self.step()

    @property
    def day(self) -> int:
        """Days lived, and told: days from the horizon on are not."""
        return int(min(self.record["day"][0], self.record["horizon"][0]))

    @property
    def cause(self) -> str:
        """Why the ceasefire ended; empty while it holds."""
        return CAUSES[int(self.record["cause"][0])]

    @property
    def days_held(self) -> int:
        """Days that the ceasefire has held."""
        return int(self.record["days_held"][0]) if self.record["over"][0] else self.day


def _counter(position: int) -> Any:
    return lambda model: float(model.record["counter"][0, position])


MODEL_REPORTERS: dict[str, Any] = {
    "day": "day",
    "deaths_14d": lambda model: int(model.record["deaths_14d"][0]),
    "ties": lambda model: float(model.record["ties"][0]),
    "attention": lambda model: float(model.record["attention"][0]),
    **{f"violations_{kind}": _counter(position) for position, kind in enumerate(VIOLATION_KINDS)},
    "deaths_combatant": _counter(4),
    "deaths_civilian": _counter(5),
    "displaced": _counter(6),
    "talks": _counter(7),
}
"""What DataCollector keeps of the world each day; counts are since the start."""

ACTOR_REPORTERS: dict[str, Any] = {"name": "name", "posture": "posture", "losses": "losses", "blame": "blame"}
"""What DataCollector keeps of each actor each day."""
