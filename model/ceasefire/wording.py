"""Words for what the product shows: causes, rungs, shares, signs, dates, names, and lines of plain text."""

from __future__ import annotations

import datetime
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.interval_rules import share_in_words
from ceasefire.parameters.sourced_value import DISTRIBUTIONS, Quantity, shown_list
from ceasefire.plain_text import MINUS as MINUS
from ceasefire.scenario.schema import Scenario, ladder_of, rungs_of

ILLUSTRATIVE = "illustrative: durations not calibrated"
GAP = "\u00a0"
"""A space that does not break."""
WIDTH = 100
"""Widest line of plain text [columns]."""

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
TIMES = ("never", "once", "twice", "three times", "four times", "five times")

CAUSE_WORDS = {
    "offensive": "Ground offensive",
    "spoiler_offensive": "Offensive by a party outside the deal",
    "bombardment": "Bombardment",
    "spiral": "Spiral of violence",
    "guarantor_clash": "Clash of the guarantors",
    "expiry": "Ran out, then war",
    "abrogation": "Called off, then war",
    "held": "Still holding",
}
RUNG_WORDS = {
    "force": ("honour", "harass", "strike", "offensive"),
    "engagement": ("abstain", "urge", "sanction", "back"),
}
VIOLATION_WORDS = {
    "strategic": "ordered (strategic)",
    "spoiling": "spoiling",
    "retaliatory": "retaliatory",
    "localised": "nobody ordered it (localised)",
}
DEATH_WORDS = {"combatant": "combatants", "civilian": "civilians"}
STORY_VIOLATION_WORDS = {
    "strategic": "ordered",
    "retaliatory": "in retaliation",
    "spoiling": "spoiling",
    "localised": "without orders",
}
"""The kinds of violations after a number, in a story."""


def ending_words(cause: str, actor: str = "", titles: Mapping[str, str] | None = None) -> str:
    """A cause in plain words, with the title of the actor that brought it about."""
    words = CAUSE_WORDS[cause]
    return f"{words}: {(titles or {}).get(actor, actor)}" if actor else words


def ending_in_a_sentence(cause: str, actor: str = "", titles: Mapping[str, str] | None = None) -> str:
    """The same words for the middle of a sentence."""
    words = CAUSE_WORDS[cause][0].lower() + CAUSE_WORDS[cause][1:]
    return f"{words} ({(titles or {}).get(actor, actor)})" if actor else words


def violations_words(counts: Mapping[str, int]) -> str:
    """The number of violations, with the numbers by kind in brackets."""
    total = sum(counts.values())
    kinds = [f"{number:,} {STORY_VIOLATION_WORDS[kind]}" for kind, number in counts.items() if number]
    return counted(total, "violation") + (f" ({', '.join(kinds)})" if len(kinds) > 1 else "")


def whole_percent(share: float) -> str:
    """A share in whole per cent; never 0 or 100 for a share that is not. A fall has a minus."""
    if share < 0:
        return f"{signed_number(share * 100)}{GAP}%"
    if 0 < share < 0.01:
        return f"<1{GAP}%"
    if 0.99 < share < 1:
        return f">99{GAP}%"
    return f"{round(share * 100, 6):.0f}{GAP}%"


def percent_on_terminal(share: float) -> str:
    """The same for the terminal, where every space may break."""
    return whole_percent(share).replace(GAP, " ")


def share_of_worlds(share: float, worlds: int) -> str:
    """A share of worlds in whole per cent; where all or none are meant, the count: `300 of 300`."""
    number = round(share * worlds)
    return share_in_words(number, worlds) if number in (0, worlds) else whole_percent(share)


def share_with_limits(share: Interval) -> str:
    """A share with its limits, in whole per cent: `83 % (61 to 94)`."""
    low, high = (whole_percent(end).replace(f"{GAP}%", "") for end in (share.low, share.high))
    return f"{whole_percent(share.value)} ({low} to {high})"


def percent_in_tables(share: float) -> str:
    """A share in per cent for the tables of a description: two digits below 10, whole from 10 on.

    A share above 0 is never shown as 0.
    """
    if share <= 0:
        return "0 %"
    if share < 1e-5:
        return "<0.001 %"
    return f"{share * 100:.2g} %" if share < 0.1 else f"{share * 100:.0f} %"


def percent_in_sentences(share: float) -> str:
    """A share in per cent for the sentences of a story: `12 %`, `0.3 %`, `under 0.01 %`, `over 99.9 %`."""
    if share <= 0:
        return "0 %"
    if share < 0.0001:
        return "under 0.01 %"
    if 0.9995 <= share < 1:
        return "over 99.9 %"
    if share < 0.095:
        return f"{share * 100:.2g} %"
    return f"{share * 100:.0f} %"


