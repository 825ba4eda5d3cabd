"""Step 3, decide: motives pull an actor up and down its ladder; the leash, preparation and habit hold it."""

from __future__ import annotations

import numpy as np

from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import rule, seldom
from ceasefire.rules.exchange_fire import give_orders, order_holds
from ceasefire.world_state import NOBODY, World


@rule
def salience(w: World, a: int, m: int) -> float:
    """How strongly the actor feels the motive now: constant + sum of terms, cut to [-1, 1]."""
    felt = w.constant[m] + term(w, a, m, 0) + term(w, a, m, 1)
    for t in range(2, w.n_terms[m]):
        felt += term(w, a, m, t)
    return min(max(felt, -1.0), 1.0)


@rule
def term(w: World, a: int, m: int, t: int) -> float:
    """One term of a salience; 0 when the motive has none at this place."""
    return w.coefficient[m, t] * w.sight[a, w.term_first[m, t]] * w.sight[a, w.term_second[m, t]]


@rule
def leash(grip: float, dependence: float, commitment: float, intensity: float, licence: float) -> float:
    """A client pays for going further than its patron licenses. [utility] Berman and Lake (2019)."""
    return grip * dependence * commitment * max(0.0, intensity - licence)


@rule
def preparation(prep: float, mobilised: float, rung: int, current: int) -> float:
    """Going on the offensive costs what is not yet mobilised. [utility]"""
    return prep * (1.0 - mobilised) if rung == 3 and current != 3 else 0.0


@rule
def trenches(price: float, entrenched: float, rung: int, current: int) -> float:
    """Going on the offensive costs the more, the longer the line has stood. [utility]"""
    return price * entrenched if rung == 3 and current != 3 else 0.0


@rule
def costs_of_rung(w: World, a: int, rung: int) -> float:
    """What holds an actor back: its word, leash, preparation, habit; less hidden intent and its campaign. [utility]"""
    held = w.inertia if rung != w.rung[a] else 0.0
    held -= (w.intent[a] + w.campaign_pull * w.momentum[a]) * w.intensity[rung]
    if w.fights[a] == 1:
        if w.excluded[a] == 0:
            held += w.word * w.intensity[rung]
        held += preparation(w.prep, w.mobilised[a], rung, w.rung[a])
        held += trenches(w.entrenched_price, w.entrenched, rung, w.rung[a])
        patron = w.patron[a]
        if patron >= 0:
            licensed = max(w.licensed[w.rung[patron]], w.licence[patron])
            held += leash(w.grip, w.dependence[a], w.commitment[patron], w.intensity[rung], licensed)
    return held


@rule
def utilities(w: World, a: int) -> tuple[float, float, float, float]:
    """Utility of each of the four rungs for an actor whose sight is fresh; its felt motives are noted."""
    u0 = u1 = u2 = u3 = 0.0
    for k in range(w.n_own[a]):
        m = w.own[a, k]
        pull = w.weight[a, m] * salience(w, a, m)
        w.felt[a, k] = pull
        u0 += pull * w.profile[m, 0]
        u1 += pull * w.profile[m, 1]
        u2 += pull * w.profile[m, 2]
        u3 += pull * w.profile[m, 3]
    return (
        u0 - costs_of_rung(w, a, 0),
        u1 - costs_of_rung(w, a, 1),
        u2 - costs_of_rung(w, a, 2),
        u3 - costs_of_rung(w, a, 3),
    )


@rule
def formed_up(mobilised: float, strike: float) -> float:
    """Chance that an army can advance at once: the part of it that is mobilised beyond what strikes need [0-1]."""
    return min(max((mobilised - strike) / (1.0 - strike), 0.0), 1.0)


@rule
def highest_in_reach(w: World, a: int) -> int:
    """The highest rung that an actor may choose now: the next one, or any for an army that may stand formed up."""
    return w.ceiling[a] if w.mobilised[a] > w.intensity[2] else min(w.rung[a] + 1, w.ceiling[a])


@rule
def choice_probabilities(w: World, a: int) -> tuple[float, float, float, float]:
    """Chance of each rung at a review: climbed rung by rung (Kahn 1965), or at once by an army that is formed up."""
    u0, u1, u2, u3 = utilities(w, a)
    next_one = min(w.rung[a] + 1, w.ceiling[a])
    p0, p1, p2, p3 = softly_best(u0, u1, u2, u3, w.temperature, next_one)
    ready = formed_up(w.mobilised[a], w.intensity[2])
    if ready > 0.0 and next_one < w.ceiling[a]:
        q0, q1, q2, q3 = softly_best(u0, u1, u2, u3, w.temperature, w.ceiling[a])
        p0, p1 = p0 + ready * (q0 - p0), p1 + ready * (q1 - p1)
        p2, p3 = p2 + ready * (q2 - p2), p3 + ready * (q3 - p3)
    return p0, p1, p2, p3


