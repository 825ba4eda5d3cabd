"""Small words are right: one world, one day, no minus nought, and a way out where horizons differ."""

from __future__ import annotations

import html
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL, Command

import ceasefire
from ceasefire.analysis.estimates import Interval
from ceasefire.cli import compare, tables
from ceasefire.experiments.outcome_definitions import outcome
from ceasefire.plain_text import number_words, range_words
from ceasefire.report import comparison
from ceasefire.report.appendix import assumed_numbers, assumed_table
from ceasefire.wording import (
    how_many,
    percent_on_terminal,
    plain,
    signed_number,
    signed_points,
    whole_percent,
    with_minus,
)

ONE_OF_MANY = re.compile(
    r"(?<![\d,.+\-\u2212\u2013:])\b1 (worlds|days|points|levers|factors|numbers|rows|uncertainties|assumed numbers)\b"
)
MINUS_NOUGHT = re.compile(r"(?<![\w.])[-\u2212]0(?:\.0+)?(?![\d.,]*\d)")

EXPERIMENT = """name: one
title: One
question: q?
scenario: {small}
levers:
  paths:
    agreement.monitoring: [0.5]
design: {{kind: grid}}
worlds: 1
days: {days}
outcomes: [days_held, displaced]
"""

COMMANDS = [
    "run {small} --worlds 1 --days 1",
    "run {small} --worlds 1 --days 400",
    "compare {small} {small}+no-monitors --worlds 2 --days 1",
    "compare {small} {small}+no-monitors --worlds 20",
    "levers {small} --worlds 2 --days 1",
    "experiment one.yaml",
    "experiment one.yaml --dry-run",
]


def words_of(folder: Path) -> str:
    """What a reader reads in the pages of a folder."""
    texts = [file.read_text(encoding="utf-8") for file in folder.rglob("*.html")]
    bare = (re.sub(r"<style.*?</style>|<script.*?</script>|<[^>]+>", " ", text, flags=re.DOTALL) for text in texts)
    return html.unescape(" ".join(bare))


@pytest.mark.parametrize("line", COMMANDS)
@pytest.mark.parametrize("days", [1, 30])
def test_one_is_one_and_nought_has_no_sign(command: Command, few_worlds_in_doubt: None, line: str, days: int) -> None:
    Path("small.yaml").write_text(SMALL.read_text(encoding="utf-8").replace("name: two-sides", "name: small"))
    Path("one.yaml").write_text(EXPERIMENT.format(small="./small.yaml", days=days), encoding="utf-8")
    answer = command(*line.format(small="small").split())
    assert answer.code == 0, answer.err
    said = answer.out + answer.err + words_of(Path())
    assert [found[0] for found in ONE_OF_MANY.finditer(said)] == []
    assert [found[0] for found in MINUS_NOUGHT.finditer(said)] == []


@pytest.mark.parametrize("number", [0.0, -0.0, -0.04, -1e-9, 0.04, 1e-12])
def test_what_rounds_to_nought_has_no_minus(number: float) -> None:
    assert signed_number(number, 1) == "0.0"
    assert signed_points(number / 100) == "0"
    assert plain(number, 1) == "0.0"
    assert [how_many(n, "world") for n in (0, 1, 2, 1000)] == ["0 worlds", "1 world", "2 worlds", "1,000 worlds"]


def test_nobody_who_decided_differently_is_said_in_a_sentence() -> None:
    pair: Any = SimpleNamespace(first=SimpleNamespace(plan=SimpleNamespace(scenario=SimpleNamespace(actor_titles={}))))
    row = {"label": "x", "variance_reduction": None, "first_to_decide_otherwise": {"worlds": 1, "who": []}}
    assert (
        compare._why(pair, row)
        == "x: nobody decided differently before the end, in the 1 world that held longer or shorter."
    )


def test_horizons_that_differ_are_refused_with_the_days_that_would_do(
    command: Command, few_worlds_in_doubt: None, without_figures: None
) -> None:
    text = SMALL.read_text(encoding="utf-8")
    horizon = int(re.search(r"^horizon_days: (\d+)", text, re.MULTILINE)[1])  # type: ignore[index]
    Path("long.yaml").write_text(text.replace("name: two-sides", "name: long"))
    Path("short.yaml").write_text(
        text.replace("name: two-sides", "name: short").replace(f"horizon_days: {horizon}", "horizon_days: 200")
    )
    for run, days in (("a", 30), ("b", 40)):
        command("run", "long", "--worlds", "3", "--days", str(days), "--out", run)
    for sides, more, way_out in [
        (("long", "short"), (), "give --days 200"),
        (("a", "short"), ("--days", "25"), "give --days 30"),
        (("a", "b"), (), "run b again with --days 30"),
    ]:
        answer = command("compare", *sides, "--worlds", "3", *more)
        assert answer.code == 2
        assert answer.err.splitlines()[-1].endswith(way_out)
        assert not Path("results").exists()
    assert command("compare", "long", "short", "--worlds", "3", "--days", "200").code == 0


