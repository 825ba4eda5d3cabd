"""Step 7, answer: heat builds where fire was received, and cools."""

from __future__ import annotations

from ceasefire.compiled import rule
from ceasefire.world import INTENSITY, World


@rule
def branching(w: World, a: int) -> float:
    """Answers that one violation provokes in the end: from rest to most with distrust and posture."""
    distrust = 1.0 - w.trust[w.side[a]]
    share = w.distrust_in_readiness
    readiness = share * distrust + (1.0 - share) * INTENSITY[w.rung[a]]
    return w.branching_rest + (w.branching_most - w.branching_rest) * readiness


@rule
def brace(w: World) -> None:
    """How much each party would add to its heat for a violation that it felt: (1 - kept) x branching."""
    for a in range(w.n_actors):
        if w.fights[a] == 1:
            w.answers[a] = (1.0 - w.heat_kept) * branching(w, a)


@rule
def echo(w: World, s: int) -> None:
    """Fire that each side felt in a sector: received here and, at the weight of spill, the mean of next door."""
    near_0, near_1 = w.received[s, 0], w.received[s, 1]
    n = w.n_neighbours[s]
    if n > 0 and w.fires_today > 0:
        around_0 = around_1 = 0.0
        for k in range(n):
            t = w.neighbour[s, k]
            around_0 += w.received[t, 0]
            around_1 += w.received[t, 1]
        near_0 = (near_0 + w.spill * around_0 / n) / (1.0 + w.spill)
        near_1 = (near_1 + w.spill * around_1 / n) / (1.0 + w.spill)
    w.near[s, 0] = near_0
    w.near[s, 1] = near_1


@rule
def answer(w: World, f: int) -> None:
    """Heat <- kept heat + (1 - kept) branching x share of the side's forces x the fire felt."""
    a = w.formation_actor[f]
    felt = w.near[w.formation_sector[f], w.side[a]]
    w.heat[f] = w.heat[f] * w.heat_kept + w.answers[a] * w.share_of_side[f] * felt
