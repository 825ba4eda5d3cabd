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
def echo(w: World, s: int) -> None:
    """Fire that each side felt in a sector: received here and, at the weight of spill, the mean of next door."""
    if w.fires_today == 0:
        return
    n = w.n_neighbours[s]
    for side in range(2):
        near = w.received[s, side]
        if n > 0:
            around = 0.0
            for k in range(n):
                around += w.received[w.neighbour[s, k], side]
            near = (near + w.spill * around / n) / (1.0 + w.spill)
        w.near[s, side] = near


@rule
def answer(w: World, f: int) -> None:
    """Heat <- kept heat + (1 - kept) branching x share of the side's forces x the fire felt."""
    w.heat[f] *= w.heat_kept
    if w.fires_today == 0:
        return
    a = w.formation_actor[f]
    s = w.formation_sector[f]
    near = w.near[s, w.side[a]]
    if near > 0.0 and w.presence[f] > 0.0:
        share = w.presence[f] / w.presence_of[s, w.side[a]]
        w.heat[f] += (1.0 - w.heat_kept) * branching(w, a) * share * near
