"""The code book: what every column is, from columns.yaml, as a Frictionless data package and as a table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from ceasefire.ensemble.output_folder import FolderError, refuse_links
from ceasefire.experiments.outcome_definitions import outcome
from ceasefire.experiments.result_store import write_whole
from ceasefire.scenario.parameter_paths import shape_at
from ceasefire.wording import lower
from ceasefire.world_state import CAUSES

FILE = Path(__file__).with_name("columns.yaml")
PACKAGE = "datapackage.json"


@dataclass(frozen=True)
class Column:
    """A column: its name (or a pattern with {factor}, {outcome}, {ending} or {number}), type, unit and meaning."""

    name: str
    type: str
    unit: str
    meaning: str

    @property
    def title(self) -> str:
        """What readers call it."""
        return self.name.replace("_", " ")


@dataclass(frozen=True)
class Table:
    """A table: its file within the folder (* stands for the number of a part), its title and its columns."""

    file: str
    title: str
    columns: tuple[Column, ...]

    @property
    def name(self) -> str:
        """Its name within a package."""
        return re.sub(r"(/part-\*)?\.\w+$", "", self.file).replace("/", "-")


@cache
def tables(kind: str) -> tuple[Table, ...]:
    """The tables of a kind of folder (run, comparison, experiment, forecast, nowcast, match), or of the page."""
    content = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return tuple(
        Table(file, row["title"], tuple(Column(name, *map(str, each)) for name, each in row["columns"].items()))
        for file, row in content[kind].items()
    )


def table_words(kind: str) -> dict[str, str]:
    """What each table of a kind of folder is, within a sentence, by file."""
    return {table.file: lower(table.title) for table in tables(kind)}


Names = Mapping[str, Mapping[str, Column]]
"""What {factor} and {outcome} stand for: by kind and name, the column as it is described."""

ENDINGS = rf"(?:{'|'.join(filter(None, CAUSES))})(?: .+)?"


def describe(columns: Iterable[str], table: Table, names: Names | None = None) -> list[Column]:
    """The columns of a file as the code book describes them. KeyError, with the name, for one that it does not know."""
    known = {column.name: column for column in table.columns}
    return [known[name] if name in known else _by_pattern(name, table, names or {}) for name in columns]


def _by_pattern(name: str, table: Table, names: Names) -> Column:
    for column in table.columns:
        for kind, pattern in (("ending", ENDINGS), ("number", r"\d+"), ("factor", r".+"), ("outcome", r".+")):
            before, found, after = column.name.partition(f"{{{kind}}}")
            stands_for = re.fullmatch(f"{re.escape(before)}({pattern}){re.escape(after)}", name) if found else None
            if stands_for is None:
                continue
            if kind in ("ending", "number"):
                return Column(name, column.type, column.unit, column.meaning)
            own = names.get(kind, {}).get(stands_for[1])
            if own is not None:
                type_ = own.type if column.type == "any" else column.type
                unit = own.unit if column.unit.startswith("as the") else column.unit
                return Column(name, type_, unit, f"{own.meaning}: {column.meaning}")
    raise KeyError(f"{table.file}: the code book does not describe the column '{name}'")


def names_of(manifest: Mapping[str, Any]) -> Names:
    """What {factor} and {outcome} stand for in an experiment, from its manifest."""
    outcomes = {name: outcome(name) for name in manifest["experiment"]["outcomes"]}
    return {
        "factor": {each["name"]: _factor(each) for each in manifest["factors"]},
        "outcome": {name: Column(name, "number", one.unit, one.words) for name, one in outcomes.items()},
    }


def _factor(content: Mapping[str, Any]) -> Column:
    """A factor of a manifest: on or off, or with the unit of the first path that it sets."""
    name, kind = str(content["name"]), content["kind"]
    if kind in ("change", "part"):
        return Column(name, "boolean", "yes or no", f"{content.get('title') or name}, on or off")
    shape = shape_at(tuple(str(next(iter(content["paths"]), name)).split(".")))
    unit = str(shape.meta.get("unit", "")) if shape is not None else ""
    return Column(name, "string" if kind == "choice" else "number", unit or "as in the scenario file", name)


def package(folder: Path, kind: str, title: str, names: Names | None = None) -> dict[str, Any]:
    """The tables that are in a folder as a Frictionless data package (version 1), each column with its unit."""
    resources = []
    for table in tables(kind):
        files = sorted(file for file in folder.glob(table.file) if file.is_file())
        if files:
            paths = [str(file.relative_to(folder).as_posix()) for file in files]
            resources.append(_resource(table, paths, describe(_header(files[0]), table, names)))
    return {"profile": "data-package", "name": f"ceasefire-{kind}", "title": title, "resources": resources}


def _resource(table: Table, paths: Sequence[str], columns: Sequence[Column]) -> dict[str, Any]:
    is_csv = table.file.endswith(".csv")
    fields = [
        {"name": c.name, "type": c.type, "title": c.title, "description": c.meaning}
        | ({"unit": c.unit} if c.unit else {})
        for c in columns
    ]
    kind = (
        {"profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
        if is_csv
        else {"profile": "data-resource", "format": "parquet", "mediatype": "application/vnd.apache.parquet"}
    )
    path = paths if len(paths) > 1 or table.file.endswith("part-*.parquet") else paths[0]
    return {"name": table.name, "path": path, "title": table.title, **kind,
            "schema": {"fields": fields, "missingValues": [""]}}  # fmt: skip


def _header(file: Path) -> list[str]:
    if file.suffix == ".parquet":
        import pyarrow.parquet

        return list(pyarrow.parquet.read_schema(file).names)
    return list(pd.read_csv(file, nrows=0).columns)


def write_code_book(folder: Path, kind: str, title: str, names: Names | None = None) -> Path:
    """Write datapackage.json into a results folder. FolderError when it was edited or an entry is a link; OSError."""
    refuse_links(folder)
    try:
        content = package(folder, kind, title, names)
    except (ValueError, KeyError) as problem:
        raise FolderError(f"{folder} was edited or damaged: {problem}") from problem
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    write_whole(folder / PACKAGE, text.encode())
    return folder / PACKAGE


def as_frame(kind: str, frames: Mapping[str, pd.DataFrame], names: Names | None = None) -> pd.DataFrame:
    """The code book of some tables, by file: a row for each of their columns; tables of others are left out."""
    known = {table.file: table for table in tables(kind)}
    rows = [
        {"table": file, "column": c.name, "type": c.type, "unit": c.unit, "meaning": c.meaning}
        for file, frame in frames.items()
        if file in known
        for c in describe(map(str, frame.columns), known[file], names)
    ]
    return pd.DataFrame(rows, columns=["table", "column", "type", "unit", "meaning"])
