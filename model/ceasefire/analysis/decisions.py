"""What pulls an actor towards a rung of its ladder and what holds it back, sum by sum."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ceasefire.simulation.compiled import python_rules
from ceasefire.simulation.compiled.python_rules import leash, preparation
from ceasefire.simulation.initial_state import InitialState, WorldArray
from ceasefire.world_state import INTENSITY, LICENCE

Rungs = tuple[float, float, float, float]
"""A number for each rung, lowest first."""

WORD, LEASH, PREPARATION, HABIT = "its given word", "the leash", "lack of preparation", "force of habit"
INTENT, CAMPAIGN, REST = "hidden intent", "its campaign", "other restraint"
"""What weighs on a choice besides motives; a motive's name has no space, so none can be taken for these."""

NOISE = 1e-9
"""Below this a utility is rounding."""


@dataclass(frozen=True)
class Pulls:
    """Everything that enters an actor's utility [utility], for each rung, on one morning.

    `motives` are weight x salience x profile; `holds` are word, leash, preparation, habit, hidden intent and
    the campaign, with the sign with which they enter. `chances` are those of the choice: 0 for a rung out of
    reach.
    """

    actor: str
    rung: int
    motives: dict[str, Rungs]
    holds: dict[str, Rungs]
    chances: Rungs

    @property
    def parts(self) -> dict[str, Rungs]:
        """Motives and holds together; they sum to the utility."""
        return {**self.motives, **self.holds}

    def utility(self, rung: int) -> float:
        """U of a rung, as the choice saw it."""
        return sum(part[rung] for part in self.parts.values())

    def difference(self, new: int, old: int) -> dict[str, float]:
        """What each part adds to U(new) - U(old), the largest first; parts that add nothing are left out."""
        steps = {name: part[new] - part[old] for name, part in self.parts.items()}
        return dict(sorted(((n, s) for n, s in steps.items() if abs(s) > NOISE), key=lambda each: -abs(each[1])))


def pulls_of(record: WorldArray, a: int, opening: InitialState) -> Pulls:
    """The pulls on actor `a` by its present sight; on the morning of a choice, before it takes effect.

    The record keeps everything else as it was: the choice's chances are worked out again from the same sight.
    """
    w = record[0]
    found = python_rules.choice_probabilities(record, a)
    chances = (float(found[0]), float(found[1]), float(found[2]), float(found[3]))
    motives = {}
    for k in range(int(w["n_own"][a])):
        m, felt = int(w["own"][a, k]), float(w["felt"][a, k])
        likes = w["profile"][m].tolist()
        motives[opening.motives[m]] = (felt * likes[0], felt * likes[1], felt * likes[2], felt * likes[3])
    return Pulls(opening.actors[a], int(w["rung"][a]), motives, holds_of(record, a), chances)


def holds_of(record: WorldArray, a: int) -> dict[str, Rungs]:
    """What holds actor `a` back, or on, besides its motives: as it enters the utility of each rung.

    The parts sum to the rules' own restraint; what a rule should ever hold back beyond them stands under REST.
    """
    w = record[0]
    here = int(w["rung"][a])
    found = {
        HABIT: by_rung(lambda rung: -float(w["inertia"]) * (rung != here)),
        INTENT: by_rung(lambda rung: float(w["intent"][a] * INTENSITY[rung])),
    }
    if w["fights"][a]:
        found |= _holds_of_a_fighter(record, a, here)
    rest = by_rung(
        lambda rung: -python_rules.costs_of_rung(record, a, rung) - sum(part[rung] for part in found.values())
    )
    return found if max(map(abs, rest)) < NOISE else {**found, REST: rest}


def _holds_of_a_fighter(record: WorldArray, a: int, here: int) -> dict[str, Rungs]:
    w = record[0]
    bound = not w["excluded"][a]
    ready, patron = float(w["mobilised"][a]), int(w["patron"][a])
    momentum = float(w["campaign_pull"] * w["momentum"][a])
    found = {
        CAMPAIGN: by_rung(lambda rung: momentum * float(INTENSITY[rung])),
        WORD: by_rung(lambda rung: -float(w["word"] * INTENSITY[rung]) * bound),
        PREPARATION: by_rung(lambda rung: -preparation(float(w["prep"]), ready, rung, here)),
    }
    if patron >= 0:
        grip, bond = float(w["grip"]), float(w["dependence"][a])
        hand = float(w["commitment"][patron])
        held = max(float(LICENCE[w["rung"][patron]]), float(w["licence"][patron]))
        found[LEASH] = by_rung(lambda rung: -leash(grip, bond, hand, rung, held))
    return found


def by_rung(each: Callable[[int], float]) -> Rungs:
    """A number for each of the four rungs."""
    return each(0), each(1), each(2), each(3)
