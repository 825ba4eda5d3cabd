"""A scenario in words: who wants what, who holds whom back, what the deal says, and how much of it is assumed."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from ceasefire.narrative.choice_probabilities import (
    SETTINGS,
    Inclination,
    breach_price,
    inclinations,
    leash_price,
    licence_of,
)
from ceasefire.scenario.load import Loaded
from ceasefire.scenario.parameter_paths import doubt_range, quantities
from ceasefire.scenario.schema import Actor, Event, Motive, Scenario, Sector, ladder_of, rungs_of
from ceasefire.wording import Row, date_words, heading, listed, lower, percent, shown, table, wrapped

PATRON_TOO = "patron too"


def actors(scenario: Scenario) -> list[list[str]]:
    """A part for each actor, after one that says how to read them."""
    found = inclinations(scenario)
    return [settings(scenario), *(actor_part(scenario, name, found[name]) for name in in_order(scenario))]


def settings(scenario: Scenario) -> list[str]:
    """What weights are, and what the settings of the tables mean."""
    lines = heading("Actors")
    lines += wrapped(
        "Weights: 0 absent, 0.25 minor, 0.5 real, 0.75 strong, 1 dominant. A motive adds weight x salience x profile "
        "to the utility of a rung; salience, from -1 to 1, says how strongly it is felt, and stands here for each "
        "setting."
    )
    lines += wrapped(
        "How an actor leans: the chance of each rung as if every rung within its means were one step away, hidden "
        "wishes aside. In the model a ladder is climbed rung by rung: at a review, about every "
        f"{shown(scenario.mechanisms.review_days)} days, an actor may go one rung up, stay, or come down as far as "
        "it likes. The last column is the chance of the last step: of going to the highest rung at one review, for "
        "one that stands on the rung below it."
    )
    lines += wrapped("The settings:")
    for name, says in SETTINGS.items():
        lines += wrapped(f"{name}: {says}.", 2, 2)
    return lines


def in_order(scenario: Scenario) -> list[str]:
    """Actors by side, outside parties last; within a side as the file has them."""
    places = [*scenario.sides, None]
    return sorted(scenario.actors, key=lambda name: places.index(scenario.actors[name].side))


def actor_part(scenario: Scenario, name: str, found: list[Inclination]) -> list[str]:
    """One actor: strength and bonds, motives by weight, and how it leans."""
    actor = scenario.actors[name]
    lines = heading(f"{actor.title} ({name})")
    lines += wrapped(" ".join((*place(scenario, name), *(means(scenario, name)))))
    return lines + motives(scenario, actor, found) + leanings(actor, found)


def place(scenario: Scenario, name: str) -> Iterator[str]:
    """Where an actor stands."""
    actor = scenario.actors[name]
    where = scenario.sides[actor.side].title if actor.side else "not on the front"
    excluded = ", left out of the deal" if name in scenario.agreement.excludes else ""
    yield f"{actor.role.capitalize()}, {where}{excluded}."
    yield f"At signing: {actor.posture or rungs_of(ladder_of(actor.role))[0]}."
    if actor.ceiling:
        yield f"It has the means for {actor.ceiling}, and for nothing beyond."


def means(scenario: Scenario, name: str) -> Iterator[str]:
    """What an actor has, and who holds it."""
    actor = scenario.actors[name]
    if actor.role == "outside":
        backs = f"; may back {scenario.actors[actor.backs].title}" if actor.backs else ""
        yield f"Influence {shown(actor.influence)}{backs}."
        return
    ready = "all" if actor.commitment.centre == 1 else shown(actor.commitment)
    wanes = f", and {shown(actor.waning)} of that less each year" if actor.waning.centre else ""
    yield f"Strength {shown(actor.capability)}, {ready} of it brought to bear{wanes}."
    if actor.patron:
        patron, dependence = scenario.actors[actor.patron.actor].title, shown(actor.patron.dependence)
        price = f"while {patron} honours the deal, the offensive costs {leash_price(scenario, name):.2f} in utility"
        yield f"Leash: {patron} (dependence {dependence}); {price}."
    if any(other.patron and other.patron.actor == name for other in scenario.actors.values()):
        yield licence_words(licence_of(scenario, name, order=0.0))
    if actor.campaign:
        where = ", ".join(scenario.front.sectors[each].title for each in actor.campaign.sectors)
        yield f"Campaign: {actor.campaign.title} ({where}), under way {shown(actor.campaign.under_way)}."
    if actor.troops_on_line.centre:
        yield f"Troops on the line: {shown(actor.troops_on_line)}."
    yield f"Discipline {shown(actor.discipline)}; weariness {shown(actor.weariness)}; " + (
        f"own dead still felt {shown(actor.recent_losses)}."
    )


def licence_words(licence: float) -> str:
    """Whether a patron restrains its clients or eggs them on, once its own order to cease is forgotten."""
    how = (
        "restrains its clients"
        if licence < 0.2
        else "lets its clients strike"
        if licence < 0.75
        else "eggs its clients on"
    )
    return f"As a patron it {how}: licence {licence:.2f} once its order to cease is forgotten."


def motives(scenario: Scenario, actor: Actor, found: list[Inclination]) -> list[str]:
    """Motives by weight, with how strongly each is felt in every setting."""
    if not actor.motives:
        return ["", "No motives: every rung is alike to it."]
    settings = [each for each in found if each.setting != PATRON_TOO]
    rows: list[Row] = [("weight", "motive", *(each.setting for each in settings), "source")]
    for name, weight in sorted(actor.motives.items(), key=lambda item: -item[1].centre):
        motive = scenario.motives[name]
        title = name if name == motive.title else f"{name}: {motive.title}"
        felt = [f"{each.saliences[name]:+.2f}" for each in settings]
        rows.append((shown(weight), title, *felt, motive.source.split(";")[0]))
    return ["", *table(rows, "ll" + "r" * len(settings) + "l", (6, 35, 6, 6, 6, 31))]


def leanings(actor: Actor, found: list[Inclination]) -> list[str]:
    """How an actor leans in every setting, and how likely the last step up is."""
    rungs = rungs_of(ladder_of(actor.role))
    rows: list[Row] = [("leans to", *rungs, f"{rungs[2]} to {rungs[3]}")]
    for each in found:
        onward = "no means" if each.onward is None else percent(each.onward)
        rows.append((each.setting, *map(percent, each.leanings), onward))
    return ["", *table(rows, "lrrrrr", (12, 9, 9, 9, 9, 22))]


def catalogue(scenario: Scenario) -> list[str]:
    """Every motive that somebody has: when it is felt, which rungs it likes, and where it comes from."""
    used = [name for name in scenario.motives if any(name in actor.motives for actor in scenario.actors.values())]
    lines = heading("Motives")
    lines += wrapped("Felt: salience, from indicators between 0 and 1, cut to -1 .. 1. Likes: the profile, by rung.")
    for name in used:
        motive = scenario.motives[name]
        rungs = rungs_of(motive.ladder)
        likes = ", ".join(f"{rung} {liking:g}" for rung, liking in zip(rungs, motive.profile, strict=True))
        felt = salience_words(motive)
        lines += wrapped(f"{name}: {motive.title}. Felt {felt}. Likes {likes}. [{motive.source}]", 0, 2)
    return lines


def salience_words(motive: Motive) -> str:
    """When a motive is felt, as a formula: `-0.2 + 1.6 unheld x odds`."""
    terms = motive.salience.terms.items()
    words = [f"{'-' if size < 0 else '+'} {abs(size):g} {term.replace('*', 'x')}" for term, size in terms]
    return " ".join([f"{motive.salience.constant:g}", *words])


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
