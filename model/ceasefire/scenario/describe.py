"""A scenario in words: who wants what, who holds whom back, and what each would do."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from ceasefire.scenario.inclinations import SETTINGS, Inclination, inclinations, leash_price
from ceasefire.scenario.load import Loaded
from ceasefire.scenario.paths import doubt_range, quantities
from ceasefire.scenario.plain_text import YEAR, Row, date_words, heading, percent, shown, table, wrapped, years
from ceasefire.scenario.schema import Actor, Event, Motive, Scenario, ladder_of, rungs_of


def describe(loaded: Loaded) -> str:
    """The situation as plain text of at most 100 columns."""
    scenario = loaded.scenario
    found = inclinations(scenario)
    parts = [head(loaded), sides(scenario), settings()]
    parts += [actor_part(scenario, name, found[name]) for name in in_order(scenario)]
    parts += [
        catalogue(scenario),
        front(scenario),
        terms(scenario),
        bonds(scenario),
        events(scenario),
        numbers(scenario),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def head(loaded: Loaded) -> list[str]:
    """Title, dates and summary."""
    scenario = loaded.scenario
    last = scenario.start + datetime.timedelta(days=scenario.horizon_days)
    lines = heading(f"{scenario.title} ({loaded.label})", "=")
    lines += wrapped(
        f"In force from {date_words(scenario.start)}; followed for {scenario.horizon_days:,} days, to {date_words(last)}."
    )
    for path, value in loaded.settings.items():
        lines += wrapped(f"Set for this description: {path} = {value}.")
    return lines + ["", *wrapped(scenario.summary)] if scenario.summary else lines


def sides(scenario: Scenario) -> list[str]:
    """Who stands on which side, and what each side believes of the other."""
    lines = heading("Sides")
    for key, side in scenario.sides.items():
        members = [titled(a) for a in scenario.actors.values() if a.side == key]
        trust, resolve = scenario.trust.get(key), scenario.resolve.get(key)
        lines += wrapped(
            f"{side.title}: {', '.join(members)}. Trusts the other side {shown(trust) if trust else '0.5'}; "
            f"resolve that its guarantors have shown {shown(resolve) if resolve else '0'}.", 0, 2,
        )  # fmt: skip
    outside = [a.title for a in scenario.actors.values() if a.side is None]
    return lines + (wrapped(f"Outside: {', '.join(outside)}.", 0, 2) if outside else [])


def titled(actor: Actor) -> str:
    """An actor's title, with a word for guarantors."""
    return f"{actor.title} (guarantor)" if actor.role == "guarantor" else actor.title


def settings() -> list[str]:
    """What the settings of the tables of chances mean."""
    lines = heading("Actors")
    lines += wrapped(
        "Weights: 0 absent, 0.25 minor, 0.5 real, 0.75 strong, 1 dominant. A motive adds weight x salience x profile to the "
        "utility of a rung; salience (-1 to 1) says how strongly it is felt. Chances are those of a review, hidden wishes "
        "aside, in these settings:"
    )
    for name, says in SETTINGS.items():
        lines += wrapped(f"{name}: {says}.", 2, 2)
    return lines


def in_order(scenario: Scenario) -> list[str]:
    """Actors by side, outside parties last; within a side as the file has them."""
    places = [*scenario.sides, None]
    return sorted(scenario.actors, key=lambda name: places.index(scenario.actors[name].side))


def actor_part(scenario: Scenario, name: str, found: list[Inclination]) -> list[str]:
    """One actor: strength and bonds, motives by weight, and the chance of every rung."""
    actor = scenario.actors[name]
    lines = heading(f"{actor.title} ({name})")
    lines += wrapped(" ".join(character(scenario, name)))
    return lines + motives(scenario, actor, found) + chances(scenario, actor, found)


