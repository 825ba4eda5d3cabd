"""Step 7, answer: heat builds where fire was received, and cools."""

from __future__ import annotations

from ceasefire.compilation.decorators import rule
from ceasefire.world_state import World


@rule
def branching(w: World, a: int) -> float:
    """Answers that one violation provokes in the end: from rest to most with distrust and posture."""
    distrust = 1.0 - w.trust[w.side[a]]
    share = w.distrust_in_readiness
    readiness = share * distrust + (1.0 - share) * w.intensity[w.rung[a]]
    return w.branching_rest + (w.branching_most - w.branching_rest) * readiness


@rule
def brace(w: World) -> None:
    """How much each party would add to its heat for a violation that it felt: (1 - kept) x branching."""
    for a in range(w.n_fighters):
        w.answers[a] = (1.0 - w.heat_kept) * branching(w, a)


@rule
def echo(w: World, s: int) -> None:
    """Fire on a sector is felt there and, at the weight of spill in the mean of all next door, in its neighbours."""
    on_0, on_1 = w.received[s, 0], w.received[s, 1]
    if on_0 + on_1 == 0.0:
        return
    w.near[s, 0] += w.heard_here[s] * on_0
    w.near[s, 1] += w.heard_here[s] * on_1
    for k in range(w.n_neighbours[s]):
        t = w.neighbour[s, k]
        w.near[t, 0] += w.heard_from[t] * on_0
        w.near[t, 1] += w.heard_from[t] * on_1


@rule
def retaliate(w: World, f: int) -> None:
    """Heat <- kept heat + (1 - kept) branching x share of the side's forces x the fire felt."""
    felt = w.near[w.formation_sector[f], w.formation_side[f]]
    w.heat[f] = w.heat[f] * w.heat_kept + w.answers[w.formation_actor[f]] * w.share_of_side[f] * felt
