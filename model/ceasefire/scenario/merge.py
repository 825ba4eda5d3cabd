"""Laying one scenario over another: the upper one wins, mappings are joined, `null` takes away."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from ceasefire.errors import Fault, ScenarioError
from ceasefire.scenario.said import Place, Said, Steps, dotted, fault_at
from ceasefire.scenario.schema import Scenario
from ceasefire.scenario.shape import Shape, group
from ceasefire.suggestions import nearest


@dataclass
class Draft:
    """A scenario in the making: what is said so far, what was taken away and where, and what is wrong."""

    tree: Said
    faults: list[Fault] = field(default_factory=list)
    removed: dict[Steps, Place] = field(default_factory=dict)

    def fault(self, place: Place, path: str, message: str) -> None:
        """Note a fault and go on."""
        self.faults.append(fault_at(place, path, message))

    def stop(self) -> NoReturn:
        """Give up with all the faults found. Raises ScenarioError."""
        raise ScenarioError(self.faults)

    def lay(self, over: Said) -> None:
        """Lay a file's content over what is said so far."""
        self.tree = self._merged(self.tree, over, group(Scenario), ())

    def _merged(self, under: Said, over: Said, shape: Shape | None, steps: Steps) -> Said:
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
        return Said(entries, over.place)

    def without_nulls(self, said: Said, shape: Shape | None, steps: Steps) -> Said:
        """New content; a `null` in it says nothing, and is a fault where it names an entry or no field."""
        if isinstance(said.value, list):
            inner = shape.inside(0) if shape else None
            items = [self.without_nulls(item, inner, (*steps, i)) for i, item in enumerate(said.value)]
            return Said(items, said.place)
        if not isinstance(said.value, dict):
            return said
        entries = {}
        for name, entry in said.value.items():
            if entry.value is None:
                self._nothing_there(entry.place, shape, (*steps, name), [])
            else:
                entries[name] = self.without_nulls(entry, shape.inside(name) if shape else None, (*steps, name))
        return Said(entries, said.place)

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
