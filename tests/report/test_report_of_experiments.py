"""Reports of comparisons and batch experiments: for every design, the answer states the values of the tables."""

from __future__ import annotations

import base64
import io
import itertools
import json
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from conftest import SMALL, Command
from html_page import Element, read

from ceasefire.cli.tables import SHOWN_COLUMNS
from ceasefire.experiments.outcome_definitions import outcome
from ceasefire.report.experiment_tables import EXCHANGED, answer_to, leading, outcome_table, reader_name, renamed, tells
from ceasefire.scenario.load import load
from ceasefire.scenario.parameter_paths import path_words
from ceasefire.wording import signed_days

QUICK = ("--worlds", "40", "--days", "200")
CHROMIUM = shutil.which("chromium")


def page_of(folder: Path) -> Element:
    """The parsed report of a folder."""
    return read((folder / "report.html").read_text(encoding="utf-8"))


def assert_sound(root: Element) -> None:
    """What every report must have."""
    levels = [int(heading.name[1]) for heading in root.all("h1", "h2", "h3")]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    for image in root.all("img"):
        assert image.attributes["src"].startswith("data:image/png;base64,")
        assert len(image.attributes["alt"]) > 45
    for table in root.all("table"):
        heads = len(table.all("tr")[0].all("th"))
        assert all(len(row.all("th", "td")) == heads for row in table.all("tr"))
    names = [e.attributes["id"] for e in root.all() if "id" in e.attributes]
    assert len(names) == len(set(names))
    assert not [e for e in root.all("a") if not e.attributes["href"].startswith(("#", "data:"))]


def test_a_comparison_writes_its_report_with_the_difference_of_its_table(command: Command) -> None:
    folder = Path(command("compare", "idlib-2020", "idlib-2020+aim-unmet", *QUICK).last)
    root = page_of(folder)
    assert_sound(root)
    table = pd.read_csv(folder / "differences.csv")
    sentence = root.all("blockquote")[0].text
    drawn = f"{200 * table['doubt_worlds_per_draw'][0]:,.0f} simulated worlds at 200 draws of the assumed numbers"
    assert f'on the same {drawn}: with "' in sentence, "the difference is not that of the 40 worlds as written"
    assert "aim-unmet" not in sentence, "a change has a title"
    for column in ("doubt_days_mean_low", "doubt_days_mean_high", "doubt_days_low", "doubt_days_high"):
        assert signed_days(table[column][0]) in sentence
    assert signed_days(table["doubt_days"][0]) in root.all("table")[0].text
    written = next(t for t in root.all("table") if "With the numbers as written" in t.text)
    assert signed_days(table["difference_days"][0]) in written.text
    assert len(root.all("img")) == 2
    assert "ceasefire compare idlib-2020 idlib-2020+aim-unmet --worlds 40 --days 200" in root.text
    *files, book = [e for e in root.all("a") if "download" in e.attributes]
    assert book.attributes["download"] == "code-book.csv"
    assert [file.attributes["download"] for file in files] == ["differences.csv", "curves.csv"]
    for file in files:
        inside = pd.read_csv(io.BytesIO(base64.b64decode(file.attributes["href"].partition(",")[2])))
        pd.testing.assert_frame_equal(inside, pd.read_csv(folder / file.attributes["download"]))
    curves = pd.read_csv(folder / "curves.csv").groupby("label")
    assert [*curves.groups] == ["idlib-2020", "idlib-2020+aim-unmet"]
    both = pd.read_parquet(folder / "worlds.parquet")
    for point, label in enumerate(curves.groups):
        held = both.loc[both["point"] == point, "days_held"]
        assert curves.get_group(label)["surviving"].iloc[-1] == pytest.approx((held >= 200).mean())


