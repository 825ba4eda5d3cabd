"""A shorter way to compile rules with numba, which leans on private parts of it; the bits are those of the plain way.

Rules are compiled into their callers, so that on their own they need neither optimisation nor machine code, and one
version of a rule serves every constant that it is called with. Where numba lacks a part that is needed here, this
module cannot be imported, and numba compiles in its own way (see `numba_rules.shorter_way`).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from numba.core import caching, compiler, compiler_machinery, targetconfig, typed_passes, types
from numba.core.runtime import rtsys

NEEDED = (
    (compiler.DefaultPassBuilder, "define_nopython_pipeline"),
    (compiler_machinery.PassManager, "add_pass_after"),
    (typed_passes, "AnnotateTypes"),
    (typed_passes, "NativeLowering"),
    (compiler.Flags, "no_compile"),
    (targetconfig.TargetConfig, "options"),
    (targetconfig.TargetConfig, "values"),
    (types, "unliteral"),
    (caching.FunctionCache, "_load_overload"),
    (caching.FunctionCache, "_guard_against_spurious_io_errors"),
    (rtsys, "initialize"),
)
"""Private parts of numba that are used: their owners and names."""

MISSING = [name for owner, name in NEEDED if not hasattr(owner, name)]
if MISSING:
    raise ImportError(f"this numba has no {MISSING[0]}")


@compiler_machinery.register_pass(mutates_CFG=False, analysis_only=True)
class _SkipOptimisation(compiler_machinery.AnalysisPass):
    """Skips LLVM's optimisation of a rule, and its machine code: both are made where it is inlined."""

    _name = "skip_optimisation"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        """Create the library that the rule goes into, with its final optimisation switched off."""
        state.library = state.targetctx.codegen().create_library(state.func_id.func_qualname)
        state.library.enable_object_caching()
        state.library._optimize_final_module = lambda: None
        state.flags.no_compile = True
        return False


@compiler_machinery.register_pass(mutates_CFG=False, analysis_only=True)
class _NameForCallers(compiler_machinery.AnalysisPass):
    """Makes a rule without machine code known to its callers, under a builtin function that is never called."""

    _name = "name_for_callers"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        """Register the rule, as lowering does where it makes machine code."""
        state.flags.no_compile = False
        name: Any = [].append
        state.targetctx.insert_user_function(name, state.cr.fndesc, [state.library])
        for reload in getattr(state.library, "_reload_init", ()):  # numba 0.61 has none
            state.reload_init.append(reload)
        state.cr = state.cr._replace(cfunc=name)
        return False


class RuleCompiler(compiler.CompilerBase):
    """numba's usual pipeline without the optimisation and the machine code of rules on their own."""

    def define_pipelines(self) -> list[Any]:
        """The one pipeline for rules."""
        usual = compiler.DefaultPassBuilder.define_nopython_pipeline(self.state)
        usual.add_pass_after(_SkipOptimisation, typed_passes.AnnotateTypes)
        usual.add_pass_after(_NameForCallers, typed_passes.NativeLowering)
        usual.finalize()
        return [usual]


def one_for_all_constants(kind: Any) -> Any:
    """A method for a subclass of the dispatcher `kind`: a call with a constant is one with a number of its type."""

    def get_call_template(self: Any, args: Any, kws: Any) -> Any:
        unliteral: Any = vars(types)["unliteral"]
        given = {name: unliteral(each) for name, each in dict(kws).items()}
        return kind.get_call_template(self, [unliteral(each) for each in args], given)

    return get_call_template


class RuleCache(caching.FunctionCache):  # type: ignore[misc]
    """Loads compiled code without first making ready all that compiling needs, which takes 26 MB and .25 s."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled code for a signature; None when it is not in the cache."""
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)


@cache
def _names(kind: type[Any]) -> int:
    return hash(tuple(sorted(kind.options)))  # type: ignore[attr-defined]


def _hash(self: Any) -> int:
    return _names(type(self))  # type: ignore[arg-type]


def _equal(self: Any, other: Any) -> Any:
    if not isinstance(other, targetconfig.TargetConfig):
        return NotImplemented
    return self._values == other._values or self.values() == other.values()


# numba compares its flags thousands of times, option by option
targetconfig.TargetConfig.__hash__ = _hash
targetconfig.TargetConfig.__eq__ = _equal
