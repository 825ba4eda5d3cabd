"""Changes applied to a scenario: set, add, multiply, remove, append, by path."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from ceasefire.errors import Fault, ScenarioError
from ceasefire.parameters.sourced_value import ASSUMED, DISTRIBUTIONS, Quantity
from ceasefire.scenario.parameter_paths import Shape, group, shape_at
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.yaml_with_lines import Located, Place, Step, Steps, dotted, fault_at, find, said_by, to_plain
from ceasefire.suggestions import nearest


@dataclass
class Draft:
    """A scenario in the making: what is said so far, what was taken away and where, and what is wrong."""

    tree: Located
    faults: list[Fault] = field(default_factory=list)
    removed: dict[Steps, Place] = field(default_factory=dict)

    def fault(self, place: Place, path: str, message: str) -> None:
        """Note a fault and go on."""
        self.faults.append(fault_at(place, path, message))

    def stop(self) -> NoReturn:
        """Give up with all the faults found. Raises ScenarioError."""
        raise ScenarioError(self.faults)

    def lay(self, over: Located) -> None:
        """Lay a file's content over what is said so far."""
        self.tree = self._merged(self.tree, over, group(Scenario), ())

    def _merged(self, under: Located, over: Located, shape: Shape | None, steps: Steps) -> Located:
        joins = isinstance(under.value, dict) and isinstance(over.value, dict)
        if not joins or (shape is not None and shape.kind == "number"):
            return self.without_nulls(over, shape, steps)
        entries = dict(under.named)
        for name, said in over.named.items():
            inner, here = shape.inside(name) if shape else None, (*steps, name)
            if said.value is None and name in entries:
                del entries[name]
                self.removed[here] = said.place
            elif said.value is None:
                self._nothing_there(said.place, shape, here, list(under.named))
            elif name in entries:
                entries[name] = self._merged(entries[name], said, inner, here)
            else:
                entries[name] = self.without_nulls(said, inner, here)
        return Located(entries, over.place)

    def without_nulls(self, said: Located, shape: Shape | None, steps: Steps) -> Located:
        """New content; a `null` in it says nothing, and is a fault where it names an entry or no field."""
        if isinstance(said.value, list):
            inner = shape.inside(0) if shape else None
            items = [self.without_nulls(item, inner, (*steps, i)) for i, item in enumerate(said.value)]
            return Located(items, said.place)
        if not isinstance(said.value, dict):
            return said
        entries = {}
        for name, entry in said.value.items():
            if entry.value is None:
                self._nothing_there(entry.place, shape, (*steps, name), [])
            else:
                entries[name] = self.without_nulls(entry, shape.inside(name) if shape else None, (*steps, name))
        return Located(entries, said.place)

    def _nothing_there(self, place: Place, shape: Shape | None, steps: Steps, names: list[str]) -> None:
        if shape is None or (shape.model is not None and shape.inside(steps[-1]) is not None):
            return
        valid = list(shape.fields) or names
        close = nearest(str(steps[-1]), valid)
        hint = f"; did you mean '{close}'?" if close else "; say what it is, or take the line out"
        self.fault(
            place,
            dotted(steps),
            ("no such field" if shape.fields else "is empty, and nothing of that name is to be taken away") + hint,
        )


@dataclass(frozen=True)
class Operation:
    """Add `amount` to a number, or multiply it by `amount`, in the name of a change."""

    kind: Literal["add", "multiply"]
    amount: float
    change: str

    def __call__(self, number: float) -> float:
        """The number afterwards."""
        return number + self.amount if self.kind == "add" else number * self.amount


def apply_arithmetic(old: Located | None, shape: Shape | None, operation: Operation, place: Place) -> Located:
    """What stands there after the operation, said at `place`. Raises ValueError when what stands there is
    no number, LookupError when nothing does.
    """
    if shape is None or shape.kind not in ("number", "real", "count"):
        raise ValueError(f"is not a number; nothing to {operation.kind}")
    if not _is_number(operation.amount):
        return old if old is not None else Located(None, place)
    if shape.kind == "number":
        return said_by(_quantity(_stated(old, shape), shape.meta, operation), place)
    number = to_plain(old) if old is not None else shape.default
    if number is None:
        raise LookupError("nothing is said here, and there is no default")
    if not _is_number(number):
        raise ValueError(f"is not a number; nothing to {operation.kind}")
    moved = operation(number)
    return Located(round(moved) if shape.kind == "count" and math.isfinite(moved) else moved, place)


def _stated(old: Located | None, shape: Shape) -> dict[str, Any]:
    """The number as a mapping, whether said in short, in full, or not at all."""
    if old is not None:
        said = to_plain(old)
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


ANY = "*"
"""A step of a path that stands for every name there."""

Make = Callable[[Located | None], Located | None]
"""What stands at a place afterwards, from what stood there; None takes it away."""


class _NoSuchPathError(LookupError):
    """The scenario has nothing at the path, and nothing may be put there."""


def apply_change(draft: Draft, change: Located, name: str) -> None:
    """Do what a change says, in the order set, add, multiply, remove, append. Faults are noted in the draft."""
    for path, said in _entries(change, "set"):
        set_value(draft, path, said)
    for operation in ("add", "multiply"):
        for path, said in _entries(change, operation):
            _reckon(draft, path, said, Operation("add" if operation == "add" else "multiply", said.value, name))
    for said in _items(change, "remove"):
        _remove(draft, said)
    for path, said in _entries(change, "append"):
        _append(draft, path, said)


def set_value(draft: Draft, path: str, said: Located) -> None:
    """Put a value at a path, whatever stood there; null takes away."""
    if said.value is None:
        _remove(draft, Located(path, said.place))
        return

    def put(steps: Steps, shape: Shape | None) -> Make:
        new = draft.without_nulls(said, shape, steps)
        return lambda _: new

    _edit(draft, path, said.place, put)


