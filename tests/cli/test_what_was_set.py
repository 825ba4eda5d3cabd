"""What was set is seen: in titles, labels, folders, comparisons, and in the words of `diff`."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from conftest import SMALL, Command

from ceasefire.charts.days_and_deaths import Deal, days_and_deaths_chart
from ceasefire.charts.layout import Caption
from ceasefire.cli.compare import _ends_table
from ceasefire.ensemble.compare import Side, compare_sides, side_figures
from ceasefire.ensemble.run import run
from ceasefire.ensemble.run_plan import Plan
from ceasefire.report.comparison import Comparison, comparison_report
from ceasefire.report.comparison_figures import draw_deaths
from ceasefire.report.html import page
from ceasefire.scenario.load import load

SET = ("--set", "agreement.clarity=0.25")
BRIEF = ("--worlds", "6", "--days", "40")


def test_a_setting_is_in_the_folder_the_heading_the_page_and_the_figures(command: Command) -> None:
    run = command("run", str(SMALL), *SET, *BRIEF)
    assert Path(run.last).name.endswith("+agreement.clarity=0.25")
    assert "with agreement.clarity=0.25" in run.out
    for name in ("survival", "causes", "worlds"):
        assert "agreement.clarity=0.25" in Path(run.last, "figures", f"{name}.svg").read_text(encoding="utf-8")
    assert "agreement.clarity=0.25" in Path(run.last, "report.html").read_text(encoding="utf-8")
    assert command("run", str(SMALL), *SET, *BRIEF).last == run.last


def test_a_name_is_readable_and_has_a_hash_only_when_it_is_too_long(command: Command) -> None:
    many = [part for k in range(1, 10) for part in ("--set", f"actors.*.weariness=0.{k}11111")]
    many += ["--set", "trust.north=0.123456789", "--set", "agreement.monitoring=0.123456789"]
    many += ["--set", "agreement.hotline=0.123456789", "--set", "agreement.clarity=0.123456789"]
    name = Path(command("run", str(SMALL), *many, *BRIEF).last).name
    assert len(name.encode()) < 140
    loaded = load(SMALL, set={"actors.*.weariness": 0.3})
    assert loaded.folder_name == f"{loaded.label}+actors.all.weariness=0.3"
    assert loaded.title == f"{loaded.scenario.title}, with actors.*.weariness=0.3"


def test_compare_takes_settings_and_says_what_differs(command: Command) -> None:
    result = command("compare", str(SMALL), *SET, *BRIEF)
    assert result.code == 0, result.err
    assert "clarity of the terms" in result.out
    assert "deaths a year held" in result.out
    assert "how it ends" in result.out
    assert "agreement.clarity=0.25" in result.last
    assert Path(result.last, "deaths.svg").exists()
    page = Path(result.last, "report.html").read_text(encoding="utf-8")
    assert "What differs between the conditions" in page
    content = json.loads(command("compare", str(SMALL), *SET, *BRIEF, "--json").out)
    assert {"ends", "deaths_a_year_held", "difference_deaths_over_horizon"} <= set(content["others"][0])


def test_deaths_after_an_end_can_be_left_out_of_a_comparison(command: Command) -> None:
    result = command("compare", str(SMALL), *SET, "--set", "war.deaths_after_end=0", *BRIEF)
    assert result.code == 0, result.err
    page = Path(result.last, "report.html").read_text(encoding="utf-8")
    assert "deaths a day (the worst fortnight" in page, "the first side keeps its own rate"
    table = pd.read_csv(Path(result.last, "differences.csv"))
    assert table["deaths_over_horizon"].tolist() == pytest.approx(table["deaths"].tolist(), abs=1e-3)


def test_an_ending_that_nobody_brought_about_has_a_column_as_well(tmp_path: Path) -> None:
    """A spiral has no actor: built from made worlds, so that one is sure to be there."""
    worlds = run(load(SMALL), worlds=12, seed=1, days=40)
    worlds["days_held"] = range(5, 17)
    worlds["ended"], worlds["cause"], worlds["cause_actor"] = True, "spiral", ""
    plans = (Plan(load(SMALL, set=given), 12, 1, days=40) for given in ({}, {"agreement.clarity": 0.25}))
    first, other = (Side(plan, worlds.assign()) for plan in plans)
    pair = compare_sides(first, other)
    draw_deaths(first, [pair], tmp_path)
    made = comparison_report(Comparison(first, [pair], [], tmp_path, "comparison", {}, {}))
    assert "Spiral of violence" in page(made)
    assert "Spiral of violence" in _ends_table(first, [side_figures(first), side_figures(other)])


def test_scenarios_without_common_luck_are_not_called_the_same_worlds(command: Command) -> None:
    result = command("compare", "gaza-2023", "colombia-2016", "--worlds", "4", "--days", "20")
    assert "their worlds are not the same worlds" in result.out
    assert "The same worlds" not in Path(result.last, "report.html").read_text(encoding="utf-8")
    same = command("compare", str(SMALL), *SET, *BRIEF)
    assert "not the same worlds" not in same.out


def test_diff_says_in_words_and_numbers_what_differs_and_nothing_else(command: Command) -> None:
    out = command("diff", "idlib-2020", "idlib-2020+no-monitors", "--set", "actors.turkey.motives.domestic=0.9").out
    lines = out.splitlines()
    assert len(lines) == 3
    assert any("0.6 (0.4 to 0.8)" in line and " 0.9 " in line and "Turkey" in line for line in lines)
    assert "differ in nothing" in command("diff", "idlib-2020", "idlib-2020").out
    found = json.loads(command("diff", "idlib-2020", "idlib-2018", "--json").out)["differences"]
    assert all(not each["path"].endswith(("title", "source", "note")) for each in found)
    assert {"start", "actors.turkey.troops_on_line"} <= {each["path"] for each in found}


def test_a_figure_of_deaths_says_when_an_early_collapse_would_look_mild() -> None:
    deals = [Deal("lasting", 900, 900, 1_000), Deal("collapsed", 20, 100, 9_000)]
    figure = days_and_deaths_chart(deals, Caption("t", "x", 1), horizon=1_000, worlds=10)
    words = " ".join(text.get_text().replace("\n", " ") for text in figure.texts)
    assert "Fewest deaths within 1,000 days: lasting, 1,000; most: collapsed, 9,000" in words
    assert "Until the end alone collapsed has the fewest, because it holds 20 days." in words