def character(scenario: Scenario, name: str) -> Iterator[str]:
    """What an actor is, has and depends on, in sentences."""
    actor = scenario.actors[name]
    rungs = rungs_of(ladder_of(actor.role))
    where = scenario.sides[actor.side].title if actor.side else "not on the front"
    excluded = ", left out of the deal" if name in scenario.agreement.excludes else ""
    yield f"{actor.role.capitalize()}, {where}{excluded}. At signing: {actor.posture or rungs[0]}."
    if actor.ceiling:
        yield f"Its means end at {actor.ceiling}."
    if actor.role == "outside":
        yield f"Influence {shown(actor.influence)}" + (
            f"; may back {scenario.actors[actor.backs].title}." if actor.backs else "."
        )
        return
    wanes = f", less {shown(actor.waning)} of it a year" if actor.waning.centre else ""
    ready = "all" if actor.commitment.centre == 1 else shown(actor.commitment)
    yield f"Strength {shown(actor.capability)}, {ready} of it brought to bear{wanes}."
    if actor.patron:
        price = leash_price(scenario, name)
        yield (
            f"Leash: {scenario.actors[actor.patron.actor].title} (dependence {shown(actor.patron.dependence)}); going on the "
            f"offensive while it honours the deal costs {price:.2f}."
        )
    if actor.troops_on_line.centre:
        yield f"Troops on the line: {shown(actor.troops_on_line)}."
    yield f"Discipline {shown(actor.discipline)}; weariness {shown(actor.weariness)}; own dead still felt {shown(actor.recent_losses)}."


def motives(scenario: Scenario, actor: Actor, found: list[Inclination]) -> list[str]:
    """Motives by weight, with how strongly each is felt in every setting."""
    if not actor.motives:
        return ["", "No motives: every rung is alike to it."]
    shown_in = [each for each in found if each.setting != "patron too"]
    rows: list[Row] = [("weight", "motive", *(each.setting for each in shown_in), "source")]
    for name, weight in sorted(actor.motives.items(), key=lambda item: -item[1].centre):
        motive = scenario.motives[name]
        felt = [f"{each.saliences[name]:+.2f}" for each in shown_in]
        title = name if name == motive.title else f"{name}: {motive.title}"
        rows.append((shown(weight), title, *felt, motive.source.split(";")[0]))
    return ["", *table(rows, "ll" + "r" * len(shown_in) + "l", (6, 35, 6, 6, 6, 31))]


def chances(scenario: Scenario, actor: Actor, found: list[Inclination]) -> list[str]:
    """The chance of every rung at a review, and how rare the highest is."""
    rungs = rungs_of(ladder_of(actor.role))
    every = scenario.mechanisms.review_days.centre / YEAR
    rows: list[Row] = [("at a review", *rungs, f"{rungs[3]} about every")]
    for each in found:
        rare = years(every / each.chances[3]) if each.chances[3] > 0 else "never"
        rows.append((each.setting, *map(percent, each.chances), rare))
    return ["", *table(rows, "lrrrrr", (12, 9, 9, 9, 9, 22))]


def catalogue(scenario: Scenario) -> list[str]:
    """Every motive that somebody has: when it is felt, which rungs it likes, and where it comes from."""
    used = [name for name in scenario.motives if any(name in actor.motives for actor in scenario.actors.values())]
    lines = heading("Motives")
    lines += (
        wrapped("Felt: salience, cut to -1 .. 1, from indicators in 0 .. 1. Likes: the profile, by rung.")
        if used
        else ["None."]
    )
    for name in used:
        motive = scenario.motives[name]
        likes = ", ".join(
            f"{rung} {liking:g}" for rung, liking in zip(rungs_of(motive.ladder), motive.profile, strict=True)
        )
        lines += wrapped(
            f"{name}: {motive.title}. Felt {salience_words(motive)}. Likes {likes}. [{motive.source}]", 0, 2
        )
    return lines


def salience_words(motive: Motive) -> str:
    """When a motive is felt, as a formula: `-0.2 + 1.6 unheld x odds`."""
    terms = [
        f"{'-' if c < 0 else '+'} {abs(c):g} {term.replace('*', 'x')}" for term, c in motive.salience.terms.items()
    ]
    return " ".join([f"{motive.salience.constant:g}", *terms])


