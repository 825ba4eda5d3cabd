"""No combination is simulated twice: it is simulated once, counted as often as the design holds it, and shown once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pytest
from conftest import SMALL, Command

from ceasefire.errors import ScenarioError
from ceasefire.experiments.designs import first_alike, points_of
from ceasefire.experiments.load import LoadedExperiment, load_experiment

HEAD = f"title: t\nquestion: q\nscenario: {SMALL}\nworlds: 8\ndays: 30\noutcomes: [deaths_combatant]\n"
SWITCHES = "{changes: [no-monitors], paths: {agreement.clarity: [0.2, 0.7]}}"

REPEATING = {
    "switches in a hypercube": f"levers: {SWITCHES}\ndesign: {{kind: latin_hypercube, samples: 16}}\n",
    "switches in Morris": f"uncertainties: {SWITCHES}\ndesign: {{kind: morris, samples: 8}}\n",
    "switches in Sobol": f"uncertainties: {SWITCHES}\ndesign: {{kind: sobol, samples: 8}}\n",
    "a grid with a value twice": "levers: {paths: {agreement.clarity: [0.2, 0.2, 0.7]}}\ndesign: {kind: grid}\n",
    "levers and sampled switches": (
        "levers: {paths: {agreement.clarity: [0.2, 0.7]}}\nuncertainties: {paths: {agreement.hotline: [0.1, 0.9]}}\n"
        "design: {kind: latin_hypercube, samples: 6}\n"
    ),
    "a table with a row three times": (
        "levers: {changes: [no-monitors], paths: {agreement.clarity: table}}\ndesign: {kind: table, file: rows.csv}\n"
    ),
}
ROWS = "no-monitors,agreement.clarity\non,0.2\non,0.2\noff,0.5\non,0.2\n,\n"


def asked(text: str) -> Path:
    Path("rows.csv").write_text(ROWS, encoding="utf-8")
    Path("asked.yaml").write_text("name: asked\n" + HEAD + text, encoding="utf-8")
    return Path("asked.yaml")


def combinations(experiment: LoadedExperiment) -> int:
    codes = points_of(experiment).codes
    return len({tuple(map(str, row)) for row in codes + 0.0})


@pytest.mark.parametrize("kind", REPEATING)
def test_each_combination_is_simulated_once_and_shown_once(command: Command, kind: str) -> None:
    file = asked(REPEATING[kind])
    points = points_of(load_experiment(file))
    different = combinations(load_experiment(file))
    assert different < len(points)
    words = f"{len(points):,} points, {different:,} combinations, each simulated once"
    assert command("check", str(file)).out == f"asked.yaml: ok; {words}\n"
    dry = command("experiment", str(file), "--dry-run").out
    assert f"of which {different:,} are different" in dry
    folder = Path(command("experiment", str(file)).last)
    stored = ds.dataset(folder / "worlds", format="parquet").to_table().to_pandas()
    assert len(stored) == 8 * different
    assert stored["point"].nunique() == different
    table = pd.read_csv(folder / "tables" / "points.csv")
    assert len(table) == different
    assert table["times"].sum() == len(points)
    factors = [factor.name for factor in load_experiment(file).factors]
    assert not table.duplicated(factors).any()
    differences = pd.read_csv(folder / "tables" / "differences.csv")
    assert differences["point"].is_unique
    assert set(differences["point"]) <= set(table["point"])


def test_a_combination_is_counted_as_often_as_the_design_holds_it(command: Command) -> None:
    folder = Path(command("experiment", str(asked(REPEATING["switches in Sobol"]))).last)
    indices = pd.read_csv(folder / "tables" / "sensitivity.csv")
    assert len(indices) == 2
    assert indices["blocks"].eq(8).all()
    folder = Path(command("experiment", str(asked(REPEATING["levers and sampled switches"]))).last)
    levers = pd.read_csv(folder / "tables" / "levers.csv")
    assert levers["draws"].eq(6).all()
    assert levers["label"].is_unique


def test_samples_are_of_the_uncertainties_and_are_crossed_with_every_combination_of_levers(command: Command) -> None:
    text = (
        "levers: {changes: [no-monitors, ties-cut]}\nuncertainties: {paths: {agreement.clarity: {range: [0.1, 0.9]}}}\n"
        "design: {kind: latin_hypercube, samples: 6}\n"
    ).replace(", ties-cut", "")
    experiment = load_experiment(asked(text))
    points = points_of(experiment)
    assert len(points) == 2 * 6
    assert len(points.distinct) == 2 * 6
    assert [sorted(points.codes[points.draw == draw, 0].tolist()) for draw in range(6)] == [[0.0, 1.0]] * 6
    assert len(np.unique(points.codes[:, 1])) == 6
    folder = Path(command("experiment", "asked.yaml").last)
    assert pd.read_csv(folder / "tables" / "sensitivity.csv")["factor"].tolist() == ["agreement.clarity"]
    assert len(pd.read_csv(folder / "tables" / "levers.csv")) == 1


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol", "morris"])
def test_draws_beside_samples_are_refused_with_the_line(command: Command, kind: str) -> None:
    text = (
        "levers: {changes: [no-monitors]}\nuncertainties: {paths: {agreement.clarity: {range: [0.1, 0.9]}}}\n"
        f"draws: 4\ndesign: {{kind: {kind}, samples: 8}}\n"
    )
    with pytest.raises(ScenarioError) as refused:
        load_experiment(asked(text))
    (fault,) = refused.value.faults
    assert (fault.line, fault.path) == (10, "draws")
    assert "leave draws out" in fault.message


def test_equal_rows_are_found_with_their_gaps() -> None:
    nan = np.nan
    rows = np.array([[0, nan], [1, 2], [0, nan], [-0.0, nan], [nan, 0], [1, 2]])
    assert first_alike(rows).tolist() == [0, 1, 0, 0, 4, 1]
