"""Choice probabilities of each actor in a few stated situations, computed by the rules on a prepared record."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ceasefire.scenario.schema import Scenario
from ceasefire.simulation import engine
from ceasefire.simulation.compiled import python_rules
from ceasefire.simulation.initial_state import InitialState, WorldArray, initial_state

HONOUR, STRIKE, TOP = 0, 2, 3

CALM = {"violence": 0.02, "trust": 0.7, "mobilised": 0.1}
CRISIS = {"violence": 0.4, "trust": 0.3, "mobilised": 0.3, "losses": 0.6, "flight": 0.4}
"""What two of the situations put into the record [0-1]; everything else is as at signing."""

SITUATIONS = {
    "day 0": "as at signing",
    "calm": "every actor on the lowest rung; no losses, no flight, no unmet terms; attention at its lowest; "
    "violence 0.02, trust 0.7, mobilised 0.1",
    "crisis": "the other side strikes and its own side honours the deal; losses 0.6, flight 0.4, "
    "violence 0.4, distrust 0.7, mobilised 0.3",
    "patron too": "the same crisis, but its patron strikes as well, so the leash does not hold it back",
}
"""Each situation in words."""


@dataclass(frozen=True)
class ChoiceProbabilities:
    """One actor in one situation: probabilities of the rungs, and the salience of each motive [-1, 1].

    `probabilities` are those of the four rungs, lowest first, as if every rung within the actor's means were one step
    away. `last_step` is the probability, at one review, of going from the third rung to the top one; None when the
    actor lacks the means.
    """

    situation: str
    probabilities: tuple[float, float, float, float]
    last_step: float | None
    saliences: dict[str, float]


def probabilities_by_situation(scenario: Scenario) -> dict[str, list[ChoiceProbabilities]]:
    """By actor, its choice probabilities in every situation; hidden intent is 0, distributions are at their centre."""
    opening = initial_state(scenario)
    return {name: list(_of_actor(opening, a)) for a, name in enumerate(opening.actors)}


def _of_actor(opening: InitialState, a: int) -> Iterator[ChoiceProbabilities]:
    yield _in_situation(opening, a, "day 0", lambda record: None)
    yield _in_situation(opening, a, "calm", calm)
    yield _in_situation(opening, a, "crisis", lambda record: crisis(record, a))
    patron = int(opening.record["patron"][0, a])
    if patron >= 0:
        yield _in_situation(opening, a, "patron too", lambda record: crisis(record, a, patron))


def _in_situation(
    opening: InitialState, a: int, situation: str, arrange: Callable[[WorldArray], None]
) -> ChoiceProbabilities:
    record = central_record(opening)
    arrange(record)
    last_step = _last_step(record.copy(), a)
    python_rules.survey(record)
    python_rules.read_indicators(record, a)
    first, second, third, top = map(float, python_rules.unrestricted_probabilities(record, a))
    w = record[0]
    saliences = {}
    for k in range(int(w["n_own"][a])):
        m = int(w["own"][a, k])
        weight = float(w["weight"][a, m])
        saliences[opening.motives[m]] = float(w["felt"][a, k]) / weight if weight else 0.0
    return ChoiceProbabilities(situation, (first, second, third, top), last_step, saliences)


def _last_step(record: WorldArray, a: int) -> float | None:
    """The probability of the top rung for an actor on the rung below it, with the indicators that it then has."""
    if record["ceiling"][0, a] < TOP:
        return None
    record["rung"][0, a] = STRIKE
    python_rules.survey(record)
    python_rules.read_indicators(record, a)
    return float(python_rules.choice_probabilities(record, a)[TOP])


def central_record(opening: InitialState) -> WorldArray:
    """The record of day 0 with every distribution at its centre and every hidden intent 0."""
    record = engine.initial_world(opening, seed=0, world=0, drawn=engine.NO_DRAWS)
    record["intent"] = 0.0
    record["rung"] = opening.record["rung"]
    return record


def calm(record: WorldArray) -> None:
    """Put a quiet day into the record: see SITUATIONS."""
    for name in ("rung", "losses", "inflow", "flight_recent", "unmet", "ground_lost"):
        record[name] = 0
    record["violence"], record["trust"] = CALM["violence"], CALM["trust"]
    record["mobilised"] = CALM["mobilised"]
    record["attention"] = record["attention_floor"]


def crisis(record: WorldArray, a: int, patron: int = -1) -> None:
    """Put a crisis into the record: the other side strikes the side of actor `a`, or of the actor that it backs."""
    w = record[0]
    n = int(w["n_actors"])
    own = int(w["backs"][a]) if not w["fights"][a] else a
    side = int(w["side"][own]) if own >= 0 else -1
    for b in range(n):
        w["rung"][b] = STRIKE if w["fights"][b] and w["side"][b] != side else HONOUR
    if patron >= 0:
        w["rung"][patron] = STRIKE
    w["violence"], w["trust"] = CRISIS["violence"], CRISIS["trust"]
    w["mobilised"][:n] = CRISIS["mobilised"]
    w["attention"] = max(float(w["attention"]), CRISIS["violence"])
    w["losses"][:n] = felt(CRISIS["losses"]) * w["losses_scale"][:n]
    w["flight_recent"] = felt(CRISIS["flight"]) * w["inflow_scale"]
    w["inflow"][:n] = w["flight_recent"] * w["refugee_share"][:n]


def felt(share: float) -> float:
    """The multiple x of a scale that an indicator shows as `share`: 1 - exp(-x) = share."""
    return -math.log(1.0 - share)


def breach_cost(scenario: Scenario) -> float:
    """The cost of breaking the deal for a party to it, at full intensity [utility]."""
    return float(central_record(initial_state(scenario))["word"][0])


def leash_cost(scenario: Scenario, actor: str) -> float:
    """The cost of an offensive for a client at signing while its patron honours the deal [utility]; 0 if no patron."""
    patron = scenario.actors[actor].patron
    if patron is None:
        return 0.0
    commitment = scenario.actors[patron.actor].commitment.centre
    beyond = 1.0 - licence_of(scenario, patron.actor)
    return scenario.mechanisms.grip.centre * patron.dependence.centre * commitment * beyond


def licence_of(scenario: Scenario, patron: str, order: float | None = None) -> float:
    """How far a patron lets its clients go at signing [0-1], or at a given freshness of the order to cease."""
    initial = initial_state(scenario)
    record, a = central_record(initial), initial.actors.index(patron)
    if order is not None:
        record["order"] = order
        python_rules.read_indicators(record, a)
    return float(record["licence"][0, a])
