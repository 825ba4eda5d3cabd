"""The command in surroundings that nobody wants: odd bytes, closed streams, a plain locale, a spreadsheet."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some

import ceasefire
from ceasefire.spreadsheet_csv import csv_text

PACKAGE = Path(ceasefire.__file__).parent
START = [sys.executable, "-m", "ceasefire"]
RUN = ["--worlds", "2", "--days", "3"]


def typed(
    line: str, *arguments: str | bytes, cwd: Path | bytes, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """A shell line in which "$@" stands for the command and its arguments."""
    whole = ["sh", "-c", line, "sh", *START, *arguments]
    return subprocess.run(whole, cwd=cwd, capture_output=True, timeout=120, env=os.environ | environment)


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet computes a cell: all that begin so, except numbers."""
    try:
        float(cell)
    except ValueError:
        return cell.strip()[:1] in ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20") or cell[:1] == "\t"
    return False


@given(some.text(max_size=12), some.sampled_from(["=", "+", "-", "@", "\uff1d", " =", "\t", "\n-", "\r=", ""]))
def test_no_cell_of_a_table_is_a_formula(text: str, sign: str) -> None:
    text = sign + text.replace("\x00", "").encode("utf-8", "ignore").decode()
    table = pd.DataFrame({text: ["x", text], "number": [-1.5, 2]})
    cells = [cell for row in csv.reader(io.StringIO(csv_text(table))) for cell in row]
    assert [cell for cell in cells if is_formula(cell)] == []
    assert "-1.5" in cells


def test_every_csv_file_is_written_by_the_function_that_leaves_out_formulas() -> None:
    elsewhere = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        if ".to_csv(" in file.read_text(encoding="utf-8")
    }
    assert elsewhere == {"spreadsheet_csv.py", "evaluation/verification/golden.py"}


@pytest.mark.parametrize("command", ["run", "check", "describe", "report"])
def test_an_argument_that_is_not_utf8_is_refused_before_anything_is_made(command: str, tmp_path: Path) -> None:
    done = typed('"$@"', command, b"idlib\xff-2020", cwd=tmp_path)
    assert done.returncode == 2
    assert b"is not UTF-8" in done.stderr
    assert b"Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_run_works_in_a_folder_that_is_not_utf8_and_in_a_plain_locale(tmp_path: Path, small: str) -> None:
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)
    done = typed('"$@"', "run", small, *RUN, cwd=folder, LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert os.path.exists(folder + b"/results/two-sides/manifest.json")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full", "2>/dev/full", "| true"])
def test_a_closed_or_full_stream_leaves_no_traceback(closed: str, tmp_path: Path) -> None:
    done = typed(f'"$@" {closed}', "list", cwd=tmp_path)
    assert b"Traceback" not in done.stderr + done.stdout
    assert b"Exception ignored" not in done.stderr
    assert done.returncode == (1 if closed == ">/dev/full" else 0)


def test_a_run_without_any_stream_fills_its_folder(tmp_path: Path, small: str) -> None:
    done = typed('"$@" <&- >&- 2>&-', "run", small, *RUN, cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "results" / "two-sides" / "report.html").stat().st_size > 10_000
