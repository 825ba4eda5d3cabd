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
from ceasefire.charts import ranking
from ceasefire.charts.ranking import Gain
from ceasefire.ensemble.compare import Compared, compared, doubted_days, lived, with_doubt, worlds_to_live
from ceasefire.ensemble.parameter_draws import DRAWS, WORLDS_PER_DRAW, assumed_ranges
from ceasefire.ensemble.run_plan import Plan
from ceasefire.scenario.load import load
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.variants import open_base
from ceasefire.simulation.initial_state import initial_state
from ceasefire.wording import signed_days, span_words

QUICK = ("--worlds", "60", "--days", "300")


def test_a_comparison_is_the_mean_difference_over_the_same_worlds(command: Command) -> None:
    said = json.loads(command("compare", "idlib-2020", "idlib-2020+aim-unmet", *QUICK, "--json").out)
    without, under = (
        ceasefire.run(load("idlib-2020", changes=changes), worlds=60, days=300) for changes in ([], ["aim-unmet"])
    )
    found = said["others"][0]
    each = under["days_held"] - without["days_held"]
    assert each.abs().sum() > 0
    assert found["difference_days"] == pytest.approx(each.mean(), abs=1e-4)
    assert found["difference_days_low"] < each.mean() < found["difference_days_high"]
    assert found["saved"] == pytest.approx((without["ended"] & ~under["ended"]).mean(), abs=1e-4)
    assert found["lost"] == pytest.approx((under["ended"] & ~without["ended"]).mean(), abs=1e-4)
    led = found["first_to_decide_otherwise"]
    assert led["worlds"] == min(40, int((each != 0).sum()))
    assert sum(one["worlds"] for one in led["who"]) <= led["worlds"]
    assert (Path(said["folder"]) / "comparison.png").is_file()


def test_a_folder_is_compared_with_a_scenario_lived_over_the_folders_worlds(command: Command, small: str) -> None:
    folder = command("run", small, "--worlds", "40", "--days", "60", "--seed", "5").last
    said = json.loads(command("compare", folder, small, "--json").out)
    assert (said["worlds"], said["seed"], said["days"]) == (40, 5, 60)
    assert said["others"][0]["difference_days"] == 0
    assert said["others"][0]["variance_reduction"] is None
    assert said["others"][0]["first_to_decide_otherwise"]["worlds"] == 0
    text = command("compare", folder, small)
    assert text.code == 0
    assert "every world held as long as before" in text.out


def test_folders_that_do_not_share_worlds_are_refused(command: Command, small: str) -> None:
    folders = [command("run", small, "--worlds", "12", "--days", "60", "--seed", seed).last for seed in ("1", "2")]
    said = command("compare", *folders)
    assert said.code == 2
    assert "not the same worlds" in said.err
    later = command("run", small, "--worlds", "12", "--days", "61").last
    said = command("compare", folders[0], later)
    assert said.code == 2
    assert "was followed for 60 days" in said.err


def test_one_alone_cannot_be_compared(command: Command, small: str) -> None:
    said = command("compare", small)
    assert said.code == 2
    assert "name two or more" in said.err


@pytest.mark.usefixtures("few_worlds_in_doubt")
def test_levers_are_ranked_by_the_days_they_add_and_only_levers_are(command: Command) -> None:
    said = json.loads(command("levers", "idlib-2020", "--worlds", "20", "--days", "200", "--json").out)
    gains = [lever["difference_days"] for lever in said["levers"]]
    assert len(gains) >= 15
    assert gains == sorted(gains, reverse=True)
    names = {lever["label"].partition("+")[2] for lever in said["levers"]}
    assert "no-monitors" in names
    assert not names & {"ties-cut", "aim-unmet"}
    table = pd.read_csv(Path(said["folder"]) / "differences.csv")
    assert table["difference_days"].to_list() == gains
    assert (Path(said["folder"]) / "levers.svg").is_file()


def test_a_scenario_without_levers_that_fit_is_told_so(command: Command, small: str) -> None:
    said = command("levers", small, "--worlds", "10", "--days", "30")
    names = said.out if said.code == 0 else said.err
    assert said.code in (0, 2)
    assert "lever" in names


