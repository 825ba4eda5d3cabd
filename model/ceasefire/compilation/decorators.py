"""How rules are compiled: one decorator, and a cache that cannot go stale.

Compiled code is kept in the user's cache folder, in a folder named by a hash of every rule's source and of
the versions and flags that compile it: a changed rule is never served from an old compilation.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

from ceasefire.compilation.cache import cache_folder

CACHE = cache_folder()
os.environ.setdefault("NUMBA_CACHE_DIR", str(CACHE))

import numba  # noqa: E402
from numba.core import compiler, compiler_machinery, event, typed_passes, types  # noqa: E402

numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]  # numba may have been imported before this module


def _name_of(record: Any) -> str:
    """How compilation speaks of a world's type: it does so thousands of times, and 500 fields at length take long."""
    return str(record.name)


types.Record.__repr__ = _name_of  # type: ignore[method-assign]


class _Compiling(event.Listener):
    """Says when rules begin to be compiled, and collects no garbage meanwhile.

    Compiling makes millions of objects that stay: to look for garbage among them takes a tenth of its time.
    """

    def __init__(self) -> None:
        self.depth, self.collects = 0, False
        self.tell: Callable[[], None] | None = None

    def on_start(self, event: object) -> None:
        """A function begins to be compiled, by itself or within another."""
        if self.depth == 0:
            self.collects = gc.isenabled()
            gc.disable()
        self.depth += 1
        tell, self.tell = self.tell, None
        if tell is not None:
            tell()

    def on_end(self, event: object) -> None:
        """It is compiled, or cannot be."""
        self.depth -= 1
        if self.depth == 0 and self.collects:
            gc.enable()


_compiling = _Compiling()
event.register("numba:compile", _compiling)


def when_compiling(tell: Callable[[], None]) -> None:
    """Have `tell` called once, when a function begins to be compiled; never, when all are found compiled."""
    _compiling.tell = tell


@compiler_machinery.register_pass(mutates_CFG=False, analysis_only=True)
class _LeftToItsCallers(compiler_machinery.AnalysisPass):
    """A rule is made fast where it is compiled into its callers; at every level of calls anew takes a fifth longer."""

    _name = "left_to_its_callers"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        """Open the library that the rule goes into, and have nothing done to it afterwards."""
        state.library = state.targetctx.codegen().create_library(state.func_id.func_qualname)
        state.library.enable_object_caching()
        state.library._optimize_final_module = lambda: None
        return False


class _CompilerOfRules(compiler.CompilerBase):
    """The usual compiler, but for that."""

    def define_pipelines(self) -> list[Any]:
        """One pipeline: there is no other way to compile a rule."""
        usual = compiler.DefaultPassBuilder.define_nopython_pipeline(self.state)
        usual.add_pass_after(_LeftToItsCallers, typed_passes.AnnotateTypes)
        usual.finalize()
        return [usual]


Rule = TypeVar("Rule", bound=Callable[..., Any])


STRICT = {"nogil": True, "error_model": "numpy"}
"""No interpreter lock, and floating point as written: never fastmath."""


def rule(function: Rule) -> Rule:
    """A rule is compiled into whatever calls it: a day is a quarter shorter so. Python calls it through `calls`."""
    return _for_rules(function, forceinline=True)


def seldom(function: Rule) -> Rule:
    """A rule that acts on few days stands by itself: days without it are shorter, and less is compiled."""
    return _for_rules(function)


def _for_rules(function: Rule, **options: bool) -> Rule:
    compiled = numba.njit(
        no_cpython_wrapper=True, no_cfunc_wrapper=True, pipeline_class=_CompilerOfRules, **STRICT, **options
    )(function)
    if compiling():
        compiled.__class__ = _for_rules_only(type(compiled))
    return cast(Rule, compiled)


def _for_rules_only(kind: Any) -> Any:
    """The same kind of compiled function, which refuses to be called from Python, for which it has no entry."""

    def refuse(self: Any, *_: object) -> None:
        raise TypeError(
            f"{self.__name__} is compiled into other rules only; Python calls it through ceasefire.simulation.compiled.python_rules"
        )

    return type(kind.__name__, (kind,), {"__call__": refuse})


def called_from_python(function: Rule) -> Rule:
    """Compile a function that Python calls as well; what it compiles to is kept between sessions."""
    compiled: Rule = numba.njit(cache=True, forceinline=True, **STRICT)(function)
    return compiled


def compiling() -> bool:
    """False when compilation is switched off (NUMBA_DISABLE_JIT=1): same numbers, far slower."""
    return not bool(numba.config.DISABLE_JIT)
