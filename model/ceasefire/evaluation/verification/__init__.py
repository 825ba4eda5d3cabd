"""Does the program compute the model? Checks as programs, each named X_vs_Y, run by `ceasefire verify`."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from ceasefire.evaluation.verification.check import CheckResult, as_table

__all__ = ["Check", "table"]


def table(quick: bool = True) -> pd.DataFrame:
    """Every check, one row each (name, says, figure, target, passed); `quick` uses fewer worlds."""
    return as_table(check for part in programs() for check in part(quick))


def programs() -> tuple[Callable[[bool], list[CheckResult]], ...]:
    """The verification programs, in the order of the table."""
    from ceasefire.evaluation.verification import (
        model_vs_closed_form,
        model_vs_engine,
        model_vs_expected_signs,
        model_vs_motives,
        model_vs_stability,
    )

    return (
        model_vs_closed_form.checks, model_vs_engine.checks, model_vs_stability.checks, model_vs_expected_signs.checks,
        model_vs_motives.checks,
    )  # fmt: skip