LEAST_SHOWN = 0.005
"""Utilities below this would show as 0.00; a list adds them to the sum of the others."""


def signed_number(number: float, digits: int = 0) -> str:
    """A number with its sign and so many decimals; without a sign when it rounds to 0. Also infinities and NaN."""
    if not math.isfinite(number):
        return f"{'+' if number > 0 else MINUS}∞" if number == number else "unknown"
    text = f"{abs(number):,.{digits}f}"
    if not float(text.replace(",", "")):
        return text
    return f"{'+' if number > 0 else MINUS}{text}"


def signed_days(number: float) -> str:
    """A difference in days with its sign: whole from one day on, to a tenth below; `0` below a twentieth."""
    return signed_number(number, 1 if 0.05 <= abs(number) < 0.95 else 0)


def signed_points(share: float) -> str:
    """A difference of shares in percentage points with its sign, rounded as days are."""
    return signed_days(100 * share)


def days_apart(number: float) -> str:
    """The size of a difference in days, with as many digits as the difference has with its sign."""
    return signed_days(abs(number)).removeprefix("+")


def signed_utility(number: float) -> str:
    """A utility with its sign and two decimals: `+0.21`; 0.00 without a sign below LEAST_SHOWN."""
    if abs(number) < LEAST_SHOWN:
        return "0.00"
    return f"{MINUS if number < 0 else '+'}{abs(number):.2f}"


def days(number: float) -> str:
    """A number of days: whole from ten on, to a tenth below."""
    return f"{number:,.0f}" if abs(number) >= 9.95 or number == 0 else f"{number:,.1f}"


def after_an_end(rate: float, stated: bool) -> str:
    """What is counted after an end of a deal: a rate [deaths a day], stated in the scenario or of the war before."""
    if stated:
        return f"after an end {days(rate)} deaths a day, as was set" if rate else "what follows an end is left out"
    return (
        f"the fighting after an end goes on as before the deal, {days(rate)} deaths a day (the worst fortnight of the "
        "year before, times how violent the last one was)"
    )


def span_words(interval: Interval, shown: Callable[[float], str]) -> str:
    """A range in words; one number when both ends look alike, `not known` from one world. `shown` writes a number."""
    low, high = shown(interval.low), shown(interval.high)
    if {low, high} & {"inf", "-inf", "nan"}:
        return "not known"
    return low if low == high else f"{low} to {high}"


def ends_words(interval: Interval, shown: Callable[[float], str]) -> list[str]:
    """The low and the high end of a range, for columns of their own; `not known` from one world."""
    ends = [shown(interval.low), shown(interval.high)]
    return ["not known"] * 2 if {*ends} & {"inf", "-inf", "nan"} else ends


NO_WORLD = "no world differs"
"""What stands in place of a difference that is 0 in every world: an interval from 0 to 0 would look like certainty."""


def difference_words(found: Interval, shown: Callable[[float], str]) -> str:
    """A difference with its range in brackets, or NO_WORLD."""
    return f"{shown(found.value)} ({span_words(found, shown)})" if differs(found) else NO_WORLD


def differs(found: Interval) -> bool:
    """Whether a difference and its range are not 0 altogether."""
    return (found.value, found.low, found.high) != (0.0, 0.0, 0.0)


def significant(number: float) -> str:
    """A number to three significant digits, without an exponent."""
    return f"{float(f'{number:.3g}'):,.10g}"


def rounded(number: float) -> float:
    """A number with four significant digits, for readers; never for a file that programs read."""
    return float(f"{number:.4g}")


def shown(number: Quantity) -> str:
    """A scenario's number as short as it can be; a distribution by its kind."""
    for kind in DISTRIBUTIONS:
        given = getattr(number, kind)
        if given is not None:
            return f"{kind} {shown_list(given)}"
    return f"{number.centre:,.0f}" if abs(number.centre) >= 1000 else f"{number.centre:g}"


def counted(number: float, one: str, more: str = "") -> str:
    """A count with its noun: `1 day`, `9 days`, `no days`."""
    if round(number) == 0:
        return f"no {more or one + 's'}"
    return f"{number:,.0f} {one if round(number) == 1 else more or one + 's'}"


def star_words(verdict: str) -> str:
    """What a star beside a band over draws means, from the verdict on the draws."""
    return f"* {verdict}: the band may be this wide, or one number"


def with_minus(cell: str) -> str:
    """A cell of figures with a minus in place of the hyphen that stands for it."""
    return re.sub(r"(?<![\w.\-])-(?=[\d.])", MINUS, cell)


def short_hash(digest: str) -> str:
    """What readers see of the hash that names a run: the same on figures, in tables and in citations."""
    return digest[:8]


def how_many(number: float, one: str, more: str = "") -> str:
    """A count in figures with its noun: `0 worlds`, `1 world`, `2,000 worlds`."""
    return f"{number:,.0f} {one if round(number) == 1 else more or one + 's'}"


