"""Folders of `compare`, `levers`, `calibrate` and `validate`: no call overwrites the results of another."""

from __future__ import annotations

import datetime
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import Command
from synthetic_counts import made_up
from synthetic_deals import as_row, deals_of, write_file
from test_output_folder import everything

import ceasefire
from ceasefire.array_types import FloatArray
from ceasefire.compilation.cache import source_digest
from ceasefire.ensemble.output_folder import (
    REQUEST_FILE,
    FolderError,
    Request,
    folder_for_request,
    write_request_folder,
)
from ceasefire.ensemble.run_plan import Plan
from ceasefire.evaluation.calibration.target_windows import all_names
from ceasefire.evaluation.validation.reference_class_patterns import hazard_falls
from ceasefire.scenario.load import load

BRIEF = ("--worlds", "8", "--days", "30")
COMMANDS = ("compare", "levers", "calibrate", "validate")
NAMES = {
    "compare": "two-sides-vs-two-sides+no-monitors",
    "levers": "levers-two-sides",
    "calibrate": "calibration",
    "validate": "validation",
}


def no_worlds(numbers: FloatArray, seed: int, progress: Callable[[str], None]) -> FloatArray:
    """Made-up figures of windows, by seed."""
    return np.random.default_rng(seed).uniform(0, 1, (len(numbers), len(all_names())))


@pytest.fixture(autouse=True)
def _few_worlds(monkeypatch: pytest.MonkeyPatch, few_worlds_in_doubt: None) -> None:
    """Few worlds at draws and for validation, none for calibration: no test here looks at the results."""
    monkeypatch.setattr("ceasefire.evaluation.validation.data_used.QUICK_WORLDS", 6)
    monkeypatch.setattr("ceasefire.evaluation.validation.data_used.WAYS", ("mid",))
    monkeypatch.setattr("ceasefire.evaluation.validation.data_used.WAY", "mid")
    monkeypatch.setattr("ceasefire.evaluation.calibration.target_windows.simulated_figures", no_worlds)
    monkeypatch.setattr("ceasefire.evaluation.calibration.posterior.TRIALS", 4)
    monkeypatch.setattr("ceasefire.evaluation.validation.patterns.ROWS", (hazard_falls,))


@pytest.fixture(params=COMMANDS)
def calls(request: pytest.FixtureRequest, small: str, tmp_path: Path) -> tuple[list[str], list[str]]:
    """Two calls of a command with different results."""
    name = request.param
    if name in ("compare", "levers"):
        first = [name, small, *([f"{small}+no-monitors"] if name == "compare" else []), *BRIEF]
        return first, [*first, "--seed", "2"]
    data = tmp_path / "data"
    if name == "calibrate":
        data.mkdir()
        first = [name, "--data", str(made_up(data)), "--draws", "1000"]
        return first, [*first, "--seed", "2"]
    rows = [as_row(deal) for deal in deals_of(60)]
    first = [name, "--quick", "--data", str(write_file(data, rows))]
    return first, [name, "--quick", "--data", str(write_file(tmp_path / "other", rows[:-1]))]


def request_in(folder: Path) -> dict[str, object]:
    """The request file of a folder."""
    content: dict[str, object] = json.loads((folder / REQUEST_FILE).read_text(encoding="utf-8"))
    return content


def test_two_different_calls_get_a_folder_each_and_the_same_call_gives_the_same_bytes(
    command: Command, calls: tuple[list[str], list[str]]
) -> None:
    first, second = calls
    assert command(*first).code == 0
    (plain,) = Path("results").iterdir()
    assert plain.name == NAMES[first[0]]
    before = everything(plain)
    assert command(*second).code == 0
    assert everything(plain) == before
    (other,) = set(Path("results").iterdir()) - {plain}
    identity = str(request_in(other)["identity"])
    assert other.name == f"{plain.name}-{identity[:6]}"
    assert identity != request_in(plain)["identity"]
    assert set(everything(other)) == set(before)
    assert everything(other)[REQUEST_FILE] != before[REQUEST_FILE]

    (plain / "notes.txt").write_text("mine", encoding="utf-8")
    for name in before:
        if name != REQUEST_FILE:
            (plain / name).write_text("damaged", encoding="utf-8")
    assert command(*first).code == 0
    assert everything(plain) == before | {"notes.txt": b"mine"}
    assert sorted(os.listdir("results")) == sorted([plain.name, other.name])


def test_a_folder_of_anything_else_is_refused_and_left_alone(
    command: Command, calls: tuple[list[str], list[str]]
) -> None:
    first, second = calls
    Path("mine").mkdir()
    Path("mine/differences.csv").write_text("keep me", encoding="utf-8")
    answer = command(*first, "--out", "mine")
    assert answer.code == 2
    assert answer.err.strip().splitlines()[-1] == (
        "mine holds something else already, and nothing is overwritten; choose another --out"
    )
    assert everything(Path("mine")) == {"differences.csv": b"keep me"}
    assert command(*first, "--out", "ours").code == 0
    before = everything(Path("ours"))
    assert command(*second, "--out", "ours").code == 2
    assert everything(Path("ours")) == before
    assert request_in(Path("ours"))["command"] == " ".join(["ceasefire", *first, "--out", "ours"])


