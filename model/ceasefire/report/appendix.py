"""What a scenario rests on: numbers that nobody measured, with their ranges, and those that somebody reported."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ceasefire.parameters.sourced_value import ASSUMED, Quantity, shown_list
from ceasefire.report.html import Block, Commands, Folded, Paragraph, Section, Table
from ceasefire.scenario.parameter_paths import doubt_range, quantities
from ceasefire.scenario.schema import Scenario
from ceasefire.wording import shown

COLUMNS = ("number", "value", "drawn over", "unit", "note")


def assumed_numbers(scenario: Scenario) -> pd.DataFrame:
    """A row for each ASSUMED number: its path, value, the range that doubt draws it over (may be ''), unit and note."""
    rows = [
        (path, shown(number), _range(number, meta), str(meta["unit"]), _note(number))
        for path, number, meta in quantities(scenario)
        if number.assumed
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _range(number: Quantity, meta: dict[str, Any]) -> str:
    span = doubt_range(number, meta)
    return shown_list((round(span[0], 4), round(span[1], 4))) if span is not None else ""


def _note(number: Quantity) -> str:
    """What the file says of the number, besides that it is assumed, and since when a fact behind it could be known."""
    said = number.source.strip()[len(ASSUMED) :].strip(" :;,.-") + _known_by(number)
    note = " ".join((number.note or "").split()).removeprefix(f"{ASSUMED}: ")
    return "; ".join(part for part in (said, note) if part)


def assumed_table(table: pd.DataFrame) -> Table:
    """The same for readers."""
    rows = [[str(cell) for cell in row] for row in table.itertuples(index=False)]
    return Table(f"{len(table):,} assumed numbers", COLUMNS, rows, frozenset({1, 2}))


def sources_table(scenario: Scenario) -> Table:
    """Every number that has a source: what it is and who says so."""
    rows = [
        [path, shown(number), str(meta["unit"]), _source(number)]
        for path, number, meta in quantities(scenario)
        if not number.assumed
    ]
    return Table(f"{len(rows):,} numbers with a source", ("number", "value", "unit", "source"), rows, frozenset({1}))


def _source(number: Quantity) -> str:
    """The source, and since when it could be known."""
    return " ".join(number.source.split()) + _known_by(number)


def _known_by(number: Quantity) -> str:
    return f" (known by {number.known_by.isoformat()})" if number.known_by is not None else ""


def motives_table(scenario: Scenario) -> Table:
    """Why actors move at all, and where each motive is argued."""
    rows = [[motive.title, " ".join(motive.source.split())] for motive in scenario.motives.values()]
    return Table("Motives of the actors, and where they are argued", ("motive", "source"), rows)


PROGRAM_WORDS = {"ceasefire": "Ceasefire", "python": "Python", "numpy": "NumPy", "numba": "Numba", "mesa": "Mesa"}


def replay_section(manifest: Mapping[str, Any], named: str, world: int) -> Section:
    """Commands that make the run, one of its worlds and this page again, and the versions that gave these bytes."""
    folder = shlex.quote(named)
    lines = {
        str(manifest.get("command", "")): "makes the whole run again",
        f"ceasefire replay {folder} --world {world}": "lives one world again and says whether it is the same",
        f"ceasefire world {folder} --world {world} --chart": "tells that world day by day, and why",
        f"ceasefire report {folder}": "makes the figures and this page again",
    }
    said = (
        "The same scenario, seed and program give the same worlds, to the last bit, on any machine. The folder of "
        "these results holds everything: the full scenario, the tables and a manifest."
    )
    blocks: list[Block] = [Paragraph(said), Commands({line: what for line, what in lines.items() if line})]
    return Section("replay", "How to replay it", [*blocks, Folded("What made it", [_versions(manifest)])])


def _versions(manifest: Mapping[str, Any]) -> Table:
    """Versions, and the hashes by which results are told apart."""
    program = dict(manifest.get("program", {}))
    rows: list[list[str]] = [
        [str(PROGRAM_WORDS.get(name, name)), str(version)] for name, version in program.items() if name != "source"
    ]
    hashes = {
        "rules of the model (SHA-256 of their source)": program.get("source"),
        "scenario (SHA-256 of what affects results)": manifest.get("digest"),
        "table of worlds (SHA-256)": manifest.get("table_sha256"),
        "begun": manifest.get("started"),
        "took [seconds]": manifest.get("wall_seconds"),
    }
    rows += [[words, str(value)] for words, value in hashes.items() if value is not None]
    return Table("Versions and hashes", ["what", "which"], rows)
