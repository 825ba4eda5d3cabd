"""The peer's front: formations that fire, and the sectors that they stand in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

from ceasefire.evaluation.independent_model.actor import PeerActor, left_after_a_day
from ceasefire.evaluation.independent_model.parameters import Reader
from ceasefire.scenario import schema

if TYPE_CHECKING:
    from ceasefire.evaluation.independent_model.model import PeerModel
    from ceasefire.evaluation.independent_model.parameters import PeerSide

MOST_A_DAY = 60


class PeerFormation(mesa.Agent):  # type: ignore[misc]
    """An actor's forces in one sector."""

    model: PeerModel
    presence: float

    def __init__(self, model: PeerModel, actor: PeerActor, sector: PeerSector) -> None:
        super().__init__(model)
        self.actor = actor
        self.sector = sector
        spread = model.mechanisms.aggressiveness_spread
        self.aggression = math.exp(model.rng.normal(-0.5 * spread**2, spread))
        self.heat = 0.0
        self.fired = {"localised": 0, "ordered": 0, "answers": 0}
        self.killed = {"localised": 0, "ordered": 0, "answers": 0}

    def finds_a_target(self) -> float:
        """How much of the fire that nobody provoked finds enemies here."""
        enemies = self.sector.forces_of(self.actor.side.other)
        return enemies / (enemies + self.model.mechanisms.facing_half) if enemies > 0 else 0.0

    def localised_rate(self) -> float:
        """Fire that nobody ordered [violations per day]."""
        numbers, sector = self.model.mechanisms, self.sector
        calmed = 1.0 - numbers.calm * sector.watched()
        loose = 1.0 - self.actor.discipline
        rate = numbers.local_rate * loose * calmed * sector.contact_left() * self.actor.obeys()
        return float(self.aggression * self.presence * rate)

    def ordered_rate(self) -> float:
        """Fire that the posture orders [violations per day]."""
        numbers, sector, intensity = self.model.mechanisms, self.sector, self.actor.intensity
        rate = (0.0, numbers.harass_rate, numbers.strike_rate, numbers.offensive_rate)[self.actor.rung]
        unseen = 1.0 - numbers.watch * sector.watched() * (1.0 - intensity)
        contact = sector.contact_left()
        return float(self.aggression * self.presence * rate * unseen * (contact + (1.0 - contact) * intensity))

    def clash(self) -> None:
        """Violations of the day, and what kind each is."""
        found = self.finds_a_target()
        answers = self.heat * self.actor.obeys() if found > 0 else 0.0
        rates = [self.localised_rate() * found, self.ordered_rate() * found, answers]
        total = sum(rates)
        count = min(int(self.model.rng.poisson(total)), MOST_A_DAY)
        self.fired = {"localised": 0, "ordered": 0, "answers": 0}
        self.killed = dict(self.fired)
        if count > 0:
            kinds = self.model.rng.multinomial(count, [rate / total for rate in rates])
            self.fired = dict(zip(self.fired, map(int, kinds), strict=True))
            self.report(count)

    def report(self, count: int) -> None:
        """Enter the day's fire into the counts."""
        counts = self.model.counts
        counts["localised"] += self.fired["localised"]
        counts["retaliatory"] += self.fired["answers"]
        if self.actor.excluded:
            counts["spoiling"] += self.fired["ordered"]
        elif self.fired["ordered"]:
            counts["strategic"] += self.fired["ordered"]
            if self.model.first_breach is None:
                self.model.first_breach = self.model.day
        self.sector.received[self.actor.side.other.name] += count

    def suffer(self) -> None:
        """Its fire kills."""
        model, numbers, rng = self.model, self.model.mechanisms, self.model.rng
        calm, tail = numbers.deaths_mean_calm, numbers.deaths_tail
        means = (calm, calm, numbers.deaths_mean_strike, numbers.deaths_mean_offensive)
        for kind, count in self.fired.items():
            mean = means[0 if kind == "localised" else self.actor.rung]
            for _ in range(count):
                most = max(1.0, model.deadliness * numbers.deaths_cap)
                dead = int(min(model.deadliness * mean * (tail - 1.0) * rng.pareto(tail), most))
                if dead > 0 and self.hit(dead):
                    self.killed[kind] += dead
                    self.actor.inflicted_today += dead
                    if kind == "ordered":
                        self.actor.ordered_today += dead

    def hit(self, dead: int) -> bool:
        """The dead are civilians under the enemy, or of one enemy formation; False when nobody is there to be hit."""
        sector, rng = self.sector, self.model.rng
        aim = sector.aim[self.actor.side.name]
        crowd = aim.civilians_under(self.actor.side.other)
        if rng.random() < self.actor.civilian_harm * crowd / (crowd + self.model.mechanisms.civilians_half):
            self.model.counts["civilian"] += dead
            self.model.ending_today += dead * self.actor.counts_towards_an_end
            aim.civilians_killed += dead
            aim.bury(dead)
        else:
            enemies = [other for other in sector.formations if other.actor.side is not self.actor.side]
            exposed = [enemy.presence * enemy.actor.exposure for enemy in enemies]
            if sum(exposed) <= 0:
                return False
            share = [part / sum(exposed) for part in exposed]
            self.kill(enemies[int(rng.choice(len(enemies), p=share))].actor, dead)
            sector.bury(dead)
        return True

    def kill(self, victim: PeerActor, dead: int) -> None:
        """Soldiers of an actor fall."""
        self.model.counts["combatant"] += dead
        victim.losses_today += dead
        both = self.actor.counts_towards_an_end and victim.counts_towards_an_end
        self.model.ending_today += dead * both
        if victim.guarantor:
            victim.side.guarantor_dead += dead
            if self.actor.guarantor:
                self.model.clash_today += dead

    def accuse(self) -> None:
        """Each side holds the day's fire against somebody."""
        model, numbers, actor = self.model, self.model.mechanisms, self.actor
        severity = self.severity()
        if severity == 0:
            return
        told_apart = (numbers.q0 + (1.0 - numbers.q0) * self.sector.watched()) * model.clearness()
        right = 1.0 - (1.0 - told_apart) * (1.0 - actor.intensity)
        mine, theirs = actor.side, actor.side.other
        felt = severity * (numbers.spoiler_blame if actor.excluded else 1.0)
        at_excluded = self.sector.excluded_share(theirs)
        theirs.felt += felt * (1.0 - at_excluded * (1.0 - numbers.spoiler_blame))
        mine.felt += (1.0 - right) * severity
        theirs.misblamed += (1.0 - right) * severity
        actor.seen += right * severity
        if actor.excluded and actor.patron is not None:
            actor.patron.seen += numbers.spoiler_blame * right * severity

    def severity(self) -> float:
        """Of the day's fire: each kind by its weight, and by its dead."""
        numbers = self.model.mechanisms
        weights = {
            "localised": numbers.felt_localised,
            "ordered": numbers.felt_spoiling if self.actor.excluded else numbers.felt_strategic,
            "answers": numbers.felt_retaliatory,
        }
        felt = {kind: self.fired[kind] + numbers.felt_per_death * self.killed[kind] for kind in weights}
        return float(sum(weights[kind] * felt[kind] for kind in weights))

    def answer(self) -> None:
        """Heat builds where fire was felt, and cools."""
        numbers, actor = self.model.mechanisms, self.actor
        self.heat *= numbers.heat_kept
        felt = self.sector.felt[actor.side.name]
        if felt > 0 and self.presence > 0:
            share = self.presence / self.sector.forces_of(actor.side)
            self.heat += (1.0 - numbers.heat_kept) * self.branching() * share * felt

    def branching(self) -> float:
        """Answers that a violation provokes in the end."""
        numbers, actor = self.model.mechanisms, self.actor
        distrust = 1.0 - actor.side.trust
        part = numbers.distrust_in_readiness
        readiness = part * distrust + (1.0 - part) * actor.intensity
        return float(numbers.branching_rest + (numbers.branching_most - numbers.branching_rest) * readiness)


