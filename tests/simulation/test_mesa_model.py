"""The Mesa model as Mesa's users take it: batch_run, seeds, parameters, what is collected, an own way to decide."""

from __future__ import annotations

import copy
import pickle
import warnings
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest
from conftest import SMALL

import ceasefire
from ceasefire.errors import ScenarioError
from ceasefire.simulation.mesa_agents import Actor


def batch(parameters: dict[str, Any], iterations: int) -> pd.DataFrame:
    """What Mesa's batch_run gives, in this process, a row per world.

    Newer versions call the iterations otherwise, and warn; they give a row per actor, as well.
    """
    if not hasattr(mesa, "batch_run"):
        pytest.skip("Mesa 4 has no batch_run")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        rows = mesa.batch_run(ceasefire.CeasefireModel, parameters, iterations=iterations, display_progress=False)
    return pd.DataFrame(rows).drop_duplicates("RunId", ignore_index=True)


def test_iterations_of_batch_run_are_different_worlds() -> None:
    table = batch({"scenario": "sudan-2023", "days": 200}, 3)
    assert len(table) == 3
    assert table["seed"].nunique() == 3
    for row in table.to_dict("records"):
        again = ceasefire.run("sudan-2023", worlds=1, seed=row["seed"], days=200)
        assert (again["days_held"][0], again["cause"][0]) == (row["days_held"], row["cause"])
    assert {"days_held", "ended", "cause", "deaths_civilian", "displaced"} <= set(table)
    assert (table["ended"] == (table["cause"] != "")).all()
    assert (table["Step"] == table["days_held"]).all()


def test_with_seeds_batch_run_gives_the_worlds_of_the_engine() -> None:
    table = batch({"scenario": str(SMALL), "seed": 1, "world": range(12), "days": 90}, 1)
    worlds = ceasefire.run(SMALL, worlds=12, seed=1, days=90)
    if set(table["seed"]) != {1}:
        pytest.skip("this version of Mesa gives the seeds itself")
    for name in ("days_held", "ended", "cause", "deaths_civilian", "displaced", "talks"):
        assert table[name].to_list() == worlds[name].to_list(), name


def test_a_model_without_a_seed_is_another_world_each_time_and_says_which() -> None:
    models = [ceasefire.CeasefireModel(SMALL) for _ in range(4)]
    assert len({model.seed_number for model in models}) == 4
    again = ceasefire.CeasefireModel(SMALL, seed=models[0].seed_number)
    assert again.record.tobytes() == models[0].record.tobytes()


def test_the_seed_may_be_given_as_mesas_rng() -> None:
    plain = ceasefire.CeasefireModel(SMALL, seed=5)
    assert ceasefire.CeasefireModel(SMALL, rng=5).record.tobytes() == plain.record.tobytes()
    one, other = (ceasefire.CeasefireModel(SMALL, rng=np.random.default_rng(7)) for _ in range(2))
    assert one.seed_number == other.seed_number
    with pytest.raises(ValueError, match=r"^seed: give seed or rng, not both"):
        ceasefire.CeasefireModel(SMALL, seed=1, rng=2)
    with pytest.raises(ValueError, match=r"^rng: 1\.5 is not a whole number"):
        ceasefire.CeasefireModel(SMALL, rng=1.5)


def test_parameters_reach_the_numbers_of_the_scenario() -> None:
    path = "actors.turkey.motives.domestic"
    model = ceasefire.CeasefireModel("idlib-2020", seed=1, params={path: 0.9})
    set_ = ceasefire.CeasefireModel(ceasefire.load("idlib-2020", set={path: 0.9}), seed=1)
    for each in (model, set_):
        each.live()
    assert model.record.tobytes() == set_.record.tobytes()
    assert model.record.tobytes() != ceasefire.CeasefireModel("idlib-2020", seed=1).record.tobytes()
    with pytest.raises(ValueError, match=r"^params: 'actors.turkey.motives.domestik' is no number of .*did you mean"):
        ceasefire.CeasefireModel("idlib-2020", params={"actors.turkey.motives.domestik": 0.9})
    with pytest.raises(ValueError, match=r"^params: .* is 'much', which is not a number"):
        ceasefire.CeasefireModel("idlib-2020", params={path: "much"})  # type: ignore[dict-item]
    with pytest.raises(ScenarioError, match="outside"):
        ceasefire.CeasefireModel("idlib-2020", params={path: 1.9})


def test_postures_are_collected_by_actor_and_day_and_the_end_with_the_world() -> None:
    model = ceasefire.CeasefireModel(SMALL, seed=1, world=3, days=40)
    model.live()
    postures = model.datacollector.get_agenttype_vars_dataframe(Actor)
    assert set(postures["name"]) == set(model.opening.actors)
    days = postures.index.get_level_values("Step")
    assert (days.min(), days.max()) == (0, model.days_held)
    last = model.datacollector.get_model_vars_dataframe().iloc[-1]
    assert (last["days_held"], last["ended"], last["cause"]) == (model.days_held, model.ended, model.cause)


def test_a_model_is_pickled_in_the_middle_of_its_run_and_goes_on() -> None:
    model = ceasefire.CeasefireModel(SMALL, seed=1, world=2, days=60)
    for _ in range(9):
        model.step()
    others = [pickle.loads(pickle.dumps(model)), copy.deepcopy(model)]
    for each in (model, *others):
        each.live()
    assert len({each.record.tobytes() for each in (model, *others)}) == 1
    frames = [each.datacollector.get_model_vars_dataframe() for each in (model, *others)]
    assert all(frame.equals(frames[0]) for frame in frames)


class Dove(Actor):
    """Stays on the lowest rung, whatever it perceives."""

    def decide(self) -> None:
        """Choose the lowest rung."""
        self.next_posture = self.ladder[0]


def test_an_own_way_to_decide_takes_the_place_of_the_rule() -> None:
    doves = ceasefire.CeasefireModel(SMALL, seed=1, actor_class=Dove, days=60)
    doves.live()
    postures = doves.datacollector.get_agenttype_vars_dataframe(Dove)
    later = postures[postures.index.get_level_values("Step") > 0]
    assert set(later["posture"]) == {"honour", "abstain"}
