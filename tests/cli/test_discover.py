"""`ceasefire discover`: a sentence, a figure and a section of the report; messages where there is nothing to find."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from conftest import SMALL, Command

from ceasefire.report.scenario_discovery import corner_sentence

ASKED = """name: asked
title: What was asked
question: Where does it fail?
scenario: {scenario}
days: 120
uncertainties: {{paths: {{mechanisms.offensive_rate: {{range: [0.02, 0.4]}}, trust.north: doubt}}}}
design: {{kind: {kind}, samples: 128}}
worlds: 16
outcomes: [days_held, holds_to_the_end]
"""


def asked(kind: str = "latin_hypercube") -> str:
    Path("asked.yaml").write_text(ASKED.format(scenario=SMALL, kind=kind), encoding="utf-8")
    return "asked.yaml"


def test_the_corner_of_an_experiment_is_a_table_a_figure_and_a_section(command: Command) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install 'ceasefire[discovery]'")
    assert command("experiment", asked(), "--out", "ran").code == 0
    table = pd.read_csv("ran/tables/corner.csv")
    assert set(table["factor"]) <= {"mechanisms.offensive_rate", "trust.north"}
    assert (table["draws"] == 64).all()
    answer = command("discover", "ran")
    page = Path("ran/report.html").read_text(encoding="utf-8")
    assert "out of sample: on 64 draws" in answer.out
    assert "out of sample: on 64 draws" in page.replace("\n", " ")
    assert "In which corner does it fail?" in page
    assert "fails most often with rule: fire in an offensive at most" in answer.out
    assert Path("ran/figures/corner.png").is_file()
    (first, *_) = json.loads(command("discover", "ran", "--json").out)
    assert first["density"] > first["everywhere"]


def test_the_sentence_has_density_and_coverage_with_intervals() -> None:
    figures: dict[str, object] = {"draws": 500, "inside": 57, "outcome": "holds_past_365"}
    for name, value in (("density", 0.42), ("everywhere", 0.22), ("more", 0.2), ("coverage", 0.21)):
        figures |= {name: value, f"{name}_low": value - 0.1, f"{name}_high": value + 0.1}
    rows = pd.DataFrame([
        {"factor": "a", "above": 0.98, "least": 0.1, "most": 1.4, **figures},
        {"factor": "b", "at_most": 0.29, "least": 0.2, "most": 0.4, **figures},
    ])  # fmt: skip
    text = corner_sentence(rows, {"a": "strikes"}).replace("\N{NO-BREAK SPACE}", " ")
    assert "fails most often with strikes above 0.98 and b at most 0.29: in 42 % (32 to 52) of worlds there" in text
    assert "against 22 % (12 to 32) over all draws" in text
    assert "The corner is 11 % of the draws, and 21 % (95 %: 11 % to 31 %) of all failures" in text
    nothing = corner_sentence(rows.assign(more_low=-0.01), {})
    assert nothing.startswith("No corner of the assumed numbers is known")


def test_what_has_no_corner_is_refused_in_a_sentence(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("empty").mkdir()
    assert "empty holds no experiment" in command("discover", "empty").err
    command("experiment", asked("sobol"), "--out", "sobol")
    assert "a corner is looked for in a finished latin_hypercube design" in command("discover", "sobol").err
    monkeypatch.setattr("ceasefire.analysis.scenario_discovery.find_spec", lambda name: None)
    answer = command("discover", "idlib-2018")
    assert answer.code == 2
    assert "pip install 'ceasefire[discovery]'" in answer.err


def test_without_scikit_learn_an_experiment_says_what_is_missing(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ceasefire.analysis.scenario_discovery.find_spec", lambda name: None)
    assert command("experiment", asked(), "--out", "ran").code == 0
    assert not Path("ran/tables/corner.csv").exists()
    assert "scikit-learn is not installed" in Path("ran/report.html").read_text(encoding="utf-8")


def test_a_scenario_is_asked_with_everything_in_doubt(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: pip install 'ceasefire[discovery]'")
    monkeypatch.setattr("ceasefire.experiments.prepare.QUICK_WORLDS", 480)
    answer = command("discover", f"{SMALL}+no-monitors", "--quick", "--out", "found")
    assert answer.code == 0, answer.err
    manifest = json.loads(Path("found/manifest.json").read_text(encoding="utf-8"))
    assert manifest["experiment"]["uncertainties"]["paths"] == {"**": {"doubt": True}}
    assert "no-monitors" in manifest["scenario"]
    assert "out of sample: on 24 draws" in answer.out
    assert "ROUGH" in answer.out
