"""Mutations of scenario and experiment files: values that nobody would write, entries gone, copied, swapped."""

from __future__ import annotations

import copy
import datetime
import random
from collections.abc import Callable, Iterator
from typing import Any

TEXTS = (
    "", " ", "\x00", "\x1b[31mred\x1b]0;title\x07", "\x9b31m",
    "\ud800", "a\udfffb", "\ufffe", "\x7f", "\r", "\u202eright to left",
    "a\nb", "<script>", "&", "]]>", "$x^2$", "$", "\\frac", "%", "{x}", "{0}", "'", '"', "日本語", "نص", "🕊",
    "x" * 5_000,
    "x" * 200_000, "north", "9999-12-31", "0001-01-01", "1e400", "nan", ".nan", "true", "null", "=1+1", "-", "/", "..",
)  # fmt: skip
NUMBERS = (
    0, -0.0, 1, -1, 0.5, 2, 1e-320, 1e300, -1e300, 1e308, 2**31, 2**63, 2**64, 10**400, 36_500, 36_501, 400, 399, 1825,
    0.999999, 1e6, 1e9,
)  # fmt: skip
OTHERS: tuple[Any, ...] = (
    None, True, False, [], {}, [1], ["x"], {"value": 1}, {"x": 1}, [[[[1]]]], {"uniform": [0, 1]},
    {"lognormal": [1e-300, 700]}, {"normal": [0.5, 1e300]}, {"triangular": [0, 0, 0]},
    {"value": 1, "source": "\x1b"},
)  # fmt: skip
COPIES = (2, 9, 13, 65, 97, 257)
Path_ = tuple[str | int, ...]


def parts_of(content: Any, steps: Path_ = ()) -> Iterator[Path_]:
    """The paths of all parts of plain content."""
    if steps:
        yield steps
    entries = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for name, entry in entries:
        yield from parts_of(entry, (*steps, name))


def around(content: Any, steps: Path_) -> Any:
    """The mapping or list that holds the part at a path."""
    for step in steps[:-1]:
        content = content[step]
    return content


def nested(levels: int) -> Any:
    """Lists in lists."""
    inner: Any = 1
    for _ in range(levels):
        inner = [inner]
    return inner


def any_value(rng: random.Random) -> Any:
    """A value that nobody would write on purpose."""
    kind = rng.randrange(5)
    if kind == 0:
        return rng.choice(TEXTS)
    if kind == 1:
        return rng.choice(NUMBERS)
    if kind == 2:
        return copy.deepcopy(rng.choice(OTHERS))
    if kind == 3:
        return (datetime.date(1, 1, 1) + datetime.timedelta(rng.randrange(3_652_058))).isoformat()
    return nested(rng.choice((2, 40, 90)))


def replace(content: Any, steps: Path_, rng: random.Random) -> None:
    around(content, steps)[steps[-1]] = any_value(rng)


def remove(content: Any, steps: Path_, rng: random.Random) -> None:
    del around(content, steps)[steps[-1]]


def rename(content: Any, steps: Path_, rng: random.Random) -> None:
    holder = around(content, steps)
    if isinstance(holder, dict):
        holder[rng.choice(TEXTS)] = holder.pop(steps[-1])


def multiply(content: Any, steps: Path_, rng: random.Random) -> None:
    """Many copies of an entry beside it."""
    holder, copies = around(content, steps), rng.choice(COPIES)
    for number in range(copies):
        one = copy.deepcopy(holder[steps[-1]])
        if isinstance(holder, dict):
            holder[f"{steps[-1]}_{number}"] = one
        else:
            holder.append(one)


def swap(content: Any, steps: Path_, rng: random.Random) -> None:
    """The part takes the content of another part."""
    other = rng.choice(list(parts_of(content)))
    around(content, steps)[steps[-1]] = copy.deepcopy(around(content, other)[other[-1]])


MUTATIONS: tuple[Callable[[Any, Path_, random.Random], None], ...] = (replace, replace, remove, rename, multiply, swap)


def mutated(base: Any, rng: random.Random) -> Any:
    """A copy with one or two mutations."""
    content = copy.deepcopy(base)
    for _ in range(rng.choice((1, 1, 2))):
        paths = list(parts_of(content))
        if paths:
            rng.choice(MUTATIONS)(content, rng.choice(paths), rng)
    return content
