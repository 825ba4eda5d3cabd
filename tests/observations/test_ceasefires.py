"""The raw ceasefire data as durations: what each column is derived from, and what is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from observations.made_files import Row, deal, write

import ceasefire
from ceasefire.errors import ScenarioError
from ceasefire.observations.ceasefires import COLUMNS, planned_days
from ceasefire.observations.observe import Observed
from ceasefire.reference_class.coded_deals import COLUMNS as FITTED
from ceasefire.reference_class.coded_deals import read_deals
from ceasefire.reference_class.outside_view.data_folder import DURATIONS


@pytest.fixture
def observed(tmp_path: Path) -> Any:
    """Observes rows as the file that holds them."""

    def observe(*rows: Row, **options: Any) -> Observed:
        found: Observed = ceasefire.observe(write(tmp_path / "raw.csv", list(rows)), **options)
        return found

    return observe


def began(number: int, **changes: object) -> Row:
    """The truce of this number, from the first day of this month of 2001 and without an end."""
    undated = {"end_yr": 2001, "end_month": -9, "end_day": 0, "ended": -1}
    return deal(**({"cf_id": number, "cf_effect_month": number} | undated | changes))


def test_durations_are_a_table_that_forecasts_can_be_fitted_to(observed: Any, tmp_path: Path) -> None:
    rows = [deal(), deal(actor_name="Government of Elbonia"), began(6), began(9, ended=0, ceasefire_class=3)]
    table = observed(*rows).table()
    assert tuple(table.columns) == COLUMNS
    assert set(FITTED) <= set(COLUMNS)
    table.to_csv(tmp_path / DURATIONS, index=False)
    assert len(read_deals(tmp_path)) == 3


def test_one_truce_becomes_one_row(observed: Any) -> None:
    found = observed(deal(enforcement=2, implement=1, mediator_nego="The neighbours", partial=1, ddr=-9))
    assert found.table().iloc[0].to_dict() == {
        "ceasefire_id": "998001", "location": "Elbonia", "conflict": 901, "start": "2001-05-01",
        "ceasefire_class": "cessation", "sides": "unilateral", "local": 1, "written": 1, "fixed_term": 1,
        "planned_days": 14.0, "mechanism": 1, "enforcement": "international", "mediated": 1, "ddr": 0,
        "prior_ceasefires": 0, "days_mid": 10.0, "days_upper": 10.0, "broke": 1, "end_date_known": 1,
    }  # fmt: skip
    assert "ddr is not coded for all: written as 0 where it is not" in found.account.notes


def test_sides_are_counted_by_the_actors_that_have_a_row(observed: Any) -> None:
    actors = ("One", "Two", "Three")
    for count, word in ((1, "unilateral"), (2, "bilateral"), (3, "multilateral")):
        table = observed(*(deal(actor_name=name) for name in actors[:count])).table()
        assert table["sides"].tolist() == [word]


@pytest.mark.parametrize(
    ("changes", "mid", "upper", "broke", "dated"),
    [
        ({"ended": 2}, 10, 10, 1, 1),
        ({"ended": 1}, 10, 10, 0, 1),
        ({"ended": 4}, 10, 10, 0, 1),
        ({"ended": 2, "end_day": 0}, 30.5, 61, 1, 0),
        ({"ended": -1, "end_month": -9}, 30.5, 61, 1, 0),
        ({"ended": 1, "end_day": -9}, 14, 14, 0, 1),
        ({"ended": 4, "end_yr": -1}, 61, 61, 0, 1),
        ({"ended": 3, "end_day": 0}, 0.5, 0.5, 1, 1),
        ({"ended": 0}, 7184, 7184, 0, 1),
        ({"ended": 2, "end_day": 1}, 0.5, 0.5, 1, 1),
    ],
)
def test_an_end_is_read_as_its_code_says(
    observed: Any, changes: Row, mid: float, upper: float, broke: int, dated: int
) -> None:
    row = observed(deal(**changes), began(7)).table().iloc[0]
    assert (row["days_mid"], row["days_upper"], row["broke"], row["end_date_known"]) == (mid, upper, broke, dated)


def test_the_next_ceasefire_is_that_of_the_dyad_and_of_the_conflict_where_no_dyad_is_coded(observed: Any) -> None:
    undated = {"ended": -1, "end_day": 0}
    other = observed(deal(**undated), began(6, ucdp_dyad=78), began(7)).table()
    assert other["days_upper"].tolist()[0] == 61
    uncoded = observed(deal(**undated, ucdp_dyad=-9), began(6, ucdp_dyad=78), began(7)).table()
    assert uncoded["days_upper"].tolist()[0] == 31
    last = observed(deal(**undated)).table()
    assert last["days_upper"].tolist() == [7184]


def test_earlier_ceasefires_are_counted_within_the_conflict_filtered_out_or_not(observed: Any) -> None:
    rows = [began(9), began(6, ceasefire_class=-9), began(7, ucdp_acd_id=-9), deal(), began(8, location="Freedonia")]
    table = observed(*rows).table()
    assert dict(zip(table["ceasefire_id"], table["prior_ceasefires"], strict=True)) == {
        "998001": 0, "998007": 0, "998008": 2, "998009": 3,
    }  # fmt: skip
    assert table["conflict"].tolist() == [901, -998, 901, 901]
    assert observed(*rows, country="Freedonia").table()["prior_ceasefires"].tolist() == [2]
    assert observed(*rows, first_day="2001-09-01").table()["prior_ceasefires"].tolist() == [3]


def test_what_is_not_coded_well_enough_is_left_out_and_told(observed: Any) -> None:
    unknown_day = {"cf_effect_day": 0, "cf_dec_day": -9}
    rows = [deal(), began(6, **unknown_day), began(7, ceasefire_class=-1), began(8, ended=-9), began(9, ended=1)]
    late_end = deal(cf_id=2, end_yr=2000)
    found = observed(*rows, late_end, deal(cf_id=3, cf_effect_day=0))
    assert found.table()["start"].tolist() == ["2001-04-30", "2001-05-01", "2001-09-01"]
    assert found.account.dropped == {
        "ceasefires whose first day or class is not coded": 2,
        "ceasefires whose end is not coded, or lies before their start": 2,
    }


@pytest.mark.parametrize(
    ("text", "days"),
    [("14", 14), ("14.0", 14), ("2 weeks", 14), ("6 months", 180), ("1 year", 360), ("72 hours", None), ("0", None),
     ("-9", None), ("", None), ("until Easter", None)],
)  # fmt: skip
def test_a_planned_length_is_days_or_has_its_unit(text: str, days: float | None) -> None:
    assert pd.isna(planned_days(text)) if days is None else planned_days(text) == days


def test_filters_choose_ceasefires_by_country_actor_dyad_and_first_day(observed: Any) -> None:
    rows = [deal(), deal(actor_name="Government of Elbonia"), began(6, ucdp_dyad=78, actor_name="Right Bank Front")]
    assert observed(*rows, actors="government*").table()["ceasefire_id"].tolist() == ["998001"]
    assert observed(*rows, dyad="78").table()["ceasefire_id"].tolist() == ["998006"]
    assert observed(*rows, last_day="2001-05-31").table()["ceasefire_id"].tolist() == ["998001"]
    with pytest.raises(ScenarioError, match="country: no row has 'Elbona'; did you mean 'Elbonia'"):
        observed(*rows, country="Elbona")
    with pytest.raises(ScenarioError, match="box: ceasefires have no place on the map"):
        observed(*rows, box="1,2,1,2")
    with pytest.raises(ValueError, match="ceasefires have no weekly counts"):
        observed(*rows).weekly()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cf_effect_day": 31, "cf_effect_month": 6}, "cf_effect_day: 2001-6-31 is no day of the calendar"),
        ({"end_yr": 1}, "end_yr: 1 is not within 1900 to 2100"),
        ({"cf_id": -9}, "cf_id: a row names its ceasefire by cc and cf_id"),
        ({"ended": "no"}, "ended: 'no' is not a code; write a whole number"),
        ({"ceasefire_class": "1.5"}, "ceasefire_class: '1.5' is not a code"),
        ({"end_yr": "inf"}, "end_yr: 'inf' is not a code"),
        ({"location": " "}, "location: is empty; a ceasefire has a country"),
        ({"location": "=1+1"}, "location: '=1+1' would be taken for a formula"),
    ],
)
def test_a_bad_cell_of_a_ceasefire_is_refused_with_its_line(observed: Any, changes: Row, said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        observed(deal(), deal(**changes))
    (fault,) = refused.value.faults
    assert (fault.line, said in str(fault)) == (3, True), str(fault)


CELL = st.sampled_from(
    [
        "",
        "NA",
        "-9",
        "-1",
        "0",
        "1",
        "2",
        "3",
        "4",
        "12",
        "31",
        "1999",
        "2020",
        "9999",
        "1e9",
        "0.5",
        "inf",
        "x",
        "2 weeks",
    ]
)


def outcome(path: Path) -> Observed | ScenarioError:
    """What a file is read as, or why it is refused."""
    try:
        observed: Observed = ceasefire.observe(path)
    except ScenarioError as error:
        return error
    return observed


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(st.sampled_from(sorted(deal())), CELL, max_size=4), min_size=1, max_size=6))
def test_mangled_codes_give_sound_durations_or_a_fault_with_a_line_for_each(
    tmp_path: Path, changes: list[dict[str, str]]
) -> None:
    rows = [deal(**({"cf_id": number, "cf_effect_month": number} | change)) for number, change in enumerate(changes, 1)]
    found = outcome(write(tmp_path / "raw.csv", rows))
    if isinstance(found, ScenarioError):
        assert all(fault.line and 2 <= fault.line <= 1 + len(rows) for fault in found.faults)
        return
    table = found.table()
    assert ((table["days_mid"] > 0) & (table["days_mid"] <= table["days_upper"])).all()
    assert (table["days_mid"] == table["days_upper"]).equals(table["end_date_known"] == 1) or table.empty
    assert len(table) + sum(found.account.dropped.values()) == len({(row["cc"], row["cf_id"]) for row in rows})
    table.to_csv(tmp_path / DURATIONS, index=False)
    if len(table):
        assert len(read_deals(tmp_path)) == len(table)


def test_cells_that_are_not_utf8_are_read_and_the_account_says_how(tmp_path: Path) -> None:
    file = write(tmp_path / "raw.csv", [deal(location="Élbonia")], "cp1252")
    found = ceasefire.observe(file)
    assert found.table()["location"].tolist() == ["Élbonia"]
    (panel,) = found.plot().axes
    assert np.asarray(panel.lines[0].get_ydata()).tolist() == found.table()["days_mid"].tolist()
    assert "not all of it is UTF-8: the rest was read as Windows-1252" in found.account.notes
