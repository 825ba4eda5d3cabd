"""Words of probability by a stated scale: which term holds a whole interval, and when the model cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ceasefire.analysis.estimates import Interval
from ceasefire.wording import GAP

CANNOT_TELL = "the model cannot tell"


@dataclass(frozen=True)
class Term:
    """A term of a scale, and the probabilities that it stands for, both ends included [per cent]."""

    words: str
    low: float
    high: float

    @property
    def range_words(self) -> str:
        """The probabilities in words."""
        return f"{self.low:g} to {self.high:g}{GAP}%"


@dataclass(frozen=True)
class Scale:
    """A scale: its name, its source, and its terms, the rarest first."""

    title: str
    source: str
    terms: Sequence[Term]

    def words(self, chance: Interval) -> str:
        """The narrowest term that holds the whole interval.

        A chance whose interval lies between two terms has both names; one that crosses an edge, that the model cannot
        tell. ValueError when it is no probability.
        """
        low, high = 100 * chance.low, 100 * chance.high
        if not 0 <= low <= high <= 100:
            raise ValueError(f"{chance} is no probability with its range")
        holding = [term for term in self.terms if term.low <= low and high <= term.high]
        if holding:
            return min(holding, key=lambda term: term.high - term.low).words
        below = [term for term in self.terms if term.high < low]
        above = [term for term in self.terms if term.low > high]
        if len(below) + len(above) == len(self.terms):
            return f"between {below[-1].words} and {above[0].words}"
        return CANNOT_TELL


SCALES = {
    "phia": Scale(
        "PHIA probability yardstick",
        "Professional Head of Intelligence Assessment, UK Cabinet Office: PHIA Probability Yardstick. Its terms leave "
        "gaps on purpose; a chance that lies in a gap is called by both its neighbours.",
        (
            Term("remote chance", 0, 5), Term("highly unlikely", 10, 20), Term("unlikely", 25, 35),
            Term("realistic possibility", 40, 50), Term("likely or probable", 55, 75), Term("highly likely", 80, 90),
            Term("almost certain", 95, 100),
        ),
    ),
    "ipcc": Scale(
        "IPCC likelihood scale",
        "Mastrandrea et al. (2010): Guidance Note for Lead Authors of the IPCC Fifth Assessment Report on Consistent "
        "Treatment of Uncertainties. Its terms overlap; the narrowest that holds the whole interval is taken.",
        (
            Term("exceptionally unlikely", 0, 1), Term("very unlikely", 0, 10), Term("unlikely", 0, 33),
            Term("about as likely as not", 33, 66), Term("likely", 66, 100), Term("very likely", 90, 100),
            Term("virtually certain", 99, 100),
        ),
    ),
}  # fmt: skip
"""Scales by the name that --words takes."""


def confidence_words(assumed: int, numbers: int) -> str:
    """Confidence in the model, which is no probability."""
    return (
        f"Confidence is another matter than probability, and here it is low: durations are not calibrated, {assumed:,} "
        f"of {numbers:,} numbers are assumed, and no interval holds whether the rules of the model are right."
    )
