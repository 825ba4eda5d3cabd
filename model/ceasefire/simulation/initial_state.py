"""From a scenario to the record of a world on the morning of day 0, and the slot of every number in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire.compilation.name_keys import name_key
from ceasefire.parameters.indicators import term_indices
from ceasefire.parameters.size_limits import MOST_NEIGHBOURS, MOST_TERMS
from ceasefire.parameters.sourced_value import Amount, Quantity
from ceasefire.scenario.schema import AGREEMENT_CLASSES, Campaign, Event, Scenario, ladder_of, rungs_of
from ceasefire.world_state import (
    MECHANISM_FIELDS,
    WINDOW,
    Sizes,
    size_class,
    slot_of,
    world_dtype,
)

WorldArray = NDArray[Any]

ACTOR_NUMBERS = {
    "capability": "capability", "commitment": "commitment", "waning": "waning", "discipline": "discipline",
    "exposure": "exposure", "civilian_harm": "civilian_harm", "troops_on_line": "troops",
    "weariness": "weariness", "recent_losses": "losses", "losses_scale": "losses_scale", "mobilised": "mobilised",
    "blame": "blame", "refugee_share": "refugee_share", "influence": "influence",
}  # fmt: skip
"""Numbers of an actor in the scenario, and their fields in the record."""

AGREEMENT_NUMBERS = ("monitoring", "buffer_km", "hotline", "clarity", "order", "talks_order", "exchange", "exchanges")

STARTING_NUMBERS = {
    "guarantors.ties": "ties_level", "attention.start": "attention", "attention.floor": "attention_floor",
    "war.toll_14d": "toll", "war.ongoing": "ongoing", "front.entrenched": "entrenched",
}  # fmt: skip

WORKED_OUT = -1.0
"""Deadliness that is worked out from the war's toll and the forces of the front."""

EVERYWHERE = -1.0
"""Monitoring of a sector that the agreement's monitoring covers."""


@dataclass(frozen=True)
class Draw:
    """A number that is drawn once per world: its slot, the name its draws belong to, its distribution, its limits."""

    slot: int
    name: str
    code: int
    numbers: tuple[float, float, float]
    low: float
    high: float


@dataclass(frozen=True)
class InitialState:
    """A scenario made ready: the record that every world starts from, and where each number stands in it.

    `record` has shape (1,). `slots` maps a scenario path to a position counted in 8-byte steps. `draws` are
    the numbers with a distribution. Names are in the order of the record: sorted, never as in the file; those who
    fight before outside parties, and within a sector the forces of side 0 before those of side 1.
    """

    record: WorldArray
    slots: dict[str, int]
    draws: tuple[Draw, ...]
    actors: tuple[str, ...]
    sectors: tuple[str, ...]
    motives: tuple[str, ...]
    sides: tuple[str, ...]
    formations: tuple[tuple[str, str], ...]
    sizes: Sizes = field(repr=False)

    def __repr__(self) -> str:
        return (
            f"<InitialState: {len(self.actors)} actors, {len(self.sectors)} sectors, {len(self.draws)} numbers drawn>"
        )


def initial_state(scenario: Scenario) -> InitialState:
    """Lay a scenario out as a world record. Raises ValueError when it is larger than any size class."""
    return _StateBuilder(scenario).opening()


