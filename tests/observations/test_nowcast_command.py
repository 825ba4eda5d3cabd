"""`ceasefire nowcast`: what a new user brings, what is printed and written, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Command
from html_page import read
from observations.made_files import SIGNED, acled_export, day, ged_file, write

from ceasefire.wording import whole_percent

QUICK = ("--worlds", "1500", "--set", f"start={SIGNED}", "--set", "agreement.term_days=360")


@pytest.fixture
def counts() -> str:
    """A quiet truce of 50 days, as a file."""
    Path("counts.csv").write_text("date,incidents,deaths\n" + "".join(f"{day(k)},{k % 2},{k % 2}\n" for k in range(50)))
    return "counts.csv"


def test_a_ged_file_becomes_a_nowcast_in_two_commands(command: Command, small: str) -> None:
    write(Path("ged.csv"), ged_file())
    assert command("observe", "ged.csv", "--out", "counts.csv", "--from", day(0), "--covers", f"{day(0)}:{day(99)}",
                   "--to", day(99)).code == 0  # fmt: skip
    said = command("nowcast", small, "--counts", "counts.csv", "--out", "today", *QUICK)
    assert said.code == 0, said.err
    assert "ends within 90 days" in said.out
    assert "day 100" in said.out
    assert said.last == "today"
    files = sorted(str(file.relative_to("today")) for file in Path("today").rglob("*") if file.is_file())
    assert files == [
        "datapackage.json", "early-warning.csv", "figures/early-warning.png", "figures/early-warning.svg",
        "figures/survival.png", "figures/survival.svg", "figures/weeks.png", "figures/weeks.svg", "nowcast.json",
        "report.html", "survival.csv", "weeks.csv",
    ]  # fmt: skip
    described = json.loads(Path("today/datapackage.json").read_text())["resources"]
    assert [each["path"] for each in described] == ["survival.csv", "weeks.csv", "early-warning.csv"]
    page = Path("today/report.html").read_text()
    for words in ("What to watch", "How early counts foretell an end", "percentile among worlds", "llustrative"):
        assert words in page
    root = read(page)
    assert [e.attributes["download"] for e in root.all("a") if "download" in e.attributes] == [
        "survival.csv", "weeks.csv", "early-warning.csv", "code-book.csv",
    ]  # fmt: skip
    told = json.loads(Path("today/nowcast.json").read_text())["ends_within"]
    cells = [[cell.text for cell in row.all("td")] for row in root.all("table")[0].all("tr")[1:]]
    counted = [
        [whole_percent(row[name]).replace("\u00a0", " ") for name in ("with", "with_low", "with_high")] for row in told
    ]
    assert [row[-3:] for row in cells if "what was counted" in row] == counted


def test_an_acled_export_is_compared_by_its_deaths_alone(command: Command, small: str) -> None:
    write(Path("export.csv"), acled_export(), "utf-8-sig")
    assert command("observe", "export.csv", "--out", "counts.csv", "--covers", f"{day(0)}:{day(179)}").code == 0
    said = command("nowcast", small, "--counts", "counts.csv", "--day", "100", "--deaths-only", "--json", *QUICK)
    assert said.code == 0, said.err
    content = json.loads(said.out)
    assert content["day"] == 100
    assert [each["figure"] for each in content["seen_among_worlds"]] == [
        "deaths of the last 28 days", "deaths since signing",
    ]  # fmt: skip


def test_json_has_every_part_of_the_answer(command: Command, small: str, counts: str) -> None:
    said = command("nowcast", small, "--counts", counts, "--json", *QUICK)
    content = json.loads(said.out)
    told = command("nowcast", small, "--counts", counts, *QUICK)
    assert f"{content['holding']:,} of 1,500 worlds hold" in told.out
    assert f"{content['effective_worlds']:,.0f} effective worlds agree with the counts" in told.out
    assert "how far to trust it\nTried day by day on two real truces" in told.out
    assert all(f"note: {words}" in told.err for words in (*content["warnings"], *content["notes"]))
    assert [row["days"] for row in content["ends_within"]] == [30, 90, 180, 365]
    for row in content["ends_within"]:
        assert row["with_low"] <= row["with"] <= row["with_high"]
    assert content["illustrative"] is True
    assert content["effective_worlds"] >= 200
    assert {"likely_ends", "who_would_decide", "alarms", "early_warning", "warnings"} <= set(content)


def test_the_same_command_prints_the_same_and_replaces_its_own_folder_only(
    command: Command, small: str, counts: str
) -> None:
    first = command("nowcast", small, "--counts", counts, "--out", "today", *QUICK)
    content = Path("today/nowcast.json").read_bytes()
    assert command("nowcast", small, "--counts", counts, "--out", "today", *QUICK).out == first.out
    assert Path("today/nowcast.json").read_bytes() == content
    Path("other").mkdir()
    Path("other/mine.txt").write_text("kept")
    said = command("nowcast", small, "--counts", counts, "--out", "other", *QUICK)
    assert (said.code, "holds something else" in said.err) == (2, True)


def test_a_folder_of_an_earlier_nowcast_that_also_holds_files_of_ones_own_is_left_alone(
    command: Command, small: str, counts: str
) -> None:
    Path("today").mkdir()
    Path("today/nowcast.json").write_text("{}")
    Path("today/notes.txt").write_text("mine")
    said = command("nowcast", small, "--counts", counts, "--out", "today", *QUICK)
    assert (said.code, "today holds something else" in said.err) == (2, True)
    assert Path("today/notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "nowcast needs --counts FILE"),
        (("--counts", "none.csv"), "none.csv: there is no such file"),
        (("--counts", "counts.csv", "--day", "May"), "--day: 'May' is neither days since the start nor a date"),
        (("--counts", "counts.csv", "--day", "200"), "have no row in the 14 days before day 200"),
        (("--counts", "counts.csv", "--event", "x"), "--event: 'x'; write DATE:PATH=VALUE"),
        (("--counts", "counts.csv", "--event", f"{day(9)}:actors.nobody.capability=1"), "actors.nobody.capability"),
        (("--counts", "bad.csv"), "bad.csv:2"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_would_be_right(
    command: Command, small: str, counts: str, arguments: tuple[str, ...], message: str
) -> None:
    Path("bad.csv").write_text("date,incidents,deaths\nyesterday,1,1\n")
    said = command("nowcast", small, *arguments, *QUICK)
    assert said.code == 2
    assert message in said.err
    assert said.out == ""


def test_an_event_since_signing_changes_the_answer(command: Command, small: str, counts: str) -> None:
    plain = json.loads(command("nowcast", small, "--counts", counts, "--json", *QUICK).out)
    said = command("nowcast", small, "--counts", counts, "--json", *QUICK, "--event",
                   f"{day(20)}:actors.north_army.capability=3")  # fmt: skip
    assert json.loads(said.out)["ends_within"] != plain["ends_within"]


def test_an_outside_view_of_facts_that_are_not_given_says_so(command: Command, small: str, counts: str) -> None:
    Path("deal.yaml").write_text(command("forecast", "--form").out)
    alone = command("forecast", "deal.yaml")
    notes = [line.removeprefix("note: ") for line in alone.err.splitlines() if line.startswith("note: ")]
    assert any("country is not given" in note for note in notes)
    said = command("nowcast", small, "--counts", counts, "--facts", "deal.yaml", "--out", "today", *QUICK)
    assert said.code == 0, said.err
    for note in notes:
        assert note in said.err
    root = read(Path("today/report.html").read_text())
    page = root.text
    assert "country is not given" in page
    assert "no country given, from " in page
    (view,) = [each for each in root.all("table") if "outside view" in each.all("caption")[0].text.lower()]
    assert "90 % from" in view.text.replace("\u00a0", " ")
    assert "95 %" not in view.text.replace("\u00a0", " ")
    Path("deal.yaml").write_text("country: Syria\nstart: 2018-09-17\nwritten: yes\n")
    said = command("nowcast", small, "--counts", counts, "--facts", "deal.yaml", "--out", "today", *QUICK)
    assert "Syria, from 2018-09-17: bare cessation, written, open-ended" in " ".join(said.out.split())
    assert "Syria, from 2018-09-17: bare cessation, written" in read(Path("today/report.html").read_text()).text