def front(scenario: Scenario) -> list[str]:
    """The front, sector by sector."""
    first, second = scenario.sides.values()
    rows: list[Row] = [("sector", "held", "civilians", "contact", "watched", "forces", "worth")]
    for sector in scenario.front.sectors.values():
        force, worth = [0.0, 0.0], [0.0, 0.0]
        for sums, said in ((force, sector.presence), (worth, sector.claims)):
            for name, amount in said.items():
                sums[list(scenario.sides).index(str(scenario.actors[name].side))] += amount.centre
        watched = sector.monitoring or scenario.agreement.monitoring
        rows.append(
            (
                sector.title, f"{sector.held.centre:.2f}", f"{sector.civilians.centre:,.0f}", f"{sector.contact.centre:.2f}",
                f"{watched.centre:.2f}", f"{force[0]:.2f} : {force[1]:.2f}", f"{worth[0]:.1f} : {worth[1]:.1f}",
            )
        )  # fmt: skip
    lines = heading("Front")
    lines += wrapped(
        f"Held: share held by the {first.title}. Forces and worth: {first.title} : {second.title}; 1 is a full formation, "
        "worth is the sum of claims."
    )
    return [*lines, "", *table(rows, "lrrrrrr", (36, 5, 9, 7, 7, 13, 11))]


def terms(scenario: Scenario) -> list[str]:
    """What the deal says, and what would end it."""
    deal, war = scenario.agreement, scenario.war
    length = (
        f"{deal.term_days} days, renewed for {deal.renewal_days or deal.term_days}" if deal.term_days else "open-ended"
    )
    left_out = ", ".join(scenario.actors[name].title for name in deal.excludes) or "nobody"
    lines = heading("Terms")
    lines += wrapped(
        f"Class: {deal.class_}; {length}. Monitoring {shown(deal.monitoring)}; buffer {shown(deal.buffer_km)} km; hotline "
        f"{shown(deal.hotline)}; clarity {shown(deal.clarity)}; order to cease {shown(deal.order)}. Left out: {left_out}."
    )
    for deadline in deal.deadlines.values():
        lines += wrapped(
            f"By day {shown(deadline.due_day)}: {deadline.title}. Chance a day {shown(deadline.ease)} when everybody complies; "
            f"{shown(deadline.weight)} of the deal is unmet when it is missed.", 2, 2,
        )  # fmt: skip
    rules = scenario.mechanisms
    bar = rules.war_share.centre * war.toll_14d.centre
    return lines + wrapped(
        f"The war: {shown(war.toll_14d)} dead in its worst {14} days; just before the deal it ran at {shown(war.ongoing)} of that. "
        f"The ceasefire is over when a ground offensive lasts {shown(rules.offensive_days)} days, or {bar:,.0f} die in 14 days."
    )


def bonds(scenario: Scenario) -> list[str]:
    """What binds the guarantors, and how closely the world looks."""
    attention = scenario.attention
    return heading("Around it") + wrapped(
        f"Ties between the guarantors {shown(scenario.guarantors.ties)}. The world looks at {shown(attention.start)} at signing, "
        f"{shown(attention.floor)} when nothing happens."
    )


def events(scenario: Scenario) -> list[str]:
    """What may come from outside."""
    lines = heading("Events")
    for event in scenario.events:
        lines += wrapped(event_words(event), 0, 2)
    return lines if scenario.events else [*lines, "None."]


def event_words(event: Event) -> str:
    """One event: when, what, and what it changes."""
    if event.day is not None:
        when = f"Day {shown(event.day)}"
    else:
        when = f"{shown(event.rate_per_year) if event.rate_per_year else ''} a year" + (
            ", at most once" if event.once else ""
        )
    changes = [f"{path} becomes {shown(n)}" for path, n in event.set.items()]
    changes += [f"{path} {n.centre:+g}" for path, n in event.add.items()]
    changes += [f"{path} x {shown(n)}" for path, n in event.multiply.items()]
    changes += [f"{name} reviews its posture" for name in event.review]
    return f"{when}: {event.title}. {'; '.join(changes)}." + (f" [{event.source}]" if event.source else "")


def numbers(scenario: Scenario) -> list[str]:
    """How many numbers are assumed, and which have a source."""
    every = list(quantities(scenario))
    assumed = [each for each in every if each[1].assumed]
    ranged = sum(doubt_range(number, meta) is not None for _, number, meta in assumed)
    drawn = sum(bool(number.distribution[0]) for _, number, _ in every)
    lines = heading("Numbers")
    lines += wrapped(
        f"{len(every)} in all, {len(assumed)} of them ASSUMED; {ranged} of these are drawn over a range when a run asks how much "
        f"the answer depends on them, and {drawn} are drawn anew for every world. With a source:"
    )
    for path, number, _ in every:
        if not number.assumed:
            lines += wrapped(f"{path} {shown(number)}: {number.source}", 2, 4)
    return lines
