"""A scenario's numbers as plain Python attributes, and where each of them stands."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ceasefire.parameters.sourced_value import Numbers, Quantity, field_limits
from ceasefire.scenario.schema import Event, Motive


@dataclass
class Place:
    """Where a number of the scenario stands, and the limits that it may not leave."""

    holder: Any
    name: str
    low: float
    high: float

    def change(self, kind: str, amount: float) -> None:
        """Set the number, add to it or multiply it."""
        before = getattr(self.holder, self.name) or 0.0
        after = {"set": amount, "add": before + amount, "multiply": before * amount}[kind]
        setattr(self.holder, self.name, min(max(after, self.low), self.high))


@dataclass
class Reader:
    """Draws the numbers of one world from a scenario, and remembers where it put them."""

    rng: np.random.Generator
    places: dict[str, Place] = field(default_factory=dict)

    def draw(self, number: Quantity, low: float = -math.inf, high: float = math.inf) -> float:
        """The number, or one from its distribution, cut to its limits."""
        if number.value is not None:
            return number.value
        if number.uniform is not None:
            drawn = self.rng.uniform(*number.uniform)
        elif number.triangular is not None:
            first, mode, last = number.triangular
            drawn = self.rng.triangular(first, mode, last) if last > first else first
        elif number.normal is not None:
            drawn = self.rng.normal(*number.normal)
        else:
            assert number.lognormal is not None
            drawn = number.lognormal[0] * math.exp(self.rng.normal(0.0, number.lognormal[1]))
        return min(max(float(drawn), low), high)

    def put(self, path: str, number: Quantity, holder: Any, name: str, low: float = 0.0, high: float = 1.0) -> None:
        """Give `holder` the number as its attribute `name`."""
        setattr(holder, name, self.draw(number, low, high))
        self.places[path] = Place(holder, name, low, high)

    def put_all(self, path: str, part: Numbers, holder: Any, skip: tuple[str, ...] = ()) -> None:
        """Give `holder` every number of a part of the scenario, under the names of the scenario."""
        for name in type(part).model_fields:
            number = getattr(part, name)
            if isinstance(number, Quantity) and name not in skip:
                limits = field_limits(type(part), name)
                self.put(f"{path}.{name}", number, holder, name, limits["low"], limits["high"])


class Feeling:
    """When a motive is felt: a constant and products of what an actor sees."""

    weight: float

    def __init__(self, motive: Motive) -> None:
        self.profile = motive.profile
        self.constant = motive.salience.constant
        self.terms = [(number, term.split("*")) for term, number in motive.salience.terms.items()]

    def felt(self, sight: dict[str, float]) -> float:
        """Salience, from -1 to 1."""
        total = self.constant
        for number, factors in self.terms:
            for factor in factors:
                number *= seen(factor.strip(), sight)
            total += number
        return min(max(total, -1.0), 1.0)


def seen(factor: str, sight: dict[str, float]) -> float:
    """An indicator, or what it lacks to 1 when the factor begins with 'not'."""
    return 1.0 - sight[factor[4:].strip()] if factor.startswith("not ") else sight[factor]


class Happening:
    """Something from outside."""

    def __init__(self, reader: Reader, said: Event, path: str) -> None:
        self.title = said.title
        self.once = said.once
        self.reviewers, self.joining, self.leaving = said.review, said.joins, said.goes_home
        self.waits_for = said.when_met
        self.dated = said.day is not None
        self.happened = False
        self.changes: list[tuple[str, str, float]] = []
        if said.day is not None:
            self.day = reader.draw(said.day, 0.0)
        if said.rate_per_year is not None:
            self.rate_per_year = reader.draw(said.rate_per_year, 0.0)
        for kind in ("set", "add", "multiply"):
            for target, number in getattr(said, kind).items():
                self.changes.append((kind, target, reader.draw(number)))

    def due(self, day: int, tasks: dict[str, Task], rng: np.random.Generator) -> bool:
        """Does it happen today?"""
        if self.waits_for is not None:
            return not self.happened and tasks[self.waits_for].met
        if self.dated:
            return not self.happened and day >= self.day
        if self.once and self.happened:
            return False
        return rng.random() < self.rate_per_year / 365.0


class PeerSide:
    """One of the two sides."""

    other: PeerSide
    trust: float
    best_trust: float
    resolve: float

    def __init__(self, name: str, first: bool) -> None:
        self.name = name
        self.first = first
        self.threat = self.strength = self.support = self.backing = self.tripwire = 0.0
        self.ground_lost = self.value_held = self.presence = self.felt = self.misblamed = 0.0
        self.guarantor_dead = 0


class Task:
    """Something that the deal wants done by a day."""

    due_day: float
    ease: float
    weight: float
    met = False
