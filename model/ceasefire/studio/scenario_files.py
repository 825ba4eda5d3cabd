"""Saves a state as a scenario file: its base, and what differs from it, checked before it stays."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ceasefire.errors import Fault, ScenarioError
from ceasefire.parameters.sourced_value import DISTRIBUTIONS
from ceasefire.scenario.load import Loaded, check_file, load
from ceasefire.scenario.parameter_paths import path_words
from ceasefire.scenario.resolved import digest
from ceasefire.scenario.template import why_not
from ceasefire.simulation.initial_state import initial_state
from ceasefire.studio.messages import State
from ceasefire.studio.states import file_of, is_inside, is_path, load_state

MARK = "# studio "
"""Begins the last line of a file that was saved here; the hash of the lines above tells whether they were edited."""


class ExistsError(Exception):
    """A file of that name exists, and is replaced only when that is wanted."""

    def __init__(self, file: Path, message: str) -> None:
        super().__init__(message)
        self.file = file


def file_for(name: str) -> Path:
    """Where the scenario of a name is saved: as `ceasefire new` does."""
    return (Path("scenarios") if Path("scenarios").is_dir() else Path()) / f"{name}.yaml"


def text_of(state: State, name: str, title: str, comments: list[str] | None = None) -> str:
    """The text of a scenario file that gives the same worlds as a state. ScenarioError when it has faults."""
    file, loaded, base = file_for(name), load_state(state), load_state(_base_state(state))
    head = comments or [f"Saved in the studio. Whatever is missing here is as in {state.scenario}."]
    lines = [f"# {line}" for line in head]
    lines += [f"name: {name}", f"title: {_json(title or f'{base.scenario.title} ({name})')}"]
    lines.append(f"base: {_reference(state.scenario, file)}")
    if state.days is not None:
        lines.append(f"horizon_days: {state.days}")
    short = _short(state, base)
    if short is not None and state.changes:
        names = ", ".join(_reference(change, file) for change in state.changes)
        lines.append(f"changes: [{names}]   # applied after what is below")
    elif state.changes:
        lines.append(f"# With the changes {', '.join(state.changes)}, number by number:")
    content = short if short is not None else _difference(base.resolved, loaded.resolved)
    if state.days is not None:
        content.pop("horizon_days", None)
    lines += _yaml(content, base, loaded, (), 0)
    return with_mark("\n".join(lines) + "\n")


def with_mark(text: str) -> str:
    """A text with the last line by which `made_here` knows it."""
    return f"{text}{MARK}{_hash(text)}\n"


def _base_state(state: State) -> State:
    return state.model_copy(update={"changes": [], "set": {}, "days": None})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _reference(reference: str, file: Path) -> str:
    """A name as it is; a path relative to the folder of the new file."""
    if not is_path(reference):
        return reference
    relative = Path(os.path.relpath(reference, file.parent)).as_posix()
    return _json(relative if "/" in relative else f"./{relative}")


def _short(state: State, base: Loaded) -> dict[str, Any] | None:
    """The settings as content, beside which the changes can be named; None where that would give other numbers.

    A file's own changes are applied after its content, and the settings of a state after its changes.
    """
    content: dict[str, Any] = {}
    for path, value in state.set.items():
        steps, part = path.split("."), content
        if any(step == "*" or step.isdigit() for step in steps):
            return None
        for step in steps[:-1]:
            part = part.setdefault(step, {})
            if not isinstance(part, dict):
                return None
        part[steps[-1]] = value
    if not (state.set and state.changes):
        return content
    touched = _difference(base.resolved, load_state(state.model_copy(update={"set": {}})).resolved)
    return None if any(_there(touched, path.split(".")) for path in state.set) else content


def _there(content: Any, steps: list[str]) -> bool:
    """Whether content has anything at a path, above it, or below it."""
    for step in steps:
        if not isinstance(content, Mapping):
            return True
        if step not in content:
            return False
        content = content[step]
    return True


def _difference(before: Any, now: Any) -> Any:
    """The content that makes one of the other when it is laid over it: entries that differ; null where one is gone."""
    changed: dict[str, Any] = {}
    for name in dict.fromkeys((*before, *now)):
        if name in ("name", "title") or before.get(name) == now.get(name):
            continue
        one, other = before.get(name), now.get(name)
        both = isinstance(one, Mapping) and isinstance(other, Mapping) and not _is_number(other)
        changed[name] = _difference(one, other) if both else other
    return changed


def _is_number(content: Any) -> bool:
    return isinstance(content, Mapping) and any(form in content for form in ("value", *DISTRIBUTIONS))


def _yaml(content: Mapping[str, Any], base: Loaded, now: Loaded, steps: tuple[str, ...], depth: int) -> Iterator[str]:
    """Content as lines of YAML; a comment says what each number is, and what it was."""
    for name, value in content.items():
        here, indent = (*steps, name), "  " * depth
        if isinstance(value, Mapping) and value and not _is_number(value):
            yield f"{indent}{name}:"
            yield from _yaml(value, base, now, here, depth + 1)
        else:
            yield f"{indent}{name}: {_json(value)}{_comment(base, now, here)}"


def _comment(base: Loaded, now: Loaded, steps: tuple[str, ...]) -> str:
    old: Any = base.resolved
    for step in steps:
        old = old.get(step) if isinstance(old, Mapping) else None
    was = old.get("value", old) if isinstance(old, Mapping) else old
    words = path_words(".".join(steps), now.scenario)
    plain = was is None or isinstance(was, (int, float, str))
    return f"   # {words}; was {'not there' if was is None else was}".replace("\n", " ") if plain else f"   # {words}"


def save(state: State, name: str, title: str, replace: bool, comments: list[str] | None = None) -> tuple[Path, str]:
    """Write a state as a scenario file; its path and its text.

    ScenarioError when the state has faults or the name cannot be used; ExistsError when a file has that name that was
    not saved here, or was edited since, and is not to be replaced; OSError when it cannot be written.
    """
    file = file_for(name)
    if file.is_file() and file.samefile(file_of(state)):
        raise _fault("is the name of the scenario that this one starts from; choose another name")
    reason = why_not(name, file)
    if reason is not None:
        raise _fault(f"'{name}' {reason}; choose another name")
    if not is_inside(file):
        raise _fault(f"{file} is not below the working folder")
    before = file.read_bytes() if file.exists() else None
    if before is not None and not replace and not made_here(before):
        raise ExistsError(file, f"{file} exists already and was not saved here, or was edited since. Replace it?")
    text = text_of(state, name, title, comments)
    file.write_text(text, encoding="utf-8", newline="\n")
    try:
        faults = check_file(file, initial_state)
        if not faults and digest(load(file).scenario) != _digest_of(state):
            faults = [
                Fault(str(file), None, "", "the saved file would give other worlds; this is a fault of the studio")
            ]
        if faults:
            raise ScenarioError(faults)
    except BaseException:
        file.unlink() if before is None else file.write_bytes(before)
        raise
    return file, text


def _digest_of(state: State) -> str:
    scenario = load_state(state).scenario
    return digest(scenario if state.days is None else scenario.model_copy(update={"horizon_days": state.days}))


def _fault(message: str) -> ScenarioError:
    return ScenarioError([Fault("", None, "name", message)])


def made_here(content: bytes) -> bool:
    """Whether the content of a file was saved here, and not edited since."""
    text = content.decode("utf-8", "replace")
    above, mark, last = text.rpartition(MARK)
    return bool(mark) and last.strip() == _hash(above)
