"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ceasefire.arguments import MOST_SEED as MOST_SEED

if TYPE_CHECKING:
    from ceasefire.scenario.load import Loaded


def scenarios(incomplete: str) -> list[str]:
    """Names of scenarios, for the completion of shells; after a `+`, names of changes."""
    from ceasefire.scenario.find_scenarios import list_scenarios

    base, plus, begun = incomplete.rpartition("+")
    names = [f"{base}+{name}" for name in _changes(begun)] if plus else [*list_scenarios()]
    return [name for name in names if name.startswith(incomplete)]


def _changes(incomplete: str) -> list[str]:
    """Names of changes, for the completion of shells."""
    from ceasefire.scenario.find_scenarios import list_changes

    return [name for name in list_changes() if name.startswith(incomplete)]


def experiments(incomplete: str) -> list[str]:
    """Names of experiments, for the completion of shells."""
    from ceasefire.scenario.find_scenarios import list_experiments

    return [name for name in list_experiments() if name.startswith(incomplete)]


ScenarioName = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help="A name from `ceasefire list`, a file, or name+change.", autocompletion=scenarios
    ),
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--change", metavar="NAME", help="Apply a named change; can be given several times.", autocompletion=_changes
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Set one number, as agreement.monitoring=0.6; can be given several times."
    ),
]
Seed = Annotated[int, typer.Option(min=0, max=MOST_SEED, help="Another seed gives other worlds.")]
Point = Annotated[
    int | None,
    typer.Option("--point", metavar="P", min=0, help="Which point of an experiment, or which side of a comparison."),
]
Workers = Annotated[int | None, typer.Option(min=1, max=512, help="Threads.", show_default="as many as cores")]
CountsFile = Annotated[
    Path | None,
    typer.Option("--counts", metavar="FILE", help="Counts since signing, as `ceasefire observe` writes them."),
]
Dates = Annotated[bool, typer.Option("--dates", help="Calendar dates on the axes of time.")]
WordScale = Literal["numbers", "phia", "ipcc"]
Words = Annotated[
    WordScale, typer.Option("--words", help="Chances also in words, by the UK's PHIA yardstick or IPCC's scale.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print figures as JSON.")]


def repeated(metavar: str, words: str) -> Any:
    """An option that may be given several times."""
    return typer.Option(metavar=metavar, help=f"{words}; may be repeated.")


def load_with_options(scenario: str, changes: Sequence[str] | None, settings: Sequence[str] | None) -> Loaded:
    """The scenario under the changes and settings of a command line. ScenarioError when it has faults."""
    from ceasefire.scenario.compose import parse_settings
    from ceasefire.scenario.load import load

    return load(scenario, tuple(changes or ()), parse_settings(settings or ()))
