"""The report of a run: it states the values of the tables, is accessible, and needs no other file."""

from __future__ import annotations

import base64
import io
import itertools
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL, Command
from html_page import Element, read

from ceasefire import report
from ceasefire.analysis.summary import summary
from ceasefire.charts.style import contrast
from ceasefire.ensemble.output_folder import FolderError, open_results
from ceasefire.ensemble.run import RunResult, run_plan
from ceasefire.ensemble.run_plan import Plan
from ceasefire.report.appendix import assumed_numbers
from ceasefire.report.html import page
from ceasefire.report.run import FinishedRun, run_report
from ceasefire.scenario.load import load
from ceasefire.wording import whole_percent

MANIFEST: dict[str, Any] = {
    "command": "ceasefire run two-sides --worlds 40",
    "started": "2026-03-05T12:00:00+00:00",
    "program": {"ceasefire": "0.1.0", "python": "3.11", "numpy": "2.0", "source": "abc"},
    "digest": "d" * 64,
    "table_sha256": "t" * 64,
    "wall_seconds": 1.0,
}


@cache
def ran() -> tuple[Plan, RunResult]:
    """Forty worlds of the small scenario, and the worlds of the parameter draws."""
    plan = Plan(load(SMALL), worlds=40, seed=2, days=400)
    return plan, run_plan(plan, workers=2)


def made(folder: Path, **changed: object) -> FinishedRun:
    """The small run, with some of its results changed."""
    plan, outcome = ran()
    return FinishedRun(plan, replace(outcome, **changed), MANIFEST, folder, "results/two-sides")  # type: ignore[arg-type]


