"""A results folder is enough: renamed, moved to another place and without the files that it was made from."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import SMALL, Command

from ceasefire.experiments.replay import stored
from ceasefire.narrative.story import record_story

ASKED = """name: {name}
title: What was asked
question: Does it matter?
scenario: {scenario}
days: 60
worlds: 12
outcomes: [days_held, holds_past_30]
"""
DESIGNS = {
    "grid": "design: {kind: grid}\nuncertainties: {paths: {agreement.monitoring: [0.1, 0.5, 0.9]}}\n",
    "levers-over-draws": (
        "design: {kind: one_at_a_time}\ndraws: 4\nlevers: {changes: [no-monitors], paths: {agreement.order: [0.1]}}\n"
        "uncertainties: {paths: {mechanisms.grip: doubt}}\n"
    ),
    "latin-hypercube": (
        "design: {kind: latin_hypercube, samples: 5}\nlevers: {changes: [no-monitors]}\n"
        "uncertainties: {paths: {mechanisms.grip: doubt, 'actors.*.motives.*': doubt}}\n"
    ),
    "morris": "design: {kind: morris, samples: 4}\nuncertainties: {paths: {mechanisms.grip: doubt, war.*: doubt}}\n",
    "until": (
        "design: {kind: one_at_a_time}\nlevers: {changes: [no-monitors]}\n"
        "until: {outcome: days_held, half_width: 4, most: 400}\n"
    ),
    "choices": "design: {kind: grid}\nlevers: {paths: {agreement.class: [cessation, definitive]}}\n",
    "swap": "design: {kind: swap, to: other, parts: {watch: [agreement.monitoring]}}\n",
}
CALLS = {
    "run": ("run", "mine", "--worlds", "12", "--days", "60"),
    "compare": ("compare", "mine", "mine+no-monitors", "mine+blind-front", "--worlds", "12", "--days", "60"),
    "levers": ("levers", "mine", "--worlds", "12", "--days", "60"),
    **{name: ("experiment", f"{name}.yaml") for name in DESIGNS},
}
pytestmark = pytest.mark.usefixtures("few_worlds_in_doubt")


def drawn(folder: Path) -> dict[str, bytes]:
    """The figures and tables of a folder, by name."""
    files = (file for file in folder.rglob("*") if file.suffix in (".png", ".svg", ".csv"))
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


@pytest.fixture(params=CALLS)
def moved(request: pytest.FixtureRequest, command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of each kind, moved away from the deleted files that it was made from; beside it, what was drawn."""
    home = tmp_path / "home"
    (home / "scenarios").mkdir(parents=True)
    monkeypatch.chdir(home)
    text = SMALL.read_text(encoding="utf-8").replace("name: two-sides", "name: mine")
    Path("scenarios/mine.yaml").write_text(text, encoding="utf-8")
    Path("scenarios/other.yaml").write_text(
        "name: other\nbase: mine\nagreement: {monitoring: {value: 0.9, source: ASSUMED}}\n"
    )
    for name, design in DESIGNS.items():
        Path(f"{name}.yaml").write_text(ASKED.format(name=name, scenario="mine") + design, encoding="utf-8")
    answer = command(*CALLS[request.param])
    assert answer.code == 0, answer.err
    away = tmp_path / "elsewhere" / "a b"
    shutil.move(home / answer.last, away)
    shutil.rmtree(home)
    (tmp_path / "nowhere").mkdir()
    monkeypatch.chdir(tmp_path / "nowhere")
    return away


def test_figures_tables_and_page_are_made_again_as_they_were(moved: Path, command: Command) -> None:
    before = drawn(moved)
    assert any(name.endswith(".png") for name in before)
    for name in before:
        (moved / name).unlink()
    (moved / "report.html").unlink()
    answer = command("report", str(moved))
    assert answer.code == 0, answer.err
    assert drawn(moved) == before
    assert (moved / "report.html").is_file()


def test_every_world_is_replayed_and_told_from_the_folder(moved: Path, command: Command) -> None:
    table = pd.read_parquet(moved / "worlds" if (moved / "worlds").exists() else moved / "worlds.parquet")
    is_run = (moved / "figures" / "survival.png").exists()
    for point in sorted(set(table["point"]))[:5]:
        row = table[table["point"] == point].iloc[3]
        where = () if is_run else ("--point", str(point))
        assert command("replay", str(moved), "--world", str(row["world"]), *where).last == "the same"
        origin = stored(moved, None if is_run else int(point))
        record = record_story(origin.loaded, origin.seed, int(row["world"])).recorded.record[0]
        assert int(record["days_held"]) == row["days_held"]
        assert round(float(record["counter"][5])) == row["deaths_civilian"]
        answer = command("world", str(moved), "--world", str(row["world"]), *where)
        assert answer.code == 0, answer.err


