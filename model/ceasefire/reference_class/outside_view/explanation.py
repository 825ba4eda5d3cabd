"""Why a forecast says what it says: what it leans on, and what each fact does to it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ceasefire.reference_class.outside_view.coded_deals import (
    HEADLINE,
    Class,
    DealFacts,
    Record,
    date_of,
    day_number,
    table_of,
)
from ceasefire.reference_class.outside_view.deal_files import NEVER, days_exactly
from ceasefire.reference_class.outside_view.forecast import DealForecast, curves
from ceasefire.reference_class.outside_view.knowledge import Knowledge

MOST_NAMED = 8
"""Earlier deals that are named at most, the latest first."""

CLASS_WORDS: dict[Class, str] = {
    "cessation": "if it were a bare cessation of hostilities",
    "preliminary": "if it were preliminary, with ways to see to it",
    "definitive": "if it were definitive",
}
KINDS: dict[Class, str] = {
    "cessation": "bare cessation",
    "preliminary": "preliminary deal",
    "definitive": "definitive deal",
}
NEAR_USUAL = 0.1
"""A pull of less than this share of the usual length is none worth saying."""


@dataclass(frozen=True)
class FactEffect:
    """What the forecast would be with one fact changed."""

    change: str
    median: float
    holds: float


@dataclass(frozen=True)
class Leaning:
    """What a forecast rests on.

    `pull` is how many times as long as usual the earlier deals make this one; `conflict_pull` and `country_pull` are
    its two factors: what is this conflict's own, and what is the country's with the kind of term.
    """

    named: tuple[Record, ...]
    deals: int
    conflict_deals: int
    until: str
    pull: float
    conflict_pull: float
    country_pull: float


def leaning(one: DealForecast) -> Leaning:
    """What the headline of a forecast rests on."""
    known, facts = one.known, one.request.facts
    both = _effect(one, known)
    country = _effect(one, known.without_conflict())
    state = known.state
    own = state.conflicts.get(facts.conflict)
    own_named = sum(record.facts.conflict == facts.conflict for record in known.counted)
    until = "" if math.isinf(state.day) else str(date_of(state.day - 1))
    return Leaning(
        tuple(known.counted), state.deals + len(known.counted), (own.deals if own else 0) + own_named, until,
        math.exp(both), math.exp(both - country), math.exp(country),
    )  # fmt: skip


def _effect(one: DealForecast, known: Knowledge) -> float:
    model = one.view.model(HEADLINE)
    return known.effect(model, HEADLINE, table_of([known.facts])).mean


def reference_day(one: DealForecast) -> int:
    """The day for which effects of facts are stated: of the table's days the one nearest to even odds."""
    chances = np.array([row.unbroken for row in one.rows])
    return one.days[int(np.argmin(np.abs(chances - 0.5)))]


def fact_effects(one: DealForecast) -> list[FactEffect]:
    """The forecast with each fact changed, everything else as it is."""
    facts = one.request.facts
    words = "if it were not written" if facts.written else "if it were written"
    changed = [(words, replace(facts, written=not facts.written))]
    changed += [
        (words, replace(facts, ceasefire_class=other))
        for other, words in CLASS_WORDS.items() if other != facts.ceasefire_class
    ]  # fmt: skip
    if facts.fixed_term:
        changed.append(("if it were open-ended", replace(facts, fixed_term=False, planned_days=None)))
    else:
        changed.append(("if it had a fixed term of 30 days", replace(facts, fixed_term=True, planned_days=30.0)))
    if facts.planned_days is not None:
        twice = 2 * facts.planned_days
        changed.append((f"if its term were {days_exactly(twice)}", replace(facts, planned_days=twice)))
    effects = [_changed(one, words, other, one.known) for words, other in changed]
    rests = leaning(one)
    if rests.conflict_deals:
        effects.append(_changed(one, "if nothing were known of this conflict", facts, one.known.without_conflict()))
    if rests.deals:
        nothing = one.known.without_country(one.view)
        effects.append(_changed(one, f"if nothing were known of {facts.country}", facts, nothing))
    return effects


