"""Adding to a number of a scenario, or multiplying it, distribution and all."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ceasefire.scenario.quantity import ASSUMED, DISTRIBUTIONS, Quantity
from ceasefire.scenario.said import Place, Said, plain, said_by
from ceasefire.scenario.shape import Shape


@dataclass(frozen=True)
class Operation:
    """Add `amount` to a number, or multiply it by `amount`, in the name of a change."""

    kind: Literal["add", "multiply"]
    amount: float
    change: str

    def __call__(self, number: float) -> float:
        """The number afterwards."""
        return number + self.amount if self.kind == "add" else number * self.amount


def reckoned(old: Said | None, shape: Shape | None, operation: Operation, place: Place) -> Said:
    """What stands there after the operation, said at `place`. Raises ValueError when what stands there is
    no number, LookupError when nothing does.
    """
    if shape is None or shape.kind not in ("number", "real", "count"):
        raise ValueError(f"is not a number; nothing to {operation.kind}")
    if not _is_number(operation.amount):
        return old if old is not None else Said(None, place)
    if shape.kind == "number":
        return said_by(_quantity(_stated(old, shape), shape.meta, operation), place)
    number = plain(old) if old is not None else shape.default
    if number is None:
        raise LookupError("nothing is said here, and there is no default")
    if not _is_number(number):
        raise ValueError(f"is not a number; nothing to {operation.kind}")
    moved = operation(number)
    return Said(round(moved) if shape.kind == "count" and math.isfinite(moved) else moved, place)


def _stated(old: Said | None, shape: Shape) -> dict[str, Any]:
    """The number as a mapping, whether said in short, in full, or not at all."""
    if old is not None:
        said = plain(old)
        return dict(said) if isinstance(said, dict) else {"value": said}
    if not isinstance(shape.default, Quantity):
        raise LookupError("nothing is said here, and there is no default")
    return shape.default.model_dump(exclude_none=True)


def _quantity(stated: dict[str, Any], meta: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    def moved(number: Any) -> Any:
        return min(max(operation(number), meta["low"]), meta["high"]) if _is_number(number) else number

    changed = {name: _form(name, given, moved, operation) for name, given in stated.items()}
    changed["source"] = f"{stated.get('source', ASSUMED)} (changed by {operation.change})"
    return changed


def _form(name: str, given: Any, moved: Callable[[Any], Any], operation: Operation) -> Any:
    if name == "value":
        return moved(given)
    if name not in (*DISTRIBUTIONS, "range") or not isinstance(given, (list, tuple)):
        return given
    if name in ("normal", "lognormal") and len(given) == 2 and all(map(_is_number, given)):
        return _bell(name, given[0], given[1], moved, operation)
    return [moved(number) for number in given]


def _bell(name: str, middle: float, spread: float, moved: Callable[[Any], Any], operation: Operation) -> list[float]:
    """A bell's middle moves with its spread; a lognormal that is added to keeps its absolute spread."""
    new = moved(middle)
    if name == "normal":
        return [new, spread * abs(operation.amount) if operation.kind == "multiply" else spread]
    if new <= 0:
        raise ValueError(f"has a median that would no longer be above 0 after {operation.change}")
    return [new, spread if operation.kind == "multiply" else spread * middle / new]


def _is_number(given: Any) -> bool:
    return isinstance(given, (int, float)) and not isinstance(given, bool)
