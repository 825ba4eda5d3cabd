"""Designs: which points are run, and that each point has the scenario that the design table gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ceasefire.errors import ScenarioError
from ceasefire.experiments.load import load_experiment
from ceasefire.experiments.prepare import PreparedExperiment, prepare
from ceasefire.scenario.load import load
from ceasefire.simulation.compiled.day_loop import RESULT
from ceasefire.simulation.engine import one_scenario, simulate
from ceasefire.simulation.initial_state import initial_state

SMALL = Path(__file__).parents[1] / "valid" / "two-sides.yaml"
HEAD = f"name: asked\ntitle: T\nquestion: Q?\nscenario: {SMALL}\ndays: 60\nworlds: 10\noutcomes: [days_held]\n"
Make = Callable[..., PreparedExperiment]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A prepared experiment with this body; the changes, by name and content, are files beside the scenario."""

    def prepared(body: str, head: str = HEAD, independent: bool = False, **changes: str) -> PreparedExperiment:
        if changes:
            (tmp_path / "changes").mkdir(exist_ok=True)
            (tmp_path / "two-sides.yaml").write_text(SMALL.read_text())
            head = head.replace(str(SMALL), "./two-sides.yaml")
        for name, text in changes.items():
            answer = f"name: {name}\ntitle: T\nsentence: S.\nkind: lever\n{text}\n"
            (tmp_path / "changes" / f"{name}.yaml").write_text(answer)
        file = tmp_path / "asked.yaml"
        file.write_text(head + body)
        return prepare(load_experiment(file), independent=independent)

    return prepared


def rows_of(prepared: PreparedExperiment, point: int, worlds: int = 5) -> np.ndarray:
    """A few worlds of a point, as the engine's rows."""
    first = int(prepared.records.first_world[point])
    batch = prepared.records.batch(np.array([point]), np.zeros(worlds, np.int64), first + np.arange(worlds))
    return simulate(batch, 0, worlds)


def rows_when(*changes: str, **settings: object) -> np.ndarray:
    """The same worlds of the scenario loaded under changes and settings."""
    loaded = load(SMALL, changes, {name.replace("__", "."): value for name, value in settings.items()})
    scenario = loaded.scenario.model_copy(update={"horizon_days": 60})
    return simulate(one_scenario(initial_state(scenario), 5, 1), 0, 5)


def same(here: np.ndarray, there: np.ndarray) -> bool:
    return all((here[name] == there[name]).all() for name in RESULT.names or () if name != "point")


PATHS = "levers:\n  paths:\n    agreement.monitoring: {range: [0, 1], points: 3}\n    agreement.hotline: [0.2, 0.9]\n"


def test_a_grid_has_every_combination_and_the_scenario_as_it_is(make: Make) -> None:
    prepared = make(PATHS + "design: {kind: grid}\n")
    points = prepared.design.iloc[1:]
    pairs = set(zip(points["agreement.monitoring"], points["agreement.hotline"], strict=True))
    assert pairs == {(m, h) for m in (0, 0.5, 1) for h in (0.2, 0.9)}
    assert prepared.design["label"][0] == "as it is"
    assert prepared.design.iloc[0][["agreement.monitoring", "agreement.hotline"]].isna().all()
    assert (prepared.design["baseline"] == 0).all()


def test_one_at_a_time_moves_one_thing_and_leaves_the_rest(make: Make) -> None:
    prepared = make(PATHS + "design: {kind: one_at_a_time}\n")
    moved = prepared.design[["agreement.monitoring", "agreement.hotline"]].notna().sum(axis=1)
    assert moved.to_list() == [0, 1, 1, 1, 1, 1]


def test_a_latin_hypercube_takes_each_stratum_of_each_factor_once(make: Make) -> None:
    body = "uncertainties:\n  paths: {agreement.monitoring: {range: [0, 1]}, agreement.hotline: {range: [0.5, 1]}}\n"
    prepared = make(body + "design: {kind: latin_hypercube, samples: 40}\n")
    for name, low, width in (("agreement.monitoring", 0.0, 1.0), ("agreement.hotline", 0.5, 0.5)):
        strata = np.floor((prepared.design[name].to_numpy()[1:] - low) / width * 40)
        assert sorted(strata) == list(range(40))


def test_sobol_and_morris_have_their_number_of_points_and_steps_of_one_factor(make: Make) -> None:
    body = "uncertainties:\n  paths:\n    actors.*.motives.*: doubt\n"
    prepared = make(body + "design: {kind: sobol, samples: 8}\n")
    factors = len(prepared.experiment.factors)
    assert factors > 5
    assert len(prepared.points) == 1 + 8 * (factors + 2)
    prepared = make(body + "design: {kind: morris, samples: 6}\n")
    assert len(prepared.points) == 1 + 6 * (factors + 1)
    ways = prepared.points.codes[1:].reshape(6, factors + 1, factors)
    assert ((np.diff(ways, axis=1) != 0).sum(axis=2) == 1).all()


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol", "morris"])
def test_the_same_seed_gives_the_same_points_and_another_seed_others(make: Make, kind: str) -> None:
    body = f"uncertainties:\n  paths:\n    actors.*.motives.*: doubt\ndesign: {{kind: {kind}, samples: 8}}\n"
    first, again, other = make(body), make(body), make("seed: 2\n" + body)
    assert first.identity == again.identity
    assert first.design.equals(again.design)
    assert not np.array_equal(first.points.codes, other.points.codes)


