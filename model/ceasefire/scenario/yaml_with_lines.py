"""Reads YAML files into content with the file and line of every part, and the faults of their YAML."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from ceasefire.errors import Fault
from ceasefire.plain_text import printable, unprintable
from ceasefire.regular_files import read_regular

Step = str | int
Steps = tuple[Step, ...]
"""The path of a part of a scenario: names in mappings, positions in lists."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file; of a command-line option or a whole file when `line` is None."""

    file: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """A mapping of Located, a list of Located, or a bare YAML value, with the place where it is written."""

    value: Any
    place: Place

    @property
    def named(self) -> dict[str, Located]:
        """The entries of a mapping; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def at(self, step: Step) -> Located | None:
        """The entry of that name, or the item at that position; None when there is none."""
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if isinstance(self.value, list) and str(step).isdigit() and int(step) < len(self.value):
            item: Located = self.value[int(step)]
            return item
        return None


def find(tree: Located, steps: Sequence[Step]) -> Located | None:
    """The part of a tree at these steps; None when there is none."""
    part: Located | None = tree
    for step in steps:
        part = part.at(step) if part is not None else None
    return part


def place_of(tree: Located, steps: Sequence[Step]) -> Place:
    """The place of the part at these steps, or of the nearest part around it."""
    around = tree
    for step in steps:
        inner = around.at(step)
        if inner is None:
            break
        around = inner
    return around.place


def to_plain(located: Located) -> Any:
    """The content without its places."""
    if isinstance(located.value, dict):
        return {name: to_plain(entry) for name, entry in located.value.items()}
    if isinstance(located.value, list):
        return [to_plain(item) for item in located.value]
    return located.value


def located_at(content: Any, place: Place) -> Located:
    """Plain content, all of it at one place."""
    if isinstance(content, Mapping):
        return Located({str(name): located_at(entry, place) for name, entry in content.items()}, place)
    if isinstance(content, (list, tuple)):
        return Located([located_at(item, place) for item in content], place)
    return Located(content.item() if hasattr(content, "item") else content, place)


def dotted(steps: Sequence[Step]) -> str:
    """Steps as a dotted path: `actors.turkey.capability`."""
    return ".".join(map(str, steps))


def fault_at(place: Place, path: str, message: str) -> Fault:
    """A fault at a place."""
    return Fault(place.file, place.line, path, message)


TAG = "tag:yaml.org,2002:"
SCALARS = frozenset(TAG + kind for kind in ("null", "bool", "int", "float", "timestamp", "str"))
WRONG = object()
"""The value of a part that cannot be read; the part is left out."""

MOST_PARTS = 200_000
"""Most parts that a file may have after all aliases are expanded; more is a mistake or an attack."""

MOST_BYTES = 8_000_000
"""Largest file. A front of 2,048 sectors with every number written out takes about a third of it."""

MOST_LINE = 100_000
"""Characters of the longest line: the parser takes a microsecond for each."""

MOST_TEXT = 10_000
"""Characters of the longest text of a scenario."""

MOST_NAME = 300
"""Characters of the longest key: the path of a number, or a product of two indicators."""

MOST_ENTRIES = 5_000
"""Entries of the longest mapping or list; reading stops there, because the parser takes 0.1 ms for each."""

MOST_LEVELS = 30
"""Levels of mappings and lists within each other; a scenario needs eight."""


def shown_file(path: Path) -> str:
    """A file's name in messages: relative to the current folder when it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def read(path: Path) -> tuple[Located | None, list[Fault]]:
    """The mapping in a YAML file (None when the file cannot be read), and the faults of the file."""
    file = shown_file(path)
    text, fault = _text_of(path, file)
    return (None, [fault]) if fault is not None else read_text(text, file)


def read_text(text: str, file: str) -> tuple[Located | None, list[Fault]]:
    """As `read`, from text; `file` is the name for messages. The same text is parsed once: Located is immutable."""
    located, faults = _read_once(text, file)
    return located, list(faults)


@lru_cache(maxsize=64)
def _read_once(text: str, file: str) -> tuple[Located | None, tuple[Fault, ...]]:
    node, fault = _composed(text, file)
    if fault is not None:
        return None, (fault,)
    if node is None:
        return None, (Fault(file, 1, "", "is empty"),)
    if not isinstance(node, MappingNode):
        return None, (
            Fault(file, node.start_mark.line + 1, "", "is not a mapping; begin with lines such as `name: …`"),
        )
    reader = _Reader(file)
    located = reader.part(node, (), Place(file, node.start_mark.line + 1))
    readable = isinstance(located.value, dict) and not reader.too_large
    return located if readable else None, tuple(reader.faults)


