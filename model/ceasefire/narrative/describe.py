"""A scenario as plain text: actors and their motives, the front, the terms, events, and which numbers are assumed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from ceasefire.narrative.choice_probabilities import (
    SITUATIONS,
    ChoiceProbabilities,
    breach_cost,
    leash_cost,
    licence_of,
    probabilities_by_situation,
)
from ceasefire.plain_text import range_words
from ceasefire.scenario.load import Loaded
from ceasefire.scenario.parameter_paths import doubt_range, quantities
from ceasefire.scenario.schema import Actor, Event, Motive, Scenario, Sector, ladder_of, rungs_of
from ceasefire.scenario.without_effect import warnings
from ceasefire.wording import Row, date_words, heading, listed, lower, percent_in_tables, shown, table, wrapped

PATRON_TOO = "patron too"


def actors(scenario: Scenario) -> list[list[str]]:
    """One part for each actor, after one that explains them."""
    choices = probabilities_by_situation(scenario)
    return [situations(scenario), *(actor_part(scenario, name, choices[name]) for name in in_order(scenario))]


def situations(scenario: Scenario) -> list[str]:
    """What the weights, probabilities and situations of the tables mean."""
    lines = heading("Actors")
    lines += wrapped(
        "Weights: 0 absent, 0.25 minor, 0.5 real, 0.75 strong, 1 dominant. A motive adds weight x salience x profile "
        "to the utility of a rung; salience, from -1 to 1, is how strongly the motive is felt, and is shown for each "
        "situation."
    )
    lines += wrapped(
        "Probabilities: that of each rung if every rung within the actor's means were one step away, without hidden "
        "intent. In the model an actor climbs its ladder rung by rung: at a review, about every "
        f"{shown(scenario.mechanisms.review_days)} days, it may go one rung up, stay, or go down to any lower rung. "
        "The last column is the probability, at one review, of going from the third rung to the highest."
    )
    lines += wrapped("The situations:")
    for name, meaning in SITUATIONS.items():
        lines += wrapped(f"{name}: {meaning}.", 2, 2)
    return lines


def in_order(scenario: Scenario) -> list[str]:
    """Actors by side, outside parties last; within a side in the order of the file."""
    order = [*scenario.sides, None]
    return sorted(scenario.actors, key=lambda name: order.index(scenario.actors[name].side))


def actor_part(scenario: Scenario, name: str, choices: list[ChoiceProbabilities]) -> list[str]:
    """One actor: strength and bonds, motives by weight, and choice probabilities."""
    actor = scenario.actors[name]
    lines = heading(f"{actor.title} ({name})")
    lines += wrapped(" ".join((*place(scenario, name), *(means(scenario, name)))))
    return lines + motives(scenario, actor, choices) + probabilities(actor, choices)


def place(scenario: Scenario, name: str) -> Iterator[str]:
    """Role, side and posture of an actor."""
    actor = scenario.actors[name]
    where = scenario.sides[actor.side].title if actor.side else "not on the front"
    excluded = ", left out of the deal" if name in scenario.agreement.excludes else ""
    yield f"{actor.role.capitalize()}, {where}{excluded}."
    yield f"At signing: {actor.posture or rungs_of(ladder_of(actor.role))[0]}."
    if actor.ceiling:
        yield f"It has the means for {actor.ceiling}, and for no higher rung."


def means(scenario: Scenario, name: str) -> Iterator[str]:
    """Strength of an actor, and its patron."""
    actor = scenario.actors[name]
    if actor.role == "outside":
        backs = f"; may back {scenario.actors[actor.backs].title}" if actor.backs else ""
        yield f"Influence {shown(actor.influence)}{backs}."
        return
    committed = "all" if actor.commitment.centre == 1 else shown(actor.commitment)
    wanes = f", and {shown(actor.waning)} of that lost each year" if actor.waning.centre else ""
    yield f"Strength {shown(actor.capability)}, {committed} of it committed{wanes}."
    if actor.patron:
        patron, dependence = scenario.actors[actor.patron.actor].title, shown(actor.patron.dependence)
        cost = f"while {patron} honours the deal, an offensive costs {leash_cost(scenario, name):.2f} in utility"
        yield f"Leash: {patron} (dependence {dependence}); {cost}."
    if any(other.patron and other.patron.actor == name for other in scenario.actors.values()):
        yield licence_words(licence_of(scenario, name, order=0.0))
    if actor.campaign:
        where = ", ".join(scenario.front.sectors[each].title for each in actor.campaign.sectors)
        yield f"Campaign: {actor.campaign.title} ({where}), under way {shown(actor.campaign.under_way)}."
    if actor.troops_on_line.centre:
        yield f"Troops on the line: {shown(actor.troops_on_line)}."
    yield f"Discipline {shown(actor.discipline)}; weariness {shown(actor.weariness)}; " + (
        f"recent losses {shown(actor.recent_losses)} dead."
    )


def licence_words(licence: float) -> str:
    """Whether a patron restrains its clients or encourages them, once its own order to cease has faded."""
    if licence < 0.2:
        stance = "restrains its clients"
    elif licence < 0.75:
        stance = "lets its clients strike"
    else:
        stance = "encourages its clients to attack"
    return f"As a patron it {stance}: licence {licence:.2f} once its order to cease has faded."


def motives(scenario: Scenario, actor: Actor, choices: list[ChoiceProbabilities]) -> list[str]:
    """Motives by weight, with the salience of each in every situation."""
    if not actor.motives:
        return ["", "No motives: it has no preference among the rungs."]
    situations = [each for each in choices if each.situation != PATRON_TOO]
    rows: list[Row] = [("weight", "motive", *(each.situation for each in situations), "source")]
    for name, weight in sorted(actor.motives.items(), key=lambda item: -item[1].centre):
        motive = scenario.motives[name]
        title = name if name == motive.title else f"{name}: {motive.title}"
        saliences = [f"{each.saliences[name]:+.2f}" for each in situations]
        rows.append((shown(weight), title, *saliences, motive.source.split(";")[0]))
    return ["", *table(rows, "ll" + "r" * len(situations) + "l", (6, 35, 6, 6, 6, 31))]


def probabilities(actor: Actor, choices: list[ChoiceProbabilities]) -> list[str]:
    """Choice probabilities of an actor in every situation, and that of the last step up."""
    rungs = rungs_of(ladder_of(actor.role))
    rows: list[Row] = [("chance of", *rungs, f"{rungs[2]} to {rungs[3]}")]
    for each in choices:
        last_step = "no means" if each.last_step is None else percent_in_tables(each.last_step)
        rows.append((each.situation, *map(percent_in_tables, each.probabilities), last_step))
    return ["", *table(rows, "lrrrrr", (12, 9, 9, 9, 9, 22))]


def catalogue(scenario: Scenario) -> list[str]:
    """Every motive that an actor has: its salience, its profile over the rungs, and its source."""
    used = [name for name in scenario.motives if any(name in actor.motives for actor in scenario.actors.values())]
    lines = heading("Motives")
    lines += wrapped(
        "Salience: computed from indicators between 0 and 1, and cut to -1 to 1. Profile: from -1 to 1 for each rung."
    )
    for name in used:
        motive = scenario.motives[name]
        rungs = rungs_of(motive.ladder)
        profile = ", ".join(f"{rung} {number:g}" for rung, number in zip(rungs, motive.profile, strict=True))
        salience = salience_words(motive)
        lines += wrapped(f"{name}: {motive.title}. Salience {salience}. Profile {profile}. [{motive.source}]", 0, 2)
    return lines


def salience_words(motive: Motive) -> str:
    """The salience of a motive as a formula: `-0.2 + 1.6 unheld x odds`."""
    terms = motive.salience.terms.items()
    words = [f"{'-' if size < 0 else '+'} {abs(size):g} {term.replace('*', 'x')}" for term, size in terms]
    return " ".join([f"{motive.salience.constant:g}", *words])


DEFAULT_TRUST, DEFAULT_RESOLVE = "0.5", "0"
"""Trust and resolve of a side for which a scenario gives none."""


def describe(loaded: Loaded) -> str:
    """A scenario as plain text of at most 100 columns."""
    scenario = loaded.scenario
    before, after = (head(loaded), sides(scenario)), (front, terms, bonds, events, numbers)
    parts = [*before, *actors(scenario), catalogue(scenario), *(part(scenario) for part in after)]
    if warned := warnings(scenario):
        listed = [line for each in warned for line in wrapped(f"{each}.", 0, 2)]
        parts.append([*heading("Without effect, or the other way round"), *listed])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def head(loaded: Loaded) -> list[str]:
    """Title, dates and summary."""
    scenario = loaded.scenario
    days = scenario.horizon_days
    first, last = date_words(scenario.start), date_words(scenario.start + datetime.timedelta(days=days))
    lines = heading(f"{scenario.title} ({loaded.shown})", "=")
    lines += wrapped(f"In force from {first}; followed for {days:,} days, to {last}.")
    if scenario.day:
        date = scenario.start + datetime.timedelta(days=scenario.day)
        lines += wrapped(f"Described as of day {scenario.day:,}, {date_words(date)}: worlds begin on it.")
    for path, value in loaded.settings.items():
        lines += wrapped(f"Set for this description: {path} = {value}.")
    return [*lines, "", *wrapped(scenario.summary)] if scenario.summary else lines


def sides(scenario: Scenario) -> list[str]:
    """The members of each side, its trust and its resolve; the outside parties."""
    lines = heading("Sides")
    for key, side in scenario.sides.items():
        members = ", ".join(titled(actor) for actor in scenario.actors.values() if actor.side == key)
        trust = shown(scenario.trust[key]) if key in scenario.trust else DEFAULT_TRUST
        resolve = shown(scenario.resolve[key]) if key in scenario.resolve else DEFAULT_RESOLVE
        beliefs = f"Trust in the other side {trust}; resolve that its guarantors have shown {resolve}."
        lines += wrapped(f"{side.title}: {members}. {beliefs}", 0, 2)
    outside = [actor.title for actor in scenario.actors.values() if actor.side is None]
    return [*lines, *wrapped(f"Outside: {', '.join(outside) or 'none'}.", 0, 2)]


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
    for sums, amounts in ((force, sector.presence), (worth, sector.claims)):
        for name, amount in amounts.items():
            sums[list(scenario.sides).index(str(scenario.actors[name].side))] += amount.centre
    monitoring = sector.monitoring or scenario.agreement.monitoring
    return (
        sector.title, f"{sector.held.centre:.2f}", f"{sector.civilians.centre:,.0f}", f"{sector.contact.centre:.2f}",
        f"{monitoring.centre:.2f}", f"{force[0]:.2f} : {force[1]:.2f}", f"{worth[0]:.1f} : {worth[1]:.1f}",
    )  # fmt: skip


def terms(scenario: Scenario) -> list[str]:
    """The terms of the deal, and what would end it."""
    deal = scenario.agreement
    length = "open-ended"
    if deal.term_days:
        length = f"{deal.term_days} days, and {deal.renewal_days or deal.term_days} more with each renewal"
    left_out = ", ".join(scenario.actors[name].title for name in deal.excludes) or "none"
    lines = heading("Terms")
    lines += wrapped(
        f"Class: {deal.class_}; {length}. Monitoring {shown(deal.monitoring)}; buffer {shown(deal.buffer_km)} km; "
        f"hotline {shown(deal.hotline)}; clarity {shown(deal.clarity)}; order to cease {shown(deal.order)}; "
        f"talks are an order {shown(deal.talks_order)}. "
        f"Parties left out: {left_out}. Breaking the deal costs a party {breach_cost(scenario):.2f} in utility at "
        "the rung offensive, and less on lower rungs."
    )
    lines += signatories(scenario)
    for deadline in deal.deadlines.values():
        task = f"By day {shown(deadline.due_day)}: {deadline.title}."
        ease = f"Chance per day of meeting it {shown(deadline.ease)} when all parties comply"
        lines += wrapped(f"{task} {ease}; when it is missed, {shown(deadline.weight)} of the deal is unmet.", 2, 2)
    return lines + what_ends_it(scenario)


def signatories(scenario: Scenario) -> list[str]:
    """The actors that can call the deal off: fighting parties to it without a patron."""
    names = [
        actor.title
        for name, actor in scenario.actors.items()
        if actor.role != "outside" and actor.patron is None and name not in scenario.agreement.excludes
    ]
    if not names:
        return wrapped("Signatories: none; no actor can call the deal off.")
    renew = "; each must renew it when its term runs out" if scenario.agreement.term_days else ""
    return wrapped(f"Signatories: {listed(names)}. Only they can call it off, and only while they strike{renew}.")


def what_ends_it(scenario: Scenario) -> list[str]:
    """The thresholds of the operational end."""
    war, rules = scenario.war, scenario.mechanisms
    bar = rules.war_share.centre * war.toll_14d.centre
    return wrapped(
        f"The war: {shown(war.toll_14d)} dead in its worst 14 days; just before the deal it was at "
        f"{shown(war.ongoing)} of that rate. The ceasefire is over when a ground offensive lasts "
        f"{shown(rules.offensive_days)} days, when {bar:,.0f} die in 14 days, or when guarantors of both sides strike "
        f"for as long and kill {shown(rules.clash_deaths)} of each other's soldiers."
    )


def bonds(scenario: Scenario) -> list[str]:
    """The ties of the guarantors, and the attention of the world."""
    attention = scenario.attention
    return heading("Guarantors and attention") + wrapped(
        f"Ties between the guarantors {shown(scenario.guarantors.ties)}. Attention of the world "
        f"{shown(attention.start)} at signing, {shown(attention.floor)} when nothing happens."
    )


def events(scenario: Scenario) -> list[str]:
    """Events from outside."""
    lines = heading("Events")
    for event in scenario.events:
        lines += wrapped(event_words(scenario, event), 0, 2)
    return lines if scenario.events else [*lines, "None."]


def event_words(scenario: Scenario, event: Event) -> str:
    """One event: when it comes, its title, and what it changes."""
    when = f"Day {shown(event.day)}" if event.day is not None else ""
    if event.rate_per_year is not None:
        when = f"At random, {shown(event.rate_per_year)} a year" + (", at most once" if event.once else "")
    if event.when_met is not None:
        when = f"Once this is met: {scenario.agreement.deadlines[event.when_met].title}"
    changes = [f"{path} becomes {shown(number)}" for path, number in event.set.items()]
    changes += [f"{path} {'' if number.centre < 0 else '+'}{shown(number)}" for path, number in event.add.items()]
    changes += [f"{path} x {shown(number)}" for path, number in event.multiply.items()]
    changes += [f"{scenario.actors[name].title} becomes a party to the deal" for name in event.joins]
    changes += [f"the forces of {scenario.actors[name].title} go home" for name in event.goes_home]
    reviewers = [scenario.actors[name].title for name in event.review]
    changes += [f"{listed(reviewers)} review {'their' if len(reviewers) > 1 else 'its'} posture"] if reviewers else []
    return f"{when}: {event.title}. {'; '.join(changes)}." + (f" [{event.source}]" if event.source else "")


def numbers(scenario: Scenario) -> list[str]:
    """How many numbers are assumed, how many are drawn over a range, and which have a source."""
    every = list(quantities(scenario))
    assumed = sum(number.assumed for _, number, _ in every)
    ranges = {path: doubt_range(number, meta) for path, number, meta in every}
    uncertain = [path for path, span in ranges.items() if span is not None]
    drawn = sum(bool(number.distribution[0]) for _, number, _ in every)
    lines = heading("Numbers")
    lines += wrapped(
        f"{len(every)} in all, {assumed} of them ASSUMED. When a run measures how much the results depend on uncertain "
        f"numbers, {len(uncertain)} are drawn over a range. Drawn anew for every world: {drawn or 'none'}. Numbers "
        "with a source, with the range where they are uncertain too:"
    )
    for path, number, _ in every:
        if not number.assumed:
            span = ranges[path]
            interval = f" ({range_words(*span)})" if span is not None else ""
            lines += wrapped(f"{path} {shown(number)}{interval}: {number.source}", 2, 4)
    return lines