def test_every_lever_is_tried_at_every_draw_and_compared_at_the_same_draw(make: Make) -> None:
    body = (
        "levers:\n  paths:\n    agreement.monitoring: [0, 1]\nuncertainties:\n  paths:\n    actors.*.motives.*: doubt\n"
        "draws: 6\ndesign: {kind: one_at_a_time}\n"
    )
    prepared = make(body)
    assert len(prepared.design) == 6 * 3
    doubts = [factor.name for factor in prepared.experiment.of(lever=False)]
    for draw in range(6):
        group = prepared.design[prepared.design["draw"] == draw]
        assert (group[doubts].nunique() == 1).all()
        assert group["label"].to_list() == ["as it is", "agreement.monitoring = 0", "agreement.monitoring = 1"]
        assert (group["baseline"] == group["point"].iloc[0]).all()
        assert (prepared.records.first_world[group["point"]] == draw * 10).all()
    assert prepared.design.groupby("draw")[doubts].first().nunique().min() > 1


def test_points_share_their_worlds_and_independent_points_share_none(make: Make) -> None:
    body = PATHS + "design: {kind: grid}\n"
    assert (make(body).records.first_world == 0).all()
    assert make(body, independent=True).records.first_world.tolist() == [k * 10 for k in range(7)]


def test_a_number_put_into_the_record_gives_the_worlds_of_a_scenario_that_says_it(make: Make) -> None:
    prepared = make(PATHS + "design: {kind: grid}\n")
    wanted = prepared.design[
        (prepared.design["agreement.monitoring"] == 0.5) & (prepared.design["agreement.hotline"] == 0.9)
    ]
    here = rows_of(prepared, int(wanted["point"].iloc[0]))
    assert same(here, rows_when(agreement__monitoring=0.5, agreement__hotline=0.9))
    assert not same(here, rows_when())


def test_a_factor_takes_the_place_of_a_distribution(make: Make) -> None:
    prepared = make("levers:\n  paths:\n    actors.south_army.capability: [0.4, 0.1]\ndesign: {kind: grid}\n")
    assert same(rows_of(prepared, 0), rows_when())
    assert same(rows_of(prepared, 2), rows_when(actors__south_army__capability=0.1))
    assert not same(rows_of(prepared, 2), rows_of(prepared, 0))


def test_a_star_sets_all_alike_as_it_does_in_a_change(make: Make) -> None:
    prepared = make("levers:\n  paths:\n    actors.*.weariness: [0.9]\ndesign: {kind: grid}\n")
    assert same(rows_of(prepared, 1), rows_when(**{"actors.*.weariness": 0.9}))


def test_words_are_values_too(make: Make) -> None:
    prepared = make("levers:\n  paths:\n    agreement.class: [cessation, definitive]\ndesign: {kind: grid}\n")
    assert prepared.design["agreement.class"].to_list()[1:] == ["cessation", "definitive"]
    assert same(rows_of(prepared, 2), rows_when(agreement__class="definitive"))


def test_a_change_is_on_or_off_and_the_point_is_the_scenario_under_it(make: Make, tmp_path: Path) -> None:
    body = "levers:\n  changes: [blind, loud]\ndesign: {kind: grid}\n"
    prepared = make(body, blind="set: {agreement.monitoring: 0}", loud="multiply: {actors.militia.capability: 3}")
    assert prepared.design[["blind", "loud"]].to_numpy().tolist() == [
        [False, False],
        [False, True],
        [True, False],
        [True, True],
    ]
    assert prepared.points.before == 0
    both = load(tmp_path / "two-sides.yaml", ["blind", "loud"])
    scenario = both.scenario.model_copy(update={"horizon_days": 60})
    assert same(rows_of(prepared, 3), simulate(one_scenario(initial_state(scenario), 5, 1), 0, 5))


def test_doubt_about_a_number_goes_along_with_a_lever_that_moves_it(make: Make) -> None:
    body = (
        "levers:\n  changes: [calm]\nuncertainties:\n  paths:\n    actors.militia.motives.war_profit: doubt\n"
        "draws: 5\ndesign: {kind: one_at_a_time}\n"
    )
    prepared = make(body, calm="multiply: {actors.militia.motives.war_profit: 0.25}")
    numbers = prepared.design["actors.militia.motives.war_profit"].to_numpy().reshape(5, 2)
    assert numbers[:, 1] == pytest.approx(numbers[:, 0] / 4)
    assert np.ptp(numbers[:, 0]) > 0


