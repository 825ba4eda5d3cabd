"""Running a batch experiment in this process: the answer does not depend on how it was found."""

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
from ceasefire.experiments import chunks
from ceasefire.experiments.executors import ThreadExecutor
from ceasefire.experiments.load import load_experiment
from ceasefire.experiments.measured_outcomes import read_outcome
from ceasefire.experiments.outcome_definitions import outcome
from ceasefire.experiments.prepare import PreparedExperiment, prepare
from ceasefire.experiments.result_store import Store
from ceasefire.experiments.runner import run
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


class Unheard:
    """Nobody watches."""

    def expects(self, worlds: int, done: int, extra: bool) -> None: ...

    def saw(self, worlds: int) -> None: ...

    def found_damaged(self, chunks: Any) -> None: ...


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """A small experiment."""
    file = tmp_path / "asked.yaml"
    file.write_text(ASKED)
    return file


def worlds_of(folder: Path) -> pd.DataFrame:
    """The table of worlds, by point and world."""
    return read_table(folder / "worlds").sort_values(["point", "world"], ignore_index=True)


def test_the_table_is_what_the_engine_says_world_by_world(command: Command, asked: Path) -> None:
    folder = Path(command("experiment", str(asked)).last)
    found = worlds_of(folder)
    made = prepare(load_experiment(asked))
    batch = engine.Batch(
        made.recipe.openings[0], made.recipe.openings[0].record.view(np.float64).reshape(1, -1),
        np.zeros(300, np.int64), np.arange(300), 1,
    )  # fmt: skip
    rows = engine.simulate(batch, 0, 300)
    own = found[found["point"] == 0]
    assert (own["world"].to_numpy() == np.arange(300)).all()
    assert (own["days_held"].to_numpy() == rows["days_held"]).all()
    assert (own["deaths_civilian"].to_numpy() == rows["counter"][:, 5]).all()
    points = pd.read_csv(folder / "tables" / "points.csv").set_index("point")
    assert points["days_held"][0] == pytest.approx(rows["days_held"].mean())
    assert points["worlds"].to_list() == [300] * 4


def test_the_results_are_read_by_what_analysts_use(command: Command, asked: Path) -> None:
    folder = Path(command("experiment", str(asked)).last)
    worlds, design = pd.read_parquet(folder / "worlds"), pd.read_parquet(folder / "design.parquet")
    joined = worlds.merge(design, on="point")
    assert len(joined) == 1200
    assert joined.groupby("label")["days_held"].count().to_list() == [300] * 4


