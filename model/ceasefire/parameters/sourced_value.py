"""Numbers in a scenario: a value or a distribution, with source and range, and how a field of them is declared."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

DISTRIBUTIONS = ("uniform", "triangular", "normal", "lognormal")
"""Drawn once for each world; the position plus 1 is the code in the world record (code 0 is a fixed value)."""

ASSUMED = "ASSUMED"


def plain_number(given: object) -> float:
    """A finite number; a truth value, a string, an infinity or NaN raises PydanticCustomError."""
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        shown = str(given).lower() if isinstance(given, bool) else repr(given)
        raise PydanticCustomError(
            "not_a_number", "{shown} is not a number; write a number such as 0.5", {"shown": shown}
        )
    try:
        number = float(given)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise PydanticCustomError("not_finite", "{shown} is not a finite number", {"shown": str(number)})
    return number + 0.0  # -0.0 becomes 0.0: the same scenario, the same digest


@dataclass(frozen=True)
class count_of:  # noqa: N801 - reads as a function in annotations
    """A whole number in [low, high]."""

    low: int
    high: int
    unit: str

    def whole(self, given: object) -> int:
        """The number as int; anything else raises PydanticCustomError."""
        exact = isinstance(given, int) and not isinstance(given, bool)
        number = int(given) if exact else plain_number(given)  # type: ignore[call-overload]
        if number != int(number) or not self.low <= number <= self.high:
            raise PydanticCustomError(
                "not_a_count",
                "{shown} is not a whole number of {unit} from {low} to {high}",
                {"shown": f"{number:g}", "unit": self.unit, "low": self.low, "high": self.high},
            )
        return int(number)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.whole, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "minimum": self.low, "maximum": self.high}


Finite = Annotated[float, BeforeValidator(plain_number)]


class Strict(BaseModel):
    """A part of a scenario: unknown keys are errors, and a loaded scenario is immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Quantity(Strict):
    """A number with its source and its uncertainty.

    Written as a bare number, or as a mapping with exactly one of `value`, `uniform`, `triangular`,
    `normal`, `lognormal`. A number without `source`, or with one that begins with ASSUMED (and the fact that it
    was judged from), is ASSUMED. It is drawn over `range`, or over the default range of its field, when a run
    measures how much the results depend on assumed numbers.
    """

    low: ClassVar[float] = -math.inf
    high: ClassVar[float] = math.inf

    value: Finite | None = Field(default=None, description="the number itself")
    uniform: tuple[Finite, Finite] | None = Field(default=None, description="[low, high]: every value alike")
    triangular: tuple[Finite, Finite, Finite] | None = Field(default=None, description="[low, most likely, high]")
    normal: tuple[Finite, Finite] | None = Field(
        default=None, description="[mean, standard deviation], cut at the range of the field"
    )
    lognormal: tuple[Finite, Finite] | None = Field(
        default=None, description="[median, standard deviation of the logarithm], cut at the range of the field"
    )
    source: str = Field(default=ASSUMED, description="where the number comes from; ASSUMED when nowhere")
    range: tuple[Finite, Finite] | None = Field(default=None, description="[low, high] that the truth may lie in")
    known_by: datetime.date | None = Field(default=None, description="the day from which it could be known")
    note: str | None = Field(default=None, description="anything a reader should know")

    @model_validator(mode="before")
    @classmethod
    def _from_bare_number(cls, given: Any) -> Any:
        if isinstance(given, (dict, Quantity)):
            return given
        return {"value": plain_number(given)}

    @model_validator(mode="after")
    def _one_form(self) -> Quantity:
        forms = [name for name in ("value", *DISTRIBUTIONS) if getattr(self, name) is not None]
        if len(forms) != 1:
            raise PydanticCustomError(
                "one_form",
                "give exactly one of value, uniform, triangular, normal, lognormal; this has {forms}",
                {"forms": ", ".join(forms) or "none"},
            )
        self._check_order()
        self.check_within(type(self).low, type(self).high)
        return self

    def _check_order(self) -> None:
        """Bounds are in rising order, and spreads and medians are valid."""
        for name in ("uniform", "triangular", "range"):
            bounds = getattr(self, name)
            if bounds is not None and list(bounds) != sorted(bounds):
                raise PydanticCustomError(
                    "order",
                    "{name} {shown} is not in rising order; write the lowest number first",
                    {"name": name, "shown": shown_list(bounds)},
                )
        for name in ("normal", "lognormal"):
            given = getattr(self, name)
            if given is not None and given[1] < 0:
                raise PydanticCustomError("spread", "{name}: the standard deviation is below 0", {"name": name})
        if self.lognormal is not None and self.lognormal[0] <= 0:
            raise PydanticCustomError("median", "lognormal: the median must be above 0", {})

    def check_within(self, low: float, high: float) -> None:
        """Check that value, range and parameters lie in [low, high]. Raises PydanticCustomError."""
        numbers: list[float] = [self.value] if self.value is not None else []
        numbers += list(self.uniform or ()) + list(self.triangular or ()) + list(self.range or ())
        numbers += [self.normal[0]] if self.normal else []
        numbers += [self.lognormal[0]] if self.lognormal else []
        for number in numbers:
            if not low <= number <= high:
                raise PydanticCustomError(
                    "outside",
                    "{number} lies outside {low} to {high}",
                    {"number": f"{number:g}", "low": f"{low:g}", "high": f"{high:g}"},
                )

    @property
    def centre(self) -> float:
        """The value, or the middle of the distribution (its median for a lognormal)."""
        if self.value is not None:
            return self.value
        if self.uniform is not None:
            return (self.uniform[0] + self.uniform[1]) / 2
        if self.triangular is not None:
            return sum(self.triangular) / 3
        pair = self.normal or self.lognormal
        assert pair is not None
        return pair[0]

    @property
    def distribution(self) -> tuple[int, tuple[float, float, float]]:
        """Code (0 fixed, then the order of DISTRIBUTIONS) and three parameters."""
        for code, name in enumerate(DISTRIBUTIONS, start=1):
            given = getattr(self, name)
            if given is not None:
                return code, (*given, 0.0)[:3]
        return 0, (self.centre, 0.0, 0.0)

    @property
    def assumed(self) -> bool:
        """True when the number has no source."""
        return self.source.strip().upper().startswith(ASSUMED)


