"""The figures of a comparison and of a ranking of levers, and what readers call the conditions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ceasefire.analysis.estimates import Interval
from ceasefire.analysis.survival import restricted_mean, survival
from ceasefire.charts.comparison import Condition, comparison_chart
from ceasefire.charts.layout import Caption
from ceasefire.charts.ranking import Gain, levers_chart
from ceasefire.charts.style import save
from ceasefire.scenario.compose import change_name
from ceasefire.wording import titled

if TYPE_CHECKING:
    from ceasefire.ensemble.compare import Side, SidePair


def condition_title(first: Side, other: Side) -> str:
    """What readers call the other side: the changes to the first, if there is no other difference; else its label."""
    own, changes = first.plan.loaded, other.plan.loaded.changes
    if own.settings != other.plan.loaded.settings:
        return other.label
    more = changes[len(own.changes) :]
    same = other.plan.loaded.name == own.name and changes[: len(own.changes)] == own.changes
    return f"with {' and '.join(more)}" if same and more else other.label


def _names(sides: list[Side]) -> list[str]:
    """What readers call the sides of a comparison."""
    return [sides[0].label, *(condition_title(sides[0], other) for other in sides[1:])]


def draw_comparison(sides: list[Side], pairs: list[SidePair], folder: Path) -> None:
    """The survival curves of all sides, with the mean differences from the first."""
    plan = sides[0].plan
    gains = [None, *(Interval(pair.days.value, pair.days.low, pair.days.high) for pair in pairs)]
    doubts = [None, *(pair.doubt for pair in pairs)]
    conditions = [
        Condition(name, survival(side.worlds), restricted_mean(side.worlds, plan.horizon), gain, doubt)
        for name, side, gain, doubt in zip(_names(sides), sides, gains, doubts, strict=True)
    ]
    caption = Caption(titled(plan.scenario.title, "compared"), "", plan.seed)
    save(comparison_chart(conditions, caption, horizon=plan.horizon), folder, "comparison")


def draw_ranking(first: Side, pairs: list[SidePair], folder: Path) -> None:
    """The levers, ranked by the days that each adds."""
    gains = []
    for pair in pairs:
        loaded = pair.other.plan.loaded
        name = change_name(loaded.changes[-1])
        title = loaded.change_titles.get(name, name)
        gains.append(Gain(name, title, Interval(pair.days.value, pair.days.low, pair.days.high), pair.doubt))
    caption = Caption(titled(first.plan.scenario.title, "days that each lever adds"), first.label, first.plan.seed)
    save(levers_chart(gains, caption, worlds=len(first.worlds), horizon=first.plan.horizon), folder, "levers")
