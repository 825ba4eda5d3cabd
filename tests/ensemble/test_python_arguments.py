"""The public calls of Python take arguments as users give them, refuse the rest in a sentence, and can be pickled."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import ceasefire
from ceasefire.ensemble.compare import compare_sides, simulate_side
from ceasefire.ensemble.run import no_progress, run_plan
from ceasefire.ensemble.run_plan import Plan
from ceasefire.simulation.mesa_agents import Actor

INTEGERS: list[Any] = [
    np.int8,
    np.int16,
    np.int32,
    np.int64,
    np.uint8,
    np.uint32,
    np.uint64,
    np.array,
    float,
    np.float32,
]
"""Ways to write a whole number."""

NO_NUMBERS = [
    1.5,
    np.float64(2.5),
    True,
    np.True_,
    "5",
    None,
    [5],
    float("nan"),
    float("inf"),
    -1,
    10**30,
    np.array([1, 2]),
]
"""No whole number from 0; None is left out where it stands for the default."""

RUNS: dict[str, Callable[..., Any]] = {
    "run": lambda scenario, **given: ceasefire.run(scenario, **{"worlds": 4, "days": 5, **given}),
    "compare": lambda scenario, **given: ceasefire.compare(scenario, scenario, **{"worlds": 4, "days": 5, **given}),
    "CeasefireModel": lambda scenario, **given: ceasefire.CeasefireModel(scenario, **{"seed": 1, **given}),
}


def numbers_of(call: str) -> tuple[str, ...]:
    return ("seed", "world") if call == "CeasefireModel" else ("seed", "worlds", "days", "workers")


def same(one: Any, other: Any) -> bool:
    if isinstance(one, pd.DataFrame):
        return bool(one.equals(other))
    return bool(one.record.tobytes() == other.record.tobytes())


@pytest.mark.parametrize("call", RUNS)
def test_whole_numbers_of_any_type_are_taken(call: str, small: str) -> None:
    for name in numbers_of(call):
        plain = RUNS[call](small, **{name: 3})
        for type_ in INTEGERS:
            assert same(RUNS[call](small, **{name: type_(3)}), plain), (name, type_)


@pytest.mark.parametrize("call", RUNS)
def test_what_is_no_whole_number_is_refused_with_the_name_of_the_argument(call: str, small: str) -> None:
    for name in numbers_of(call):
        for wrong in NO_NUMBERS:
            optional = ("days", "workers", *(("seed",) if call == "CeasefireModel" else ()))
            if wrong is None and name in optional:
                continue
            with pytest.raises(ValueError, match=rf"^{name}: .* is not a whole number from \d[^\n]*\Z"):
                RUNS[call](small, **{name: wrong})
    if call != "CeasefireModel":
        for name in ("worlds", "days", "workers"):
            with pytest.raises(ValueError, match=rf"^{name}: 0 is not a whole number from 1 "):
                RUNS[call](small, **{name: 0})


@pytest.mark.parametrize("call", RUNS)
def test_a_scenario_is_given_loaded_by_name_or_by_path(call: str, small: str) -> None:
    loaded = ceasefire.load(small)
    for given in (loaded, loaded.scenario, Path(small)):
        assert same(RUNS[call](given), RUNS[call](small)), given
    RUNS[call]("idlib-2018")


@pytest.mark.parametrize("call", [*RUNS, "load"])
def test_what_is_no_scenario_is_refused_in_a_sentence(call: str) -> None:
    wrongs: tuple[Any, ...] = (3, None, b"idlib-2018", ["idlib-2018"], {}, pd.DataFrame())
    for wrong in wrongs:
        with pytest.raises(ValueError, match=r"^scenario: [^\n]* name or the path of [^\n]*\Z"):
            (ceasefire.load if call == "load" else RUNS[call])(wrong)


def test_one_change_is_given_as_a_text_or_a_path(tmp_path: Path) -> None:
    listed = ceasefire.load("idlib-2018", changes=["no-monitors"])
    assert ceasefire.load("idlib-2018", changes="no-monitors").resolved == listed.resolved
    assert ceasefire.load("idlib-2018", changes="no-monitors").changes == ("no-monitors",)
    array: Any = np.array(["no-monitors"])
    nothing: Any = None
    assert ceasefire.load("idlib-2018", changes=array).changes == ("no-monitors",)
    assert ceasefire.load("idlib-2018", changes=nothing).changes == ()
    own = tmp_path / "own.yaml"
    own.write_text("name: own\ntitle: t\nsentence: s\nkind: lever\nset: {agreement.clarity: 0.123}\n")
    for given in (own, [own], str(own), (own,)):
        assert ceasefire.load("idlib-2018", changes=given).scenario.agreement.clarity.centre == 0.123


@pytest.mark.parametrize("wrong", [3, [3], ["no-monitors", None], {"no-monitors": 1}, b"no-monitors", [b"no-monitors"]])
def test_what_is_no_change_is_refused_in_a_sentence(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"^changes: [^\n]* is not a name; give [^\n]*\Z"):
        ceasefire.load("idlib-2018", changes=wrong)


@pytest.mark.parametrize("value", [np.float64(0.5), np.float32(0.5), np.array(0.5), {"uniform": np.array([0.4, 0.6])}])
def test_numbers_that_are_set_may_be_those_of_numpy(value: Any) -> None:
    loaded = ceasefire.load("idlib-2018", set={"agreement.monitoring": value})
    assert loaded.scenario.agreement.monitoring.centre == 0.5


@pytest.mark.parametrize("wrong", ["agreement.monitoring=0.5", ["agreement.monitoring"], 3, {3: 0.5}])
def test_what_is_no_setting_is_refused_in_a_sentence(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"^set: [^\n]* does not give values by path[^\n]*\Z"):
        ceasefire.load("idlib-2018", set=wrong)


def test_an_engine_that_is_unknown_is_refused(small: str) -> None:
    wrongs: tuple[Any, ...] = ("fast", None, 3, ["mesa"])
    for wrong in wrongs:
        with pytest.raises(ValueError, match=r"^engine: .* is neither compiled nor mesa"):
            ceasefire.run(small, worlds=2, days=2, engine=wrong)


class Stubborn(Actor):
    """An actor that users might write."""


@pytest.mark.parametrize("collect", [True, False])
@pytest.mark.parametrize("actor_class", [Actor, Stubborn])
def test_a_pickled_or_copied_model_goes_on_as_the_first_does(
    small: str, actor_class: type[Actor], collect: bool
) -> None:
    model = ceasefire.CeasefireModel(small, seed=2, world=3, actor_class=actor_class, collect=collect)
    for _ in range(4):
        model.step()
    twins = [pickle.loads(pickle.dumps(model)), copy.deepcopy(model)]
    for _ in range(30):
        model.step()
    for twin in twins:
        assert twin.day == 4 or not twin.running
        for _ in range(30):
            twin.step()
        assert twin.record.tobytes() == model.record.tobytes()
        assert np.shares_memory(twin.numbers, twin.record)
        if collect:
            tables = [each.datacollector.get_model_vars_dataframe() for each in (twin, model)]
            assert tables[0].equals(tables[1])
            assert len(tables[0]) > 5


def everything_public(small: str) -> list[Any]:
    loaded = ceasefire.load(small)
    plan = Plan(loaded, 4, 1, days=5)
    result, side = run_plan(plan), simulate_side(plan, None, no_progress)
    model = ceasefire.CeasefireModel(loaded)
    return [
        loaded, loaded.scenario, plan, result, side, compare_sides(side, side), ceasefire.survival(result.worlds),
        model, model.opening, model.actors[0], model.sectors[0], model.formations[0],
    ]  # fmt: skip


def test_results_and_models_are_pickled_and_shown_in_a_line(small: str) -> None:
    for one in everything_public(small):
        again = pickle.loads(pickle.dumps(one))
        assert type(again) is type(one)
        assert repr(again) == repr(one)
        assert len(repr(one)) <= 300, repr(one)[:400]
        assert "\n" not in repr(one)


def test_compare_gives_a_row_for_each_scenario_on_the_same_worlds() -> None:
    table = ceasefire.compare("idlib-2018", "idlib-2018+no-monitors", worlds=20, days=60)
    assert table["label"].tolist() == ["idlib-2018", "idlib-2018+no-monitors"]
    assert np.isnan(table["difference_days"][0])
    means = table["mean_days_held"]
    assert table["difference_days"][1] == pytest.approx(means[1] - means[0], abs=1e-2)
    assert table["difference_days_low"][1] <= table["difference_days"][1] <= table["difference_days_high"][1]
    with pytest.raises(ValueError, match="worlds: an interval"):
        ceasefire.compare("idlib-2018", "idlib-2018+no-monitors", worlds=1)
