"""The report of a comparison: the same worlds under several scenarios, or under every lever of one."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.first_divergence import FirstToDiffer
from ceasefire.analysis.paired_differences import Difference
from ceasefire.charts.comparison import verdict
from ceasefire.ensemble.manifest import program_version
from ceasefire.report.appendix import assumed_numbers, assumed_table
from ceasefire.report.html import (
    Block,
    Commands,
    Downloads,
    Folded,
    Paragraph,
    Points,
    Report,
    Section,
    Table,
    download,
    picture,
)
from ceasefire.report.sentences import NOTE
from ceasefire.wording import days, how_many, signed_days, span_words, titled, whole_percent

if TYPE_CHECKING:
    from ceasefire.ensemble.compare import Side, SidePair

MOST_DIFFERENCES = 3
"""Largest number of differences that the answer lists; of more, it states the highest and the lowest."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """A comparison and its folder.

    `led` holds, where known, the actors that first decided differently and the number of worlds examined; `figure` is
    the name of the figure; `titles` are the readers' names of the other sides, by label.
    """

    first: Side
    pairs: Sequence[SidePair]
    led: Sequence[tuple[Sequence[FirstToDiffer], int]]
    folder: Path
    figure: str
    command: str
    titles: dict[str, str]

    def named(self, pair: SidePair) -> str:
        """The readers' name of the other side of a pair."""
        label = pair.other.label
        return self.titles.get(label, label)


def comparison_report(comparison: Comparison) -> Report:
    """The report of a comparison."""
    plan = comparison.first.plan
    levers = comparison.figure == "levers"
    question = "What would make it last longer?" if levers else "What difference does it make?"
    chart = picture(comparison.folder / f"{comparison.figure}.png", _alt(comparison), _finding(comparison))
    sections = [
        Section("difference", "The difference", [*([chart] if chart else []), _table(comparison)]),
        Section("who", "Who first decided differently, and how single worlds differ", _first_to_differ(comparison)),
        Section("how-sure", "How certain the result is, and what limits it", [Points(_uncertainty(comparison))]),
        Section("assumed", "What was assumed", _assumed(comparison)),
        Section("replay", "How to replay it", [_replay(comparison)]),
        Section("downloads", "Tables to download", [Downloads([_csv(comparison)])]),
    ]
    made_by = f"Made by ceasefire {program_version()}."
    return Report(
        titled(plan.scenario.title, _subject(comparison)), question, _answer(comparison), NOTE, sections, made_by
    )


def _subject(comparison: Comparison) -> str:
    return "its levers" if comparison.figure == "levers" else "compared"


def _interval(difference: Difference) -> Interval:
    return Interval(difference.value, difference.low, difference.high)


def _ranked(comparison: Comparison) -> list[SidePair]:
    return sorted(comparison.pairs, key=lambda pair: -pair.days.value)


def _answer(comparison: Comparison) -> str:
    """The differences in one sentence."""
    plan, worlds = comparison.first.plan, comparison.pairs[0].days.worlds
    ranked = _ranked(comparison)
    stated = ranked if len(ranked) <= MOST_DIFFERENCES else [ranked[0], ranked[-1]]
    parts = [f"{comparison.named(pair)}, {verdict(_interval(pair.days), pair.doubt)}" for pair in stated]
    joined = "; ".join(parts) if len(ranked) <= MOST_DIFFERENCES else f"highest: {parts[0]}; lowest: {parts[1]}"
    text = (
        f"followed for at most {how_many(plan.horizon, 'day')}: on the same {worlds:,} simulated worlds, "
        f"against {comparison.first.label}: {joined}. Illustrative: durations are not calibrated."
    )
    return titled(plan.scenario.title, text, by=",")


def _finding(comparison: Comparison) -> str:
    """The largest difference, for the caption."""
    largest = max(comparison.pairs, key=lambda pair: abs(pair.days.value))
    return f"Largest difference: {comparison.named(largest)}, {verdict(_interval(largest.days), largest.doubt)}."


def _alt(comparison: Comparison) -> str:
    kind = (
        "A ranking of changes by days gained." if comparison.figure == "levers" else "Survival curves and differences."
    )
    parts = [f"{comparison.named(pair)}: {verdict(_interval(pair.days), pair.doubt)}" for pair in _ranked(comparison)]
    return f"{kind} {'; '.join(parts)}."


def _table(comparison: Comparison) -> Table:
    """Days gained with their intervals, and shares that hold to the end."""
    columns = [
        "", "mean days held", "days gained", "chance (95 %)", "doubt (90 %)", "hold to the end", "points gained",
        "chance (95 %)",
    ]  # fmt: skip
    own_days, own_holds = (
        float(comparison.first.worlds["days_held"].mean()),
        float((~comparison.first.worlds["ended"]).mean()),
    )
    rows = [[comparison.first.label, days(own_days), "", "", "", whole_percent(own_holds), "", ""]]
    for pair in _ranked(comparison):
        gained, holds = _interval(pair.days), pair.holds
        doubt = span_words(pair.doubt, signed_days) if pair.doubt else "no assumed numbers"
        points = Interval(100 * holds.value, 100 * holds.low, 100 * holds.high)
        rows.append(
            [
                comparison.named(pair), days(own_days + gained.value), signed_days(gained.value),
                span_words(gained, signed_days), doubt, whole_percent(max(0.0, min(1.0, own_holds + holds.value))),
                signed_days(points.value), span_words(points, signed_days),
            ]
        )  # fmt: skip
    return Table("The same worlds under each condition", columns, rows, frozenset(range(1, 8)))


