"""Matching: emulators find made truths, draws are ruled out by what was counted, and faults of a file have lines."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import SMALL, Command

from ceasefire.array_types import FloatArray
from ceasefire.errors import ScenarioError
from ceasefire.evaluation.matching import match as matching
from ceasefire.evaluation.matching.emulator import emulate, standardised
from ceasefire.evaluation.matching.match import LIMIT, Match, Simulated, match
from ceasefire.evaluation.matching.pattern_figures import FIGURES
from ceasefire.evaluation.matching.pattern_file import SHIPPED, Pattern, Window, load_patterns
from ceasefire.simulation.compiled.recorded_counts import COUNTED, DEATHS, EVENTS

FILE = """target: two-sides.yaml
patterns:
  - {name: calm, scenario: two-sides.yaml, days: {first: 0, last: 9}, figure: incidents a day, value: 0.4,
     source: made up}
judged:
  - {scenario: two-sides.yaml, held: 20, source: made up}
"""


def made(draws: int, worlds: int, effect: float, noise: float, seed: int = 1) -> tuple[FloatArray, FloatArray]:
    """Numbers (draws, 30) of which the first has an effect, and figures (draws, worlds) with a spread of `noise`."""
    source = np.random.default_rng(seed)
    numbers = standardised(source.uniform(size=(draws, 30)))
    return numbers, effect * numbers[:, [0]] + noise * source.normal(size=(draws, worlds))


def simulated(value: float, effect: float, noise: float = 1.0) -> Simulated:
    """A pattern with a made truth: the mean of a draw is `effect` times its first number."""
    numbers, figures = made(2000, 4, effect, noise)
    pattern = Pattern(
        name="made", scenario="made", days=Window(first=0, last=9), figure="days without deaths", value=value,
        discrepancy=0.0, source="made up",
    )  # fmt: skip
    return Simulated(pattern, figures, emulate(numbers, figures.mean(axis=1)))


def test_an_emulator_finds_the_mean_of_a_draw_and_says_how_much_it_explains() -> None:
    numbers, figures = made(2000, 4, effect=2.0, noise=1.0)
    found = emulate(numbers, figures.mean(axis=1))
    truth = 2.0 * numbers[:, 0]
    assert np.sqrt(((found.mean - truth) ** 2).mean()) < 0.15
    # 4 of the variance is the number's, 1/4 is chance: 94 %
    assert found.explained == pytest.approx(4 / 4.25, abs=0.02)
    nothing = emulate(numbers, np.random.default_rng(2).normal(size=2000))
    assert nothing.explained < 0.01


def test_an_emulator_sees_a_curve_and_leaves_unknown_draws_out() -> None:
    numbers, _ = made(1500, 1, 0.0, 1.0)
    values = numbers[:, 3] ** 2
    values[::3] = np.nan
    found = emulate(numbers, values)
    assert found.explained > 0.9
    assert np.corrcoef(found.mean[::3], numbers[::3, 3] ** 2)[0, 1] > 0.95
    with pytest.raises(ValueError, match="too few"):
        emulate(numbers, np.full(1500, np.nan))


def test_the_spread_of_one_history_is_that_within_draws_and_not_between_them() -> None:
    assert simulated(0.0, effect=3.0, noise=0.5).spread == pytest.approx(0.5, rel=0.05)


def test_draws_far_from_what_was_counted_are_ruled_out_and_near_ones_are_not() -> None:
    far = simulated(8.0, effect=3.0)
    number = made(2000, 4, 3.0, 1.0)[0][:, 0]
    # counted 8; a draw's mean is 3 x number, one history's spread about 1: implausible below about 5 / 3
    assert far.implausibility[number < 1.0].min() > LIMIT
    assert (far.implausibility[number > 1.68] < LIMIT).mean() > 0.9
    near = simulated(0.0, effect=0.2)
    assert (near.implausibility < LIMIT).all()
    assert near.row()["verdict"] == "within the worlds"


def test_what_no_draw_can_make_is_the_fault_of_the_rules() -> None:
    assert simulated(30.0, effect=1.0).row()["verdict"] == "structure, not numbers"
    assert simulated(3.0, effect=0.1).row()["verdict"] == "rare in the worlds"


def test_a_pattern_of_another_deal_rules_nothing_out() -> None:
    other = simulated(30.0, effect=1.0)
    elsewhere = replace(other, pattern=other.pattern.model_copy(update={"measured_on": "Donbas"}))
    assert elsewhere.row()["verdict"] == "not like for like: counted on Donbas"


def test_figures_of_a_window_count_its_days_only_and_worlds_like_the_deal_only() -> None:
    counts = np.zeros((4, 20, COUNTED))
    counts[:, 10:14, EVENTS] = 3.0
    counts[:, 14:, EVENTS] = 9.0
    counts[:, 12, DEATHS] = 10.0
    held = np.array([20.0, 15.0, 9.0, 20.0])
    pattern = Pattern(
        name="late", scenario="x", days=Window(first=10, last=13), figure="incidents a day", value=1.0, source="made"
    )
    scale = FIGURES["incidents a day"].scaled
    found = matching._figures(pattern, counts, held)
    assert found[:2] == pytest.approx(scale(np.array([3.0, 3.0])))
    assert np.isnan(found[2])
    ended = pattern.model_copy(
        update={"worlds": "ended", "ended_within": (12.0, 16.0), "figure": "worst day's share of deaths"}
    )
    found = matching._figures(ended, counts, held)
    assert np.isnan(found[[0, 2, 3]]).all()
    assert found[1] == 1.0


def test_too_few_draws_that_are_left_say_nothing_of_what_follows() -> None:
    table = pd.DataFrame([simulated(0.0, effect=0.2).row()])
    scores = pd.DataFrame([{"deal": "x", "before": -3.0, "after": -1.0}])
    few = Match(table, 1000, 399, pd.DataFrame(), scores, 0.2, float("nan"))
    assert any("fewer than 400" in words for words in few.words())
    assert not any("Past deals" in words for words in few.words())
    enough = replace(few, left=400)
    assert any("better" in words for words in enough.words())
    assert any("cannot be told" in words for words in enough.words())


def test_the_shipped_patterns_are_without_fault_and_no_duration_is_among_them() -> None:
    patterns = load_patterns(SHIPPED)
    assert {each.figure for each in patterns.spec.patterns} <= set(FIGURES)
    assert not any("held" in each.figure for each in patterns.spec.patterns)


def test_a_match_is_the_same_again_and_shares_the_draws_of_deals(tmp_path: Path) -> None:
    file = _file(tmp_path, FILE)
    first, again = (match(load_patterns(file), 450, 3, lambda words: None) for _ in range(2))
    pd.testing.assert_frame_equal(first.patterns, again.patterns)
    pd.testing.assert_frame_equal(first.answers, again.answers)
    assert first.answers["before"].between(0, 1).all()


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("figure: incidents a day", "figure: incidents", 3, "no such figure"),
        ("last: 9", "last: -1", 3, "0"),
        ("first: 0, last: 9", "first: 9, last: 3", 3, "before its first"),
        ("held: 20, ", "", 6, "held is missing"),
        ("{name: calm, scenario: two-sides.yaml", "{name: calm, scenario: nobody", 3, "nobody"),
        ("value: 0.4", "value: many", 3, "number"),
        ("value: 0.4", "value: 0.4, worlds: ended", 3, "ended_within"),
    ],
)
def test_a_fault_of_a_file_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    file = _file(tmp_path, FILE.replace(old, new))
    with pytest.raises(ScenarioError) as raised:
        load_patterns(file)
    assert any(fault.line in (line, line + 1) and said in str(fault) for fault in raised.value.faults), raised.value


def test_the_command_writes_tables_and_a_chart(command: Command, tmp_path: Path) -> None:
    file = _file(tmp_path, FILE)
    answer = command("match", str(file), "--quick", "--out", "out")
    assert answer.code == 0, answer
    assert "draws of the numbers are not ruled out" in answer.out
    assert {"patterns.csv", "answers.csv", "scores.csv", "patterns.png", "patterns.svg"} <= {
        each.name for each in Path("out").iterdir()
    }
    described = json.loads((Path("out") / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    assert [each["path"] for each in described] == ["patterns.csv", "answers.csv", "scores.csv"]
    assert command("match", "nothing.yaml").code == 2


def _file(folder: Path, text: str) -> Path:
    (folder / "patterns.yaml").write_text(text.replace("two-sides.yaml", str(SMALL)), encoding="utf-8")
    return folder / "patterns.yaml"
