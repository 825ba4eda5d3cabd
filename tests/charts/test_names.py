"""Names that are cut to the room of a chart are told apart where they differ."""

from __future__ import annotations

import random
import string
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL, Command

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.survival import survival
from ceasefire.charts.comparison import Condition, comparison_chart
from ceasefire.charts.layout import Caption
from ceasefire.charts.names import told_apart
from ceasefire.charts.survival import survival_chart

LONG = "a-very-long-name-of-a-scenario-that-somebody-has-made"

KINDS = {
    "the same beginning": [f"{LONG}+{end}" for end in ("no-monitors", "wide-monitoring", "ties-cut")],
    "the same end": [f"{start} and {LONG}" for start in ("one", "another", "third")],
    "the same beginning and end": [f"{LONG} {middle} {LONG}" for middle in ("one", "two", "three")],
    "one letter in the middle": [f"{LONG}{letter}{LONG}" for letter in "abc"],
    "one is the beginning of another": [LONG, f"{LONG}-2", f"{LONG}-2-2"],
    "the same names": ["with no-monitors", "with no-monitors", LONG],
    "short": ["a", "b", "idlib-2020"],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("most", [12, 24, 26, 50])
def test_names_that_differ_look_different_and_fit(kind: str, most: int) -> None:
    names = KINDS[kind]
    short = told_apart(names, most)
    assert len(set(short)) == len(set(names))
    assert max(map(len, short)) <= most
    assert all(cut == name for cut, name in zip(short, names, strict=True) if len(name) <= most)


def test_names_at_random_are_told_apart() -> None:
    draw = random.Random(3)
    for _ in range(2_000):
        parts = ["".join(draw.choices(string.ascii_lowercase, k=draw.randint(1, 9))) for _ in range(3)]
        names = ["-".join(draw.choices(parts, k=draw.randint(1, 8))) for _ in range(draw.randint(1, 7))]
        most = draw.randint(12, 30)
        short = told_apart(names, most)
        assert len(set(short)) == len(set(names)), names
        assert max(map(len, short)) <= most


def held(days: int) -> pd.DataFrame:
    spread = np.arange(50) % days + 1
    return pd.DataFrame({"days_held": spread, "ended": True, "cause": "offensive", "cause_actor": ""})


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "the same names"])
def test_rows_and_ends_of_a_comparison_have_different_names(kind: str) -> None:
    conditions = [
        Condition(name, survival(held(20 + 9 * n)), Interval(9, 8, 10), Interval(1, 0, 2) if n else None)
        for n, name in enumerate(KINDS[kind])
    ]
    figure = comparison_chart(conditions, Caption("t", "", 1), horizon=60)
    texts = [text for text in figure.texts if text.get_text().strip()]
    ends = [text.get_text().rsplit("\n", 1)[0] for text in texts if (text.get_gid() or "").startswith("end-")]
    assert len(set(ends)) == 3
    assert all(len(line) <= 20 for end in ends for line in end.split("\n"))
    rows = [name for most in (24, 26) for name in told_apart(KINDS[kind], most)]
    said = [text.get_text() for text in texts]
    assert all(name in said for name in rows)


def test_curves_of_one_chart_have_different_names_in_the_table_below() -> None:
    names = KINDS["the same beginning"]
    figure = survival_chart({name: survival(held(30)) for name in names}, None, Caption("t", "", 1), horizon=60)
    said = [text.get_text() for text in figure.texts]
    assert all(name in said for name in told_apart(names, 24))


def test_sides_that_differ_by_a_setting_alone_have_different_names(command: Command, few_worlds_in_doubt: None) -> None:
    Path("mine.yaml").write_text(SMALL.read_text(encoding="utf-8").replace("name: two-sides", "name: mine"))
    runs = []
    for value in (0.2, 0.9):
        setting = f"agreement.clarity={value}"
        runs.append(command("run", "mine", "--worlds", "5", "--days", "30", "--set", setting).last)
    answer = command("compare", "mine", *runs)
    rows = [line for line in answer.out.splitlines() if line.startswith("mine with")]
    assert [row.split("=")[1].split()[0] for row in rows[:2]] == ["0.2", "0.9"]
    page = (Path(answer.last) / "report.html").read_text(encoding="utf-8")
    assert "agreement.clarity=0.2" in page
    assert "agreement.clarity=0.9" in page
