"""Worlds that begin in the state of a later day than that of signing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from conftest import Command

import ceasefire
from ceasefire.ensemble.run import run_plan, run_summary
from ceasefire.ensemble.run_plan import Plan
from ceasefire.errors import ScenarioError
from ceasefire.reference_class.outside_view.of_scenario import outside_view_of
from ceasefire.scenario.load import load
from ceasefire.simulation.engine import initial_world, step_day
from ceasefire.simulation.initial_state import initial_state
from ceasefire.simulation.trajectory import trajectory

PRESENT = """\
name: present
title: As it stands
base: two-sides.yaml
day: 250
actors:
  north_army: {posture: harass}
war: {ongoing: {value: 0.4}}
"""


@pytest.fixture
def present(small: str, tmp_path: Path) -> str:
    """The small scenario as of day 250."""
    (tmp_path / "two-sides.yaml").write_text(Path(small).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "present.yaml").write_text(PRESENT)
    return str(tmp_path / "present.yaml")


def test_worlds_begin_on_the_day_and_hold_until_it_at_least(present: str) -> None:
    worlds = ceasefire.run(present, worlds=60)
    assert worlds["days_held"].min() >= 250
    assert worlds["days_held"].max() <= 400
    assert (worlds["first_breach_day"].dropna() >= 250).all()
    assert worlds.equals(ceasefire.run(present, worlds=60, engine="mesa"))


def test_the_state_is_felt_on_the_first_day(present: str) -> None:
    scenario = load(present).scenario
    record = initial_world(initial_state(scenario), 1, 0)
    assert (int(record["day"][0]), int(record["expires"][0]), int(record["renewals"][0])) == (250, 400, 1)
    # 0.4 of 200 dead in 14 days: a day's 6 drop out
    step_day(record)
    assert record["violence"][0] == pytest.approx((14 * 6 - 6) / 200, abs=0.1)


def test_events_of_before_do_not_happen_again(small: str) -> None:
    event = {"title": "Past", "day": 100, "set": {"actors.north_army.capability": 0.1}}
    scenario = load(small, (), {"day": 250, "events": [event]}).scenario
    record = initial_world(initial_state(scenario), 1, 0)
    for _ in range(5):
        step_day(record)
    assert record["event_on"][0, 0] == 100
    assert record["capability"][0, 1] == pytest.approx(0.6, abs=0.01)


def test_a_world_by_day_has_its_days_where_they_are(present: str) -> None:
    scenario = load(present).scenario
    history = trajectory(scenario, initial_state(scenario), "", 1, 0)
    assert len(history.days) >= 250
    assert sum(int(kind[:250].sum()) for kind in history.violations.values()) == 0
    assert sum(int(kind[250:].sum()) for kind in history.violations.values()) > 0


def test_a_day_beyond_the_horizon_is_a_fault(small: str) -> None:
    with pytest.raises(ScenarioError, match="day: day 400 is beyond the horizon; worlds are followed to day 399"):
        load(small, (), {"day": 400})


def test_a_fact_of_the_day_is_no_fact_of_later(small: str) -> None:
    fact = {"actors.north_army.capability": {"value": 0.4, "source": "Somebody", "known_by": "2020-06-01"}}
    with pytest.raises(ScenarioError, match="known_by"):
        load(small, (), fact)
    assert load(small, (), {**fact, "day": 250}).scenario.day == 250


def test_run_from_day_reads_the_state(command: Command, small: str, present: str, without_figures: None) -> None:
    said = command("run", small, "--from-day", "250", "--state", present, "--worlds", "20", "--out", "here")
    assert said.code == 0, said.err
    assert np.isfinite(float(said.out.count("day")))
    assert "As it stands" in said.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from-day", "250"), "--from-day needs --state FILE"),
        (("--state", "{small}"), "does not say its day; write `day:` in it, or give --from-day"),
        (("--state", "{present}", "--days", "200"), "--days 200: worlds begin on day 250; give more"),
        (("--state", "{other}"), "both must be the same"),
    ],
)
def test_states_that_do_not_fit_are_refused(
    command: Command, small: str, present: str, arguments: tuple[str, ...], message: str
) -> None:
    other = Path("other.yaml")
    text = PRESENT.replace("base: two-sides.yaml", f"base: {small}").replace("name: present", "name: other")
    other.write_text(text + "start: 2021-01-01\n")
    given = [each.format(small=small, present=present, other=other) for each in arguments]
    said = command("run", small, *given, "--worlds", "5")
    assert said.code == 2
    assert message in said.err


def test_figures_of_worlds_that_begin_later_leave_out_the_days_before(present: str) -> None:
    plan = Plan(load(present), 60, 1)
    found = run_summary(plan, run_plan(plan))
    assert min(found.holding) >= 250
    told = ceasefire.run(present, worlds=60).table()["figure"]
    assert set(told) == {figure.name for figure in (*found.holding.values(), found.mean, found.median)}
    worlds = ceasefire.run(present, worlds=60)
    years = (worlds["days_held"] + worlds["ended"] - 250).sum() / 365.25
    deaths = (worlds["deaths_combatant"] + worlds["deaths_civilian"]).sum()
    assert found.costs["deaths_a_year_held"].chance.value == pytest.approx(deaths / years)


def test_deals_like_it_have_held_as_long_before_they_are_pooled() -> None:
    now = load("idlib-2018", (), {"day": 180}).scenario
    found = outside_view_of(now)
    at_signing = outside_view_of(load("idlib-2018").scenario)
    assert found is not None
    assert at_signing is not None
    assert found.at(180) == 1
    assert found.at(400) == pytest.approx(at_signing.at(400) / at_signing.at(180))


def test_a_run_from_a_later_day_says_that_the_deal_has_held(
    command: Command, small: str, present: str, without_figures: None
) -> None:
    said = command("run", small, "--from-day", "250", "--state", present, "--worlds", "20", "--out", "here")
    text = " ".join(said.out.split())
    assert "Having held 250 days" in text
    assert "followed from day 250 to day" in text
    assert "past day 30 " not in text
    assert " compare " not in text
    again = command("compare", small, "here")
    assert again.code == 2
    assert "worlds do not begin on the same day" in again.err


def test_a_comparison_of_states_says_from_which_day(command: Command, present: str, without_figures: None) -> None:
    said = command("compare", present, "--set", "actors.north_army.capability=0.3", "--worlds", "20", "--out", "both")
    assert said.code == 0, said.err
    assert "from day 250 to day" in said.out.splitlines()[0]
    assert "followed from day 250 to day" in Path("both/report.html").read_text()
