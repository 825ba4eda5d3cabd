"""Checks of a scenario across its parts, which the schema cannot make: names that must exist, values that must agree.

Every check reads the composed content as it is and skips values of the wrong type, so that these faults are reported
together with those of the schema.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from ceasefire.parameters.indicators import INDICATORS, term_indices
from ceasefire.parameters.size_limits import MOST, MOST_NEIGHBOURS, MOST_TERMS
from ceasefire.parameters.sourced_value import Quantity
from ceasefire.plain_text import unprintable
from ceasefire.scenario.overrides import Draft
from ceasefire.scenario.parameter_paths import FIXED_AT_SIGNING, event_paths, shape_at
from ceasefire.scenario.schema import Scenario, ladder_of, rungs_of
from ceasefire.scenario.schema_errors import shown
from ceasefire.scenario.yaml_with_lines import Located, Steps, dotted, place_of, to_plain
from ceasefire.suggestions import comma_list, did_you_mean, nearest

Raw = dict[str, Any]


Faults = Iterator[tuple[Steps, str]]
"""Path and message of each fault."""


ROLES = ("belligerent", "guarantor", "outside")


LADDERS = ("force", "engagement")


DEFAULT_HORIZON = Scenario.model_fields["horizon_days"].default


def cross_check(draft: Draft, motive_names: list[str], catalogue: str = "") -> None:
    """Note every fault across the parts of a draft; `motive_names` is the whole catalogue, used or not.

    `catalogue` is its file when that is not the shipped one.
    """
    raw = to_plain(draft.tree)
    for check in CHECKS:
        for steps, message in check(raw):
            _note(draft, steps, message)
    for steps, message in _motives_of_actors(raw, motive_names, catalogue):
        _note(draft, steps, message)
    day = raw.get("day", 0)
    start = _date(raw.get("start"))
    if isinstance(day, int) and day > 0:
        horizon = raw.get("horizon_days", DEFAULT_HORIZON)
        if isinstance(horizon, int) and day >= horizon:
            _note(draft, ("day",), f"day {day:,} is beyond the horizon; worlds are followed to day {horizon - 1:,}")
        if start is not None and start.year < 9000:
            start += datetime.timedelta(days=min(day, 36_500))
    horizon_from_file = place_of(draft.tree, ("horizon_days",)).line is not None
    for steps, message in faults_of_events(raw, horizon_counts=horizon_from_file):
        _note(draft, steps, message)
    for steps, message in _days_and_texts(draft.tree, start):
        _note(draft, steps, message)


def _note(draft: Draft, steps: Steps, message: str) -> None:
    """Note a fault, unless the draft has one at that path already."""
    path = dotted(steps)
    if not any(fault.path == path for fault in draft.faults):
        draft.fault(place_of(draft.tree, steps), path, message + _where_removed(draft, message))


def _where_removed(draft: Draft, message: str) -> str:
    """Where a missing name was removed, if it was."""
    name = message.split("'")[1] if message.startswith("no such") and "'" in message else None
    for steps, place in draft.removed.items():
        if len(steps) <= 3 and steps[-1] == name:
            return f" ({dotted(steps)} is removed at {place.file}{f':{place.line}' if place.line else ''})"
    return ""


def group(raw: Any, *steps: str) -> Raw:
    """The mapping at these steps, or an empty one."""
    for step in steps:
        raw = raw.get(step) if isinstance(raw, dict) else None
    return raw if isinstance(raw, dict) else {}


def actors_of(raw: Raw) -> Iterator[tuple[str, Raw]]:
    """Actors that are mappings, by name."""
    return ((name, actor) for name, actor in group(raw, "actors").items() if isinstance(actor, dict))


def fighting(raw: Raw) -> list[str]:
    """Names of the actors that are not outside parties."""
    return [name for name, actor in group(raw, "actors").items() if group(actor).get("role") != "outside"]


def side_of(actor: Raw) -> str | None:
    """The side of an actor; None when it gives none."""
    side = actor.get("side")
    return side if isinstance(side, str) else None


def _sides(raw: Raw) -> Faults:
    """Every fighting actor has one of the two sides, an outside party none."""
    sides = group(raw, "sides")
    for name, actor in actors_of(raw):
        side, role = actor.get("side"), actor.get("role")
        if role == "outside" and side is not None:
            yield ("actors", name, "side"), "an outside party has no side; delete the line"
        elif role in ROLES and role != "outside" and side is None:
            yield ("actors", name, "side"), f"is missing: a fighting actor has a side, {' or '.join(sides)}"
        elif isinstance(side, str) and sides and side not in sides:
            yield ("actors", name, "side"), f"no such side '{side}'" + did_you_mean(side, sides)


def _guarantors(raw: Raw) -> Faults:
    """A side has at most one guarantor."""
    first: dict[str, str] = {}
    for name, actor in actors_of(raw):
        side = actor.get("side")
        if actor.get("role") != "guarantor" or not isinstance(side, str):
            continue
        if side in first:
            yield ("actors", name, "role"), f"a second guarantor of {side}; {first[side]} is its guarantor already"
        first.setdefault(side, name)


def _patrons(raw: Raw) -> Faults:
    """A patron is another actor: a guarantor of the same side."""
    for name, actor in actors_of(raw):
        patron = group(actor, "patron").get("actor")
        if not isinstance(patron, str):
            continue
        message = _patron_fault(raw, name, actor, patron)
        if message is not None:
            yield ("actors", name, "patron", "actor"), message


def _patron_fault(raw: Raw, name: str, actor: Raw, patron: str) -> str | None:
    """Why an actor cannot be the patron of another, or None."""
    actors, sides = group(raw, "actors"), group(raw, "sides")
    guarantors = [other for other in actors if group(actors, other).get("role") == "guarantor" and other != name]
    if patron not in actors:
        return f"no such actor '{patron}'" + did_you_mean(patron, guarantors)
    if patron == name:
        return "no actor is its own patron"
    if actor.get("role") == "outside":
        return "an outside party has no patron"
    if group(actors, patron).get("role") in ("belligerent", "outside"):
        return f"{patron} is not a guarantor" + did_you_mean(patron, guarantors)
    if side_of(actor) in sides and side_of(group(actors, patron)) != side_of(actor):
        return f"{patron} is not of the same side"
    return None


def _backing(raw: Raw) -> Faults:
    """Only an outside party backs an actor, and only a fighting one."""
    actors = group(raw, "actors")
    for name, actor in actors_of(raw):
        backed, steps = actor.get("backs"), ("actors", name, "backs")
        if not isinstance(backed, str):
            continue
        if backed not in actors:
            yield steps, f"no such actor '{backed}'" + did_you_mean(backed, fighting(raw))
        elif actor.get("role") in ("belligerent", "guarantor"):
            yield steps, "only an outside party can back an actor"
        elif backed not in fighting(raw):
            yield steps, f"{backed} is an outside party; only a fighting actor can be backed"


def _postures(raw: Raw) -> Faults:
    """Posture and ceiling are rungs of the actor's ladder, and the posture is not above the ceiling."""
    for name, actor in actors_of(raw):
        role = actor.get("role")
        if role not in ROLES:
            continue
        rungs = rungs_of(ladder_of(role))
        given = {field: actor[field] for field in ("posture", "ceiling") if actor.get(field) is not None}
        for field, rung in given.items():
            if rung not in rungs:
                message = f"'{rung}' is not a rung of the {ladder_of(role)} ladder ({comma_list(rungs)})"
                yield ("actors", name, field), message + _only_close(str(rung), rungs)
        posture, ceiling = given.get("posture"), given.get("ceiling")
        if posture in rungs and ceiling in rungs and rungs.index(posture) > rungs.index(ceiling):
            yield ("actors", name, "posture"), f"'{posture}' is above its ceiling, '{ceiling}'"


