"""Validation: coded deals, four readings of undated ends, verdicts, baselines, cross-validation, and the command."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import Command
from synthetic_deals import SOUND, as_row, deals_of, made_up_table, write_file

from ceasefire.analysis.interval_censored import BINS, EDGES, surviving
from ceasefire.errors import ScenarioError
from ceasefire.evaluation.validation import patterns as all_rows
from ceasefire.evaluation.validation.baselines import BASELINES, by_class, cox, lognormal, weibull
from ceasefire.evaluation.validation.check_result import band_verdict, gain_verdict, joint_verdict
from ceasefire.evaluation.validation.cross_validation import MODEL, cross_validate, folds
from ceasefire.evaluation.validation.data_used import Evidence, resample_ends
from ceasefire.evaluation.validation.forecast_scores import forecast_skill
from ceasefire.evaluation.validation.reference_class_patterns import class_order, hazard_falls, survival_by_class
from ceasefire.reference_class.coded_deals import COLUMNS, WAYS, Deal, censored_durations, read_deals
from ceasefire.reference_class.features import CLASSES, Features
from ceasefire.reference_class.observed_durations import in_group, targets_of, weibull_shape
from ceasefire.reference_class.outside_view.data_folder import DURATIONS


def test_a_valid_row_is_read(tmp_path: Path) -> None:
    (deal,) = read_deals(write_file(tmp_path, [SOUND]))
    assert deal == Deal(
        "1", "Ruritania", Features(written=True, mechanism=True, prior_ceasefires=3), 10.5, 21.0, True, False
    )
    assert set(SOUND) == set(COLUMNS)


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("ceasefire_class", "truce", "no such value 'truce'; choose from cessation, preliminary, definitive"),
        ("sides", "", "no such value ''; choose from unilateral, bilateral, multilateral"),
        ("enforcement", "strict", "no such value 'strict'; choose from none, international, external"),
        ("local", "maybe", "'maybe' is neither yes (1) nor no (0)"),
        ("days_mid", "soon", "'soon' is not a number of days from 0 to 36525"),
        ("days_upper", "-3", "'-3' is not a number of days from 0 to 36525"),
        ("days_upper", "nan", "is empty; give the days until it ended or was lost from sight"),
        ("days_mid", "30", "30 is above days_upper, 21"),
        ("prior_ceasefires", "2.5", "'2.5' is not a whole number from 0"),
        ("start", "1.5.1999", "'1.5.1999' is not a day; write it as 2020-03-06"),
        ("location", " ", "is empty; give the country"),
        ("planned_days", "x", "'x' is not a number of days from 0.5 to 36525"),
    ],
)
def test_a_wrong_cell_is_named_by_file_line_and_column(tmp_path: Path, column: str, cell: str, message: str) -> None:
    good = SOUND | {"ceasefire_id": "0"}
    folder = write_file(tmp_path, [good, SOUND | {column: cell}])
    with pytest.raises(ScenarioError) as caught:
        read_deals(folder)
    assert [str(fault) for fault in caught.value.faults] == [f"{folder / DURATIONS}:3: {column}: {message}"]


def test_every_fault_of_a_file_is_named(tmp_path: Path) -> None:
    folder = write_file(
        tmp_path, [SOUND | {"local": "2", "broke": "2"}, SOUND | {"ceasefire_id": "2"}, SOUND | {"ceasefire_id": "2"}]
    )
    with pytest.raises(ScenarioError) as caught:
        read_deals(folder)
    assert [(fault.line, fault.path) for fault in caught.value.faults] == [
        (2, "local"),
        (2, "broke"),
        (4, "ceasefire_id"),
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"ceasefire_id,location\n1,x\n", "start: no such column; it holds first day"),
        (b"\x00\x01", "is not a text file"),
        (",".join(SOUND).encode() + b"\n", "holds no deals, only a header"),
        (",".join(SOUND).encode() + b"\n1,2\n", "has 2 cells, and the header 17"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused(command: Command, tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / DURATIONS).write_bytes(content)
    answer = command("validate", "--data", str(tmp_path))
    assert answer.code == 2
    assert message in answer.err
    assert DURATIONS in answer.err
    assert "Traceback" not in answer.err


def test_a_folder_without_the_file_is_named(command: Command, tmp_path: Path) -> None:
    for given in (tmp_path, tmp_path / "nowhere"):
        answer = command("validate", "--data", str(given))
        assert answer.code == 2
        assert str(given) in answer.err


def deal(mid: float, upper: float, broke: bool, dated: bool) -> Deal:
    return Deal("x", "y", Features(), mid, upper, broke, dated)


FOUR = [deal(8, 8, True, True), deal(10, 20, True, False), deal(30, 30, False, True)]


@pytest.mark.parametrize(
    ("way", "used", "low", "high"),
    [
        ("dated", [0, 2], [8, 30], [9, np.inf]),
        ("mid", [0, 1, 2], [8, 10, 30], [9, 11, np.inf]),
        ("upper", [0, 1, 2], [8, 20, 30], [9, 21, np.inf]),
        ("interval", [0, 1, 2], [8, 0, 30], [9, 21, np.inf]),
    ],
)
def test_an_undated_end_is_treated_in_four_ways(way: str, used: list[int], low: list[float], high: list[float]) -> None:
    positions, durations = censored_durations(FOUR, way)
    assert list(positions) == used
    assert list(durations.low) == low
    assert list(durations.high) == high


def test_a_verdict_that_depends_on_the_way_is_undetermined() -> None:
    assert joint_verdict(["pass"] * 4) == "pass"
    assert joint_verdict(["miss"] * 4) == "miss"
    assert joint_verdict(["pass", "pass", "pass", "miss"]) == "undetermined"
    assert joint_verdict(["undetermined"] * 4) == "undetermined"


def test_a_figure_misses_a_band_only_with_its_whole_interval() -> None:
    assert band_verdict(0.5, 0.4, 0.6, (0.45, 0.55)) == "pass"
    assert band_verdict(0.6, 0.5, 0.7, (0.45, 0.55)) == "undetermined"
    assert band_verdict(0.6, 0.56, 0.7, (0.45, 0.55)) == "miss"
    assert band_verdict(0.3, 0.2, 0.44, (0.45, 0.55)) == "miss"


def test_no_gain_is_a_miss_and_an_unsure_one_is_open() -> None:
    assert gain_verdict(0.1, 0.01) == "pass"
    assert gain_verdict(0.1, -0.01) == "undetermined"
    assert gain_verdict(0.0, -0.1) == "miss"


def test_open_ended_deals_only_are_grouped() -> None:
    assert in_group(Features(), "cessation")
    assert in_group(Features(local=True), "local")
    assert not in_group(Features(local=True), "whole territory")
    assert not in_group(Features(fixed_term=True), "all")


def test_there_are_no_figures_of_fewer_than_five_deals() -> None:
    deals = [Deal(str(k), "x", Features(ceasefire_class=CLASSES[k // 5]), 5, 5, True, True) for k in range(14)]
    groups = {group for _, group, _ in targets_of(deals).value}
    assert groups == {"cessation", "preliminary", "whole territory", "all"}


def test_the_shape_of_a_weibull_is_recovered() -> None:
    days = np.floor(100.0 * np.random.default_rng(2).weibull(0.5, 4000))
    assert weibull_shape(days, days + 1) == pytest.approx(0.5, abs=0.03)


def test_no_country_is_on_both_sides_of_a_fold() -> None:
    countries = [name for k, name in enumerate("abcdefghijkl") for _ in range(k + 1)]
    of = folds(countries, 4)
    assert all(len({fold for c, fold in zip(countries, of, strict=True) if c == name}) == 1 for name in set(countries))
    loads = np.bincount(of)
    assert loads.max() - loads.min() <= 3


def test_a_deal_is_forecast_without_its_country(monkeypatch: pytest.MonkeyPatch) -> None:
    in_both: list[set[int]] = []

    def spy(training: list[Features], durations: object, test: list[Features]) -> np.ndarray:
        in_both.append({f.prior_ceasefires for f in training} & {f.prior_ceasefires for f in test})
        return np.full((len(test), BINS), 1 / BINS)

    monkeypatch.setitem(BASELINES, "spy", spy)
    deals = [
        Deal(str(k), str(k % 12), Features(prior_ceasefires=k % 12), 3.0 + k, 3.0 + k, True, True) for k in range(48)
    ]
    one = cross_validate(deals, made_up_table(), "dated")
    assert len(in_both) == 10
    assert set().union(*in_both) == set()
    assert np.allclose(one.forecasts[MODEL].sum(axis=1), 1.0)


def test_regressions_recover_a_known_weibull() -> None:
    generator = np.random.default_rng(4)
    features = [Features(mechanism=bool(k % 2)) for k in range(3000)]
    days = np.floor(np.array([80.0 if f.mechanism else 20.0 for f in features]) * generator.weibull(0.6, 3000))
    what = censored_durations(
        [Deal(str(k), "", f, d, d, True, True) for k, (f, d) in enumerate(zip(features, days, strict=True))]
    )[1]
    for forecaster, within in ((weibull, 0.03), (cox, 0.05), (lognormal, 0.08)):
        mass = forecaster(features, what, [Features(), Features(mechanism=True)])
        for scale, row in zip((20.0, 80.0), mass, strict=True):
            for day in (7.0, 30.0, 120.0):
                assert surviving(row, day) == pytest.approx(np.exp(-((day / scale) ** 0.6)), abs=within), forecaster


def test_a_curve_by_class_depends_on_the_class_alone() -> None:
    features = [Features(ceasefire_class=CLASSES[k % 3], local=bool(k % 2)) for k in range(120)]
    days = np.array([(2.0, 20.0, 200.0)[k % 3] for k in range(120)])
    what = censored_durations(
        [Deal(str(k), "", f, d, d, True, True) for k, (f, d) in enumerate(zip(features, days, strict=True))]
    )[1]
    mass = by_class(features, what, features[:6])
    assert np.array_equal(mass[0], mass[3])
    assert surviving(mass[1], 10.0) > 0.85 > 0.15 > surviving(mass[0], 10.0)


def test_resampling_keeps_the_number_of_deals() -> None:
    mass = np.full((3, BINS), 1 / BINS)
    counts = resample_ends(mass, np.array([5.0, 7.0, 1.0]), draws=9)
    assert counts.shape == (9, BINS)
    assert set(counts.sum(axis=1)) == {13.0}
    assert len(EDGES) == BINS


def reference_class_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Validation of the rows of the reference class only, with few worlds."""
    monkeypatch.setattr("ceasefire.evaluation.validation.data_used.QUICK_WORLDS", 6)
    rows = (hazard_falls, class_order, survival_by_class, forecast_skill)
    assert set(rows) <= set(all_rows.ROWS)
    monkeypatch.setattr(all_rows, "ROWS", rows)


