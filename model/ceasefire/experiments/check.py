"""Every fault of one file, whatever kind of file it is, experiments among them."""

from __future__ import annotations

from pathlib import Path

from ceasefire.errors import Fault, ScenarioError
from ceasefire.scenario import load as scenario_check
from ceasefire.scenario.yaml_with_lines import read

ONLY_IN_EXPERIMENTS = frozenset({"question", "design", "levers", "uncertainties", "outcomes", "draws"})


def check_file(path: str | Path) -> list[Fault]:
    """Every fault of an experiment, scenario, change or motive file; an empty list when sound."""
    file = Path(path)
    if not is_experiment(file):
        return scenario_check.check_file(file)
    from ceasefire.experiments.load import load_experiment
    from ceasefire.experiments.prepare import study

    try:
        study(load_experiment(file))
    except ScenarioError as error:
        return error.faults
    return []


def is_experiment(file: Path) -> bool:
    """Whether a file says what only experiments say, or lies among them."""
    said, _ = read(file)
    if said is None:
        return file.suffix == ".yaml" and file.absolute().parent.name == "experiments"
    return bool(set(said.named) & ONLY_IN_EXPERIMENTS)
