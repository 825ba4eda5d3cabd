"""What a valid scenario contains that can do nothing, or works the other way round: warnings, not faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ceasefire.parameters.sourced_value import Quantity
from ceasefire.scenario.schema import Actor, Motive, Scenario

Span = tuple[float, float]


@dataclass(frozen=True)
class Warned:
    """A path of the scenario, and why what is there does nothing, or what it does instead."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


def warnings(scenario: Scenario) -> list[Warned]:
    """Everything in a scenario that can do nothing, or pulls the other way over its whole range."""
    return [*_actors_without_means(scenario), *_motives_without_effect(scenario)]


def _actors_without_means(scenario: Scenario) -> Iterator[Warned]:
    for name, actor in scenario.actors.items():
        if actor.role == "guarantor" and not _may_be(actor.capability):
            yield Warned(f"actors.{name}.capability", "a guarantor without capability deters nobody; give it some")
        if actor.role == "outside" and not _may_be(actor.influence):
            backing = "" if actor.backs else ", and it backs nobody"
            message = f"without influence its words and its backing have no weight{backing}; it can do nothing"
            yield Warned(f"actors.{name}.influence", message)


def _motives_without_effect(scenario: Scenario) -> Iterator[Warned]:
    for name, actor in scenario.actors.items():
        still = _stays_nought(scenario, name, actor)
        for own, weight in actor.motives.items():
            motive = scenario.motives.get(own)
            if motive is None or not _may_be(weight) or not motive.salience.terms:
                continue
            low, high = salience_span(motive, still)
            why = _why(motive, still)
            path = f"actors.{name}.motives.{own}"
            if low == high == 0:
                yield Warned(path, f"is never felt here{why}")
            elif low == high:
                other = ", so it always pulls the other way" if high < 0 else ""
                yield Warned(path, f"its salience is always {low:+.2f} here{other}{why}")
            elif high <= 0:
                yield Warned(path, f"its salience is never above 0 here, so it only ever pulls the other way{why}")


def salience_span(motive: Motive, still: dict[str, str]) -> Span:
    """The least and the largest salience, when the indicators named in `still` are always 0; cut to -1 to 1."""
    low = high = motive.salience.constant
    for term, size in motive.salience.terms.items():
        least, most = 1.0, 1.0
        for factor in term.split("*"):
            one, other = _span_of(factor.strip(), still)
            least, most = least * one, most * other
        low, high = low + min(size * least, size * most), high + max(size * least, size * most)
    return max(-1.0, min(1.0, low)), max(-1.0, min(1.0, high))


def _span_of(factor: str, still: dict[str, str]) -> Span:
    """The least and the largest value of an indicator, or of its opposite."""
    turned = factor.startswith("not ")
    if factor.removeprefix("not ").strip() in still:
        return (1.0, 1.0) if turned else (0.0, 0.0)
    return 0.0, 1.0


def _why(motive: Motive, still: dict[str, str]) -> str:
    """The indicators of a motive that cannot change, and why."""
    factors = [factor.strip() for term in motive.salience.terms for factor in term.split("*")]
    named = {factor.removeprefix("not ").strip() for factor in factors}
    reasons = [f"{name} stays 0: {still[name]}" for name in sorted(named & set(still))]
    return f" ({'; '.join(reasons)})" if reasons else ""


def _stays_nought(scenario: Scenario, name: str, actor: Actor) -> dict[str, str]:
    """Indicators of an actor that are 0 on every day, each with the reason."""
    others = [(other, each) for other, each in scenario.actors.items() if other != name]
    against = [each for _, each in others if each.side is not None and each.side != actor.side]
    found = {}
    claims = any(_may_be(sector.claims[name]) for sector in scenario.front.sectors.values() if name in sector.claims)
    if not claims and actor.campaign is None:
        found["unheld"] = "it claims no sector"
    if not any(each.patron is not None and each.patron.actor == name for _, each in others):
        found["client_danger"] = "it has no client"
    if actor.backs is None:
        found["protege_losses"] = "it backs nobody"
    if actor.role != "outside":
        if not _may_be(actor.refugee_share):
            found["inflow"] = "no part of the flight presses on its border"
        if not _is_moved(scenario, "troops_on_line") and not any(_may_be(each.troops_on_line) for each in against):
            found["tripwire_against"] = "the other side has no troops on the line"
        if not any(_may_be(each.influence) and _backs(scenario, each, actor, own=False) for _, each in others):
            found["backing_against"] = "nobody with influence backs the other side"
        if not any(_may_be(each.influence) and each.backs == name for _, each in others):
            found["backing"] = "nobody with influence backs it"
    return found


def _backs(scenario: Scenario, outside: Actor, actor: Actor, own: bool) -> bool:
    """Whether an outside party may back the side of an actor, or the other."""
    backed = scenario.actors.get(outside.backs) if outside.backs else None
    return backed is not None and (backed.side == actor.side) == own


def _is_moved(scenario: Scenario, number: str) -> bool:
    """Whether an event may change such a number."""
    paths = [path for event in scenario.events for path in (*event.set, *event.add)]
    return any(path.endswith(number) for path in paths)


def _may_be(number: Quantity) -> bool:
    """Whether a number may be above 0, in its range as well."""
    high = number.range[1] if number.range else 0.0
    return max(number.centre, high) > 0 or any(getattr(number, form, None) for form in ("uniform", "triangular"))