def _first_to_differ(comparison: Comparison) -> list[Block]:
    """Tables of the actors that first decided differently, and of how single worlds differ."""
    titles = {name: actor.title for name, actor in comparison.first.plan.scenario.actors.items()}
    blocks: list[Block] = []
    rows = []
    for pair, (led, examined) in zip(comparison.pairs, comparison.led, strict=False):
        for one in led[:4]:
            who = f"{titles.get(one.actor, one.actor)}, about day {one.median_day:,}"
            rows.append(
                [comparison.named(pair), who, f"{one.there} instead of {one.here}", f"{one.worlds} of {examined}"]
            )
    if rows:
        columns = ["condition", "actor", "decision", "worlds (of those with different durations)"]
        blocks.append(Table("The first actors to decide differently", columns, rows, frozenset({3})))
    shares = [
        [
            comparison.named(pair),
            *(whole_percent(getattr(pair.fates, name)) for name in ("longer", "shorter", "saved", "lost")),
        ]
        for pair in comparison.pairs
    ]
    columns = ["condition", "held longer", "held shorter", "saved", "lost"]
    blocks.append(Table("Shares of the same worlds", columns, shares, frozenset({1, 2, 3, 4})))
    text = (
        "Saved: the deal ends in the first condition and holds to the end in the other; lost: the reverse. Which "
        "single worlds these are depends on how the conditions share random numbers; the mean difference does not."
    )
    return [*blocks, Paragraph(text)]


def _uncertainty(comparison: Comparison) -> list[str]:
    """The sources of uncertainty: chance, doubt, and what neither interval contains."""
    reductions = [pair.days.variance_reduction for pair in comparison.pairs if pair.days.variance_reduction > 0]
    worlds = comparison.pairs[0].days.worlds
    chance = (
        f"Chance. The intervals (95 %) are the error from simulating only {worlds:,} worlds. Both sides use the same "
        "random numbers in every world, so that most of this error cancels"
    )
    if reductions:
        median = sorted(reductions)[len(reductions) // 2]
        chance += f": with different worlds, the variance of a difference would be {median:.1f} times as large"
    return [
        f"{chance}.",
        _uncertainty_text(comparison),
        "In neither interval: whether the rules by which these actors decide are right, and whether a lever could be "
        "used without other changes.",
    ]


def _uncertainty_text(comparison: Comparison) -> str:
    """How uncertain the differences are because of the assumed numbers."""
    known = [pair for pair in comparison.pairs if pair.doubt is not None]
    if not known:
        return "Doubt about assumed numbers: none, because these scenarios contain no assumed numbers."
    text = (
        "Doubt. Every assumed number is drawn over its range, with the same draws on both sides. The range called "
        "doubt contains the difference at nine draws in ten, without the error from few worlds at each draw"
    )
    if len(known) <= MOST_DIFFERENCES:
        parts = [
            f"{comparison.named(pair)}, {span_words(pair.doubt, signed_days)} days" for pair in known if pair.doubt
        ]
        text += f": {'; '.join(parts)}"
    else:
        unclear = sum(pair.doubt.low < 0 < pair.doubt.high for pair in known if pair.doubt)
        text += f". For {unclear} of {len(known)}, gain or loss depends on the assumed numbers"
    text += ". More worlds do not narrow it; better numbers would."
    if any(pair.doubt.low == pair.doubt.high for pair in known if pair.doubt):
        text += " A single number instead of a range means that the draws differed by no more than chance."
    return text


def _assumed(comparison: Comparison) -> list[Block]:
    table = assumed_numbers(comparison.first.plan.scenario)
    text = (
        f"The conditions have the same assumed numbers, except for the changes: {len(table):,} numbers of "
        f"{comparison.first.label}."
    )
    return [Paragraph(text), Folded("All assumed numbers, with their ranges", [assumed_table(table)])]


def _replay(comparison: Comparison) -> Commands:
    lines = {comparison.command: "repeats the comparison and this page"}
    for side in (comparison.first, comparison.pairs[0].other):
        plan = side.plan
        where = f"--worlds {plan.worlds} --seed {plan.seed} --days {plan.horizon}"
        lines[f"ceasefire run {shlex.quote(side.label)} {where}"] = "simulates one side, with all its figures"
    return Commands(lines)


def _csv(comparison: Comparison) -> Any:
    rows = [
        {
            "label": pair.other.label, "days": p.value, "days_low": p.low, "days_high": p.high, "holds": h.value,
            "holds_low": h.low, "holds_high": h.high, "worlds": p.worlds, **pair.fates.__dict__, **_doubt_columns(pair),
        }
        for pair in comparison.pairs
        for p, h in ((pair.days, pair.holds),)
    ]  # fmt: skip
    return download("differences.csv", "every difference with its intervals", pd.DataFrame(rows))


def _doubt_columns(pair: SidePair) -> dict[str, float]:
    """The columns of doubt in a row of the table, where it is known."""
    if pair.doubt is None:
        return {}
    return {"doubt_days": pair.doubt.value, "doubt_days_low": pair.doubt.low, "doubt_days_high": pair.doubt.high}
