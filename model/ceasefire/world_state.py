"""What one world is made of: every field, its unit, its shape and its meaning.

A world is one record of a structured array. Rules read and change it; nothing else knows its layout. Sizes
come in classes, so that ordinary scenarios share one compiled shape; what a scenario does not use stays 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceasefire.parameters.indicators import N_EXTENDED
from ceasefire.parameters.mechanisms import Mechanisms
from ceasefire.parameters.size_limits import CLASSES, MOST_NEIGHBOURS, MOST_OBJECTIVES, MOST_TERMS

World = Any
"""One world: a record with FIELDS and the numbers of the rules, as compiled code sees it."""

Numbers = NDArray[np.float64]
"""The same record as a row of 8-byte floats, or a part of it."""

CAUSES = (
    "", "offensive", "spoiler_offensive", "bombardment", "spiral", "guarantor_clash", "expiry", "abrogation",
)  # fmt: skip
"""Why a ceasefire ended; the position is the code, 0 is 'still holding'."""
OFFENSIVE, SPOILER_OFFENSIVE, BOMBARDMENT, SPIRAL, GUARANTOR_CLASH, EXPIRY, ABROGATION = range(1, 8)

NOBODY = np.uint64(0)
"""A set of actors, each a bit, that is empty."""

VIOLATION_KINDS = ("strategic", "retaliatory", "spoiling", "localised")
"""Kinds of violation after Sticher (2022), in the order of the counters."""
STRATEGIC, RETALIATORY, SPOILING, LOCALISED = range(4)

FIRED_LOCALISED, FIRED_ORDERED, FIRED_RETALIATORY = range(3)
"""What a formation's fire of the day is: not ordered, ordered, or an answer."""

N_COUNTERS = 9
"""violations by kind (4), combatant dead, civilian dead, displaced, talks, most deaths in 14 days."""
C_COMBATANT, C_CIVILIAN, C_DISPLACED, C_TALKS, C_PEAK = range(4, 9)

WINDOW = 14
"""Days over which deaths are summed to tell war from a truce."""


@dataclass(frozen=True)
class Sizes:
    """How much room a world has."""

    actors: int
    sectors: int
    formations: int
    motives: int
    events: int
    operations: int
    deadlines: int


def size_class(**needed: int) -> Sizes:
    """The smallest class that holds what is needed. Raises ValueError for a scenario too large for all."""
    return Sizes(**{what: _fitting(what, count) for what, count in needed.items()})


def _fitting(what: str, count: int) -> int:
    for room in CLASSES[what]:
        if count <= room:
            return room
    raise ValueError(f"{count} {what}; at most {CLASSES[what][-1]} are possible")


Field = tuple[str, str, tuple[str, ...], str]

