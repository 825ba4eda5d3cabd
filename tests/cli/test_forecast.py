"""`ceasefire forecast`: what it says of a deal, from where it knows it, what it warns of, and what it refuses."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import Command

import ceasefire
from ceasefire.reference_class.outside_view.explanation import fact_effects, leaning, reference_day
from ceasefire.reference_class.outside_view.forecast import forecast

IDLIB = {
    "country": "Syria",
    "conflict": "299",
    "start": "2020-03-06",
    "ceasefire_class": "preliminary",
    "written": "yes",
    "fixed_term": "no",
}
NEW_WAR = {
    "country": "Ruritania",
    "conflict": "north",
    "start": "2024-05-01",
    "ceasefire_class": "cessation",
    "written": "no",
}
SHORT = [{"start": f"2024-0{month}-01", "days": 2, "outcome": "broke"} for month in (1, 2, 3, 4)]


def options(facts: dict[str, str]) -> list[str]:
    return [part for name, value in facts.items() for part in ("--feature", f"{name}={value}")]


def form(folder: Path, facts: dict[str, str], name: str = "deal.yaml") -> Path:
    file = folder / name
    file.write_text("".join(f"{k}: {v}\n" for k, v in facts.items()), encoding="utf-8")
    return file


def at(facts: dict[str, Any], day: int = 90, **more: Any) -> float:
    return forecast(facts, days=[day], **more).deals[0].rows[0].unbroken


def test_options_a_form_and_a_table_say_the_same(command: Command, tmp_path: Path) -> None:
    file = form(tmp_path, IDLIB)
    table = tmp_path / "deals.csv"
    table.write_text(",".join(IDLIB) + "\n" + ",".join(IDLIB.values()) + "\n", encoding="utf-8")
    answer = [command("forecast", *how, "--json") for how in (options(IDLIB), [str(file)], [str(table)])]
    assert [one.code for one in answer] == [0, 0, 0]
    survival = [json.loads(one.out)["deals"][0]["survival"] for one in answer]
    assert survival[0] == survival[1] == survival[2]
    assert [row["day"] for row in survival[0]] == [30, 90, 180, 365, 1825]


def test_it_says_what_it_leans_on_and_what_each_fact_does(command: Command) -> None:
    answer = command("forecast", *options(IDLIB))
    assert answer.code == 0
    assert answer.err == ""
    words = " ".join(answer.out.split())
    assert "118 earlier deals in Syria, 111 of them in conflict 299, as known on 2019-12-31." in words
    assert "if it were not written" in answer.out
    assert "if nothing were known of Syria" in answer.out
    assert "Clayton" in answer.out


def test_the_same_question_gets_the_same_bytes(command: Command, tmp_path: Path) -> None:
    first, second = (command("forecast", *options(IDLIB), "--json").out for _ in range(2))
    assert first == second


def test_the_table_of_python_is_that_of_the_command(command: Command) -> None:
    table = ceasefire.forecast(IDLIB).table()
    rows = json.loads(command("forecast", *options(IDLIB), "--json").out)["deals"][0]["survival"]
    assert list(table.columns) == ["deal", *rows[0]]
    assert [round(value, 5) for value in table["unbroken"]] == [row["unbroken"] for row in rows]


def test_chances_fall_with_the_days_and_lie_in_their_range() -> None:
    for facts in (IDLIB, NEW_WAR, {**NEW_WAR, "planned_days": "10"}):
        rows = forecast(facts).deals[0].rows
        assert len(rows) >= 5
        for row in rows:
            assert row.low < row.unbroken < row.high
            assert row.third < row.upper
            assert row.in_force <= row.unbroken
        assert all(a.unbroken > b.unbroken for a, b in pairwise(rows))


def test_known_short_deals_shorten_and_a_deal_that_holds_lengthens() -> None:
    alone = at(NEW_WAR)
    assert at(NEW_WAR, history=SHORT) < alone - 0.1
    assert at(NEW_WAR, history=[{"start": "2020-01-01", "outcome": "holding"}]) > alone + 0.02


def test_deals_of_last_year_count_more_than_old_ones() -> None:
    old = [{**row, "start": str(row["start"]).replace("2024", "2004")} for row in SHORT]
    assert at(NEW_WAR, history=SHORT) < at(NEW_WAR, history=old) < at(NEW_WAR)


def test_other_conflicts_of_the_country_count_less() -> None:
    elsewhere = [{**row, "conflict": "south"} for row in SHORT]
    assert at(NEW_WAR, history=SHORT) < at(NEW_WAR, history=elsewhere) < at(NEW_WAR)


def test_a_list_that_begins_within_the_record_takes_the_place_of_its_later_years() -> None:
    """Deals of a list are not counted twice: what is shipped counts to the end of the year before the list begins."""
    known = forecast(IDLIB, history=[{"start": "2015-05-01", "days": 9}]).deals[0].known
    assert known.state.day < forecast(IDLIB).deals[0].known.state.day
    assert leaning(forecast(IDLIB, history=[{"start": "2015-05-01", "days": 9}]).deals[0]).until == "2014-12-31"


def test_ends_after_the_signing_day_move_nothing() -> None:
    ends = ({"days": 200, "outcome": "broke"}, {"days": 3000, "outcome": "broke"}, {"outcome": "holding"})
    result = [at(NEW_WAR, history=[{"start": "2024-04-01", **end}]) for end in ends]
    assert result[0] == result[1] == result[2]
    late = forecast(NEW_WAR, history=[{"start": "2024-06-01", "days": 1}])
    assert late.deals[0].rows[0].unbroken == forecast(NEW_WAR).deals[0].rows[0].unbroken
    assert any("began on or after 2024-05-01" in words for words in late.warnings)


def test_an_end_of_unknown_day_counts_once_it_is_over() -> None:
    open_still = [{"start": "2024-04-01", "end": "2024-05-20", "outcome": "broke_by"}]
    over = [{"start": "2024-04-01", "end": "2024-04-20", "outcome": "broke_by"}]
    assert at(NEW_WAR, history=open_still) == at(NEW_WAR)
    assert any("it was not yet clear" in words for words in forecast(NEW_WAR, history=open_still).warnings)
    assert at(NEW_WAR, history=over) < at(NEW_WAR)


def test_having_held_conditions_the_forecast(command: Command) -> None:
    fresh, held = forecast(IDLIB, days=[100, 365]), forecast(IDLIB, held_days=100, days=[365])
    there = {row.day: row.unbroken for row in fresh.deals[0].rows}
    assert held.deals[0].rows[0].unbroken == pytest.approx(there[365] / there[100])
    assert "has held 100 days already" in command("forecast", *options(IDLIB), "--held-days", "100").out


def test_a_short_term_has_days_made_for_it_and_two_clocks(command: Command) -> None:
    facts = {**NEW_WAR, "planned_days": "7"}
    one = forecast(facts).deals[0]
    assert {3, 7, 8, 14}.issubset(one.days)
    on = {row.day: row for row in one.rows}
    assert on[8].in_force < 0.35 < 0.6 < on[8].unbroken
    assert "in force" in command("forecast", *options(facts)).out
    assert "in force" not in command("forecast", *options(NEW_WAR)).out


def test_a_deal_that_has_outlived_its_term_is_not_said_to_be_in_force_again(command: Command) -> None:
    facts = {**NEW_WAR, "planned_days": "42"}
    running, over = (forecast(facts, held_days=held, days=[180]).deals[0] for held in (41, 42))
    assert not running.term_is_over
    assert running.rows[0].in_force < 0.2
    assert over.term_is_over
    assert np.isnan(over.rows[0].in_force)
    answer = command("forecast", *options(facts), "--held-days", "100")
    assert "in force" not in answer.out
    assert "Its term of 42 days is over" in answer.out
    content = json.loads(command("forecast", *options(facts), "--held-days", "100", "--json").out)["deals"][0]
    assert content["median_days_in_force"] is None
    assert {row["in_force"] for row in content["survival"]} == {None}


def test_the_headline_lies_within_the_readings_that_are_shown() -> None:
    deals = (IDLIB, NEW_WAR, {**IDLIB, "planned_days": "60", "fixed_term": "yes"})
    for facts in deals:
        for held in (0, 41, 100):
            one = forecast(facts, held_days=held).deals[0]
            assert one.median_span[0] <= one.median <= one.median_span[1]
            assert all(row.readings[0] <= row.unbroken <= row.readings[1] for row in one.rows)


def test_a_day_that_is_over_is_refused(command: Command) -> None:
    answer = command("forecast", *options(NEW_WAR), "--held-days", "100", "--day", "58")
    assert answer.code == 2
    assert "day 58 is over: the deal has held 100 days; give a later day" in answer.err


def test_a_list_that_cuts_the_record_short_says_so() -> None:
    words = forecast(IDLIB, history=[{"start": "2015-05-01", "days": 9}]).warnings
    assert any("begins in 2015: of Syria the shipped record counts to the end of 2014" in each for each in words)
    assert not any(
        "begins in" in each for each in forecast(IDLIB, history=[{"start": "2020-01-12", "days": 3}]).warnings
    )


def test_two_states_of_which_one_is_known_inside_are_told_apart_from_a_misspelling() -> None:
    words = forecast({**NEW_WAR, "country": "Syria/Ruritania"}).warnings
    assert any("deals within 'Syria' are known, and do not count for deals between states" in each for each in words)


def test_a_table_on_the_screen_has_ranges_the_days_asked_for_and_what_has_held(
    command: Command, tmp_path: Path
) -> None:
    table = tmp_path / "deals.csv"
    table.write_text("name,country,start,held_days\none,Syria,2024-01-01,50\ntwo,Syria,2024-01-01,\n", encoding="utf-8")
    answer = command("forecast", str(table), "--day", "40", "--day", "100")
    assert answer.code == 0
    one, two = (next(row for row in answer.out.splitlines() if row.startswith(name)) for name in ("one", "two"))
    assert "one (held 50 days)" in one
    assert "has held" in one
    assert two.count(" to ") == 2
    assert "1,825 days" not in answer.out


def test_a_written_definitive_deal_lasts_longer_and_the_command_says_so() -> None:
    one = forecast(NEW_WAR).deals[0]
    changed = {each.change: each for each in fact_effects(one)}
    assert changed["if it were written"].median > one.median
    assert changed["if it were definitive"].median > changed["if it were preliminary, with ways to see to it"].median
    assert changed["if it were written"].holds == pytest.approx(at({**NEW_WAR, "written": "yes"}, reference_day(one)))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"country": "Sirya"}, "did you mean 'Syria'?"),
        ({"country": "Ruritania"}, "nothing is known of 'Ruritania': the range is that of all countries"),
        ({"country": "Syria", "conflict": "1999"}, "nothing is known of the conflict '1999' in Syria"),
        (
            {"country": "Syria"},
            "conflict is not given: only the country's deals count; known in Syria: '299' (111 deals)",
        ),
        ({}, "country is not given"),
        ({"country": "Syria"}, "start is not given: taken as 2021-01-01"),
        ({"country": "Syria"}, "written is not given: taken as not written"),
        ({"country": "Syria", "start": "2025-01-01"}, "the shipped record ends with 2020"),
        ({"country": "Syria", "fixed_term": "yes"}, "planned_days is not given"),
        ({"country": "Syria"}, "fixed_term is not given: taken as open-ended"),
        ({"country": "Syria", "mediated": "yes"}, "not used, for they add nothing to the other facts: mediated"),
        ({"country": "Syria", "start": "1985-01-01"}, "no deal in Syria was known on 1985-01-01"),
    ],
)
def test_what_is_missing_or_not_known_is_said(facts: dict[str, str], words: str) -> None:
    result = forecast({"ceasefire_class": "cessation", **facts})
    assert any(words in warning for warning in result.warnings), result.warnings


def test_a_country_is_known_by_a_part_of_its_name() -> None:
    for name in ("Myanmar", "burma", "Myanmar (Burma)", "MYANMAR"):
        one = forecast({**IDLIB, "country": name, "conflict": "none"}).deals[0]
        assert one.request.facts.country == "Myanmar (Burma)"
        assert one.known.state.deals > 10


def test_a_table_of_deals_gives_a_table_of_forecasts(command: Command, tmp_path: Path) -> None:
    table = tmp_path / "deals.csv"
    table.write_text("name,country,planned_days,written\nfirst,Syria,,no\nsecond,Nepal,30,yes\n", encoding="utf-8")
    answer = command("forecast", str(table), "--out", "here")
    assert answer.code == 0
    assert answer.last == "here"
    for name in ("first", "second"):
        assert f"\n{name} " in answer.out
    rows = list(csv.DictReader((tmp_path / "here" / "forecast.csv").open(encoding="utf-8")))
    assert {row["deal"] for row in rows} == {"first", "second"}
    content = json.loads((tmp_path / "here" / "forecast.json").read_text(encoding="utf-8"))
    assert [deal["name"] for deal in content["deals"]] == ["first", "second"]
    for name in ("survival.png", "survival.svg"):
        assert (tmp_path / "here" / name).stat().st_size > 5000


def test_a_folder_that_holds_something_else_is_not_overwritten(command: Command, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "diary.txt").write_text("mine", encoding="utf-8")
    answer = command("forecast", *options(IDLIB), "--out", "here")
    assert answer.code == 2
    assert "nothing is overwritten" in answer.err
    assert [file.name for file in (tmp_path / "here").iterdir()] == ["diary.txt"]


def test_the_form_can_be_filled_in_and_read(command: Command, tmp_path: Path) -> None:
    printed = command("forecast", "--form").out
    file = tmp_path / "deal.yaml"
    file.write_text(printed.replace("country:  ", "country: Nepal  "), encoding="utf-8")
    answer = command("forecast", str(file))
    assert answer.code == 0
    assert "Nepal" in answer.out
    assert len([line for line in printed.splitlines() if not line.startswith("#")]) == 10


def test_options_change_a_form(command: Command, tmp_path: Path) -> None:
    file = form(tmp_path, IDLIB)
    plain, changed = (
        json.loads(command("forecast", str(file), *more, "--json").out)["deals"][0]["median_days"]
        for more in ((), ("--feature", "written=no"))
    )
    assert changed < plain


@pytest.mark.parametrize(
    ("facts", "place", "words"),
    [
        ({"countri": "Syria"}, "deal.yaml:1: countri", "did you mean 'country'?"),
        ({"country": "Syria", "start": "6 March 2020"}, "deal.yaml:2: start", "write it as 2020-03-06"),
        (
            {"country": "Syria", "ceasefire_class": "definitve"},
            "deal.yaml:2: ceasefire_class",
            "did you mean 'definitive'?",
        ),
        ({"written": "perhaps"}, "deal.yaml:1: written", "neither yes (1) nor no (0)"),
        ({"planned_days": "-3"}, "deal.yaml:1: planned_days", "number of days from 0.5"),
        ({"planned_days": "30", "fixed_term": "no"}, "deal.yaml:1: planned_days", "open-ended"),
        ({"held_days": "soon"}, "deal.yaml:1: held_days", "number of days from 0"),
    ],
)
def test_faults_of_a_form_name_file_line_and_fact(
    command: Command, tmp_path: Path, facts: dict[str, str], place: str, words: str
) -> None:
    answer = command("forecast", str(form(tmp_path, facts)))
    assert answer.code == 2
    assert answer.out == ""
    assert place in answer.err
    assert words in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            "name,begin\nx,2020-01-01\n",
            ["history.csv:1: begin: no such column", "history.csv:1: start: no such column"],
        ),
        ("start,end\n2020-01-01,2019-01-01\n", ["history.csv:2: end: 2019-01-01 lies before the start"]),
        (
            "start,outcome\n2020-01-01,broken\n",
            ["history.csv:2: outcome: no such value 'broken'; did you mean 'broke'?"],
        ),
        ("start,end\n2020-01-01,\n", ["history.csv:2: outcome: neither", "write 'holding'"]),
        (
            "start,outcome\n2020-01-01,ran_out\n",
            ["history.csv:2: end: a deal of outcome 'ran_out' needs `end` or `days`"],
        ),
        ("start,end\n2020-01-01\n", ["history.csv:2: has 1 cell, and the header 2"]),
        ("start,days\n,3\n", ["history.csv:2: start: is empty"]),
        ("start,start\n2020-01-01,2020-01-01\n", ["history.csv:1: start: this column is there twice"]),
    ],
)
def test_faults_of_a_list_name_file_line_and_column(
    command: Command, tmp_path: Path, content: str, words: list[str]
) -> None:
    (tmp_path / "history.csv").write_text(content, encoding="utf-8")
    answer = command("forecast", *options(IDLIB), "--history", "history.csv")
    assert answer.code == 2
    for part in words:
        assert part in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "no facts"),
        (("nowhere.yaml",), "no such file"),
        (("--feature", "country"), "write NAME=VALUE"),
        (("--feature", "country=Syria", "--day", "0"), "is not a day from 1 to 1825"),
        (("--feature", "country=Syria", "--day", "2000"), "later days are not told apart"),
        (("--feature", "country=Syria", "--held-days", "-1"), "held_days"),
        (("--feature", "country=Syria", "--data", "nowhere"), "no such data folder"),
        (("--feature", "country=Syria", "--numbers", "nowhere"), "cannot be read"),
        (("--feature", "country=Syria", "--history", "nowhere.csv"), "there is no such file"),
        (("--refit",), "--refit needs --data DIR"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_line(command: Command, arguments: tuple[str, ...], words: str) -> None:
    answer = command("forecast", *arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert words in answer.err
    assert len(answer.err.splitlines()) <= 2


def test_files_that_are_no_text_or_no_yaml_are_refused(command: Command, tmp_path: Path) -> None:
    for name, content in (
        ("a.yaml", b"\xff\xfe\x00"),
        ("b.yaml", b"country: [Syria"),
        ("c.yaml", b"- 1\n"),
        ("d.csv", b"\xff,\n"),
        ("e.csv", b"country\n"),
    ):
        (tmp_path / name).write_bytes(content)
        answer = command("forecast", name)
        assert answer.code == 2, name
        assert answer.err.startswith(name), answer.err
        assert "Traceback" not in answer.err


def test_earlier_deals_of_a_list_are_named_with_their_length(command: Command, tmp_path: Path) -> None:
    lines = [
        "name,start,outcome,end",
        "Eid truce,2024-04-01,ran_out,2024-04-04",
        "Spring deal,2024-02-01,broke,2024-03-02",
    ]
    (tmp_path / "history.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    answer = command("forecast", *options(NEW_WAR), "--history", "history.csv")
    assert "Eid truce (2024-04-01, ended otherwise after 3" in answer.out
    assert "Spring deal (2024-02-01, broke after 30 days)" in " ".join(answer.out.split())


def test_a_forecast_needs_no_compiled_rules_no_pandas_and_no_charts() -> None:
    code = (
        "import sys; from ceasefire.cli import main\n"
        "code = main(['forecast', '--feature', 'country=Syria'])\n"
        "heavy = [name for name in ('numba', 'pandas', 'matplotlib', 'mesa', 'pyarrow') if name in sys.modules]\n"
        "sys.exit(' '.join(heavy) or code)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_ranges_narrow_as_deals_become_known() -> None:
    def width(history: list[dict[str, Any]]) -> float:
        row = forecast(NEW_WAR, history=history, days=[30]).deals[0].rows[0]
        return row.high - row.low

    usual = [{"start": f"2023-{month:02}-01", "days": 60, "outcome": "broke"} for month in range(1, 11)]
    assert width(usual) < width([])


def test_every_day_asked_for_is_in_the_table() -> None:
    assert [row.day for row in forecast(IDLIB, days=[7, 11]).deals[0].rows] == [7, 11]
    assert np.all(np.diff([row.unbroken for row in forecast(IDLIB, days=[7, 11]).deals[0].rows]) < 0)


def test_a_list_without_names_of_conflicts_is_of_one_conflict() -> None:
    nameless = {name: value for name, value in NEW_WAR.items() if name != "conflict"}
    assert at(nameless, history=SHORT) == at(NEW_WAR, history=SHORT)


def test_the_only_conflict_known_of_a_country_is_taken_for_the_deals_own() -> None:
    facts = {"country": "Nepal", "start": "2006-01-01", "ceasefire_class": "cessation", "written": "no"}
    result = forecast(facts)
    assert any("the only one known" in words for words in result.warnings)
    conflict = result.deals[0].request.facts.conflict
    assert result.deals[0].rows == forecast({**facts, "conflict": conflict}).deals[0].rows


def test_without_its_country_a_deal_is_forecast_as_in_a_country_of_which_nothing_is_known() -> None:
    changed = {each.change: each for each in fact_effects(forecast(IDLIB).deals[0])}
    elsewhere = forecast({**IDLIB, "country": "Ruritania"}).deals[0]
    assert changed["if nothing were known of Syria"].median == pytest.approx(elsewhere.median)
    own = forecast({**IDLIB, "conflict": "another"}).deals[0]
    assert changed["if nothing were known of this conflict"].median == pytest.approx(own.median)


def test_a_deal_without_a_conflict_is_one_of_a_conflict_that_nobody_knows() -> None:
    for country in ("Syria", "Ruritania"):
        facts = {name: value for name, value in IDLIB.items() if name != "conflict"} | {"country": country}
        assert forecast(facts).deals[0].rows == forecast({**facts, "conflict": "another"}).deals[0].rows


def test_an_empty_place_for_planned_days_means_open_ended() -> None:
    assert not any("fixed_term" in words for words in forecast({**NEW_WAR, "planned_days": ""}).warnings)


def test_a_figure_is_the_same_to_the_last_byte_and_shows_both_clocks(tmp_path: Path) -> None:
    from ceasefire.report.forecast_figures import draw_forecast

    result = forecast({**NEW_WAR, "planned_days": "20"})
    for folder in ("one", "two"):
        draw_forecast(result, tmp_path / folder)
    svg = (tmp_path / "one" / "survival.svg").read_text(encoding="utf-8")
    assert svg == (tmp_path / "two" / "survival.svg").read_text(encoding="utf-8")
    for part in ("unbroken", "in-force", "range", "third", "upper", "median"):
        assert f'id="{part}"' in svg
    draw_forecast(forecast(NEW_WAR), tmp_path / "open")
    assert 'id="in-force"' not in (tmp_path / "open" / "survival.svg").read_text(encoding="utf-8")


def coded_deals(folder: Path) -> Path:
    """A data folder of 36 deals in three countries, which break after 5, 6, 7 … days."""
    folder.mkdir()
    columns = "ceasefire_id,location,conflict,start,ceasefire_class,written,fixed_term,planned_days,days_upper,broke"
    lines = [f"{columns},end_date_known"]
    for number in range(36):
        start = f"{2000 + number % 10}-0{1 + number % 9}-1{number % 7}"
        term = "10" if number % 4 == 0 else ""
        kind = f"cessation,{number % 2},{int(bool(term))},{term}"
        lines.append(f"d{number},land {number % 3},war,{start},{kind},{5 + number},1,1")
    (folder / "ceasefire_durations.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_numbers_of_a_refit_are_used_when_asked_for(command: Command, tmp_path: Path) -> None:
    coded_deals(tmp_path / "data")
    done = command("forecast", "--refit", "--data", "data", "--out", "numbers")
    assert done.code == 0
    assert done.last == "numbers"
    facts = options({**IDLIB, "country": "land 1", "conflict": "war", "start": "2010-06-01"})
    refitted = json.loads(command("forecast", *facts, "--numbers", "numbers", "--json").out)["deals"][0]
    shipped = json.loads(command("forecast", *facts, "--json").out)["deals"][0]
    assert refitted["leans_on"]["deals"] == 12
    assert shipped["leans_on"]["deals"] == 0
    assert refitted["median_days"] < shipped["median_days"]
    assert command("forecast", "--refit", "--data", "data", "--out", "numbers").code == 2


def test_deals_of_a_data_folder_count_by_name(command: Command, tmp_path: Path) -> None:
    coded_deals(tmp_path / "data")
    facts = options({**IDLIB, "country": "land 1", "conflict": "war", "start": "2006-06-01"})
    content = json.loads(command("forecast", *facts, "--data", "data", "--json").out)["deals"][0]
    names = content["leans_on"]["by_name"]
    assert names
    assert all(int(name[1:]) % 3 == 1 for name in names)
    assert content["leans_on"]["deals"] == len(names) < 12


def test_ends_are_those_of_simulated_deals_that_last_as_the_forecast_says(command: Command) -> None:
    content = json.loads(command("forecast", *options(NEW_WAR), "--ends", "--json").out)["deals"][0]
    ends = content["ends"]
    assert sum(end["share"] for end in ends["shares"]) == pytest.approx(1.0, abs=0.001)
    assert {end["actor"] for end in ends["shares"]} <= {"government", "rebels", ""}
    five_years = content["survival"][-1]
    assert five_years["day"] == 1825
    assert abs(ends["holds_five_years"] - five_years["unbroken"]) <= ends["farthest_from_the_forecast"] + 0.001
    assert ends["farthest_from_the_forecast"] < 0.2
    words = command("forecast", *options(NEW_WAR), "--ends").out
    assert "how such deals end in the simulation" in words
    assert "ends" not in json.loads(command("forecast", *options(NEW_WAR), "--json").out)["deals"][0]


def test_a_country_that_is_not_known_is_not_taken_for_another(command: Command) -> None:
    notes = command("forecast", "--feature", "country=Mali").err
    assert "did you mean" not in notes
    assert "`ceasefire forecast --countries` lists those that are known" in notes
    listed = command("forecast", "--countries")
    assert listed.code == 0
    assert len(listed.out.split("\n")) > 40
    assert {"Syria", "Somalia"} <= set(listed.out.splitlines())
    assert "did you mean 'Syria'?" in command("forecast", "--feature", "country=Siria").err


def test_one_day_is_one_day(command: Command) -> None:
    short = {**NEW_WAR, "start": "2023-05-20", "planned_days": "1"}
    for more in ((), ("--held-days", "1")):
        said = " ".join(command("forecast", *options(short), "--day", "1" if not more else "2", *more).out.split())
        assert " 1 days" not in said
        assert "1 day " in said
    assert "a term of 0.5 days" in command("forecast", *options({**short, "planned_days": "0.5"})).out


def test_deals_of_a_data_folder_are_told_by_what_they_were(command: Command, tmp_path: Path) -> None:
    coded_deals(tmp_path / "data")
    facts = options({**IDLIB, "country": "land 1", "conflict": "war", "start": "2006-06-01"})
    said = " ".join(command("forecast", *facts, "--data", "data").out.split())
    assert "land 1, bare cessation, 2000-02-13 to 2000-02-28 (broke after 15 days)" in said
    assert " d10 " not in said
    assert "by name" not in said
