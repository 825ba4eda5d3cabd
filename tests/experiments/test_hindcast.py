"""Hindcasts: cases with hindsight are shown but not scored, and faulty cases are refused."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL, Command

from ceasefire.analysis.forecast_scores import Forecast
from ceasefire.evaluation.validation import idlib_patterns, violation_patterns
from ceasefire.evaluation.validation.check_result import VERDICTS
from ceasefire.evaluation.validation.idlib_patterns import IdlibWorlds, spike
from ceasefire.experiments import hindcast
from ceasefire.experiments.load import load_experiment
from ceasefire.experiments.schema import Case
from ceasefire.reference_class.outside_view.of_scenario import outside_view_of
from ceasefire.reference_class.pooling_weight import shipped_weight
from ceasefire.report.hindcast import hindcast_sentence
from ceasefire.scenario.load import load

SIDE_BY_SIDE = f"""
name: asked
title: Which one held?
question: Which of these held?
scenario: {SMALL}
levers: {{paths: {{agreement.monitoring: [0.1, 0.9]}}}}
design: {{kind: grid}}
worlds: 20
outcomes: [days_held]
cases:
  - {{scenario: {SMALL}, held: 30, source: made up}}
  - {{scenario: {SMALL}+no-monitors, held: [3, 5], source: made up}}
  - {{scenario: {SMALL}+vague-terms, held: 30, source: made up, hindsight: true}}
