"""Changes that name actors by role fit any war; levers are offered where they can act."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ceasefire.errors import ScenarioError
from ceasefire.scenario.find_scenarios import headline, list_changes, list_scenarios
from ceasefire.scenario.load import Loaded, check_file, load
from ceasefire.scenario.roles import ROLES
from ceasefire.scenario.variants import open_base

HEAD = "title: A change\nsentence: Something is other than it was.\nkind: lever\n"
SOME = ("idlib-2020", "minsk-2015", "sudan-2023", "gaza-2023", "generic")
"""Scenarios with the most levers; EVERY_SCENARIO=1 looks at all, which takes a minute or two."""
Changed = Callable[..., Loaded]


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """Loads a scenario under a change with this body."""

    def load_changed(scenario: str, body: str) -> Loaded:
        file = tmp_path / "mine.yaml"
        file.write_text(f"name: mine\n{HEAD}{body}", encoding="utf-8")
        return load(scenario, str(file))

    return load_changed


@pytest.mark.parametrize(
    ("role", "who"),
    [
        ("party", {"syria", "opposition"}),
        ("spoiler", {"hts"}),
        ("guarantor", {"russia", "turkey"}),
        ("client", {"syria", "opposition", "hts"}),
        ("patron", {"russia", "turkey"}),
        ("outside", {"nato", "eu", "us", "un"}),
        ("backer", {"nato", "us", "eu"}),
        ("mediator", {"un"}),
        ("backed", {"turkey"}),
    ],
)
def test_a_role_stands_for_everybody_who_has_it(changed: Changed, role: str, who: set[str]) -> None:
    after = changed("idlib-2020", f"set: {{actors.@{role}.weariness: 0.987}}").scenario
    assert {name for name, actor in after.actors.items() if actor.weariness.value == 0.987} == who


def test_roles_of_sides_and_values_that_name_one_are_those_of_the_scenario(changed: Changed) -> None:
    watcher = "{title: W, role: guarantor, side: '@first-side', ceiling: honour}"
    body = f"set:\n  trust.@second-side: 0.77\n  actors.watcher: {watcher}\n"
    scenario = changed("sudan-2023", body).scenario
    first, second = scenario.sides
    assert scenario.trust[second].value == 0.77
    assert scenario.actors["watcher"].side == first


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("actors.@guarantr.weariness", "no such role '@guarantr'; did you mean '@guarantor'?"),
        ("front.sectors.@guarantor.contact", "stands for names of actors; none stand there"),
        ("trust.@guarantor", "stands for names of actors; none stand there"),
        ("actors.@first-side.weariness", "stands for names of sides; none stand there"),
    ],
)
def test_a_role_that_does_not_exist_or_stands_wrong_is_named(tmp_path: Path, path: str, message: str) -> None:
    (tmp_path / "changes").mkdir()
    file = tmp_path / "changes" / "mine.yaml"
    file.write_text(f"name: mine\n{HEAD}set:\n  {path}: 0.5\n", encoding="utf-8")
    (fault,) = check_file(file)
    assert message in str(fault)
    assert ":6:" in str(fault)


def test_a_role_that_nobody_has_is_said_in_words(changed: Changed) -> None:
    with pytest.raises(ScenarioError, match=r"this scenario has no guarantor \(a guarantor\)"):
        changed("sudan-2023", "set: {actors.@guarantor.weariness: 0.5}")


SHARED = {
    "backers-hold-back", "clear-terms", "exchange-and-aid", "guarantee-by-troops", "hotline-off", "hotline-sure",
    "lines-marked", "ninety-days", "no-monitors", "open-end", "peacekeepers", "sanctions-ready", "small-steps",
    "spoiler-in", "spoiler-weakened", "supply-withheld", "wide-monitoring",
}  # fmt: skip


def test_the_shared_levers_name_no_actor_of_any_scenario_and_act_where_they_can() -> None:
    named = {name for scenario in ("idlib-2020", "sudan-2023", "generic") for name in load(scenario).scenario.actors}
    for lever in SHARED:
        text = list_changes()[lever].read_text(encoding="utf-8")
        assert not any(f"actors.{name}." in text for name in named), lever
    offered = {name: set(open_base(name).applying(("lever",))) for name in ("minsk-2015", "sudan-2023", "generic")}
    assert "guarantee-by-troops" in offered["minsk-2015"]
    assert "peacekeepers" not in offered["minsk-2015"]
    assert {"peacekeepers", "open-end", "sanctions-ready"} <= offered["sudan-2023"]
    assert "open-end" not in offered["generic"]
    assert set().union(*offered.values()) | {"spoiler-in", "spoiler-weakened"} >= SHARED


def test_a_lever_that_changes_nothing_is_not_offered(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\ntitle: m\nbase: generic\nagreement: {hotline: 0}\n", encoding="utf-8")
    offered = open_base(str(file)).applying(("lever",))
    assert "hotline-off" not in offered
    assert "hotline-sure" in offered


def test_spoilers_that_are_brought_in_are_bound_and_paid() -> None:
    before, after = load("idlib-2020").scenario, load("idlib-2020", "spoiler-in").scenario
    assert before.agreement.excludes == ["hts"]
    assert after.agreement.excludes == []
    profits = [scenario.actors["hts"].motives["war_profit"].centre for scenario in (before, after)]
    assert profits[1] == pytest.approx(profits[0] / 4)


def test_every_role_has_a_line_in_the_page_for_people_who_edit_scenarios() -> None:
    text = (Path(__file__).parents[2] / "scenarios" / "README.md").read_text(encoding="utf-8")
    for role, says in ROLES.items():
        assert f"| `@{role}` | {says} |" in text


def test_levers_that_give_the_same_scenario_are_offered_once(tmp_path: Path) -> None:
    """Under two names a lever would stand twice in every ranking."""
    body = "set: {agreement.hotline: 1}\n"
    (tmp_path / "changes").mkdir()
    for name in ("first-wire", "second-wire"):
        (tmp_path / "changes" / f"{name}.yaml").write_text(f"name: {name}\n{HEAD}{body}", encoding="utf-8")
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\ntitle: m\nbase: generic\n", encoding="utf-8")
    offered = open_base(str(file)).applying(("lever",))
    assert "first-wire" in offered
    assert "second-wire" not in offered


@pytest.mark.parametrize("scenario", sorted(list_scenarios()) if os.environ.get("EVERY_SCENARIO") else SOME)
def test_no_two_shipped_levers_are_the_same_in_any_scenario(scenario: str) -> None:
    base = open_base(scenario)
    given: dict[str, str] = {base.loaded.digest: "nothing"}
    for name, file in list_changes().items():
        if headline(file)["kind"] != "lever" or name in base.loaded.changes:
            continue
        try:
            digest = base.under((name,)).digest
        except ScenarioError:
            continue
        assert given.get(digest, "nothing") == "nothing", f"{name} is {given[digest]}"
        given.setdefault(digest, name)
    assert len(given) > 3


def test_a_change_that_fits_any_war_names_no_place_or_party_of_one() -> None:
    own = {"Moscow", "Ankara", "Damascus", "Idlib", "Syria", "Turkey", "Russia"}
    named = []
    for name, file in list_changes().items():
        text = Path(file).read_text(encoding="utf-8")
        if not re.search(r"actors\.|sectors\.|resolve\.", text):
            words = set(re.findall(r"\w+", text.partition("set:")[0]))
            named += [f"{name}: {', '.join(sorted(words & own))}"] if words & own else []
    assert named == []
