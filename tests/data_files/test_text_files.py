"""Which files are read at all, and how their cells are told apart."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from observations.made_files import ACLED_EXPORT, acled, day, ged, ged_file, text_of, write

import ceasefire
from ceasefire.data_files import read_table, text_file
from ceasefire.errors import ScenarioError
from ceasefire.observations.counts import read_counts


def message(path: Path, **options: Any) -> str:
    """What is said of a file that is refused."""
    with pytest.raises(ScenarioError) as refused:
        ceasefire.observe(path, **options)
    return str(refused.value)


def test_a_pipe_that_nobody_writes_to_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is no ordinary file but a pipe or a device; save what it gives to a file" in message(tmp_path / "pipe")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full", "/dev/null"])
def test_a_device_is_refused(device: str) -> None:
    assert "is no ordinary file" in message(Path(device))


def test_a_folder_a_missing_and_an_empty_file_are_refused_by_name(tmp_path: Path) -> None:
    assert message(tmp_path) == f"{tmp_path}: is a folder; name a file in it"
    assert message(tmp_path / "none.csv") == f"{tmp_path / 'none.csv'}: there is no such file"
    (tmp_path / "empty.csv").touch()
    assert message(tmp_path / "empty.csv").endswith("is empty")
    assert "no table" in message(write(tmp_path / "blank.csv", "\n\n \n\n"))


def test_a_file_larger_than_any_table_is_refused_without_being_read(tmp_path: Path) -> None:
    path = write(tmp_path / "huge.csv", [ged()])
    os.truncate(path, text_file.MOST_BYTES + 1)
    assert message(path).endswith("is larger than 8 GB; split it by country or year")


@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="counts the bytes read as Linux tells them")
def test_a_table_that_goes_on_without_an_end_is_given_up_within_a_block(tmp_path: Path) -> None:
    rows = [ged(number) for number in range(9000)]
    path = write(tmp_path / "holes.csv", rows)
    size = path.stat().st_size
    assert size > read_table.BLOCK
    os.truncate(path, 4 * 2**30)
    with Path("/proc/self/io").open() as counters:
        before = int(counters.readline().split()[1])
    found = message(path)
    with Path("/proc/self/io").open() as counters:
        read = int(counters.readline().split()[1]) - before
    assert found.startswith(f"{path}:{found.split(':')[1]}: a row after this line is too long or is no text")
    assert 1 < int(found.split(":")[1]) <= 9001
    assert read < 400 * 2**20


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"PK\x03\x04", "spreadsheet"),
        (b"\x1f\x8b\x08", "compressed"),
        (b"PAR1", "Parquet"),
        (b"\x7fELF\x00\x01", "not a text file"),
        (b"<!doctype html>", "web page"),
    ],
)
def test_what_is_no_text_is_called_by_its_name(tmp_path: Path, start: bytes, what: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(start + b"date,incidents\n2031-03-03,1\n")
    assert what in message(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_the_same_events_give_the_same_counts_however_they_are_set_down(
    tmp_path: Path, delimiter: str, newline: str, encoding: str
) -> None:
    rows = [ged(0, adm_1="Côte d'Été", country="Élbonie"), ged(9, adm_1="North", best=5, high=5)]
    text = text_of(rows, delimiter=delimiter, newline=newline)
    path = write(tmp_path / "made.csv", "\ufeff" + text if encoding == "utf-16-le" else text, encoding)
    table = ceasefire.observe(path, country="élbonie", admin1="CÔTE*").table()
    assert table["incidents"].tolist() == [1] + [0] * 9
    assert table["deaths"].sum() == 2


def test_candidate_events_without_a_header_row_are_read_by_their_order(tmp_path: Path) -> None:
    rows = ged_file()
    with_header = ceasefire.observe(write(tmp_path / "with.csv", rows))
    without = ceasefire.observe(write(tmp_path / "without.csv", rows, header=False))
    assert without.table().equals(with_header.table())
    assert without.account.rows == 300
    assert "has no header row: read by the order of the 49 columns of GED" in without.account.notes


def test_columns_are_matched_by_name_in_any_order_and_case(tmp_path: Path) -> None:
    rows = ged_file()
    turned = [{name.upper(): row[name] for name in reversed(list(row))} for row in rows]
    turned_table = ceasefire.observe(write(tmp_path / "turned.csv", turned)).table()
    assert turned_table.equals(ceasefire.observe(write(tmp_path / "made.csv", rows)).table())


def test_missing_columns_are_named(tmp_path: Path) -> None:
    row = ged()
    del row["best"], row["date_start"]
    found = message(write(tmp_path / "made.csv", [row]))
    assert ":1: read as UCDP GED or Candidate, it lacks 'date_start', 'best'; its columns are 'id'" in found
    row = ged()
    del row["where_prec"], row["date_end"]
    assert ceasefire.observe(write(tmp_path / "made.csv", [row])).account.notes[0] == (
        "columns that are missing: date_end, where_prec"
    )
    del row["country"]
    assert ":1: country: is missing; country needs it" in message(write(tmp_path / "m.csv", [row]), country="Elbonia")


def test_a_table_of_something_else_is_refused_with_its_columns(tmp_path: Path) -> None:
    found = message(write(tmp_path / "made.csv", "isoab,month_id,main_mean\nELB,540,3.1\n"))
    assert "none of its columns is known ('isoab', 'month_id', 'main_mean')" in found
    assert "there is no format 'xlsx'; choose from ucdp_ged, acled" in message(tmp_path / "made.csv", format="xlsx")
    assert "read as ACLED, it lacks 'event_date'" in message(tmp_path / "made.csv", format="acled")


def test_a_column_that_stands_there_twice_is_refused_where_it_is_read(tmp_path: Path) -> None:
    text = text_of([ged()])
    path = write(tmp_path / "made.csv", text.replace("deaths_unknown", "best"))
    assert message(path) == f"{path}:1: best: this column is there twice; leave one of them out"
    path = write(tmp_path / "made.csv", text.replace("deaths_unknown", "relid"))
    assert len(ceasefire.observe(path).table()) == 1


def test_the_line_of_a_fault_is_that_of_the_file_whatever_stands_above_it(tmp_path: Path) -> None:
    rows = [acled(number) for number in range(5)] + [acled(5, fatalities="many")]
    text = text_of(rows).replace("\nELB2", "\n\n\nELB2")
    (line,) = [at for at, line in enumerate(text.splitlines(), 1) if line.startswith("ELB5")]
    assert line == 14
    path = write(tmp_path / "made.csv", "\n" + text)
    assert message(path).startswith(f"{path}:15: fatalities: 'many' is not a count; write a whole number from 0")


def test_rows_that_are_cut_off_or_too_long_are_all_named(tmp_path: Path) -> None:
    lines = text_of([ged(number) for number in range(6)]).splitlines()
    lines[2] += ",more"
    lines[4] = lines[4][:80]
    found = message(write(tmp_path / "made.csv", "\n".join(lines))).splitlines()
    assert [re.sub(r".*made.csv:(\d+): .*", r"\1", line) for line in found] == ["3", "5"]
    assert "has 50 cells, and the header 49; write a cell that holds the separator in quotation marks" in found[0]
    assert "is it cut off?" in found[1]


def test_rows_that_are_cut_off_are_named_beside_faults_far_above_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_table, "BLOCK", 4096)
    lines = text_of([ged(number) for number in range(200)]).splitlines()
    lines[2] = lines[2].replace("2031", "the year 2031")
    lines[190] = lines[190][:60]
    found = message(write(tmp_path / "made.csv", "\n".join(lines), "cp1252")).splitlines()
    assert [re.sub(r".*made.csv:(\d+): (\w+).*", r"\1 \2", line) for line in found] == [
        "3 date_start", "3 date_end", "191 has",
    ]  # fmt: skip


def test_a_cut_row_in_a_file_of_another_encoding_is_not_lost(tmp_path: Path) -> None:
    rows = [ged(number, where_description="Côte") for number in range(9)]
    lines = text_of(rows).splitlines()
    lines[4] = lines[4][: lines[4].index("Côte") + 3]
    assert ":5: has 27 cells, and the header 49; is it cut off?" in message(
        write(tmp_path / "made.csv", "\n".join(lines), "cp1252")
    )


def test_a_quotation_mark_that_is_never_closed_is_named(tmp_path: Path) -> None:
    text = text_of([acled(number) for number in range(40)])
    path = write(tmp_path / "made.csv", text.replace('comment"",\nand went home."', 'comment"",', 1))
    assert "quotation mark" in message(path)


def test_no_more_faults_are_listed_than_a_reader_can_use(tmp_path: Path) -> None:
    path = write(tmp_path / "made.csv", [ged(number, best="x") for number in range(5000)])
    found = message(path).splitlines()
    assert len(found) == read_table.MOST_FAULTS + 1
    assert found[-1] == f"{path}:31: there may be more after this line; correct these first"


def test_a_file_of_many_blocks_gives_what_its_parts_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "made.csv", ged_file(2000))
    whole = ceasefire.observe(path).table()
    monkeypatch.setattr(read_table, "BLOCK", 4096)
    assert ceasefire.observe(path).table().equals(whole)
    bad = write(tmp_path / "bad.csv", [*(acled(number) for number in range(170)), acled(170, fatalities=-1)])
    assert ":342: fatalities" in message(bad)


def test_the_made_export_has_the_columns_of_an_export() -> None:
    assert len(ACLED_EXPORT) == 31
    assert len(ged()) == 49


def test_columns_that_are_called_otherwise_can_be_named(tmp_path: Path) -> None:
    text = f"Day,Incidents,Events,Dead\n{day(0)},9,1,2\n{day(1)},9,0,0\n"
    path = write(tmp_path / "made.csv", text)
    names = {"date": "day", "incidents": "events", "deaths": "Dead"}
    assert ceasefire.observe(path, columns=names).table()["incidents"].tolist() == [1, 0]
    assert read_counts(path, columns=names).figures["deaths"].tolist() == [2, 0]
    assert "it lacks 'date'" in message(path)
    assert "column date=… names one that is named otherwise" in message(path)
    assert (
        message(path, columns={"date": "when"}) == f"{path}:1: column: 'when' is not there; name a column of the file"
    )


def test_files_that_were_joined_with_their_headers_are_told_so_once_a_header(tmp_path: Path) -> None:
    text = text_of([ged(number) for number in range(3)])
    path = write(tmp_path / "made.csv", text * 3)
    assert message(path).splitlines() == [
        f"{path}:{line}: date_start: the header row is repeated here; join files without it" for line in (5, 9)
    ]