def test_rows_of_a_model_begin_with_day_0_and_end_with_the_last_day() -> None:
    ends = set()
    for world in range(12):
        model = ceasefire.CeasefireModel("idlib-2019-08", seed=1, world=world)
        at_first = model.datacollector.get_model_vars_dataframe()
        assert at_first["day"].tolist() == [0]
        model.live()
        model.step()
        rows = model.datacollector.get_model_vars_dataframe()
        assert rows["day"].tolist() == list(range(len(rows)))
        assert rows["day"].iloc[-1] == model.days_held
        of_actors = model.datacollector.get_agenttype_vars_dataframe(type(model.actors[0]))
        assert np.unique(of_actors.index.get_level_values(0)).tolist() == rows["day"].tolist()
        ends.add(model.cause)
    assert "offensive" in ends


def test_a_share_that_is_not_nought_is_not_shown_as_nought_and_none_without_its_limits() -> None:
    row = {"mean_days_held": 9.0, "holds_to_the_end": 0.004, "deaths_a_year_held": 1.0, "deaths_over_horizon": 1.0}
    assert compare._as_written(row, None)[1] == "<1 %"
    shares = pd.DataFrame({"share_above": [0.17], "share_above_low": [0.0], "share_above_high": [0.902]})
    assert tables._cell(shares.iloc[0], "share_above", outcome("days_held"), shares) == "17 % (0 to 90)"


def test_where_nothing_is_assumed_no_world_that_differs_is_no_chance_either() -> None:
    pair: Any = SimpleNamespace(over_draws=None, gain=Interval(0.0, 0.0, 0.0))
    assert comparison._gain_words(pair, "with it") == "with it: no world differs"


BY_HAND = re.compile(r"\* 100:[^}]*\}(?: |\{GAP\})%|\{100 \* [^}]*:[^}]*\}(?: |\{GAP\})%|:\+?\.\d%\}")
"""A share written without the functions of wording.py."""


@pytest.mark.parametrize("folder", ["cli", "report", "charts", "studio", "narrative", "observations", "experiments"])
def test_no_share_is_written_by_hand(folder: str) -> None:
    package = Path(ceasefire.__file__).parent
    found = {
        f"{file.relative_to(package)}: {line.strip()}"
        for file in (package / folder).rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if BY_HAND.search(line)
    }
    assert not found


def test_a_share_is_never_written_as_none_or_all_when_it_is_not() -> None:
    assert [percent_on_terminal(share) for share in (0, 0.004, 0.5, 0.996, 1)] == [
        "0 %",
        "<1 %",
        "50 %",
        ">99 %",
        "100 %",
    ]
    assert whole_percent(-0.02) == "\u22122\u00a0%"
    assert whole_percent(-0.004) == "0\u00a0%"


def test_numbers_as_given_have_thousands_and_one_minus_in_their_ranges_too() -> None:
    assert range_words(6500, 12000) == "6,500 to 12,000"
    assert [number_words(number) for number in (58000, 0.0875, -0.05, 1_700_000, 0)] == [
        "58,000", "0.0875", "\u22120.05", "1,700,000", "0",
    ]  # fmt: skip
    assert [with_minus(cell) for cell in ("-0.05", "2020-01-12", "-1 to -2", "a-1", "-")] == [
        "\u22120.05", "2020-01-12", "\u22121 to \u22122", "a-1", "-",
    ]  # fmt: skip


def test_describe_diff_and_pages_write_ranges_alike(command: Command) -> None:
    answer = command("diff", "idlib-2020", "idlib-2020+turkish-tripwire-removed")
    assert "1,000 (500 to 1,500)" in answer.out
    assert "9,000 (6,500 to 12,000)" in answer.out
    assert not re.search(r"\b\d{5,}( to |\))", command("describe", "idlib-2020").out)
    loaded = ceasefire.load("idlib-2020")
    rows = {row[0]: row for row in assumed_table(assumed_numbers(loaded.scenario)).rows}
    assert list(rows["actors.turkey.troops_on_line"][1:4]) == ["9,000", "6,500", "12,000"]
