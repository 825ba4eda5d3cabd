"""From a state of the page to a scenario that is ready to be simulated, and to the command that does the same."""

from __future__ import annotations

import json
import os
import shlex
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ceasefire.ensemble.run_plan import Plan
from ceasefire.errors import Fault, ScenarioError
from ceasefire.parameters.sourced_value import DISTRIBUTIONS
from ceasefire.scenario.compose import setting_options
from ceasefire.scenario.find_scenarios import find_scenario, shipped
from ceasefire.scenario.load import Loaded, load
from ceasefire.scenario.parameter_paths import is_number, path_words, shape_at
from ceasefire.scenario.resolved import FOR_READERS
from ceasefire.simulation.initial_state import InitialState, initial_state
from ceasefire.studio.messages import State

MOST_READY = 24
"""Scenarios that are kept ready."""

MOST_DIFFERENCES = 60


@dataclass(frozen=True, eq=False)
class Ready:
    """A state that is ready to be simulated.

    `initial` is its initial state. `near` is a loaded neighbour that differs from it only in numbers, when only the
    numbers of a record were moved, as under a slider: its titles and its horizon are those of the state.
    """

    state: State
    initial: InitialState
    near: Plan
    files: str
    moved: bool = False

    @cached_property
    def plan(self) -> Plan:
        """The plan of the state itself. ScenarioError when the scenario has faults after all."""
        return plan_of(self.state) if self.moved else self.near

    @cached_property
    def key(self) -> str:
        """What the rows of its worlds depend on: the state without its number of worlds, and the files."""
        return json.dumps(self.state.model_dump(exclude={"worlds"})) + self.files


def files_now() -> str:
    """Name, size and time of each local file that a scenario may be read from."""
    found = []
    for folder in (Path(), Path("scenarios"), Path("scenarios") / "changes"):
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.endswith((".yaml", ".yml")):
                        known = entry.stat()
                        found.append([entry.path, known.st_size, known.st_mtime_ns])
        except OSError:
            continue
    return json.dumps(sorted(found))


class ReadyStates:
    """The states that are kept ready, for all windows."""

    def __init__(self) -> None:
        self._ready: OrderedDict[str, Ready] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, state: State, near: Ready | None = None) -> Ready:
        """A state made ready; `near` is one from which it may differ in a number only. ScenarioError with faults."""
        files = files_now()
        key = state.model_dump_json() + files
        with self._lock:
            if key in self._ready:
                self._ready.move_to_end(key)
                return self._ready[key]
        ready = moved_to(state, near, files) if near is not None else None
        ready = ready or _loaded(state, files)
        with self._lock:
            self._ready[key] = ready
            while len(self._ready) > MOST_READY:
                self._ready.popitem(last=False)
        return ready


def _loaded(state: State, files: str) -> Ready:
    plan = plan_of(state)
    return Ready(state, initial_of(plan), plan, files)


def initial_of(plan: Plan) -> InitialState:
    """The initial state of a plan. ScenarioError when the scenario is larger than a world may be."""
    try:
        return initial_state(plan.scenario)
    except ValueError as problem:
        raise ScenarioError([Fault("", None, "scenario", str(problem))]) from problem


def moved_to(state: State, near: Ready, files: str) -> Ready | None:
    """The state as the other with numbers of its record moved; None when they differ in more.

    A number that both set is no more than a number in the record: `experiments/points.py` uses the same.
    """
    other = near.state
    if near.files != files or state.model_copy(update={"set": {}}) != other.model_copy(update={"set": {}}):
        return None
    if list(state.set) != list(other.set) or any("*" in path for path in state.set):
        return None
    paths = [path for path in state.set if state.set[path] != other.set[path]]
    if not all(_is_moved(path, state, near) for path in paths):
        return None
    record = near.initial.record.copy()
    numbers = record.view(np.float64)
    for path in paths:
        numbers[near.initial.slots[path]] = float(state.set[path]) + 0.0
    return Ready(state, replace(near.initial, record=record), near.near, files, moved=True)


def _is_moved(path: str, state: State, near: Ready) -> bool:
    """Whether a path is a plain number on both sides, within its limits, in the record."""
    value, was = state.set[path], near.state.set[path]
    shape = shape_at(path.split("."))
    if shape is None or shape.kind != "number" or path not in near.initial.slots:
        return False
    return is_number(value) and is_number(was) and bool(shape.meta["low"] <= value <= shape.meta["high"])


