"""Step 9, judge: three clocks and a cause."""

from __future__ import annotations

import numpy as np

from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import rule, seldom
from ceasefire.rules.casualties import may_end_it
from ceasefire.rules.decide import largest_pull, unrestricted_probabilities
from ceasefire.rules.initialise import what_breaking_costs
from ceasefire.rules.perceive import look_anew
from ceasefire.world_state import (
    ABROGATION,
    BOMBARDMENT,
    C_PEAK,
    EXPIRY,
    GUARANTOR_CLASH,
    N_COUNTERS,
    NOBODY,
    OFFENSIVE,
    SPIRAL,
    SPOILER_OFFENSIVE,
    WINDOW,
    World,
)


@rule
def judge_end(w: World) -> None:
    """Count the fortnight; say whether the ceasefire ended, when, by what and by whom; advance the day."""
    count_fortnight(w)
    remember_attacks(w)
    judge_operational(w)
    if w.over == 0 and w.lapsed == 0:
        judge_formal(w)
    w.day = w.day + 1
    if w.day >= w.horizon:
        reach_horizon(w)


@seldom
def reach_horizon(w: World) -> None:
    """Days from the horizon on are not told: a world lives on until what began before is judged, and is cut there."""
    late = w.days_held >= w.horizon if w.over == 1 else not pending(w)
    if not late:
        return
    w.over = 1
    w.ended = 0
    w.cause = 0
    w.days_held = w.horizon
    w.cause_actor = w.deciding_actor = w.deciding_motive = w.deciding_sector = w.operational_end = -1
    if w.formal_end >= w.horizon:
        w.formal_end = -1
    if w.first_breach >= w.horizon:
        w.first_breach = -1
    if w.first_lethal >= w.horizon:
        w.first_lethal = -1
    if w.day > w.horizon:
        for c in range(N_COUNTERS):
            w.counter[c] = w.mornings[w.horizon % WINDOW, c]


@seldom
def pending(w: World) -> bool:
    """Has something begun before the horizon that may yet be judged an end, and would date back to a day before it?"""
    beyond = w.day - w.horizon
    for a in range(w.n_fighters):
        for k in range(beyond, int(w.offensive_window) - 1):
            if w.attacked[a] >> np.uint64(k) & np.uint64(1) != NOBODY:
                return True
    return w.clash_since >= 0 and max(w.clash_since, w.day - WINDOW + 1) < w.horizon


@rule
def count_fortnight(w: World) -> None:
    """Deaths of the last 14 days, in all and by who inflicted and who ordered them."""
    slot = w.day % WINDOW
    w.deaths_14d = w.deaths_14d + w.deaths_today - w.deaths_ring[slot]
    w.deaths_ring[slot] = w.deaths_today
    w.parties_14d = w.parties_14d + w.parties_dead - w.parties_ring[slot]
    w.parties_ring[slot] = w.parties_dead
    for a in range(w.n_actors):
        w.ordered_ring[slot, a] = w.ordered_today[a]
        w.inflicted_ring[slot, a] = w.inflicted_today[a]
    w.counter[C_PEAK] = max(w.counter[C_PEAK], w.deaths_14d)
    lately = w.ongoing * max(0.0, 1.0 - (w.day + 1) / WINDOW)
    w.violence = min(1.0, w.deaths_14d / w.toll + lately)


@rule
def remember_attacks(w: World) -> None:
    """Note whose offensive of today may end the deal: of a party with forces on the front, or one left out that can."""
    for a in range(w.n_fighters):
        today = w.attacking >> np.uint64(a) & np.uint64((w.presence_total[a] > 0.0) & may_end_it(w, a))
        w.attacked[a] = w.attacked[a] << np.uint64(1) | today


@seldom
def first_attack(w: World, a: int) -> int:
    """First day, within the window, on which an actor was on the offensive; -1 when it is not on it today."""
    first = -1
    if w.attacked[a] & np.uint64(1) != NOBODY:
        for k in range(int(w.offensive_window)):
            if w.attacked[a] >> np.uint64(k) & np.uint64(1) != NOBODY:
                first = w.day - k
    return first


