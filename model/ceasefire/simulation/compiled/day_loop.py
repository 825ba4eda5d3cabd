"""The loop over days and worlds, compiled: the order of the day over one record."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire import rules
from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import called_from_python, rule, seldom
from ceasefire.compilation.in_python import in_python
from ceasefire.rules.decide import choose as _choose
from ceasefire.rules.exchange_fire import fire_rate_bound
from ceasefire.rules.initialise import initialise
from ceasefire.rules.perceive import read_indicators as _read_indicators
from ceasefire.rules.perceive import review_is_due
from ceasefire.simulation.compiled.recorded_counts import COUNTED, WEEKLY, count_day, count_week
from ceasefire.world_state import C_CIVILIAN, N_COUNTERS

RESULT = np.dtype(
    [
        ("point", "i8"), ("world", "i8"), ("days_held", "i8"), ("ended", "i8"), ("cause", "i8"),
        ("cause_actor", "i8"), ("first_breach", "i8"), ("first_lethal", "i8"), ("operational_end", "i8"),
        ("formal_end", "i8"), ("state_at_end", "i8"), ("counter", "f8", (N_COUNTERS,)), ("deciding_actor", "i8"),
        ("deciding_motive", "i8"), ("deciding_sector", "i8"), ("failed", "i8"),
    ]
)  # fmt: skip
"""Results of one world: positions and codes, not names."""


_events, _survey, _settle = rules.events, rules.survey, rules.settle
_exchange_fire, _advance = rules.exchange_fire, rules.advance
_inflict_casualties, _displace_civilians = rules.inflict_casualties, rules.displace_civilians
_accuse, _update_trust, _carry_blame = rules.accuse, rules.update_trust, rules.carry_blame
_brace, _echo, _retaliate = rules.brace, rules.echo, rules.retaliate
_bear, _commit, _judge_end = rules.bear, rules.commit, rules.judge_end


@rule
def step_day(w, numbers, nearness, close):
    """One day of one world, in the order of rules.THE_DAY.

    `nearness` and `close` are scratch arrays with an element for each formation. Formations that cannot fire today skip
    the steps of fire, which makes a day a third shorter.
    """
    _events(w, numbers)
    _survey(w)
    reviews = list_reviews_due(w, close)
    for k in range(reviews):
        _read_indicators(w, close[k])
    for k in range(reviews):
        _choose(w, close[k])
    _settle(w)
    for k in range(formations_that_may_fire(w, nearness, close)):
        _exchange_fire(w, close[k])
    for s in range(w.n_sectors):
        _advance(w, s)
    for k in range(w.n_firing):
        _inflict_casualties(w, w.firing[k])
    for s in range(w.n_sectors):
        _displace_civilians(w, s)
    for k in range(w.n_firing):
        _accuse(w, w.firing[k])
    _update_trust(w)
    for a in range(w.n_fighters):
        _carry_blame(w, a)
    _brace(w)
    for s in range(w.n_sectors):
        _echo(w, s)
    for f in range(w.n_formations):
        _retaliate(w, f)
    for a in range(w.n_actors):
        _bear(w, a)
    _commit(w)
    _judge_end(w)


@rule
def list_reviews_due(w, due):
    """Write the actors who review their posture today into `due`; returns how many.

    All perceive before the first chooses: what a client may do depends on what its patron perceives today.
    """
    count = 0
    for a in range(w.n_actors):
        w.due[a] = review_is_due(w, a)
        w.alarmed[a] = 0
        w.next_rung[a] = w.rung[a]
        due[count] = a
        count += w.due[a]
    return count


@rule
def formations_that_may_fire(w, nearness, close):
    """Write the formations whose draw does not rule out fire today into `close`; returns how many.

    A Poisson count is 0 whenever u < 1 - rate, because 1 - rate <= exp(-rate). The first loop has no branch, so that
    the processor works on several formations at once.
    """
    for f in range(w.n_formations):
        nearness[f] = random_streams.uniform(w.clash_key, w.formation_key[f], 0) - (1.0 - fire_rate_bound(w, f))
    count = 0
    for f in range(w.n_formations):
        close[count] = f
        count += 0 if nearness[f] < 0.0 else 1
    return count


@seldom
def draw_parameters(numbers, key, slots, names, codes, shapes, limits):
    """Draw every parameter that has a distribution, each from the stream of its own name, truncated to its limits."""
    stream = random_streams.stream_key(random_streams.day_key(key, -1), random_streams.PARAMETER)
    for k in range(slots.shape[0]):
        u = random_streams.uniform(stream, names[k], 0)
        drawn = random_streams.from_distribution(codes[k], shapes[k, 0], shapes[k, 1], shapes[k, 2], u)
        numbers[slots[k]] = min(max(drawn, limits[k, 0]), limits[k, 1])


@seldom
def start_world(w, numbers, opening, drawn, seed, world):
    """Set a world to day 0: parameters drawn, then initialised. `w` and `numbers` are two views of one record."""
    for slot in range(numbers.shape[0]):
        numbers[slot] = opening[slot]
    slots, names, codes, shapes, limits = drawn
    draw_parameters(
        numbers, random_streams.world_key(np.uint64(seed), np.uint64(world)), slots, names, codes, shapes, limits
    )
    initialise(w, seed, world)


@seldom
def finiteness_sum(w):
    """A sum that is infinite or NaN when any count, belief or rate of the world is: then the world has failed."""
    total = w.ties + w.attention + w.violence + w.trust[0] + w.trust[1] + w.ground_lost[0] + w.ground_lost[1]
    for c in range(N_COUNTERS):
        total += abs(w.counter[c])
    for a in range(w.n_actors):
        total += abs(w.capability[a]) + w.losses[a] + w.odds[a] + w.blame[a]
    for f in range(w.n_formations):
        total += w.heat[f] + w.loose_rate[f] + w.on_orders[f] + w.facing[f]
    return total


@seldom
def write_result_row(w, row):
    """Copy the results of a world into a row of RESULT."""
    row.world = w.world
    row.days_held = w.days_held
    row.ended = w.ended
    row.cause = w.cause
    row.cause_actor = w.cause_actor
    row.first_breach = w.first_breach
    row.first_lethal = w.first_lethal
    row.operational_end = w.operational_end
    row.formal_end = w.formal_end
    row.state_at_end = 2 if w.ended == 1 else (1 if w.formal_end >= 0 else 0)
    row.deciding_actor = w.deciding_actor
    row.deciding_motive = w.deciding_motive
    row.deciding_sector = w.deciding_sector
    row.failed = 0 if np.isfinite(finiteness_sum(w)) else 1
    for c in range(N_COUNTERS):
        row.counter[c] = w.counter[c]


@seldom
def branch(w, branches):
    """A copy of a world has the past of the world, and from the day of a branch on draws of its own.

    `branches`: shape (branches, 2), day and number of the copy.
    """
    for b in range(branches.shape[0]):
        if branches[b, 0] == w.day:
            w.key = random_streams.world_key(np.uint64(w.key), np.uint64(branches[b, 1]))


@called_from_python
def run_chunk(worlds, numbers, room, openings, drawn, seed, points, numbers_of_worlds, begun, days, results, records):
    """Simulate each (point, world) pair in turn in one scratch record; fill a row of results for each.

    A world starts on day 0, or goes on from the state of the record when it has `begun`, and is simulated to its end or
    for at most `days` days. This is the only entry to the loop from Python: a day takes long to compile, and is
    compiled once. `records` holds what is recorded and branched; see `no_records`.
    """
    nearness, close = room
    weekly, daily, recorded, branches = records
    weeks, counted = weekly.shape[1], daily.shape[1]
    for k in range(numbers_of_worlds.shape[0]):
        w = worlds[0]
        if not begun:
            start_world(w, numbers, openings[points[k]], drawn, seed, numbers_of_worlds[k])
        simulated = 0
        while w.over == 0 and simulated < days:
            if branches.shape[1] > 0:
                branch(w, branches[k])
            day = w.day
            civilians = w.counter[C_CIVILIAN]
            step_day(w, numbers, nearness, close)
            simulated += 1
            if day < 7 * weeks:
                count_week(w, weekly[k])
            if day < counted:
                count_day(w, recorded[k], civilians, daily[k, day])
        write_result_row(w, results[k])
        results[k].point = points[k]


Records = tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]


def no_records(count: int, weeks: int = 0, days: int = 0, branches: int = 0, sectors: int = 0) -> Records:
    """Arrays to record `count` worlds in, all zero: weeks (count, weeks, WEEKLY and two for each of so many sectors),
    days (count, days, COUNTED), share of deaths that is recorded (count,), branches (count, branches, 2). What has no
    length costs nothing."""
    return (
        np.zeros((count, weeks, WEEKLY + 2 * sectors), np.int64), np.zeros((count, days, COUNTED)), np.zeros(count),
        np.zeros((count, branches, 2), np.int64),
    )  # fmt: skip


def blank_world(dtype: np.dtype[Any], count: int = 1) -> NDArray[Any]:
    """`count` empty records, shape (count,). With compilation off they also allow attribute access in plain Python."""
    records = np.zeros(count, dtype)
    return records.view(np.recarray) if in_python() else records
