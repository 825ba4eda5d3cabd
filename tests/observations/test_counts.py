"""The table of counts: what is written is read again as it was, and what contradicts itself is refused."""

from __future__ import annotations

import datetime
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from observations.made_files import SIGNED, day, ged_file, write

import ceasefire
from ceasefire.errors import ScenarioError
from ceasefire.observations.counts import WEEK, Counts, read_counts

HEADER = "date,incidents,deaths,low,high,civilians\n"
MONDAY = (SIGNED - datetime.date(1970, 1, 1)).days


def refused(path: Path, text: str) -> str:
    """What is said of a table that is refused."""
    with pytest.raises(ScenarioError) as error:
        read_counts(write(path / "counts.csv", text))
    return str(error.value).replace(str(path), "").lstrip("/")


def same(one: Counts, other: Counts) -> bool:
    """Whether two tables of counts are equal, what is not known included."""
    return one.step_days == other.step_days and one.table().equals(other.table())


@pytest.mark.parametrize("by_admin1", [False, True])
def test_counts_that_are_written_are_read_again_as_they_were(tmp_path: Path, by_admin1: bool) -> None:
    found = ceasefire.observe(write(tmp_path / "made.csv", ged_file()), by_admin1=by_admin1)
    assert found.counts is not None
    for counts in (found.counts, found.weeks()):
        counts.table().to_csv(tmp_path / "counts.csv", index=False, date_format="%Y-%m-%d")
        assert same(read_counts(tmp_path / "counts.csv"), counts)
        assert ceasefire.observe(tmp_path / "counts.csv").table().equals(counts.table())
    assert (found.counts.step_days, found.weeks().step_days) == (1, 7)


def test_what_r_and_pandas_and_spreadsheets_write_is_read_alike(tmp_path: Path) -> None:
    plain = read_counts(write(tmp_path / "a.csv", f"date,incidents,deaths\n{day(0)},1,2\n{day(1)},0,\n{day(2)},3,1\n"))
    assert np.array_equal(plain.figures["deaths"], [2, math.nan, 1], equal_nan=True)
    for text in (
        f'"","date","incidents","deaths"\n"1","{day(0)}",1,2\n"2","{day(1)}",0,NA\n"3","{day(2)}",3,1\n',
        f",date,incidents,deaths\n0,{day(0)},1,2.0\n1,{day(1)},0,nan\n2,{day(2)},3,1.0\n",
        f'"Date";"Incidents";"Deaths"\n{day(0)};1;2,0\n{day(1)};0;NaN\n{day(2)};3;1,0\n',
        f"\ufeffDATE\tINCIDENTS\tDEATHS\r\n{day(2)} 00:00:00\t3\t1\r\n{day(0)}\t1\t2\r\n{day(1)}\t0\t<NA>\r\n",
        f"deaths,date,who,incidents\n1,{day(2)},me,3\n2,{day(0)},me,1\n ,{day(1)},me, 0 \n",
    ):
        assert same(read_counts(write(tmp_path / "b.csv", text)), plain), text


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([f"{day(0)},1,inf,,,"], "counts.csv:2: deaths: 'inf' is not a count; write a whole number from 0, or nothing"),
        ([f"{day(0)},1,2.5,,,"], "counts.csv:2: deaths: '2.5' is not a count"),
        ([f"{day(0)},-1,2,,,"], "counts.csv:2: incidents: '-1' is not a count"),
        ([f"{day(0)},1,2,,,3"], "counts.csv:2: civilians: 3 is more than deaths, 2; correct one of them"),
        ([f"{day(0)},1,2,3,,"], "counts.csv:2: low: 3 is more than deaths, 2"),
        ([f"{day(0)},1,2,,1,"], "counts.csv:2: high: 1 is fewer than deaths, 2"),
        ([f"{day(0)},1,2,,,", f"{day(0)},1,2,,,"], f"counts.csv:3: date: {day(0)} is there twice; write one row a"),
        (["NA,1,2,,,"], "counts.csv:2: date: 'NA' is not a day; write 2023-01-31"),
        ([f"{day(0)},1"], "counts.csv:2: has 2 cells, and the header 6; is it cut off?"),
        ([f"{day(0)},1,99999999999,,,"], "deaths: '99999999999' is more than 10,000,000"),
        ([f'{day(0)},1,"2,0",,,'], "counts.csv:2: deaths: '2,0' is not a count"),
        ([], "counts.csv: has no rows, only a header"),
    ],
)
def test_what_no_count_can_be_is_refused_with_line_and_column(tmp_path: Path, rows: list[str], said: str) -> None:
    found = refused(tmp_path, HEADER + "\n".join(rows))
    assert found.startswith(said) or said in found
    assert len(found.splitlines()) == 1


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    found = refused(tmp_path, HEADER + f"{day(0)},x,inf,,,\nnever,1,2,,,\n{day(2)},1,2,9,,9\n").splitlines()
    assert [line.split(":")[1] + line.split(":")[2] for line in found] == [
        "2 incidents", "2 deaths", "3 date", "4 low", "4 civilians",
    ]  # fmt: skip


def test_a_table_without_counts_is_refused(tmp_path: Path) -> None:
    assert "read as a table of counts, it lacks 'incidents'" in refused(tmp_path, f"date,low\n{day(0)},1\n")
    assert "counts.csv:1: deaths: this column is there twice" in refused(tmp_path, "date,deaths,Deaths\n")


def test_sectors_may_share_a_day_and_not_twice(tmp_path: Path) -> None:
    text = f"date,deaths,sector\n{day(0)},1,North\n{day(0)},2,South\n"
    found = read_counts(write(tmp_path / "counts.csv", text))
    assert found.sector == ("North", "South")
    assert "date: 2031-03-03 is there twice for 'South'" in refused(tmp_path, text + f"{day(0)},3,South\n")
    assert "sector: '=1+1' would be taken for a formula" in refused(tmp_path, text + f"{day(0)},3,=1+1\n")


