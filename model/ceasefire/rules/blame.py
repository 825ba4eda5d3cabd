"""Step 6, blame: each side attributes what it saw, rightly or not; trust and blame move."""

from __future__ import annotations

from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import rule
from ceasefire.world_state import FIRED_LOCALISED, FIRED_ORDERED, FIRED_RETALIATORY, World

LEAST_PROMISED = 1e-9
"""Where nobody faces a side, anything that it feels breaks the promise. [severity a day]"""


@rule
def severity(w: World, f: int) -> float:
    """What a formation's fire of the day amounts to: each kind by its weight, and by its dead. [severity]"""
    a = w.formation_actor[f]
    ordered = w.felt_spoiling if w.excluded[a] == 1 else w.felt_strategic
    return (
        w.felt_localised * (w.fired[f, FIRED_LOCALISED] + w.felt_per_death * w.killed[f, FIRED_LOCALISED])
        + ordered * (w.fired[f, FIRED_ORDERED] + w.felt_per_death * w.killed[f, FIRED_ORDERED])
        + w.felt_retaliatory * (w.fired[f, FIRED_RETALIATORY] + w.felt_per_death * w.killed[f, FIRED_RETALIATORY])
    )


@rule
def accuse(w: World, f: int) -> None:
    """Fire is attributed rightly by the sector's chance, surely in an offensive; else each side blames the other."""
    if w.fires[f] == 0:
        return
    a = w.formation_actor[f]
    s = w.formation_sector[f]
    side = w.side[a]
    weight = severity(w, f)
    right = 1.0 - (1.0 - w.attributed[s]) * (1.0 - w.intensity[w.rung[a]])
    held_against = w.spoiler_blame if w.excluded[a] == 1 else 1.0
    at_excluded = w.excluded_part[s, 1 - side]
    a_breach = 1.0 - at_excluded * (1.0 - w.spoiler_blame)
    w.felt_today[1 - side] += weight * held_against * a_breach
    w.felt_today[side] += (1.0 - right) * weight
    w.misblamed[1 - side] += (1.0 - right) * weight
    w.seen_today[a] += right * weight
    patron = w.patron[a]
    # Nothing is added where there is nothing to add: a processor would guess badly whether there is.
    w.seen_today[max(patron, 0)] += w.spoiler_blame * right * weight if w.excluded[a] == 1 and patron >= 0 else 0.0


@rule
def update_trust(w: World) -> None:
    """A quiet day feeds trust, felt violence starves it: a Beta belief with forgetting, kept as its mean.

    With the belief's strength at its steady 1 / (1 - f), a <- f a + z and b <- f b + 1 - z move the mean by
    trust <- f trust + (1 - f) z, with z = exp(-felt / promised): a day is judged against the quiet that the deal
    promised for a front of this size, tolerance x the forces that the other side has on it.
    """
    for side in range(2):
        promised = max(w.tolerance * w.side_presence[1 - side], LEAST_PROMISED)
        kept_word = random_streams.exp(-w.felt_today[side] / promised)
        w.trust[side] = w.trust_kept * w.trust[side] + (1.0 - w.trust_kept) * kept_word
        w.trust_best[side] = max(w.trust_best[side], w.trust[side])


@rule
def carry_blame(w: World, a: int) -> None:
    """An actor carries blame for what it was seen to do, and its share of what its side is wrongly blamed for."""
    if w.fights[a] == 0:
        return
    side = w.side[a]
    seen = w.seen_today[a]
    if w.side_presence[side] > 0.0:
        seen += w.misblamed[side] * w.presence_total[a] / w.side_presence[side]
    w.blame[a] *= w.blame_kept
    if seen > 0.0:
        w.blame[a] += (1.0 - w.blame_kept) * (1.0 - random_streams.exp(-seen / w.blame_scale))
