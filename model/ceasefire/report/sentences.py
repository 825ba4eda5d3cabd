"""What a run found, in sentences that can stand alone."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.summary import Figure, Summary
from ceasefire.analysis.survival import EndingCause
from ceasefire.wording import GAP, ending_in_a_sentence, span_words, titled, whole_percent

NOTE = (
    "The numbers behind these worlds were not fitted to how real ceasefires ended. Read what raises and what lowers, "
    "and why; do not read a forecast."
)

YEARS = {
    365: "one year",
    730: "two years",
    1095: "three years",
    1460: "four years",
    1825: "five years",
    3650: "ten years",
}


def headline(title: str, found: Summary) -> str:
    """The answer in one sentence, each figure with both its intervals."""
    early = max((day for day in found.holding if day < found.horizon), default=None)
    told = [_share_holding(found.holding[day], day) for day in (early, found.horizon) if day is not None]
    number = f"{found.worlds:,} simulated {'world' if found.worlds == 1 else 'worlds'}"
    first = f"{told[0]}{_brackets(found.holding[early or found.horizon], explain=True)}"
    rest = f", and {told[1]}{_brackets(found.holding[found.horizon])}" if len(told) > 1 else ""
    return titled(title, f"of {number}, {first}{rest}. Illustrative: durations are not calibrated.")


def _share_holding(figure: Figure, day: int) -> str:
    return f"{whole_percent(figure.chance.value)} still held after {duration_words(day)}"


def duration_words(day: int) -> str:
    """A length of time in the unit that suits it."""
    return YEARS.get(day, f"{day:,} {'day' if day == 1 else 'days'}")


def _brackets(figure: Figure, explain: bool = False) -> str:
    chance = span_words(figure.chance, whole_percent)
    said = f"95{GAP}% interval from chance: {chance}" if explain else chance
    if figure.doubt is not None:
        doubt = span_words(figure.doubt, whole_percent)
        said += f"; over the ranges of what is assumed: {doubt}" if explain else f"; {doubt}"
    return f" ({said})"


def day_or_beyond(day: float, horizon: int) -> str:
    """A day, or that it lies beyond the horizon."""
    return f"{day:,.0f}" if math.isfinite(day) else f"beyond {horizon:,}"


def survival_alt(found: Summary) -> str:
    """What the survival chart shows."""
    told = [f"{whole_percent(f.chance.value)} after {duration_words(day)}" for day, f in found.holding.items()]
    last = found.holding[found.horizon]
    said = f"Line chart. Share of worlds still holding: {', '.join(told)}."
    said += f" The band of chance at the end reaches from {_ends(last.chance)}"
    if last.doubt is not None:
        said += f", that of doubt about the assumed numbers from {_ends(last.doubt)}"
    return f"{said}."


def _ends(interval: Interval) -> str:
    return f"{whole_percent(interval.low)} to {whole_percent(interval.high)}"


def causes_alt(found: Summary, titles: Mapping[str, str]) -> str:
    """What the causes chart shows."""
    held = found.endings.get(EndingCause("held"), 0.0)
    ends = [(ending, share) for ending, share in found.endings.items() if share > 0 and ending != EndingCause("held")]
    told = [f"{ending_in_a_sentence(*ending, titles)}, {whole_percent(share)}" for ending, share in ends]
    if not told:
        return "Stacked areas. Nothing ends the deal in any world."
    rest = f" {whole_percent(held)} still hold." if held > 0 else " None still holds."
    return f"Stacked areas. By the last day the deal has ended through {'; '.join(told)}.{rest}"


def commonest_end(found: Summary, titles: Mapping[str, str]) -> str:
    """The commonest end in a sentence, for a caption."""
    ends = [(ending, share) for ending, share in found.endings.items() if share > 0 and ending != EndingCause("held")]
    if not ends:
        return "Nothing ended the deal in any world."
    ending, share = ends[0]
    return f"Commonest end: {ending_in_a_sentence(*ending, titles)}, {whole_percent(share)} of worlds."


def uncertainty_points(found: Summary, assumed: int) -> list[str]:
    """How sure the answer is, and why not surer."""
    last = found.holding[found.horizon]
    chance = 100 * (last.chance.high - last.chance.low) / 2
    points = f"{chance:.0f} percentage points" if chance >= 1.5 else "about a percentage point"
    said = [
        f"Chance. Only {found.worlds:,} {'world was' if found.worlds == 1 else 'worlds were'} lived. The share that "
        f"still held after {duration_words(found.horizon)} is known to within {points} either way; four times as many "
        "worlds would halve that."
    ]
    if last.doubt is None:
        said.append("Doubt about what is assumed: none was drawn, because nothing in this scenario is assumed.")
    else:
        said.append(_uncertainty_text(last.chance, last.doubt, assumed))
        said += _edge_of_range(last.chance, last.doubt)
    said.append(
        "Outside both: whether the rules by which these actors decide are right at all. No band on this page can say. "
        "What fire does was fitted to two truces while they held. How parties decide was not, and no duration was:"
        " that is what 'durations are not calibrated' means."
    )
    return said


def _uncertainty_text(chance: Interval, doubt: Interval, assumed: int) -> str:
    """How doubt compares with chance, and what would narrow it."""
    wide, thin = doubt.high - doubt.low, chance.high - chance.low
    said = (
        f"Doubt. {assumed:,} numbers are assumed: nobody measured them. Drawn over their ranges, they put that share "
        f"anywhere from {_ends(doubt)} (the middle 90{GAP}% of draws)."
    )
    if thin > 0 and wide > 1.5 * thin:
        more = "more worlds would not make the answer surer, better numbers would"
        return f"{said} This is {wide / thin:.0f} times as wide as chance: {more}."
    return f"{said} Chance is about as wide: both more worlds and better numbers would make the answer surer."


def _edge_of_range(chance: Interval, doubt: Interval) -> list[str]:
    """That the numbers as written lie at the edge of what they might be, when they do."""
    if doubt.low <= chance.value <= doubt.high:
        return []
    more = "more" if chance.value > doubt.high else "fewer"
    turn = "worse" if chance.value > doubt.high else "better"
    return [
        f"With the numbers as written {more} worlds hold ({whole_percent(chance.value)}) than over most of their ranges: "
        f"where the assumed numbers are wrong, the deal is more likely to fare {turn} than this page's main figures."
    ]