@pytest.mark.usefixtures("few_worlds_in_doubt")
def test_a_ranking_of_levers_writes_its_report(command: Command) -> None:
    folder = Path(command("levers", "idlib-2020", "--worlds", "12", "--days", "120").last)
    root = page_of(folder)
    assert_sound(root)
    table = pd.read_csv(folder / "differences.csv")
    first, whole = (t.all("tr") for t in root.all("table") if "on the same worlds" in t.text)
    assert (len(first), len(whole)) == (1 + 2 * 3, 1 + len(table))
    rows = whole
    titles = [load("idlib-2020", changes=[label.partition("+")[2]]).change_titles for label in table["label"]]
    assert set(titles[0].values()) <= {rows[1].all("th")[0].text.removeprefix('with "').removesuffix('"')}
    assert "chosen among" in root.all("blockquote")[0].text


def experiment(folder: Path, design: str, rest: str) -> Path:
    """An experiment file over the small scenario."""
    file = folder / "asked.yaml"
    text = (
        f"name: asked\ntitle: What was asked\nquestion: Does it matter?\nscenario: {SMALL}\ndays: 60\n{rest}\n"
        f"design: {design}\nworlds: 12\noutcomes: [days_held, holds_past_30]\n"
    )
    file.write_text(text, encoding="utf-8")
    return file


