"""Step 8, bind: what ties parties to the deal and to each other strengthens and wears."""

from __future__ import annotations

import math

from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import rule, seldom
from ceasefire.rules.decide import unrestricted_probabilities
from ceasefire.rules.perceive import felt_losses, look_anew, momentum
from ceasefire.world_state import C_TALKS, NOBODY, World

_ROOT_12 = math.sqrt(12.0)
_WEEKS = math.sqrt(7.0 / 365.0)


@rule
def bear(w: World, a: int) -> None:
    """What a day leaves on an actor: losses felt (a shock alarms it), refugees, weariness, drift of its strength."""
    before = w.losses[a]
    w.losses[a] = before * w.losses_kept
    w.inflow[a] *= w.flight_kept
    if w.fights[a] == 0:
        return
    if w.losses_today[a] > 0:
        calm = 1.0 - random_streams.exp(-before / w.losses_scale[a])
        w.losses[a] += w.losses_today[a]
        if felt_losses(w, a) - calm >= w.shock:
            w.alarmed[a] = 1
    tired = w.weariness[a]
    w.weariness[a] = tired * w.weariness_kept + w.weariness_gain * w.violence * (1.0 - tired)
    w.usual_odds[a] = w.usual_kept * w.usual_odds[a] + (1.0 - w.usual_kept) * w.odds[a]
    w.commitment[a] -= w.commitment[a] * w.waning[a] / 365.0
    pressed_on = w.drive[a] + w.drive_gain * (1.0 - w.drive[a])
    w.drive[a] = pressed_on if w.rung[a] == 3 else w.drive[a] * w.drive_kept
    w.momentum[a] = momentum(w, a)
    if w.day % 7 == 6:
        drift(w, a)


@seldom
def drift(w: World, a: int) -> None:
    """Once a week strength and commitment take a small step of chance (even, with the yearly spread stated)."""
    u = random_streams.uniform(random_streams.stream_key(w.today_key, random_streams.CAPABILITY), w.actor_key[a], 0)
    w.capability[a] *= random_streams.exp(w.capability_drift * _WEEKS * _ROOT_12 * (u - 0.5))
    if w.guarantor[a] == 1:
        v = random_streams.uniform(random_streams.stream_key(w.today_key, random_streams.COMMITMENT), w.actor_key[a], 0)
        moved = w.commitment[a] + w.commitment_drift * _WEEKS * _ROOT_12 * (v - 0.5)
        w.commitment[a] = min(max(moved, 0.0), 1.0)


@rule
def commit(w: World) -> None:
    """Ties, resolve, ground, attention, the order to cease and the trenches move a day; then deadlines, then talks."""
    w.flight_recent = w.flight_recent * w.flight_kept
    w.ties = w.ties + w.ties_recover * (w.ties_level - w.ties)
    w.ties = max(0.0, w.ties - w.ties_hit * (w.guarantor_dead[0] + w.guarantor_dead[1]) / 20.0)
    for side in range(2):
        w.resolve[side] *= w.resolve_kept[side]
        w.ground_lost[side] *= w.ground_kept
    show_resolve(w)
    news = max(w.violence, w.urging)
    w.attention = w.attention_floor + (w.attention - w.attention_floor) * w.attention_kept
    if news > w.attention:
        w.attention = w.attention + w.attention_rise * (news - w.attention)
    w.order = w.order * w.order_kept
    dig_in(w)
    deadlines(w)
    talks(w)


@rule
def dig_in(w: World) -> None:
    """A line that stands is dug in, by half of what is left in entrench_half_life; a day of offensive undoes a part."""
    if w.attacking == NOBODY:
        w.entrenched = 1.0 - (1.0 - w.entrenched) * w.dug_kept
    else:
        w.entrenched = w.entrenched * (1.0 - w.line_speed)


