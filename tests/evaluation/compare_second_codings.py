"""Five cases coded twice, number by number, and what follows for their forecasts: the figures of docs/second_coding.md.

`python tests/evaluation/compare_second_codings.py` prints them, in half a minute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np

from ceasefire.analysis.forecast_scores import log_scores
from ceasefire.ensemble.parameter_draws import DRAWS
from ceasefire.experiments.hindcast import POOLED, SCENARIO, hindcast, masses_of_case, seen_of
from ceasefire.experiments.schema import Case
from ceasefire.reference_class.case_file import Question, codebook
from ceasefire.reference_class.pooling_weight import shipped_weight
from ceasefire.scenario.compose import assemble
from ceasefire.scenario.find_scenarios import find_scenario
from ceasefire.scenario.layers import Layers
from ceasefire.scenario.load import load
from ceasefire.scenario.yaml_with_lines import Place, dotted

SECOND = Path(__file__).parents[1] / "second_codings"
NAMES = tuple(sorted(file.stem for file in SECOND.glob("*.yaml")))
HORIZONS = (30, 90, 365, 1825)
SEED = 1
NOT_CODED = ("history", "really", "mechanisms")
MISSING, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
NEUTRAL = ("generic.yaml", "motives.yaml")

Numbers = dict[str, tuple[float, tuple[float, float] | None]]
"""Value and range of each number, by path."""


@dataclass(frozen=True)
class Pair:
    """A number that both coders set."""

    case: str
    path: str
    first: float
    second: float
    ranges: tuple[tuple[float, float], tuple[float, float]] | None

    @property
    def answers_apart(self) -> int:
        """How many answers of its question lie between the two, 0 when they are the same."""
        if self.first == self.second:
            return 0
        answers = [answer.value for answer in question_of(self.path).answers]
        return abs(answers.index(self.first) - answers.index(self.second))

    @property
    def share_of_range(self) -> float:
        """Their difference as a share of the range of the number: the mean of the two that were written."""
        if self.ranges is None:
            return 0.0
        return abs(self.first - self.second) / float(np.mean([high - low for low, high in self.ranges]))

    @property
    def ranges_meet(self) -> bool:
        """The two ranges have values in common."""
        if self.ranges is None:
            return True
        (low, high), (other_low, other_high) = self.ranges
        return low < other_high and other_low < high


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of one coding, every assumed number drawn: shares that hold past HORIZONS, as in `run`; log scores."""

    holds: tuple[float, ...]
    score: float
    pooled_holds: tuple[float, ...]
    pooled_score: float


def question_of(path: str) -> Question:
    """The question of the codebook that a number answers; the codebook asks of one guarantor and of one patron."""
    steps = path.split(".")
    if steps[1].startswith("guarantor-"):
        steps[1] = "guarantor"
    if "patron" in steps or steps[-1] == "capability":
        steps[1] = "party-b"
    return next(question for question in codebook() if question.path == ".".join(steps))


def file_of(name: str, coding: str) -> str:
    """What to load: the shipped scenario, or the second coding."""
    return name if coding == "first" else str(SECOND / f"{name}.yaml")


def _coded(place: Place) -> bool:
    file = Path(place.file or "")
    return place.line is not None and file.name not in NEUTRAL and file.parent.name != "changes"


@cache
def numbers(name: str, coding: str) -> Numbers:
    """Every number that the coder set over the neutral base, in the file or in the case that it starts from."""
    layers = Layers()
    assemble(find_scenario(file_of(name, coding)), (), {}, layers=layers)
    found: Numbers = {}
    for steps, known in layers.by_path.items():
        written = [value for place, value in known if _coded(place)]
        if written and steps[0] not in NOT_CODED:
            last: Any = written[-1]
            full = last if isinstance(last, Mapping) else {"value": last}
            low_high = full.get("range")
            found[dotted(steps)] = (float(full["value"]), tuple(low_high) if low_high else None)
    return found


def pairs(name: str, other: str | None = None) -> list[Pair]:
    """Numbers that both codings set; with `other`, the second coding of another case."""
    first, second = numbers(name, "first"), numbers(other or name, "second")
    found = []
    for path in [path for path in first if path in second]:
        (one, one_range), (two, two_range) = first[path], second[path]
        ranges = (one_range, two_range) if one_range and two_range else None
        found.append(Pair(name, path, one, two, ranges))
    return found


def asked(found: Sequence[Pair]) -> list[Pair]:
    """Of these, the numbers with a range: answers of a question, not constants that the codebook prescribes."""
    return [pair for pair in found if pair.ranges is not None]


def agreement_of_strangers() -> float:
    """How often two codings of different cases have the same answer: agreement if nobody read the case."""
    found = [pair for one, other in permutations(NAMES, 2) for pair in asked(pairs(one, other))]
    return float(np.mean([pair.answers_apart == 0 for pair in found]))


