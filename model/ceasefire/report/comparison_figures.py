"""The figures of a comparison and of a ranking of levers, and what readers call the conditions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from ceasefire.analysis.survival import restricted_mean, survival
from ceasefire.charts.comparison import Condition, comparison_chart
from ceasefire.charts.days_and_deaths import AS_BEFORE, Deal, days_and_deaths_chart
from ceasefire.charts.layout import Caption
from ceasefire.charts.ranking import Gain, levers_chart
from ceasefire.charts.style import save
from ceasefire.ensemble.compare import best_and_worst, side_figures
from ceasefire.scenario.compose import change_name
from ceasefire.wording import after_an_end, titled

if TYPE_CHECKING:
    from ceasefire.ensemble.compare import Side, SidePair


ENDS = 3
"""Conditions at either end of a long ranking that a first page shows."""


def condition_words(first: Side, other: Side) -> str:
    """What readers call the other side: what it adds to the first, by the titles of changes; else its own title."""
    own, loaded = first.plan.loaded, other.plan.loaded
    given = {path: value for path, value in loaded.settings.items() if own.settings.get(path) != value}
    added = [change_name(change) for change in loaded.changes[len(own.changes) :]]
    more = [f'"{loaded.change_titles.get(name, name)}"' for name in added]
    more += [f"{path}={value}" for path, value in given.items()]
    same = loaded.name == own.name and loaded.changes[: len(own.changes)] == own.changes
    if same and more and not set(own.settings) - set(loaded.settings):
        return f"with {' and '.join(more)}"
    return loaded.title if loaded.title != own.title else other.label


def lever_title(side: Side) -> str:
    """The title of a lever."""
    loaded = side.plan.loaded
    name = change_name(loaded.changes[-1])
    return loaded.change_titles.get(name, name)


def _names(sides: list[Side]) -> list[str]:
    """What readers call the sides of a comparison."""
    first = sides[0]
    return [first.plan.loaded.title, *(condition_words(first, other) for other in sides[1:])]


def draw_comparison(sides: list[Side], pairs: list[SidePair], folder: Path, dates: bool = False) -> None:
    """Save the figure of a comparison."""
    save(comparison_figure(sides, pairs, dates), folder, "comparison")


def draw_ranking(first: Side, pairs: list[SidePair], folder: Path) -> None:
    """Save the figure of a ranking of levers; where it is long, also that of its ends."""
    save(ranking_figure(first, pairs), folder, "levers")
    if is_long(pairs):
        save(ranking_figure(first, pairs, ENDS), folder, "levers-ends")


def is_long(pairs: Sequence[SidePair]) -> bool:
    """Whether a first page has room for the ends of a ranking only."""
    return len(pairs) > 2 * ENDS


def comparison_figure(sides: list[Side], pairs: list[SidePair], dates: bool = False) -> Figure:
    """The survival curves of all sides, with the mean differences from the first. ValueError for too many sides.

    With `dates`, calendar dates stand above the curves where all sides began on one day.
    """
    plan = sides[0].plan
    curves = [(survival(side.worlds), restricted_mean(side.worlds, plan.horizon)) for side in sides]
    names = _names(sides)
    others = zip(names[1:], curves[1:], pairs, strict=True)
    conditions = [
        Condition(names[0], *curves[0]),
        *(Condition(name, *curve, pair.days, pair.over_draws) for name, curve, pair in others),
    ]
    starts = {side.plan.scenario.start for side in sides}
    start = plan.scenario.start if dates and len(starts) == 1 else None
    caption = Caption(
        "Share of worlds still holding, by day, and days gained",
        "",
        plan.seed,
        start=start,
    )
    return comparison_chart(conditions, caption, horizon=plan.horizon)


def ranking_figure(first: Side, pairs: list[SidePair], ends: int | None = None) -> Figure:
    """The levers, ranked by the days that each adds; with `ends`, so many at either end."""
    gains = []
    chosen = {one.name: one for one in best_and_worst(pairs) or ()}
    for pair in pairs:
        name, title = change_name(pair.other.plan.loaded.changes[-1]), lever_title(pair.other)
        written = pair.days.value if pair.over_draws is not None else None
        one = chosen.get(pair.other.label)
        choice, ties = (one.chosen, len(one.ties)) if one is not None else (None, 0)
        gains.append(Gain(name, title, pair.gain, pair.band, written, pair.over_draws, choice, ties))
    caption = Caption(titled(first.plan.scenario.title, "days that each lever adds"), first.label, first.plan.seed)
    return levers_chart(gains, caption, worlds=len(first.worlds), horizon=first.plan.horizon, ends=ends)


def draw_deaths(first: Side, pairs: list[SidePair], folder: Path) -> None:
    """All sides by mean days held and deaths, with the numbers as written."""
    deals = []
    changes = [None, *(pair.deaths for pair in pairs)]
    sides = [first, *(pair.other for pair in pairs)]
    for name, side, change in zip(_names(sides), sides, changes, strict=True):
        own = side_figures(side)
        deals.append(Deal(name, own["mean_days_held"], own["deaths"], own["deaths_over_horizon"], change))
    caption = Caption(
        "Mean days held and deaths of each deal, as written",
        first.label,
        first.plan.seed,
    )
    stated = first.plan.scenario.war.deaths_after_end
    after = AS_BEFORE if stated is None else after_an_end(stated.centre, stated=True)
    chart = days_and_deaths_chart(deals, caption, horizon=first.plan.horizon, worlds=len(first.worlds), after=after)
    save(chart, folder, "deaths")
