"""`compare` and `levers`: the same worlds under several conditions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL, Command
from html_page import read

import ceasefire
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.first_divergence import Divergence, first_divergence, first_to_differ
from ceasefire.analysis.mixing_distribution import effect_over_draws
from ceasefire.charts import ranking
from ceasefire.charts.ranking import Gain
from ceasefire.ensemble.compare import (
    SidePair,
    compare_sides,
    days_at_draws,
    simulate_side,
    with_uncertainty,
    worlds_to_simulate,
)
from ceasefire.ensemble.parameter_draws import DRAWS, WORLDS_PER_DRAW, assumed_ranges
from ceasefire.ensemble.run_plan import Plan
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.variants import open_base
from ceasefire.simulation.initial_state import initial_state
from ceasefire.wording import (
    GAP,
    NO_WORLD,
    difference_words,
    share_with_limits,
    signed_days,
    signed_number,
    signed_points,
    span_words,
    whole_percent,
)

QUICK = ("--worlds", "60", "--days", "300")


def test_a_comparison_is_the_mean_difference_over_the_same_worlds(command: Command) -> None:
    answer = json.loads(command("compare", "idlib-2020", "idlib-2020+aim-unmet", *QUICK, "--json").out)
    without, under = (
        ceasefire.run(load("idlib-2020", changes=changes), worlds=60, days=300) for changes in ([], ["aim-unmet"])
    )
    result = answer["others"][0]
    each = under["days_held"] - without["days_held"]
    assert each.abs().sum() > 0
    assert result["difference_days"] == pytest.approx(each.mean(), abs=1e-4)
    assert result["difference_days_low"] < each.mean() < result["difference_days_high"]
    assert result["saved"] == pytest.approx((without["ended"] & ~under["ended"]).mean(), abs=1e-4)
    assert result["lost"] == pytest.approx((under["ended"] & ~without["ended"]).mean(), abs=1e-4)
    led = result["first_to_decide_otherwise"]
    assert led["worlds"] == min(40, int((each != 0).sum()))
    assert sum(one["worlds"] for one in led["who"]) <= led["worlds"]
    assert (Path(answer["folder"]) / "comparison.png").is_file()


def test_a_folder_is_compared_with_a_scenario_over_the_folders_worlds(command: Command, small: str) -> None:
    folder = command("run", small, "--worlds", "40", "--days", "60", "--seed", "5").last
    answer = json.loads(command("compare", folder, small, "--json").out)
    assert (answer["worlds"], answer["seed"], answer["days"]) == (40, 5, 60)
    assert answer["others"][0]["difference_days"] == 0
    assert answer["others"][0]["variance_reduction"] is None
    assert answer["others"][0]["first_to_decide_otherwise"]["worlds"] == 0
    text = command("compare", folder, small)
    assert text.code == 0
    assert "every world held as long as before" in text.out


@pytest.mark.usefixtures("few_worlds_in_doubt")
def test_a_scenario_that_is_equal_does_not_differ(command: Command, small: str) -> None:
    answer = command("compare", small, small, "--worlds", "12", "--days", "60")
    page = read((Path(answer.last) / "report.html").read_text(encoding="utf-8")).text
    for words in (answer.out, page):
        assert " does not differ from " in words
        assert NO_WORLD in words
        assert "0 numbers" not in words
        assert "(+0 to +0)" not in words


@pytest.mark.usefixtures("few_worlds_in_doubt", "without_figures")
def test_a_ranking_says_that_its_two_kinds_of_intervals_are_not_the_same(command: Command) -> None:
    answer = command("levers", "idlib-2020", "--worlds", "20", "--days", "200")
    page = read((Path(answer.last) / "report.html").read_text(encoding="utf-8")).text
    for words in (answer.out, page):
        assert "95 % in the table: of each by itself; where one is chosen among" in words.replace(GAP, " ")


@pytest.mark.usefixtures("few_worlds_in_doubt")
def test_a_finding_has_a_subject_and_a_caption_names_the_deal_once(command: Command) -> None:
    sides = ("idlib-2020", "idlib-2020+turkish-tripwire-removed")
    folder = Path(command("compare", *sides, "--worlds", "60", "--days", "900").last)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert 'The deal with "Turkish troops go home" differs from' in read(page).text
    captions = re.findall(r"<figcaption.*?</figcaption>", page, re.DOTALL)
    assert captions
    assert [caption.count("Moscow deal on Idlib") for caption in captions] == [1] * len(captions)


@pytest.mark.usefixtures("few_worlds_in_doubt", "without_figures")
def test_differences_on_the_terminal_have_units_and_the_intervals_of_the_table(command: Command) -> None:
    sides = ("idlib-2020", "idlib-2020+turkish-tripwire-removed")
    answer = command("compare", *sides, "--worlds", "60", "--days", "900")
    (row,) = pd.read_csv(Path(answer.last) / "differences.csv").to_dict("records")
    points = [signed_points(row[f"difference_holds{end}"]) for end in ("", "_low", "_high")]
    deaths = [signed_number(row[f"difference_deaths_over_horizon{end}"]) for end in ("", "_low", "_high")]
    assert points[0] != points[1]
    assert "points gained (95 %)" in answer.out
    assert "more deaths (95 %)" in answer.out
    for value, low, high in (points, deaths):
        assert f"{value} ({low} to {high})" in answer.out


def test_folders_that_do_not_share_worlds_are_refused(command: Command, small: str) -> None:
    folders = [command("run", small, "--worlds", "12", "--days", "60", "--seed", seed).last for seed in ("1", "2")]
    answer = command("compare", *folders)
    assert answer.code == 2
    assert "not the same worlds" in answer.err
    later = command("run", small, "--worlds", "12", "--days", "61").last
    answer = command("compare", folders[0], later)
    assert answer.code == 2
    assert answer.err.endswith(f"run {later} again with --days 60\n")


def test_one_alone_cannot_be_compared(command: Command, small: str) -> None:
    answer = command("compare", small)
    assert answer.code == 2
    assert "name two or more" in answer.err


@pytest.mark.usefixtures("few_worlds_in_doubt")
def test_levers_are_ranked_by_the_mean_over_draws_and_only_levers_are(command: Command) -> None:
    answer = json.loads(command("levers", "idlib-2020", "--worlds", "20", "--days", "200", "--json").out)
    gains = [lever["doubt_days"] for lever in answer["levers"]]
    assert len(gains) >= 15
    assert gains == sorted(gains, reverse=True)
    names = {lever["label"].partition("+")[2] for lever in answer["levers"]}
    assert "no-monitors" in names
    assert not names & {"ties-cut", "aim-unmet"}
    table = pd.read_csv(Path(answer["folder"]) / "differences.csv")
    assert table["doubt_days"].to_list() == gains
    assert len(set(gains)) > 1
    assert (Path(answer["folder"]) / "levers.svg").is_file()


def test_a_scenario_without_levers_that_fit_is_refused_by_name(command: Command, small: str) -> None:
    answer = command("levers", small, "--worlds", "10", "--days", "30")
    names = answer.out if answer.code == 0 else answer.err
    assert answer.code in (0, 2)
    assert "lever" in names


def test_the_first_decision_that_differs_is_found_on_its_day() -> None:
    here = load("idlib-2020").scenario
    there = load("idlib-2020", set={"actors.hts.motives.war_profit": 1.0}).scenario
    result = [
        first_divergence((here, initial_state(here)), (there, initial_state(there)), 1, world) for world in range(6)
    ]
    known = [one for one in result if one is not None]
    assert known
    assert all(one.here != one.there for one in known)
    assert first_divergence((here, initial_state(here)), (here, initial_state(here)), 1, 0) is None


def test_who_led_counts_worlds_and_gives_the_commonest_decision() -> None:
    divergences = [
        Divergence(5, "a", "honour", "strike"),
        Divergence(9, "a", "honour", "harass"),
        Divergence(7, "a", "honour", "harass"),
    ]
    led = first_to_differ([*divergences, Divergence(1, "b", "strike", "honour")])
    assert [(one.actor, one.worlds, one.median_day, one.there) for one in led] == [
        ("a", 3, 7, "harass"),
        ("b", 1, 1, "honour"),
    ]
    assert first_to_differ([]) == []
    assert np.isfinite(led[0].median_day)


def no_progress(done: int) -> None:
    """No progress callback."""


def pair_of(one: str | Path, other: str, worlds: int = 20) -> SidePair:
    """Two conditions on the same worlds, without uncertainty."""
    here, there = (simulate_side(Plan(open_base(ref).loaded, worlds, 1), None, no_progress) for ref in (one, other))
    return compare_sides(here, there)


def test_doubt_draws_the_same_numbers_on_both_sides() -> None:
    """A scenario differs from itself at no draw, and from another by the mean difference over draws."""
    pair = pair_of(SMALL, f"{SMALL}+no-monitors")
    itself, other = with_uncertainty([compare_sides(pair.first, pair.first), pair], None, no_progress)
    assert itself.over_draws is not None
    assert itself.over_draws.unmoved
    assert (itself.gain.value, itself.band) == (0.0, Interval(0.0, 0.0, 0.0))
    first, second = days_at_draws(pair.first, None, no_progress), days_at_draws(pair.other, None, no_progress)
    assert first.shape == (DRAWS, WORLDS_PER_DRAW)
    assert other.over_draws == effect_over_draws(second, first, limit=other.first.plan.horizon)
    assert other.gain.value == pytest.approx((second - first).mean())
    assert other.band is not None
    assert other.band.low <= other.gain.value <= other.band.high


def assume_nothing(monkeypatch: pytest.MonkeyPatch, but: str = "") -> None:
    """No number of a scenario is assumed, unless its monitoring is that of the change `but`."""
    spared = load(SMALL, changes=[but]).scenario.agreement.monitoring if but else None

    def ranges(scenario: Scenario) -> dict[str, tuple[float, float]]:
        return assumed_ranges(scenario) if scenario.agreement.monitoring == spared else {}

    for module in ("run", "parameter_draws"):
        monkeypatch.setattr(f"ceasefire.ensemble.{module}.assumed_ranges", ranges)


def test_where_nothing_is_assumed_there_is_no_doubt_and_no_world_is_simulated_for_it(
    monkeypatch: pytest.MonkeyPatch, command: Command, small: str
) -> None:
    assume_nothing(monkeypatch)
    plans = [Plan(open_base(ref).loaded, 20, 1) for ref in (SMALL, f"{SMALL}+no-monitors")]
    assert worlds_to_simulate(plans) == (40, 0)
    (pair,) = with_uncertainty([pair_of(SMALL, f"{SMALL}+no-monitors")], None, no_progress)
    assert pair.over_draws is None
    assert pair.gain == pair.days
    answer = command("levers", small, "--worlds", "12", "--days", "60")
    assert answer.code == 0
    assert "doubt about the assumed numbers" not in answer.err
    folder = Path(answer.last)
    assert not [name for name in pd.read_csv(folder / "differences.csv").columns if "doubt" in name]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "these scenarios contain no assumed numbers" in page
    assert "no assumed numbers" in page


def test_a_side_that_assumes_something_is_in_doubt_against_one_that_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers of one side are drawn; the other is simulated with its own numbers on the same worlds."""
    assume_nothing(monkeypatch, but="no-monitors")
    pair = pair_of(SMALL, f"{SMALL}+no-monitors")
    plain, changed = compare_sides(pair.first, pair.first), pair
    unmoved, moved = with_uncertainty([plain, changed], None, no_progress)
    assert unmoved.over_draws is None
    assert moved.over_draws is not None
    here = days_at_draws(pair.first, None, no_progress)
    number = DRAWS * WORLDS_PER_DRAW
    assert (here.ravel() == simulate_side(Plan(pair.first.plan.loaded, number, 1), None, no_progress).days()).all()
    assert worlds_to_simulate([plain.first.plan, plain.first.plan, changed.other.plan]) == (60, 2 * number)


