"""Step 4, clash: formations commit violations of four kinds; offensives move the line."""

from __future__ import annotations

from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import rule, seldom
from ceasefire.world_state import (
    FIRED_LOCALISED,
    FIRED_ORDERED,
    FIRED_RETALIATORY,
    LOCALISED,
    NOBODY,
    RETALIATORY,
    SPOILING,
    STRATEGIC,
    World,
)

MOST_A_DAY = 60
"""Most violations of one formation on one day: bounds the time a day can take."""


@rule
def order_holds(w: World, a: int) -> float:
    """Share of unordered fire that a fresh order to cease leaves: less order, higher posture, more fire."""
    reach = w.order_on_excluded if w.excluded[a] == 1 else 1.0
    return 1.0 - w.order_effect * w.order * (1.0 - w.intensity[w.rung[a]]) * reach


@rule
def ordered_rate(w: World, rung: int) -> float:
    """Violations that a posture orders, per presence and day."""
    if rung == 1:
        return w.harass_rate
    if rung == 2:
        return w.strike_rate
    return w.offensive_rate if rung == 3 else 0.0


@rule
def exchange_fire(w: World, f: int) -> None:
    """A formation's violations of the day: one Poisson draw of all its fire, then the kind of each."""
    a = w.formation_actor[f]
    ordered = w.on_orders[f]
    answers = w.heat[f] * w.obeyed[a] if w.facing[f] > 0.0 else 0.0
    total = w.loose_rate[f] * w.obeyed[a] + ordered + answers
    u = random_streams.uniform(w.clash_key, w.formation_key[f], 0)
    w.fires[f] = random_streams.poisson(total, u, MOST_A_DAY)
    if w.fires[f] > 0:
        sort_fire(w, f, total, ordered, answers)
        count_fire(w, f)


@rule
def fire_rate_bound(w: World, f: int) -> float:
    """A rate that a formation's fire of the day is surely below: as if there were no order to cease."""
    return 1.000001 * (w.loose_rate[f] + w.on_orders[f] + w.heat[f])


@seldom
def give_orders(w: World, a: int) -> None:
    """An actor's formations fire as its posture orders."""
    w.ordered_at[a] = w.rung[a]
    f = w.first_of_actor[a]
    while f >= 0:
        w.on_orders[f] = ordered_fire(w, f)
        f = w.next_of_actor[f]


@rule
def ordered_fire(w: World, f: int) -> float:
    """Ordered violations of a formation: fewer where few enemies stand, monitors watch and lines are apart."""
    a = w.formation_actor[f]
    s = w.formation_sector[f]
    if w.rung[a] == 0:
        return 0.0
    intensity = w.intensity[w.rung[a]]
    reach = w.contact_now[s] + (1.0 - w.contact_now[s]) * intensity
    unseen = 1.0 - w.watched_now[s] * (1.0 - intensity)
    return w.aggression[f] * w.presence[f] * ordered_rate(w, w.rung[a]) * unseen * reach * w.facing[f]


@rule
def sort_fire(w: World, f: int, total: float, ordered: float, answers: float) -> None:
    """Draw of each violation whether it was ordered, an answer, or neither, in proportion to their rates."""
    w.fired[f, FIRED_LOCALISED] = 0
    w.fired[f, FIRED_ORDERED] = 0
    w.fired[f, FIRED_RETALIATORY] = 0
    for j in range(w.fires[f]):
        v = random_streams.uniform(w.kind_key, w.formation_key[f], j) * total
        unordered = FIRED_RETALIATORY if v < ordered + answers else FIRED_LOCALISED
        w.fired[f, FIRED_ORDERED if v < ordered else unordered] += 1


@rule
def count_fire(w: World, f: int) -> None:
    """Enter the day's fire into the counts; ordered fire of an excluded party is spoiling, of others strategic."""
    a = w.formation_actor[f]
    s = w.formation_sector[f]
    ordered = w.fired[f, FIRED_ORDERED]
    w.counter[LOCALISED] += w.fired[f, FIRED_LOCALISED]
    w.counter[RETALIATORY] += w.fired[f, FIRED_RETALIATORY]
    w.counter[SPOILING if w.excluded[a] == 1 else STRATEGIC] += ordered
    if w.first_breach < 0 and ordered > 0 and w.excluded[a] == 0:
        w.first_breach = w.day
    w.received[s, 1 - w.side[a]] += w.fires[f]
    w.firing[w.n_firing] = f
    w.n_firing = w.n_firing + 1


@rule
def advance(w: World, s: int) -> None:
    """The line moves with offensives and, far slower, with strikes: push / (push + defence) of what is left."""
    if w.striking & w.forces_here[s] == NOBODY:
        return
    push_0 = push_1 = mass_0 = mass_1 = 0.0
    for f in range(w.first_formation[s], w.turn_formation[s]):
        a = w.formation_actor[f]
        mass_0 += w.presence[f] * w.strength[a]
        push_0 += w.presence[f] * w.push[a]
    for f in range(w.turn_formation[s], w.last_formation[s]):
        a = w.formation_actor[f]
        mass_1 += w.presence[f] * w.strength[a]
        push_1 += w.presence[f] * w.push[a]
    if push_0 + push_1 <= 0.0:
        return
    u = random_streams.uniform(random_streams.stream_key(w.today_key, random_streams.LINE), w.sector_key[s], 0)
    gain_0 = push_0 / (push_0 + mass_1) * (1.0 - w.held[s]) if push_0 > 0.0 else 0.0
    gain_1 = push_1 / (push_1 + mass_0) * w.held[s] if push_1 > 0.0 else 0.0
    move_line(w, s, w.line_speed * (0.5 + u) * (gain_0 - gain_1))


@rule
def move_line(w: World, s: int, shift: float) -> None:
    """Side 0 gains `shift` of the sector; the other side feels the ground it lost, by the worth of what it held."""
    before = w.held[s]
    w.held[s] = min(max(before + shift, 0.0), 1.0)
    moved = w.held[s] - before
    loser = 1 if moved > 0.0 else 0
    if w.value_held[loser] > 0.0:
        w.ground_lost[loser] = min(1.0, w.ground_lost[loser] + abs(moved) * w.sector_value[s] / w.value_held[loser])
