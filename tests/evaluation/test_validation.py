"""Reading coded deals, the verdicts of validation, and the command."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import Command

from ceasefire.analysis.interval_censored import BINS, EDGES, surviving
from ceasefire.errors import ScenarioError
from ceasefire.evaluation.validation import patterns as all_rows
from ceasefire.evaluation.validation.baselines import RIVALS, by_class, cox, lognormal, weibull
from ceasefire.evaluation.validation.check_result import all_ways, in_band, surely_better
from ceasefire.evaluation.validation.cross_validation import MODEL, crossed, folds
from ceasefire.evaluation.validation.data_used import Evidence, lived_again
from ceasefire.evaluation.validation.forecast_scores import forecast_skill
from ceasefire.evaluation.validation.reference_class_patterns import class_order, hazard_falls, survival_by_class
from ceasefire.reference_class.coded_deals import COLUMNS, FILE, WAYS, Deal, read_deals, seen
from ceasefire.reference_class.features import CLASSES, Features
from ceasefire.reference_class.observed_durations import in_group, targets_of, weibull_shape

SOUND = {
    "ceasefire_id": "1", "location": "Ruritania", "start": "1999-05-01", "ceasefire_class": "cessation",
    "sides": "bilateral", "local": "0", "written": "1", "fixed_term": "0", "planned_days": "", "mechanism": "1",
    "enforcement": "", "mediated": "0", "prior_ceasefires": "3", "days_mid": "10.5", "days_upper": "21.0",
    "broke": "1", "end_date_known": "0",
}  # fmt: skip
"""A row of a data file that is right."""


def deals_of(n: int, seed: int = 1) -> list[Deal]:
    """Made-up deals of a few countries; a mechanism doubles a life, and every third end is not dated."""
    dice = np.random.default_rng(seed)
    found = []
    for k in range(n):
        features = Features(
            sides="unilateral" if k % 3 == 0 else "bilateral", mechanism=bool(k % 2), prior_ceasefires=k % 10
        )
        day = float(np.floor(dice.weibull(0.5) * (60 if features.mechanism else 30)))
        dated, broke = k % 3 != 1, k % 7 != 0
        upper = day if dated else 2 * day + 1
        found.append(Deal(str(k), f"country {k % 8}", features, upper if dated else upper / 2, upper, broke, dated))
    return found


def write_file(folder: Path, rows: list[dict[str, str]]) -> Path:
    """A data folder with these rows."""
    folder.mkdir(exist_ok=True)
    with (folder / FILE).open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(SOUND))
        writer.writeheader()
        writer.writerows(rows)
    return folder


def as_row(deal: Deal) -> dict[str, str]:
    """The row of a made-up deal."""
    f = deal.features
    return SOUND | {
        "ceasefire_id": deal.name, "location": deal.country, "ceasefire_class": f.ceasefire_class, "sides": f.sides,
        "local": str(int(f.local)), "written": str(int(f.written)), "mechanism": str(int(f.mechanism)),
        "prior_ceasefires": str(f.prior_ceasefires), "days_mid": str(deal.days_mid), "days_upper": str(deal.days_upper),
        "broke": str(int(deal.broke)), "end_date_known": str(int(deal.dated)),
    }  # fmt: skip


# ------------------------------------------------------------------------------------ reading


def test_a_sound_row_is_read(tmp_path: Path) -> None:
    (deal,) = read_deals(write_file(tmp_path, [SOUND]))
    assert deal == Deal(
        "1", "Ruritania", Features(written=True, mechanism=True, prior_ceasefires=3), 10.5, 21.0, True, False
    )
    assert set(SOUND) == set(COLUMNS)


@pytest.mark.parametrize(
    ("column", "said", "message"),
    [
        ("ceasefire_class", "truce", "'truce' is not one of cessation, preliminary, definitive"),
        ("sides", "", "'' is not one of unilateral, bilateral, multilateral"),
        ("enforcement", "strict", "'strict' is not one of none, international, external"),
        ("local", "yes", "'yes' is neither 0 nor 1"),
        ("broke", "", "'' is neither 0 nor 1"),
        ("days_mid", "soon", "'soon' is not a number"),
        ("days_upper", "-3", "-3 is not a number of days from 0"),
        ("days_upper", "nan", "nan is not a number of days from 0"),
        ("days_mid", "30", "30 is above days_upper, 21"),
        ("prior_ceasefires", "2.5", "'2.5' is not a whole number from 0"),
        ("start", "1.5.1999", "'1.5.1999' is not a day such as 2020-03-05"),
        ("location", " ", "is empty"),
        ("planned_days", "x", "'x' is not a number"),
    ],
)
def test_a_wrong_cell_is_named_by_file_line_and_column(tmp_path: Path, column: str, said: str, message: str) -> None:
    good = SOUND | {"ceasefire_id": "0"}
    folder = write_file(tmp_path, [good, SOUND | {column: said}])
    with pytest.raises(ScenarioError) as caught:
        read_deals(folder)
    assert [str(fault) for fault in caught.value.faults] == [f"{folder / FILE}:3: {column}: {message}"]


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
        (b"", "no such column"),
        (b"ceasefire_id,location\n1,x\n", "start: no such column; it holds first day"),
        (b"\xff\xfe\x00", "is not text in UTF-8"),
        (",".join(SOUND).encode() + b"\n", "holds no deals, only a header"),
        (",".join(SOUND).encode() + b"\n1,2\n", "has 2 cells, and the header 17"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused(command: Command, tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / FILE).write_bytes(content)
    answer = command("validate", "--data", str(tmp_path))
    assert answer.code == 2
    assert message in answer.err
    assert FILE in answer.err
    assert "Traceback" not in answer.err


def test_a_folder_without_the_file_is_named(command: Command, tmp_path: Path) -> None:
    for given in (tmp_path, tmp_path / "nowhere"):
        answer = command("validate", "--data", str(given))
        assert answer.code == 2
        assert str(given) in answer.err


# ------------------------------------------------------------------------------------ four ways


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
    found, what = seen(FOUR, way)
    assert list(found) == used
    assert list(what.low) == low
    assert list(what.high) == high


def test_a_verdict_that_depends_on_the_way_is_undetermined() -> None:
    assert all_ways(["pass"] * 4) == "pass"
    assert all_ways(["miss"] * 4) == "miss"
    assert all_ways(["pass", "pass", "pass", "miss"]) == "undetermined"
    assert all_ways(["undetermined"] * 4) == "undetermined"


def test_a_figure_misses_a_band_only_with_its_whole_interval() -> None:
    assert in_band(0.5, 0.4, 0.6, (0.45, 0.55)) == "pass"
    assert in_band(0.6, 0.5, 0.7, (0.45, 0.55)) == "undetermined"
    assert in_band(0.6, 0.56, 0.7, (0.45, 0.55)) == "miss"
    assert in_band(0.3, 0.2, 0.44, (0.45, 0.55)) == "miss"


def test_no_gain_is_a_miss_and_an_unsure_one_is_open() -> None:
    assert surely_better(0.1, 0.01) == "pass"
    assert surely_better(0.1, -0.01) == "undetermined"
    assert surely_better(0.0, -0.1) == "miss"


def test_open_ended_deals_only_are_grouped() -> None:
    assert in_group(Features(), "cessation")
    assert in_group(Features(local=True), "local")
    assert not in_group(Features(local=True), "whole territory")
    assert not in_group(Features(fixed_term=True), "all")


def test_figures_of_fewer_than_five_deals_are_not_told() -> None:
    deals = [Deal(str(k), "x", Features(ceasefire_class=CLASSES[k // 5]), 5, 5, True, True) for k in range(14)]
    told = {group for _, group, _ in targets_of(deals).value}
    assert told == {"cessation", "preliminary", "whole territory", "all"}


def test_the_shape_of_a_weibull_is_found_again() -> None:
    days = np.floor(100.0 * np.random.default_rng(2).weibull(0.5, 4000))
    assert weibull_shape(days, days + 1) == pytest.approx(0.5, abs=0.03)


# ------------------------------------------------------------------------------------ forecasts of others


def test_no_country_is_on_both_sides_of_a_fold() -> None:
    countries = [name for k, name in enumerate("abcdefghijkl") for _ in range(k + 1)]
    of = folds(countries, 4)
    assert all(len({fold for c, fold in zip(countries, of, strict=True) if c == name}) == 1 for name in set(countries))
    loads = np.bincount(of)
    assert loads.max() - loads.min() <= 3


def test_a_deal_is_forecast_without_its_country(monkeypatch: pytest.MonkeyPatch) -> None:
    from test_reference_class import made_up_table

    learnt_from: list[set[int]] = []

    def spy(learnt: list[Features], what: object, wanted: list[Features]) -> np.ndarray:
        learnt_from.append({f.prior_ceasefires for f in learnt} & {f.prior_ceasefires for f in wanted})
        return np.full((len(wanted), BINS), 1 / BINS)

    monkeypatch.setitem(RIVALS, "spy", spy)
    deals = [
        Deal(str(k), str(k % 12), Features(prior_ceasefires=k % 12), 3.0 + k, 3.0 + k, True, True) for k in range(48)
    ]
    one = crossed(deals, made_up_table(), "dated")
    assert len(learnt_from) == 10
    assert set().union(*learnt_from) == set()
    assert np.allclose(one.forecasts[MODEL].sum(axis=1), 1.0)


def test_a_weibull_regression_finds_a_known_one_again() -> None:
    dice = np.random.default_rng(4)
    features = [Features(mechanism=bool(k % 2)) for k in range(3000)]
    days = np.floor(np.array([80.0 if f.mechanism else 20.0 for f in features]) * dice.weibull(0.6, 3000))
    what = seen([Deal(str(k), "", f, d, d, True, True) for k, (f, d) in enumerate(zip(features, days, strict=True))])[1]
    for forecaster, within in ((weibull, 0.03), (cox, 0.05), (lognormal, 0.08)):
        mass = forecaster(features, what, [Features(), Features(mechanism=True)])
        for scale, row in zip((20.0, 80.0), mass, strict=True):
            for day in (7.0, 30.0, 120.0):
                assert surviving(row, day) == pytest.approx(np.exp(-((day / scale) ** 0.6)), abs=within), forecaster


def test_a_curve_by_class_knows_the_class_and_nothing_else() -> None:
    features = [Features(ceasefire_class=CLASSES[k % 3], local=bool(k % 2)) for k in range(120)]
    days = np.array([(2.0, 20.0, 200.0)[k % 3] for k in range(120)])
    what = seen([Deal(str(k), "", f, d, d, True, True) for k, (f, d) in enumerate(zip(features, days, strict=True))])[1]
    mass = by_class(features, what, features[:6])
    assert np.array_equal(mass[0], mass[3])
    assert surviving(mass[1], 10.0) > 0.85 > 0.15 > surviving(mass[0], 10.0)


# ------------------------------------------------------------------------------------ the command


def test_living_again_keeps_the_number_of_deals() -> None:
    mass = np.full((3, BINS), 1 / BINS)
    again = lived_again(mass, np.array([5.0, 7.0, 1.0]), draws=9)
    assert again.shape == (9, BINS)
    assert set(again.sum(axis=1)) == {13.0}
    assert len(EDGES) == BINS


def population_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Validation of the population only, with few worlds."""
    monkeypatch.setattr("ceasefire.evaluation.validation.data_used.QUICK_WORLDS", 6)
    rows = (hazard_falls, class_order, survival_by_class, forecast_skill)
    assert set(rows) <= set(all_rows.ROWS)
    monkeypatch.setattr(all_rows, "ROWS", rows)