def _changed(one: DealForecast, words: str, facts: DealFacts, known: Knowledge) -> FactEffect:
    facts = replace(facts, conflict=known.facts.conflict)
    request = replace(one.request, facts=facts)
    changed_curve = curves(one.view, request, replace(known, facts=facts))[HEADLINE]
    return FactEffect(words, changed_curve.median, float(changed_curve.holds(reference_day(one))))


def length_words(record: Record, on_day: float) -> str:
    """How long an earlier deal held, as it was known on a day."""
    age = on_day - day_number(record.facts.start)
    days, broke = record.ending.days, record.ending.broke
    if days >= NEVER or days > age:
        return f"still held after {_days(age)}"
    if broke and not record.ending.dated:
        return f"broke within {_days(days)}, on an unknown day"
    return f"broke after {_days(days)}" if broke else f"ended otherwise after {_days(days)}"


def _days(number: float) -> str:
    whole = math.floor(number)
    return f"{whole:,} day{'' if whole == 1 else 's'}"


def deal_words(record: Record, on_day: float) -> str:
    """An earlier deal by its name; where that is a number of a data folder, by country, kind, days and how it ended."""
    facts, length = record.facts, length_words(record, on_day)
    if not record.is_number:
        return f"{facts.name} ({facts.start}, {length})"
    seen = day_number(facts.start) + record.ending.days
    end = f" to {date_of(seen)}" if record.ending.dated and seen <= on_day and record.ending.days < NEVER else ""
    return f"{facts.country}, {KINDS[facts.ceasefire_class]}, {facts.start}{end} ({length})"


def pull_words(pull: float) -> str:
    """A factor of length in words."""
    if abs(pull - 1.0) < NEAR_USUAL:
        return "about as long as usual"
    if pull < 1.0:
        return f"{1 / pull:.2g} times shorter than usual"
    return f"{pull:.2g} times longer than usual"


def facts_words(one: DealForecast) -> str:
    """The facts that a forecast rests on: country and conflict where they are given, first day, kind and term."""
    facts = one.request.facts
    terms = "a fixed term" if facts.fixed_term else "open-ended"
    if facts.planned_days:
        terms = f"a term of {days_exactly(facts.planned_days)}"
    parts = [KINDS[facts.ceasefire_class], "written" if facts.written else "not written", terms]
    where = ", ".join(part for part in (facts.country, f"conflict {facts.conflict}" if facts.conflict else "") if part)
    return f"{facts.name}: {where or 'no country given'}, from {facts.start}: {', '.join(parts)}"


def leaning_lines(one: DealForecast) -> list[str]:
    """What the forecast rests on, in sentences."""
    rests, facts = leaning(one), one.request.facts
    if not rests.deals:
        return ["It leans on no earlier deal: the range is that of all countries, narrowed by the facts alone."]
    lines = []
    from_state = rests.deals - len(rests.named)
    if from_state:
        own = one.known.state.conflicts.get(facts.conflict)
        of_conflict = f", {own.deals} of them in conflict {facts.conflict}" if own else ""
        count = f"{from_state} earlier deal{'' if from_state == 1 else 's'}"
        lines.append(f"It leans on {count} in {facts.country}{of_conflict}, as known on {rests.until}.")
    if rests.named:
        day = day_number(facts.start)
        own_first = sorted(
            rests.named, key=lambda record: (record.facts.conflict == facts.conflict, record.facts.start), reverse=True
        )
        shown = [deal_words(record, day) for record in own_first[:MOST_NAMED]]
        told = "" if any(record.is_number for record in own_first[:MOST_NAMED]) else " by name"
        more = len(rests.named) - len(shown)
        lines.append(
            f"It {'also leans' if from_state else 'leans'} on {len(rests.named)} earlier "
            f"deal{'' if len(rests.named) == 1 else 's'}{told}: "
            f"{'; '.join(shown)}{f'; and {more} more' if more > 0 else ''}."
        )
    words = f"Together they make this deal {pull_words(rests.pull)}"
    if rests.conflict_deals:
        words += f": the country's deals of this kind {rests.country_pull:.2g} times the usual length"
        words += f", and this conflict's own {rests.conflict_pull:.2g} times that"
    lines.append(f"{words}.")
    return lines
