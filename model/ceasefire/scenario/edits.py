"""Changes applied to a scenario: set, add, multiply, remove, append, by path."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ceasefire.scenario.merge import Draft
from ceasefire.scenario.reckon import Operation, reckoned
from ceasefire.scenario.said import Place, Said, Step, Steps, dotted, find
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.shape import Shape, group, shape_at
from ceasefire.suggestions import nearest

ANY = "*"
"""A step of a path that stands for every name there."""

Make = Callable[[Said | None], Said | None]
"""What stands at a place afterwards, from what stood there; None takes it away."""


class _NoSuchPathError(LookupError):
    """The scenario has nothing at the path, and nothing may be put there."""


def apply_change(draft: Draft, change: Said, name: str) -> None:
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


def set_value(draft: Draft, path: str, said: Said) -> None:
    """Put a value at a path, whatever stood there; null takes away."""
    if said.value is None:
        _remove(draft, Said(path, said.place))
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


def _entries(change: Said, part: str) -> list[tuple[str, Said]]:
    found = change.at(part)
    return list(found.named.items()) if found is not None else []


def _items(change: Said, part: str) -> list[Said]:
    found = change.at(part)
    return found.value if found is not None and isinstance(found.value, list) else []


def _reckon(draft: Draft, path: str, said: Said, operation: Operation) -> None:
    def make(steps: Steps, shape: Shape | None) -> Make:
        return lambda old: reckoned(old, shape, operation, said.place)

    _edit(draft, path, said.place, make)


def _remove(draft: Draft, said: Said) -> None:
    path, _, item = str(said.value).partition("=")

    def make(steps: Steps, shape: Shape | None) -> Make:
        def without(old: Said | None) -> Said | None:
            if old is None:
                raise _NoSuchPathError
            if not item:
                draft.removed[steps] = said.place
                return None
            left = [entry for entry in old.value if str(entry.value) != item] if isinstance(old.value, list) else None
            if left is None or len(left) == len(old.value):
                raise ValueError(f"has no item '{item}' to take away")
            return Said(left, old.place)

        return without

    _edit(draft, path, said.place, make)


def _append(draft: Draft, path: str, said: Said) -> None:
    def make(steps: Steps, shape: Shape | None) -> Make:
        def longer(old: Said | None) -> Said:
            if (shape is not None and shape.kind != "list") or (old is not None and not isinstance(old.value, list)):
                raise ValueError("is not a list; append adds to lists only")
            return Said([*(old.value if old else []), *said.value], old.place if old else said.place)

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


def _nothing_there(tree: Said, path: str) -> str:
    if ANY in steps_of(path):
        return "matches nothing that this scenario says"
    close = nearest(path, _paths(tree, ()))
    if close == path:
        return "is not said in this scenario, so there is nothing to change"
    return "this scenario has no such path" + (f"; did you mean '{close}'?" if close else "")


def _expanded(tree: Said, left: Steps, done: Steps) -> Iterator[Steps]:
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


def _replaced(tree: Said, steps: Steps, shape: Shape, make: Make, place: Place) -> Said:
    """The tree with one place made anew; everything else is shared."""
    step, rest = steps[0], steps[1:]
    inner, old = shape.inside(step), tree.at(step)
    if inner is None:
        raise _NoSuchPathError
    if rest and old is None and not inner.opens:
        raise _NoSuchPathError
    new = make(old) if not rest else _replaced(old or Said({}, place), rest, inner, make, place)
    if isinstance(tree.value, list):
        if old is None:
            raise _NoSuchPathError
        items = [new if i == int(step) else item for i, item in enumerate(tree.value)]
        return Said([item for item in items if item is not None], tree.place)
    if not isinstance(tree.value, dict):
        raise _NoSuchPathError
    entries = dict(tree.value)
    if new is None:
        entries.pop(str(step), None)
    else:
        entries[str(step)] = new
    return Said(entries, tree.place)


def _paths(tree: Said, steps: Steps) -> Iterator[str]:
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
