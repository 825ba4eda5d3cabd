"""`compare` and `levers`: the same worlds under several conditions."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL, Command

import ceasefire
from ceasefire.analysis.diverging import Parting, parting, who_led
from ceasefire.experiment.comparing import compared, doubted_days, lived, with_doubt
from ceasefire.experiment.doubt import DRAWS, WORLDS_PER_DRAW
from ceasefire.experiment.plan import Plan
from ceasefire.experiment.variants import open_base
from ceasefire.scenario.load import load
from ceasefire.start import open_scenario

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
    found = [parting((here, open_scenario(here)), (there, open_scenario(there)), 1, world) for world in range(6)]
    known = [one for one in found if one is not None]
    assert known
    assert all(one.here != one.there for one in known)
    assert parting((here, open_scenario(here)), (here, open_scenario(here)), 1, 0) is None


def test_who_led_counts_worlds_and_tells_the_commonest_way() -> None:
    said = [
        Parting(5, "a", "honour", "strike"),
        Parting(9, "a", "honour", "harass"),
        Parting(7, "a", "honour", "harass"),
    ]
    led = who_led([*said, Parting(1, "b", "strike", "honour")])
    assert [(one.actor, one.worlds, one.median_day, one.there) for one in led] == [
        ("a", 3, 7, "harass"),
        ("b", 1, 1, "honour"),
    ]
    assert who_led([]) == []
    assert np.isfinite(led[0].median_day)


def test_doubt_draws_the_same_numbers_on_both_sides() -> None:
    """A scenario against itself differs at no draw; against another, by what its draws differ on the mean."""
    here, there = (
        lived(Plan(open_base(ref).loaded, 20, 1), None, lambda done: None) for ref in (SMALL, f"{SMALL}+no-monitors")
    )
    same, other = with_doubt([compared(here, here), compared(here, there)], None)
    assert same.doubt is not None
    assert (same.doubt.value, same.doubt.low, same.doubt.high) == (0.0, 0.0, 0.0)
    first, second = doubted_days(here, None), doubted_days(there, None)
    assert first is not None
    assert second is not None
    assert first.shape == (DRAWS, WORLDS_PER_DRAW)
    assert other.doubt is not None
    assert other.doubt.value == pytest.approx((second - first).mean())
    assert other.doubt.low <= other.doubt.value <= other.doubt.high