@rule
def show_resolve(w: World) -> None:
    """A guarantor that strikes shows what an attack on its side would meet."""
    if w.striking & w.guarantors == NOBODY:
        return
    for a in range(w.n_fighters):
        if w.guarantor[a] == 1 and w.rung[a] >= 2:
            side = w.side[a]
            w.resolve[side] += w.resolve_gain * w.intensity[w.rung[a]] * w.commitment[a] * (1.0 - w.resolve[side])


@rule
def deadlines(w: World) -> None:
    """Tasks are met at a hazard that grows with compliance; a missed one is a term unmet, until it is accepted."""
    if w.n_deadlines == 0:
        return
    w.unmet = w.unmet * w.terms_kept
    compliance = 0.5 * (w.trust[0] + w.trust[1]) * (1.0 - w.violence)
    key = random_streams.stream_key(w.today_key, random_streams.DEADLINE)
    for d in range(w.n_deadlines):
        if w.deadline_met[d] == 0:
            if random_streams.uniform(key, w.deadline_key[d], 0) < w.deadline_ease[d] * compliance:
                w.deadline_met[d] = 1
                late = w.day - int(w.deadline_due[d])
                if late > 0:
                    w.unmet = max(0.0, w.unmet - w.deadline_weight[d] * random_streams.exp(-late / w.terms_accepted))
            elif w.day == int(w.deadline_due[d]):
                w.unmet = min(1.0, w.unmet + w.deadline_weight[d])


@rule
def talks_chance(w: World) -> float:
    """Chance that the guarantors meet today: nil in calm, rising to full at talks_at of the war's toll."""
    if w.last_talks >= 0 and w.day - w.last_talks < w.talks_spacing:
        return 0.0
    channel = min(1.0, w.hotline * w.ties + w.mediation * w.urging)
    return w.talks_rate * channel * min(1.0, w.deaths_14d / (w.toll * w.talks_at))


@rule
def talks(w: World) -> None:
    """Talks may be held: each party recommits or does not, and as far as they do fire, distrust and postures fall."""
    u = random_streams.uniform(random_streams.stream_key(w.today_key, random_streams.TALKS), w.key, 0)
    if u < talks_chance(w):
        meet(w)


@seldom
def meet(w: World) -> None:
    """A round of talks: ties grow; who recommits steps down and cools; order and trust return by their share."""
    w.last_talks = w.day
    w.counter[C_TALKS] += 1.0
    w.ties = w.ties + w.talks_ties * (1.0 - w.ties)
    key = random_streams.stream_key(w.today_key, random_streams.TALKS)
    recommitted = bound = 0.0
    for a in range(w.n_fighters):
        agrees = random_streams.uniform(key, w.actor_key[a], 0) < recommits(w, a)
        if agrees:
            step_down(w, a)
            cool_down(w, a)
        if w.excluded[a] == 0:
            bound += w.presence_total[a]
            recommitted += w.presence_total[a] if agrees else 0.0
    share = recommitted / bound if bound > 0.0 else 0.0
    w.order = w.order + share * (1.0 - w.order)
    for side in range(2):
        w.trust[side] += w.talks_trust * share * (w.trust_best[side] - w.trust[side])


@seldom
def recommits(w: World, a: int) -> float:
    """Chance that a party recommits at talks: as far as these are an order, else as it leans to keep the deal."""
    look_anew(w, a)
    p0, p1, _, _ = unrestricted_probabilities(w, a, w.ceiling[a])
    return w.talks_order + (1.0 - w.talks_order) * (p0 + p1)


@seldom
def cool_down(w: World, a: int) -> None:
    """A party that recommits has its formations answer less."""
    f = w.first_of_actor[a]
    while f >= 0:
        w.heat[f] *= w.talks_heat_left
        f = w.next_of_actor[f]


@seldom
def step_down(w: World, a: int) -> None:
    """A party to the deal that recommits honours it; an excluded one falls by one rung."""
    rung = max(0, w.rung[a] - 1) if w.excluded[a] == 1 else 0
    if rung != w.rung[a]:
        w.rung[a] = rung
        w.moved_on[a] = w.day
        w.decided_motive[a] = -1
