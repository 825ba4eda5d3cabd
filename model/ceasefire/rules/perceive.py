"""Step 2, look: who reviews its posture today, and what it sees. Everyone sees the same morning."""

from __future__ import annotations

from ceasefire.compilation import random_streams
from ceasefire.compilation.decorators import rule, seldom
from ceasefire.parameters.indicators import COMPLEMENT, CONSTANT, INDICATOR_NAMES, N_INDICATORS
from ceasefire.world_state import World

(
    UNHELD, ODDS, THREAT, DANGER, CLIENT_DANGER, LOSSES, INFLOW, DISTRUST, VIOLENCE, TIES, BACKING,
    BACKING_AGAINST, ATTENTION, WEARINESS, RESOLVE_AGAINST, TRIPWIRE_AGAINST, BLAME, UNMET, POWER_SHIFT,
    GROUND_LOST, FLIGHT, PROTEGE_LOSSES,
) = range(N_INDICATORS)  # fmt: skip

assert INDICATOR_NAMES[UNHELD] == "unheld"
assert INDICATOR_NAMES[RESOLVE_AGAINST] == "resolve_against"
assert INDICATOR_NAMES[PROTEGE_LOSSES] == "protege_losses"


@rule
def survey(w: World) -> None:
    """The morning as all see it: threats, strengths, backing, odds; and who is alarmed by a new threat."""
    before_0, before_1 = w.threat[0], w.threat[1]
    weigh_sides(w)
    refresh_views(w)
    new_0, new_1 = w.threat[0] > before_0, w.threat[1] > before_1
    if new_0 or new_1:
        for a in range(w.n_fighters):
            if new_0 if w.side[a] == 0 else new_1:
                w.alarmed[a] = 1


@rule
def weigh_sides(w: World) -> None:
    """Threat that each side faces, strength it has, and strength its guarantors lend at their posture."""
    for side in range(2):
        w.threat[side] = 0.0
        w.belligerents[side] = 0.0
        w.support[side] = 0.0
        w.side_backing[side] = 0.0
    for a in range(w.n_fighters):
        w.backing[a] = 0.0
        side = w.side[a]
        intensity = w.intensity[w.rung[a]]
        strength = w.capability[a] * w.commitment[a]
        w.strength[a] = strength
        if w.presence_total[a] > 0.0:
            w.threat[1 - side] = max(w.threat[1 - side], intensity)
        if w.guarantor[a] == 1:
            rest = w.patron_support_at_rest
            w.support[side] += strength * (rest + (1.0 - rest) * intensity)
        else:
            w.belligerents[side] += strength
    lend_backing(w)


@rule
def lend_backing(w: World) -> None:
    """Outside parties back one actor, and urge restraint on all, by how far they engage."""
    w.urging = 0.0
    for o in range(w.n_fighters, w.n_actors):
        weight = w.influence[o] * w.commitment[o] * w.intensity[w.rung[o]]
        w.urging = w.urging + weight
        if w.backs[o] >= 0:
            w.backing[w.backs[o]] += weight
    w.urging = min(1.0, w.urging)
    for a in range(w.n_fighters):
        w.backing[a] = min(1.0, w.backing[a])
        w.side_backing[w.side[a]] = max(w.side_backing[w.side[a]], w.backing[a])


@rule
def refresh_views(w: World) -> None:
    """Odds and danger of every party that fights: R^2 / (1 + R^2), and threat against poor odds or lost ground."""
    for a in range(w.n_fighters):
        side = w.side[a]
        own = w.belligerents[side]
        if w.guarantor[a] == 1:
            own += w.strength[a]
        else:
            own += w.dependence[a] * w.support[side]
        other = w.belligerents[1 - side] + w.support[1 - side]
        w.odds[a] = own * own / (own * own + other * other + 1e-12)
        pressed = w.threat[side] * (1.0 - w.odds[a])
        driven = min(1.0, w.danger_of_lost_ground * w.ground_lost[side])
        w.danger[a] = 1.0 - (1.0 - pressed) * (1.0 - driven)


@rule
def perceive(w: World, a: int) -> None:
    """Is a review due (by chance, alarm, or because the patron moved yesterday)? If so, take in the indicators."""
    w.due[a] = review_is_due(w, a)
    w.alarmed[a] = 0
    if w.due[a] == 1:
        read_indicators(w, a)


@rule
def review_is_due(w: World, a: int) -> int:
    """1 or 0. All three reasons are looked at, for a processor guesses badly which of them holds."""
    patron = w.patron[a]
    patron_moved = (patron >= 0) & (w.day > 0) & (w.moved_on[patron] == w.day - 1)
    by_chance = (
        random_streams.uniform(w.review_key, w.actor_key[a], 0) * w.review_days < 1.0 + w.campaign_tempo * w.momentum[a]
    )
    return 1 if (w.alarmed[a] == 1) | patron_moved | by_chance else 0


@rule
def felt_losses(w: World, a: int) -> float:
    """Own dead still felt, 1 - exp(-losses / scale) [0-1]."""
    return 1.0 - random_streams.exp(-w.losses[a] / w.losses_scale[a])


