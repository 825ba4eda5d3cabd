"""Step 9, judge: three clocks and a cause."""

from __future__ import annotations

import numpy as np

from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import rule, seldom
from ceasefire.rules.decide import largest_pull, unrestricted_probabilities
from ceasefire.rules.perceive import read_indicators
from ceasefire.world_state import (
    ABROGATION,
    BOMBARDMENT,
    C_PEAK,
    EXPIRY,
    GUARANTOR_CLASH,
    INTENSITY,
    N_COUNTERS,
    NOBODY,
    OFFENSIVE,
    SPIRAL,
    SPOILER_OFFENSIVE,
    WINDOW,
    Numbers,
    World,
)


@rule
def judge_end(w: World) -> None:
    """Count the fortnight; say whether the ceasefire ended, when, by what and by whom; turn the page."""
    count_fortnight(w)
    judge_operational(w)
    if w.over == 0:
        judge_formal(w)
    w.day = w.day + 1
    if w.over == 0 and w.day >= w.horizon:
        w.over = 1
        w.days_held = w.horizon


@rule
def count_fortnight(w: World) -> None:
    """Deaths of the last 14 days, in all and by who inflicted and who ordered them."""
    slot = w.day % WINDOW
    w.deaths_14d = w.deaths_14d + w.deaths_today - w.deaths_ring[slot]
    w.deaths_ring[slot] = w.deaths_today
    for a in range(w.n_actors):
        w.ordered_ring[slot, a] = w.ordered_today[a]
        w.inflicted_ring[slot, a] = w.inflicted_today[a]
    w.counter[C_PEAK] = max(w.counter[C_PEAK], w.deaths_14d)
    lately = w.ongoing * max(0.0, 1.0 - (w.day + 1) / WINDOW)
    w.violence = min(1.0, w.deaths_14d / w.toll + lately)


@rule
def on_offensive(w: World) -> int:
    """The actor whose offensive is oldest; -1 when nobody is on the offensive."""
    found = -1
    if w.attacking == NOBODY:
        return found
    for a in range(w.n_fighters):
        if (
            w.presence_total[a] > 0.0
            and w.offensive_since[a] >= 0
            and (found < 0 or w.offensive_since[a] < w.offensive_since[found])
        ):
            found = a
    return found


@rule
def judge_operational(w: World) -> None:
    """The end by violence: an offensive that lasts, guarantors at each other, or deaths as in the war."""
    attacker = on_offensive(w)
    back_at_war = w.deaths_14d >= w.war_share * w.toll
    lasted = attacker >= 0 and w.day - w.offensive_since[attacker] + 1 >= w.offensive_days
    if lasted or (back_at_war and attacker >= 0):
        end_by_offensive(w, attacker)
    elif guarantors_clash(w):
        end(w, GUARANTOR_CLASH, w.clash_since, deadliest_guarantor(w))
        w.operational_end = w.days_held
        restore_counts(w, w.clash_mark)
    elif back_at_war:
        end_by_fire(w)


@seldom
def end(w: World, cause: int, day: int, actor: int) -> None:
    """The world stops; the ceasefire held until `day`."""
    w.over = 1
    w.ended = 1
    w.cause = cause
    w.days_held = day
    w.cause_actor = actor
    w.deciding_actor = actor
    w.deciding_motive = w.decided_motive[actor] if actor >= 0 else -1
    w.deciding_sector = hottest_sector(w)


@seldom
def end_by_offensive(w: World, attacker: int) -> None:
    """An offensive dates from its first day: counts go back to that morning."""
    cause = SPOILER_OFFENSIVE if w.excluded[attacker] == 1 else OFFENSIVE
    end(w, cause, w.offensive_since[attacker], attacker)
    w.operational_end = w.days_held
    restore_counts(w, w.mark[attacker])


@seldom
def restore_counts(w: World, mark: Numbers) -> None:
    """All counts stop on the morning of the day from which the end dates; that end is itself a breach."""
    for c in range(N_COUNTERS):
        w.counter[c] = mark[c]
    if w.first_lethal >= w.days_held:
        w.first_lethal = -1
    if w.first_breach < 0 or w.first_breach >= w.days_held:
        w.first_breach = -1 if w.cause == SPOILER_OFFENSIVE else w.days_held


