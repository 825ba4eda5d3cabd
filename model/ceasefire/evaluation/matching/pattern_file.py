"""A file of patterns: figures counted in real deals, each with the scenario and the days that it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from ceasefire.errors import Fault, ScenarioError
from ceasefire.evaluation.matching.pattern_figures import FIGURES
from ceasefire.experiments.schema import Case
from ceasefire.parameters.sourced_value import Finite, Strict, count_of
from ceasefire.scenario.load import Loaded, load
from ceasefire.scenario.schema_errors import faults_of
from ceasefire.scenario.yaml_with_lines import Located, Steps, dotted, fault_at, place_of, read, to_plain

SHIPPED = Path(__file__).parent / "patterns.yaml"


class Window(Strict):
    """Days of a deal, both counted; its first day is day 0."""

    first: Annotated[int, count_of(0, 3649, "days")] = Field(description="first day")
    last: Annotated[int, count_of(0, 3649, "days")] = Field(description="last day")

    @model_validator(mode="after")
    def _rising(self) -> Window:
        if self.last < self.first:
            raise PydanticCustomError("window", "the last day of a window lies before its first", {})
        return self


class Pattern(Strict):
    """A figure that was counted in a real deal, and what it is compared with."""

    name: str = Field(description="its name on tables and charts")
    scenario: str = Field(description="the scenario that is simulated for it; name+change too")
    days: Window = Field(description="the days that are counted, {first: 0, last: 89}")
    figure: str = Field(description="what is counted: " + ", ".join(FIGURES))
    value: Finite = Field(description="as counted, in the unit of the figure")
    worlds: Literal["held", "ended"] = Field(
        default="held",
        description="worlds that are like the deal: held through the window, or ended within `ended_within`",
    )
    ended_within: tuple[Finite, Finite] | None = Field(
        default=None, description="least and most days held by worlds that are like a deal that ended"
    )
    discrepancy: Annotated[Finite, Field(ge=0, le=3)] = Field(
        default=0.3,
        description="how wrong the model may be though its numbers are right, as a share of the spread of worlds; "
        "0.3 is ASSUMED, 0.1 to 1",
    )
    measured_on: str | None = Field(
        default=None,
        description="the deal on which it was counted, when that is not the scenario's: shown, and rules out nothing",
    )
    source: str = Field(description="where the value is from")

    @model_validator(mode="after")
    def _fits(self) -> Pattern:
        if self.figure not in FIGURES:
            raise PydanticCustomError("figure", f"no such figure; there are: {', '.join(FIGURES)}", {})
        if (self.worlds == "ended") != (self.ended_within is not None):
            raise PydanticCustomError("ended_within", "ended_within goes with `worlds: ended`, and only with it", {})
        return self

    @property
    def like_for_like(self) -> bool:
        """Whether it was counted on the deal that is simulated for it."""
        return self.measured_on is None


class PatternFile(Strict):
    """Patterns, the scenario whose answer is asked, and the past deals that judge it."""

    target: str = Field(description="the scenario whose answer is shown before and after")
    patterns: Annotated[list[Pattern], Field(min_length=1)] = Field(description="the patterns")
    judged: list[Case] = Field(default_factory=list, description="past deals that are scored before and after")


@dataclass(frozen=True)
class Patterns:
    """A file without faults: its content, and every scenario that it names, loaded, by its name in the file."""

    spec: PatternFile
    file: Path
    scenarios: dict[str, Loaded]


def load_patterns(file: Path = SHIPPED) -> Patterns:
    """Read a file of patterns. ScenarioError with every fault, by file and line."""
    content, faults = read(file)
    if content is None:
        raise ScenarioError(faults)
    try:
        spec = PatternFile.model_validate(to_plain(content))
    except ValidationError as error:
        raise ScenarioError([*faults, *faults_of(error, content, PatternFile)]) from None
    scenarios: dict[str, Loaded] = {}
    named: list[tuple[Steps, str]] = [(("target",), spec.target)]
    named += [(("patterns", k, "scenario"), each.scenario) for k, each in enumerate(spec.patterns)]
    named += [(("judged", k, "scenario"), each.scenario) for k, each in enumerate(spec.judged)]
    for steps, name in named:
        if name in scenarios:
            continue
        try:
            scenarios[name] = load(name)
        except ScenarioError as error:
            faults.append(_about(content, steps, f"{name} cannot be loaded: {error.faults[0].message}"))
    faults += [
        _about(content, ("judged", k), "held is missing: how many days did it hold?")
        for k, each in enumerate(spec.judged)
        if each.held is None
    ]
    if faults:
        raise ScenarioError(faults)
    return Patterns(spec, file, scenarios)


def _about(content: Located, steps: Steps, words: str) -> Fault:
    return fault_at(place_of(content, steps), dotted(steps), words)
