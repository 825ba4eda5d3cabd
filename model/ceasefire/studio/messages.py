"""What the page may ask the server for: typed messages, in which unknown keys and values out of range are faults."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, TypeAdapter, ValidationError

from ceasefire.ensemble.run_plan import MOST_DAYS
from ceasefire.errors import Fault
from ceasefire.parameters.sourced_value import Finite, Strict, count_of
from ceasefire.scenario.schema import Name

LARGEST_MESSAGE = 64_000
"""Bytes."""
MOST_WORLDS = 10_000
MOST_SETTINGS = 500
MOST_CHANGES = 50
LARGEST_SEED = 2**53 - 1
"""The largest whole number that JavaScript holds."""

Text = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]
Id = Annotated[int, Field(ge=0, le=LARGEST_SEED)]


class State(Strict):
    """What is simulated: a scenario, its changes and settings, and the worlds."""

    scenario: Annotated[Text, Field(min_length=1)]
    changes: list[Annotated[Text, Field(min_length=1)]] = Field(default_factory=list, max_length=MOST_CHANGES)
    set: dict[Text, Any] = Field(default_factory=dict, max_length=MOST_SETTINGS)
    seed: Annotated[int, count_of(0, LARGEST_SEED, "a seed")] = 1
    days: Annotated[int, count_of(1, MOST_DAYS, "days")] | None = None
    worlds: Annotated[int, count_of(2, MOST_WORLDS, "worlds")] = 1000


class Request(Strict):
    """A message of the page; the reply repeats its `id`."""

    id: Id


class Scenarios(Request):
    type: Literal["scenarios"]


class Situation(Request):
    type: Literal["situation"]
    state: State


class Answer(Request):
    type: Literal["answer"]
    state: State
    pinned: State | None = None
    doubt: bool = True


class Cancel(Request):
    type: Literal["cancel"]


class World(Request):
    type: Literal["world"]
    state: State
    world: Annotated[int, count_of(0, MOST_WORLDS - 1, "a world")]
    pinned: State | None = None


class VariedNumber(Strict):
    """A number to vary in a batch: so many values from low to high."""

    path: Text
    low: Finite
    high: Finite
    levels: Annotated[int, count_of(2, 50, "values")] = 5


PointWorlds = Annotated[int, count_of(1, MOST_WORLDS, "worlds")]


class OfNumbers(Strict):
    kind: Literal["numbers"]
    state: State
    numbers: list[VariedNumber] = Field(min_length=1, max_length=2)
    worlds: PointWorlds = 200
    name: Name | None = None


class OfLevers(Strict):
    kind: Literal["levers"]
    state: State
    levers: list[Text] | None = Field(default=None, max_length=200)
    worlds: PointWorlds = 200
    name: Name | None = None


class Shipped(Strict):
    kind: Literal["experiment"]
    name: Annotated[Text, Field(min_length=1)]
    quick: bool = False


Design = Annotated[OfNumbers | OfLevers | Shipped, Discriminator("kind")]


class Experiments(Request):
    type: Literal["experiments"]


class Estimate(Request):
    type: Literal["estimate"]
    design: Design


class Start(Request):
    type: Literal["start"]
    design: Design


class Stop(Request):
    type: Literal["stop"]
    job: Text


class Resume(Request):
    type: Literal["resume"]
    folder: Text


class Jobs(Request):
    type: Literal["jobs"]


class ListResults(Request):
    type: Literal["results"]


class OneResult(Request):
    type: Literal["result"]
    folder: Text


class Compare(Request):
    type: Literal["compare"]
    first: Text
    other: Text


class Preview(Request):
    type: Literal["preview"]
    state: State
    name: Name
    title: Text = ""


class Save(Request):
    type: Literal["save"]
    state: State
    name: Name
    title: Text = ""
    replace: bool = False


class Keep(Request):
    type: Literal["keep"]
    state: State


class Questions(Request):
    type: Literal["questions"]


class Create(Request):
    type: Literal["create"]
    name: Name
    title: Text = ""
    base: Text = ""
    answers: dict[Text, Text] = Field(default_factory=dict, max_length=50)
    replace: bool = False


AnyRequest = Annotated[
    Scenarios | Situation | Answer | Cancel | World | Experiments | Estimate | Start | Stop | Resume | Jobs
    | ListResults | OneResult | Compare | Preview | Save | Keep | Questions | Create,
    Discriminator("type"),
]  # fmt: skip

_ANY: TypeAdapter[Any] = TypeAdapter(AnyRequest)


class UnreadableError(Exception):
    """A message that is no request: its id and type as far as they can be read, and its faults."""

    def __init__(self, number: int, about: str, faults: list[Fault]) -> None:
        super().__init__(about)
        self.number, self.about, self.faults = number, about, faults


def parse(text: str) -> Any:
    """The request in a message. UnreadableError when there is none."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST_MESSAGE:
        message = f"the message has {size:,} bytes, and {LARGEST_MESSAGE:,} is the most; change fewer things at once"
        raise UnreadableError(0, "", [Fault("", None, "", message)])
    try:
        content = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise UnreadableError(0, "", [Fault("", None, "", f"the message is no JSON: {problem}")]) from problem
    number, about = _of(content, "id"), _of(content, "type")
    number = number if type(number) is int and 0 <= number <= LARGEST_SEED else 0
    try:
        return _ANY.validate_python(content)
    except ValidationError as error:
        faults = [Fault("", None, _place(each["loc"]), each["msg"]) for each in error.errors(include_url=False)]
        raise UnreadableError(number, str(about or "")[:40], faults) from error
    except RecursionError as problem:
        raise UnreadableError(number, "", [Fault("", None, "", "the message is too deep")]) from problem


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not a finite number")


def _of(content: object, key: str) -> Any:
    return content.get(key) if isinstance(content, dict) else None


def _place(steps: tuple[int | str, ...]) -> str:
    """Where a fault lies, as the page names it: without the type of the message in front; a setting by its path."""
    names = [str(step) for step in steps]
    if "set" in names:
        return ".".join(names[names.index("set") + 1 :])
    return ".".join(names[1:])