@seldom
def end_by_fire(w: World) -> None:
    """Nobody advances, yet people die as in the war: one party's ordered fire, or a spiral that nobody ordered."""
    bomber = 0
    shooter = 0
    most_ordered = most_inflicted = -1
    for a in range(w.n_actors):
        ordered = inflicted = 0
        for k in range(WINDOW):
            ordered += w.ordered_ring[k, a]
            inflicted += w.inflicted_ring[k, a]
        if ordered > most_ordered:
            most_ordered, bomber = ordered, a
        if inflicted > most_inflicted:
            most_inflicted, shooter = inflicted, a
    if 2 * most_ordered > w.deaths_14d:
        end(w, BOMBARDMENT, w.day, bomber)
    else:
        end(w, SPIRAL, w.day, -1)
        w.deciding_actor = shooter
        w.deciding_motive = w.decided_motive[shooter]
    w.operational_end = w.days_held


@rule
def guarantors_clash(w: World) -> bool:
    """Have both guarantors struck for as long as an offensive must last, and killed enough of each other's men?"""
    striking_0 = striking_1 = False
    for a in range(w.n_fighters if w.striking & w.guarantors != NOBODY else 0):
        if w.guarantor[a] == 1 and w.rung[a] >= 2:
            if w.side[a] == 0:
                striking_0 = True
            else:
                striking_1 = True
    if not (striking_0 and striking_1):
        w.clash_since = -1
        w.clash_dead = 0
        return False
    if w.clash_since < 0:
        w.clash_since = w.day
        for c in range(N_COUNTERS):
            w.clash_mark[c] = w.morning[c]
    return w.day - w.clash_since + 1 >= w.offensive_days and w.clash_dead >= w.clash_deaths


@seldom
def deadliest_guarantor(w: World) -> int:
    """The striking guarantor whose fire killed most in the last fortnight."""
    found = -1
    most = -1
    for a in range(w.n_actors):
        if w.guarantor[a] == 1:
            killed = 0
            for k in range(WINDOW):
                killed += w.inflicted_ring[k, a]
            if killed > most:
                most, found = killed, a
    return found


@seldom
def hottest_sector(w: World) -> int:
    """Where most died lately; -1 when nobody did."""
    found = -1
    most = 0.0
    for s in range(w.n_sectors):
        if w.burst[s] > most:
            most = w.burst[s]
            found = s
    return found


@rule
def is_signatory(w: World, a: int) -> bool:
    """Can the actor end the deal on paper? A party to it that fights and has no patron to answer to."""
    return w.signatories >> np.uint64(a) & np.uint64(1) != NOBODY


@rule
def judge_formal(w: World) -> None:
    """The end on paper: a signatory that strikes renounces the deal, or a fixed term runs out and is not renewed."""
    if w.striking & w.signatories != NOBODY:
        key = random_streams.stream_key(w.today_key, random_streams.ABROGATION)
        for a in range(w.n_fighters):
            if is_signatory(w, a) and w.rung[a] == 2:
                distrust = 1.0 - w.trust[w.side[a]]
                chance = w.abrogation_rate * INTENSITY[2] * distrust * (1.0 + w.unmet)
                if random_streams.uniform(key, w.actor_key[a], 0) < chance:
                    end(w, ABROGATION, w.day, a)
                    w.formal_end = w.day
                    return
    if w.expires > 0 and w.day + 1 >= w.expires:
        decide_renewal(w)


@seldom
def decide_renewal(w: World) -> None:
    """Each signatory renews with the chance that it would honour or merely harass; one refusal ends the deal."""
    key = random_streams.stream_key(w.today_key, random_streams.RENEWAL)
    for a in range(w.n_actors):
        if is_signatory(w, a):
            read_indicators(w, a)
            p0, p1, _, _ = unrestricted_probabilities(w, a, w.ceiling[a])
            if random_streams.uniform(key, w.actor_key[a], 0) >= p0 + p1:
                end(w, EXPIRY, w.day + 1, a)
                w.formal_end = w.day + 1
                w.deciding_motive = largest_pull(w, a, 2)
                return
    w.expires = w.expires + w.renewal
    w.order = 1.0
