"""Layers a file over a scenario, and applies changes to it by path: set, add, multiply, remove, append."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from ceasefire.errors import Fault, ScenarioError
from ceasefire.parameters.sourced_value import ASSUMED, DISTRIBUTIONS, Quantity
from ceasefire.scenario.layers import Layers
from ceasefire.scenario.parameter_paths import Shape, group, is_number, shape_at
from ceasefire.scenario.roles import ROLES, is_role, where_allowed, who_has, with_names
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.yaml_with_lines import Located, Place, Step, Steps, dotted, fault_at, find, located_at, to_plain
from ceasefire.suggestions import did_you_mean, nearest

ANY = "*"
"""A step of a path that matches every name."""


Edit = Callable[[Located | None], Located | None]
"""From the old part at a path to the new one; None stands for no part."""


@dataclass
class Draft:
    """A scenario being composed: its content so far, paths removed and where, titles of changes, faults."""

    tree: Located
    faults: list[Fault] = field(default_factory=list)
    removed: dict[Steps, Place] = field(default_factory=dict)
    change_titles: dict[str, str] = field(default_factory=dict)
    layers: Layers | None = None
    """Where each number comes from; None when nobody asks."""

    def fault(self, place: Place, path: str, message: str) -> None:
        """Note a fault and continue."""
        self.faults.append(fault_at(place, path, message))

    def stop(self) -> NoReturn:
        """Raise ScenarioError with all faults so far."""
        raise ScenarioError(self.faults)

    def end_layer(self) -> None:
        """A layer is complete: note which numbers it has set, when somebody asks."""
        if self.layers is not None:
            self.layers.note(self.tree)

    def overlay(self, over: Located) -> None:
        """Put the content of a file over the content so far; `null` removes an entry."""
        self.tree = self._merged(self.tree, over, group(Scenario), ())

    def _merged(self, under: Located, over: Located, shape: Shape | None, steps: Steps) -> Located:
        """Mappings are merged entry by entry; numbers, lists and values are replaced."""
        both_mappings = isinstance(under.value, dict) and isinstance(over.value, dict)
        if not both_mappings or (shape is not None and shape.kind == "number"):
            return self.without_nulls(over, shape, steps)
        entries = dict(under.named)
        for name, entry in over.named.items():
            inner, here = shape.inside(name) if shape else None, (*steps, name)
            if entry.value is None and name in entries:
                del entries[name]
                self.removed[here] = entry.place
            elif entry.value is None:
                self._note_null(entry.place, shape, here, list(under.named))
            elif name in entries:
                entries[name] = self._merged(entries[name], entry, inner, here)
            else:
                entries[name] = self.without_nulls(entry, inner, here)
        return Located(entries, over.place)

    def without_nulls(self, new: Located, shape: Shape | None, steps: Steps) -> Located:
        """New content without its `null` entries; `null` for an entry by name, or for no field, is a fault."""
        if isinstance(new.value, list):
            inner = shape.inside(0) if shape else None
            items = [self.without_nulls(item, inner, (*steps, i)) for i, item in enumerate(new.value)]
            return Located(items, new.place)
        if not isinstance(new.value, dict):
            return new
        entries = {}
        for name, entry in new.value.items():
            if entry.value is None:
                self._note_null(entry.place, shape, (*steps, name), [])
            else:
                entries[name] = self.without_nulls(entry, shape.inside(name) if shape else None, (*steps, name))
        return Located(entries, new.place)

    def _note_null(self, place: Place, shape: Shape | None, steps: Steps, names: list[str]) -> None:
        """Note a fault for a `null` that removes nothing, unless it stands for a field of the schema."""
        if shape is None or (shape.model is not None and shape.inside(steps[-1]) is not None):
            return
        valid = list(shape.fields) or names
        close = nearest(str(steps[-1]), valid)
        hint = f"; did you mean '{close}'?" if close else "; give a value, or delete the line"
        self.fault(
            place,
            dotted(steps),
            ("no such field" if shape.fields else "is empty, and there is nothing of that name to remove") + hint,
        )


def apply_change(draft: Draft, change: Located, name: str) -> None:
    """Apply a change, in the order set, add, multiply, remove, append. Faults are noted in the draft."""
    for path, entry in _entries(change, "set"):
        set_value(draft, path, entry)
    for operation in ("add", "multiply"):
        for path, entry in _entries(change, operation):
            _operate(draft, path, entry, Operation("add" if operation == "add" else "multiply", entry.value, name))
    for entry in _items(change, "remove"):
        _remove(draft, entry)
    for path, entry in _entries(change, "append"):
        _append(draft, path, entry)


def _entries(change: Located, part: str) -> list[tuple[str, Located]]:
    entries = change.at(part)
    return list(entries.named.items()) if entries is not None else []


def _items(change: Located, part: str) -> list[Located]:
    items = change.at(part)
    return items.value if items is not None and isinstance(items.value, list) else []


def set_value(draft: Draft, path: str, entry: Located) -> None:
    """Put a value at a path in place of the old one; null removes it."""
    if entry.value is None:
        _remove(draft, Located(path, entry.place))
        return

    def put(steps: Steps, shape: Shape | None) -> Edit:
        new = draft.without_nulls(with_names(entry, draft.tree), shape, steps)
        return lambda _: new

    _edit(draft, path, entry.place, put)


def _operate(draft: Draft, path: str, entry: Located, operation: Operation) -> None:
    def make(steps: Steps, shape: Shape | None) -> Edit:
        return lambda old: apply_arithmetic(old, shape, operation, entry.place)

    _edit(draft, path, entry.place, make)


def _remove(draft: Draft, entry: Located) -> None:
    path, _, item = str(entry.value).partition("=")

    def make(steps: Steps, shape: Shape | None) -> Edit:
        def without(old: Located | None) -> Located | None:
            if old is None:
                raise _NoSuchPathError
            if not item:
                draft.removed[steps] = entry.place
                return None
            left = [each for each in old.value if str(each.value) != item] if isinstance(old.value, list) else None
            if left is None or len(left) == len(old.value):
                raise ValueError(f"has no item '{item}' to remove")
            return Located(left, old.place)

        return without

    _edit(draft, path, entry.place, make)


def _append(draft: Draft, path: str, entry: Located) -> None:
    def make(steps: Steps, shape: Shape | None) -> Edit:
        def longer(old: Located | None) -> Located:
            if (shape is not None and shape.kind != "list") or (old is not None and not isinstance(old.value, list)):
                raise ValueError("is not a list; append adds to lists only")
            return Located([*(old.value if old else []), *entry.value], old.place if old else entry.place)

        return longer

    if isinstance(entry.value, list):
        _edit(draft, path, entry.place, make)


class _NoSuchPathError(LookupError):
    """The scenario has no part at the path, and none may be added there."""


def _edit(draft: Draft, path: str, place: Place, make: Callable[[Steps, Shape | None], Edit]) -> None:
    """Edit every part that a path matches; a fault when it matches none."""
    wrong = static_fault(path)
    if wrong is not None:
        draft.fault(place, path, wrong)
        return
    matched = False
    for steps in list(_expanded(draft.tree, steps_of(path), ())):
        shape = shape_at(steps)
        try:
            draft.tree = _replaced(draft.tree, steps, group(Scenario), make(steps, shape), place)
            matched = True
        except LookupError:
            continue
        except ValueError as problem:
            draft.fault(place, dotted(steps), str(problem))
            matched = True
    if not matched:
        draft.fault(place, path, _why_unmatched(draft.tree, path))


def _expanded(tree: Located, left: Steps, done: Steps) -> Iterator[Steps]:
    """The path with every '*' replaced by each name that the scenario has there, and every role by who has it."""
    wild = next((i for i, step in enumerate(left) if step == ANY or is_role(step)), None)
    if wild is None:
        yield (*done, *left)
        return
    before = (*done, *left[:wild])
    for name in who_has(tree, str(left[wild])) if is_role(left[wild]) else _names_at(tree, before):
        yield from _expanded(tree, left[wild + 1 :], (*before, name))


def _names_at(tree: Located, steps: Steps) -> list[Step]:
    """Names of the entries, or positions of the items, of the part at a path."""
    around = find(tree, steps)
    if around is None:
        return []
    return list(around.named) or [*range(len(around.value) if isinstance(around.value, list) else 0)]


def _replaced(tree: Located, steps: Steps, shape: Shape, edit: Edit, place: Place) -> Located:
    """The tree with one part edited; all other parts are shared with the old tree."""
    step, rest = steps[0], steps[1:]
    inner, old = shape.inside(step), tree.at(step)
    if inner is None:
        raise _NoSuchPathError
    if rest and old is None and not inner.always_there:
        raise _NoSuchPathError
    new = edit(old) if not rest else _replaced(old or Located({}, place), rest, inner, edit, place)
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


def _why_unmatched(tree: Located, path: str) -> str:
    """Why a path matches no part of the scenario."""
    for step in filter(is_role, steps_of(path)):
        if not who_has(tree, str(step)):
            return f"this scenario has no {str(step)[1:]} ({ROLES[str(step)[1:]]})"
    if any(step == ANY or is_role(step) for step in steps_of(path)):
        return "matches nothing in this scenario"
    close = nearest(path, _paths(tree, ()))
    if close == path:
        return "has no value in this scenario, so there is nothing to change"
    return "this scenario has no such path" + (f"; did you mean '{close}'?" if close else "")


def _paths(tree: Located, steps: Steps) -> Iterator[str]:
    """Every path that the scenario has, and the fields that it could have."""
    for name, entry in tree.named.items():
        here = (*steps, name)
        yield dotted(here)
        shape = shape_at(here)
        if shape is not None and shape.kind == "number":
            continue
        yield from _paths(entry, here)
        if shape is not None and shape.kind == "group":
            yield from (dotted((*here, field)) for field in shape.fields if field not in entry.named)


def static_fault(path: str) -> str | None:
    """Why no scenario can have this path, or None. Fields are checked, names of entries are not."""
    shape: Shape | None = group(Scenario)
    before: Step = ""
    for step in steps_of(path):
        wrong = _role_fault(step, before) if is_role(step) else None
        if wrong is not None:
            return wrong
        here, before = shape, step
        shape = None if here is None or here.kind == "number" else here.inside("0" if step == ANY else step)
        if here is not None and here.kind == "number":
            return "a number is set as a whole; end the path at the name of the number"
        if shape is None and not (step == ANY and here is not None and here.model is not None):
            close = nearest(str(step), here.fields) if here is not None else None
            hint = f"; did you mean '{close}'?" if close else ""
            return f"no scenario has such a path: there is no field '{step}' there{hint}"
        if shape is None:
            return "'*' stands for names of entries, not for fields"
    return None


def _role_fault(step: Step, before: Step) -> str | None:
    """Why a role cannot stand at a place in a path, or None."""
    allowed = where_allowed(str(step))
    if not allowed:
        return f"no such role '{step}'" + did_you_mean(str(step), [f"@{role}" for role in ROLES])
    if before in allowed:
        return None
    return f"'{step}' stands for names of {'sides' if 'sides' in allowed else 'actors'}; none stand there"


def steps_of(path: str) -> Steps:
    """A dotted path as steps."""
    return tuple(path.split("."))


@dataclass(frozen=True)
class Operation:
    """Add `amount` to a number, or multiply it by `amount`; `change` is the name of the change that does so."""

    kind: Literal["add", "multiply"]
    amount: float
    change: str

    def __call__(self, number: float) -> float:
        """The new number."""
        return number + self.amount if self.kind == "add" else number * self.amount


def apply_arithmetic(old: Located | None, shape: Shape | None, operation: Operation, place: Place) -> Located:
    """The new value at a path, located at `place`.

    Raises ValueError when the old value is no number, LookupError when there is none and no default.
    """
    if shape is None or shape.kind not in ("number", "real", "count"):
        raise ValueError(f"is not a number; {operation.kind} works on numbers only")
    if not is_number(operation.amount):
        return old if old is not None else Located(None, place)
    if shape.kind == "number":
        return located_at(_quantity(_as_mapping(old, shape), shape.meta, operation), place)
    number = to_plain(old) if old is not None else shape.default
    if number is None:
        raise LookupError("has no value here, and there is no default")
    if not is_number(number):
        raise ValueError(f"is not a number; {operation.kind} works on numbers only")
    new = operation(number)
    return Located(round(new) if shape.kind == "count" and math.isfinite(new) else new, place)


def _as_mapping(old: Located | None, shape: Shape) -> dict[str, Any]:
    """The old number as a mapping, whether written in short, in full, or not at all."""
    if old is not None:
        plain = to_plain(old)
        return dict(plain) if isinstance(plain, dict) else {"value": plain}
    if not isinstance(shape.default, Quantity):
        raise LookupError("has no value here, and there is no default")
    return shape.default.model_dump(exclude_none=True)


def _quantity(old: dict[str, Any], meta: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    """The mapping of a number after the operation, within the limits of its field; its source names the change."""

    def limited(number: Any) -> Any:
        return min(max(operation(number), meta["low"]), meta["high"]) if is_number(number) else number

    changed = {name: _form(name, given, limited, operation) for name, given in old.items()}
    changed["source"] = f"{old.get('source', ASSUMED)} (changed by {operation.change})"
    return changed


def _form(name: str, given: Any, limited: Callable[[Any], Any], operation: Operation) -> Any:
    """One entry of the mapping of a number after the operation."""
    if name == "value":
        return limited(given)
    if name not in (*DISTRIBUTIONS, "range") or not isinstance(given, (list, tuple)):
        return given
    if name in ("normal", "lognormal") and len(given) == 2 and all(map(is_number, given)):
        return _normal(name, given[0], given[1], limited, operation)
    return [limited(number) for number in given]


def _normal(
    name: str, centre: float, spread: float, limited: Callable[[Any], Any], operation: Operation
) -> list[float]:
    """Centre and spread of a normal or lognormal; adding to a lognormal leaves its spread on the natural scale."""
    new = limited(centre)
    if name == "normal":
        return [new, spread * abs(operation.amount) if operation.kind == "multiply" else spread]
    if new <= 0:
        raise ValueError(f"has a median that would no longer be above 0 after {operation.change}")
    return [new, spread if operation.kind == "multiply" else spread * centre / new]
