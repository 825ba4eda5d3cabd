"""JSON Schema for editors: sound files fit, files with wrong fields, words and numbers do not; the page of fields."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from jsonschema import Draft7Validator

from ceasefire.cli.schema import page
from ceasefire.experiments.schema import experiment_schema
from ceasefire.scenario.find_scenarios import shipped
from ceasefire.scenario.json_schema import change_schema, scenario_schema
from ceasefire.scenario.load import load
from ceasefire.scenario.parameter_paths import quantities
from ceasefire.scenario.yaml_with_lines import read, to_plain

SCENARIO, CHANGE, EXPERIMENT = (Draft7Validator(s()) for s in (scenario_schema, change_schema, experiment_schema))
CLONE = Path(__file__).resolve().parents[2]


def content(file: Path) -> Any:
    """The content of a file; dates as editors see them."""
    tree, faults = read(file)
    assert tree is not None, faults
    return dates_as_text(to_plain(tree))


def dates_as_text(thing: Any) -> Any:
    if isinstance(thing, dict):
        return {name: dates_as_text(entry) for name, entry in thing.items()}
    if isinstance(thing, list):
        return [dates_as_text(entry) for entry in thing]
    return thing.isoformat() if isinstance(thing, datetime.date) else thing


def faults(validator: Draft7Validator, given: Any) -> list[str]:
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in validator.iter_errors(given)]


def test_the_schemas_are_schemas() -> None:
    for validator in (SCENARIO, CHANGE, EXPERIMENT):
        Draft7Validator.check_schema(validator.schema)


def test_every_shipped_file_fits_its_schema() -> None:
    scenarios = [f for f in shipped("scenarios").glob("*.yaml") if f.name != "motives.yaml"]
    own = [f for f in (CLONE / "tests" / "valid").glob("*.yaml") if "actors" in content(f) or "base" in content(f)]
    assert len(scenarios) >= 11
    assert own
    for file in (*scenarios, *own):
        assert faults(SCENARIO, content(file)) == [], file.name
    for file in (shipped("scenarios") / "changes").glob("*.yaml"):
        assert faults(CHANGE, content(file)) == [], file.name
    for file in shipped("experiments").glob("*.yaml"):
        assert faults(EXPERIMENT, content(file)) == [], file.name


BASE: dict[str, Any] = {"name": "mine", "base": "idlib-2020"}
WRONG: list[dict[str, Any]] = [
    {"horizon_days": 0},
    {"horizon_days": 36_501},
    {"agreement": {"monitoring": 1.2}},
    {"agreement": {"monitorring": 0.2}},
    {"agreement": {"monitoring": "much"}},
    {"agreement": {"monitoring": {"value": 0.2, "sorce": "heard"}}},
    {"agreement": {"class": "truce"}},
    {"actors": {"turkey": {"role": "onlooker"}}},
    {"actors": {"turkey": {"motives": {"domestic": 1.5}}}},
    {"front": {"sectors": {"m5": {"presence": {"turkey": -1}}}}},
    {"events": [{"titel": "x"}]},
    {"scenario": "idlib-2020"},
]


@pytest.mark.parametrize("wrong", WRONG, ids=[json.dumps(one)[:50] for one in WRONG])
def test_what_check_refuses_in_a_field_the_schema_refuses(wrong: dict[str, Any]) -> None:
    assert faults(SCENARIO, BASE) == []
    assert faults(SCENARIO, {**BASE, **wrong})


def test_an_entry_is_removed_with_null_and_a_number_is_bare_or_has_a_source() -> None:
    assert faults(SCENARIO, {**BASE, "agreement": {"deadlines": {"joint-patrols": None}, "term_days": None}}) == []
    sourced = {"uniform": [0.2, 0.4], "source": "heard", "range": [0.1, 0.5], "known_by": "2020-03-01"}
    assert faults(SCENARIO, {**BASE, "agreement": {"monitoring": sourced, "clarity": 0.4}}) == []


@pytest.mark.parametrize(
    ("path", "spread", "fits"),
    [("a.b", [0.1, 0.2], True), ("a.b", "doubt", True), ("a.b", {"range": [0, 1]}, True), ("a.b", "doubtful", False)],
)
def test_the_short_forms_of_experiments_fit(path: str, spread: Any, fits: bool) -> None:
    asked = {"name": "asked", "uncertainties": {"changes": "all", "paths": {path: spread}}}
    assert (faults(EXPERIMENT, asked) == []) is fits


def test_every_number_of_a_scenario_is_explained_with_its_unit_and_limits() -> None:
    text = json.dumps(scenario_schema())
    described = 0
    for _, _, meta in quantities(load("idlib-2020").scenario):
        span = f"{meta['low']:g} to {meta['high']:,.10g}]"
        described += meta["unit"] in text and span in text
    assert described > 200


def test_the_page_of_fields_is_what_the_schema_says() -> None:
    stored = (CLONE / "docs" / "fields.md").read_text(encoding="utf-8")
    assert stored.rstrip("\n") == page().rstrip("\n"), "ceasefire schema --page > docs/fields.md"
    for path in ("actors.<name>.motives.<name>", "mechanisms.temperature", "events.<position>.rate_per_year", "worlds"):
        assert f"| `{path}` |" in stored


@pytest.mark.parametrize("how", [("--from", "idlib-2018"), ("--features", "country=Mali,start=2014-05-23")])
def test_new_files_name_their_schema_beside_them(how: tuple[str, str], command: Command) -> None:
    Path("scenarios").mkdir()
    file = Path(command("new", "mine", *how).last)
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=./scenario.schema.json"
    answer = command("schema", "--out", str(file.parent))
    assert answer.code == 0
    schema = json.loads((file.parent / first.rpartition("=")[2]).read_text(encoding="utf-8"))
    assert faults(Draft7Validator(schema), content(file)) == []
    names = {"scenario", "change", "experiment"}
    assert {one.name for one in file.parent.glob("*.json")} == {f"{name}.schema.json" for name in names}
    assert command("check", str(file)).code == 0
