"""The scoreboard puts every forecaster beside the others, and says when the simulation adds nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_scoreboard import board, scored

from ceasefire.analysis.interval_censored import BINS
from ceasefire.evaluation.validation.outside_view_scores import CONFLICT, OUTSIDE
from ceasefire.evaluation.validation.scoreboard import (
    BOTH,
    SIMULATION,
    outside_view_findings,
    with_simulation,
)
from ceasefire.report.code_book import describe, tables
from ceasefire.report.validation import write_validation


def test_the_simulation_stands_beside_the_others_with_its_pool() -> None:
    names = [row["forecaster"] for row in board(0.0).tables["countries left out, mid"]]
    assert names == [OUTSIDE, CONFLICT, SIMULATION, BOTH]
    with pytest.raises(ValueError, match="forecasts of 3 deals"):
        with_simulation(scored(), np.zeros((3, BINS)))


def test_where_the_simulation_adds_nothing_the_words_and_the_row_say_so() -> None:
    assert "adds nothing certain" in board(0.0).words()
    assert "adds something" in board(0.05).words()
    best, added = outside_view_findings(board(-0.05))
    assert (best.verdict, added.verdict) == ("pass", "miss")
    assert {finding.verdict for finding in outside_view_findings(None)} == {"not run"}
    assert all(finding.sample == "out of sample" for finding in outside_view_findings(board(0.0)))


def test_the_page_has_the_scoreboard_and_every_row(tmp_path: Path) -> None:
    one = board(0.0)
    page = write_validation(tmp_path, outside_view_findings(one), one).read_text(encoding="utf-8")
    assert "countries left out, mid (out of sample)" in page
    assert SIMULATION in page
    assert "adds nothing certain" in page


def test_a_gain_and_its_limits_have_columns_of_their_own_that_the_code_book_describes() -> None:
    rows = pd.DataFrame(board(0.1).rows())
    (one,) = [table for table in tables("validate") if table.file == "scoreboard.csv"]
    names = [column.name for column in describe(rows.columns, one)]
    assert names == list(rows.columns)
    assert sorted(names) == sorted(column.name for column in one.columns)
    gains = rows[[f"outside view better by{at}" for at in ("", " low", " high")]].dropna()
    assert len(gains) == 3
    assert ((gains.iloc[:, 1] <= gains.iloc[:, 0]) & (gains.iloc[:, 0] <= gains.iloc[:, 2])).all()