def test_rows_that_need_data_say_so(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    population_only(monkeypatch)
    answer = command("validate", "--quick", "--json")
    assert answer.code == 0
    said = json.loads(answer.out)
    by_row = {row: [f for f in said["findings"] if f["row"] == row] for row in ("1", "2", "3", "skill")}
    assert all(by_row.values())
    assert {f["verdict"] for f in by_row["skill"]} == {"not run"}
    assert all("needs data" in f["note"] for f in by_row["skill"])
    assert {f["sample"] for f in by_row["1"] + by_row["2"] + by_row["3"]} == {"in sample"}
    assert said["free_parameters"] == 12


def test_with_data_every_row_has_a_verdict(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    population_only(monkeypatch)
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
    assert files == ["asked.json", "calibration.png", "calibration.svg", "scores.csv"]
    with (tmp_path / "out" / "scores.csv").open(encoding="utf-8", newline="") as opened:
        scores = list(csv.DictReader(opened))
    assert {(row["way"], row["forecaster"]) for row in scores} == {(w, f) for w in WAYS for f in (MODEL, *RIVALS)}


def test_forecasts_need_data() -> None:
    with pytest.raises(ValueError, match="no data"):
        _ = Evidence().crossed


def test_the_documentation_names_every_column_of_the_file() -> None:
    text = (Path(__file__).parents[2] / "docs" / "validation.md").read_text(encoding="utf-8")
    for column, holds in COLUMNS.items():
        assert f"| `{column}` | {holds} |" in text