def test_levers_keep_chance_and_doubt_apart_and_show_both(
    monkeypatch: pytest.MonkeyPatch, command: Command, small: str
) -> None:
    """On the terminal, in the tables, in the figure and on the page, each under its own label."""
    drawn: list[Gain] = []
    original = ranking.levers_chart

    def spy(gains: list[Gain], *rest: Any, **more: Any) -> Any:
        drawn.extend(gains)
        return original(gains, *rest, **more)

    monkeypatch.setattr("ceasefire.report.comparison_figures.levers_chart", spy)
    answer = json.loads(command("levers", small, "--worlds", "20", "--days", "200", "--json").out)
    text = command("levers", small, "--worlds", "20", "--days", "200")
    folder = Path(answer["folder"])

    plans = [Plan(open_base(ref).loaded, 20, 1, days=200) for ref in (SMALL, f"{SMALL}+ninety-days")]
    first, other = (simulate_side(plan, None, no_progress) for plan in plans)
    (pair,) = with_uncertainty([compare_sides(first, other)], None, no_progress)
    over = pair.over_draws
    assert over is not None
    written = pair.days
    assert len({(each.low, each.high) for each in (written, over.mean, over.band)}) == 3

    (one,) = [lever for lever in answer["levers"] if lever["label"].endswith("+ninety-days")]
    csv = pd.read_csv(folder / "differences.csv").set_index("label").loc[one["label"]]
    expected = {
        "difference_days": written.value, "difference_days_low": written.low, "difference_days_high": written.high,
        "doubt_days": over.mean.value, "doubt_days_mean_low": over.mean.low, "doubt_days_mean_high": over.mean.high,
        "doubt_days_low": over.low.value, "doubt_days_low_least": over.low.low, "doubt_days_low_most": over.low.high,
        "doubt_days_high": over.high.value, "doubt_days_high_least": over.high.low,
        "doubt_days_high_most": over.high.high,
        "helps_share": over.helps.value, "helps_share_low": over.helps.low, "helps_share_high": over.helps.high,
        "hurts_share": over.hurts.value, "doubt_told_apart": over.told_apart, "doubt_worlds_per_draw": over.worlds,
    }  # fmt: skip
    for row in (one, csv):
        assert {name: row[name] for name in expected} == pytest.approx(expected, abs=1e-4)
    gain = next(gain for gain in drawn if gain.name == "ninety-days")
    assert (gain.chance, gain.doubt, gain.written, gain.over) == (over.mean, over.band, written.value, over)

    lines = [re.split(r"  +", line) for line in text.out.splitlines()]
    heads = next(line for line in lines if line[0] == "lever")
    cells = dict(
        zip(heads, next(line for line in lines if line[0] == "Ninety days, renewable (ninety-days)"), strict=True)
    )
    band = span_words(over.band, signed_days)
    assert cells["mean over draws (95 %)"] == f"{signed_days(over.mean.value)} ({span_words(over.mean, signed_days)})"
    assert cells["90 % of draws"] == (band if over.told_apart else f"within {band} *")
    assert cells["helps in draws (95 %)"] == share_with_limits(over.helps).replace(GAP, " ")
    assert cells["as written (95 %)"] == difference_words(written, signed_days)

    page = read((folder / "report.html").read_text(encoding="utf-8"))
    star = "" if over.told_apart else " *"
    shown = [over.mean.value, over.mean.low, over.mean.high, over.band.low, over.band.high]
    helps = [whole_percent(each).replace(GAP, " ") for each in (over.helps.value, over.helps.low, over.helps.high)]
    for caption, cells_on_page in (
        ("on the same worlds", [*map(signed_days, shown[:3]), *(f"{signed_days(x)}{star}" for x in shown[3:]), *helps]),
        ("With the numbers as written", list(map(signed_days, (written.value, written.low, written.high)))),
    ):
        table = next(t for t in page.all("table") if caption in t.text and "the first and the last" not in t.text)
        rows = [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")]
        row_on_page = next(row for row in rows if row[0] == 'with "Ninety days, renewable"')
        assert row_on_page[1 : 1 + len(cells_on_page)] == cells_on_page


@pytest.mark.usefixtures("few_worlds_in_doubt")
def test_draws_not_told_apart_from_chance_are_never_shown_as_one_certain_number(command: Command, small: str) -> None:
    """With two worlds a draw most levers cannot be told: the row says so and shows how wide the band may be."""
    text = command("levers", small, "--worlds", "20", "--days", "200").out
    starred = [line for line in text.splitlines() if "within" in line and " *" in line]
    assert starred
    assert re.search(r"^\* not told apart from chance with .* worlds a draw", text, re.MULTILINE)
    assert all(" to " in line.partition("within ")[2].partition(" *")[0] for line in starred)


def test_doubt_about_levers_is_announced_and_the_first_side_is_simulated_once(
    monkeypatch: pytest.MonkeyPatch, command: Command, small: str
) -> None:
    progress: dict[str, int] = {"total": 0, "done": 0}

    @contextmanager
    def bar(total: int, what: str) -> Iterator[Callable[[int], None]]:
        progress["total"] = total
        yield lambda done: progress.update(done=progress["done"] + done)

    monkeypatch.setattr("ceasefire.cli.compare.progress", bar)
    answer = command("levers", small, "--worlds", "20", "--days", "60", "--json")
    sides = len(json.loads(answer.out)["levers"]) + 1
    doubt = sides * DRAWS * WORLDS_PER_DRAW
    assert sides > 5
    assert progress == {"total": 20 * sides + doubt, "done": 20 * sides + doubt}
    assert (
        f"{sides - 1} levers, and the scenario without them: 20 worlds each, and {doubt:,} more in all for doubt"
        in answer.err
    )


def test_a_change_that_changes_no_world_is_never_a_certain_nought(command: Command, small: str) -> None:
    """From 0 to 0 would read as certainty: so few worlds do not tell that."""
    text = "name: idle\ntitle: Idle\nsentence: A term.\nkind: lever\nset: {agreement.term_days: 90}\n"
    Path("idle.yaml").write_text(text, encoding="utf-8")
    answer = command("compare", small, f"{small}+./idle.yaml", "--worlds", "4", "--days", "2")
    assert answer.code == 0, answer.err
    row = next(line for line in answer.out.splitlines() if "idle" in line and NO_WORLD in line)
    assert "(" not in row.replace("(95 %)", "")
    page = read((Path(answer.last) / "report.html").read_text(encoding="utf-8"))
    for table in page.all("table"):
        for cells in ([cell.text for cell in line.all("th", "td")] for line in table.all("tr")):
            assert cells[1:4] not in (["0", "0", "0"], ["+0", "+0", "+0"])
