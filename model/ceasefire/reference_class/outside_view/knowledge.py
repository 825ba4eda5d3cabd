"""What is known of a deal's conflict and country on its first day, and where from."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ceasefire.reference_class.outside_view.coded_deals import (
    HEADLINE,
    DealFacts,
    DealTable,
    Reading,
    Record,
    date_of,
    day_number,
    durations_known_on,
    table_of,
)
from ceasefire.reference_class.outside_view.deal_files import DealRequest, in_place_of
from ceasefire.reference_class.outside_view.effect_states import (
    CountryState,
    Effect,
    effect_from_history,
    nothing_known,
)
from ceasefire.reference_class.outside_view.parameters import Parameters
from ceasefire.reference_class.outside_view.shipped_numbers import USED, OutsideView, year_end

_OLD = "the shipped record ends with {year}: later deals count only when you give them with --history or --data"
SAME_DEAL_DAYS = 1.0
"""Deals of one country from two sources that begin within a day of each other are taken for the same deal."""


ALIKE = 0.8
"""Names of countries that are less like a word than this are not suggested: Mali is no slip for Somalia."""


@dataclass(frozen=True)
class Knowledge:
    """The deal with names as the record has them, the states to start from, and the earlier deals given by name."""

    facts: DealFacts
    states: Mapping[Reading, CountryState]
    earlier: Sequence[Record]
    warnings: tuple[str, ...] = ()

    def effect(self, model: Parameters, reading: Reading, deal: DealTable) -> Effect:
        """The sum of effects of the deal, a table of length 1."""
        table = table_of([record.facts for record in self.earlier])
        endings = [record.ending for record in self.earlier]
        return effect_from_history(self.states[reading], model, deal, table, endings, reading)

    @property
    def counted(self) -> list[Record]:
        """Earlier deals by name of which something was known on the first day, the latest last."""
        day = day_number(self.facts.start)
        starts = np.array([day_number(record.facts.start) for record in self.earlier], np.float64)
        index, _ = durations_known_on(day, starts, [record.ending for record in self.earlier], HEADLINE)
        return sorted((self.earlier[int(k)] for k in index), key=lambda record: record.facts.start)

    @property
    def state(self) -> CountryState:
        """The state of the headline reading."""
        return self.states[HEADLINE]

    def without_conflict(self) -> Knowledge:
        """As if the deal belonged to a conflict of which nothing is known, in the same country."""
        return replace(self, facts=replace(self.facts, conflict="another conflict of the same country"))

    def without_country(self, view: OutsideView) -> Knowledge:
        """As if nothing were known of the country."""
        return replace(self, states=_nothing(view), earlier=())


def knowledge_of(
    view: OutsideView, request: DealRequest, history: Sequence[Record], data: Sequence[Record] | None
) -> Knowledge:
    """What is known of one deal's country and conflict: shipped states or a data folder, and the user's own list."""
    warnings: list[str] = []
    names = view.countries if data is None else sorted({record.facts.country for record in data})
    facts = replace(request.facts, country=known_country(request.facts.country, names))
    facts = replace(facts, conflict=facts.conflict or _unnamed(history))
    own = [in_place_of(record, facts) for record in history]
    own = [replace(r, facts=replace(r.facts, country=known_country(r.facts.country, names))) for r in own]
    facts = replace(facts, start=_start(view, request, own, data, warnings))
    day = day_number(facts.start)
    mine = [record for record in own if record.facts.country == facts.country]
    if data is None:
        first = min([day, *(day_number(record.facts.start) for record in mine)])
        until = date_of(first).year - 1
        if facts.country in view.countries and until < min(facts.start.year - 1, view.last_year):
            warnings.append(
                f"the list of earlier deals begins in {until + 1}: of {facts.country} the shipped record counts to the "
                f"end of {until}, so that no deal counts twice"
            )
        states = {reading: view.state(reading, facts.country, first) for reading in USED}
        earlier = mine
    else:
        there = [record for record in data if record.facts.country == facts.country]
        twice = [record for record in mine if any(_same_deal(record, other) for other in there)]
        if twice:
            warnings.append(
                f"{_number(len(twice), 'deal')} of your list began within a day of a deal of the data folder in the "
                "same country, and counted once, as your list has them"
            )
            there = [record for record in there if not any(_same_deal(record, other) for other in twice)]
        states, earlier = _nothing(view), mine + there
    knowledge = Knowledge(facts, states, earlier)
    if not facts.conflict and len(_conflicts(knowledge)) == 1:
        only = next(iter(_conflicts(knowledge)))
        knowledge = replace(knowledge, facts=replace(facts, conflict=only))
        warnings.append(f"conflict is not given: taken as '{only}', the only one known in {facts.country}")
    return replace(knowledge, warnings=tuple(warnings + _warnings(view, request, knowledge, own, data, names)))


def known_country(text: str, names: Sequence[str]) -> str:
    """The country as the record names it: 'Myanmar' is 'Myanmar (Burma)'; what is not known stays as it was said."""
    word = text.strip().lower()
    for name in names:
        short, _, other = name.lower().partition(" (")
        if word and word in (name.lower(), short, other.rstrip(")")):
            return name
    return text.strip()


def _unnamed(history: Sequence[Record]) -> str:
    """What a deal's conflict is called when neither the deal nor some deal of the list names it; '' without a list."""
    named = {record.facts.conflict for record in history}
    if len(named) == 1 and named != {""}:
        return named.pop()
    return "the same as the list's" if "" in named else ""


