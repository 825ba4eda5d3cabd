"""Decorators that compile rules with numba, and a notice when compilation begins.

Compiled code is kept in the folder that `cache` names, so that a changed rule is never served from an old compilation.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

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

Rule = TypeVar("Rule", bound=Callable[..., Any])


STRICT = {"nogil": True, "error_model": "numpy"}
"""No interpreter lock, and floating point as written: never fastmath."""


def rule(function: Rule) -> Rule:
    """Inline the rule into its callers, which makes a day a quarter faster. Python calls it through `python_rules`."""
    return _for_rules(function, forceinline=True)


def seldom(function: Rule) -> Rule:
    """Compile a rule that acts on few days as a function of its own: other days are faster, less code is compiled."""
    return _for_rules(function)


def _for_rules(function: Rule, **options: bool) -> Rule:
    from ceasefire.compilation.trimmed_compiler import RULE_COMPILER, rules_only

    pipeline = {"pipeline_class": RULE_COMPILER} if RULE_COMPILER is not None else {}
    compiled = numba.njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **pipeline, **STRICT, **options)(function)
    if compiling():
        compiled.__class__ = rules_only(type(compiled))  # type: ignore[arg-type]
    return cast(Rule, compiled)


def called_from_python(function: Rule) -> Rule:
    """Compile a function with a Python entry point; its machine code is cached on disk, where that is possible.

    numba looks up its cache folder here and only here, so that functions of users keep the folder of theirs.
    """
    from ceasefire.compilation.trimmed_compiler import RULE_CACHE

    compiled: Any = numba.njit(forceinline=True, **STRICT)(function)
    if CACHE is not None and compiling():
        theirs, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(CACHE)
        try:
            compiled._cache = RULE_CACHE(function)
        finally:
            numba.config.CACHE_DIR = theirs
    return cast(Rule, compiled)


def compiling() -> bool:
    """False when compilation is switched off (NUMBA_DISABLE_JIT=1): same results, far slower."""
    return not bool(numba.config.DISABLE_JIT)