def read_value(text: str, place: Place) -> Located:
    """One YAML value, located at `place`. Raises ValueError with its fault."""
    node, fault = _composed(text, place.file)
    if fault is not None:
        raise ValueError(fault.message)
    if node is None:
        return Located(None, place)
    reader = _Reader(place.file)
    located = reader.part(node, (), place)
    if reader.faults:
        raise ValueError(reader.faults[0].message)
    return _all_at(located, place)


def _all_at(located: Located, place: Place) -> Located:
    """The same content with every part at one place."""
    if isinstance(located.value, dict):
        return Located({name: _all_at(entry, place) for name, entry in located.value.items()}, place)
    if isinstance(located.value, list):
        return Located([_all_at(item, place) for item in located.value], place)
    return Located(located.value, place)


def _text_of(path: Path, file: str) -> tuple[str, Fault | None]:
    """The text of a UTF-8 file, or the fault why there is none."""
    try:
        if path.is_dir():
            return "", Fault(file, None, "", "is a folder; name a .yaml file")
        raw = read_regular(path, MOST_BYTES)
    except (OSError, ValueError) as problem:
        return "", Fault(file, None, "", _unread(problem))
    try:
        return raw.decode("utf-8-sig"), None
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        return "", Fault(file, line, "", f"byte 0x{raw[problem.start]:02x} is not UTF-8; save the file as UTF-8")


def _unread(problem: OSError | ValueError) -> str:
    """Why a file cannot be read. ValueError is Python's for a path with a NUL."""
    if isinstance(problem, FileNotFoundError):
        return "no such file"
    return f"cannot be read: {problem.strerror if isinstance(problem, OSError) else problem}"


def _too_long(text: str) -> tuple[int, int] | None:
    """Number and length of the first line that is too long."""
    if len(text) > MOST_LINE:
        for number, line in enumerate(text.split("\n"), start=1):
            if len(line) > MOST_LINE:
                return number, len(line)
    return None


class _TooManyError(Exception):
    """A mapping or list has more entries than any part of a scenario; the line on which it begins."""


class _BoundedComposer(Composer):
    """Stops at the first mapping or list that is too long, before the rest of the file is parsed."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The next node; `parent` is the mapping or list that it belongs to."""
        if parent is not None and len(parent.value) > MOST_ENTRIES:
            raise _TooManyError(parent.start_mark.line + 1)
        return super().compose_node(parent, index)


def _composed(text: str, file: str) -> tuple[Node | None, Fault | None]:
    """The YAML nodes of a text (None when it is empty), or the fault why there are none."""
    long = _too_long(text)
    if long is not None:
        message = f"a line of {long[1]:,} characters; at most {MOST_LINE:,} are possible"
        return None, Fault(file, long[0], "", message)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor may be used twice
            yaml = YAML(typ="safe", pure=True)
            yaml.Composer = _BoundedComposer
            return yaml.compose(text), None
    except RecursionError:
        return None, Fault(file, None, "", "is nested too deeply")
    except _TooManyError as problem:
        message = f"begins a mapping or list of more than {MOST_ENTRIES:,} entries, more than any part has"
        return None, Fault(file, problem.args[0], "", message)
    except (YAMLError, ValueError) as problem:
        return None, _syntax_fault(problem, text, file)


def _syntax_fault(problem: Exception, text: str, file: str) -> Fault:
    """A YAML error as a fault, with its line."""
    if isinstance(problem, ReaderError):
        at = text.find(chr(problem.character)) if isinstance(problem.character, int) else text.find(problem.character)
        return Fault(file, text.count("\n", 0, max(at, 0)) + 1, "", "holds a character that YAML does not allow")
    if not isinstance(problem, MarkedYAMLError):
        return Fault(file, None, "", f"is not YAML: {problem}")
    mark = problem.problem_mark or problem.context_mark
    message = " ".join(part for part in (problem.context, problem.problem) if part)
    if "'\\t'" in message:
        message = "a tab; indent with spaces"
    elif "single document" in message:
        message = "a second document begins; a file holds one"
    return Fault(file, mark.line + 1 if mark else None, "", f"is not YAML: {message}")


