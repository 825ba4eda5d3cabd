"""The results folder: the same run gives the same bytes, another run another folder, and no file is incomplete."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import BRIEF_TERMS, Command

import ceasefire
from ceasefire.ensemble import run as run_module
from ceasefire.ensemble.manifest import program_version
from ceasefire.ensemble.output_folder import FolderError, check_writable, folder_for_run, open_results, write_aside
from ceasefire.ensemble.parameter_draws import assumed_ranges, assumed_values
from ceasefire.ensemble.run import run_plan
from ceasefire.ensemble.run_plan import Plan
from ceasefire.ensemble.worlds_table import read_table, table_hash, write_table
from ceasefire.report.run_figures import sample
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario
from ceasefire.simulation.initial_state import WorldArray

JUDGED_WITHIN = 14
"""Days after which it is known that a deal had ended: an end dates back to its first day."""

QUICK = ("--days", "60", "--worlds", "12")
FIGURES = ["causes.png", "causes.svg", "survival.png", "survival.svg", "worlds.png", "worlds.svg"]


def everything(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, by its path within."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def test_a_run_fills_a_folder_that_says_what_made_it(command: Command, small: str) -> None:
    folder = Path(command("run", small, "--seed", "3", *QUICK).last)
    assert sorted(everything(folder)) == sorted(
        [
            "datapackage.json",
            "manifest.json",
            "report.html",
            "scenario.resolved.yaml",
            "weekly.parquet",
            "worlds/part-0000.parquet",
            "doubt/part-0000.parquet",
        ]
        + [f"figures/{name}" for name in FIGURES]
    )
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["scenario"], manifest["worlds"], manifest["seed"], manifest["days"]) == ("two-sides", 12, 3, 60)
    assert manifest["digest"] == load(small).digest
    assert manifest["command"] == f"ceasefire run {small} --seed 3 --days 60 --worlds 12"
    assert manifest["program"]["ceasefire"] == ceasefire.__version__
    assert manifest["doubt"]["draws"] * manifest["doubt"]["worlds_per_draw"] == len(pd.read_parquet(folder / "doubt"))


def test_the_version_in_a_manifest_is_that_of_the_package() -> None:
    assert program_version() == ceasefire.__version__


def test_a_world_that_fails_in_mesa_is_a_failed_row_and_keeps_its_reason(
    command: Command, small: str, monkeypatch: pytest.MonkeyPatch, without_figures: None
) -> None:
    sound = ceasefire.run(load(small), worlds=12, days=60)
    simulate = run_module._simulate_mesa_world

    def failing(scenario: Scenario, seed: int, world: int, row: WorldArray) -> None:
        if world == 7:
            raise FloatingPointError("a number was lost")
        simulate(scenario, seed, world, row)

    monkeypatch.setattr(run_module, "_simulate_mesa_world", failing)
    answer = command("run", small, "--engine", "mesa", "--workers", "1", *QUICK)
    assert answer.code == 1
    assert "why: FloatingPointError: a number was lost" in answer.err
    results = open_results(Path(answer.last))
    assert (results.manifest["failed"], results.manifest["worlds_failed"]) == ([7], 1)
    assert results.manifest["reasons"] == ["FloatingPointError: a number was lost"]
    assert results.outcome.reasons == ("FloatingPointError: a number was lost",)
    worlds = results.outcome.worlds
    others = worlds["world"] != 7
    pd.testing.assert_frame_equal(worlds[others], sound[others])
    (row,) = worlds[~others].to_dict("records")
    assert (row["failed"], row["days_held"], row["cause_actor"], row["deciding_motive"]) == (True, 0, "", "")
    assert worlds.loc[~others, "formal_end_day"].isna().all()


def test_the_same_run_gives_the_same_bytes(command: Command, small: str) -> None:
    one = everything(Path(command("run", small, "--out", "one", "--workers", "1", *QUICK).last))
    two = everything(Path(command("run", small, "--out", "two", "--workers", "3", *QUICK).last))
    same = [name for name in one if not name.endswith(("manifest.json", "report.html", ".png"))]
    assert len(same) == 8
    assert {name: one[name] for name in same} == {name: two[name] for name in same}
    manifests = [json.loads(run["manifest.json"]) for run in (one, two)]
    for manifest in manifests:
        for changing in ("command", "started", "wall_seconds"):
            del manifest[changing]
    assert manifests[0] == manifests[1]


def test_mesa_and_the_engine_fill_the_same_table(small: str) -> None:
    loaded = load(small)
    compiled = ceasefire.run(loaded, worlds=14, days=80)
    pd.testing.assert_frame_equal(ceasefire.run(loaded, worlds=14, days=80, engine="mesa"), compiled)
    pd.testing.assert_frame_equal(ceasefire.run(loaded, worlds=14, days=80, engine="mesa", workers=2), compiled)
    assert 0 < compiled["days_held"].nunique() <= 14
    assert compiled["violations_localised"].sum() > 0


def test_more_worlds_leave_the_first_ones_and_the_doubt_as_they_were(small: str) -> None:
    few, many = (run_plan(Plan(load(small), worlds, days=40)) for worlds in (10, 25))
    pd.testing.assert_frame_equal(many.worlds.head(10), few.worlds)
    assert few.doubt is not None
    assert many.doubt is not None
    pd.testing.assert_frame_equal(few.doubt, many.doubt)
    assert not few.doubt["world"].duplicated().any()


def test_doubt_draws_every_assumed_number_over_all_of_its_range(small: str) -> None:
    ranges = assumed_ranges(load(small).scenario)
    assert len(ranges) > 20
    for seed in (1, 2, 3):
        for path, drawn in assumed_values(ranges, 400, seed).items():
            low, high = ranges[path]
            places = (drawn - low) / (high - low)
            # 400 even draws: one in 10^13 leaves a tenth of the range at either end empty
            assert 0 <= places.min() < 0.1 < 0.9 < places.max() <= 1


def test_fewer_days_cut_a_world_short_and_change_nothing_before(small: str) -> None:
    loaded = load(small, set=BRIEF_TERMS)
    long, short = (ceasefire.run(loaded, worlds=60, days=days) for days in (300, 50))
    late, early = long["days_held"] > 50, long["days_held"] < 50 - JUDGED_WITHIN
    assert late.sum() > 10
    assert early.sum() > 0
    assert (short.loc[late, "days_held"] == 50).all()
    assert not short.loc[late, "ended"].any()
    pd.testing.assert_frame_equal(short[early], long[early])


def test_a_run_that_is_there_already_keeps_its_worlds_and_gets_its_figures_anew(command: Command, small: str) -> None:
    folder = Path(command("run", small, *QUICK).last)
    before = everything(folder)
    (folder / "figures" / "survival.svg").write_text("scribbled over", encoding="utf-8")
    (folder / "figures" / "causes.png").unlink()
    (folder / "figures" / "world-3.png").write_text("drawn by `world --chart`", encoding="utf-8")
    again = command("run", small, "--days", "60", "--worlds", "12", "--seed", "1")
    assert again.code == 0
    assert "already" in again.err
    assert Path(again.last) == folder
    after = everything(folder)
    assert after.pop("figures/world-3.png") == b"drawn by `world --chart`"
    assert after == before
    assert os.listdir("results") == ["two-sides"]


def test_saying_the_scenarios_own_horizon_makes_no_other_run(small: str) -> None:
    loaded = load(small)
    assert Plan(loaded, days=loaded.scenario.horizon_days).fingerprint == Plan(loaded).fingerprint


@pytest.mark.usefixtures("without_figures")
@pytest.mark.parametrize(
    "other",
    [
        ["--seed", "2"],
        ["--worlds", "13"],
        ["--days", "61"],
        ["--engine", "mesa", "--workers", "1"],
        ["--set", "agreement.monitoring=0.29"],
    ],
    ids=lambda other: other[0],
)
def test_another_run_gets_a_folder_of_its_own(command: Command, small: str, other: list[str]) -> None:
    first = Path(command("run", small, *QUICK).last)
    before = everything(first)
    second = Path(command("run", small, *QUICK, *other).last)
    assert second.parent == first.parent
    if other[0] == "--set":
        assert second.name == "two-sides+agreement.monitoring=0.29", "what was set can be read"
    else:
        assert second.name.startswith("two-sides-")
        assert len(second.name) == len("two-sides-") + 6
    assert everything(first) == before
    assert Path(command("run", small, *QUICK, *other).last) == second


@pytest.mark.usefixtures("without_figures")
def test_a_run_with_single_settings_never_takes_the_plain_name(command: Command, small: str) -> None:
    assert Path(command("run", small, "--set", "trust.north=0.5", *QUICK).last).name == "two-sides+trust.north=0.5"
    assert Path(command("run", small, *QUICK).last).name == "two-sides"


@pytest.mark.usefixtures("without_figures")
def test_changes_are_in_the_name_of_the_folder(command: Command, small: str) -> None:
    assert Path(command("run", small, "--change", "no-monitors", *QUICK).last).name == "two-sides+no-monitors"


@pytest.mark.usefixtures("without_figures")
def test_a_run_of_another_program_is_another_run(command: Command, small: str, monkeypatch: pytest.MonkeyPatch) -> None:
    command("run", small, *QUICK)
    monkeypatch.setattr("ceasefire.ensemble.run_plan.source_digest", lambda: "another program")
    assert Path(command("run", small, *QUICK).last).name.startswith("two-sides-")


@pytest.mark.usefixtures("without_figures")
def test_a_table_that_was_edited_is_never_taken_for_the_run(command: Command, small: str) -> None:
    folder = Path(command("run", small, *QUICK).last)
    worlds = read_table(folder / "worlds")
    worlds["deaths_civilian"] += 1
    shutil.rmtree(folder / "worlds")
    write_table(worlds, folder / "worlds")
    with pytest.raises(FolderError, match="edited or damaged"):
        open_results(folder)
    again = Path(command("run", small, *QUICK).last)
    assert again.name.startswith("two-sides-")
    (again / "worlds" / "part-0000.parquet").write_bytes(b"no table")
    third = Path(command("run", small, *QUICK).last)
    assert third.name == f"{again.name}-2"


@pytest.mark.usefixtures("without_figures")
def test_a_folder_that_holds_something_is_refused_and_left_alone(command: Command, small: str) -> None:
    Path("mine").mkdir()
    Path("mine/notes.txt").write_text("keep me", encoding="utf-8")
    answer = command("run", small, "--out", "mine", *QUICK)
    assert answer.code == 2
    assert "holds something else" in answer.err
    assert everything(Path("mine")) == {"notes.txt": b"keep me"}
    assert command("run", small, "--out", "mine/notes.txt", *QUICK).code == 2
    assert command("run", small, "--out", "mine/notes.txt/deeper", *QUICK).code == 2
    assert everything(Path()) == {"mine/notes.txt": b"keep me"}


@pytest.mark.usefixtures("without_figures")
def test_an_empty_folder_is_filled_and_the_same_run_is_welcome_again(command: Command, small: str) -> None:
    Path("mine").mkdir()
    assert command("run", small, "--out", "mine", *QUICK).last == "mine"
    assert command("run", small, "--out", "mine", *QUICK).code == 0
    assert command("run", small, "--out", "mine", "--seed", "2", *QUICK).code == 2
    assert os.listdir() == ["mine"]


def test_what_stops_a_run_leaves_neither_the_folder_nor_those_above_it(
    command: Command, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        assert any(file.name == "part-0000.parquet" for file in Path().rglob("*"))
        raise KeyboardInterrupt

    monkeypatch.setattr("ceasefire.report.run_figures.draw_survival", stop)
    answer = command("run", small, "--out", "far/away/there", *QUICK)
    assert answer.code == 130
    assert os.listdir() == []


def test_what_stops_the_drawing_of_a_finished_run_leaves_its_worlds_and_the_next_run_draws_the_rest(
    command: Command, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(plan: Plan, outcome: object, aside: Path, *_: object) -> None:
        (aside / "causes.png").write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("ceasefire.report.run_figures.draw_further", stop)
        assert command("run", small, *QUICK).code == 130
    folder = Path("results/two-sides")
    there = {file.name for file in folder.rglob("*") if file.is_file()}
    assert there >= {"manifest.json", "part-0000.parquet", "survival.png", "worlds.png"}
    assert not there & {"causes.png", "report.html"}
    worlds = (folder / "worlds" / "part-0000.parquet").read_bytes()
    answer = command("run", small, *QUICK)
    assert "its worlds stay" in answer.err
    assert (folder / "figures" / "causes.png").exists()
    assert (folder / "report.html").exists()
    assert (folder / "worlds" / "part-0000.parquet").read_bytes() == worlds
    assert os.listdir("results") == ["two-sides"]


def test_figures_that_cannot_be_redrawn_leave_the_old_ones(
    command: Command, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(command("run", small, *QUICK).last)
    before = everything(folder)

    def half(plan: Plan, outcome: object, aside: Path, *_: object) -> None:
        (aside / "survival.svg").write_text("half", encoding="utf-8")
        raise KeyboardInterrupt

    monkeypatch.setattr("ceasefire.report.run_figures.draw", half)
    assert command("run", small, *QUICK).code == 130
    assert everything(folder) == before


def test_a_name_that_another_run_took_meanwhile_is_left_to_it(tmp_path: Path) -> None:
    def take() -> None:
        with write_aside(tmp_path / "taken") as aside:
            (aside / "mine").touch()
            (tmp_path / "taken").mkdir()
            (tmp_path / "taken" / "theirs").touch()

    with pytest.raises(FolderError, match="taken by another run"):
        take()
    assert list(everything(tmp_path)) == ["taken/theirs"]


def test_looking_whether_a_folder_can_be_written_leaves_no_trace(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b")
    assert os.listdir(tmp_path) == []
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        check_writable(tmp_path / "file" / "b")


def test_a_very_long_name_is_cut_to_what_file_systems_take(small: str, tmp_path: Path) -> None:
    name = "river-" * 30
    file = tmp_path / f"{name}.yaml"
    file.write_text(f"name: {name}\ntitle: Long\nbase: {small}\n", encoding="utf-8")
    plan = Plan(load(file))
    folder, there = folder_for_run(plan)
    assert not there
    assert len(folder.name.encode()) < 140
    assert folder.name.endswith(plan.fingerprint[:6])


@pytest.mark.usefixtures("without_figures")
def test_a_folder_can_be_run_again_from_itself_alone(command: Command, small: str, tmp_path: Path) -> None:
    first = command("run", small, "--seed", "4", "--set", "agreement.monitoring=0.9", "--change", "vague-terms", *QUICK)
    results = open_results(Path(first.last))
    assert results.plan.fingerprint == results.manifest["identity"]
    assert results.plan.loaded.label == "two-sides+vague-terms"
    again = run_plan(results.plan)
    pd.testing.assert_frame_equal(again.worlds, results.outcome.worlds)
    assert table_hash(again.worlds) == results.manifest["table_sha256"]


def test_a_table_reads_back_as_it_was(small: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worlds = ceasefire.run(load(small), worlds=25, days=60)
    assert worlds["first_lethal_day"].isna().any() or worlds["operational_end_day"].isna().any()
    monkeypatch.setattr("ceasefire.ensemble.worlds_table.ROWS_PER_PART", 10)
    write_table(worlds, tmp_path / "t")
    assert len(list((tmp_path / "t").iterdir())) == 3
    pd.testing.assert_frame_equal(read_table(tmp_path / "t"), pd.DataFrame(worlds))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 99}', "{", '{"format": 1}'])
def test_a_manifest_that_makes_no_sense_is_reported(command: Command, text: str) -> None:
    Path("mine").mkdir()
    Path("mine/manifest.json").write_text(text, encoding="utf-8")
    answer = command("world", "mine", "--world", "1")
    assert answer.code == 2
    assert "mine" in answer.err
    assert "Traceback" not in answer.err


def test_the_sample_of_worlds_runs_from_the_shortest_lived_to_the_longest() -> None:
    worlds = pd.DataFrame({"world": range(12), "days_held": [50, 10, 30, 99, 70, 20, 90, 60, 40, 80, 99, 99]})
    worlds["failed"] = worlds["world"] == 11
    assert sample(worlds, 3) == [5, 7, 3]
    assert sample(worlds, 11) == [1, 5, 2, 8, 0, 7, 4, 9, 6, 3, 10]
    assert sample(worlds, 20) == sample(worlds, 11)


@pytest.mark.parametrize("ends", [1, 3, 50, 97, 99])
def test_the_sample_shows_deals_that_end_and_deals_that_hold(ends: int) -> None:
    worlds = pd.DataFrame({"world": range(100), "days_held": [*range(ends), *[500] * (100 - ends)], "failed": False})
    worlds["ended"] = worlds["world"] < ends
    chosen = sample(worlds, 6)
    assert len(set(chosen)) == 6
    over = sum(world < ends for world in chosen)
    assert min(2, ends) <= over <= 6 - min(2, 100 - ends)
    assert chosen == sorted(chosen)


@pytest.mark.parametrize(
    "given", [{"worlds": 0}, {"worlds": 2.5}, {"worlds": True}, {"seed": -1}, {"days": 0}, {"engine": "abacus"}]
)
def test_run_refuses_numbers_that_make_no_sense(small: str, given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        ceasefire.run(load(small), **given)  # type: ignore[arg-type]