class Share(Quantity):
    """A number in [0, 1]."""

    low: ClassVar[float] = 0.0
    high: ClassVar[float] = 1.0


class Amount(Quantity):
    """A number in [0, 1e6], so that sums of it cannot overflow."""

    low: ClassVar[float] = 0.0
    high: ClassVar[float] = 1e6


def shown_list(numbers: tuple[float, ...]) -> str:
    """Numbers as a YAML list."""
    return "[" + ", ".join(f"{number:g}" for number in numbers) + "]"


Doubt = tuple[float, float] | float | Literal["none"]
"""The range of an ASSUMED number of a field: [low, high]; or a share of its value either way; or none."""


def number(
    default: Any = ...,
    *,
    unit: str,
    low: float = 0.0,
    high: float = 1.0,
    doubt: Doubt = 0.25,
    source: str = ASSUMED,
    says: str,
    called: str | None = None,
) -> Any:
    """Declare a numeric field: unit, hard limits, range when ASSUMED (`doubt`), source of the default, and meaning.

    `called` is its name for readers, where that in a file does not speak for itself.
    """
    extra: dict[str, Any] = {"unit": unit, "low": low, "high": high, "doubt": doubt, "source": source}
    if default is ...:
        return Field(title=called, description=says, json_schema_extra=extra)
    given = {"value": default, "source": source} if isinstance(default, (int, float)) else default
    return Field(default=given, validate_default=True, title=called, description=says, json_schema_extra=extra)


class Numbers(Strict):
    """A part of a scenario whose numeric fields are declared with `number`."""

    @field_validator("*", mode="after")
    @classmethod
    def _inside_limits(cls, given: Any, info: ValidationInfo) -> Any:
        if isinstance(given, Quantity) and info.field_name is not None:
            limits = field_limits(cls, info.field_name)
            given.check_within(limits["low"], limits["high"])
        return given


def field_limits(model: type[BaseModel], name: str) -> dict[str, Any]:
    """Unit, low, high, doubt and source of a numeric field, as declared with `number`."""
    extra = model.model_fields[name].json_schema_extra
    assert isinstance(extra, dict), f"{model.__name__}.{name} is not declared with number()"
    return dict(extra)
