"""The public Python names: results show and draw themselves, points need no file, and errors name the argument."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL, Command
from matplotlib.figure import Figure
from pandas.testing import assert_frame_equal

import ceasefire
from ceasefire.analysis.summary import summary
from ceasefire.ensemble.parameter_draws import assumed_ranges
from ceasefire.errors import FolderError, ScenarioError
from ceasefire.observations.counts import Counts
from ceasefire.report.run import figures_frame
from ceasefire.scenario.load import load
from ceasefire.simulation import engine
from ceasefire.simulation.initial_state import initial_state

ASKED = """name: asked
title: What was asked
question: Does it matter?
scenario: {scenario}
days: 60
levers: {{paths: {{agreement.monitoring: [0.1, 0.9]}}}}
design: {{kind: grid}}
worlds: 12
outcomes: [days_held, holds_past_30]
"""


def shows_and_draws(result: Any) -> None:
    """What every result can do."""
    assert "<table" in result._repr_html_()
    assert isinstance(result.plot(), Figure)
    assert isinstance(result.table(), pd.DataFrame)
    assert len(result.table())


NO_RESULTS = {"CeasefireModel", "__version__", "describe", "load"}
"""A model, a scenario and a text: these show themselves, and have neither table nor chart."""


def counts_file(folder: Path) -> Path:
    """A month of days of a deal that holds."""
    days = pd.date_range(load(SMALL).scenario.start, periods=30).strftime("%Y-%m-%d")
    table = pd.DataFrame({"date": days, "incidents": 1, "deaths": [0, 1, 2] * 10})
    table.to_csv(folder / "counts.csv", index=False)
    return folder / "counts.csv"


def test_every_public_result_shows_and_draws_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ceasefire.ensemble.compare.WORLDS_PER_DRAW", 2)
    monkeypatch.setattr("ceasefire.ensemble.parameter_draws.WORLDS_PER_DRAW", 2)
    (tmp_path / "asked.yaml").write_text(ASKED.format(scenario=SMALL), encoding="utf-8")
    few: dict[str, Any] = {"worlds": 12, "days": 60}
    results: dict[str, Callable[[], Any]] = {
        "run": lambda: ceasefire.run(SMALL, **few),
        "survival": lambda: ceasefire.survival(ceasefire.run(SMALL, **few)),
        "compare": lambda: ceasefire.compare(SMALL, f"{SMALL}+no-monitors", **few),
        "levers": lambda: ceasefire.levers(SMALL, **few, draws=False),
        "experiment": lambda: ceasefire.experiment(tmp_path / "asked.yaml"),
        "run_points": lambda: ceasefire.run_points(SMALL, {"trust.north": [0.2, 0.5, np.nan]}, **few),
        "forecast": lambda: ceasefire.forecast({"country": "Syria", "start": "2020-03-06"}),
        "observe": lambda: ceasefire.observe(counts_file(tmp_path)),
        "nowcast": lambda: ceasefire.nowcast(SMALL, counts_file(tmp_path), worlds=1000),
    }
    assert set(results) == set(ceasefire.__all__) - NO_RESULTS
    for name, made in results.items():
        result = made()
        shows_and_draws(result)
        assert pickle.loads(pickle.dumps(result)).table().equals(result.table()), name


def test_worlds_show_their_main_figures_and_draw_the_chart() -> None:
    worlds = ceasefire.run(SMALL, worlds=30, days=60)
    shows_and_draws(worlds)
    assert_frame_equal(worlds.table(), figures_frame(summary(pd.DataFrame(worlds), None, 60)))
    assert type(worlds.head(3)) is pd.DataFrame
    assert type(worlds[worlds["ended"]]) is pd.DataFrame
    again = pickle.loads(pickle.dumps(worlds))
    assert again.equals(worlds)
    assert again.plan.horizon == 60
    assert worlds.plot(x="world", y="days_held") is not None


def test_a_curve_and_a_forecast_show_and_draw_themselves() -> None:
    curve = ceasefire.survival(ceasefire.run(SMALL, worlds=30, days=60))
    shows_and_draws(curve)
    assert pickle.loads(pickle.dumps(curve)).table().equals(curve.table())
    shows_and_draws(ceasefire.forecast({"country": "Syria", "start": "2020-03-06", "written": "yes"}))


def test_a_nowcast_shows_and_draws_itself() -> None:
    days = np.datetime64("2020-01-01") + np.arange(40)
    counts = Counts(days.astype(np.int64), {"incidents": np.ones(40), "deaths": np.full(40, 2.0)})
    found = ceasefire.nowcast(SMALL, counts, worlds=1_000)
    shows_and_draws(found)
    assert repr(found).startswith("<Nowcast two-sides, day 40: ends within 30 days")
    seen = [line for axes in found.plot().axes for line in axes.lines if line.get_gid() == "seen"]
    assert [np.nansum(line.get_ydata()) for line in seen] == [35, 70]
    assert pickle.loads(pickle.dumps(found)).table().equals(found.table())


def test_comparisons_and_levers_show_and_draw_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ceasefire.ensemble.compare.WORLDS_PER_DRAW", 2)
    monkeypatch.setattr("ceasefire.ensemble.parameter_draws.WORLDS_PER_DRAW", 2)
    compared = ceasefire.compare(SMALL, f"{SMALL}+no-monitors", worlds=12, days=60)
    shows_and_draws(compared)
    for draws in (True, False):
        ranked = ceasefire.levers(SMALL, worlds=12, days=60, draws=draws)
        shows_and_draws(ranked)
        by = "doubt_days" if draws else "difference_days"
        assert ranked[by].is_monotonic_decreasing
        assert ("doubt_days" in ranked) is draws
    labels = {label.partition("+")[2] for label in ranked["label"]}
    assert labels == set(load(SMALL).levers())


def test_an_experiment_gives_the_tables_of_the_command_and_keeps_its_worlds_where_told(tmp_path: Path) -> None:
    file = tmp_path / "asked.yaml"
    file.write_text(ASKED.format(scenario=SMALL), encoding="utf-8")
    before = set(os.listdir())
    result = ceasefire.experiment(file)
    shows_and_draws(result)
    assert set(os.listdir()) == before
    assert result.complete
    assert isinstance(result.plot("holds_past_30"), Figure)
    kept = ceasefire.experiment(str(file), out=tmp_path / "kept", workers=1)
    assert_frame_equal(kept.table(), result.table())
    assert (tmp_path / "kept" / "worlds").is_dir()
    for call, words in ((lambda: result.table("x"), "points, "), (lambda: result.plot("x"), "days_held, ")):
        with pytest.raises(ValueError, match=words):
            call()


def test_a_scenario_says_what_may_be_varied() -> None:
    scenario = load("idlib-2020")
    ranges = scenario.uncertainties()
    assert ranges == assumed_ranges(scenario.scenario)
    assert len(ranges) > 300
    assert all(low <= high for low, high in ranges.values())
    levers = scenario.levers()
    assert levers["no-monitors"] == "No monitors"
    assert "no-monitors" not in load("idlib-2020", changes="no-monitors").levers()


def test_a_description_is_the_text_of_the_command() -> None:
    text = ceasefire.describe("idlib-2018")
    assert text.startswith("idlib-2018") or "Sochi" in text
    assert text._repr_html_().startswith("<pre>")


def test_every_point_has_the_worlds_of_a_scenario_with_its_numbers() -> None:
    points = pd.DataFrame({"agreement.monitoring": [0.1, 0.9, np.nan], "trust.north": [0.2, np.nan, np.nan]})
    table = ceasefire.run_points(SMALL, points, worlds=20, days=60)
    assert_frame_equal(table[list(points)], points)
    for row in range(3):
        given = {str(path): value for path, value in points.iloc[row].items() if not np.isnan(value)}
        alone = ceasefire.run(load(SMALL, set=given), worlds=20, days=60)
        assert table["days_held"][row] == pytest.approx(alone["days_held"].mean())
        assert table["holds_to_the_end"][row] == pytest.approx((~alone["ended"]).mean())
        assert table["deaths_civilian"][row] == pytest.approx(alone["deaths_civilian"].mean())
        assert table["displaced"][row] == pytest.approx(alone["displaced"].mean(), abs=0.5)
    assert table["failed"].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ({"agreement.monitorring": [0.1]}, "did you mean 'agreement.monitoring'"),
        ({"agreement.monitoring": [0.1, 1.5]}, "is 1.5 in row 1, outside 0 to 1"),
        ({"agreement.monitoring": ["much"]}, "is not of numbers"),
        ({}, "the table has no row, or no column"),
    ],
)
def test_points_that_cannot_be_are_refused_in_one_sentence(points: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        ceasefire.run_points(SMALL, points, worlds=2)
    assert str(refused.value).startswith("points: ")
    assert "\n" not in str(refused.value)


def test_a_point_costs_little_beside_its_worlds() -> None:
    """At 500 points of 5 worlds the whole call takes little longer than the same worlds of one scenario."""
    scenario = load("idlib-2018")
    points = pd.DataFrame({path: np.linspace(*span, 500) for path, span in list(scenario.uncertainties().items())[:50]})
    points = points.assign(**{str(path): points[path].iloc[250] for path in points})
    ceasefire.run_points(scenario, points.head(2), worlds=2)

    def spent(call: Any) -> float:
        times = []
        for _ in range(3):
            began = time.process_time()
            call()
            times.append(time.process_time() - began)
        return min(times)

    opening = initial_state(
        load("idlib-2018", set={str(path): value for path, value in points.iloc[0].items()}).scenario
    )
    same = replace(engine.one_scenario(opening, 2500, 1), worlds=np.tile(np.arange(5), 500))
    many = spent(lambda: ceasefire.run_points(scenario, points, worlds=5, workers=1))
    alone = spent(lambda: engine.all_rows(same, 1))
    assert many < 1.2 * alone + 0.1, (many, alone)


def test_errors_of_python_name_the_argument() -> None:
    calls: list[tuple[str, Any]] = [
        ("worlds", lambda: ceasefire.levers(SMALL, worlds=1)),
        ("scenario", lambda: ceasefire.levers(3)),  # type: ignore[arg-type]
        ("name", lambda: ceasefire.experiment(3)),  # type: ignore[arg-type]
        ("workers", lambda: ceasefire.run_points(SMALL, {"trust.north": [0.1]}, workers=0)),
    ]
    for name, call in calls:
        with pytest.raises(ValueError, match=rf"^{name}: "):
            call()


def test_errors_that_name_an_option_on_the_command_line_name_the_argument_in_python(
    tmp_path: Path, command: Command
) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "mine.txt").write_text("x", encoding="utf-8")
    asked = tmp_path / "asked.yaml"
    asked.write_text(ASKED.format(scenario=SMALL), encoding="utf-8")
    with pytest.raises(FolderError) as kept:
        ceasefire.experiment(asked, out=tmp_path / "kept")
    assert str(kept.value).endswith("holds something else already, and nothing is overwritten; choose another out")
    assert "choose another --out" in command("experiment", str(asked), "--out", str(tmp_path / "kept")).err
    counts = counts_file(tmp_path)
    with pytest.raises(ScenarioError) as refused:
        ceasefire.nowcast(SMALL, counts, day=400, worlds=1000)
    assert "or day" in str(refused.value)
    assert "or --day" in command("nowcast", str(SMALL), "--counts", str(counts), "--day", "400").err
