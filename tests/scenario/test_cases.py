"""Shipped cases: short, coded with the codebook from what was known, and read by nothing that simulates."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from ceasefire.errors import ScenarioError
from ceasefire.reference_class.case_file import codebook
from ceasefire.scenario.find_scenarios import find_scenario, list_cases, war_of
from ceasefire.scenario.load import load, load_resolved
from ceasefire.scenario.schema import Cause
from ceasefire.scenario.variants import open_base
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import initial_state
from ceasefire.world_state import CAUSES

CASES = list_cases()
SHARED = ("wide-monitoring", "hotline-sure", "lines-marked", "exchange-and-aid", "ninety-days", "sanctions-ready")
END = "really: {end: 2021-03-01, how: war, source: a paper}\n"


def test_there_are_twenty_cases_of_ten_wars_won_and_lost_some_between_states() -> None:
    really = [load(name).scenario.really for name in CASES]
    assert len(CASES) >= 20
    assert len({war_of(name) for name in CASES}) >= 10
    assert sum(one is not None and one.holding for one in really) >= 4
    assert sum(name.startswith(("kyrgyz-tajik", "thailand-", "israel-", "afghanistan-")) for name in CASES) >= 5


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_short_every_coded_number_is_an_answer_and_its_end_is_known(name: str) -> None:
    text = find_scenario(name).read_text(encoding="utf-8")
    coded = re.findall(r"\{value: ([\d.]+), range: \[([\d.]+), ([\d.]+)\]", text)
    answers = {(a.value, *a.range) for question in codebook() for a in question.answers}
    assert 5 <= len(coded) <= 30
    assert {tuple(map(float, number)) for number in coded} - {(0.5, 0.3, 0.7)} <= answers
    assert "source: " in text.split("really:")[0]
    really = load(name).scenario.really
    assert really is not None
    least, most = really.held(load(name).scenario.start)
    assert 0 <= least <= most


@pytest.mark.parametrize("name", CASES)
def test_a_case_runs_and_has_five_levers(name: str) -> None:
    base = open_base(name)
    opening = initial_state(base.loaded.scenario.model_copy(update={"horizon_days": 60}))
    rows = engine.all_rows(engine.one_scenario(opening, 50, 1), 1)
    assert not np.any(rows["failed"])
    acting = [lever for lever in SHARED if _acts(name, lever)]
    assert len(acting) >= 5


def _acts(name: str, lever: str) -> bool:
    try:
        return load(name, lever).digest != load(name).digest
    except ScenarioError:
        return False


def _with_end(folder: Path, end: str, name: str = "mine", base: str = "generic") -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(f"name: {name}\ntitle: m\nbase: {base}\nstart: 2021-01-01\n{end}", encoding="utf-8")
    return file


def test_what_became_of_a_deal_touches_no_world_and_no_digest(tmp_path: Path) -> None:
    known = load(_with_end(tmp_path, END))
    ignorant = load(_with_end(tmp_path, ""))
    assert known.scenario.really is not None
    assert known.digest == ignorant.digest
    assert known.words_digest != ignorant.words_digest
    first, second = (initial_state(one.scenario) for one in (known, ignorant))
    assert np.asarray(first.record).tobytes() == np.asarray(second.record).tobytes()


def test_no_rule_and_no_simulation_reads_what_became_of_a_deal() -> None:
    package = Path(__file__).parents[2] / "model" / "ceasefire"
    files = [
        file for part in ("rules", "simulation", "parameters", "ensemble") for file in (package / part).rglob("*.py")
    ]
    assert len(files) > 20
    assert [file.name for file in files if ".really" in file.read_text(encoding="utf-8")] == []


def test_what_became_of_a_base_is_not_inherited_and_a_resolved_file_keeps_its_own(tmp_path: Path) -> None:
    first = _with_end(tmp_path, END)
    child = load(_with_end(tmp_path, "", "child", f"./{first.name}"))
    assert child.scenario.really is None
    resolved = tmp_path / "x.resolved.yaml"
    resolved.write_text(load(first).resolved_yaml(), encoding="utf-8")
    assert load_resolved(resolved).scenario.really == load(first).scenario.really


@pytest.mark.parametrize(
    ("end", "message"),
    [
        ("really: {how: war, source: a}\n", "give either end or holding_on"),
        ("really: {end: 2021-03-01, holding_on: 2021-04-01, how: war, source: a}\n", "give either end or holding_on"),
        ("really: {end: 2020-03-01, how: war, source: a}\n", "2020-03-01 is before the start, 2021-01-01"),
        ("really: {end: 2021-03-01, days: [9, 3], how: war, source: a}\n", "the least first"),
        ("really: {end: 2021-03-01, how: war}\n", "really.source: is missing"),
    ],
)
def test_an_end_that_cannot_be_is_named(tmp_path: Path, end: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=re.escape(message)):
        load(_with_end(tmp_path, end))


def test_an_end_says_its_days_and_a_deal_that_holds_those_that_are_known(tmp_path: Path) -> None:
    scenario = load(_with_end(tmp_path, END)).scenario
    holding = load(_with_end(tmp_path, END.replace("end:", "holding_on:"))).scenario
    assert scenario.really is not None
    assert holding.really is not None
    assert (scenario.really.held(scenario.start), scenario.really.holding) == ((59, 59), False)
    assert (holding.really.held(holding.start), holding.really.holding) == ((59, 59), True)


def test_causes_of_an_end_are_those_of_the_table_of_worlds() -> None:
    assert set(get_args(Cause)) == set(CAUSES) - {""}


def test_the_neutral_base_is_wide() -> None:
    opening = initial_state(load("generic").scenario)
    rows = engine.all_rows(engine.one_scenario(opening, 300, 1), 1)
    held = rows["days_held"]
    assert 0.05 < float(np.mean(held < 30)) < 0.5
    assert float(np.mean(held > 365)) > 0.1