def near_names(word: str, names: Sequence[str]) -> list[str]:
    """Up to two names that are spelt much like the word, letters that changed places forgiven; none for two states."""

    def likeness(name: str) -> float:
        short = name.lower().partition(" (")[0]
        pairs = ((word.lower(), short), ("".join(sorted(word.lower())), "".join(sorted(short))))
        return sum(difflib.SequenceMatcher(None, *pair).ratio() for pair in pairs) / 2

    if "/" in word:
        return []
    alike = sorted(((likeness(name), name) for name in names), reverse=True)
    return [name for score, name in alike[:2] if score >= ALIKE]


def _nothing(view: OutsideView) -> dict[Reading, CountryState]:
    return {reading: nothing_known(view.model(reading)) for reading in USED}


def _same_deal(one: Record, other: Record) -> bool:
    apart = abs(day_number(one.facts.start) - day_number(other.facts.start))
    return one.facts.country == other.facts.country and apart <= SAME_DEAL_DAYS


def _start(
    view: OutsideView, request: DealRequest, own: Sequence[Record], data: Sequence[Record] | None, warnings: list[str]
) -> datetime.date:
    """The first day, or the day after everything that is known when it was not said."""
    if "start" not in request.missing:
        return request.facts.start
    ends = [day_number(record.facts.start) + 1 for record in (*own, *(data or ()))]
    day = date_of(max([year_end(view.last_year), *ends]))
    warnings.append(f"start is not given: taken as {day}, after everything that is known of earlier deals")
    return day


def _warnings(
    view: OutsideView,
    request: DealRequest,
    knowledge: Knowledge,
    own: Sequence[Record],
    data: Sequence[Record] | None,
    names: Sequence[str],
) -> list[str]:
    facts = knowledge.facts
    late = not knowledge.earlier and facts.start.year > view.last_year + 1
    return [
        *_of_names(knowledge, names),
        *_of_list(knowledge, own),
        *_of_facts(request),
        *([_OLD.format(year=view.last_year)] if data is None and facts.country in names and late else []),
    ]


def _of_names(knowledge: Knowledge, names: Sequence[str]) -> list[str]:
    facts = knowledge.facts
    if not facts.country:
        return ["country is not given: the range is that of all countries"]
    listed = any(record.facts.country == facts.country for record in knowledge.earlier)
    if facts.country not in names and not listed:
        close = near_names(facts.country, names)
        hint = f"; did you mean {' or '.join(repr(name) for name in close)}?" if close else ""
        both = [known_country(state, names) for state in facts.country.split("/")]
        inside = [repr(state) for state in both if state in names and len(both) > 1]
        if inside:
            hint = f"; deals within {' and '.join(inside)} are known, and do not count for deals between states"
        listed_by = "`ceasefire forecast --countries` lists those that are known"
        return [f"nothing is known of '{facts.country}': the range is that of all countries{hint or f'; {listed_by}'}"]
    if knowledge.state.deals == 0 and not knowledge.counted:
        return [f"no deal in {facts.country} was known on {facts.start}: the range is that of all countries"]
    conflicts = _conflicts(knowledge)
    if facts.conflict and facts.conflict not in conflicts:
        return [
            f"nothing is known of the conflict '{facts.conflict}' in {facts.country}: only the country's other deals "
            f"count; known there: {_listed(conflicts)}"
        ]
    if not facts.conflict and conflicts:
        known = f"known in {facts.country}: {_listed(conflicts)}"
        return [f"conflict is not given: only the country's deals count; {known}"]
    return []


def _conflicts(knowledge: Knowledge) -> dict[str, int]:
    """Deals known of each conflict of the country; a negative number is the record's word for an unknown conflict."""
    count = {name: state.deals for name, state in knowledge.state.conflicts.items()}
    for record in knowledge.counted:
        count[record.facts.conflict] = count.get(record.facts.conflict, 0) + 1
    return count


def _listed(conflicts: Mapping[str, int]) -> str:
    named = {name: deals for name, deals in conflicts.items() if not name.startswith("-")}
    parts = [f"'{name}' ({_number(deals, 'deal')})" for name, deals in sorted(named.items(), key=lambda c: -c[1])]
    return ", ".join(parts[:8]) + (f" and {len(parts) - 8} more" if len(parts) > 8 else "")


def _of_list(knowledge: Knowledge, own: Sequence[Record]) -> list[str]:
    facts, words = knowledge.facts, []
    elsewhere = [record for record in own if record.facts.country != facts.country]
    late = [r for r in own if r.facts.country == facts.country and r.facts.start >= facts.start]
    used = len(own) - len(elsewhere) - len(late)
    counted = [record for record in knowledge.counted if record in own]
    if elsewhere:
        words.append(f"{_number(len(elsewhere), 'deal')} of your list lie in other countries, and do not count")
    if late:
        words.append(f"{_number(len(late), 'deal')} of your list began on or after {facts.start}, and do not count")
    if used > len(counted):
        words.append(
            f"of {_number(used - len(counted), 'deal')} of your list nothing was known on {facts.start}: the day of "
            "the end is unknown, and it was not yet clear that they were over"
        )
    return words


def _of_facts(request: DealRequest) -> list[str]:
    words = []
    defaults = {"ceasefire_class": "a bare cessation", "written": "not written", "fixed_term": "open-ended"}
    for fact, taken in defaults.items():
        if fact in request.missing:
            words.append(f"{fact} is not given: taken as {taken}")
    if "planned_days" in request.missing:
        words.append("planned_days is not given: a term of unknown length is taken as 14 days, without a planned day")
    if request.not_used:
        words.append(f"not used, for they add nothing to the other facts: {', '.join(request.not_used)}")
    return words


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
