"""What a path of a scenario is called in words: `actors.turkey.motives.buffer` is 'Turkey: hold the buffer zone'."""

from __future__ import annotations

import textwrap

from ceasefire.scenario.schema import Scenario

LONGEST_ACTOR = 28
"""Letters of an actor's title before a colon."""

PLAIN = {
    "patron.dependence": "dependence on its patron",
    "troops_on_line": "troops on the line",
    "attention.floor": "the world's attention when nothing happens",
    "attention.start": "the world's attention at signing",
    "guarantors.ties": "ties between the guarantors",
    "agreement.buffer_km": "depth of the buffer [km]",
    "agreement.clarity": "clarity of the terms",
}
"""Paths, or their last steps, that a reader would not guess."""


def path_words(path: str, scenario: Scenario) -> str:
    """A path in words, as far as the scenario knows its steps; '*' stands for all."""
    if path in PLAIN:
        return PLAIN[path]
    steps = path.split(".")
    if steps[0] == "actors" and len(steps) > 2:
        who = "all actors" if steps[1] == "*" else _short(_title(scenario.actors, steps[1]))
        if steps[2] == "motives" and len(steps) > 3:
            what = "all motives" if steps[3] == "*" else _title(scenario.motives, steps[3])
            return f"{who}: {what}"
        return f"{who}: {_plain(steps[2:])}"
    if steps[:2] == ["front", "sectors"] and len(steps) > 3:
        where = "all sectors" if steps[2] == "*" else _title(scenario.front.sectors, steps[2])
        return f"{where}: {_plain(steps[3:])}"
    if steps[0] == "mechanisms" and len(steps) == 2:
        return f"rule: {_plain(steps[1:])}"
    return PLAIN.get(path, ": ".join(_plain([step]) for step in steps))


def _title(named: object, name: str) -> str:
    """The title of an entry; its name when it has none."""
    entry = named.get(name) if isinstance(named, dict) else None
    return str(getattr(entry, "title", name))


def _short(title: str) -> str:
    """A title of an actor that leaves room for what is said of it."""
    return textwrap.shorten(title, LONGEST_ACTOR, placeholder="…").replace(" and…", "…")


def _plain(steps: list[str]) -> str:
    """Steps without the signs that only files need."""
    return PLAIN.get(".".join(steps), " ".join(steps).replace("_", " ").replace("*", "all"))
