"""The results of a run in sentences that can be read alone: headline, captions, and sources of uncertainty."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.summary import Figure, Summary
from ceasefire.analysis.survival import EndingCause
from ceasefire.ensemble.pooled_forecast import View, Views
from ceasefire.wording import GAP, ending_in_a_sentence, listed, share_of_worlds, span_words, titled, whole_percent

NOTE = (
    "The numbers behind these worlds were not fitted to a sample of real ceasefires, and some of them were chosen by "
    "people who saw how long five deals on Idlib had held. Use the results to compare what makes a ceasefire more or "
    "less durable, and why; do not use them as a forecast."
)

YEARS = {
    365: "one year",
    730: "two years",
    1095: "three years",
    1460: "four years",
    1825: "five years",
    3650: "ten years",
}


def forecast_sentence(views: Views) -> str:
    """The forecast, and what it is pooled from, in a sentence or two."""
    days = [day for day in (30, 365, views.last) if day <= views.last]
    parts = [f"{_of(views.headline, day)} {_for(day)}" for day in sorted(set(days[-2:]))]
    if views.pooled is None:
        return f"By this scenario alone the chance to hold is {listed(parts)}. {views.why_not}"
    return f"The chance to hold is {listed(parts)}. {views.why}"


def _of(view: View, day: int) -> str:
    low, high = whole_percent(float(view.low[day])), whole_percent(float(view.high[day]))
    return f"{whole_percent(float(view.mean[day]))} (90{GAP}%: {low} to {high})"


def _for(day: int) -> str:
    return f"for {duration_words(day)}"


def headline(title: str, results: Summary, views: Views | None = None) -> str:
    """The answer: the pooled forecast where there is one, then what the scenario alone says.

    Of the scenario first the mean over draws of the assumed numbers, then the numbers as written.
    """
    if views is not None and views.pooled is not None:
        title = f"{titled(title, forecast_sentence(views))} This scenario alone"
    early = max((day for day in results.holding if day < results.horizon), default=None)
    days = [day for day in (early, results.horizon) if day is not None]
    figures = [results.holding[day] for day in days]
    when = [f"after {duration_words(day)}" for day in days]
    number = f"{results.worlds:,} simulated {'world' if results.worlds == 1 else 'worlds'}"
    written = [
        f"{share_of_worlds(figure.chance.value, results.worlds)}{_chance(figure, explain=k == 0)}"
        for k, figure in enumerate(figures)
    ]
    end = "Illustrative: durations are not calibrated."
    if any(figure.doubt is None for figure in figures):
        rest = f", and {written[1]} {when[1]}" if len(days) > 1 else ""
        return titled(title, f"of {number}, {written[0]} still held {when[0]}{rest}. {end}")
    shares = [
        f"{whole_percent(figure.main)} {time}{_draws(figure)}" for figure, time in zip(figures, when, strict=True)
    ]
    text = "with every assumed number drawn over its range, the share of simulated worlds that still held was "
    return titled(title, f"{text}{listed(shares)}. With the numbers as written, of {number}: {listed(written)}. {end}")


def _draws(figure: Figure) -> str:
    """The middle 90 % of draws, or why it cannot be told, in brackets."""
    if figure.doubt is None:
        return ""
    span = span_words(figure.doubt, whole_percent)
    return f" (draws {figure.verdict}, at most {span})" if figure.verdict else f" (90{GAP}% of draws: {span})"


def _chance(figure: Figure, explain: bool = False) -> str:
    chance = span_words(figure.chance, whole_percent)
    return f" (95{GAP}% interval from chance: {chance})" if explain else f" ({chance})"


def duration_words(day: int) -> str:
    """A duration in years, where it is a whole number of years, or in days."""
    return YEARS.get(day, f"{day:,} {'day' if day == 1 else 'days'}")


def day_or_beyond(day: float, horizon: int) -> str:
    """A day in words; 'beyond' the horizon if infinite."""
    return f"{day:,.0f}" if math.isfinite(day) else f"beyond {horizon:,}"


def survival_alt(results: Summary) -> str:
    """The survival chart in words, for readers who cannot see it."""
    shares = [f"{whole_percent(f.main)} after {duration_words(day)}" for day, f in results.holding.items()]
    last = results.holding[results.horizon]
    mean = ", mean over draws of the assumed numbers" if last.doubt is not None else ""
    text = f"Line chart. Share of worlds still holding{mean}: {', '.join(shares)}."
    if last.doubt is not None:
        text += f" A thin line for the numbers as written ends at {share_of_worlds(last.chance.value, results.worlds)}."
    text += f" At the end, the band of chance is from {_ends(last.chance)}"
    if last.doubt is not None:
        text += f", and the band of doubt about the assumed numbers from {_ends(last.doubt)}"
    return f"{text}."


def _ends(interval: Interval) -> str:
    return f"{whole_percent(interval.low)} to {whole_percent(interval.high)}"


def causes_alt(results: Summary, titles: Mapping[str, str]) -> str:
    """The chart of causes in words, for readers who cannot see it."""
    parts = [f"{ending_in_a_sentence(*e, titles)}, {whole_percent(f.main)}{_draws(f)}" for e, f in _ends_of(results)]
    if not parts:
        return "Line chart. Nothing ends the deal in any world."
    held = results.causes[EndingCause("held")].main
    rest = f" {whole_percent(held)} still hold." if held > 0 else " None still holds."
    mean = ", as mean over draws of the assumed numbers" if _ends_of(results)[0][1].doubt is not None else ""
    return f"A line for each cause. By the last day the deal has ended{mean} through {'; '.join(parts)}.{rest}"


def commonest_end(results: Summary, titles: Mapping[str, str]) -> str:
    """The commonest ending in a sentence, for a caption."""
    if not _ends_of(results):
        return "Nothing ended the deal in any world."
    ending, figure = _ends_of(results)[0]
    written = share_of_worlds(figure.chance.value, results.worlds)
    also = f"; with the numbers as written, {written}" if figure.doubt is not None else ""
    share = f"{whole_percent(figure.main)} of worlds{_draws(figure)}"
    return f"Commonest end: {ending_in_a_sentence(*ending, titles)}, {share}{also}."


def _ends_of(results: Summary) -> list[tuple[EndingCause, Figure]]:
    """The endings that came in any world, the commonest first."""
    held = EndingCause("held")
    return [(ending, figure) for ending, figure in results.causes.items() if figure.main > 0 and ending != held]


def uncertainty_points(results: Summary, assumed: int) -> list[str]:
    """The sources of uncertainty: chance, doubt about assumed numbers, and what neither interval contains."""
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
        items.append(_uncertainty_text(last, last.doubt, assumed))
        items += _edge_of_range(last.chance, last.doubt)
        items += _spread_checked(results)
    items.append(
        "In neither interval: whether the rules by which these actors decide are right. No band on this page shows "
        "that. The effects of fire were fitted to two truces while they held. The decisions of the parties were not "
        "fitted, and no duration was: that is the meaning of 'durations are not calibrated'."
    )
    return items


def _uncertainty_text(figure: Figure, doubt: Interval, assumed: int) -> str:
    """How doubt compares with chance, and what would reduce the uncertainty."""
    wide, thin = doubt.high - doubt.low, figure.chance.high - figure.chance.low
    text = (
        f"Doubt. {assumed:,} numbers are assumed: nobody has measured them. When they are drawn over their ranges, "
        f"this share is {whole_percent(doubt.value)} on average"
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
