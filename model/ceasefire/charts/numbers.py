"""How differences and ranges are written on figures and in reports."""

from __future__ import annotations

import math
from collections.abc import Callable

from ceasefire.analysis.interval import Interval

MINUS = "\u2212"


def signed(number: float, digits: int = 0) -> str:
    """A number with its sign, so that a gain is told from a loss; what rounds to nothing has none."""
    if not math.isfinite(number):
        return f"{'+' if number > 0 else MINUS}∞" if number == number else "unknown"
    text = f"{abs(number):,.{digits}f}"
    if not float(text.replace(",", "")):
        return text
    return f"{'+' if number > 0 else MINUS}{text}"


def days(number: float) -> str:
    """Days as a reader wants them: whole from ten, to a tenth below."""
    return f"{number:,.0f}" if abs(number) >= 9.95 or number == 0 else f"{number:,.1f}"


def signed_days(number: float) -> str:
    """A difference in days, to a tenth when it is below one."""
    return signed(number, 0 if abs(number) >= 0.95 else 1)


def span_words(interval: Interval, shown: Callable[[float], str]) -> str:
    """A range in words; one figure when its ends look alike."""
    low, high = shown(interval.low), shown(interval.high)
    return low if low == high else f"{low} to {high}"


def significant(number: float) -> str:
    """A number to three significant figures, without an exponent."""
    return f"{float(f'{number:.3g}'):,.10g}"