def _only_close(word: str, valid: tuple[str, ...]) -> str:
    """The hint of did_you_mean when it names one word, otherwise nothing."""
    hint = did_you_mean(word, valid)
    return hint if "did you mean" in hint else ""


def _motives_of_actors(raw: Raw, motive_names: list[str], catalogue: str) -> Faults:
    """The motives of an actor exist and are on its ladder."""
    known = group(raw, "motives")
    missing = f"no such motive in {catalogue}" if catalogue else "no such motive"
    for name, actor in actors_of(raw):
        for motive in group(actor, "motives"):
            steps = ("actors", name, "motives", motive)
            ladder = group(known, motive).get("ladder", "force")
            if motive not in known:
                yield steps, missing + did_you_mean(motive, motive_names)
            elif ladder in LADDERS and actor.get("role") in ROLES and ladder != ladder_of(actor["role"]):
                yield steps, f"is a motive on the {ladder} ladder; {name} is on the {ladder_of(actor['role'])} ladder"


def _excluded(raw: Raw) -> Faults:
    """The deal leaves out only belligerents."""
    actors, excluded = group(raw, "actors"), group(raw, "agreement").get("excludes")
    for i, name in enumerate(excluded if isinstance(excluded, list) else []):
        steps = ("agreement", "excludes", i)
        role = group(actors, str(name)).get("role")
        if isinstance(name, str) and name not in actors:
            yield steps, f"no such actor '{name}'" + did_you_mean(name, fighting(raw))
        elif role == "guarantor":
            yield steps, f"{name} is a guarantor; a deal cannot leave out its guarantors"
        elif role == "outside":
            yield steps, f"{name} is an outside party; a deal can leave out only fighting parties"


