"""The results of a run in sentences that can be read alone: headline, captions, and sources of uncertainty."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ceasefire.analysis.deciders import Deciders
from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.findings import Duration, Held, RealEnd
from ceasefire.analysis.screening import RankScreening
from ceasefire.analysis.summary import Figure, Summary
from ceasefire.analysis.survival import EndingCause
from ceasefire.scenario.parameter_paths import path_words
from ceasefire.scenario.schema import Scenario
from ceasefire.wording import (
    GAP,
    ending_in_a_sentence,
    how_many,
    listed,
    lower,
    share_of_worlds,
    signed_number,
    span_words,
    titled,
    upper,
    whole_percent,
)

_NOT_FITTED = (
    "were not fitted to a sample of real ceasefires, and some of them were chosen by people who saw how long five "
    "deals on Idlib had held"
)

NOTE = (
    f"The numbers behind these worlds {_NOT_FITTED}. Use the results to compare what makes a ceasefire more or less "
    "durable, and why; do not use them as a forecast."
)

POOLED_NOTE = (
    "Only the pooled chances are meant as a forecast: they lean on what deals like this one did, and on the scenario. "
    f"All else comes from the scenario alone. The numbers behind its worlds {_NOT_FITTED}: use it to compare what "
    "makes a ceasefire more or less durable, and why, and not as a forecast."
)
"""The same for a page that also holds a forecast pooled with what deals like it did."""

UNTESTED = (
    "No track record: no data judges what a change would do. This is what the rules say, not what was seen.",
    "Left out: whether the rules by which the parties decide are right, and all that no file mentions.",
)
"""How far to trust a difference."""

YEARS = {
    365: "one year",
    730: "two years",
    1095: "three years",
    1460: "four years",
    1825: "five years",
    3650: "ten years",
}


def answer(title: str, found: Duration) -> str:
    """The answer: the pooled forecast where there is one, then what the scenario alone says."""
    pooled = any(held.pooled is not None for held in found.sentence_days)
    whose = "the scenario's durations" if pooled else "durations"
    return titled(title, f"{lower(duration_sentence(found))} Illustrative: {whose} are not calibrated.")


def duration_sentence(found: Duration) -> str:
    """How long the deal holds, each day with its doubt: the finding of answer, caption, figure and terminal."""
    pooled = [(held, held.pooled) for held in found.sentence_days if held.pooled is not None]
    if not pooled:
        return scenario_sentence(found)
    own = [(held, held.scenario or held.written) for held in found.sentence_days]
    same = f" for the same {'days' if len(own) > 1 else 'day'}"
    return (
        f"The chance to be unbroken is {_chances(pooled, POOLED, found.last)}. This scenario alone says "
        f"{_chances(own, DRAWS if found.is_drawn else CHANCE)}{same}."
    )


def scenario_sentence(found: Duration) -> str:
    """What the scenario alone says: the mean over draws, or the values as written where nothing is assumed."""
    if not found.is_drawn:
        return written_sentence(found)
    own = [(held, held.scenario) for held in found.sentence_days if held.scenario is not None]
    given = having_held(found.first)
    chances = _chances(own, DRAWS, found.last)
    return f"{upper(f'{given}by this scenario alone')}, the chance to be unbroken is {chances}."


def having_held(first: int) -> str:
    """The condition of every chance of worlds that begin on a later day than that of signing; '' from signing on."""
    return f"having held {how_many(first, 'day')} (days count from signing), " if first else ""


def written_sentence(found: Duration) -> str:
    """The values as written, with chance: a footnote where numbers are assumed."""
    number = f"{found.worlds:,} simulated {'world' if found.worlds == 1 else 'worlds'}"
    parts = [
        f"{share_of_worlds(held.written.value, found.worlds)} {day_words(held.day, found.last)} "
        f"({CHANCE + ': ' if k == 0 else ''}{span_words(held.written, whole_percent)})"
        for k, held in enumerate(found.sentence_days)
    ]
    start = f"{having_held(found.first)}{'with the numbers as written, of' if found.is_drawn else 'of'}"
    return f"{upper(start)} {number} unbroken: {listed(parts)}."


POOLED, DRAWS, CHANCE = f"90{GAP}%", f"90{GAP}% of draws", f"95{GAP}% interval from chance"


def _chances(chances: Sequence[tuple[Held, Interval]], span: str, last: int | None = None) -> str:
    """Chances, each with its range; what the range is, at the first. With the `last` day, each with its day."""
    parts = []
    for k, (held, one) in enumerate(chances):
        words = f"{span + ': ' if k == 0 else ''}{span_words(one, whole_percent)}"
        if held.verdict and span == DRAWS:
            words = f"draws not told apart, at most {span_words(one, whole_percent)}"
        parts.append(
            f"{whole_percent(one.value)}{f' {day_words(held.day, last)}' if last is not None else ''} ({words})"
        )
    return listed(parts)


def real_sentence(real: RealEnd, scenario: Scenario) -> str:
    """What really happened beside what the forecast gave it."""
    really = scenario.really
    assert really is not None
    held = f"{real.least:,}" if real.least == real.most else f"{real.least:,} to {real.most:,}"
    more = " and was still holding when last heard of" if real.holding else ""
    text = f"It really held {held} {'day' if held == '1' else 'days'}{more}: {really.how.rstrip('.')}."
    chance = real.forecast
    if chance is None:
        return text
    which = "pooled forecast" if real.chance is not None and real.chance.pooled is not None else "scenario"
    of_twenty = (
        f"of twenty such deals about {20 * chance.value:.0f}" if chance.value >= 0.025 else "fewer than one in 40"
    )
    given = f", having held {how_many(scenario.day, 'day')}," if scenario.day else ""
    return (
        f"{text} The {which} gave {real.least:,} days or more{given} a chance of {whole_percent(chance.value)} "
        f"(90{GAP}%: {span_words(chance, whole_percent)}): {of_twenty}."
    )


def deciding_sentence(found: Deciders, scenario: Scenario) -> str:
    """Who most often decides to end the deal, by which motive and where."""
    (who, motive), share = next(iter(found.choices.items()))
    words = f"In {_ends_share(share)} of the worlds that ended, {decider_words(who, motive, scenario)}"
    sector, there = next(iter(found.sectors.items()))
    title = scenario.front.sectors[sector].title if sector in scenario.front.sectors else "no sector"
    return f"{words}; most often the end begins at {title} ({_ends_share(there, bare=True)})."


def moving_sentence(found: RankScreening, scenario: Scenario) -> str:
    """The numbers drawn that go most with how long the deal holds, told from chance."""
    rows = found.table[found.table["stands_out"].astype(bool)].head(3)
    if not len(rows):
        return f"Of {len(found.table):,} numbers, drawn all at once, none goes with days held beyond chance."
    parts = [
        f"{path_words(str(row['factor']), scenario)} ({signed_number(row['correlation'], 2)}; 95{GAP}%: "
        f"{signed_number(row['low'], 2)} to {signed_number(row['high'], 2)})"
        for _, row in rows.iterrows()
    ]
    rate = whole_percent(found.rate)
    return (
        f"Of {len(found.table):,} numbers, drawn all at once, days held go most with {listed(parts)}: rank "
        f"correlations over draws, told from chance at a false-discovery rate of {rate}. Plus: the more of it, the "
        "longer the deal."
    )


def moving_finding(found: RankScreening | None, scenario: Scenario) -> str:
    """What would change how long the deal holds, as far as a run without levers can tell, and how to learn more."""
    rest = 'no lever was tried in this run; the command "ceasefire levers" ranks them'
    if found is None:
        return f"What would change it: {rest}."
    rows = found.table[found.table["stands_out"].astype(bool)].head(3)
    parts = [
        f"{path_words(str(name), scenario)} (the more, the {'longer' if correlation > 0 else 'shorter'})"
        for name, correlation in rows[["factor", "correlation"]].itertuples(index=False)
    ]
    moved = listed(parts) if parts else "none beyond chance"
    return f"What would change it, of {len(found.table):,} numbers that were drawn: {moved}. {upper(rest)}."


def _ends_share(share: Interval, bare: bool = False) -> str:
    span = span_words(share, whole_percent)
    return (
        f"{whole_percent(share.value)}{';' if bare else ' ('}{' ' if bare else ''}95{GAP}%: {span}{'' if bare else ')'}"
    )


def decider_words(actor: str, motive: str, scenario: Scenario) -> str:
    """A decision in words: who made it, and the strongest motive for it."""
    if not actor:
        return "nobody decided it"
    title = scenario.motives[motive].title if motive in scenario.motives else ""
    why = f"; strongest motive: {lower(title)}" if title else "; no motive stood out"
    return f"{scenario.actors[actor].title} decided it{why}"


def day_words(day: int, last: int) -> str:
    """The day of a chance: `past day 7` is outlived, and the last day that worlds are followed is reached."""
    return f"after {duration_words(day)}" if day in YEARS or day == last else f"past day {day:,}"


def duration_words(day: int) -> str:
    """A duration in years, where it is a whole number of years, or in days."""
    return YEARS.get(day, f"{day:,} {'day' if day == 1 else 'days'}")


def day_or_beyond(day: float, horizon: int) -> str:
    """A day in words; 'beyond' the horizon if infinite."""
    return f"{day:,.0f}" if math.isfinite(day) else f"beyond {horizon:,}"


def commonest_end(results: Summary, titles: Mapping[str, str]) -> str:
    """The commonest ending in a sentence, for a caption."""
    if not _ends_of(results):
        return "Nothing ended the deal in any world."
    ending, figure = _ends_of(results)[0]
    share = f"{whole_percent(figure.main)} of worlds by day {results.horizon:,}{_draws(figure)}"
    return f"Commonest end: {ending_in_a_sentence(*ending, titles)}, {share}."


def _draws(figure: Figure) -> str:
    """The middle 90 % of draws, or why it cannot be told, in brackets; chance where nothing is drawn."""
    if figure.doubt is None:
        return f" ({CHANCE}: {span_words(figure.chance, whole_percent)})"
    span = span_words(figure.doubt, whole_percent)
    return f" (draws {figure.verdict}, at most {span})" if figure.verdict else f" ({DRAWS}: {span})"


def _ends_of(results: Summary) -> list[tuple[EndingCause, Figure]]:
    """The endings that came in any world, the commonest first."""
    held = EndingCause("held")
    return [(ending, figure) for ending, figure in results.causes.items() if figure.main > 0 and ending != held]


def uncertainty_points(results: Summary, drawn: str) -> list[str]:
    """The sources of uncertainty: chance, doubt about assumed numbers, and what neither interval contains.

    `drawn` says how many numbers were drawn.
    """
    last = results.holding[results.horizon]
    chance = 100 * (last.chance.high - last.chance.low) / 2
    points = f"{chance:.0f} percentage points" if chance >= 1.5 else "about a percentage point"
    items = [
        f"Chance. Only {results.worlds:,} {'world was' if results.worlds == 1 else 'worlds were'} simulated. The "
        f"share that still held after {duration_words(results.horizon)} is known to within {points} either way; four "
        "times as many worlds would halve this error."
    ]
    if last.doubt is None:
        items.append("Doubt about assumed numbers: none, because this scenario contains no assumed numbers.")
    else:
        items.append(_uncertainty_text(last, last.doubt, drawn))
        items += _edge_of_range(last.chance, last.doubt)
        items += _spread_checked(results)
    items.append(
        "In neither interval: whether the rules by which these actors decide are right. No band on this page shows "
        "that. The effects of fire were fitted to two truces while they held. The decisions of the parties were not "
        "fitted, and no duration was: that is the meaning of 'durations are not calibrated'."
    )
    return items


def _uncertainty_text(figure: Figure, doubt: Interval, drawn: str) -> str:
    """How doubt compares with chance, and what would reduce the uncertainty."""
    wide, thin = doubt.high - doubt.low, figure.chance.high - figure.chance.low
    text = (
        f"Doubt. {drawn}. Nobody has measured those that are assumed. Over these draws, this share is "
        f"{whole_percent(doubt.value)} on average"
    )
    if figure.verdict:
        span = f"{whole_percent(doubt.low)} to {whole_percent(doubt.high)}"
        return f"{text}. The draws are {figure.verdict}: the middle 90{GAP}% of them lie at most from {span}."
    text += (
        f", and lies between {whole_percent(doubt.low)} and {whole_percent(doubt.high)} in the middle 90{GAP}% of "
        "draws. The chance of the few worlds at each draw is taken out of this range."
    )
    if thin > 0 and wide > 1.5 * thin:
        more = "more worlds would not make the answer more certain, better numbers would"
        return f"{text} This is {wide / thin:.0f} times as wide as chance: {more}."
    return f"{text} Chance is about as wide: both more worlds and better numbers would make the answer more certain."


def _spread_checked(results: Summary) -> list[str]:
    """Whether halves of each draw's worlds, which share no chance, agree with the spread that was estimated."""
    check = results.spread
    if check is None:
        return []
    halves = f"{check.from_halves.low:,.0f} to {check.from_halves.high:,.0f}"
    agrees = "agree" if check.agrees else "do not agree, so the band of draws deserves less trust"
    return [
        f"A check of the band: draws differ in mean days held by {check.fitted:,.0f} days (standard deviation). Halves "
        f"of each draw's worlds, which share no chance, say {halves} (95{GAP}%): they {agrees}."
    ]


def _edge_of_range(chance: Interval, doubt: Interval) -> list[str]:
    """A note when the share with the numbers as written lies outside the range of doubt; otherwise empty."""
    if doubt.low <= chance.value <= doubt.high:
        return []
    more = "more" if chance.value > doubt.high else "fewer"
    durability = "less" if chance.value > doubt.high else "more"
    return [
        f"With the numbers as written, {more} worlds hold ({whole_percent(chance.value)}) than over most of their "
        f"ranges. If the assumed numbers are wrong, the deal is probably {durability} durable than the main figures of "
        "this page."
    ]
