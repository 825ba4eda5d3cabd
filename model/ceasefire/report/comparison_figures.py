"""ceasefire.report.comparison_figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ceasefire.ensemble.compare import Side, SidePair


def _titled(first: Side, other: Side) -> str:
    """What readers call the other side: what was changed, when that is all."""
    own, changes = first.plan.loaded, other.plan.loaded.changes
    more = changes[len(own.changes) :]
    same = other.plan.loaded.name == own.name and changes[: len(own.changes)] == own.changes
    return f"with {' and '.join(more)}" if same and more else other.label


def _names(found: list[Side]) -> list[str]:
    """What readers call the sides of a comparison."""
    return [found[0].label, *(_titled(found[0], other) for other in found[1:])]


def _draw_curves(found: list[Side], pairs: list[SidePair], folder: Path) -> None:
    from ceasefire.analysis.estimates import Interval
    from ceasefire.analysis.survival import restricted_mean, survival
    from ceasefire.charts.comparison import Group, comparison_chart
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.style import save
    from ceasefire.wording import titled

    plan = found[0].plan
    gains = [None, *(Interval(pair.days.value, pair.days.low, pair.days.high) for pair in pairs)]
    doubts = [None, *(pair.doubt for pair in pairs)]
    groups = [
        Group(name, survival(side.worlds), restricted_mean(side.worlds, plan.horizon), gain, doubt)
        for name, side, gain, doubt in zip(_names(found), found, gains, doubts, strict=True)
    ]
    caption = Caption(titled(plan.scenario.title, "compared"), "", plan.seed)
    save(comparison_chart(groups, caption, horizon=plan.horizon), folder, "comparison")


def _draw_ranking(first: Side, pairs: list[SidePair], folder: Path) -> None:
    from ceasefire.analysis.estimates import Interval
    from ceasefire.charts.layout import Caption
    from ceasefire.charts.ranking import Gain, levers_chart
    from ceasefire.charts.style import save
    from ceasefire.scenario.find_scenarios import find_change, headline
    from ceasefire.wording import titled

    gains = []
    for pair in pairs:
        name = pair.other.plan.loaded.changes[-1]
        title = headline(find_change(name)).get("title", name)
        gains.append(Gain(name, title, Interval(pair.days.value, pair.days.low, pair.days.high), pair.doubt))
    caption = Caption(titled(first.plan.scenario.title, "days that each lever adds"), first.label, first.plan.seed)
    save(levers_chart(gains, caption, worlds=len(first.worlds), horizon=first.plan.horizon), folder, "levers")