def _sectors(raw: Raw) -> Faults:
    """Claims and presence belong to fighting actors, and neighbours exist."""
    actors, sectors = group(raw, "actors"), group(raw, "front", "sectors")
    for name in sectors:
        for part in ("claims", "presence"):
            for actor in group(sectors, name, part):
                steps = ("front", "sectors", name, part, actor)
                if actor not in actors:
                    yield steps, f"no such actor '{actor}'" + did_you_mean(actor, fighting(raw))
                elif actor not in fighting(raw):
                    yield steps, f"{actor} is an outside party and has no {part} on the front"
        yield from _neighbours(name, sectors)


def _campaigns(raw: Raw) -> Faults:
    """The objective of a campaign is ground on the front, and whoever is on one can advance."""
    sectors = group(raw, "front", "sectors")
    for name in group(raw, "actors"):
        actor = group(raw, "actors", name)
        wanted = group(actor, "campaign").get("sectors")
        for i, sector in enumerate(wanted if isinstance(wanted, list) else []):
            steps = ("actors", name, "campaign", "sectors", i)
            if isinstance(sector, str) and sector not in sectors:
                yield steps, f"no such sector '{sector}'" + did_you_mean(sector, list(sectors))
            elif not group(sectors, sector, "claims").get(name):
                yield steps, f"{name} claims nothing in '{sector}'; an objective is ground that it claims"
        grounded = actor.get("role") == "outside" or actor.get("ceiling") not in (None, "offensive")
        if actor.get("campaign") is not None and grounded:
            yield ("actors", name, "campaign"), f"{name} has no means for an offensive, so it can be on no campaign"


def _neighbours(name: str, sectors: Raw) -> Faults:
    """The neighbours of a sector are other sectors."""
    neighbours = group(sectors, name).get("neighbours")
    for i, other in enumerate(neighbours if isinstance(neighbours, list) else []):
        steps = ("front", "sectors", name, "neighbours", i)
        if other == name:
            yield steps, f"'{name}' cannot be its own neighbour"
        elif isinstance(other, str) and other not in sectors:
            yield (
                steps,
                f"no such sector '{other}'" + did_you_mean(other, [known for known in sectors if known != name]),
            )


