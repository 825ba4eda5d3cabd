"""The situation as the page shows it: who is who, every number with its meaning and source, terms, levers, the map."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ceasefire.narrative.describe import in_order, means, place
from ceasefire.parameters.sourced_value import Quantity
from ceasefire.scenario.find_scenarios import headline, list_changes
from ceasefire.scenario.overrides import static_fault
from ceasefire.scenario.parameter_paths import doubt_range, path_words, quantities, shape_at
from ceasefire.scenario.schema import Motive, Scenario, ladder_of, rungs_of
from ceasefire.scenario.template import BY_ROLE, TERMS
from ceasefire.scenario.variants import open_base
from ceasefire.studio.messages import State
from ceasefire.studio.states import differences, file_of, files_now, is_shipped, load_state
from ceasefire.wording import listed, shown, upper

KINDS = ("lever", "shock", "assumption")

COUNTED = frozenset({"troops", "days", "deaths", "persons", "renewals", "deaths in 14 days", "formations"})
"""Units of numbers that people think of as whole."""

MAIN = ("patron.dependence", "commitment", "troops_on_line", "capability", "influence")
"""Numbers of an actor to show first, besides its motives."""

GROUPS = {
    "terms": "Terms of the deal", "bonds": "Trust, ties and attention", "front": "The front", "war": "The war before",
    "events": "Events from outside", "rules": "Numbers of the rules",
}  # fmt: skip
"""Groups of numbers besides those of actors."""

OF_GROUP = {
    "agreement": "terms", "guarantors": "bonds", "trust": "bonds", "resolve": "bonds", "attention": "bonds",
    "front": "front", "war": "war", "events": "events", "mechanisms": "rules",
}  # fmt: skip


def situation(state: State) -> dict[str, Any]:
    """The situation of a state. ScenarioError when it has faults."""
    loaded = load_state(state)
    original = loaded if not (state.changes or state.set) else load_state(_unchanged(state))
    scenario, file = loaded.scenario, file_of(state)
    names = list(scenario.front.sectors)
    return {
        "name": scenario.name, "title": scenario.title, "summary": scenario.summary,
        "start": scenario.start.isoformat(), "horizon": scenario.horizon_days, "file": str(file),
        "shipped": is_shipped(file), "sides": [{"name": n, "title": s.title} for n, s in scenario.sides.items()],
        "actors": [_actor(scenario, name) for name in in_order(scenario)],
        "sectors": sectors(scenario), "links": [[names.index(a), names.index(b)] for a, b in _links(scenario)],
        "groups": _groups(scenario), "numbers": _numbers(scenario, original.scenario),
        "terms": _terms(scenario), "levers": levers(file, state), "changed": differences(loaded, original, state),
    }  # fmt: skip


def _unchanged(state: State) -> State:
    return state.model_copy(update={"changes": [], "set": {}})


def _actor(scenario: Scenario, name: str) -> dict[str, Any]:
    actor = scenario.actors[name]
    return {
        "name": name, "title": actor.title, "role": actor.role, "side": actor.side,
        "patron": actor.patron.actor if actor.patron else None, "backs": actor.backs,
        "excluded": name in scenario.agreement.excludes,
        "posture": actor.posture or rungs_of(ladder_of(actor.role))[0],
        "sentence": " ".join((*place(scenario, name), *means(scenario, name))),
    }  # fmt: skip


def sectors(scenario: Scenario) -> list[dict[str, Any]]:
    """The sectors with their places on a schematic map, in the order of the file."""
    places = layout(list(scenario.front.sectors), list(_links(scenario)))
    return [
        {"name": name, "title": sector.title, "held": sector.held.centre, "x": float(x), "y": float(y)}
        for (name, sector), (x, y) in zip(scenario.front.sectors.items(), places, strict=True)
    ]


def _links(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Pairs of sectors that touch, each once."""
    pairs = {
        tuple(sorted((name, other)))
        for name, sector in scenario.front.sectors.items()
        for other in sector.neighbours
        if other in scenario.front.sectors
    }
    yield from sorted((one, other) for one, other in pairs)


