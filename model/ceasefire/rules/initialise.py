"""The morning of day 0: what is drawn once per world, and what follows from the scenario's numbers."""

from __future__ import annotations

import numpy as np

from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import rule, seldom
from ceasefire.rules.casualties import deaths_scale, under_enemy
from ceasefire.rules.exchange_fire import ordered_fire
from ceasefire.rules.perceive import look_anew, refresh_views, weigh_sides
from ceasefire.world_state import WINDOW, World

_LOG_HALF = -0.6931471805599453


@seldom
def initialise(w: World, seed: np.uint64, world: int) -> None:
    """Give a world its number, its hidden intents and local commanders, and its state at signing."""
    w.seed = seed
    w.world = world
    w.key = random_streams.world_key(np.uint64(seed), np.uint64(world))
    w.today_key = random_streams.day_key(w.key, -1)
    for side in range(2):
        w.trust_best[side] = w.trust[side]
    w.ties = w.ties_level
    draw_hidden_traits(w)
    value_ground(w)
    choose_targets(w)
    derive(w)
    if w.deadliness < 0.0:
        work_out_deadliness(w)
        derive(w)
    w.violence = min(1.0, w.ongoing)
    initial_heat(w)
    weigh_sides(w)
    refresh_views(w)
    for a in range(w.n_actors):
        w.usual_odds[a] = w.odds[a]
    for a in range(w.n_fighters):
        look_anew(w, a)
        keep_attacking(w, a)
    for a in range(w.n_actors):
        w.next_rung[a] = w.rung[a]


@seldom
def keep_attacking(w: World, a: int) -> None:
    """An army in the middle of its campaign is still attacking when neither its leaders nor its commanders heed the
    order to cease: momentum has it that the former do not, and it is for the latter that firmness counts once more."""
    key = random_streams.stream_key(w.today_key, random_streams.CHOICE)
    if random_streams.uniform(key, w.actor_key[a], 0) < w.momentum[a] * (1.0 - w.order):
        w.rung[a] = max(w.rung[a], w.ceiling[a])


@seldom
def draw_hidden_traits(w: World) -> None:
    """What an actor secretly wants [utility], and how aggressive its local commanders are [mean 1]."""
    wish = random_streams.stream_key(w.today_key, random_streams.INTENT)
    for a in range(w.n_actors):
        w.intent[a] = w.hidden_intent * random_streams.normal(random_streams.uniform(wish, w.actor_key[a], 0))
    temper = random_streams.stream_key(w.today_key, random_streams.AGGRESSION)
    spread = w.aggressiveness_spread
    for f in range(w.n_formations):
        deviate = random_streams.normal(random_streams.uniform(temper, w.formation_key[f], 0))
        w.aggression[f] = random_streams.exp(spread * deviate - 0.5 * spread * spread)


@seldom
def sum_forces(w: World) -> None:
    """Add up forces by actor, by side, and by sector and side, with the part of these that the deal leaves out."""
    for a in range(w.n_actors):
        w.presence_total[a] = 0.0
    for side in range(2):
        w.side_presence[side] = 0.0
        for s in range(w.n_sectors):
            w.presence_of[s, side] = w.excluded_part[s, side] = 0.0
    for f in range(w.n_formations):
        a = w.formation_actor[f]
        s = w.formation_sector[f]
        w.presence_total[a] += w.presence[f]
        w.side_presence[w.side[a]] += w.presence[f]
        w.presence_of[s, w.side[a]] += w.presence[f]
        if w.excluded[a] == 1:
            w.excluded_part[s, w.side[a]] += w.presence[f]
    for s in range(w.n_sectors):
        for side in range(2):
            if w.presence_of[s, side] > 0.0:
                w.excluded_part[s, side] /= w.presence_of[s, side]


@seldom
def value_ground(w: World) -> None:
    """The worth of each sector, and of the ground that each side holds at signing."""
    for s in range(w.n_sectors):
        for a in range(w.n_actors):
            w.sector_value[s] += w.claim[s, a]
        w.value_held[0] += w.sector_value[s] * w.held[s]
        w.value_held[1] += w.sector_value[s] * (1.0 - w.held[s])


@seldom
def work_out_deadliness(w: World) -> None:
    """A war's worst fortnight is one in which nearly all attack: so deadly is its fire, against that of Idlib."""
    violations = 0.0
    for f in range(w.n_formations):
        violations += w.presence[f] * w.facing[f] * w.offensive_rate
    deaths = violations * w.deaths_mean_offensive * WINDOW
    w.deadliness = w.all_out * w.toll / deaths if deaths > 0.0 else 1.0


@seldom
def choose_targets(w: World) -> None:
    """Shells cross the line: a side's fire from a sector can hit the most people under the enemy, here or next door."""
    for s in range(w.n_sectors):
        for side in range(2):
            most = w.civilians[s] * under_enemy(w, s, side)
            w.aimed_at[s, side] = s
            for k in range(w.n_neighbours[s]):
                t = w.neighbour[s, k]
                people = w.civilians[t] * under_enemy(w, t, side)
                if people > most:
                    most = people
                    w.aimed_at[s, side] = t