class _Reader:
    """Turns YAML nodes into Located, with the line of each part."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self._open: set[int] = set()
        self._parts = 0
        self._constructor = YAML(typ="safe", pure=True).constructor

    @property
    def too_large(self) -> bool:
        """True when the file has more than MOST_PARTS parts."""
        return self._parts > MOST_PARTS

    def part(self, node: Node, steps: Steps, place: Place) -> Located:
        """The content of a node. A fault is noted in `faults`, and the value is then WRONG."""
        self._parts += 1
        if id(node) in self._open:
            return self._fault(place, steps, "an alias that contains itself")
        if self._parts > MOST_PARTS:
            return self._fault(place, (), "too large once all aliases are expanded", once=True)
        if len(steps) > MOST_LEVELS:
            return self._fault(place, steps[:4], "is nested too deeply")
        if isinstance(node.value, (list, str)) and len(node.value) > self._room(node):
            return self._too_long(node, steps, place)
        self._open.add(id(node))
        try:
            return Located(self._content(node, steps, place), place)
        finally:
            self._open.discard(id(node))

    def _room(self, node: Node) -> int:
        return MOST_TEXT if isinstance(node, ScalarNode) else MOST_ENTRIES

    def _too_long(self, node: Node, steps: Steps, place: Place) -> Located:
        what = "characters" if isinstance(node, ScalarNode) else "entries"
        return self._fault(place, steps, f"has {len(node.value):,} {what}; at most {self._room(node):,} are possible")

    def _content(self, node: Node, steps: Steps, place: Place) -> Any:
        if isinstance(node, MappingNode) and node.tag == TAG + "map":
            return self._mapping(node, steps)
        if isinstance(node, SequenceNode) and node.tag == TAG + "seq":
            items = [self.part(item, (*steps, i), self._place(item)) for i, item in enumerate(node.value)]
            return [item for item in items if item.value is not WRONG]
        if isinstance(node, ScalarNode) and node.tag in SCALARS:
            return self._scalar(node, steps, place)
        return self._fault(place, steps, f"the tag {node.tag} is not allowed here").value

    def _scalar(self, node: ScalarNode, steps: Steps, place: Place) -> Any:
        try:
            value = self._constructor.construct_object(node, deep=True)
        except (ValueError, OverflowError, YAMLError, LookupError):
            return self._fault(
                place, steps, f"'{printable(node.value[:40])}' is not a date or a number that exists"
            ).value
        if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 1000:
            return math.inf if value > 0 else -math.inf
        wrong = unprintable(value) if isinstance(value, str) else None
        if wrong is not None:
            return self._fault(place, steps, f"holds the character {wrong}, which no text may hold").value
        return value

    def _mapping(self, node: MappingNode, steps: Steps) -> dict[str, Located]:
        own: dict[str, Located] = {}
        merged: list[Located] = []
        for key, value in node.value:
            if key.tag == TAG + "merge":
                merged += self._merged_in(value, steps)
                continue
            name = self._name(key, steps)
            if name is None:
                continue
            if name in own:
                self._fault(self._place(key), (*steps, name), f"given twice; first on line {own[name].place.line}")
                continue
            located = self.part(value, (*steps, name), self._place(key))
            if located.value is not WRONG:
                own[name] = located
        for source in merged:
            own |= {name: located for name, located in source.named.items() if name not in own}
        return own

    def _merged_in(self, value: Node, steps: Steps) -> list[Located]:
        sources = value.value if isinstance(value, SequenceNode) else [value]
        if not all(isinstance(source, MappingNode) for source in sources):
            self._fault(self._place(value), (*steps, "<<"), "merges what is not a mapping")
            return []
        return [self.part(source, steps, self._place(source)) for source in sources]

    def _name(self, key: Node, steps: Steps) -> str | None:
        if isinstance(key, ScalarNode) and key.tag == TAG + "str":
            return self._checked_name(str(key.value), key, steps)
        shown = printable(key.value[:40]) if isinstance(key, ScalarNode) else "a list or mapping"
        self._fault(self._place(key), steps, f"the name '{shown}' is not text; put it in quotes")
        return None

    def _checked_name(self, name: str, key: Node, steps: Steps) -> str | None:
        if len(name) > MOST_NAME:
            message = (
                f"the name '{printable(name[:40])}…' has {len(name):,} characters; at most {MOST_NAME} are possible"
            )
            self._fault(self._place(key), steps, message)
            return None
        wrong = unprintable(name)
        if wrong is not None:
            message = f"the name '{printable(name[:40])}' holds the character {wrong}, which no text may hold"
            self._fault(self._place(key), steps, message)
            return None
        return name

    def _place(self, node: Node) -> Place:
        return Place(self.file, node.start_mark.line + 1)

    def _fault(self, place: Place, steps: Steps, message: str, *, once: bool = False) -> Located:
        if not (once and any(fault.message == message for fault in self.faults)):
            self.faults.append(Fault(place.file, place.line, dotted(steps), message))
        return Located(WRONG, place)
