"""`report --xlsx`: a workbook that a spreadsheet opens, with named heads, nothing merged, and nothing computed."""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from conftest import Command

from ceasefire.report.html import Report
from ceasefire.report.workbook import write_workbook

xlsxwriter = pytest.importorskip("xlsxwriter", reason="XlsxWriter is not installed: pip install 'ceasefire[xlsx]'")
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def report(frame: pd.DataFrame) -> Report:
    return Report(
        "A deal", "How long?", "It holds.", "Illustrative.", [], "Made by a test.", (), {"tables/a.csv": frame}
    )


def parts(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist() if name.endswith(".xml")}


def values(text: str, shared: list[str]) -> list[str]:
    """The cells of a sheet in order, as text."""
    found = []
    for cell in ElementTree.fromstring(text).iter(f"{SPACE}c"):
        value = cell.find(f"{SPACE}v")
        if value is not None and value.text is not None:
            found.append(shared[int(value.text)] if cell.get("t") == "s" else value.text)
    return found


def shared(files: dict[str, str]) -> list[str]:
    root = ElementTree.fromstring(files["xl/sharedStrings.xml"])
    return ["".join(text.text or "" for text in one.iter(f"{SPACE}t")) for one in root]


def test_every_sheet_has_one_table_with_named_heads_that_stay_and_nothing_merged(command: Command, small: str) -> None:
    folder = Path(command("run", small, "--worlds", "12", "--days", "60").last)
    made = command("report", str(folder), "--xlsx")
    assert made.code == 0, made.err
    files = parts(folder / "report.xlsx")
    book = files["xl/workbook.xml"]
    assert re.findall(r'<sheet name="([^"]+)"', book) == [
        "cover", "notes", "main-figures", "forecast", "survival", "causes", "assumed", "worlds",
    ]  # fmt: skip
    sheets = {name: text for name, text in files.items() if name.startswith("xl/worksheets/")}
    assert len(sheets) == 8
    for text in sheets.values():
        assert "<mergeCell" not in text
        assert "<f>" not in text
        assert 'state="frozen"' in text
        assert text.count("<tablePart ") == 1
        assert "<cols>" in text
    heads = [
        re.findall(r'<tableColumn id="\d+" name="([^"]+)"', text) for name, text in files.items() if "tables/" in name
    ]
    assert len(heads) == 8
    assert all(head.strip() for names in heads for head in names)
    words = shared(files)
    assert any("four significant digits" in word for word in words)
    assert {"unit", "meaning"} <= set(words)


def test_numbers_have_four_digits_for_readers_and_whole_numbers_all_of_theirs(tmp_path: Path) -> None:
    frame = pd.DataFrame({"share": [0.123456789], "seed": [123456789], "day": pd.array([None], dtype="Int64")})
    files = parts(write_workbook(report(frame), tmp_path))
    cells = values(files["xl/worksheets/sheet3.xml"], shared(files))
    assert cells == ["A deal: a", "share", "seed", "day", "0.1235", "123456789"]


def test_a_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"=cmd|'/c calc'!A1": ["=1+1", "@SUM(A1)", "https://example.org"], "": [1.0, float("inf"), None]}
    )
    files = parts(write_workbook(report(frame), tmp_path))
    sheet = files["xl/worksheets/sheet3.xml"]
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    cells = values(sheet, shared(files))
    assert {"=1+1", "@SUM(A1)", "https://example.org", "column 2"} <= set(cells)


def test_names_of_sheets_are_those_that_a_workbook_can_hold(tmp_path: Path) -> None:
    frame, long = pd.DataFrame({"a": [1]}), "x" * 40
    one = Report("T", "Q", "A", "N", [], "M", (), {f"{long}1.csv": frame, f"{long}2.csv": frame, "a[b].csv": frame})
    names = re.findall(r'<sheet name="([^"]+)"', parts(write_workbook(one, tmp_path))["xl/workbook.xml"])
    assert len(set(names)) == len(names) == 5
    assert max(map(len, names)) <= 31


def test_without_what_makes_workbooks_the_command_says_what_would_help(
    command: Command, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(command("run", small, "--worlds", "12", "--days", "60").last)
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    made = command("report", str(folder), "--xlsx")
    assert made.code == 2
    assert "pip install 'ceasefire[xlsx]'" in made.err
    assert not (folder / "report.xlsx").exists()