def layout(names: list[str], links: list[tuple[str, str]]) -> np.ndarray:
    """Places of sectors from 0 to 1, shape (sectors, 2): distances on the page are like those along the links.

    Classical scaling of the lengths of the shortest ways (Torgerson 1952); parts that do not touch lie apart.
    """
    n = len(names)
    way = np.full((n, n), np.inf)
    np.fill_diagonal(way, 0.0)
    for one, other in links:
        i, j = names.index(one), names.index(other)
        way[i, j] = way[j, i] = 1.0
    for k in range(n):
        way = np.minimum(way, way[:, k : k + 1] + way[k : k + 1])
    longest = way[np.isfinite(way)].max()
    way = np.where(np.isfinite(way), way, longest + 2.0)
    centred = np.eye(n) - 1.0 / n
    values, vectors = np.linalg.eigh(-0.5 * centred @ way**2 @ centred)
    best = np.argsort(values)[::-1][:2]
    spots = np.zeros((n, 2))
    spots[:, : len(best)] = vectors[:, best] * np.sqrt(np.maximum(values[best], 0.0))
    low, span = spots.min(axis=0), max(float(np.ptp(spots, axis=0).max()), 1e-9)
    middle = (1.0 - np.ptp(spots, axis=0) / span) / 2.0
    places: np.ndarray = np.round((spots - low) / span + middle, 4)
    return places


def _groups(scenario: Scenario) -> list[dict[str, str]]:
    """The groups of numbers, in the order in which they are shown."""
    rows = []
    for name in in_order(scenario):
        title = scenario.actors[name].title
        rows.append({"name": f"actor.{name}.motives", "title": f"{title}: motives"})
        rows.append({"name": f"actor.{name}", "title": f"{title}: means"})
    return rows + [{"name": name, "title": title} for name, title in GROUPS.items()]


def _numbers(scenario: Scenario, original: Scenario) -> list[dict[str, Any]]:
    """Every number of the scenario that can be set; those of its actors first, in their order."""
    before = {path: number.centre for path, number, _ in quantities(original)}
    order = {group["name"]: position for position, group in enumerate(_groups(scenario))}
    rows = [
        _number(scenario, path, number, meta, before.get(path))
        for path, number, meta in quantities(scenario)
        if static_fault(path) is None
    ]
    return sorted(rows, key=lambda row: order[row["group"]])


def _number(
    scenario: Scenario, path: str, number: Quantity, meta: dict[str, Any], base: float | None
) -> dict[str, Any]:
    steps = path.split(".")
    limits = doubt_range(number, meta)
    low, high = _slider(number, meta, limits, base)
    words = _words(scenario, path, steps)
    return {
        "path": path, "group": _group(steps), "title": upper(words.partition(": ")[2] or words), "words": words,
        "sentence": _sentence(scenario, steps), "unit": meta["unit"], "value": number.centre, "base": base,
        "drawn": shown(number) if number.value is None else "",
        "low": meta["low"] if math.isfinite(meta["low"]) else None,
        "high": meta["high"] if math.isfinite(meta["high"]) else None,
        "range": list(limits) if limits else None, "from": low, "to": high, "whole": meta["unit"] in COUNTED,
        "source": number.source, "assumed": number.assumed, "note": number.note or "",
        "known_by": number.known_by.isoformat() if number.known_by else "", "main": _is_main(scenario, steps),
    }  # fmt: skip


def _words(scenario: Scenario, path: str, steps: list[str]) -> str:
    """A path in words; claims and forces with the title of their actor, events with their own title."""
    if len(steps) == 5 and steps[3] in ("claims", "presence"):
        where, who = scenario.front.sectors[steps[2]].title, scenario.actors[steps[4]].title
        return f"{where}: {'worth to' if steps[3] == 'claims' else 'forces of'} {who}"
    if steps[0] == "events":
        return f"{scenario.events[int(steps[1])].title}: {' '.join(steps[2:]).replace('_', ' ')}"
    return path_words(path, scenario)


def _group(steps: list[str]) -> str:
    if steps[0] == "actors":
        return f"actor.{steps[1]}.motives" if steps[2] == "motives" else f"actor.{steps[1]}"
    return OF_GROUP.get(steps[0], "rules")


