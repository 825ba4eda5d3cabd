"""Which events count, on which day, and what is said of those that do not."""

from __future__ import annotations

import datetime
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from observations.made_files import (
    CIVILIANS,
    PROTESTS,
    SIGNED,
    Row,
    acled,
    acled_export,
    day,
    ged,
    ged_file,
    text_of,
    write,
)

import ceasefire
from ceasefire.errors import ScenarioError
from ceasefire.observations.observe import Observed


@pytest.fixture
def observed(tmp_path: Path) -> Any:
    """Observes rows as the file that holds them."""

    def observe(rows: list[Row], **options: Any) -> Observed:
        found: Observed = ceasefire.observe(write(tmp_path / "made.csv", rows), **options)
        return found

    return observe


def dropped(found: Observed) -> dict[str, int]:
    """Reasons that took any."""
    return {why: rows for why, rows in found.account.dropped.items() if rows}


def column(found: Observed, name: str) -> list[Any]:
    """A column of the table."""
    return list(found.table()[name])


def test_every_row_is_kept_or_dropped_for_one_reason(observed: Any) -> None:
    for rows in (ged_file(), acled_export()):
        for options in ({}, {"admin1": "North", "first_day": day(20), "last_day": day(90)}):
            found = observed(rows, **options)
            assert found.account.rows == 300
            assert found.account.kept + sum(found.account.dropped.values()) == 300
            assert 0 < found.account.kept < 300


def test_the_counts_are_those_that_a_loop_over_the_rows_finds(observed: Any) -> None:
    rows = ged_file(500)
    table = observed(rows).table().set_index("date")
    for number in range(180):
        kept = [
            row
            for row in rows
            if int(row["date_prec"]) <= 3
            and int(row["where_prec"]) <= 4
            and number == (int_day(row["date_start"]) + int_day(row["date_end"])) // 2
        ]
        line = table.loc[day(number)] if day(number) in table.index else None
        if line is None:
            assert not kept
            continue
        assert line["incidents"] == len(kept)
        for name, source in (("deaths", "best"), ("low", "low"), ("high", "high"), ("civilians", "deaths_civilians"),
                             ("deaths_a", "deaths_a"), ("deaths_b", "deaths_b")):  # fmt: skip
            assert line[name] == sum(int(row[source]) for row in kept), (number, name)


def int_day(text: str) -> int:
    """Days after SIGNED."""
    days: int = (datetime.date.fromisoformat(text[:10]) - SIGNED).days
    return days


def test_days_without_an_event_are_zeros_within_the_file_and_absent_outside(observed: Any) -> None:
    found = observed([ged(3), ged(6)])
    assert [str(date)[:10] for date in column(found, "date")] == [day(3), day(4), day(5), day(6)]
    assert column(found, "incidents") == [1, 0, 0, 1]
    asked = observed([ged(3), ged(6)], first_day=day(0), last_day=day(9))
    assert asked.table().equals(found.table())
    assert f"the first event of the file is of {day(3)}: days before are not written" in asked.account.notes[-2]
    assert f"the last event of the file is of {day(6)}: days after are not written" in asked.account.notes[-1]


def test_what_the_file_is_stated_to_cover_is_zero_where_nothing_happened(observed: Any) -> None:
    found = observed([ged(3), ged(6)], covers=f"{day(0)}:{day(9)}")
    assert column(found, "incidents") == [0, 0, 0, 1, 0, 0, 1, 0, 0, 0]
    assert column(observed([ged(3)], covers=(day(0), day(9)), last_day=day(4)), "incidents") == [0, 0, 0, 1, 0]


def test_events_elsewhere_show_that_quiet_days_were_observed(observed: Any) -> None:
    found = observed([ged(0, adm_1="South"), ged(2), ged(4, adm_1="West")], admin1="north")
    assert column(found, "incidents") == [0, 0, 1, 0, 0]
    badly_dated = observed([ged(0, date_prec=4), ged(2)])
    assert column(badly_dated, "incidents") == [1]


def test_an_event_of_several_days_is_counted_once_on_the_middle_one(observed: Any) -> None:
    found = observed([ged(0), ged(2, date_end=f"{day(6)} 00:00:00.000", best=9, high=9), ged(8)])
    assert column(found, "incidents") == [1, 0, 0, 0, 1, 0, 0, 0, 1]
    assert column(found, "deaths")[4] == 9
    assert "1 event lasted several days (at most 5): counted on the middle one" in found.account.notes


