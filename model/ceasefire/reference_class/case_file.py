"""The file that `new --features` writes: a case over the neutral base from ten facts, with the codebook beside it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from ceasefire.errors import Fault, ScenarioError
from ceasefire.reference_class.outside_view.coded_deals import DealFacts
from ceasefire.reference_class.outside_view.deal_files import deal_of
from ceasefire.reference_class.outside_view.table_cells import Cells
from ceasefire.scenario.load import load
from ceasefire.scenario.parameter_paths import quantities
from ceasefire.scenario.template import FIRST_LINE, number_text, quoted

CODEBOOK = Path(__file__).parent / "codebook.yaml"
BASE = "generic"
ENFORCEMENT = ("none", "external", "international")
QUESTIONS = {
    "country": "Country (between states: India/Pakistan)",
    "conflict": "Name of the conflict (may be empty)",
    "start": "First day, as 2020-03-06",
    "ceasefire_class": "cessation, preliminary (with ways to see to it) or definitive",
    "written": "Is there a written text? yes or no",
    "planned_days": "Days of a fixed term (empty: open-ended)",
    "mediated": "Did somebody mediate? yes or no",
    "local": "Is it local? yes or no",
    "mechanism": "Is there a body that watches it? yes or no",
    "enforcement": "Do troops enforce it? none, external or international",
}
"""Ten facts about a deal, and how they are asked for."""

GUARANTOR = {
    "title": "Guarantor", "role": "guarantor", "side": "b", "capability": "{value: 1, range: [0.5, 2]}",
    "motives": "{client: {value: 0.5, range: [0.25, 0.75]}, watched: {value: 0.25, range: [0.1, 0.4]}}",
}  # fmt: skip
"""A guarantor of side b, as a case begins with it."""

DEPENDENCE = "actors.party-b.patron.dependence"


@dataclass(frozen=True)
class Answer:
    """An answer of the codebook: the value and range that it gives, and when it is given."""

    value: float
    range: tuple[float, float]
    when: str

    @property
    def text(self) -> str:
        """The number as in a scenario file."""
        return f"{{value: {self.value:g}, range: [{self.range[0]:g}, {self.range[1]:g}]}}"


@dataclass(frozen=True)
class Question:
    """A number of a case: its path, what is asked, the answers, and numbers of shipped scenarios to measure it by."""

    path: str
    ask: str
    answers: tuple[Answer, ...]
    like: tuple[tuple[float, str], ...]
    """Value there, and where."""


@dataclass(frozen=True)
class CaseFacts:
    """Ten facts about a deal."""

    deal: DealFacts
    mediated: bool
    local: bool
    mechanism: bool
    enforcement: str

    @property
    def between_states(self) -> bool:
        """Whether the country names two: India/Pakistan."""
        return "/" in self.deal.country


def facts_of(values: Mapping[str, Any]) -> CaseFacts:
    """Facts by name, as text. Raises ScenarioError with every fault."""
    faults: list[Fault] = []
    cells = Cells("--features", values, faults, lambda fact: None)
    mediated, local, mechanism = (cells.flag(name) for name in ("mediated", "local", "mechanism"))
    enforcement = cells.one_of("enforcement", ENFORCEMENT, "none")
    if not cells.given("start"):
        cells.wrong("start", "is empty; give the first day of the deal, as 2020-03-06")
    try:
        deal = deal_of(values, "--features").facts
    except ScenarioError as error:
        faults = [*error.faults, *(fault for fault in faults if fault not in error.faults)]
    if faults:
        raise ScenarioError(faults)
    return CaseFacts(deal, mediated, local, mechanism, enforcement)


@cache
def codebook() -> tuple[Question, ...]:
    """The questions of the codebook, in its order, with the numbers of shipped scenarios looked up."""
    entries = YAML(typ="safe").load(CODEBOOK.read_text(encoding="utf-8"))
    return tuple(_question(each) for each in entries)


def _question(entry: Mapping[str, Any]) -> Question:
    answers = tuple(
        Answer(float(one["value"]), (float(one["range"][0]), float(one["range"][1])), one["when"])
        for one in entry["answers"]
    )
    like = entry.get("like", ())
    measured = tuple((_number_at(one["scenario"], one.get("path", entry["path"])), one["in"]) for one in like)
    return Question(entry["path"], entry["ask"], answers, measured)


def _number_at(scenario: str, path: str) -> float:
    """The value, or the middle, of a number of a shipped scenario."""
    return _numbers_of(scenario)[path]


@cache
def _numbers_of(scenario: str) -> dict[str, float]:
    return {path: number.centre for path, number, _ in quantities(load(scenario).scenario)}


def _answers_from_facts(facts: CaseFacts) -> dict[str, int]:
    """Which answer the ten facts give, by path; questions that they do not answer are left to the reader."""
    watched = 3 if facts.enforcement != "none" else 1 if facts.mechanism else 0
    chosen = {"agreement.monitoring": watched, "agreement.clarity": 1 if facts.deal.written else 0}
    if facts.local:
        chosen["war.toll_14d"] = 0
    if facts.enforcement == "external":
        chosen |= {"actors.guarantor.troops_on_line": 1, "actors.guarantor.commitment": 1, DEPENDENCE: 1}
    if facts.between_states:
        chosen |= {"actors.party-b.capability": 2, "actors.party-a.discipline": 2, "actors.party-b.discipline": 2}
    return chosen


def case_text(name: str, facts: CaseFacts, implied: Sequence[str] = ()) -> str:
    """The text of a case to fill in. `implied` are sentences on what its numbers as they stand imply."""
    return "\n".join(_lines(name, facts, implied)) + "\n"


def _lines(name: str, facts: CaseFacts, implied: Sequence[str]) -> Iterator[str]:
    deal = facts.deal
    yield FIRST_LINE
    yield "# A case over the neutral base. Whatever is missing here is drawn from the wide distributions of `generic`."
    yield "# Fill in only what you know and what matters: change a number to the answer that fits, or delete its line."
    yield "# Code what was known on the first day, before you look at how it ended."
    if implied:
        yield "# What the numbers imply as they stand: is that what you mean? Ask again after every edit:"
        yield f"#   ceasefire describe {name} --implied"
        yield from (f"#   {sentence}" for sentence in implied)
    yield f"name: {name}"
    yield f"title: {quoted(' '.join(filter(None, (deal.country or name, str(deal.start)))))}"
    yield f"base: {BASE}"
    yield f"start: {deal.start}"
    changes = ["war-of-dozens"] * facts.local + ["peacekeepers"] * (facts.enforcement == "international")
    if changes:
        yield f"changes: [{', '.join(changes)}]   # applied after everything below"
    else:
        yield "# changes: [war-of-dozens]   # or war-of-thousands, war-of-tens-of-thousands: how large the war is"
    if facts.between_states:
        states = [quoted(state.strip()) for state in deal.country.split("/")[:2]]
        yield f"sides: {{a: {{title: {states[0]}}}, b: {{title: {states[1]}}}}}"
    yield from _history(deal)
    yield from _nested(_entries(facts))


def _history(deal: DealFacts) -> Iterator[str]:
    """What deals like it did is asked by these facts; earlier deals are the reader's to add."""
    if not deal.country:
        yield "# history: {country: Syria, written: true, deals: []}   # then deals like this one are forecast as well"
        return
    yield ""
    yield "# What deals like it did counts beside what this file says. Add earlier deals, as known at signing."
    yield "history:"
    yield f"  country: {quoted(deal.country)}"
    if deal.conflict:
        yield f"  conflict: {quoted(deal.conflict)}"
    yield f"  written: {str(deal.written).lower()}"
    if deal.fixed_term and deal.planned_days is None:
        yield "  fixed_term: true"
    yield "  deals: []"
    yield "  # deals:"
    yield "  #   - {name: a truce, start: 2019-08-31, outcome: broke, end: 2019-12-19, source: where it is reported}"


