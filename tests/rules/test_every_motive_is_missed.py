"""Every motive and every outside party is missed when it is taken away, or known to be dead and why."""

from __future__ import annotations

import numpy as np
import pytest
from ruamel.yaml import YAML
from scipy.sparse.csgraph import connected_components

from ceasefire.evaluation.verification.model_vs_motives import KNOWN_DEAD, Muted, compare, less_one
from ceasefire.evaluation.verification.runs import lived
from ceasefire.evaluation.verification.synthetic_scenarios import small_front
from ceasefire.scenario.find_scenarios import MOTIVES, list_cases, list_scenarios, shipped
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario


def muted_one_by_one(name: str, scenario: Scenario, worlds: int) -> list[Muted]:
    """What every motive and outside party does, over the same worlds."""
    usual = lived(scenario, worlds)
    return [compare(name, what, lived(other, worlds), usual) for what, other in less_one(scenario, quick=True)]


WORLDS = {"idlib-2019-08": 1_000, "colombia-2016": 1_000}
"""A truce of a median week, or one that hardly ever breaks, leaves outside parties little to do in 200 worlds."""


@pytest.mark.parametrize("name", sorted(set(list_scenarios()) - set(list_cases())))
def test_every_motive_and_outside_party_of_a_shipped_scenario_moves_some_life(name: str) -> None:
    # Whether a motive moves an outcome beyond chance takes far more worlds: `ceasefire verify` says so.
    found = muted_one_by_one(name, load(name).scenario.model_copy(update={"horizon_days": 365}), WORLDS.get(name, 200))
    assert len(found) > (20 if name.startswith("idlib") else 10)
    assert [muted.what for muted in found if muted.touched == 0.0 and (name, muted.what) not in KNOWN_DEAD] == []


def test_every_motive_of_the_small_front_moves_some_life() -> None:
    found = muted_one_by_one("small-front", small_front(), 150)
    assert len(found) > 15
    assert [muted.what for muted in found if muted.touched == 0.0] == []


def test_what_is_known_to_be_dead_is_there_to_be_looked_for() -> None:
    for name, what in KNOWN_DEAD:
        assert what in {told for told, _ in less_one(load(name).scenario, quick=False)}


def test_the_catalogue_says_which_motives_differ_only_in_when_they_are_felt() -> None:
    text = (shipped("scenarios") / MOTIVES).read_text(encoding="utf-8")
    listed = [line.removeprefix("#   ").split() for line in text.partition("# Families.")[2].splitlines()[2:5]]
    force = {name: motive for name, motive in YAML(typ="safe").load(text).items() if motive["ladder"] == "force"}
    likings = np.array([motive["profile"][1:] for motive in force.values()], dtype=float)
    likings /= np.linalg.norm(likings, axis=1, keepdims=True)
    _, family = connected_components(likings @ likings.T > 0.985)
    families = [sorted(np.array(list(force))[family == k].tolist()) for k in set(family.tolist())]
    assert sorted(map(sorted, listed)) == sorted(each for each in families if len(each) > 1)
