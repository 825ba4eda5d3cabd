"""A check: what it says, the figure found, the target it must meet, and whether it did."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ceasefire.analysis.estimates import Z_95

FOUR_SIGMA = 4.0
"""Checks against an exact figure allow 4 standard errors: a right program fails one in 16,000 times."""


@dataclass(frozen=True)
class CheckResult:
    """One finding of a verification program."""

    name: str
    says: str
    figure: str
    target: str
    passed: bool


def as_table(checks: Iterable[CheckResult]) -> pd.DataFrame:
    """One row per check, columns name, says, figure, target, passed."""
    return pd.DataFrame([asdict(check) for check in checks], columns=["name", "says", "figure", "target", "passed"])


@dataclass(frozen=True)
class Paired:
    """Mean difference of an outcome on the same worlds, and its 95 % interval."""

    mean: float
    low: float
    high: float
    worlds: int

    @property
    def above(self) -> bool:
        """The interval lies above 0."""
        return self.low > 0.0

    @property
    def below(self) -> bool:
        """The interval lies below 0."""
        return self.high < 0.0

    def __str__(self) -> str:
        return f"{self.mean:+.1f} [{self.low:+.1f}, {self.high:+.1f}], n {self.worlds}"


def paired(with_it: ArrayLike, without: ArrayLike) -> Paired:
    """The mean of `with_it` - `without` over the same worlds, with its normal 95 % interval."""
    difference = np.asarray(with_it, np.float64) - np.asarray(without, np.float64)
    n = len(difference)
    half = Z_95 * float(difference.std(ddof=1)) / math.sqrt(n)
    mean = float(difference.mean())
    return Paired(mean, mean - half, mean + half, n)


def near(name: str, says: str, found: float, exact: float, error: float, unit: str = "") -> CheckResult:
    """A check that `found` lies within 4 standard errors of the exact figure."""
    off = abs(found - exact) / error if error > 0.0 else math.inf * abs(found - exact) if found != exact else 0.0
    tail = f" {unit}" if unit else ""
    return CheckResult(
        name, says, f"{found:.5g}{tail} ({off:.1f} standard errors off)",
        f"{exact:.5g}{tail}, within {FOUR_SIGMA:g} standard errors of {error:.2g}", off <= FOUR_SIGMA,
    )  # fmt: skip