def plan_of(state: State) -> Plan:
    """The plan of a state. ScenarioError with every fault, also for a file outside the working folder."""
    return Plan(load_state(state), state.worlds, state.seed, days=state.days)


def load_state(state: State) -> Loaded:
    """The scenario of a state. ScenarioError."""
    refuse_outside(state.scenario, "scenario")
    for change in state.changes:
        refuse_outside(change, "changes")
    if "+" in state.scenario and not Path(state.scenario).is_file():
        raise ScenarioError([Fault("", None, "scenario", "a name without '+' is needed; name its changes apart")])
    try:
        return load(state.scenario, state.changes, state.set)
    except ValueError as problem:
        raise ScenarioError([Fault("", None, "scenario", str(problem))]) from problem


def refuse_outside(reference: str, path: str) -> None:
    """ScenarioError unless a reference is a name, or a path of a file below the working folder."""
    if not is_path(reference):
        return
    if not is_inside(Path(reference)):
        message = f"'{reference}' is not below the working folder; the studio reads and writes nothing outside it"
        raise ScenarioError([Fault("", None, path, message)])


def is_path(reference: str) -> bool:
    """Whether a reference is a path and no name."""
    return "/" in reference or "\\" in reference or reference.endswith((".yaml", ".yml"))


def is_inside(path: Path) -> bool:
    """Whether a path, its links followed, lies below the working folder."""
    try:
        return path.resolve().is_relative_to(Path.cwd().resolve())
    except (OSError, ValueError, RuntimeError):
        return False


def is_shipped(file: Path) -> bool:
    """Whether a file came with the program."""
    return file.resolve().is_relative_to(shipped("scenarios").resolve())


def command_of(state: State, program: str, verb: str = "run", *more: str) -> str:
    """The command that simulates the same worlds, to the last bit."""
    parts = [verb, state.scenario, *more]
    if verb == "run":
        parts += ["--worlds", str(state.worlds)]
    parts += ["--seed", str(state.seed)]
    if state.days is not None and verb == "run":
        parts += ["--days", str(state.days)]
    parts += [part for name in state.changes for part in ("--change", name)]
    return f"{program} {shlex.join([*parts, *setting_options(state.set)])}"


Difference = dict[str, str]


def differences(here: Loaded, there: Loaded, state: State) -> list[Difference]:
    """What differs between two scenarios, by path: what was `there`, and what is `here`. At most MOST_DIFFERENCES."""
    now, before = dict(_leaves(here.resolved, "")), dict(_leaves(there.resolved, ""))
    paths = [path for path in dict.fromkeys((*before, *now)) if before.get(path) != now.get(path)]
    changes = " + ".join(state.changes)
    return [
        {
            "path": path,
            "words": path_words(path, here.scenario if path in now else there.scenario),
            "was": before.get(path, "not there"),
            "is": now.get(path, "not there"),
            "by": "set" if _is_set(path, state) or not changes else changes,
        }
        for path in paths[:MOST_DIFFERENCES]
    ]


def _is_set(path: str, state: State) -> bool:
    return any(path == each or path.startswith(f"{each}.") for each in state.set)


def _leaves(content: Any, path: str) -> Iterator[tuple[str, str]]:
    """Numbers, texts and lists of plain content by path, as words; without what is for readers only."""
    if isinstance(content, Mapping):
        form = next((name for name in ("value", *DISTRIBUTIONS) if name in content), None)
        if form is not None:
            value = content[form]
            yield path, _words(value) if form == "value" else f"{form} {_words(value)}"
            return
        for name, entry in content.items():
            if name not in FOR_READERS or not path:
                yield from _leaves(entry, f"{path}.{name}" if path else name)
    elif isinstance(content, list) and any(isinstance(item, Mapping) for item in content):
        for position, item in enumerate(content):
            yield from _leaves(item, f"{path}.{position}")
    elif path not in ("name", "title", "summary"):
        yield path, _words(content)


def _words(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, list):
        return ", ".join(map(_words, value)) or "none"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def file_of(state: State) -> Path:
    """The file of the scenario of a state. ScenarioError."""
    refuse_outside(state.scenario, "scenario")
    return find_scenario(state.scenario)
