"""Arguments of Python calls, as users give them: numbers of NumPy, one name or many. ValueError in one sentence."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from os import PathLike
from typing import Any

MOST_SEED = 2**63 - 1
MOST_WORKERS = 1024


def whole_number(name: str, given: Any, low: int, high: int) -> int:
    """A whole number of any type (of Python, of NumPy, 1e4) as an int from `low` to `high`.

    ValueError with the argument's name for a fraction, a truth value, a text, or a number out of range.
    """
    number = _integral(given)
    if number is None or not low <= number <= high:
        raise ValueError(f"{name}: {shown(given)} is not a whole number from {low:,} to {high:,}")
    return number


def seed_number(given: Any) -> int:
    """A seed: a whole number from 0 to MOST_SEED. ValueError otherwise."""
    return whole_number("seed", given, 0, MOST_SEED)


def worker_number(given: Any) -> int | None:
    """A number of workers; None, as many as there are cores, stays None. ValueError otherwise."""
    return None if given is None else whole_number("workers", given, 1, MOST_WORKERS)


def _integral(given: Any) -> int | None:
    """The value as an int when it is a whole number and no truth value; None otherwise."""
    plain = plain_value(given)
    if isinstance(plain, bool):
        return None
    if isinstance(plain, float):
        return int(plain) if plain.is_integer() else None
    try:
        return operator.index(plain)
    except TypeError:
        return None


def names(argument: str, given: Any) -> tuple[str, ...]:
    """Names or paths as texts: one by itself stands for a list of one, None for none.

    ValueError with the argument's name when it is something else.
    """
    if given is None:
        return ()
    if is_reference(given):
        return (str(given),)
    listed = list(given) if isinstance(given, Iterable) and not isinstance(given, bytes | Mapping) else None
    wrong = [given] if listed is None else [item for item in listed if not is_reference(item)]
    if wrong or listed is None:
        raise ValueError(f"{argument}: {shown(wrong[0])} is not a name; give a name, a path, or a list of these")
    return tuple(str(item) for item in listed)


def is_reference(given: Any) -> bool:
    """Whether it can be the name or the path of a file."""
    return isinstance(given, str) or (isinstance(given, PathLike) and isinstance(given.__fspath__(), str))


def settings(argument: str, given: Any) -> dict[str, object]:
    """Values by path, numbers of NumPy as those of Python. ValueError with the argument's name for anything else."""
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(path, str) for path in given):
        raise ValueError(
            f'{argument}: {shown(given)} does not give values by path; write {{"agreement.monitoring": 0.6}}'
        )
    return {str(path): plain_value(value) for path, value in given.items()}


def plain_value(given: Any) -> Any:
    """Scalars and arrays of NumPy, also inside lists and mappings, as values of Python."""
    if isinstance(given, Mapping):
        return {name: plain_value(value) for name, value in given.items()}
    if isinstance(given, list | tuple):
        return [plain_value(value) for value in given]
    return given.tolist() if hasattr(given, "dtype") and hasattr(given, "tolist") else given


def shown(given: Any) -> str:
    """A value as a message shows it: short, on one line."""
    text = " ".join(repr(plain_value(given)).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
