"""Roles by which a change names actors and sides of any scenario: `actors.@guarantor.troops_on_line`."""

from __future__ import annotations

from ceasefire.scenario.yaml_with_lines import Located, Step

ACTOR_ROLES = {
    "party": "a belligerent that the deal binds",
    "spoiler": "a fighting party that the deal leaves out",
    "guarantor": "a guarantor",
    "client": "an actor that has a patron",
    "patron": "the patron of an actor",
    "outside": "an outside party",
    "mediator": "an outside party that backs nobody",
    "backer": "an outside party that backs an actor",
    "backed": "an actor that an outside party backs",
}
SIDE_ROLES = {"first-side": "the first of the two sides", "second-side": "the second of the two sides"}
ROLES = {**ACTOR_ROLES, **SIDE_ROLES}
NAMED_BY_ACTOR, NAMED_BY_SIDE = ("actors", "presence", "claims"), ("sides", "trust", "resolve")
"""Parts of a scenario whose entries have the names of actors, and of sides."""


def is_role(step: Step) -> bool:
    """Whether a step of a path, or a value, stands for all who have a role."""
    return isinstance(step, str) and step.startswith("@")


def where_allowed(step: str) -> tuple[str, ...]:
    """The parts of a scenario in which a role may stand for a name; none for a role that does not exist."""
    name = step[1:]
    return NAMED_BY_ACTOR if name in ACTOR_ROLES else NAMED_BY_SIDE if name in SIDE_ROLES else ()


def who_has(tree: Located, step: str) -> list[str]:
    """Names of the actors or sides of a scenario that have a role, in the order of the file."""
    role = step[1:]
    if role in SIDE_ROLES:
        sides = list(_named(tree, "sides"))
        return sides[list(SIDE_ROLES).index(role) :][:1]
    actors = _named(tree, "actors")
    return [name for name in actors if _has(role, name, actors, _excluded(tree))]


def with_names(value: Located, tree: Located) -> Located:
    """A new value in which every role that one actor or side has is replaced by its name."""
    if isinstance(value.value, dict):
        return Located({name: with_names(entry, tree) for name, entry in value.named.items()}, value.place)
    if isinstance(value.value, list):
        return Located([with_names(item, tree) for item in value.value], value.place)
    if is_role(value.value) and where_allowed(value.value):
        names = who_has(tree, value.value)
        return Located(names[0], value.place) if len(names) == 1 else value
    return value


def _has(role: str, name: str, actors: dict[str, Located], excluded: list[object]) -> bool:
    kind, backs = _text(actors[name], "role"), _text(actors[name], "backs")
    if role == "party":
        return kind == "belligerent" and name not in excluded
    if role == "spoiler":
        return kind != "outside" and name in excluded
    if role in ("guarantor", "outside"):
        return kind == role
    if role in ("mediator", "backer"):
        return kind == "outside" and (backs is None) == (role == "mediator")
    if role == "client":
        return _patron(actors[name]) is not None
    if role == "patron":
        return any(_patron(other) == name for other in actors.values())
    return any(_text(other, "backs") == name for other in actors.values())


def _patron(actor: Located) -> object:
    patron = actor.at("patron")
    return _text(patron, "actor") if patron is not None else None


def _text(part: Located, name: str) -> object:
    entry = part.at(name)
    return entry.value if entry is not None else None


def _named(tree: Located, name: str) -> dict[str, Located]:
    part = tree.at(name)
    return part.named if part is not None else {}


def _excluded(tree: Located) -> list[object]:
    agreement = tree.at("agreement")
    listed = agreement.at("excludes") if agreement is not None else None
    return [item.value for item in listed.value] if listed is not None and isinstance(listed.value, list) else []