def _both_sides_present(raw: Raw) -> Faults:
    """Each side has forces in some sector."""
    sides, sectors = group(raw, "sides"), group(raw, "front", "sectors")
    present = {actor for name in sectors for actor, force in group(sectors, name, "presence").items() if force != 0}
    sides_present = {side_of(group(raw, "actors", str(actor))) for actor in present}
    if len(sides) != 2 or not sectors or sides_present - set(sides):
        return
    for side in sides:
        if side not in sides_present:
            yield (
                ("front", "sectors"),
                f"no actor of {side} has forces in any sector; give one of them a presence",
            )


def _beliefs(raw: Raw) -> Faults:
    """Trust and resolve are those of the two sides."""
    sides = group(raw, "sides")
    for belief in ("trust", "resolve"):
        for side in group(raw, belief):
            if sides and side not in sides:
                yield (belief, side), f"no such side '{side}'" + did_you_mean(side, sides)


def _saliences(raw: Raw) -> Faults:
    """The terms of a salience are indicators or products of two."""
    for name in group(raw, "motives"):
        yield from terms_at(group(raw, "motives", name), ("motives", name))


def terms_at(motive: Raw, steps: Steps) -> Faults:
    """Terms of the salience of a motive that are no indicators."""
    for term in group(motive, "salience", "terms"):
        here = (*steps, "salience", "terms", term)
        try:
            term_indices(term)
        except KeyError as unknown:
            word = str(unknown.args[0])
            yield here, f"no such indicator '{word}'" + did_you_mean(word, INDICATORS)
        except ValueError as problem:
            yield here, str(problem)


def faults_of_events(raw: Raw, *, horizon_counts: bool) -> Faults:
    """Faults of events. With `horizon_counts`, an event beyond the horizon is one; not when --set shortened it."""
    events = raw.get("events")
    valid: set[str] | None = None
    for i, event in enumerate(events if isinstance(events, list) else []):
        if not isinstance(event, dict):
            continue
        valid = event_paths(raw) if valid is None else valid
        yield from _targets(raw, event, i, valid)
        yield from _named_in_event(event, i, raw)
        if horizon_counts:
            yield from _day(event, i, raw.get("horizon_days", DEFAULT_HORIZON))


def _targets(raw: Raw, event: Raw, i: int, valid: set[str]) -> Faults:
    """An event changes numbers that exist, to values within their limits."""
    for kind in ("set", "add", "multiply"):
        changes = event.get(kind)
        for path, given in (changes if isinstance(changes, dict) else {}).items():
            if path not in valid:
                yield ("events", i, kind, path), _no_such_number(path, valid)
            elif kind != "set" and _has_no_value(raw, path):
                yield (
                    ("events", i, kind, path),
                    "is that of the agreement; change agreement.monitoring, or give the sector a value",
                )
            elif kind == "set":
                yield from _limits(("events", i, kind, path), path, given)


def _has_no_value(raw: Raw, path: str) -> bool:
    """True for an optional number of a sector, such as its monitoring, that the scenario does not give."""
    part: Any = raw
    for step in path.split("."):
        part = part.get(step) if isinstance(part, dict) else None
    return part is None and path.startswith("front.")


def _no_such_number(path: str, valid: set[str]) -> str:
    """Why an event cannot change the number at a path."""
    shape = shape_at(path.split("."))
    close = nearest(path, sorted(valid))
    hint = f"; did you mean '{close}'?" if close else ""
    if shape is not None and shape.kind == "number" and any(fnmatchcase(path, fixed) for fixed in FIXED_AT_SIGNING):
        return "is fixed at signing; no event can change it"
    return "is not the path of a number of this scenario" + hint


def _limits(steps: Steps, path: str, given: object) -> Faults:
    """A new value is within the limits of its number."""
    number, shape = _number(given), shape_at(path.split("."))
    if number is None or shape is None:
        return
    try:
        number.check_within(shape.meta["low"], shape.meta["high"])
    except PydanticCustomError as problem:
        yield steps, problem.message()