def test_the_first_decision_that_differs_is_found_on_its_day() -> None:
    here = load("idlib-2020").scenario
    there = load("idlib-2020", set={"actors.hts.motives.war_profit": 1.0}).scenario
    found = [
        first_divergence((here, initial_state(here)), (there, initial_state(there)), 1, world) for world in range(6)
    ]
    known = [one for one in found if one is not None]
    assert known
    assert all(one.here != one.there for one in known)
    assert first_divergence((here, initial_state(here)), (here, initial_state(here)), 1, 0) is None


def test_who_led_counts_worlds_and_tells_the_commonest_way() -> None:
    said = [
        Divergence(5, "a", "honour", "strike"),
        Divergence(9, "a", "honour", "harass"),
        Divergence(7, "a", "honour", "harass"),
    ]
    led = first_to_differ([*said, Divergence(1, "b", "strike", "honour")])
    assert [(one.actor, one.worlds, one.median_day, one.there) for one in led] == [
        ("a", 3, 7, "harass"),
        ("b", 1, 1, "honour"),
    ]
    assert first_to_differ([]) == []
    assert np.isfinite(led[0].median_day)


def unheard(done: int) -> None:
    """Nobody waits for news."""


def pair_of(one: str | Path, other: str, worlds: int = 20) -> Compared:
    """Two conditions on the same worlds, doubt not yet known."""
    here, there = (lived(Plan(open_base(ref).loaded, worlds, 1), None, unheard) for ref in (one, other))
    return compared(here, there)


def test_doubt_draws_the_same_numbers_on_both_sides() -> None:
    """A scenario against itself differs at no draw; against another, by what its draws differ on the mean."""
    pair = pair_of(SMALL, f"{SMALL}+no-monitors")
    itself, other = with_doubt([compared(pair.first, pair.first), pair], None, unheard)
    assert itself.doubt == Interval(0.0, 0.0, 0.0)
    first, second = doubted_days(pair.first, None, unheard), doubted_days(pair.other, None, unheard)
    assert first.shape == (DRAWS, WORLDS_PER_DRAW)
    assert other.doubt is not None
    assert other.doubt.value == pytest.approx((second - first).mean())
    assert other.doubt.low <= other.doubt.value <= other.doubt.high


def assume_nothing(monkeypatch: pytest.MonkeyPatch, but: str = "") -> None:
    """No number of any scenario is assumed, but in those whose monitoring is what the change `but` makes it."""
    spared = load(SMALL, changes=[but]).scenario.agreement.monitoring if but else None

    def ranges(scenario: Scenario) -> dict[str, tuple[float, float]]:
        return assumed_ranges(scenario) if scenario.agreement.monitoring == spared else {}

    for place in ("run", "doubt"):
        monkeypatch.setattr(f"ceasefire.experiments.{place}.assumed_ranges", ranges)


def test_where_nothing_is_assumed_there_is_no_doubt_and_no_world_is_lived_for_it(
    monkeypatch: pytest.MonkeyPatch, command: Command, small: str
) -> None:
    assume_nothing(monkeypatch)
    plans = [Plan(open_base(ref).loaded, 20, 1) for ref in (SMALL, f"{SMALL}+no-monitors")]
    assert worlds_to_live(plans) == (40, 0)
    (pair,) = with_doubt([pair_of(SMALL, f"{SMALL}+no-monitors")], None, unheard)
    assert pair.doubt is None
    said = command("levers", small, "--worlds", "12", "--days", "60")
    assert said.code == 0
    assert "doubt about what is assumed" not in said.err
    folder = Path(said.last)
    assert not [name for name in pd.read_csv(folder / "differences.csv").columns if "doubt" in name]
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "nothing in these scenarios is assumed" in page
    assert "nothing assumed" in page


