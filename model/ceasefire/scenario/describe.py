"""A scenario in words: who wants what, who holds whom back, what the deal says, and how much of it is assumed."""

from __future__ import annotations

import datetime

from ceasefire.scenario.describe_actors import actors, catalogue
from ceasefire.scenario.inclinations import breach_price
from ceasefire.scenario.load import Loaded
from ceasefire.scenario.paths import doubt_range, quantities
from ceasefire.scenario.plain_text import Row, date_words, heading, listed, lower, shown, table, wrapped
from ceasefire.scenario.schema import Actor, Event, Scenario, Sector

UNSAID_TRUST, UNSAID_RESOLVE = "0.5", "0"
"""Trust and resolve of a side of which a scenario says nothing."""


def describe(loaded: Loaded) -> str:
    """The situation as plain text of at most 100 columns."""
    scenario = loaded.scenario
    before, after = (head(loaded), sides(scenario)), (front, terms, bonds, events, numbers)
    parts = [*before, *actors(scenario), catalogue(scenario), *(part(scenario) for part in after)]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def head(loaded: Loaded) -> list[str]:
    """Title, dates and summary."""
    scenario = loaded.scenario
    days = scenario.horizon_days
    first, last = date_words(scenario.start), date_words(scenario.start + datetime.timedelta(days=days))
    lines = heading(f"{scenario.title} ({loaded.label})", "=")
    lines += wrapped(f"In force from {first}; followed for {days:,} days, to {last}.")
    for path, value in loaded.settings.items():
        lines += wrapped(f"Set for this description: {path} = {value}.")
    return [*lines, "", *wrapped(scenario.summary)] if scenario.summary else lines


def sides(scenario: Scenario) -> list[str]:
    """Who stands on which side, and what each side believes of the other."""
    lines = heading("Sides")
    for key, side in scenario.sides.items():
        members = ", ".join(titled(actor) for actor in scenario.actors.values() if actor.side == key)
        trust = shown(scenario.trust[key]) if key in scenario.trust else UNSAID_TRUST
        resolve = shown(scenario.resolve[key]) if key in scenario.resolve else UNSAID_RESOLVE
        says = f"Trust in the other side {trust}; resolve that its guarantors have shown {resolve}."
        lines += wrapped(f"{side.title}: {members}. {says}", 0, 2)
    outside = [actor.title for actor in scenario.actors.values() if actor.side is None]
    return [*lines, *wrapped(f"Outside: {', '.join(outside) or 'nobody'}.", 0, 2)]


def titled(actor: Actor) -> str:
    """An actor's title, with a word for guarantors."""
    return f"{actor.title} (guarantor)" if actor.role == "guarantor" else actor.title


def front(scenario: Scenario) -> list[str]:
    """The front, sector by sector."""
    first, second = (lower(side.title) for side in scenario.sides.values())
    lines = heading("Front")
    lines += wrapped(
        f"Held: share held by the {first}. Forces and worth: {first} : {second}. Forces of 1 are a full formation; "
        "worth is the sum of all claims of a side."
    )
    rows: list[Row] = [("sector", "held", "civilians", "contact", "watched", "forces", "worth")]
    rows += [sector_row(scenario, sector) for sector in scenario.front.sectors.values()]
    return [*lines, "", *table(rows, "lrrrrrr", (36, 5, 10, 7, 7, 13, 13))]


def sector_row(scenario: Scenario, sector: Sector) -> Row:
    """One sector's numbers."""
    force, worth = [0.0, 0.0], [0.0, 0.0]
    for sums, said in ((force, sector.presence), (worth, sector.claims)):
        for name, amount in said.items():
            sums[list(scenario.sides).index(str(scenario.actors[name].side))] += amount.centre
    watched = sector.monitoring or scenario.agreement.monitoring
    return (
        sector.title, f"{sector.held.centre:.2f}", f"{sector.civilians.centre:,.0f}", f"{sector.contact.centre:.2f}",
        f"{watched.centre:.2f}", f"{force[0]:.2f} : {force[1]:.2f}", f"{worth[0]:.1f} : {worth[1]:.1f}",
    )  # fmt: skip


