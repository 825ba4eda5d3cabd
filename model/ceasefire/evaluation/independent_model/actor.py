"""The peer's actors: states and armed groups with plain attributes and methods."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

import mesa

from ceasefire.evaluation.independent_model.parameters import Feeling, Reader
from ceasefire.parameters.indicators import INDICATORS
from ceasefire.scenario import schema

if TYPE_CHECKING:
    from ceasefire.evaluation.independent_model.model import PeerModel
    from ceasefire.evaluation.independent_model.parameters import PeerSide

FORTNIGHT = 14
WEEK_OF_A_YEAR = math.sqrt(7.0 / 365.0)


def left_after_a_day(half_life: float) -> float:
    """What a day leaves of something that halves in `half_life` days."""
    return float(0.5 ** (1.0 / half_life))


class PeerActor(mesa.Agent):  # type: ignore[misc]
    """A state or armed group."""

    model: PeerModel
    capability: float
    commitment: float
    waning: float
    discipline: float
    exposure: float
    civilian_harm: float
    troops_on_line: float
    weariness: float
    recent_losses: float
    losses_scale: float
    mobilised: float
    blame: float
    refugee_share: float
    influence: float

    def __init__(self, model: PeerModel, name: str, said: schema.Actor, reader: Reader) -> None:
        super().__init__(model)
        self.name = name
        self.fights = said.role != "outside"
        self.guarantor = said.role == "guarantor"
        self.excluded = name in model.scenario.agreement.excludes
        self.side: PeerSide = model.sides[said.side] if said.side else model.nobody
        rungs = schema.rungs_of(schema.ladder_of(said.role))
        self.rung = self.next_rung = rungs.index(said.posture) if said.posture else 0
        self.ceiling = rungs.index(said.ceiling) if said.ceiling else 3
        reader.put_all(f"actors.{name}", said, self)
        self.dependence = 0.0
        if said.patron:
            reader.put_all(f"actors.{name}.patron", said.patron, self)
        self.campaign_sectors: list[str] = []
        self.drive = self.momentum = self.unreached = self.licence = 0.0
        if said.campaign:
            self.campaign_sectors = said.campaign.sectors
            reader.put(f"actors.{name}.campaign.under_way", said.campaign.under_way, self, "drive")
        self.motives: dict[str, Feeling] = {}
        for motive, weight in said.motives.items():
            self.motives[motive] = Feeling(model.scenario.motives[motive])
            reader.put(f"actors.{name}.motives.{motive}", weight, self.motives[motive], "weight")
        self.pulls: dict[str, float] = {}
        self.intent = model.mechanisms.hidden_intent * model.rng.normal()
        self.patron: PeerActor | None = None
        self.backs: PeerActor | None = None
        self.clients: list[PeerActor] = []
        self.presence = 0.0
        self.alarmed = self.due = False
        self.moved_on: int | None = None
        self.decided_by = ""
        self.days_of_attack: list[int] = []
        self.inflow = self.backing = self.odds = self.danger = self.seen = 0.0
        self.usual_odds: float | None = None
        self.losses_today = self.ordered_today = self.inflicted_today = 0
        self.ordered_lately: deque[int] = deque(maxlen=FORTNIGHT)
        self.inflicted_lately: deque[int] = deque(maxlen=FORTNIGHT)

    @property
    def counts_towards_an_end(self) -> bool:
        """Whether war with it or by it ends the deal."""
        return not self.excluded or self.model.scenario.agreement.third_party_war_ends_it

    @property
    def intensity(self) -> float:
        """Of its posture."""
        return self.model.intensities[self.rung]

    @property
    def leave_given(self) -> float:
        """How far its posture lets its clients go: one that strikes fights alongside them."""
        return 1.0 if self.rung >= 2 else self.intensity

    @property
    def strength(self) -> float:
        """What it brings to bear."""
        return self.capability * self.commitment

    @property
    def felt_losses(self) -> float:
        """Share of the full loss that it feels."""
        return 1.0 - math.exp(-self.recent_losses / self.losses_scale)

    @property
    def pressed_by_refugees(self) -> float:
        """Share of the full pressure at its border."""
        return 1.0 - math.exp(-self.inflow / self.model.mechanisms.inflow_scale)

    def size_up(self) -> None:
        """Reckon the odds of an open fight, and how near one's side is to being overrun."""
        if not self.fights:
            return
        help_from_patron = self.strength if self.guarantor else self.dependence * self.side.support
        own = self.side.strength + help_from_patron
        other = self.side.other.strength + self.side.other.support
        self.odds = own**2 / (own**2 + other**2) if own > 0 else 0.0
        if self.usual_odds is None:
            self.usual_odds = self.odds
        safe_from_attack = 1.0 - self.side.threat * (1.0 - self.odds)
        safe_ground = 1.0 - min(1.0, self.model.mechanisms.danger_of_lost_ground * self.side.ground_lost)
        self.danger = 1.0 - safe_from_attack * safe_ground

    def look(self) -> None:
        """Is it time to think again?"""
        patron_moved = self.patron is not None and self.patron.moved_on == self.model.day - 1
        directed = 1.0 + self.model.mechanisms.campaign_tempo * self.momentum
        by_chance = self.model.rng.random() < directed / self.model.mechanisms.review_days
        self.due = self.alarmed or patron_moved or by_chance
        self.alarmed = False
        if self.due:
            self.weigh_motives()

    def weigh_motives(self) -> None:
        """Feel each motive in the light of what is seen now; see how far the campaign and the clients may go."""
        sight = self.sight()
        if self.fights:
            self.take_stock(sight)
        self.pulls = {name: motive.weight * motive.felt(sight) for name, motive in self.motives.items()}

    def take_stock(self, sight: dict[str, float]) -> None:
        """What is left of its campaign's objective, and how long a leash it gives."""
        numbers = self.model.mechanisms
        gain = numbers.licence_gain * sight["unheld"] * sight["odds"] + numbers.licence_danger * sight["client_danger"]
        risk = sight["tripwire_against"] * (sight["ties"] + sight["resolve_against"]) + sight["losses"]
        self.licence = min(max(gain - numbers.licence_cost * risk, 0.0), 1.0) * (1.0 - self.model.order)
        self.unreached = 0.0
        if self.ceiling == 3:
            self.unreached = self.unheld(self.campaign_sectors)
        self.momentum = self.drive * self.unreached * (1.0 - self.model.order)

    def march_on(self) -> None:
        """An army in the middle of its campaign may not heed the order to cease."""
        self.weigh_motives()
        if self.model.rng.random() < self.momentum * (1.0 - self.model.order):
            self.rung = self.next_rung = max(self.rung, self.ceiling)

    def sight(self) -> dict[str, float]:
        """Every indicator."""
        model = self.model
        sight = dict.fromkeys(INDICATORS, 0.0)
        sight |= {
            "violence": model.violence, "ties": model.ties, "attention": model.attention, "unmet": model.unmet,
            "weariness": self.weariness, "blame": self.blame,
            "flight": 1.0 - math.exp(-model.flight / model.mechanisms.inflow_scale),
        }  # fmt: skip
        return sight | (self.sight_from_the_front() if self.fights else self.sight_from_outside())

    def sight_from_the_front(self) -> dict[str, float]:
        """What a fighting party sees besides."""
        side, other = self.side, self.side.other
        shift = ((self.usual_odds or 0.0) - self.odds) / self.model.mechanisms.power_shift_scale
        return {
            "unheld": self.unheld(), "odds": self.odds, "threat": side.threat, "danger": self.danger,
            "client_danger": max((client.danger for client in self.clients), default=0.0),
            "losses": self.felt_losses, "inflow": self.pressed_by_refugees, "distrust": 1.0 - side.trust,
            "backing": self.backing, "backing_against": other.backing, "resolve_against": other.resolve,
            "tripwire_against": other.tripwire, "power_shift": min(max(shift, 0.0), 1.0),
            "ground_lost": side.ground_lost,
        }  # fmt: skip

    def sight_from_outside(self) -> dict[str, float]:
        """What an outside party sees besides."""
        model = self.model
        hosts = [actor.pressed_by_refugees for actor in model.actors if actor.refugee_share > 0]
        trust = [side.trust for side in model.sides.values()]
        found = {"distrust": 1.0 - sum(trust) / len(trust), "inflow": max(hosts, default=0.0)}
        if self.backs is not None:
            side = self.backs.side
            found |= {
                "threat": side.threat, "protege_losses": self.backs.felt_losses,
                "resolve_against": side.other.resolve, "ground_lost": side.ground_lost,
            }  # fmt: skip
        return found

    def unheld(self, among: list[str] | None = None) -> float:
        """Share of the ground it claims, here or anywhere, that the other side holds."""
        wanted = missing = 0.0
        for sector in self.model.sectors:
            if among and sector.name not in among:
                continue
            worth = sector.claims.get(self.name, 0.0)
            wanted += worth
            missing += worth * sector.held_by(self.side.other)
        return missing / wanted if wanted > 0 else 0.0

    def utility(self, rung: int) -> float:
        """Of a rung: the pulls of its motives, less what holds it back."""
        pulled = sum(pull * self.motives[name].profile[rung] for name, pull in self.pulls.items())
        numbers, intensity = self.model.mechanisms, self.model.intensities[rung]
        held = numbers.inertia if rung != self.rung else 0.0
        if self.fights:
            if not self.excluded:
                held += self.model.price_of_its_word() * intensity
            if rung == 3 and self.rung != 3:
                held += numbers.prep * (1.0 - self.mobilised) + numbers.entrenched_price * self.model.entrenched
            if self.patron is not None:
                too_far = max(0.0, intensity - max(self.patron.leave_given, self.patron.licence))
                held += numbers.grip * self.dependence * self.patron.commitment * too_far
        driven = numbers.campaign_pull * self.momentum
        return float(pulled + (self.intent + driven) * intensity - held)

    def chances(self, top: int) -> list[float]:
        """Of each rung up to `top`."""
        utilities = [self.utility(rung) for rung in range(top + 1)]
        best, temperature = max(utilities), self.model.mechanisms.temperature
        weights = [math.exp((utility - best) / temperature) for utility in utilities]
        return [weight / sum(weights) for weight in weights]

    def decide(self) -> None:
        """Choose a rung, the better the likelier, and at most one above its own unless its army can move at once."""
        self.next_rung = self.rung
        if self.due:
            strike = self.model.intensities[2]
            at_once = self.model.rng.random() < (self.mobilised - strike) / (1.0 - strike)
            chances = self.chances(self.ceiling if at_once else min(self.rung + 1, self.ceiling))
            self.next_rung = int(self.model.rng.choice(len(chances), p=chances))

    def settle(self) -> None:
        """Take the posture chosen; mobilise towards it, or send people home."""
        if self.next_rung != self.rung:
            self.take_posture(self.next_rung)
        if not self.fights:
            return
        if self.rung == 3 and self.presence > 0 and self.counts_towards_an_end:
            self.days_of_attack.append(self.model.day)
        numbers = self.model.mechanisms
        if self.intensity > self.mobilised:
            self.mobilised += numbers.mobilise_rate * (self.intensity - self.mobilised)
        else:
            self.mobilised = max(self.intensity, self.mobilised * left_after_a_day(numbers.mobilised_half_life))

    def take_posture(self, rung: int) -> None:
        """Move to a rung, and remember why and when."""
        self.decided_by = self.strongest_pull(rung)
        self.moved_on = self.model.day
        self.rung = rung

    def strongest_pull(self, rung: int) -> str:
        """The motive that did most for a rung against the lowest; '' when none did anything."""
        gains = {
            name: pull * (self.motives[name].profile[rung] - self.motives[name].profile[0])
            for name, pull in self.pulls.items()
        }
        strongest = max(gains, key=lambda name: gains[name], default="")
        return strongest if strongest and gains[strongest] > 0 else ""

    def recommits(self) -> bool:
        """Does it promise at talks to keep the deal, because it must or because it would?"""
        self.weigh_motives()
        willing = sum(self.chances(self.ceiling)[:2])
        obeys = self.model.terms.talks_order
        return bool(self.model.rng.random() < obeys + (1.0 - obeys) * willing)

    def go_home(self) -> None:
        """Its forces leave, and it cannot fight here any more."""
        self.rung = self.next_rung = self.ceiling = 0
        self.moved_on = self.model.day
        self.decided_by = ""
        self.troops_on_line = self.capability = self.mobilised = self.drive = self.momentum = 0.0
        for sector in self.model.sectors:
            for formation in sector.formations:
                if formation.actor is self:
                    formation.presence = formation.heat = 0.0

    def stand_down(self) -> None:
        """Fall to honour on recommitting; by one rung when the deal leaves it out."""
        rung = max(0, self.rung - 1) if self.excluded else 0
        if self.fights and rung != self.rung:
            self.rung = rung
            self.moved_on = self.model.day
            self.decided_by = ""

    def obeys(self) -> float:
        """Share of fire without orders that the order to cease leaves."""
        numbers = self.model.mechanisms
        reach = numbers.order_on_excluded if self.excluded else 1.0
        return float(1.0 - numbers.order_effect * self.model.order * (1.0 - self.intensity) * reach)

    def carry_blame(self) -> None:
        """Carry what it was seen to do, and its share of what its side is wrongly blamed for."""
        if not self.fights:
            return
        numbers = self.model.mechanisms
        seen = self.seen
        if self.side.presence > 0:
            seen += self.side.misblamed * self.presence / self.side.presence
        fresh = 1.0 - math.exp(-seen / numbers.blame_scale)
        self.blame = numbers.blame_kept * self.blame + (1.0 - numbers.blame_kept) * fresh

    def bear(self) -> None:
        """Losses, refugees, weariness and strength after the day."""
        model, numbers = self.model, self.model.mechanisms
        before = self.felt_losses
        self.recent_losses *= left_after_a_day(numbers.losses_half_life)
        self.inflow *= left_after_a_day(numbers.flight_half_life)
        if not self.fights:
            return
        if self.losses_today > 0:
            self.recent_losses += self.losses_today
            if self.felt_losses - before >= numbers.shock:
                self.alarmed = True
        gained = numbers.weariness_gain * model.violence * (1.0 - self.weariness)
        self.weariness = self.weariness * left_after_a_day(numbers.weariness_half_life) + gained
        kept = left_after_a_day(numbers.power_memory)
        self.usual_odds = kept * (self.usual_odds or 0.0) + (1.0 - kept) * self.odds
        self.commitment *= 1.0 - self.waning / 365.0
        if self.rung == 3:
            self.drive += numbers.drive_gain * (1.0 - self.drive)
        else:
            self.drive *= left_after_a_day(numbers.drive_half_life)
        self.momentum = self.drive * self.unreached * (1.0 - model.order)
        if model.day % 7 == 6:
            self.drift()

    def drift(self) -> None:
        """A week's step of chance in strength, and in a guarantor's commitment."""
        numbers, rng = self.model.mechanisms, self.model.rng
        step = math.sqrt(3.0) * WEEK_OF_A_YEAR
        self.capability *= math.exp(numbers.capability_drift * rng.uniform(-step, step))
        if self.guarantor:
            moved = self.commitment + numbers.commitment_drift * rng.uniform(-step, step)
            self.commitment = min(max(moved, 0.0), 1.0)
