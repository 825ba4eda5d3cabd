"""Step 5, suffer: deaths by actor and of civilians, and flight."""

from __future__ import annotations

from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import rule
from ceasefire.world_state import (
    C_CIVILIAN,
    C_COMBATANT,
    C_DISPLACED,
    FIRED_LOCALISED,
    FIRED_ORDERED,
    FIRED_RETALIATORY,
    NOBODY,
    World,
)


@rule
def deaths_scale(w: World, rung: int) -> float:
    """Scale of deaths per violation of a shooter at this posture: deadliness x mean x (tail - 1). [deaths]"""
    mean = w.deaths_mean_calm
    if rung == 3:
        mean = w.deaths_mean_offensive
    elif rung == 2:
        mean = w.deaths_mean_strike
    return w.deadliness * mean * (w.deaths_tail - 1.0)


@rule
def inflict_casualties(w: World, f: int) -> None:
    """A formation's fire kills: heavy-tailed deaths per violation, all on one victim among those present."""
    if w.fires[f] == 0:
        return
    for kind in range(3):
        w.killed[f, kind] = 0
    a = w.formation_actor[f]
    ordered_from = w.fired[f, FIRED_LOCALISED]
    answers_from = ordered_from + w.fired[f, FIRED_ORDERED]
    for number in range(w.fires[f]):
        on_purpose = FIRED_ORDERED if number < answers_from else FIRED_RETALIATORY
        kind = FIRED_LOCALISED if number < ordered_from else on_purpose
        rung = 0 if kind == FIRED_LOCALISED else w.rung[a]
        u = random_streams.uniform(w.toll_key, w.formation_key[f], number)
        if u >= w.harmless[rung]:
            amount = random_streams.lomax(w.deaths_scale[rung], w.deaths_tail, u)
            dead = max(1, int(min(amount, w.most_dead)))
            if strike_victim(w, f, dead, random_streams.uniform(w.fate_key, w.formation_key[f], number)):
                w.killed[f, kind] += dead
                w.inflicted_today[a] += dead
                if kind == FIRED_ORDERED:
                    w.ordered_today[a] += dead


@rule
def may_end_it(w: World, a: int) -> bool:
    """Can fire of an actor, or at it, end the deal? Of a party to it yes; of one left out only where it says so."""
    return w.excluded[a] == 0 or w.third_party_war_ends_it == 1


@rule
def under_enemy(w: World, s: int, side: int) -> float:
    """Share of a sector that the other side holds [0-1]."""
    return 1.0 - w.held[s] if side == 0 else w.held[s]


@rule
def strike_victim(w: World, f: int, dead: int, u: float) -> bool:
    """Deaths fall on civilians under the enemy, or on one enemy formation by presence and exposure; else on nobody."""
    a = w.formation_actor[f]
    s = w.formation_sector[f]
    target = w.aimed_at[s, w.side[a]]
    crowd = w.civilians[target] * under_enemy(w, target, w.side[a])
    civilian = w.civilian_harm[a] * crowd / (crowd + w.civilians_half)
    first = w.turn_formation[s] if w.side[a] == 0 else w.first_formation[s]
    last = w.last_formation[s] if w.side[a] == 0 else w.turn_formation[s]
    exposed = 0.0
    for g in range(first, last):
        exposed += w.presence[g] * w.exposure[w.formation_actor[g]]
    if exposed <= 0.0 and civilian <= 0.0:
        return False
    if u < civilian:
        w.counter[C_CIVILIAN] += dead
        w.parties_dead = w.parties_dead + (dead if may_end_it(w, a) else 0)
        w.civilians_killed[target] += dead
        count_deaths(w, target, dead)
        return True
    if exposed <= 0.0:
        return False
    left = (u - civilian) / (1.0 - civilian) * exposed
    victim = w.formation_actor[first]
    for g in range(first, last):
        b = w.formation_actor[g]
        if w.presence[g] * w.exposure[b] > 0.0:
            victim = b
            left -= w.presence[g] * w.exposure[b]
            if left < 0.0:
                break
    w.losses_today[victim] += dead
    w.counter[C_COMBATANT] += dead
    w.parties_dead = w.parties_dead + (dead if may_end_it(w, a) and may_end_it(w, victim) else 0)
    if w.guarantor[victim] == 1:
        w.guarantor_dead[w.side[victim]] += dead
        if w.guarantor[a] == 1:
            w.clash_today = w.clash_today + dead
    count_deaths(w, s, dead)
    return True


@rule
def count_deaths(w: World, s: int, dead: int) -> None:
    """Count the day's dead, and where they fell."""
    w.deaths_today = w.deaths_today + dead
    w.burst[s] += dead
    if w.first_lethal < 0:
        w.first_lethal = w.day


@rule
def displace_civilians(w: World, s: int) -> None:
    """Civilians flee harm, and an offensive before it reaches them; hosts feel those who come to their border."""
    w.burst[s] *= w.losses_kept
    if w.civilians[s] <= 0.0:
        return
    leaving = w.flight_per_death * w.civilians_killed[s]
    if w.attacking & w.forces_here[s] != NOBODY:
        leaving += w.flight_offensive * w.civilians[s]
    leaving = min(leaving, w.civilians[s])
    if leaving > 0.0:
        w.civilians[s] -= leaving
        w.counter[C_DISPLACED] += leaving
        w.flight_recent = w.flight_recent + leaving
        for a in range(w.n_actors):
            w.inflow[a] += leaving * w.refugee_share[a]
