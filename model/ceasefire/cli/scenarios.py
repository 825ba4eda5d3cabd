"""Commands about scenario files: list, describe, check, new."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ceasefire.cli.exit_codes import BAD_INPUT, RefusedError
from ceasefire.cli.options import AsJson, Changes, ScenarioName, Settings, loaded_as_asked
from ceasefire.cli.terminal import columns, program, say, show, show_json, shown_path
from ceasefire.errors import Fault, ScenarioError
from ceasefire.scenario import load as scenario_check
from ceasefire.scenario.yaml_with_lines import read

GROUPS = {
    "scenario": "Scenarios",
    "lever": "Levers: changes that somebody could decide",
    "shock": "Shocks: changes that nobody here controls",
    "assumption": "Assumptions: what we may have wrong",
    "change": "Changes",
    "experiment": "Experiments",
}
"""What `list` groups by, in order."""


def list_all(as_json: AsJson = False) -> None:
    """List scenarios, changes and experiments, shipped and local, a line each."""
    from ceasefire.scenario.find_scenarios import list_changes, list_experiments, list_scenarios

    rows = [_listed("scenario", name, file) for name, file in list_scenarios().items()]
    rows += [_listed("change", name, file) for name, file in list_changes().items()]
    rows += [_listed("experiment", name, file) for name, file in list_experiments().items()]
    if as_json:
        show_json(rows)
        return
    for kind, heading in GROUPS.items():
        group = [["  " + row["name"], row["says"]] for row in rows if row["kind"] == kind]
        if group:
            show(f"{heading}\n{columns(group, gap=2)}\n")
    say(f"{program()} describe NAME says more; {program()} run SCENARIO --change CHANGE simulates.")


def _listed(kind: str, name: str, file: Path) -> dict[str, str]:
    from ceasefire.scenario.find_scenarios import headline

    said = headline(file)
    if kind == "change" and said.get("kind") in GROUPS:
        kind = said["kind"]
    words = said.get("question") or said.get("sentence") or said.get("title") or "(cannot be read; try `check`)"
    return {"kind": kind, "name": name, "says": words, "file": str(file)}


def describe(
    scenario: ScenarioName,
    resolved: Annotated[bool, typer.Option("--resolved", help="Print the full file, no default left unsaid.")] = False,
    change: Changes = None,
    setting: Settings = None,
) -> None:
    """Say a scenario in words: who wants what and how much, who holds whom, the terms, the front."""
    loaded = loaded_as_asked(scenario, change, setting)
    if resolved:
        show(loaded.resolved_yaml().rstrip("\n"))
        return
    from ceasefire.narrative.describe import describe as in_words

    show(in_words(loaded).rstrip("\n"))


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Files, or names from `ceasefire list`.")],
) -> None:
    """Name every fault of scenario, change and motive files, with its line and what would be right."""

    sound = True
    for given in files:
        file = _file_of(given)
        faults = check_file(file)
        for fault in faults:
            show(str(fault))
        if faults:
            sound = False
        else:
            show(f"{file}: ok")
    if not sound:
        raise typer.Exit(BAD_INPUT)


def _file_of(given: str) -> Path:
    """A file as it was given, or the scenario, change or catalogue of that name."""
    from ceasefire.scenario.find_scenarios import list_changes, list_experiments, list_scenarios, motives_file

    path = Path(given)
    if path.exists() or len(path.parts) > 1:
        return path
    named = {**list_experiments(), **list_changes(), **list_scenarios(), "motives": motives_file()}
    here = Path(f"{given}.yaml")
    return named.get(path.stem if path.suffix in (".yaml", ".yml") else given, here if here.is_file() else path)


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits, '-' and '_'.")],
    base: Annotated[str, typer.Option("--from", metavar="SCENARIO", help="The scenario to start from.")],
) -> None:
    """Write a short scenario file that starts from another, with the numbers one is likely to change."""
    from ceasefire.scenario.template import is_name, template_text

    if not is_name(name):
        raise RefusedError(f"'{name}' is not a name; use small letters, digits, '-' and '_', beginning with a letter")
    file = (Path("scenarios") if Path("scenarios").is_dir() else Path()) / f"{name}.yaml"
    text = template_text(name, base, file)
    try:
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except FileExistsError:
        raise RefusedError(f"{file} exists already, and is not overwritten; choose another name") from None
    reference = name if file.parent.name == "scenarios" else shown_path(file)
    say(f"Edit it, then: {program()} check {file}; {program()} run {reference}")
    show(str(file))


ONLY_IN_EXPERIMENTS = frozenset({"question", "design", "levers", "uncertainties", "outcomes", "draws"})


def check_file(path: str | Path) -> list[Fault]:
    """Every fault of an experiment, scenario, change or motive file; an empty list when sound."""
    file = Path(path)
    if not is_experiment(file):
        return scenario_check.check_file(file)
    from ceasefire.experiments.load import load_experiment
    from ceasefire.experiments.prepare import prepare

    try:
        prepare(load_experiment(file))
    except ScenarioError as error:
        return error.faults
    return []


def is_experiment(file: Path) -> bool:
    """Whether a file says what only experiments say, or lies among them."""
    said, _ = read(file)
    if said is None:
        return file.suffix == ".yaml" and file.absolute().parent.name == "experiments"
    return bool(set(said.named) & ONLY_IN_EXPERIMENTS)
