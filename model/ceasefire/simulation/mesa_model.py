"""CeasefireModel: one world as a Mesa model, whose actors, formations and sectors act through the rules."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import mesa
import numpy as np

from ceasefire.arguments import MOST_SEED, settings, shown, whole_number
from ceasefire.rules import THE_DAY
from ceasefire.scenario.load import Loaded, as_loaded
from ceasefire.scenario.parameter_paths import is_number, quantities
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.variants import with_numbers
from ceasefire.simulation.compiled import python_rules
from ceasefire.simulation.engine import initial_world
from ceasefire.simulation.initial_state import InitialState, WorldArray, initial_state
from ceasefire.simulation.mesa_agents import Actor, Formation, Sector
from ceasefire.suggestions import did_you_mean
from ceasefire.world_state import CAUSES, VIOLATION_KINDS

MOST_DAYS = 36_500


class CeasefireModel(mesa.Model):
    """One world of a scenario: `step()` is a day, `running` turns False when the ceasefire has ended.

    No rule draws from Mesa's generators: what happens depends on the scenario, `seed` and `world` alone, and
    is the same, to the last bit, as in the compiled engine. To try another behaviour, pass your own subclass
    of `Actor` as `actor_class`. The scenario may be loaded, or given by name or path; `params` are numbers by path that
    it has instead of its own, `days` another horizon. Without a `seed`, which may also be given as Mesa's `rng`, each
    model is another world; `seed_number` says which. ValueError, with the name of the argument, for numbers out of
    range. A model can be pickled and copied on any day, and goes on as the first does.
    """

    running: bool

    def __init__(
        self,
        scenario: Loaded | Scenario | str | Path,
        seed: int | None = None,
        world: int = 0,
        *,
        rng: Any = None,
        params: Mapping[str, float] | None = None,
        days: int | None = None,
        actor_class: type[Actor] = Actor,
        collect: bool = True,
    ) -> None:
        self.seed_number = _seed_of(seed, rng)
        super().__init__(rng=self.seed_number)
        spec: Scenario = _under(as_loaded(scenario), params).scenario
        if days is not None:
            spec = spec.model_copy(update={"horizon_days": whole_number("days", days, 1, MOST_DAYS)})
        self.spec = spec
        self.world_number = whole_number("world", world, 0, MOST_SEED)
        self.opening: InitialState = initial_state(spec)
        self.record: WorldArray = initial_world(self.opening, self.seed_number, self.world_number)
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
            self.datacollector.collect(self)

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
        if self.collecting and not self.running:
            self._drop_days_after_the_end()

    def _drop_days_after_the_end(self) -> None:
        """An end that is seen some days later is dated back: the rows of the days after it go, and the last says it.

        Mesa's `batch_run` reads the row of the last step, so that the steps are those of the rows that are left.
        """
        rows = self.steps = self.days_held + 1
        collector = self.datacollector
        del getattr(collector, "_collection_steps", [])[rows:]
        for values in collector.model_vars.values():
            del values[rows:]
        for records in (collector._agent_records, collector._agenttype_records):
            for day in [day for day in records if day >= rows]:
                del records[day]
        for name in AT_THE_END:
            collector.model_vars[name][-1] = getattr(self, name)

    def __repr__(self) -> str:
        state = "running" if self.running else self.cause or "holds"
        which = f"{self.spec.name}, seed {self.seed_number}, world {self.world_number}"
        return f"<CeasefireModel {which}: day {self.day}, {state}>"

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__() if hasattr(super(), "__getstate__") else self.__dict__
        return {name: value for name, value in state.items() if name != "numbers"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.numbers = np.asarray(self.record).view(np.float64)  # the same memory as the record, not a copy

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
    def ended(self) -> bool:
        """Whether the ceasefire has ended."""
        return bool(self.record["ended"][0])

    @property
    def days_held(self) -> int:
        """Days that the ceasefire has held."""
        return int(self.record["days_held"][0]) if self.record["over"][0] else self.day


def _seed_of(seed: Any, rng: Any) -> int:
    """The seed of a world, from either argument of Mesa; from the operating system when neither is given."""
    if seed is not None and rng is not None:
        raise ValueError("seed: give seed or rng, not both")
    given = seed if rng is None else rng
    if given is None or isinstance(given, np.random.Generator | np.random.SeedSequence | np.random.BitGenerator):
        return int(np.random.default_rng(given).integers(MOST_SEED))
    return whole_number("seed" if rng is None else "rng", given, 0, MOST_SEED)


def _under(loaded: Loaded, params: Mapping[str, float] | None) -> Loaded:
    """The scenario with other numbers. ValueError for a path that leads to none; ScenarioError for one out of range."""
    given = settings("params", params)
    known = [path for path, _, _ in quantities(loaded.scenario)]
    for path, value in given.items():
        if path not in known:
            raise ValueError(f"params: {shown(path)} is no number of {loaded.label}{did_you_mean(path, known)}")
        if not is_number(value):
            raise ValueError(f"params: {path} is {shown(value)}, which is not a number")
    return with_numbers(loaded, given, "params") if given else loaded  # type: ignore[arg-type]


def _number(model: CeasefireModel, field: str, position: int | None = None) -> float:
    value = model.record[field][0]
    return float(value if position is None else value[position])


def _deaths_14d(model: CeasefireModel) -> int:
    return int(model.record["deaths_14d"][0])


def _counter(position: int) -> Any:
    return partial(_number, field="counter", position=position)


AT_THE_END = ("days_held", "ended", "cause")
"""What the last row says of the whole world."""

MODEL_REPORTERS: dict[str, Any] = {
    "seed": "seed_number",
    "world": "world_number",
    "day": "day",
    **{name: name for name in AT_THE_END},
    "deaths_14d": _deaths_14d,
    "ties": partial(_number, field="ties"),
    "attention": partial(_number, field="attention"),
    **{f"violations_{kind}": _counter(position) for position, kind in enumerate(VIOLATION_KINDS)},
    "deaths_combatant": _counter(4),
    "deaths_civilian": _counter(5),
    "displaced": _counter(6),
    "talks": _counter(7),
}
"""What DataCollector keeps of the world each day; counts are since the start."""

ACTOR_REPORTERS: dict[str, Any] = {name: attrgetter(name) for name in ("name", "posture", "losses", "blame")}
"""What DataCollector keeps of each actor each day."""
