"""Nowcasts of real truces: scores beside simpler forecasts, and the command on the weeks that are shipped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from observations.made_histories_by_hand import histories

from ceasefire.evaluation import nowcast_backtest
from ceasefire.evaluation.nowcast_backtest import (
    REGRESSIONS,
    TRUCES,
    HazardRegression,
    backtest,
    hazard_regression,
    main,
    scores,
)
from ceasefire.observations.counts import read_counts
from ceasefire.observations.nowcast.nowcast import HORIZONS

SHIPPED = Path(__file__).parents[2] / "docs" / "counts"


def table(chance: float, lefts: list[int]) -> pd.DataFrame:
    """Days with so many left, and the same chance by every forecast."""
    columns = {f"{name}_{days}": chance for name in ("without", "with", *REGRESSIONS) for days in HORIZONS}
    counts = {"incidents": np.linspace(1, 50, len(lefts)), "deaths": 9.0}
    return pd.DataFrame({"day": np.arange(30, 30 + len(lefts)), "left": lefts, **counts, **columns})


def test_scores_are_those_of_the_chances() -> None:
    tables = [table(0.25, [100, 50, 20]), table(0.25, [10])]
    found = scores(tables, 90)["with"]
    assert found["brier"] == pytest.approx((0.25**2 + 3 * 0.75**2) / 4)
    assert found["log"] == pytest.approx((np.log(0.75) + 3 * np.log(0.25)) / 4)
    # moved by 0.5, to the 0.75 of these days that end
    assert found["level removed"] == pytest.approx((0.75**2 + 3 * 0.25**2) / 4)


def test_a_hazard_that_rises_with_incidents_foretells_more_where_there_are_more() -> None:
    taught = table(0.5, list(range(100, 0, -1)))
    few, many = (taught.assign(incidents=count).head(1) for count in (2.0, 50.0))
    assert hazard_regression(taught, many, 90)[0] > hazard_regression(taught, few, 90)[0]
    hazard = hazard_regression(taught, many, 1)[0]
    assert hazard_regression(taught, many, 90)[0] == pytest.approx(1 - (1 - hazard) ** 90)


def test_a_regression_on_made_histories_finds_their_hazard_with_and_without_counts(small: str) -> None:
    """Lives of a constant hazard, one world in two of three times the hazard and four times the incidents."""
    random = np.random.default_rng(1)
    stormy = np.arange(6_000) % 2 == 1
    lives = random.geometric(np.where(stormy, 0.012, 0.004)) - 1
    made = histories(small, lives, random.poisson(np.where(stormy, 2.0, 0.5)[:, None], (6_000, 60)))
    figures = HazardRegression.figures(made, 60)
    alive = lives >= 60
    within = 1.0 - (1.0 - np.where(stormy, 0.012, 0.004)) ** 30
    for counted, spread in ((True, 0.0), (False, within[alive].std())):
        found = HazardRegression.of(made, 60, counted).chances(figures[alive], 30)
        # 21,000 periods with 1,400 ends: 3 % of the hazard either way, and where no world differs none is told apart
        assert found.mean() == pytest.approx(within[alive].mean(), rel=0.08)
        assert np.sqrt(((found - found.mean() - within[alive] + within[alive].mean()) ** 2).mean()) == pytest.approx(
            spread, abs=0.025
        )


def test_the_weeks_that_are_shipped_are_those_of_both_truces() -> None:
    for truce, weeks in zip(TRUCES, (32, 13), strict=True):
        counts = read_counts(SHIPPED / f"{truce.scenario}-weekly.csv")
        assert (counts.step_days, len(counts), counts.first) == (7, weeks, truce.start)
        assert (counts.figures["incidents"] <= counts.figures["deaths"]).all()


def test_the_nowcast_beats_the_worlds_without_counts_and_not_the_regression_as_is_printed() -> None:
    """What `ceasefire nowcast` says of itself (report/nowcast.py, TRIED) is what the backtest finds."""
    tables = backtest(None, SHIPPED, 2_000, 1)
    for days in HORIZONS:
        found = {name: one["brier"] for name, one in scores(tables, days).items()}
        assert found["regression"] < found["with"] < found["without"], days
    # within a year even age alone does better: the level, not the counts
    assert found["age alone"] < found["with"]


def test_the_command_walks_through_both_truces(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert main(["--weekly", str(SHIPPED), "--worlds", "1200", "--out", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "idlib-2018, which ended on day 225; counts of the last 28 days" in out
    weeks = read_counts(SHIPPED / "idlib-2018-weekly.csv").figures
    last = out.split("which ended")[1].rstrip().splitlines()
    row = next(line.split() for line in last if line.split()[:1] == ["224"])
    assert [float(each) for each in row[1:3]] == [weeks[name][28:32].sum() for name in ("incidents", "deaths")]
    assert out.count("brier") == 5 * len(HORIZONS)
    assert sorted(file.name for file in tmp_path.glob("*.png")) == [
        "nowcast-idlib-2018.png", "nowcast-idlib-2019-08-31.png",
    ]  # fmt: skip


def test_a_folder_without_the_files_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--data", str(tmp_path)]) == 2
    assert "there is no such file" in capsys.readouterr().err
    assert main(["--weekly", str(tmp_path)]) == 2
    assert nowcast_backtest.PERIOD == 10
