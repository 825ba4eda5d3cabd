"""What differs between two scenarios is exchanged part by part, and what matters is marked from the worlds alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import SMALL, Command
from html_page import read

from ceasefire.ensemble.compare import SidePair, compare_sides, simulate_side, with_uncertainty
from ceasefire.ensemble.output_folder import REQUEST_FILE
from ceasefire.ensemble.run_plan import Plan
from ceasefire.experiments.exchanged_parts import MOST_EXCHANGED, exchanged_parts, parts_between
from ceasefire.scenario.load import load

HOTLINE, HEAT = "agreement.hotline", "mechanisms.temperature"
SET = {HOTLINE: 0.02, HEAT: 0.5}
BRIEF = ("--worlds", "8", "--days", "60")


def no_progress(done: int) -> None:
    """Nobody watches."""


def pair_of(first: dict[str, float], other: dict[str, float]) -> SidePair:
    sides = [simulate_side(Plan(load(SMALL, set=given), 8, 1, days=60), None, no_progress) for given in (first, other)]
    (pair,) = with_uncertainty([compare_sides(*sides)], None, no_progress)
    return pair


def test_many_differences_are_exchanged_by_actor_and_section_and_what_came_before_a_deal_never_is() -> None:
    few = parts_between(load(SMALL), load(SMALL, set=SET))
    assert set(few) == set(SET)
    many = parts_between(load("idlib-2018"), load("idlib-2020"))
    assert 2 < len(many) <= MOST_EXCHANGED
    assert {"agreement", "resolve"} <= set(many)
    assert "history" not in many
    assert sum(map(len, many.values())) > 50


@pytest.mark.usefixtures("few_worlds_in_doubt")
def test_a_part_adds_what_a_comparison_without_the_other_parts_finds() -> None:
    parts = {part.paths[0]: part for part in exchanged_parts(pair_of({}, SET), None, no_progress)}
    assert set(parts) == set(SET)
    for path, value in SET.items():
        rest = {other: given for other, given in SET.items() if other != path}
        alone, last = pair_of({}, {path: value}), pair_of(rest, SET)
        found, as_last = parts[path].alone, parts[path].last
        assert found is not None
        assert as_last is not None
        assert found.value == pytest.approx(alone.gain.value)
        assert as_last.value == pytest.approx(last.gain.value)
        width = found.high - found.low
        assert width >= alone.gain.high - alone.gain.low, "wider, because it holds for all parts at once"
    assert exchanged_parts(pair_of({}, {HOTLINE: 0.02}), None, no_progress) == [], "one part is the whole"


@pytest.mark.usefixtures("few_worlds_in_doubt")
def test_what_matters_is_marked_and_kept_in_the_folder(command: Command) -> None:
    given = [option for path, value in SET.items() for option in ("--set", f"{path}={value}")]
    plain = command("compare", str(SMALL), *given, *BRIEF)
    asks = f"ceasefire compare {SMALL} {' '.join(given)} {' '.join(BRIEF)} --parts"
    assert f"which of these matter: {asks}" in plain.out
    page = read(Path(plain.last, "report.html").read_text(encoding="utf-8"))
    assert asks in page.text
    assert "makes a difference" not in page.text
    result = command("compare", str(SMALL), *given, *BRIEF, "--parts")
    assert result.code == 0, result.err
    folder = Path(result.last)
    assert folder != Path(plain.last)
    file = folder / REQUEST_FILE
    asked = json.loads(file.read_text(encoding="utf-8"))
    ((label, parts),) = asked["parts"].items()
    assert {tuple(part["paths"]) for part in parts} == {(HOTLINE,), (HEAT,)}
    told, untold = ({"alone": [9.0, low, 12.0], "last": [1.0, -2.0, 4.0]} for low in (6.0, -3.0))
    asked["parts"] = {label: [{"paths": [HOTLINE], **told}, {"paths": [HEAT], **untold}]}
    file.write_text(json.dumps(asked), encoding="utf-8")
    assert command("report", str(folder)).code == 0
    root = read((folder / "report.html").read_text(encoding="utf-8"))
    (table,) = [each for each in root.all("table") if "what differs" in each.text]
    rows = [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")]
    assert [row[3] for row in rows] == ["makes a difference", "yes", ""]
    assert "hotline" in rows[1][0].lower()
    assert "these change days held beyond chance: Agreement: hotline" in root.text.replace("agreement", "Agreement")
    asked["parts"][label][0]["alone"] = "edited"
    file.write_text(json.dumps(asked), encoding="utf-8")
    broken = command("report", str(folder))
    assert "edited" in broken.err
    assert "Traceback" not in broken.err


def test_situations_that_are_no_variants_are_compared_only_with_that_said(command: Command) -> None:
    result = command("compare", "gaza-2023", "colombia-2016", "--worlds", "4", "--days", "20")
    page = read(Path(result.last, "report.html").read_text(encoding="utf-8"))
    for text in (" ".join(result.out.split()), page.all("div")[0].text + page.text):
        assert "is another situation, not a variant of" in text
    assert "simulated worlds of each" in page.all("blockquote")[0].text
    assert "the same random numbers in every world" not in page.text