def terms(scenario: Scenario) -> list[str]:
    """What the deal says, and what would end it."""
    deal = scenario.agreement
    length = "open-ended"
    if deal.term_days:
        length = f"{deal.term_days} days, and {deal.renewal_days or deal.term_days} more with each renewal"
    left_out = ", ".join(scenario.actors[name].title for name in deal.excludes) or "nobody"
    lines = heading("Terms")
    lines += wrapped(
        f"Class: {deal.class_}; {length}. Monitoring {shown(deal.monitoring)}; buffer {shown(deal.buffer_km)} km; "
        f"hotline {shown(deal.hotline)}; clarity {shown(deal.clarity)}; order to cease {shown(deal.order)}; "
        f"talks are an order {shown(deal.talks_order)}. Left out: {left_out}. "
        f"To break it costs a party {breach_price(scenario):.2f} in utility at the offensive, "
        "less on lower rungs."
    )
    lines += signatories(scenario)
    for deadline in deal.deadlines.values():
        task = f"By day {shown(deadline.due_day)}: {deadline.title}."
        ease = f"Chance a day {shown(deadline.ease)} when everybody complies"
        lines += wrapped(f"{task} {ease}; {shown(deadline.weight)} of the deal is unmet when it is missed.", 2, 2)
    return lines + what_ends_it(scenario)


def signatories(scenario: Scenario) -> list[str]:
    """Who can end the deal on paper: the parties to it that fight and answer to no patron."""
    names = [
        actor.title
        for name, actor in scenario.actors.items()
        if actor.role != "outside" and actor.patron is None and name not in scenario.agreement.excludes
    ]
    if not names:
        return wrapped("Signatories: none; nobody can call it off.")
    renew = "; each must renew it when its term runs out" if scenario.agreement.term_days else ""
    return wrapped(f"Signatories: {listed(names)}. Only they can call it off, and only while they strike{renew}.")


def what_ends_it(scenario: Scenario) -> list[str]:
    """The yardsticks of the operational end."""
    war, rules = scenario.war, scenario.mechanisms
    bar = rules.war_share.centre * war.toll_14d.centre
    return wrapped(
        f"The war: {shown(war.toll_14d)} dead in its worst 14 days; just before the deal it ran at "
        f"{shown(war.ongoing)} of that. The ceasefire is over when a ground offensive lasts "
        f"{shown(rules.offensive_days)} days, when {bar:,.0f} die in 14 days, or when guarantors of both sides strike "
        f"for as long and kill {shown(rules.clash_deaths)} of each other's soldiers."
    )


def bonds(scenario: Scenario) -> list[str]:
    """What binds the guarantors, and how closely the world looks."""
    attention = scenario.attention
    return heading("Around it") + wrapped(
        f"Ties between the guarantors {shown(scenario.guarantors.ties)}. Attention of the world "
        f"{shown(attention.start)} at signing, {shown(attention.floor)} when nothing happens."
    )


def events(scenario: Scenario) -> list[str]:
    """What may come from outside."""
    lines = heading("Events")
    for event in scenario.events:
        lines += wrapped(event_words(scenario, event), 0, 2)
    return lines if scenario.events else [*lines, "None."]


def event_words(scenario: Scenario, event: Event) -> str:
    """One event: when, what, and what it changes."""
    when = f"Day {shown(event.day)}" if event.day is not None else ""
    if event.rate_per_year is not None:
        when = f"At random, {shown(event.rate_per_year)} a year" + (", at most once" if event.once else "")
    changes = [f"{path} becomes {shown(number)}" for path, number in event.set.items()]
    changes += [f"{path} {'' if number.centre < 0 else '+'}{shown(number)}" for path, number in event.add.items()]
    changes += [f"{path} x {shown(number)}" for path, number in event.multiply.items()]
    reviewers = [scenario.actors[name].title for name in event.review]
    changes += [f"{listed(reviewers)} review {'their' if len(reviewers) > 1 else 'its'} posture"] if reviewers else []
    return f"{when}: {event.title}. {'; '.join(changes)}." + (f" [{event.source}]" if event.source else "")


def numbers(scenario: Scenario) -> list[str]:
    """How many numbers are assumed, how many are drawn in doubt, and which have a source."""
    every = list(quantities(scenario))
    assumed = sum(number.assumed for _, number, _ in every)
    spans = {path: doubt_range(number, meta) for path, number, meta in every}
    doubted = [path for path, span in spans.items() if span is not None]
    drawn = sum(bool(number.distribution[0]) for _, number, _ in every)
    lines = heading("Numbers")
    lines += wrapped(
        f"{len(every)} in all, {assumed} of them ASSUMED. When a run asks how far the answer hangs on what nobody "
        f"knows well, {len(doubted)} are drawn over a range. Drawn anew for every world: {drawn or 'none'}. With a "
        "source, and the range where even that is in doubt:"
    )
    for path, number, _ in every:
        if not number.assumed:
            span = spans[path]
            doubt = f" ({span[0]:g} to {span[1]:g})" if span is not None else ""
            lines += wrapped(f"{path} {shown(number)}{doubt}: {number.source}", 2, 4)
    return lines