def _is_main(scenario: Scenario, steps: list[str]) -> bool:
    """Whether a number is among those to show first."""
    if steps[0] == "actors":
        rest = ".".join(steps[2:])
        by_role = BY_ROLE[scenario.actors[steps[1]].role]
        return steps[2] == "motives" or (rest in MAIN and (rest in by_role or rest != "capability"))
    return (steps[0] == "agreement" and len(steps) == 2 and steps[1] in TERMS) or steps == ["guarantors", "ties"]


def _sentence(scenario: Scenario, steps: list[str]) -> str:
    """What a number is, in a sentence."""
    if steps[0] == "actors" and steps[2] == "motives":
        return _motive_sentence(scenario.motives[steps[3]])
    if steps[0] == "events":
        return f"{scenario.events[int(steps[1])].title}: {' '.join(steps[2:]).replace('_', ' ')}."
    shape = shape_at(steps)
    if shape is not None and shape.description:
        return f"{upper(shape.description)}."
    above = shape_at(steps[:-1])
    return f"{upper(above.description)}." if above is not None and above.description else ""


def _motive_sentence(motive: Motive) -> str:
    """When a motive is felt, and towards which rung it pulls."""
    with_it, against = (
        [
            term.replace("*", " and ").replace("_", " ")
            for term, size in motive.salience.terms.items()
            if size * sign > 0
        ]
        for sign in (1, -1)
    )
    parts = [f"felt more with {listed(with_it)}"] if with_it else []
    parts += [f"felt less with {listed(against)}"] if against else []
    rung = rungs_of(motive.ladder)[int(np.argmax(motive.profile))]
    return upper("; ".join([*(parts or ["felt always"]), f"pulls towards: {rung}"])) + "."


def _slider(
    number: Quantity, meta: dict[str, Any], limits: tuple[float, float] | None, base: float | None
) -> tuple[float, float]:
    """Ends of a slider: the limits of a share; else room around the value, its range and its value in the file."""
    if meta["high"] - meta["low"] <= 1:
        return float(meta["low"]), float(meta["high"])
    known = [number.centre, *(limits or ()), *([] if base is None else [base])]
    low = 0.0 if min(known) >= 0 and meta["low"] <= 0 else min(known) * (2 if min(known) < 0 else 0.5)
    return max(meta["low"], low), min(meta["high"], _round_up(2 * max(known)) if max(known) > 0 else 1.0)


def _round_up(number: float) -> float:
    """The next number of 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(number))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= number * 0.999))


TERM_FIELDS = (
    "class",
    "term_days",
    "renewal_days",
    "most_renewals",
    "excludes",
    "principals",
    "third_party_war_ends_it",
)


def _terms(scenario: Scenario) -> list[dict[str, Any]]:
    """The terms of the deal that are no shares or amounts."""
    content = scenario.agreement.model_dump(by_alias=True, include={*TERM_FIELDS, "class_"})
    rows = []
    for name in TERM_FIELDS:
        shape = shape_at(["agreement", name])
        sentence = f"{upper(shape.description)}." if shape is not None else ""
        title = upper(name.replace("_", " "))
        rows.append({"path": f"agreement.{name}", "title": title, "value": content.get(name), "sentence": sentence})
    return rows


def levers(file: Path, state: State) -> list[dict[str, Any]]:
    """The changes that are on, and all that act on the scenario, by kind and name."""
    rows = dict(_fitting(file, files_now()))
    for name in state.changes:
        rows.setdefault(name, _lever(name, headline(list_changes(file.parent).get(name, Path(name)))))
    shown_rows = [{**row, "on": name in state.changes} for name, row in rows.items()]
    return sorted(shown_rows, key=lambda row: (KINDS.index(row["kind"]), row["name"]))


@lru_cache(8)
def _fitting(file: Path, files: str) -> dict[str, dict[str, Any]]:
    """The changes that act on a scenario, by name; `files` are the local files as they are now."""
    shipped_or_own = list_changes(file.parent)
    return {name: _lever(name, headline(shipped_or_own[name])) for name in open_base(file).applying(KINDS)}


def _lever(name: str, about: dict[str, str]) -> dict[str, Any]:
    kind = about.get("kind")
    return {
        "name": name, "title": about.get("title", name), "sentence": about.get("sentence", ""),
        "kind": kind if kind in KINDS else "assumption",
    }  # fmt: skip
