"""What the studio keeps: scenario files, experiments, runs, results. All of it is as the command line makes it."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from studio_page import Page

from ceasefire.ensemble.output_folder import open_results
from ceasefire.ensemble.run import run
from ceasefire.errors import ScenarioError
from ceasefire.experiments.load import load_experiment
from ceasefire.experiments.prepare import prepare
from ceasefire.experiments.result_store import Store
from ceasefire.experiments.resume import progress_of
from ceasefire.scenario.load import check_file, load
from ceasefire.scenario.resolved import digest
from ceasefire.studio.messages import State
from ceasefire.studio.scenario_files import save

pytest_plugins = ("studio_page",)

DOMESTIC = "actors.turkey.motives.domestic"
STATE: dict[str, Any] = {"scenario": "idlib-2018", "changes": ["no-monitors"], "set": {DOMESTIC: 0.8}, "worlds": 20}


def finished(page: Page, job: dict[str, Any]) -> dict[str, Any]:
    """The job once it is over."""
    while True:
        now: dict[str, Any] = next(each for each in page.ask("jobs")["jobs"] if each["job"] == job["job"])
        if now["state"] in ("done", "failed", "stopped"):
            return now
        time.sleep(0.1)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"changes": []},
        {"set": {}},
        {"days": 90},
        {"set": {"agreement.monitoring": 0.3}},  # the change sets it too, and the setting wins
        {"set": {"agreement.hotline": {"uniform": [0.1, 0.4]}}},
        {"set": {"actors.*.weariness": 0.4}},
        {"set": {"actors.opposition.patron": None}, "changes": []},
        {"set": {"agreement.class": "cessation", "agreement.term_days": 60}},
        {"changes": ["what-came-later", "no-monitors"], "scenario": "idlib-2020"},
        {"set": {"events.0.day": 3}, "changes": [], "scenario": "idlib-2020"},
    ],
    ids=str,
)
def test_a_saved_state_gives_the_same_worlds(page: Page, change: dict[str, Any]) -> None:
    state = {**STATE, **change}
    if "events.0.day" in state["set"] and load("idlib-2020").scenario.events[0].day is None:
        state["set"] = {"events.0.rate_per_year": 3}
    preview = page.ask("preview", state=state, name="mine")
    assert not Path("mine.yaml").exists()
    saved = page.ask("save", state=state, name="mine")
    assert (saved["type"], saved["file"], saved["text"]) == ("saved", "mine.yaml", preview["text"])
    assert Path("mine.yaml").read_text(encoding="utf-8") == saved["text"]
    assert check_file("mine.yaml") == []
    own, other = load("mine.yaml"), load(state["scenario"], state["changes"], state["set"])
    horizon = state.get("days") or other.scenario.horizon_days
    assert own.digest == digest_with_horizon(other, horizon)
    assert "base: idlib" in saved["text"]
    assert saved["state"]["scenario"] == "mine.yaml"
    assert (saved["state"]["changes"], saved["state"]["set"]) == ([], {})


def digest_with_horizon(loaded: Any, days: int) -> str:
    """The digest of a scenario that is followed for so many days."""
    return digest(loaded.scenario.model_copy(update={"horizon_days": days}))


def test_the_lines_of_a_saved_file_say_what_each_number_is_and_was(page: Page) -> None:
    text = page.ask("preview", state=STATE, name="mine", title='A "quoted" title')["text"]
    assert 'title: "A \\"quoted\\" title"\n' in text
    assert "changes: [no-monitors]   # applied after what is below\n" in text
    assert "domestic: 0.8   # Turkey: pressure at home to deliver success; was 0.6\n" in text


def test_a_file_that_was_not_saved_here_is_replaced_only_when_that_is_wanted(page: Page) -> None:
    file = Path("mine.yaml")
    file.write_text("name: mine\ntitle: By hand\nbase: idlib-2018\n")
    answer = page.ask("save", state=STATE, name="mine")
    assert answer["type"] == "exists"
    assert "was not saved here" in answer["message"]
    assert "By hand" in file.read_text()
    assert page.ask("save", state=STATE, name="mine", replace=True)["type"] == "saved"
    assert page.ask("save", state={**STATE, "set": {DOMESTIC: 0.7}}, name="mine")["type"] == "saved"
    file.write_text(file.read_text().replace("0.7", "0.71"))
    assert page.ask("save", state=STATE, name="mine")["type"] == "exists"
    assert "0.71" in file.read_text()


def test_a_state_with_faults_leaves_no_file_and_spoils_none(page: Page) -> None:
    page.until_fault("save", state={**STATE, "set": {DOMESTIC: 9}}, name="mine")
    assert not Path("mine.yaml").exists()
    page.ask("save", state=STATE, name="mine")
    before = Path("mine.yaml").read_bytes()
    page.until_fault("save", state={**STATE, "set": {DOMESTIC: 9}}, name="mine")
    fault = page.until_fault("save", state={"scenario": "mine.yaml"}, name="mine")
    assert "starts from" in fault["faults"][0]["message"]
    assert page.until_fault("save", state=STATE, name="motives")["faults"][0]["path"] == "name"
    assert Path("mine.yaml").read_bytes() == before


def test_a_link_out_of_the_folder_is_not_written_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("mine.yaml").symlink_to(tmp_path / "away.yaml")
    with pytest.raises(ScenarioError, match="not below the working folder"):
        save(State(scenario="idlib-2018"), "mine", "", replace=True)
    assert not (tmp_path / "away.yaml").exists()


def test_a_kept_run_is_that_of_the_command_line(page: Page, client: TestClient, tmp_path: Path) -> None:
    state = {**STATE, "days": 60, "changes": []}
    job = finished(page, page.ask("keep", state=state)["job"])
    assert (job["state"], job["done"], job["message"]) == ("done", 2020, "")
    stored = open_results(tmp_path / "results" / job["folder"])
    table = run(load("idlib-2018", (), {DOMESTIC: 0.8}), 20, days=60)
    assert stored.outcome.worlds["days_held"].tolist() == table["days_held"].tolist()
    row = page.ask("result", folder=job["folder"])["result"]
    assert row["kind"] == "run"
    assert row["state"] == {**state, "seed": 1}
    assert client.get(row["report"]).status_code == 200
    pictures = {figure["name"]: figure for figure in row["figures"]}
    assert {"survival", "causes"} <= set(pictures)
    assert client.get(pictures["survival"]["png"]).content.startswith(b"\x89PNG")
    assert b"<svg" in client.get(pictures["survival"]["svg"]).content
    tables = {each["name"]: client.get(each["csv"]).text for each in row["tables"]}
    worlds = list(csv.DictReader(io.StringIO(tables["worlds"])))
    assert [int(world["days_held"]) for world in worlds] == table["days_held"].tolist()
    assert all(tables[name].count("\n") >= 2 for name in ("main-figures", "survival", "causes"))
    again = page.ask("keep", state=state)["job"]
    assert finished(page, again)["folder"] == job["folder"]
    assert [each["folder"] for each in page.ask("results")["results"]] == [job["folder"]]


def page_text(folder: Path) -> str:
    """What the report of a folder says, without when it was made, how long it took, and where it lies."""
    text = re.sub(
        r"<style>.*?</style>|<script.*?</script>", "", (folder / "report.html").read_text(encoding="utf-8"), flags=re.S
    )
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
    timeless = re.sub(r"\d{4}-\d\d-\d\dT[\d:+]+|(?<=\[seconds\] )[\d.]+", "", plain)
    where = f"results/{folder.name}"
    return timeless.replace(f" --out {where} --json", "").replace(shlex.quote(where), "FOLDER").replace(where, "FOLDER")


def test_figures_tables_and_report_that_are_kept_are_those_of_the_shown_command(
    page: Page, client: TestClient, tmp_path: Path
) -> None:
    brief = {**STATE, "days": 40, "worlds": 12, "set": {"agreement.term_days": 20}}
    job = finished(page, page.ask("keep", state=brief)["job"])
    command = [*shlex.split(job["command"]), "--out", "results/other", "--json"]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    kept, made = tmp_path / "results" / job["folder"], tmp_path / "results" / "other"
    names = {str(file.relative_to(kept)) for file in kept.rglob("*") if file.is_file()}
    assert names == {str(file.relative_to(made)) for file in made.rglob("*") if file.is_file()}
    assert {"figures/survival.png", "figures/survival.svg", "report.html", "manifest.json"} <= names
    for name in names - {"manifest.json", "report.html"}:
        assert (kept / name).read_bytes() == (made / name).read_bytes(), name
    assert page_text(kept) == page_text(made)
    own, other = (json.loads((folder / "manifest.json").read_text()) for folder in (kept, made))
    for name in ("identity", "digest", "table_sha256", "doubt"):
        assert own[name] == other[name], name
    for table in ("worlds", "survival", "causes", "main-figures"):
        mine, theirs = (client.get(f"/results/{folder.name}/{table}.csv").text for folder in (kept, made))
        assert mine == theirs
        assert mine.count("\n") >= 2
    rows = {row["figure"]: row for row in csv.DictReader(io.StringIO(mine))}
    printed = json.loads(done.stdout)
    for name, figure in (
        ("mean days held", printed["mean_days_held"]),
        *((f"holds past day {day}", one) for day, one in printed["holding"].items() if day != "40"),
    ):
        assert float(rows[name]["value"]) == pytest.approx(figure["value"], abs=1e-4)
        assert float(rows[name]["mean_over_draws"]) == pytest.approx(figure["mean_over_draws"], abs=1e-4)


def test_two_kept_runs_are_compared_on_their_worlds(page: Page) -> None:
    base = {"scenario": "idlib-2018", "worlds": 20, "days": 60}
    states = (base, {**base, "changes": ["no-monitors"]})
    folders = [finished(page, page.ask("keep", state=state)["job"])["folder"] for state in states]
    found = page.ask("compare", first=folders[0], other=folders[1])["comparison"]
    assert found["label_other"] == "idlib-2018+no-monitors"
    assert found["days"]["low"] <= found["days"]["value"] <= found["days"]["high"]
    assert [each["path"] for each in found["differs"]] == ["agreement.monitoring"]
    assert "20 worlds" in found["sentence"]
    Path("results", folders[0]).rename("results/my run")
    command = page.ask("compare", first="my run", other=folders[1])["comparison"]["command"]
    assert shlex.split(command)[-3:] == ["compare", "results/my run", f"results/{folders[1]}"]
    for folder in ("..", ".", "", "none", "a/b"):
        assert page.until_fault("result", folder=folder)["faults"][0]["message"]


DESIGN: dict[str, Any] = {
    "kind": "numbers", "state": {**STATE, "days": 60}, "worlds": 20, "name": "mine",
    "numbers": [{"path": "agreement.clarity", "low": 0.1, "high": 0.9, "levels": 3}],
}  # fmt: skip


def test_a_batch_is_an_experiment_that_the_command_line_goes_on_with(page: Page) -> None:
    cost = page.ask("estimate", design=DESIGN)
    assert (cost["points"], cost["worlds"], cost["exists"]) == (4, 80, False)
    assert cost["files"] == ["experiments/mine.yaml", "mine-base.yaml"]
    assert list(Path().iterdir()) == []
    job = finished(page, page.ask("start", design=DESIGN)["job"])
    assert (job["state"], job["folder"], job["done"]) == ("done", "mine", 80)
    assert job["report"] == "/results/mine/report.html"
    experiment = prepare(load_experiment("mine"))
    assert progress_of(experiment, Store(Path("results/mine"))).complete
    assert experiment.horizon == 60
    assert load("mine-base.yaml").digest == load("idlib-2018", ["no-monitors"], {DOMESTIC: 0.8}).digest
    row = page.ask("result", folder="mine")["result"]
    assert (row["kind"], row["complete"]) == ("experiment", True)
    assert page.ask("estimate", design=DESIGN)["exists"] is True


def test_a_stopped_batch_keeps_what_is_done_and_is_resumed(page: Page) -> None:
    design = {**DESIGN, "worlds": 4000, "state": {"scenario": "idlib-2018"}}
    job = page.ask("start", design=design)["job"]
    time.sleep(1.0)
    page.ask("stop", job=job["job"])
    assert finished(page, job)["state"] == "stopped"
    assert page.ask("result", folder="mine")["result"]["complete"] is False
    done = progress_of(prepare(load_experiment("mine")), Store(Path("results/mine"))).done
    assert done < 16_000
    again = page.ask("resume", folder="mine")["job"]
    assert again["job"] != job["job"]
    assert finished(page, again)["state"] == "done"
    assert progress_of(prepare(load_experiment("mine")), Store(Path("results/mine"))).complete


def test_levers_and_shipped_experiments_are_batches_too(page: Page) -> None:
    cost = page.ask("estimate", design={"kind": "levers", "state": {"scenario": "idlib-2018"}, "worlds": 5})
    assert cost["points"] > 5
    assert cost["files"] == [f"experiments/{cost['folder']}.yaml"]
    names = [each["name"] for each in page.ask("experiments")["experiments"]]
    assert "tripwire-size" in names
    assert page.ask("estimate", design={"kind": "experiment", "name": "tripwire-size", "quick": True})["points"] > 2
    fault = page.until_fault("estimate", design={**DESIGN, "numbers": [{**DESIGN["numbers"][0], "high": 0.1}]})
    assert fault["faults"][0]["path"] == "agreement.clarity"
    fault = page.until_fault(
        "estimate", design={**DESIGN, "numbers": [{**DESIGN["numbers"][0], "path": "agreement.x"}]}
    )
    assert fault["faults"][0]["path"].startswith("agreement.x")
    assert fault["faults"][0]["file"] == ""
    page.until_fault("estimate", design={"kind": "experiment", "name": "../x.yaml"})
    assert list(Path().iterdir()) == []


def test_an_experiment_of_another_hand_is_not_overwritten(page: Page) -> None:
    Path("experiments").mkdir()
    Path("experiments/mine.yaml").write_text("name: mine\n")
    fault = page.until_fault("start", design=DESIGN)
    assert "choose another name" in fault["faults"][0]["message"]
    assert Path("experiments/mine.yaml").read_text() == "name: mine\n"
    assert not Path("mine-base.yaml").exists()


def test_a_new_scenario_begins_from_a_few_facts(page: Page) -> None:
    asked = page.ask("questions")
    assert {"start", "ceasefire_class", "planned_days"} <= {each["name"] for each in asked["questions"]}
    facts = {"country": "Sudan", "start": "2023-05-20", "planned_days": "7", "mechanism": "yes", "written": ""}
    made = page.ask("create", name="newone", answers=facts)
    assert made["type"] == "saved"
    scenario = load("newone.yaml").scenario
    assert (scenario.agreement.term_days, scenario.start.isoformat()) == (7, "2023-05-20")
    assert scenario.title == "Ceasefire in Sudan of 2023-05-20"
    assert "#   Where is the conflict? Sudan\n" in made["text"]
    shares = [row["share"] for row in made["forecast"]["rows"]]
    assert shares == sorted(shares, reverse=True)
    assert "365 days" in made["forecast"]["sentence"]
    for wrong, path in (({"start": "2023-99-01"}, "start"), ({"who": "me"}, "who")):
        assert page.until_fault("create", name="other", answers=wrong)["faults"][0]["path"] == path
    assert not Path("other.yaml").exists()
