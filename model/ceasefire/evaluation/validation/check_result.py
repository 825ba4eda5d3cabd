"""The result of a validation check: pattern, target, the model's figure with its interval, and a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ceasefire.doc_pages import doc_page

Verdict = Literal["pass", "miss", "undetermined", "not run"]
VERDICTS: tuple[Verdict, ...] = ("pass", "miss", "undetermined", "not run")
Kind = Literal["verification", "validation"]
Sample = Literal["in sample", "out of sample", "-"]

NEEDS_DATA = f"not run: needs data (--data DIR; {doc_page('validation.md')} describes the files)"


@dataclass(frozen=True)
class Finding:
    """One row of `ceasefire validate`. `row` is the number of the pattern; `note` qualifies the verdict.

    *Verification*: a direction that was built into the model. *Validation*: agreement with data; *in sample* when these
    data shaped the model, *out of sample* when they did not.
    """

    row: str
    pattern: str
    target: str
    figure: str
    interval: str
    verdict: Verdict
    kind: Kind = "validation"
    sample: Sample = "-"
    note: str = ""


TOO_FEW = "not run: needs data of at least 5 open-ended deals of each kind"


def not_run(row: str, pattern: str, target: str, why: str = NEEDS_DATA) -> Finding:
    """A row that needs data which were not given, or more data than there are."""
    return Finding(row, pattern, target, "-", "-", "not run", note=why)


def joint_verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """The common verdict of several ways of reading the data; undetermined when they disagree."""
    first = verdicts[0]
    return first if all(verdict == first for verdict in verdicts) else "undetermined"


def band_verdict(figure: float, low: float, high: float, band: tuple[float, float]) -> Verdict:
    """Pass when the figure is in the band; miss when its whole interval is outside; otherwise undetermined."""
    if band[0] <= figure <= band[1]:
        return "pass"
    return "miss" if high < band[0] or low > band[1] else "undetermined"


def gain_verdict(gain: float, low: float) -> Verdict:
    """Pass when the whole interval of a gain is above 0; miss when the gain is not above 0; otherwise undetermined."""
    if low > 0.0:
        return "pass"
    return "undetermined" if gain > 0.0 else "miss"
