"""The page for people who edit scenarios agrees with the files."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest

from ceasefire.parameters.indicators import INDICATORS
from ceasefire.scenario.compose import read_change
from ceasefire.scenario.find_scenarios import MOTIVES, find_scenario
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import AGREEMENT_CLASSES, ENGAGEMENT_LADDER, FORCE_LADDER
from ceasefire.scenario.yaml_with_lines import to_plain
from ceasefire.world_state import CAUSES, VIOLATION_KINDS

FOLDER = Path(__file__).parents[2] / "scenarios"
TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")
KINDS = ("lever", "shock", "assumption")


def rows_under(head: str) -> dict[str, str]:
    """The first two columns, without code marks, of the table whose first column has this heading."""
    table = TEXT.split(f"| {head} |", 1)[1].split("\n\n", 1)[0]
    return dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", table, re.MULTILINE))


def changes_of(kind: str) -> dict[str, str]:
    """Names and sentences of the shipped changes of one kind."""
    changes: list[dict[str, Any]] = [
        to_plain(read_change(file)) for file in sorted((FOLDER / "changes").glob("*.yaml"))
    ]
    return {change["name"]: change["sentence"] for change in changes if change["kind"] == kind}


@pytest.mark.parametrize("kind", KINDS)
def test_the_catalogue_of_changes_is_that_of_the_files(kind: str) -> None:
    assert len(changes_of(kind)) > 5
    assert rows_under(kind) == changes_of(kind)


def test_every_change_is_of_a_kind_that_has_a_table() -> None:
    assert sum(len(changes_of(kind)) for kind in KINDS) == len(list((FOLDER / "changes").glob("*.yaml")))


def test_the_indicators_are_those_of_the_program_in_its_order() -> None:
    assert list(rows_under("indicator").items()) == list(INDICATORS.items())


def test_the_catalogue_of_motives_names_the_same_indicators() -> None:
    head = (FOLDER / MOTIVES).read_text(encoding="utf-8").split("\n\n# ---", 1)[0]
    named = re.search(r"The indicators you may use:(.*)\(explained", head, re.DOTALL)
    assert named is not None
    assert named[1].replace("#", " ").split() == list(INDICATORS)


def test_every_file_of_the_folder_is_in_the_table_of_files() -> None:
    files = {file.name for file in FOLDER.glob("*.yaml")}
    assert {"idlib-2020.yaml", "motives.yaml"} <= files
    assert set(rows_under("file")) == {*files, "changes/*.yaml"}


def test_the_glossary_is_in_the_order_of_the_alphabet_and_has_every_rung_class_kind_and_cause() -> None:
    glossary = TEXT.split("## Glossary", 1)[1].split("## Indicators", 1)[0]
    terms = re.findall(r"^- \*\*([^*]+)\*\*", glossary, re.MULTILINE)
    assert len(terms) > 40
    assert terms == sorted(terms)
    words = [*FORCE_LADDER, *ENGAGEMENT_LADDER, *AGREEMENT_CLASSES, *VIOLATION_KINDS, *CAUSES[1:]]
    unsaid = [word for word in words if not re.search(rf"\*{word.replace('_', ' ')}\*", glossary, re.IGNORECASE)]
    assert unsaid == []


def test_the_signatories_that_the_glossary_names_are_the_guarantors_of_the_flagship() -> None:
    scenario = load("idlib-2020").scenario
    free = [
        actor.title
        for name, actor in scenario.actors.items()
        if actor.role != "outside" and actor.patron is None and name not in scenario.agreement.excludes
    ]
    assert f"here {' and '.join(free)}" in " ".join(TEXT.split("**signatory**", 1)[1].split())


def test_a_tenth_of_utility_doubles_the_odds_as_the_glossary_says() -> None:
    temperature = load("idlib-2020").scenario.mechanisms.temperature.centre
    assert math.exp(0.1 / temperature) == pytest.approx(2, rel=0.1)


def test_the_example_of_a_scenario_of_ones_own_is_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"^ +```yaml\n(.*?)^ +```$", TEXT, re.MULTILINE | re.DOTALL)
    mine = tmp_path / "my-idlib.yaml"
    mine.write_text("\n".join(line[3:] for line in example.splitlines()) + "\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    scenario = load(find_scenario("./my-idlib.yaml")).scenario
    assert scenario.actors["turkey"].commitment.centre == 0.95
    assert list(scenario.agreement.deadlines) == ["corridor"]


WAYS = list(rows_under("written"))


def test_there_are_bare_sourced_and_drawn_ways_to_write_a_number() -> None:
    assert len(WAYS) >= 8
    assert all(any(way.startswith(start) for way in WAYS) for start in ("0", "{value", "{uniform", "{lognormal"))


@pytest.mark.parametrize("written", WAYS)
def test_every_way_to_write_a_number_can_be_read(written: str, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(f"name: mine\ntitle: mine\nbase: idlib-2020\nactors: {{turkey: {{recent_losses: {written}}}}}\n")
    assert load(mine).scenario.actors["turkey"].recent_losses.centre >= 0
