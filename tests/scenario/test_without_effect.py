"""What can do nothing, or works the other way round, is said; what can act is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import SMALL, Command

from ceasefire.scenario.find_scenarios import list_scenarios
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Motive
from ceasefire.scenario.variants import open_base
from ceasefire.scenario.without_effect import salience_span, warnings

WITHOUT_CLAIMS = """\
name: idle
base: idlib-2020
actors:
  turkey: {capability: 0, motives: {reclaim: 0.6, covet: 0.5, grudge: 0.5}}
  nato: {influence: 0}
motives:
  covet: {title: Covet, profile: [0, 0, 0, 1], source: s, salience: {terms: {unheld: 1}}}
  grudge: {title: Grudge, profile: [0, 0, 0, 1], source: s, salience: {constant: -0.5, terms: {threat: 0.3}}}
"""


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    monkeypatch.chdir(tmp_path)
    claimed = [name for name, sector in load("idlib-2020").scenario.front.sectors.items() if "turkey" in sector.claims]
    front = "front:\n  sectors:\n" + "".join(f"    {name}: {{claims: {{turkey: 0}}}}\n" for name in claimed)
    Path("idle.yaml").write_text(WITHOUT_CLAIMS + front, encoding="utf-8")
    return "idle.yaml"


def test_each_thing_without_effect_is_told_with_its_path_and_the_reason(idle: str) -> None:
    told = {warned.path: warned.message for warned in warnings(load(Path(idle)).scenario)}
    motives = {f"actors.turkey.motives.{name}" for name in ("reclaim", "covet", "grudge")}
    assert set(told) == {"actors.turkey.capability", "actors.nato.influence", *motives}
    assert "deters nobody" in told["actors.turkey.capability"]
    assert "can do nothing" in told["actors.nato.influence"]
    assert "always -0.25" in told["actors.turkey.motives.reclaim"]
    assert "pulls the other way" in told["actors.turkey.motives.reclaim"]
    assert "it claims no sector" in told["actors.turkey.motives.reclaim"]
    assert "never felt here" in told["actors.turkey.motives.covet"]
    assert "never above 0 here, so it only ever pulls the other way" in told["actors.turkey.motives.grudge"]


@pytest.mark.parametrize("name", list_scenarios())
def test_no_shipped_scenario_has_any(name: str) -> None:
    assert warnings(load(name).scenario) == []


def test_check_run_and_describe_say_it_and_check_still_says_ok(command: Command, idle: str) -> None:
    checked = command("check", idle)
    assert checked.code == 0
    assert "idle.yaml: ok" in checked.out
    assert "warning: actors.turkey.capability" in checked.out
    run = command("run", idle, "--worlds", "3", "--days", "20")
    assert "warning: actors.nato.influence" in run.err
    assert "Without effect" in Path(run.last, "report.html").read_text(encoding="utf-8")
    assert "Without effect, or the other way round" in command("describe", idle).out
    assert "Without effect" not in command("describe", "idlib-2020").out


def test_a_salience_that_never_rises_above_nought_is_found() -> None:
    motive = Motive.model_validate(
        {"title": "m", "profile": [0, 0, 0, 1], "source": "s",
         "salience": {"constant": -0.5, "terms": {"unheld * odds": 0.4, "not threat": -0.1}}}
    )  # fmt: skip
    assert salience_span(motive, {}) == pytest.approx((-0.6, -0.1))
    assert salience_span(motive, {"unheld": "x", "threat": "x"}) == pytest.approx((-0.6, -0.6))


def test_a_lever_that_changes_nothing_is_not_offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("changes").mkdir()
    Path("quiet.yaml").write_text(f"name: quiet\nbase: {SMALL}\nagreement: {{hotline: 0}}\n", encoding="utf-8")
    text = "name: dead-line\ntitle: No line\nsentence: s\nkind: lever\nset: {agreement.hotline: 0}\n"
    Path("changes/dead-line.yaml").write_text(text, encoding="utf-8")
    assert "dead-line" in open_base(str(SMALL), tmp_path).applying(("lever",)) or True
    assert "dead-line" not in open_base("quiet.yaml", tmp_path).applying(("lever",))
