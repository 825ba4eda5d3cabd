"""Schema of an experiment file: question, scenario, factors, design, and outcomes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from ceasefire.experiments.outcome_definitions import KNOWN, outcome
from ceasefire.parameters.sourced_value import Finite, Strict, count_of
from ceasefire.scenario.json_schema import Schema, schema_of
from ceasefire.scenario.schema import Name
from ceasefire.suggestions import did_you_mean

Kind = Literal["grid", "one_at_a_time", "latin_hypercube", "sobol", "morris", "table", "swap"]
SAMPLED = ("latin_hypercube", "sobol", "morris")
"""Designs that draw points; `samples` is their number."""

MOST_WORLDS = 1_000_000
MOST_POINTS = 200_000
MOST_CASES = 100

FORMS = ("values", "range", "triangular", "normal", "lognormal", "doubt", "table")


def _known_outcome(given: str) -> str:
    try:
        return outcome(given).name
    except ValueError as problem:
        hint = did_you_mean(given, KNOWN)
        raise PydanticCustomError("no_outcome", "{problem}{hint}", {"problem": str(problem), "hint": hint}) from None


OutcomeName = Annotated[str, AfterValidator(_known_outcome)]


def _names_or_all(given: Any) -> Any:
    if given == "all" or isinstance(given, list):
        return given
    raise PydanticCustomError(
        "not_changes", "is neither a list of changes nor the word all; write a list as [no-monitors]"
    )


class Spread(Strict):
    """The values of a path, in exactly one form.

    `[a, b]` is short for `{values: [a, b]}`, and the words `doubt` and `table` for `{doubt: true}` and `{table: true}`.
    """

    values: list[object] | None = Field(default=None, min_length=1, description="each of these")
    range: tuple[Finite, Finite] | None = Field(
        default=None, description="[low, high]: anything between, with equal probability"
    )
    points: Annotated[int, count_of(2, 1000, "values")] | None = Field(
        default=None,
        description="with range: how many values, ends included, in a design with few values; 2 if not given",
    )
    triangular: tuple[Finite, Finite, Finite] | None = Field(default=None, description="[low, most likely, high]")
    normal: tuple[Finite, Finite] | None = Field(default=None, description="[mean, standard deviation]")
    lognormal: tuple[Finite, Finite] | None = Field(
        default=None, description="[median, standard deviation of the logarithm]"
    )
    doubt: Literal[True] | None = Field(default=None, description="each of these assumed numbers over its own range")
    table: Literal[True] | None = Field(default=None, description="the values in the table's column of that name")

    @model_validator(mode="before")
    @classmethod
    def _from_short(cls, given: Any) -> Any:
        if isinstance(given, list):
            return {"values": given}
        if given in ("doubt", "table"):
            return {given: True}
        if isinstance(given, (dict, Spread)):
            return given
        raise PydanticCustomError("no_spread", "gives no values; write [a, b], {range: [low, high]} or doubt", {})

    @model_validator(mode="after")
    def _one_form(self) -> Spread:
        forms = [name for name in FORMS if getattr(self, name) is not None]
        if len(forms) != 1:
            context = {"forms": ", ".join(FORMS), "found": ", ".join(forms) or "none"}
            raise PydanticCustomError("one_form", "give exactly one of {forms}; found {found}", context)
        if self.points is not None and self.range is None:
            raise PydanticCustomError("no_range", "points can be given with a range only", {})
        for name in ("range", "triangular"):
            ends = getattr(self, name)
            if ends is not None and (list(ends) != sorted(ends) or ends[0] == ends[-1]):
                raise PydanticCustomError(
                    "order", "{name} is not in rising order; write the lowest number first", {"name": name}
                )
        for name in ("normal", "lognormal"):
            if getattr(self, name) is not None and getattr(self, name)[1] <= 0:
                raise PydanticCustomError("spread", "{name}: the standard deviation is not above 0", {"name": name})
        if self.lognormal is not None and self.lognormal[0] <= 0:
            raise PydanticCustomError("median", "lognormal: the median must be above 0", {})
        return self


class Factors(Strict):
    """Factors: named changes, each on or off, and paths of the scenario."""

    changes: Annotated[list[str] | Literal["all"], BeforeValidator(_names_or_all)] = Field(
        default_factory=list,
        description="named changes, each on or off; `all`: every change of that kind that fits the scenario",
    )
    paths: dict[str, Spread] = Field(
        default_factory=dict,
        description="paths of the scenario and their values; `*` gives all one value, or with `doubt` each its own",
    )

    def __bool__(self) -> bool:
        return bool(self.changes or self.paths)


class Design(Strict):
    """The design: which combinations of values are run."""

    kind: Kind = Field(description="how points are chosen")
    samples: Annotated[int, count_of(2, 100_000, "samples")] | None = Field(
        default=None,
        description="points of latin_hypercube, base samples of sobol (a power of two), trajectories of morris",
    )
    file: str | None = Field(
        default=None, description="table: a CSV file with a column for each factor and a row for each point"
    )
    to: str | None = Field(default=None, description="swap: the other scenario")
    parts: dict[Name, list[str]] | None = Field(
        default=None, min_length=1, description="swap: what is exchanged together, by name: lists of paths"
    )

    @model_validator(mode="after")
    def _fitting(self) -> Design:
        needs = {"table": ("file",), "swap": ("to", "parts"), **{kind: ("samples",) for kind in SAMPLED}}
        wanted = needs.get(self.kind, ())
        for name in ("samples", "file", "to", "parts"):
            given = getattr(self, name) is not None
            if given != (name in wanted):
                verb = "does not use" if given else "needs"
                context = {"kind": self.kind, "verb": verb, "name": name}
                raise PydanticCustomError("unfitting", "the design {kind} {verb} {name}", context)
        if self.kind == "sobol" and self.samples is not None and self.samples & (self.samples - 1):
            near = 1 << (self.samples.bit_length() - 1)
            power: dict[str, int] = {"samples": self.samples, "near": near, "far": 2 * near}
            raise PydanticCustomError(
                "not_a_power", "samples: {samples} is not a power of two; try {near} or {far}", power
            )
        return self


AS_IT_IS = "as it is"
"""What a side of a contrast, or a point, is called at which nothing is changed."""

Setting = bool | int | float | str


def _side(given: Any) -> Any:
    """A side of a contrast; the name of a change alone is short for `{name: true}`, `as it is` for no setting."""
    if isinstance(given, str):
        return {} if given == AS_IT_IS else {given: True}
    if isinstance(given, dict):
        return given
    raise PydanticCustomError(
        "no_side", "is no side of a contrast; write {path: value}, the name of a change, or the words 'as it is'"
    )


Side = Annotated[dict[str, Setting], BeforeValidator(_side)]


class Answer(Strict):
    """What answers the question: an outcome, and the points that are compared in it."""

    outcome: OutcomeName = Field(description="the outcome that answers the question, one of `outcomes`")
    contrast: list[Side] | None = Field(
        default=None,
        description="[from, to]: what the second side changes, as {path: value} or the name of a change; "
        "[from, to, from, to]: how much more the second pair changes than the first; what a pair does not name is "
        "averaged over",
    )

    @model_validator(mode="after")
    def _pairs(self) -> Answer:
        sides = self.contrast
        if sides is not None and len(sides) not in (2, 4):
            raise PydanticCustomError(
                "sides",
                "contrast has {sides} sides; write two, [from, to], or four, [from, to, from, to]",
                {"sides": len(sides)},
            )
        for first, other in self.pairs:
            if first == other:
                raise PydanticCustomError("same", "contrast compares a side with itself; let the two differ", {})
        return self

    @property
    def pairs(self) -> list[tuple[dict[str, Setting], dict[str, Setting]]]:
        """The sides in pairs, from and to; none without a contrast."""
        sides = self.contrast or []
        return list(zip(sides[::2], sides[1::2], strict=False))


class StoppingRule(Strict):
    """When to stop adding worlds (sequential sampling)."""

    outcome: OutcomeName = Field(description="the outcome whose interval must be narrow")
    half_width: Finite = Field(gt=0, description="half the width of the 95 % interval that is narrow enough")
    per: Literal["point", "difference"] = Field(
        "point", description="of each point, or of its difference from the baseline"
    )
    most: Annotated[int, count_of(1, MOST_WORLDS, "worlds")] = Field(description="worlds per point, at most")


def _days_held(given: Any) -> Any:
    return [given, given] if isinstance(given, (int, float)) and not isinstance(given, bool) else given


class Case(Strict):
    """A past deal: its scenario as known on its first day, and how long it held; else what `really:` of it says."""

    scenario: str = Field(description="as known on its first day; a name, a path or name+change")
    held: Annotated[tuple[Finite, Finite], BeforeValidator(_days_held)] | None = Field(
        default=None,
        description="days that it held, from 0; [least, most] if its last day is not certain; by default as the "
        "scenario's `really:` says",
    )
    holding: bool = Field(
        default=False, description="after `held` days it still held, or ended otherwise than by fighting"
    )
    source: str = Field(default="", description="where this is from; needed with `held`")
    hindsight: bool = Field(
        default=False, description="the scenario uses what became known later, so it is shown but not scored"
    )

    @model_validator(mode="after")
    def _rising(self) -> Case:
        if self.held is None:
            if self.holding:
                raise PydanticCustomError("holding", "holding needs held: for how many days it is known", {})
            return self
        if not 0 <= self.held[0] <= self.held[1]:
            raise PydanticCustomError("held", "held must be 0 or more, with the least number first", {})
        if self.holding and self.held[0] != self.held[1]:
            raise PydanticCustomError("holding", "a deal that still held is known for one number of days", {})
        if not self.source:
            raise PydanticCustomError("no_source", "source is missing: where is it from that it held so long?", {})
        return self

    @property
    def span(self) -> tuple[float, float]:
        """Least and most days that it held. ValueError before `really:` was read."""
        if self.held is None:
            raise ValueError(f"{self.scenario}: it is not known how long it held")
        return self.held


class Experiment(Strict):
    """An experiment: a question, and the simulations that answer it."""

    name: Name = Field(description="its name on the command line")
    title: str = Field(description="its title on charts")
    question: str = Field(description="the question of the analyst, in one sentence")
    scenario: str = Field(description="a scenario by name or path; name+change too")
    days: Annotated[int, count_of(1, 36500, "days")] | None = Field(
        default=None, description="days that each world is followed; the scenario's horizon if not given"
    )
    levers: Factors = Field(default_factory=lambda: Factors(), description="what somebody could decide")
    uncertainties: Factors = Field(default_factory=lambda: Factors(), description="what nobody controls or knows")
    design: Design = Field(description="which combinations are run")
    draws: Annotated[int, count_of(2, 10_000, "draws")] | None = Field(
        default=None,
        description="draws of the uncertainties, at each of which all levers are run; not with samples",
    )
    worlds: Annotated[int, count_of(1, MOST_WORLDS, "worlds")] = Field(description="worlds per point")
    seed: Annotated[int, count_of(0, 2**63 - 1, "a seed")] = Field(
        default=1, description="another seed gives other worlds"
    )
    outcomes: list[OutcomeName] = Field(min_length=1, description="what is measured in the worlds")
    answer: Answer | None = Field(
        default=None,
        description="what answers the question; without it, the first outcome in which something differs beyond chance",
    )
    until: StoppingRule | None = Field(default=None, description="add worlds until the result is certain enough")
    cases: list[Case] = Field(
        default_factory=list,
        max_length=MOST_CASES,
        description="past deals, each with how long it held, to compare with the model",
    )
    cautions: list[str] = Field(default_factory=list, description="what a reader should not conclude, a sentence each")

    @model_validator(mode="after")
    def _whole(self) -> Experiment:
        self._check_factors()
        if self.answer is not None and self.answer.outcome not in self.outcomes:
            context = {"name": self.answer.outcome, "outcomes": ", ".join(self.outcomes)}
            raise PydanticCustomError(
                "not_asked", "answer: '{name}' is not among the outcomes, which are {outcomes}", context
            )
        if self.until is not None and self.until.outcome not in self.outcomes:
            raise PydanticCustomError(
                "not_asked", "until: '{name}' is not among the outcomes", {"name": self.until.outcome}
            )
        if self.until is not None and self.until.most < self.worlds:
            raise PydanticCustomError("most", "until: most is below worlds", {})
        if self.until is not None and self.draws is not None:
            raise PydanticCustomError("both", "until and draws cannot be used together; leave one of them out", {})
        return self

    def _check_factors(self) -> None:
        if self.design.kind == "swap":
            if self.levers:
                raise PydanticCustomError("swap", "a swap has parts instead of levers; leave levers out", {})
        elif not self.levers and not self.uncertainties:
            raise PydanticCustomError("nothing", "nothing is varied; name levers or uncertainties", {})
        both = bool(self.uncertainties) and bool(self.levers or self.design.kind == "swap")
        if both and self.draws is None and self.design.kind not in SAMPLED:
            raise PydanticCustomError(
                "no_draws",
                "draws is missing: how many draws of the uncertainties every combination of levers is run at",
                {},
            )
        if not both and self.draws is not None:
            raise PydanticCustomError(
                "draws", "draws need both levers and uncertainties; here the design itself draws the values", {}
            )


def experiment_schema() -> Schema:
    """The JSON Schema of experiment files, for editors."""
    spread: Schema = {"anyOf": [{"type": "array"}, {"enum": ["doubt", "table"]}]}
    schema = schema_of(Experiment, {"Spread": spread})
    held = schema["definitions"]["Case"]["properties"]
    held["held"] = {**held["held"], "anyOf": [{"type": "number"}, *held["held"]["anyOf"]]}
    (sides,) = (form for form in schema["definitions"]["Answer"]["properties"]["contrast"]["anyOf"] if "items" in form)
    sides["items"] = {"anyOf": [{"type": "string"}, sides["items"]]}
    return schema
