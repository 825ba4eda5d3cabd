"""The code book: every column of every table that a command writes is described with its unit, and nothing else is."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import SMALL, Command
from observations.made_files import SIGNED, day

from ceasefire.errors import FolderError
from ceasefire.report import code_book
from ceasefire.report.code_book import PACKAGE, Column, Table, as_frame, describe, tables

FEW = ("--worlds", "12", "--days", "60")
EXPERIMENT = (
    "name: {name}\ntitle: T\nquestion: Q?\nscenario: {small}\ndays: 60\nworlds: 8\noutcomes: [days_held, {outcome}]\n"
)
DESIGNS = {
    "one": "levers: {paths: {agreement.monitoring: [0.1, 0.9]}}\ndesign: {kind: one_at_a_time}\n",
    "all": "answer: {outcome: days_held, contrast: [{agreement.monitoring: 0.1}, {agreement.monitoring: 0.9}]}\n"
    "levers: {paths: {agreement.monitoring: [0.1, 0.9], agreement.clarity: [0.1, 0.9]}}\ndesign: {kind: grid}\n",
    "ranks": 'uncertainties: {paths: {"**": doubt}}\ndesign: {kind: latin_hypercube, samples: 40}\n',
    "steps": "uncertainties: {paths: {mechanisms.grip: doubt, mechanisms.intensity_strike: doubt}}\n"
    "design: {kind: morris, samples: 4}\n",
    "parts": 'uncertainties: {paths: {"mechanisms.*": doubt}}\n'
    "design: {kind: sobol, samples: 8}\n",
    "drawn": "levers: {changes: [no-monitors]}\nuncertainties: {paths: {mechanisms.grip: doubt}}\ndraws: 5\n"
    "design: {kind: one_at_a_time}\n",
    "swap": "design: {kind: swap, to: idlib-2020, parts: {terms: [agreement]}}\n"
    "cases: [{scenario: idlib-2018, held: 225, source: a}, {scenario: idlib-2019-08, held: [3, 4], source: b}]\n",
}  # fmt: skip


def experiment(name: str, command: Command) -> Path:
    """The folder of a small experiment of a design."""
    small = "idlib-2018" if name == "swap" else str(SMALL)
    outcome = "holds_past_50" if name == "ranks" else "ended_by_spiral"
    text = EXPERIMENT.format(name=name, small=small, outcome=outcome) + DESIGNS[name]
    Path(f"{name}.yaml").write_text(text, encoding="utf-8")
    made = command("experiment", f"{name}.yaml")
    assert made.code == 0, made.err
    return Path(made.last)


def run(command: Command) -> Path:
    """The folder of a run with counts, every day and weekly figures."""
    Path("counts.csv").write_text(
        "date,incidents,deaths\n" + "".join(f"{day(k)},{k % 2},{k % 2}\n" for k in range(50)), encoding="utf-8"
    )
    made = command("run", str(SMALL), *FEW, "--counts", "counts.csv", "--daily", "--set", f"start={SIGNED}")
    assert made.code == 0, made.err
    return Path(made.last)


def filled(what: str, command: Command) -> tuple[str, list[Path]]:
    """The kind of folder, and the folders, that some commands fill."""
    if what == "run":
        folder = run(command)
        assert command("report", str(folder), "--more").code == 0
        return "run", [folder]
    if what == "comparison":
        return what, [Path(command("compare", "sudan-2023", "sudan-2023+no-monitors", *FEW).last)]
    if what == "experiment":
        return what, [experiment(name, command) for name in DESIGNS]
    made = command("forecast", "--feature", "country=Syria", "--out", "told")
    assert made.code == 0, made.err
    return what, [Path("told")]


def cast(kind: str) -> Callable[[str], object]:
    """What reads a cell of a type; ValueError for another."""
    words = {"boolean": {"True": True, "False": False}}
    if kind == "boolean":
        return lambda cell: words[kind].get(cell) if cell in words[kind] else int("not boolean")
    return {"integer": int, "number": float, "date": pd.Timestamp}.get(kind, str)


def cells(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


@pytest.mark.usefixtures("few_worlds_in_doubt", "without_figures")
@pytest.mark.parametrize("what", ["run", "comparison", "experiment", "forecast"])
def test_every_table_of_a_folder_is_described_and_nothing_described_is_missing(what: str, command: Command) -> None:
    kind, folders = filled(what, command)
    seen: dict[str, set[str]] = {}
    for folder in folders:
        package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
        assert package["profile"] == "data-package"
        assert re.fullmatch(r"[-a-z0-9._/]+", package["name"])
        described = set[str]()
        for resource in package["resources"]:
            path = resource["path"]
            assert re.fullmatch(r"[-a-z0-9._/]+", resource["name"])
            assert resource["schema"]["missingValues"] == [""]
            described |= set(path if isinstance(path, list) else [path])
            fields = {field["name"]: field for field in resource["schema"]["fields"]}
            one = next(table for table in tables(kind) if table.name == resource["name"])
            seen.setdefault(one.file, set()).update(fields)
            for field in fields.values():
                assert field["description"]
                assert field["type"] in ("string", "integer", "number", "boolean", "date", "any")
                assert field.get("unit") or field["type"] in ("string", "date"), field
                assert not re.search("[{}]", field["description"] + field.get("unit", ""))
            if isinstance(path, str) and path.endswith(".csv"):
                rows = list(cells(folder / path))
                assert rows
                assert list(rows[0]) == list(fields)
                for row in rows[:50]:
                    for name, cell in row.items():
                        if cell not in resource["schema"]["missingValues"]:
                            cast(fields[name]["type"])(cell)
        written = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.suffix in (".csv", ".parquet")}
        assert written == described
    for table in tables(kind):
        plain = {column.name for column in table.columns if "{" not in column.name}
        left = plain - seen.get(table.file, set()) - RARE.get(table.file, set())
        assert not left, f"{table.file}: described, and never written: {left}"


RARE = {"observed.csv": {"low", "high", "civilians", "deaths_a", "deaths_b"}}
"""Columns that need data which these commands are not given."""


@pytest.mark.usefixtures("few_worlds_in_doubt", "without_figures")
def test_every_table_of_a_page_is_described_in_the_page(command: Command) -> None:
    page = (run(command) / "report.html").read_text(encoding="utf-8")
    found = dict(re.findall(r'href="data:text/csv;charset=utf-8;base64,([^"]+)" download="([^"]+)"', page))
    files = {name: pd.read_csv(io.BytesIO(base64.b64decode(content))) for content, name in found.items()}
    book = files.pop("code-book.csv")
    assert set(files) == {table.file for table in tables("page")} == set(book["table"])
    for file, table in files.items():
        assert list(book.loc[book["table"] == file, "column"]) == list(table.columns)
    assert set(files["main-figures.csv"]["unit"]) == {"share", "days"}
    assert book["meaning"].str.len().min() > 2
    assert book.loc[book["type"] != "string", "unit"].notna().all()


def test_a_column_that_nobody_described_is_refused_by_name() -> None:
    table = Table(
        "a.csv", "A", (Column("days", "number", "days", "days"), Column("ends_{ending}", "number", "share", "x"))
    )
    assert [one.name for one in describe(["ends_offensive syria", "days"], table)] == ["ends_offensive syria", "days"]
    with pytest.raises(KeyError, match=r"a\.csv: the code book does not describe the column 'ends_nothing'"):
        describe(["ends_nothing"], table)


@pytest.mark.usefixtures("few_worlds_in_doubt", "without_figures")
def test_a_table_that_somebody_edited_is_refused_and_a_pipe_is_not_waited_for(command: Command, tmp_path: Path) -> None:
    folder = Path(command("run", str(SMALL), *FEW).last)
    (folder / "observed.csv").write_text("date,happiness\n2020-01-01,3\n", encoding="utf-8")
    with pytest.raises(FolderError, match=r"edited or damaged: .*the column 'happiness'"):
        code_book.write_code_book(folder, "run", "T")
    (folder / "observed.csv").unlink()
    os.mkfifo(folder / "observed.csv")
    assert code_book.write_code_book(folder, "run", "T").is_file()


def test_a_factor_has_the_unit_of_its_path_and_an_outcome_its_own() -> None:
    manifest: dict[str, Any] = {
        "experiment": {"outcomes": ["days_held", "holds_past_30"]},
        "factors": [
            {"name": "agreement.buffer_km", "kind": "number", "paths": ["agreement.buffer_km"]},
            {"name": "no-monitors", "kind": "change", "paths": [], "title": "Monitors go home"},
        ],
    }
    frame = pd.DataFrame(columns=["agreement.buffer_km", "no-monitors", "days_held", "holds_past_30_low"])
    book = as_frame("experiment", {"tables/points.csv": frame}, code_book.names_of(manifest)).set_index("column")
    assert list(book["unit"]) == ["km", "yes or no", "days", "share"]
    assert list(book["type"]) == ["number", "boolean", "number", "number"]
    assert str(book.loc["no-monitors", "meaning"]).startswith("Monitors go home")


@pytest.mark.usefixtures("few_worlds_in_doubt")
def test_data_files_are_not_rounded(command: Command) -> None:
    folder = Path(command("compare", "idlib-2018", "idlib-2018+no-monitors", "--worlds", "13", "--days", "97").last)
    row = next(cells(folder / "differences.csv"))
    assert float(row["mean_days_held"]) * 13 == pytest.approx(round(float(row["mean_days_held"]) * 13), abs=1e-9)
    command("forecast", "--feature", "country=Syria", "--out", "told")
    assert any(len(row["unbroken"]) > 12 for row in cells(Path("told/forecast.csv")))
