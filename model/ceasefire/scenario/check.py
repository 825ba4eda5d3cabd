"""Every fault of one file, whatever kind of file it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from ceasefire.errors import Fault, ScenarioError, in_order
from ceasefire.scenario.assemble import is_resolved, read_change
from ceasefire.scenario.library import MOTIVES
from ceasefire.scenario.load import load, load_resolved
from ceasefire.scenario.references import terms_at
from ceasefire.scenario.said import Said, dotted, fault_at, place_of, plain
from ceasefire.scenario.schema import Motive, Name
from ceasefire.scenario.shape import Shape
from ceasefire.scenario.words import faults_of
from ceasefire.scenario.yaml_lines import read

Kind = Literal["scenario", "change", "motives", "resolved"]

ONLY_IN_CHANGES = frozenset({"sentence", "kind", "set", "add", "multiply", "remove", "append"})
ONLY_IN_SCENARIOS = frozenset({"base", "sides", "actors", "front", "agreement", "start", "war"})
CATALOGUE = TypeAdapter(dict[Name, Annotated[Motive, Field(description="a motive")]])


def check_file(path: str | Path) -> list[Fault]:
    """Every fault of a scenario, a change, a motive catalogue or a resolved scenario; an empty list when sound.

    A change is checked by itself: whether its paths fit shows only in a scenario.
    """
    file = Path(path)
    said, faults = read(file)
    if said is None:
        return in_order(faults)
    kind = kind_of(file, said)
    if kind == "motives":
        return in_order(faults + motive_faults(said))
    try:
        if kind == "change":
            read_change(file)
        elif kind == "resolved":
            load_resolved(file)
        else:
            load(file)
    except ScenarioError as error:
        return error.faults
    return []


def kind_of(file: Path, said: Said) -> Kind:
    """What a file is, by its name, its folder and what it says."""
    names = set(said.named)
    if is_resolved(file):
        return "resolved"
    if file.name == MOTIVES or (names and all("profile" in entry.named for entry in said.named.values())):
        return "motives"
    if names & ONLY_IN_SCENARIOS:
        return "scenario"
    return "change" if names & ONLY_IN_CHANGES or file.absolute().parent.name == "changes" else "scenario"


def motive_faults(said: Said) -> list[Fault]:
    """Faults of a motive catalogue."""
    raw, faults = plain(said), []
    try:
        CATALOGUE.validate_python(raw)
    except ValidationError as error:
        faults += faults_of(error, said, Shape("named", inner=Motive))
    for name, motive in raw.items():
        for steps, message in terms_at(motive if isinstance(motive, dict) else {}, (name,)):
            faults.append(fault_at(place_of(said, steps), dotted(steps), message))
    return faults