class _StateBuilder:
    """Fills the record, and notes the slot of every number as it is written."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.sides = tuple(scenario.sides)
        self.actors = tuple(sorted(scenario.actors, key=lambda name: (scenario.actors[name].role == "outside", name)))
        self.sectors = tuple(sorted(scenario.front.sectors))
        self.motives = tuple(sorted({m for actor in scenario.actors.values() for m in actor.motives}))
        self.formations = tuple(
            (sector, actor)
            for sector in self.sectors
            for actor in sorted(self.actors, key=self._side_of)
            if scenario.front.sectors[sector].presence.get(actor) is not None
        )
        operations = sum(len(e.set) + len(e.add) + len(e.multiply) for e in scenario.events)
        self.sizes = size_class(
            actors=len(self.actors), sectors=len(self.sectors), formations=len(self.formations),
            motives=len(self.motives), events=len(scenario.events), operations=operations,
            deadlines=len(scenario.agreement.deadlines),
        )  # fmt: skip
        self.dtype = world_dtype(self.sizes)
        self.record = np.zeros(1, self.dtype)
        self.w = self.record[0]
        self.slots: dict[str, int] = {}
        self.limits: dict[str, tuple[float, float]] = {}
        self.draws: list[Draw] = []

    def opening(self) -> InitialState:
        self._agreement()
        self._actors()
        self._motives()
        self._sectors()
        self._formations()
        self._deadlines()
        self._events()
        return InitialState(
            self.record, self.slots, tuple(self.draws), self.actors, self.sectors, self.motives, self.sides,
            self.formations, self.sizes,
        )  # fmt: skip

    def _side_of(self, actor: str) -> int:
        side = self.scenario.actors[actor].side
        return -1 if side is None else self.sides.index(side)

    def put(
        self,
        path: str,
        quantity: Quantity,
        fields: str,
        *where: int,
        low: float = 0.0,
        high: float = 1.0,
        name: str | None = None,
    ) -> None:
        """Write a number of the scenario into the record; remember its slot, and its distribution if it has one.

        Its draws belong to `name`, the path when not said.
        """
        slot = slot_of(self.dtype, fields, *where)
        self.slots[path] = slot
        self.limits[path] = (low, high)
        self.record.view(np.float64)[slot] = quantity.centre
        code, numbers = quantity.distribution
        if code:
            self.draws.append(Draw(slot, name or path, code, numbers, low, high))

    def put_fields(self, prefix: str, part: Any, fields: dict[str, str], *where: int) -> None:
        """Write several numeric fields of one part of the scenario, within the limits that the schema declares."""
        for name, target in fields.items():
            low, high = limits_of(type(part), name)
            self.put(f"{prefix}.{name}", getattr(part, name), target, *where, low=low, high=high)

    def _agreement(self) -> None:
        scenario, w = self.scenario, self.w
        w["horizon"] = scenario.horizon_days
        w["day"] = scenario.day
        self.put_fields("mechanisms", scenario.mechanisms, {name: name for name in MECHANISM_FIELDS})
        self.put_fields("agreement", scenario.agreement, {name: name for name in AGREEMENT_NUMBERS})
        w["deal_class"] = AGREEMENT_CLASSES.index(scenario.agreement.class_)
        w["third_party_war_ends_it"] = scenario.agreement.third_party_war_ends_it
        w["expires"] = scenario.agreement.term_days or 0
        most = scenario.agreement.most_renewals
        w["most_renewals"] = -1 if most is None else most
        w["renewal"] = scenario.agreement.renewal_days or scenario.agreement.term_days or 0
        for path, target in STARTING_NUMBERS.items():
            part, name = path.split(".")
            self.put_fields(part, getattr(scenario, part), {name: target})
        self.put("war.deadliness", scenario.war.deadliness or Quantity(value=WORKED_OUT), "deadliness", high=1000.0)
        for position, side in enumerate(self.sides):
            self.put(f"trust.{side}", scenario.trust.get(side, Quantity(value=0.5)), "trust", position)
            self.put(f"resolve.{side}", scenario.resolve.get(side, Quantity(value=0.0)), "resolve", position)
        for clock in ("last_talks", "clash_since", "first_breach", "first_lethal", "operational_end", "formal_end"):
            w[clock] = -1
        for nobody in ("cause_actor", "deciding_actor", "deciding_motive", "deciding_sector"):
            w[nobody] = -1
        w["refused_by"] = w["refused_motive"] = -1
        if scenario.day:
            self._later_day()

    def _later_day(self) -> None:
        """The day is not that of signing: terms have been renewed since, and the last fortnight is still felt."""
        w, scenario = self.w, self.scenario
        while 0 < w["expires"] <= scenario.day < scenario.horizon_days:
            w["expires"] += w["renewal"]
            w["renewals"] += 1
        lately = round(scenario.war.ongoing.centre * scenario.war.toll_14d.centre / WINDOW)
        w["deaths_ring"][[day % WINDOW for day in range(max(0, scenario.day - WINDOW), scenario.day)]] = lately
        w["deaths_14d"] = w["deaths_ring"].sum()

    def _actors(self) -> None:
        w = self.w
        w["n_actors"] = len(self.actors)
        w["n_fighters"] = sum(actor.role != "outside" for actor in self.scenario.actors.values())
        for a, name in enumerate(self.actors):
            actor = self.scenario.actors[name]
            w["actor_key"][a] = name_key(name)
            w["side"][a] = self._side_of(name)
            w["fights"][a] = actor.role != "outside"
            w["guarantor"][a] = actor.role == "guarantor"
            w["excluded"][a] = name in self.scenario.agreement.excludes
            if actor.role == "guarantor":
                w["guarantors"] |= np.uint64(1 << a)
            if actor.role != "outside" and not actor.patron and not w["excluded"][a]:
                w["signatories"] |= np.uint64(1 << a)
                if name in (self.scenario.agreement.principals or self.actors):
                    w["principals"] |= np.uint64(1 << a)
            w["patron"][a] = self.actors.index(actor.patron.actor) if actor.patron else -1
            w["backs"][a] = self.actors.index(actor.backs) if actor.backs else -1
            w["rung"][a] = rungs_of(ladder_of(actor.role)).index(actor.posture) if actor.posture else 0
            w["ceiling"][a] = rungs_of(ladder_of(actor.role)).index(actor.ceiling) if actor.ceiling else 3
            for unset in ("moved_on", "decided_motive"):
                w[unset][a] = -1
            self.put_fields(f"actors.{name}", actor, ACTOR_NUMBERS, a)
            if actor.patron:
                self.put_fields(f"actors.{name}.patron", actor.patron, {"dependence": "dependence"}, a)
            if actor.campaign:
                self._campaign(a, name, actor.campaign)
            for k, motive in enumerate(sorted(actor.motives)):
                m = self.motives.index(motive)
                w["own"][a, k] = m
                self.put(f"actors.{name}.motives.{motive}", actor.motives[motive], "weight", a, m)
            w["n_own"][a] = len(actor.motives)

    def _campaign(self, a: int, name: str, campaign: Campaign) -> None:
        self.put_fields(f"actors.{name}.campaign", campaign, {"under_way": "drive"}, a)
        self.w["n_objectives"][a] = len(campaign.sectors)
        self.w["objective"][a, : len(campaign.sectors)] = [self.sectors.index(each) for each in campaign.sectors]

    def _motives(self) -> None:
        w = self.w
        w["n_motives"] = len(self.motives)
        for m, name in enumerate(self.motives):
            motive = self.scenario.motives[name]
            w["profile"][m] = motive.profile
            w["constant"][m] = motive.salience.constant
            terms = motive.salience.terms
            if len(terms) > MOST_TERMS:
                raise ValueError(f"motive '{name}' has {len(terms)} terms; at most {MOST_TERMS} are possible")
            w["n_terms"][m] = len(terms)
            for t, (term, coefficient) in enumerate(terms.items()):
                w["term_first"][m, t], w["term_second"][m, t] = term_indices(term)
                w["coefficient"][m, t] = coefficient
                self.slots[f"motives.{name}.salience.terms.{term}"] = slot_of(self.dtype, "coefficient", m, t)
            self.slots[f"motives.{name}.salience.constant"] = slot_of(self.dtype, "constant", m)
            for rung in range(len(motive.profile)):
                self.slots[f"motives.{name}.profile.{rung}"] = slot_of(self.dtype, "profile", m, rung)

    def _sectors(self) -> None:
        w, sectors = self.w, self.scenario.front.sectors
        w["n_sectors"] = len(self.sectors)
        for s, name in enumerate(self.sectors):
            sector, prefix = sectors[name], f"front.sectors.{name}"
            w["sector_key"][s] = name_key(name)
            self.put_fields(prefix, sector, {n: n for n in ("held", "civilians", "contact")}, s)
            self.put(f"{prefix}.monitoring", sector.monitoring or Quantity(value=EVERYWHERE), "sector_monitoring", s)
            for actor, worth in sector.claims.items():
                self.put(f"{prefix}.claims.{actor}", worth, "claim", s, self.actors.index(actor), high=Amount.high)
            touching = self._touching(name)
            if len(touching) > MOST_NEIGHBOURS:
                raise ValueError(
                    f"sector '{name}' touches {len(touching)} others; at most {MOST_NEIGHBOURS} are possible"
                )
            w["n_neighbours"][s] = len(touching)
            w["neighbour"][s, : len(touching)] = [self.sectors.index(other) for other in touching]

    def _touching(self, name: str) -> list[str]:
        sectors = self.scenario.front.sectors
        return [
            other for other in self.sectors if other in sectors[name].neighbours or name in sectors[other].neighbours
        ]

    def _formations(self) -> None:
        w, sectors = self.w, self.scenario.front.sectors
        w["n_formations"] = len(self.formations)
        w["first_of_actor"] = w["next_of_actor"] = -1
        latest: dict[int, int] = {}
        for f, (sector, actor) in enumerate(self.formations):
            a, s = self.actors.index(actor), self.sectors.index(sector)
            w["formation_actor"][f], w["formation_sector"][f] = a, s
            w["formation_side"][f] = w["side"][a]
            w["forces_here"][s] |= np.uint64(1 << a)
            if a in latest:
                w["next_of_actor"][latest[a]] = f
            else:
                w["first_of_actor"][a] = f
            latest[a] = f
            w["formation_key"][f] = name_key(f"{actor}@{sector}")
            presence = sectors[sector].presence[actor]
            self.put(f"front.sectors.{sector}.presence.{actor}", presence, "presence", f, high=Amount.high)
        for s, name in enumerate(self.sectors):
            own = [f for f, (sector, _) in enumerate(self.formations) if sector == name]
            if own:
                of_side_0 = np.count_nonzero(w["formation_side"][own] == 0)
                w["first_formation"][s], w["last_formation"][s] = own[0], own[-1] + 1
                w["turn_formation"][s] = own[0] + of_side_0

    def _deadlines(self) -> None:
        deadlines = self.scenario.agreement.deadlines
        self.w["n_deadlines"] = len(deadlines)
        fields = {"due_day": "deadline_due", "ease": "deadline_ease", "weight": "deadline_weight"}
        for d, name in enumerate(sorted(deadlines)):
            self.w["deadline_key"][d] = name_key(name)
            self.put_fields(f"agreement.deadlines.{name}", deadlines[name], fields, d)

    def _events(self) -> None:
        w = self.w
        w["n_events"] = len(self.scenario.events)
        tasks = sorted(self.scenario.agreement.deadlines)
        o = 0
        for e, event in enumerate(self.scenario.events):
            name = f"event {event.title}"
            w["event_key"][e] = name_key(name)
            w["event_on"][e] = -1
            w["event_once"][e] = event.once
            if event.day is not None and event.day.centre < self.scenario.day:
                w["event_on"][e] = int(event.day.centre)
            w["event_task"][e] = -1 if event.when_met is None else tasks.index(event.when_met)
            if event.day is not None:
                self.put(f"events.{e}.day", event.day, "event_day", e, high=np.inf, name=f"{name}: day")
            else:
                w["event_day"][e] = -1.0
            if event.rate_per_year is not None:
                self.put(
                    f"events.{e}.rate_per_year", event.rate_per_year, "event_rate", e, high=np.inf, name=f"{name}: rate"
                )
            for key, named in (("review", event.review), ("joins", event.joins), ("home", event.goes_home)):
                w[f"event_{key}"][e, [self.actors.index(actor) for actor in named]] = 1
            for kind, verb, path, quantity in _operations(event):
                w["operation_event"][o] = e
                w["operation_kind"][o] = kind
                w["operation_slot"][o] = self.slots[path]
                w["operation_low"][o], w["operation_high"][o] = self.limits[path]
                target = f"{verb}.{path}"
                self.put(
                    f"events.{e}.{target}", quantity, "operation_value", o,
                    low=-np.inf, high=np.inf, name=f"{name}: {target}",
                )  # fmt: skip
                o += 1
        w["n_operations"] = o


def _operations(event: Event) -> Iterator[tuple[int, str, str, Quantity]]:
    for kind, verb in enumerate(("set", "add", "multiply")):
        for path, quantity in getattr(event, verb).items():
            yield kind, verb, path, quantity


def limits_of(model: type[Any], name: str) -> tuple[float, float]:
    """Hard limits of a numeric field that the schema declares."""
    extra = model.model_fields[name].json_schema_extra
    return float(extra["low"]), float(extra["high"])
