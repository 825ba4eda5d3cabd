"""`ceasefire observe`: what is printed, what is written, and what is never lost."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Command
from observations.made_files import acled_export, day, deal, ged, ged_file, write

from ceasefire.observations.counts import read_counts


def test_counts_go_to_standard_output_and_the_account_beside_it(command: Command) -> None:
    write(Path("ged.csv"), [ged(0), ged(2), ged(3, date_prec=5)])
    said = command("observe", "ged.csv")
    assert said.code == 0
    assert said.out.splitlines() == [
        "date,incidents,deaths,low,high,civilians,deaths_a,deaths_b",
        f"{day(0)},1,2,1,3,0,0,2",
        f"{day(1)},0,0,0,0,0,0,0",
        f"{day(2)},1,2,1,3,0,0,2",
    ]
    assert said.err.splitlines()[:2] == [
        "ged.csv: UCDP GED or Candidate, 3 rows, 2 kept",
        "  dropped 1: the day is not known well enough (date_prec above 3)",
    ]
    assert "cite Sundberg and Melander (2013)" in said.err


def test_days_and_weeks_are_written_beside_each_other(command: Command) -> None:
    write(Path("ged.csv"), ged_file())
    said = command("observe", "ged.csv", "--out", "counts.csv", "--from", day(7))
    assert (said.code, said.out) == (0, "")
    assert said.err.splitlines()[-1] == "Written: counts.csv, counts-weekly.csv"
    days, weeks = read_counts(Path("counts.csv")), read_counts(Path("counts-weekly.csv"))
    assert (days.step_days, weeks.step_days) == (1, 7)
    assert weeks.first == days.first
    assert sorted(path.name for path in Path().iterdir()) == ["counts-weekly.csv", "counts.csv", "ged.csv"]
    assert stat.S_IMODE(Path("counts.csv").stat().st_mode) == stat.S_IMODE(Path("ged.csv").stat().st_mode)


def test_three_hundred_lines_of_an_acled_export_become_weeks_and_nothing_else(command: Command) -> None:
    write(Path("export.csv"), acled_export(), "utf-8-sig")
    said = command("observe", "export.csv", "--out", "counts.csv", "--admin1", "North")
    assert said.code == 0
    assert sorted(path.name for path in Path().iterdir()) == ["counts.csv", "export.csv"]
    assert read_counts(Path("counts.csv")).step_days == 7
    assert "no event may be passed on" in said.err


def test_raw_ceasefires_become_durations(command: Command) -> None:
    write(Path("raw.csv"), [deal(), deal(cf_id=2, cf_effect_month=6, end_month=6)])
    said = command("observe", "raw.csv", "--out", "durations.csv")
    assert said.code == 0
    assert Path("durations.csv").read_text().splitlines()[1] == (
        "998001,Elbonia,901,2001-05-01,cessation,unilateral,0,1,1,14.0,0,none,0,0,0,10.0,10.0,1,1"
    )
    assert not Path("durations-weekly.csv").exists()


def test_the_account_is_there_for_programs(command: Command) -> None:
    write(Path("ged.csv"), ged_file())
    said = command("observe", "ged.csv", "--json", "--out", "counts.csv", "--country", "Elbonia", "--to", day(50))
    account = json.loads(said.out)
    assert account["format"] == "ucdp_ged"
    assert account["rows"] == 300 == account["kept"] + sum(account["dropped"].values())
    assert account["last"] == day(50)
    assert account["written"] == ["counts.csv", "counts-weekly.csv"]
    assert (
        account["totals"]["incidents"] == account["kept"] == read_counts(Path("counts.csv")).figures["incidents"].sum()
    )


def test_the_same_file_gives_the_same_bytes(command: Command) -> None:
    write(Path("ged.csv"), ged_file())
    command("observe", "ged.csv", "--out", "one.csv", "--by-admin1")
    command("observe", "ged.csv", "--out", "two.csv", "--by-admin1")
    assert Path("one.csv").read_bytes() == Path("two.csv").read_bytes()
    again = command("observe", "ged.csv", "--out", "one.csv", "--by-admin1")
    assert (again.code, "Replaced" in again.err) == (0, False)


@pytest.mark.parametrize("taken", ["counts.csv", "counts-weekly.csv"])
def test_a_file_that_holds_anything_else_is_left_alone_unless_asked(command: Command, taken: str) -> None:
    write(Path("ged.csv"), ged_file())
    Path(taken).write_text("mine\n")
    said = command("observe", "ged.csv", "--out", "counts.csv")
    assert said.code == 2
    assert said.err == f"--out: {taken} is there and holds something else; --replace writes over it\n"
    assert Path(taken).read_text() == "mine\n"
    assert len(list(Path().iterdir())) == 2
    said = command("observe", "ged.csv", "--out", "counts.csv", "--replace")
    assert said.code == 0
    assert f"Replaced: {taken}" in said.err
    assert Path(taken).read_text() != "mine\n"


@pytest.mark.parametrize("how", ["itself", "symbolic link", "hard link", "its weeks"])
def test_the_file_that_is_read_is_never_written_over(command: Command, how: str) -> None:
    path = write(Path("data-weekly.csv"), ged_file())
    before = path.read_bytes()
    out = {"itself": "data-weekly.csv", "its weeks": "data.csv"}.get(how, "link.csv")
    if how == "symbolic link":
        Path("link.csv").symlink_to("data-weekly.csv")
    if how == "hard link":
        os.link("data-weekly.csv", "link.csv")
    said = command("observe", "data-weekly.csv", "--out", out, "--replace")
    assert said.code == 2
    assert "is the file that is read; name another" in said.err
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("folder", "--out: folder is a folder; name a file in it, as folder/counts.csv"),
        ("none/counts.csv", "--out: there is no folder none; make it first"),
        ("pipe", "--out: pipe is no ordinary file; leave --out away to print the table"),
        ("lost", "--out: lost is no ordinary file"),
    ],
)
def test_a_place_that_cannot_hold_the_table_is_refused_before_anything_is_read(
    command: Command, out: str, said: str
) -> None:
    Path("folder").mkdir()
    os.mkfifo("pipe")
    Path("lost").symlink_to("nowhere")
    found = command("observe", "no-such-file.csv", "--out", out)
    assert found.code == 2
    assert found.err.startswith(said)


def test_bad_input_ends_with_2_a_line_for_each_fault_and_nothing_written(command: Command) -> None:
    write(Path("ged.csv"), [ged(0), ged(1, best="inf"), ged(2, date_end="soon")])
    said = command("observe", "ged.csv", "--out", "counts.csv")
    assert said.code == 2
    assert said.err.splitlines() == [
        "ged.csv:3: best: 'inf' is not a count; write a whole number from 0, or nothing",
        "ged.csv:4: date_end: 'soon' is not a day; write 2023-01-31",
    ]
    assert [path.name for path in Path().iterdir()] == ["ged.csv"]


def test_a_write_that_fails_leaves_what_was_there_and_nothing_half_written(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(Path("ged.csv"), ged_file())
    command("observe", "ged.csv", "--out", "counts.csv")
    before = Path("counts.csv").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    said = command("observe", "ged.csv", "--out", "counts.csv", "--to", day(60), "--replace")
    assert said.code == 1
    assert "the disk is full; no incomplete file was left behind" in said.err
    assert Path("counts.csv").read_bytes() == before
    assert sorted(path.name for path in Path().iterdir()) == ["counts-weekly.csv", "counts.csv", "ged.csv"]


def test_reading_counts_compiles_nothing_and_draws_nothing(tmp_path: Path) -> None:
    write(tmp_path / "ged.csv", ged_file())
    code = (
        "import sys; from ceasefire.cli import main; code = main(['observe', 'ged.csv', '--out', 'counts.csv']);"
        "print(code, {'numba', 'matplotlib', 'scipy', 'mesa', 'ceasefire.simulation'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "0 set()\n"
