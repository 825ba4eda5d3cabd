"""The same world in Mesa, in the compiled engine and with compilation off: the same bytes, every day."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceasefire.evaluation.verification.model_vs_engine import (
    days_hash,
    differing_fields,
    first_difference,
    table_hash,
)
from ceasefire.evaluation.verification.runs import SEED, each_day
from ceasefire.evaluation.verification.synthetic_scenarios import random_front, small_front
from ceasefire.rules import THE_DAY
from ceasefire.scenario.find_scenarios import list_cases, list_scenarios
from ceasefire.scenario.load import load
from ceasefire.simulation.compiled import python_rules
from ceasefire.simulation.compiled.day_loop import step_day
from ceasefire.simulation.mesa_agents import Actor
from ceasefire.simulation.mesa_model import CeasefireModel


def test_mesa_and_the_engine_live_the_flagship_alike_to_the_last_byte() -> None:
    flagship = load("idlib-2020").scenario
    assert [first_difference(flagship, world, 200) for world in range(2)] == ["", ""]


@pytest.mark.parametrize("world", range(6))
def test_mesa_and_the_engine_live_a_small_world_to_its_end_alike(world: int) -> None:
    assert first_difference(small_front(), world, 600) == ""


@pytest.mark.parametrize("name", sorted(set(list_scenarios()) - set(list_cases())))
def test_mesa_and_the_engine_agree_to_the_end_of_every_shipped_scenario(name: str) -> None:
    """Clients decide by what their patrons perceive on the same morning: it shows only after many days of both."""
    scenario = load(name).scenario
    for world in range(1, 4):
        assert first_difference(scenario, world, scenario.horizon_days, seed=1) == "", world


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(number=st.integers(0, 10**6), world=st.integers(0, 10**9))
def test_mesa_and_the_engine_live_any_front_alike(number: int, world: int) -> None:
    assert first_difference(random_front(number), world, 60) == ""


def test_a_difference_of_one_bit_would_be_seen() -> None:
    one, other = next(iter(each_day(small_front()))), next(iter(each_day(small_front())))
    assert differing_fields(one, other) == []
    other["trust"][0, 1] = np.nextafter(other["trust"][0, 1], 1.0)
    assert differing_fields(one, other) == ["trust"]


class Contrarian(Actor):
    """An actor that decides by the rules, and is one rung higher than they say on its first day."""

    def decide(self) -> None:
        python_rules.decide(self.record, self.position)
        if self.model.day == 0 and self.name == "army":
            self.next_posture = "strike"


def test_an_actor_of_ones_own_changes_its_world() -> None:
    model = CeasefireModel(small_front(), SEED, 0, actor_class=Contrarian, collect=False)
    model.step()
    army = model.opening.actors.index("army")
    assert model.record["rung"][0, army] == 2
    assert model.actors[army].posture == "strike"


def test_collecting_does_not_touch_the_world() -> None:
    told, silent = (CeasefireModel(small_front(), SEED, 3, collect=collect) for collect in (True, False))
    for model in (told, silent):
        for _ in range(50):
            model.step()
    assert np.asarray(told.record).tobytes() == np.asarray(silent.record).tobytes()
    assert told.datacollector.get_model_vars_dataframe()["day"].tolist() == [*range(51)]


def test_a_model_that_is_over_takes_no_more_steps() -> None:
    model = CeasefireModel(small_front({"horizon_days": 5}), SEED, 0, collect=False)
    model.live()
    last = np.asarray(model.record).tobytes()
    model.step()
    assert (model.days_held, model.running) == (5, False)
    assert np.asarray(model.record).tobytes() == last


def test_both_ways_to_run_take_the_same_steps_in_the_same_order() -> None:
    order = [part.number for part in THE_DAY]
    assert order == sorted(order)
    written: Any = step_day
    names = getattr(written, "py_func", written).__code__.co_names
    who_is_due_only = {"_read_indicators": "perceive", "_choose": "decide"}
    called = [who_is_due_only.get(name, name.removeprefix("_")) for name in names if name.startswith("_")]
    assert called == [part.name for part in THE_DAY]


WITHOUT_COMPILATION = """
import numpy as np
from ceasefire.compilation.in_python import in_python
from ceasefire.scenario.find_scenarios import list_scenarios
from ceasefire.scenario.load import load
from ceasefire.evaluation.verification.model_vs_engine import days_hash, table_hash
from ceasefire.evaluation.verification.synthetic_scenarios import random_front
from ceasefire.evaluation.verification.synthetic_scenarios import small_front
assert in_python()
np.seterr(over="ignore")
print(days_hash(small_front(), range(2), 60))
print(days_hash(random_front(7), range(2), 40))
print(days_hash(load("idlib-2020").scenario, range(1), 15))
print(table_hash(small_front({"horizon_days": 40}), 4, 1, 1, 4))
"""


def test_compilation_changes_no_bit() -> None:
    found = subprocess.run(
        [sys.executable, "-c", WITHOUT_COMPILATION], env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    flagship = load("idlib-2020").scenario
    compiled = [
        days_hash(small_front(), range(2), 60), days_hash(random_front(7), range(2), 40),
        days_hash(flagship, range(1), 15), table_hash(small_front({"horizon_days": 40}), 4, 1, 2, 3),
    ]  # fmt: skip
    assert found.stdout.split() == compiled