@rule
def read_indicators(w: World, a: int) -> None:
    """Fill the actor's sight: every indicator, the number 1, and every complement."""
    x = w.sight[a]
    x[VIOLENCE] = w.violence
    x[TIES] = w.ties
    x[ATTENTION] = w.attention
    x[WEARINESS] = w.weariness[a]
    x[BLAME] = w.blame[a]
    x[UNMET] = w.unmet
    x[FLIGHT] = 1.0 - random_streams.exp(-w.flight_recent / w.inflow_scale)
    if w.fights[a] == 1:
        see_as_fighter(w, a)
    else:
        see_from_outside(w, a)
    x[CONSTANT] = 1.0
    for k in range(N_INDICATORS):
        x[COMPLEMENT + k] = 1.0 - x[k]


@seldom
def look_anew(w: World, a: int) -> None:
    """An actor takes everything in outside its reviews: at signing, at talks, when a term runs out."""
    read_indicators(w, a)


@rule
def see_as_fighter(w: World, a: int) -> None:
    """Indicators of a party on the front."""
    x = w.sight[a]
    side = w.side[a]
    x[UNHELD] = unheld(w, a)
    x[ODDS] = w.odds[a]
    x[THREAT] = w.threat[side]
    x[DANGER] = w.danger[a]
    x[CLIENT_DANGER] = 0.0
    for client in range(w.n_actors):
        if w.patron[client] == a:
            x[CLIENT_DANGER] = max(x[CLIENT_DANGER], w.danger[client])
    x[LOSSES] = felt_losses(w, a)
    x[INFLOW] = 1.0 - random_streams.exp(-w.inflow[a] / w.inflow_scale)
    x[DISTRUST] = 1.0 - w.trust[side]
    x[BACKING] = w.backing[a]
    x[BACKING_AGAINST] = w.side_backing[1 - side]
    x[RESOLVE_AGAINST] = w.resolve[1 - side]
    x[TRIPWIRE_AGAINST] = w.tripwire[1 - side]
    x[POWER_SHIFT] = min(max((w.usual_odds[a] - w.odds[a]) / w.power_shift_scale, 0.0), 1.0)
    x[GROUND_LOST] = w.ground_lost[side]
    x[PROTEGE_LOSSES] = 0.0
    w.licence[a] = licence(w, a)
    w.unreached[a] = unreached(w, a) if w.ceiling[a] == 3 else 0.0
    w.momentum[a] = momentum(w, a)


@rule
def licence(w: World, a: int) -> float:
    """How far a patron lets a client go [0-1]: for ground that it claims and could win, and for a client in danger,
    less what a clash with the other guarantor would cost it; and not while its own order to cease is fresh."""
    x = w.sight[a]
    won = w.licence_gain * x[UNHELD] * x[ODDS] + w.licence_danger * x[CLIENT_DANGER]
    lost = w.licence_cost * (x[TRIPWIRE_AGAINST] * (x[TIES] + x[RESOLVE_AGAINST]) + x[LOSSES])
    return min(max(won - lost, 0.0), 1.0) * (1.0 - w.order)


@rule
def momentum(w: World, a: int) -> float:
    """Of a campaign: how far it is under way and has not reached its ground, as far as no order to cease halts it."""
    return w.drive[a] * w.unreached[a] * (1.0 - w.order)


@rule
def unreached(w: World, a: int) -> float:
    """Share of the ground of its campaign that its side does not hold, by value to it; of all that it claims when it
    has named none [0-1]."""
    if w.n_objectives[a] == 0:
        return w.sight[a, UNHELD]
    side = w.side[a]
    wanted = 0.0
    missing = 0.0
    for k in range(w.n_objectives[a]):
        s = w.objective[a, k]
        wanted += w.claim[s, a]
        missing += w.claim[s, a] * (1.0 - w.held[s] if side == 0 else w.held[s])
    return missing / wanted if wanted > 0.0 else 0.0


@rule
def see_from_outside(w: World, a: int) -> None:
    """Indicators of a party that is not on the front: it sees through the actor that it may back."""
    x = w.sight[a]
    for k in range(N_INDICATORS):
        if (
            k != VIOLENCE
            and k != TIES
            and k != ATTENTION
            and k != WEARINESS
            and k != BLAME
            and k != UNMET
            and k != FLIGHT
        ):
            x[k] = 0.0
    x[DISTRUST] = 1.0 - 0.5 * (w.trust[0] + w.trust[1])
    for host in range(w.n_actors):
        if w.refugee_share[host] > 0.0:
            x[INFLOW] = max(x[INFLOW], 1.0 - random_streams.exp(-w.inflow[host] / w.inflow_scale))
    protege = w.backs[a]
    if protege >= 0:
        side = w.side[protege]
        x[THREAT] = w.threat[side]
        x[PROTEGE_LOSSES] = felt_losses(w, protege)
        x[RESOLVE_AGAINST] = w.resolve[1 - side]
        x[GROUND_LOST] = w.ground_lost[side]


@rule
def unheld(w: World, a: int) -> float:
    """Share of the ground it claims that its side does not hold, by value [0-1]; 0 when it claims nothing."""
    side = w.side[a]
    wanted = 0.0
    missing = 0.0
    for s in range(w.n_sectors):
        worth = w.claim[s, a]
        wanted += worth
        missing += worth * (1.0 - w.held[s] if side == 0 else w.held[s])
    return missing / wanted if wanted > 0.0 else 0.0