@seldom
def initial_heat(w: World) -> None:
    """Formations that fought until yesterday still burn: heat as after steady fire of the war's last days."""
    for f in range(w.n_formations):
        w.heat[f] = w.branching_rest * w.strike_rate * w.presence[f] * min(1.0, w.ongoing)


@rule
def kept_per_day(half_life: float) -> float:
    """What is left after a day of something that halves in half_life days."""
    return random_streams.exp(_LOG_HALF / half_life)


@seldom
def derive(w: World) -> None:
    """Make anew what follows from parameters alone: at the start, and when an event has changed one."""
    w.losses_kept = kept_per_day(w.losses_half_life)
    w.ground_kept = kept_per_day(w.ground_half_life)
    w.mobilised_kept = kept_per_day(w.mobilised_half_life)
    w.drive_kept = kept_per_day(w.drive_half_life)
    w.flight_kept = kept_per_day(w.flight_half_life)
    w.usual_kept = kept_per_day(w.power_memory)
    w.weariness_kept = kept_per_day(w.weariness_half_life)
    w.attention_kept = kept_per_day(w.attention_half_life)
    w.order_kept = kept_per_day(w.order_half_life)
    w.terms_kept = random_streams.exp(-1.0 / w.terms_accepted)
    w.dug_kept = kept_per_day(w.entrench_half_life)
    w.intensity[1] = w.licensed[1] = w.intensity_harass
    w.intensity[2] = w.intensity_strike
    w.intensity[3] = w.licensed[2] = w.licensed[3] = 1.0
    w.word = what_breaking_costs(w)
    sum_forces(w)
    derive_tripwires(w)
    derive_sectors(w)
    derive_formations(w)


@rule
def clearness(w: World) -> float:
    """What is left of right attribution, and of a given word, when terms are vague [0-1]. Park (2023)."""
    return 1.0 - w.vagueness_cost * (1.0 - w.clarity)


@rule
def what_breaking_costs(w: World) -> float:
    """Cost to a party of breaking this class of deal, at full intensity, less where terms are vague, and the exchange
    that it would forfeit; nothing once the deal has lapsed. [utility]"""
    if w.lapsed > 0:
        return 0.0
    forfeited = w.exchange if w.renewals <= w.exchanges else 0.0
    if w.deal_class == 0:
        return w.word_cessation * clearness(w) + forfeited
    return (w.word_preliminary if w.deal_class == 1 else w.word_definitive) * clearness(w) + forfeited


@seldom
def derive_tripwires(w: World) -> None:
    """Guarantor troops on the line are a tripwire, 1 - exp(-troops / scale), and keep resolve in memory."""
    for side in range(2):
        troops = 0.0
        for a in range(w.n_actors):
            if w.guarantor[a] == 1 and w.side[a] == side:
                troops += w.troops[a]
        w.tripwire[side] = 1.0 - random_streams.exp(-troops / w.tripwire_troops)
        slower = max(0.001, 1.0 - w.resolve_kept_by_tripwire * w.tripwire[side])
        w.resolve_kept[side] = kept_per_day(w.resolve_half_life / slower)


@seldom
def derive_sectors(w: World) -> None:
    """A buffer parts the lines; monitors deter what is ordered, calm what is not, and say who fired; fire is heard
    next door, there at the mean of what is next door, and at the weight of spill."""
    parted = w.buffer_effect * (1.0 - random_streams.exp(-w.buffer_km / w.buffer_scale))
    clear = clearness(w)
    for s in range(w.n_sectors):
        monitoring = w.monitoring if w.sector_monitoring[s] < 0.0 else w.sector_monitoring[s]
        w.contact_now[s] = w.contact[s] * (1.0 - parted)
        w.watched_now[s] = w.watch * monitoring
        w.calmed_now[s] = w.calm * monitoring
        w.attributed[s] = (w.q0 + (1.0 - w.q0) * monitoring) * clear
        n = w.n_neighbours[s]
        w.heard_here[s] = 1.0 / (1.0 + w.spill) if n > 0 else 1.0
        w.heard_from[s] = w.heard_here[s] * w.spill / n if n > 0 else 0.0


@seldom
def derive_formations(w: World) -> None:
    """Fire that nobody orders, of each formation that faces an enemy; and how often fire kills nobody."""
    for f in range(w.n_formations):
        a = w.formation_actor[f]
        s = w.formation_sector[f]
        enemies = w.presence_of[s, 1 - w.side[a]]
        w.facing[f] = enemies / (enemies + w.facing_half) if enemies > 0.0 else 0.0
        restless = w.local_rate * (1.0 - w.discipline[a]) * (1.0 - w.calmed_now[s]) * w.contact_now[s]
        w.loose_rate[f] = w.aggression[f] * w.presence[f] * restless * w.facing[f]
        w.on_orders[f] = ordered_fire(w, f)
        own = w.presence_of[s, w.side[a]]
        w.share_of_side[f] = w.presence[f] / own if own > 0.0 else 0.0
    for a in range(w.n_actors):
        w.ordered_at[a] = w.rung[a]
    w.most_dead = max(1.0, w.deadliness * w.deaths_cap)
    for rung in range(4):
        w.deaths_scale[rung] = deaths_scale(w, rung)
        w.harmless[rung] = 1.0 - random_streams.exp(
            -w.deaths_tail * random_streams.log(1.0 + 1.0 / w.deaths_scale[rung])
        )
