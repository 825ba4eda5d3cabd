"""`ceasefire discover`: in which corner of the assumed numbers does the deal fail?"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ceasefire.cli.exit_codes import RefusedError
from ceasefire.cli.experiment import ROUGH, complete, records
from ceasefire.cli.options import AsJson, scenarios
from ceasefire.cli.report import remake
from ceasefire.cli.terminal import columns, notify, show, show_json, shown_path

if TYPE_CHECKING:
    from ceasefire.experiments.prepare import PreparedExperiment

ASKED = """name: {name}
title: {title}
question: In which corner of the assumed numbers does the deal fail?
scenario: {scenario}
uncertainties: {{paths: {{"**": doubt}}}}
design: {{kind: latin_hypercube, samples: 1000}}
worlds: 40
outcomes: [{outcome}]
"""
"""The experiment that is run for a scenario: as experiments/everything-in-doubt.yaml."""


def discover(
    what: Annotated[
        str,
        typer.Argument(
            metavar="SCENARIO|DIR",
            help="A scenario, or the folder of an experiment with a Latin hypercube of assumed numbers.",
            autocompletion=scenarios,
        ),
    ],
    workers: Annotated[
        int | None, typer.Option(min=1, max=512, help="Threads.", show_default="as many as cores")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder to fill.", show_default="results/discover-NAME")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A rough answer within a minute.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find the corner of the assumed numbers in which a deal fails most often, judged on draws held out."""
    from ceasefire.analysis.scenario_discovery import can_discover
    from ceasefire.ensemble.output_folder import folder_kind
    from ceasefire.experiments.result_store import Store
    from ceasefire.experiments.resume import folder_for_experiment
    from ceasefire.report.experiment import read_experiment
    from ceasefire.report.scenario_discovery import NOT_INSTALLED, corner_sentence, first_corner

    if not can_discover():
        raise RefusedError(NOT_INSTALLED)
    folder = Path(what)
    if not folder.is_dir():
        prepared = _everything_in_doubt(what, quick)
        folder, note = folder_for_experiment(prepared, out)
        if note:
            notify(note)
        complete(prepared, Store(folder), workers)
    elif folder_kind(folder) == "experiment":
        remake(folder)
    else:
        raise RefusedError(f"{folder} holds no experiment; give the folder of one, or a scenario")
    found = read_experiment(folder, Store(folder).manifest(), shown_path(folder))
    rows = first_corner(found.tables)
    if rows is None:
        raise RefusedError(
            f"{folder}: a corner is looked for in a finished latin_hypercube design of assumed numbers, of at least "
            "40 samples and 2 worlds, with an outcome such as holds_past_365"
        )
    if as_json:
        show_json(records(rows))
        return
    show(corner_sentence(rows, found.names))
    show(f"\n{ROUGH if found.manifest.get('rough') else 'Illustrative: durations are not calibrated.'}\n")
    figure = Path(shown_path(folder)) / "figures" / "corner.png"
    lines = [["report", str(Path(shown_path(folder)) / "report.html")], ["figure", str(figure)]]
    show(columns(lines if figure.exists() else lines[:1]))


def _everything_in_doubt(scenario: str, quick: bool) -> PreparedExperiment:
    """The experiment of a scenario. ScenarioError for a scenario with faults."""
    from ceasefire.experiments.load import load_experiment
    from ceasefire.experiments.prepare import prepare
    from ceasefire.scenario.variants import open_base

    base = open_base(scenario)
    loaded = base.loaded
    name = f"discover-{loaded.label.replace('+', '-')}"
    outcome = "holds_past_365" if loaded.scenario.horizon_days > 365 else "holds_to_the_end"
    title = f"{loaded.scenario.title}: everything that is assumed, at once"
    reference = "+".join((str(base.file.absolute()), *loaded.changes))
    with tempfile.TemporaryDirectory() as aside:
        file = Path(aside) / f"{name}.yaml"
        file.write_text(
            ASKED.format(name=name, title=json.dumps(title), scenario=json.dumps(reference), outcome=outcome),
            encoding="utf-8",
        )
        return prepare(load_experiment(file), quick=quick)