def static_fault(path: str) -> str | None:
    """Why no scenario whatever can have this path, or None. Names are not checked, fields are."""
    shape: Shape | None = group(Scenario)
    for step in steps_of(path):
        here = shape
        shape = None if here is None or here.kind == "number" else here.inside("0" if step == ANY else step)
        if here is not None and here.kind == "number":
            return "a number is set as a whole; end the path at its name"
        if shape is None and not (step == ANY and here is not None and here.model is not None):
            close = nearest(str(step), here.fields) if here is not None else None
            hint = f"; did you mean '{close}'?" if close else ""
            return f"no scenario has such a path: nothing is called '{step}' there{hint}"
        if shape is None:
            return "'*' stands for names, not for fields"
    return None


def steps_of(path: str) -> Steps:
    """A dotted path as steps."""
    return tuple(path.split("."))


def _entries(change: Located, part: str) -> list[tuple[str, Located]]:
    found = change.at(part)
    return list(found.named.items()) if found is not None else []


def _items(change: Located, part: str) -> list[Located]:
    found = change.at(part)
    return found.value if found is not None and isinstance(found.value, list) else []


def _reckon(draft: Draft, path: str, said: Located, operation: Operation) -> None:
    def make(steps: Steps, shape: Shape | None) -> Make:
        return lambda old: apply_arithmetic(old, shape, operation, said.place)

    _edit(draft, path, said.place, make)


def _remove(draft: Draft, said: Located) -> None:
    path, _, item = str(said.value).partition("=")

    def make(steps: Steps, shape: Shape | None) -> Make:
        def without(old: Located | None) -> Located | None:
            if old is None:
                raise _NoSuchPathError
            if not item:
                draft.removed[steps] = said.place
                return None
            left = [entry for entry in old.value if str(entry.value) != item] if isinstance(old.value, list) else None
            if left is None or len(left) == len(old.value):
                raise ValueError(f"has no item '{item}' to take away")
            return Located(left, old.place)

        return without

    _edit(draft, path, said.place, make)


def _append(draft: Draft, path: str, said: Located) -> None:
    def make(steps: Steps, shape: Shape | None) -> Make:
        def longer(old: Located | None) -> Located:
            if (shape is not None and shape.kind != "list") or (old is not None and not isinstance(old.value, list)):
                raise ValueError("is not a list; append adds to lists only")
            return Located([*(old.value if old else []), *said.value], old.place if old else said.place)

        return longer

    if isinstance(said.value, list):
        _edit(draft, path, said.place, make)


def _edit(draft: Draft, path: str, place: Place, make: Callable[[Steps, Shape | None], Make]) -> None:
    """Change every place that a path names; a fault when it names none."""
    wrong = static_fault(path)
    if wrong is not None:
        draft.fault(place, path, wrong)
        return
    done = False
    for steps in list(_expanded(draft.tree, steps_of(path), ())):
        shape = shape_at(steps)
        try:
            draft.tree = _replaced(draft.tree, steps, group(Scenario), make(steps, shape), place)
            done = True
        except LookupError:
            continue
        except ValueError as problem:
            draft.fault(place, dotted(steps), str(problem))
            done = True
    if not done:
        draft.fault(place, path, _nothing_there(draft.tree, path))


def _nothing_there(tree: Located, path: str) -> str:
    if ANY in steps_of(path):
        return "matches nothing that this scenario says"
    close = nearest(path, _paths(tree, ()))
    if close == path:
        return "is not said in this scenario, so there is nothing to change"
    return "this scenario has no such path" + (f"; did you mean '{close}'?" if close else "")


def _expanded(tree: Located, left: Steps, done: Steps) -> Iterator[Steps]:
    """The path with every '*' written out, as far as the scenario has names for it."""
    if ANY not in left:
        yield (*done, *left)
        return
    star = left.index(ANY)
    before = (*done, *left[:star])
    around = find(tree, before)
    if around is None:
        return
    names: list[Step] = list(around.named) or [*range(len(around.value) if isinstance(around.value, list) else 0)]
    for name in names:
        yield from _expanded(tree, left[star + 1 :], (*before, name))


def _replaced(tree: Located, steps: Steps, shape: Shape, make: Make, place: Place) -> Located:
    """The tree with one place made anew; everything else is shared."""
    step, rest = steps[0], steps[1:]
    inner, old = shape.inside(step), tree.at(step)
    if inner is None:
        raise _NoSuchPathError
    if rest and old is None and not inner.opens:
        raise _NoSuchPathError
    new = make(old) if not rest else _replaced(old or Located({}, place), rest, inner, make, place)
    if isinstance(tree.value, list):
        if old is None:
            raise _NoSuchPathError
        items = [new if i == int(step) else item for i, item in enumerate(tree.value)]
        return Located([item for item in items if item is not None], tree.place)
    if not isinstance(tree.value, dict):
        raise _NoSuchPathError
    entries = dict(tree.value)
    if new is None:
        entries.pop(str(step), None)
    else:
        entries[str(step)] = new
    return Located(entries, tree.place)


def _paths(tree: Located, steps: Steps) -> Iterator[str]:
    """Every path that the scenario has, and the fields that it might say."""
    for name, said in tree.named.items():
        here = (*steps, name)
        yield dotted(here)
        shape = shape_at(here)
        if shape is not None and shape.kind == "number":
            continue
        yield from _paths(said, here)
        if shape is not None and shape.kind == "group":
            yield from (dotted((*here, field)) for field in shape.fields if field not in said.named)
