"""Experiment files: every fault is named with its line, and every shipped experiment loads, is costed and runs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from conftest import Command

from ceasefire.cli.scenarios import check_file
from ceasefire.experiments.load import load_experiment
from ceasefire.experiments.prepare import prepare
from ceasefire.scenario.find_scenarios import list_experiments, shipped

SMALL = Path(__file__).parents[1] / "valid" / "two-sides.yaml"
SHIPPED = sorted(file.stem for file in shipped("experiments").glob("*.yaml"))

WRONG = f"""name: wrong
title: Wrong in many ways
question: How many faults does it find?
scenario: {SMALL}
levers:
  changes: [no-such-change]
  paths:
    agreement.monitorin: [0.1]
    agreement.hotline: {{range: [0.5, 1.7]}}
    agreement.class: [cessation, provisional]
    mechanisms.inertia: {{normal: [0.1, -1]}}
    agreement.clarity: table
    agreement.order: 0.5
design: {{kind: gird}}
worlds: 0
outcomes: [days_hold]
until: {{outcome: days_held, half_width: 0, most: 100}}
budget: 3
"""
FAULTS = (
    "wrong.yaml:11: levers.paths.mechanisms.inertia: normal: the standard deviation is not above 0",
    "wrong.yaml:13: levers.paths.agreement.order: gives no values; write [a, b], {range: [low, high]} or doubt",
    "wrong.yaml:14: design.kind: 'gird' is not one of",
    "wrong.yaml:15: worlds: 0 is not a whole number of worlds from 1 to 1000000",
    "wrong.yaml:16: outcomes.0: no such outcome 'days_hold'; did you mean 'days_held'?",
    "wrong.yaml:17: until.half_width: input should be greater than 0",
    "wrong.yaml:18: budget: no such field",
)
FAULTS_OF_PATHS = (
    "wrong.yaml:6: levers.changes.0: no such change 'no-such-change'",
    "wrong.yaml:8: levers.paths.agreement.monitorin: no scenario has such a path",
    "wrong.yaml:9: levers.paths.agreement.hotline: 1.7 lies outside 0 to 1",
    "wrong.yaml:10: levers.paths.agreement.class: 'provisional' is not one of cessation, preliminary, definitive",
    "wrong.yaml:12: levers.paths.agreement.clarity: has the value 'table', but the design is not a table;"
    " give its values",
)


def faults(file: Path, text: str) -> list[str]:
    file.write_text(text)
    return [str(fault) for fault in check_file(file)]


def test_every_fault_is_told_at_once_with_its_line_and_what_would_be_right(tmp_path: Path) -> None:
    result = faults(tmp_path / "wrong.yaml", WRONG)
    assert [wanted for wanted in FAULTS if not any(wanted in fault for fault in result)] == []
    assert len(result) == len(FAULTS)


def test_faults_of_sound_parts_are_told_beside_those_of_the_others(tmp_path: Path) -> None:
    text = WRONG.replace("    mechanisms.inertia: {normal: [0.1, -1]}\n", "    mechanisms.inertia: [0.1]\n")
    text = text.replace("agreement.order: 0.5", "agreement.order: [0.5]")
    result = faults(tmp_path / "wrong.yaml", text)
    wanted = (*FAULTS_OF_PATHS, *FAULTS[2:])
    assert [one for one in wanted if not any(one in fault for fault in result)] == []
    assert len(result) == len(wanted)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("design: {kind: grid}", "nothing is varied; name levers or uncertainties"),
        ("levers: {paths: {agreement.monitoring: [1]}}\ndesign: {kind: sobol, samples: 100}", "try 64 or 128"),
        ("levers: {paths: {agreement.monitoring: [1]}}\ndesign: {kind: morris}", "the design morris needs samples"),
        ("levers: {paths: {agreement.monitoring: [1]}}\ndesign: {kind: grid, samples: 9}", "does not use samples"),
        (
            "levers: {paths: {agreement.monitoring: [1]}}\ndesign: {kind: grid}\ndraws: 9",
            "draws need both levers and uncert",
        ),
        (
            "levers: {paths: {agreement.monitoring: [1]}}\nuncertainties: {paths: {agreement.hotline: doubt}}\n"
            "design: {kind: grid}",
            "draws is missing",
        ),
        (
            "levers: {paths: {agreement.monitoring: [1], agreement.monitoring.*: doubt}}\ndesign: {kind: grid}",
            "this scenario has no such path",
        ),
        (
            "levers: {paths: {actors.*.motives.*: doubt, actors.militia.motives.war_profit: doubt}}\n"
            "design: {kind: one_at_a_time}",
            "'actors.militia.motives.war_profit' is varied twice",
        ),
        (
            "levers: {paths: {agreement.monitoring: [1]}}\ndesign: {kind: table, file: none.csv}",
            "none.csv: there is no such file",
        ),
        (
            "levers: {paths: {agreement.monitoring: {range: [1, 0]}}}\ndesign: {kind: grid}",
            "range is not in rising order",
        ),
        ("levers: {paths: {agreement.monitoring: [1]}}\ndesign: {kind: grid}\ndays: 90", "are followed for 90 days"),
        ("levers: {changes: [no-corridor]}\ndesign: {kind: grid}", "'no-corridor' does not fit two-sides"),
        ("levers: {paths: {start: [2020-02-30]}}\ndesign: {kind: grid}", "is not a date"),
    ],
)
def test_what_does_not_fit_together_is_a_fault(tmp_path: Path, body: str, fault: str) -> None:
    head = f"name: asked\ntitle: T\nquestion: Q?\nscenario: {SMALL}\nworlds: 10\noutcomes: [days_held, holds_past_90]\n"
    result = faults(tmp_path / "asked.yaml", head + body + "\n")
    assert any(fault in one for one in result), result


@pytest.mark.parametrize(
    ("kind", "outcome", "sides", "fault"),
    [
        ("grid", "talks", "", "answer: 'talks' is not among the outcomes, which are days_held, holds_past_90"),
        ("grid", "days_held", "[as it is]", "9: answer: contrast has 1 sides; write two, [from, to], or four"),
        ("grid", "days_held", "[as it is, as it is]", "9: answer: contrast compares a side with itself"),
        (
            "grid", "days_held", "[{agreement.hotlin: 1}, as it is]",
            "9: answer.contrast.0.agreement.hotlin: 'agreement.hotlin' is not varied here; did you mean 'agreement.hot",
        ),
        (
            "grid", "days_held", "[{agreement.hotline: 0.2}, {agreement.hotline: 0.7}]",
            "9: answer.contrast.1.agreement.hotline: 0.7 is not one of its settings: 0.2, 0.8",
        ),
        (
            "grid", "days_held", "[as it is, {agreement.hotline: 0.2}]",
            "9: answer.contrast.0: the design has no points at these two sides that differ in nothing else",
        ),
        (
            "morris, samples: 4", "days_held", "[{agreement.hotline: 0.2}, {agreement.hotline: 0.8}]",
            "9: answer.contrast: morris has no points at chosen settings; leave contrast out",
        ),
    ],
)  # fmt: skip
def test_an_answer_names_what_the_experiment_holds(
    tmp_path: Path, kind: str, outcome: str, sides: str, fault: str
) -> None:
    head = f"name: asked\ntitle: T\nquestion: Q?\nscenario: {SMALL}\nworlds: 10\noutcomes: [days_held, holds_past_90]\n"
    body = "levers: {paths: {agreement.monitoring: [0.1, 0.9], agreement.hotline: [0.2, 0.8]}}\n"
    body += f"design: {{kind: {kind}}}"
    contrast = f", contrast: {sides}" if sides else ""
    result = faults(tmp_path / "asked.yaml", f"{head}{body}\nanswer: {{outcome: {outcome}{contrast}}}\n")
    assert len(result) == 1
    assert fault in result[0]


def test_a_lever_that_a_path_would_undo_is_a_fault(tmp_path: Path) -> None:
    body = "levers:\n  changes: [no-monitors]\n  paths: {agreement.monitoring: [0.5]}\ndesign: {kind: grid}\n"
    head = f"name: asked\ntitle: T\nquestion: Q?\nscenario: {SMALL}\nworlds: 10\noutcomes: [days_held]\n"
    result = faults(tmp_path / "asked.yaml", head + body)
    assert len(result) == 1
    assert "asked.yaml:9: levers.paths.agreement.monitoring: the change 'no-monitors' sets this too" in result[0]


def test_faults_of_the_scenario_are_told_by_its_own_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_text(f"name: odd\ntitle: Odd\nbase: {SMALL}\nagreement: {{monitoring: 7}}\n")
    text = "name: asked\ntitle: T\nquestion: Q?\nscenario: ./odd.yaml\nworlds: 10\noutcomes: [talks]\n"
    text += "design: {kind: grid}\n"
    result = faults(tmp_path / "asked.yaml", text + "levers: {paths: {agreement.hotline: [1]}}\n")
    assert len(result) == 1
    assert "odd.yaml:4: agreement.monitoring: 7 lies outside 0 to 1" in result[0]


def test_check_speaks_of_experiments_as_of_any_other_file(command: Command, tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(WRONG)
    answer = command("check", "leash-and-ties", "idlib-2020", "wrong.yaml")
    assert answer.code == 2
    assert "leash-and-ties.yaml: ok" in answer.out
    assert f"\n{FAULTS[3]}\n" in answer.out


def test_there_are_experiments_for_the_questions_of_this_case() -> None:
    assert len(SHIPPED) >= 8
    assert set(SHIPPED) <= set(list_experiments())
    kinds = {load_experiment(name).spec.design.kind for name in SHIPPED}
    assert kinds >= {"grid", "one_at_a_time", "morris", "sobol", "swap"}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_experiment_asks_and_names_a_figure_in_the_catalogue(name: str) -> None:
    yaml_file = load_experiment(name)
    assert yaml_file.spec.question.endswith("?")
    assert yaml_file.spec.answer is not None, "which outcome answers it"
    catalogue = (shipped("experiments") / "README.md").read_text()
    assert f"`{name}`" in catalogue


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_experiment_is_costed_without_starting_anything(command: Command, name: str) -> None:
    answer = command("experiment", name, "--dry-run")
    assert answer.code == 0
    for what in ("points", "worlds", "time here", "disk"):
        assert f"\n{what} " in answer.out
    assert not Path("results").exists()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_experiment_runs_quickly_and_ends_in_a_rough_answer_and_figures(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("ceasefire.experiments.prepare.QUICK_WORLDS", 900)
    monkeypatch.setattr("ceasefire.experiments.prepare.QUICK_LEAST", 3)
    answer = command("experiment", name, "--quick")
    assert answer.code == 0, answer.err
    assert "ROUGH" in answer.out
    folder = Path(answer.last)
    assert folder.name == f"{name}-quick"
    spec = load_experiment(name).spec
    outcomes, cases = spec.outcomes, ["cases"] if spec.cases else []
    assert {file.name for file in (folder / "figures").iterdir()} == {
        f"{figure}.{kind}" for figure in (*outcomes, *cases) for kind in ("png", "svg")
    }
    points = pd.read_csv(folder / "tables" / "points.csv")
    assert points["worlds"].min() >= 1
    assert points[outcomes].notna().all().all()


@pytest.mark.parametrize("name", SHIPPED)
def test_a_quick_run_of_a_shipped_experiment_has_few_enough_worlds(name: str) -> None:
    prepared = prepare(load_experiment(name), quick=True)
    assert len(prepared.points) * prepared.worlds <= 6_000
