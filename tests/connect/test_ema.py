"""A scenario as a model of EMA Workbench, against the program itself: `make connect-test` installs it apart."""

from __future__ import annotations

import pickle
import re
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL

from ceasefire.connect import ema_model
from ceasefire.ensemble.run_points import run_points
from ceasefire.scenario.load import load

PAGE = Path(__file__).resolve().parents[2] / "docs" / "recipes.md"
PATHS = ["agreement.*", "mechanisms.grip", "trust.*"]


class Named:
    """Stands for a parameter or an outcome of EMA Workbench."""

    def __init__(self, name: str, *bounds: float, **more: Any) -> None:
        self.name, self.bounds, self.__dict__ = name, bounds, {"name": name, "bounds": bounds, **more}


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names that `ema_model` takes from EMA Workbench, where it is not installed."""
    module = types.ModuleType("ema_workbench")
    for name in ("BooleanParameter", "Model", "RealParameter", "ScalarOutcome"):
        setattr(module, name, Named)
    monkeypatch.setitem(sys.modules, "ema_workbench", module)


@pytest.mark.usefixtures("stand_in")
def test_assumed_numbers_are_uncertainties_and_changes_are_levers() -> None:
    model = ema_model(SMALL, PATHS, worlds=4, days=40)
    ranges = load(SMALL).uncertainties()
    assert {each.name: each.bounds for each in model.uncertainties}.items() <= ranges.items()
    assert len(model.uncertainties) > 3
    assert {each.name for each in model.levers} == set(load(SMALL).levers())
    assert ema_model(SMALL, PATHS, levers=[]).levers == []
    with pytest.raises(ValueError, match=r"^levers: 'no-monitor' is none of .*no-monitors"):
        ema_model(SMALL, PATHS, levers="no-monitor")
    with pytest.raises(ValueError, match=r"^outcomes: 'days' is none of days_held, "):
        ema_model(SMALL, PATHS, outcomes=["days"])


@pytest.mark.usefixtures("stand_in")
@pytest.mark.parametrize("lever", ["lines-marked", "no-monitors", "small-steps"])
def test_an_uncertainty_does_not_undo_a_lever(lever: str) -> None:
    plain, changed = load("idlib-2018"), load("idlib-2018", lever)
    before, after = plain.uncertainties(), changed.uncertainties()
    moved = [path for path, span in before.items() if after.get(path) != span]
    assert moved
    model = ema_model("idlib-2018", moved, lever, worlds=20, days=120)
    simulate = pickle.loads(pickle.dumps(model.function))
    for place in (0.0, 0.3):
        point = {path: low + place * (high - low) for path, (low, high) in before.items() if path in moved}
        off, on = (simulate(**{**point, lever: switch}) for switch in (False, True))
        there = {path: [low + place * (high - low)] for path, (low, high) in after.items() if path in moved} or {
            moved[0]: [np.nan]
        }
        for answer, scenario, row in ((off, plain, {path: [v] for path, v in point.items()}), (on, changed, there)):
            alone = run_points(scenario, row, worlds=20, days=120)
            assert answer["violations"] == pytest.approx(alone["violations"][0])
        assert on["violations"] != off["violations"]


@pytest.mark.usefixtures("stand_in")
def test_a_lever_may_take_a_number_away() -> None:
    path = "agreement.deadlines.corridor.ease"
    simulate = ema_model("idlib-2020", path, "no-corridor", worlds=5, days=30).function
    without = run_points(load("idlib-2020", "no-corridor"), {"agreement.clarity": [np.nan]}, worlds=5, days=30)
    assert simulate(**{path: 0.005, "no-corridor": True})["violations"] == without["violations"][0]


def test_without_ema_workbench_the_message_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install ema_workbench"):
        ema_model(SMALL)


@pytest.mark.filterwarnings("ignore")
def test_ema_workbench_samples_simulates_and_finds_a_box() -> None:
    pytest.importorskip("ema_workbench", reason="EMA Workbench is not installed: make connect-test")
    (code,) = [
        c for c in re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S) if "ema_" in c
    ]
    known: dict[str, Any] = {"pd": pd, "np": np}
    exec(compile(code, str(PAGE), "exec"), known)
    experiments, outcomes = known["experiments"], known["outcomes"]
    paths = [each.name for each in known["model"].uncertainties]
    ranges = load("idlib-2018").uncertainties()
    assert all(experiments[path].between(*ranges[path]).all() for path in paths)
    assert set(experiments["no-monitors"]) == {True, False}
    place = int(np.flatnonzero(~experiments["no-monitors"].astype(bool))[3])
    alone = run_points("idlib-2018", experiments[paths].iloc[[place]], worlds=5, days=180)
    assert outcomes["days_held"][place] == alone["days_held"].iloc[0]
    assert known["box"].mass > 0
    assert {*paths, "no-monitors"} <= set(known["scores"].index)
