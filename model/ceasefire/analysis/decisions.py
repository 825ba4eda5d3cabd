"""The terms of an actor's utility for each rung of its ladder: motives and restraints (the pulls on its decision)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ceasefire.simulation.compiled import python_rules
from ceasefire.simulation.compiled.python_rules import leash, preparation, trenches
from ceasefire.simulation.initial_state import InitialState, WorldArray

Rungs = tuple[float, float, float, float]
"""A number for each rung, lowest first."""

WORD, LEASH, PREPARATION, HABIT = "its given word", "the leash", "lack of preparation", "force of habit"
INTENT, CAMPAIGN, TRENCHES, REST = "hidden intent", "its campaign", "the trenches", "other restraint"
"""Names of the terms that are no motives. A motive's name has no space, so the names cannot clash."""

NOISE = 1e-9
"""A smaller difference in utility is rounding error. [utility]"""


@dataclass(frozen=True)
class Pulls:
    """All terms of an actor's utility [utility], by rung, when it reviews its posture on one day.

    `motives` are weight x salience x profile; `holds` are word, leash, preparation, habit, hidden intent and the
    campaign, with the sign that they have in the sum. `chances` are the choice probabilities: 0 for a rung that is out
    of reach.
    """

    actor: str
    rung: int
    motives: dict[str, Rungs]
    holds: dict[str, Rungs]
    chances: Rungs

    @property
    def parts(self) -> dict[str, Rungs]:
        """All terms; they sum to the utility."""
        return {**self.motives, **self.holds}

    def utility(self, rung: int) -> float:
        """Utility of a rung when the choice was made."""
        return sum(part[rung] for part in self.parts.values())

    def difference(self, new: int, old: int) -> dict[str, float]:
        """What each term adds to U(new) - U(old), the largest first; terms that add nothing are left out."""
        differences = {name: part[new] - part[old] for name, part in self.parts.items()}
        return dict(sorted(((n, d) for n, d in differences.items() if abs(d) > NOISE), key=lambda item: -abs(item[1])))


def pulls_of(record: WorldArray, a: int, opening: InitialState) -> Pulls:
    """The terms of actor `a` from the indicators in the record, before its choice of the day takes effect.

    The record is not changed: the choice probabilities are computed again from the same indicators.
    """
    w = record[0]
    p = python_rules.choice_probabilities(record, a)
    chances = (float(p[0]), float(p[1]), float(p[2]), float(p[3]))
    motives = {}
    for k in range(int(w["n_own"][a])):
        m, felt = int(w["own"][a, k]), float(w["felt"][a, k])
        profile = w["profile"][m].tolist()
        motives[opening.motives[m]] = (felt * profile[0], felt * profile[1], felt * profile[2], felt * profile[3])
    return Pulls(opening.actors[a], int(w["rung"][a]), motives, restraints(record, a), chances)


def restraints(record: WorldArray, a: int) -> dict[str, Rungs]:
    """The terms of actor `a`'s utility that are no motives, by rung.

    They sum to the negative of the rules' own cost of a rung; any remainder is under REST.
    """
    w = record[0]
    here = int(w["rung"][a])
    terms = {
        HABIT: by_rung(lambda rung: -float(w["inertia"]) * (rung != here)),
        INTENT: by_rung(lambda rung: float(w["intent"][a] * w["intensity"][rung])),
    }
    if w["fights"][a]:
        terms |= _restraints_of_a_belligerent(record, a, here)
    rest = by_rung(
        lambda rung: -python_rules.costs_of_rung(record, a, rung) - sum(term[rung] for term in terms.values())
    )
    return terms if max(map(abs, rest)) < NOISE else {**terms, REST: rest}


def _restraints_of_a_belligerent(record: WorldArray, a: int, here: int) -> dict[str, Rungs]:
    w = record[0]
    bound = not w["excluded"][a]
    ready, patron = float(w["mobilised"][a]), int(w["patron"][a])
    momentum = float(w["campaign_pull"] * w["momentum"][a])
    terms = {
        CAMPAIGN: by_rung(lambda rung: momentum * float(w["intensity"][rung])),
        WORD: by_rung(lambda rung: -float(w["word"] * w["intensity"][rung]) * bound),
        PREPARATION: by_rung(lambda rung: -preparation(float(w["prep"]), ready, rung, here)),
        TRENCHES: by_rung(lambda rung: -trenches(float(w["entrenched_price"]), float(w["entrenched"]), rung, here)),
    }
    if patron >= 0:
        grip, bond = float(w["grip"]), float(w["dependence"][a])
        commitment = float(w["commitment"][patron])
        licence = max(float(w["licensed"][w["rung"][patron]]), float(w["licence"][patron]))
        terms[LEASH] = by_rung(lambda rung: -leash(grip, bond, commitment, float(w["intensity"][rung]), licence))
    return terms


def by_rung(term: Callable[[int], float]) -> Rungs:
    """The value of a term for each of the four rungs."""
    return term(0), term(1), term(2), term(3)