cautions: ["Nothing follows from what is made up."]
"""


def hindcast_of(days: list[float], held: tuple[float, float], hindsight: bool = False) -> hindcast.Hindcast:
    """A case whose worlds all ended on the days given."""
    forecast = Forecast(np.array(days), np.ones(len(days), bool))
    case = Case(scenario=str(SMALL), held=held, source="made up", hindsight=hindsight)
    return hindcast.Hindcast(case, load(str(SMALL)), forecast, forecast)


def test_a_row_says_how_many_worlds_ended_sooner_and_later() -> None:
    row = hindcast.tables([hindcast_of([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], (3, 4))])["cases"].iloc[0]
    assert row["shorter"] == pytest.approx(0.2)
    assert row["longer"] == pytest.approx(0.6)
    assert row["q50"] == 5


def test_who_knows_the_end_is_shown_and_not_scored() -> None:
    result = hindcast.tables(
        [hindcast_of([3, 4], (3, 3)), hindcast_of([30, 40], (30, 30)), hindcast_of([30, 40], (30, 30), hindsight=True)]
    )
    assert len(result["cases"]) == 3
    model = result["case_scores"].iloc[0]
    assert model["pairings"] == 2
    assert model["as_good"] == 1


def scores_of(days: list[float], held: tuple[float, float], holding: bool = False) -> dict[str, pd.Series]:
    """Scores of a made case by forecaster, with Idlib 2020 as its scenario."""
    loaded = load("idlib-2020")
    forecast = Forecast(np.array(days), np.array(days) < hindcast.HORIZON)
    case = Case(scenario="idlib-2020", held=held, holding=holding, source="made up")
    each = hindcast.Hindcast(case, loaded, forecast, forecast, outside_view_of(loaded.scenario))
    table = hindcast.tables([each])["case_forecasts"]
    return {str(row["forecaster"]): row for _, row in table.iterrows()}


def test_a_deal_that_still_holds_is_scored_by_the_share_that_holds() -> None:
    rows = scores_of([10.0] * 6 + [2000.0] * 4, (1825, 1825), holding=True)
    assert rows["scenario"]["log_score"] == pytest.approx(np.log(0.4))
    assert rows["scenario"]["brier_365"] == pytest.approx(0.36)
    short = scores_of([10.0] * 6 + [2000.0] * 4, (100, 100), holding=True)["scenario"]
    assert short["brier_90"] == pytest.approx(0.36)
    assert np.isnan(short["brier_365"])  # nobody knows yet


def test_a_deal_of_no_day_is_scored_by_what_ended_on_the_first_day() -> None:
    rows = scores_of([0.0, 0.0, 0.0, 5.0], (0, 0))
    assert rows["scenario"]["log_score"] == pytest.approx(np.log(0.75))
    assert np.isfinite(hindcast_of([0, 0, 0, 5], (0, 0)).stated.log_score(0, 0))
    assert np.isfinite(hindcast.REFERENCES["those of Syria"].log_score(0, 0))


def test_the_pool_of_a_case_is_scored_between_its_parts() -> None:
    rows = scores_of([3.0, 200.0, 1700.0, 3000.0], (1727, 1727))
    pooled, own, such = (np.exp(rows[name]["log_score"]) for name in ("pooled", "scenario", "such deals"))
    weight = shipped_weight().weight
    assert 0 < weight < 1
    assert pooled == pytest.approx((1 - weight) * own + weight * such)
    assert list(rows) == ["pooled", "such deals", "scenario", "one curve"]


def test_calibration_needs_enough_deals_and_counts_what_is_known() -> None:
    rows = [
        {"case": str(k), "forecaster": "pooled", **{f"holds_{d}": (k + 0.5) / 8 for d in (30, 90, 365)},
         "held_30": float(k >= 4), "held_90": float(k >= 4) if k else np.nan, "held_365": float(k >= 4)}
        for k in range(8)
    ]  # fmt: skip
    groups = hindcast.calibration_of_cases(pd.DataFrame(rows))["pooled"]
    assert [(group.day, group.deals, group.observed) for group in groups] == [
        (30, 4, 0.0), (30, 4, 1.0), (365, 4, 0.0), (365, 4, 1.0)
    ]  # fmt: skip
    assert not hindcast.calibration_of_cases(pd.DataFrame(rows[:7]))


def test_one_case_has_nothing_to_be_paired_with() -> None:
    assert "case_scores" not in hindcast.tables([hindcast_of([3, 4], (3, 3))])


def test_the_sentence_speaks_of_the_deal_that_held_longest() -> None:
    result = hindcast.tables([hindcast_of([3, 4, 5], (4, 4)), hindcast_of([10, 20, 30, 40], (30, 30))])
    answer = hindcast_sentence(result)
    assert "held 30 days" in answer
    assert "50\u00a0%" in answer  # two of four worlds ended before day 30
    assert answer.startswith("2 of 2 deals ended within the 90\u00a0% range of the forecast.")


def test_an_experiment_lays_its_cases_side_by_side(command: Command, tmp_path: Path) -> None:
    (tmp_path / "asked.yaml").write_text(SIDE_BY_SIDE)
    answer = command("experiment", "asked.yaml", "--quick")
    assert answer.code == 0, answer.err
    folder = Path(answer.last)
    table = pd.read_csv(folder / "tables" / "cases.csv")
    assert list(table["hindsight"]) == [False, False, True]
    assert (table["shorter"] + table["longer"] <= 1).all()
    curves = pd.read_csv(folder / "tables" / "case_curves.csv")
    assert curves.groupby("case", sort=False)["holding"].apply(lambda share: share.is_monotonic_decreasing).all()
    assert (folder / "figures" / "cases.png").exists()
    page = (folder / "report.html").read_text()
    assert "Nothing follows from what is made up." in page
    forecasts = pd.read_csv(folder / "tables" / "case_forecasts.csv")
    assert set(forecasts["forecaster"]) == {"scenario", "one curve"}  # no history: nothing to pool with
    assert "Mean scores of the deals" in page
    assert "Which one held? Two sides" in page or "Which one held? " in page


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("held: 30, source: made up}", "held: -1, source: made up}", "held must be 0 or more"),
        ("held: [3, 5]", "held: [3, 5], holding: true", "known for one number of days"),
        ("held: 30, source: made up}", "holding: true, source: made up}", "holding needs held"),
        ("held: 30, source: made up}", "source: made up}", "no `really:` that says how long it held"),
        ("held: [3, 5]", "held: [5, 3]", "with the least number first"),
        ("+no-monitors, held", "+no-such, held", "no-such"),
        ("held: 30, source: made up}", "held: 30}", "source"),
        ("+no-monitors, held", ", held", "is listed twice"),
    ],
)
def test_what_is_ill_said_of_a_case_is_a_fault(tmp_path: Path, old: str, new: str, fault: str) -> None:
    from ceasefire.errors import ScenarioError

    (tmp_path / "asked.yaml").write_text(SIDE_BY_SIDE.replace(old, new, 1))
    with pytest.raises(ScenarioError) as caught:
        load_experiment(tmp_path / "asked.yaml")
    assert any(fault in str(one) and "asked.yaml:" in str(one) for one in caught.value.faults), caught.value.faults


def test_the_idlib_deals_share_actors_motives_and_rules() -> None:
    """They differ in what could be known at signing, and in nothing else."""
    experiment = load_experiment("why-march-2020-held")
    known = [each for case, each in zip(experiment.spec.cases, experiment.cases, strict=True) if not case.hindsight]
    first = known[0].scenario
    for other in (each.scenario for each in known[1:]):
        assert other.mechanisms == first.mechanisms
        assert other.motives == first.motives
        assert set(other.actors) == set(first.actors)
        for name, actor in other.actors.items():
            assert actor.motives == first.actors[name].motives
            assert actor.patron == first.actors[name].patron
            assert (actor.discipline, actor.ceiling) == (first.actors[name].discipline, first.actors[name].ceiling)


def test_only_hindsight_knows_what_came_later() -> None:
    experiment = load_experiment("why-march-2020-held")
    for case, each in zip(experiment.spec.cases, experiment.cases, strict=True):
        dated = [event.title for event in each.scenario.events if event.day is not None]
        assert bool(dated) == case.hindsight
        assert all("hindsight" in title for title in dated)


def test_a_spike_is_the_last_fortnight_against_the_weeks_before() -> None:
    deaths = np.concatenate([np.full(30, 1.0), np.full(14, 3.0), np.full(10, 99.0)])
    assert spike(deaths, 44) == pytest.approx(3.0)
    assert np.isnan(spike(deaths, 41))
    assert np.isnan(spike(np.zeros(60), 60))


def test_a_result_that_needs_a_lucky_seed_is_no_result() -> None:
    assert idlib_patterns._verdict_over_seeds([True, True]) == "pass"
    assert idlib_patterns._verdict_over_seeds([True, False]) == "undetermined"
    assert idlib_patterns._verdict_over_seeds([False, False]) == "miss"


def test_every_row_of_idlib_has_a_figure_and_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (idlib_patterns, violation_patterns):
        monkeypatch.setattr(module, "worlds_for", lambda evidence: IdlibWorlds(12))
    monkeypatch.setattr(
        "ceasefire.evaluation.validation.idlib_patterns.hindcast",
        lambda case, loaded, worlds, seed: hindcast_of([3, 90], case.held),
    )
    evidence = SimpleNamespace(quick=True, data=None)
    rows = (
        idlib_patterns.violations_rarely_end_it, violation_patterns.violations, violation_patterns.talks,
        idlib_patterns.two_ways_of_ending, idlib_patterns.five_deals, idlib_patterns.monitors_alone,
    )  # fmt: skip
    result = [finding for row in rows for finding in row(evidence)]  # type: ignore[arg-type]
    assert {finding.row for finding in result} == {"4", "5", "6", "7", "8", "10"}
    assert all(finding.verdict in VERDICTS and finding.figure for finding in result)
    assert sum(finding.verdict == "not run" for finding in result) == 6