def _named_in_event(event: Raw, i: int, raw: Raw) -> Faults:
    """The actors that review, join or go home exist and can do so; the task that it waits for exists."""
    actors, tasks = raw.get("actors"), group(raw, "agreement", "deadlines")
    for key in ("review", "joins", "goes_home"):
        names = event.get(key)
        for j, name in enumerate(names if isinstance(names, list) else []):
            if not isinstance(name, str) or not isinstance(actors, dict):
                continue
            if name not in actors:
                yield ("events", i, key, j), f"no such actor '{name}'" + did_you_mean(name, actors)
            elif key == "joins" and name not in _listed(raw, "agreement", "excludes"):
                yield ("events", i, key, j), f"'{name}' is a party to the deal already; only an excluded actor can join"
            elif key == "goes_home" and group(raw, "actors", name).get("role") == "outside":
                yield ("events", i, key, j), f"'{name}' is an outside party and has no forces that could go home"
    task = event.get("when_met")
    if isinstance(task, str) and task not in tasks:
        yield ("events", i, "when_met"), f"no such deadline '{task}'" + did_you_mean(task, tasks)


def _listed(raw: Raw, *steps: str) -> list[Any]:
    """A list of the scenario, empty when it is none."""
    value = group(raw, *steps[:-1]).get(steps[-1])
    return value if isinstance(value, list) else []


def _day(event: Raw, i: int, horizon: object) -> Faults:
    """An event comes before the horizon."""
    number = _number(event.get("day"))
    if number is not None and isinstance(horizon, int) and number.centre >= horizon:
        message = f"day {number.centre:g} is beyond the horizon; worlds are followed to day {horizon - 1}"
        yield ("events", i, "day"), message


def _number(given: object) -> Quantity | None:
    """A value as a number; None when it is none."""
    try:
        return None if given is None else Quantity.model_validate(given)
    except ValidationError:
        return None


def _history(raw: Raw) -> Faults:
    """What is said of earlier deals was known when this one was signed."""
    start, deals = _date(raw.get("start")), group(raw, "history").get("deals")
    for i, deal in enumerate(deals if isinstance(deals, list) and start is not None else []):
        first, end = (_date(group(deal).get(name)) for name in ("start", "end"))
        if first is not None and start is not None and first >= start:
            yield ("history", "deals", i, "start"), f"{first} is not before the start of this deal, {start}"
        elif end is not None and start is not None and end > start:
            yield (
                ("history", "deals", i, "end"),
                f"{end} is later than the start of this deal, {start}; write `outcome: holding` and no end",
            )


def _really(raw: Raw) -> Faults:
    """A deal ends no sooner than it begins."""
    start, really = _date(raw.get("start")), group(raw, "really")
    for name in ("end", "holding_on", "formal_end"):
        day = _date(really.get(name))
        if start is not None and day is not None and day < start:
            yield ("really", name), f"{day} is before the start, {start}"


LONGEST_TITLE = 300
"""Characters: charts and tables show titles whole."""


def _days_and_texts(tree: Located, start: datetime.date | None) -> list[tuple[Steps, str]]:
    """Values that are no dates or were not known at signing; texts that cannot be shown; titles that have no room."""
    found: list[tuple[Steps, str]] = []

    def walk(part: Located, steps: Steps) -> None:
        value = part.value
        if isinstance(value, str):
            wrong = unprintable(value)
            if wrong is not None:
                found.append((steps, f"holds the character {wrong}, which no text may hold"))
        elif isinstance(value, dict):
            for name, entry in value.items():
                here = (*steps, name)
                walk(entry, here)
                if name == "known_by" or here == ("start",):
                    found.extend(_date_faults(entry.value, here, start))
                elif name == "title" and isinstance(entry.value, str) and len(entry.value) > LONGEST_TITLE:
                    message = f"a title of {len(entry.value):,} characters; at most {LONGEST_TITLE} are possible"
                    found.append((here, message))
        elif isinstance(value, list):
            for i, item in enumerate(value):
                walk(item, (*steps, i))

    walk(tree, ())
    return found


