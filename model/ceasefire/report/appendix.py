"""Appendix of reports: assumed numbers with their ranges, numbers with a source, motives, and how to replay."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ceasefire.parameters.sourced_value import ASSUMED, Quantity
from ceasefire.plain_text import number_words
from ceasefire.report.bibliography import analogy_words
from ceasefire.report.html import Block, Commands, Paragraph, Section, Table
from ceasefire.scenario.parameter_paths import doubt_range, quantities
from ceasefire.scenario.schema import Scenario
from ceasefire.wording import short_hash, shown

COLUMNS = ("number", "value", "low", "high", "unit", "note")


def assumed_numbers(scenario: Scenario) -> pd.DataFrame:
    """A row for each ASSUMED number: path, value, limits between which it is drawn (may be ''), unit and note.

    A note says where a number is taken by analogy from a work about another conflict.
    """
    rows = [
        (path, shown(number), *_limits(number, meta), str(meta["unit"]), _note(path, number, meta, scenario))
        for path, number, meta in quantities(scenario)
        if number.assumed
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def assumed_words(scenario: Scenario, of: str = "") -> str:
    """How many numbers of a scenario are assumed, and how many of these have no range; `of` names the scenario."""
    table, numbers = assumed_numbers(scenario), sum(1 for _ in quantities(scenario))
    fixed = int((table["low"] == "").sum())
    rest = f" {fixed:,} of these have no range, and stand as written." if fixed else ""
    return f"{len(table):,} of {numbers:,} numbers{of} are assumed: nobody has measured them.{rest}"


def _limits(number: Quantity, meta: dict[str, Any]) -> tuple[str, str]:
    span = doubt_range(number, meta)
    return (f"{span[0]:.4g}", f"{span[1]:.4g}") if span is not None else ("", "")


DEFAULT = "the value of every scenario that gives no other; nobody measured it here"
JUDGED = "a judgement for this scenario, without a source"
"""Notes of assumed numbers whose file says nothing of them."""


def _note(path: str, number: Quantity, meta: Mapping[str, Any], scenario: Scenario) -> str:
    """The reason for the number, the day from which the fact behind it could be known, the note of the file, or how it
    was set where the file says nothing; and whether it, or the motive that it weighs, is taken by analogy.
    """
    reason = number.source.strip()[len(ASSUMED) :].strip(" :;,.-") + _known_by(number)
    note = " ".join((number.note or "").split()).removeprefix(f"{ASSUMED}: ")
    if not reason and not note:
        note = DEFAULT if number.centre == meta["default"] else JUDGED
    _, weighs, motive = path.partition(".motives.")
    of_motive = scenario.motives[motive].source if weighs and motive in scenario.motives else ""
    analogy = analogy_words(" ".join(f"{reason} {note} {of_motive}".split()), scenario)
    return "; ".join(part for part in (reason, note, analogy) if part)


def assumed_table(table: pd.DataFrame) -> Table:
    """The assumed numbers as a table of the page."""
    rows = [
        [path, value, *(number_words(float(end)) if end else "" for end in (low, high)), unit, note]
        for path, value, low, high, unit, note in table.astype(str).itertuples(index=False, name=None)
    ]
    return Table(f"{len(table):,} assumed numbers", COLUMNS, rows, frozenset({1, 2, 3}))


def sources_table(scenario: Scenario) -> Table:
    """Every number with a source, as a table of the page."""
    rows = [
        [path, shown(number), str(meta["unit"]), _source(number)]
        for path, number, meta in quantities(scenario)
        if not number.assumed
    ]
    return Table(f"{len(rows):,} numbers with a source", ("number", "value", "unit", "source"), rows, frozenset({1}))


def _source(number: Quantity) -> str:
    """The source of a number, and the day from which it could be known."""
    return " ".join(number.source.split()) + _known_by(number)


def _known_by(number: Quantity) -> str:
    return f" (known by {number.known_by.isoformat()})" if number.known_by is not None else ""


def motives_table(scenario: Scenario) -> Table:
    """The motives with their sources, as a table of the page."""
    rows = [
        [motive.title, "; ".join(filter(None, [source, analogy_words(source, scenario)]))]
        for motive in scenario.motives.values()
        if (source := " ".join(motive.source.split())) is not None
    ]
    return Table("Motives of the actors, with their sources", ("motive", "source"), rows)


PROGRAM_WORDS = {"ceasefire": "Ceasefire", "python": "Python", "numpy": "NumPy", "numba": "Numba", "mesa": "Mesa"}


def replay_section(manifest: Mapping[str, Any], named: str, world: int) -> Section:
    """Commands that repeat the run, one of its worlds and this page, and the versions that produced the results."""
    folder = shlex.quote(named)
    which = f"--point 0 --world {world}" if manifest.get("kind") == "experiment" else f"--world {world}"
    lines = {
        str(manifest.get("command", "")): "repeats the whole run",
        f"ceasefire replay {folder} {which}": "simulates one world again and checks that it is the same",
        f"ceasefire world {folder} {which} --chart": "tells the story of that world day by day",
        f"ceasefire report {folder}": "draws the figures and this page again",
    }
    text = (
        "The same scenario, seed and program give the same worlds, to the last bit, on any machine. The folder of "
        "these results contains everything: the full scenario, the tables and a manifest."
    )
    blocks: list[Block] = [Paragraph(text), Commands({line: what for line, what in lines.items() if line})]
    return Section("replay", "How to replay it", [*blocks, versions_table(manifest)])


def versions_table(manifest: Mapping[str, Any]) -> Table:
    """Versions of the program and its libraries, and the hashes that identify the results."""
    program = dict(manifest.get("program", {}))
    rows: list[list[str]] = [
        [str(PROGRAM_WORDS.get(name, name)), str(version)] for name, version in program.items() if name != "source"
    ]
    run = manifest.get("identity")
    hashes = {
        "run (as at the foot of its figures)": short_hash(str(run)) if run else None,
        "rules of the model (SHA-256 of their source)": program.get("source"),
        "scenario (SHA-256 of what affects results)": manifest.get("digest"),
        "table of worlds (SHA-256)": manifest.get("table_sha256"),
        "begun": manifest.get("started"),
        "duration [seconds]": manifest.get("wall_seconds"),
    }
    rows += [[words, str(value)] for words, value in hashes.items() if value is not None]
    return Table("Versions and hashes", ["item", "value"], rows)
