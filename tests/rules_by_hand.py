"""The small front's record to write in by hand, and the rules by file: what checks of single rules start from."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ceasefire.compilation.decorators import called_from_python
from ceasefire.evaluation.verification.runs import opened
from ceasefire.evaluation.verification.synthetic_scenarios import small_front
from ceasefire.simulation.initial_state import initial_state

World = Any
"""One record of a world."""


class RulesOf:
    """The rules of a file, each compiled once more so that Python can call it; what is not a rule is as it is."""

    def __init__(self, file: str) -> None:
        self._file = import_module(file)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._file, name)
        source = getattr(found, "py_func", None)
        setattr(self, name, called_from_python(source) if source is not None else found)
        return self.__dict__[name]


# The package of the rules binds the name of a file to its rule, so that files are asked for by name.
escalate, commit, blame, exchange_fire, decide, events, initialise, termination, perceive, casualties = (
    RulesOf(f"ceasefire.rules.{name}")
    for name in (
        "escalate",
        "commit",
        "blame",
        "exchange_fire",
        "decide",
        "events",
        "initialise",
        "termination",
        "perceive",
        "casualties",
    )
)

OPENING = initial_state(small_front())
ARMY, BEAR, REBELS, WOLF, RAIDERS, LEAGUE, AGENCY = (
    OPENING.actors.index(name) for name in ("army", "bear", "rebels", "wolf", "raiders", "league", "agency")
)
BORDER, HILLS, TOWN = (OPENING.sectors.index(name) for name in ("border", "hills", "town"))
NORTH, SOUTH = 0, 1
HONOUR, HARASS, STRIKE, OFFENSIVE = range(4)


def morning(changes: Mapping[str, object] | None = None) -> World:
    """The record of the small front on the morning of day 0, under some changes."""
    return opened(small_front(changes))[0]


def formation(actor: int, sector: int) -> int:
    """Position of an actor's formation in a sector. Raises ValueError when it has none there."""
    return OPENING.formations.index((OPENING.sectors[sector], OPENING.actors[actor]))


def still(w: World) -> World:
    """The same world at the start of its day, with nothing that happened yet."""
    events.begin_day(w)
    return w
