"""`ceasefire schema`: JSON Schema of the files that users edit, for editors; and the page of all fields."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from ceasefire.cli.exit_codes import RefusedError
from ceasefire.cli.terminal import notify, show, shown_path


def schema(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write into, beside the files.")] = Path(),
    as_page: Annotated[bool, typer.Option("--page", help="Print a page of all fields instead.")] = False,
) -> None:
    """Write the JSON Schema of scenarios, changes and experiments, with which editors complete and explain fields.

    A file names its schema in the first line: # yaml-language-server: $schema=./scenario.schema.json
    """
    if as_page:
        show(page().rstrip("\n"))
        return
    from ceasefire.experiments.result_store import write_whole
    from ceasefire.experiments.schema import experiment_schema
    from ceasefire.scenario.json_schema import change_schema, scenario_schema

    if out.exists() and not out.is_dir():
        raise RefusedError(f"{out} is a file, not a folder")
    out.mkdir(parents=True, exist_ok=True)
    for name, content in (
        ("scenario", scenario_schema()),
        ("change", change_schema()),
        ("experiment", experiment_schema()),
    ):
        file = out / f"{name}.schema.json"
        write_whole(file, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())
        show(shown_path(file))
    notify("a file names its schema in its first line: # yaml-language-server: $schema=./scenario.schema.json")


HEADS = ("field", "unit and limits, or words", "by default", "range when ASSUMED", "meaning")
ABOUT = """# Fields of scenarios, changes and experiments

Every field of the files that you edit, with its unit, its limits, its default, the range over which it is drawn when
it has no source, and its meaning. Made from the schema that `ceasefire check` uses: `ceasefire schema --page` prints
this page. `ceasefire schema --out scenarios` writes the same as JSON Schema; an editor that reads YAML with it (such as
VS Code with its YAML extension) completes fields and explains them.

A number is written bare (`0.4`), or with a source: `{value: 0.4, source: "…"}`. Instead of `value` it may have
`uniform: [low, high]`, `triangular: [low, most likely, high]`, `normal: [mean, standard deviation]` or
`lognormal: [median, standard deviation of the logarithm]`, drawn once for each world. `range: [low, high]` says over
what an ASSUMED number is drawn instead of the range here. Names in `<brackets>` are yours to choose.
"""


def page() -> str:
    """The page of all fields."""
    from ceasefire.experiments.schema import Experiment
    from ceasefire.scenario.json_schema import LAYERS, rows_of
    from ceasefire.scenario.schema import Change, Scenario

    layers = [(name, "", "", "", str(part["description"])) for name, part in LAYERS.items()]
    parts = [ABOUT, "## Scenarios\n", _table([*layers, *rows_of(Scenario)])]
    parts += ["## Changes\n", _table(rows_of(Change)), "## Experiments\n", _table(rows_of(Experiment))]
    return "\n".join(parts)


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(HEADS)} |", f"|{'---|' * len(HEADS)}"]
    for path, *cells in rows:
        lines.append(f"| `{path}` | {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(lines) + "\n"
