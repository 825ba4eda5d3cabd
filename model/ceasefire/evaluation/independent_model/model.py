"""The same model written as ordinary Mesa: plain attributes and methods, NumPy's generator, nothing compiled.

A second answer to what the rules say, and the yardstick of the benchmark. It shares no line with the rules; its
worlds are others than the engine's, and agree with them in distribution only.
"""

from __future__ import annotations

import math
from collections import deque
from types import SimpleNamespace
from typing import Any

import mesa

from ceasefire.evaluation.independent_model.actor import FORTNIGHT, PeerActor, left_after_a_day
from ceasefire.evaluation.independent_model.front import PeerFormation, PeerSector
from ceasefire.evaluation.independent_model.parameters import Happening, PeerSide, Reader, Task
from ceasefire.evaluation.independent_model.termination import judge
from ceasefire.parameters.sourced_value import Quantity
from ceasefire.scenario.schema import Scenario

COUNTS = (
    "strategic", "retaliatory", "spoiling", "localised", "combatant", "civilian", "displaced", "talks", "peak",
)  # fmt: skip


class PeerModel(mesa.Model):  # type: ignore[misc]
    """One world of a scenario; `step` is a day."""

    ties: float
    attention: float
    entrenched: float

    def __init__(self, scenario: Scenario, seed: int | None = None) -> None:
        super().__init__(seed=seed)
        self.scenario = scenario
        self.day = 0
        self.counts: dict[str, float] = dict.fromkeys(COUNTS, 0.0)
        reader = Reader(self.rng)
        self._read_terms(reader)
        self._raise_actors(reader)
        self._draw_front(reader)
        self.happenings = [Happening(reader, said, f"events.{e}") for e, said in enumerate(scenario.events)]
        self.places = reader.places
        self._sign()
        self.datacollector = mesa.DataCollector(model_reporters=REPORTERS)

    def _read_terms(self, reader: Reader) -> None:
        scenario = self.scenario
        self.mechanisms, self.terms, self.war = SimpleNamespace(), SimpleNamespace(), SimpleNamespace()
        reader.put_all("mechanisms", scenario.mechanisms, self.mechanisms)
        reader.put_all("agreement", scenario.agreement, self.terms, skip=("order",))
        reader.put("agreement.order", scenario.agreement.order, self, "order")
        reader.put("guarantors.ties", scenario.guarantors.ties, self, "ties_level")
        reader.put("attention.start", scenario.attention.start, self, "attention")
        reader.put("attention.floor", scenario.attention.floor, self, "attention_floor")
        reader.put_all("war", scenario.war, self.war)
        self.tasks = {name: Task() for name in scenario.agreement.deadlines}
        for name, said in scenario.agreement.deadlines.items():
            reader.put_all("", said, self.tasks[name])
        reader.put("front.entrenched", scenario.front.entrenched, self, "entrenched")
        self.sides = {name: PeerSide(name, first=k == 0) for k, name in enumerate(scenario.sides)}
        one, two = self.sides.values()
        one.other, two.other = two, one
        self.nobody = PeerSide("", first=False)
        for name, side in self.sides.items():
            reader.put(f"trust.{name}", scenario.trust.get(name, Quantity(value=0.5)), side, "trust")
            reader.put(f"resolve.{name}", scenario.resolve.get(name, Quantity(value=0.0)), side, "resolve")

    def _raise_actors(self, reader: Reader) -> None:
        named = {name: PeerActor(self, name, said, reader) for name, said in self.scenario.actors.items()}
        for name, said in self.scenario.actors.items():
            if said.patron:
                named[name].patron = named[said.patron.actor]
                named[said.patron.actor].clients.append(named[name])
            if said.backs:
                named[name].backs = named[said.backs]
        self.named = named
        self.actors = list(named.values())

    def _draw_front(self, reader: Reader) -> None:
        said = self.scenario.front.sectors
        sectors = {name: PeerSector(self, name, each, reader) for name, each in said.items()}
        self.sectors = list(sectors.values())
        for name, sector in sectors.items():
            touching = [other for other in said if other in said[name].neighbours or name in said[other].neighbours]
            sector.neighbours = [sectors[other] for other in sorted(touching)]
            for actor, presence in said[name].presence.items():
                formation = PeerFormation(self, self.named[actor], sector)
                formation.presence = reader.draw(presence, 0.0)
                sector.formations.append(formation)

    def _sign(self) -> None:
        """The state on the morning of day 0."""
        self.violence = min(1.0, self.war.ongoing)
        self.ties = self.ties_level
        self.flight = self.unmet = self.urging = 0.0
        self.deaths_today = self.clash_today = self.ending_today = 0
        self.ending_deaths: deque[int] = deque(maxlen=FORTNIGHT)
        self.deaths: deque[int] = deque(maxlen=FORTNIGHT)
        self.first_breach: int | None = None
        self.first_lethal: int | None = None
        self.last_talks: int | None = None
        self.clash_since: int | None = None
        self.clash_dead: list[int] = []
        self.mornings: list[dict[str, float]] = []
        self.expires = self.scenario.agreement.term_days
        self.renewals = 0
        self.lapsed = self.refused_motive = ""
        self.refused_by: PeerActor | None = None
        self.days_held = self.scenario.horizon_days
        self.ended = False
        self.cause = self.cause_actor = self.deciding_actor = self.deciding_motive = self.deciding_sector = ""
        self.operational_end: int | None = None
        self.formal_end: int | None = None
        numbers = self.mechanisms
        for formation in self.agents_by_type[PeerFormation]:
            formation.heat = numbers.branching_rest * numbers.strike_rate * formation.presence * self.violence
        self.count_forces()
        self.deadliness = self.how_deadly()
        for sector in self.sectors:
            sector.take_aim()
        for side in self.sides.values():
            side.best_trust = side.trust
            side.value_held = sum(sector.worth * sector.held_by(side) for sector in self.sectors)
        self.weigh_sides()
        for actor in self.actors:
            actor.size_up()
        for actor in self.actors:
            if actor.fights:
                actor.march_on()

    @property
    def intensities(self) -> tuple[float, float, float, float]:
        """Of the four rungs."""
        return 0.0, self.mechanisms.intensity_harass, self.mechanisms.intensity_strike, 1.0

    def how_deadly(self) -> float:
        """Deaths of a violation, against Idlib: as given, or such that an all-out fortnight fits the war's worst."""
        if self.scenario.war.deadliness is not None:
            return float(self.war.deadliness)
        numbers = self.mechanisms
        fire = sum(f.presence * f.finds_a_target() for f in self.agents_by_type[PeerFormation])
        dead = FORTNIGHT * fire * numbers.offensive_rate * numbers.deaths_mean_offensive
        return float(numbers.all_out * self.war.toll_14d / dead) if dead > 0 else 1.0

    def count_forces(self) -> None:
        """Who stands on the front."""
        for actor in self.actors:
            actor.presence = 0.0
        for side in self.sides.values():
            side.presence = 0.0
        for formation in self.agents_by_type[PeerFormation]:
            formation.actor.presence += formation.presence
            formation.actor.side.presence += formation.presence

    def step(self) -> None:
        """A day: everyone looks at the same morning, and all effects land together."""
        actors = self.agents_by_type[PeerActor]
        formations = self.agents_by_type[PeerFormation]
        sectors = self.agents_by_type[PeerSector]
        self.dawn()
        self.events()
        self.survey()
        for method in ("look", "decide", "settle"):
            actors.do(method)
        formations.do("clash")
        sectors.do("advance")
        formations.do("suffer")
        sectors.do("flee")
        formations.do("accuse")
        self.learn()
        actors.do("carry_blame")
        sectors.do("echo")
        formations.do("answer")
        actors.do("bear")
        self.bind()
        judge(self)
        self.datacollector.collect(self)

    def dawn(self) -> None:
        """Nothing has happened yet."""
        self.mornings.append(dict(self.counts))
        self.deaths_today = self.clash_today = self.ending_today = 0
        for side in self.sides.values():
            side.felt = side.misblamed = 0.0
            side.guarantor_dead = 0
        for actor in self.actors:
            actor.losses_today = actor.ordered_today = actor.inflicted_today = 0
            actor.seen = 0.0
        for sector in self.sectors:
            sector.received = dict.fromkeys(self.sides, 0)
            sector.civilians_killed = 0

    def events(self) -> None:
        """What comes from outside."""
        for happening in self.happenings:
            if happening.due(self.day, self.tasks, self.rng):
                happening.happened = True
                for kind, target, amount in happening.changes:
                    self.places[target].change(kind, amount)
                for name in happening.reviewers:
                    self.named[name].alarmed = True
                for name in happening.joining:
                    self.named[name].excluded = False
                for name in happening.leaving:
                    self.named[name].go_home()
                self.count_forces()

    def survey(self) -> None:
        """How the sides stand this morning; a new threat alarms."""
        before = {name: side.threat for name, side in self.sides.items()}
        self.weigh_sides()
        for actor in self.actors:
            actor.size_up()
            if actor.fights and actor.side.threat > before[actor.side.name]:
                actor.alarmed = True

    def weigh_sides(self) -> None:
        """Threat, strength, support and backing of each side."""
        at_rest = self.mechanisms.patron_support_at_rest
        fighting = [actor for actor in self.actors if actor.fights]
        self.lend_backing()
        for side in self.sides.values():
            own = [actor for actor in fighting if actor.side is side]
            against = [actor.intensity for actor in fighting if actor.side is side.other and actor.presence > 0]
            side.threat = max(against, default=0.0)
            side.strength = sum(actor.strength for actor in own if not actor.guarantor)
            side.support = sum(
                actor.strength * (at_rest + (1.0 - at_rest) * actor.intensity) for actor in own if actor.guarantor
            )
            side.backing = max((actor.backing for actor in own), default=0.0)
            troops = sum(actor.troops_on_line for actor in own if actor.guarantor)
            side.tripwire = 1.0 - math.exp(-troops / self.mechanisms.tripwire_troops)

    def lend_backing(self) -> None:
        """Outside parties urge, and back whom they may."""
        voices = {actor.name: actor.influence * actor.commitment * actor.intensity for actor in self.outside}
        self.urging = min(1.0, sum(voices.values()))
        for actor in self.actors:
            behind = [voices[other.name] for other in self.outside if other.backs is actor]
            actor.backing = min(1.0, sum(behind))

    @property
    def outside(self) -> list[PeerActor]:
        """Parties that do not fight here."""
        return [actor for actor in self.actors if not actor.fights]

    def clearness(self) -> float:
        """What vague terms leave of right attribution and of a given word."""
        return float(1.0 - self.mechanisms.vagueness_cost * (1.0 - self.terms.clarity))

    def price_of_its_word(self) -> float:
        """Utility that breaking the deal costs a party to it, at full intensity."""
        if self.lapsed:
            return 0.0
        forfeited = self.terms.exchange if self.renewals <= self.terms.exchanges else 0.0
        return forfeited + float(getattr(self.mechanisms, f"word_{self.scenario.agreement.class_}")) * self.clearness()

    def learn(self) -> None:
        """Each side believes a little more, or less, in the other."""
        kept = self.mechanisms.trust_kept
        for side in self.sides.values():
            promised = max(self.mechanisms.tolerance * side.other.presence, 1e-9)
            side.trust = kept * side.trust + (1.0 - kept) * math.exp(-side.felt / promised)
            side.best_trust = max(side.best_trust, side.trust)

    def bind(self) -> None:
        """Ties, resolve, attention, the order to cease; deadlines and talks."""
        numbers = self.mechanisms
        self.flight *= left_after_a_day(numbers.flight_half_life)
        dead = sum(side.guarantor_dead for side in self.sides.values())
        self.ties += numbers.ties_recover * (self.ties_level - self.ties)
        self.ties = max(0.0, self.ties - numbers.ties_hit * dead / 20.0)
        for side in self.sides.values():
            slower = max(0.001, 1.0 - numbers.resolve_kept_by_tripwire * side.tripwire)
            side.resolve *= left_after_a_day(numbers.resolve_half_life / slower)
            side.ground_lost *= left_after_a_day(numbers.ground_half_life)
        for actor in self.actors:
            if actor.guarantor and actor.rung >= 2:
                gain = numbers.resolve_gain * actor.intensity * actor.commitment
                actor.side.resolve += gain * (1.0 - actor.side.resolve)
        self.look_on()
        self.order *= left_after_a_day(numbers.order_half_life)
        if any(actor.rung == 3 for actor in self.actors if actor.fights):
            self.entrenched *= 1.0 - numbers.line_speed
        else:
            self.entrenched = 1.0 - (1.0 - self.entrenched) * left_after_a_day(numbers.entrench_half_life)
        self.meet_deadlines()
        if self.rng.random() < self.chance_of_talks():
            self.talk()

    def look_on(self) -> None:
        """The world looks away, unless there is news."""
        numbers = self.mechanisms
        kept = left_after_a_day(numbers.attention_half_life)
        self.attention = self.attention_floor + (self.attention - self.attention_floor) * kept
        self.attention += numbers.attention_rise * max(0.0, max(self.violence, self.urging) - self.attention)

    def meet_deadlines(self) -> None:
        """Tasks are met the likelier, the better the deal is kept; a missed one is a term unmet."""
        self.unmet *= math.exp(-1.0 / self.mechanisms.terms_accepted)
        compliance = sum(side.trust for side in self.sides.values()) / 2.0 * (1.0 - self.violence)
        for task in self.tasks.values():
            if task.met:
                continue
            if self.rng.random() < task.ease * compliance:
                task.met = True
                late = self.day - int(task.due_day)
                if late > 0:
                    left = math.exp(-late / self.mechanisms.terms_accepted)
                    self.unmet = max(0.0, self.unmet - task.weight * left)
            elif self.day == int(task.due_day):
                self.unmet = min(1.0, self.unmet + task.weight)

    def chance_of_talks(self) -> float:
        """Of a meeting today."""
        numbers = self.mechanisms
        if self.last_talks is not None and self.day - self.last_talks < numbers.talks_spacing:
            return 0.0
        channel = min(1.0, self.terms.hotline * self.ties + numbers.mediation * self.urging)
        return float(numbers.talks_rate * channel * min(1.0, sum(self.deaths) / self.war.toll_14d / numbers.talks_at))

    def talk(self) -> None:
        """Ties recover; parties recommit or not: who does stands down, and the order is as fresh as they are many."""
        numbers = self.mechanisms
        self.last_talks = self.day
        self.counts["talks"] += 1
        self.ties += numbers.talks_ties * (1.0 - self.ties)
        agreed = [actor for actor in self.actors if actor.fights and actor.recommits()]
        for actor in agreed:
            actor.stand_down()
            for formation in self.agents_by_type[PeerFormation]:
                if formation.actor is actor:
                    formation.heat *= numbers.talks_heat_left
        parties = [actor for actor in self.actors if actor.fights and not actor.excluded]
        forces = sum(actor.presence for actor in parties)
        share = sum(actor.presence for actor in parties if actor in agreed) / forces if forces > 0 else 0.0
        self.order += share * (1.0 - self.order)
        for side in self.sides.values():
            side.trust += numbers.talks_trust * share * (side.best_trust - side.trust)


def _count(name: str) -> Any:
    return lambda model: model.counts[name]


REPORTERS: dict[str, Any] = {
    "days_held": "days_held",
    "ended": "ended",
    "cause": "cause",
    "cause_actor": "cause_actor",
    "deciding_actor": "deciding_actor",
    "deciding_motive": "deciding_motive",
    "deciding_sector": "deciding_sector",
    "first_breach": "first_breach",
    "first_lethal": "first_lethal",
    **{name: _count(name) for name in COUNTS},
}
"""What Mesa's DataCollector keeps of each day."""
