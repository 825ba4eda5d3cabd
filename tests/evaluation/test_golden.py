"""Outcomes of the shipped scenarios are the stored ones; CONTRIBUTING says how the stored ones are changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ceasefire.evaluation.verification import golden


@pytest.mark.parametrize("name", list(golden.scenarios()))
def test_a_scenario_gives_its_golden_outcome(name: str) -> None:
    assert golden.differences(name) == []


def test_every_golden_outcome_belongs_to_a_scenario() -> None:
    assert {file.stem for file in golden.FOLDER.glob("*.json")} == set(golden.scenarios())


def test_outcomes_are_compared_by_their_table_and_reported_by_their_figures(tmp_path: Path) -> None:
    assert set(golden.update(tmp_path)) == set(golden.scenarios())
    assert golden.update(tmp_path) == []
    file = tmp_path / f"{golden.SMALL}.json"
    file.write_text(file.read_text().replace('"mean_talks": ', '"mean_talks": 9'))
    (tmp_path / "gone.json").write_text("{}")
    assert [line.split(":")[1].split()[0] for line in golden.differences(golden.SMALL, tmp_path)] == ["mean_talks"]
    assert sorted(golden.update(tmp_path)) == ["gone", golden.SMALL]