def elements(folder: Path, **changed: object) -> Element:
    """The parsed page of the small run."""
    return read(page(run_report(made(folder, **changed))))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a figure of each name, three pixels wide."""
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR42mP4////fwYYAQAp7gX7R2jbyAAAAABJRU5ErkJggg=="
    (tmp_path / "figures").mkdir()
    for name in ("survival", "causes", "worlds"):
        (tmp_path / "figures" / f"{name}.png").write_bytes(base64.b64decode(dot))
    return tmp_path


def table(root: Element, words: str) -> list[list[str]]:
    """The cells of the table whose caption contains these words."""
    (one,) = [each for each in root.all("table") if words in each.all("caption")[0].text]
    return [[cell.text for cell in row.all("th", "td")] for row in one.all("tr")]


def test_the_sentence_to_copy_has_the_shares_of_the_tables_each_with_its_doubt(folder: Path) -> None:
    _, outcome = ran()
    results = summary(outcome.worlds, outcome.doubt, 400)
    root = elements(folder)
    (sentence,) = [e for e in root.all("blockquote") if e.attributes["id"] == "sentence"]
    for day in (365, 400):
        figure = results.holding[day]
        assert figure.doubt is not None
        for number in (figure.main, figure.doubt.low, figure.doubt.high):
            assert whole_percent(number).replace("\u00a0", " ") in sentence.text
        written = whole_percent(figure.chance.low).replace("\u00a0", " ")
        assert any("as written, of 40" in each.text and written in each.text for each in root.all("p"))
    assert "one year" in sentence.text
    assert "400 days" in sentence.text
    assert "not calibrated" in sentence.text


def test_the_main_figures_stand_in_a_table_with_both_sources_of_doubt(folder: Path) -> None:
    rows = table(elements(folder), "Main figures")
    assert rows[0] == [
        "what", "mean over draws", "90 % of draws from", "90 % of draws to", "as written",
        "chance in 40 worlds: 95 % from", "95 % to",
    ]  # fmt: skip
    assert all(len(row) == 7 and " to " not in "".join(row[1:]) for row in rows[1:])
    assert [row[0] for row in rows[1:]] == [
        "holds past day 30", "holds past day 90", "holds past day 365", "holds to the end (day 400)",
        "mean days held", "median days held",
    ]  # fmt: skip
    _, outcome = ran()
    assert rows[5][4] == f"{outcome.worlds['days_held'].mean():,.0f}"
    assert outcome.doubt is not None
    assert rows[5][1] == f"{outcome.doubt['days_held'].mean():,.0f}"
    assert rows[4][1] == whole_percent((~outcome.doubt["ended"]).mean()).replace("\u00a0", " ")


def test_shares_of_endings_are_those_of_the_worlds(folder: Path) -> None:
    rows = {row[0]: row[1:] for row in table(elements(folder), "Shares of worlds by day 400")[1:]}
    outcome = ran()[1]
    assert outcome.doubt is not None
    held, drawn = ((~each["ended"]).mean() for each in (outcome.worlds, outcome.doubt))
    shown = [whole_percent(share).replace("\u00a0", " ") for share in (drawn, held)]
    assert [rows["Still holding"][0], rows["Still holding"][3]] == shown


def test_a_page_needs_no_network(folder: Path) -> None:
    text = page(run_report(made(folder)))
    root = read(text)
    for element in root.all():
        for name in ("src", "href", "action", "data", "srcset", "poster"):
            address = element.attributes.get(name, "data:")
            assert address.startswith(("data:", "#")), (element.name, name, address[:60])
    assert not re.search(r"(?:url\(|@import|https?:)", text)
    policy = next(e for e in root.all("meta") if "http-equiv" in e.attributes).attributes["content"]
    assert "default-src 'none'" in policy


def test_headings_go_down_one_step_at_a_time_from_a_single_title(folder: Path) -> None:
    levels = [int(heading.name[1]) for heading in elements(folder).all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(next_level <= level + 1 for level, next_level in itertools.pairwise(levels))


def test_the_page_has_a_language_a_title_landmarks_and_a_way_past_the_banner(folder: Path) -> None:
    root = elements(folder)
    (html,) = root.all("html")
    assert html.attributes["lang"] == "en"
    assert root.all("title")[0].text == root.all("h1")[0].text == ran()[0].scenario.title
    assert len(root.all("main")) == len(root.all("header")) == len(root.all("footer")) == 1
    skip = root.all("a")[0]
    names = {e.attributes["id"] for e in root.all() if "id" in e.attributes}
    assert skip.attributes["href"].removeprefix("#") in names


def test_every_link_within_the_page_leads_somewhere_and_no_name_is_given_twice(folder: Path) -> None:
    root = elements(folder)
    names = [e.attributes["id"] for e in root.all() if "id" in e.attributes]
    assert len(names) == len(set(names))
    targets = [e.attributes["href"][1:] for e in root.all("a") if e.attributes["href"].startswith("#")]
    targets += [e.attributes["aria-labelledby"] for e in root.all() if "aria-labelledby" in e.attributes]
    assert len(targets) > 10
    assert set(targets) <= set(names)


def test_every_picture_says_in_words_what_it_shows_and_how_large_it_is(folder: Path) -> None:
    pictures = elements(folder).all("img")
    assert len(pictures) == 3
    for image in pictures:
        assert (image.attributes["width"], image.attributes["height"]) == ("3", "2")
        assert image.attributes["alt"]


def test_every_table_has_a_caption_and_headings_that_say_what_they_head(folder: Path) -> None:
    tables = elements(folder).all("table")
    assert len(tables) >= 7
    for each in tables:
        assert each.all("caption")[0].text
        head, *rows = each.all("tr")
        assert {cell.attributes["scope"] for cell in head.all("th", "td")} == {"col"}
        assert rows
        for row in rows:
            cells = row.all("th", "td")
            assert cells[0].name == "th"
            assert cells[0].attributes["scope"] == "row"
            assert len(cells) == len(head.all("th", "td"))


def rules(style: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Selectors and declarations of a style sheet, including those in nested blocks."""
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", style):
        yield selector.strip(), dict(re.findall(r"([\w-]+)\s*:\s*([^;]+)", body))


def test_all_words_stand_out_from_what_is_behind_them() -> None:
    style = (Path(report.__file__).parent / "page.css").read_text(encoding="utf-8")
    named = dict(re.findall(r"--(\w+):\s*(#[0-9a-f]{6})", style))
    assert {"ink", "quiet", "link", "paper", "shade"} <= set(named)

    def colour(value: str) -> str:
        return re.sub(r"var\(--(\w+)\)", lambda m: named[m[1]], value)

    for words in ("ink", "quiet", "link"):
        for behind in ("paper", "shade"):
            assert contrast(named[words], named[behind]) >= 4.5, (words, behind)
    checked = 0
    for selector, declarations in rules(style):
        background = declarations.get("background", "")
        if background.startswith(("#", "var")):
            words = colour(declarations.get("color", "var(--ink)"))
            assert contrast(words, colour(background)) >= 4.5, selector
            checked += 1
    assert checked >= 5


def test_the_files_within_the_page_are_the_tables_of_the_folder(folder: Path) -> None:
    files = {
        e.attributes["download"]: e.attributes["href"] for e in elements(folder).all("a") if "download" in e.attributes
    }
    names = [
        "main-figures.csv",
        "forecast.csv",
        "survival.csv",
        "causes.csv",
        "assumed.csv",
        "worlds.csv",
        "code-book.csv",
    ]
    assert list(files) == names

    def frame(name: str) -> pd.DataFrame:
        return pd.read_csv(io.BytesIO(base64.b64decode(files[name].partition(",")[2])))

    worlds = ran()[1].worlds
    assert frame("worlds.csv")["days_held"].tolist() == worlds["days_held"].tolist()
    assert frame("main-figures.csv").set_index("figure").loc["mean days held", "value"] == pytest.approx(
        worlds["days_held"].mean()
    )
    by_day = frame("causes.csv").drop(columns="day").sum(axis=1)
    assert by_day.to_numpy() == pytest.approx(np.ones(len(by_day)))
    assert len(frame("assumed.csv")) == len(table(elements(folder), "assumed numbers")) - 1