def test_doubt_about_a_number_that_a_lever_takes_away_is_no_number(make: Make) -> None:
    body = (
        "levers:\n  changes: [gone]\nuncertainties:\n  paths:\n    actors.militia.motives.war_profit: doubt\n"
        "draws: 3\ndesign: {kind: one_at_a_time}\n"
    )
    prepared = make(
        body, gone="set: {actors.militia.motives.survive: 0.5}\nremove: [actors.militia.motives.war_profit]"
    )
    numbers = prepared.design["actors.militia.motives.war_profit"].to_numpy().reshape(3, 2)
    assert np.isnan(numbers[:, 1]).all()
    assert not np.isnan(numbers[:, 0]).any()
    assert rows_of(prepared, 1)["failed"].sum() == 0


def test_a_table_gives_its_rows_and_an_empty_cell_leaves_things_as_they_are(make: Make, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("agreement.class,agreement.monitoring\ndefinitive,0.25\n,1\n")
    body = "levers: {paths: {agreement.monitoring: table, agreement.class: table}}\n"
    body += "design: {kind: table, file: points.csv}\n"
    prepared = make(body)
    assert prepared.design["agreement.monitoring"].to_list()[1:] == [0.25, 1]
    assert prepared.design["agreement.class"][1] == "definitive"
    assert prepared.design["agreement.class"].isna().to_list() == [True, False, True]
    assert same(rows_of(prepared, 2), rows_when(agreement__monitoring=1))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("agreement.monitoring\n0.5\n1.5\n", "points.csv:3: agreement.monitoring: 1.5 lies outside 0 to 1"),
        ("agreement.monitorin\n0.5\n", "points.csv:1: 'agreement.monitorin' is not a factor of the experiment"),
        ("agreement.monitoring\n0.5,3\n", "points.csv:2: has 2 cells, and the header 1"),
        ("agreement.monitoring\n", "points.csv:1: has no rows below its header"),
    ],
)
def test_a_faulty_table_is_refused_with_its_line(make: Make, tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "points.csv").write_text(text)
    body = "levers:\n  paths: {agreement.monitoring: table}\ndesign: {kind: table, file: points.csv}\n"
    with pytest.raises(ScenarioError) as caught:
        make(body)
    assert any(fault in str(result) for result in caught.value.faults), caught.value.faults


def test_a_table_as_other_programs_write_it_has_empty_cells(make: Make, tmp_path: Path) -> None:
    text = '"agreement.class","agreement.monitoring"\nNA,0.25\ndefinitive,nan\n ,N/A\n'
    (tmp_path / "points.csv").write_text(text)
    body = "levers: {paths: {agreement.monitoring: table, agreement.class: table}}\n"
    prepared = make(body + "design: {kind: table, file: points.csv}\n")
    assert prepared.design["agreement.monitoring"].isna().to_list() == [False, True, True]
    assert prepared.design["agreement.class"].isna().to_list() == [True, False, True]


def test_faults_of_a_table_are_told_all_at_once_each_with_its_line(make: Make, tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("agreement.class,agreement.monitoring\npreliminar,high\n,NA\ndefinitive,7\n")
    body = "levers: {paths: {agreement.monitoring: table, agreement.class: table}}\n"
    with pytest.raises(ScenarioError) as caught:
        make(body + "design: {kind: table, file: points.csv}\n")
    told = [str(fault) for fault in caught.value.faults]
    assert len(told) == 3
    assert any("points.csv:2: agreement.class" in each for each in told)
    assert any("points.csv:2: agreement.monitoring" in each and "not a number" in each for each in told)
    assert any("points.csv:4: agreement.monitoring: 7 lies outside" in each for each in told)


def test_a_swap_begins_as_the_one_scenario_and_ends_as_the_other(make: Make, tmp_path: Path) -> None:
    other = f"name: other\ntitle: Other\nbase: {SMALL}\nagreement: {{monitoring: 0.9, hotline: 0.1}}\n"
    other += "war: {toll_14d: 90}\n"
    (tmp_path / "other.yaml").write_text(other)
    body = "design: {kind: swap, to: ./other.yaml, parts: {watch: [agreement.monitoring]}}\n"
    prepared = make(body)
    assert [factor.name for factor in prepared.experiment.factors] == ["watch", "everything-else"]
    assert prepared.experiment.factors[1].paths == ("agreement.hotline", "war.toll_14d")
    assert same(rows_of(prepared, 0), rows_when())
    assert same(rows_of(prepared, 3), rows_when(agreement__monitoring=0.9, agreement__hotline=0.1, war__toll_14d=90))
    assert same(rows_of(prepared, 2), rows_when(agreement__monitoring=0.9))


def test_a_part_in_which_the_scenarios_do_not_differ_is_a_fault(make: Make, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(f"name: other\ntitle: Other\nbase: {SMALL}\nagreement: {{monitoring: 0.9}}\n")
    with pytest.raises(ScenarioError, match=r"do not differ in 'trust'"):
        make("design: {kind: swap, to: ./other.yaml, parts: {watch: [agreement], faith: [trust]}}\n")
