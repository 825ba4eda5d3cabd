"""Decorators of rules: numba compiles them, unless rules run in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from ceasefire.compilation.in_python import in_python

Rule = TypeVar("Rule", bound=Callable[..., Any])


def rule(function: Rule) -> Rule:
    """Inline the rule into its callers, which makes a day a quarter faster. Python calls it through `python_rules`."""
    return _for_rules(function, forceinline=True)


def seldom(function: Rule) -> Rule:
    """Compile a rule that acts on few days as a function of its own: other days are faster, less code is compiled."""
    return _for_rules(function)


def _for_rules(function: Rule, **options: bool) -> Rule:
    if in_python():
        return function
    from ceasefire.compilation.numba_rules import compiled_rule

    return cast(Rule, compiled_rule(function, **options))


def called_from_python(function: Rule) -> Rule:
    """Compile a function with a Python entry point; its machine code is cached on disk, where that is possible."""
    if in_python():
        return function
    from ceasefire.compilation.numba_rules import compiled_entry

    return cast(Rule, compiled_entry(function))