FIELDS: tuple[Field, ...] = (
    # --- who and when
    ("seed", "u8", (), "seed of the run"),
    ("world", "i8", (), "number of the world"),
    ("key", "u8", (), "key of the world's draws"),
    ("today_key", "u8", (), "key of today's draws"),
    ("day", "i8", (), "days since the start"),
    ("horizon", "i8", (), "days that the world is followed"),
    ("review_key", "u8", (), "key of today's reviews"),
    ("clash_key", "u8", (), "key of today's fire"),
    ("kind_key", "u8", (), "key of what each violation of today is"),
    ("toll_key", "u8", (), "key of whom each kills: how many"),
    ("fate_key", "u8", (), "key of whom each kills: whom"),
    ("n_actors", "i8", (), "actors in use"),
    ("n_fighters", "i8", (), "of these, the first so many fight; the others are outside parties"),
    ("guarantors", "u8", (), "bit a is set when actor a is a guarantor"),
    ("signatories", "u8", (), "bit a is set when actor a is a party to the deal that fights and has no patron"),
    ("principals", "u8", (), "bit a is set when actor a bargains over renewals"),
    ("n_sectors", "i8", (), "sectors in use"),
    ("n_formations", "i8", (), "formations in use"),
    ("n_motives", "i8", (), "motives in use"),
    ("n_events", "i8", (), "events in use"),
    ("n_operations", "i8", (), "operations of events in use"),
    ("n_deadlines", "i8", (), "deadlines in use"),
    # --- the deal, and what surrounds it
    ("monitoring", "f8", (), "share seen by impartial eyes"),
    ("buffer_km", "f8", (), "depth of the demilitarised strip [km]"),
    ("hotline", "f8", (), "how fast guarantors reach each other [0-1]"),
    ("clarity", "f8", (), "clarity of the terms [0-1]"),
    ("deal_class", "i8", (), "0 cessation, 1 preliminary, 2 definitive"),
    ("word", "f8", (), "what breaking its word costs a party to the deal, at full intensity [utility]"),
    ("order", "f8", (), "how fresh the order to cease is [0-1]"),
    ("talks_order", "f8", (), "how far a round of talks is an order that is obeyed [0-1]"),
    ("third_party_war_ends_it", "i8", (), "1 when war with or by a party left out ends the deal too"),
    ("expires", "i8", (), "day on which the deal expires; 0 never"),
    ("renewal", "i8", (), "days that a renewal adds"),
    ("renewals", "i8", (), "renewals so far"),
    ("entrenched", "f8", (), "how far the line that stands is dug in [0-1]"),
    ("most_renewals", "i8", (), "renewals that are allowed; -1 any number"),
    ("exchange", "f8", (), "what another term is worth to each principal while it can be paid for [utility]"),
    ("exchanges", "f8", (), "renewals that can be paid for"),
    ("lapsed", "i8", (), "0 while the deal is in force; else the cause that a return to war soon after has"),
    ("refused_by", "i8", (), "who refused to renew it or renounced it; -1 nobody"),
    ("refused_motive", "i8", (), "largest pull behind that; -1 none"),
    ("ties", "f8", (), "closeness of the guarantors today [0-1]"),
    ("ties_level", "f8", (), "closeness that ties return to [0-1]"),
    ("attention", "f8", (), "how closely the world looks [0-1]"),
    ("attention_floor", "f8", (), "attention when nothing happens [0-1]"),
    ("toll", "f8", (), "largest 14-day toll of the war [deaths]"),
    ("deadliness", "f8", (), "deaths of a violation, against those of the Idlib front"),
    ("ongoing", "f8", (), "violence just before the deal [share of toll]"),
    ("violence", "f8", (), "deaths of the last 14 days [share of toll, at most 1]"),
    ("unmet", "f8", (), "terms due and not met [0-1]"),
    ("urging", "f8", (), "how loudly outside parties urge restraint [0-1]"),
    ("flight_recent", "f8", (), "people who fled lately, half forgotten after flight_half_life [persons]"),
    # --- actors
    ("actor_key", "u8", ("actors",), "hash of the actor's name"),
    ("side", "i8", ("actors",), "0 or 1; -1 for an outside party"),
    ("fights", "i8", ("actors",), "1 on the force ladder, 0 on the engagement ladder"),
    ("guarantor", "i8", ("actors",), "1 for a guarantor"),
    ("excluded", "i8", ("actors",), "1 for a party that the deal leaves out"),
    ("patron", "i8", ("actors",), "position of the patron; -1 none"),
    ("backs", "i8", ("actors",), "position of the actor it may back; -1 none"),
    ("dependence", "f8", ("actors",), "on the patron [0-1]"),
    ("capability", "f8", ("actors",), "strength [relative]"),
    ("commitment", "f8", ("actors",), "share of it brought to bear [0-1]"),
    ("waning", "f8", ("actors",), "commitment lost [share per year]"),
    ("discipline", "f8", ("actors",), "fires only on orders [0-1]"),
    ("exposure", "f8", ("actors",), "share of fire that falls on it, per presence [0-1]"),
    ("civilian_harm", "f8", ("actors",), "share of its fire that falls on civilians [0-1]"),
    ("troops", "f8", ("actors",), "soldiers on the line"),
    ("weariness", "f8", ("actors",), "of war [0-1]"),
    ("losses", "f8", ("actors",), "own dead still felt [deaths]"),
    ("losses_scale", "f8", ("actors",), "dead at which 1 - 1/e is felt [deaths]"),
    ("losses_today", "i8", ("actors",), "own dead today"),
    ("ordered_today", "i8", ("actors",), "killed today by fire it ordered"),
    ("inflicted_today", "i8", ("actors",), "killed today by any of its fire"),
    ("seen_today", "f8", ("actors",), "violence attributed to it today [severity]"),
    ("presence_total", "f8", ("actors",), "its forces on the whole front"),
    ("mobilised", "f8", ("actors",), "forces ready to move [0-1]"),
    ("blame", "f8", ("actors",), "carried [0-1]"),
    ("drive", "f8", ("actors",), "how far its campaign is under way [0-1]"),
    ("n_objectives", "i8", ("actors",), "sectors that its campaign is for; 0 for all that it claims"),
    ("objective", "u8", ("actors", "objectives"), "their positions"),
    ("unreached", "f8", ("actors",), "share of the campaign's ground not held at the last review, by value [0-1]"),
    ("momentum", "f8", ("actors",), "of its campaign: drive x unreached [0-1]"),
    ("licence", "f8", ("actors",), "of a patron: how far it lets its client go, whatever its own posture [0-1]"),
    ("refugee_share", "f8", ("actors",), "part of all flight that comes to its border [0-1]"),
    ("inflow", "f8", ("actors",), "refugees who lately came [persons]"),
    ("influence", "f8", ("actors",), "of an outside party [0-1]"),
    ("intent", "f8", ("actors",), "hidden wish to escalate [utility]"),
    ("odds", "f8", ("actors",), "of winning an open fight [0-1]"),
    ("usual_odds", "f8", ("actors",), "odds held for normal [0-1]"),
    ("danger", "f8", ("actors",), "of its side being overrun [0-1]"),
    ("backing", "f8", ("actors",), "received from outside parties [0-1]"),
    ("rung", "i8", ("actors",), "posture"),
    ("ceiling", "i8", ("actors",), "highest rung that it has the means for"),
    ("next_rung", "i8", ("actors",), "posture chosen this morning"),
    ("due", "i8", ("actors",), "1 when it reviews its posture today"),
    ("alarmed", "i8", ("actors",), "1 when something makes it review tomorrow"),
    ("moved_on", "i8", ("actors",), "day of its last change of posture; -1 none"),
    ("decided_motive", "i8", ("actors",), "largest pull behind that change; -1 none"),
    ("obeyed", "f8", ("actors",), "unordered fire that the order to cease leaves today [0-1]"),
    ("attacked", "u8", ("actors",), "bit k is set when it was on the offensive k days ago, with forces on the front"),
    ("ordered_at", "i8", ("actors",), "posture that its formations' ordered fire was worked out for"),
    ("answers", "f8", ("actors",), "heat that a violation felt today adds at once [violations per day]"),
    ("strength", "f8", ("actors",), "brought to bear this morning [relative]"),
    ("push", "f8", ("actors",), "the part of its strength that moves the line at its posture [relative]"),
    ("first_of_actor", "i8", ("actors",), "position of its first formation; -1 none"),
    ("sight", "f8", ("actors", "extended"), "indicators, 1, and their complements"),
    # --- motives
    ("profile", "f8", ("motives", "rungs"), "liking of each rung [-1 to 1]"),
    ("constant", "f8", ("motives",), "salience felt always"),
    ("n_terms", "i8", ("motives",), "terms of the salience"),
    ("term_first", "u8", ("motives", "terms"), "position of the first factor in sight"),
    ("term_second", "u8", ("motives", "terms"), "position of the second factor in sight"),
    ("coefficient", "f8", ("motives", "terms"), "of the term"),
    ("n_own", "i8", ("actors",), "motives that the actor has"),
    ("own", "u8", ("actors", "motives"), "their positions in the catalogue"),
    ("weight", "f8", ("actors", "motives"), "weight of a motive [0-1], by position in the catalogue"),
    ("felt", "f8", ("actors", "motives"), "weight times salience at the last review, in the order of own"),
    # --- sides
    ("trust", "f8", ("sides",), "that the other side keeps its word [0-1]"),
    ("trust_best", "f8", ("sides",), "highest trust since signing [0-1]"),
    ("resolve", "f8", ("sides",), "shown by the side's guarantors [0-1]"),
    ("tripwire", "f8", ("sides",), "of the side's guarantor troops on the line [0-1]"),
    ("threat", "f8", ("sides",), "highest intensity on the other side [0-1]"),
    ("side_backing", "f8", ("sides",), "strongest backing of anyone on the side [0-1]"),
    ("ground_lost", "f8", ("sides",), "own ground lost and not come to terms with [share]"),
    ("value_held", "f8", ("sides",), "claimed ground held at signing [value]"),
    ("belligerents", "f8", ("sides",), "strength of the side's belligerents"),
    ("support", "f8", ("sides",), "strength that its guarantors lend today"),
    ("felt_today", "f8", ("sides",), "violence held against the other side today [severity]"),
    ("side_presence", "f8", ("sides",), "forces of a side on the whole front"),
    ("misblamed", "f8", ("sides",), "the other side's fire that is blamed on this side today [severity]"),
    ("guarantor_dead", "i8", ("sides",), "soldiers of its guarantors killed today"),
    # --- sectors
    ("sector_key", "u8", ("sectors",), "hash of the sector's name"),
    ("held", "f8", ("sectors",), "share held by side 0 [0-1]"),
    ("civilians", "f8", ("sectors",), "living there [persons]"),
    ("contact", "f8", ("sectors",), "closeness of the lines before any buffer [0-1]"),
    ("sector_monitoring", "f8", ("sectors",), "monitoring here; -1 as the agreement says"),
    ("claim", "f8", ("sectors", "actors"), "worth of the sector to an actor [value]"),
    ("sector_value", "f8", ("sectors",), "sum of all claims [value]"),
    ("n_neighbours", "i8", ("sectors",), "sectors that touch it"),
    ("neighbour", "u8", ("sectors", "neighbours"), "their positions"),
    ("presence_of", "f8", ("sectors", "sides"), "forces of a side in the sector"),
    ("excluded_part", "f8", ("sectors", "sides"), "share of them that the deal leaves out [0-1]"),
    ("first_formation", "u8", ("sectors",), "position of its first formation, one of side 0"),
    ("turn_formation", "u8", ("sectors",), "position of its first formation of side 1"),
    ("last_formation", "u8", ("sectors",), "one past its last formation"),
    ("forces_here", "u8", ("sectors",), "bit a is set when actor a has a formation here"),
    ("aimed_at", "u8", ("sectors", "sides"), "sector, this or the next, whose people a side's fire from here can hit"),
    ("contact_now", "f8", ("sectors",), "contact left by the buffer [0-1]"),
    ("watched_now", "f8", ("sectors",), "ordered fire that monitoring prevents [0-1]"),
    ("calmed_now", "f8", ("sectors",), "localised fire that monitoring prevents [0-1]"),
    ("attributed", "f8", ("sectors",), "chance that a violation is attributed rightly [0-1]"),
    ("heard_here", "f8", ("sectors",), "part of the fire on a sector that counts there [0-1]"),
    ("heard_from", "f8", ("sectors",), "part of the fire next door, on each neighbour, that counts here [0-1]"),
    ("received", "f8", ("sectors", "sides"), "violations that hit a side today"),
    ("near", "f8", ("sectors", "sides"), "fire that a side felt here or next door today [violations]"),
    ("civilians_killed", "i8", ("sectors",), "today"),
    ("burst", "f8", ("sectors",), "deaths lately, fading over a fortnight [deaths]"),
    # --- formations
    ("formation_actor", "u8", ("formations",), "position of its actor"),
    ("formation_side", "u8", ("formations",), "side of its actor"),
    ("next_of_actor", "i8", ("formations",), "position of the next formation of the same actor; -1 none"),
    ("formation_sector", "u8", ("formations",), "position of its sector"),
    ("formation_key", "u8", ("formations",), "hash of actor and sector"),
    ("presence", "f8", ("formations",), "forces [1 = a full formation]"),
    ("aggression", "f8", ("formations",), "lasting difference between commanders [mean 1]"),
    ("heat", "f8", ("formations",), "urge to answer fire [violations per day]"),
    ("loose_rate", "f8", ("formations",), "localised fire before any order to cease [violations per day]"),
    ("facing", "f8", ("formations",), "unprovoked fire that finds a target among the other side's forces here [0-1]"),
    ("on_orders", "f8", ("formations",), "ordered fire at its actor's posture [violations per day]"),
    ("share_of_side", "f8", ("formations",), "of the forces of its side in the sector [0-1]"),
    ("fires", "i8", ("formations",), "violations today"),
    ("firing", "i8", ("formations",), "positions of the formations that fired today, the first n_firing"),
    ("fired", "i8", ("formations", "fires"), "of these: localised, ordered, answers; as of the last day with fire"),
    ("killed", "i8", ("formations", "fires"), "deaths of these"),
    # --- events and deadlines
    ("event_key", "u8", ("events",), "hash of the event's title"),
    ("event_day", "f8", ("events",), "day on which it happens; -1 at random"),
    ("event_rate", "f8", ("events",), "how often it strikes at random [per year]"),
    ("event_once", "i8", ("events",), "1 when it strikes at most once"),
    ("event_on", "i8", ("events",), "last day on which it happened; -1 never"),
    ("event_task", "i8", ("events",), "position of the task after which it happens; -1 none"),
    ("event_review", "i8", ("events", "actors"), "1 for an actor that reviews that day"),
    ("event_joins", "i8", ("events", "actors"), "1 for an actor that becomes a party to the deal"),
    ("event_home", "i8", ("events", "actors"), "1 for an actor whose forces go home"),
    ("operation_event", "i8", ("operations",), "position of the event"),
    ("operation_slot", "i8", ("operations",), "number that it changes, counted in 8-byte steps of the record"),
    ("operation_kind", "i8", ("operations",), "0 set, 1 add, 2 multiply"),
    ("operation_value", "f8", ("operations",), "by how much"),
    ("operation_low", "f8", ("operations",), "lowest value allowed"),
    ("operation_high", "f8", ("operations",), "highest value allowed"),
    ("deadline_key", "u8", ("deadlines",), "hash of the task's name"),
    ("deadline_due", "f8", ("deadlines",), "day by which it is due"),
    ("deadline_ease", "f8", ("deadlines",), "chance to be met in full compliance [per day]"),
    ("deadline_weight", "f8", ("deadlines",), "how much is unmet when missed [0-1]"),
    ("deadline_met", "i8", ("deadlines",), "1 when met"),
    # --- derived from half-lives; made anew when an event changes a number
    ("intensity", "f8", ("rungs",), "E of each rung, on both ladders [0-1]"),
    ("licensed", "f8", ("rungs",), "L: how far a patron on the rung lets its client go [0-1]"),
    ("harmless", "f8", ("rungs",), "chance that a violation kills nobody: in calm, -, of strikers, in an offensive"),
    ("deaths_scale", "f8", ("rungs",), "scale of deaths per violation, for the same rungs [deaths]"),
    ("most_dead", "f8", (), "most deaths of one violation [deaths]"),
    ("losses_kept", "f8", (), "per day"),
    ("ground_kept", "f8", (), "per day"),
    ("mobilised_kept", "f8", (), "per day"),
    ("drive_kept", "f8", (), "per day"),
    ("flight_kept", "f8", (), "per day"),
    ("usual_kept", "f8", (), "per day"),
    ("weariness_kept", "f8", (), "per day"),
    ("attention_kept", "f8", (), "per day"),
    ("order_kept", "f8", (), "per day"),
    ("dug_kept", "f8", (), "per day: of what a line that stands has not yet dug"),
    ("terms_kept", "f8", (), "per day"),
    ("resolve_kept", "f8", ("sides",), "per day"),
    # --- counts and clocks
    ("counter", "f8", ("counters",), "violations by kind, dead, displaced, talks, peak 14-day deaths"),
    ("striking", "u8", (), "bit a is set when actor a strikes or is on the offensive"),
    ("attacking", "u8", (), "bit a is set when actor a is on the offensive"),
    ("n_firing", "i8", (), "formations that fired today"),
    ("deaths_today", "i8", (), "all deaths today"),
    ("parties_dead", "i8", (), "of these, by fire that may end the deal: between its parties, or anybody's"),
    ("parties_ring", "i8", ("window",), "the same on each of the last 14 days"),
    ("parties_14d", "i8", (), "sum of parties_ring"),
    ("deaths_ring", "i8", ("window",), "deaths of the last 14 days"),
    ("ordered_ring", "i8", ("window", "actors"), "the part killed by fire that an actor ordered"),
    ("inflicted_ring", "i8", ("window", "actors"), "the part killed by any fire of an actor"),
    ("deaths_14d", "i8", (), "sum of deaths_ring"),
    ("last_talks", "i8", (), "day of the last talks; -1 none"),
    ("clash_since", "i8", (), "first day on which guarantors of both sides struck; -1 none"),
    ("mornings", "f8", ("window", "counters"), "the counters on each of the last 14 mornings"),
    ("clash_today", "i8", (), "soldiers of one guarantor killed by another today"),
    ("clash_ring", "i8", ("window",), "the same on each of the last 14 days on which both struck"),
    ("clash_dead", "i8", (), "sum of clash_ring"),
    ("first_breach", "i8", (), "day of the first ordered violation by a party to the deal; -1 none"),
    ("first_lethal", "i8", (), "day of the first death; -1 none"),
    ("over", "i8", (), "1 when the world has stopped"),
    ("ended", "i8", (), "1 when the ceasefire ended, 0 when it still held at the horizon"),
    ("cause", "i8", (), "position in CAUSES"),
    ("cause_actor", "i8", (), "who ended it; -1 nobody"),
    ("days_held", "i8", (), "days that the ceasefire held"),
    ("operational_end", "i8", (), "day of the operational end; -1 none"),
    ("formal_end", "i8", (), "day of the formal end; -1 none"),
    ("deciding_actor", "i8", (), "whose choice ended it; -1 nobody's"),
    ("deciding_motive", "i8", (), "largest pull behind that choice; -1 none"),
    ("deciding_sector", "i8", (), "where the burst began; -1 nowhere"),
)
"""Name, type, shape (names of sizes) and meaning, in the order of memory."""