def downloads(root: Element) -> dict[str, pd.DataFrame]:
    """The tables within a page, by name."""
    files = {e.attributes["download"]: e.attributes["href"] for e in root.all("a") if "download" in e.attributes}
    return {
        name: pd.read_csv(io.BytesIO(base64.b64decode(address.partition(",")[2]))) for name, address in files.items()
    }


def worlds_over(horizon: int, number: int, kind: str) -> pd.DataFrame:
    """Worlds of the small run's form: many end on days of their own, or all, or none."""
    draw = np.random.default_rng(horizon)
    days: dict[str, Any] = {
        "some": draw.exponential(horizon * 0.8, number),
        "all": draw.integers(0, horizon, number),
        "none": 2.0 * horizon,
    }
    held = np.minimum(np.broadcast_to(days[kind], number), horizon).astype(int)
    ended = held < horizon
    causes = np.where(ended, np.where(draw.random(number) < 0.4, "offensive", "expiry"), "")
    rows = pd.concat([ran()[1].worlds] * (number // 40 + 1)).head(number)
    return rows.assign(world=range(number), days_held=held, ended=ended, cause=causes, cause_actor="")


@pytest.mark.parametrize("kind", ["some", "all", "none"])
@pytest.mark.parametrize("horizon", [1, 2, 30, 799, 1825, 36_500])
def test_shares_and_medians_read_from_the_tables_by_day_are_those_of_the_page(
    folder: Path, horizon: int, kind: str
) -> None:
    worlds = worlds_over(horizon, 240, kind)
    plan = replace(ran()[0], days=horizon)
    outcome = replace(ran()[1], worlds=worlds, doubt=None, assumed=0)
    root = read(page(run_report(FinishedRun(plan, outcome, MANIFEST, folder, "results/two-sides"))))
    tables = downloads(root)
    curve, causes = tables["survival.csv"].set_index("day"), tables["causes.csv"].set_index("day")
    figures = tables["main-figures.csv"].set_index("figure")["value"]
    for by_day in (curve, causes):
        assert by_day.index[0] == 0
        assert by_day.index[-1] == horizon
        assert by_day.index.is_unique
        assert len(by_day) <= 2 * worlds["days_held"].nunique() + 2
        changes = (by_day.fillna(-1).diff().iloc[1:-1] != 0).any(axis=1)
        assert changes.all()
    for day in {0, 1, horizon // 3, horizon // 2, horizon - 1, horizon}:
        held = ((worlds["days_held"] > day) | ~worlds["ended"]).mean()
        assert curve["surviving"].asof(day) == pytest.approx(held, abs=1e-9), day
        assert causes["held"].asof(day) == pytest.approx(held, abs=1e-9), day
        if "expiry" in causes:
            expired = ((worlds["cause"] == "expiry") & (worlds["days_held"] <= day)).mean()
            assert causes["expiry"].asof(day) == pytest.approx(expired, abs=1e-9), day
        assert curve["at_risk"].asof(day) == (worlds["days_held"] >= day).sum(), day
    for name, value in figures.items():
        match = re.fullmatch(r"holds past day (\d+)", str(name))
        if match:
            assert curve["surviving"].asof(int(match[1])) == pytest.approx(value)
    assert curve["surviving"].iloc[-1] == pytest.approx(figures["holds to the end"])
    at_half = curve.index[curve["surviving"] <= 0.5]
    assert (at_half[0] if len(at_half) else np.inf) == figures["median days held"]


def test_a_large_run_leaves_its_worlds_in_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ceasefire.report.run.MOST_ROWS", 39)
    names = [e.attributes["download"] for e in elements(folder).all("a") if "download" in e.attributes]
    assert "worlds.csv" not in names


def test_assumed_numbers_are_folded_away_and_each_stands_there_with_its_range(folder: Path) -> None:
    root = elements(folder)
    (folded,) = [e for e in root.all("details") if "All assumed" in e.all("summary")[0].text]
    assert "open" not in folded.attributes
    rows = {row[0]: row for row in table(root, "assumed numbers")[1:]}
    assert len(rows) > 50
    value, low, high = map(float, rows["mechanisms.grip"][1:4])
    assert low < value < high


def test_an_assumed_number_shows_the_dated_fact_or_the_reason_that_it_was_judged_from() -> None:
    notes = assumed_numbers(load("idlib-2020").scenario).set_index("number")["note"]
    assert notes["actors.russia.troops_on_line"] == (
        "from TASS, 2 March 2020: military police in Saraqib (known by 2020-03-02); how many was not said"
    )
    assert notes["actors.syria.blame"] == "it was on the offensive"


def test_titles_are_words_and_never_markup(folder: Path) -> None:
    small = made(folder)
    evil = '<script>alert("x")</script> & "quotes"'
    scenario = small.plan.scenario.model_copy(update={"title": evil, "summary": evil})
    plan = Plan(replace(small.plan.loaded, scenario=scenario), worlds=40, seed=2, days=400)
    text = page(run_report(replace(small, plan=plan)))
    assert "<script>alert" not in text
    assert evil in read(text).all("h1")[0].text


def test_one_world_and_worlds_that_all_hold_have_reports_too(folder: Path) -> None:
    worlds = ran()[1].worlds
    one = elements(folder, worlds=worlds.head(1), doubt=None, assumed=0)
    assert "1 simulated world" in one.all("blockquote")[0].text
    held = worlds.assign(ended=False, days_held=400, cause="", cause_actor="")
    root = elements(folder, worlds=held, doubt=None, assumed=0)
    assert re.search(r"100 %|\d+ of \d+", root.all("blockquote")[0].text)
    assert "Nothing ended the deal" in root.text
    assert "fall with age" not in root.text


def test_a_scenario_without_assumed_numbers_is_reported_as_such(folder: Path) -> None:
    root = elements(folder, doubt=None, assumed=0)
    assert table(root, "Main figures")[0] == [
        "what", "as written", "chance in 40 worlds: 95 % from", "95 % to",
    ]  # fmt: skip
    assert "this scenario contains no assumed numbers" in root.text


def test_when_every_world_failed_the_page_states_it_and_how_to_replay_one(folder: Path) -> None:
    failed = ran()[1].worlds.assign(failed=True)
    root = elements(folder, worlds=failed)
    assert "all 40 worlds failed" in root.all("blockquote")[0].text
    assert "ceasefire replay results/two-sides --world 0" in root.text
    assert not root.all("img")


def test_failed_worlds_are_counted_and_left_out(folder: Path) -> None:
    worlds = ran()[1].worlds.copy()
    worlds.loc[:3, "failed"] = True
    root = elements(folder, worlds=worlds)
    assert "of 36 simulated worlds" in root.text
    assert "4 of them failed" in root.text


def test_a_missing_figure_is_reported_as_missing(folder: Path) -> None:
    shutil.rmtree(folder / "figures")
    root = elements(folder)
    assert not root.all("img")
    assert "not in the folder" in root.text


def test_the_same_run_gives_the_same_page(folder: Path) -> None:
    assert page(run_report(made(folder))) == page(run_report(made(folder)))


def test_a_run_writes_its_report_and_report_makes_the_same_again(command: Command, small: str) -> None:
    result = command("run", small, "--worlds", "12", "--days", "60")
    folder = Path(result.last)
    first = (folder / "report.html").read_bytes()
    assert (
        f"report              {folder}/report.html" in re.sub(r" +(?=results)", lambda m: m[0], result.out)
        or "report.html" in result.out
    )
    (folder / "report.html").unlink()
    (folder / "figures" / "survival.png").unlink()
    again = command("report", str(folder))
    assert (again.code, again.last) == (0, str(folder / "report.html"))
    assert (folder / "report.html").read_bytes() == first
    assert (folder / "figures" / "survival.png").exists()
    assert read(first.decode()).all("img")


def test_a_report_of_no_results_folder_is_refused(command: Command, tmp_path: Path) -> None:
    result = command("report", str(tmp_path))
    assert result.code == 2
    assert "not a results folder" in result.err
    with pytest.raises(FolderError):
        report.write(tmp_path)


@pytest.mark.usefixtures("without_figures")
def test_a_page_that_cannot_be_made_loses_no_run(command: Command, small: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object, **named: object) -> None:
        raise ZeroDivisionError("a fault in the report")

    monkeypatch.setattr("ceasefire.report.write_run", broken)
    result = command("run", small, "--worlds", "12", "--days", "60")
    assert result.code == 0
    assert "report.html could not be made (ZeroDivisionError: a fault in the report)" in result.err
    assert len(open_results(Path(result.last)).outcome.worlds) == 12
    assert json.loads((Path(result.last) / "manifest.json").read_text(encoding="utf-8"))["worlds_done"] == 12
