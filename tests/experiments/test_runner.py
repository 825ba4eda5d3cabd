"""Running an experiment in this process: the result does not depend on chunks, workers or interruptions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Command

from ceasefire.analysis.paired_differences import unpaired_difference
from ceasefire.ensemble.worlds_table import read_table
from ceasefire.errors import FolderError
from ceasefire.experiments import chunks
from ceasefire.experiments.executors import ThreadExecutor
from ceasefire.experiments.load import load_experiment
from ceasefire.experiments.measured_outcomes import read_outcome
from ceasefire.experiments.outcome_definitions import outcome
from ceasefire.experiments.prepare import PreparedExperiment, prepare
from ceasefire.experiments.result_store import Store
from ceasefire.experiments.resume import folder_for_experiment, progress_of
from ceasefire.experiments.runner import make_folder, run
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import WorldArray

SMALL = Path(__file__).parents[1] / "valid" / "two-sides.yaml"
ASKED = f"""
name: asked
title: Watched or not
question: Does it matter how well the line is watched?
scenario: {SMALL}
days: 60
levers: {{paths: {{agreement.monitoring: [0, 0.5, 1]}}}}
design: {{kind: grid}}
worlds: 300
outcomes: [days_held, deaths_civilian, holds_past_30]
"""


class NoListener:
    """No progress listener."""

    def set_total(self, worlds: int, done: int, extra: bool) -> None: ...

    def advance(self, worlds: int) -> None: ...

    def damaged(self, chunks: Any) -> None: ...


@pytest.fixture
def yaml_file(tmp_path: Path) -> Path:
    """A small experiment."""
    file = tmp_path / "asked.yaml"
    file.write_text(ASKED)
    return file


def worlds_of(folder: Path) -> pd.DataFrame:
    """The table of worlds, by point and world."""
    return read_table(folder / "worlds").sort_values(["point", "world"], ignore_index=True)


def test_the_table_is_what_the_engine_says_world_by_world(command: Command, yaml_file: Path) -> None:
    folder = Path(command("experiment", str(yaml_file)).last)
    result = worlds_of(folder)
    prepared = prepare(load_experiment(yaml_file))
    batch = engine.one_scenario(prepared.records.initial_states[0], 300, 1)
    rows = engine.simulate(batch, 0, 300)
    own = result[result["point"] == 0]
    assert (own["world"].to_numpy() == np.arange(300)).all()
    assert (own["days_held"].to_numpy() == rows["days_held"]).all()
    assert (own["deaths_civilian"].to_numpy() == rows["counter"][:, 5]).all()
    points = pd.read_csv(folder / "tables" / "points.csv").set_index("point")
    assert points["days_held"][0] == pytest.approx(rows["days_held"].mean())
    assert points["worlds"].to_list() == [300] * 4


def test_the_results_are_read_by_what_analysts_use(command: Command, yaml_file: Path) -> None:
    folder = Path(command("experiment", str(yaml_file)).last)
    worlds, design = pd.read_parquet(folder / "worlds"), pd.read_parquet(folder / "design.parquet")
    joined = worlds.merge(design, on="point")
    assert len(joined) == 1200
    assert joined.groupby("label")["days_held"].count().to_list() == [300] * 4


def test_a_world_that_fails_is_recorded_and_the_rest_goes_on(
    command: Command, yaml_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = worlds_of(Path(command("experiment", str(yaml_file), "--out", "sound").last))

    def failing(batch: engine.Batch, first: int, last: int, drawn: Any = None) -> WorldArray:
        watched = batch.openings(batch.points[first:last])[:, slot] == 1
        if ((batch.worlds[first:last] == 7) & watched).any():
            raise FloatingPointError("a number was lost")
        return engine.simulate(batch, first, last, drawn)

    slot = prepare(load_experiment(yaml_file)).records.initial_states[0].slots["agreement.monitoring"]
    monkeypatch.setattr(chunks, "simulate", failing)
    answer = command("experiment", str(yaml_file), "--out", "hurt")
    assert answer.code == 1
    result = worlds_of(Path("hurt"))
    assert result[result["failed"]][["point", "world"]].to_numpy().tolist() == [[3, 7]]
    others = ~result["failed"]
    pd.testing.assert_frame_equal(result[others], sound[others])
    assert "1 of 1,200 worlds failed; the others are saved" in answer.err
    assert "why: FloatingPointError: a number was lost" in answer.err
    manifest = json.loads(Path("hurt/manifest.json").read_text())
    assert manifest["worlds_failed"] == 1
    assert manifest["failed"][0]["replay"] == "ceasefire replay hurt --point 3 --world 7"
    points = pd.read_csv("hurt/tables/points.csv")
    assert points["worlds"].to_list() == [300, 300, 300, 299]


def test_a_world_comes_out_the_same_again_and_an_edited_table_is_found_out(command: Command, yaml_file: Path) -> None:
    folder = command("experiment", str(yaml_file)).last
    answer = command("replay", folder, "--point", "2", "--world", "250")
    assert answer.code == 0
    assert answer.last == "the same"
    part = sorted(Path(folder, "worlds").iterdir())[0]
    table = pd.read_parquet(part)
    point, world = int(table["point"][3]), int(table["world"][3])
    table["days_held"] += np.arange(len(table)) == 3
    table.to_parquet(part)
    answer = command("replay", folder, "--point", str(point), "--world", str(world), "--json")
    assert answer.code == 1
    assert json.loads(answer.out)["differs"] == ["days_held"]
    answer = command("replay", folder, "--point", "9", "--world", "3")
    assert answer.code == 2
    assert "it has no point 9" in answer.err


def test_a_point_with_draws_changes_and_distributions_is_replayed_from_its_folder_alone(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / "changes").mkdir()
    (tmp_path / "two-sides.yaml").write_text(SMALL.read_text())
    (tmp_path / "changes" / "blind.yaml").write_text(
        "name: blind\ntitle: T\nsentence: S.\nkind: lever\nset: {agreement.monitoring: 0}\n"
    )
    text = ASKED.replace(str(SMALL), "./two-sides.yaml").replace("worlds: 300", "worlds: 20\ndraws: 4")
    text = text.replace(
        "levers: {paths: {agreement.monitoring: [0, 0.5, 1]}}",
        "levers: {changes: [blind], paths: {agreement.class: [cessation, definitive], "
        "actors.south_army.capability: [0.2]}}\n"
        "uncertainties: {paths: {actors.*.motives.*: doubt}}",
    )
    (tmp_path / "asked.yaml").write_text(text)
    folder = command("experiment", "./asked.yaml").last
    (tmp_path / "two-sides.yaml").unlink()
    (tmp_path / "changes" / "blind.yaml").unlink()
    worlds = worlds_of(Path(folder))
    assert worlds["point"].nunique() == 4 * 5
    for point, world in worlds[["point", "world"]].sample(12, random_state=1).to_numpy():
        assert command("replay", folder, "--point", str(point), "--world", str(world)).last == "the same"


def run_experiment(yaml_file: Path, folder: Path, text: str, **options: bool) -> tuple[PreparedExperiment, Store, Any]:
    yaml_file.write_text(text)
    prepared, store = prepare(load_experiment(yaml_file), **options), Store(folder)
    with ThreadExecutor(2) as crew:
        return prepared, store, run(prepared, store, crew, NoListener())


def half_widths(prepared: PreparedExperiment, store: Store, progress: Any, name: str) -> list[float]:
    values = read_outcome(prepared, store, progress.finished, progress.worlds, outcome(name))
    means = [values.mean(point) for point in range(len(prepared.points))]
    return [(mean.high - mean.low) / 2 for mean in means]


UNTIL = "until: {outcome: days_held, half_width: 0.2, per: point, most: 4000}\n"


def test_worlds_are_added_to_each_point_until_it_is_sure_and_no_further_than_needed(
    yaml_file: Path, tmp_path: Path
) -> None:
    prepared, store, progress = run_experiment(yaml_file, tmp_path / "sure", ASKED + UNTIL)
    assert progress.complete
    halves = half_widths(prepared, store, progress, "days_held")
    assert len(set(progress.worlds.tolist())) > 1, "every point was as unsure as the others"
    for half, worlds in zip(halves, progress.worlds, strict=True):
        assert half <= 0.2 or worlds == 4000
        assert half > 0.2 / 1.6 or worlds == 300


def test_until_a_difference_is_sure_its_baseline_gets_the_same_worlds(yaml_file: Path, tmp_path: Path) -> None:
    until = UNTIL.replace("per: point", "per: difference").replace("0.5,", "2,")
    text = ASKED.replace("days: 60", "days: 365") + until
    prepared, store, progress = run_experiment(yaml_file, tmp_path / "sure", text)
    values = read_outcome(prepared, store, progress.finished, progress.worlds, outcome("days_held"))
    assert progress.worlds[0] == progress.worlds.max() > 300
    for point in (1, 2, 3):
        result = values.difference(point, 0)
        assert result is not None
        assert result.half_width <= 2 or progress.worlds[point] == 4000


def test_run_until_sure_in_two_sittings_is_the_same_as_in_one(yaml_file: Path, tmp_path: Path) -> None:
    _, _, whole = run_experiment(yaml_file, tmp_path / "one", ASKED + UNTIL)
    prepared, store, _ = run_experiment(yaml_file, tmp_path / "two", ASKED + UNTIL)
    lost = sorted((tmp_path / "two" / "worlds").iterdir())[-2:]
    lines = (tmp_path / "two" / "chunks.jsonl").read_text().splitlines()
    for file in lost:
        file.unlink()
    numbers = {int(file.stem.removeprefix("part-")) for file in lost}
    others = [line for line in lines if json.loads(line)["chunk"] not in numbers]
    (tmp_path / "two" / "chunks.jsonl").write_text("\n".join(others) + '\n{"chunk": 0, "sha')
    with ThreadExecutor(1) as crew:
        again = run(prepared, store, crew, NoListener())
    assert again.worlds.tolist() == whole.worlds.tolist()
    one, two = ({file.name: file.read_bytes() for file in (tmp_path / n / "worlds").iterdir()} for n in ("one", "two"))
    assert one == two


def test_shared_worlds_cut_the_variance_and_independent_ones_do_not_and_both_find_the_same(
    yaml_file: Path, tmp_path: Path
) -> None:
    text = ASKED.replace("worlds: 300", "worlds: 2000")
    shared, store, progress = run_experiment(yaml_file, tmp_path / "shared", text)
    values = read_outcome(shared, store, progress.finished, progress.worlds, outcome("deaths_civilian"))
    paired = values.difference(3, 0)
    apart, other_store, other = run_experiment(yaml_file, tmp_path / "apart", text, independent=True)
    unpaired = read_outcome(apart, other_store, other.finished, other.worlds, outcome("deaths_civilian")).difference(
        3, 0
    )
    assert paired is not None
    assert unpaired is not None
    assert paired.variance_reduction > 2
    assert unpaired.variance_reduction == 1
    assert unpaired.half_width / paired.half_width == pytest.approx(np.sqrt(paired.variance_reduction), rel=0.4)
    assert abs(paired.value - unpaired.value) < 3 * unpaired.half_width / 1.96
    again = unpaired_difference(values.of(3), values.of(0))
    assert again.half_width > paired.half_width


def test_the_command_reports_the_reduction_and_says_nothing_of_it_for_independent_worlds(
    command: Command, yaml_file: Path
) -> None:
    shared = command("experiment", str(yaml_file))
    assert "times smaller" in shared.out
    reported = json.loads(Path(shared.last, "tables", "variance_reduction.json").read_text())
    assert reported["deaths_civilian"] > 1
    apart = command("experiment", str(yaml_file), "--independent")
    assert "stays as it is; this one goes to results/asked-" in apart.err
    assert "times smaller" not in apart.out
    differences = pd.read_csv(Path(apart.last) / "tables" / "differences.csv")
    assert (differences["variance_reduction"] == 1).all()


def test_the_status_says_how_far_it_came_without_touching_anything(command: Command, yaml_file: Path) -> None:
    before = command("experiment", str(yaml_file), "--status")
    assert before.code == 2
    assert "has not been started yet" in before.err
    command("experiment", str(yaml_file))
    (Path("results/asked/chunks.jsonl")).write_text(Path("results/asked/chunks.jsonl").read_text().splitlines()[0])
    answer = json.loads(command("experiment", str(yaml_file), "--status", "--json").out)
    assert (answer["chunks_done"], answer["chunks"], answer["complete"], answer["running"]) == (1, 2, False, False)
    assert 500 <= answer["worlds_done"] < answer["worlds"] == 1200


def test_an_experiment_whose_names_are_taken_goes_to_the_next_free_one_and_says_why(
    yaml_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    prepared = prepare(load_experiment(yaml_file))
    assert folder_for_experiment(prepared) == (Path("results/asked"), "")
    with_hash = Path(f"results/asked-{prepared.fingerprint[:6]}")
    for taken, free in ((Path("results/asked"), with_hash), (with_hash, Path(f"{with_hash}-2"))):
        taken.mkdir(parents=True)
        (taken / "notes.txt").touch()
        folder, note = folder_for_experiment(prepared)
        assert folder == free
        assert note.startswith("results/asked holds another experiment (results/asked is not a results folder")
        assert note.endswith(f"stays as it is; this one goes to {free}")
    make_folder(prepared, Store(with_hash.with_name("mine")), ())
    assert folder_for_experiment(prepared, Path("results/mine")) == (Path("results/mine"), "")
    with pytest.raises(FolderError, match="holds something else already"):
        folder_for_experiment(prepared, Path("results/asked"))
    other = prepare(load_experiment(yaml_file), independent=True)
    with pytest.raises(FolderError, match="only one of the two has independent worlds"):
        folder_for_experiment(other, Path("results/mine"))


def test_what_is_left_to_do_are_the_chunks_that_the_ledger_does_not_have(command: Command, yaml_file: Path) -> None:
    store = Store(Path(command("experiment", str(yaml_file)).last))
    prepared = prepare(load_experiment(yaml_file))
    assert progress_of(prepared, store).complete
    first, *rest = (store.folder / "chunks.jsonl").read_text().splitlines()
    (store.folder / "chunks.jsonl").write_text(first + "\n")
    progress = progress_of(prepared, store)
    assert not progress.complete
    assert progress.finished == [json.loads(first)["chunk"]]
    assert [chunk.number for chunk in progress.missing] == sorted(json.loads(line)["chunk"] for line in rest)


def test_a_dry_run_says_what_it_costs_and_makes_nothing(command: Command, yaml_file: Path) -> None:
    answer = json.loads(command("experiment", str(yaml_file), "--dry-run", "--json").out)
    assert (answer["points"], answer["worlds"]) == (4, 1200)
    assert 0 < answer["seconds"] < 60
    assert 10_000 < answer["disk"] < 1_000_000
    assert not Path("results").exists()


def test_a_quick_run_goes_to_its_own_folder_and_says_that_it_is_rough(
    command: Command, yaml_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ceasefire.experiments.prepare.QUICK_WORLDS", 80)
    answer = command("experiment", str(yaml_file), "--quick")
    assert answer.last == "results/asked-quick"
    assert "ROUGH" in answer.out
    assert len(worlds_of(Path(answer.last))) == 80
    assert json.loads(Path(answer.last, "manifest.json").read_text())["rough"] is True


def test_a_quick_run_takes_up_nothing_new_when_its_minute_is_over(
    command: Command, yaml_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ceasefire.experiments.prepare.QUICK_SECONDS", 0.0)
    monkeypatch.setattr("ceasefire.experiments.prepare.quick_worlds", lambda experiment: 1200)
    answer = command("experiment", str(yaml_file), "--quick")
    assert answer.code == 0
    assert "0 of 1,200 worlds are done" in answer.err


def test_regret_and_draws_are_told_for_every_lever(command: Command, yaml_file: Path) -> None:
    text = ASKED.replace("design:", "uncertainties: {paths: {actors.*.motives.*: doubt}}\ndraws: 6\ndesign:")
    yaml_file.write_text(text.replace("worlds: 300", "worlds: 40"))
    folder = Path(command("experiment", str(yaml_file)).last)
    table = pd.read_csv(folder / "tables" / "levers.csv")
    own = table[table["outcome"] == "days_held"].set_index("label")
    assert len(own) == 3
    assert (own["draws"] == 6).all()
    differences = pd.read_csv(folder / "tables" / "differences.csv")
    each = differences[(differences["outcome"] == "days_held") & (differences["label"] == "agreement.monitoring = 1")]
    assert own.loc["agreement.monitoring = 1", "difference"] == pytest.approx(each["difference"].mean())
    assert own["regret"].notna().all()
