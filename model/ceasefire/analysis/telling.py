"""How a story is worded: dates, counts, chances and pulls as plain text."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

from ceasefire.analysis.pulls import LEASH, Pulls
from ceasefire.scenario.plain_text import MONTHS
from ceasefire.scenario.schema import Scenario, ladder_of, rungs_of

KIND_WORDS = {
    "strategic": "ordered",
    "retaliatory": "answers",
    "spoiling": "spoiling",
    "localised": "ordered by nobody",
}
TIMES = ("never", "once", "twice", "three times", "four times", "five times")
MINUS = "\u2212"
LEAST_SHOWN = 0.005
"""Utilities that would read as 0.00 are left to the rest."""


def date_of(scenario: Scenario, day: int) -> str:
    """A day of the deal as a date: `4 Oct 2020`."""
    date = scenario.start + datetime.timedelta(days=day)
    return f"{date.day} {MONTHS[date.month - 1][:3]} {date.year}"


def day_of(scenario: Scenario, day: int) -> str:
    """A day of the deal with its date: `Day 212 (4 Oct 2020)`."""
    return f"Day {day:,} ({date_of(scenario, day)})"


def counted(number: float, one: str, more: str = "") -> str:
    """A count with its noun: `1 day`, `9 days`, `no days`."""
    if round(number) == 0:
        return f"no {more or one + 's'}"
    return f"{number:,.0f} {one if round(number) == 1 else more or one + 's'}"


def times(number: int) -> str:
    """How often: `twice`, `12 times`."""
    return TIMES[number] if number < len(TIMES) else f"{number} times"


def signed(number: float) -> str:
    """A utility with its sign: `+0.21`; none when it would read as nothing."""
    if abs(number) < LEAST_SHOWN:
        return "0.00"
    return f"{MINUS if number < 0 else '+'}{abs(number):.2f}"


def chance_of(share: float) -> str:
    """A chance in per cent, with as many digits as it needs: `12 %`, `0.3 %`."""
    if share <= 0:
        return "0 %"
    if share < 0.0001:
        return "under 0.01 %"
    if 0.9995 <= share < 1:
        return "over 99.9 %"
    if share < 0.095:
        return f"{share * 100:.2g} %"
    return f"{share * 100:.0f} %"


SHORT = 24
"""Longest title that a story can repeat; a longer one gives way to the actor's key."""


def short_name(scenario: Scenario, actor: str) -> str:
    """What a story calls an actor: its title, or its key when the title is long, as a name: `HTS`, `Opposition`."""
    title = scenario.actors[actor].title
    if len(title) <= SHORT:
        return title
    key = actor.replace("_", " ").replace("-", " ")
    return key.upper() if len(key) <= 4 else key[:1].upper() + key[1:]


def rung_word(scenario: Scenario, actor: str, rung: int) -> str:
    """The name of a rung on the actor's own ladder."""
    return rungs_of(ladder_of(scenario.actors[actor].role))[rung]


def part_title(scenario: Scenario, actor: str, part: str) -> str:
    """A motive by its title; the leash by who holds it; other holds as they are called."""
    if part == LEASH:
        patron = scenario.actors[actor].patron
        return f"the leash ({short_name(scenario, patron.actor)})" if patron else part
    return scenario.motives[part].title if part in scenario.motives else part


def pull_lines(scenario: Scenario, pulls: Pulls, new: int, old: int, most: int = 3) -> tuple[str, str]:
    """What spoke for a rung and what against it, in words: the `most` largest parts each, the others together."""
    steps = [(part_title(scenario, pulls.actor, part), step) for part, step in pulls.difference(new, old).items()]
    towards, away = [s for s in steps if s[1] > 0], [s for s in steps if s[1] < 0]
    return _side(towards, most), _side(away, most)


def _side(steps: Sequence[tuple[str, float]], most: int) -> str:
    shown = [step for step in steps[:most] if abs(step[1]) >= LEAST_SHOWN]
    rest = [part for _, part in steps[len(shown) :]]
    words = [f"{title} {signed(part)}" for title, part in shown]
    if abs(sum(rest)) >= LEAST_SHOWN:
        words.append(f"{'one more' if len(rest) == 1 else f'{len(rest)} more'} {signed(sum(rest))}")
    return "; ".join(words) or "nothing"


def violations_words(counts: Mapping[str, int]) -> str:
    """Violations in all, and by kind in brackets."""
    total = sum(counts.values())
    kinds = [f"{number:,} {KIND_WORDS[kind]}" for kind, number in counts.items() if number]
    return counted(total, "violation") + (f" ({', '.join(kinds)})" if len(kinds) > 1 else "")


def joined(lines: Iterable[Iterable[str]]) -> str:
    """Blocks of lines as one text, with an empty line between blocks."""
    return "\n\n".join("\n".join(block) for block in lines if block) + "\n"