@seldom
def days_of_attack(w: World, a: int) -> int:
    """Days of offensive by an actor within the window that ends today."""
    found = 0
    for k in range(int(w.offensive_window)):
        found += int(w.attacked[a] >> np.uint64(k) & np.uint64(1))
    return found


@seldom
def attacker_that_ends_it(w: World, back_at_war: bool) -> int:
    """Of those whose attack ends the deal the one that attacked first; -1 when none does. In a war anybody's does."""
    found = -1
    for a in range(w.n_fighters):
        first = first_attack(w, a)
        ends_it = first >= 0 and (back_at_war or days_of_attack(w, a) >= w.offensive_days)
        if ends_it and (found < 0 or first < first_attack(w, found)):
            found = a
    return found


@rule
def judge_operational(w: World) -> None:
    """The end by violence: an offensive that lasts, guarantors at each other, or deaths as in the war."""
    back_at_war = w.parties_14d >= deaths_of_a_war(w)
    attacker = attacker_that_ends_it(w, back_at_war) if w.attacking != NOBODY else -1
    if attacker >= 0:
        end_by_offensive(w, attacker)
    elif guarantors_clash(w):
        first = max(w.clash_since, w.day - WINDOW + 1)
        end(w, GUARANTOR_CLASH, first, deadliest_guarantor(w))
        w.operational_end = w.days_held
        restore_counts(w)
    elif back_at_war:
        end_by_fire(w)
    elif w.striking != NOBODY and w.parties_14d >= as_deadly(w):
        bomber = who_bombards(w)
        if bomber >= 0:
            end(w, BOMBARDMENT, w.day, bomber)
            w.operational_end = w.days_held


@rule
def deaths_of_a_war(w: World) -> float:
    """Deaths in 14 days that are war again: a share of the war's worst, and no fewer than any war has. [deaths]"""
    return max(w.war_share * w.toll, w.war_floor)


@rule
def as_deadly(w: World) -> float:
    """Deaths by one party's orders within the window that are as many as in the war, by air or artillery. [deaths]"""
    return deaths_of_a_war(w) * w.offensive_window / WINDOW


@seldom
def who_bombards(w: World) -> int:
    """The party at strike or above whose orders killed most within the window, when that is enough; -1 when not."""
    found = -1
    most = as_deadly(w)
    for a in range(w.n_fighters):
        ordered = 0
        for k in range(min(int(w.offensive_window), w.day + 1)):
            ordered += w.ordered_ring[(w.day - k) % WINDOW, a]
        if w.rung[a] >= 2 and may_end_it(w, a) and ordered >= most:
            most, found = float(ordered), a
    return found


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
    if w.lapsed > 0 and w.formal_end <= day and day <= w.formal_end + w.lapse_days:
        w.cause = w.lapsed
        if w.refused_by >= 0:
            w.cause_actor = w.deciding_actor = w.refused_by
            w.deciding_motive = w.refused_motive


@seldom
def end_by_offensive(w: World, attacker: int) -> None:
    """An offensive dates from its first day: counts go back to that morning."""
    cause = SPOILER_OFFENSIVE if w.excluded[attacker] == 1 else OFFENSIVE
    end(w, cause, first_attack(w, attacker), attacker)
    w.operational_end = w.days_held
    restore_counts(w)


@seldom
def restore_counts(w: World) -> None:
    """All counts stop on the morning of the day from which the end dates; that end is itself a breach."""
    for c in range(N_COUNTERS):
        w.counter[c] = w.mornings[w.days_held % WINDOW, c]
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
        if ordered > most_ordered and may_end_it(w, a):
            most_ordered, bomber = ordered, a
        if inflicted > most_inflicted:
            most_inflicted, shooter = inflicted, a
    if 2 * most_ordered > w.parties_14d:
        end(w, BOMBARDMENT, w.day, bomber)
    else:
        end(w, SPIRAL, w.day, -1)
        if w.deciding_actor < 0:
            w.deciding_actor = shooter
            w.deciding_motive = w.decided_motive[shooter]
    w.operational_end = w.days_held