def test_rows_that_need_data_are_not_run_without(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    reference_class_only(monkeypatch)
    answer = command("validate", "--quick", "--json")
    assert answer.code == 0
    content = json.loads(answer.out)
    by_row = {row: [f for f in content["findings"] if f["row"] == row] for row in ("1", "2", "3", "skill")}
    assert all(by_row.values())
    assert {f["verdict"] for f in by_row["skill"]} == {"not run"}
    assert all("needs data" in f["note"] for f in by_row["skill"])
    assert {f["sample"] for f in by_row["1"] + by_row["2"] + by_row["3"]} == {"in sample"}
    assert content["free_parameters"] == 12


def test_with_data_every_row_has_a_verdict(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reference_class_only(monkeypatch)
    deals = deals_of(90)
    rows = [
        as_row(d) | {"ceasefire_class": CLASSES[k // 5 % 3], "local": str(k // 15 % 2)} for k, d in enumerate(deals)
    ]
    data = write_file(tmp_path / "data", rows)
    answer = command("validate", "--quick", "--data", str(data), "--out", str(tmp_path / "out"))
    assert answer.code == 0, answer.err
    assert "not run" not in answer.out
    assert "out of sample" in answer.out
    assert "in sample" not in answer.out
    files = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert files == ["asked.json", "calibration.png", "calibration.svg", "datapackage.json", "scores.csv"]
    with (tmp_path / "out" / "scores.csv").open(encoding="utf-8", newline="") as opened:
        scores = list(csv.DictReader(opened))
    assert {(row["way"], row["forecaster"]) for row in scores} == {(w, f) for w in WAYS for f in (MODEL, *BASELINES)}


def test_forecasts_need_data() -> None:
    with pytest.raises(ValueError, match="no data"):
        _ = Evidence().cross_validated


def test_the_documentation_names_every_column_of_the_file() -> None:
    text = (Path(__file__).parents[2] / "docs" / "validation.md").read_text(encoding="utf-8")
    for column, holds in COLUMNS.items():
        assert f"| `{column}` | {holds} |" in text