class PeerSector(mesa.Agent):  # type: ignore[misc]
    """A stretch of the front."""

    model: PeerModel
    held: float
    civilians: float
    contact: float
    monitoring: float | None

    def __init__(self, model: PeerModel, name: str, said: schema.Sector, reader: Reader) -> None:
        super().__init__(model)
        self.name = name
        reader.put_all(f"front.sectors.{name}", said, self)
        if said.monitoring is None:
            self.monitoring = None
        self.claims = {actor: reader.draw(worth, 0.0) for actor, worth in said.claims.items()}
        self.formations: list[PeerFormation] = []
        self.neighbours: list[PeerSector] = []
        self.aim: dict[str, PeerSector] = {}
        self.received = dict.fromkeys(model.sides, 0)
        self.felt = dict.fromkeys(model.sides, 0.0)
        self.civilians_killed = 0
        self.burst = 0.0

    @property
    def worth(self) -> float:
        """Of the sector to all who claim it."""
        return sum(self.claims.values())

    def held_by(self, side: PeerSide) -> float:
        """Share that a side holds."""
        return self.held if side.first else 1.0 - self.held

    def civilians_under(self, side: PeerSide) -> float:
        """People on the ground that a side holds."""
        return self.civilians * self.held_by(side)

    def take_aim(self) -> None:
        """Each side's fire from here can hit the most people under the enemy, here or next door."""
        for side in self.model.sides.values():
            enemy = side.other
            self.aim[side.name] = max([self, *self.neighbours], key=lambda near: near.civilians_under(enemy))

    def forces_of(self, side: PeerSide) -> float:
        """Presence of a side."""
        return sum(formation.presence for formation in self.formations if formation.actor.side is side)

    def excluded_share(self, side: PeerSide) -> float:
        """Share of a side's forces here that the deal leaves out."""
        out = sum(f.presence for f in self.formations if f.actor.side is side and f.actor.excluded)
        return out / self.forces_of(side) if out > 0 else 0.0

    def watched(self) -> float:
        """Share of what happens here that impartial eyes see."""
        return self.model.terms.monitoring if self.monitoring is None else self.monitoring

    def contact_left(self) -> float:
        """Closeness of the lines after the buffer."""
        numbers = self.model.mechanisms
        parted = 1.0 - math.exp(-self.model.terms.buffer_km / numbers.buffer_scale)
        return float(self.contact * (1.0 - numbers.buffer_effect * parted))

    def advance(self) -> None:
        """The line moves with offensives, and far slower with strikes."""
        if all(formation.actor.rung < 2 for formation in self.formations):
            return
        speed = (0.0, 0.0, self.model.mechanisms.line_by_strike, 1.0)
        push, mass = dict.fromkeys(self.model.sides, 0.0), dict.fromkeys(self.model.sides, 0.0)
        for formation in self.formations:
            weight = formation.presence * formation.actor.strength
            mass[formation.actor.side.name] += weight
            push[formation.actor.side.name] += weight * speed[formation.actor.rung]
        shift = 0.0
        for side in self.model.sides.values():
            if push[side.name] > 0:
                ease = push[side.name] / (push[side.name] + mass[side.other.name])
                shift += (1.0 if side.first else -1.0) * ease * self.held_by(side.other)
        self.move_line(self.model.mechanisms.line_speed * self.model.rng.uniform(0.5, 1.5) * shift)

    def move_line(self, shift: float) -> None:
        """The first side gains `shift` of the sector; the loser feels it."""
        before = self.held
        self.held = min(max(before + shift, 0.0), 1.0)
        moved = self.held - before
        for side in self.model.sides.values():
            lost = -moved if side.first else moved
            if lost > 0 and side.value_held > 0:
                side.ground_lost = min(1.0, side.ground_lost + lost * self.worth / side.value_held)

    def bury(self, dead: int) -> None:
        """Count the day's dead, and where they fell."""
        self.model.deaths_today += dead
        self.burst += dead
        if self.model.first_lethal is None:
            self.model.first_lethal = self.model.day

    def flee(self) -> None:
        """Civilians flee harm, and an offensive before it reaches them."""
        model, numbers = self.model, self.model.mechanisms
        self.burst *= left_after_a_day(numbers.losses_half_life)
        leaving = numbers.flight_per_death * self.civilians_killed
        if any(formation.actor.rung == 3 for formation in self.formations):
            leaving += numbers.flight_offensive * self.civilians
        leaving = min(leaving, self.civilians)
        self.civilians -= leaving
        model.counts["displaced"] += leaving
        model.flight += leaving
        for actor in model.actors:
            actor.inflow += leaving * actor.refugee_share

    def echo(self) -> None:
        """Fire felt here, and at the weight of spill next door."""
        spill = self.model.mechanisms.spill
        for side in self.model.sides:
            self.felt[side] = float(self.received[side])
            if self.neighbours:
                around = sum(other.received[side] for other in self.neighbours) / len(self.neighbours)
                self.felt[side] = (self.received[side] + spill * around) / (1.0 + spill)
