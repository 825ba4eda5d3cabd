"""`new --features`: a case from ten facts, with the codebook and what its numbers imply; `list` by war."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import Command

from ceasefire.narrative.implied import first_month, implied
from ceasefire.reference_class.case_file import QUESTIONS, case_text, codebook, facts_of
from ceasefire.reference_class.outside_view.of_scenario import outside_view_of
from ceasefire.scenario.load import load
from ceasefire.scenario.parameter_paths import shape_at

FACTS = {
    "country": "India/Pakistan",
    "start": "2003-11-26",
    "written": "no",
    "mediated": "no",
    "ceasefire_class": "cessation",
}


def codebook_table() -> str:
    """The codebook as a Markdown table: path, question, answers with value and range."""
    rows = ["| number | question | answers |", "|---|---|---|"]
    for one in codebook():
        answers = "; ".join(f"{a.value:g} ({a.range[0]:g} to {a.range[1]:g}) {a.when}" for a in one.answers)
        rows.append(f"| `{one.path}` | {one.ask} | {answers} |")
    return "\n".join(rows)


def test_the_page_on_coding_holds_the_codebook_of_the_program() -> None:
    page = (Path(__file__).parents[2] / "docs" / "coding_cases.md").read_text(encoding="utf-8")
    assert codebook_table() in page


def test_every_answer_lies_in_its_range_and_within_the_limits_of_its_number() -> None:
    assert len(codebook()) <= 30
    for question in codebook():
        shape = shape_at(question.path.split("."))
        assert shape is not None
        values = [answer.value for answer in question.answers]
        assert values == sorted(values)
        for answer in question.answers:
            low, high = answer.range
            assert low <= answer.value <= high
            assert shape.meta["low"] <= low < high <= shape.meta["high"]


def test_numbers_to_measure_by_are_those_of_the_shipped_scenarios() -> None:
    troops = next(one for one in codebook() if one.path.endswith("troops_on_line"))
    turkey = load("idlib-2020-01").scenario.actors["turkey"].troops_on_line.centre
    assert troops.like[0] == (turkey, "Idlib before February 2020")
    assert sum(len(one.like) for one in codebook()) > 20


@pytest.mark.parametrize(
    "more",
    [{}, {"mediated": "yes"}, {"enforcement": "external"}, {"enforcement": "international", "local": "yes"},
     {"country": "Mali", "planned_days": "30", "mechanism": "yes"}],
)  # fmt: skip
def test_a_case_from_facts_is_sound_and_has_at_most_thirty_numbers_to_fill_in(
    tmp_path: Path, more: dict[str, str]
) -> None:
    facts = facts_of({**FACTS, **more})
    file = tmp_path / "mine.yaml"
    text = case_text("mine", facts, ["Somebody attacks in 3 % of worlds."])
    file.write_text(text, encoding="utf-8")
    scenario = load(file).scenario
    asked = re.findall(r"^ *[a-z_-]+: (?:\{(?:value|uniform|triangular|lognormal)|[\d.]+$)", text, re.MULTILINE)
    assert 20 <= len(asked) <= 31
    assert ("mediator" in scenario.actors) == (more.get("mediated") == "yes")
    assert ("guarantor" in scenario.actors) == (more.get("enforcement") == "external")
    assert ("peacekeepers-one" in scenario.actors) == (more.get("enforcement") == "international")
    assert scenario.agreement.term_days == (30 if "planned_days" in more else None)
    assert "Somebody attacks" in text
    assert max(map(len, text.splitlines())) < 130


def test_facts_give_answers_of_the_codebook() -> None:
    text = case_text("mine", facts_of({**FACTS, "written": "yes", "mechanism": "yes"}))
    assert "monitoring: {value: 0.15, range: [0.05, 0.3]}" in text
    assert "clarity: {value: 0.4, range: [0.25, 0.55]}" in text
    assert 'sides: {a: {title: "India"}, b: {title: "Pakistan"}}' in text


def test_new_writes_a_case_and_says_what_it_implies(command: Command) -> None:
    answer = command("new", "mine", "--features", "country=Mali,start=2014-05-23,written=yes,mediated=yes")
    assert answer.code == 0
    text = Path(answer.last).read_text(encoding="utf-8")
    assert "is that what you mean?" in answer.err
    sentence = r"of Mali \(party A\) attacks within a week in [<>]?\d+.% of worlds, and within 30 days in [<>]?\d+.%\."
    assert re.search(sentence, answer.err)
    assert re.search(sentence, text)
    assert re.search(sentence, command("describe", "./mine.yaml", "--implied").out)
    assert command("check", answer.last).code == 0


def test_a_new_case_asks_what_deals_like_it_did(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    more = {"country": "Syria", "conflict": "299", "written": "yes", "planned_days": "42", "fixed_term": "yes"}
    file.write_text(case_text("mine", facts_of({**FACTS, **more})), encoding="utf-8")
    found = outside_view_of(load(file).scenario)
    assert found is not None
    facts = found.request.facts
    assert (facts.country, facts.conflict, facts.written, facts.planned_days) == ("Syria", "299", True, 42)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ("cuntry=Mali,start=2014-05-23", "cuntry: no such fact; did you mean 'country'?"),
        ("country=Mali", "start: is empty; give the first day of the deal, as 2020-03-06"),
        ("country=Mali,start=2014-05-23,mediated=perhaps", "mediated: 'perhaps' is neither yes (1) nor no (0)"),
        ("country", "write NAME=VALUE,NAME=VALUE"),
    ],
)
def test_wrong_facts_are_named_and_no_file_is_left(command: Command, features: str, message: str) -> None:
    answer = command("new", "mine", "--features", features)
    assert answer.code == 2
    assert message in answer.err
    assert not Path("mine.yaml").exists()


def test_new_asks_at_a_terminal_and_only_there(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "say what it starts from" in command("new", "mine").err
    assert "not both" in command("new", "mine", "--from", "generic", "--features", "country=Mali").err
    told = {"country": "Mali", "start": "2014-05-23"}
    asked = []

    def answer(question: str, **_: object) -> str:
        asked.append(question)
        return told.get(next(fact for fact, words in QUESTIONS.items() if words == question), "")

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.prompt", answer)
    assert command("new", "mine").code == 0
    assert asked == list(QUESTIONS.values())
    assert len(asked) == 10


def test_what_is_implied_moves_with_the_numbers() -> None:
    ready = {"actors.party-a.mobilised": 1, "actors.party-a.posture": "offensive", "agreement.order": 0}
    attacks, holds = first_month(load("generic", set=ready).scenario, 40, 1)
    calm, still = first_month(load("generic", set={"actors.party-a.ceiling": "harass"}).scenario, 40, 1)
    assert (attacks["party-a"] < 7).mean() > 0.3
    assert "party-a" not in calm
    assert holds.mean() < still.mean()
    assert len(implied(load("generic").scenario, 10)) == 3


def test_list_takes_a_word_and_keeps_wars_together(command: Command) -> None:
    found = command("list", "sudan")
    assert found.code == 0
    assert "sudan-2023" in found.out
    assert "idlib-2018" not in found.out
    assert "nothing has 'xyzzy'" in command("list", "xyzzy").err
    rows = json.loads(command("list", "--json").out)
    assert {row["war"] for row in rows if row["name"].startswith("kyrgyz")} == {"kyrgyz-tajik"}
    lines = command("list").out.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("  congo-2022-11"))
    assert lines[at - 1] == ""
    assert lines[at + 1].startswith("  congo-2024-08")
