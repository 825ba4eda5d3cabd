"""Step 1, events: something from outside changes named numbers."""

from __future__ import annotations

import numpy as np

from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import rule, seldom
from ceasefire.rules.initialise import derive
from ceasefire.world_state import N_COUNTERS, WINDOW, Numbers, World


@rule
def begin_day(w: World) -> None:
    """A new day: a new key for its draws, and nothing has happened yet."""
    w.today_key = random_streams.day_key(w.key, w.day)
    w.review_key = random_streams.stream_key(w.today_key, random_streams.REVIEW)
    w.clash_key = random_streams.stream_key(w.today_key, random_streams.CLASH)
    w.kind_key = random_streams.stream_key(w.today_key, random_streams.KIND)
    w.toll_key = random_streams.stream_key(w.today_key, random_streams.DEATHS)
    w.fate_key = random_streams.stream_key(w.today_key, random_streams.VICTIM)
    for c in range(N_COUNTERS):
        w.mornings[w.day % WINDOW, c] = w.counter[c]
    w.deaths_today = 0
    w.clash_today = 0
    w.parties_dead = 0
    for k in range(w.n_firing):
        w.fires[w.firing[k]] = 0
    w.n_firing = 0
    for side in range(2):
        w.felt_today[side] = 0.0
        w.misblamed[side] = 0.0
        w.guarantor_dead[side] = 0
    for a in range(w.n_actors):
        w.losses_today[a] = 0
        w.ordered_today[a] = 0
        w.inflicted_today[a] = 0
        w.seen_today[a] = 0.0
    for s in range(w.n_sectors):
        w.received[s, 0] = 0.0
        w.received[s, 1] = 0.0
        w.near[s, 0] = 0.0
        w.near[s, 1] = 0.0
        w.civilians_killed[s] = 0


@rule
def events(w: World, numbers: Numbers) -> None:
    """What the day brings from outside. `numbers` is the same record as a row of 8-byte floats."""
    begin_day(w)
    if w.n_events == 0:
        return
    key = random_streams.stream_key(w.today_key, random_streams.EVENT)
    struck = False
    for e in range(w.n_events):
        if happens(w, e, key):
            w.event_on[e] = w.day
            struck = True
            apply_event(w, numbers, e)
    if struck:
        derive(w)


@rule
def happens(w: World, e: int, key: np.uint64) -> bool:
    """A dated event happens on its day, one that follows a task on the morning after that is met; a random one strikes
    with probability rate / 365 a day."""
    if w.event_task[e] >= 0:
        return w.event_on[e] < 0 and w.deadline_met[w.event_task[e]] == 1
    if w.event_day[e] >= 0.0:
        return w.event_on[e] < 0 and w.day >= w.event_day[e]
    if w.event_once[e] == 1 and w.event_on[e] >= 0:
        return False
    return random_streams.uniform(key, w.event_key[e], 0) < w.event_rate[e] / 365.0


@seldom
def apply_event(w: World, numbers: Numbers, e: int) -> None:
    """Set, add to or multiply each number that the event names, within its limits; alarm who must review."""
    for o in range(w.n_operations):
        if w.operation_event[o] == e:
            slot = w.operation_slot[o]
            value = w.operation_value[o]
            if w.operation_kind[o] == 1:
                value = numbers[slot] + value
            elif w.operation_kind[o] == 2:
                value = numbers[slot] * value
            numbers[slot] = min(max(value, w.operation_low[o]), w.operation_high[o])
    for a in range(w.n_actors):
        if w.event_review[e, a] == 1:
            w.alarmed[a] = 1
        if w.event_joins[e, a] == 1:
            join(w, a)
        if w.event_home[e, a] == 1:
            go_home(w, a)


@seldom
def join(w: World, a: int) -> None:
    """A party that the deal left out becomes a party to it: its word binds it, and its war ends the deal."""
    w.excluded[a] = 0
    if w.patron[a] < 0:
        w.signatories = w.signatories | np.uint64(1) << np.uint64(a)


@seldom
def go_home(w: World, a: int) -> None:
    """An actor's forces leave the front, and it has no means to fight here any more."""
    w.rung[a] = w.ceiling[a] = 0
    w.moved_on[a] = w.day
    w.decided_motive[a] = -1
    w.troops[a] = w.capability[a] = w.mobilised[a] = w.drive[a] = w.momentum[a] = 0.0
    f = w.first_of_actor[a]
    while f >= 0:
        w.presence[f] = w.heat[f] = 0.0
        f = w.next_of_actor[f]