def case_of(name: str) -> Case:
    """What became of a deal."""
    scenario = load(name).scenario
    really: Any = scenario.really
    return Case(scenario=name, held=really.held(scenario.start), holding=really.holding, source=really.source)


@cache
def forecasts(name: str, coding: str, draws: int = DRAWS) -> Forecasts:
    """Forecasts of one coding, scored by what became of the deal."""
    each = hindcast(case_of(name), load(file_of(name, coding)), 1, SEED, draws=draws)
    weight, (low, high) = shipped_weight().weight, seen_of(each)
    masses = masses_of_case(each, weight)
    own = [1.0 - each.doubted.cdf(day + 1) for day in HORIZONS]
    if each.outside is None:
        raise ValueError(f"{name}: no `history:`, so there is nothing to pool with")
    pooled = [
        weight * float(such) + (1.0 - weight) * one
        for such, one in zip(each.outside.headline.holds(np.add(HORIZONS, 1)), own, strict=True)
    ]
    scores = [float(log_scores(masses[forecaster][None], low, high)[0]) for forecaster in (SCENARIO, POOLED)]
    return Forecasts(tuple(own), scores[0], tuple(pooled), scores[1])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)


def agreement_table() -> str:
    """How many numbers each set, and how far apart they are."""
    rows, total = [], np.zeros(7)
    for name in NAMES:
        both = asked(pairs(name))
        apart = np.array([pair.answers_apart for pair in both])
        first, second = (set(ranged(name, coding)) for coding in ("first", "second"))
        by_distance = [sum(apart == 0), sum(apart == 1), sum(apart > 1), sum(not pair.ranges_meet for pair in both)]
        counts = np.array([len(both), *by_distance, len(first - second), len(second - first)])
        total += counts
        rows.append([f"`{name}`", *map(str, counts)])
    rows.append(["all", *(f"**{count:.0f}**" for count in total)])
    head = [
        "case",
        "both set",
        "same answer",
        "one answer apart",
        "more",
        "ranges do not meet",
        "only first",
        "only second",
    ]
    return _table(head, rows)


def ranged(name: str, coding: str) -> list[str]:
    """Numbers of a coding that answer a question."""
    return [path for path, (_, low_high) in numbers(name, coding).items() if low_high]


def numbers_table() -> str:
    """Every number with a range that one of the two set: a row for each, a column for each case."""
    paths: dict[str, None] = {}
    for name in NAMES:
        for coding in ("first", "second"):
            paths |= dict.fromkeys(ranged(name, coding))
    order = [question.path for question in codebook()]
    ordered = sorted(paths, key=lambda path: (order.index(path) if path in order else len(order), path))
    rows = [[f"`{path}`", *(_cell(name, path) for name in NAMES)] for path in ordered]
    return _table(["number", *(f"`{name}`" for name in NAMES)], rows)


def _cell(name: str, path: str) -> str:
    first, second = (numbers(name, coding).get(path) for coding in ("first", "second"))
    if first is None and second is None:
        return ""
    words = [f"{each[0]:g}" if each else MISSING for each in (first, second)]
    return words[0] if words[0] == words[1] else f"**{words[0]} / {words[1]}**"


def differences_table() -> str:
    """Numbers that both set and that differ."""
    found = [pair for name in NAMES for pair in pairs(name) if pair.first != pair.second]
    rows = [
        [
            f"`{each.case}`",
            f"`{each.path}`",
            f"{each.first:g}",
            f"{each.second:g}",
            f"{100 * each.share_of_range:.0f} %",
        ]
        for each in found
    ]
    return _table(["case", "number", "first", "second", "difference, share of the range"], rows)


def choices_table() -> str:
    """What the codings say without numbers."""
    rows = []
    for name in NAMES:
        words = [list(_choices(load(file_of(name, coding)).resolved)) for coding in ("first", "second")]
        for (what, one), (_, two) in zip(*words, strict=True):
            if one != two:
                rows.append([f"`{name}`", what, one, two])
    return _table(["case", "choice", "first", "second"], rows)