def test_a_world_that_fails_is_recorded_and_the_rest_goes_on(
    command: Command, asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = worlds_of(Path(command("experiment", str(asked), "--out", "sound").last))

    def failing(batch: engine.Batch, first: int, last: int, drawn: Any = None) -> WorldArray:
        watched = batch.openings[batch.points[first:last], slot] == 1
        if ((batch.worlds[first:last] == 7) & watched).any():
            raise FloatingPointError("a number was lost")
        return engine.simulate(batch, first, last, drawn)

    slot = prepare(load_experiment(asked)).recipe.openings[0].slots["agreement.monitoring"]
    monkeypatch.setattr(chunks, "simulate", failing)
    said = command("experiment", str(asked), "--out", "hurt")
    assert said.code == 1
    found = worlds_of(Path("hurt"))
    assert found[found["failed"]][["point", "world"]].to_numpy().tolist() == [[3, 7]]
    others = ~found["failed"]
    pd.testing.assert_frame_equal(found[others], sound[others])
    assert "1 of 1,200 worlds failed; the rest is saved" in said.err
    assert "why: FloatingPointError: a number was lost" in said.err
    manifest = json.loads(Path("hurt/manifest.json").read_text())
    assert manifest["worlds_failed"] == 1
    assert manifest["failed"][0]["replay"] == "ceasefire replay hurt --point 3 --world 7"
    points = pd.read_csv("hurt/tables/points.csv")
    assert points["worlds"].to_list() == [300, 300, 300, 299]


def test_a_world_comes_out_the_same_again_and_an_edited_table_is_found_out(command: Command, asked: Path) -> None:
    folder = command("experiment", str(asked)).last
    said = command("replay", folder, "--point", "2", "--world", "250")
    assert said.code == 0
    assert said.last == "the same"
    part = sorted(Path(folder, "worlds").iterdir())[0]
    table = pd.read_parquet(part)
    point, world = int(table["point"][3]), int(table["world"][3])
    table["days_held"] += np.arange(len(table)) == 3
    table.to_parquet(part)
    said = command("replay", folder, "--point", str(point), "--world", str(world), "--json")
    assert said.code == 1
    assert json.loads(said.out)["differs"] == ["days_held"]
    said = command("replay", folder, "--point", "9", "--world", "3")
    assert said.code == 2
    assert "point 9 has no world 3 (yet)" in said.err


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


def lived(asked: Path, folder: Path, text: str, **options: bool) -> tuple[PreparedExperiment, Store, Any]:
    asked.write_text(text)
    made, store = prepare(load_experiment(asked), **options), Store(folder)
    with ThreadExecutor(2) as crew:
        return made, store, run(made, store, crew, Unheard())


def half_widths(made: PreparedExperiment, store: Store, progress: Any, name: str) -> list[float]:
    seen = read_outcome(made, store, progress.finished, progress.worlds, outcome(name))
    means = [seen.mean(point) for point in range(len(made.points))]
    return [(mean.high - mean.low) / 2 for mean in means]


UNTIL = "until: {outcome: days_held, half_width: 0.2, per: point, most: 4000}\n"


def test_worlds_are_added_to_each_point_until_it_is_sure_and_no_further_than_needed(
    asked: Path, tmp_path: Path
) -> None:
    made, store, progress = lived(asked, tmp_path / "sure", ASKED + UNTIL)
    assert progress.complete
    halves = half_widths(made, store, progress, "days_held")
    assert len(set(progress.worlds.tolist())) > 1, "every point was as unsure as the others"
    for half, worlds in zip(halves, progress.worlds, strict=True):
        assert half <= 0.2 or worlds == 4000
        assert half > 0.2 / 1.6 or worlds == 300


def test_until_a_difference_is_sure_its_baseline_gets_the_same_worlds(asked: Path, tmp_path: Path) -> None:
    until = UNTIL.replace("per: point", "per: difference").replace("0.5,", "2,")
    text = ASKED.replace("days: 60", "days: 365") + until
    made, store, progress = lived(asked, tmp_path / "sure", text)
    seen = read_outcome(made, store, progress.finished, progress.worlds, outcome("days_held"))
    assert progress.worlds[0] == progress.worlds.max() > 300
    for point in (1, 2, 3):
        found = seen.difference(point, 0)
        assert found is not None
        assert found.half_width <= 2 or progress.worlds[point] == 4000


def test_run_until_sure_in_two_sittings_is_the_same_as_in_one(asked: Path, tmp_path: Path) -> None:
    _, _, whole = lived(asked, tmp_path / "one", ASKED + UNTIL)
    made, store, _ = lived(asked, tmp_path / "two", ASKED + UNTIL)
    lost = sorted((tmp_path / "two" / "worlds").iterdir())[-2:]
    lines = (tmp_path / "two" / "chunks.jsonl").read_text().splitlines()
    for file in lost:
        file.unlink()
    numbers = {int(file.stem.removeprefix("part-")) for file in lost}
    kept = [line for line in lines if json.loads(line)["chunk"] not in numbers]
    (tmp_path / "two" / "chunks.jsonl").write_text("\n".join(kept) + '\n{"chunk": 0, "sha')
    with ThreadExecutor(1) as crew:
        again = run(made, store, crew, Unheard())
    assert again.worlds.tolist() == whole.worlds.tolist()
    one, two = ({file.name: file.read_bytes() for file in (tmp_path / n / "worlds").iterdir()} for n in ("one", "two"))
    assert one == two


def test_shared_worlds_cut_the_variance_and_independent_ones_do_not_and_both_find_the_same(
    asked: Path, tmp_path: Path
) -> None:
    text = ASKED.replace("worlds: 300", "worlds: 2000")
    shared, store, progress = lived(asked, tmp_path / "shared", text)
    seen = read_outcome(shared, store, progress.finished, progress.worlds, outcome("deaths_civilian"))
    paired = seen.difference(3, 0)
    apart, other_store, other = lived(asked, tmp_path / "apart", text, independent=True)
    unpaired = read_outcome(apart, other_store, other.finished, other.worlds, outcome("deaths_civilian")).difference(
        3, 0
    )
    assert paired is not None
    assert unpaired is not None
    assert paired.variance_reduction > 2
    assert unpaired.variance_reduction == 1
    assert unpaired.half_width / paired.half_width == pytest.approx(np.sqrt(paired.variance_reduction), rel=0.4)
    assert abs(paired.value - unpaired.value) < 3 * unpaired.half_width / 1.96
    again = unpaired_difference(seen.of(3), seen.of(0))
    assert again.half_width > paired.half_width


def test_the_command_reports_the_reduction_and_says_nothing_of_it_for_independent_worlds(
    command: Command, asked: Path
) -> None:
    shared = command("experiment", str(asked))
    assert "times smaller" in shared.out
    reported = json.loads(Path(shared.last, "tables", "variance_reduction.json").read_text())
    assert reported["deaths_civilian"] > 1
    apart = command("experiment", str(asked), "--independent")
    assert "stays as it is; this one goes to results/asked-" in apart.err
    assert "times smaller" not in apart.out
    differences = pd.read_csv(Path(apart.last) / "tables" / "differences.csv")
    assert (differences["variance_reduction"] == 1).all()


def test_the_status_says_how_far_it_came_without_touching_anything(command: Command, asked: Path) -> None:
    before = command("experiment", str(asked), "--status")
    assert before.code == 2
    assert "was not started yet" in before.err
    command("experiment", str(asked))
    (Path("results/asked/chunks.jsonl")).write_text(Path("results/asked/chunks.jsonl").read_text().splitlines()[0])
    said = json.loads(command("experiment", str(asked), "--status", "--json").out)
    assert (said["chunks_done"], said["chunks"], said["complete"], said["running"]) == (1, 2, False, False)
    assert 500 <= said["worlds_done"] < said["worlds"] == 1200


def test_a_dry_run_says_what_it_costs_and_makes_nothing(command: Command, asked: Path) -> None:
    said = json.loads(command("experiment", str(asked), "--dry-run", "--json").out)
    assert (said["points"], said["worlds"]) == (4, 1200)
    assert 0 < said["seconds"] < 60
    assert 10_000 < said["disk"] < 1_000_000
    assert not Path("results").exists()


def test_a_quick_run_goes_to_its_own_folder_and_says_that_it_is_rough(
    command: Command, asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ceasefire.experiments.prepare.QUICK_WORLDS", 80)
    said = command("experiment", str(asked), "--quick")
    assert said.last == "results/asked-quick"
    assert "ROUGH" in said.out
    assert len(worlds_of(Path(said.last))) == 80
    assert json.loads(Path(said.last, "manifest.json").read_text())["rough"] is True


def test_a_quick_run_takes_up_nothing_new_when_its_minute_is_over(
    command: Command, asked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ceasefire.experiments.prepare.QUICK_SECONDS", 0.0)
    said = command("experiment", str(asked), "--quick")
    assert said.code == 0
    assert "not all worlds were lived: 0 of 1,200" in said.err


def test_regret_and_draws_are_told_for_every_lever(command: Command, asked: Path) -> None:
    text = ASKED.replace("design:", "uncertainties: {paths: {actors.*.motives.*: doubt}}\ndraws: 6\ndesign:")
    asked.write_text(text.replace("worlds: 300", "worlds: 40"))
    folder = Path(command("experiment", str(asked)).last)
    table = pd.read_csv(folder / "tables" / "levers.csv")
    own = table[table["outcome"] == "days_held"].set_index("label")
    assert len(own) == 3
    assert (own["draws"] == 6).all()
    differences = pd.read_csv(folder / "tables" / "differences.csv")
    each = differences[(differences["outcome"] == "days_held") & (differences["label"] == "agreement.monitoring = 1")]
    assert own.loc["agreement.monitoring = 1", "difference"] == pytest.approx(each["difference"].mean())
    assert own["regret"].notna().all()