@rule
def guarantors_clash(w: World) -> bool:
    """Have both guarantors struck for some days, and killed enough of each other's men in a fortnight of it?"""
    striking_0 = striking_1 = False
    for a in range(w.n_fighters if w.striking & w.guarantors != NOBODY else 0):
        if w.guarantor[a] == 1 and w.rung[a] >= 2:
            if w.side[a] == 0:
                striking_0 = True
            else:
                striking_1 = True
    if not (striking_0 and striking_1):
        if w.clash_since >= 0:
            forget_clash(w)
        return False
    if w.clash_since < 0:
        w.clash_since = w.day
    w.clash_dead = w.clash_dead + w.clash_today - w.clash_ring[w.day % WINDOW]
    w.clash_ring[w.day % WINDOW] = w.clash_today
    return w.day - w.clash_since + 1 >= w.offensive_days and w.clash_dead >= w.clash_deaths


@seldom
def forget_clash(w: World) -> None:
    """One of the guarantors has stopped striking."""
    w.clash_since = -1
    w.clash_dead = 0
    for k in range(WINDOW):
        w.clash_ring[k] = 0


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
    """The end on paper: a signatory that strikes renounces the deal, or a term runs out and is not renewed."""
    if w.striking & w.signatories != NOBODY:
        key = random_streams.stream_key(w.today_key, random_streams.ABROGATION)
        for a in range(w.n_fighters):
            if is_signatory(w, a) and w.rung[a] == 2:
                distrust = 1.0 - w.trust[w.side[a]]
                chance = w.abrogation_rate * w.intensity[2] * distrust * (1.0 + w.unmet)
                if random_streams.uniform(key, w.actor_key[a], 0) < chance:
                    lapse(w, ABROGATION, w.day, a, w.decided_motive[a])
                    return
    if w.expires > 0 and w.day + 1 >= w.expires:
        bargain(w)


@seldom
def lapse(w: World, cause: int, day: int, actor: int, motive: int) -> None:
    """The deal is no longer in force, and may yet be observed: no word and no order binds, and all look anew."""
    w.lapsed = cause
    w.formal_end = day
    w.refused_by = actor
    w.refused_motive = motive
    w.word = 0.0
    w.order = 0.0
    for a in range(w.n_fighters):
        w.alarmed[a] = 1


@seldom
def bargain(w: World) -> None:
    """On the last day of a term its principals renew it, or one refuses, or no renewal is allowed: then it lapses."""
    if w.most_renewals >= 0 and w.renewals >= w.most_renewals:
        lapse(w, EXPIRY, w.day + 1, -1, -1)
        return
    key = random_streams.stream_key(w.today_key, random_streams.RENEWAL)
    for a in range(w.n_actors):
        if w.principals >> np.uint64(a) & np.uint64(1) != NOBODY:
            chance = renews(w, a)
            if random_streams.uniform(key, w.actor_key[a], 0) >= chance:
                lapse(w, EXPIRY, w.day + 1, a, largest_pull(w, a, 2))
                return
    w.expires = w.expires + w.renewal
    w.renewals = w.renewals + 1
    w.order = 1.0
    w.word = what_breaking_costs(w)


@seldom
def renews(w: World, a: int) -> float:
    """Chance that a principal renews: that it would keep the deal, the likelier the more another term is worth."""
    look_anew(w, a)
    p0, p1, _, _ = unrestricted_probabilities(w, a, w.ceiling[a])
    worth = w.renewal_urging * w.urging + (w.exchange if w.renewals < w.exchanges else 0.0)
    keeps = (p0 + p1) * random_streams.exp(worth / w.temperature)
    return keeps / (keeps + 1.0 - p0 - p1)