def _entries(facts: CaseFacts) -> Iterator[tuple[list[str], str, list[str]]]:
    """Steps, text of the value, comments above it."""
    deal, chosen = facts.deal, _answers_from_facts(facts)
    base = load(BASE).resolved
    yield ["agreement", "class"], deal.ceasefire_class, []
    if deal.planned_days is not None:
        yield ["agreement", "term_days"], str(max(1, round(deal.planned_days))), []
    within = (
        [f"Government of {deal.country} (party A)", "Its opponent (party B)"]
        if deal.country
        else ["Party A", "Party B"]
    )
    titles = deal.country.split("/")[:2] if facts.between_states else within
    for party, title in zip(("party-a", "party-b"), titles, strict=True):
        yield ["actors", party, "title"], quoted(title.strip()), []
    left_out = []
    if not facts.mediated:
        yield ["actors", "mediator"], "null", []
        left_out.append("actors.mediator")
    if facts.enforcement == "external":
        for key, value in GUARANTOR.items():
            yield ["actors", "guarantor", key], value, []
        yield ["actors", "party-b", "patron", "actor"], "guarantor", []
    else:
        left_out += ["actors.guarantor", DEPENDENCE]
    for one in codebook():
        if one.path.startswith(tuple(left_out)):
            continue
        yield _steps(one), _value(one, chosen.get(one.path), base), _comments(one)