def test_a_side_that_assumes_something_is_in_doubt_against_one_that_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The numbers of one side are drawn, and the other lives the same worlds as it stands."""
    assume_nothing(monkeypatch, but="no-monitors")
    pair = pair_of(SMALL, f"{SMALL}+no-monitors")
    plain, changed = compared(pair.first, pair.first), pair
    unmoved, moved = with_doubt([plain, changed], None, unheard)
    assert unmoved.doubt is None
    assert moved.doubt is not None
    here = doubted_days(pair.first, None, unheard)
    number = DRAWS * WORLDS_PER_DRAW
    assert (here.ravel() == lived(Plan(pair.first.plan.loaded, number, 1), None, unheard).days()).all()
    assert worlds_to_live([plain.first.plan, plain.first.plan, changed.other.plan]) == (60, 2 * number)


def test_levers_keep_chance_and_doubt_apart_and_show_both(
    monkeypatch: pytest.MonkeyPatch, command: Command, small: str
) -> None:
    """On the terminal, in the tables, in the figure and on the page; each where it is called so."""
    drawn: list[Gain] = []
    original = ranking.levers_chart

    def spy(gains: list[Gain], *rest: Any, **more: Any) -> Any:
        drawn.extend(gains)
        return original(gains, *rest, **more)

    monkeypatch.setattr("ceasefire.report.comparison_figures.levers_chart", spy)
    said = json.loads(command("levers", small, "--worlds", "20", "--days", "200", "--json").out)
    text = command("levers", small, "--worlds", "20", "--days", "200")
    folder = Path(said["folder"])

    plans = [Plan(open_base(ref).loaded, 20, 1, days=200) for ref in (SMALL, f"{SMALL}+ninety-days")]
    first, other = (lived(plan, None, unheard) for plan in plans)
    (pair,) = with_doubt([compared(first, other)], None, unheard)
    assert pair.doubt is not None
    chance, doubt = Interval(pair.days.value, pair.days.low, pair.days.high), pair.doubt
    assert len({chance.low, chance.high, doubt.low, doubt.high}) == 4

    (one,) = [lever for lever in said["levers"] if lever["label"].endswith("+ninety-days")]
    csv = pd.read_csv(folder / "differences.csv").set_index("label").loc[one["label"]]
    for row in (one, csv):
        for name, found in (("difference_days", chance), ("doubt_days", doubt)):
            assert [row[name + end] for end in ("", "_low", "_high")] == pytest.approx(
                [found.value, found.low, found.high], abs=1e-4
            )
    gain = next(gain for gain in drawn if gain.name == "ninety-days")
    assert (gain.chance, gain.doubt) == (chance, doubt)

    lines = [re.split(r"  +", line) for line in text.out.splitlines()]
    heads = next(line for line in lines if line[0] == "lever")
    cells = dict(zip(heads, next(line for line in lines if line[0] == "ninety-days"), strict=True))
    assert cells["days gained (95 %)"] == f"{chance.value:+,.1f} ({chance.low:+,.1f} to {chance.high:+,.1f})"
    assert cells["in doubt (90 %)"] == f"{doubt.low:+,.0f} to {doubt.high:+,.0f}"

    page = read((folder / "report.html").read_text(encoding="utf-8"))
    table = next(t for t in page.all("table") if "The same worlds under each" in t.text)
    rows = [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")]
    told = dict(zip(rows[0][:5], next(row for row in rows if row[0] == "with ninety-days")[:5], strict=True))
    assert told["chance (95 %)"] == span_words(chance, signed_days)
    assert told["doubt (90 %)"] == span_words(doubt, signed_days)


def test_doubt_about_levers_is_announced_and_what_all_are_compared_with_is_lived_once(
    monkeypatch: pytest.MonkeyPatch, command: Command, small: str
) -> None:
    heard: dict[str, int] = {"total": 0, "done": 0}

    @contextmanager
    def bar(total: int, what: str) -> Iterator[Callable[[int], None]]:
        heard["total"] = total
        yield lambda done: heard.update(done=heard["done"] + done)

    monkeypatch.setattr("ceasefire.cli.compare.progress", bar)
    said = command("levers", small, "--worlds", "20", "--days", "60", "--json")
    sides = len(json.loads(said.out)["levers"]) + 1
    doubt = sides * DRAWS * WORLDS_PER_DRAW
    assert sides > 5
    assert heard == {"total": 20 * sides + doubt, "done": 20 * sides + doubt}
    assert f"{sides - 1} levers and none, 20 worlds each, and {doubt:,} more in all for doubt" in said.err