def drawn_words(drawn: int, assumed_drawn: int, assumed: int) -> str:
    """How many numbers were drawn, and how many of these are assumed: some have a source and a range besides."""
    of = f"{assumed_drawn:,} of the {assumed:,} assumed ones" if assumed_drawn < assumed else "all that are assumed"
    rest = drawn - assumed_drawn
    sourced = f", and {rest:,} that {'has' if rest == 1 else 'have'} a source" if rest else ""
    were, their = ("was", "its range") if drawn == 1 else ("were", "their ranges")
    return f"{how_many(drawn, 'number')} {were} drawn over {their}: {of}{sourced}"


def followed_words(first: int, horizon: int) -> str:
    """How far worlds are followed: `for 1,825 days`, or `from day 180 to day 1,825`, counted from signing."""
    return f"from day {first:,} to day {horizon:,}" if first else f"for {how_many(horizon, 'day')}"


def plain(number: float, digits: int = 0) -> str:
    """A number with so many decimals; what rounds to nought has no sign."""
    return f"{round(number, digits) + 0.0:,.{digits}f}"


def ordinal(number: int) -> str:
    """A number in an order: `1st`, `12th`, `310th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def times(number: int) -> str:
    """A number of times in words: `twice`, `12 times`."""
    return TIMES[number] if number < len(TIMES) else f"{number} times"


def date_words(date: datetime.date) -> str:
    """A date in full: `6 March 2020`."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def date_of(scenario: Scenario, day: int) -> str:
    """A day of the deal as a date: `4 Oct 2020`."""
    date = scenario.start + datetime.timedelta(days=day)
    return f"{date.day} {MONTHS[date.month - 1][:3]} {date.year}"


def day_of(scenario: Scenario, day: int) -> str:
    """A day of the deal with its date: `Day 212 (4 Oct 2020)`."""
    return f"Day {day:,} ({date_of(scenario, day)})"


def lower(title: str) -> str:
    """A title in the middle of a sentence: its first letter small, unless it begins with two capitals."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def upper(text: str) -> str:
    """A text at the head of a sentence: its first letter a capital."""
    return text[:1].upper() + text[1:]


def sentence(words: str) -> str:
    """Words as a sentence: a capital first, and a stop at the end unless they end in a mark."""
    return upper(words) if words.endswith(("?", "!", ".", "…")) else f"{upper(words)}."


def titled(title: str, what: str, by: str = ":") -> str:
    """A title and what follows it; a title that ends in a punctuation mark, such as a question, keeps it."""
    title = title.rstrip()
    if title.endswith(("?", "!", ".", "…", ":")):
        return f"{title} {what[:1].upper()}{what[1:]}"
    return f"{title}{by} {what}"


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)


Row = Sequence[str]


def heading(title: str, line: str = "-") -> list[str]:
    """A heading and the line under it."""
    return [title, line * min(len(title), WIDTH)]


def wrapped(text: str, indent: int = 0, hanging: int = 0) -> list[str]:
    """A text as lines of at most WIDTH columns."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + hanging),
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def table(rows: Sequence[Row], align: str, most: Sequence[int]) -> list[str]:
    """Rows as aligned columns two spaces apart; a cell wider than its `most` continues in the lines below."""
    cells = [[textwrap.wrap(cell, width) or [""] for cell, width in zip(row, most, strict=True)] for row in rows]
    widths = [max(len(line) for row in cells for line in row[c]) for c in range(len(most))]
    lines = []
    for row in cells:
        for k in range(max(map(len, row))):
            parts = [cell[k] if k < len(cell) else "" for cell in row]
            aligned = [p.rjust(w) if a == "r" else p.ljust(w) for p, w, a in zip(parts, widths, align, strict=True)]
            lines.append("  ".join(aligned).rstrip())
    return lines


def joined(lines: Iterable[Iterable[str]]) -> str:
    """Blocks of lines as one text, with an empty line between blocks."""
    return "\n\n".join("\n".join(block) for block in lines if block) + "\n"


SHORT = 24
"""Longest title that a story repeats [characters]; a longer one is replaced by the actor's key."""


def short_name(scenario: Scenario, actor: str) -> str:
    """The name of an actor in a story: its title, or its key in capitals or with one when the title is long."""
    title = scenario.actors[actor].title
    if len(title) <= SHORT:
        return title
    key = actor.replace("_", " ").replace("-", " ")
    return key.upper() if len(key) <= 4 else key[:1].upper() + key[1:]


def rung_word(scenario: Scenario, actor: str, rung: int) -> str:
    """The name of a rung on the actor's own ladder."""
    return rungs_of(ladder_of(scenario.actors[actor].role))[rung]