def _steps(one: Question) -> list[str]:
    return one.path.split(".")


def _value(one: Question, answer: int | None, base: Mapping[str, Any]) -> str:
    """The answer that the facts give, else what the base has; empty where it has nothing."""
    if answer is not None:
        return one.answers[answer].text
    part: Any = base
    for step in _steps(one):
        part = part.get(step) if isinstance(part, Mapping) else None
    return number_text(part) if part is not None else ""


def _comments(one: Question) -> list[str]:
    answers = "; ".join(f"{answer.value:g} {answer.when}" for answer in one.answers)
    like = "; ".join(f"{value:,g} as in {where}" for value, where in one.like)
    return [one.ask, *_wrapped(answers), *(_wrapped(f"({like})") if like else [])]


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, 100, initial_indent="  ", subsequent_indent="  ")


def _nested(entries: Iterator[tuple[list[str], str, list[str]]]) -> Iterator[str]:
    """Entries as YAML, each part under its heading; an entry without a value is a comment to be completed."""
    order: dict[str, int] = {}
    rows = list(entries)
    for steps, _, _ in rows:
        for depth in range(1, len(steps)):
            order.setdefault(".".join(steps[:depth]), len(order))
    rows.sort(key=lambda row: [order.get(".".join(row[0][:depth]), -1) for depth in range(1, len(row[0]))])
    open_at: list[str] = []
    for steps, value, comments in rows:
        around, shared = steps[:-1], 0
        while shared < min(len(around), len(open_at)) and around[shared] == open_at[shared]:
            shared += 1
        if not value:
            yield from _to_be_completed(steps, comments)
            continue
        for depth in range(shared, len(around)):
            if depth == 0:
                yield ""
            yield f"{'  ' * depth}{around[depth]}:"
        open_at = around
        indent = "  " * len(around)
        yield from (f"{indent}# {comment}" for comment in comments)
        yield f"{indent}{steps[-1]}: {value}"


def _to_be_completed(steps: list[str], comments: list[str]) -> Iterator[str]:
    """A campaign, which the base has not: it needs a title and ground that its party wants."""
    indent = "  " * (len(steps) - 2)
    yield from (f"{indent}# {comment}" for comment in comments)
    yield f"{indent}# campaign: {{title: take the contested ground, sectors: [contested], under_way: 0.8}}"
