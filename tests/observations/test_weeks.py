"""Weekly counts that were seen, laid over the fans of a run."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Command

from ceasefire.ensemble.weekly_fans import LEVELS, WeeklyFans, fans_of
from ceasefire.errors import ScenarioError
from ceasefire.observations.counts import Counts, place_of
from ceasefire.observations.percentile import percentiles_among_worlds
from ceasefire.observations.weeks import RECORDED, among_fans, weekly_since
from ceasefire.simulation.compiled.day_loop import RESULT
from ceasefire.simulation.compiled.recorded_counts import ALL_DEATHS, CIVILIAN_DEATHS, INCIDENTS, VIOLATIONS, WEEKLY

START = datetime.date(2020, 1, 1)


def made(worlds: int, weeks: int) -> tuple[dict[str, np.ndarray], pd.DataFrame]:
    """Weekly counts of made worlds that all live, by figure, shape (worlds, weeks), and their fans."""
    random = np.random.default_rng(1)
    shape = (worlds, weeks)
    counts = {"incidents": random.poisson(30, shape), "violations": random.poisson(300, shape),
              "deaths": random.poisson(90, shape), "civilians": random.poisson(40, shape)}  # fmt: skip
    figures = {"violations": VIOLATIONS, "deaths": ALL_DEATHS, "civilians": CIVILIAN_DEATHS}
    as_counted = np.zeros((worlds, weeks, WEEKLY), np.int64)
    as_counted[:, :, INCIDENTS] = counts["incidents"]
    for name, column in figures.items():
        as_counted[:, :, column] = counts[name].cumsum(axis=1)
    rows = np.zeros(worlds, RESULT)
    rows["days_held"] = 7 * weeks
    fans = WeeklyFans(7 * weeks)
    fans.add(rows, as_counted)
    return counts, fans.table().assign(numbers="as written")


def weekly(day: int, **figures: list[float]) -> Counts:
    """Counts of weeks on end from a day since the start."""
    rows = {name: np.array(values, float) for name, values in figures.items()}
    return Counts(place_of(START) + day + 7 * np.arange(len(rows["deaths"])), rows, None, 7)


def test_a_seen_week_lies_in_the_fan_where_it_lies_among_its_worlds() -> None:
    worlds, fans = made(3_000, 20)
    seen = weekly(14, incidents=[33, 22, 38], deaths=[99, 82, 70], civilians=[40, 41, 45])
    found, notes = among_fans(seen, START, fans)
    assert [one.figure for one in found] == ["incidents", "deaths", "civilians"]
    assert notes == ()
    for one in found:
        assert one.first.tolist() == list(range(0, 18 * 7, 7))  # 13 weeks beyond the last that was seen
        assert np.flatnonzero(one.placed).tolist() == [2, 3, 4]
        counts = one.seen[2:5]
        assert counts.tolist() == seen.figures[one.figure].tolist()
        # the fan has seven levels, and is linear in between
        for values, place in ((counts, one.percentile), (counts / RECORDED[0], one.if_least_recorded)):
            assert place is not None
            among = percentiles_among_worlds(values, worlds[one.figure][:, 2:5].astype(float)).share
            assert place[2:5] == pytest.approx(among, abs=0.06)


def test_weeks_beyond_nearly_all_worlds_are_told_and_those_of_a_world_like_the_others_are_few() -> None:
    worlds, fans = made(3_000, 60)
    own = {name: counts[7].astype(float).tolist() for name, counts in worlds.items() if name != "violations"}
    found, _ = among_fans(weekly(0, **own), START, fans)
    # 4 % of 180 weeks are 7; more than 16 once in a thousand
    assert sum(one.below + one.above for one in found) <= 16
    own["deaths"][5:8] = [10, 400, 400]
    deaths = among_fans(weekly(0, **own), START, fans)[0][1]
    assert np.array(deaths.percentile[5:8]) == pytest.approx([0.01, 0.99, 0.99])
    assert (deaths.below, deaths.above) == (found[1].below + 1, found[1].above + 2)


def test_incidents_that_are_not_all_deadly_are_laid_over_all_violations() -> None:
    worlds, fans = made(3_000, 20)
    found, notes = among_fans(weekly(0, incidents=[300, 310], deaths=[90, 91]), START, fans)
    assert [one.figure for one in found] == ["violations", "deaths"]
    assert "laid over all violations" in notes[0]
    among = percentiles_among_worlds([300, 310], worlds["violations"][:, :2].astype(float)).share
    assert found[0].percentile[:2] == pytest.approx(among, abs=0.06)


def test_worlds_with_drawn_numbers_are_taken_where_there_are_some() -> None:
    _, fans = made(500, 5)
    drawn = fans.assign(numbers="drawn", **{f"q{100 * level:02.0f}": 1_000.0 + k for k, level in enumerate(LEVELS)})
    found, _ = among_fans(weekly(0, deaths=[90.0]), START, pd.concat([fans, drawn]))
    assert found[0].percentile[0] == pytest.approx(0.01)


def test_weeks_that_begin_on_another_day_lie_beside_the_nearest() -> None:
    _, fans = made(200, 20)
    for day, week in ((3, 0), (4, 1), (17, 2)):
        found, notes = among_fans(weekly(day, deaths=[90.0]), START, fans)
        assert np.flatnonzero(found[0].placed).tolist() == [week]
        assert f"begin on day {day % 7} of those of the worlds" in notes[0]


def test_days_and_sectors_become_weeks_since_signing() -> None:
    days = np.repeat(np.arange(-3, 23), 2) + place_of(START)
    counts = Counts(days, {"deaths": np.ones(52)}, ("a", "b") * 26)
    weeks = weekly_since(counts, START)
    assert (weeks.day - place_of(START)).tolist() == [0, 7, 14]
    assert weeks.figures["deaths"].tolist() == [14, 14, 14]


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (weekly(-70, deaths=[1.0, 1.0]), r"hold no whole week since the ceasefire began on 2020-01-01"),
        (weekly(700, deaths=[1.0, 1.0]), r"run from 2021-12-01 to 2021-12-14, and the worlds from 2020-01-01 to 2020-"),
        (Counts(np.array([place_of(START)]), {"low": np.ones(1)}, None, 7), "hold none of incidents, deaths and civi"),
    ],
)
def test_counts_that_cannot_be_laid_over_the_worlds_are_refused(counts: Counts, message: str) -> None:
    _, fans = made(50, 10)
    with pytest.raises(ScenarioError, match=message):
        among_fans(weekly_since(counts, START), START, fans)


COUNTS = "date,incidents,deaths\n" + "".join(
    f"{START + datetime.timedelta(days=k)},{k % 2},{k % 3}\n" for k in range(45)
)


def test_a_run_shows_what_was_seen_among_its_worlds_and_its_folder_is_enough(command: Command, small: str) -> None:
    Path("counts.csv").write_text(COUNTS)
    plain = command("run", small, "--worlds", "40", "--days", "120", "--out", "plain")
    told = command("run", small, "--worlds", "40", "--days", "120", "--out", "here", "--counts", "counts.csv")
    assert told.code == 0, told.err
    assert "what was counted, among the worlds" in told.out
    assert "what was counted" not in plain.out
    assert Path("here/worlds").is_dir()
    weeks = pd.read_csv("here/observed.csv")
    assert weeks["deaths"].tolist() == [sum(k % 3 for k in range(w, w + 7)) for w in range(0, 42, 7)]
    fan = fans_of(Path("here/weekly.parquet").read_bytes())
    content = json.loads(command("run", small, "--worlds", "40", "--days", "120", "--out", "here", "--json").out)
    rows = pd.DataFrame(content["observed"]["weeks"])
    assert rows[rows["figure"] == "deaths"]["seen"].tolist() == weeks["deaths"].tolist()
    in_all = fan[(fan["numbers"] == "drawn") & (fan["by"] == "all")]
    drawn = in_all[in_all["figure"] == "deaths"].head(6)
    assert rows[rows["figure"] == "deaths"]["q50"].tolist() == drawn["q50"].tolist()
    page = Path("here/report.html").read_text()
    assert 'id="seen"' in page
    assert "percentile of the worlds" in page
    for name in ("figures/observed.png", "figures/observed.svg", "report.html"):
        Path("here", name).unlink()
    assert command("report", "here").code == 0
    assert Path("here/figures/observed.svg").is_file()
    assert 'id="seen"' in Path("here/report.html").read_text()
    # counts can also come later, and those of later replace earlier ones
    assert 'id="seen"' not in Path("plain/report.html").read_text()
    assert command("report", "plain", "--counts", "counts.csv").code == 0
    assert 'id="seen"' in Path("plain/report.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--counts", "none.csv"), "none.csv: there is no such file"),
        (("--counts", "old.csv"), "hold no whole week since the ceasefire began"),
        (("--counts", "counts.csv", "--engine", "mesa"), "--counts needs weekly counts of the worlds"),
    ],
)
def test_counts_are_refused_before_worlds_are_simulated(
    command: Command, small: str, arguments: tuple[str, ...], message: str
) -> None:
    Path("counts.csv").write_text(COUNTS)
    Path("old.csv").write_text("date,deaths\n2001-01-01,3\n")
    said = command("run", small, "--worlds", "40", "--out", "here", *arguments)
    assert (said.code, Path("here").exists()) == (2, False)
    assert "worlds of at most" not in said.err
    assert message in said.err


def test_weekly_counts_that_were_altered_are_refused(command: Command, small: str, without_figures: None) -> None:
    Path("counts.csv").write_text(COUNTS)
    assert command("run", small, "--worlds", "20", "--days", "60", "--out", "here").code == 0
    file = Path("here/weekly.parquet")
    table = pd.read_parquet(file)
    table.assign(q50=0.0).to_parquet(file)
    said = command("report", "here", "--counts", "counts.csv")
    assert said.code == 2
    assert "weekly.parquet was edited or damaged" in said.err
    manifest = json.loads(Path("here/manifest.json").read_text())
    del manifest["weekly_sha256"]  # as an earlier version wrote it
    Path("here/manifest.json").write_text(json.dumps(manifest))
    said = command("report", "here", "--counts", "counts.csv")
    assert (said.code, "has no weekly counts to lay others over; run it again" in said.err) == (2, True)