def test_weeks_are_told_by_their_dates(tmp_path: Path) -> None:
    weekly = read_counts(write(tmp_path / "a.csv", f"date,deaths\n{day(0)},1\n{day(7)},1\n{day(21)},1\n"))
    assert (weekly.step_days, weekly.days_without_rows) == (7, 7)
    assert (weekly.first.isoformat(), weekly.last.isoformat()) == (day(0), day(27))
    daily = read_counts(write(tmp_path / "b.csv", f"date,deaths\n{day(0)},1\n{day(7)},1\n{day(9)},1\n"))
    assert (daily.step_days, daily.days_without_rows) == (1, 7)
    assert read_counts(tmp_path / "b.csv", step_days=7).step_days == 7
    found = ceasefire.observe(tmp_path / "a.csv", first_day=day(3))
    assert found.table()["date"].astype(str).tolist() == [day(7), day(21)]
    assert "rows are weeks, by their dates" in found.account.notes


def test_days_without_a_row_are_not_zeros_unless_that_is_stated(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", f"date,incidents,deaths\n{day(0)},1,2\n{day(3)},1,2\n")
    found = ceasefire.observe(path)
    assert len(found.table()) == 2
    assert found.account.notes == [
        "without a row, and left out: 2 days within; if they were quiet, state it with --covers"
    ]
    assert len(found.weekly()) == 0
    stated = ceasefire.observe(path, covers=f"{day(0)}:{day(8)}")
    assert stated.table()["deaths"].tolist() == [2, 0, 0, 2, 0, 0, 0, 0, 0]
    assert stated.weekly()["deaths"].tolist() == [4]
    late = ceasefire.observe(path, covers=f"{day(2)}:{day(3)}")
    assert late.table()["date"].astype(str).tolist() == [day(0), day(2), day(3)]


def test_a_table_of_counts_knows_no_places(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", f"date,incidents,town\n{day(0)},1,Mudville\n")
    with pytest.raises(ScenarioError, match="country: a table of counts does not have it; leave the option out"):
        ceasefire.observe(path, country="Elbonia")
    assert ceasefire.observe(path).account.notes == ["columns that are not read: 'town'"]


def made(days: int, sectors: int, seed: int) -> Counts:
    """Counts of so many days from a Monday, with one unknown figure in fifty."""
    draw = np.random.default_rng(seed)
    deaths = draw.poisson(2, days * sectors).astype(float)
    deaths[draw.random(days * sectors) < 0.02] = math.nan
    figures = {"incidents": draw.poisson(1, days * sectors).astype(float), "deaths": deaths}
    names = tuple(f"s{k}" for k in range(sectors)) * days if sectors > 1 else None
    return Counts(np.repeat(np.arange(MONDAY, MONDAY + days), sectors), figures, names)


@given(st.integers(1, 60), st.integers(1, 3), st.integers(0, 30), st.integers(0, 99))
def test_weeks_are_the_sums_of_their_seven_days(days: int, sectors: int, late: int, seed: int) -> None:
    daily = made(days, sectors, seed)
    first = SIGNED + datetime.timedelta(days=late)
    weekly = daily.weekly(first)
    assert len(weekly) == max((days - late) // WEEK, 0) * sectors
    for at in range(len(weekly)):
        inside = (daily.day >= weekly.day[at]) & (daily.day < weekly.day[at] + WEEK)
        if sectors > 1 and weekly.sector and daily.sector:
            inside &= np.array(daily.sector) == weekly.sector[at]
        for name, values in daily.figures.items():
            assert np.array_equal(weekly.figures[name][at], values[inside].sum(), equal_nan=True)


def test_a_week_with_a_day_missing_is_no_week() -> None:
    daily = made(28, 1, 1)
    gap = daily.between(None, SIGNED + datetime.timedelta(days=9))
    rest = daily.between(SIGNED + datetime.timedelta(days=11), None)
    joined = Counts(
        np.concatenate([gap.day, rest.day]),
        {name: np.concatenate([gap.figures[name], rest.figures[name]]) for name in gap.figures},
    )
    assert (joined.weekly().day - MONDAY).tolist() == [0, 14, 21]


def outcome(path: Path) -> Counts | ScenarioError:
    """What a file is read as, or why it is refused."""
    try:
        return read_counts(path)
    except ScenarioError as error:
        return error


CELL = st.sampled_from(
    [
        "0",
        "1",
        "7",
        "2.0",
        "",
        "NA",
        "nan",
        "NaN",
        "inf",
        "-1",
        "0.5",
        "1,0",
        '"1,5"',
        "x",
        "1e2",
        "=1",
        "9999999999",
        day(1),
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=1, max_size=5), st.sampled_from([",", ";"]))
def test_mangled_cells_give_sound_counts_or_a_fault_with_a_line_for_each(
    tmp_path: Path, cells: list[list[str]], delimiter: str
) -> None:
    rows = [delimiter.join([day(number), *row]) for number, row in enumerate(cells)]
    header = delimiter.join(("date", "incidents", "deaths", "civilians", "high"))
    path = write(tmp_path / "counts.csv", "\n".join([header, *rows]))
    found = outcome(path)
    if isinstance(found, ScenarioError):
        assert all(fault.line and 2 <= fault.line <= 1 + len(rows) for fault in found.faults)
        return
    for values in found.figures.values():
        known = values[~np.isnan(values)]
        assert (known >= 0).all()
        assert (known == known.astype(int)).all()
    assert not (found.figures["civilians"] > found.figures["deaths"]).any()
    assert not (found.figures["high"] < found.figures["deaths"]).any()
