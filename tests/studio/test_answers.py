"""Answers: the worlds are those of the command that is shown, in stages, and newer states win over older ones."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from studio_page import PROGRAM, Page

from ceasefire.ensemble.output_folder import open_results
from ceasefire.ensemble.parameter_draws import DRAWS
from ceasefire.ensemble.pooled_forecast import duration_of, views_of
from ceasefire.ensemble.run import run, run_plan, run_summary
from ceasefire.ensemble.run_plan import Plan
from ceasefire.interface import compare
from ceasefire.report.sentences import answer
from ceasefire.scenario.compose import parse_settings
from ceasefire.scenario.load import load
from ceasefire.scenario.overrides import static_fault
from ceasefire.scenario.parameter_paths import quantities
from ceasefire.simulation.initial_state import initial_state
from ceasefire.studio import answers
from ceasefire.studio.curves import first_worlds, shipped_curve, shipped_names
from ceasefire.studio.desk import Desk
from ceasefire.studio.light import CURVES, shipped_curves
from ceasefire.studio.messages import Answer, State
from ceasefire.studio.states import ReadyStates, command_of, moved_to

pytest_plugins = ("studio_page",)

DOMESTIC = "actors.turkey.motives.domestic"
RECLAIM = "actors.syria.motives.reclaim"
SHORT = {"scenario": "idlib-2018", "days": 120, "worlds": 60}


def test_the_worlds_behind_a_curve_are_those_of_the_command_that_is_shown(page: Page, tmp_path: Path) -> None:
    state = {**SHORT, "seed": 3, "changes": ["no-monitors"], "set": {DOMESTIC: 0.1 + 0.2, "agreement.clarity": 1e-05}}
    answer = page.answer(state)
    done = subprocess.run([*shlex.split(answer["command"]), "--out", "out"], capture_output=True, text=True, check=True)
    assert "holds past day 30" in done.stdout
    worlds = open_results(tmp_path / "out").outcome.worlds
    assert answer["dots"]["days"] == worlds["days_held"].tolist()
    ends = [(answer["causes"][k]["cause"], answer["causes"][k]["actor"]) for k in answer["dots"]["cause"]]
    named = zip(worlds["cause"], worlds["cause_actor"], worlds["ended"], strict=True)
    assert ends == [(cause, actor) if ended else ("held", "") for cause, actor, ended in named]
    assert len(set(answer["dots"]["days"])) > 5
    assert answer["command"].startswith(f"{PROGRAM} run idlib-2018 --worlds 60 --seed 3 --days 120")


@pytest.mark.parametrize("scenario", ["idlib-2020", "gaza-2023"])
def test_a_moved_number_gives_the_record_of_the_loaded_scenario(scenario: str) -> None:
    whole = load(scenario).scenario
    slots = initial_state(whole).slots
    able = [(p, n, meta) for p, n, meta in quantities(whole) if p in slots and static_fault(p) is None]
    numbers = [(path, number.centre, meta) for path, number, meta in able if number.value is not None]
    assert len(numbers) > 200
    states, moved = ReadyStates(), 0
    for path, value, meta in numbers[:: len(numbers) // 8]:
        near = states.get(State(scenario=scenario, set={path: value}))
        other = min(value * 0.9 + 0.01, meta["high"])
        state = State(scenario=scenario, set={path: other})
        ready = moved_to(state, near, near.files)
        assert ready is not None, path
        assert (
            ready.initial.record.tobytes() == initial_state(load(scenario, (), {path: other}).scenario).record.tobytes()
        )
        moved += ready.initial.record.tobytes() != near.initial.record.tobytes()
    assert moved >= 7


def test_what_is_no_move_of_a_number_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    near = ReadyStates().get(State(scenario="idlib-2018", set={DOMESTIC: 0.5}))
    changes: tuple[dict[str, Any], ...] = (
        {"set": {DOMESTIC: {"uniform": [0.1, 0.2]}}}, {"set": {DOMESTIC: 7}}, {"set": {DOMESTIC: True}}, {"days": 9},
        {"set": {"actors.*.motives.domestic": 0.5}}, {"set": {DOMESTIC: 0.5, "agreement.clarity": 0.5}}, {"seed": 2},
        {"changes": ["no-monitors"]}, {"scenario": "idlib-2020"}, {"set": {}}, {"worlds": 7},
    )  # fmt: skip
    for change in changes:
        assert moved_to(near.state.model_copy(update=change), near, near.files) is None
    assert moved_to(near.state.model_copy(update={"set": {DOMESTIC: 0.6}}), near, near.files) is not None
    assert moved_to(near.state.model_copy(update={"set": {DOMESTIC: 0.6}}), near, near.files + "x") is None


def test_a_scenario_file_that_is_edited_is_read_again(page: Page) -> None:
    file = Path("mine.yaml")
    file.write_text("name: mine\ntitle: Mine\nbase: idlib-2018\n")
    state = {"scenario": "mine.yaml", "days": 60, "worlds": 30}
    before = page.answer(state)
    file.write_text("name: mine\ntitle: Mine\nbase: idlib-2018\nagreement: {class: cessation, term_days: 20}\n")
    after = page.answer(state)
    assert before["dots"]["days"] != after["dots"]["days"]


def test_answers_grow_and_agree_in_the_worlds_that_they_share(page: Page) -> None:
    number = page.say("answer", state={"scenario": "idlib-2018", "days": 90, "worlds": 230}, doubt=False)
    found: list[dict[str, Any]] = []
    while not found or not found[-1]["last"]:
        found.append(page.until(lambda m: m.get("id") == number and m["type"] == "answer"))
    assert [each["stage"] for each in found] == [25, 200, 230]
    days = [each["answer"]["dots"]["days"] for each in found]
    assert days[2][:200] == days[1]
    assert days[1][:25] == days[0]
    assert [each["answer"]["worlds"] for each in found] == [25, 200, 230]
    last = found[-1]["answer"]
    table = run(load("idlib-2018"), 230, days=90)
    assert last["dots"]["days"] == table["days_held"].tolist()
    ended = np.asarray(table["days_held"])
    shares = [(ended > day).mean() for day in last["curve"]["days"][:-1]]
    assert np.allclose(last["curve"]["share"][:-1], shares, atol=1e-5)
    assert sum(cause["share"] for cause in last["causes"]) == pytest.approx(1)
    assert last["causes"][-1]["cause"] == "held"
    assert "of 230 simulated worlds" in last["headline"]


def test_a_newer_state_cancels_an_older_one_and_is_never_overtaken(page: Page) -> None:
    slow = {"scenario": "idlib-2020", "worlds": 10_000}
    older = [page.say("answer", state={**slow, "set": {DOMESTIC: k / 10}}, doubt=False) for k in range(1, 6)]
    newest = page.say("answer", state=SHORT, doubt=False)
    heard: list[dict[str, Any]] = []
    while not heard or heard[-1].get("id") != newest or not heard[-1]["last"]:
        heard.append(page.until(lambda m: m["type"] in ("answer", "doubt")))
    numbers = [each["id"] for each in heard]
    assert numbers == sorted(numbers)
    assert not any(each["last"] for each in heard if each["id"] in older)
    page.say("answer", state={**slow, "seed": 9}, doubt=False)
    page.say("cancel")
    page.ask("jobs")
    again = page.answer(SHORT)
    assert again["dots"] == heard[-1]["answer"]["dots"]


def test_work_for_an_older_state_ends_within_a_few_worlds() -> None:
    ready = ReadyStates().get(State(scenario="idlib-2018", days=30, worlds=400))
    asked: list[bool] = []

    def is_stale() -> bool:
        asked.append(True)
        return len(asked) > 2

    with pytest.raises(answers.StaleError):
        answers.Worlds().rows(ready, 400, is_stale)
    assert len(asked) == 3


def test_of_a_state_that_is_no_longer_wanted_the_first_answer_is_sent_and_no_other() -> None:
    desk = Desk("idlib-2018", "ceasefire", lambda message: None)
    state = State(scenario="idlib-2018", days=30, worlds=230)
    request = Answer(type="answer", id=1, state=state, doubt=False)
    for stale, stages in ((False, [25, 200, 230]), (True, [25])):  # the second time all worlds are known
        sent: list[dict[str, Any]] = []
        desk.answer(request, None, sent.append, (lambda: True) if stale else (lambda: False))
        assert [message["stage"] for message in sent if message["type"] == "answer"] == stages


def test_the_pinned_state_is_compared_on_the_same_worlds(page: Page) -> None:
    state = {**SHORT, "changes": ["no-monitors"], "set": {RECLAIM: 0.1}}
    pinned = {"scenario": "idlib-2018", "seed": 8, "worlds": 5}  # worlds and days are those of the state
    found = page.answer(state, pinned=pinned)["pinned"]
    table = compare(load("idlib-2018"), load("idlib-2018", ["no-monitors"], {RECLAIM: 0.1}), worlds=60, days=120)
    row = table.iloc[1]
    assert found["days"]["value"] == pytest.approx(row["difference_days"], abs=1e-4)
    assert found["days"]["low"] == pytest.approx(row["difference_days_low"], abs=1e-4)
    assert found["fates"]["longer"] == pytest.approx(row["longer"], abs=1e-4)
    assert found["days"]["value"] != 0
    differs = {each["path"]: (each["is"], each["by"]) for each in found["differs"]}
    assert differs == {RECLAIM: ("0.1", "set"), "agreement.monitoring": ("0", "no-monitors")}
    same = page.answer(SHORT, pinned=SHORT)["pinned"]
    assert same["days"] == {"value": 0, "low": 0, "high": 0}
    assert same["sentence"] == "On the same 60 worlds it holds as long: no world differs."


def test_doubt_comes_at_rest_and_says_how_many_draws_it_has(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "STUDIO_DRAWS", 12)
    state = {**SHORT, "days": 60}
    number = page.say("answer", state=state, pinned={**state, "set": {"agreement.clarity": 0.9}})
    doubt = page.until(lambda m: m.get("id") == number and m["type"] == "doubt")["doubt"]
    assert (doubt["draws"], doubt["worlds_per_draw"]) == (12, 10)
    assert "From 12 draws" in doubt["note"]
    assert "200" in doubt["note"]
    assert doubt["assumed"] > 100
    assert all(row["low"] <= row["share"] <= row["high"] for row in doubt["holding"])
    assert 0 <= doubt["pinned"]["helps"]["low"] <= doubt["pinned"]["helps"]["high"] <= 1
    assert "draws" in doubt["pinned"]["sentence"]
    assert all(row["low"] <= row["share"] <= row["high"] for row in doubt["pinned"]["pinned_holding"])
    assert doubt["pinned"]["pinned_mean"]["value"] != doubt["mean"]["value"]


def at_rest(page: Page, state: dict[str, Any]) -> dict[str, Any]:
    """The message that comes when the sliders rest."""
    number = page.say("answer", state=state)
    return page.until(lambda m: m.get("id") == number and m["type"] == "doubt")


def test_the_forecast_at_rest_is_that_of_a_run_with_as_many_draws(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "STUDIO_DRAWS", DRAWS)
    state = {**SHORT, "days": 45}
    forecast = at_rest(page, state)["forecast"]
    plan = Plan(load("idlib-2018"), 60, days=45)
    outcome = run_plan(plan)
    views = views_of(plan, outcome)
    assert views.pooled is not None
    assert views.such_deals is not None
    for name, view in (("pooled", views.pooled), ("such_deals", views.such_deals)):
        rows = forecast[name]["holding"]
        assert [row["day"] for row in rows] == [30, 45]
        for row in rows:
            edges = (view.mean, view.low, view.high)
            assert (row["share"], row["low"], row["high"]) == tuple(round(float(e[row["day"]]), 6) for e in edges)
        assert forecast[name]["curve"]["share"][0] == round(float(view.mean[0]), 5)
    assert forecast["headline"] == answer(plan.scenario.title, duration_of(plan, outcome))
    assert forecast["headline"].split(": ")[1].startswith("the chance to be unbroken is")
    assert (forecast["why"], forecast["leans_on"]) == (views.why, views.leans_on())


def test_a_truce_of_days_is_told_on_the_days_of_a_run_and_so_is_what_is_pinned_beside_it(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "STUDIO_DRAWS", DRAWS)
    state = {"scenario": "sudan-2023", "days": 30, "worlds": 60}
    plan = Plan(load("sudan-2023"), 60, days=30)
    outcome = run_plan(plan)
    number = page.say("answer", state=state, pinned={**state, "set": {"agreement.term_days": 60}})
    found = page.until(lambda m: m.get("id") == number and m["type"] == "answer" and m["last"])["answer"]
    rest = page.until(lambda m: m.get("id") == number and m["type"] == "doubt")
    days = list(run_summary(plan, outcome).holding)
    assert days == [1, 3, 7, 14, 30]
    shown = (found["holding"], found["pinned"]["holding"], rest["doubt"]["holding"],
             rest["doubt"]["pinned"]["pinned_holding"], rest["forecast"]["pooled"]["holding"])  # fmt: skip
    assert [[row["day"] for row in rows] for rows in shown] == [days] * 5
    assert rest["forecast"]["headline"] == answer(plan.scenario.title, duration_of(plan, outcome))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({**SHORT, "days": 30, "set": {RECLAIM: 0.1}}, "pin a state to see what the change does"),
        ({"scenario": "generic", "days": 30, "worlds": 30}, "names no country and no earlier deals"),
    ],
)  # fmt: skip
def test_where_nothing_is_pooled_the_page_says_why(
    page: Page, monkeypatch: pytest.MonkeyPatch, state: dict[str, Any], words: str
) -> None:
    monkeypatch.setattr(answers, "STUDIO_DRAWS", 12)
    found = at_rest(page, state)
    assert found["forecast"]["pooled"] is None
    assert words in found["forecast"]["why"]
    assert "by this scenario alone" in found["forecast"]["headline"]
    assert found["doubt"]["draws"] == 12


def test_a_pooled_curve_ends_where_such_deals_tell_nothing_apart(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "STUDIO_DRAWS", 4)
    forecast = at_rest(page, {"scenario": "idlib-2018", "days": 2000, "worlds": 4})["forecast"]
    assert forecast["last"] == 1825
    assert forecast["pooled"]["curve"]["days"][-1] == 1825
    assert [row and row["day"] for row in forecast["pooled"]["holding"]] == [30, 90, 365, 1825, None]


@pytest.mark.parametrize(
    ("state", "path", "words"),
    [
        ({"scenario": "idlib-2018", "set": {DOMESTIC: 7}}, DOMESTIC, "7 lies outside 0 to 1"),
        ({"scenario": "idlib-2018", "set": {"agreement.clarrity": 1}}, "agreement.clarrity", "did you mean 'clarity'"),
        ({"scenario": "idlib-2018+no-monitors"}, "scenario", "a name without '+'"),
        ({"scenario": "idlib-2018", "changes": ["no-moniters"]}, "", "no such change 'no-moniters'"),
    ],
)  # fmt: skip
def test_faults_are_sentences_beside_what_caused_them(page: Page, state: dict[str, Any], path: str, words: str) -> None:
    for kind in ("answer", "situation", "keep"):
        fault = page.until_fault(kind, state=state)["faults"][0]
        assert fault["path"] == path
        assert words in fault["message"]


def test_a_slider_that_is_let_go_out_of_range_says_so_although_numbers_were_moved_before(page: Page) -> None:
    page.answer({**SHORT, "set": {DOMESTIC: 0.5}})
    page.answer({**SHORT, "set": {DOMESTIC: 0.6}})
    fault = page.until_fault("answer", state={**SHORT, "set": {DOMESTIC: 1.5}})
    assert fault["faults"][0]["message"] == "1.5 lies outside 0 to 1"


@pytest.mark.parametrize("value", [0.1 + 0.2, 1e-05, 3, None, {"uniform": [0.1, 0.2]}, {"value": 0.5, "note": "it's"}])
def test_settings_survive_the_shell_and_the_command_line(value: Any) -> None:
    state = State(scenario="idlib-2020", changes=["no-monitors"], set={DOMESTIC: value}, days=7)
    words = shlex.split(command_of(state, "ceasefire"))
    options = [words[k + 1] for k, word in enumerate(words) if word == "--set"]
    assert parse_settings(options) == {DOMESTIC: value}
    assert words[words.index("--change") + 1] == "no-monitors"


def test_curves_that_are_shipped_are_those_of_the_rules_as_they_are() -> None:
    made = "make them anew with: python -m ceasefire.studio.curves"
    curves, names = shipped_curves(), shipped_names()
    assert len(names) > 30
    assert sorted(curves) == sorted(names), made
    assert [name for name in names if curves[name]["first"] != first_worlds(name)] == [], made
    assert curves["idlib-2018"] == shipped_curve("idlib-2018"), made
    assert CURVES.stat().st_size < 100_000