def test_results_says_what_it_is_and_what_made_it(moved: Path, command: Command) -> None:
    (about,) = json.loads(command("results", str(moved.parent), "--json").out)
    assert about["folder"] == str(moved)
    assert about["command"].startswith(f"ceasefire {'experiment' if about['kind'] == 'experiment' else about['kind']}")
    assert about["answers"]
    assert "mine" in about["holds"] + about["answers"] or "Does it matter?" in about["answers"]
    text = command("results", str(moved)).out
    assert str(moved) in text
    assert about["answers"] in text


def test_a_folder_that_lost_a_part_is_an_error_and_no_old_figure(moved: Path, command: Command) -> None:
    parts = {*moved.glob("worlds/*.parquet"), *moved.glob("*.parquet")}
    files = sorted(file for file in parts if file.name != "weekly.parquet")  # the page of a run rests on no fan
    assert files
    for file in files:
        content = file.read_bytes()
        for damaged in (b"", content[: len(content) // 2]):
            file.write_bytes(damaged)
            answer = command("report", str(moved))
            assert answer.code == 2, file
            assert "Traceback" not in answer.err
        file.unlink()
        assert command("report", str(moved)).code == 2, file
        file.write_bytes(content)
    assert command("report", str(moved)).code == 0


def test_what_a_folder_is_not_is_said_rightly(moved: Path, command: Command) -> None:
    kind = json.loads(command("results", str(moved), "--json").out)[0]["kind"]
    for name in ("world", "replay"):
        answer = command(name, str(moved), "--world", "0")
        if kind == "run":
            assert answer.code == 0
            assert "it has no points" in command(name, str(moved), "--world", "0", "--point", "2").err
        else:
            assert answer.code == 2
            wanted = "is an experiment: name a point" if kind == "experiment" else "is a comparison: name a side"
            assert wanted in answer.err
            assert command(name, str(moved), "--world", "0", "--point", "9999").code == 2
    if kind != "run":
        assert "--more is for a run" in command("report", str(moved), "--more").err
        answer = command("compare", str(moved), str(SMALL))
        assert answer.code == 2
        assert ("is an experiment" if kind == "experiment" else "neither a run nor an experiment") in answer.err


def test_a_file_of_codes_that_was_edited_is_noticed(command: Command, tmp_path: Path) -> None:
    (tmp_path / "asked.yaml").write_text(
        ASKED.format(name="asked", scenario=SMALL) + DESIGNS["morris"], encoding="utf-8"
    )
    folder = Path(command("experiment", "asked.yaml").last)
    codes = pd.read_parquet(folder / "codes.parquet")
    codes.iloc[:, -1] = codes.iloc[::-1, -1].to_numpy()
    codes.to_parquet(folder / "codes.parquet")
    answer = command("report", str(folder))
    assert answer.code == 2
    assert "was edited" in answer.err
    os.remove(folder / "codes.parquet")
    assert "`ceasefire experiment asked --out" in command("report", str(folder)).err


def test_folders_without_results_are_said_to_be_none(command: Command, tmp_path: Path) -> None:
    assert "does not exist" in command("results").err
    (tmp_path / "empty").mkdir()
    answer = command("results", "empty")
    assert answer.code == 0
    assert "holds no results" in answer.err
    assert command("report", "empty").code == 2


@pytest.mark.parametrize(("name", "text"), [("manifest.json", "{"), ("manifest.json", "[]"), ("asked.json", "{}")])
def test_a_damaged_folder_is_listed_as_such_and_hides_no_other(
    command: Command, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / "results" / "broken").mkdir(parents=True)
    (tmp_path / "results" / "broken" / name).write_text(text)
    answer = command("results")
    assert answer.code == 0
    assert "Traceback" not in answer.err
    assert ("damaged: " in answer.out) is (name == "manifest.json")
    for typed in (("report",), ("replay", "--world", "0"), ("world", "--world", "0"), ("compare", str(SMALL))):
        refused = command(typed[0], "results/broken", *typed[1:])
        assert refused.code == 2, typed
        assert "Traceback" not in refused.err