def _date_faults(given: object, steps: Steps, start: datetime.date | None) -> Faults:
    """One date: it is a date, and not after the start."""
    day = _date(given)
    if day is None:
        yield steps, f"{shown(given)} is not a date; write it as 2020-03-06"
    elif start is not None and day > start and steps[0] != "events":
        yield steps, f"{day} is later than the start, {start}; only events may be known later"


def _date(given: object) -> datetime.date | None:
    """A value as a date; None when it is none."""
    if isinstance(given, datetime.datetime):
        return given.date()
    if isinstance(given, datetime.date):
        return given
    try:
        return datetime.date.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None


def _sizes(raw: Raw) -> Faults:
    """No part has more entries than the record of a world has room for."""
    actors, sectors, events = group(raw, "actors"), group(raw, "front", "sectors"), raw.get("events")
    listed = [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []
    counts: dict[str, tuple[Steps, int]] = {
        "actors": (("actors",), len(actors)),
        "sectors": (("front", "sectors"), len(sectors)),
        "formations": (("front", "sectors"), sum(len(group(sectors, name, "presence")) for name in sectors)),
        "motives": (("actors",), len({motive for name in actors for motive in group(actors, name, "motives")})),
        "events": (("events",), len(listed)),
        "operations": (
            ("events",),
            sum(len(group(event, verb)) for event in listed for verb in ("set", "add", "multiply")),
        ),
        "deadlines": (("agreement", "deadlines"), len(group(raw, "agreement", "deadlines"))),
    }
    for what, (steps, count) in counts.items():
        if count > MOST[what]:
            yield steps, f"{count:,} {COUNTED.get(what, what)}; at most {MOST[what]:,} are possible"
    yield from _neighbour_counts(sectors)
    for name in group(raw, "motives"):
        terms = len(group(raw, "motives", name, "salience", "terms"))
        if terms > MOST_TERMS:
            yield ("motives", name, "salience", "terms"), f"{terms:,} terms; at most {MOST_TERMS} are possible"


COUNTED = {
    "formations": "forces in sectors (entries of presence)",
    "motives": "different motives of actors",
    "operations": "numbers that events set, add to or multiply",
}
"""What is counted, where its name in the record is not the name in the file."""


def _neighbour_counts(sectors: Raw) -> Faults:
    """No sector touches too many others; naming a pair once is enough."""
    touching: dict[str, set[str]] = {name: set() for name in sectors}
    for name in sectors:
        others = group(sectors, name).get("neighbours")
        for other in others if isinstance(others, list) else []:
            if isinstance(other, str) and other in touching:
                touching[name].add(other)
                touching[other].add(name)
    for name, around in touching.items():
        if len(around) > MOST_NEIGHBOURS:
            message = f"touches {len(around)} others; at most {MOST_NEIGHBOURS} are possible"
            yield ("front", "sectors", name, "neighbours"), message


LATEST_START = datetime.date(9799, 12, 31)
"""Two centuries before dates end: the longest horizon and the longest term fit in between."""


def _start(raw: Raw) -> Faults:
    """Every day that worlds may be followed to has a date."""
    start = _date(raw.get("start"))
    if start is not None and start > LATEST_START:
        yield ("start",), f"{start} is too late: dates end with the year 9999; the latest start is {LATEST_START}"


CHECKS: tuple[Callable[[Raw], Faults], ...] = (
    _sides,
    _guarantors,
    _patrons,
    _backing,
    _postures,
    _excluded,
    _sectors,
    _campaigns,
    _both_sides_present,
    _beliefs,
    _saliences,
    _sizes,
    _start,
    _really,
    _history,
)
"""Checks that need the composed content only."""
