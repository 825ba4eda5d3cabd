"""The actors of a scenario in words: what each has, wants and depends on, and what it would do."""

from __future__ import annotations

from collections.abc import Iterator

from ceasefire.scenario.inclinations import SETTINGS, Inclination, inclinations, leash_price, licence_of
from ceasefire.scenario.plain_text import Row, heading, percent, shown, table, wrapped
from ceasefire.scenario.schema import Actor, Motive, Scenario, ladder_of, rungs_of

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