@pytest.mark.parametrize("kind", ["compare", "levers"])
def test_a_comparison_keeps_the_date_on_which_it_was_first_made(command: Command, small: str, kind: str) -> None:
    """On its page and in the foot of its figures, also when it is drawn again or the same call is made again."""
    call = [kind, small, *([f"{small}+no-monitors"] if kind == "compare" else []), *BRIEF]
    folder = Path(command(*call).last)
    figure = folder / ("levers.svg" if kind == "levers" else "comparison.svg")
    made = datetime.datetime.fromisoformat(str(request_in(folder)["started"]))
    assert abs((datetime.datetime.now(datetime.UTC) - made).total_seconds()) < 600
    assert made.strftime("%Y") in re.sub("<[^>]*>", "", figure.read_text(encoding="utf-8"))
    earlier = {**request_in(folder), "started": "2019-08-07T12:00:00+00:00"}
    (folder / REQUEST_FILE).write_text(json.dumps(earlier), encoding="utf-8")
    for again in (["report", str(folder)], call):
        assert command(*again).code == 0
        assert request_in(folder)["started"] == earlier["started"]
        assert "on 7 August 2019" in (folder / "report.html").read_text(encoding="utf-8")
        assert "7 August 2019" in figure.read_text(encoding="utf-8")


def test_a_run_is_never_mistaken_for_a_comparison(command: Command, small: str) -> None:
    folder = command("run", small, "--out", "ran", *BRIEF).last
    before = everything(Path(folder))
    answer = command("compare", small, f"{small}+no-monitors", *BRIEF, "--out", folder)
    assert answer.code == 2
    assert "holds something else" in answer.err
    assert everything(Path(folder)) == before


def test_the_request_file_names_every_side_and_the_program(command: Command, small: str) -> None:
    """A folder is a side with the identity in its manifest. Single settings are in its name."""
    ran = Path(command("run", small, "--set", "agreement.monitoring=0.9", *BRIEF).last)
    compared = Path(command("compare", str(ran), f"{small}+no-monitors").last)
    content = request_in(compared)
    parameters, program = content["asked"], content["program"]
    assert isinstance(parameters, dict)
    assert isinstance(program, dict)
    keys = ("scenario", "digest", "worlds", "seed", "days", "engine", "identity")
    manifest = json.loads((ran / "manifest.json").read_text(encoding="utf-8"))
    other = Plan(load(small, changes=["no-monitors"]), 8, 1, days=30)
    identity = {**other.identity, "scenario": "two-sides+no-monitors", "identity": other.fingerprint}
    assert parameters["command"] == "compare"
    assert parameters["sides"] == [{key: one[key] for key in keys} for one in (manifest, identity)]
    assert parameters["doubt"] == {"draws": 200, "worlds_per_draw": 2}
    assert (program["ceasefire"], program["source"]) == (ceasefire.__version__, source_digest())
    assert compared.name == "two-sides+agreement.monitoring=0.9-vs-two-sides+no-monitors"


def test_what_stops_a_call_leaves_what_the_same_call_had_kept(
    command: Command, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(command("levers", small, *BRIEF).last)
    before = everything(Path())

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ceasefire.report.comparison_figures.draw_ranking", stop)
    assert command("levers", small, *BRIEF).code == 130
    assert everything(Path()) == before
    assert command("levers", small, *BRIEF, "--seed", "2", "--out", "far/away").code == 130
    assert everything(Path()) == before
    assert os.listdir() == [folder.parts[0]]


def test_a_name_that_another_call_took_meanwhile_is_left_to_it(tmp_path: Path) -> None:
    ours, theirs = Request("x", {"seed": 1}), Request("x", {"seed": 2})

    def fill(request: Request, within: Request | None = None) -> None:
        with write_request_folder(tmp_path / "x", request, ["ceasefire"]) as aside:
            (aside / "table.csv").write_text(str(request.parameters["seed"]), encoding="utf-8")
            if within is not None:
                fill(within)

    with pytest.raises(FolderError, match="taken by another run"):
        fill(ours, within=theirs)
    assert (tmp_path / "x" / "table.csv").read_text(encoding="utf-8") == "2"
    fill(theirs, within=theirs)
    assert sorted(everything(tmp_path)) == [f"x/{REQUEST_FILE}", "x/table.csv"]


def test_another_version_of_the_program_makes_another_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parameters = {"seed": 1}
    with write_request_folder(tmp_path / "x", Request("x", parameters), ["ceasefire"]):
        pass
    assert folder_for_request(Request("x", parameters), tmp_path / "x") == tmp_path / "x"
    with monkeypatch.context() as other:
        other.setattr("ceasefire.ensemble.output_folder.source_digest", lambda: "another program")
        with pytest.raises(FolderError, match="holds something else"):
            folder_for_request(Request("x", parameters), tmp_path / "x")
    monkeypatch.setattr("ceasefire.ensemble.output_folder.program_version", lambda: "another version")
    with pytest.raises(FolderError, match="holds something else"):
        folder_for_request(Request("x", parameters), tmp_path / "x")
