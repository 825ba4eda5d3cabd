"""How rules are compiled with numba, and a notice when compilation begins.

Compiled code is kept in the folder that `cache` names, so that a changed rule is never served from an old compilation.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

import numba
from numba.core import event, types

from ceasefire.compilation.cache import prune_caches, usable_cache_folder

CACHE = usable_cache_folder()
"""Where compiled code is kept; None when it cannot be kept."""

PRIVATE_PARTS = ((0, 61), (0, 69))
"""Versions of numba, from and below, whose private parts are known: with any other, rules are compiled as usual."""

KNOWN_NUMBA = PRIVATE_PARTS[0] <= tuple(int(part) for part in numba.__version__.split(".")[:2]) < PRIVATE_PARTS[1]


def _name_of(record: Any) -> str:
    """Short name of a record type: numba prints types thousands of times while compiling; 500 fields print slowly."""
    return str(record.name)


if KNOWN_NUMBA:
    types.Record.__repr__ = _name_of  # type: ignore[method-assign]


class _Compiling(event.Listener):  # type: ignore[misc]
    """Calls back once when compilation begins, and pauses garbage collection while it lasts.

    Compiling allocates millions of objects that stay; collecting garbage among them takes a tenth of its time.
    """

    def __init__(self) -> None:
        self.depth, self.collects = 0, False
        self.callback: Callable[[], None] | None = None
        self.pruned = False

    def on_start(self, event: object) -> None:
        """Compilation of a function begins, possibly nested in another."""
        if self.depth == 0:
            self.collects = gc.isenabled()
            gc.disable()
        self.depth += 1
        callback, self.callback = self.callback, None
        if callback is not None:
            callback()
        if not self.pruned and CACHE is not None:
            self.pruned = True
            prune_caches(CACHE)

    def on_end(self, event: object) -> None:
        """Compilation of a function ends, with success or not."""
        self.depth -= 1
        if self.depth == 0 and self.collects:
            gc.enable()


_compiling = _Compiling()
event.register("numba:compile", _compiling)


def when_compiling(callback: Callable[[], None]) -> None:
    """Register a callback for the first compilation; it is not called when everything is in the cache."""
    _compiling.callback = callback


PLAIN = bool(os.environ.get("CEASEFIRE_PLAIN_COMPILER"))
"""Whether numba compiles in its own way, without the shorter one of `trimmed_compiler`: the same bits, more slowly."""

STRICT = {"nogil": True, "error_model": "numpy"}
"""No interpreter lock, and floating point as written: never fastmath."""


@cache
def shorter_way() -> ModuleType | None:
    """The shorter way to compile rules; None where numba compiles them in its own, to the same bits.

    That is where CEASEFIRE_PLAIN_COMPILER is set, with a numba that is not known, and with one that lacks a part.
    """
    if PLAIN or not KNOWN_NUMBA:
        return None
    try:
        from ceasefire.compilation import trimmed_compiler
    except (ImportError, AttributeError):
        return None
    return trimmed_compiler


@cache
def _rules_only(kind: Any) -> Any:
    """A subclass of numba's dispatcher that refuses calls from Python: the function has no Python entry point."""

    def refuse(self: Any, *_: object) -> None:
        raise TypeError(f"{self.__name__} is compiled into other rules only; from Python call it through python_rules")

    own: dict[str, Any] = {"__call__": refuse}
    shorter = shorter_way()
    if shorter is not None:
        own["get_call_template"] = shorter.one_for_all_constants(kind)
    return type(kind.__name__, (kind,), own)


def compiled_rule(function: Callable[..., Any], **options: bool) -> Any:
    """A rule that is compiled into others."""
    shorter = shorter_way()
    pipeline = {"pipeline_class": shorter.RuleCompiler} if shorter is not None else {}
    with _our_settings():
        compiled = numba.njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **pipeline, **STRICT, **options)(function)
    compiled.__class__ = _rules_only(type(compiled))  # type: ignore[arg-type]
    return compiled


def compiled_entry(function: Callable[..., Any]) -> Any:
    """A function with a Python entry point."""
    shorter = shorter_way()
    with _our_settings():
        compiled: Any = numba.njit(forceinline=True, cache=CACHE is not None, **STRICT)(function)
        if CACHE is not None and shorter is not None:
            compiled._cache = shorter.RuleCache(function)
    return compiled


@contextmanager
def _our_settings() -> Iterator[None]:
    """numba looks up its settings where a function is made, and only there: those of users' own functions stay.

    Whether rules are compiled is settled by `in_python`.
    """
    theirs = numba.config.CACHE_DIR, numba.config.DISABLE_JIT
    numba.config.CACHE_DIR, numba.config.DISABLE_JIT = str(CACHE or theirs[0]), 0
    try:
        yield
    finally:
        numba.config.CACHE_DIR, numba.config.DISABLE_JIT = theirs
