"""How each actor leans in a few stated settings: the rules themselves, asked on a laid-out record."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from ceasefire.scenario.schema import Scenario
from ceasefire.simulation import engine
from ceasefire.simulation.compiled import python_rules
from ceasefire.simulation.initial_state import InitialState, WorldArray, initial_state
from ceasefire.world_state import INTENSITY

HONOUR, STRIKE, TOP = 0, 2, 3

CALM = {"violence": 0.02, "trust": 0.7, "mobilised": 0.1}
CRISIS = {"violence": 0.4, "trust": 0.3, "mobilised": 0.3, "losses": 0.6, "flight": 0.4}
"""What the two settings put into the record [0-1]; everything else stays as at signing."""

SETTINGS = {
    "day 0": "as at signing",
    "calm": "everybody on the lowest rung; no losses, no flight, nothing unmet; the world looks away; "
    "violence 0.02, trust 0.7, mobilised 0.1",
    "crisis": "the other side strikes and its own side honours the deal; own losses felt 0.6, flight felt 0.4, "
    "violence 0.4, distrust 0.7, mobilised 0.3",
    "patron too": "the same crisis, and its patron strikes: the leash is off",
}
"""What each setting says, in words."""


@dataclass(frozen=True)
class Inclination:
    """An actor in a setting: how it leans, and how strongly each motive is felt [-1, 1].

    `leanings` are the chances of each rung as if every rung within its means were one step away; `onward` is the
    chance at a review of going to the top rung for one that stands on the third, None when it lacks the means.
    """

    setting: str
    leanings: tuple[float, float, float, float]
    onward: float | None
    saliences: dict[str, float]


def inclinations(scenario: Scenario) -> dict[str, list[Inclination]]:
    """By actor, its inclination in every setting; hidden intents are 0 and distributions stand at their middle."""
    opening = initial_state(scenario)
    return {name: list(_of_actor(opening, a)) for a, name in enumerate(opening.actors)}


def _of_actor(opening: InitialState, a: int) -> Iterator[Inclination]:
    yield _asked(opening, a, "day 0", lambda record: None)
    yield _asked(opening, a, "calm", calm)
    yield _asked(opening, a, "crisis", lambda record: crisis(record, a))
    patron = int(opening.record["patron"][0, a])
    if patron >= 0:
        yield _asked(opening, a, "patron too", lambda record: crisis(record, a, patron))


def _asked(opening: InitialState, a: int, setting: str, arrange: Callable[[WorldArray], None]) -> Inclination:
    record = middle_world(opening)
    arrange(record)
    onward = _onward(record.copy(), a)
    python_rules.survey(record)
    python_rules.read_indicators(record, a)
    first, second, third, top = map(float, python_rules.unrestricted_probabilities(record, a))
    w = record[0]
    saliences = {}
    for k in range(int(w["n_own"][a])):
        m = int(w["own"][a, k])
        weight = float(w["weight"][a, m])
        saliences[opening.motives[m]] = float(w["felt"][a, k]) / weight if weight else 0.0
    return Inclination(setting, (first, second, third, top), onward, saliences)


def _onward(record: WorldArray, a: int) -> float | None:
    """The chance of the last step up, of an actor that stands one below the top and sees what it then would."""
    if record["ceiling"][0, a] < TOP:
        return None
    record["rung"][0, a] = STRIKE
    python_rules.survey(record)
    python_rules.read_indicators(record, a)
    return float(python_rules.choice_probabilities(record, a)[TOP])


def middle_world(opening: InitialState) -> WorldArray:
    """The world of no particular fate on the morning of day 0: nothing drawn, nobody with a hidden intent."""
    record = opening.record.copy()
    numbers = np.asarray(record).view(np.float64)
    nothing = engine.parameter_draws(replace(opening, draws=()))
    with np.errstate(over="ignore"):
        engine.start_world_record(record, numbers, opening.record.view(np.float64), nothing, np.uint64(0), 0)
    record["intent"] = 0.0
    record["rung"] = opening.record["rung"]
    return record


def calm(record: WorldArray) -> None:
    """Arrange a quiet day: see SETTINGS."""
    for name in ("rung", "losses", "inflow", "flight_recent", "unmet", "ground_lost"):
        record[name] = 0
    record["violence"], record["trust"] = CALM["violence"], CALM["trust"]
    record["mobilised"] = CALM["mobilised"]
    record["attention"] = record["attention_floor"]


def crisis(record: WorldArray, a: int, patron: int = -1) -> None:
    """Arrange a day on which the other side strikes actor `a`'s, or an outside party's protege: see SETTINGS."""
    w = record[0]
    n = int(w["n_actors"])
    mine = int(w["backs"][a]) if not w["fights"][a] else a
    side = int(w["side"][mine]) if mine >= 0 else -1
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
    """How much of a scale is felt as `share`: the x of 1 - exp(-x) = share."""
    return -math.log(1.0 - share)


def breach_price(scenario: Scenario) -> float:
    """What breaking its word costs a party to the deal at full intensity [utility]."""
    return float(middle_world(initial_state(scenario))["word"][0])


def leash_price(scenario: Scenario, actor: str) -> float:
    """What the offensive costs a client at signing while its patron honours the deal [utility]; 0 without a patron."""
    patron = scenario.actors[actor].patron
    if patron is None:
        return 0.0
    hand = scenario.actors[patron.actor].commitment.centre
    beyond = float(INTENSITY[3]) - licence_of(scenario, patron.actor)
    return scenario.mechanisms.grip.centre * patron.dependence.centre * hand * beyond


def licence_of(scenario: Scenario, patron: str, order: float | None = None) -> float:
    """How far a patron lets its clients go at signing [0-1], or once the order to cease is as fresh as given."""
    opening = initial_state(scenario)
    record, a = middle_world(opening), opening.actors.index(patron)
    if order is not None:
        record["order"] = order
        python_rules.read_indicators(record, a)
    return float(record["licence"][0, a])