def _choices(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    actors = content["actors"]
    roles = {role: [each["title"] for key, each in actors.items() if each["role"] == role and key != "mediator"]
             for role in ("guarantor", "outside")}  # fmt: skip
    out = [actors[key]["title"] for key in content["agreement"].get("excludes", [])]
    yield "class of the deal", content["agreement"]["class"]
    yield "left out by the deal", ", ".join(out) or "nobody"
    yield "guarantors", ", ".join(roles["guarantor"]) or "none"
    yield "outside parties that back a side", ", ".join(roles["outside"]) or "none"
    yield "on an offensive", ", ".join(key for key, each in actors.items() if each.get("campaign")) or "nobody"
    yield "own dead at which losses are felt, median", f"{actors['party-a']['losses_scale']['lognormal'][0]:g}"


def forecasts_table() -> str:
    """Shares that hold by both codings, and their log scores; means of the distances below."""
    rows = []
    for name in NAMES:
        first, second = both(name)
        held = [_both(one, two) for one, two in zip(first.holds, second.holds, strict=True)]
        scores = [_scores(first.score, second.score), _both(first.pooled_holds[1], second.pooled_holds[1])]
        rows.append([f"`{name}`", days_held(name), *held, *scores, _scores(first.pooled_score, second.pooled_score)])
    points = [f"{100 * distance:.0f} points" for distance in distances()]
    rows.append(["mean distance", "", *points, f"{score_distance():.2f}", f"{100 * pooled_distance():.0f} points", ""])
    head = [
        "case",
        "days held",
        *(f"day {day:,}" for day in HORIZONS),
        "log score",
        "pooled, day 90",
        "pooled, log score",
    ]
    return _table(head, rows)


def days_held(name: str) -> str:
    """How long the deal held, as its first coding says."""
    low, high = case_of(name).span
    return (
        f"{low:,.0f} and more"
        if case_of(name).holding
        else f"{low:,.0f} to {high:,.0f}"
        if low < high
        else f"{low:,.0f}"
    )


def both(name: str) -> tuple[Forecasts, Forecasts]:
    """Forecasts of the first and of the second coding."""
    return forecasts(name, "first"), forecasts(name, "second")


def distances() -> list[float]:
    """Mean distance of the two forecasts at each of HORIZONS [share of worlds]."""
    each = [np.abs(np.subtract(first.holds, second.holds)) for first, second in map(both, NAMES)]
    return [float(distance) for distance in np.mean(each, axis=0)]


def pooled_distance() -> float:
    """The same of the pooled forecasts, at day 90."""
    return float(np.mean([abs(first.pooled_holds[1] - second.pooled_holds[1]) for first, second in map(both, NAMES)]))


def score_distance() -> float:
    """Mean distance of the log scores of a case."""
    return float(np.mean([abs(first.score - second.score) for first, second in map(both, NAMES)]))


def score_sums() -> tuple[float, float]:
    """Summed log scores of the first and of the second codings."""
    first, second = zip(*map(both, NAMES), strict=True)
    return sum(each.score for each in first), sum(each.score for each in second)


def _both(one: float, two: float) -> str:
    return f"{100 * one:.0f} / {100 * two:.0f} %"


def _scores(one: float, two: float) -> str:
    return minus(f"{one:.2f} / {two:.2f}")


def minus(text: str) -> str:
    """With the sign for minus."""
    return text.replace("-", MINUS)


def agreement() -> float:
    """Share of the numbers that both set in which they gave the same answer."""
    return float(np.mean([pair.answers_apart == 0 for name in NAMES for pair in asked(pairs(name))]))


def summary() -> str:
    """The findings in sentences."""
    own, others = agreement(), agreement_of_strangers()
    apart = [pair for name in NAMES for pair in pairs(name) if pair.first != pair.second]
    met = sum(pair.ranges_meet for pair in apart)
    share = float(np.mean([pair.share_of_range for pair in apart]))
    points, days = (", ".join(each) for each in ([f"{100 * x:.0f}" for x in distances()], [f"{x:,}" for x in HORIZONS]))
    lines = [
        f"The two gave the same answer to {100 * own:.0f} % of the questions that both answered. Codings of two "
        f"different cases share {100 * others:.0f} % of their answers: that much would agree if nobody read a report. "
        f"What agrees beyond it is {(own - others) / (1 - others):.2f} of what could (Cohen's kappa).",
        f"Where they differ ({len(apart)} numbers), they are {100 * share:.0f} % of a range apart on average; in only "
        f"{met} do the two ranges have values in common: where coders differ, a range seldom covers it.",
        f"The chance to hold differs by {points} points on average at {days} days; pooled, by "
        f"{100 * pooled_distance():.0f} at day 90.",
        validation_sentence(),
    ]
    return "\n".join(f"- {line}" for line in lines)


def validation_sentence() -> str:
    """What the page on validation says."""
    first, second = score_sums()
    return minus(
        f"Coded a second time by somebody who had not seen the first, five of these deals score {second:.1f} instead "
        f"of {first:.1f}, {(second - first) / len(NAMES):+.2f} a deal; up or down, a deal's score differs by "
        f"{score_distance():.2f} and its chance to hold 90 days by {100 * distances()[1]:.0f} points, on average."
    )


def page() -> str:
    """What is made of the page, between its two marks."""
    titles = (
        ("What follows", summary()),
        ("How often the two agree", agreement_table()),
        ("Forecasts, first / second", forecasts_table()),
        ("Numbers that both set and that differ", differences_table()),
        ("Choices that differ", choices_table()),
        ("Every number, first / second", numbers_table()),
    )
    return "\n\n".join(f"### {title}\n\n{text}" for title, text in titles)


if __name__ == "__main__":
    print(page())
