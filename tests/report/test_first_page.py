"""The first page of a run: findings that agree wherever they stand, each with its doubt; what really happened."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import SMALL
from html_page import Element, read

from ceasefire.cli.run import _next_steps
from ceasefire.cli.tables import run_text
from ceasefire.compilation.cache import source_digest
from ceasefire.ensemble.output_folder import Results
from ceasefire.ensemble.parameter_draws import DRAWS, assumed_ranges, joint_draws
from ceasefire.ensemble.pooled_forecast import duration_of, views_of
from ceasefire.ensemble.run import RunResult, example_world, numbers_drawn, numbers_that_move, run_plan, run_summary
from ceasefire.ensemble.run_plan import Plan
from ceasefire.evaluation.validation.pooling import SHAPED
from ceasefire.reference_class.pooling_weight import IN_SAMPLE
from ceasefire.report.appendix import assumed_numbers
from ceasefire.report.html import page
from ceasefire.report.run import FinishedRun, run_report
from ceasefire.report.run_figures import draw
from ceasefire.report.sentences import duration_sentence, moving_sentence
from ceasefire.report.what_happened import real_end
from ceasefire.scenario.load import load
from ceasefire.simulation.initial_state import initial_state

Ran = tuple[Plan, RunResult, Path]


@pytest.fixture(scope="module", params=["idlib-2020", "sudan-2023", str(SMALL)])
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A few worlds of a long deal, of a truce of seven days, and of a deal without history; with their figures."""
    plan = Plan(load(request.param), worlds=30, seed=1)
    outcome, folder = run_plan(plan, workers=2), tmp_path_factory.mktemp("run")
    (folder / "figures").mkdir()
    draw(plan, outcome, folder / "figures")
    return plan, outcome, folder


def shown(ran: Ran) -> Element:
    plan, outcome, folder = ran
    return read(page(run_report(FinishedRun(plan, outcome, {"program": {"source": source_digest()}}, folder, "r"))))


DAY = r"(?:after|past) (?:one year|\w+ years|\d[\d,]* days?\b|day \d[\d,]*\b)"


def undoubted(text: str) -> list[str]:
    """Chances of a day that are not followed by their range."""
    return re.findall(rf"\d+ % {DAY}(?! \()", text.replace("\u00a0", " "))


def test_the_check_itself_finds_a_day_without_doubt() -> None:
    assert undoubted("53 % after one year (9 % to 99 %) and 30 % after five years.") == ["30 % after five years"]


def test_no_sentence_names_a_day_without_the_doubt_of_that_day(ran: Ran) -> None:
    plan, outcome, _ = ran
    root = shown(ran)
    texts = [root.all("blockquote")[0].text, *(each.text for each in root.all("p", "figcaption", "li"))]
    texts += [image.attributes["alt"] for image in root.all("img")]
    views = views_of(plan, outcome)
    texts.append(run_text(run_summary(plan, outcome), plan, outcome, views))
    assert sum(len(re.findall(DAY, text)) for text in texts) > 6
    for text in texts:
        assert not undoubted(text), text


def test_answer_picture_and_terminal_say_the_same(ran: Ran) -> None:
    plan, outcome, folder = ran
    words = duration_sentence(duration_of(plan, outcome)).replace("\u00a0", " ")
    answer = shown(ran).all("blockquote")[0].text
    assert words[:1].lower() + words[1:] in answer
    views = views_of(plan, outcome)
    terminal = run_text(run_summary(plan, outcome), plan, outcome, views)
    assert words in " ".join(terminal.split())
    figure = folder / "figures" / ("forecast.svg" if views.such_deals is not None else "survival.svg")
    assert figure.exists()


def test_the_banner_forbids_no_forecast_that_stands_below_it(ran: Ran) -> None:
    plan, outcome, _ = ran
    (banner,) = [each.text for each in shown(ran).all("p") if each.attributes.get("class") == "banner"]
    pooled = views_of(plan, outcome).pooled is not None
    assert ("Only the pooled chances are meant as a forecast" in banner) == pooled
    assert ("do not use them as a forecast" in banner) != pooled
    assert "were not fitted" in banner


def test_the_first_page_has_findings_a_figure_a_table_and_what_to_trust(ran: Ran) -> None:
    (first,) = [each for each in shown(ran).all("div") if each.attributes.get("class") == "first"]
    assert len(first.all("table")) == len(first.all("img")) == 1
    (box,) = first.all("section")
    assert re.search(r"[\d,]+ of [\d,]+ numbers are assumed", box.text)
    assert "out of sample: on 23 past deals" in box.text
    assert "Left out" in box.text
    assert ("its own fit is in sample" in box.text) == (ran[0].scenario.name in IN_SAMPLE)
    findings = first.all("ul")[0].all("li")
    assert len(findings) >= 2
    assert "of the worlds that ended" in findings[0].text
    assert "What would change it" in findings[1].text


