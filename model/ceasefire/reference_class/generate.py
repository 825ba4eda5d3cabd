"""Makes a scenario from coded features and intractability; it is checked by the same schema as scenario files.

A coded feature acts in two ways. It acts through the mechanisms, with the sign that theory gives it: `content` writes
it over generic.yaml, and this is all that a lever changes. It also acts through intractability z, because mediators and
monitors go to the hard cases: z sets what the parties want and their posture at signing (`set_intractability`), which
no lever changes. Every number here is ASSUMED.
"""

from __future__ import annotations

import copy
import math
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ceasefire.reference_class.features import Cell, Features, cell_of
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario

TEMPLATE = Path(__file__).parent / "generic.yaml"
Declarer = Literal["government", "rebels"]
PARTIES: tuple[Declarer, Declarer] = ("government", "rebels")
KEEPERS = ("keepers_government", "keepers_opposition")
LOCAL_SECTORS = 3

Z_LEVELS = (-4.0, -3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0)
"""Levels of intractability that are simulated. Between levels, results are interpolated; beyond them, constant."""

STAKE = (-0.15, 0.10, 0.012)
"""Utility of all-out war for its own sake at intractability z: constant, per z, per z cubed.

Chosen so that the logarithm of the median duration is about linear in z. The scale of z is free.
"""

STRIKING_FROM, ATTACKING_FROM = 0.5, 3.5
"""Intractability from which one party still strikes, or is on the offensive, on day 0."""

Tree = dict[str, Any]


@cache
def template() -> Tree:
    """The content of generic.yaml with every default stated. Raises ScenarioError."""
    return load(TEMPLATE).resolved


def scenario(features: Features, z: float = 0.0, declarer: Declarer = "government") -> Scenario:
    """A deal with these features and intractability z; `declarer` is the party that stops fire in a unilateral deal."""
    tree = content(cell_of(features), z, declarer)
    if features.term_days is not None:
        tree["agreement"]["term_days"] = max(1, round(features.term_days))
    return as_scenario(tree)


def as_scenario(tree: Tree) -> Scenario:
    """The scenario of a content. Raises pydantic.ValidationError."""
    scenario: Scenario = Scenario.model_validate(tree)
    return scenario


def content(cell: Cell, z: float, declarer: Declarer = "government") -> Tree:
    """The content of a scenario of this cell and intractability, without a fixed term."""
    tree = copy.deepcopy(template())
    for write in (_territory, _enforcers, _mediator, _terms, _settlement, _experience):
        write(tree, cell)
    if cell.unilateral:
        tree["agreement"]["excludes"] = [_other(declarer)]
    set_intractability(tree, z, _other(declarer))
    return tree


def _other(party: Declarer) -> Declarer:
    return PARTIES[1 - PARTIES.index(party)]


def _territory(tree: Tree, cell: Cell) -> None:
    """A local deal covers three sectors of the front and a smaller war."""
    if cell.local:
        sectors = tree["front"]["sectors"]
        for name in list(sectors)[LOCAL_SECTORS:]:
            del sectors[name]
        list(sectors.values())[-1]["neighbours"] = []
        tree["war"]["toll_14d"] = {"lognormal": [150, 0.7]}


def _enforcers(tree: Tree, cell: Cell) -> None:
    """Troops of enforcers are a tripwire; a state that enforces is also a patron. Walter 1997; Hultman 2014."""
    if cell.enforcement == "none":
        for name in KEEPERS:
            del tree["actors"][name]
            for sector in tree["front"]["sectors"].values():
                del sector["presence"][name]
        return
    tree["resolve"] = {side: {"triangular": [0.1, 0.4, 0.8]} for side in tree["sides"]}
    if cell.enforcement == "external":
        for name, client in zip(KEEPERS, PARTIES, strict=True):
            tree["actors"][name]["capability"] = {"lognormal": [0.3, 0.5]}
            tree["actors"][name]["troops_on_line"] = {"lognormal": [2500, 0.8]}
            tree["actors"][client]["patron"] = {"actor": name, "dependence": {"triangular": [0.1, 0.3, 0.5]}}


def _mediator(tree: Tree, cell: Cell) -> None:
    """A mediator urges restraint and brings the parties to talks."""
    if not cell.mediated:
        del tree["actors"]["mediator"]


def _terms(tree: Tree, cell: Cell) -> None:
    """A mechanism or enforcement brings monitoring and a hotline; a written text is clearer. Fortna 2004; Park 2023."""
    terms = tree["agreement"]
    terms["class"] = cell.ceasefire_class
    if cell.mechanism or cell.enforcement != "none":
        terms["monitoring"] = {"triangular": [0.1, 0.35, 0.6]}
        terms["hotline"] = {"triangular": [0.3, 0.6, 0.9]}
    if cell.written:
        terms["clarity"] = {"triangular": [0.3, 0.6, 0.9]}


def _settlement(tree: Tree, cell: Cell) -> None:
    """A definitive deal settles who holds what and demobilises forces. Clayton and Sticher 2021."""
    if cell.ceasefire_class == "definitive":
        for sector in tree["front"]["sectors"].values():
            sector["held"] = {"uniform": [0.35, 0.65]}
        for name in PARTIES:
            tree["actors"][name]["mobilised"] = {"triangular": [0.0, 0.1, 0.4]}
        tree["war"]["ongoing"] = {"triangular": [0.0, 0.1, 0.4]}


def _experience(tree: Tree, cell: Cell) -> None:
    """Earlier deals raise trust and come with weariness. Joshi and Quinn; Lundgren et al. 2023."""
    gain = 0.05 * cell.prior
    for side in tree["sides"]:
        tree["trust"][side] = {"triangular": [0.1, 0.3 + gain, 0.6 + gain]}
    for name in PARTIES:
        tree["actors"][name]["weariness"] = {"triangular": [0.0, 0.3 + gain, 0.8]}


def set_intractability(tree: Tree, z: float, fighting: Declarer) -> None:
    """Intractability: how much the parties want war, and whether the party `fighting` still fights on day 0."""
    stake = STAKE[0] + STAKE[1] * z + STAKE[2] * z**3
    claim = 1.0 / (1.0 + math.exp(-z / 2))
    for name in PARTIES:
        motives = tree["actors"][name]["motives"]
        motives["stake"] = min(1.0, max(0.0, stake))
        motives["settled"] = min(1.0, max(0.0, -stake))
    tree["actors"]["government"]["motives"]["reclaim"] = claim
    tree["actors"]["rebels"]["motives"] |= {"retake": claim, "war_profit": claim / 2}
    if z >= STRIKING_FROM:
        tree["actors"][fighting]["posture"] = "offensive" if z >= ATTACKING_FROM else "strike"
        tree["actors"][fighting]["mobilised"] = {"triangular": [0.5, 0.9, 1.0]}
