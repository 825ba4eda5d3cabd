"""How to make the results of a report again, and with what they were made."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from ceasefire.report.blocks import Block, Commands, Folded, Paragraph, Section, Table

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
    return Section("replay", "How to replay it", [*blocks, Folded("What made it", [_made_with(manifest)])])


def _made_with(manifest: Mapping[str, Any]) -> Table:
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