@seldom
def unrestricted_probabilities(w: World, a: int, top: int) -> tuple[float, float, float, float]:
    """Chance of each rung up to `top`, as if all of these were one step away."""
    u0, u1, u2, u3 = utilities(w, a)
    return softly_best(u0, u1, u2, u3, w.temperature, top)


@rule
def softly_best(
    u0: float, u1: float, u2: float, u3: float, temperature: float, top: int
) -> tuple[float, float, float, float]:
    """A logit over the rungs up to `top`: P(r) proportional to exp(U(r) / temperature)."""
    best = u0
    if top >= 1:
        best = max(best, u1)
    if top >= 2:
        best = max(best, u2)
    if top >= 3:
        best = max(best, u3)
    p0 = random_streams.exp((u0 - best) / temperature)
    p1 = random_streams.exp((u1 - best) / temperature) * (top >= 1)
    p2 = random_streams.exp((u2 - best) / temperature) * (top >= 2)
    p3 = random_streams.exp((u3 - best) / temperature) * (top >= 3)
    total = p0 + p1 + p2 + p3
    return p0 / total, p1 / total, p2 / total, p3 / total


@rule
def decide(w: World, a: int) -> None:
    """An actor whose review is due chooses a rung by chance, the better the likelier."""
    w.next_rung[a] = w.rung[a]
    if w.due[a] == 1:
        choose(w, a)


@rule
def choose(w: World, a: int) -> None:
    """The rung that an actor whose sight is fresh goes to."""
    p0, p1, p2, _ = choice_probabilities(w, a)
    u = random_streams.uniform(random_streams.stream_key(w.today_key, random_streams.CHOICE), w.actor_key[a], 0)
    top = highest_in_reach(w, a)
    if u < p0 or top == 0:
        w.next_rung[a] = 0
    elif u < p0 + p1 or top == 1:
        w.next_rung[a] = 1
    elif u < p0 + p1 + p2 or top == 2:
        w.next_rung[a] = 2
    else:
        w.next_rung[a] = 3


@seldom
def largest_pull(w: World, a: int, rung: int) -> int:
    """The motive that did most for a rung against the lowest one; -1 when none pulls towards it."""
    found = -1
    most = 0.0
    for k in range(w.n_own[a]):
        m = w.own[a, k]
        part = w.felt[a, k] * (w.profile[m, rung] - w.profile[m, 0])
        if part > most:
            most = part
            found = m
    return found


@seldom
def take_posture(w: World, a: int, rung: int, motive: int) -> None:
    """An actor moves to a rung: when, and for which motive."""
    if rung == w.rung[a]:
        return
    w.moved_on[a] = w.day
    w.decided_motive[a] = motive
    w.rung[a] = rung


@rule
def mobilised_by_night(w: World, mobilised: float, wanted: float) -> float:
    """Share of the forces that is ready to move, a day later; it rises to what is wanted, or falls no lower."""
    rising = mobilised + w.mobilise_rate * (wanted - mobilised)
    falling = max(wanted, mobilised * w.mobilised_kept)
    return rising if wanted > mobilised else falling


@rule
def note_postures(w: World) -> None:
    """Note who strikes, who is on the offensive, and how hard each pushes at the line."""
    striking = attacking = NOBODY
    for a in range(w.n_fighters):
        rung = w.rung[a]
        striking |= np.uint64(rung >= 2) << np.uint64(a)
        attacking |= np.uint64(rung == 3) << np.uint64(a)
        moves = 1.0 if rung == 3 else (w.line_by_strike if rung == 2 else 0.0)
        w.push[a] = moves * w.strength[a]
    w.striking = striking
    w.attacking = attacking


@rule
def settle(w: World) -> None:
    """All choices of the morning take effect together; forces mobilise towards their posture, or go home."""
    for a in range(w.n_actors):
        if w.next_rung[a] != w.rung[a]:
            take_posture(w, a, w.next_rung[a], largest_pull(w, a, w.next_rung[a]))
    for a in range(w.n_fighters):
        w.obeyed[a] = order_holds(w, a)
        if w.ordered_at[a] != w.rung[a]:
            give_orders(w, a)
        w.mobilised[a] = mobilised_by_night(w, w.mobilised[a], w.intensity[w.rung[a]])
    note_postures(w)