def test_a_truce_of_seven_days_is_told_in_days_with_what_its_term_means() -> None:
    plan = Plan(load("sudan-2023"), worlds=30, seed=1)
    root = read(page(run_report(FinishedRun(plan, run_plan(plan, workers=2), {}, Path(), "r"))))
    assert "past day 7" in root.all("blockquote")[0].text
    assert "it lapses 7 days after it began unless it is renewed" in root.text
    assert "Weibull" not in root.text
    assert "ends per 100 deals and year" not in root.text
    assert "a year held" not in root.text.lower()


def test_what_really_happened_stands_beside_what_the_forecast_gave_it(ran: Ran) -> None:
    plan, outcome, _ = ran
    real = real_end(plan, outcome)
    if plan.scenario.really is None:
        assert real is None
        assert "It really held" not in shown(ran).text
        return
    assert real is not None
    assert real.forecast is not None
    pooled = views_of(plan, outcome).pooled
    assert pooled is not None
    assert real.forecast.value == pytest.approx(pooled.mean[real.least - 1])
    assert f"gave {real.least:,} days or more a chance of {round(100 * real.forecast.value)} %" in shown(ran).text
    changed = replace(plan.loaded, settings={"agreement.hotline": 0.9})
    assert real_end(replace(plan, loaded=changed), outcome) is None


def test_deals_that_are_in_sample_are_those_that_validation_keeps_apart() -> None:
    assert {case.scenario for case in SHAPED} == IN_SAMPLE


def test_an_assumed_number_that_moves_the_answer_is_found_among_the_draws() -> None:
    plan = Plan(load(SMALL), worlds=4, seed=3)
    outcome = run_plan(plan, workers=2)
    assert outcome.doubt is not None
    draws = joint_draws(plan.scenario, initial_state(plan.scenario), DRAWS, plan.seed)
    path = next(path for path in assumed_ranges(plan.scenario) if path in draws)
    values = draws[path]
    ranks = values.argsort().argsort()
    planted = outcome.doubt.assign(days_held=ranks[outcome.doubt["point"].to_numpy()], ended=True)
    found = numbers_that_move(plan, replace(outcome, doubt=planted))
    assert found is not None
    assert found.table["factor"].iloc[0] == path
    assert found.table["correlation"].iloc[0] == pytest.approx(1.0)
    assert "+1.00" in moving_sentence(found, plan.scenario)
    still = planted.assign(days_held=np.int64(5))
    assert numbers_that_move(plan, replace(outcome, doubt=still)) is None


def test_the_numbers_drawn_are_counted_by_what_they_are(ran: Ran) -> None:
    plan, outcome, folder = ran
    assumed = assumed_numbers(plan.scenario)
    ranged = int((assumed["low"] != "").sum())
    words = numbers_drawn(plan.scenario)
    if plan.scenario.name == "idlib-2020":
        assert words == (
            "412 numbers were drawn over their ranges: 399 of the 448 assumed ones, and 13 that have a source"
        )
    assert f": {ranged} of the {len(assumed)} assumed ones" in words
    text = read(page(run_report(FinishedRun(plan, outcome, {}, folder, "run")))).text
    terminal = run_text(run_summary(plan, outcome), plan, outcome, views_of(plan, outcome))
    assert text.count(words) == 2
    assert words in " ".join(terminal.split())
    assert f"{outcome.assumed} assumed numbers" not in text
    assert f"{outcome.assumed} of the assumed numbers" not in text


def test_worlds_at_draws_are_counted_and_one_world_is_proposed(ran: Ran, tmp_path: Path) -> None:
    plan, outcome, folder = ran
    assert outcome.doubt is not None
    assert outcome.at_draws == f"{len(outcome.doubt):,} worlds at {outcome.doubt['point'].nunique()} draws"
    manifest = {"identity": "cff1d371" + 56 * "0", "digest": 64 * "a"}
    text = read(page(run_report(FinishedRun(plan, outcome, manifest, folder, "run")))).text
    assert f"30 worlds as written, {outcome.at_draws}" in text
    assert "mean over draws ·" not in text
    assert f"that ended, of {outcome.at_draws}" in text
    assert "run cff1d371" in text
    assert "run (as at the foot of its figures) cff1d371" in " ".join(text.split())
    results = Results(tmp_path, manifest, outcome, plan)
    world = example_world(outcome.worlds)
    assert f"--world {world}" in _next_steps(results, plan.loaded.label, "run")
    assert f"--world {world} " in " ".join(text.split())