PATHS = "uncertainties:\n  paths:\n"
CASES = {
    "grid": ("{kind: grid}", PATHS + "    agreement.monitoring: [0.1, 0.5, 0.9]\n    agreement.clarity: [0.2, 0.8]"),
    "one at a time": (
        "{kind: one_at_a_time}",
        PATHS + "    agreement.monitoring: [0.1, 0.9]\n    agreement.hotline: [0.1]",
    ),
    "morris": ("{kind: morris, samples: 6}", PATHS + "    agreement.monitoring: doubt\n    mechanisms.grip: doubt"),
    "sobol": ("{kind: sobol, samples: 8}", PATHS + "    agreement.monitoring: doubt\n    mechanisms.grip: doubt"),
    "latin hypercube": ("{kind: latin_hypercube, samples: 12}", PATHS + "    mechanisms.grip: doubt"),
    "levers over draws": (
        "{kind: one_at_a_time}\ndraws: 4",
        "levers:\n  paths:\n    agreement.monitoring: [0.1, 0.9]\n" + PATHS + "    mechanisms.grip: doubt",
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_every_design_ends_in_its_report(command: Command, tmp_path: Path, kind: str) -> None:
    result = command("experiment", str(experiment(tmp_path, *CASES[kind])))
    assert result.code == 0, result.err
    folder = Path(result.last)
    assert "report.html could not be made" not in result.err
    root = page_of(folder)
    assert_sound(root)
    assert root.all("h1")[0].text == "What was asked"
    assert "Does it matter?" in root.text
    assert "not calibrated" in root.all("blockquote")[0].text
    told = r"95.%: [^)]+ to |of these by chance|beyond chance|any world|no world differs|at every point"
    assert re.search(told, root.all("blockquote")[0].text)
    files = {e.attributes["download"] for e in root.all("a") if "download" in e.attributes}
    assert {"points.csv", "differences.csv"} <= files
    first = (folder / "report.html").read_bytes()
    (folder / "tables" / "mine.csv").write_text("a\n1\n", encoding="utf-8")
    again = command("report", str(folder))
    assert again.code == 0, again.err
    assert b"<html" in first


def test_settings_stand_in_the_table_as_they_were_set_also_beside_shares(command: Command, tmp_path: Path) -> None:
    """Read back from its file, a setting of 1 was shown as a gain of 100 percentage points."""
    file = experiment(tmp_path, *CASES["grid"])
    file.write_text(file.read_text().replace("[days_held, holds_past_30]", "[holds_past_30]"), encoding="utf-8")
    root = page_of(Path(command("experiment", str(file)).last))
    (table, *_) = [each for each in root.all("table") if "holds past day 30" in each.text]
    heads, *rows = ([cell.text for cell in row.all("th", "td")] for row in table.all("tr"))
    place = heads.index("to")
    kind = heads.index("which change")
    assert [(row[kind], row[place]) for row in rows[:4]] == [
        ("first to last setting", "0.9"),
        ("one step", "0.5"),
        ("one step", "0.9"),
        ("first to last setting", "0.8"),
    ]
    assert "from 0.1 to 0.9" in root.text


def test_a_page_leads_to_a_table_that_is_too_large_to_be_held_by_it(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(command("experiment", str(experiment(tmp_path, *CASES["grid"]))).last)
    sizes = {file.name: file.stat().st_size for file in (folder / "tables").glob("*.csv")}
    monkeypatch.setattr("ceasefire.report.experiment.LARGEST_EMBEDDED", max(sizes.values()) - 1)
    assert command("report", str(folder)).code == 0
    links = {
        e.attributes["download"]: e.attributes["href"] for e in page_of(folder).all("a") if "download" in e.attributes
    }
    assert set(links) == {*sizes, "code-book.csv"}
    outside = {name for name, link in links.items() if not link.startswith("data:")}
    assert outside == {max(sizes, key=lambda name: sizes[name])}
    for name in outside:
        assert (folder / links[name]).samefile(folder / "tables" / name)


def test_the_tables_of_an_experiment_are_written_again(command: Command, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder = Path(command("experiment", str(experiment(elsewhere, *CASES["grid"]))).last)
    before = {file.name: file.read_bytes() for file in (folder / "tables").iterdir()}
    shutil.rmtree(folder / "tables")
    assert command("report", str(folder)).code == 0
    assert {file.name: file.read_bytes() for file in (folder / "tables").iterdir()} == before


def frame(**columns: object) -> pd.DataFrame:
    """A table of one outcome."""
    return pd.DataFrame({"outcome": "days_held", **columns})


def test_answers_name_what_is_told_from_chance_with_its_sign() -> None:
    days, points = outcome("days_held"), pd.DataFrame({"days_held": [1.0]})
    levers = frame(
        label=["good", "bad"], difference=[50.0, -20.0], low=[40.0, -30.0], high=[60.0, -10.0], draws=[9, 9],
        draw_05=[5.0, -90.0], draw_95=[95.0, 40.0], best_in=[0.9, 0.1], told_apart=[True, True],
        share_above=[0.95, 0.1], share_above_low=[0.9, 0.05], share_above_high=[1.0, 0.2],
        share_below=[0.05, 0.9], share_below_low=[0.0, 0.8], share_below_high=[0.1, 0.95],
    )  # fmt: skip
    best = frame(
        which=["best", "worst"], label=["good", "bad"], difference=[50.0, -20.0], low=[35.0, -30.0], high=[60.0, -5.0],
        among=[2, 2],
    )  # fmt: skip
    answer = answer_to({"levers": levers, "best": best, "points": points}, days, "one_at_a_time").replace("\u00a0", " ")
    assert "Over 9 draws" in answer
    assert "of 2 changes, each judged by itself, 1 raises and 1 lowers mean days held" in answer
    assert "most is gained with good, +50 days on average (95 %, chosen among 2: +35 to +60;" in answer
    assert "90 % of draws: +5 to +95; more in 95 % of draws)" in answer
    assert "most is lost with bad, \u221220 days on average" in answer
    near = best.assign(low=[-2.0, -30.0], high=[60.0, 3.0])
    answer = answer_to({"levers": levers, "best": near, "points": points}, days, "one_at_a_time").replace("\u00a0", " ")
    assert "most is" not in answer, "the best of many is told only when its wider interval leaves 0 out"
    assert "none differs beyond chance; the largest difference is good, +50 days (95 %, chosen among 2: " in answer
    parts = frame(
        part=["a", "b"], contribution=[30.0, 10.0], low=[20.0, 5.0], high=[40.0, 15.0], alone=[1.0, 2.0],
        whole=[40.0, 40.0], whole_low=[28.0, 28.0], whole_high=[52.0, 52.0],
    )  # fmt: skip
    answer = answer_to({"attribution": parts, "points": points}, days, "swap").replace("\u00a0", " ")
    assert "all parts together, +40 days (95 %: +28 to +52)" in answer
    assert "a, +30 days (95 %: +20 to +40)" in answer
    effects = frame(
        factor=["x", "y"], effect=[9.9, 1.0], low=[8.0, 0.5], high=[12.0, 1.5], by_chance=[2.0, 2.0], uneven=[1.0, 1.0]
    )
    assert "1 of 2 factors can be distinguished" in answer_to(
        {"sensitivity": effects, "points": points}, days, "morris"
    )


def test_shares_are_stated_in_percentage_points_and_indices_in_per_cent() -> None:
    holds = outcome("holds_past_365")
    table = pd.DataFrame(
        {"outcome": holds.name, "label": ["a"], "difference": [0.125], "low": [0.1], "high": [0.15], "saved": [0.07]}
    )
    differences = outcome_table({"differences": table}, holds)
    assert differences is not None
    assert [cell.replace("\u00a0", " ") for cell in differences.rows[0]] == ["a", "+12", "+10", "+15", "7 %"]
    indices = frame(
        factor=["x"], in_all=[0.5], in_all_low=[0.4], in_all_high=[0.6], alone=[0.25], alone_low=[0.2], alone_high=[0.3]
    )
    shown = outcome_table({"sensitivity": indices}, outcome("days_held"))
    assert shown is not None
    assert [cell.replace("\u00a0", " ") for cell in shown.rows[0]] == [
        "x",
        "50 %",
        "40 %",
        "60 %",
        "25 %",
        "20 %",
        "30 %",
    ]


def test_the_outcome_in_which_something_differs_comes_first() -> None:
    days, holds, talks = (outcome(name) for name in ("days_held", "holds_past_30", "talks"))
    rows = [("days_held", -1.0, 1.0), ("holds_past_30", 0.1, 0.2), ("talks", 1.0, 2.0)]
    told = {"differences": pd.DataFrame(rows, columns=["outcome", "low", "high"])}
    assert leading(told, [days, holds, talks], {}) == holds
    assert leading(told, [days], {}) == days
    assert leading(told, [days, holds, talks], {"outcome": "talks"}) == talks
    assert tells(told, days) is False
    assert tells(told, holds) is True
    chosen = pd.DataFrame({"outcome": ["holds_past_30"], "low": [-0.1], "high": [0.3]})
    assert tells({**told, "best": chosen}, holds) is False, "the best of many counts with its wider interval"


def test_a_tie_is_called_one() -> None:
    days, points = outcome("days_held"), pd.DataFrame({"days_held": [1.0]})
    rows = frame(label=["a", "b"], difference=[50.0, 49.0], low=[40.0, 39.0], high=[60.0, 59.0])
    best = frame(
        which=["best"], label=["a"], difference=[50.0], low=[35.0], high=[60.0], among=[2], ties=[json.dumps(["b"])]
    )
    answer = answer_to({"differences": rows, "best": best, "points": points}, days, "one_at_a_time")
    assert "a, +50 days" in answer
    assert "a tie with b (not told apart)" in answer
    alone = best.assign(ties=json.dumps([]))
    assert "not told apart" not in answer_to(
        {"differences": rows, "best": alone, "points": points}, days, "one_at_a_time"
    )


@pytest.mark.usefixtures("few_worlds_in_doubt")
def test_situations_that_are_no_variants_are_compared_with_that_said(command: Command) -> None:
    root = page_of(Path(command("compare", "idlib-2020", "idlib-2018", *QUICK).last))
    assert root.all("h1")[0].text.endswith("compared with Sochi memorandum on Idlib, 17 September 2018")
    assert "is another situation, not a variant" in root.text
    (compared,) = [each for each in root.all("table") if "The conditions" in each.text]
    here, there = (load(name) for name in ("idlib-2020", "idlib-2018"))
    for loaded, row in zip((here, there), compared.all("tr")[1:], strict=True):
        assert row.all("th")[0].text == loaded.title
        assert loaded.digest[:12] in row.text


def test_a_design_without_a_known_point_has_no_answer() -> None:
    points = pd.DataFrame({"label": ["a"], "days_held": [float("nan")]})
    assert "no answer" in answer_to({"points": points}, outcome("days_held"), "grid")


def test_paths_are_called_as_readers_call_them() -> None:
    scenario = load("idlib-2020").scenario
    assert path_words("actors.turkey.motives.buffer", scenario) == f"Turkey: {scenario.motives['buffer'].title}"
    assert path_words("actors.syria.patron.dependence", scenario) == "Syrian government: dependence on its patron"
    assert path_words("actors.*.weariness", scenario) == "all actors: weariness"
    assert path_words("actors.*.motives.*", scenario) == "all actors: all motives"
    assert path_words("guarantors.ties", scenario) == "ties between the guarantors"
    assert path_words("front.sectors.saraqib.contact", scenario).endswith(": contact")
    assert path_words("mechanisms.heat_kept", scenario) == "rule: urge to answer, kept for a day"
    assert path_words("actors.hts.motives.survive", scenario).startswith("Hayat Tahrir al-Sham…: ")
    assert path_words("something.not_there", scenario) == "something: not there"


def test_additional_figures_of_a_run_are_in_its_report_with_their_captions(command: Command, small: str) -> None:
    folder = Path(command("run", small, "--worlds", "12", "--days", "60").last)
    assert len(page_of(folder).all("img")) == 3
    assert command("report", str(folder), "--more").code == 0
    root = page_of(folder)
    more = {file.stem for file in (folder / "figures").glob("*.png")} - {"survival", "causes", "worlds"}
    assert len(root.all("img")) == 3 + len(more)
    assert "front" in more
    assert "hazard" not in more, "the deal has a term"
    assert_sound(root)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
def test_a_real_browser_shows_the_page_without_a_complaint_and_prints_it(
    command: Command, small: str, tmp_path: Path
) -> None:
    folder = Path(command("run", small, "--worlds", "12", "--days", "60").last).absolute()
    quiet = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    start = [str(CHROMIUM), *quiet, f"--user-data-dir={tmp_path / 'profile'}", "--enable-logging=stderr"]
    address = f"file://{folder / 'report.html'}"
    shown = subprocess.run([*start, "--dump-dom", address], capture_output=True, text=True, timeout=120, check=True)
    assert "CONSOLE" not in shown.stderr
    button = re.search(r"<button[^>]*>", shown.stdout)
    assert button is not None
    assert "hidden" not in button[0]
    pdf = tmp_path / "page.pdf"
    subprocess.run([*start, f"--print-to-pdf={pdf}", address], capture_output=True, timeout=120, check=True)
    assert pdf.read_bytes().startswith(b"%PDF")
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) <= 12


def test_parts_have_words_and_the_columns_of_a_swap_are_explained_alike() -> None:
    days = outcome("days_held")
    rows = pd.DataFrame(
        {
            "outcome": "days_held", "part": ["aim-met", "war"], "contribution": [30.0, 10.0], "low": [20.0, 5.0],
            "high": [40.0, 15.0], "alone": [1.0, 2.0], "last": [3.0, 4.0], "whole": [40.0, 40.0],
            "whole_low": [28.0, 28.0], "whole_high": [52.0, 52.0],
        }
    )  # fmt: skip
    names = {name: reader_name(name, "part", None, None) for name in ("aim-met", "war")}
    tables = renamed({"attribution": rows, "points": pd.DataFrame({"label": ["toward+aim-met"]})}, names)
    assert tables["points"]["label"].iloc[0] == 'toward+"aim met"'
    answer = answer_to(tables, days, "swap")
    assert '"aim met", +30 days' in answer
    assert "aim-met" not in answer
    table = outcome_table(tables, days)
    assert table is not None
    assert [*table.columns][-2:] == ["alone", "as the last"]
    assert EXCHANGED[1:] in table.caption
    assert [head for _, head in SHOWN_COLUMNS["attribution"][1]][-2:] == ["alone", "as the last"]