MECHANISM_FIELDS = tuple(Mechanisms.model_fields)
"""Numbers of the rules, each a float in the record under its own name."""


@lru_cache(maxsize=16)
def world_dtype(sizes: Sizes) -> np.dtype[Any]:
    """The structured dtype of a world of these sizes: 8-byte fields only. One object per shape."""
    room = {
        **sizes.__dict__, "extended": N_EXTENDED, "rungs": 4, "terms": MOST_TERMS, "sides": 2,
        "neighbours": MOST_NEIGHBOURS, "objectives": MOST_OBJECTIVES, "fires": 3, "counters": N_COUNTERS,
        "window": WINDOW,
    }  # fmt: skip
    mechanisms: list[tuple[Any, ...]] = [(name, "f8") for name in MECHANISM_FIELDS]
    fields = [(name, kind, tuple(room[axis] for axis in axes)) for name, kind, axes, _ in FIELDS]
    return np.dtype(mechanisms + fields)


def slot_of(dtype: np.dtype[Any], field: str, *where: int) -> int:
    """Position of one number of the record, counted in 8-byte steps."""
    fields = dtype.fields
    assert fields is not None
    kind, offset = fields[field][0], fields[field][1]
    inner = int(np.ravel_multi_index(where, kind.shape)) if where else 0
    return int(offset) // 8 + inner