def test_events_that_are_not_dated_or_placed_well_enough_are_dropped_and_told(observed: Any) -> None:
    rows = [ged(0), *(ged(k, date_prec=k) for k in range(1, 6)), *(ged(k, where_prec=k) for k in range(6, 8)), ged(9)]
    found = observed(rows)
    assert dropped(found) == {
        "the day is not known well enough (date_prec above 3)": 2,
        "the place is not known well enough (where_prec above 4)": 2,
    }
    assert observed(rows, date_prec=5, where_prec=7).account.kept == 9
    assert observed(rows, date_prec=1, where_prec=1).account.kept == 3
    unknown = observed([ged(0), ged(1, date_prec=""), ged(2, where_prec="NA"), ged(3)])
    assert unknown.account.kept == 2


def test_the_same_event_twice_is_counted_once_and_events_without_a_number_all_are(observed: Any) -> None:
    found = observed([ged(0), ged(0, best=9, high=9), ged(1)])
    assert column(found, "deaths") == [2, 2]
    assert dropped(found) == {"the same id again": 1}
    assert column(observed([ged(0, id=""), ged(0, id=""), ged(0, id=5)]), "incidents") == [3]


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({"country": "elbonia"}, [0, 1, 2, 3]),
        ({"country": ["Elbonia", "Freedonia"]}, [0, 1, 2, 3, 4]),
        ({"country": "*onia"}, [0, 1, 2, 3, 4]),
        ({"admin1": "South"}, [1]),
        ({"dyad": "*left bank*"}, [0, 1, 3, 4]),
        ({"dyad": "78"}, [2]),
        ({"actors": "Right Bank Front"}, [2, 3]),
        ({"actors": ["Government of Elbonia", "Left Bank Front"]}, [0, 1, 4]),
        ({"actors": ["Government of Elbonia", "Right Bank Front"]}, [2, 4]),
        ({"box": "10,11,20,21"}, [0, 1, 2, 3]),
        ({"box": [10.6, 12, -180, 180]}, [4]),
        ({"box": [-90, 11, -180, 180]}, [0, 1, 2, 3]),
        ({"box": [-90, 90, -180, 0]}, [4]),
        ({"box": [10.5, 90, 20.5, 180]}, [0, 1, 2, 3]),
        ({"first_day": day(1), "last_day": day(3)}, [1, 2, 3]),
        ({"country": "Elbonia", "admin1": "North", "last_day": day(2)}, [0, 2]),
    ],
)
def test_each_filter_keeps_what_it_names(observed: Any, options: dict[str, Any], kept: list[int]) -> None:
    rows = [
        ged(0),
        ged(1, adm_1="South"),
        ged(2, side_b="Right Bank Front", dyad_new_id="78", dyad_name="Government of Elbonia - Right Bank Front"),
        ged(3, side_a="Right Bank Front"),
        ged(4, country="Freedonia", side_b="Civilians", latitude="11.5", longitude="-170"),
    ]
    table = observed(rows, **options).table()
    assert [int_day(str(date)) for date in table["date"][table["incidents"] > 0]] == kept


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"country": "Elbon"}, "country: no row has 'Elbon'; did you mean 'Elbonia'?"),
        ({"country": ["Elbonia", "Syldavia"]}, "country: no row has 'Syldavia'; there are 'Elbonia'"),
        ({"admin1": "Nroth"}, "admin1: no row has 'Nroth'; did you mean 'North'?"),
        ({"actors": "left bank"}, "actors: no row has 'left bank'; did you mean 'Left Bank Front'?"),
        ({"country": "[a-z]lbonia"}, "country: no row has '[a-z]lbonia'; did you mean 'Elbonia'?"),
        ({"country": "?lbonia"}, "country: no row has '?lbonia'; did you mean 'Elbonia'?"),
        ({"country": " "}, "country: is empty; write a name, or leave it out"),
        ({"box": "1,2,3"}, "box: '1,2,3' is no box; write SOUTH,NORTH,WEST,EAST"),
        ({"box": "36.7,35.2,35.8,37.3"}, "box: 36.7,35.2,35.8,37.3 is no box"),
        ({"box": "nan,1,1,2"}, "is no box"),
        ({"first_day": "3 March"}, "from: '3 March' is not a day; write 2018-09-17"),
        ({"first_day": day(2), "last_day": day(1)}, f"to: {day(1)} is before {day(2)}"),
        ({"first_day": day(20)}, f"has no event in the days asked for: it runs from {day(0)} to {day(1)}"),
        ({"covers": day(0)}, "covers: write the first and last day that the file covers"),
        ({"covers": f"{day(2)}:{day(1)}"}, "covers: write the first and last day that the file covers"),
        ({"covers": f"{day(2)}:"}, "covers: '' is not a day"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused(observed: Any, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        observed([ged(0), ged(1)], **options)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"best": "inf"}, "best: 'inf' is not a count"),
        ({"best": "2.5"}, "best: '2.5' is not a count"),
        ({"deaths_civilians": "3"}, "deaths_civilians: 3 is more than best, 2; a part is no more than all"),
        ({"deaths_a": "9"}, "deaths_a: 9 is more than best, 2"),
        ({"date_end": day(0)}, "date_end: is before date_start; no event ends before it begins"),
        ({"date_start": "03/06/2031"}, "date_start: '03/06/2031' is not a day; write 2023-01-31"),
        ({"date_prec": "high"}, "date_prec: 'high' is not a code"),
        ({"latitude": "95"}, "latitude: '95' is not within -90 to 90 degrees"),
        ({"longitude": "east"}, "longitude: 'east' is not a number"),
        ({"latitude": "nan", "longitude": "inf"}, "longitude: 'inf' is not a number"),
    ],
)
def test_a_bad_cell_is_refused_with_its_line_and_column(observed: Any, changes: Row, said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        observed([ged(0), ged(1), ged(3, **changes), ged(4)], box="-90,90,-180,180")
    (fault,) = refused.value.faults
    assert fault.line == 4
    assert said in str(fault)


def test_a_place_that_is_not_known_lies_in_no_box(observed: Any) -> None:
    found = observed([ged(0), ged(1, latitude="", longitude="NA"), ged(2)], box="-90,90,-180,180")
    assert column(found, "incidents") == [1, 0, 1]


def test_semicolons_and_decimal_commas_give_the_same_counts(tmp_path: Path) -> None:
    rows = ged_file()
    commas = [row | {name: row[name].replace(".", ",") for name in ("latitude", "longitude")} for row in rows]
    commas = [row | {"best": row["best"] + ",0"} for row in commas]
    found = ceasefire.observe(write(tmp_path / "commas.csv", commas, delimiter=";"), box="9,10.5,19,21")
    assert found.table().equals(ceasefire.observe(write(tmp_path / "made.csv", rows), box="9,10.5,19,21").table())
    assert found.account.kept > 10


def test_deaths_that_are_not_known_leave_their_day_and_week_blank(observed: Any) -> None:
    found = observed([ged(0), ged(1, best="NA"), ged(14)])
    assert found.table()["deaths"].isna().tolist() == [False, True] + [False] * 13
    assert found.table()["incidents"].tolist()[:2] == [1, 1]
    assert found.weekly()["deaths"].isna().tolist() == [True, False]
    assert "1 event without a number of deaths: deaths of their days are left blank" in found.account.notes


def test_low_and_high_hold_the_best_count_between_them(observed: Any) -> None:
    found = observed([ged(0, best=5, low=6, high=4), ged(1)])
    assert (column(found, "low"), column(found, "high")) == ([5, 1], [5, 3])
    assert "1 row with low or high on the wrong side of the best count: widened to it" in found.account.notes


def test_deaths_of_a_side_are_told_only_where_side_a_is_one_party(observed: Any) -> None:
    two = observed([ged(0), ged(1, side_a="Freedonia", side_b="Syldavia")])
    assert "deaths_a" not in two.table()
    assert "deaths_b" not in two.table()
    assert "deaths_a and deaths_b left out: side A is 2 parties; choose by dyad or actors" in two.account.notes
    one = observed([ged(0), ged(1, side_b="Right Bank Front")])
    assert column(one, "deaths_b") == [2, 2]
    assert "deaths_a: 'Government of Elbonia'; deaths_b: its 2 opponents together" in one.account.notes


def test_a_row_for_each_province_adds_up_to_the_whole(observed: Any) -> None:
    rows = ged_file()
    parts, whole = observed(rows, by_admin1=True), observed(rows)
    assert set(parts.table()["sector"]) == {"North", "South"}
    figures = ["incidents", "deaths", "low", "high", "civilians"]
    assert parts.table().groupby("date")[figures].sum().reset_index().equals(whole.table()[["date", *figures]])
    assert parts.weekly().groupby("date")[figures].sum().reset_index().equals(whole.weekly()[["date", *figures]])


def test_acled_gives_weeks_only_and_counts_armed_violence_only(observed: Any) -> None:
    rows = [acled(number) for number in range(0, 15)] + [
        acled(3, event_type=PROTESTS, event_id_cnty="ELB90", fatalities=0),
        acled(4, event_type=CIVILIANS, event_id_cnty="ELB91", fatalities=5, actor2="Civilians (Elbonia)"),
    ]
    found = observed(rows)
    assert found.table().columns.tolist() == ["date", "incidents", "deaths"]
    assert column(found, "incidents") == [8, 7]
    assert column(found, "deaths") == [12, 7]
    assert found.weekly().equals(found.table())
    assert dropped(found) == {"event_type is not armed violence": 1}
    assert found.account.notes == [
        "by week: the terms of ACLED allow no more",
        "incidents need not be deadly, as those of simulated worlds are: give nowcast --deaths-only",
        "1 event in part weeks left out",
    ]


def test_both_forms_of_acled_dates_and_the_mark_at_the_start_give_the_same(tmp_path: Path) -> None:
    rows = acled_export()
    worded = [
        row | {"event_date": f"{datetime.date.fromisoformat(row['event_date']):%d %B %Y}".lstrip("0")} for row in rows
    ]
    found = ceasefire.observe(write(tmp_path / "worded.csv", worded, "utf-8-sig"), country="Elbonia")
    assert found.table().equals(ceasefire.observe(write(tmp_path / "made.csv", rows)).table())
    assert 20 <= len(found.table()) <= 26


def test_acled_is_filtered_by_actors_and_has_no_dyads(observed: Any) -> None:
    rows = [acled(n) for n in range(8)] + [acled(2, actor2="Neighbours", event_id_cnty="ELB90")]
    rows += [acled(3, actor2="", event_id_cnty="ELB91"), acled(3, actor2="Civilians (Elbonia)", event_id_cnty="ELB92")]
    assert column(observed(rows), "incidents") == [10]
    assert column(observed(rows, actors="Neighbours"), "incidents") == [1]
    between = observed(rows, actors=["Military Forces of Elbonia*", "LBF: Left Bank Front"])
    assert column(between, "incidents") == [9]
    with pytest.raises(ScenarioError, match="ACLED has no dyads; name actors instead"):
        observed(rows, dyad="77")


def test_acled_without_a_whole_week_is_refused(observed: Any) -> None:
    with pytest.raises(ScenarioError, match="covers no whole week of those asked for"):
        observed([acled(0), acled(5)])
    assert len(observed([acled(1), acled(7)], first_day=day(1)).table()) == 1


def test_weeks_begin_with_the_day_that_is_asked_for_else_on_mondays(observed: Any) -> None:
    rows = [ged(number) for number in range(1, 30)]
    assert [int_day(str(date)) for date in observed(rows).weekly()["date"]] == [7, 14, 21]
    assert [int_day(str(date)) for date in observed(rows, first_day=day(3)).weekly()["date"]] == [3, 10, 17]


def test_the_order_of_rows_changes_nothing(observed: Any) -> None:
    rows = ged_file()
    turned = rows[:]
    random.Random(5).shuffle(turned)
    assert observed(turned, by_admin1=True).table().equals(observed(rows, by_admin1=True).table())


PIECES = [b"", b"\x00", b'"', b",", b"\n", b"\r", b";", b"\xff", b"nan", b"inf", b"-9", b"2031-02-30"]


def outcome(path: Path, **options: Any) -> Observed | ScenarioError:
    """What a file is read as, or why it is refused."""
    try:
        found: Observed = ceasefire.observe(path, country="*", box="-90,90,-180,180", **options)
    except ScenarioError as error:
        return error
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_mangled_file_is_read_or_refused_by_file_and_never_anything_else(tmp_path: Path, data: st.DataObject) -> None:
    rows = data.draw(st.sampled_from([ged_file(30), acled_export(30)]))
    text = bytearray(text_of(rows).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text) - 1))
        piece = data.draw(
            st.sampled_from([b"", b"\x00", b'"', b",", b"\n", b"\r", b";", b"\xff", b"nan", b"inf", b"-9"])
        )
        text[at : at + data.draw(st.integers(0, 40))] = piece
    path = tmp_path / "mangled.csv"
    path.write_bytes(bytes(text))
    found = outcome(path, by_admin1=data.draw(st.booleans()))
    if isinstance(found, ScenarioError):
        assert all(fault.file == str(path) for fault in found.faults)
        assert all(line.isprintable() and line.startswith(str(path)) for line in str(found).splitlines())
        return
    table = found.table().drop(columns=["date", "sector"], errors="ignore")
    assert ((table >= 0) | table.isna()).all(axis=None)
    assert str(found.account).startswith(str(path))
